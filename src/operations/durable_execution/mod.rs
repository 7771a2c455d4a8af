//! Durable executions: what can be asked of them, what their code reports, and how they go on.
//!
//! The one idea to hold: an execution is a record, brought to the present by whoever reads it. Here is what callers ask
//! of one: look at it, stop it, pause it, let it go on, delete it.

mod callback;
mod checkpoint;
pub(crate) mod drive;
mod history;
mod list;
pub(crate) mod run;
mod shown;
mod update;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub(super) use callback::{fail as fail_callback, heartbeat, succeed as succeed_callback};
pub(super) use checkpoint::{checkpoint, state};
pub(super) use history::history;
pub(super) use list::list;

use super::access::{Request, Target};
use super::context::{Context, Swap};
use crate::clock::Timestamp;
use crate::error::{DurableExecutionError, Error};
use crate::state::durable_execution::{
    ErrorObject, Happening, LastRequest, OperationStatus, Outcome, Pause, What, key_name, named,
};
use crate::state::settings::DurableConfig;
use crate::state::{DurableExecution, Key, Record, RecordKind, Transition};

/// How long the same request with the same token is the same, in milliseconds (documented).
const SAME_MILLIS: i64 = 15 * 60 * 1000;

/// The request of GetDurableExecution.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetDurableExecution {
    durable_execution_arn: String,
    include_execution_data: Option<bool>,
}

/// The request of StopDurableExecution.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StopDurableExecution {
    durable_execution_arn: String,
    error: Option<ErrorObject>,
}

/// The request of PauseDurableExecution.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PauseDurableExecution {
    durable_execution_arn: String,
    client_token: Option<String>,
    reason: Option<String>,
    execution_timeout_paused: Option<bool>,
}

/// The request of ResumeDurableExecution.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ResumeDurableExecution {
    durable_execution_arn: String,
    client_token: Option<String>,
    reason: Option<String>,
}

/// The request of DeleteDurableExecution.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteDurableExecution {
    durable_execution_arn: String,
}

macro_rules! about_an_execution {
    ($($request:ty),*) => {$(
        impl Request for $request {
            fn target(&self) -> Result<Target, Error> {
                Ok(Target::Other(self.durable_execution_arn.clone()))
            }
        }
    )*};
}

about_an_execution!(
    GetDurableExecution,
    StopDurableExecution,
    PauseDurableExecution,
    ResumeDurableExecution,
    DeleteDurableExecution,
    history::GetDurableExecutionHistory,
    checkpoint::CheckpointDurableExecution,
    checkpoint::GetDurableExecutionState
);

/// An answer with nothing in it.
#[derive(Debug, Serialize)]
pub(super) struct Nothing {}

/// The answer to GetDurableExecution.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Described {
    durable_execution_arn: String,
    durable_execution_name: String,
    function_arn: String,
    input_payload: Option<String>,
    result: Option<String>,
    error: Option<ErrorObject>,
    start_timestamp: Timestamp,
    status: &'static str,
    end_timestamp: Option<Timestamp>,
    version: String,
    trace_header: Option<TraceHeader>,
    execution_data_included: bool,
    durable_config: DurableConfig,
    pause_details: Option<PauseDetails>,
    expected_execution_timeout_timestamp: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TraceHeader {
    x_amzn_trace_id: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PauseDetails {
    pause_request_timestamp: Timestamp,
    reason: Option<String>,
    execution_timeout_paused: bool,
}

/// The answer to StopDurableExecution.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Stopped {
    stop_timestamp: Timestamp,
}

/// The answer to DeleteDurableExecution.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Deleting {
    deletion_request_timestamp: Timestamp,
}

