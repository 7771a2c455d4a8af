//! Provisioned concurrency of versions and aliases: put, get, delete, list (facts 12).

use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::concurrency::unreserved;
use super::context::{Context, Step, qualifier};
use super::page::Page;
use crate::arn::{FunctionRef, is_version_number};
use crate::error::{ConcurrencyError, Error};
use crate::state::function::{LATEST, PUBLISHED};
use crate::state::{Function, Key, ProvisionedConcurrency};

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
    let (key, qualifier) = key_and_qualifier(cx, &input.function_name, input.qualifier)?;
    if qualifier == LATEST {
        return Err(ConcurrencyError::Unpublished.into());
    }
    change(cx, &key, &qualifier, |function| {
        check_place(function, &qualifier)?;
        check_room(cx, function, &qualifier, input.provisioned_concurrent_executions)?;
        let current = config_of(function, &qualifier).map(|config| config.settled(cx.now, false).unwrap_or(config));
        let config = ProvisionedConcurrency {
            requested: input.provisioned_concurrent_executions,
            allocated: current.map_or(0, |config| config.allocated),
            transition: Some(cx.version_transition()),
            last_modified: cx.now.to_whole_second(),
        };
        let answer = ProvisionedConcurrencyConfig::new(&config);
        let changed = function.with_attached(&qualifier, |attached| attached.provisioned = Some(config));
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
    let (key, qualifier) = published(cx, input)?;
    change(cx, &key, &qualifier, |function| {
        let config = config_of(function, &qualifier).ok_or(ConcurrencyError::NoConfig)?;
        Ok(match config.settled(cx.now, true) {
            None => Step::Keep(ProvisionedConcurrencyConfig::new(&config)),
            Some(settled) => {
                let answer = ProvisionedConcurrencyConfig::new(&settled);
                let changed = function.with_attached(&qualifier, |attached| attached.provisioned = Some(settled));
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
    let (key, qualifier) = published(cx, input)?;
    change(cx, &key, &qualifier, |function| {
        if config_of(function, &qualifier).is_none() {
            return Ok(Step::Keep(()));
        }
        let changed = function.with_attached(&qualifier, |attached| attached.provisioned = None);
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
        let config = config.settled(cx.now, true).unwrap_or_else(|| config.clone());
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

/// The function whose alias points to another version: what is provisioned moves there, which takes its time.
#[must_use]
pub(super) fn moved(cx: &Context<'_>, function: &Function, alias: &str) -> Function {
    let Some(config) = config_of(function, alias) else { return function.clone() };
    let config = config.settled(cx.now, false).unwrap_or(config);
    let moving = ProvisionedConcurrency { transition: Some(cx.version_transition()), ..config };
    function.with_attached(alias, |attached| attached.provisioned = Some(moving))
}

fn total_but(function: &Function, qualifier: &str) -> u32 {
    let others = function.attached.iter().filter(|(other, _)| *other != qualifier);
    let requested = others.filter_map(|(_, attached)| Some(attached.provisioned.as_ref()?.requested));
    requested.fold(0, u32::saturating_add)
}

/// Refuses a version and its alias both.
fn check_place(function: &Function, qualifier: &str) -> Result<(), Error> {
    let provisioned = |qualifier: &str| config_of(function, qualifier).is_some();
    let Some(alias) = function.aliases.get(qualifier) else {
        let mut aliases = function.aliases.iter();
        let taken = aliases.any(|(name, alias)| alias.function_version == qualifier && provisioned(name));
        return if taken { Err(ConcurrencyError::AliasProvisioned.into()) } else { Ok(()) };
    };
    if alias.function_version == LATEST {
        return Err(ConcurrencyError::Unpublished.into());
    }
    if provisioned(&alias.function_version) {
        return Err(ConcurrencyError::VersionProvisioned.into());
    }
    Ok(())
}

/// Refuses more than the function has reserved, or than the account has left.
fn check_room(cx: &Context<'_>, function: &Function, qualifier: &str, requested: u32) -> Result<(), Error> {
    let total = total_but(function, qualifier).saturating_add(requested);
    if let Some(reserved) = function.reserved_concurrent_executions {
        return if total > reserved { Err(ConcurrencyError::AboveReserved.into()) } else { Ok(()) };
    }
    let left = unreserved(cx)?;
    if total > left { Err(ConcurrencyError::AboveUnreserved { left }.into()) } else { Ok(()) }
}

fn config_of(function: &Function, qualifier: &str) -> Option<ProvisionedConcurrency> {
    function.attached(qualifier)?.provisioned.clone()
}

/// A step of a function that has this version or alias.
fn change<T>(
    cx: &Context<'_>,
    key: &Key,
    qualifier: &str,
    mut step: impl FnMut(&Function) -> Result<Step<T>, Error>,
) -> Result<T, Error> {
    let arn = || cx.scope.qualified_arn(&key.name, qualifier);
    let missing = || match qualifier {
        version if is_version_number(version) || version == PUBLISHED => Error::FunctionNotFound { arn: arn() },
        _ => Error::AliasArnNotFound { arn: arn() },
    };
    let changed = cx.change(key, |function| {
        function.target(Some(qualifier)).ok_or_else(missing)?;
        step(function)
    });
    changed.map_err(|error| if matches!(error, Error::FunctionNotFound { .. }) { missing() } else { error })
}

/// The function and the qualifier of a call that wants a version or an alias.
fn published(cx: &Context<'_>, input: OneProvisionedConcurrencyConfig) -> Result<(Key, String), Error> {
    let (key, qualifier) = key_and_qualifier(cx, &input.function_name, input.qualifier)?;
    if qualifier == LATEST {
        return Err(ConcurrencyError::NeitherAliasNorVersion.into());
    }
    Ok((key, qualifier))
}

fn key_and_qualifier(cx: &Context<'_>, function: &FunctionRef, parameter: String) -> Result<(Key, String), Error> {
    let qualifier = qualifier(function, Some(parameter))?.unwrap_or_default();
    Ok((cx.key(function)?, qualifier))
}
