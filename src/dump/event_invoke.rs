//! Configurations of asynchronous calls, as text.

use serde::{Deserialize, Serialize};

use super::mistake::Mistake;
use crate::clock::Timestamp;
use crate::state::EventInvokeConfig;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a configuration of asynchronous calls")]
pub(super) struct EventInvokeText {
    maximum_retry_attempts: Option<u32>,
    maximum_event_age_in_seconds: Option<u32>,
    on_success: Option<String>,
    on_failure: Option<String>,
    last_modified: Timestamp,
}

impl EventInvokeText {
    pub(super) fn of(config: &EventInvokeConfig) -> Self {
        let EventInvokeConfig {
            maximum_retry_attempts,
            maximum_event_age_in_seconds,
            on_success,
            on_failure,
            last_modified,
        } = config.clone();
        Self { maximum_retry_attempts, maximum_event_age_in_seconds, on_success, on_failure, last_modified }
    }

    pub(super) fn into_config(self) -> Result<EventInvokeConfig, Mistake> {
        let Self { maximum_retry_attempts, maximum_event_age_in_seconds, on_success, on_failure, last_modified } = self;
        if maximum_retry_attempts.is_some_and(|attempts| attempts > 2) {
            return Err(Mistake::at("MaximumRetryAttempts", "it is 2 at most"));
        }
        if maximum_event_age_in_seconds.is_some_and(|seconds| !(60..=21_600).contains(&seconds)) {
            return Err(Mistake::at("MaximumEventAgeInSeconds", "it is 60 to 21600"));
        }
        for (side, arn) in [("OnSuccess", &on_success), ("OnFailure", &on_failure)] {
            if arn.as_ref().is_some_and(|arn| !arn.starts_with("arn:")) {
                return Err(Mistake::at(side, "it is an ARN"));
            }
        }
        Ok(EventInvokeConfig {
            maximum_retry_attempts,
            maximum_event_age_in_seconds,
            on_success,
            on_failure,
            last_modified,
        })
    }
}
