//! Capacity providers: instances of the account's own that functions run on (Lambda Managed Instances).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::lifecycle::{Passed, Transition};
use crate::clock::Timestamp;

/// One capacity provider of an account in a Region.
#[derive(Debug, Clone, PartialEq)]
pub struct CapacityProvider {
    /// Its name.
    pub name: String,
    /// Where its instances are.
    pub vpc_config: ProviderVpcConfig,
    /// The role by which Lambda runs them.
    pub permissions_config: PermissionsConfig,
    /// What they are like.
    pub instance_requirements: InstanceRequirements,
    /// How many there may be, and when there are more of them.
    pub scaling_config: ProviderScalingConfig,
    /// The key that its data is under.
    pub kms_key_arn: Option<String>,
    /// Tags for what it makes.
    pub propagate_tags: Option<PropagateTags>,
    /// What is logged.
    pub telemetry_config: Option<TelemetryConfig>,
    /// What is under way.
    pub change: Option<ProviderChange>,
    /// When a caller last changed it.
    pub last_modified: Timestamp,
    /// Tags by key.
    pub tags: BTreeMap<String, String>,
}

/// A change of a capacity provider that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ProviderChange {
    /// Which.
    pub state: ProviderState,
    /// When it ends.
    pub transition: Transition,
}

/// The states of a capacity provider that end by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are AWS's")]
pub enum ProviderState {
    Pending,
    Deleting,
}

/// A network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct ProviderVpcConfig {
    pub subnet_ids: Vec<String>,
    pub security_group_ids: Vec<String>,
}

/// What Lambda may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct PermissionsConfig {
    pub capacity_provider_operator_role_arn: String,
}

/// Which instances will do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct InstanceRequirements {
    pub architectures: Option<Vec<String>>,
    pub allowed_instance_types: Option<Vec<String>>,
    pub excluded_instance_types: Option<Vec<String>>,
}

/// How many instances there are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct ProviderScalingConfig {
    #[serde(rename = "MaxVCpuCount")]
    pub max_vcpu_count: Option<u32>,
    pub scaling_mode: Option<String>,
    pub scaling_policies: Option<Vec<ScalingPolicy>>,
}

/// A measure, and where it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct ScalingPolicy {
    pub predefined_metric_type: String,
    pub target_value: f64,
}

/// Which tags instances have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct PropagateTags {
    pub mode: Option<String>,
    pub explicit_tags: Option<BTreeMap<String, String>>,
}

/// What is told of instances.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct TelemetryConfig {
    pub logging_config: Option<ProviderLoggingConfig>,
}

/// What is logged, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct ProviderLoggingConfig {
    pub system_log_level: Option<String>,
    pub log_group: Option<String>,
}

impl CapacityProvider {
    /// `State`.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match self.change.as_ref().map(|change| change.state) {
            None => "Active",
            Some(ProviderState::Pending) => "Pending",
            Some(ProviderState::Deleting) => "Deleting",
        }
    }

    /// What time has made of it.
    #[must_use]
    pub fn passed(&self, now: Timestamp, reading: bool) -> Passed<Self> {
        match &self.change {
            Some(change) if change.transition.is_over(now, reading) => match change.state {
                ProviderState::Deleting => Passed::Gone,
                ProviderState::Pending => Passed::Became(Self { change: None, ..self.clone() }),
            },
            _ => Passed::Nothing,
        }
    }
}
