//! Requests for Lambda.
//!
//! The one idea to hold: a thread of the runtime never does long work. What takes long (a package, a call that a fault may
//! hold) is done beside it, and of a large package every piece is, while the next one comes.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Incoming;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::answer::{self, Answer};
use super::body::{Arriving, Broken, DRAINED_BYTES, SMALL_BYTES, reserve};
use super::exchange::{Lost, Stopping, broken};
use super::head::Head;
use super::upload::{self, TOKEN, Upload};
use super::{Shared, events, signature};
use crate::error::{Connection, Error};
use crate::package::{Digest, Hasher};
use crate::wire;

/// How many pieces of a body wait to be looked at.
const PIECES: usize = 16;

/// How long an answer is kept back that is never to come: longer than clients wait.
const NEVER: Duration = Duration::from_secs(90);

/// Answers a call or a download.
pub(super) async fn answer(
    shared: &Arc<Shared>,
    stopping: Stopping,
    head: Head,
    body: Incoming,
) -> Result<Answer, Lost> {
    let operation = wire::operation(&head.method, &head.path, &head.query);
    let (most_bytes, too_large) = wire::body_limit(operation);
    let limits = shared.settings.limits;
    let announced_bytes = head.content_length();
    let mut arriving = Arriving::new(body, most_bytes, limits);
    if announced_bytes.is_some_and(|bytes| bytes > most_bytes) {
        return refuse(shared, stopping, head, too_large, arriving).await;
    }
    let mut room = reserve(&shared.memory, announced_bytes.unwrap_or(0), limits).await;
    let (mut bytes, whole) = match arriving.collect(SMALL_BYTES).await {
        Ok(collected) => collected,
        Err(why) => return broken(why),
    };
    let mut package = None;
    let mut digest = whole.then(|| hashed(shared, &bytes)).flatten();
    if !whole {
        if announced_bytes.is_none() {
            room = reserve(&shared.memory, most_bytes, limits).await;
        }
        if let Err(why) = room {
            return broken(why);
        }
        let arrived = if operation.is_some_and(wire::brings_code) {
            taken_out(shared, bytes, &mut arriving, announced_bytes).await
        } else {
            let whole = arriving.collect_after(bytes).await;
            whole.map(|json| (hashed(shared, &json), upload::Body { json, package: None }))
        };
        match arrived {
            Ok((hash, body)) => (digest, bytes, package) = (hash, body.json, body.package),
            Err(Broken::TooLong) => return refuse(shared, stopping, head, too_large, arriving).await,
            Err(why) => return broken(why),
        }
    }
    run(shared, stopping, Call { digest, ..Call::new(head, Ok(bytes), package) }).await
}

/// The hash of a whole body, where a signature is to be checked.
fn hashed(shared: &Shared, body: &[u8]) -> Option<Digest> {
    shared.settings.verify_signatures.as_ref().map(|_| Digest::of(body))
}

/// A body with its package taken out, while it comes.
async fn taken_out(
    shared: &Arc<Shared>,
    first: Bytes,
    arriving: &mut Arriving,
    announced_bytes: Option<u64>,
) -> Result<(Option<Digest>, upload::Body), Broken> {
    // Never closed, so there always is one in the end.
    let _place = shared.uploads.acquire().await;
    let (sender, mut pieces) = mpsc::channel::<Option<Bytes>>(PIECES);
    let looking = {
        let shared = Arc::clone(shared);
        spawn_blocking(move || {
            let mut upload = Upload::new(shared.lambda.packages(), announced_bytes);
            let mut hasher = shared.settings.verify_signatures.as_ref().map(|_| Hasher::new());
            let mut push = |piece: &[u8]| {
                upload.push(piece);
                if let Some(hasher) = &mut hasher {
                    hasher.update(piece);
                }
            };
            push(&first);
            drop(first);
            while let Some(piece) = pieces.blocking_recv() {
                match piece {
                    Some(piece) => push(&piece),
                    None => return Some((hasher.map(Hasher::finish), upload.finish())),
                }
            }
            // Whoever sends has given up.
            None
        })
    };
    loop {
        let piece = arriving.next().await?;
        let is_last = piece.is_none();
        if sender.send(piece).await.is_err() || is_last {
            break;
        }
    }
    looking.await.ok().flatten().ok_or(Broken::Gone)
}

