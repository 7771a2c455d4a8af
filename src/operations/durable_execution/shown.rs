//! What is told of operations, to callers and to the code that runs again.
//!
//! The one idea to hold: both are told the same; moments become what each of the two ways writes.

use std::sync::Arc;

use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::state::DurableExecution;
use crate::state::durable_execution::{Details, ErrorObject, Operation, OperationStatus, OperationType, Outcome};

/// What one operation counts for beside its texts, when a page is measured, in bytes.
const FRAME_BYTES: usize = 256;

/// One operation, or the execution itself as the first of them.
#[derive(Debug, Clone)]
pub(super) enum Shown {
    /// The execution.
    Execution(Arc<DurableExecution>),
    /// One of its operations.
    Operation(Arc<Operation>),
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct View<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(rename = "Type")]
    kind: OperationType,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_type: Option<&'a str>,
    start_timestamp: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_timestamp: Option<Timestamp>,
    status: OperationStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_details: Option<ExecutionDetails<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_details: Option<ContextDetails<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step_details: Option<StepDetails<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wait_details: Option<WaitDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_details: Option<CallbackDetails<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chained_invoke_details: Option<ChainedInvokeDetails<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ExecutionDetails<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    input_payload: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ContextDetails<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    replay_children: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a ErrorObject>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StepDetails<'a> {
    attempt: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_timestamp: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a ErrorObject>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct WaitDetails {
    scheduled_end_timestamp: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CallbackDetails<'a> {
    callback_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a ErrorObject>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ChainedInvokeDetails<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a ErrorObject>,
}

impl Shown {
    /// What is told of all operations of an execution: those of a context that has ended only where it says so.
    pub(super) fn all(execution: &Arc<DurableExecution>) -> Vec<Self> {
        let told = execution.operations.iter().filter(|operation| is_told(execution, operation));
        let first = [Self::Execution(Arc::clone(execution))];
        first.into_iter().chain(told.map(|operation| Self::Operation(Arc::clone(operation)))).collect()
    }

    /// About how long it is, in bytes.
    pub(super) fn bytes(&self) -> usize {
        FRAME_BYTES
            + match self {
                Self::Execution(execution) => execution.input.len(),
                Self::Operation(operation) => operation.outcome().map_or(0, Outcome::bytes),
            }
    }

    fn view(&self) -> View<'_> {
        match self {
            Self::Execution(execution) => View {
                id: &execution.id,
                parent_id: None,
                name: Some(&execution.name),
                kind: OperationType::Execution,
                sub_type: None,
                start_timestamp: execution.started,
                end_timestamp: execution.ended.as_ref().map(|ended| ended.at),
                status: super::status_of_operation(execution),
                execution_details: Some(ExecutionDetails { input_payload: super::text(&execution.input) }),
                context_details: None,
                step_details: None,
                wait_details: None,
                callback_details: None,
                chained_invoke_details: None,
            },
            Self::Operation(operation) => view(operation),
        }
    }
}

/// Whether the code that runs again is told of an operation.
fn is_told(execution: &DurableExecution, operation: &Operation) -> bool {
    let mut parent = operation.parent_id.as_deref();
    // A parent stands before its children, so this ends.
    while let Some(context) = parent.and_then(|id| execution.operation(id)) {
        if context.hides_children() {
            return false;
        }
        parent = context.parent_id.as_deref();
    }
    true
}

fn view(operation: &Operation) -> View<'_> {
    let outcome = operation.outcome();
    let result = outcome.and_then(|outcome| outcome.result.as_deref());
    let error = outcome.and_then(|outcome| outcome.error.as_deref());
    let mut view = View {
        id: &operation.id,
        parent_id: operation.parent_id.as_deref(),
        name: operation.name.as_deref(),
        kind: operation.kind(),
        sub_type: operation.sub_type.as_deref(),
        start_timestamp: operation.started,
        end_timestamp: operation.ended,
        status: operation.status,
        execution_details: None,
        context_details: None,
        step_details: None,
        wait_details: None,
        callback_details: None,
        chained_invoke_details: None,
    };
    match &operation.details {
        Details::Context { replay_children, .. } => {
            view.context_details =
                Some(ContextDetails { replay_children: replay_children.then_some(true), result, error });
        }
        Details::Step { attempt, next_attempt, .. } => {
            view.step_details =
                Some(StepDetails { attempt: *attempt, next_attempt_timestamp: *next_attempt, result, error });
        }
        Details::Wait { until } => view.wait_details = Some(WaitDetails { scheduled_end_timestamp: *until }),
        Details::Callback { callback_id, .. } => {
            view.callback_details = Some(CallbackDetails { callback_id, result, error });
        }
        Details::ChainedInvoke { .. } => view.chained_invoke_details = Some(ChainedInvokeDetails { result, error }),
    }
    view
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.view().serialize(serializer)
    }
}

/// Which part of a list is asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Part {
    /// The first entry.
    pub from: usize,
    /// The most entries.
    pub most: usize,
}

/// The most entries of a page (documented).
const MOST: usize = 1000;
/// How many entries a page has if nobody says so (documented).
const DEFAULT: usize = 100;

impl Part {
    /// The part that `MaxItems` asks for, from an entry on. None is the default, and so is 0 (documented).
    pub(super) fn new(from: usize, max_items: Option<u32>) -> Self {
        let most = max_items.and_then(|items| usize::try_from(items).ok()).filter(|items| *items > 0);
        Self { from, most: most.unwrap_or(DEFAULT).min(MOST) }
    }

    /// Cuts the part out of a list; and where the next part begins, if there is one.
    pub(super) fn cut<T>(&self, entries: impl Iterator<Item = T>) -> (Vec<T>, Option<usize>) {
        let mut entries = entries.skip(self.from);
        let part: Vec<T> = entries.by_ref().take(self.most).collect();
        let next = entries.next().map(|_| self.from + part.len());
        (part, next)
    }
}
