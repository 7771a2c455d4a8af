//! Invoke, InvokeAsync and InvokeWithResponseStream, up to where code would run (facts 19).
//!
//! The one idea to hold: whether a call may reach the function is the control plane's to say, and is said here. What
//! would run the code is not there yet, and says so ([`Error::NotBuilt`]); `DryRun` needs nobody to run it.

use std::sync::Arc;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::context::{Context, missing, qualifier};
use crate::arn::FunctionRef;
use crate::blob::Blob;
use crate::error::{Error, InvokeError};
use crate::state::Function;
use crate::state::function::LATEST;

/// The largest payload of a call that waits for its answer, in bytes.
const SYNCHRONOUS_BYTES: usize = 6_291_456;
/// The largest payload of a call that does not, in bytes.
const EVENT_BYTES: usize = 1_048_576;
/// The largest payload of InvokeAsync, in bytes.
const ASYNC_BYTES: usize = 262_144;

/// The request of Invoke and InvokeWithResponseStream. What only the function itself is told is in the model alone.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Invoke {
    function_name: FunctionRef,
    qualifier: Option<String>,
    invocation_type: Option<String>,
    payload: Option<Blob>,
}

/// The request of InvokeAsync.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct InvokeAsync {
    function_name: FunctionRef,
    invoke_args: Option<Blob>,
}

impl Request for Invoke {
    fn target(&self) -> Result<Target, Error> {
        let qualifier = qualifier(&self.function_name, self.qualifier.clone())?;
        Ok(Target::Function { function: self.function_name.clone(), qualifier })
    }
}

impl Request for InvokeAsync {
    fn target(&self) -> Result<Target, Error> {
        let qualifier = self.function_name.qualifier.clone();
        Ok(Target::Function { function: self.function_name.clone(), qualifier })
    }
}

/// The answer of a call that ran nothing.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Invoked {
    status_code: u16,
}

/// Says whether a function may be called, with `DryRun`.
///
/// # Errors
/// G7, E10, E1 of the qualifier (`$LATEST` without one), [`InvokeError`], the payload's JSON last; [`Error::NotBuilt`] where
/// code would run.
pub(super) fn invoke(cx: &Context<'_>, input: Invoke) -> Result<Invoked, Error> {
    let kind = input.invocation_type.as_deref().unwrap_or("RequestResponse");
    let limit_bytes = if kind == "Event" { EVENT_BYTES } else { SYNCHRONOUS_BYTES };
    check_size(input.payload.as_ref(), kind, limit_bytes)?;
    let qualifier = qualifier(&input.function_name, input.qualifier)?;
    let function = find(cx, &input.function_name, qualifier.as_deref())?;
    if function.latest.settings.capacity_provider_config.is_some() && function.versions.is_empty() {
        return Err(InvokeError::NoPublishedVersion.into());
    }
    // An asynchronous call waits for that to change.
    if kind == "RequestResponse" && function.reserved_concurrent_executions == Some(0) {
        return Err(InvokeError::NothingReserved.into());
    }
    check_json(input.payload.as_ref())?;
    if kind == "DryRun" {
        return Ok(Invoked { status_code: 204 });
    }
    Err(Error::NotBuilt {
        what: "what runs code, which Invoke needs for all but InvocationType=\"DryRun\",".to_owned(),
    })
}

/// Asks a function to run some time; there is no `DryRun` of it.
///
/// # Errors
/// As [`invoke`].
pub(super) fn invoke_async(cx: &Context<'_>, input: InvokeAsync) -> Result<Invoked, Error> {
    check_size(input.invoke_args.as_ref(), "Event", ASYNC_BYTES)?;
    find(cx, &input.function_name, input.function_name.qualifier.as_deref())?;
    Err(Error::NotBuilt { what: "what runs code, which InvokeAsync needs,".to_owned() })
}

fn check_size(payload: Option<&Blob>, kind: &str, limit_bytes: usize) -> Result<(), Error> {
    let bytes = payload.map_or(0, |Blob(bytes)| bytes.len());
    if bytes > limit_bytes {
        return Err(InvokeError::PayloadTooLarge { bytes, kind: kind.to_owned(), limit_bytes }.into());
    }
    Ok(())
}

/// Refuses a payload that is there and no JSON. That of an encoding other than UTF-8 is the recorded one.
fn check_json(payload: Option<&Blob>) -> Result<(), Error> {
    let Some(Blob(bytes)) = payload.filter(|Blob(bytes)| !bytes.is_empty()) else { return Ok(()) };
    // A value that is ignored is not looked at for UTF-8.
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string());
    let value = text.and_then(|text| serde_json::from_str::<IgnoredAny>(text).map_err(|error| error.to_string()));
    value.map(|_| ()).map_err(|reason| InvokeError::PayloadNotJson { reason }.into())
}

/// The function that has what is called.
fn find(cx: &Context<'_>, function: &FunctionRef, qualifier: Option<&str>) -> Result<Arc<Function>, Error> {
    let key = cx.key(function)?;
    let named = Some(qualifier.unwrap_or(LATEST));
    let function = cx.function(&key, false).map_err(|error| match error {
        Error::FunctionNotFound { .. } => missing(cx, &key, named),
        other => other,
    })?;
    function.target(named).ok_or_else(|| missing(cx, &key, named))?;
    Ok(function)
}
