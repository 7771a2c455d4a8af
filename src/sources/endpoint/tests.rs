//! The endpoint against a server that says what a test wants. Real servers are in `tests/python/test_s3_endpoint.py`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ureq::config::Config;

use super::{BadEndpoint, Credentials, Endpoint};
use crate::patience::Patience;
use crate::sources::{Body, Object, ObjectSource, Refusal, Wanted};

/// A server that answers one request, and gives back the request's lines.
struct Server {
    url: String,
    request: JoinHandle<Vec<String>>,
}

impl Server {
    fn answering(response: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let request = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
            let request = lines.take_while(|line| !line.is_empty()).collect();
            stream.write_all(response.as_bytes()).unwrap();
            request
        });
        Self { url, request }
    }

    /// A server that says so much, and nothing more until the client goes.
    fn silent_after(start: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let request = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(start.as_bytes()).unwrap();
            let _ = stream.read_to_end(&mut Vec::new());
            Vec::new()
        });
        Self { url, request }
    }

    fn get(&self, key: &str, version: Option<&str>) -> Option<Result<Object, Refusal>> {
        get(&Endpoint::new(&self.url, None, None).unwrap(), key, version)
    }

    fn request(self) -> Vec<String> {
        self.request.join().unwrap()
    }
}

fn get(endpoint: &Endpoint, key: &str, version: Option<&str>) -> Option<Result<Object, Refusal>> {
    let (account, region) = ("123456789012", "eu-west-1");
    endpoint.get(&Wanted { account, region, in_region: true, bucket: "bucket", key, version })
}

fn read(object: Object) -> std::io::Result<Vec<u8>> {
    let Body::Arriving { mut reader, .. } = object.body else { panic!("a server's object arrives") };
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).map(|_| bytes)
}

#[test]
fn an_object_comes_with_what_its_headers_say() {
    let server = Server::answering(
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nx-amz-version-id: v1\r\nx-amz-storage-class: GLACIER_IR\r\n\r\nobject",
    );
    let object = server.get("key", None).unwrap().unwrap();
    assert_eq!((object.version_id.as_deref(), object.versioned), (Some("v1"), true));
    assert_eq!(object.storage_class.as_deref(), Some("GLACIER_IR"));
    assert!(matches!(object.body, Body::Arriving { announced_bytes: Some(6), .. }));
    assert_eq!(read(object).unwrap(), b"object");
    let request = server.request();
    assert_eq!(request[0], "GET /bucket/key HTTP/1.1");
    assert!(!request.iter().any(|line| line.to_lowercase().starts_with("authorization")), "{request:?}");
}

#[test]
fn a_length_need_not_be_said_and_versions_may_be_suspended() {
    let server = Server::answering(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nx-amz-version-id: null\r\n\r\n3\r\nobj\r\n3\r\nect\r\n0\r\n\r\n",
    );
    let object = server.get("key", None).unwrap().unwrap();
    assert_eq!((object.version_id.as_deref(), object.versioned), (Some("null"), false));
    assert!(matches!(object.body, Body::Arriving { announced_bytes: None, .. }));
    assert_eq!(read(object).unwrap(), b"object");
}

#[test]
fn a_bucket_that_is_said_to_lie_elsewhere_is_refused_unless_it_may() {
    let found = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nx-amz-bucket-region: us-west-2\r\n\r\nobject";
    let elsewhere = Refusal::OtherRegion { region: "us-west-2".into() };
    assert_eq!(Server::answering(found).get("key", None).unwrap().unwrap_err(), elsewhere);
    let endpoint = Endpoint::new(&Server::answering(found).url, None, None).unwrap();
    let (account, region) = ("123456789012", "eu-west-1");
    let wanted = Wanted { account, region, in_region: false, bucket: "bucket", key: "key", version: None };
    assert!(endpoint.get(&wanted).unwrap().is_ok());
    let here = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nx-amz-bucket-region: eu-west-1\r\n\r\nobject";
    assert!(Server::answering(here).get("key", None).unwrap().is_ok());
}

#[test]
fn an_empty_version_is_none() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-amz-version-id: \r\n\r\n");
    let object = server.get("key", None).unwrap().unwrap();
    assert_eq!((object.version_id, object.versioned), (None, false));
}