/// Refuses a call whose body is too large, and takes what still comes of it, so that the client hears of it.
async fn refuse(
    shared: &Arc<Shared>,
    stopping: Stopping,
    head: Head,
    error: Error,
    arriving: Arriving,
) -> Result<Answer, Lost> {
    let is_asking = head.header("expect").is_some();
    let answered = run(shared, stopping, Call::new(head, Err(error), None)).await;
    if !is_asking {
        arriving.drain(DRAINED_BYTES).await;
    }
    answered
}

/// A request that is all there.
struct Call {
    head: Head,
    headers: Vec<(String, String)>,
    body: Result<Bytes, Error>,
    package: Option<upload::Arrived>,
    /// Of the body as it came, where a signature is to be checked and the body was read.
    digest: Option<Digest>,
}

impl Call {
    fn new(head: Head, body: Result<Bytes, Error>, package: Option<upload::Arrived>) -> Self {
        let headers = head.asked(wire::header_names(&head.method, &head.path, &head.query));
        Self { head, headers, body, package, digest: None }
    }

    /// Whether the answer may take long, or be held.
    fn may_take_long(&self, shared: &Shared) -> bool {
        let Head { method, path, query, .. } = &self.head;
        let body = self.body.as_deref().unwrap_or_default();
        self.package.is_some()
            || body.len() >= SMALL_BYTES
            || !shared.lambda.faults().is_idle()
            || wire::may_wait(method, path, query, body)
    }

    fn answer(&self, shared: &Shared) -> Result<Answer, Connection> {
        // Of a body that was not read nobody knows whether it was signed: its size is refused either way.
        if self.body.is_ok()
            && !wire::is_link(&self.head.host, &self.head.path)
            && let Err(refused) = signature::check(shared, &self.head, "lambda", self.digest)
        {
            let response = wire::refuse(&shared.lambda, Error::from(refused));
            return Ok(answer::of_core(&self.head.method, response.status, response.headers, response.body));
        }
        let Head { method, host, path, query, .. } = &self.head;
        let endpoint = (!host.is_empty()).then(|| format!("http://{host}"));
        let request = wire::Request {
            method,
            host,
            path,
            query,
            headers: &self.headers,
            body: self.body.as_ref().map_err(Clone::clone),
            substitute: self.package.as_ref().map(|package| (TOKEN.as_str(), &package.bytes)),
            read_timeout_ms: None,
            works_off: false,
            endpoint: endpoint.as_deref().map(|url| wire::Endpoint { url, has_function_urls: true }),
        };
        let response = wire::answer(&shared.lambda, &shared.scope, request)?;
        Ok(answer::of_core(method, response.status, response.headers, response.body))
    }
}

/// Answers a request, or lets the connection break as a fault asks for it.
async fn run(shared: &Arc<Shared>, mut stopping: Stopping, call: Call) -> Result<Answer, Lost> {
    let answered = if call.may_take_long(shared) {
        let shared = Arc::clone(shared);
        // A panic, which would be a fault of ours, is a broken connection.
        spawn_blocking(move || call.answer(&shared)).await.map_err(|_| Lost)?
    } else {
        call.answer(shared)
    };
    events::look(shared);
    match answered {
        Ok(answer) => Ok(answer),
        Err(Connection::ReadTimeout) => {
            let _ = timeout(NEVER, stopping.wait_for(|stopping| *stopping)).await;
            Err(Lost)
        }
        Err(Connection::Closed | Connection::ConnectTimeout | Connection::Refused) => Err(Lost),
    }
}
