//! Durable executions: what can be asked of them, and answered to their callbacks.
//!
//! The one idea to hold: an execution begins with an Invoke, and none has begun, as nothing here runs code yet. So none
//! is found, and the types say that none can be: every answer about one is a [`Nobody`].

use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::context::{self, Context, qualifier};
use super::page::Page;
use crate::arn::FunctionRef;
use crate::error::{DurableExecutionError, Error};

/// The request of every operation on one execution; what else they say is about what it did.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneDurableExecution {
    durable_execution_arn: String,
}

/// The request of CheckpointDurableExecution and GetDurableExecutionState, which come from within an execution.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct FromWithin {
    durable_execution_arn: String,
}

/// The request of every operation on a callback.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneCallback {
    callback_id: String,
}

/// The request of ListDurableExecutionsByFunction.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListDurableExecutionsByFunction {
    function_name: FunctionRef,
    qualifier: Option<String>,
    marker: Option<String>,
    max_items: Option<u32>,
}

impl Request for OneDurableExecution {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Other(self.durable_execution_arn.clone()))
    }
}

impl Request for FromWithin {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Other(self.durable_execution_arn.clone()))
    }
}

impl Request for OneCallback {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Account)
    }
}

impl Request for ListDurableExecutionsByFunction {
    fn target(&self) -> Result<Target, Error> {
        let qualifier = qualifier(&self.function_name, self.qualifier.clone())?;
        Ok(Target::Function { function: self.function_name.clone(), qualifier })
    }
}

/// An execution, of which there is none.
#[derive(Debug, Serialize)]
pub(super) enum Nobody {}

/// A page of executions.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DurableExecutions {
    next_marker: Option<String>,
    durable_executions: Vec<Nobody>,
}

/// An execution, whatever is to become of it.
///
/// # Errors
/// E10, [`DurableExecutionError::NotFound`].
pub(super) fn find(cx: &Context<'_>, input: OneDurableExecution) -> Result<Nobody, Error> {
    let arn = input.durable_execution_arn;
    // The function stands before the slash, with its version.
    if let Some(function) = arn.split('/').next().and_then(FunctionRef::parse) {
        cx.key(&function)?;
    }
    Err(DurableExecutionError::NotFound { arn }.into())
}

/// What an execution tells of itself, or asks; the model has no error for one that is not there.
///
/// # Errors
/// [`DurableExecutionError::InvalidCheckpointToken`].
pub(super) fn checkpoint(_: &Context<'_>, input: FromWithin) -> Result<Nobody, Error> {
    Err(DurableExecutionError::InvalidCheckpointToken { arn: input.durable_execution_arn }.into())
}

/// A callback that an execution waits for.
///
/// # Errors
/// [`DurableExecutionError::CallbackNotFound`].
pub(super) fn callback(_: &Context<'_>, input: OneCallback) -> Result<Nobody, Error> {
    Err(DurableExecutionError::CallbackNotFound { id: input.callback_id }.into())
}

/// The executions of a function, or of one of its versions.
///
/// # Errors
/// G7, E10, E1 of the function or the qualifier, [`Error::InvalidMarker`].
pub(super) fn list(cx: &Context<'_>, input: ListDurableExecutionsByFunction) -> Result<DurableExecutions, Error> {
    let qualifier = qualifier(&input.function_name, input.qualifier)?;
    let key = cx.key(&input.function_name)?;
    let page = Page::new(input.marker.as_deref(), input.max_items)?;
    let missing = || context::missing(cx, &key, qualifier.as_deref());
    let function = cx.function(&key, false).map_err(|error| match error {
        Error::FunctionNotFound { .. } => missing(),
        other => other,
    })?;
    function.target(qualifier.as_deref()).ok_or_else(missing)?;
    let (durable_executions, next_marker) = page.cut(std::iter::empty());
    Ok(DurableExecutions { next_marker, durable_executions })
}
