//! Durable executions: code that runs again and again until it has come to its end, and remembers what it did.
//!
//! The one idea to hold: an execution is a record like any other. What its code did is its operations; what time does to
//! them ([`due`]) is computed by whoever looks; when its code runs next is a moment in the record ([`Progress`]), and
//! running it is somebody else's.

pub mod due;
pub mod event;
pub mod operation;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use event::{Event, Happening, What};
pub use operation::{
    ChainedCall, ChainedProgress, Details, ErrorObject, Operation, OperationStatus, OperationType, Outcome,
};

use super::lifecycle::Transition;
use super::settings::DurableConfig;
use crate::arn::{FunctionRef, Scope};
use crate::clock::Timestamp;

/// How long an execution lasts at most, in seconds: 366 days (documented).
pub const MOST_SECONDS: u32 = 31_622_400;
/// How many days an execution is kept after its end if nobody says so (rule L).
pub const DEFAULT_RETENTION_DAYS: u32 = 14;

/// One execution of a durable function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DurableExecution {
    /// The last part of its ARN, and the id of its operation of type EXECUTION.
    pub id: String,
    /// Its name, which the caller gave it, or we.
    pub name: String,
    /// The function.
    pub function_name: String,
    /// The version that runs from beginning to end.
    pub version: String,
    /// What the caller gave it, as text; empty for nothing.
    pub input: Arc<str>,
    /// The function's configuration of durable executions when it began.
    pub config: DurableConfig,
    /// The trace header that it began with.
    pub trace_header: Option<String>,
    /// Whom it is for, if the function isolates tenants.
    pub tenant_id: Option<String>,
    /// The call of another execution that it is.
    pub parent: Option<Parent>,
    /// Whether its caller waits for its end.
    pub is_waited_for: bool,
    /// When it began.
    pub started: Timestamp,
    /// How it ended, once it has.
    pub ended: Option<Arc<Ended>>,
    /// What its code did, in the order in which that began.
    pub operations: Vec<Arc<Operation>>,
    /// What happened, in order.
    pub events: Vec<Arc<Event>>,
    /// How far its code has come.
    pub progress: Progress,
    /// The last checkpoint, which its code may ask for again.
    pub last_checkpoint: Option<Arc<Checkpoint>>,
    /// That it shall not go on.
    pub pause: Option<Pause>,
    /// How long its time has stood, in milliseconds.
    pub stood_millis: i64,
    /// The last request to pause or resume, which its caller may make again.
    pub last_request: Option<LastRequest>,
    /// That it is being deleted.
    pub deletion: Option<Transition>,
}

/// The operation of another execution that an execution is the call of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Parent {
    /// That execution.
    pub durable_execution_arn: String,
    /// Its operation.
    pub operation_id: String,
}

/// How an execution ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// How: any happening but that it began, or was cancelled.
    pub how: Happening,
    /// What it gave.
    pub outcome: Outcome,
}

/// How far the code of an execution has come, and what it has been told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Progress {
    /// How many changes its operations have seen.
    pub changes: u64,
    /// How many of them its code has been told of.
    pub told: u64,
    /// How often its code was begun to run.
    pub runs: u64,
    /// How many checkpoints it has made.
    pub checkpoints: u64,
    /// Since when its code runs.
    pub running_since: Option<Timestamp>,
    /// When its code runs next, as far as that is known.
    pub next_run: Option<Timestamp>,
    /// How many runs in a row have failed.
    pub failures: u32,
}

/// A checkpoint, as it was asked for and answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The caller's token for asking again.
    pub client_token: String,
    /// The checkpoint token that it consumed.
    pub checkpoint_token: String,
    /// When.
    pub at: Timestamp,
    /// The checkpoint token that it was answered with; none if there may be no further checkpoint.
    pub next_token: Option<String>,
    /// The operations that it was answered with.
    pub answered: Vec<Arc<Operation>>,
}

/// That an execution shall not go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Pause {
    /// When that was asked for.
    pub since: Timestamp,
    /// Why.
    pub reason: Option<String>,
    /// Whether its time stands meanwhile.
    pub stops_time: bool,
}

