//! When a function moves on to a newer version of its runtime.

/// The choice for `$LATEST` or for a published version; without one it is `Auto`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuntimeManagement {
    /// `Auto`, `Manual` or `FunctionUpdate`.
    pub update_runtime_on: String,
    /// The version of the runtime that it stays with; only `Manual` has one.
    pub runtime_version_arn: Option<String>,
}
