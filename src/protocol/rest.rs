//! The HTTP bindings: which member travels in the path, the query, a header, the body, or as the status.

use base64::Engine as _;
use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::document::{Document, Members, find};
use super::event_stream;
use super::json::{self, Substitute};
use crate::clock::Timestamp;
use crate::error::Error;
use crate::model::{Kind, Member, Operation, Place, Shape, Structure};

/// The parts of an HTTP request that bindings read. `labels` are raw, in the order of the path's template.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    /// Still percent-encoded.
    pub labels: &'a [&'a str],
    /// Without the question mark, still percent-encoded.
    pub query: &'a str,
    /// Names in any case.
    pub headers: &'a [(String, String)],
    /// The whole body.
    pub body: &'a Bytes,
    /// A package that travels beside the body.
    pub substitute: Substitute<'a>,
}

/// Reads a request into a document of the operation's input shape.
///
/// # Errors
/// [`Error::Serialization`] where a part does not fit its member's type.
pub fn read(operation: &'static Operation, parts: Parts<'_>) -> Result<Document, Error> {
    let Kind::Structure(input) = &operation.input.kind else { return Ok(Document::Structure(Members::new())) };
    let mut members = read_body(operation.input, input, parts)?;
    let label_names = operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let labels: Vec<_> = label_names.zip(parts.labels).collect();
    for member in input.members {
        let value = match member.place {
            Place::Body | Place::Status => None,
            Place::Label(name) => {
                let raw = labels.iter().find(|(label, _)| *label == name).map(|(_, raw)| **raw);
                raw.map(|raw| parse(member.shape, &decode(raw))).transpose()?
            }
            Place::Query(name) => read_query(member.shape, name, parts.query)?,
            Place::Header(name) => {
                let found = parts.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
                found.map(|(_, text)| parse(member.shape, text)).transpose()?
            }
        };
        members.extend(value.map(|value| (member.name, value)));
    }
    Ok(Document::Structure(members))
}

fn read_body(shape: &'static Shape, input: &'static Structure, parts: Parts<'_>) -> Result<Members, Error> {
    if let Some(payload) = input.payload.and_then(|name| input.members.iter().find(|member| member.name == name)) {
        let value = match &payload.shape.kind {
            // What has to be there is there, with nothing in it.
            _ if parts.body.is_empty() && !payload.required => return Ok(Members::new()),
            Kind::Structure(_) => Document::Structure(json::read(payload.shape, parts.body, parts.substitute)?),
            _ => Document::Blob(parts.body.clone()),
        };
        return Ok(vec![(payload.name, value)]);
    }
    // R53: an empty body is an empty structure.
    if parts.body.is_empty() { Ok(Members::new()) } else { json::read(shape, parts.body, parts.substitute) }
}

fn read_query(shape: &'static Shape, name: &str, query: &str) -> Result<Option<Document>, Error> {
    let mut values = query.split('&').filter_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode_query(key) == name).then(|| decode_query(value))
    });
    if let Kind::List { member, .. } = &shape.kind {
        let entries = values.map(|value| parse(member, &value)).collect::<Result<Vec<_>, _>>()?;
        return Ok((!entries.is_empty()).then_some(Document::List(entries)));
    }
    values.next_back().map(|value| parse(shape, &value)).transpose()
}

fn parse(shape: &'static Shape, text: &str) -> Result<Document, Error> {
    let refused = || Error::Serialization { reason: format!("{text} is not a value of {}", shape.name) };
    match shape.kind {
        Kind::Integer { .. } => whole_number(text).map(Document::Integer).ok_or_else(refused),
        Kind::Double { .. } => text.parse().map(Document::Double).map_err(|_| refused()),
        Kind::Timestamp => {
            // ISO 8601 as SDKs write it here, or seconds since 1970.
            let moment = Timestamp::from_iso(text).map(Timestamp::as_seconds).or_else(|| text.parse().ok());
            moment.map(Document::Timestamp).ok_or_else(refused)
        }
        Kind::Boolean => text.parse().map(Document::Boolean).map_err(|_| refused()),
        Kind::Blob { .. } => {
            let decoded = base64::engine::general_purpose::STANDARD.decode(text);
            decoded.map(|bytes| Document::Blob(bytes.into())).map_err(|_| refused())
        }
        _ => Ok(Document::String(text.to_owned())),
    }
}

