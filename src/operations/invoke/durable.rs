//! Calls of durable functions, each of which begins an execution (`durable_execution/`).
//!
//! The one idea to hold: whoever waits for the answer waits for the end of the execution, however often its code runs.

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;

use super::target::Called;
use crate::error::{DurableExecutionError, Error};
use crate::invocation::{FunctionError, Line, Outcome};
use crate::operations::Context;
use crate::operations::durable_execution::{drive, run};
use crate::state::DurableExecution;
use crate::state::durable_execution::{Ended, ErrorObject, Happening};
use crate::state::settings::DurableConfig;

/// The longest execution that anybody waits for, in seconds.
const MOST_SECONDS: u32 = 15 * 60;

/// What the caller of a durable function says beside.
pub(super) struct Asked {
    /// Whether it waits for the end.
    pub waits: bool,
    /// The execution's name.
    pub name: Option<String>,
    /// Whom the call is for.
    pub tenant_id: Option<String>,
    /// What the function is given: JSON, or nothing.
    pub payload: Bytes,
}

/// An execution that was begun, and what it came to if somebody waited for that.
pub(super) struct Begun {
    pub arn: String,
    pub version: String,
    pub ended: Option<(Outcome, Vec<Line>)>,
}

/// An error as Lambda answers with one in the place of a result.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    error_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_data: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stack_trace: Option<&'a [String]>,
}

/// The configuration of durable executions of what is called, if it begins one; checked against how it is called.
///
/// # Errors
/// [`DurableExecutionError::Unqualified`], [`DurableExecutionError::TooLongToWait`],
/// [`DurableExecutionError::NotDurable`].
pub(super) fn check(called: &Called, waits: bool, name: Option<&str>) -> Result<Option<DurableConfig>, Error> {
    let refusal = match &called.settings().durable_config {
        None if name.is_none() => return Ok(None),
        None => DurableExecutionError::NotDurable,
        Some(_) if called.qualifier().is_none() => DurableExecutionError::Unqualified,
        Some(config) if waits && config.execution_timeout.is_none_or(|seconds| seconds > MOST_SECONDS) => {
            DurableExecutionError::TooLongToWait
        }
        Some(config) => return Ok(Some(config.clone())),
    };
    Err(refusal.into())
}

/// Begins an execution, and waits for its end where the caller does.
///
/// # Errors
/// [`DurableExecutionError::AlreadyStarted`], [`Error::CannotRun`].
pub(super) fn call(cx: &Context<'_>, called: &Called, config: DurableConfig, asked: Asked) -> Result<Begun, Error> {
    let input = String::from_utf8_lossy(&asked.payload);
    let beginning = drive::Beginning {
        function_name: called.key.name.to_string(),
        version: called.version.clone(),
        config,
        name: asked.name,
        input: Arc::from(input),
        trace_header: Some(called.invocation(cx, Bytes::new())?.trace_id),
        tenant_id: asked.tenant_id,
        parent: None,
        is_waited_for: asked.waits,
    };
    let execution = drive::start(cx, beginning)?;
    let ended = asked.waits.then(|| run::run_to_end(cx, &execution)).transpose()?;
    Ok(Begun {
        arn: execution.arn(cx.scope),
        version: execution.version.clone(),
        ended: ended.map(|(execution, log)| (outcome(&execution), log)),
    })
}

/// The answer to whoever waited.
fn outcome(execution: &DurableExecution) -> Outcome {
    let Some(ended) = &execution.ended else { return Outcome::default() };
    let Ended { how, outcome, .. } = &**ended;
    if *how == Happening::Succeeded {
        let payload = outcome.result.as_ref().map_or_else(Bytes::new, |text| Bytes::copy_from_slice(text.as_bytes()));
        return Outcome { payload, ..Outcome::default() };
    }
    let nothing = ErrorObject::default();
    let error = outcome.error.as_deref().unwrap_or(&nothing);
    let told = Told {
        error_type: error.error_type.as_deref(),
        error_message: error.error_message.as_deref(),
        error_data: error.error_data.as_deref(),
        stack_trace: error.stack_trace.as_deref(),
    };
    let payload = serde_json::to_vec(&told).unwrap_or_default().into();
    Outcome { payload, error: Some(FunctionError::reported("Unhandled")), ..Outcome::default() }
}
