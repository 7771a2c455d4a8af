//! Capacity providers: create, get, update, delete, list, and the versions that run on one.
//!
//! The one idea to hold: nobody has recorded an answer, so the model's documentation decides; what is left is a row of
//! the known unknowns. Subnets, security groups and keys are taken on trust, as elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::access::{Request, Target, request_tags};
use super::configuration::state_of;
use super::context::{Context, Swap};
use super::page::Page;
use super::{tags, version};
use crate::error::{CapacityProviderError, Error};
use crate::iam::Facts;
use crate::state::capacity_provider::{
    InstanceRequirements, PermissionsConfig, PropagateTags, ProviderChange, ProviderScalingConfig, ProviderState,
    ProviderVpcConfig, TelemetryConfig,
};
use crate::state::function::LATEST;
use crate::state::settings::CapacityProviderConfig;
use crate::state::{CapacityProvider, Function, Key, Record, RecordKind, Settings};

/// The most capacity providers of an account in a Region (documented).
const MOST: usize = 1000;
/// The most versions that run on one (documented).
const MOST_VERSIONS: usize = 100;
/// What instances have if nobody says so.
const DEFAULT_ARCHITECTURE: &str = "x86_64";
/// How many CPUs there may be if nobody says so (documented).
const DEFAULT_CPUS: u32 = 400;
/// How the number of instances is found if nobody says so (documented).
const DEFAULT_SCALING: &str = "Auto";

/// The request of CreateCapacityProvider.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateCapacityProvider {
    capacity_provider_name: String,
    vpc_config: ProviderVpcConfig,
    permissions_config: PermissionsConfig,
    instance_requirements: Option<InstanceRequirements>,
    capacity_provider_scaling_config: Option<ProviderScalingConfig>,
    kms_key_arn: Option<String>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    propagate_tags: Option<PropagateTags>,
    telemetry_config: Option<TelemetryConfig>,
}

/// The request of UpdateCapacityProvider: what is left out stays.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateCapacityProvider {
    capacity_provider_name: String,
    capacity_provider_scaling_config: Option<ProviderScalingConfig>,
    propagate_tags: Option<PropagateTags>,
    telemetry_config: Option<TelemetryConfig>,
}

/// The request of GetCapacityProvider and DeleteCapacityProvider.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneCapacityProvider {
    capacity_provider_name: String,
}

/// The request of ListCapacityProviders.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListCapacityProviders {
    state: Option<String>,
    marker: Option<String>,
    max_items: Option<u32>,
}

/// The request of ListFunctionVersionsByCapacityProvider.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListFunctionVersionsByCapacityProvider {
    capacity_provider_name: String,
    marker: Option<String>,
    max_items: Option<u32>,
}

/// What policies are asked about: the one of a name, or of an ARN.
fn target(name: &str) -> Target {
    if is_arn(name) {
        return Target::Other(name.to_owned());
    }
    Target::Record(RecordKind::CapacityProvider, name.to_owned())
}

impl Request for CreateCapacityProvider {
    fn target(&self) -> Result<Target, Error> {
        Ok(target(&self.capacity_provider_name))
    }

    fn facts(&self, facts: &mut Facts) {
        request_tags(facts, &self.tags);
    }
}

impl Request for UpdateCapacityProvider {
    fn target(&self) -> Result<Target, Error> {
        Ok(target(&self.capacity_provider_name))
    }
}

impl Request for OneCapacityProvider {
    fn target(&self) -> Result<Target, Error> {
        Ok(target(&self.capacity_provider_name))
    }
}

impl Request for ListCapacityProviders {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Account)
    }
}

impl Request for ListFunctionVersionsByCapacityProvider {
    fn target(&self) -> Result<Target, Error> {
        Ok(target(&self.capacity_provider_name))
    }
}

/// The answer of every operation on one capacity provider.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Wrapped {
    capacity_provider: Shown,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Shown {
    capacity_provider_arn: String,
    state: &'static str,
    vpc_config: ProviderVpcConfig,
    permissions_config: PermissionsConfig,
    instance_requirements: InstanceRequirements,
    capacity_provider_scaling_config: ProviderScalingConfig,
    kms_key_arn: Option<String>,
    last_modified: String,
    propagate_tags: Option<PropagateTags>,
    telemetry_config: Option<TelemetryConfig>,
}

