//! The request that a client sends: the other direction of [`super::rest::read`].
//!
//! The one idea to hold: what is absent is left out; a body is sent wherever the model has members for one, so that a call
//! without parameters is an empty object.
//!
//! ```
//! use drylambda::model;
//! use drylambda::protocol::{Document, request};
//!
//! let input = Document::Structure(vec![("FunctionName", Document::String("a:b".into()))]);
//! let sent = request::of(model::operation("PublishVersion").unwrap(), &input);
//! assert_eq!((sent.method, sent.target.as_str()), ("POST", "/2015-03-31/functions/a%3Ab/versions"));
//! assert_eq!(sent.body, "{}");
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::document::Document;
use super::json::write_text;
use super::rest::{as_text, path};
use crate::model::{Kind, Operation, Place};

/// A request, but for whom it is sent to and who signs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// In upper case.
    pub method: &'static str,
    /// Path and query, percent-encoded.
    pub target: String,
    /// Without those of the connection.
    pub headers: Vec<(&'static str, String)>,
    /// The whole body.
    pub body: Bytes,
}

/// The request that calls an operation with this input.
#[must_use]
pub fn of(operation: &'static Operation, input: &Document) -> Sent {
    let members = operation.input.members();
    let in_headers = members.iter().filter_map(|member| match member.place {
        Place::Header(name) => Some((name, input.member(member.name).and_then(as_text)?)),
        _ => None,
    });
    let mut headers: Vec<_> = in_headers.collect();
    let (body, is_json) = body(operation, input);
    if is_json {
        headers.push(("Content-Type", "application/json".to_owned()));
    }
    Sent { method: operation.method, target: path(operation, input), headers, body }
}

/// The body, and whether it is JSON.
fn body(operation: &'static Operation, input: &Document) -> (Bytes, bool) {
    if let Kind::Structure(structure) = &operation.input.kind
        && let Some(name) = structure.payload
    {
        return match input.member(name) {
            Some(Document::Blob(bytes)) => (bytes.clone(), false),
            Some(value) => (written(value), true),
            None => (Bytes::new(), false),
        };
    }
    let in_body = |name: &str| operation.input.member(name).is_some_and(|member| member.place == Place::Body);
    if !operation.input.members().iter().any(|member| in_body(member.name)) {
        return (Bytes::new(), false);
    }
    let Document::Structure(members) = input else { return (Bytes::new(), false) };
    let members = members.iter().filter(|(name, _)| in_body(name)).cloned().collect();
    (written(&Document::Structure(members)), true)
}

fn written(value: &Document) -> Bytes {
    let mut out = Vec::new();
    write(value, &mut out);
    out.into()
}

fn write(value: &Document, out: &mut Vec<u8>) {
    match value {
        Document::Null => out.extend_from_slice(b"null"),
        Document::String(text) => write_text(text, out),
        Document::Blob(bytes) => write_text(&STANDARD.encode(bytes), out),
        Document::List(entries) => {
            out.push(b'[');
            for (index, entry) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(entry, out);
            }
            out.push(b']');
        }
        Document::Map(entries) => object(entries.iter().map(|(key, value)| (key.as_str(), value)), out),
        Document::Structure(members) => object(members.iter().map(|(name, value)| (*name, value)), out),
        // Numbers and truth values are the same in JSON.
        other => out.extend_from_slice(as_text(other).unwrap_or_default().as_bytes()),
    }
}

fn object<'a>(entries: impl Iterator<Item = (&'a str, &'a Document)>, out: &mut Vec<u8>) {
    out.push(b'{');
    for (index, (key, value)) in entries.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_text(key, out);
        out.push(b':');
        write(value, out);
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{self, OPERATIONS};
    use crate::protocol::rest::{self, Parts};
    use crate::protocol::route;

    fn text(text: &str) -> Document {
        Document::String(text.into())
    }

    fn sent(operation: &str, members: Vec<(&'static str, Document)>) -> Sent {
        of(model::operation(operation).unwrap(), &Document::Structure(members))
    }

    #[test]
    fn members_travel_where_the_model_says() {
        let update = sent(
            "UpdateFunctionCode",
            vec![
                ("FunctionName", text("fn")),
                ("ZipFile", Document::Blob(Bytes::from_static(b"PK\x05\x06"))),
                ("DryRun", Document::Boolean(true)),
                ("Architectures", Document::List(vec![text("arm64"), text("\"x\"")])),
            ],
        );
        assert_eq!((update.method, update.target.as_str()), ("PUT", "/2015-03-31/functions/fn/code"));
        assert_eq!(update.body, r#"{"ZipFile":"UEsFBg==","DryRun":true,"Architectures":["arm64","\"x\""]}"#);
        assert_eq!(update.headers, [("Content-Type", "application/json".to_owned())]);
        let untag = sent(
            "UntagResource",
            vec![("Resource", text("arn:aws")), ("TagKeys", Document::List(vec![text("a b"), text("c")]))],
        );
        assert_eq!(untag.target, "/2017-03-31/tags/arn%3Aaws?tagKeys=a%20b&tagKeys=c");
        assert_eq!((untag.body, untag.headers), (Bytes::new(), Vec::new()));
        let invoke = sent(
            "Invoke",
            vec![
                ("FunctionName", text("fn")),
                ("InvocationType", text("Event")),
                ("Payload", Document::Blob("{}".into())),
            ],
        );
        assert_eq!(invoke.headers, [("X-Amz-Invocation-Type", "Event".to_owned())]);
        assert_eq!(invoke.body, "{}");
    }

    #[test]
    fn what_is_sent_is_read_again_by_every_operation() {
        for operation in OPERATIONS {
            // A body that has to be there is there, even if it is empty.
            let is_sent = |member: &&model::Member| match (member.place, &member.shape.kind) {
                (Place::Label(_), _) => true,
                (_, Kind::Blob { .. }) => member.required,
                _ => false,
            };
            let values = operation.input.members().iter().filter(is_sent).map(|member| match member.shape.kind {
                Kind::Integer { .. } => (member.name, Document::Integer(7)),
                Kind::Blob { .. } => (member.name, Document::Blob("7".into())),
                _ => (member.name, text("a/b:c d")),
            });
            let input = Document::Structure(values.collect());
            let sent = of(operation, &input);
            let (path, query) = sent.target.split_once('?').unwrap_or((&sent.target, ""));
            let (found, labels) = route::find(sent.method, path, query).unwrap();
            assert_eq!(found.name, operation.name);
            let parts = Parts { labels: &labels, query, headers: &[], body: &sent.body, substitute: None };
            let sorted = |document: Document| {
                let mut members = document.into_members();
                members.sort_by_key(|(name, _)| *name);
                members
            };
            assert_eq!(sorted(rest::read(found, parts).unwrap()), sorted(input), "{}", operation.name);
        }
    }
}
