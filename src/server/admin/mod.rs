//! What is beside the API: `/_drylambda/`, and moto's `/moto-api/reset`.
//!
//! The one idea to hold: whoever reaches the port may test with it, a page in a browser may not. A page is known by its
//! origin, which is looked at for every request, or by the name under which it leads a browser here, which is looked at
//! before anything is done.

mod clock;
mod faults;
mod guard;
mod journal;
mod logs;

use std::sync::Arc;

use bytes::Bytes;
use hyper::StatusCode;
use hyper::body::{Body as _, Incoming};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

pub(super) use self::guard::{Stranger, preflight, share};
use super::Shared;
use super::answer::{self, Answer, ERROR_TYPE};
use super::body::{Arriving, reserve};
use super::exchange::{Lost, broken};
use super::head::{Head, OWN_PATH};
use crate::lambda::Lambda;

/// The most bytes of a request but for a state: a rule of a fault is less.
const MOST_BYTES: u64 = 1024 * 1024;

/// What there is, for who asks for something else.
const PATHS: [&str; 7] = ["clock", "faults", "health", "journal", "logs", "reset", "state"];

/// What a request comes to.
type Done = Result<Said, Mistake>;

/// What is said.
#[derive(Debug)]
enum Said {
    Value(Value),
    /// JSON that is written already.
    State(String),
}

impl From<Value> for Said {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

/// Why it comes to nothing.
#[derive(Debug)]
enum Mistake {
    /// What is asked for cannot be.
    Wrong(String),
    /// There is no such thing.
    Missing(String),
    /// The path is here, the method is not.
    Method,
}

/// Says who is here.
pub(super) fn greeting() -> Value {
    json!({ "drylambda": env!("CARGO_PKG_VERSION"), "status": "running" })
}

/// Answers a request for a path of our own.
pub(super) async fn answer(shared: &Arc<Shared>, head: Head, body: Incoming) -> Result<Answer, Lost> {
    if let Err(stranger) = guard::check(&shared.settings, &head) {
        return Ok(refused(StatusCode::FORBIDDEN, "DrylambdaForbidden", &stranger.to_string()));
    }
    let limits = shared.settings.limits;
    let is_state = head.path.trim_end_matches('/') == "/_drylambda/state";
    let most_bytes = if is_state { limits.body_bytes as u64 } else { MOST_BYTES };
    // Who has no body, as one that asks for the health, waits for nobody's.
    let unknown_bytes = if body.is_end_stream() { 0 } else { most_bytes };
    let room = reserve(&shared.memory, head.content_length().unwrap_or(unknown_bytes), limits).await;
    let collected = match room {
        Ok(room) => Arriving::new(body, most_bytes, limits).collect_after(Bytes::new()).await.map(|body| (room, body)),
        Err(why) => Err(why),
    };
    let (_room, body) = match collected {
        Ok(collected) => collected,
        Err(why) => return broken(why),
    };
    // What takes a while waits for a thread; what lets held calls go must not.
    let is_long = ["/_drylambda/journal", "/_drylambda/logs"].iter().any(|path| head.path.starts_with(path));
    if is_state || is_long {
        let shared = Arc::clone(shared);
        return spawn_blocking(move || said(&shared.lambda, &head, &body)).await.map_err(|_| Lost);
    }
    Ok(said(&shared.lambda, &head, &body))
}

fn said(lambda: &Arc<Lambda>, head: &Head, body: &[u8]) -> Answer {
    let done = match (head.method.as_str(), head.path.as_str()) {
        ("POST", "/moto-api/reset") => Ok(reset(lambda).into()),
        (_, path) => match path.strip_prefix(OWN_PATH) {
            Some(path) => route(lambda, head, path.trim_end_matches('/'), body),
            None => Err(missing(path)),
        },
    };
    match done {
        Ok(Said::Value(value)) => answer::json(StatusCode::OK, &value),
        Ok(Said::State(text)) => answer::json_text(StatusCode::OK, text),
        Err(Mistake::Wrong(text)) => refused(StatusCode::BAD_REQUEST, "DrylambdaBadRequest", &text),
        Err(Mistake::Missing(text)) => refused(StatusCode::NOT_FOUND, "DrylambdaNotFound", &text),
        Err(Mistake::Method) => {
            let text = format!("{} is not for {}", head.method, head.path);
            refused(StatusCode::METHOD_NOT_ALLOWED, "DrylambdaMethodNotAllowed", &text)
        }
    }
}

fn route(lambda: &Arc<Lambda>, head: &Head, path: &str, body: &[u8]) -> Done {
    let method = head.method.as_str();
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    match (method, first, rest) {
        ("GET" | "HEAD", "health", "") => Ok(greeting().into()),
        ("POST", "reset", "") => Ok(reset(lambda).into()),
        ("GET" | "HEAD", "state", "") => Ok(Said::State(lambda.dump())),
        ("PUT", "state", "") => match lambda.load(body) {
            Ok(()) => Ok(json!({ "status": "ok" }).into()),
            Err(mistake) => Err(Mistake::Wrong(mistake.to_string())),
        },
        (_, "clock", "") => clock::answer(lambda.clock(), method, body),
        (_, "faults", which) => faults::answer(lambda.faults(), method, which, body),
        (_, "logs", group) => logs::answer(lambda, method, group),
        (_, "journal", "") => journal::answer(lambda.journal(), method, &head.query),
        (_, "health" | "reset" | "state", "") => Err(Mistake::Method),
        _ => Err(missing(&head.path)),
    }
}

fn reset(lambda: &Lambda) -> Value {
    lambda.reset();
    json!({ "status": "ok" })
}

fn missing(path: &str) -> Mistake {
    let paths = PATHS.map(|name| format!("{OWN_PATH}{name}")).join(", ");
    Mistake::Missing(format!("nothing is at {path}; there are {paths}"))
}

fn refused(status: StatusCode, code: &'static str, text: &str) -> Answer {
    let mut answer = answer::json(status, &json!({ "message": text }));
    answer.headers_mut().insert(ERROR_TYPE, hyper::header::HeaderValue::from_static(code));
    answer
}

/// The body as what it is to be.
fn read<'b, T: serde::Deserialize<'b>>(body: &'b [u8]) -> Result<T, Mistake> {
    serde_json::from_slice(body).map_err(|error| Mistake::Wrong(error.to_string()))
}