/// A page of capacity providers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CapacityProviders {
    capacity_providers: Vec<Shown>,
    next_marker: Option<String>,
}

/// A page of the versions that run on one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_field_names, reason = "AWS's names")]
pub(super) struct FunctionVersions {
    capacity_provider_arn: String,
    function_versions: Vec<FunctionVersion>,
    next_marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FunctionVersion {
    function_arn: String,
    state: &'static str,
}

/// Makes a capacity provider.
///
/// # Errors
/// [`CapacityProviderError`], [`Error::TooManyTags`], [`Error::RoleNotAssumable`].
pub(super) fn create(cx: &Context<'_>, input: CreateCapacityProvider) -> Result<Wrapped, Error> {
    let key = key(cx, &input.capacity_provider_name)
        .ok_or(CapacityProviderError::Elsewhere { arn: input.capacity_provider_name })?;
    let role = &input.permissions_config.capacity_provider_operator_role_arn;
    cx.may_pass_role(&key, role)?;
    tags::check_count(&input.tags)?;
    let requirements = input.instance_requirements.unwrap_or_default();
    let listed = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
    if listed(&requirements.allowed_instance_types) && listed(&requirements.excluded_instance_types) {
        return Err(CapacityProviderError::BothInstanceTypes.into());
    }
    cx.role_exists(role)?;
    let others = all(cx)?.iter().filter(|it| it.name != *key.name).count();
    let provider = CapacityProvider {
        name: key.name.to_string(),
        vpc_config: input.vpc_config,
        permissions_config: input.permissions_config,
        instance_requirements: InstanceRequirements {
            architectures: requirements.architectures.or_else(|| Some(vec![DEFAULT_ARCHITECTURE.to_owned()])),
            ..requirements
        },
        scaling_config: scaled(&ProviderScalingConfig::default(), input.capacity_provider_scaling_config),
        kms_key_arn: input.kms_key_arn.filter(|arn| !arn.is_empty()),
        propagate_tags: input.propagate_tags,
        telemetry_config: input.telemetry_config,
        change: Some(change_to(cx, ProviderState::Pending)),
        last_modified: cx.now,
        tags: input.tags,
    };
    cx.swap(&key, |record| {
        if record.is_some() {
            return Err(CapacityProviderError::Exists { arn: key.arn() }.into());
        }
        if others >= MOST {
            return Err(CapacityProviderError::TooMany { most: MOST }.into());
        }
        Ok((Swap::Put(Record::CapacityProvider(Arc::new(provider.clone()))), ()))
    })?;
    Ok(shown(&key, &provider))
}

/// A capacity provider. Reading it settles it.
///
/// # Errors
/// [`CapacityProviderError::NotFound`].
pub(super) fn get(cx: &Context<'_>, input: OneCapacityProvider) -> Result<Wrapped, Error> {
    let (key, provider) = find(cx, &input.capacity_provider_name)?;
    Ok(shown(&key, &provider))
}

/// Changes a capacity provider under which nothing is under way.
///
/// # Errors
/// [`CapacityProviderError::NotFound`], [`CapacityProviderError::UnderWay`].
pub(super) fn update(cx: &Context<'_>, input: UpdateCapacityProvider) -> Result<Wrapped, Error> {
    change(cx, &input.capacity_provider_name, |_, provider| {
        let current = provider.clone();
        Ok(CapacityProvider {
            scaling_config: scaled(&current.scaling_config, input.capacity_provider_scaling_config.clone()),
            propagate_tags: input.propagate_tags.clone().or(current.propagate_tags),
            telemetry_config: input.telemetry_config.clone().or(current.telemetry_config),
            last_modified: cx.now,
            ..current
        })
    })
}

/// Deletes a capacity provider that no function has; it is gone once that is settled.
///
/// # Errors
/// As [`update`], and [`CapacityProviderError::InUse`].
pub(super) fn delete(cx: &Context<'_>, input: OneCapacityProvider) -> Result<Wrapped, Error> {
    change(cx, &input.capacity_provider_name, |key, provider| {
        let arn = key.arn();
        let uses =
            |function: &Arc<Function>| version::snapshots(function).any(|(_, (_, it))| runs_on(&it.settings, &arn));
        if cx.functions()?.iter().any(uses) {
            return Err(CapacityProviderError::InUse { arn }.into());
        }
        let change = Some(change_to(cx, ProviderState::Deleting));
        Ok(CapacityProvider { change, last_modified: cx.now, ..provider.clone() })
    })
}

/// The capacity providers by name; those in one state, or all. Those that are listed are settled.
///
/// # Errors
/// [`Error::InvalidMarker`].
pub(super) fn list(cx: &Context<'_>, input: ListCapacityProviders) -> Result<CapacityProviders, Error> {
    let page = Page::new(input.marker.as_deref(), input.max_items)?;
    let wanted = |provider: &CapacityProvider| input.state.as_ref().is_none_or(|state| state == provider.state());
    let (entries, next_marker) = page.read(cx, RecordKind::CapacityProvider, |record| match record {
        Record::CapacityProvider(provider) if wanted(&provider) => Some((provider_key(cx, &provider.name), provider)),
        _ => None,
    })?;
    let shown = |(key, provider): (Key, Arc<CapacityProvider>)| shown(&key, &provider).capacity_provider;
    Ok(CapacityProviders { capacity_providers: entries.into_iter().map(shown).collect(), next_marker })
}

/// The published versions that run on a capacity provider, by function and number.
///
/// # Errors
/// [`CapacityProviderError::NotFound`], [`Error::InvalidMarker`].
pub(super) fn list_versions(
    cx: &Context<'_>,
    input: ListFunctionVersionsByCapacityProvider,
) -> Result<FunctionVersions, Error> {
    let page = Page::new(input.marker.as_deref(), input.max_items)?;
    let (key, _) = find(cx, &input.capacity_provider_name)?;
    let arn = key.arn();
    let functions = cx.functions()?;
    let entries = functions.iter().flat_map(|function| {
        let versions =
            version::snapshots(function).filter(|(_, (number, it))| number != LATEST && runs_on(&it.settings, &arn));
        versions.map(|(sorted, (number, snapshot))| {
            let function_arn = cx.scope.qualified_arn(&function.name, &number);
            (format!("{}:{sorted}", function.name), FunctionVersion { function_arn, state: state_of(&snapshot.phase) })
        })
    });
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    let (function_versions, next_marker) = page.cut(entries.into_iter());
    Ok(FunctionVersions { capacity_provider_arn: arn, function_versions, next_marker })
}

/// Refuses the configuration of a function that names a capacity provider which is not there.
///
/// # Errors
/// [`CapacityProviderError::NotFound`].
pub(super) fn check_there(cx: &Context<'_>, config: Option<&CapacityProviderConfig>) -> Result<(), Error> {
    let Some(config) = config else { return Ok(()) };
    let arn = &config.lambda_managed_instances_capacity_provider_config.capacity_provider_arn;
    let there = match key(cx, arn) {
        Some(key) => cx.record(&key, false)?,
        None => None,
    };
    match there {
        Some(Record::CapacityProvider(provider)) if !is_deleting(&provider) => Ok(()),
        _ => Err(CapacityProviderError::NotFound { arn: arn.clone() }.into()),
    }
}

/// Refuses one more version, of a function with these settings, on a capacity provider that has as many as it may.
///
/// # Errors
/// [`CapacityProviderError::TooManyVersions`].
pub(super) fn check_versions(cx: &Context<'_>, config: Option<&CapacityProviderConfig>) -> Result<(), Error> {
    let Some(config) = config else { return Ok(()) };
    let arn = &config.lambda_managed_instances_capacity_provider_config.capacity_provider_arn;
    let functions = cx.functions()?;
    let versions = functions.iter().flat_map(|function| function.versions.values());
    if versions.filter(|version| runs_on(&version.settings, arn)).count() < MOST_VERSIONS {
        return Ok(());
    }
    Err(CapacityProviderError::TooManyVersions { arn: arn.clone(), most: MOST_VERSIONS }.into())
}

/// Writes what `step` makes of a capacity provider under which nothing is under way.
fn change(
    cx: &Context<'_>,
    name: &str,
    mut step: impl FnMut(&Key, &CapacityProvider) -> Result<CapacityProvider, Error>,
) -> Result<Wrapped, Error> {
    let key = key(cx, name).ok_or_else(|| CapacityProviderError::NotFound { arn: name.to_owned() })?;
    cx.swap(&key, |record| {
        let Some(Record::CapacityProvider(provider)) = record else {
            return Err(CapacityProviderError::NotFound { arn: key.arn() }.into());
        };
        if provider.change.is_some() {
            return Err(CapacityProviderError::UnderWay { arn: key.arn(), state: provider.state() }.into());
        }
        let changed = step(&key, provider)?;
        let answer = shown(&key, &changed);
        Ok((Swap::Put(Record::CapacityProvider(Arc::new(changed))), answer))
    })
}

fn change_to(cx: &Context<'_>, state: ProviderState) -> ProviderChange {
    ProviderChange { state, transition: cx.version_transition() }
}

/// How a capacity provider scales after a request: what is left out stays, and is the default at first. Policies are for
/// the mode that they came with.
fn scaled(current: &ProviderScalingConfig, given: Option<ProviderScalingConfig>) -> ProviderScalingConfig {
    let given = given.unwrap_or_default();
    let cpus = given.max_vcpu_count.or(current.max_vcpu_count).unwrap_or(DEFAULT_CPUS);
    let kept = current.scaling_policies.clone().filter(|_| given.scaling_mode.is_none());
    let mode = given.scaling_mode.or_else(|| current.scaling_mode.clone());
    ProviderScalingConfig {
        max_vcpu_count: Some(cpus),
        scaling_mode: mode.or_else(|| Some(DEFAULT_SCALING.to_owned())),
        scaling_policies: given.scaling_policies.or(kept),
    }
}

/// The capacity provider of a name or an ARN, as it is now.
fn find(cx: &Context<'_>, name: &str) -> Result<(Key, Arc<CapacityProvider>), Error> {
    let missing = |arn: String| Error::from(CapacityProviderError::NotFound { arn });
    let key = key(cx, name).ok_or_else(|| missing(name.to_owned()))?;
    match cx.record(&key, true)? {
        Some(Record::CapacityProvider(provider)) => Ok((key, provider)),
        _ => Err(missing(key.arn())),
    }
}

/// Every capacity provider of this world that has not gone, by name.
fn all(cx: &Context<'_>) -> Result<Vec<Arc<CapacityProvider>>, Error> {
    let mut found = Vec::new();
    for record in cx.store.list(cx.scope, RecordKind::CapacityProvider, "", usize::MAX)? {
        let Record::CapacityProvider(provider) = record else { continue };
        if let Some(Record::CapacityProvider(provider)) = cx.record(&provider_key(cx, &provider.name), false)? {
            found.push(provider);
        }
    }
    Ok(found)
}

fn runs_on(settings: &Settings, provider_arn: &str) -> bool {
    let config = settings.capacity_provider_config.as_ref();
    config.is_some_and(|it| it.lambda_managed_instances_capacity_provider_config.capacity_provider_arn == provider_arn)
}

fn is_deleting(provider: &CapacityProvider) -> bool {
    provider.change.as_ref().is_some_and(|change| change.state == ProviderState::Deleting)
}

fn is_arn(name: &str) -> bool {
    name.starts_with("arn:")
}

/// The key of a name, or of an ARN in this world.
fn key(cx: &Context<'_>, name: &str) -> Option<Key> {
    if is_arn(name) {
        return Key::of_arn(cx.scope, name).filter(|key| key.kind == RecordKind::CapacityProvider);
    }
    Some(provider_key(cx, name))
}

fn provider_key(cx: &Context<'_>, name: &str) -> Key {
    Key::new(cx.scope, RecordKind::CapacityProvider, name)
}

fn shown(key: &Key, provider: &CapacityProvider) -> Wrapped {
    let capacity_provider = Shown {
        capacity_provider_arn: key.arn(),
        state: provider.state(),
        vpc_config: provider.vpc_config.clone(),
        permissions_config: provider.permissions_config.clone(),
        instance_requirements: provider.instance_requirements.clone(),
        capacity_provider_scaling_config: provider.scaling_config.clone(),
        kms_key_arn: provider.kms_key_arn.clone(),
        last_modified: provider.last_modified.last_modified(),
        propagate_tags: provider.propagate_tags.clone(),
        telemetry_config: provider.telemetry_config.clone(),
    };
    Wrapped { capacity_provider }
}
