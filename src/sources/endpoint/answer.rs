//! What a server says instead of an object: S3's error document, read as far as it counts.
//!
//! The one idea to hold: the code decides, not the status, as S3-compatible servers agree on codes. Only where there is
//! no code, as some answer to requests that are not signed, the status says enough.

use std::borrow::Cow;

use crate::sources::Refusal;

/// S3's text for a denial that gives no other.
const DENIED: &str = "Access Denied";

/// The refusal in an answer that is only head, if the head says enough.
pub(super) fn without_document(status: u16, names_version: bool, delete_marker: bool) -> Option<Refusal> {
    match status {
        403 => Some(Refusal::AccessDenied { message: DENIED.into() }),
        404 if names_version => Some(Refusal::NoSuchVersion),
        404 => Some(Refusal::NoSuchKey),
        405 if delete_marker => Some(Refusal::Other {
            code: "MethodNotAllowed".into(),
            message: "The specified method is not allowed against this resource.".into(),
        }),
        _ => None,
    }
}

/// The refusal in an error document; `Ok(None)` if it is that there is no such bucket.
///
/// # Errors
/// What to say of an answer that is none of S3's.
pub(super) fn refusal(status: u16, bucket_region: Option<&str>, document: &str) -> Result<Option<Refusal>, String> {
    let code = element(document, "Code").unwrap_or_default();
    let message = element(document, "Message").unwrap_or_default().into_owned();
    let region = bucket_region.map(Cow::Borrowed).or_else(|| element(document, "Region"));
    let redirects =
        (300..400).contains(&status) || matches!(&*code, "PermanentRedirect" | "AuthorizationHeaderMalformed");
    if let Some(region) = region.filter(|region| redirects && !region.is_empty()) {
        return Ok(Some(Refusal::OtherRegion { region: region.into_owned() }));
    }
    Ok(Some(match &*code {
        "" if status == 403 => Refusal::AccessDenied { message: DENIED.into() },
        "" => return Err(format!("HTTP status {status} without S3's error document")),
        "NoSuchBucket" => return Ok(None),
        "NoSuchKey" => Refusal::NoSuchKey,
        "NoSuchVersion" => Refusal::NoSuchVersion,
        "AccessDenied" if message.is_empty() => Refusal::AccessDenied { message: DENIED.into() },
        "AccessDenied" => Refusal::AccessDenied { message },
        _ => Refusal::Other { code: code.into_owned(), message },
    }))
}

/// The text of the first element of this name. S3's error documents have no attributes, and each element once.
fn element<'a>(document: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(unescaped(text))
}

/// A text of XML with its references resolved; what is none stays as it is.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(';').and_then(|(name, rest)| Some((referred(name)?, rest))) {
            Some((letter, rest)) => plain.extend([letter.encode_utf8(&mut [0; 4]) as &str, rest]),
            None => plain.extend(["&", part]),
        }
    }
    Cow::Owned(plain)
}

fn referred(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, region: Option<&str>, inner: &str) -> Result<Option<Refusal>, String> {
        refusal(status, region, &format!("<?xml version=\"1.0\"?>\n<Error>{inner}<RequestId>1</RequestId></Error>"))
    }

    #[test]
    fn refusals_are_told_apart_by_their_codes() {
        let other = |code: &str, message: &str| Refusal::Other { code: code.into(), message: message.into() };
        for (inner, expected) in [
            ("<Code>NoSuchBucket</Code><Message>m</Message>", None),
            ("<Code>NoSuchKey</Code><Message>m</Message><Key>Code</Key>", Some(Refusal::NoSuchKey)),
            ("<Code>NoSuchVersion</Code>", Some(Refusal::NoSuchVersion)),
            (
                "<Code>AccessDenied</Code><Message>User: a is &quot;not&quot; &lt;b&gt; &amp;amp; &#39;c&#x27;</Message>",
                Some(Refusal::AccessDenied { message: "User: a is \"not\" <b> &amp; 'c'".into() }),
            ),
            ("<Code>AccessDenied</Code><Message/>", Some(Refusal::AccessDenied { message: "Access Denied".into() })),
            ("<Code>SlowDown</Code><Message>a &nbsp; b & c</Message>", Some(other("SlowDown", "a &nbsp; b & c"))),
            ("<Code>InvalidAccessKeyId</Code><Message></Message>", Some(other("InvalidAccessKeyId", ""))),
        ] {
            assert_eq!(read(404, None, inner), Ok(expected), "{inner}");
        }
    }

    #[test]
    fn a_redirect_names_the_region_in_its_header_or_its_document() {
        let there = Ok(Some(Refusal::OtherRegion { region: "eu-west-1".into() }));
        let redirect = "<Code>PermanentRedirect</Code><Message>m</Message>";
        assert_eq!(read(301, Some("eu-west-1"), redirect), there);
        assert_eq!(refusal(307, Some("eu-west-1"), ""), there);
        let malformed = "<Code>AuthorizationHeaderMalformed</Code><Message>m</Message><Region>eu-west-1</Region>";
        assert_eq!(read(400, None, malformed), there);
        let nowhere = Refusal::Other { code: "PermanentRedirect".into(), message: "m".into() };
        assert_eq!(read(301, None, redirect), Ok(Some(nowhere)));
    }

    #[test]
    fn a_region_that_comes_with_another_refusal_is_no_redirect() {
        assert_eq!(read(404, Some("eu-west-1"), "<Code>NoSuchKey</Code>"), Ok(Some(Refusal::NoSuchKey)));
    }

    #[test]
    fn a_denial_need_not_have_a_document() {
        let denied = Refusal::AccessDenied { message: "Access Denied".into() };
        assert_eq!(refusal(403, None, ""), Ok(Some(denied)));
    }

    #[test]
    fn a_head_alone_may_say_enough() {
        for (status, names_version, delete_marker, code) in [
            (403, false, false, Some("AccessDenied")),
            (404, false, true, Some("NoSuchKey")),
            (404, true, false, Some("NoSuchVersion")),
            (405, true, true, Some("MethodNotAllowed")),
            (405, true, false, None),
            (502, false, false, None),
        ] {
            let refusal = without_document(status, names_version, delete_marker);
            let shown = refusal.map(|refusal| format!("{refusal:?}"));
            assert_eq!(shown.is_some(), code.is_some(), "{status}");
            assert!(shown.unwrap_or_default().contains(code.unwrap_or_default()), "{status}");
        }
    }

    #[test]
    fn an_answer_of_somebody_else_is_none_of_s3s() {
        for document in ["", "<html>Bad Gateway</html>", "<Error><Code></Code></Error>", "<Code>cut off"] {
            assert_eq!(refusal(502, None, document), Err("HTTP status 502 without S3's error document".into()));
        }
    }
}
