//! A request, said in the one way that the protocol reads.

use std::borrow::Cow;

use http::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use s3s::HttpRequest;

use super::body::is_framing;
use super::host::Host;
use super::{Request, value};
use crate::s3::refusal::Refusal;
use crate::sigv4;

/// What no URI may have as it is; some clients send it all the same.
const NOT_IN_URIS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'#');

/// What signs a request, in headers or in a link, or says how its body was sent.
const SIGNATURES: [&str; 14] = [
    "authorization",
    "awsaccesskeyid",
    "expires",
    "signature",
    "x-amz-algorithm",
    "x-amz-content-sha256",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-decoded-content-length",
    "x-amz-expires",
    "x-amz-security-token",
    "x-amz-signature",
    "x-amz-signedheaders",
    "x-amz-trailer",
];

/// Headers that are written anew, or that end with the connection.
const OWN_HEADERS: [&str; 5] = ["connection", "content-length", "expect", "host", "transfer-encoding"];

/// Parts of a bucket and of an object that the protocol tells apart. Another one would be taken for the bucket or the
/// object itself.
const OF_BUCKETS: [&str; 27] = [
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "delete",
    "encryption",
    "intelligent-tiering",
    "inventory",
    "lifecycle",
    "location",
    "logging",
    "metadataTable",
    "metrics",
    "notification",
    "object-lock",
    "ownershipControls",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "replication",
    "requestPayment",
    "session",
    "tagging",
    "uploads",
    "versioning",
    "versions",
    "website",
];
const OF_OBJECTS: [&str; 9] =
    ["acl", "attributes", "legal-hold", "restore", "retention", "select", "tagging", "torrent", "uploads"];

/// Parameters that say nothing when they are empty.
const MAY_BE_EMPTY: [&str; 10] = [
    "continuation-token",
    "delimiter",
    "encoding-type",
    "key-marker",
    "marker",
    "prefix",
    "start-after",
    "upload-id-marker",
    "version-id-marker",
    "versionId",
];

/// Who signed a request, and for where.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Signed {
    pub(super) access_key_id: Option<String>,
    pub(super) region: Option<String>,
}

/// Reads the signature in a header or in a presigned link; it is not checked.
pub(super) fn signed(headers: &[(String, String)], query: &str) -> Signed {
    let header = value(headers, "authorization").unwrap_or_default();
    let part = |name: &str| {
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        pair.map(|text| percent_decode_str(text).decode_utf8_lossy().into_owned())
    };
    let credential = sigv4::credential(value(headers, "authorization"), query).map(Cow::into_owned);
    let of_old = || header.strip_prefix("AWS ").map(str::to_owned).or_else(|| part("AWSAccessKeyId"));
    let text = credential.or_else(of_old).unwrap_or_default();
    let mut parts = text.split('/');
    let key = parts.next().and_then(|key| key.split(':').next()).unwrap_or_default();
    // Date, Region, service; without the Region where a signature is for several.
    let region = parts.nth(1).filter(|region| super::is_region(region)).map(str::to_owned);
    Signed { access_key_id: Some(key.to_owned()).filter(|key| !key.is_empty()), region }
}

/// The request that the protocol reads.
///
/// # Errors
/// Why it cannot be read, or what of S3 it is for that is not built.
pub(super) fn normal(request: Request<'_>, host: Host<'_>) -> Result<HttpRequest, Refusal> {
    if let Some(other) = host.other_service {
        return Err(Refusal::NotImplemented { what: other.to_owned() });
    }
    let body = request.body?;
    let (query, hoisted) = without_signature(request.query);
    let path = match host.bucket {
        Some(bucket) => format!("/{bucket}{}", request.path),
        None => request.path.to_owned(),
    };
    check_subresource(request.method, &path, &query)?;
    let bad_uri = || Refusal::InvalidUri { uri: request.path.to_owned() };
    let mut uri = utf8_percent_encode(&path, NOT_IN_URIS).to_string();
    if !query.is_empty() {
        uri.push('?');
        uri.extend(utf8_percent_encode(&query, NOT_IN_URIS));
    }
    let mut normal = HttpRequest::new(body.bytes.clone().into());
    // A path of two slashes would be taken for a host, and one without any is none.
    let is_path = uri.starts_with('/') && !uri.starts_with("//");
    *normal.uri_mut() = Some(uri).filter(|_| is_path).and_then(|uri| uri.parse().ok()).ok_or_else(bad_uri)?;
    *normal.method_mut() = request.method.parse().map_err(|_| bad_uri())?;
    let headers = normal.headers_mut();
    headers.insert(http::header::CONTENT_LENGTH, HeaderValue::from(body.bytes.len()));
    for (name, value) in hoisted.iter().chain(&body.trailers).chain(request.headers) {
        let name = name.to_ascii_lowercase();
        let value = if is_left_out(&name) { None } else { normal_value(&name, value) };
        if let (Ok(name), Some(Ok(value))) = (name.parse::<HeaderName>(), value.map(HeaderValue::try_from)) {
            headers.append(name, value);
        }
    }
    Ok(normal)
}