#[test]
fn what_is_not_the_object_that_was_asked_for_is_none() {
    for (response, cause) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nx-amz-version-id: v1\r\n\r\nobject",
            "version \"v1\" came instead of \"v2\"",
        ),
        ("HTTP/1.1 206 Partial\r\nContent-Length: 3\r\n\r\nobj", "HTTP status 206 without S3's error document"),
        ("HTTP/1.1 204 No Content\r\n\r\n", "HTTP status 204 without S3's error document"),
    ] {
        let server = Server::answering(response);
        let refusal = server.get("key", Some("v2")).unwrap().unwrap_err();
        assert_eq!(refusal, Refusal::Broken { reason: format!("the endpoint {}: {cause}", server.url) });
    }
}

#[test]
fn a_refusal_may_be_a_head_alone() {
    let server = Server::answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(server.get("key", None).unwrap().unwrap_err(), Refusal::NoSuchKey);
    let marker = "HTTP/1.1 405 Not Allowed\r\nx-amz-delete-marker: true\r\nContent-Length: 0\r\n\r\n";
    let refusal = Server::answering(marker).get("key", Some("v1")).unwrap().unwrap_err();
    assert!(matches!(refusal, Refusal::Other { code, .. } if code == "MethodNotAllowed"));
}

#[test]
fn keys_and_versions_are_sent_as_they_are() {
    for (key, version, line) in [
        ("a//b", None, "/bucket/a//b"),
        ("/a/", None, "/bucket//a/"),
        ("a/../b/./c", None, "/bucket/a/../b/./c"),
        ("a b+c?d=e&f#g%41ä", Some("v/1+=&"), "/bucket/a%20b%2Bc%3Fd%3De%26f%23g%2541%C3%A4?versionId=v%2F1%2B%3D%26"),
        ("-._~", Some("-._~"), "/bucket/-._~?versionId=-._~"),
    ] {
        let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        server.get(key, version).unwrap().unwrap();
        assert_eq!(server.request()[0], format!("GET {line} HTTP/1.1"));
    }
}

#[test]
fn requests_are_signed_with_the_credentials_for_the_callers_region() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let credentials = Credentials {
        access_key_id: "AKID".into(),
        secret_access_key: "secret".into(),
        session_token: Some("token".into()),
    };
    let endpoint = Endpoint::new(&format!("{}/prefix/", server.url), Some(credentials), None).unwrap();
    get(&endpoint, "key", None).unwrap().unwrap();
    let host = server.url["http://".len()..].to_owned();
    let request = server.request();
    assert_eq!(request[0], "GET /prefix/bucket/key HTTP/1.1");
    let header = |name: &str| {
        let mut found =
            request.iter().filter_map(|line| line.split_once(": ").filter(|(it, _)| it.to_lowercase() == name));
        let value = found.next().map(|(_, value)| value.to_owned());
        assert!(found.next().is_none(), "{name} twice");
        value
    };
    assert_eq!(header("host"), Some(host));
    assert_eq!(header("x-amz-security-token"), Some("token".into()));
    let day = header("x-amz-date").unwrap()[..8].to_owned();
    let scope = format!("AWS4-HMAC-SHA256 Credential=AKID/{day}/eu-west-1/s3/aws4_request, ");
    let names = "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=";
    assert!(header("authorization").unwrap().starts_with(&format!("{scope}{names}")));
}

#[test]
fn a_refusal_is_the_servers_and_a_bucket_that_is_not_there_is_somebody_elses() {
    let server = Server::answering(
        "HTTP/1.1 404 Not Found\r\nContent-Length: 38\r\n\r\n<Error><Code>NoSuchKey</Code></Error>\n",
    );
    assert_eq!(server.get("key", None).unwrap().unwrap_err(), Refusal::NoSuchKey);
    let server = Server::answering(
        "HTTP/1.1 404 Not Found\r\nContent-Length: 41\r\n\r\n<Error><Code>NoSuchBucket</Code></Error>\n",
    );
    assert!(server.get("key", None).is_none());
}

#[test]
fn redirects_are_not_followed() {
    let server = Server::answering(
        "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nx-amz-bucket-region: us-west-2\r\nContent-Length: 0\r\n\r\n",
    );
    assert_eq!(server.get("key", None).unwrap().unwrap_err(), Refusal::OtherRegion { region: "us-west-2".into() });
}

