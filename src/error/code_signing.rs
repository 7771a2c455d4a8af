//! What code signing refuses with (3.3, facts 17).

/// A refusal of code signing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the values in the text above them")]
pub enum CodeSigningError {
    /// Facts 17; recorded without `Type`.
    #[error("The Lambda code signing configuration {arn} can not be found.")]
    ArnNotFound { arn: String },
    /// Facts 17, 3.3.
    #[error(
        "The code signing configuration cannot be found. Check that the provided configuration is not deleted: {arn}."
    )]
    ConfigNotFound { arn: String },
    /// A configuration that functions use stays (text L).
    #[error("Cannot delete the code signing configuration {arn} because it is in use by one or more functions.")]
    ConfigInUse { arn: String },
    /// 3.3.
    #[error("Code signing is not supported for functions created with container images.")]
    ForImage,
    /// 3.3; `checked` is `unsigned`, or the ARN of the function or the layer version.
    #[error(
        "Lambda cannot deploy the function. The function or layer might be signed using a signature that the client is \
         not configured to accept. Check the provided signature for {checked}."
    )]
    VerificationFailed { checked: String },
    /// 3.3 (text L).
    #[error("Lambda cannot deploy the function. The code signature of {arn} failed the integrity check.")]
    InvalidSignature { arn: String },
}

impl CodeSigningError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::ArnNotFound { .. } => "ResourceNotFoundException",
            Self::ConfigNotFound { .. } => "CodeSigningConfigNotFoundException",
            Self::ConfigInUse { .. } => "ResourceConflictException",
            Self::ForImage => "InvalidParameterValueException",
            Self::VerificationFailed { .. } => "CodeVerificationFailedException",
            Self::InvalidSignature { .. } => "InvalidCodeSignatureException",
        }
    }

    pub(super) fn has_type(&self) -> bool {
        !matches!(self, Self::ArnNotFound { .. })
    }
}
