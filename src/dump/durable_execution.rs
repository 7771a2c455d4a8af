//! Durable executions, as text.
//!
//! What runs while the text is written goes on as what is to run: nobody who reads the text runs it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::mistake::Mistake;
use super::modelled;
use super::records::scope;
use crate::arn::Scope;
use crate::clock::Timestamp;
use crate::model;
use crate::state::durable_execution::{
    ChainedCall, ChainedProgress, Checkpoint, Details, Ended, ErrorObject, Event, Happening, LastRequest, Operation,
    OperationStatus, OperationType, Outcome, Parent, Pause, Progress, What,
};
use crate::state::settings::DurableConfig;
use crate::state::{DurableExecution, Key, RecordKind, Transition};

/// One execution.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a durable execution")]
pub(super) struct ExecutionText {
    account_id: String,
    region: String,
    id: String,
    durable_execution_name: String,
    function_name: String,
    version: String,
    input_payload: String,
    durable_config: DurableConfig,
    trace_header: Option<String>,
    tenant_id: Option<String>,
    parent: Option<Parent>,
    is_waited_for: bool,
    start_timestamp: Timestamp,
    ended: Option<EndedText>,
    operations: Vec<OperationText>,
    events: Vec<EventText>,
    progress: Progress,
    last_checkpoint: Option<CheckpointText>,
    pause: Option<Pause>,
    stood_millis: i64,
    last_request: Option<LastRequest>,
    deletion: Option<Transition>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct EndedText {
    at: Timestamp,
    how: Happening,
    outcome: OutcomeText,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct OutcomeText {
    result: Option<String>,
    error: Option<ErrorObject>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "an operation")]
struct OperationText {
    id: String,
    parent_id: Option<String>,
    name: Option<String>,
    sub_type: Option<String>,
    start_timestamp: Timestamp,
    end_timestamp: Option<Timestamp>,
    status: OperationStatus,
    changed_by: u64,
    details: DetailsText,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all_fields = "PascalCase", deny_unknown_fields)]
enum DetailsText {
    Context {
        replay_children: bool,
        outcome: OutcomeText,
    },
    Step {
        attempt: u32,
        next_attempt: Option<Timestamp>,
        outcome: OutcomeText,
    },
    Wait {
        until: Timestamp,
    },
    Callback {
        callback_id: String,
        timeout_seconds: Option<u32>,
        heartbeat_seconds: Option<u32>,
        last_heartbeat: Timestamp,
        outcome: OutcomeText,
    },
    ChainedInvoke {
        function_name: String,
        tenant_id: Option<String>,
        trace_header: Option<String>,
        input: Option<String>,
        progress: ChainedProgress,
        outcome: OutcomeText,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "an event")]
struct EventText {
    at: Timestamp,
    what: WhatText,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all_fields = "PascalCase", deny_unknown_fields)]
enum WhatText {
    Execution(Happening),
    Operation { happening: Happening, operation: Box<OperationText> },
    Invocation { started: Timestamp, request_id: String, error: Option<ErrorObject> },
    Paused { reason: Option<String>, stops_time: bool },
    Resumed { reason: Option<String> },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CheckpointText {
    client_token: String,
    checkpoint_token: String,
    at: Timestamp,
    next_token: Option<String>,
    answered: Vec<OperationText>,
}

impl ExecutionText {
    pub(super) fn of(scope: &Scope, execution: &Arc<DurableExecution>) -> Self {
        let DurableExecution {
            id,
            name,
            function_name,
            version,
            input,
            config,
            trace_header,
            tenant_id,
            parent,
            is_waited_for,
            started,
            ended,
            operations,
            events,
            progress,
            last_checkpoint,
            pause,
            stood_millis,
            last_request,
            deletion,
        } = DurableExecution::clone(execution);
        Self {
            account_id: scope.account.to_string(),
            region: scope.region.to_string(),
            id,
            durable_execution_name: name,
            function_name,
            version,
            input_payload: input.to_string(),
            durable_config: config,
            trace_header,
            tenant_id,
            parent,
            is_waited_for,
            start_timestamp: started,
            ended: ended.map(|ended| EndedText::of(&ended)),
            operations: operations.iter().map(OperationText::of).collect(),
            events: events.iter().map(EventText::of).collect(),
            progress,
            last_checkpoint: last_checkpoint.map(|checkpoint| CheckpointText::of(&checkpoint)),
            pause,
            stood_millis,
            last_request,
            deletion,
        }
    }

