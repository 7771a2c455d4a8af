//! Requests for S3.
//!
//! The one idea to hold: an object's bytes go straight into the buffer that becomes the object, so its length has to be
//! known before: S3 wants it said, and so do we.

use std::sync::Arc;

use hyper::body::Incoming;
use tokio::task::spawn_blocking;

use super::answer::{self, Answer};
use super::body::{Arriving, Broken, DRAINED_BYTES, SMALL_BYTES, reserve};
use super::exchange::{Lost, broken};
use super::head::Head;
use super::{Shared, signature};
use crate::s3::{self, Body, BodyReader, Refusal, Request};

/// How much the frames of `aws-chunked` may add to a body: more than any client's, which are of 64 KiB and more.
const FRAMES_SHARE: u64 = 8;

/// How much comes even with the smallest body: frames, checksums, documents of XML.
const FRAMES_BYTES: u64 = 1024 * 1024;

/// Answers a request.
pub(super) async fn answer(shared: &Arc<Shared>, head: Head, body: Incoming) -> Result<Answer, Lost> {
    let headers = head.all();
    let limits = shared.settings.limits;
    let decoded_bytes = head.header("x-amz-decoded-content-length").and_then(|text| text.trim().parse().ok());
    let length_bytes: Option<u64> = decoded_bytes.max(head.content_length());
    let announced_bytes = length_bytes.unwrap_or(0);
    let most_bytes = announced_bytes.saturating_add(announced_bytes / FRAMES_SHARE).saturating_add(FRAMES_BYTES);
    let arriving = Arriving::new(body, most_bytes, limits);
    // The hash of the body is said in a header, and compared with the body where that is read.
    if let Err(refused) = signature::check(shared, &head, "s3", None) {
        return refuse(shared, head, headers, refused.into(), arriving).await;
    }
    if length_bytes.is_none() && head.is_chunked() {
        return refuse(shared, head, headers, Refusal::MissingContentLength, arriving).await;
    }
    let room = match reserve(&shared.memory, announced_bytes, limits).await {
        Ok(room) => room,
        Err(Broken::TooLong) => {
            let refusal =
                Refusal::EntityTooLarge { proposed_bytes: announced_bytes, limit_bytes: limits.body_bytes as u64 };
            return refuse(shared, head, headers, refusal, arriving).await;
        }
        Err(why) => return broken(why),
    };
    let body = match read(&headers, arriving).await {
        Ok(body) => body,
        Err(Broken::TooLong) => Err(Refusal::IncompleteBody),
        Err(why) => return broken(why),
    };
    let answered = run(shared, head, headers, body).await;
    drop(room);
    answered
}

/// Refuses a request before its body is read, and takes what still comes of it, so that the client hears of it.
async fn refuse(
    shared: &Arc<Shared>,
    head: Head,
    headers: Vec<(String, String)>,
    refusal: Refusal,
    arriving: Arriving,
) -> Result<Answer, Lost> {
    let is_asking = head.header("expect").is_some();
    let answered = run(shared, head, headers, Err(refusal)).await;
    if !is_asking {
        arriving.drain(DRAINED_BYTES).await;
    }
    answered
}

async fn read(headers: &[(String, String)], mut arriving: Arriving) -> Result<Result<Body, Refusal>, Broken> {
    let mut reader = BodyReader::new(headers);
    while let Some(piece) = arriving.next().await? {
        reader.feed(&piece);
    }
    Ok(reader.finish())
}

async fn run(
    shared: &Arc<Shared>,
    head: Head,
    headers: Vec<(String, String)>,
    body: Result<Body, Refusal>,
) -> Result<Answer, Lost> {
    // The end of an upload in parts joins them.
    let joins = head.method == "POST" && head.query.contains("uploadId=");
    let is_long = joins || body.as_ref().is_ok_and(|body| body.bytes.len() >= SMALL_BYTES);
    let shared = Arc::clone(shared);
    let answer = move || {
        let body = body.and_then(|body| {
            signature::check_body(&shared, &head, &body.bytes)?;
            Ok(body)
        });
        let lambda = &shared.lambda;
        let Head { method, path, query, .. } = &head;
        let host = &head.s3_host();
        let request = Request { method, host, path, query, headers: &headers, body };
        let caller = |key: Option<&str>, account: &_| lambda.caller(key, account);
        let response = s3::answer(lambda.s3(), &shared.scope, caller, request);
        answer::of_core(method, response.status, response.headers, response.body)
    };
    if is_long { spawn_blocking(answer).await.map_err(|_| Lost) } else { Ok(answer()) }
}
