//! How an execution goes on: it begins, its code runs, what that answered is understood, calls of other functions come back.
//!
//! The one idea to hold: each of these is one step from record to record, with the moment as an argument. Who takes them,
//! and runs code between them, is `run.rs`.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::shown::Shown;
use super::{change_at, checkpoint, update};
use crate::arn::FunctionRef;
use crate::clock::Timestamp;
use crate::error::{DurableExecutionError, Error, UpdateError};
use crate::operations::Context;
use crate::operations::context::{Swap, missing};
use crate::state::durable_execution::due::later;
use crate::state::durable_execution::{
    ChainedProgress, Details, ErrorObject, Happening, Operation, OperationStatus, Outcome, Parent, Progress, What,
    key_name,
};
use crate::state::function::LATEST;
use crate::state::settings::DurableConfig;
use crate::state::{DurableExecution, Key, Record, RecordKind};

/// About how many bytes of operations the code is given; it reads the rest.
const FIRST_BYTES: usize = 5 * 1024 * 1024;
/// How many runs in a row may fail.
const MOST_FAILURES: u32 = 5;
/// How many runs in a row may say that they wait, and wait for nothing.
const MOST_EMPTY: u32 = 3;
/// How long after a run that failed the next begins, in seconds.
const BACKOFF_SECONDS: u32 = 5;
/// What the execution fails with if its code answers what cannot be.
const INVALID: &str = "InvalidParameterValueException";

/// What an execution begins with.
#[derive(Debug)]
pub(crate) struct Beginning {
    /// The function.
    pub function_name: String,
    /// What runs: `$LATEST` or a number.
    pub version: String,
    /// The function's configuration.
    pub config: DurableConfig,
    /// The name that the caller gave it.
    pub name: Option<String>,
    /// What the caller gave it.
    pub input: Arc<str>,
    /// The trace header.
    pub trace_header: Option<String>,
    /// Whom it is for.
    pub tenant_id: Option<String>,
    /// The call that it is.
    pub parent: Option<Parent>,
    /// Whether its caller waits for its end.
    pub is_waited_for: bool,
}

/// A run of code that has begun.
#[derive(Debug)]
pub(super) struct Run {
    /// Which run it is.
    pub number: u64,
    /// What the code is given.
    pub payload: Bytes,
}

/// What the code is given.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Given<'a> {
    durable_execution_arn: &'a str,
    checkpoint_token: &'a str,
    initial_execution_state: InitialState,
    updated_operation_ids: Vec<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InitialState {
    operations: Vec<Shown>,
    next_marker: String,
}

/// What the code answers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    status: AnswerStatus,
    result: Option<String>,
    error: Option<ErrorObject>,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum AnswerStatus {
    Succeeded,
    Failed,
    Pending,
}

/// An error as functions report it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Reported {
    error_message: Option<String>,
    error_type: Option<String>,
    error_data: Option<String>,
    stack_trace: Option<Vec<serde_json::Value>>,
}

/// Begins an execution, or finds the one of this name that began with the same input.
///
/// # Errors
/// [`DurableExecutionError::AlreadyStarted`].
pub(crate) fn start(cx: &Context<'_>, beginning: Beginning) -> Result<Arc<DurableExecution>, Error> {
    let Beginning { function_name, version, config, name, input, .. } = beginning;
    let name = name.unwrap_or_else(|| cx.ids.uuid());
    let key = Key::new(cx.scope, RecordKind::DurableExecution, &key_name(&function_name, &name));
    let mut execution = DurableExecution {
        id: cx.ids.uuid(),
        name,
        function_name,
        version,
        input,
        config,
        trace_header: beginning.trace_header,
        tenant_id: beginning.tenant_id,
        parent: beginning.parent,
        is_waited_for: beginning.is_waited_for,
        started: cx.now,
        ended: None,
        operations: Vec::new(),
        events: Vec::new(),
        progress: Progress { next_run: Some(cx.now), ..Progress::default() },
        last_checkpoint: None,
        pause: None,
        stood_millis: 0,
        last_request: None,
        deletion: None,
    };
    execution.note(cx.now, What::Execution(Happening::Started));
    let execution = Arc::new(execution);
    cx.swap(&key, |record| match record {
        Some(Record::DurableExecution(there)) if there.input == execution.input => Ok((Swap::Keep, Arc::clone(there))),
        Some(_) => Err(DurableExecutionError::AlreadyStarted { name: execution.name.clone() }.into()),
        None => Ok((Swap::Put(Record::DurableExecution(Arc::clone(&execution))), Arc::clone(&execution))),
    })
}

