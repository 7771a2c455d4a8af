//! What comes of a function's answer: a status, headers and a body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value};

use super::Response;

/// The type of a stream that begins with its status and headers.
const INTEGRATION: &str = "application/vnd.awslambda.http-integration-response";
/// What stands between them and the body.
const SEPARATOR: [u8; 8] = [0; 8];
/// The type of what says none.
const JSON: &str = "application/json";
/// The type of a stream that says none.
const BYTES: &str = "application/octet-stream";

/// What comes of a function that failed, or that answered what no response can be.
#[must_use]
pub fn bad_gateway() -> Response {
    made(502, JSON, Bytes::from_static(b"Internal Server Error"))
}

/// A refusal, before the function is asked.
#[must_use]
pub fn refusal(status: u16, code: &str, message: &str) -> Response {
    let mut response = made(status, JSON, serde_json::json!({ "Message": message }).to_string().into());
    response.headers.push(("x-amzn-ErrorType".to_owned(), code.to_owned()));
    response
}

/// What comes of an answer. `content_type` is what the handler said that it streams, where it said so.
#[must_use]
pub fn answered(payload: &Bytes, content_type: Option<&str>, is_streamed: bool) -> Response {
    if content_type == Some(INTEGRATION) {
        return integration(payload).unwrap_or_else(bad_gateway);
    }
    if is_streamed {
        return made(200, content_type.unwrap_or(BYTES), payload.clone());
    }
    match serde_json::from_slice(payload) {
        Ok(Value::Object(answer)) if answer.contains_key("statusCode") => buffered(&answer).unwrap_or_else(bad_gateway),
        // What has no status is the body itself.
        Ok(_) => made(200, JSON, payload.clone()),
        Err(_) => bad_gateway(),
    }
}

/// A stream that begins with its status and headers.
fn integration(stream: &Bytes) -> Option<Response> {
    let end = stream.windows(SEPARATOR.len()).position(|bytes| bytes == SEPARATOR)?;
    let prelude: Value = serde_json::from_slice(stream.get(..end)?).ok()?;
    head(prelude.as_object()?, 200, BYTES, stream.slice(end + SEPARATOR.len()..))
}

fn buffered(answer: &Map<String, Value>) -> Option<Response> {
    let body = match answer.get("body") {
        None | Some(Value::Null) => Bytes::new(),
        Some(Value::String(text)) if answer.get("isBase64Encoded") == Some(&Value::Bool(true)) => {
            STANDARD.decode(text).ok()?.into()
        }
        Some(Value::String(text)) => Bytes::copy_from_slice(text.as_bytes()),
        Some(_) => return None,
    };
    head(answer, 0, JSON, body)
}

/// The status, headers and cookies that stand in an object; `status` is that of an object without one.
fn head(answer: &Map<String, Value>, status: u16, content_type: &str, body: Bytes) -> Option<Response> {
    let status = match answer.get("statusCode") {
        None => status,
        Some(Value::Number(number)) => number.as_u64().and_then(|number| u16::try_from(number).ok())?,
        Some(Value::String(text)) => text.parse().ok()?,
        Some(_) => return None,
    };
    if !(200..600).contains(&status) {
        return None;
    }
    let mut headers = Vec::new();
    for (name, value) in object(answer.get("headers"))? {
        headers.push((name.clone(), text(value)?));
    }
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        headers.push(("Content-Type".to_owned(), content_type.to_owned()));
    }
    match answer.get("cookies") {
        None | Some(Value::Null) => {}
        Some(Value::Array(cookies)) => {
            for cookie in cookies {
                headers.push(("Set-Cookie".to_owned(), text(cookie)?));
            }
        }
        Some(_) => return None,
    }
    Some(Response { status, headers, body })
}

fn object(value: Option<&Value>) -> Option<impl Iterator<Item = (&String, &Value)>> {
    match value {
        None | Some(Value::Null) => Some(None.into_iter().flatten()),
        Some(Value::Object(object)) => Some(Some(object).into_iter().flatten()),
        Some(_) => None,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

fn made(status: u16, content_type: &str, body: Bytes) -> Response {
    Response { status, headers: vec![("Content-Type".to_owned(), content_type.to_owned())], body }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(response: &Response) -> String {
        let headers: Vec<_> = response.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        format!("{} {} | {}", response.status, headers.join(", "), String::from_utf8_lossy(&response.body))
    }

    #[test]
    fn an_answer_is_a_response_or_the_body_of_one() {
        let failed = "502 Content-Type: application/json | Internal Server Error";
        for (payload, expected) in [
            (r#"{"message":"hi"}"#, r#"200 Content-Type: application/json | {"message":"hi"}"#),
            (r#""hi""#, r#"200 Content-Type: application/json | "hi""#),
            ("null", "200 Content-Type: application/json | null"),
            (r#"{"statusCode":204}"#, "204 Content-Type: application/json | "),
            (r#"{"statusCode":"201","body":"x"}"#, "201 Content-Type: application/json | x"),
            (
                r#"{"statusCode":200,"headers":{"content-type":"text/html","X-N":7},"cookies":["a=1","b=2"],"body":"<p>"}"#,
                "200 X-N: 7, content-type: text/html, Set-Cookie: a=1, Set-Cookie: b=2 | <p>",
            ),
            (r#"{"statusCode":200,"body":"aGk=","isBase64Encoded":true}"#, "200 Content-Type: application/json | hi"),
            (r#"{"statusCode":200,"body":"!","isBase64Encoded":true}"#, failed),
            (r#"{"statusCode":200,"body":{}}"#, failed),
            (r#"{"statusCode":99}"#, failed),
            (r#"{"statusCode":"ok"}"#, failed),
            (r#"{"statusCode":200,"headers":[]}"#, failed),
            ("", failed),
        ] {
            let response = answered(&Bytes::copy_from_slice(payload.as_bytes()), None, false);
            assert_eq!(shown(&response), expected, "{payload}");
        }
    }

    #[test]
    fn a_stream_may_begin_with_its_head() {
        let stream = |prelude: &str| Bytes::from([prelude.as_bytes(), &SEPARATOR, b"\0body"].concat());
        let head = r#"{"statusCode":201,"headers":{"Content-Type":"text/plain"},"cookies":["a=1"]}"#;
        for (payload, content_type, expected) in [
            (stream(head), Some(INTEGRATION), "201 Content-Type: text/plain, Set-Cookie: a=1 | \0body"),
            (stream("{}"), Some(INTEGRATION), "200 Content-Type: application/octet-stream | \0body"),
            (stream("no"), Some(INTEGRATION), "502 Content-Type: application/json | Internal Server Error"),
            (Bytes::from_static(b"x"), Some("text/csv"), "200 Content-Type: text/csv | x"),
            (Bytes::from_static(b"{}"), None, "200 Content-Type: application/octet-stream | {}"),
        ] {
            assert_eq!(shown(&answered(&payload, content_type, true)), expected);
        }
    }
}
