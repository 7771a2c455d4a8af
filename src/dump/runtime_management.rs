//! Choices of runtime updates, as text.

use serde::{Deserialize, Serialize};

use super::mistake::Mistake;
use crate::state::RuntimeManagement;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a choice of runtime updates")]
pub(super) struct RuntimeManagementText {
    update_runtime_on: String,
    runtime_version_arn: Option<String>,
}

impl RuntimeManagementText {
    pub(super) fn of(choice: &RuntimeManagement) -> Self {
        let RuntimeManagement { update_runtime_on, runtime_version_arn } = choice.clone();
        Self { update_runtime_on, runtime_version_arn }
    }

    pub(super) fn into_choice(self) -> Result<RuntimeManagement, Mistake> {
        let Self { update_runtime_on, runtime_version_arn } = self;
        // Auto is what is not written.
        if !["Manual", "FunctionUpdate"].contains(&update_runtime_on.as_str()) {
            return Err(Mistake::at("UpdateRuntimeOn", "it is Manual or FunctionUpdate"));
        }
        if runtime_version_arn.is_some() != (update_runtime_on == "Manual") {
            return Err(Mistake::at("RuntimeVersionArn", "Manual has one, and only Manual"));
        }
        Ok(RuntimeManagement { update_runtime_on, runtime_version_arn })
    }
}
