//! What hangs on a function, on a version or on an alias, and goes when that goes.
//!
//! The one idea to hold: such a thing belongs to one qualifier. It changes neither code nor configuration, and a version
//! that is published later begins without it. [`LATEST`](super::function::LATEST) stands for the function itself.

use super::function_url::FunctionUrl;
use super::policy::Policy;
use super::provisioned::ProvisionedConcurrency;

/// What one qualifier has beside code and configuration. Most have nothing, and are not in the map then.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attached {
    /// The URL by which it is called.
    pub url: Option<FunctionUrl>,
    /// Environments that wait for calls.
    pub provisioned: Option<ProvisionedConcurrency>,
    /// Who else may do what with it.
    pub policy: Option<Policy>,
}

impl Attached {
    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
