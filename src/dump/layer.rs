//! Layers, their versions and who may use them, as text.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::contents::{Contents, Given};
use super::mistake::Mistake;
use super::modelled;
use super::records::{MOST_VERSIONS, scope};
use super::version::ZipText;
use crate::arn::{LayerRef, Scope, is_version_number};
use crate::clock::Timestamp;
use crate::model;
use crate::state::layer::{Grant, LayerPolicy};
use crate::state::{Key, Layer, LayerVersion, RecordKind};

/// A layer with its versions.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a layer")]
pub(super) struct LayerText {
    account_id: String,
    region: String,
    layer_name: String,
    /// The highest number that was ever given out.
    last_version: u64,
    versions: Vec<LayerVersionText>,
    tags: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a version of a layer")]
struct LayerVersionText {
    version: u64,
    code: ZipText,
    description: String,
    created_date: Timestamp,
    compatible_runtimes: Option<Vec<String>>,
    compatible_architectures: Option<Vec<String>>,
    license_info: Option<String>,
    policy: Option<LayerPolicyText>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "the policy of a layer's version")]
struct LayerPolicyText {
    revision_id: String,
    grants: Vec<GrantText>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "a permission")]
#[expect(clippy::struct_field_names, reason = "as AWS calls them")]
struct GrantText {
    statement_id: String,
    /// None for everybody.
    account_id: Option<String>,
    organization_id: Option<String>,
}

impl LayerText {
    pub(super) fn of<'a>(scope: &Scope, layer: &'a Layer, contents: &mut Contents<'a>) -> Self {
        let Layer { name, versions, last_number, tags } = layer;
        Self {
            account_id: scope.account.to_string(),
            region: scope.region.to_string(),
            layer_name: name.to_string(),
            last_version: *last_number,
            versions: versions
                .iter()
                .map(|(number, version)| LayerVersionText::of(*number, version, contents))
                .collect(),
            tags: tags.clone(),
        }
    }

    pub(super) fn into_layer(self, given: &Given<'_>) -> Result<(Key, Layer), Mistake> {
        let scope = scope(&self.account_id, &self.region)?;
        if LayerRef::parse(&self.layer_name).is_none_or(|layer| layer.within.is_some()) {
            return Err(Mistake::at("LayerName", format!("{:?} is no name of a layer", self.layer_name)));
        }
        if self.last_version > MOST_VERSIONS {
            return Err(Mistake::at("LastVersion", format!("no layer has {} versions", self.last_version)));
        }
        let mut versions = BTreeMap::new();
        super::each("Versions", self.versions, |text| {
            let number = text.version;
            if !(1..=self.last_version).contains(&number) {
                return Err(Mistake::at("Version", "it is from 1 to LastVersion"));
            }
            let version = Arc::new(text.into_version(given)?);
            versions.insert(number, version).map_or(Ok(()), |_| Err(Mistake::here("it is here twice")))
        })?;
        let key = Key::new(&scope, RecordKind::Layer, &self.layer_name);
        let layer = Layer { name: Arc::clone(&key.name), versions, last_number: self.last_version, tags: self.tags };
        Ok((key, layer))
    }
}

impl LayerVersionText {
    fn of<'a>(number: u64, version: &'a LayerVersion, contents: &mut Contents<'a>) -> Self {
        let LayerVersion {
            zip,
            description,
            created,
            compatible_runtimes,
            compatible_architectures,
            license_info,
            policy,
        } = version;
        Self {
            version: number,
            code: ZipText::of(zip, contents),
            description: description.clone(),
            created_date: *created,
            compatible_runtimes: compatible_runtimes.clone(),
            compatible_architectures: compatible_architectures.clone(),
            license_info: license_info.clone(),
            policy: policy.as_ref().map(LayerPolicyText::of),
        }
    }

    fn into_version(self, given: &Given<'_>) -> Result<LayerVersion, Mistake> {
        let publish = &model::PUBLISH_LAYER_VERSION;
        modelled::member(publish, "Description", &self.description)?;
        modelled::member(publish, "CompatibleRuntimes", &self.compatible_runtimes)?;
        modelled::member(publish, "CompatibleArchitectures", &self.compatible_architectures)?;
        modelled::member(publish, "LicenseInfo", &self.license_info)?;
        let policy = self.policy.map(|text| text.into_policy().map_err(|mistake| mistake.within("Policy")));
        Ok(LayerVersion {
            zip: self.code.into_zip(given).map_err(|mistake| mistake.within("Code"))?,
            description: self.description,
            created: self.created_date,
            compatible_runtimes: self.compatible_runtimes,
            compatible_architectures: self.compatible_architectures,
            license_info: self.license_info,
            policy: policy.transpose()?,
        })
    }
}

impl LayerPolicyText {
    fn of(policy: &LayerPolicy) -> Self {
        let LayerPolicy { revision_id, grants } = policy.clone();
        let text = |Grant { sid, account, organization_id }| GrantText {
            statement_id: sid,
            account_id: account,
            organization_id,
        };
        Self { revision_id, grants: grants.into_iter().map(text).collect() }
    }

    fn into_policy(self) -> Result<LayerPolicy, Mistake> {
        if self.grants.is_empty() {
            return Err(Mistake::at("Grants", "a policy has one at least"));
        }
        let mut sids = BTreeSet::new();
        let mut grants = Vec::new();
        super::each("Grants", self.grants, |text| {
            if !sids.insert(text.statement_id.clone()) {
                return Err(Mistake::here("it is here twice"));
            }
            grants.push(text.into_grant()?);
            Ok(())
        })?;
        Ok(LayerPolicy { revision_id: self.revision_id, grants })
    }
}

impl GrantText {
    fn into_grant(self) -> Result<Grant, Mistake> {
        let Self { statement_id: sid, account_id: account, organization_id } = self;
        // What stands in a policy between quotation marks.
        let is_plain = |text: &String| {
            !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it))
        };
        if !is_plain(&sid) {
            return Err(Mistake::at("StatementId", format!("letters, digits, \"-\" and \"_\", not {sid:?}")));
        }
        if account.as_ref().is_some_and(|account| account.len() != 12 || !is_version_number(account)) {
            return Err(Mistake::at("AccountId", "it has twelve digits"));
        }
        if organization_id.as_ref().is_some_and(|id| !is_plain(id) || account.is_some()) {
            return Err(Mistake::at("OrganizationId", "it is the id of an organization, without an AccountId"));
        }
        Ok(Grant { sid, account, organization_id })
    }
}
