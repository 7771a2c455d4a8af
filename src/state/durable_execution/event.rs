//! What happened in a durable execution, in order.
//!
//! The one idea to hold: an event holds the operation as it was then, which costs a pointer; what the history says of it is
//! read from that.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::operation::{ErrorObject, Operation};
use crate::clock::Timestamp;

/// One event. Its number is its place in the history, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Something with the execution itself: it began, or it ended.
    Execution(Happening),
    /// Something with an operation, which is as it was right after it.
    Operation(Happening, Arc<Operation>),
    /// The function has run.
    Invocation {
        /// When it began.
        started: Timestamp,
        /// The request id of the call.
        request_id: String,
        /// Why it gave no answer.
        error: Option<Arc<ErrorObject>>,
    },
    /// It shall not go on.
    Paused {
        /// Why.
        reason: Option<String>,
        /// Whether its time stands.
        stops_time: bool,
    },
    /// It shall go on.
    Resumed {
        /// Why.
        reason: Option<String>,
    },
}

/// What happens to operations, and to executions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are AWS's")]
pub enum Happening {
    Started,
    Succeeded,
    Failed,
    Cancelled,
    TimedOut,
    Stopped,
}

impl Happening {
    /// What the types of its events end with.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Started => "Started",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
            Self::TimedOut => "TimedOut",
            Self::Stopped => "Stopped",
        }
    }
}
