//! Running the code of executions that are due.
//!
//! The one idea to hold: whoever waits for the end of an execution moves the clock to what is due next, whichever execution
//! or event that is; so what is to happen happens in order, and nobody waits for time.

use std::sync::Arc;

use bytes::Bytes;

use super::drive::{self, Beginning};
use crate::arn::FunctionRef;
use crate::error::{DurableExecutionError, Error};
use crate::invocation::{self, Line};
use crate::operations::Context;
use crate::operations::invoke::Called;
use crate::operations::work_off::work_off_waiting;
use crate::state::durable_execution::{
    ChainedCall, ChainedProgress, Details, ErrorObject, Happening, Operation, OperationStatus, Outcome, Parent,
};
use crate::state::{DurableExecution, Key, Record, RecordKind};

/// The most bytes that a function gives to an execution that called it (documented).
const MOST_BYTES: usize = 1_048_576;
/// How long after the last try a function is tried that has no place for another call, in seconds (rule L).
const BUSY_SECONDS: u32 = 1;

/// Lets everything go on until this execution has ended, and moves the clock meanwhile; the execution then, and what its
/// code logged.
///
/// # Errors
/// Faults of the store; [`Error::CannotRun`].
pub(crate) fn run_to_end(
    cx: &Context<'_>,
    execution: &DurableExecution,
) -> Result<(Arc<DurableExecution>, Vec<Line>), Error> {
    let key = Key::new(cx.scope, RecordKind::DurableExecution, &execution.key_name());
    let mut log = Vec::new();
    loop {
        let changes = cx.invoker.wakes().changes();
        go_on(&cx.later(), &key, Some(&mut log))?;
        let cx = &cx.later();
        let now = match cx.record(&key, true)? {
            Some(Record::DurableExecution(now)) if now.id == execution.id => now,
            _ => return Err(DurableExecutionError::NotFound.into()),
        };
        if now.ended.is_some() {
            return Ok((now, log));
        }
        if now.due_at().is_some_and(|due| due <= cx.now) {
            continue;
        }
        let (count, next) = work_off_waiting(cx)?;
        if count > 0 {
            continue;
        }
        if is_elsewhere(cx, &now) {
            cx.invoker.wakes().wait(changes);
            continue;
        }
        let due = now.due_at().into_iter().chain(next);
        let Some(next) = due.filter(|due| *due > cx.now).min() else {
            let why = if now.pause.is_some() { "is paused" } else { "waits for somebody" };
            let arn = now.arn(cx.scope);
            return Err(Error::CannotRun {
                why: format!(
                    "{arn} {why}, and nothing is due that would let it go on: begin it with InvocationType=Event, and see \
                     to it then"
                ),
            });
        };
        cx.clock.advance(next.as_millis().saturating_sub(cx.now.as_millis()));
    }
}

/// Whether another thread is at work for this execution: with its code, or with what it calls.
fn is_elsewhere(cx: &Context<'_>, execution: &DurableExecution) -> bool {
    let calls = execution.operations.iter().filter(|operation| operation.status == OperationStatus::Started);
    let mut made = calls.filter_map(|operation| match &operation.details {
        Details::ChainedInvoke { progress: ChainedProgress::Made { execution_arn, .. }, .. } => Some(execution_arn),
        _ => None,
    });
    let is_at_work = |arn: &str| super::read(cx, arn).is_ok_and(|child| is_elsewhere(cx, &child));
    execution.is_running_code() || made.any(|arn| arn.as_deref().is_none_or(is_at_work))
}

/// Does what is due for an execution: calls that it makes, calls that came back, its code. Whoever waits gets the log.
///
/// # Errors
/// Faults of the store; [`Error::CannotRun`], if somebody waits.
pub(crate) fn go_on(cx: &Context<'_>, key: &Key, log: Option<&mut Vec<Line>>) -> Result<(), Error> {
    let Some(Record::DurableExecution(execution)) = cx.record(key, false)? else { return Ok(()) };
    if execution.ended.is_some() || execution.is_running_code() {
        return Ok(());
    }
    for operation in execution.operations.iter().filter(|operation| operation.status == OperationStatus::Started) {
        if let Details::ChainedInvoke { call, progress, .. } = &operation.details {
            match progress {
                ChainedProgress::ToBeMade => make(cx, key, &execution, operation, call)?,
                ChainedProgress::Made { execution_arn: Some(arn), .. } => look(cx, key, operation, arn)?,
                ChainedProgress::Made { execution_arn: None, .. } => {}
            }
        }
    }
    let cx = cx.later();
    match drive::begin(&cx, key)? {
        Some(run) => run_code(&cx, key, &execution, run, log),
        None => Ok(()),
    }
}