/// Lets the code run, if it is due; what it is given.
///
/// # Errors
/// A fault of the store, and that the execution is no longer there.
pub(super) fn begin(cx: &Context<'_>, key: &Key) -> Result<Option<Run>, Error> {
    change_at(cx, key, |execution| {
        if execution.runs_at().is_none_or(|at| at > cx.now) {
            return Ok(None);
        }
        let updated: Vec<_> = execution.untold().cloned().collect();
        let progress = &mut execution.progress;
        progress.runs += 1;
        progress.told = progress.changes;
        (progress.running_since, progress.next_run) = (Some(cx.now), None);
        let payload = payload(cx, execution, &updated)?;
        Ok(Some(Run { number: execution.progress.runs, payload }))
    })
}

fn payload(cx: &Context<'_>, execution: &DurableExecution, updated: &[Arc<Operation>]) -> Result<Bytes, Error> {
    let mut all = Shown::all(&Arc::new(execution.clone()));
    let mut bytes = 0;
    let fits = |shown: &Shown| {
        bytes += shown.bytes();
        bytes > FIRST_BYTES
    };
    // The first is always there.
    let cut = all.iter().skip(1).position(fits).map(|place| place + 1);
    let next_marker = cut.map(|place| checkpoint::marker(execution, place)).unwrap_or_default();
    all.truncate(cut.unwrap_or(all.len()));
    let given = Given {
        durable_execution_arn: &execution.arn(cx.scope),
        checkpoint_token: &checkpoint::token(execution).unwrap_or_default(),
        initial_execution_state: InitialState { operations: all, next_marker },
        updated_operation_ids: updated.iter().map(|operation| operation.id.as_str()).collect(),
    };
    serde_json::to_vec(&given).map(Bytes::from).map_err(|error| Error::internal(error.to_string()))
}

/// Lets a run of the code be over: with what it answered, or with what it failed with.
///
/// # Errors
/// As [`begin`].
pub(super) fn after(
    cx: &Context<'_>,
    key: &Key,
    (run, began, request_id): (u64, Timestamp, &str),
    answer: &Result<Bytes, ErrorObject>,
) -> Result<(), Error> {
    change_at(cx, key, |execution| {
        let error = answer.as_ref().err().cloned().map(Arc::new);
        execution.note(cx.now, What::Invocation { started: began, request_id: request_id.to_owned(), error });
        if execution.progress.runs != run || !execution.is_running_code() {
            // It ended with a checkpoint.
            return Ok(());
        }
        execution.progress.running_since = None;
        if execution.ended.is_none() {
            match answer {
                Ok(answer) => understand(execution, answer, cx.now),
                Err(error) => fail(execution, error.clone(), MOST_FAILURES, cx.now),
            }
        }
        Ok(())
    })
}

/// What follows from the code's answer.
fn understand(execution: &mut DurableExecution, answer: &[u8], now: Timestamp) {
    let invalid = |text: String| Outcome::error(ErrorObject::typed(INVALID, text));
    let answer: Answer = match serde_json::from_slice(answer) {
        Ok(answer) => answer,
        Err(error) => {
            execution.end(now, Happening::Failed, invalid(format!("Invalid invocation output: {error}")));
            return;
        }
    };
    match answer {
        Answer { status: AnswerStatus::Succeeded, error: Some(_), .. } => {
            let text = "Cannot provide an Error for SUCCEEDED status.".to_owned();
            execution.end(now, Happening::Failed, invalid(text));
        }
        Answer { status: AnswerStatus::Failed, result: Some(_), .. } => {
            execution.end(now, Happening::Failed, invalid("Cannot provide a Result for FAILED status.".to_owned()));
        }
        Answer { status: AnswerStatus::Succeeded, result, .. } => {
            match update::check_result(execution, result.as_deref().unwrap_or_default()) {
                Ok(()) => execution.end(now, Happening::Succeeded, Outcome::result(result.map(Arc::from))),
                Err(error) => {
                    let error = ErrorObject::message(error.to_string());
                    execution.end(now, Happening::Failed, Outcome::error(error));
                }
            }
        }
        Answer { status: AnswerStatus::Failed, error, .. } => {
            execution.end(now, Happening::Failed, Outcome::error(error.unwrap_or_default()));
        }
        Answer { status: AnswerStatus::Pending, .. } => {
            let has_news = execution.untold().next().is_some();
            if has_news || execution.operations.iter().any(|operation| operation.is_awaited()) {
                execution.progress.failures = 0;
                if has_news {
                    execution.wake(now);
                }
            } else {
                let text = "Cannot return PENDING status with no pending operations.";
                fail(execution, ErrorObject::typed(INVALID, text), MOST_EMPTY, now);
            }
        }
    }
}

/// Lets a run have failed: the code runs again a little later, or the execution has failed with it.
fn fail(execution: &mut DurableExecution, error: ErrorObject, most: u32, now: Timestamp) {
    execution.progress.failures += 1;
    if execution.progress.failures < most {
        execution.wake(later(now, BACKOFF_SECONDS));
    } else {
        execution.end(now, Happening::Failed, Outcome::error(error));
    }
}

