//! Provisioned concurrency of versions and aliases: put, get, delete, list (facts 12).

use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::concurrency::{UNRESERVED_AT_LEAST, unreserved};
use super::context::{Context, Step};
use super::page::Page;
use super::place::Place;
use crate::arn::FunctionRef;
use crate::error::{ConcurrencyError, Error};
use crate::state::function::LATEST;
use crate::state::{Function, ProvisionedConcurrency};

/// The request of PutProvisionedConcurrencyConfig.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutProvisionedConcurrencyConfig {
    function_name: FunctionRef,
    qualifier: String,
    provisioned_concurrent_executions: u32,
}

/// The request of GetProvisionedConcurrencyConfig and DeleteProvisionedConcurrencyConfig.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneProvisionedConcurrencyConfig {
    function_name: FunctionRef,
    qualifier: String,
}

/// The request of ListProvisionedConcurrencyConfigs.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListProvisionedConcurrencyConfigs {
    function_name: FunctionRef,
    marker: Option<String>,
    max_items: Option<u32>,
}

impl Request for PutProvisionedConcurrencyConfig {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Function { function: self.function_name.clone(), qualifier: Some(self.qualifier.clone()) })
    }
}

impl Request for OneProvisionedConcurrencyConfig {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Function { function: self.function_name.clone(), qualifier: Some(self.qualifier.clone()) })
    }
}

impl Request for ListProvisionedConcurrencyConfigs {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

/// What is provisioned, as it is answered; lists say for what.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ProvisionedConcurrencyConfig {
    function_arn: Option<String>,
    requested_provisioned_concurrent_executions: u32,
    available_provisioned_concurrent_executions: u32,
    allocated_provisioned_concurrent_executions: u32,
    status: &'static str,
    last_modified: String,
}

impl ProvisionedConcurrencyConfig {
    fn new(config: &ProvisionedConcurrency) -> Self {
        Self {
            function_arn: None,
            requested_provisioned_concurrent_executions: config.requested,
            available_provisioned_concurrent_executions: config.allocated,
            allocated_provisioned_concurrent_executions: config.allocated,
            status: if config.transition.is_some() { "IN_PROGRESS" } else { "READY" },
            last_modified: config.last_modified.last_modified(),
        }
    }
}

/// A page of what is provisioned.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ProvisionedConcurrencyConfigs {
    next_marker: Option<String>,
    provisioned_concurrency_configs: Vec<ProvisionedConcurrencyConfig>,
}

/// Provisions concurrency for a version or an alias, or another number of it.
///
/// # Errors
/// G7, E10, [`ConcurrencyError::Unpublished`], E1 or [`Error::AliasArnNotFound`] of the qualifier, and the conflicts and
/// limits of [`ConcurrencyError`].
pub(super) fn put(
    cx: &Context<'_>,
    input: PutProvisionedConcurrencyConfig,
) -> Result<ProvisionedConcurrencyConfig, Error> {
    let place = Place::new(cx, &input.function_name, Some(input.qualifier))?;
    let qualifier = &place.qualifier;
    if qualifier == LATEST {
        return Err(ConcurrencyError::Unpublished.into());
    }
    change(cx, &place, |function| {
        check_place(function, qualifier, function.aliases.get(qualifier).map(|alias| alias.function_version.as_str()))?;
        check_room(cx, function, qualifier, input.provisioned_concurrent_executions)?;
        let current = config_of(function, qualifier).map(|config| config.settled(cx.now, false).unwrap_or(config));
        let config = ProvisionedConcurrency {
            requested: input.provisioned_concurrent_executions,
            allocated: current.map_or(0, |config| config.allocated),
            transition: Some(cx.version_transition()),
            last_modified: cx.now.to_whole_second(),
        };
        let answer = ProvisionedConcurrencyConfig::new(&config);
        let changed = function.with_attached(qualifier, |attached| attached.provisioned = Some(config));
        Ok(Step::Put(Box::new(changed), answer))
    })
}

/// What is provisioned for a version or an alias. Reading it settles it.
///
/// # Errors
/// G7, E10, E1 or [`Error::AliasArnNotFound`] of the qualifier, [`ConcurrencyError::NeitherAliasNorVersion`],
/// [`ConcurrencyError::NoConfig`].
pub(super) fn get(
    cx: &Context<'_>,
    input: OneProvisionedConcurrencyConfig,
) -> Result<ProvisionedConcurrencyConfig, Error> {
    let place = published(cx, input)?;
    let qualifier = &place.qualifier;
    change(cx, &place, |function| {
        let config = config_of(function, qualifier).ok_or(ConcurrencyError::NoConfig)?;
        Ok(match config.settled(cx.now, true) {
            None => Step::Keep(ProvisionedConcurrencyConfig::new(&config)),
            Some(settled) => {
                let answer = ProvisionedConcurrencyConfig::new(&settled);
                let changed = function.with_attached(qualifier, |attached| attached.provisioned = Some(settled));
                Step::Put(Box::new(changed), answer)
            }
        })
    })
}

/// Provisions nothing any more, if anything was.
///
/// # Errors
/// As [`get`], but for [`ConcurrencyError::NoConfig`].
pub(super) fn delete(cx: &Context<'_>, input: OneProvisionedConcurrencyConfig) -> Result<(), Error> {
    let place = published(cx, input)?;
    let qualifier = &place.qualifier;
    change(cx, &place, |function| {
        if config_of(function, qualifier).is_none() {
            return Ok(Step::Keep(()));
        }
        let changed = function.with_attached(qualifier, |attached| attached.provisioned = None);
        Ok(Step::Put(Box::new(changed), ()))
    })
}

