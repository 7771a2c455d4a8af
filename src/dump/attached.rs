//! What hangs on functions, versions and aliases, as text.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::mistake::Mistake;
use super::policy::PolicyText;
use crate::clock::Timestamp;
use crate::state::function::LATEST;
use crate::state::{Attached, Cors, Function, FunctionUrl, ProvisionedConcurrency, Transition};

/// What one qualifier has.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "what hangs on a qualifier")]
pub(super) struct AttachedText {
    qualifier: String,
    function_url: Option<UrlText>,
    provisioned_concurrency: Option<ProvisionedText>,
    policy: Option<PolicyText>,
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
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "provisioned concurrency")]
struct ProvisionedText {
    requested: u32,
    allocated: u32,
    transition: Option<Transition>,
    last_modified: Timestamp,
}

impl AttachedText {
    pub(super) fn of(qualifier: &str, attached: &Attached) -> Self {
        let Attached { url, provisioned, policy } = attached;
        Self {
            qualifier: qualifier.to_owned(),
            function_url: url.as_ref().map(UrlText::of),
            provisioned_concurrency: provisioned.as_ref().map(ProvisionedText::of),
            policy: policy.as_ref().map(PolicyText::of),
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
        let attached = Attached { url: url.transpose()?, provisioned, policy: policy.transpose()? };
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