/// An execution as it is now.
///
/// # Errors
/// E10, F7, [`DurableExecutionError::NotFound`].
pub(super) fn get(cx: &Context<'_>, input: GetDurableExecution) -> Result<Described, Error> {
    let execution = read(cx, &input.durable_execution_arn)?;
    let with_data = input.include_execution_data.unwrap_or(true);
    let outcome = execution.ended.as_ref().map(|ended| &ended.outcome).filter(|_| with_data);
    Ok(Described {
        durable_execution_arn: execution.arn(cx.scope),
        durable_execution_name: execution.name.clone(),
        function_arn: cx.scope.qualified_arn(&execution.function_name, &execution.version),
        input_payload: text(&execution.input).filter(|_| with_data).map(str::to_owned),
        result: outcome.and_then(|outcome| outcome.result.as_deref()).map(str::to_owned),
        error: outcome.and_then(|outcome| outcome.error.as_deref()).cloned(),
        start_timestamp: execution.started,
        status: status(&execution),
        end_timestamp: execution.ended.as_ref().map(|ended| ended.at),
        version: execution.version.clone(),
        trace_header: execution.trace_header.clone().map(|x_amzn_trace_id| TraceHeader { x_amzn_trace_id }),
        execution_data_included: with_data,
        durable_config: execution.config.clone(),
        pause_details: execution.pause.as_ref().map(|pause| PauseDetails {
            pause_request_timestamp: pause.since,
            reason: pause.reason.clone().filter(|_| with_data),
            execution_timeout_paused: pause.stops_time,
        }),
        expected_execution_timeout_timestamp: execution.times_out_at(),
    })
}

/// Ends an execution for good. One that has ended is left as it is (rule L).
///
/// # Errors
/// As [`get`], [`UpdateError::ErrorTooLarge`](crate::error::UpdateError::ErrorTooLarge).
pub(super) fn stop(cx: &Context<'_>, input: StopDurableExecution) -> Result<Stopped, Error> {
    // It is the whole body, so clients send an empty one for none.
    let error = input.error.filter(|error| *error != ErrorObject::default());
    let error = error.unwrap_or_else(|| ErrorObject::message("Execution stopped by user request"));
    update::check_error(&error).map_err(DurableExecutionError::from)?;
    let stop_timestamp = change(cx, &input.durable_execution_arn, |execution| {
        if let Some(ended) = &execution.ended {
            return Ok(ended.at);
        }
        execution.end(cx.now, Happening::Stopped, Outcome::error(error.clone()));
        Ok(cx.now)
    })?;
    Ok(Stopped { stop_timestamp })
}

/// Lets an execution wait, whatever it waits for. Its time stands meanwhile, unless the caller says otherwise.
///
/// # Errors
/// As [`get`], [`DurableExecutionError::WrongState`].
pub(super) fn pause(cx: &Context<'_>, input: PauseDurableExecution) -> Result<Nothing, Error> {
    change(cx, &input.durable_execution_arn, |execution| {
        if is_again(execution, input.client_token.as_deref(), false, cx.now) {
            return Ok(());
        }
        if execution.pause.is_some() || execution.ended.is_some() {
            return Err(wrong_state(cx, execution, "paused"));
        }
        let stops_time = input.execution_timeout_paused.unwrap_or(true);
        execution.pause = Some(Pause { since: cx.now, reason: input.reason.clone(), stops_time });
        execution.note(cx.now, What::Paused { reason: input.reason.clone(), stops_time });
        remember(execution, input.client_token.as_ref(), false, cx.now);
        Ok(())
    })?;
    Ok(Nothing {})
}

/// Lets a paused execution go on.
///
/// # Errors
/// As [`pause`].
pub(super) fn resume(cx: &Context<'_>, input: ResumeDurableExecution) -> Result<Nothing, Error> {
    change(cx, &input.durable_execution_arn, |execution| {
        if is_again(execution, input.client_token.as_deref(), true, cx.now) {
            return Ok(());
        }
        let Some(pause) = execution.pause.take() else { return Err(wrong_state(cx, execution, "resumed")) };
        if pause.stops_time {
            execution.stood_millis += cx.now.as_millis() - pause.since.as_millis();
        }
        execution.note(cx.now, What::Resumed { reason: input.reason.clone() });
        remember(execution, input.client_token.as_ref(), true, cx.now);
        Ok(())
    })?;
    Ok(Nothing {})
}

/// Deletes an execution that has ended.
///
/// # Errors
/// As [`pause`].
pub(super) fn delete(cx: &Context<'_>, input: DeleteDurableExecution) -> Result<Deleting, Error> {
    change(cx, &input.durable_execution_arn, |execution| {
        if execution.ended.is_none() || execution.deletion.is_some() {
            return Err(wrong_state(cx, execution, "deleted"));
        }
        execution.deletion = Some(Transition::new(cx.options.settle, cx.now, None));
        Ok(())
    })?;
    Ok(Deleting { deletion_request_timestamp: cx.now })
}

