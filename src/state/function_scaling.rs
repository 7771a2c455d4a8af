//! How many execution environments a version on a capacity provider has.

use serde::{Deserialize, Serialize};

use super::lifecycle::Transition;
use crate::clock::Timestamp;

/// What is asked for, and what holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionScaling {
    /// What was asked for last.
    pub requested: Environments,
    /// What holds now; nothing before the first has settled.
    pub applied: Option<Environments>,
    /// Until what was asked for holds.
    pub transition: Option<Transition>,
}

/// Numbers of execution environments. Members that were not sent are not there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Environments {
    /// As many at least.
    pub min_execution_environments: Option<u32>,
    /// As many at most.
    pub max_execution_environments: Option<u32>,
}

impl FunctionScaling {
    /// The same with a transition that is over `now` carried out; `None` where there is none.
    #[must_use]
    pub fn settled(&self, now: Timestamp, reading: bool) -> Option<Self> {
        self.transition.as_ref().filter(|transition| transition.is_over(now, reading))?;
        Some(Self { applied: Some(self.requested.clone()), transition: None, ..self.clone() })
    }
}
