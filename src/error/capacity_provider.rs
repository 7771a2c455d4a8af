//! What capacity providers refuse with. Nobody has recorded their texts: but for the one of what is not there, which is
//! recorded of tags, they are ours (L).

/// A refusal of a capacity provider, or of what runs on one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the values in the text above them")]
pub enum CapacityProviderError {
    /// Facts 15.
    #[error("Capacity provider not found: {arn}")]
    NotFound { arn: String },
    /// A name that is taken.
    #[error("Capacity provider already exists: {arn}")]
    Exists { arn: String },
    /// The ARN of another account or Region.
    #[error("A capacity provider is created in the account and the Region of the call, not as {arn}.")]
    Elsewhere { arn: String },
    /// Something is under way.
    #[error("The operation cannot be performed at this time. The capacity provider {arn} is {state}.")]
    UnderWay { arn: String, state: &'static str },
    /// Functions run on it.
    #[error("The capacity provider {arn} is in use by one or more functions.")]
    InUse { arn: String },
    /// The quota of an account.
    #[error("The account has reached its limit of {most} capacity providers.")]
    TooMany { most: usize },
    /// The quota of a capacity provider.
    #[error("The capacity provider {arn} has reached its limit of {most} function versions.")]
    TooManyVersions { arn: String, most: usize },
    /// The model's documentation: a list of what is allowed, or of what is not.
    #[error("AllowedInstanceTypes and ExcludedInstanceTypes cannot be specified together.")]
    BothInstanceTypes,
    /// Only versions on a capacity provider have a scaling configuration.
    #[error("A function scaling configuration needs a function with a capacity provider configuration.")]
    NotManaged,
    /// More at least than at most.
    #[error("MinExecutionEnvironments cannot be greater than MaxExecutionEnvironments.")]
    MinimumAboveMaximum,
}

impl CapacityProviderError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "ResourceNotFoundException",
            Self::Exists { .. } | Self::UnderWay { .. } | Self::InUse { .. } => "ResourceConflictException",
            Self::TooMany { .. } => "CapacityProviderLimitExceededException",
            Self::TooManyVersions { .. } => "FunctionVersionsPerCapacityProviderLimitExceededException",
            Self::Elsewhere { .. } | Self::BothInstanceTypes | Self::NotManaged | Self::MinimumAboveMaximum => {
                "InvalidParameterValueException"
            }
        }
    }
}