    pub(super) fn into_execution(self) -> Result<(Key, DurableExecution), Mistake> {
        let scope = scope(&self.account_id, &self.region)?;
        let execution = DurableExecution {
            id: self.id,
            name: self.durable_execution_name,
            function_name: self.function_name,
            version: self.version,
            input: self.input_payload.into(),
            config: self.durable_config,
            trace_header: self.trace_header,
            tenant_id: self.tenant_id,
            parent: self.parent,
            is_waited_for: self.is_waited_for,
            started: self.start_timestamp,
            ended: self.ended.map(EndedText::into_ended).transpose()?.map(Arc::new),
            operations: self.operations.into_iter().map(OperationText::into_operation).collect(),
            events: self.events.into_iter().map(EventText::into_event).collect(),
            progress: self.progress,
            last_checkpoint: self.last_checkpoint.map(CheckpointText::into_checkpoint),
            pause: self.pause,
            stood_millis: self.stood_millis,
            last_request: self.last_request,
            deletion: self.deletion,
        };
        check(&scope, &execution)?;
        Ok((Key::new(&scope, RecordKind::DurableExecution, &execution.key_name()), execution))
    }
}

/// What Invoke, and what came of it, can have made.
fn check(scope: &Scope, execution: &DurableExecution) -> Result<(), Mistake> {
    let DurableExecution { input, config, operations, progress, stood_millis, ended, pause, deletion, .. } = execution;
    modelled::member(&model::GET_DURABLE_EXECUTION, "DurableExecutionArn", &execution.arn(scope))
        .map_err(|mistake| Mistake::here(mistake.reason))?;
    modelled::member(&model::CREATE_FUNCTION, "DurableConfig", config)?;
    if !input.is_empty() && serde_json::from_str::<serde::de::IgnoredAny>(input).is_err() {
        return Err(Mistake::at("InputPayload", "it is no JSON"));
    }
    if progress.running_since.is_some() {
        return Err(Mistake::at("Progress.RunningSince", "nothing runs in a text"));
    }
    if *stood_millis < 0 {
        return Err(Mistake::at("StoodMillis", "time does not go back"));
    }
    if ended.is_some() && (pause.is_some() || progress.next_run.is_some()) || ended.is_none() && deletion.is_some() {
        return Err(Mistake::at("Ended", "what has ended is neither paused nor to run, and only that is deleted"));
    }
    let mut kinds = BTreeMap::new();
    for (place, operation) in operations.iter().enumerate() {
        let within = |mistake: Mistake| mistake.within(&format!("Operations[{place}]"));
        check_operation(operation).map_err(within)?;
        let parent = operation.parent_id.as_deref();
        if parent.is_some_and(|parent| kinds.get(parent) != Some(&OperationType::Context)) {
            return Err(within(Mistake::at("ParentId", "no context stands before it under this id")));
        }
        if kinds.insert(operation.id.as_str(), operation.kind()).is_some() {
            return Err(within(Mistake::at("Id", "it is here twice")));
        }
    }
    Ok(())
}

/// What CheckpointDurableExecution takes, and what can have become of it.
fn check_operation(operation: &Operation) -> Result<(), Mistake> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Update<'a> {
        id: &'a str,
        parent_id: Option<&'a str>,
        name: Option<&'a str>,
        #[serde(rename = "Type")]
        kind: OperationType,
        sub_type: Option<&'a str>,
        action: &'static str,
    }
    let update = Update {
        id: &operation.id,
        parent_id: operation.parent_id.as_deref(),
        name: operation.name.as_deref(),
        kind: operation.kind(),
        sub_type: operation.sub_type.as_deref(),
        action: "START",
    };
    modelled::member(&model::CHECKPOINT_DURABLE_EXECUTION, "Updates", &[update].as_slice())
        .map_err(|mistake| Mistake::here(mistake.reason))?;
    let OperationStatus::Pending = operation.status else {
        let fits = operation.status.is_final() == operation.ended.is_some();
        return if fits { Ok(()) } else { Err(Mistake::at("EndTimestamp", "what has ended has one, and only that")) };
    };
    match operation.details {
        Details::Step { next_attempt: Some(_), .. } if operation.ended.is_none() => Ok(()),
        _ => Err(Mistake::at("Status", "only a step is PENDING, until its next attempt")),
    }
}

impl EndedText {
    fn of(ended: &Ended) -> Self {
        let Ended { at, how, outcome } = ended;
        Self { at: *at, how: *how, outcome: OutcomeText::of(outcome) }
    }

    fn into_ended(self) -> Result<Ended, Mistake> {
        if matches!(self.how, Happening::Started | Happening::Cancelled) {
            return Err(Mistake::at("Ended.How", "an execution does not end so"));
        }
        Ok(Ended { at: self.at, how: self.how, outcome: self.outcome.into_outcome() })
    }
}

impl OutcomeText {
    fn of(outcome: &Outcome) -> Self {
        let Outcome { result, error } = outcome;
        Self { result: result.as_deref().map(str::to_owned), error: error.as_deref().cloned() }
    }

    fn into_outcome(self) -> Outcome {
        Outcome { result: self.result.map(Arc::from), error: self.error.map(Arc::new) }
    }
}

