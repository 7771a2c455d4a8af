//! What durable executions refuse with. Texts are those of AWS's local test runner where it has one, and else ours (L).

/// A refusal of durable executions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the values in the text above them")]
pub enum DurableExecutionError {
    /// No such execution.
    #[error("Durable Execution does not exist")]
    NotFound,
    /// Nothing waits for this callback.
    #[error("Callback not found: {id}")]
    CallbackNotFound { id: String },
    /// A callback that came too late.
    #[error("Callback has timed out: {id}")]
    CallbackTimedOut { id: String },
    /// A token that is not the newest one of an execution whose code runs; clients know it by this text.
    #[error("Invalid checkpoint token")]
    InvalidCheckpointToken,
    /// A checkpoint that says what cannot be.
    #[error(transparent)]
    Update(#[from] UpdateError),
    /// A marker of something else.
    #[error("Invalid marker")]
    InvalidMarker,
    /// The name belongs to another execution (text L).
    #[error("Durable execution {name} has already been started with a different payload")]
    AlreadyStarted { name: String },
    /// A durable function is called as a version or an alias.
    #[error("You cannot invoke a durable function using an unqualified ARN.")]
    Unqualified,
    /// Nobody waits so long.
    #[error("You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes.")]
    TooLongToWait,
    /// A name for a call that begins no execution (text L).
    #[error("DurableExecutionName is only supported for durable functions.")]
    NotDurable,
    /// What can be done with an execution in another state (text L).
    #[error("Durable execution {arn} is in the state {status} and cannot be {done}.")]
    WrongState { arn: String, status: &'static str, done: &'static str },
}

/// What an update of an operation cannot say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the values in the text above them")]
pub enum UpdateError {
    #[error("Cannot checkpoint multiple EXECUTION updates.")]
    SeveralExecutions,
    #[error("EXECUTION checkpoint must be the last update.")]
    ExecutionNotLast,
    #[error("Cannot checkpoint multiple operations with the same ID.")]
    Twice,
    #[error("Invalid parent operation id.")]
    Parent,
    #[error("Inconsistent operation type.")]
    OtherType,
    #[error("Inconsistent operation subtype.")]
    OtherSubType,
    #[error("Inconsistent operation name.")]
    OtherName,
    #[error("Inconsistent parent operation id.")]
    OtherParent,
    #[error("Invalid action for the given operation type.")]
    Action,
    #[error("Cannot start a {kind} that already exist.")]
    Exists { kind: &'static str },
    #[error("Cannot start a CHAINED_INVOKE operation that already exists.")]
    ChainedInvokeExists,
    #[error("Invalid current STEP state to start.")]
    StepNotStartable,
    #[error("Invalid current {kind} state to close.")]
    NotClosable { kind: &'static str },
    #[error("Invalid current STEP state to re-attempt.")]
    StepNotRepeatable,
    #[error("Invalid StepOptions for the given action.")]
    StepOptions,
    #[error("Cannot provide both error and payload to RETRY a STEP.")]
    RetryWithBoth,
    #[error("Cannot provide a Payload for FAIL action.")]
    PayloadOfFailure,
    #[error("Cannot provide an Error for SUCCEED action.")]
    ErrorOfSuccess,
    #[error("Cannot cancel a WAIT that does not exist or has already completed.")]
    NotCancellable,
    #[error("Update for CHAINED_INVOKE operation requires ChainedInvokeOptions.")]
    ChainedInvokeOptions,
    #[error("Cannot start a CHAINED_INVOKE on a function in another account.")]
    OtherAccount,
    #[error("Cannot start a CHAINED_INVOKE on a function in another region.")]
    OtherRegion,
    #[error("{what} payload size must be less than or equal to {limit_bytes} bytes.")]
    PayloadTooLarge { what: String, limit_bytes: usize },
    #[error("Error object size must be less than {limit_bytes} bytes.")]
    ErrorTooLarge { limit_bytes: usize },
}

impl DurableExecutionError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NotFound | Self::CallbackNotFound { .. } => "ResourceNotFoundException",
            Self::CallbackTimedOut { .. } => "CallbackTimeoutException",
            Self::AlreadyStarted { .. } => "DurableExecutionAlreadyStartedException",
            Self::WrongState { .. } => "ResourceConflictException",
            Self::InvalidCheckpointToken
            | Self::Update(_)
            | Self::InvalidMarker
            | Self::Unqualified
            | Self::TooLongToWait
            | Self::NotDurable => "InvalidParameterValueException",
        }
    }
}
