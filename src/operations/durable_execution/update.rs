//! One update of an operation, as the code of an execution reports it: what it may say, and what it makes of the operation.
//!
//! The one idea to hold: updates are looked at one after another, each against what those before it have made; the first
//! that cannot be lets all of them be undone.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::clock::Timestamp;
use crate::error::UpdateError;
use crate::state::DurableExecution;
use crate::state::durable_execution::due::later;
use crate::state::durable_execution::{
    ChainedCall, ChainedProgress, Details, ErrorObject, Happening, Operation, OperationStatus, OperationType, Outcome,
};

/// The most bytes of what an operation gives or takes, and of an error (documented).
const MOST_BYTES: usize = 1_048_576;
/// The most bytes of what an execution gives to a caller who waits for it (documented).
const MOST_BYTES_WAITED_FOR: usize = 6_291_456;
/// How long a wait is that does not say so, in seconds (rule L).
const DEFAULT_WAIT_SECONDS: u32 = 1;

/// What an update does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Action {
    Start,
    Succeed,
    Fail,
    Retry,
    Cancel,
}

/// One update.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OperationUpdate {
    id: String,
    parent_id: Option<String>,
    name: Option<String>,
    #[serde(rename = "Type")]
    kind: OperationType,
    sub_type: Option<String>,
    action: Action,
    payload: Option<String>,
    error: Option<ErrorObject>,
    context_options: Option<ContextOptions>,
    step_options: Option<StepOptions>,
    wait_options: Option<WaitOptions>,
    callback_options: Option<CallbackOptions>,
    chained_invoke_options: Option<ChainedInvokeOptions>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ContextOptions {
    replay_children: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StepOptions {
    next_attempt_delay_seconds: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WaitOptions {
    wait_seconds: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CallbackOptions {
    timeout_seconds: Option<u32>,
    heartbeat_timeout_seconds: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ChainedInvokeOptions {
    function_name: String,
    tenant_id: Option<String>,
    x_amzn_trace_id: Option<String>,
}

/// What updates have to know of the world around.
pub(super) struct Surroundings<'a> {
    /// When the checkpoint was made.
    pub now: Timestamp,
    /// Why a function cannot be called, if so.
    pub obstacle: &'a dyn Fn(&str) -> Result<Option<ErrorObject>, UpdateError>,
    /// What the answer to a callback of this operation has to name.
    pub callback_id: &'a dyn Fn(&str) -> String,
}

/// Checks what updates say of each other.
///
/// # Errors
/// The first contradiction.
pub(super) fn check_together(execution: &DurableExecution, updates: &[OperationUpdate]) -> Result<(), UpdateError> {
    let is_execution = |update: &&OperationUpdate| update.kind == OperationType::Execution;
    if updates.iter().filter(is_execution).count() > 1 {
        return Err(UpdateError::SeveralExecutions);
    }
    if updates.iter().rev().skip(1).any(|update| is_execution(&update)) {
        return Err(UpdateError::ExecutionNotLast);
    }
    let mut seen = BTreeMap::<&str, &OperationUpdate>::new();
    let mut begun = BTreeMap::<&str, OperationType>::new();
    for update in updates {
        let earlier = seen.insert(&update.id, update);
        if earlier.is_some_and(|earlier| !earlier.may_be_followed_by(update)) {
            return Err(UpdateError::Twice);
        }
        if let Some(parent) = update.parent_id.as_deref() {
            let before = || execution.operation(parent).map(|parent| parent.kind());
            if begun.get(parent).copied().or_else(before) != Some(OperationType::Context) {
                return Err(UpdateError::Parent);
            }
        }
        if update.action == Action::Start {
            begun.insert(&update.id, update.kind);
        }
    }
    Ok(())
}

impl OperationUpdate {
    /// Whether the same checkpoint may also say this of the same operation: that what it begins is over.
    fn may_be_followed_by(&self, other: &Self) -> bool {
        matches!(self.kind, OperationType::Step | OperationType::Context)
            && self.action == Action::Start
            && other.action != Action::Start
    }

    /// Lets it happen.
    ///
    /// # Errors
    /// It cannot.
    pub(super) fn apply(&self, execution: &mut DurableExecution, cx: &Surroundings<'_>) -> Result<(), UpdateError> {
        let current = execution.operation(&self.id).cloned();
        if let Some(current) = &current {
            self.check_same(current)?;
        }
        self.check_sizes(execution)?;
        let current = current.as_deref();
        let (operation, what) = match (self.kind, self.action) {
            (OperationType::Execution, Action::Succeed | Action::Fail) => return self.end(execution, cx.now),
            (OperationType::Context, Action::Start | Action::Succeed | Action::Fail) => {
                self.context(current, cx.now)?
            }
            (OperationType::Step, Action::Start) => self.start_step(current, cx.now)?,
            (OperationType::Step, Action::Succeed | Action::Fail) => self.close_step(current, cx.now)?,
            (OperationType::Step, Action::Retry) => self.retry_step(current, cx.now)?,
            (OperationType::Wait, Action::Start) => self.start_wait(current, cx.now)?,
            (OperationType::Wait, Action::Cancel) => {
                let waits = current.filter(|wait| wait.status == OperationStatus::Started);
                let wait = waits.ok_or(UpdateError::NotCancellable)?;
                (wait.ended_as(OperationStatus::Cancelled, cx.now), Happening::Cancelled)
            }
            (OperationType::Callback, Action::Start) => self.start_callback(current, cx)?,
            (OperationType::ChainedInvoke, Action::Start) => return self.start_call(current, execution, cx),
            _ => return Err(UpdateError::Action),
        };
        execution.put(operation, cx.now, Some(what));
        Ok(())
    }

    fn check_same(&self, current: &Operation) -> Result<(), UpdateError> {
        let differs = |said: &Option<String>, is: &Option<String>| said.is_some() && said != is;
        if self.kind != current.kind() {
            Err(UpdateError::OtherType)
        } else if differs(&self.sub_type, &current.sub_type) {
            Err(UpdateError::OtherSubType)
        } else if differs(&self.name, &current.name) {
            Err(UpdateError::OtherName)
        } else if differs(&self.parent_id, &current.parent_id) {
            Err(UpdateError::OtherParent)
        } else {
            Ok(())
        }
    }

    fn check_sizes(&self, execution: &DurableExecution) -> Result<(), UpdateError> {
        self.error.as_ref().map_or(Ok(()), check_error)?;
        let payload = self.payload.as_deref().unwrap_or_default();
        match self.kind {
            OperationType::Execution => check_result(execution, payload),
            _ if payload.len() <= MOST_BYTES => Ok(()),
            kind => {
                let of = if kind == OperationType::ChainedInvoke { "input" } else { "output" };
                Err(UpdateError::PayloadTooLarge { what: format!("{} {of}", kind.name()), limit_bytes: MOST_BYTES })
            }
        }
    }

    /// What came of it; a result and an error each have their actions.
    fn outcome(&self) -> Result<Outcome, UpdateError> {
        match self.action {
            Action::Fail if self.payload.is_some() => Err(UpdateError::PayloadOfFailure),
            Action::Succeed if self.error.is_some() => Err(UpdateError::ErrorOfSuccess),
            _ => {
                Ok(Outcome { result: self.payload.as_deref().map(Arc::from), error: self.error.clone().map(Arc::new) })
            }
        }
    }

    /// The operation as it begins, or begins again.
    fn begun(&self, current: Option<&Operation>, now: Timestamp, details: Details) -> Operation {
        Operation {
            id: self.id.clone(),
            parent_id: self.parent_id.clone().or_else(|| current.and_then(|it| it.parent_id.clone())),
            name: self.name.clone().or_else(|| current.and_then(|it| it.name.clone())),
            sub_type: self.sub_type.clone().or_else(|| current.and_then(|it| it.sub_type.clone())),
            started: current.map_or(now, |it| it.started),
            ended: None,
            status: OperationStatus::Started,
            changed_by: 0,
            details,
        }
    }

    /// The operation as it ends.
    fn closed(&self, current: Option<&Operation>, now: Timestamp, details: Details) -> (Operation, Happening) {
        let (status, what) = match self.action {
            Action::Fail => (OperationStatus::Failed, Happening::Failed),
            _ => (OperationStatus::Succeeded, Happening::Succeeded),
        };
        (self.begun(current, now, details).ended_as(status, now), what)
    }

    fn end(&self, execution: &mut DurableExecution, now: Timestamp) -> Result<(), UpdateError> {
        let how = if self.action == Action::Fail { Happening::Failed } else { Happening::Succeeded };
        execution.end(now, how, self.outcome()?);
        Ok(())
    }

    fn context(&self, current: Option<&Operation>, now: Timestamp) -> Result<(Operation, Happening), UpdateError> {
        let kind = OperationType::Context.name();
        if self.action == Action::Start {
            if current.is_some() {
                return Err(UpdateError::Exists { kind });
            }
            let details = Details::Context { replay_children: false, outcome: Outcome::default() };
            return Ok((self.begun(None, now, details), Happening::Started));
        }
        if current.is_some_and(|context| context.status != OperationStatus::Started) {
            return Err(UpdateError::NotClosable { kind });
        }
        let replay_children = self.context_options.as_ref().and_then(|options| options.replay_children);
        let details =
            Details::Context { replay_children: replay_children.unwrap_or_default(), outcome: self.outcome()? };
        Ok(self.closed(current, now, details))
    }

    fn start_step(&self, current: Option<&Operation>, now: Timestamp) -> Result<(Operation, Happening), UpdateError> {
        if current.is_some_and(|step| step.status != OperationStatus::Ready) {
            return Err(UpdateError::StepNotStartable);
        }
        let details = Details::Step { attempt: attempts(current), next_attempt: None, outcome: Outcome::default() };
        Ok((self.begun(current, now, details), Happening::Started))
    }

    fn close_step(&self, current: Option<&Operation>, now: Timestamp) -> Result<(Operation, Happening), UpdateError> {
        if !current.is_none_or(is_under_way) {
            return Err(UpdateError::NotClosable { kind: OperationType::Step.name() });
        }
        let attempt = attempts(current).saturating_add(1);
        let details = Details::Step { attempt, next_attempt: None, outcome: self.outcome()? };
        Ok(self.closed(current, now, details))
    }

    fn retry_step(&self, current: Option<&Operation>, now: Timestamp) -> Result<(Operation, Happening), UpdateError> {
        if !current.is_none_or(is_under_way) {
            return Err(UpdateError::StepNotRepeatable);
        }
        let options = self.step_options.as_ref().ok_or(UpdateError::StepOptions)?;
        if self.error.is_some() && self.payload.is_some() {
            return Err(UpdateError::RetryWithBoth);
        }
        let next_attempt = later(now, options.next_attempt_delay_seconds.unwrap_or_default());
        let details = Details::Step {
            attempt: attempts(current).saturating_add(1),
            next_attempt: Some(next_attempt),
            outcome: self.outcome()?,
        };
        let what = if self.error.is_some() { Happening::Failed } else { Happening::Succeeded };
        Ok((Operation { status: OperationStatus::Pending, ..self.begun(current, now, details) }, what))
    }

    fn start_wait(&self, current: Option<&Operation>, now: Timestamp) -> Result<(Operation, Happening), UpdateError> {
        if current.is_some() {
            return Err(UpdateError::Exists { kind: OperationType::Wait.name() });
        }
        let seconds = self.wait_options.as_ref().and_then(|options| options.wait_seconds);
        let details = Details::Wait { until: later(now, seconds.unwrap_or(DEFAULT_WAIT_SECONDS)) };
        Ok((self.begun(None, now, details), Happening::Started))
    }

    fn start_callback(
        &self,
        current: Option<&Operation>,
        cx: &Surroundings<'_>,
    ) -> Result<(Operation, Happening), UpdateError> {
        if current.is_some() {
            return Err(UpdateError::Exists { kind: OperationType::Callback.name() });
        }
        // 0 is "never" (documented).
        let options = self.callback_options.as_ref();
        let seconds = |of: fn(&CallbackOptions) -> Option<u32>| options.and_then(of).filter(|seconds| *seconds > 0);
        let details = Details::Callback {
            callback_id: (cx.callback_id)(&self.id),
            timeout_seconds: seconds(|options| options.timeout_seconds),
            heartbeat_seconds: seconds(|options| options.heartbeat_timeout_seconds),
            last_heartbeat: cx.now,
            outcome: Outcome::default(),
        };
        Ok((self.begun(None, cx.now, details), Happening::Started))
    }

    /// A function that cannot be called has failed at once, and nothing of what it would have been given is kept.
    fn start_call(
        &self,
        current: Option<&Operation>,
        execution: &mut DurableExecution,
        cx: &Surroundings<'_>,
    ) -> Result<(), UpdateError> {
        if current.is_some() {
            return Err(UpdateError::ChainedInvokeExists);
        }
        let options = self.chained_invoke_options.as_ref().ok_or(UpdateError::ChainedInvokeOptions)?;
        let obstacle = (cx.obstacle)(&options.function_name)?;
        let call = ChainedCall {
            function_name: options.function_name.clone(),
            tenant_id: options.tenant_id.clone(),
            trace_header: options.x_amzn_trace_id.clone(),
            input: self.payload.as_deref().filter(|_| obstacle.is_none()).map(Arc::from),
        };
        let details = Details::ChainedInvoke {
            call: Arc::new(call),
            progress: ChainedProgress::ToBeMade,
            outcome: Outcome::default(),
        };
        let begun = self.begun(None, cx.now, details);
        execution.put(begun.clone(), cx.now, Some(Happening::Started));
        if let Some(error) = obstacle {
            let failed = begun.ended_as(OperationStatus::Failed, cx.now).with_outcome(Outcome::error(error));
            execution.put(failed, cx.now, Some(Happening::Failed));
        }
        Ok(())
    }
}

/// Checks the size of what an execution gives.
///
/// # Errors
/// It is too large for its caller.
pub(super) fn check_result(execution: &DurableExecution, result: &str) -> Result<(), UpdateError> {
    let is_waited_for = execution.is_waited_for && execution.parent.is_none();
    let limit_bytes = if is_waited_for { MOST_BYTES_WAITED_FOR } else { MOST_BYTES };
    if result.len() <= limit_bytes {
        return Ok(());
    }
    Err(UpdateError::PayloadTooLarge { what: "Execution output".to_owned(), limit_bytes })
}

/// Checks the size of an error.
///
/// # Errors
/// It is too large.
pub(super) fn check_error(error: &ErrorObject) -> Result<(), UpdateError> {
    if error.bytes() > MOST_BYTES { Err(UpdateError::ErrorTooLarge { limit_bytes: MOST_BYTES }) } else { Ok(()) }
}

fn attempts(step: Option<&Operation>) -> u32 {
    match step.map(|step| &step.details) {
        Some(Details::Step { attempt, .. }) => *attempt,
        _ => 0,
    }
}

fn is_under_way(step: &Operation) -> bool {
    matches!(step.status, OperationStatus::Started | OperationStatus::Ready)
}