fn is_left_out(header: &str) -> bool {
    // The header `Expires` is the object's; only in a link it is the signature's.
    OWN_HEADERS.contains(&header) || (header != "expires" && SIGNATURES.contains(&header))
}

/// A header's value as the protocol reads it; `None` if S3 would not look at it.
fn normal_value(name: &str, value: &str) -> Option<String> {
    match name {
        "content-encoding" => {
            let others: Vec<&str> = value.split(',').map(str::trim).filter(|encoding| !is_framing(encoding)).collect();
            Some(others.join(",")).filter(|text| !text.is_empty())
        }
        // ETags are compared with or without quotes.
        "if-match" | "if-none-match" | "x-amz-copy-source-if-match" | "x-amz-copy-source-if-none-match" => {
            let as_it_is = value == "*" || value.starts_with('"') || value.starts_with("W/");
            Some(if as_it_is { value.to_owned() } else { format!("\"{value}\"") })
        }
        // Of a range that is none, the whole object is the answer.
        "range" => s3s::dto::Range::parse(value).is_ok().then(|| value.to_owned()),
        _ => Some(value.to_owned()),
    }
}

/// A query without its signature, and the headers that stood in it.
fn without_signature(query: &str) -> (String, Vec<(String, String)>) {
    let (mut kept, mut hoisted) = (Vec::new(), Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
        let lower = name.to_ascii_lowercase();
        if SIGNATURES.contains(&lower.as_str()) {
            continue;
        }
        if lower.starts_with("x-amz-") {
            hoisted.push((lower, percent_decode_str(text).decode_utf8_lossy().into_owned()));
        } else {
            kept.push(pair);
        }
    }
    (kept.join("&"), hoisted)
}