impl OperationText {
    fn of(operation: &Arc<Operation>) -> Self {
        let Operation { id, parent_id, name, sub_type, started, ended, status, changed_by, details } =
            Operation::clone(operation);
        Self {
            id,
            parent_id,
            name,
            sub_type,
            start_timestamp: started,
            end_timestamp: ended,
            status,
            changed_by,
            details: DetailsText::of(details, status),
        }
    }

    fn into_operation(self) -> Arc<Operation> {
        Arc::new(Operation {
            id: self.id,
            parent_id: self.parent_id,
            name: self.name,
            sub_type: self.sub_type,
            started: self.start_timestamp,
            ended: self.end_timestamp,
            status: self.status,
            changed_by: self.changed_by,
            details: self.details.into_details(),
        })
    }
}

impl DetailsText {
    fn of(details: Details, status: OperationStatus) -> Self {
        match details {
            Details::Context { replay_children, outcome } => {
                Self::Context { replay_children, outcome: OutcomeText::of(&outcome) }
            }
            Details::Step { attempt, next_attempt, outcome } => {
                Self::Step { attempt, next_attempt, outcome: OutcomeText::of(&outcome) }
            }
            Details::Wait { until } => Self::Wait { until },
            Details::Callback { callback_id, timeout_seconds, heartbeat_seconds, last_heartbeat, outcome } => {
                let outcome = OutcomeText::of(&outcome);
                Self::Callback { callback_id, timeout_seconds, heartbeat_seconds, last_heartbeat, outcome }
            }
            Details::ChainedInvoke { call, progress, outcome } => {
                let ChainedCall { function_name, tenant_id, trace_header, input } = Arc::unwrap_or_clone(call);
                // A call that is under way is made again: nobody who reads the text waits for it.
                let is_under_way = matches!(progress, ChainedProgress::Made { execution_arn: None, .. });
                let again = is_under_way && status == OperationStatus::Started;
                let progress = if again { ChainedProgress::ToBeMade } else { progress };
                let (input, outcome) = (input.as_deref().map(str::to_owned), OutcomeText::of(&outcome));
                Self::ChainedInvoke { function_name, tenant_id, trace_header, input, progress, outcome }
            }
        }
    }

    fn into_details(self) -> Details {
        match self {
            Self::Context { replay_children, outcome } => {
                Details::Context { replay_children, outcome: outcome.into_outcome() }
            }
            Self::Step { attempt, next_attempt, outcome } => {
                Details::Step { attempt, next_attempt, outcome: outcome.into_outcome() }
            }
            Self::Wait { until } => Details::Wait { until },
            Self::Callback { callback_id, timeout_seconds, heartbeat_seconds, last_heartbeat, outcome } => {
                let outcome = outcome.into_outcome();
                Details::Callback { callback_id, timeout_seconds, heartbeat_seconds, last_heartbeat, outcome }
            }
            Self::ChainedInvoke { function_name, tenant_id, trace_header, input, progress, outcome } => {
                let call = ChainedCall { function_name, tenant_id, trace_header, input: input.map(Arc::from) };
                Details::ChainedInvoke { call: Arc::new(call), progress, outcome: outcome.into_outcome() }
            }
        }
    }
}

impl EventText {
    fn of(event: &Arc<Event>) -> Self {
        let Event { at, what } = Event::clone(event);
        let what = match what {
            What::Execution(happening) => WhatText::Execution(happening),
            What::Operation(happening, operation) => {
                WhatText::Operation { happening, operation: Box::new(OperationText::of(&operation)) }
            }
            What::Invocation { started, request_id, error } => {
                WhatText::Invocation { started, request_id, error: error.as_deref().cloned() }
            }
            What::Paused { reason, stops_time } => WhatText::Paused { reason, stops_time },
            What::Resumed { reason } => WhatText::Resumed { reason },
        };
        Self { at, what }
    }

    fn into_event(self) -> Arc<Event> {
        let what = match self.what {
            WhatText::Execution(happening) => What::Execution(happening),
            WhatText::Operation { happening, operation } => What::Operation(happening, operation.into_operation()),
            WhatText::Invocation { started, request_id, error } => {
                What::Invocation { started, request_id, error: error.map(Arc::new) }
            }
            WhatText::Paused { reason, stops_time } => What::Paused { reason, stops_time },
            WhatText::Resumed { reason } => What::Resumed { reason },
        };
        Arc::new(Event { at: self.at, what })
    }
}

impl CheckpointText {
    fn of(checkpoint: &Checkpoint) -> Self {
        let Checkpoint { client_token, checkpoint_token, at, next_token, answered } = checkpoint.clone();
        let answered = answered.iter().map(OperationText::of).collect();
        Self { client_token, checkpoint_token, at, next_token, answered }
    }

    fn into_checkpoint(self) -> Arc<Checkpoint> {
        let Self { client_token, checkpoint_token, at, next_token, answered } = self;
        let answered = answered.into_iter().map(OperationText::into_operation).collect();
        Arc::new(Checkpoint { client_token, checkpoint_token, at, next_token, answered })
    }
}