/// Runs the code once.
fn run_code(
    cx: &Context<'_>,
    key: &Key,
    execution: &DurableExecution,
    run: drive::Run,
    log: Option<&mut Vec<Line>>,
) -> Result<(), Error> {
    let request_id = if run.number == 1 && log.is_some() { cx.request_id.to_owned() } else { cx.ids.uuid() };
    let began = cx.now;
    let cx = Context { request_id: &request_id, ..*cx };
    let function = FunctionRef {
        name: execution.function_name.clone(),
        qualifier: Some(execution.version.clone()),
        region: None,
        account: None,
    };
    let ready = Called::find(&cx, &function, Some(&execution.version))
        .and_then(|called| called.invocation(&cx, run.payload).map(|invocation| (called, invocation)));
    let answer = match ready {
        Ok((called, mut invocation)) => {
            invocation.tenant_id.clone_from(&execution.tenant_id);
            invocation.trace_id = execution.trace_header.clone().unwrap_or(invocation.trace_id);
            let Some(_slot) = cx.invoker.slot(&called.key, called.function.reserved_concurrent_executions) else {
                return drive::postpone(&cx, key, run.number, BUSY_SECONDS);
            };
            match cx.invoker.run(&called.key, &invocation, cx.clock) {
                Ok((outcome, lines)) => {
                    if let Some(log) = log {
                        log.extend(lines);
                    }
                    answered(outcome)
                }
                // Who waits is told at once.
                Err(cannot) if log.is_some() => {
                    drive::postpone(&cx.later(), key, run.number, BUSY_SECONDS)?;
                    return Err(Error::CannotRun { why: cannot.0 });
                }
                Err(cannot) => Err(ErrorObject::message(cannot.0)),
            }
        }
        Err(error) => Err(ErrorObject::typed(error.code(), error.to_string())),
    };
    drive::after(&cx.later(), key, (run.number, began, &request_id), &answer)
}

fn answered(outcome: invocation::Outcome) -> Result<Bytes, ErrorObject> {
    if outcome.error.is_some() { Err(drive::reported(&outcome.payload)) } else { Ok(outcome.payload) }
}

/// Calls the function that an execution asks for. A durable one begins an execution of its own; any other runs.
fn make(
    cx: &Context<'_>,
    key: &Key,
    execution: &DurableExecution,
    operation: &Operation,
    call: &ChainedCall,
) -> Result<(), Error> {
    let function = FunctionRef::parse(&call.function_name);
    let function = function.ok_or_else(|| Error::internal("a call of no function"))?;
    let called = match Called::find(cx, &function, function.qualifier.as_deref()) {
        Ok(called) => called,
        Err(error) => {
            let error = ErrorObject::typed(error.code(), error.to_string());
            return drive::came_back(cx, key, &operation.id, &(Happening::Failed, Outcome::error(error)));
        }
    };
    let input = call.input.clone().unwrap_or_else(|| Arc::from("{}"));
    let version = Some(called.version.clone());
    let trace_header = call.trace_header.clone().or_else(|| execution.trace_header.clone());
    if let Some(config) = called.settings().durable_config.clone() {
        let beginning = Beginning {
            function_name: called.key.name.to_string(),
            version: called.version.clone(),
            config,
            name: None,
            input,
            trace_header,
            tenant_id: call.tenant_id.clone(),
            parent: Some(Parent { durable_execution_arn: execution.arn(cx.scope), operation_id: operation.id.clone() }),
            is_waited_for: false,
        };
        let child = drive::start(cx, beginning)?;
        let made = ChainedProgress::Made { version, execution_arn: Some(child.arn(cx.scope)) };
        return drive::made(cx, key, &operation.id, &made).map(|_| ());
    }
    // Marked first, so that nobody else calls it too.
    if !drive::made(cx, key, &operation.id, &ChainedProgress::Made { version, execution_arn: None })? {
        return Ok(());
    }
    let request_id = cx.ids.uuid();
    let cx = Context { request_id: &request_id, ..*cx };
    let failed = |error: ErrorObject| (Happening::Failed, Outcome::error(error));
    let outcome = match called.invocation(&cx, Bytes::copy_from_slice(input.as_bytes())) {
        Ok(mut invocation) => {
            invocation.tenant_id.clone_from(&call.tenant_id);
            invocation.trace_id = trace_header.unwrap_or(invocation.trace_id);
            match cx.invoker.run(&called.key, &invocation, cx.clock) {
                Ok((outcome, _)) => answered(outcome).map_or_else(failed, |answer| returned(&answer)),
                Err(cannot) => failed(ErrorObject::message(cannot.0)),
            }
        }
        Err(error) => failed(ErrorObject::typed(error.code(), error.to_string())),
    };
    drive::came_back(&cx.later(), key, &operation.id, &outcome)
}

/// What a function returned to the execution that called it.
fn returned(answer: &[u8]) -> (Happening, Outcome) {
    let text = if answer.len() > MOST_BYTES {
        Err(format!("CHAINED_INVOKE output payload size must be less than or equal to {MOST_BYTES} bytes."))
    } else {
        std::str::from_utf8(answer).map_err(|_| "CHAINED_INVOKE response could not be decoded as UTF-8.".to_owned())
    };
    match text {
        Ok(text) => (Happening::Succeeded, Outcome::result(Some(text.into()))),
        Err(reason) => (Happening::Failed, Outcome::error(ErrorObject::message(reason))),
    }
}

/// Looks whether the execution that an operation waits for has ended.
fn look(cx: &Context<'_>, key: &Key, operation: &Operation, arn: &str) -> Result<(), Error> {
    let outcome = match super::read(cx, arn) {
        Ok(child) => drive::outcome_of(&child),
        // It was deleted meanwhile.
        Err(error) => Some((Happening::Failed, Outcome::error(ErrorObject::typed(error.code(), error.to_string())))),
    };
    outcome.map_or(Ok(()), |outcome| drive::came_back(cx, key, &operation.id, &outcome))
}
