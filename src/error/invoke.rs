//! What Invoke refuses with before code runs (facts 12 and 19).

/// A refusal of a call of a function.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the values in the text above them")]
pub enum InvokeError {
    /// The function is to have no calls (facts 12).
    #[error("Rate Exceeded.")]
    NothingReserved,
    /// A payload that is no JSON (facts 19); how the text goes on is ours.
    #[error("Could not parse request body into json: Could not parse payload into json: {reason}")]
    PayloadNotJson { reason: String },
    /// A function on managed instances is called in its versions, and has none (the model's documentation).
    #[error("The function has no published versions available.")]
    NoPublishedVersion,
    /// A payload over the limit of its kind of call (text L).
    #[error("{bytes} byte payload is too large for the {kind} invocation type (limit {limit_bytes} bytes)")]
    PayloadTooLarge { bytes: usize, kind: String, limit_bytes: usize },
}

impl InvokeError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NothingReserved => "TooManyRequestsException",
            Self::NoPublishedVersion => "NoPublishedVersionException",
            Self::PayloadNotJson { .. } => "InvalidRequestContentException",
            Self::PayloadTooLarge { .. } => "RequestEntityTooLargeException",
        }
    }

    /// The body's `Reason`, where it has one.
    pub(super) fn reason(&self) -> Option<&'static str> {
        (*self == Self::NothingReserved).then_some("ReservedFunctionConcurrentInvocationLimitExceeded")
    }
}
