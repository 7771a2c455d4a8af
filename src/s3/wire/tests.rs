//! Requests as no client sends them: each is answered, and none does harm.

use std::sync::Arc;

use super::*;
use crate::clock::{Clock, Timestamp};
use crate::package::Digest;
use crate::s3::{Content, Versioning};
use crate::sigv4::{Form, Refused};

const METHODS: [&str; 7] = ["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", ""];
const HOSTS: [&str; 7] = [
    "s3.amazonaws.com",
    "bucket.s3.eu-west-1.amazonaws.com",
    "s3.eu-west-2.amazonaws.com",
    "localhost:1",
    "",
    ".s3.amazonaws.com",
    "s3-control.x",
];
const PATHS: [&str; 12] =
    ["/", "", "//", "/bucket", "/bucket/", "/bucket/key", "/key", "/%FF", "/b/%", "/bucket//", "/\u{fc} ", "key"];
const QUERIES: [&str; 30] = [
    "",
    "uploads",
    "uploadId=0",
    "partNumber=1",
    "partNumber=-1",
    "partNumber=x",
    "delete",
    "versioning",
    "policy",
    "tagging",
    "versions",
    "list-type=2",
    "max-keys=1",
    "max-keys=-1",
    "continuation-token=%00",
    "version-id-marker=0",
    "key-marker=b",
    "versionId=null",
    "versionId=",
    "prefix=%FF",
    "delimiter=e",
    "encoding-type=url",
    "location",
    "acl",
    "select&select-type=2",
    "x-amz-acl=a%0Ab",
    "X-Amz-Credential=%2F%2F%2F",
    "=",
    "&&",
    "response-content-type=%00",
];
const HEADERS: [(&str, &str); 26] = [
    ("Authorization", "AWS4-HMAC-SHA256 Credential=a/b/c"),
    ("Authorization", "\u{0}"),
    ("Content-Type", "multipart/form-data; boundary=x"),
    ("Content-Type", ""),
    ("Content-Length", "99999999999999999999"),
    ("Content-MD5", "=="),
    ("Content-Encoding", "aws-chunked"),
    ("Range", "bytes=0-18446744073709551615"),
    ("Range", "bytes=-0"),
    ("Expires", "never"),
    ("If-Match", ""),
    ("If-None-Match", "*"),
    ("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ("x-amz-checksum-crc32", "AAAAAA=="),
    ("x-amz-checksum-algorithm", "CRC32"),
    ("x-amz-checksum-mode", "ENABLED"),
    ("x-amz-copy-source", "bucket/key"),
    ("x-amz-copy-source", "/bucket/key?versionId=null"),
    ("x-amz-copy-source", "%FF"),
    ("x-amz-copy-source-range", "bytes=0-9"),
    ("x-amz-meta-a", "=?UTF-8?B?!?="),
    ("x-amz-meta-\u{fc}", "\u{fc}"),
    ("x-amz-tagging", "a=%FF&&=b&c"),
    ("x-amz-decoded-content-length", "3"),
    ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
    ("x-amz-storage-class", "GLACIER"),
];
const BODIES: [&str; 11] = [
    "",
    "text",
    "3\r\nabc\r\n0\r\n\r\n",
    "<",
    "<Delete><Object><Key>key</Key></Object></Delete>",
    "<Delete></Delete>",
    "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>0</ETag></Part></CompleteMultipartUpload>",
    "<CreateBucketConfiguration><LocationConstraint>\u{0}</LocationConstraint></CreateBucketConfiguration>",
    "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>",
    "--x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nkey\r\n--x--\r\n",
];

fn store() -> Arc<ObjectStore> {
    let store = Arc::new(ObjectStore::new(Arc::new(Clock::frozen_at(Timestamp::SEEDED)), Some(1)));
    store.create_bucket(&Scope::new("123456789012", "eu-west-1"), "bucket", "eu-west-1").unwrap();
    store.set_versioning("bucket", Versioning::Enabled).unwrap();
    store.put("bucket", "key", Content::plain("value".into())).unwrap();
    store
}

/// Some of the entries of a table, drawn anew each time.
fn some<T: Copy>(rng: &mut fastrand::Rng, table: &[T], most: usize) -> Vec<T> {
    (0..rng.usize(0..=most)).filter_map(|_| rng.choice(table).copied()).collect()
}

#[test]
fn every_request_is_answered_with_a_whole_response() {
    let mut rng = fastrand::Rng::with_seed(1);
    let store = store();
    let (mut statuses, default) = (std::collections::BTreeSet::new(), Scope::new("123456789012", "us-east-1"));
    for _ in 0..20_000 {
        let one = |rng: &mut fastrand::Rng, table: &[&'static str]| rng.choice(table).copied().unwrap_or_default();
        let (method, host, path) = (one(&mut rng, &METHODS), one(&mut rng, &HOSTS), one(&mut rng, &PATHS));
        let query = some(&mut rng, &QUERIES, 3).join("&");
        let headers = some(&mut rng, &HEADERS, 4);
        let headers: Vec<_> = headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let text = one(&mut rng, &BODIES);
        let body = Body::whole(&headers, Bytes::from_static(text.as_bytes()));
        let asked = format!("{method} {host} {path}?{query} {headers:?} {text:?}");
        let response = answer(
            &store,
            &default,
            Caller::new,
            Request { method, host, path, query: &query, headers: &headers, body },
        );
        statuses.insert(response.status);
        let header = |name: &str| value(&response.headers, name).map(str::to_owned);
        assert_eq!(header("x-amz-request-id").map(|id| id.len()), Some(16), "{asked}");
        let length: Option<usize> = header("content-length").and_then(|text| text.parse().ok());
        match (method, response.status) {
            ("HEAD", _) | (_, 204 | 304) => assert!(response.body.is_empty(), "{asked}"),
            (_, status) => {
                assert_eq!(length, Some(response.body.len()), "{asked}");
                let document = String::from_utf8_lossy(&response.body);
                assert_eq!(status >= 300, document.contains("<Error><Code>"), "{asked} {status} {document}");
            }
        }
        // 500 would be tried again, and again.
        assert!(response.status != 500, "{asked} {response:?}");
    }
    assert!(statuses.is_superset(&[200, 204, 206, 301, 304, 400, 404, 412, 416, 501].into()), "{statuses:?}");
}

#[test]
fn an_object_comes_back_in_the_memory_it_was_put_in() {
    let (store, default) = (store(), Scope::new("123456789012", "eu-west-1"));
    let ask = |method, body: Bytes| {
        let (path, body) = ("/bucket/new", Ok(Body { bytes: body, trailers: Vec::new() }));
        answer(
            &store,
            &default,
            Caller::new,
            Request { method, host: "localhost", path, query: "", headers: &[], body },
        )
    };
    let bytes = Bytes::from(vec![1; 1000]);
    assert_eq!(ask("PUT", bytes.clone()).status, 200);
    let response = ask("GET", Bytes::new());
    assert_eq!((response.body.as_ptr(), response.body.len()), (bytes.as_ptr(), bytes.len()));
    assert_eq!(store.get("bucket", "new", None).unwrap().bytes.as_ptr(), bytes.as_ptr());
}

/// What the verifying server says with a refusal in the place of the body.
#[test]
fn a_signature_that_is_not_good_is_refused_in_the_words_of_s3() {
    let (at, now) = (Timestamp::SEEDED, Timestamp::SEEDED.plus_millis(3_600_000));
    let skewed = |form, at, now| Refused::Skewed { form, at, now, allowed_seconds: 900 };
    let incomplete = |form| Refused::Incomplete { form, message: "it lacks this".into() };
    let mismatch = Refused::Mismatch {
        access_key_id: "AKIDEXAMPLE".into(),
        string_to_sign: "AWS4-HMAC-SHA256\n".into(),
        signature: "0f".into(),
    };
    let scope = Refused::WrongScope { form: Form::Header, message: "it is for <lambda>".into() };
    let store = Arc::new(ObjectStore::new(Arc::new(Clock::frozen_at(Timestamp::SEEDED)), Some(1)));
    let default = Scope::new("123456789012", "us-east-1");
    for (refused, status, code, detail) in [
        (Refused::Missing, 403, "AccessDenied", "<Message>Access Denied</Message>"),
        (mismatch, 403, "SignatureDoesNotMatch", "<SignatureProvided>0f</SignatureProvided>"),
        (
            Refused::UnknownKey { access_key_id: "AKIDEXAMPLE".into() },
            403,
            "InvalidAccessKeyId",
            "<AWSAccessKeyId>AKIDEXAMPLE</AWSAccessKeyId>",
        ),
        (incomplete(Form::Header), 400, "AuthorizationHeaderMalformed", "is malformed; it lacks this</Message>"),
        (incomplete(Form::Query), 400, "AuthorizationQueryParametersError", "<Message>it lacks this</Message>"),
        (scope, 400, "AuthorizationHeaderMalformed", "it is for &lt;lambda&gt;</Message>"),
        (
            skewed(Form::Header, at, now),
            403,
            "RequestTimeTooSkewed",
            "<MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>",
        ),
        (skewed(Form::Query, at, now), 403, "AccessDenied", "<Expires>2026-01-01T00:15:00Z</Expires>"),
        (skewed(Form::Query, now, at), 403, "AccessDenied", "<Message>Request is not valid yet</Message>"),
        (
            Refused::HeadersNotSigned { names: vec!["x-amz-acl".into(), "x-amz-meta-a".into()] },
            403,
            "AccessDenied",
            "<HeadersNotSigned>x-amz-acl, x-amz-meta-a</HeadersNotSigned>",
        ),
        (
            Refused::OtherBody { announced: "0".repeat(64), computed: Digest::of(b"") },
            400,
            "XAmzContentSHA256Mismatch",
            "<S3ComputedContentSHA256>e3b0c442",
        ),
    ] {
        let request = Request {
            method: "PUT",
            host: "s3.amazonaws.com",
            path: "/bucket/key",
            query: "",
            headers: &[],
            body: Err(refused.into()),
        };
        let response = answer(&store, &default, Caller::new, request);
        let document = String::from_utf8(response.body.to_vec()).unwrap();
        assert_eq!(response.status, status, "{document}");
        assert!(document.contains(&format!("<Code>{code}</Code>")), "{document}");
        assert!(document.contains(detail), "{document}");
    }
}
