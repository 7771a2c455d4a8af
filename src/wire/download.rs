//! The package behind a link, whole or a part of it, as S3 gives objects (G1, G2).
//!
//! The one idea to hold: a part is a slice of the package that everybody shares, so resuming a download copies nothing.
//! There is no `ETag`: S3's is an MD5, and nobody has asked for one so far.

use std::ops::Range;

use super::{Request, Response};
use crate::lambda::Lambda;

/// What a link answers; as with S3, the rest is not allowed.
const METHODS: [&str; 2] = ["GET", "HEAD"];

/// Answers a request for a link.
pub(super) fn answer(lambda: &Lambda, request: &Request<'_>) -> Response {
    let mut response = read(lambda, request);
    response.headers.push(("Content-Length", response.body.len().to_string()));
    response.headers.push(("Server", "AmazonS3".to_owned()));
    if request.method == "HEAD" {
        response.body.clear();
    }
    response
}

fn read(lambda: &Lambda, request: &Request<'_>) -> Response {
    if !METHODS.contains(&request.method) {
        let message = "The specified method is not allowed against this resource.";
        let mut response = refusal(405, "MethodNotAllowed", message, "<ResourceType>OBJECT</ResourceType>");
        response.headers.push(("Allow", METHODS.join(", ")));
        return response;
    }
    let package = match lambda.download(request.host, request.path, request.query) {
        Ok(package) => package,
        Err((status, code, message)) => return refusal(status, code, message, ""),
    };
    let asked = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("range"));
    let (bytes, size) = (package.bytes(), package.bytes().len());
    let mut headers = vec![("Content-Type", "application/zip".to_owned()), ("Accept-Ranges", "bytes".to_owned())];
    match asked.and_then(|(_, text)| range(text, size)) {
        None => Response { status: 200, headers, body: bytes.clone() },
        Some(Ok(range)) => {
            headers.push(("Content-Range", format!("bytes {}-{}/{size}", range.start, range.end - 1)));
            Response { status: 206, headers, body: bytes.slice(range) }
        }
        Some(Err(Outside(asked))) => {
            let details =
                format!("<RangeRequested>{asked}</RangeRequested><ActualObjectSize>{size}</ActualObjectSize>");
            refusal(416, "InvalidRange", "The requested range is not satisfiable", &details)
        }
    }
}

/// A range without a single byte of the object: as it was asked for, of digits and signs alone.
#[derive(Debug, PartialEq, Eq)]
struct Outside(String);