/// Lets code that could not begin to run do so later.
///
/// # Errors
/// As [`begin`].
pub(super) fn postpone(cx: &Context<'_>, key: &Key, run: u64, seconds: u32) -> Result<(), Error> {
    change_at(cx, key, |execution| {
        if execution.progress.runs == run {
            execution.progress.running_since = None;
            execution.wake(later(cx.now, seconds));
        }
        Ok(())
    })
}

/// Notes that a call of another function was made.
///
/// # Errors
/// As [`begin`].
pub(super) fn made(cx: &Context<'_>, key: &Key, operation_id: &str, how: &ChainedProgress) -> Result<bool, Error> {
    change_at(cx, key, |execution| {
        let Some(mut operation) = awaited(execution, operation_id) else { return Ok(false) };
        let Details::ChainedInvoke { progress, .. } = &mut operation.details else { return Ok(false) };
        if *progress != ChainedProgress::ToBeMade {
            return Ok(false);
        }
        *progress = how.clone();
        execution.replace(operation);
        Ok(true)
    })
}

/// Notes what a call of another function came to.
///
/// # Errors
/// As [`begin`].
pub(super) fn came_back(
    cx: &Context<'_>,
    key: &Key,
    operation_id: &str,
    (how, outcome): &(Happening, Outcome),
) -> Result<(), Error> {
    change_at(cx, key, |execution| {
        let Some(operation) = awaited(execution, operation_id) else { return Ok(()) };
        let status = match how {
            Happening::Succeeded => OperationStatus::Succeeded,
            Happening::TimedOut => OperationStatus::TimedOut,
            Happening::Stopped => OperationStatus::Stopped,
            Happening::Failed | Happening::Started | Happening::Cancelled => OperationStatus::Failed,
        };
        execution.complete(operation.ended_as(status, cx.now).with_outcome(outcome.clone()), cx.now, *how);
        Ok(())
    })
}

/// The call of another function that an execution still waits for.
fn awaited(execution: &DurableExecution, operation_id: &str) -> Option<Operation> {
    let operation = execution.operation(operation_id).filter(|operation| operation.is_awaited())?;
    execution.ended.is_none().then(|| Operation::clone(operation))
}

/// What the call that an ended execution is came to.
pub(super) fn outcome_of(execution: &DurableExecution) -> Option<(Happening, Outcome)> {
    let ended = execution.ended.as_ref()?;
    if ended.how == Happening::TimedOut {
        let text = format!("CHAINED_INVOKE timed out after {} seconds.", execution.timeout_seconds());
        return Some((ended.how, Outcome::error(ErrorObject::typed("ChainedInvoke.Timeout", text))));
    }
    Some((ended.how, ended.outcome.clone()))
}

/// The error that a function reported.
pub(super) fn reported(payload: &[u8]) -> ErrorObject {
    let Ok(reported) = serde_json::from_slice::<Reported>(payload) else {
        return ErrorObject::message(String::from_utf8_lossy(payload));
    };
    let line = |line: serde_json::Value| line.as_str().map_or_else(|| line.to_string(), str::to_owned);
    ErrorObject {
        error_message: reported.error_message,
        error_type: reported.error_type,
        error_data: reported.error_data,
        stack_trace: reported.stack_trace.map(|lines| lines.into_iter().map(line).collect()),
    }
}

/// Why an execution cannot call a function, if it cannot; what no execution can call at all is an error.
///
/// # Errors
/// [`UpdateError::OtherAccount`], [`UpdateError::OtherRegion`].
pub(super) fn obstacle(cx: &Context<'_>, function: &str) -> Result<Option<ErrorObject>, UpdateError> {
    let as_error = |error: &Error| Some(ErrorObject::typed(error.code(), error.to_string()));
    let Some(named) = FunctionRef::parse(function) else {
        return Ok(Some(ErrorObject::message(format!("Invalid function ARN '{function}'"))));
    };
    let key = match cx.key(&named) {
        Ok(key) => key,
        Err(Error::OtherRegion { .. }) => return Err(UpdateError::OtherRegion),
        Err(_) => return Err(UpdateError::OtherAccount),
    };
    let qualifier = named.qualifier.as_deref();
    let not_there = || as_error(&missing(cx, &key, qualifier));
    let Ok(there) = cx.function(&key, false) else { return Ok(not_there()) };
    let Some(target) = there.target(Some(qualifier.unwrap_or(LATEST))) else { return Ok(not_there()) };
    let is_durable = target.snapshot.settings.durable_config.is_some();
    Ok(if is_durable && qualifier.is_none() { as_error(&DurableExecutionError::Unqualified.into()) } else { None })
}
