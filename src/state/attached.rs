//! What hangs on a function, on a version or on an alias, and goes when that goes.
//!
//! The one idea to hold: such a thing belongs to one qualifier. It changes neither code nor configuration, and a version
//! that is published later begins without it. [`LATEST`](super::function::LATEST) stands for the function itself.

use super::event_invoke::EventInvokeConfig;
use super::function_scaling::FunctionScaling;
use super::function_url::FunctionUrl;
use super::policy::Policy;
use super::provisioned::ProvisionedConcurrency;
use super::runtime_management::RuntimeManagement;

/// What one qualifier has beside code and configuration. Most have nothing, and are not in the map then.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attached {
    /// The URL by which it is called.
    pub url: Option<FunctionUrl>,
    /// How many execution environments there are.
    pub scaling: Option<FunctionScaling>,
    /// Environments that wait for calls.
    pub provisioned: Option<ProvisionedConcurrency>,
    /// Who else may do what with it.
    pub policy: Option<Policy>,
    /// What becomes of asynchronous calls.
    pub event_invoke: Option<EventInvokeConfig>,
    /// When it moves on to a newer version of its runtime.
    pub runtime_management: Option<RuntimeManagement>,
    /// Whether it may call itself in circles; the function itself alone may.
    pub allows_recursion: bool,
}

impl Attached {
    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
