//! One request and its answer.
//!
//! The one idea to hold: what a request comes to is an answer or a broken connection, and a line in the log either way, but
//! for what cannot be read as a request at all.

use std::fmt;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::HeaderValue;
use hyper::{Request, Response, StatusCode};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::Instant;

use super::answer::{self, Answer, ERROR_TYPE, REQUEST_ID, refusal};
use super::body::Broken;
use super::head::{Head, Target};
use super::log::Line;
use super::under_way::Counted;
use super::{Shared, admin, function_url, lambda, s3};
use crate::error::Error;
use crate::wire;

/// Turns true when the server stops.
pub(super) type Stopping = watch::Receiver<bool>;

/// The connection ends without an answer.
#[derive(Debug)]
pub(super) struct Lost;

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is to be broken")
    }
}

impl std::error::Error for Lost {}

/// Answers a request, or breaks the connection.
pub(super) async fn answer(
    shared: Arc<Shared>,
    stopping: Stopping,
    request: Request<Incoming>,
) -> Result<Response<Counted>, Lost> {
    let request_under_way = shared.under_way.begin();
    let answered = logged(&shared, stopping, request).await?;
    Ok(answered.map(|body| Counted::new(body, request_under_way)))
}

/// Answers a request, and writes a line about it.
async fn logged(shared: &Arc<Shared>, stopping: Stopping, request: Request<Incoming>) -> Result<Answer, Lost> {
    let began = Instant::now();
    let (parts, body) = request.into_parts();
    let head = match Head::read(parts) {
        Ok(head) => head,
        Err(mistake) => return Ok(refusal(StatusCode::BAD_REQUEST, "BadRequestException", mistake)),
    };
    let log = &shared.log;
    let said = log.is_on().then(|| (head.method.clone(), head.path.clone(), head.query.clone()));
    let origin = allowed_origin(shared, &head);
    let mut answered = exchange(shared, stopping, head, body).await;
    if let (Ok(answer), Some(origin)) = (&mut answered, origin) {
        admin::share(answer, origin);
    }
    if let Some((method, path, query)) = said {
        let mut line = Line::new(&method, &path, began.elapsed());
        line.operation = wire::operation(&method, &path, &query).map(|operation| operation.name);
        if let Ok(answer) = &answered {
            let header = |name| answer.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
            line.status = Some(answer.status().as_u16());
            line.error = header(ERROR_TYPE);
            line.request_id = header(REQUEST_ID);
        }
        log.write(&line);
    }
    answered
}

/// The origin of a page that may read the answer, as the answer names it. What URLs of functions let pages do is theirs to say.
fn allowed_origin(shared: &Shared, head: &Head) -> Option<HeaderValue> {
    if head.target() == Target::FunctionUrl {
        return None;
    }
    let origin = head.header("origin")?;
    HeaderValue::from_str(origin).ok().filter(|_| shared.settings.allows_origin(origin))
}

/// The answer to a page that asks whether it may ask, or may not.
fn of_page(shared: &Shared, head: &Head) -> Option<Answer> {
    if head.method == "OPTIONS" && allowed_origin(shared, head).is_some() {
        return Some(admin::preflight());
    }
    let origin = head.origin().filter(|origin| !shared.settings.allows_origin(origin))?;
    let stranger = admin::Stranger::Origin(&origin);
    Some(refusal(StatusCode::FORBIDDEN, "DrylambdaForbidden", &stranger.to_string()))
}

async fn exchange(shared: &Arc<Shared>, stopping: Stopping, head: Head, body: Incoming) -> Result<Answer, Lost> {
    let target = head.target();
    if target != Target::FunctionUrl
        && let Some(answer) = of_page(shared, &head)
    {
        return Ok(answer);
    }
    match target {
        Target::FunctionUrl => function_url::answer(shared, head, body).await,
        Target::Lambda => lambda::answer(shared, stopping, head, body).await,
        Target::S3 => s3::answer(shared, head, body).await,
        Target::Own => admin::answer(shared, head, body).await,
        Target::Greeting => Ok(answer::json(StatusCode::OK, &admin::greeting())),
        Target::Other(service) => Ok(not_here(&head, &service)),
    }
}

/// The answer to a request for another service, in the form that its clients read.
fn not_here(head: &Head, service: &str) -> Answer {
    let message =
        format!("drylambda answers for Lambda and S3, not for {service}. This answer is drylambda's own, not AWS's.");
    let is_query =
        head.header("content-type").is_some_and(|text| text.starts_with("application/x-www-form-urlencoded"));
    let status = StatusCode::NOT_IMPLEMENTED;
    let mut answer = if is_query {
        answer::xml(status, Error::NOT_BUILT, &message)
    } else {
        answer::json(status, &json!({ "Message": message }))
    };
    answer.headers_mut().insert(ERROR_TYPE, HeaderValue::from_static(Error::NOT_BUILT));
    answer
}

/// What becomes of a request whose body does not come to its end.
pub(super) fn broken(broken: Broken) -> Result<Answer, Lost> {
    match broken {
        Broken::Gone => Err(Lost),
        Broken::TooLong => {
            let message = "The body has more bytes than any request may have.";
            Ok(refusal(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLargeException", message))
        }
        Broken::Slow => {
            let message = "Your socket connection to the server was not read from or written to within the timeout \
                           period. Idle connections will be closed.";
            Ok(refusal(StatusCode::REQUEST_TIMEOUT, "RequestTimeout", message))
        }
        Broken::Busy => {
            let message = "The server has too many large bodies under way.";
            Ok(refusal(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailableException", message))
        }
    }
}
