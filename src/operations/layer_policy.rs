//! Who else may use a version of a layer: add, remove and get permissions (facts 16).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::context::Context;
use super::layer::{self, OneLayerVersion};
use super::permission::compare_revision;
use crate::arn::LayerRef;
use crate::error::{Error, LayerError, PolicyError};
use crate::state::layer::{Grant, LayerPolicy, LayerVersion};
use crate::state::{Key, policy};

/// How the revision of a policy is read (facts 16).
const READ_BY: &str = "GetLayerPolicy";

/// The request of AddLayerVersionPermission.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AddLayerVersionPermission {
    layer_name: LayerRef,
    version_number: i64,
    statement_id: String,
    /// The one that there is: `lambda:GetLayerVersion`.
    #[expect(dead_code, reason = "its pattern in the model has one text")]
    action: String,
    principal: String,
    organization_id: Option<String>,
    revision_id: Option<String>,
}

impl Request for AddLayerVersionPermission {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Layer { layer: self.layer_name.clone(), version: Some(self.version_number) })
    }
}

/// The request of RemoveLayerVersionPermission.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RemoveLayerVersionPermission {
    layer_name: LayerRef,
    version_number: i64,
    statement_id: String,
    revision_id: Option<String>,
}

impl Request for RemoveLayerVersionPermission {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Layer { layer: self.layer_name.clone(), version: Some(self.version_number) })
    }
}

/// The answer of AddLayerVersionPermission.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Added {
    statement: String,
    revision_id: String,
}

/// The answer of GetLayerVersionPolicy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PolicyOfVersion {
    policy: String,
    revision_id: String,
}

/// Lets an account, an organization or everybody use a version.
///
/// # Errors
/// [`LayerError::VersionTooLow`], [`LayerError::VersionNotFound`], [`PolicyError::StatementExists`],
/// [`PolicyError::StaleRevision`], [`LayerError::OrganizationOfAccount`], [`PolicyError::TooLong`],
/// [`Error::NotAuthorized`].
pub(super) fn add(cx: &Context<'_>, input: AddLayerVersionPermission) -> Result<Added, Error> {
    let of = Found::find(cx, &input.layer_name, input.version_number, "lambda:AddLayerVersionPermission")?;
    let account = account(&input.principal);
    if account.is_some() && input.organization_id.is_some() {
        return Err(LayerError::OrganizationOfAccount.into());
    }
    let grant = Grant { sid: input.statement_id, account, organization_id: input.organization_id };
    let statement = grant.to_json(cx.scope.partition(), &of.arn);
    let revision_id = of.change(cx, |current| {
        let mut grants = current.map_or_else(Vec::new, |policy| policy.grants.clone());
        if grants.iter().any(|other| other.sid == grant.sid) {
            return Err(PolicyError::StatementExists { sid: grant.sid.clone() });
        }
        check_revision(current, input.revision_id.as_deref())?;
        grants.push(grant.clone());
        let mut changed = LayerPolicy { revision_id: String::new(), grants };
        let bytes = changed.policy(cx.scope.partition(), &of.arn).to_json().len();
        if bytes > policy::MOST_BYTES {
            return Err(PolicyError::TooLong { bytes, limit_bytes: policy::MOST_BYTES });
        }
        changed.revision_id = cx.ids.uuid();
        Ok(Some(changed))
    })?;
    Ok(Added { statement, revision_id: revision_id.unwrap_or_default() })
}

/// Takes a permission away; with the last one the policy is gone.
///
/// # Errors
/// [`LayerError::VersionTooLow`], [`LayerError::VersionNotFound`], [`PolicyError::StaleRevision`],
/// [`PolicyError::StatementNotFound`], [`Error::NotAuthorized`].
pub(super) fn remove(cx: &Context<'_>, input: RemoveLayerVersionPermission) -> Result<(), Error> {
    let of = Found::find(cx, &input.layer_name, input.version_number, "lambda:RemoveLayerVersionPermission")?;
    of.change(cx, |current| {
        check_revision(current, input.revision_id.as_deref())?;
        let grants = current.map_or_else(Vec::new, |policy| policy.grants.clone());
        let kept: Vec<_> = grants.iter().filter(|grant| grant.sid != input.statement_id).cloned().collect();
        if kept.len() == grants.len() {
            return Err(PolicyError::StatementNotFound { sid: input.statement_id.clone() });
        }
        Ok((!kept.is_empty()).then(|| LayerPolicy { revision_id: cx.ids.uuid(), grants: kept }))
    })?;
    Ok(())
}

/// The policy of a version.
///
/// # Errors
/// [`LayerError::VersionTooLow`], [`LayerError::VersionNotFound`], [`PolicyError::NoPolicy`], [`Error::NotAuthorized`].
pub(super) fn get(cx: &Context<'_>, input: OneLayerVersion) -> Result<PolicyOfVersion, Error> {
    let of = Found::find(cx, &input.layer_name, input.version_number, "lambda:GetLayerVersionPolicy")?;
    let policy = of.version.policy.as_ref().ok_or(PolicyError::NoPolicy)?.policy(cx.scope.partition(), &of.arn);
    Ok(PolicyOfVersion { policy: policy.to_json(), revision_id: policy.revision_id })
}

/// A version whose policy is asked for.
struct Found {
    key: Key,
    number: u64,
    arn: String,
    version: Arc<LayerVersion>,
}

impl Found {
    fn find(cx: &Context<'_>, name: &LayerRef, number: i64, action: &str) -> Result<Self, Error> {
        let number = layer::number(number)?;
        let key = layer::own(cx, name, action)?;
        let arn = layer::version_arn(&key, number);
        let version = layer::version(cx, &key, number)?;
        let version = version.ok_or_else(|| LayerError::VersionNotFound { arn: arn.clone() })?;
        Ok(Self { key, number, arn, version })
    }

    /// Writes the policy that `step` makes of the present one; the new one's revision.
    fn change(
        &self,
        cx: &Context<'_>,
        step: impl Fn(Option<&LayerPolicy>) -> Result<Option<LayerPolicy>, PolicyError>,
    ) -> Result<Option<String>, Error> {
        layer::change(cx, &self.key, |layer| {
            let missing = || LayerError::VersionNotFound { arn: self.arn.clone() };
            let version = Arc::make_mut(layer.versions.get_mut(&self.number).ok_or_else(missing)?);
            version.policy = step(version.policy.as_ref())?;
            Ok(version.policy.as_ref().map(|policy| policy.revision_id.clone()))
        })
    }
}

fn check_revision(current: Option<&LayerPolicy>, given: Option<&str>) -> Result<(), PolicyError> {
    compare_revision(current.map(|policy| policy.revision_id.as_str()), given, READ_BY)
}

/// The account of a principal, which is its number, the ARN of its root user, or `*` for everybody.
fn account(principal: &str) -> Option<String> {
    principal.split(':').find(|part| part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit())).map(Into::into)
}
