//! Requests to URLs of functions.
//!
//! The one idea to hold: any client may ask here, a page of any origin too: what a URL lets pages do is its own to say.

use std::sync::Arc;

use hyper::StatusCode;
use hyper::body::Incoming;
use tokio::task::spawn_blocking;

use super::answer::{self, Answer};
use super::body::{Arriving, Broken, DRAINED_BYTES, SMALL_BYTES, reserve};
use super::exchange::{Lost, broken};
use super::head::Head;
use super::{Shared, signature};
use crate::error::Error;
use crate::function_url::{self, MOST_BYTES, Request, response};
use crate::package::Digest;
use crate::sigv4;

/// Answers a request.
pub(super) async fn answer(shared: &Arc<Shared>, head: Head, body: Incoming) -> Result<Answer, Lost> {
    let limits = shared.settings.limits;
    let mut arriving = Arriving::new(body, MOST_BYTES, limits);
    let announced_bytes = head.content_length();
    if announced_bytes.is_some_and(|bytes| bytes > MOST_BYTES) {
        if head.header("expect").is_none() {
            arriving.drain(DRAINED_BYTES).await;
        }
        return Ok(too_large(&head));
    }
    let room = match reserve(&shared.memory, announced_bytes.unwrap_or(MOST_BYTES), limits).await {
        Ok(room) => room,
        Err(why) => return broken(why),
    };
    let body = match arriving.collect(SMALL_BYTES).await {
        Ok((bytes, true)) => Ok(bytes),
        Ok((first, false)) => arriving.collect_after(first).await,
        Err(why) => Err(why),
    };
    let body = match body {
        Ok(body) => body,
        Err(Broken::TooLong) => {
            arriving.drain(DRAINED_BYTES).await;
            return Ok(too_large(&head));
        }
        Err(why) => return broken(why),
    };
    let shared = Arc::clone(shared);
    let answered = spawn_blocking(move || {
        let headers = head.all();
        let (id, path) = function_url::target(&head.host, &head.path).unwrap_or_default();
        let (method, query) = (&*head.method, &*head.query);
        let request = Request { method, path, query, headers: &headers, body: &body };
        let digest = shared.settings.verify_signatures.as_ref().map(|_| Digest::of(&body));
        let key = sigv4::credential(head.header("authorization"), query);
        let key = key.as_deref().and_then(|it| it.split('/').next()).filter(|key| !key.is_empty());
        let signed_by = match key {
            Some(_) => signature::check(&shared, &head, "lambda", digest).map(|()| key).map_err(Error::from),
            None => Ok(None),
        };
        let response = shared.lambda.call_url(id, &request, signed_by, &shared.scope.account);
        answer::of_core(method, response.status, response.headers, response.body)
    });
    // A panic, which would be a fault of ours, is a broken connection.
    let answered = answered.await.map_err(|_| Lost);
    drop(room);
    answered
}

fn too_large(head: &Head) -> Answer {
    let message = format!("Request must be smaller than {MOST_BYTES} bytes for the InvokeFunction operation");
    let status = StatusCode::PAYLOAD_TOO_LARGE.as_u16();
    let refusal = response::refusal(status, "RequestEntityTooLargeException", &message);
    answer::of_core(&head.method, refusal.status, refusal.headers, refusal.body)
}
