//! GetDurableExecutionHistory: what happened in an execution, event by event.
//!
//! The one idea to hold: an event's type is the operation's and what happened to it, and so is the name of the structure
//! that tells the rest. So an event is written member by member, and not as a structure of 25 members of which it has one.

use std::sync::Arc;

use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

use super::shown::Part;
use super::{read, text};
use crate::clock::Timestamp;
use crate::error::{DurableExecutionError, Error};
use crate::operations::Context;
use crate::state::DurableExecution;
use crate::state::durable_execution::{
    ChainedCall, ChainedProgress, Details, ErrorObject, Event, Happening, Operation, OperationType, Outcome, What,
};

/// The request of GetDurableExecutionHistory.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::operations) struct GetDurableExecutionHistory {
    pub(super) durable_execution_arn: String,
    include_execution_data: Option<bool>,
    max_items: Option<u32>,
    marker: Option<String>,
    #[serde(default)]
    reverse_order: bool,
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::operations) struct History {
    events: Vec<Told>,
    next_marker: Option<String>,
}

/// An event with its number.
#[derive(Debug)]
struct Told {
    id: usize,
    event: Arc<Event>,
    execution: Arc<DurableExecution>,
    with_data: bool,
}

/// What happened so far. A marker is the number of entries before the page.
///
/// # Errors
/// E10, F7, [`DurableExecutionError::NotFound`], [`DurableExecutionError::InvalidMarker`].
pub(in crate::operations) fn history(cx: &Context<'_>, input: GetDurableExecutionHistory) -> Result<History, Error> {
    let execution = read(cx, &input.durable_execution_arn)?;
    let from = match input.marker.as_deref() {
        None | Some("") => 0,
        Some(marker) => marker.parse().map_err(|_| DurableExecutionError::InvalidMarker)?,
    };
    let part = Part::new(from, input.max_items);
    let with_data = input.include_execution_data.unwrap_or(true);
    let count = execution.events.len();
    let place = |number: usize| if input.reverse_order { count - 1 - number } else { number };
    let told = (0..count).map(place).filter_map(|place| {
        let event = Arc::clone(execution.events.get(place)?);
        Some(Told { id: place + 1, event, execution: Arc::clone(&execution), with_data })
    });
    let (events, next) = part.cut(told);
    Ok(History { events, next_marker: next.map(|place| place.to_string()) })
}

/// A text, or that it is left out.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Payload<T> {
    payload: Option<T>,
    truncated: bool,
}

impl<T> Payload<T> {
    fn new(payload: Option<T>, with_data: bool) -> Self {
        let truncated = payload.is_some() && !with_data;
        Self { payload: payload.filter(|_| with_data), truncated }
    }
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ExecutionStarted<'a> {
    input: Payload<&'a str>,
    execution_timeout: u32,
}