/// What is provisioned for versions and aliases of a function, by qualifier.
///
/// # Errors
/// E1, E10, [`Error::InvalidMarker`].
pub(super) fn list(
    cx: &Context<'_>,
    input: ListProvisionedConcurrencyConfigs,
) -> Result<ProvisionedConcurrencyConfigs, Error> {
    let key = cx.key(&input.function_name)?;
    let page = Page::new(input.marker.as_deref(), input.max_items)?;
    let function = cx.function(&key, false)?;
    let entries = function.attached.iter().filter_map(|(qualifier, attached)| {
        let config = attached.provisioned.as_ref()?;
        let config = config.settled(cx.now, false).unwrap_or_else(|| config.clone());
        let function_arn = Some(cx.scope.qualified_arn(&key.name, qualifier));
        Some((
            qualifier.clone(),
            ProvisionedConcurrencyConfig { function_arn, ..ProvisionedConcurrencyConfig::new(&config) },
        ))
    });
    let (provisioned_concurrency_configs, next_marker) = page.cut(entries);
    Ok(ProvisionedConcurrencyConfigs { next_marker, provisioned_concurrency_configs })
}

/// All that is provisioned for a function.
#[must_use]
pub(super) fn total(function: &Function) -> u32 {
    total_but(function, LATEST)
}

/// The function whose alias is to point to another version: what is provisioned moves there, which takes its time.
///
/// # Errors
/// As [`put`], of the version: what may not be provisioned there may not move there.
pub(super) fn moved(cx: &Context<'_>, function: &Function, alias: &str, version: &str) -> Result<Function, Error> {
    let Some(config) = config_of(function, alias) else { return Ok(function.clone()) };
    check_place(function, alias, Some(version))?;
    let config = config.settled(cx.now, false).unwrap_or(config);
    let moving = ProvisionedConcurrency { transition: Some(cx.version_transition()), ..config };
    Ok(function.with_attached(alias, |attached| attached.provisioned = Some(moving)))
}

fn total_but(function: &Function, qualifier: &str) -> u32 {
    let others = function.attached.iter().filter(|(other, _)| *other != qualifier);
    let requested = others.filter_map(|(_, attached)| Some(attached.provisioned.as_ref()?.requested));
    requested.fold(0, u32::saturating_add)
}

/// Refuses a version and its alias both; `version` is what the qualifier points to, if it is an alias.
///
/// # Errors
/// [`ConcurrencyError::Unpublished`], [`ConcurrencyError::VersionProvisioned`], [`ConcurrencyError::AliasProvisioned`].
fn check_place(function: &Function, qualifier: &str, version: Option<&str>) -> Result<(), Error> {
    let provisioned = |qualifier: &str| config_of(function, qualifier).is_some();
    match version {
        Some(LATEST) => Err(ConcurrencyError::Unpublished.into()),
        Some(version) if provisioned(version) => Err(ConcurrencyError::VersionProvisioned.into()),
        Some(_) => Ok(()),
        None => {
            let mut aliases = function.aliases.iter();
            let taken = aliases.any(|(name, alias)| alias.function_version == qualifier && provisioned(name));
            if taken { Err(ConcurrencyError::AliasProvisioned.into()) } else { Ok(()) }
        }
    }
}

/// Refuses more than the function has reserved, or than the account has left.
fn check_room(cx: &Context<'_>, function: &Function, qualifier: &str, requested: u32) -> Result<(), Error> {
    let total = total_but(function, qualifier).saturating_add(requested);
    if let Some(reserved) = function.reserved_concurrent_executions {
        return if total > reserved { Err(ConcurrencyError::AboveReserved.into()) } else { Ok(()) };
    }
    let mut left = unreserved(cx)?.saturating_sub(UNRESERVED_AT_LEAST);
    for other in cx.functions()? {
        if other.name != function.name && other.reserved_concurrent_executions.is_none() {
            left = left.saturating_sub(self::total(&other));
        }
    }
    if total > left { Err(ConcurrencyError::AboveUnreserved { left }.into()) } else { Ok(()) }
}

fn config_of(function: &Function, qualifier: &str) -> Option<ProvisionedConcurrency> {
    function.attached(qualifier)?.provisioned.clone()
}

/// A step of a function that has this version or alias.
fn change<T>(
    cx: &Context<'_>,
    place: &Place,
    mut step: impl FnMut(&Function) -> Result<Step<T>, Error>,
) -> Result<T, Error> {
    let changed = cx.change(&place.key, |function| {
        place.check(function)?;
        step(function)
    });
    changed.map_err(|error| if matches!(error, Error::FunctionNotFound { .. }) { place.missing() } else { error })
}

/// The version or the alias that a call is about.
fn published(cx: &Context<'_>, input: OneProvisionedConcurrencyConfig) -> Result<Place, Error> {
    let place = Place::new(cx, &input.function_name, Some(input.qualifier))?;
    if place.qualifier == LATEST {
        return Err(ConcurrencyError::NeitherAliasNorVersion.into());
    }
    Ok(place)
}
