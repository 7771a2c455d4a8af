//! Invoke, InvokeAsync and InvokeWithResponseStream (facts 19).
//!
//! The one idea to hold: whether a call may reach the function, and what of it, is the control plane's to say, and is said
//! here; then the emulator's [`Invoker`](crate::invocation::Invoker) has it run. An update that is under way changes nothing: what was there before it is
//! called until it settles (T4), and calls that run by then end on what they began with.

mod answer;
mod durable;
pub(crate) mod event;
mod target;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;

use self::answer::{Accepted, Invoked, Streamed};
pub(super) use self::target::Called;
use super::access::{Request, Target};
use super::context::{Context, qualifier};
use crate::arn::FunctionRef;
use crate::blob::Blob;
use crate::error::{Error, InvokeError};
use crate::invocation::{Event, Invocation, Line, Outcome};
use crate::state::Key;

/// The largest payload of a call that waits for its answer, in bytes.
const SYNCHRONOUS_BYTES: usize = 6_291_456;
/// The largest payload of a call that does not, in bytes.
const EVENT_BYTES: usize = 1_048_576;
/// The largest payload of InvokeAsync, in bytes.
const ASYNC_BYTES: usize = 262_144;

/// The request of Invoke.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Invoke {
    function_name: FunctionRef,
    qualifier: Option<String>,
    invocation_type: Option<String>,
    log_type: Option<String>,
    client_context: Option<String>,
    tenant_id: Option<String>,
    durable_execution_name: Option<String>,
    payload: Option<Blob>,
}

/// The request of InvokeWithResponseStream: that of Invoke, but that executions begun by it have no names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct InvokeWithResponseStream {
    function_name: FunctionRef,
    qualifier: Option<String>,
    invocation_type: Option<String>,
    log_type: Option<String>,
    client_context: Option<String>,
    tenant_id: Option<String>,
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

impl Request for InvokeWithResponseStream {
    fn target(&self) -> Result<Target, Error> {
        let qualifier = qualifier(&self.function_name, self.qualifier.clone())?;
        Ok(Target::Function { function: self.function_name.clone(), qualifier })
    }
}

impl From<InvokeWithResponseStream> for Invoke {
    fn from(input: InvokeWithResponseStream) -> Self {
        let InvokeWithResponseStream {
            function_name,
            qualifier,
            invocation_type,
            log_type,
            client_context,
            tenant_id,
            payload,
        } = input;
        let durable_execution_name = None;
        Self {
            function_name,
            qualifier,
            invocation_type,
            log_type,
            client_context,
            tenant_id,
            durable_execution_name,
            payload,
        }
    }
}

impl Request for InvokeAsync {
    fn target(&self) -> Result<Target, Error> {
        let qualifier = self.function_name.qualifier.clone();
        Ok(Target::Function { function: self.function_name.clone(), qualifier })
    }
}

/// Calls a function, or says with `DryRun` whether it may be called.
///
/// # Errors
/// G7, E10, E1 of the qualifier (`$LATEST` without one), [`InvokeError`], the payload's JSON last; [`Error::CannotRun`]
/// where nobody can run it.
pub(super) fn invoke(cx: &Context<'_>, input: Invoke) -> Result<Invoked, Error> {
    let wants_log = input.log_type.as_deref() == Some("Tail");
    Ok(match call(cx, input)? {
        Ended::Ran(version, outcome, log) => Invoked::ran(version, *outcome, wants_log.then_some(&log)),
        Ended::NotRun(status) => Invoked::not_run(status),
        Ended::Durable(begun) => Invoked::durable(*begun, wants_log),
    })
}

/// The same with an answer that comes in pieces.
///
/// # Errors
/// As [`invoke`].
pub(super) fn invoke_with_response_stream(
    cx: &Context<'_>,
    input: InvokeWithResponseStream,
) -> Result<Streamed, Error> {
    let wants_log = input.log_type.as_deref() == Some("Tail");
    Ok(match call(cx, input.into())? {
        Ended::Ran(version, outcome, log) => Streamed::ran(version, *outcome, wants_log.then_some(&log)),
        Ended::NotRun(status) => Streamed::not_run(status),
        Ended::Durable(begun) => match begun.ended {
            Some((outcome, log)) => Streamed::ran(begun.version, outcome, wants_log.then_some(&log)),
            None => Streamed::not_run(202),
        },
    })
}

/// Asks a function to run some time; there is no `DryRun` of it.
///
/// # Errors
/// As [`invoke`].
pub(super) fn invoke_async(cx: &Context<'_>, input: InvokeAsync) -> Result<Accepted, Error> {
    check_size(input.invoke_args.as_ref(), "Event", ASYNC_BYTES)?;
    let qualifier = input.function_name.qualifier.clone();
    let called = Called::find(cx, &input.function_name, qualifier.as_deref())?;
    called.check_tenant(None)?;
    check_json(input.invoke_args.as_ref())?;
    let payload = given(input.invoke_args);
    if let Some(config) = durable::check(&called, false, None)? {
        durable::call(cx, &called, config, durable::Asked { waits: false, name: None, tenant_id: None, payload })?;
        return Ok(Accepted { status: 202 });
    }
    event::accept(cx, &called, event::event(cx, &called, qualifier, payload));
    Ok(Accepted { status: 202 })
}