#[test]
fn what_is_no_answer_of_s3_names_the_endpoint_and_the_cause() {
    let broken = |refusal: Refusal| match refusal {
        Refusal::Broken { reason } => reason,
        other => panic!("{other:?}"),
    };
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = Endpoint::new(&format!("http://{nobody}"), None, None).unwrap();
    let reason = broken(get(&endpoint, "key", None).unwrap().unwrap_err());
    assert!(reason.starts_with(&format!("the endpoint http://{nobody}: ")), "{reason}");
    let server = Server::answering("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 13\r\n\r\n<html></html>");
    let reason = broken(server.get("key", None).unwrap().unwrap_err());
    assert_eq!(reason, format!("the endpoint {}: HTTP status 502 without S3's error document", server.url));
    let server = Server::answering("no HTTP at all\r\n\r\n");
    assert!(broken(server.get("key", None).unwrap().unwrap_err()).starts_with("the endpoint "));
}

#[test]
fn an_object_that_breaks_off_is_an_error_and_no_short_object() {
    for response in [
        "HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\nobject",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nobject\r\n",
    ] {
        let server = Server::answering(response);
        let error = read(server.get("key", None).unwrap().unwrap()).unwrap_err();
        assert!(error.to_string().starts_with(&format!("the endpoint {}: ", server.url)), "{error}");
    }
}

/// Gives up when it is asked for the second time.
#[derive(Debug, Default)]
struct Once(AtomicBool);

impl Patience for Once {
    fn is_over(&self) -> bool {
        self.0.swap(true, Ordering::Relaxed)
    }
}

#[test]
fn whoever_waits_may_give_up_wherever_the_server_stops() {
    for start in ["", "HTTP/1.1 200 OK\r\nCont", "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n<"] {
        let server = Server::silent_after(start);
        let endpoint = Endpoint::new(&server.url, None, None).unwrap().waited_for_by(Arc::new(Once::default()));
        let refusal = get(&endpoint, "key", None).unwrap().unwrap_err();
        assert!(
            matches!(&refusal, Refusal::Broken { reason } if reason.ends_with("it was not waited for any longer")),
            "{refusal:?}"
        );
    }
    let server = Server::silent_after("HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\nobject");
    let endpoint = Endpoint::new(&server.url, None, None).unwrap().waited_for_by(Arc::new(Once::default()));
    let error = read(get(&endpoint, "key", None).unwrap().unwrap()).unwrap_err();
    assert!(error.to_string().ends_with("it was not waited for any longer"), "{error}");
}

#[test]
fn there_is_an_end_to_waiting_however_often_a_little_comes() {
    let patient = Endpoint::new("http://localhost", None, None).unwrap().waited_for_by(Arc::new(Once::default()));
    assert_eq!(patient.agent.config().timeouts().global, Some(super::TOTAL));
    let server = Server::silent_after("HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\nobject");
    let mut endpoint = Endpoint::new(&server.url, None, None).unwrap();
    let config = Config::builder().timeout_global(Some(Duration::from_millis(10))).build();
    endpoint.agent = super::agent(config, Arc::new(super::Endless));
    let error = read(get(&endpoint, "key", None).unwrap().unwrap()).unwrap_err();
    assert!(error.to_string().ends_with("timeout: global"), "{error}");
}

#[test]
fn what_is_no_address_is_refused_at_once() {
    for url in [
        "",
        "localhost:9000",
        "ftp://localhost",
        "http://",
        "http:///path",
        "http://user:password@localhost",
        "http://localhost/?query",
        "http://localhost/#fragment",
        "http://local host",
        "s3://bucket",
    ] {
        assert_eq!(Endpoint::new(url, None, None).unwrap_err(), BadEndpoint::Url(url.into()));
    }
    for url in ["http://localhost", "https://s3.example.com/", "HTTP://[::1]:9000/prefix"] {
        assert!(Endpoint::new(url, None, None).is_ok(), "{url}");
    }
    let empty = Endpoint::new("https://localhost", None, Some("no certificate")).unwrap_err();
    assert_eq!(empty, BadEndpoint::NoCertificates);
}
