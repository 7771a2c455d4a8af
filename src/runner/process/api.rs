//! The Lambda Runtime API and the Extensions API of one execution environment, over HTTP.
//!
//! The one idea to hold: each environment has a port of its own, so whoever asks there is that environment's runtime, or an
//! extension of it.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::sleep;

use super::exchange::{Answer, Exchange, Given, Said};
use crate::ids::Ids;
use crate::invocation::{ApiRequest, RESPONSE_BYTES, quoted};

/// The version of the Runtime API.
const RUNTIME: &str = "/2018-06-01/runtime/";
/// The version of the Extensions API.
const EXTENSION: &str = "/2020-01-01/extension/";
/// The most bytes of an answer that is streamed: 200 MB.
const STREAMED_BYTES: usize = 200 * 1024 * 1024;
/// The most bytes of a request to Lambda itself: a package in base64.
const MOST_BYTES: usize = 72 * 1024 * 1024;
/// The most bytes of an error, and of what an extension says of itself.
const ERROR_BYTES: usize = 1024 * 1024;
/// How long nobody is accepted after that has failed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);
/// The header with the kind of an error.
const ERROR_TYPE: &str = "lambda-runtime-function-error-type";
/// The trailer with the JSON of an error that breaks a stream off, in base64.
const ERROR_BODY: &str = "lambda-runtime-function-error-body";

type Answered = Response<Full<Bytes>>;

/// Answers whoever connects, until it is dropped.
pub(super) async fn serve(listener: TcpListener, exchange: Arc<Exchange>) {
    // Dropped with this task, and every connection with it.
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            // Without a descriptor to be had, it would fail again at once.
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let exchange = Arc::clone(&exchange);
        connections.spawn(async move {
            // Without it each answer would wait for the runtime's acknowledgement of the last one.
            stream.set_nodelay(true)?;
            let service = service_fn(move |request| answer(Arc::clone(&exchange), request));
            let served = http1::Builder::new().half_close(true).serve_connection(TokioIo::new(stream), service).await;
            served.map_err(io::Error::other)
        });
    }
}

async fn answer(exchange: Arc<Exchange>, request: Request<Incoming>) -> Result<Answered, Infallible> {
    let path = request.uri().path().to_owned();
    if is_of_page(request.headers()) {
        return Ok(refused(StatusCode::FORBIDDEN, "DrylambdaForbidden", "no web page has anything to ask here"));
    }
    let is_post = request.method() == Method::POST;
    let answered = if let Some(rest) = path.strip_prefix(RUNTIME) {
        runtime(&exchange, rest, is_post, request).await
    } else if let Some(rest) = path.strip_prefix(EXTENSION) {
        extension(&exchange, rest, is_post, request).await
    } else {
        lambda(&exchange, request).await
    };
    Ok(answered.unwrap_or_else(|| refused(StatusCode::NOT_FOUND, "InvalidPath", &format!("there is no {path}"))))
}

/// Whether a browser asks for a page: it says so, or whose page it is, or comes by another name of this machine.
fn is_of_page(headers: &HeaderMap) -> bool {
    let host = header(headers, HOST.as_str());
    let name = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name);
    let is_said = headers.contains_key(ORIGIN) || headers.contains_key("sec-fetch-site");
    is_said || !["127.0.0.1", "localhost"].contains(&name)
}

