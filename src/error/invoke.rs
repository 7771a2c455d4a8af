//! What Invoke refuses with before code runs (facts 12 and 19).

/// A refusal of a call of a function.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the values in the text above them")]
pub enum InvokeError {
    /// The function is to have no calls (facts 12).
    #[error("Rate Exceeded.")]
    NothingReserved,
    /// As many calls run as the function may have (facts 12).
    #[error("Rate Exceeded.")]
    NoneLeft,
    /// A function or version that is not there yet, or no longer (E4, its last sentence).
    #[error(
        "The operation cannot be performed at this time. The function is currently in the following state: {state}"
    )]
    NotActive { state: &'static str },
    /// A call without a tenant for a function that isolates tenants (the model's documentation; text M).
    #[error(
        "The invoked function is enabled with tenancy configuration. Add a valid tenant ID in your request and try again."
    )]
    TenantMissing,
    /// A tenant for a function that knows none (text M).
    #[error(
        "The invoked function is not enabled with tenancy configuration. Remove the tenant ID from your request and try \
         again."
    )]
    TenantUnknown,
    /// A client's context that is no base64, or no JSON (text L).
    #[error("Client context must be a valid Base64-encoded JSON object.")]
    ClientContext,
    /// A request to a URL of who may not call the function, or to one that nobody has (facts 14).
    #[error(
        "Forbidden. For troubleshooting Function URL authorization issues, see: \
         https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
    )]
    UrlForbidden { why: String },
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
            Self::NothingReserved | Self::NoneLeft => "TooManyRequestsException",
            Self::NotActive { .. } => "ResourceConflictException",
            Self::TenantMissing | Self::TenantUnknown => "InvalidParameterValueException",
            Self::UrlForbidden { .. } => "AccessDeniedException",
            Self::NoPublishedVersion => "NoPublishedVersionException",
            Self::ClientContext | Self::PayloadNotJson { .. } => "InvalidRequestContentException",
            Self::PayloadTooLarge { .. } => "RequestEntityTooLargeException",
        }
    }

    /// The body's `Reason`, where it has one.
    pub(super) fn reason(&self) -> Option<&'static str> {
        matches!(self, Self::NothingReserved | Self::NoneLeft)
            .then_some("ReservedFunctionConcurrentInvocationLimitExceeded")
    }
}