/// A request to pause or resume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct LastRequest {
    /// The caller's token for asking again.
    pub client_token: String,
    /// When.
    pub at: Timestamp,
    /// Whether it was to resume.
    pub resumes: bool,
}

impl Parent {
    /// The name of that execution's key.
    #[must_use]
    pub fn key_name(&self) -> String {
        named(&self.durable_execution_arn).map_or_else(String::new, |(function, name)| key_name(&function.name, &name))
    }
}

impl DurableExecution {
    /// The name of its key.
    #[must_use]
    pub fn key_name(&self) -> String {
        key_name(&self.function_name, &self.name)
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self, scope: &Scope) -> String {
        let Self { function_name, version, name, id, .. } = self;
        let function = scope.qualified_arn(function_name, version);
        format!("{function}/durable-execution/{name}/{id}")
    }

    /// Its operation of this id.
    #[must_use]
    pub fn operation(&self, id: &str) -> Option<&Arc<Operation>> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// How long it may last, in seconds.
    #[must_use]
    pub fn timeout_seconds(&self) -> u32 {
        self.config.execution_timeout.unwrap_or(MOST_SECONDS)
    }

    /// Whether its code runs.
    #[must_use]
    pub fn is_running_code(&self) -> bool {
        self.progress.running_since.is_some()
    }

    /// Lets code that runs be somebody else's: here it runs again.
    pub fn leave_running(&mut self) {
        self.progress.next_run = self.progress.running_since.take().or(self.progress.next_run);
    }

    /// What the code that runs has not been told of.
    pub fn untold(&self) -> impl Iterator<Item = &Arc<Operation>> {
        self.operations.iter().filter(|operation| operation.changed_by > self.progress.told)
    }

    /// Lets an operation take the place of its predecessor, or stand behind all others; and notes what happened to it.
    pub fn put(&mut self, mut operation: Operation, at: Timestamp, what: Option<Happening>) {
        self.progress.changes += 1;
        operation.changed_by = self.progress.changes;
        let operation = self.replace(operation);
        if let Some(happening) = what {
            self.note(at, What::Operation(happening, operation));
        }
    }

    /// The same where nobody is to be told.
    pub fn replace(&mut self, operation: Operation) -> Arc<Operation> {
        let operation = Arc::new(operation);
        match self.operations.iter_mut().find(|it| it.id == operation.id) {
            Some(place) => *place = Arc::clone(&operation),
            None => self.operations.push(Arc::clone(&operation)),
        }
        operation
    }

    /// Ends an operation by something other than its own code, which has to be told.
    pub fn complete(&mut self, operation: Operation, at: Timestamp, how: Happening) {
        self.put(operation, at, Some(how));
        self.wake(at);
    }

    /// Lets its code run at this moment, if it does not run, nor sooner.
    pub fn wake(&mut self, at: Timestamp) {
        if !self.is_running_code() {
            self.progress.next_run = Some(self.progress.next_run.map_or(at, |next| next.min(at)));
        }
    }

    /// Notes an event.
    pub fn note(&mut self, at: Timestamp, what: What) {
        self.events.push(Arc::new(Event { at, what }));
    }

    /// Ends it.
    pub fn end(&mut self, at: Timestamp, how: Happening, outcome: Outcome) {
        self.ended = Some(Arc::new(Ended { at, how, outcome }));
        self.progress.next_run = None;
        self.pause = None;
        self.note(at, What::Execution(how));
    }
}

/// The name of the key of an execution: a function has one of each name at a time.
#[must_use]
pub fn key_name(function_name: &str, execution_name: &str) -> String {
    format!("{function_name}/{execution_name}")
}

/// The function, with the version, and the name of the execution that an ARN names.
#[must_use]
pub fn named(arn: &str) -> Option<(FunctionRef, String)> {
    let mut parts = arn.split('/');
    let function = parts.next().and_then(FunctionRef::parse)?;
    Some((function, parts.nth(1)?.to_owned()))
}
