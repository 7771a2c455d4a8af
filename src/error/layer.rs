//! What layers refuse with (facts 16).

/// A refusal of a layer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the values in the text above them")]
pub enum LayerError {
    /// Facts 16.
    #[error("Layer Version Cannot be less than 1")]
    VersionTooLow,
    /// Facts 16; of what is asked of a version's policy.
    #[error("Layer version {arn} does not exist.")]
    VersionNotFound { arn: String },
    /// Facts 16.
    #[error("No policy is associated with the given resource.")]
    NoPolicy,
    /// Facts 16.
    #[error("Statement {sid} is not found in resource policy.")]
    StatementNotFound { sid: String },
    /// Facts 11 and 16.
    #[error(
        "The statement id ({sid}) provided already exists. Please provide a new statement id, or remove the existing \
         statement."
    )]
    StatementExists { sid: String },
    /// Facts 3.2.
    #[error(
        "The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve the \
         latest Revision Id"
    )]
    StaleRevision,
    /// Text from memory.
    #[error("The final policy size ({actual_bytes}) is bigger than the limit ({limit_bytes}).")]
    PolicyTooLong { actual_bytes: usize, limit_bytes: usize },
    /// An organization beside an account (text L).
    #[error("OrganizationId can only be specified with * as the Principal.")]
    OrganizationOfAccount,
}

impl LayerError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::VersionTooLow | Self::OrganizationOfAccount => "InvalidParameterValueException",
            Self::VersionNotFound { .. } | Self::NoPolicy | Self::StatementNotFound { .. } => {
                "ResourceNotFoundException"
            }
            Self::StatementExists { .. } => "ResourceConflictException",
            Self::StaleRevision => "PreconditionFailedException",
            Self::PolicyTooLong { .. } => "PolicyLengthExceededException",
        }
    }
}