async fn runtime(exchange: &Exchange, path: &str, is_post: bool, request: Request<Incoming>) -> Option<Answered> {
    let (id, verb) = path.strip_prefix("invocation/").and_then(|rest| rest.split_once('/')).unwrap_or_default();
    match (is_post, path, verb) {
        (false, "invocation/next", _) => Some(exchange.next().await.map_or_else(superseded, call)),
        (true, "init/error", _) => {
            let (json, code) = error(request).await?;
            exchange.say(Said::InitError { json, code });
            Some(accepted())
        }
        (true, _, "response") => {
            if !exchange.finish(id) {
                return Some(refused(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID"));
            }
            let Some(said) = response(request).await else {
                // The runtime is gone in the middle of its answer: that it has ended says more.
                return Some(refused(StatusCode::BAD_REQUEST, "TruncatedResponse", "The answer broke off"));
            };
            let is_too_large = matches!(said, Said::TooLarge);
            exchange.say(said);
            if is_too_large {
                let message = format!("Exceeded maximum allowed payload size ({RESPONSE_BYTES} bytes).");
                return Some(refused(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", &message));
            }
            Some(accepted())
        }
        (true, _, "error") => {
            if !exchange.finish(id) {
                return Some(refused(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID"));
            }
            let (json, code) = error(request).await?;
            exchange.say(Said::Error { json, code });
            Some(accepted())
        }
        _ => None,
    }
}

async fn extension(exchange: &Exchange, path: &str, is_post: bool, request: Request<Incoming>) -> Option<Answered> {
    match (is_post, path) {
        (true, "register") => {
            let body = Limited::new(request.into_body(), ERROR_BYTES).collect().await.ok()?.to_bytes();
            // Only whether a name is in the list counts.
            let wants_calls = body.windows(8).any(|window| window == b"\"INVOKE\"");
            let id = Ids::new(None).uuid();
            exchange.register(id.clone(), wants_calls);
            let mut answer = json(StatusCode::OK, exchange.about.clone());
            set(&mut answer, "Lambda-Extension-Identifier", &id);
            Some(answer)
        }
        (false, "event/next") => {
            let id = header(request.headers(), "lambda-extension-identifier");
            match exchange.next_event(&id).await {
                Some(event) => Some(json(StatusCode::OK, event)),
                None => {
                    Some(refused(StatusCode::FORBIDDEN, "Extension.InvalidExtensionIdentifier", "Unknown extension"))
                }
            }
        }
        (true, "init/error" | "exit/error") => Some(accepted()),
        _ => None,
    }
}

/// What a function asks of Lambda itself; `None` where nobody answers for it.
async fn lambda(exchange: &Exchange, request: Request<Incoming>) -> Option<Answered> {
    let (api, scope) = exchange.api.clone()?;
    let (head, body) = request.into_parts();
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers: Vec<_> = head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let request = ApiRequest {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        endpoint: format!("http://{}", header(&head.headers, HOST.as_str())),
        headers,
        body: Limited::new(body, MOST_BYTES).collect().await.ok()?.to_bytes(),
    };
    let depth = exchange.depth();
    // It may run another function, which takes its time.
    let answered = spawn_blocking(move || api.answer(&scope, depth, request)).await.ok()??;
    let mut response = Response::new(Full::new(answered.body));
    *response.status_mut() = StatusCode::from_u16(answered.status).ok()?;
    for (name, value) in answered.headers.iter().filter(|(name, _)| *name != "Connection") {
        set(&mut response, name, value);
    }
    Some(response)
}

/// A call as the answer to a runtime that asked for one.
fn call(given: Given) -> Answered {
    let mut answer = Response::new(Full::new(given.payload));
    set(&mut answer, "Content-Type", "application/json");
    set(&mut answer, "Lambda-Runtime-Aws-Request-Id", &given.request_id);
    for (name, value) in given.headers {
        set(&mut answer, name, &value);
    }
    answer
}

/// The whole of an answer; `None` if the runtime does not end it.
async fn response(request: Request<Incoming>) -> Option<Said> {
    let is_streamed = header(request.headers(), "lambda-runtime-function-response-mode") == "streaming";
    let most_bytes = if is_streamed { STREAMED_BYTES } else { RESPONSE_BYTES };
    let content_type = header(request.headers(), CONTENT_TYPE.as_str());
    let mut answer = Answer { content_type: Some(content_type).filter(|it| !it.is_empty()), ..Answer::default() };
    let mut body = request.into_body();
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        match frame.ok()?.into_data() {
            Ok(chunk) => {
                bytes += chunk.len();
                if bytes <= most_bytes {
                    answer.chunks.push(chunk);
                }
            }
            Err(frame) => answer.broken = frame.into_trailers().ok().and_then(|trailers| broken(&trailers)),
        }
    }
    if bytes > most_bytes {
        return Some(Said::TooLarge);
    }
    answer.whole = match answer.chunks.as_slice() {
        [one] => one.clone(),
        chunks => chunks
            .iter()
            .fold(BytesMut::with_capacity(bytes), |mut all, chunk| {
                all.extend_from_slice(chunk);
                all
            })
            .freeze(),
    };
    if !is_streamed {
        answer.chunks.clear();
    }
    Some(Said::Answer(answer))
}

fn broken(trailers: &HeaderMap) -> Option<(String, Bytes)> {
    let code = Some(header(trailers, ERROR_TYPE)).filter(|code| !code.is_empty())?;
    let json = STANDARD.decode(header(trailers, ERROR_BODY)).unwrap_or_default();
    Some((code, json.into()))
}

/// The JSON of an error, and its kind.
async fn error(request: Request<Incoming>) -> Option<(Bytes, String)> {
    let code = header(request.headers(), ERROR_TYPE);
    let json = Limited::new(request.into_body(), ERROR_BYTES).collect().await.ok()?.to_bytes();
    Some((json, if code.is_empty() { "Unhandled".to_owned() } else { code }))
}

/// The answer to who has asked again since, if it is still there.
fn superseded() -> Answered {
    refused(StatusCode::CONFLICT, "Superseded", "The next call was asked for again")
}

fn accepted() -> Answered {
    json(StatusCode::ACCEPTED, r#"{"status":"OK"}"#.to_owned())
}

fn refused(status: StatusCode, kind: &str, message: &str) -> Answered {
    let body = format!(r#"{{"errorType":"{kind}","errorMessage":{}}}"#, quoted(message));
    json(status, body)
}

fn json(status: StatusCode, body: String) -> Answered {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    set(&mut answer, "Content-Type", "application/json");
    answer
}

/// Sets a header; a value that no header can have is left out.
fn set(answer: &mut Answered, name: &'static str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
        answer.headers_mut().insert(name, value);
    }
}

fn header(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).map_or_else(String::new, |value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}
