//! What policies of resources refuse with (facts 11).

/// A refusal of a policy, or of a statement of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the values in the text above them")]
pub enum PolicyError {
    /// Facts 11.
    #[error("We currently do not support adding policies for $LATEST.")]
    OnLatest,
    /// Facts 11.
    #[error("The provided principal was invalid. Please check the principal and try again.")]
    InvalidPrincipal,
    /// Facts 11 and 16.
    #[error(
        "The statement id ({sid}) provided already exists. Please provide a new statement id, or remove the existing \
         statement."
    )]
    StatementExists { sid: String },
    /// Facts 16; of functions likewise.
    #[error("Statement {sid} is not found in resource policy.")]
    StatementNotFound { sid: String },
    /// Facts 2.6.
    #[error("No policy found for: {arn}")]
    NotFoundFor { arn: String },
    /// Facts 11.
    #[error("No policy is associated with the given resource.")]
    NoPolicy,
    /// Facts 3.2; `api` is how the revision is read.
    #[error(
        "The Revision Id provided does not match the latest Revision Id. Call the {api} API to retrieve the latest \
         Revision Id"
    )]
    StaleRevision { api: &'static str },
    /// Over the limit (text L).
    #[error("The final policy size ({bytes}) is bigger than the limit ({limit_bytes}).")]
    TooLong { bytes: usize, limit_bytes: usize },
    /// What is no policy (text L, after that of the principal); `found` is for [`Error::hint`](super::Error::hint).
    #[error("The provided policy was invalid. Please check the policy and try again.")]
    Malformed { found: String },
    /// The model's words (text L).
    #[error(
        "The resource-based policy you tried to add to the Lambda resource would grant public access to it, which isn't \
         allowed."
    )]
    Public,
}

impl PolicyError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::OnLatest | Self::InvalidPrincipal | Self::Malformed { .. } => "InvalidParameterValueException",
            Self::StatementExists { .. } => "ResourceConflictException",
            Self::StatementNotFound { .. } | Self::NotFoundFor { .. } | Self::NoPolicy => "ResourceNotFoundException",
            Self::StaleRevision { .. } => "PreconditionFailedException",
            Self::TooLong { .. } => "PolicyLengthExceededException",
            Self::Public => "PublicPolicyException",
        }
    }
}