/// A whole number, cut to 64 bits.
fn whole_number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let cut = if digits.len() < text.len() { i64::MIN } else { i64::MAX };
    whole.then(|| text.parse().unwrap_or(cut))
}

fn decode(raw: &str) -> String {
    percent_decode_str(raw).decode_utf8_lossy().into_owned()
}

fn decode_query(raw: &str) -> String {
    decode(&raw.replace('+', " "))
}

/// What stands in a URL as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Path and query of the request that a client sends for this input.
#[must_use]
pub fn path(operation: &Operation, input: &Document) -> String {
    let mut path = operation.path.to_owned();
    let mut query: Vec<_> = operation.query.map(|(key, value)| format!("{key}={value}")).into_iter().collect();
    for member in operation.input.members() {
        let texts: Vec<_> = match input.member(member.name) {
            Some(Document::List(entries)) => entries.iter().filter_map(as_text).collect(),
            value => value.and_then(as_text).into_iter().collect(),
        };
        for text in texts.iter().map(|text| utf8_percent_encode(text, UNRESERVED)) {
            match member.place {
                Place::Label(name) => path = path.replace(&format!("{{{name}}}"), &text.to_string()),
                Place::Query(name) => query.push(format!("{name}={text}")),
                _ => {}
            }
        }
    }
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

/// An answer before it is sent: headers that members asked for, and the body.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    /// The HTTP status.
    pub status: u16,
    /// Names as the model spells them.
    pub headers: Vec<(&'static str, String)>,
    /// The type of the body, where there is one.
    pub content_type: &'static str,
    /// The body; empty where the operation has no output.
    pub body: Bytes,
}

/// The HTTP status of a success: the member that is bound to it, where there is one (K10).
#[must_use]
pub fn status(operation: &Operation, members: &Members) -> u16 {
    let bound = operation.output.into_iter().flat_map(Shape::members).find(|member| member.place == Place::Status);
    match bound.and_then(|member| find(members, member.name)) {
        Some(Document::Integer(status)) => u16::try_from(*status).unwrap_or(operation.status),
        _ => operation.status,
    }
}

/// The type of the body of a success.
#[must_use]
pub fn content_type(operation: &Operation) -> &'static str {
    match operation.answered_body() {
        Some(body) if body.shape.is_event_stream() => event_stream::CONTENT_TYPE,
        _ => "application/json",
    }
}

/// Whether a member of an answer is what HTTP says of its body.
#[must_use]
pub fn is_content_type(member: &Member) -> bool {
    matches!(member.place, Place::Header(name) if name.eq_ignore_ascii_case("content-type"))
}

/// The headers that members of a success travel in; what is said of its body is [`content_type`].
pub fn headers(operation: &Operation, members: &Members) -> impl Iterator<Item = (&'static str, String)> {
    let bound = operation.output.into_iter().flat_map(Shape::members).filter(|member| !is_content_type(member));
    bound.filter_map(|member| match (member.place, find(members, member.name)) {
        (Place::Header(name), Some(value)) => as_text(value).map(|text| (name, text)),
        _ => None,
    })
}

/// Writes the answer of a success.
#[must_use]
pub fn write(operation: &'static Operation, members: &Members) -> Written {
    let status = status(operation, members);
    let headers = headers(operation, members).collect();
    // A 204 has no body, whatever members are bound to its status.
    let shape = operation.output.filter(|_| status != 204);
    let body = shape.map_or_else(Bytes::new, |shape| write_body(shape, members));
    Written { status, headers, content_type: content_type(operation), body }
}

fn write_body(shape: &'static Shape, members: &Members) -> Bytes {
    let Kind::Structure(structure) = &shape.kind else { return Bytes::new() };
    if let Some(name) = structure.payload {
        return match (find(members, name), shape.member(name)) {
            (Some(Document::Blob(bytes)), _) => bytes.clone(),
            (Some(Document::String(text)), _) => Bytes::copy_from_slice(text.as_bytes()),
            (Some(Document::List(events)), Some(member)) => event_stream::write(member.shape, events).into(),
            (Some(Document::Structure(inner)), Some(member)) => json::write(member.shape, inner).into(),
            _ => Bytes::new(),
        };
    }
    json::write(shape, members).into()
}

