//! `application/vnd.amazon.eventstream`: the events of an answer as messages, one after the other.
//!
//! The one idea to hold: an event is a union of which one member is there. Its name is the message's `:event-type`; the
//! message's payload is what the member's own [payload](crate::model::Structure::payload) holds, or else its JSON. All
//! numbers are big-endian, and every message has two CRCs: of what tells its lengths, and of the whole.

use super::document::{Document, Members, find};
use super::json;
use crate::model::{Kind, Shape};

/// The type of a body that is a stream of events.
pub const CONTENT_TYPE: &str = "application/vnd.amazon.eventstream";

/// The lengths of message and headers, and their CRC, in bytes.
const PRELUDE_BYTES: usize = 12;
/// The CRC at the end of a message, in bytes.
const CRC_BYTES: usize = 4;
/// The type of a header whose value is text.
const TEXT: u8 = 7;

/// Writes events of a union's shape, in their order.
#[must_use]
pub fn write(shape: &'static Shape, events: &[Document]) -> Vec<u8> {
    let mut out = Vec::new();
    for event in events {
        let Document::Structure(members) = event else { continue };
        for member in shape.members() {
            if let Some(Document::Structure(event)) = find(members, member.name) {
                let (content_type, payload) = payload(member.shape, event);
                write_message(member.name, content_type, &payload, &mut out);
            }
        }
    }
    out
}

/// What stands in the message of an event, and of which type that is.
fn payload(shape: &'static Shape, event: &Members) -> (&'static str, bytes::Bytes) {
    let Kind::Structure(structure) = &shape.kind else { return ("", bytes::Bytes::new()) };
    match structure.payload.map(|name| find(event, name)) {
        Some(Some(Document::Blob(bytes))) => ("application/octet-stream", bytes.clone()),
        Some(_) => ("application/octet-stream", bytes::Bytes::new()),
        None => ("application/json", json::write(shape, event).into()),
    }
}

fn write_message(event_type: &str, content_type: &str, payload: &[u8], out: &mut Vec<u8>) {
    let headers = [(":event-type", event_type), (":content-type", content_type), (":message-type", "event")];
    // A name has a byte for its length, a value one for its type and two for its length.
    let headers_bytes: usize = headers.iter().map(|(name, value)| 1 + name.len() + 3 + value.len()).sum();
    let message_bytes = PRELUDE_BYTES + headers_bytes + payload.len() + CRC_BYTES;
    let begin = out.len();
    out.reserve(message_bytes);
    out.extend_from_slice(&length(message_bytes).to_be_bytes());
    out.extend_from_slice(&length(headers_bytes).to_be_bytes());
    write_crc(begin, out);
    for (name, value) in headers {
        // Names and values are the model's and ours, all of them far shorter than either length can say.
        out.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(name.as_bytes());
        out.push(TEXT);
        out.extend_from_slice(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
        out.extend_from_slice(value.as_bytes());
    }
    out.extend_from_slice(payload);
    write_crc(begin, out);
}

/// The CRC of everything since `begin`.
fn write_crc(begin: usize, out: &mut Vec<u8>) {
    let crc = crc32fast::hash(out.get(begin..).unwrap_or_default());
    out.extend_from_slice(&crc.to_be_bytes());
}

/// A length as a message tells it. Answers are far shorter than the most that it can tell.
fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::model::shapes::INVOKE_WITH_RESPONSE_STREAM_RESPONSE_EVENT as EVENT;

    fn chunk(payload: &'static [u8]) -> Document {
        let payload = Document::Structure(vec![("Payload", Document::Blob(Bytes::from_static(payload)))]);
        Document::Structure(vec![("PayloadChunk", payload)])
    }

    #[test]
    fn a_chunk_is_a_message_with_its_bytes() {
        // The CRCs are zlib's.
        let expected = [
            &b"\0\0\0\x6f\0\0\0\x5a\xf5\xfe\x87\x1f"[..],
            b"\x0b:event-type\x07\0\x0cPayloadChunk",
            b"\x0d:content-type\x07\0\x18application/octet-stream",
            b"\x0d:message-type\x07\0\x05event",
            b"{\"a\":",
            b"uG\xcb\x15",
        ]
        .concat();
        assert_eq!(write(&EVENT, &[chunk(b"{\"a\":")]), expected);
    }

    #[test]
    fn an_end_without_an_error_is_json_all_the_same() {
        let end = Document::Structure(vec![("InvokeComplete", Document::Structure(Members::new()))]);
        let written = write(&EVENT, &[chunk(b""), end]);
        let text = String::from_utf8_lossy(&written).into_owned();
        assert!(text.contains(r#"{"ErrorCode":null,"ErrorDetails":null,"LogResult":null}"#), "{text}");
        assert!(write(&EVENT, &[]).is_empty());
    }
}
