//! What an account has in a Region beside functions, as text.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::mistake::Mistake;
use crate::arn::{Scope, is_version_number};
use crate::clock::Timestamp;
use crate::state::{CodeSigningConfig, Key, RecordKind};

/// Far more versions than any function has had, and far fewer than can be counted.
pub(super) const MOST_VERSIONS: u64 = 1 << 53;

/// The world of an account and a Region.
///
/// # Errors
/// One of them is none.
pub(super) fn scope(account_id: &str, region: &str) -> Result<Scope, Mistake> {
    if account_id.len() != 12 || !is_version_number(account_id) {
        return Err(Mistake::at("AccountId", format!("twelve digits, not {account_id:?}")));
    }
    if region.is_empty() || !region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(Mistake::at("Region", format!("a name like \"eu-central-1\", not {region:?}")));
    }
    Ok(Scope::new(account_id, region))
}

/// The version numbers of a function that was deleted.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a deleted function")]
pub(super) struct DeletedText {
    account_id: String,
    region: String,
    function_name: String,
    last_version: u64,
}

impl DeletedText {
    pub(super) fn of(key: &Key, last_version: u64) -> Self {
        Self {
            account_id: key.scope.account.to_string(),
            region: key.scope.region.to_string(),
            function_name: key.name.to_string(),
            last_version,
        }
    }

    pub(super) fn into_number(self) -> Result<(Key, u64), Mistake> {
        let scope = scope(&self.account_id, &self.region)?;
        if self.last_version > MOST_VERSIONS {
            return Err(Mistake::at("LastVersion", format!("no function has {} versions", self.last_version)));
        }
        Ok((Key::function(&scope, &self.function_name).last_number(), self.last_version))
    }
}

/// A code signing configuration.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a code signing configuration")]
pub(super) struct ConfigText {
    account_id: String,
    region: String,
    code_signing_config_id: String,
    description: String,
    signing_profile_version_arns: Vec<String>,
    untrusted_artifact_on_deployment: String,
    last_modified: Timestamp,
    tags: BTreeMap<String, String>,
}

impl ConfigText {
    pub(super) fn of(scope: &Scope, config: &Arc<CodeSigningConfig>) -> Self {
        let CodeSigningConfig {
            id,
            description,
            allowed_publishers,
            untrusted_artifact_on_deployment,
            last_modified,
            tags,
        } = CodeSigningConfig::clone(config);
        Self {
            account_id: scope.account.to_string(),
            region: scope.region.to_string(),
            code_signing_config_id: id,
            description,
            signing_profile_version_arns: allowed_publishers,
            untrusted_artifact_on_deployment,
            last_modified,
            tags,
        }
    }

    pub(super) fn into_config(self) -> Result<(Key, CodeSigningConfig), Mistake> {
        let scope = scope(&self.account_id, &self.region)?;
        let id = self.code_signing_config_id;
        let plain = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !id.strip_prefix("csc-").is_some_and(plain) {
            return Err(Mistake::at("CodeSigningConfigId", format!("\"csc-\" and letters or digits, not {id:?}")));
        }
        if !["Warn", "Enforce"].contains(&self.untrusted_artifact_on_deployment.as_str()) {
            return Err(Mistake::at("UntrustedArtifactOnDeployment", "it is Warn or Enforce"));
        }
        let config = CodeSigningConfig {
            id,
            description: self.description,
            allowed_publishers: self.signing_profile_version_arns,
            untrusted_artifact_on_deployment: self.untrusted_artifact_on_deployment,
            last_modified: self.last_modified,
            tags: self.tags,
        };
        Ok((Key::new(&scope, RecordKind::CodeSigningConfig, &config.id), config))
    }
}