pub(super) fn as_text(value: &Document) -> Option<String> {
    match value {
        Document::String(text) => Some(text.clone()),
        Document::Integer(value) => Some(value.to_string()),
        Document::Double(value) | Document::Timestamp(value) => Some(value.to_string()),
        Document::Boolean(value) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;

    fn request(
        operation: &str,
        labels: &[&str],
        query: &str,
        headers: &[(String, String)],
        body: &'static str,
    ) -> Document {
        let body = Bytes::from_static(body.as_bytes());
        let parts = Parts { labels, query, headers, body: &body, substitute: None };
        read(model::operation(operation).unwrap(), parts).unwrap()
    }

    #[test]
    fn a_path_is_that_of_botocores_request() {
        let member = |name, text: &str| (name, Document::String(text.into()));
        let input = Document::Structure(vec![member("FunctionName", "a:b"), member("Qualifier", "$LATEST")]);
        let path = path(model::operation("GetFunction").unwrap(), &input);
        assert_eq!(path, "/2015-03-31/functions/a%3Ab?Qualifier=%24LATEST");
    }

    #[test]
    fn labels_are_decoded_once() {
        // R57
        let input = request("GetFunction", &["arn%3Aaws%3Alambda%253A"], "Qualifier=%24LATEST", &[], "");
        assert_eq!(input.member("FunctionName").and_then(Document::as_str), Some("arn:aws:lambda%3A"));
        assert_eq!(input.member("Qualifier").and_then(Document::as_str), Some("$LATEST"));
    }

    #[test]
    fn a_repeated_query_parameter_is_a_list() {
        let input = request("UntagResource", &["arn"], "tagKeys=a&tagKeys=b+c", &[], "");
        let keys = Document::List(vec![Document::String("a".into()), Document::String("b c".into())]);
        assert_eq!(input.member("TagKeys"), Some(&keys));
    }

    #[test]
    fn headers_and_a_raw_payload_are_members() {
        let headers = [("x-amz-INVOCATION-type".to_owned(), "Event".to_owned())];
        let input = request("Invoke", &["fn"], "", &headers, "{not json");
        assert_eq!(input.member("InvocationType").and_then(Document::as_str), Some("Event"));
        assert_eq!(input.member("Payload"), Some(&Document::Blob(Bytes::from_static(b"{not json"))));
    }

    #[test]
    fn a_stream_of_events_is_the_body_and_says_so() {
        let chunk = Document::Structure(vec![("Payload", Document::Blob(Bytes::from_static(b"x")))]);
        let events = vec![Document::Structure(vec![("PayloadChunk", chunk)])];
        let members = vec![
            ("ExecutedVersion", Document::String("7".into())),
            ("EventStream", Document::List(events.clone())),
            ("ResponseStreamContentType", Document::String(event_stream::CONTENT_TYPE.into())),
        ];
        let written = write(&model::INVOKE_WITH_RESPONSE_STREAM, &members);
        let body = event_stream::write(&model::shapes::INVOKE_WITH_RESPONSE_STREAM_RESPONSE_EVENT, &events);
        let headers = vec![("X-Amz-Executed-Version", "7".to_owned())];
        let content_type = event_stream::CONTENT_TYPE;
        assert_eq!(written, Written { status: 200, headers, content_type, body: body.into() });
        assert_eq!(content_type_of("Invoke"), "application/json");
    }

    fn content_type_of(operation: &str) -> &'static str {
        content_type(model::operation(operation).unwrap())
    }

    #[test]
    fn an_answer_without_content_has_no_body() {
        // K10
        let written = write(model::operation("DeleteFunction").unwrap(), &Members::new());
        let content_type = "application/json";
        assert_eq!(written, Written { status: 204, headers: vec![], content_type, body: Bytes::new() });
    }
}
