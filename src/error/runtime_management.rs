//! What the management of runtimes refuses with. Nobody has recorded it: all texts are ours (rule L).

/// A refusal of a choice of runtime updates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuntimeManagementError {
    /// `Manual` says which version.
    #[error("RuntimeVersionArn is required when UpdateRuntimeOn is set to Manual.")]
    NoVersion,
    /// Images bring their own runtime.
    #[error("Runtime management is not supported for functions created with container images.")]
    ForImage,
}

impl RuntimeManagementError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NoVersion | Self::ForImage => "InvalidParameterValueException",
        }
    }
}