/// What ended: a result or an error, and of steps how often they were tried.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Ended<'a> {
    result: Option<Payload<&'a str>>,
    error: Option<Payload<&'a ErrorObject>>,
    retry_details: Option<RetryDetails>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RetryDetails {
    current_attempt: u32,
    next_attempt_delay_seconds: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct WaitStarted {
    duration: i64,
    scheduled_end_timestamp: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct WaitSucceeded {
    duration: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CallbackStarted<'a> {
    callback_id: &'a str,
    heartbeat_timeout: Option<u32>,
    timeout: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ChainedInvokeStarted<'a> {
    function_name: &'a str,
    input: Option<Payload<&'a str>>,
    executed_version: Option<&'a str>,
    durable_execution_arn: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InvocationCompleted<'a> {
    start_timestamp: Timestamp,
    end_timestamp: Timestamp,
    request_id: &'a str,
    error: Option<Payload<&'a ErrorObject>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct WasPaused<'a> {
    pause_request_timestamp: Timestamp,
    reason: Option<Payload<&'a str>>,
    execution_timeout_paused: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Resumed<'a> {
    resume_request_timestamp: Timestamp,
    reason: Option<Payload<&'a str>>,
}

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { id, event, execution, with_data } = self;
        let mut members = serializer.serialize_struct("Event", 8)?;
        members.serialize_field("EventId", id)?;
        members.serialize_field("EventTimestamp", &event.at)?;
        match &event.what {
            What::Execution(happening) => {
                members.serialize_field("Id", &execution.id)?;
                members.serialize_field("Name", &execution.name)?;
                self.execution(&mut members, *happening)?;
            }
            What::Operation(happening, operation) => {
                members.serialize_field("Id", &operation.id)?;
                members.serialize_field("Name", &operation.name)?;
                members.serialize_field("ParentId", &operation.parent_id)?;
                members.serialize_field("SubType", &operation.sub_type)?;
                self.operation(&mut members, *happening, operation)?;
            }
            What::Invocation { started, request_id, error } => {
                members.serialize_field("EventType", "InvocationCompleted")?;
                let details = InvocationCompleted {
                    start_timestamp: *started,
                    end_timestamp: event.at,
                    request_id,
                    error: error.as_deref().map(|error| Payload::new(Some(error), *with_data)),
                };
                members.serialize_field("InvocationCompletedDetails", &details)?;
            }
            What::Paused { reason, stops_time } => {
                members.serialize_field("EventType", "ExecutionPaused")?;
                let details = WasPaused {
                    pause_request_timestamp: event.at,
                    reason: reason.as_deref().map(|reason| Payload::new(Some(reason), *with_data)),
                    execution_timeout_paused: *stops_time,
                };
                members.serialize_field("ExecutionPausedDetails", &details)?;
            }
            What::Resumed { reason } => {
                members.serialize_field("EventType", "ExecutionResumed")?;
                let reason = reason.as_deref().map(|reason| Payload::new(Some(reason), *with_data));
                let details = Resumed { resume_request_timestamp: event.at, reason };
                members.serialize_field("ExecutionResumedDetails", &details)?;
            }
        }
        members.end()
    }
}

impl Told {
    fn execution<M: SerializeStruct>(&self, members: &mut M, happening: Happening) -> Result<(), M::Error> {
        if happening != Happening::Started {
            let ended = self.execution.ended.as_ref().map(|ended| &ended.outcome);
            return self.ended(members, OperationType::Execution, happening, ended, None);
        }
        let input = Payload::new(text(&self.execution.input), self.with_data);
        let details = ExecutionStarted { input, execution_timeout: self.execution.timeout_seconds() };
        write(members, OperationType::Execution, happening, &details)
    }

    fn operation<M: SerializeStruct>(
        &self,
        members: &mut M,
        happening: Happening,
        operation: &Operation,
    ) -> Result<(), M::Error> {
        let kind = operation.kind();
        let seconds = |until: Timestamp| seconds_between(operation.started, until);
        match (&operation.details, happening) {
            (Details::Wait { until }, Happening::Started) => {
                let details = WaitStarted { duration: seconds(*until), scheduled_end_timestamp: *until };
                write(members, kind, happening, &details)
            }
            (Details::Wait { until }, Happening::Succeeded) => {
                write(members, kind, happening, &WaitSucceeded { duration: seconds(*until) })
            }
            (Details::Callback { callback_id, timeout_seconds, heartbeat_seconds, .. }, Happening::Started) => {
                let details =
                    CallbackStarted { callback_id, heartbeat_timeout: *heartbeat_seconds, timeout: *timeout_seconds };
                write(members, kind, happening, &details)
            }
            (Details::ChainedInvoke { call, .. }, Happening::Started) => {
                // What became of the call is known to the operation as it is now.
                let now = self.execution.operation(&operation.id).map_or(&operation.details, |it| &it.details);
                write(members, kind, happening, &self.chained(call, now))
            }
            (Details::Context { .. } | Details::Step { .. }, Happening::Started)
            | (Details::Wait { .. }, Happening::Cancelled) => write(members, kind, happening, &Empty {}),
            (Details::Step { attempt, next_attempt, .. }, _) => {
                let retry = RetryDetails {
                    current_attempt: *attempt,
                    next_attempt_delay_seconds: next_attempt.map(|at| seconds_between(self.event.at, at)),
                };
                self.ended(members, kind, happening, operation.outcome(), Some(retry))
            }
            _ => self.ended(members, kind, happening, operation.outcome(), None),
        }
    }

    fn chained<'a>(&self, call: &'a ChainedCall, now: &'a Details) -> ChainedInvokeStarted<'a> {
        let (executed_version, durable_execution_arn) = match now {
            Details::ChainedInvoke { progress: ChainedProgress::Made { version, execution_arn }, .. } => {
                (version.as_deref(), execution_arn.as_deref())
            }
            _ => (None, None),
        };
        ChainedInvokeStarted {
            function_name: &call.function_name,
            input: call.input.as_deref().map(|input| Payload::new(Some(input), self.with_data)),
            executed_version,
            durable_execution_arn,
        }
    }

    fn ended<M: SerializeStruct>(
        &self,
        members: &mut M,
        kind: OperationType,
        happening: Happening,
        outcome: Option<&Outcome>,
        retry_details: Option<RetryDetails>,
    ) -> Result<(), M::Error> {
        let result = outcome.and_then(|outcome| outcome.result.as_deref());
        let error = outcome.and_then(|outcome| outcome.error.as_deref());
        let is_success = happening == Happening::Succeeded;
        let details = Ended {
            result: is_success.then(|| Payload::new(result, self.with_data)),
            error: (!is_success).then(|| Payload::new(error, self.with_data)),
            retry_details,
        };
        write(members, kind, happening, &details)
    }
}

/// Writes an event's type and what is told of it, under the name that its type has.
fn write<M: SerializeStruct>(
    members: &mut M,
    kind: OperationType,
    happening: Happening,
    details: &impl Serialize,
) -> Result<(), M::Error> {
    members.serialize_field("EventType", &format!("{}{}", kind.event_prefix(), happening.name()))?;
    match details_name(kind, happening) {
        Some(name) => members.serialize_field(name, details),
        None => Ok(()),
    }
}

fn details_name(kind: OperationType, happening: Happening) -> Option<&'static str> {
    use Happening::{Cancelled, Failed, Started, Stopped, Succeeded, TimedOut};
    use OperationType::{Callback, ChainedInvoke, Context, Execution, Step, Wait};
    Some(match (kind, happening) {
        (Execution, Started) => "ExecutionStartedDetails",
        (Execution, Succeeded) => "ExecutionSucceededDetails",
        (Execution, Failed) => "ExecutionFailedDetails",
        (Execution, TimedOut) => "ExecutionTimedOutDetails",
        (Execution, Stopped) => "ExecutionStoppedDetails",
        (Context, Started) => "ContextStartedDetails",
        (Context, Succeeded) => "ContextSucceededDetails",
        (Context, Failed) => "ContextFailedDetails",
        (Wait, Started) => "WaitStartedDetails",
        (Wait, Succeeded) => "WaitSucceededDetails",
        (Wait, Cancelled) => "WaitCancelledDetails",
        (Step, Started) => "StepStartedDetails",
        (Step, Succeeded) => "StepSucceededDetails",
        (Step, Failed) => "StepFailedDetails",
        (ChainedInvoke, Started) => "ChainedInvokeStartedDetails",
        (ChainedInvoke, Succeeded) => "ChainedInvokeSucceededDetails",
        (ChainedInvoke, Failed) => "ChainedInvokeFailedDetails",
        (ChainedInvoke, TimedOut) => "ChainedInvokeTimedOutDetails",
        (ChainedInvoke, Stopped) => "ChainedInvokeStoppedDetails",
        (Callback, Started) => "CallbackStartedDetails",
        (Callback, Succeeded) => "CallbackSucceededDetails",
        (Callback, Failed) => "CallbackFailedDetails",
        (Callback, TimedOut) => "CallbackTimedOutDetails",
        _ => return None,
    })
}

fn seconds_between(from: Timestamp, to: Timestamp) -> i64 {
    (to.as_millis() - from.as_millis()) / 1000
}
