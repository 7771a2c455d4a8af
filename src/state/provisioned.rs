//! Provisioned concurrency of a version or an alias: environments that wait for calls (facts 12).

use super::lifecycle::Transition;
use crate::clock::Timestamp;

/// What is asked for, and how much of it there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvisionedConcurrency {
    /// As many as were asked for last.
    pub requested: u32,
    /// As many as there are.
    pub allocated: u32,
    /// Until there are as many as were asked for.
    pub transition: Option<Transition>,
    /// When it was last asked for.
    pub last_modified: Timestamp,
}

impl ProvisionedConcurrency {
    /// The same with a transition that is over `now` carried out; `None` where there is none.
    #[must_use]
    pub fn settled(&self, now: Timestamp, reading: bool) -> Option<Self> {
        self.transition.as_ref().filter(|transition| transition.is_over(now, reading))?;
        Some(Self { allocated: self.requested, transition: None, ..self.clone() })
    }
}
