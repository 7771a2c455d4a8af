//! The head of a request, and for whom it is.
//!
//! The one idea to hold: one port serves two services, and a signature names its own. Only what is not signed is told by
//! its path: Lambda's paths begin with the date of an API, everything else is S3's.

use std::borrow::Cow;

use hyper::header::{CONTENT_LENGTH, HOST, ORIGIN, TRANSFER_ENCODING};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;
use hyper::{HeaderMap, Version};

use crate::sigv4;

/// The beginning of every path of our own.
pub(super) const OWN_PATH: &str = "/_drylambda/";

/// The method, target and headers of a request.
#[derive(Debug)]
pub(super) struct Head {
    /// In upper case.
    pub(super) method: String,
    /// As the client named the server, with the port.
    pub(super) host: String,
    /// Still percent-encoded.
    pub(super) path: String,
    /// Without the question mark, still percent-encoded.
    pub(super) query: String,
    headers: HeaderMap,
}

/// For whom a request is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Lambda's API, and the download links of packages.
    Lambda,
    S3,
    /// The URL of a function.
    FunctionUrl,
    /// What is beside the API.
    Own,
    /// A person who looks whether anybody is there.
    Greeting,
    /// A service that is not here.
    Other(String),
}

impl Head {
    /// Reads what hyper has parsed.
    ///
    /// # Errors
    /// What is wrong with it: HTTP/1.1 wants just one host, and bodies are coded in chunks or not at all.
    pub(super) fn read(parts: Parts) -> Result<Self, &'static str> {
        let Parts { method, uri, version, headers, .. } = parts;
        let mut hosts = headers.get_all(HOST).iter();
        let named = hosts.next().map(|host| host.to_str().map_err(|_| "The host is no text."));
        if hosts.next().is_some() {
            return Err("The request names two hosts.");
        }
        let named = named.transpose()?;
        let authority = uri.authority().map(Authority::as_str);
        if named.zip(authority).is_some_and(|(named, authority)| named != authority) {
            return Err("The request names two hosts.");
        }
        let named = named.or(authority);
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
        if !named.unwrap_or_default().bytes().all(fits) {
            return Err("The host is none.");
        }
        if named.is_none() && version >= Version::HTTP_11 {
            return Err("The request names no host.");
        }
        let mut encodings = headers.get_all(TRANSFER_ENCODING).iter();
        if encodings.next().is_some_and(|first| !first.as_bytes().eq_ignore_ascii_case(b"chunked"))
            || encodings.next().is_some()
        {
            return Err("The request has a transfer encoding other than chunked.");
        }
        Ok(Self {
            method: method.as_str().to_owned(),
            host: named.unwrap_or_default().to_owned(),
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            headers,
        })
    }

    /// The first header of a name, if it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The origin of the page that asks, if one does; what is no text is nobody's.
    pub(super) fn origin(&self) -> Option<Cow<'_, str>> {
        self.headers.get(ORIGIN).map(|value| String::from_utf8_lossy(value.as_bytes()))
    }

    /// The headers of these names that the request has.
    pub(super) fn asked(&self, names: impl Iterator<Item = &'static str>) -> Vec<(String, String)> {
        names.filter_map(|name| Some((name.to_owned(), text(self.headers.get(name)?.as_bytes())))).collect()
    }

    /// Every header, in lower case.
    pub(super) fn all(&self) -> Vec<(String, String)> {
        self.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes()))).collect()
    }

    /// How many bytes the body has, if the client said it.
    pub(super) fn content_length(&self) -> Option<u64> {
        self.header(CONTENT_LENGTH.as_str())?.parse().ok()
    }

    /// Whether the body comes in HTTP's chunks.
    pub(super) fn is_chunked(&self) -> bool {
        self.headers.contains_key(TRANSFER_ENCODING)
    }

    /// For whom it is.
    pub(super) fn target(&self) -> Target {
        if self.path.starts_with(OWN_PATH) || self.path == "/_drylambda" || self.path.starts_with("/moto-api/") {
            return Target::Own;
        }
        if crate::function_url::target(&self.host, &self.path).is_some() {
            return Target::FunctionUrl;
        }
        // A link names S3 in its signature, but Lambda has made it.
        if crate::wire::is_link(&self.host, &self.path) {
            return Target::Lambda;
        }
        match self.signed_for().as_deref() {
            Some("lambda") => Target::Lambda,
            Some("s3" | "s3express") => Target::S3,
            Some(service) => Target::Other(service.to_owned()),
            None if self.is_dated() => Target::Lambda,
            None if self.path == "/" && self.method == "GET" && self.wants_html() => Target::Greeting,
            None => Target::S3,
        }
    }

    /// The service in the scope of a signature, be it in the header or in a link.
    fn signed_for(&self) -> Option<String> {
        let credential = sigv4::credential(self.header("authorization"), &self.query)?;
        let service = credential.rsplit('/').nth(1)?;
        Some(service.to_owned()).filter(|service| !service.is_empty())
    }

    /// Whether the path begins as those of Lambda's API do: with a date.
    fn is_dated(&self) -> bool {
        let first = self.path.split('/').nth(1).unwrap_or_default().as_bytes();
        let fits =
            |(place, byte): (usize, &u8)| if matches!(place, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() };
        first.len() == 10 && first.iter().enumerate().all(fits)
    }

    /// Whether a browser asks, and no client of S3's, which would have its buckets listed.
    fn wants_html(&self) -> bool {
        self.header("accept").is_some_and(|text| text.contains("text/html"))
    }

    /// Whether the host is not one of S3's, which name a bucket or the service.
    fn is_plain_host(&self) -> bool {
        !self.host.split('.').any(|label| label == "s3" || label.starts_with("s3-"))
    }

    /// The host as S3 reads it: `bucket.localhost` names a bucket, as some SDKs write it.
    pub(super) fn s3_host(&self) -> String {
        let (name, port) = self.host.split_once(':').unwrap_or((&self.host, ""));
        match name.strip_suffix(".localhost") {
            Some(bucket) if self.is_plain_host() => format!("{bucket}.s3.localhost:{port}"),
            _ => self.host.clone(),
        }
    }
}

