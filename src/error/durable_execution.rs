//! What durable executions refuse with (texts L).

/// A refusal of durable executions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the values in the text above them")]
pub enum DurableExecutionError {
    /// No such execution.
    #[error("Durable execution not found: {arn}")]
    NotFound { arn: String },
    /// Nothing waits for this callback.
    #[error("Callback not found: {id}")]
    CallbackNotFound { id: String },
    /// A checkpoint of what does not run.
    #[error("Invalid checkpoint token for durable execution: {arn}")]
    InvalidCheckpointToken { arn: String },
}

impl DurableExecutionError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } | Self::CallbackNotFound { .. } => "ResourceNotFoundException",
            Self::InvalidCheckpointToken { .. } => "InvalidParameterValueException",
        }
    }
}
