//! Answers to callbacks that executions wait for.
//!
//! The one idea to hold: the id of a callback says which operation of which execution it is, in this account and Region.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::{Nothing, change_at, update};
use crate::blob::Blob;
use crate::error::{DurableExecutionError, Error};
use crate::operations::Context;
use crate::operations::access::{Request, Target};
use crate::state::durable_execution::{Details, ErrorObject, Happening, Operation, OperationStatus, Outcome};
use crate::state::{DurableExecution, Key, RecordKind};

/// The request of SendDurableExecutionCallbackSuccess.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::operations) struct SendSuccess {
    callback_id: String,
    result: Option<Blob>,
}

/// The request of SendDurableExecutionCallbackFailure.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::operations) struct SendFailure {
    callback_id: String,
    error: Option<ErrorObject>,
}

/// The request of SendDurableExecutionCallbackHeartbeat.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::operations) struct SendHeartbeat {
    callback_id: String,
}

impl Request for SendSuccess {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Account)
    }
}

impl Request for SendFailure {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Account)
    }
}

impl Request for SendHeartbeat {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Account)
    }
}

/// Answers a callback. Bytes that are no UTF-8 become text as far as they can (rule L).
///
/// # Errors
/// [`DurableExecutionError::CallbackNotFound`], [`DurableExecutionError::CallbackTimedOut`].
pub(in crate::operations) fn succeed(cx: &Context<'_>, input: SendSuccess) -> Result<Nothing, Error> {
    let result = input.result.map(|Blob(bytes)| Arc::from(String::from_utf8_lossy(&bytes)));
    let outcome = Outcome::result(result);
    answer(cx, &input.callback_id, |execution, callback| {
        let answered = callback.ended_as(OperationStatus::Succeeded, cx.now).with_outcome(outcome.clone());
        execution.complete(answered, cx.now, Happening::Succeeded);
    })
}

/// Answers a callback with an error.
///
/// # Errors
/// As [`succeed`], [`UpdateError::ErrorTooLarge`](crate::error::UpdateError::ErrorTooLarge).
pub(in crate::operations) fn fail(cx: &Context<'_>, input: SendFailure) -> Result<Nothing, Error> {
    let error = input.error.unwrap_or_default();
    update::check_error(&error).map_err(DurableExecutionError::from)?;
    let outcome = Outcome::error(error);
    answer(cx, &input.callback_id, |execution, callback| {
        let answered = callback.ended_as(OperationStatus::Failed, cx.now).with_outcome(outcome.clone());
        execution.complete(answered, cx.now, Happening::Failed);
    })
}

/// Notes a sign of life from whoever is to answer a callback.
///
/// # Errors
/// As [`succeed`].
pub(in crate::operations) fn heartbeat(cx: &Context<'_>, input: SendHeartbeat) -> Result<Nothing, Error> {
    answer(cx, &input.callback_id, |execution, callback| {
        let mut alive = callback.clone();
        if let Details::Callback { last_heartbeat, .. } = &mut alive.details {
            *last_heartbeat = cx.now;
        }
        execution.replace(alive);
    })
}

/// The id of the callback that an operation of an execution is.
pub(super) fn id_of(execution_key: &str, execution_id: &str, operation_id: &str) -> String {
    STANDARD.encode(format!("{execution_key}/{execution_id}/{operation_id}"))
}

/// The key of the execution, its id, and the operation's id.
fn parse(id: &str) -> Option<(String, String, String)> {
    let text = String::from_utf8(STANDARD.decode(id).ok()?).ok()?;
    let (rest, operation) = text.rsplit_once('/')?;
    let (key, execution) = rest.rsplit_once('/')?;
    Some((key.to_owned(), execution.to_owned(), operation.to_owned()))
}

/// Does something with the callback that is waited for.
fn answer(
    cx: &Context<'_>,
    id: &str,
    mut act: impl FnMut(&mut DurableExecution, &Operation),
) -> Result<Nothing, Error> {
    let missing = || Error::from(DurableExecutionError::CallbackNotFound { id: id.to_owned() });
    let (key, execution_id, operation_id) = parse(id).ok_or_else(missing)?;
    let key = Key::new(cx.scope, RecordKind::DurableExecution, &key);
    let answered = change_at(cx, &key, |execution| {
        let callback = execution
            .operation(&operation_id)
            .cloned()
            .filter(|callback| execution.id == execution_id && matches!(callback.details, Details::Callback { .. }));
        let callback = callback.ok_or_else(missing)?;
        if callback.status == OperationStatus::TimedOut {
            return Err(DurableExecutionError::CallbackTimedOut { id: id.to_owned() }.into());
        }
        if callback.status != OperationStatus::Started || execution.ended.is_some() {
            return Err(missing());
        }
        act(execution, &callback);
        Ok(Nothing {})
    });
    answered.map_err(|error| match error {
        Error::DurableExecution(DurableExecutionError::NotFound) => missing(),
        other => other,
    })
}
