//! What becomes of asynchronous calls: how often and how long they are tried, and who is told.

use crate::clock::Timestamp;

/// The configuration of a function, a version or an alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventInvokeConfig {
    /// How often a call that failed is tried again, 0 to 2.
    pub maximum_retry_attempts: Option<u32>,
    /// For how many seconds, 60 to 21,600.
    pub maximum_event_age_in_seconds: Option<u32>,
    /// The ARN of who is told of a success.
    pub on_success: Option<String>,
    /// The ARN of who is told of a failure.
    pub on_failure: Option<String>,
    /// When it was last changed.
    pub last_modified: Timestamp,
}