/// Refuses what would be taken for another operation.
fn check_subresource(method: &str, path: &str, query: &str) -> Result<(), Refusal> {
    let known: &[&str] = match path.trim_start_matches('/').split_once('/') {
        Some((_, key)) if !key.is_empty() => &OF_OBJECTS,
        _ => &OF_BUCKETS,
    };
    let names = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let valueless = names.filter(|(name, text)| text.is_empty() && !name.is_empty()).map(|(name, _)| name);
    match valueless.filter(|name| !MAY_BE_EMPTY.contains(name)).find(|name| !known.contains(name)) {
        Some(name) => Err(Refusal::NotImplemented { what: format!("{method} ?{name}") }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::wire::Body;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn normal_of(method: &str, host: &str, target: &str, headers: &[(&str, &str)]) -> Result<HttpRequest, Refusal> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let body = Ok(Body { bytes: "body".into(), trailers: pairs(&[("x-amz-checksum-crc32", "AAAAAA==")]) });
        let headers = pairs(headers);
        normal(Request { method, host, path, query, headers: &headers, body }, Host::parse(host))
    }

    #[test]
    fn every_form_of_address_becomes_a_path() {
        for (host, target, uri) in [
            ("s3.eu-west-1.amazonaws.com", "/bucket/a%20b%2Bc", "/bucket/a%20b%2Bc"),
            ("bucket.s3.eu-west-1.amazonaws.com", "/a+b", "/bucket/a+b"),
            ("bucket.s3.amazonaws.com", "//key", "/bucket//key"),
            ("bucket.s3.amazonaws.com", "/", "/bucket/"),
            ("localhost:9000", "/bucket/a b|\u{fc}", "/bucket/a%20b%7C%C3%BC"),
            ("localhost", "/bucket?list-type=2&prefix=", "/bucket?list-type=2&prefix="),
            (
                "localhost",
                "/bucket/key?X-Amz-Signature=0&X-Amz-Date=1&versionId=2&AWSAccessKeyId=3&Expires=4&Signature=5",
                "/bucket/key?versionId=2",
            ),
        ] {
            let normal = normal_of("GET", host, target, &[]).unwrap();
            assert_eq!(normal.uri().to_string(), uri);
        }
    }

    #[test]
    fn headers_are_those_that_the_protocol_reads() {
        let normal = normal_of(
            "PUT",
            "localhost",
            "/bucket/key?X-Amz-Meta-From=a%20link",
            &[
                ("Authorization", "AWS4-HMAC-SHA256 0"),
                ("Content-Encoding", "gzip,aws-chunked"),
                ("Content-Length", "99"),
                ("Expires", "Thu, 01 Jan 2026 00:00:00 GMT"),
                ("If-Match", "0"),
                ("Range", "lines=1-2"),
            ],
        );
        let mut found: Vec<_> =
            normal.unwrap().headers().iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        found.sort();
        assert_eq!(
            found,
            [
                r#"content-encoding: "gzip""#,
                r#"content-length: "4""#,
                r#"expires: "Thu, 01 Jan 2026 00:00:00 GMT""#,
                r#"if-match: "\"0\"""#,
                r#"x-amz-checksum-crc32: "AAAAAA==""#,
                r#"x-amz-meta-from: "a link""#,
            ]
        );
    }

    #[test]
    fn what_is_not_built_is_not_taken_for_something_else() {
        for (method, target, what) in [
            ("PUT", "/bucket?abac", "PUT ?abac"),
            ("PUT", "/bucket/key?renameObject=", "PUT ?renameObject"),
            ("PUT", "/bucket/key?encryption", "PUT ?encryption"),
            ("POST", "/bucket?metadataConfiguration", "POST ?metadataConfiguration"),
        ] {
            assert_eq!(
                normal_of(method, "localhost", target, &[]).unwrap_err(),
                Refusal::NotImplemented { what: what.into() }
            );
        }
        assert!(normal_of("GET", "localhost", "/bucket?prefix=&marker=&tagging", &[]).is_ok());
    }

    #[test]
    fn a_path_that_is_none_is_refused() {
        for path in ["", "//bucket", "bucket"] {
            assert_eq!(normal_of("GET", "localhost", path, &[]).unwrap_err().code(), "InvalidURI", "{path:?}");
        }
    }

    #[test]
    fn key_and_region_are_those_of_any_signature() {
        let of = |key: &str, region: Option<&str>| Signed {
            access_key_id: Some(key.to_owned()).filter(|text| !text.is_empty()),
            region: region.map(str::to_owned),
        };
        let key = "210987654321";
        for (header, query, expected) in [
            (
                format!("AWS4-HMAC-SHA256 Credential={key}/20260101/eu-west-1/s3/aws4_request, SignedHeaders=a"),
                "",
                of(key, Some("eu-west-1")),
            ),
            (
                format!("AWS4-ECDSA-P256-SHA256 Credential={key}/20260101/s3/aws4_request, SignedHeaders=a"),
                "",
                of(key, None),
            ),
            (format!("AWS {key}:signature"), "", of(key, None)),
            (
                String::new(),
                "X-Amz-Credential=AKIA%2F20260101%2Fus-west-2%2Fs3%2Faws4_request",
                of("AKIA", Some("us-west-2")),
            ),
            (String::new(), "AWSAccessKeyId=210987654321&Signature=0", of(key, None)),
            (String::new(), "", Signed::default()),
        ] {
            assert_eq!(signed(&pairs(&[("authorization", &header)]), query), expected, "{header} {query}");
        }
    }
}
