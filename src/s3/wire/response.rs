//! What the protocol or a refusal came to, as a response of S3's.

use std::fmt::Write as _;

use s3s::HttpResponse;

use super::Response;
use crate::s3::protocol::ready;
use crate::s3::refusal::Refusal;
use crate::s3::store::ObjectStore;

/// How long the two ids of a request are.
const REQUEST_ID_LETTERS: usize = 16;
const HOST_ID_LETTERS: usize = 76;

/// Texts of the refusals that the protocol leaves without one.
const TEXTS: [(&str, &str); 6] = [
    ("KeyTooLongError", "Your key is too long"),
    ("InvalidURI", "Couldn't parse the specified URI."),
    ("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"),
    ("MethodNotAllowed", "The specified method is not allowed against this resource."),
    ("MissingRequestBodyError", "Request Body is empty"),
    ("InternalError", "We encountered an internal error. Please try again."),
];

/// Writes the response; to a HEAD, without the body.
pub(super) fn write(store: &ObjectStore, answered: Result<HttpResponse, Refusal>, head: bool) -> Response {
    let request_id = store.ids.letters(REQUEST_ID_LETTERS).to_ascii_uppercase();
    let host_id = store.ids.letters(HOST_ID_LETTERS);
    let mut response = match answered {
        Ok(response) => from_protocol(response, head),
        Err(refusal) => {
            let details: Vec<_> = refusal.details();
            let headers = refusal.headers().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let body = document(refusal.code(), &refusal.to_string(), &details);
            Response { status: refusal.status(), headers, body: body.into() }
        }
    };
    if response.status >= 300 {
        let mut body = String::from_utf8_lossy(&response.body).into_owned();
        let _ = write!(body, "<RequestId>{request_id}</RequestId><HostId>{host_id}</HostId></Error>");
        response.body = body.into();
        response.headers.push(("Content-Type".to_owned(), "application/xml".to_owned()));
    }
    let empty = matches!(response.status, 204 | 304);
    let sized = response.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    if head || empty {
        response.body.clear();
    }
    if !sized && !empty {
        response.headers.push(("Content-Length".to_owned(), response.body.len().to_string()));
    }
    response.headers.extend([
        ("x-amz-request-id".to_owned(), request_id),
        ("x-amz-id-2".to_owned(), host_id),
        ("Date".to_owned(), store.clock.now().http_date()),
        ("Server".to_owned(), "AmazonS3".to_owned()),
    ]);
    response
}

/// The protocol's response, with its own refusals as the beginning of a [`document`].
fn from_protocol(response: HttpResponse, head: bool) -> Response {
    let (parts, mut body) = response.into_parts();
    // What cannot be read was never written: the bytes are all there.
    let body = ready(body.store_all_limited(usize::MAX)).unwrap_or_default();
    let status = parts.status.as_u16();
    let headers: Vec<_> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    if status >= 300 {
        let text = String::from_utf8_lossy(&body);
        let code = element(&text, "Code").unwrap_or("InternalError");
        let known = TEXTS.iter().find(|(known, _)| *known == code).map(|(_, text)| *text);
        let message = element(&text, "Message").or(known).unwrap_or_default();
        let document = format!("{XML}<Error><Code>{code}</Code><Message>{message}</Message>");
        return Response { status, headers: Vec::new(), body: document.into() };
    }
    // Of a part of an object, also to a HEAD.
    let partial = head && headers.iter().any(|(name, _)| name == "content-range");
    Response { status: if partial { 206 } else { status }, headers, body }
}

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// The text of an element, still escaped.
fn element<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    rest.split_once("</").map(|(text, _)| text)
}

/// The document of an error, up to where the ids of the request go.
fn document(code: &str, message: &str, details: &[(&str, String)]) -> String {
    let mut text = format!("{XML}<Error>");
    let own = [("Code", code), ("Message", message)];
    for (name, value) in own.into_iter().chain(details.iter().map(|(name, value)| (*name, value.as_str()))) {
        let _ = write!(text, "<{name}>{}</{name}>", escaped(value));
    }
    text
}

/// Text as XML can carry it.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, letter| {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // XML has no way to write most control characters.
            '\0'..=' ' if !matches!(letter, '\t' | '\n' | ' ') => escaped.push('\u{fffd}'),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(letter),
        }
        escaped
    })
}
