//! The canonical form of a request: the one text that both sides hash.
//!
//! The one idea to hold: S3 takes the path as it names the key, encoded once; every other service tidies it and encodes
//! what came once more, so that `%3A` is signed as `%253A`.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stands as it is.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const IN_PATH: &AsciiSet = &IN_QUERY.remove(b'/');

/// The parts of a request that are signed.
pub(super) struct Canonical<'a> {
    pub(super) method: &'a str,
    /// As it came.
    pub(super) path: &'a str,
    /// As it came, without the signature itself.
    pub(super) query: &'a str,
    pub(super) headers: &'a [(String, String)],
    /// As the request names them.
    pub(super) signed_headers: &'a str,
    /// A SHA-256 in hexadecimal, or what stands for it.
    pub(super) payload: &'a str,
    /// Whether the path is S3's.
    pub(super) s3: bool,
}

impl Canonical<'_> {
    /// The canonical request; nothing, if a header that is signed is not there.
    pub(super) fn text(&self) -> Option<String> {
        let path = if self.s3 { encoded_once(self.path, IN_PATH) } else { encoded_twice(self.path) };
        let mut text = format!("{}\n{path}\n{}\n", self.method, query(self.query));
        for name in self.signed_headers.split(';') {
            let _ = writeln!(text, "{name}:{}", header(self.headers, name)?);
        }
        let _ = write!(text, "\n{}\n{}", self.signed_headers, self.payload);
        Some(text)
    }
}

/// The path of S3: that of the key, whatever the client encoded of it.
fn encoded_once(text: &str, set: &'static AsciiSet) -> String {
    let bytes: Vec<u8> = percent_decode_str(text).collect();
    percent_encoding::percent_encode(&bytes, set).to_string()
}

/// The path of every other service: without empty and dotted segments, and encoded once more.
fn encoded_twice(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            _ => kept.push(segment),
        }
    }
    let last = if path.ends_with('/') && !kept.is_empty() { "/" } else { "" };
    format!("/{}{last}", utf8_percent_encode(&kept.join("/"), IN_PATH))
}

/// Parameters by name, then by value, as they are encoded. A parameter without a value has an empty one.
fn query(query: &str) -> String {
    let part = |text: &str| encoded_once(&text.replace('+', "%20"), IN_QUERY);
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (part(name), part(value))
        })
        .collect();
    pairs.sort();
    let pairs: Vec<_> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

/// The values of a header, joined by commas, each with single blanks.
fn header(headers: &[(String, String)], name: &str) -> Option<String> {
    let values = headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
    let values: Vec<_> =
        values.map(|(_, value)| value.split_ascii_whitespace().collect::<Vec<_>>().join(" ")).collect();
    (!values.is_empty()).then(|| values.join(","))
}
