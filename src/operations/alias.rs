//! Aliases: create, get, update, delete, list (facts 10).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::context::{Context, Step};
use super::page::Page;
use super::provisioned_concurrency;
use crate::arn::FunctionRef;
use crate::error::Error;
use crate::state::function::LATEST;
use crate::state::{Alias, Function, Key};

/// The request of CreateAlias.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateAlias {
    function_name: FunctionRef,
    name: String,
    function_version: String,
    description: Option<String>,
    routing_config: Option<RoutingConfig>,
}

/// The request of UpdateAlias.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateAlias {
    function_name: FunctionRef,
    name: String,
    function_version: Option<String>,
    description: Option<String>,
    routing_config: Option<RoutingConfig>,
    revision_id: Option<String>,
}

/// The request of GetAlias and DeleteAlias.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NamedAlias {
    function_name: FunctionRef,
    name: String,
}

/// The request of ListAliases.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListAliases {
    function_name: FunctionRef,
    function_version: Option<String>,
    marker: Option<String>,
    max_items: Option<u32>,
}

impl Request for CreateAlias {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

impl Request for UpdateAlias {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

impl Request for NamedAlias {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

impl Request for ListAliases {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

/// Shares of the calls that go to other versions.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RoutingConfig {
    #[serde(default)]
    additional_version_weights: BTreeMap<String, f64>,
}

/// The answer for one alias.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AliasConfiguration {
    alias_arn: String,
    name: String,
    function_version: String,
    description: String,
    routing_config: Option<RoutingConfig>,
    revision_id: String,
}

/// A page of aliases.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Aliases {
    next_marker: Option<String>,
    aliases: Vec<AliasConfiguration>,
}

/// Makes an alias.
///
/// # Errors
/// E1 (with the version in the ARN), [`Error::AliasExists`] and the refusals of routing.
pub(super) fn create(cx: &Context<'_>, input: CreateAlias) -> Result<AliasConfiguration, Error> {
    let key = cx.latest_key(&input.function_name)?;
    let missing = || version_not_found(cx, &key, &input.function_version);
    let weights = input.routing_config.map(|routing| routing.additional_version_weights).unwrap_or_default();
    cx.change(&key, |function| {
        check_routing(cx, &key, function, &input.function_version, &weights)?;
        if function.aliases.contains_key(&input.name) {
            return Err(Error::AliasExists { arn: cx.scope.qualified_arn(&key.name, &input.name) });
        }
        let alias = Alias {
            function_version: input.function_version.clone(),
            description: input.description.clone().unwrap_or_default(),
            weights: weights.clone(),
            revision_id: cx.ids.uuid(),
        };
        Ok(put(cx, function, &input.name, alias))
    })
    .map_err(|error| if error == super::context::not_found(&key) { missing() } else { error })
}

/// Changes an alias; members not sent keep their values.
///
/// # Errors
/// E1, E2, [`Error::AliasNotFound`] and the refusals of routing.
pub(super) fn update(cx: &Context<'_>, input: UpdateAlias) -> Result<AliasConfiguration, Error> {
    let key = cx.latest_key(&input.function_name)?;
    let weights = input.routing_config.map(|routing| routing.additional_version_weights);
    cx.change(&key, |function| {
        let current = function
            .aliases
            .get(&input.name)
            .ok_or_else(|| Error::AliasNotFound { arn: cx.scope.qualified_arn(&key.name, &input.name) })?;
        if input.revision_id.as_ref().is_some_and(|given| !given.is_empty() && *given != current.revision_id) {
            return Err(Error::StaleRevision);
        }
        let moves = input.function_version.as_ref().is_some_and(|version| *version != current.function_version);
        let function_version = input.function_version.clone().unwrap_or_else(|| current.function_version.clone());
        let weights = weights.clone().unwrap_or_else(|| current.weights.clone());
        check_routing(cx, &key, function, &function_version, &weights)?;
        let description = input.description.clone().unwrap_or_else(|| current.description.clone());
        let carrying = moves.then(|| provisioned_concurrency::moved(cx, function, &input.name, &function_version));
        let carrying = carrying.transpose()?;
        let function = carrying.as_ref().unwrap_or(function);
        Ok(put(cx, function, &input.name, Alias { function_version, description, weights, revision_id: cx.ids.uuid() }))
    })
}

/// One alias.
///
/// # Errors
/// E1 and [`Error::AliasArnNotFound`].
pub(super) fn get(cx: &Context<'_>, input: NamedAlias) -> Result<AliasConfiguration, Error> {
    let key = cx.latest_key(&input.function_name)?;
    let function = cx.function(&key, false)?;
    let alias = function.aliases.get(&input.name);
    let arn = || cx.scope.qualified_arn(&key.name, &input.name);
    alias.map(|alias| answer(cx, &function, &input.name, alias)).ok_or_else(|| Error::AliasArnNotFound { arn: arn() })
}

/// Deletes an alias; one that is not there does not matter.
///
/// # Errors
/// E1.
pub(super) fn delete(cx: &Context<'_>, input: NamedAlias) -> Result<(), Error> {
    let key = cx.latest_key(&input.function_name)?;
    cx.change(&key, |function| {
        if !function.aliases.contains_key(&input.name) {
            return Ok(Step::Keep(()));
        }
        let mut changed = function.clone();
        changed.aliases.remove(&input.name);
        // Facts 10: what hangs on it goes with it.
        changed.attached.remove(&input.name);
        Ok(Step::Put(Box::new(changed), ()))
    })
}

/// The aliases of a function, by name, or those that point to one version.
///
/// # Errors
/// E1.
pub(super) fn list(cx: &Context<'_>, input: ListAliases) -> Result<Aliases, Error> {
    let key = cx.latest_key(&input.function_name)?;
    let page = Page::new(input.marker.as_deref(), input.max_items)?;
    let function = cx.function(&key, false)?;
    let wanted = |alias: &Alias| {
        input
            .function_version
            .as_ref()
            .is_none_or(|version| alias.function_version == *version || alias.weights.contains_key(version))
    };
    let entries = function.aliases.iter().filter(|(_, alias)| wanted(alias));
    let (aliases, next_marker) =
        page.cut(entries.map(|(name, alias)| (name.clone(), answer(cx, &function, name, alias))));
    Ok(Aliases { next_marker, aliases })
}

/// What may an alias point to: the order is that of the recorded cases (facts 10).
fn check_routing(
    cx: &Context<'_>,
    key: &Key,
    function: &Function,
    version: &str,
    weights: &BTreeMap<String, f64>,
) -> Result<(), Error> {
    if weights.len() > 1 {
        return Err(Error::TooManyWeights);
    }
    if weights.contains_key(version) {
        return Err(Error::RoutedToItself { version: version.to_owned() });
    }
    if version == LATEST && !weights.is_empty() {
        return Err(Error::LatestNotRoutable);
    }
    let exists = |version: &str| version == LATEST || function.version(version).is_some();
    match std::iter::once(version).chain(weights.keys().map(String::as_str)).find(|version| !exists(version)) {
        Some(missing) => Err(version_not_found(cx, key, missing)),
        None => Ok(()),
    }
}

fn version_not_found(cx: &Context<'_>, key: &Key, version: &str) -> Error {
    Error::FunctionNotFound { arn: cx.scope.qualified_arn(&key.name, version) }
}

fn put(cx: &Context<'_>, function: &Function, name: &str, alias: Alias) -> Step<AliasConfiguration> {
    let answer = answer(cx, function, name, &alias);
    let mut changed = function.clone();
    changed.aliases.insert(name.to_owned(), Arc::new(alias));
    Step::Put(Box::new(changed), answer)
}

pub(super) fn answer(cx: &Context<'_>, function: &Function, name: &str, alias: &Alias) -> AliasConfiguration {
    let routing = RoutingConfig { additional_version_weights: alias.weights.clone() };
    AliasConfiguration {
        alias_arn: cx.scope.qualified_arn(&function.name, name),
        name: name.to_owned(),
        function_version: alias.function_version.clone(),
        description: alias.description.clone(),
        routing_config: (!alias.weights.is_empty()).then_some(routing),
        revision_id: alias.revision_id.clone(),
    }
}
