//! The answers to calls, whole and in pieces.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::durable::Begun;
use crate::blob::Blob;
use crate::invocation::{Line, Outcome};

/// How much of the end of a log an answer has, in bytes.
const TAIL_BYTES: usize = 4096;

/// The answer of Invoke.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::operations) struct Invoked {
    status_code: u16,
    function_error: Option<&'static str>,
    log_result: Option<String>,
    payload: Option<Blob>,
    executed_version: Option<String>,
    durable_execution_arn: Option<String>,
}

/// The answer of InvokeAsync.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::operations) struct Accepted {
    pub(super) status: u16,
}

/// The answer of InvokeWithResponseStream. Its `ResponseStreamContentType` is the type of the body, which HTTP says.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::operations) struct Streamed {
    status_code: u16,
    executed_version: Option<String>,
    event_stream: Option<Vec<Event>>,
}

/// One of the two kinds of events.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    payload_chunk: Option<Chunk>,
    invoke_complete: Option<Complete>,
}

/// A piece of the answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Chunk {
    payload: Blob,
}

/// The end of the answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Complete {
    error_code: Option<String>,
    error_details: Option<String>,
    log_result: Option<String>,
}

impl Invoked {
    /// Of a call that ran nothing.
    pub(super) fn not_run(status_code: u16) -> Self {
        Self { status_code, ..Self::default() }
    }

    /// Of a call that ran, with the end of its log where that is wanted.
    pub(super) fn ran(version: String, outcome: Outcome, log: Option<&Vec<Line>>) -> Self {
        Self {
            status_code: 200,
            function_error: outcome.error.map(|_| "Unhandled"),
            log_result: log.map(|lines| tail(lines)),
            payload: Some(Blob(outcome.payload)),
            executed_version: Some(version),
            durable_execution_arn: None,
        }
    }

    /// Of a call that began an execution, with the end of its log where that is wanted and there is one.
    pub(super) fn durable(begun: Begun, wants_log: bool) -> Self {
        let answer = match begun.ended {
            Some((outcome, log)) => Self::ran(begun.version, outcome, wants_log.then_some(&log)),
            None => Self::not_run(202),
        };
        Self { durable_execution_arn: Some(begun.arn), ..answer }
    }
}

impl Streamed {
    /// Of a call that ran nothing.
    pub(super) fn not_run(status_code: u16) -> Self {
        Self { status_code, ..Self::default() }
    }

    /// Of a call that ran, with the end of its log where that is wanted.
    pub(super) fn ran(version: String, outcome: Outcome, log: Option<&Vec<Line>>) -> Self {
        let Outcome { payload, chunks, error, .. } = outcome;
        // What was not streamed is one piece; an error in the place of an answer is no piece of one.
        let details = error.as_ref().map(|_| String::from_utf8_lossy(&payload).into_owned());
        let whole = (chunks.is_empty() && error.is_none()).then_some(payload);
        let chunks = chunks.into_iter().chain(whole).filter(|bytes| !bytes.is_empty());
        let mut event_stream: Vec<_> = chunks
            .map(|bytes| Event { payload_chunk: Some(Chunk { payload: Blob(bytes) }), ..Event::default() })
            .collect();
        let complete = Complete {
            error_code: error.map(|error| error.code),
            error_details: details,
            log_result: log.map(|lines| tail(lines)),
        };
        event_stream.push(Event { invoke_complete: Some(complete), ..Event::default() });
        Self { status_code: 200, executed_version: Some(version), event_stream: Some(event_stream) }
    }
}

/// The last bytes of a log, in base64.
fn tail(lines: &[Line]) -> String {
    let mut log = String::new();
    for Line(line) in lines {
        log.push_str(line);
        log.push('\n');
    }
    let bytes = log.as_bytes();
    STANDARD.encode(bytes.get(bytes.len().saturating_sub(TAIL_BYTES)..).unwrap_or_default())
}