/// The one range that is asked for. What is none is ignored, and so are several: S3 then gives the whole object.
fn range(text: &str, size: usize) -> Option<Result<Range<usize>, Outside>> {
    let (unit, asked) = text.trim().split_once('=')?;
    let (first, last) = asked.split_once('-').filter(|_| unit.eq_ignore_ascii_case("bytes"))?;
    if ![first, last].iter().all(|text| text.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let range = match (number(first), number(last)) {
        (None, Some(length)) => size.saturating_sub(length)..size,
        (Some(first), None) => first..size,
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(size),
        _ => return None,
    };
    Some(if range.is_empty() { Err(Outside(format!("bytes={asked}"))) } else { Ok(range) })
}

/// The number that digits spell, if there are any. What is too large is as large as can be.
fn number(digits: &str) -> Option<usize> {
    (!digits.is_empty()).then(|| digits.parse().unwrap_or(usize::MAX))
}

/// S3's document of an error; `details` are elements.
fn refusal(status: u16, code: &str, message: &str, details: &str) -> Response {
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>{details}</Error>"
    );
    Response { status, headers: vec![("Content-Type", "application/xml".to_owned())], body: xml.into() }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use bytes::Bytes;

    use super::*;
    use crate::arn::Scope;
    use crate::lambda::Options;
    use crate::package::{Mode, make_zip};
    use crate::wire;

    const ENDPOINT: &str = "http://127.0.0.1:4566";

    /// An emulator with one function, and its package.
    fn deployed() -> (Lambda, Vec<u8>) {
        let lambda = Lambda::new(&Options { seed: Some(1), ..Options::default() });
        let zip = make_zip([("app.py", "def handler(event, context): return 1", Mode::File)]).unwrap();
        let rest = r#""Runtime":"python3.13","Role":"arn:aws:iam::123456789012:role/r","Handler":"a.b""#;
        let body = format!(r#"{{"FunctionName":"fn","Code":{{"ZipFile":"{}"}},{rest}}}"#, STANDARD.encode(&zip));
        let created = send(&lambda, None, ("POST", "here", "/2015-03-31/functions", ""), &[], body.into());
        assert_eq!(created.status, 201, "{created:?}");
        (lambda, zip)
    }

    fn send(
        lambda: &Lambda,
        endpoint: Option<&str>,
        (method, host, path, query): (&str, &str, &str, &str),
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Response {
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = Request {
            method,
            host,
            path,
            query,
            headers: &headers,
            body: Ok(&body),
            substitute: None,
            read_timeout_ms: None,
            works_off: true,
            endpoint: endpoint.map(|url| wire::Endpoint { url, has_function_urls: false }),
        };
        wire::answer(lambda, &Scope::new("123456789012", "us-east-1"), request).unwrap()
    }

    /// `Code.Location`, for who reached `endpoint`.
    fn location(lambda: &Lambda, endpoint: Option<&str>) -> String {
        let got = send(lambda, endpoint, ("GET", "here", "/2015-03-31/functions/fn", ""), &[], Bytes::new());
        let text = String::from_utf8(got.body.to_vec()).unwrap();
        let (_, rest) = text.split_once(r#""Location":""#).unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    /// Follows a link, to `host` instead of its own.
    fn follow(lambda: &Lambda, link: &str, method: &str, host: Option<&str>, headers: &[(&str, &str)]) -> Response {
        let (named, rest) = link.split_once("://").and_then(|(_, rest)| rest.split_once('/')).unwrap();
        let (path, query) = rest.split_once('?').unwrap();
        send(lambda, None, (method, host.unwrap_or(named), &format!("/{path}"), query), headers, Bytes::new())
    }

    fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
        response.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn a_link_leads_to_aws_or_back_to_the_server_that_was_reached() {
        let (lambda, zip) = deployed();
        let (aws, server) = (location(&lambda, None), location(&lambda, Some(ENDPOINT)));
        let object =
            aws.strip_prefix("https://awslambda-us-east-1-tasks.s3.us-east-1.amazonaws.com/snapshots/").unwrap();
        assert_eq!(server, format!("{ENDPOINT}/awslambda-us-east-1-tasks/snapshots/{object}"));
        for (link, host) in [
            (&aws, None),
            (&aws, Some("awslambda-us-east-1-tasks.s3.us-east-1.amazonaws.com:443")),
            (&server, None),
            (&server, Some("localhost:4566")),
            (&server, Some("host.docker.internal")),
        ] {
            let response = follow(&lambda, link, "GET", host, &[]);
            assert_eq!((response.status, &response.body[..]), (200, &zip[..]), "{link} at {host:?}");
            assert_eq!(header(&response, "Content-Type"), Some("application/zip"));
            assert_eq!(header(&response, "Accept-Ranges"), Some("bytes"));
        }
    }

    #[test]
    fn a_link_that_was_changed_yields_nothing() {
        let (lambda, _) = deployed();
        let link = location(&lambda, Some(ENDPOINT));
        for (from, to, status, code) in [
            ("/fn-", "/other-", 403, "SignatureDoesNotMatch"),
            ("awslambda-us-east-1", "awslambda-eu-west-1", 403, "SignatureDoesNotMatch"),
            ("X-Amz-Expires=600", "X-Amz-Expires=6000", 403, "SignatureDoesNotMatch"),
            ("X-Amz-Signature=", "X-Amz-Signature=0", 403, "SignatureDoesNotMatch"),
            ("&X-Amz-Signature=", "&x=", 403, "AccessDenied"),
        ] {
            assert!(link.contains(from), "{link}");
            let response = follow(&lambda, &link.replace(from, to), "GET", None, &[]);
            let document = String::from_utf8_lossy(&response.body).into_owned();
            assert_eq!(response.status, status, "{document}");
            assert!(document.contains(&format!("<Code>{code}</Code>")), "{document}");
        }
        lambda.clock().advance(600_001);
        assert_eq!(follow(&lambda, &link, "GET", None, &[]).status, 403);
    }

    #[test]
    fn a_part_is_a_slice_of_the_package() {
        let (lambda, zip) = deployed();
        let link = location(&lambda, None);
        let whole = follow(&lambda, &link, "GET", None, &[]);
        let part = follow(&lambda, &link, "GET", None, &[("range", "bytes=2-5")]);
        assert_eq!((part.status, &part.body[..]), (206, &zip[2..6]));
        assert_eq!(header(&part, "Content-Range"), Some(format!("bytes 2-5/{}", zip.len()).as_str()));
        assert_eq!(header(&part, "Content-Length"), Some("4"));
        assert_eq!(part.body.as_ptr(), whole.body[2..].as_ptr());
        let outside = follow(&lambda, &link, "GET", None, &[("Range", "bytes=9999-")]);
        let document = String::from_utf8_lossy(&outside.body).into_owned();
        assert_eq!(outside.status, 416);
        assert!(document.contains("<Code>InvalidRange</Code>"), "{document}");
        assert!(document.contains("<RangeRequested>bytes=9999-</RangeRequested>"), "{document}");
        assert!(document.contains(&format!("<ActualObjectSize>{}</ActualObjectSize>", zip.len())), "{document}");
        let several = follow(&lambda, &link, "GET", None, &[("Range", "bytes=0-1,4-5")]);
        assert_eq!((several.status, &several.body[..]), (200, &zip[..]));
    }

    #[test]
    fn a_head_has_everything_but_the_body() {
        let (lambda, zip) = deployed();
        let link = location(&lambda, Some(ENDPOINT));
        for headers in [&[][..], &[("Range", "bytes=-5")][..]] {
            let got = follow(&lambda, &link, "GET", None, headers);
            let head = follow(&lambda, &link, "HEAD", None, headers);
            assert_eq!((head.status, head.headers, head.body.len()), (got.status, got.headers, 0));
        }
        let head = follow(&lambda, &link, "HEAD", None, &[]);
        assert_eq!(header(&head, "Content-Length"), Some(zip.len().to_string().as_str()));
    }

    #[test]
    fn other_methods_are_not_allowed() {
        let (lambda, _) = deployed();
        for link in [location(&lambda, None), location(&lambda, Some(ENDPOINT))] {
            for method in ["PUT", "POST", "DELETE", "OPTIONS"] {
                let response = follow(&lambda, &link, method, None, &[]);
                assert_eq!((response.status, header(&response, "Allow")), (405, Some("GET, HEAD")));
                assert!(String::from_utf8_lossy(&response.body).contains("<Code>MethodNotAllowed</Code>"));
            }
        }
    }

    #[test]
    fn the_range_is_asked_for_of_downloads_alone() {
        let names = |path| wire::header_names("GET", path, "").collect::<Vec<_>>();
        assert_eq!(names("/snapshots/123456789012/fn-1"), ["authorization", "range"]);
        assert_eq!(names("/awslambda-us-east-1-tasks/snapshots/123456789012/fn-1"), ["authorization", "range"]);
        assert_eq!(names("/2015-03-31/functions/fn"), ["authorization"]);
        assert!(!wire::is_link("127.0.0.1", "/snapshots/123456789012/fn-1"));
        assert!(!wire::is_link("127.0.0.1", "/awslambda--tasks/other"));
    }

    #[test]
    fn a_range_is_what_stands_between_its_ends() {
        let outside = |text: &str| Some(Err(Outside(text.to_owned())));
        for (text, expected) in [
            ("bytes=0-0", Some(Ok(0..1))),
            ("bytes=2-5", Some(Ok(2..6))),
            ("bytes=2-", Some(Ok(2..10))),
            ("bytes=-3", Some(Ok(7..10))),
            ("bytes=-30", Some(Ok(0..10))),
            ("bytes=8-99999999999999999999", Some(Ok(8..10))),
            (" Bytes=0-0 ", Some(Ok(0..1))),
            ("bytes=10-", outside("bytes=10-")),
            ("bytes=10-20", outside("bytes=10-20")),
            ("bytes=99999999999999999999-", outside("bytes=99999999999999999999-")),
            ("bytes=-0", outside("bytes=-0")),
            ("bytes=5-2", None),
            ("bytes=0-1,3-4", None),
            ("bytes=-", None),
            ("bytes=", None),
            ("bytes=a-b", None),
            ("bytes=+1-2", None),
            ("bytes= 1-2", None),
            ("items=0-1", None),
            ("", None),
        ] {
            assert_eq!(range(text, 10), expected, "{text}");
        }
    }
}
