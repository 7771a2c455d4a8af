//! Requests to the URL of a function: HTTP to an event of payload format 2.0, and what the function answers to HTTP.
//!
//! The one idea to hold: everything here is a function of what it is given. Which function has a URL, who may call it and
//! who runs it is said elsewhere; what the two ends of a call look like is said here, once, whatever carried the request.

pub mod cors;
pub mod event;
pub mod response;

use bytes::Bytes;

/// The largest body of a request, in bytes; as of the payload of a call.
pub const MOST_BYTES: u64 = 6_291_456;

/// What the hosts of URLs have behind the id.
const LABEL: &str = "lambda-url";
/// What the paths of URLs begin with at a server, before the id. No bucket can have this name.
const PREFIX: &str = "/_url/";

/// A request to a URL.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// In upper case.
    pub method: &'a str,
    /// Without what leads to the URL, still percent-encoded; begins with a slash.
    pub path: &'a str,
    /// Without the question mark, still percent-encoded.
    pub query: &'a str,
    /// In the order of the request; names in any case.
    pub headers: &'a [(String, String)],
    /// All of it.
    pub body: &'a Bytes,
}

impl<'a> Request<'a> {
    /// The first header of a name in small letters.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// The answer to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// A name may come several times.
    pub headers: Vec<(String, String)>,
    /// All of it.
    pub body: Bytes,
}

/// The id of the URL that a request is to, and the path behind it: by the host `<id>.lambda-url.<region>.on.aws` or
/// `<id>.lambda-url.<region>.localhost`, or on any host by the path `/_url/<id>/`.
#[must_use]
pub fn target<'a>(host: &'a str, path: &'a str) -> Option<(&'a str, &'a str)> {
    if let Some(rest) = path.strip_prefix(PREFIX) {
        let end = rest.find('/').unwrap_or(rest.len());
        let (id, path) = rest.split_at(end);
        return Some((id, if path.is_empty() { "/" } else { path }));
    }
    let (id, rest) = host.split_once('.')?;
    (rest.split('.').next() == Some(LABEL)).then_some((id, path))
}

/// The host of a URL, as AWS names it.
#[must_use]
pub fn host(id: &str, region: &str) -> String {
    format!("{id}.{LABEL}.{region}.on.aws")
}

/// The URL of an id: AWS's, or for who reached a server, one that leads back there.
#[must_use]
pub fn link(id: &str, region: &str, endpoint: Option<&str>) -> String {
    endpoint.map_or_else(|| format!("https://{}/", host(id, region)), |endpoint| format!("{endpoint}{PREFIX}{id}/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_known_by_its_host_or_by_its_path() {
        for (host, path, expected) in [
            ("abc.lambda-url.us-east-1.on.aws", "/a/b", Some(("abc", "/a/b"))),
            ("abc.lambda-url.us-east-1.localhost:4566", "/", Some(("abc", "/"))),
            ("127.0.0.1:4566", "/_url/abc/a//b%2F", Some(("abc", "/a//b%2F"))),
            ("127.0.0.1:4566", "/_url/abc", Some(("abc", "/"))),
            ("lambda-url.localhost", "/_urls/abc", None),
            ("bucket.s3.localhost", "/abc", None),
            ("localhost", "/", None),
        ] {
            assert_eq!(target(host, path), expected, "{host} {path}");
        }
        let there = link("abc", "us-east-1", Some("http://h:1"));
        assert_eq!(target("h:1", there.strip_prefix("http://h:1").unwrap()), Some(("abc", "/")));
        assert_eq!(link("abc", "eu-west-1", None), "https://abc.lambda-url.eu-west-1.on.aws/");
    }
}
