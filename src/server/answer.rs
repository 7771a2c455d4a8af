//! Answers as they go onto the wire, and those that are HTTP's own.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::Value;

/// A response whose body is all there.
pub(super) type Answer = Response<Full<Bytes>>;

/// The header that names an error (K1).
pub(super) const ERROR_TYPE: &str = "x-amzn-errortype";

/// The header with the id of a call (W1).
pub(super) const REQUEST_ID: &str = "x-amzn-requestid";

/// A response of the core's. Its length and what becomes of the connection are hyper's to say, but for the length of what
/// a HEAD asks about; and when it was made: an SDK that finds the server's clock standing sets its own by it, and asks
/// again and again.
pub(super) fn of_core<N: AsRef<str>>(
    method: &str,
    status: u16,
    headers: impl IntoIterator<Item = (N, String)>,
    body: Bytes,
) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        let name = HeaderName::try_from(name.as_ref());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value))
            && name != CONNECTION
            && name != DATE
            && (name != CONTENT_LENGTH || method == "HEAD")
        {
            answer.headers_mut().append(name, value);
        }
    }
    answer
}

/// An answer of our own.
pub(super) fn json(status: StatusCode, value: &Value) -> Answer {
    let mut text = value.to_string();
    text.push('\n');
    json_text(status, text)
}

/// An answer of our own that is written already.
pub(super) fn json_text(status: StatusCode, text: String) -> Answer {
    let mut answer = Response::new(Full::new(text.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

/// A refusal in the form of the services that speak XML.
pub(super) fn xml(status: StatusCode, code: &str, message: &str) -> Answer {
    let text = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{}</Message></Error></ErrorResponse>",
        message.replace('&', "&amp;").replace('<', "&lt;")
    );
    let mut answer = Response::new(Full::new(text.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    answer
}

/// An answer that says nothing.
pub(super) fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    answer
}

/// A refusal that is neither Lambda's nor S3's, in the form of Lambda's (K1). The connection ends with it, as nobody
/// knows what else comes on it.
pub(super) fn refusal(status: StatusCode, code: &'static str, message: &str) -> Answer {
    let mut answer = json(status, &serde_json::json!({ "message": message }));
    answer.headers_mut().insert(ERROR_TYPE, HeaderValue::from_static(code));
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}