/// A header's value as text: what is not UTF-8 cannot be meant.
fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(method: &str, target: &str, headers: &[(&str, &str)]) -> Head {
        let mut request = hyper::Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Head::read(request.body(()).unwrap().into_parts().0).unwrap()
    }

    #[test]
    fn a_signature_names_the_service() {
        let scope =
            |service: &str| format!("AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/{service}/aws4_request, S");
        for (service, target) in [("lambda", Target::Lambda), ("s3", Target::S3), ("sts", Target::Other("sts".into()))]
        {
            let head = head("GET", "/2015-03-31/functions", &[("host", "h"), ("authorization", &scope(service))]);
            assert_eq!(head.target(), target);
        }
        for (separator, target) in [("%2F", Target::S3), ("%2f", Target::S3), ("/", Target::S3)] {
            let credential = ["AKIA", "20260101", "us-east-1", "s3", "aws4_request"].join(separator);
            let head = head("GET", &format!("/a?X-Amz-Credential={credential}&X-Amz-Date=1"), &[("host", "h")]);
            assert_eq!(head.target(), target);
        }
    }

    #[test]
    fn what_is_not_signed_is_told_by_its_path() {
        for (method, path, target) in [
            ("GET", "/2015-03-31/functions", Target::Lambda),
            ("GET", "/2015-03-31", Target::Lambda),
            ("PUT", "/2015-03-3x/functions", Target::S3),
            ("GET", "/bucket/key", Target::S3),
            ("GET", "/", Target::S3),
            ("PUT", "/", Target::S3),
            ("GET", "/_drylambda/health", Target::Own),
            ("POST", "/moto-api/reset", Target::Own),
            ("GET", "/_drylambdas", Target::S3),
            ("GET", "/_url/abc/", Target::FunctionUrl),
        ] {
            assert_eq!(head(method, path, &[("host", "localhost:4566")]).target(), target, "{method} {path}");
        }
    }

    #[test]
    fn a_bucket_may_stand_before_localhost() {
        for (host, expected) in [
            ("bucket.localhost:4566", "bucket.s3.localhost:4566"),
            ("bucket.s3.localhost:4566", "bucket.s3.localhost:4566"),
            ("localhost:4566", "localhost:4566"),
            ("127.0.0.1:4566", "127.0.0.1:4566"),
        ] {
            assert_eq!(head("GET", "/key", &[("host", host)]).s3_host(), expected);
        }
    }

    #[test]
    fn a_body_is_coded_in_chunks_or_not_at_all() {
        for (encodings, fits) in [
            (&["chunked"][..], true),
            (&["Chunked"], true),
            (&["chunked", "chunked"], false),
            (&["chunked, chunked"], false),
            (&["gzip, chunked"], false),
            (&["gzip", "chunked"], false),
        ] {
            let mut request = hyper::Request::builder().uri("/").header("host", "h");
            for encoding in encodings {
                request = request.header("transfer-encoding", *encoding);
            }
            assert_eq!(Head::read(request.body(()).unwrap().into_parts().0).is_ok(), fits, "{encodings:?}");
        }
    }

    #[test]
    fn a_request_names_one_host() {
        let parts = |request: hyper::http::request::Builder| request.uri("/").body(()).unwrap().into_parts().0;
        let request = hyper::Request::builder;
        assert!(Head::read(parts(request())).is_err());
        assert!(Head::read(parts(request().header("host", "a").header("host", "a"))).is_err());
        assert!(Head::read(parts(request().version(Version::HTTP_10))).is_ok());
    }
}