/// What a call would hand to a runner, and whose runner; no call is made.
///
/// # Errors
/// [`Error::QualifierMismatch`], and those of [`Called::find`] and [`Called::invocation`].
pub(crate) fn prepare(cx: &Context<'_>, name: &str, named: Option<&str>) -> Result<(Key, Invocation), Error> {
    let function = cx.named(name)?;
    let named = qualifier(&function, named.map(str::to_owned))?;
    let called = Called::find(cx, &function, named.as_deref())?;
    let invocation = called.invocation(cx, Bytes::new())?;
    Ok((called.key, invocation))
}

/// What a call came to.
enum Ended {
    /// This version, with this log.
    Ran(String, Box<Outcome>, Vec<Line>),
    /// With this status.
    NotRun(u16),
    /// As a durable execution.
    Durable(Box<durable::Begun>),
}

fn call(cx: &Context<'_>, input: Invoke) -> Result<Ended, Error> {
    let kind = input.invocation_type.as_deref().unwrap_or("RequestResponse");
    let limit_bytes = if kind == "Event" { EVENT_BYTES } else { SYNCHRONOUS_BYTES };
    check_size(input.payload.as_ref(), kind, limit_bytes)?;
    let qualifier = qualifier(&input.function_name, input.qualifier)?;
    let called = Called::find(cx, &input.function_name, qualifier.as_deref())?;
    called.check_tenant(input.tenant_id.as_deref())?;
    // An asynchronous call waits for that to change.
    if kind == "RequestResponse" && called.function.reserved_concurrent_executions == Some(0) {
        return Err(InvokeError::NothingReserved.into());
    }
    let client_context = input.client_context.as_deref().map(decoded).transpose()?;
    let config = durable::check(&called, kind == "RequestResponse", input.durable_execution_name.as_deref())?;
    check_json(input.payload.as_ref())?;
    if kind == "DryRun" {
        return Ok(Ended::NotRun(204));
    }
    let payload = given(input.payload);
    if let Some(config) = config {
        let (name, tenant_id) = (input.durable_execution_name, input.tenant_id);
        let asked = durable::Asked { waits: kind == "RequestResponse", name, tenant_id, payload };
        return Ok(Ended::Durable(Box::new(durable::call(cx, &called, config, asked)?)));
    }
    if kind == "Event" {
        let event = event::event(cx, &called, qualifier, payload);
        event::accept(cx, &called, Event { client_context, tenant_id: input.tenant_id, ..event });
        return Ok(Ended::NotRun(202));
    }
    let mut invocation = called.invocation(cx, payload)?;
    (invocation.client_context, invocation.tenant_id) = (client_context, input.tenant_id);
    let (outcome, log) = run(cx, &called, &invocation)?;
    Ok(Ended::Ran(called.version, Box::new(outcome), log))
}

/// Calls a function, or an alias of it, by its URL.
///
/// # Errors
/// As [`invoke`].
pub(super) fn by_url(cx: &Context<'_>, name: &str, alias: Option<&str>, event: Bytes) -> Result<Outcome, Error> {
    let event = Blob(event);
    check_size(Some(&event), "RequestResponse", SYNCHRONOUS_BYTES)?;
    let called = Called::find(cx, &cx.named(name)?, alias)?;
    called.check_tenant(None)?;
    if called.function.reserved_concurrent_executions == Some(0) {
        return Err(InvokeError::NothingReserved.into());
    }
    run(cx, &called, &called.invocation(cx, event.0)?).map(|(outcome, _)| outcome)
}

fn run(cx: &Context<'_>, called: &Called, invocation: &Invocation) -> Result<(Outcome, Vec<Line>), Error> {
    let most = called.function.reserved_concurrent_executions;
    let _slot = cx.invoker.slot(&called.key, most).ok_or(InvokeError::NoneLeft)?;
    let ran = cx.invoker.run(&called.key, invocation, cx.clock);
    ran.map_err(|cannot| Error::CannotRun { why: cannot.0 })
}

/// What the function gets: an empty object where the caller gave nothing.
fn given(payload: Option<Blob>) -> Bytes {
    let payload = payload.map(|Blob(bytes)| bytes).filter(|bytes| !bytes.is_empty());
    payload.unwrap_or_else(|| Bytes::from_static(b"{}"))
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

/// The JSON of a client's context.
fn decoded(base64: &str) -> Result<String, Error> {
    let text = STANDARD.decode(base64).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let json = text.filter(|text| serde_json::from_str::<IgnoredAny>(text).is_ok());
    json.ok_or_else(|| InvokeError::ClientContext.into())
}
