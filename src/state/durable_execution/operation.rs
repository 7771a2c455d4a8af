//! One operation of a durable execution: a step, a wait, a callback, a call of another function, or a context of those.
//!
//! The one idea to hold: what an operation has beside its id and its times depends on its type, so it is one [`Details`];
//! an operation is never changed, its successor takes its place.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// The types of operations that an execution has; the execution itself is one more to those who ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub enum OperationType {
    Execution,
    Context,
    Step,
    Wait,
    Callback,
    ChainedInvoke,
}

/// What has become of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OperationStatus {
    /// It has begun.
    Started,
    /// A step whose next attempt has a time.
    Pending,
    /// A step whose next attempt may begin.
    Ready,
    /// It has a result.
    Succeeded,
    /// It has an error.
    Failed,
    /// A wait that nobody waits for any more.
    Cancelled,
    /// Its time ran out.
    TimedOut,
    /// What it waited for was stopped.
    Stopped,
}

/// AWS's form of an error that code reports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an error with ErrorMessage and ErrorType")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct ErrorObject {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_data: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack_trace: Option<Vec<String>>,
}

/// What came of something: a result, an error, neither yet; of a step that is to be tried again, the last attempt's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What it gave, as the code wrote it.
    pub result: Option<Arc<str>>,
    /// Why it gave nothing.
    pub error: Option<Arc<ErrorObject>>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its id, which the code chose.
    pub id: String,
    /// The context it belongs to; the execution itself, without.
    pub parent_id: Option<String>,
    /// Its name, where the code gave one.
    pub name: Option<String>,
    /// What the code says it is for.
    pub sub_type: Option<String>,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// What has become of it.
    pub status: OperationStatus,
    /// The number of the execution's change that made it what it is.
    pub changed_by: u64,
    /// What operations of its type have.
    pub details: Details,
}

/// What operations of one type have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Details {
    /// Operations that belong together.
    Context {
        /// Whether its operations are told to the code that runs again, although it has ended.
        replay_children: bool,
        /// What it gave.
        outcome: Outcome,
    },
    /// Code that runs once, or until it succeeds.
    Step {
        /// How many attempts have ended.
        attempt: u32,
        /// When the next attempt begins.
        next_attempt: Option<Timestamp>,
        /// What the last attempt gave.
        outcome: Outcome,
    },
    /// Time that passes.
    Wait {
        /// When it ends.
        until: Timestamp,
    },
    /// An answer from elsewhere.
    Callback {
        /// What the answer has to name.
        callback_id: String,
        /// After how many seconds it is no longer waited for; never, without.
        timeout_seconds: Option<u32>,
        /// The same, after the last sign of life.
        heartbeat_seconds: Option<u32>,
        /// When there was the last sign of life.
        last_heartbeat: Timestamp,
        /// The answer.
        outcome: Outcome,
    },
    /// A call of another function.
    ChainedInvoke {
        /// Which function.
        call: Arc<ChainedCall>,
        /// How far the call has come.
        progress: ChainedProgress,
        /// What it gave.
        outcome: Outcome,
    },
}

/// A call of another function that an execution asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainedCall {
    /// The function's name or ARN.
    pub function_name: String,
    /// Whom the call is for.
    pub tenant_id: Option<String>,
    /// The call's trace header; the execution's own, without.
    pub trace_header: Option<String>,
    /// What the function is given; none if it could not be called.
    pub input: Option<Arc<str>>,
}

/// How far a call of another function has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChainedProgress {
    /// Nobody has made it yet, or nobody could.
    ToBeMade,
    /// It was made.
    Made {
        /// The version that runs.
        version: Option<String>,
        /// The execution that it began, if that function is a durable one.
        execution_arn: Option<String>,
    },
}

impl OperationType {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Execution => "EXECUTION",
            Self::Context => "CONTEXT",
            Self::Step => "STEP",
            Self::Wait => "WAIT",
            Self::Callback => "CALLBACK",
            Self::ChainedInvoke => "CHAINED_INVOKE",
        }
    }

    /// What the types of its events begin with.
    #[must_use]
    pub fn event_prefix(self) -> &'static str {
        match self {
            Self::Execution => "Execution",
            Self::Context => "Context",
            Self::Step => "Step",
            Self::Wait => "Wait",
            Self::Callback => "Callback",
            Self::ChainedInvoke => "ChainedInvoke",
        }
    }
}

impl OperationStatus {
    /// Whether nothing more comes.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Started | Self::Pending | Self::Ready)
    }
}

impl ErrorObject {
    /// An error with a message alone.
    #[must_use]
    pub fn message(text: impl Into<String>) -> Self {
        Self { error_message: Some(text.into()), ..Self::default() }
    }

    /// An error with a message and a type.
    #[must_use]
    pub fn typed(error_type: &str, text: impl Into<String>) -> Self {
        Self { error_type: Some(error_type.to_owned()), ..Self::message(text) }
    }

    /// Bytes of all its texts.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let Self { error_message, error_type, error_data, stack_trace } = self;
        let texts = [error_message, error_type, error_data].into_iter().flatten();
        texts.chain(stack_trace.iter().flatten()).map(String::len).sum()
    }
}

impl Outcome {
    /// A result.
    #[must_use]
    pub fn result(result: Option<Arc<str>>) -> Self {
        Self { result, error: None }
    }

    /// An error.
    #[must_use]
    pub fn error(error: ErrorObject) -> Self {
        Self { result: None, error: Some(Arc::new(error)) }
    }

    /// Bytes of its texts.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.result.as_ref().map_or(0, |result| result.len()) + self.error.as_ref().map_or(0, |error| error.bytes())
    }
}

impl Operation {
    /// Its type.
    #[must_use]
    pub fn kind(&self) -> OperationType {
        match self.details {
            Details::Context { .. } => OperationType::Context,
            Details::Step { .. } => OperationType::Step,
            Details::Wait { .. } => OperationType::Wait,
            Details::Callback { .. } => OperationType::Callback,
            Details::ChainedInvoke { .. } => OperationType::ChainedInvoke,
        }
    }

    /// What came of it, where operations of its type have that.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        match &self.details {
            Details::Context { outcome, .. }
            | Details::Step { outcome, .. }
            | Details::Callback { outcome, .. }
            | Details::ChainedInvoke { outcome, .. } => Some(outcome),
            Details::Wait { .. } => None,
        }
    }

    /// The same with another outcome, where operations of its type have one.
    #[must_use]
    pub fn with_outcome(mut self, new: Outcome) -> Self {
        match &mut self.details {
            Details::Context { outcome, .. }
            | Details::Step { outcome, .. }
            | Details::Callback { outcome, .. }
            | Details::ChainedInvoke { outcome, .. } => *outcome = new,
            Details::Wait { .. } => {}
        }
        self
    }

    /// The same, ended.
    #[must_use]
    pub fn ended_as(&self, status: OperationStatus, at: Timestamp) -> Self {
        Self { status, ended: Some(at), ..self.clone() }
    }

    /// Whether the execution may go on because of it without being told anything by its own code.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        match self.details {
            Details::Step { .. } => matches!(self.status, OperationStatus::Pending | OperationStatus::Ready),
            Details::Wait { .. } | Details::Callback { .. } | Details::ChainedInvoke { .. } => {
                self.status == OperationStatus::Started
            }
            Details::Context { .. } => false,
        }
    }

    /// Whether its children need not be told once it has ended.
    #[must_use]
    pub fn hides_children(&self) -> bool {
        self.status.is_final() && matches!(self.details, Details::Context { replay_children: false, .. })
    }
}
