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
    /// An organization beside an account (text L).
    #[error("OrganizationId can only be specified with * as the Principal.")]
    OrganizationOfAccount,
}

impl LayerError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::VersionTooLow | Self::OrganizationOfAccount => "InvalidParameterValueException",
            Self::VersionNotFound { .. } => "ResourceNotFoundException",
        }
    }
}
