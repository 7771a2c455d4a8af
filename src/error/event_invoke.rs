//! What configurations of asynchronous calls refuse with (facts 13).

/// A refusal of such a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the values in the text above them")]
pub enum EventInvokeError {
    /// Facts 13.
    #[error("You must specify at least one of error handling or destination setting.")]
    Nothing,
    /// Facts 2.6.
    #[error("The function doesn't exist.")]
    NoFunction,
    /// Facts 2.6.
    #[error("The function {arn} doesn't have an EventInvokeConfig")]
    NotFound { arn: String },
    /// Facts 13.
    #[error("The destination ARN {arn} is invalid.")]
    NoSuchDestination { arn: String },
    /// Facts 13.
    #[error("You can't specify the function as a destination for itself.")]
    Itself,
    /// Facts 13; `config` is as AWS prints it.
    #[error("The provided destination config {config} is invalid.")]
    WrongDestination { config: String },
}

impl EventInvokeError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NoFunction | Self::NotFound { .. } => "ResourceNotFoundException",
            Self::Nothing | Self::NoSuchDestination { .. } | Self::Itself | Self::WrongDestination { .. } => {
                "InvalidParameterValueException"
            }
        }
    }
}
