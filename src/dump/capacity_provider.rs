//! Capacity providers, as text.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::mistake::Mistake;
use super::modelled;
use super::records::scope;
use crate::arn::Scope;
use crate::clock::Timestamp;
use crate::model;
use crate::state::capacity_provider::{
    InstanceRequirements, PermissionsConfig, PropagateTags, ProviderChange, ProviderScalingConfig, ProviderVpcConfig,
    TelemetryConfig,
};
use crate::state::{CapacityProvider, Key, RecordKind};

/// One capacity provider; what is under way is `Change`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a capacity provider")]
pub(super) struct ProviderText {
    account_id: String,
    region: String,
    capacity_provider_name: String,
    vpc_config: ProviderVpcConfig,
    permissions_config: PermissionsConfig,
    instance_requirements: InstanceRequirements,
    capacity_provider_scaling_config: ProviderScalingConfig,
    kms_key_arn: Option<String>,
    propagate_tags: Option<PropagateTags>,
    telemetry_config: Option<TelemetryConfig>,
    change: Option<ProviderChange>,
    last_modified: Timestamp,
    tags: BTreeMap<String, String>,
}

impl ProviderText {
    pub(super) fn of(scope: &Scope, provider: &Arc<CapacityProvider>) -> Self {
        let CapacityProvider {
            name,
            vpc_config,
            permissions_config,
            instance_requirements,
            scaling_config,
            kms_key_arn,
            propagate_tags,
            telemetry_config,
            change,
            last_modified,
            tags,
        } = CapacityProvider::clone(provider);
        Self {
            account_id: scope.account.to_string(),
            region: scope.region.to_string(),
            capacity_provider_name: name,
            vpc_config,
            permissions_config,
            instance_requirements,
            capacity_provider_scaling_config: scaling_config,
            kms_key_arn,
            propagate_tags,
            telemetry_config,
            change,
            last_modified,
            tags,
        }
    }

    pub(super) fn into_provider(self) -> Result<(Key, CapacityProvider), Mistake> {
        let scope = scope(&self.account_id, &self.region)?;
        let name = &self.capacity_provider_name;
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            return Err(Mistake::at("CapacityProviderName", format!("{name:?} is no name of a capacity provider")));
        }
        self.check()?;
        let provider = CapacityProvider {
            name: self.capacity_provider_name,
            vpc_config: self.vpc_config,
            permissions_config: self.permissions_config,
            instance_requirements: self.instance_requirements,
            scaling_config: self.capacity_provider_scaling_config,
            kms_key_arn: self.kms_key_arn,
            propagate_tags: self.propagate_tags,
            telemetry_config: self.telemetry_config,
            change: self.change,
            last_modified: self.last_modified,
            tags: self.tags,
        };
        Ok((Key::new(&scope, RecordKind::CapacityProvider, &provider.name), provider))
    }

    /// What CreateCapacityProvider takes.
    fn check(&self) -> Result<(), Mistake> {
        let create = &model::CREATE_CAPACITY_PROVIDER;
        modelled::member(create, "CapacityProviderName", &self.capacity_provider_name)?;
        modelled::member(create, "VpcConfig", &self.vpc_config)?;
        modelled::member(create, "PermissionsConfig", &self.permissions_config)?;
        modelled::member(create, "InstanceRequirements", &self.instance_requirements)?;
        modelled::member(create, "CapacityProviderScalingConfig", &self.capacity_provider_scaling_config)?;
        modelled::member(create, "KmsKeyArn", &self.kms_key_arn)?;
        modelled::member(create, "PropagateTags", &self.propagate_tags)?;
        modelled::member(create, "TelemetryConfig", &self.telemetry_config)?;
        modelled::count_tags(self.tags.len())
    }
}