/// Whether this is the request that was last done, made again.
fn is_again(execution: &DurableExecution, token: Option<&str>, resumes: bool, now: Timestamp) -> bool {
    execution.last_request.as_ref().is_some_and(|last| {
        Some(last.client_token.as_str()) == token && last.resumes == resumes && now < last.at.plus_millis(SAME_MILLIS)
    })
}

fn remember(execution: &mut DurableExecution, token: Option<&String>, resumes: bool, now: Timestamp) {
    execution.last_request = token.map(|token| LastRequest { client_token: token.clone(), at: now, resumes });
}

fn wrong_state(cx: &Context<'_>, execution: &DurableExecution, done: &'static str) -> Error {
    DurableExecutionError::WrongState { arn: execution.arn(cx.scope), status: status(execution), done }.into()
}

/// What a caller is told of the state of an execution.
fn status(execution: &DurableExecution) -> &'static str {
    match (&execution.deletion, &execution.ended, &execution.pause) {
        (Some(_), ..) => "DELETING",
        (None, Some(ended), _) => match ended.how {
            Happening::Failed => "FAILED",
            Happening::TimedOut => "TIMED_OUT",
            Happening::Stopped => "STOPPED",
            Happening::Succeeded | Happening::Started | Happening::Cancelled => "SUCCEEDED",
        },
        (None, None, Some(_)) if execution.is_running_code() => "PAUSING",
        (None, None, Some(_)) => "PAUSED",
        (None, None, None) => "RUNNING",
    }
}

/// The same of the execution as an operation.
fn status_of_operation(execution: &DurableExecution) -> OperationStatus {
    execution.ended.as_ref().map_or(OperationStatus::Started, |ended| match ended.how {
        Happening::Failed => OperationStatus::Failed,
        Happening::TimedOut => OperationStatus::TimedOut,
        Happening::Stopped => OperationStatus::Stopped,
        Happening::Succeeded | Happening::Started | Happening::Cancelled => OperationStatus::Succeeded,
    })
}

/// A text, where there is one.
fn text(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// The key of the execution that an ARN names.
///
/// # Errors
/// E10, F7, [`DurableExecutionError::NotFound`] for what names none.
fn key_of(cx: &Context<'_>, arn: &str) -> Result<Key, Error> {
    let (function, name) = named(arn).ok_or(DurableExecutionError::NotFound)?;
    cx.key(&function)?;
    Ok(Key::new(cx.scope, RecordKind::DurableExecution, &key_name(&function.name, &name)))
}

/// The execution of an ARN, read as it is now.
fn read(cx: &Context<'_>, arn: &str) -> Result<Arc<DurableExecution>, Error> {
    match cx.record(&key_of(cx, arn)?, true)? {
        Some(Record::DurableExecution(execution)) if execution.arn(cx.scope) == arn => Ok(execution),
        _ => Err(DurableExecutionError::NotFound.into()),
    }
}

/// Changes the execution of an ARN, again if another caller was faster.
///
/// # Errors
/// E10, F7, [`DurableExecutionError::NotFound`], and what `step` refuses with.
fn change<T>(
    cx: &Context<'_>,
    arn: &str,
    mut step: impl FnMut(&mut DurableExecution) -> Result<T, Error>,
) -> Result<T, Error> {
    change_at(cx, &key_of(cx, arn)?, |execution| {
        if execution.arn(cx.scope) == arn { step(execution) } else { Err(DurableExecutionError::NotFound.into()) }
    })
}

/// The same by key.
fn change_at<T>(
    cx: &Context<'_>,
    key: &Key,
    mut step: impl FnMut(&mut DurableExecution) -> Result<T, Error>,
) -> Result<T, Error> {
    cx.swap(key, |record| {
        let Some(Record::DurableExecution(execution)) = record else {
            return Err(DurableExecutionError::NotFound.into());
        };
        let mut changed = DurableExecution::clone(execution);
        let outcome = step(&mut changed)?;
        let swap =
            if changed == **execution { Swap::Keep } else { Swap::Put(Record::DurableExecution(changed.into())) };
        Ok((swap, outcome))
    })
}
