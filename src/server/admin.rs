//! What is beside the API: `/_drylambda/`.

use std::sync::Arc;

use hyper::StatusCode;
use hyper::body::Incoming;
use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue, VARY,
};
use serde_json::{Value, json};

use super::Shared;
use super::answer::{self, Answer, refusal};
use super::head::Head;

/// Says who is here.
pub(super) fn greeting() -> Value {
    json!({ "drylambda": env!("CARGO_PKG_VERSION"), "status": "running" })
}

/// Answers a request for a path of our own.
pub(super) fn answer(shared: &Arc<Shared>, head: &Head, _body: Incoming) -> Answer {
    match (head.method.as_str(), head.path.as_str()) {
        ("GET" | "HEAD", "/_drylambda/health") => answer::json(StatusCode::OK, &greeting()),
        ("POST", "/_drylambda/reset" | "/moto-api/reset") => {
            shared.lambda.reset();
            answer::json(StatusCode::OK, &json!({ "status": "ok" }))
        }
        _ => refusal(StatusCode::NOT_FOUND, "DrylambdaNotFound", "Nothing is here."),
    }
}

/// Lets pages of an origin read an answer.
pub(super) fn share(answer: &mut Answer, origin: HeaderValue) {
    let headers = answer.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
    headers.append(VARY, HeaderValue::from_static("origin"));
}

/// The answer to a browser that asks what its page may send.
pub(super) fn preflight() -> Answer {
    let mut answer = answer::text_of(StatusCode::NO_CONTENT, "text/plain", "".into());
    answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("*"));
    answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*, authorization"));
    answer
}
