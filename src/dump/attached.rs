//! What hangs on functions, versions and aliases, as text.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::event_invoke::EventInvokeText;
use super::mistake::Mistake;
use super::policy::PolicyText;
use super::runtime_management::RuntimeManagementText;
use crate::clock::Timestamp;
use crate::state::function::LATEST;
use crate::state::function_scaling::Environments;
use crate::state::{
    Attached, Cors, Function, FunctionScaling, FunctionUrl, ProvisionedConcurrency, Snapshot, Transition,
};

/// What is said of functions that may call themselves in circles; of the others, nothing.
const ALLOW: &str = "Allow";

/// What one qualifier has.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "what hangs on a qualifier")]
pub(super) struct AttachedText {
    qualifier: String,
    function_url: Option<UrlText>,
    function_scaling: Option<ScalingText>,
    provisioned_concurrency: Option<ProvisionedText>,
    policy: Option<PolicyText>,
    event_invoke_config: Option<EventInvokeText>,
    runtime_management_config: Option<RuntimeManagementText>,
    recursive_loop: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a function URL")]
struct UrlText {
    /// The first part of its host.
    url_id: String,
    auth_type: String,
    cors: Option<Cors>,
    invoke_mode: Option<String>,
    creation_time: Timestamp,
    last_modified_time: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a function's scaling configuration")]
struct ScalingText {
    requested: Environments,
    applied: Option<Environments>,
    transition: Option<Transition>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "provisioned concurrency")]
struct ProvisionedText {
    requested: u32,
    allocated: u32,
    transition: Option<Transition>,
    last_modified: Timestamp,
}

impl AttachedText {
    pub(super) fn of(qualifier: &str, attached: &Attached) -> Self {
        let Attached { url, scaling, provisioned, policy, event_invoke, runtime_management, allows_recursion } =
            attached;
        Self {
            qualifier: qualifier.to_owned(),
            function_url: url.as_ref().map(UrlText::of),
            function_scaling: scaling.as_ref().map(ScalingText::of),
            provisioned_concurrency: provisioned.as_ref().map(ProvisionedText::of),
            policy: policy.as_ref().map(PolicyText::of),
            event_invoke_config: event_invoke.as_ref().map(EventInvokeText::of),
            runtime_management_config: runtime_management.as_ref().map(RuntimeManagementText::of),
            recursive_loop: allows_recursion.then(|| ALLOW.to_owned()),
        }
    }

    pub(super) fn into_attached(self, function: &Function) -> Result<(String, Arc<Attached>), Mistake> {
        if function.target(Some(&self.qualifier)).is_none() {
            let reason = format!("there is no version and no alias {:?}", self.qualifier);
            return Err(Mistake::at("Qualifier", reason));
        }
        let url = self.function_url.map(|text| text.into_url().map_err(|mistake| mistake.within("FunctionUrl")));
        let provisioned = self.provisioned_concurrency.map(ProvisionedText::into_provisioned);
        let provisioned = provisioned.transpose().map_err(|mistake| mistake.within("ProvisionedConcurrency"))?;
        let policy = self.policy.map(|text| text.into_policy().map_err(|mistake| mistake.within("Policy")));
        let event_invoke = self.event_invoke_config.map(EventInvokeText::into_config).transpose();
        let runtime_management = self.runtime_management_config.map(RuntimeManagementText::into_choice).transpose();
        let scaling = self.function_scaling.map(ScalingText::into_scaling);
        let attached = Attached {
            url: url.transpose()?,
            scaling,
            provisioned,
            policy: policy.transpose()?,
            event_invoke: event_invoke.map_err(|mistake| mistake.within("EventInvokeConfig"))?,
            runtime_management: runtime_management.map_err(|it| it.within("RuntimeManagementConfig"))?,
            allows_recursion: self.recursive_loop.is_some(),
        };
        if self.recursive_loop.is_some_and(|it| it != ALLOW) || (attached.allows_recursion && self.qualifier != LATEST)
        {
            return Err(Mistake::at("RecursiveLoop", format!("it is {ALLOW}, and of {LATEST} only")));
        }
        if attached.runtime_management.is_some() && function.aliases.contains_key(&self.qualifier) {
            return Err(Mistake::at("RuntimeManagementConfig", "aliases have none"));
        }
        let managed = |it: &Arc<Snapshot>| it.settings.capacity_provider_config.is_some();
        if attached.scaling.is_some() && !function.version(&self.qualifier).is_some_and(managed) {
            return Err(Mistake::at("FunctionScaling", "versions on a capacity provider have one"));
        }
        if attached.url.is_some() && self.qualifier != LATEST && !function.aliases.contains_key(&self.qualifier) {
            return Err(Mistake::at("FunctionUrl", "versions have none"));
        }
        if attached.provisioned.is_some() && self.qualifier == LATEST {
            return Err(Mistake::at("ProvisionedConcurrency", format!("{LATEST} has none")));
        }
        Ok((self.qualifier, Arc::new(attached)))
    }
}

impl UrlText {
    fn of(url: &FunctionUrl) -> Self {
        let FunctionUrl { id, auth_type, cors, invoke_mode, creation_time, last_modified_time } = url.clone();
        Self { url_id: id, auth_type, cors, invoke_mode, creation_time, last_modified_time }
    }

    fn into_url(self) -> Result<FunctionUrl, Mistake> {
        let Self { url_id: id, auth_type, cors, invoke_mode, creation_time, last_modified_time } = self;
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
            return Err(Mistake::at("UrlId", format!("{id:?} is no first part of a host")));
        }
        if !["NONE", "AWS_IAM"].contains(&auth_type.as_str()) {
            return Err(Mistake::at("AuthType", "it is NONE or AWS_IAM"));
        }
        Ok(FunctionUrl { id, auth_type, cors, invoke_mode, creation_time, last_modified_time })
    }
}

impl ScalingText {
    fn of(scaling: &FunctionScaling) -> Self {
        let FunctionScaling { requested, applied, transition } = scaling.clone();
        Self { requested, applied, transition }
    }

    fn into_scaling(self) -> FunctionScaling {
        let Self { requested, applied, transition } = self;
        FunctionScaling { requested, applied, transition }
    }
}

impl ProvisionedText {
    fn of(config: &ProvisionedConcurrency) -> Self {
        let ProvisionedConcurrency { requested, allocated, transition, last_modified } = config.clone();
        Self { requested, allocated, transition, last_modified }
    }

    fn into_provisioned(self) -> Result<ProvisionedConcurrency, Mistake> {
        let Self { requested, allocated, transition, last_modified } = self;
        if requested == 0 {
            return Err(Mistake::at("Requested", "it is at least 1"));
        }
        if transition.is_none() && allocated != requested {
            return Err(Mistake::at("Allocated", "it is Requested, where there is no Transition"));
        }
        Ok(ProvisionedConcurrency { requested, allocated, transition, last_modified })
    }
}
