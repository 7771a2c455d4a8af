//! How many execution environments versions on a capacity provider have: put and get.
//!
//! The one idea to hold: what is asked for holds once it has settled; until then what held before does.

use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::configuration::state_of;
use super::context::{Context, Step};
use super::place::Place;
use crate::arn::FunctionRef;
use crate::error::{CapacityProviderError, Error};
use crate::state::function_scaling::{Environments, FunctionScaling};
use crate::state::{Function, Snapshot};

/// The request of PutFunctionScalingConfig.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutFunctionScalingConfig {
    function_name: FunctionRef,
    qualifier: String,
    function_scaling_config: Option<Environments>,
}

/// The request of GetFunctionScalingConfig.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetFunctionScalingConfig {
    function_name: FunctionRef,
    qualifier: String,
}

impl Request for PutFunctionScalingConfig {
    fn target(&self) -> Result<Target, Error> {
        Ok(target(&self.function_name, &self.qualifier))
    }
}

impl Request for GetFunctionScalingConfig {
    fn target(&self) -> Result<Target, Error> {
        Ok(target(&self.function_name, &self.qualifier))
    }
}

fn target(function: &FunctionRef, qualifier: &str) -> Target {
    Target::Function { function: function.clone(), qualifier: Some(qualifier.to_owned()) }
}

/// The answer of PutFunctionScalingConfig.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Put {
    function_state: &'static str,
}

/// The answer of GetFunctionScalingConfig.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_field_names, reason = "AWS's names")]
pub(super) struct FunctionScalingConfig {
    function_arn: String,
    applied_function_scaling_config: Option<Environments>,
    requested_function_scaling_config: Option<Environments>,
}

/// Asks for other numbers of execution environments of a version. What is left out of them is Lambda's to choose.
///
/// # Errors
/// E1 of the version, E10, F7, [`CapacityProviderError::MinimumAboveMaximum`], [`CapacityProviderError::NotManaged`].
pub(super) fn put(cx: &Context<'_>, input: PutFunctionScalingConfig) -> Result<Put, Error> {
    let requested = input.function_scaling_config.unwrap_or_default();
    if let (Some(least), Some(most)) = (requested.min_execution_environments, requested.max_execution_environments)
        && least > most
    {
        return Err(CapacityProviderError::MinimumAboveMaximum.into());
    }
    change(cx, &input.function_name, &input.qualifier, |function, version| {
        let transition = Some(cx.version_transition());
        let applied = scaling_of(function, &input.qualifier)
            .and_then(|current| current.settled(cx.now, false).unwrap_or(current).applied);
        let scaling = FunctionScaling { requested: requested.clone(), applied, transition };
        let changed = function.with_attached(&input.qualifier, |attached| attached.scaling = Some(scaling));
        Ok(Step::Put(Box::new(changed), Put { function_state: state_of(&version.phase) }))
    })
}

/// The numbers of execution environments of a version, where any were asked for. Reading them settles them.
///
/// # Errors
/// E1 of the version, E10, F7, [`CapacityProviderError::NotManaged`].
pub(super) fn get(cx: &Context<'_>, input: GetFunctionScalingConfig) -> Result<FunctionScalingConfig, Error> {
    let answer = |function: &Function, scaling: Option<&FunctionScaling>| FunctionScalingConfig {
        function_arn: cx.scope.qualified_arn(&function.name, &input.qualifier),
        applied_function_scaling_config: scaling.and_then(|it| it.applied.clone()),
        requested_function_scaling_config: scaling.map(|it| it.requested.clone()),
    };
    change(cx, &input.function_name, &input.qualifier, |function, _| {
        let current = scaling_of(function, &input.qualifier);
        Ok(match current.as_ref().and_then(|scaling| scaling.settled(cx.now, true)) {
            None => Step::Keep(answer(function, current.as_ref())),
            Some(settled) => {
                let told = answer(function, Some(&settled));
                let changed = function.with_attached(&input.qualifier, |attached| attached.scaling = Some(settled));
                Step::Put(Box::new(changed), told)
            }
        })
    })
}

fn scaling_of(function: &Function, qualifier: &str) -> Option<FunctionScaling> {
    function.attached(qualifier)?.scaling.clone()
}

/// A step of a function that has this version, on a capacity provider.
fn change<T>(
    cx: &Context<'_>,
    function: &FunctionRef,
    qualifier: &str,
    mut step: impl FnMut(&Function, &Snapshot) -> Result<Step<T>, Error>,
) -> Result<T, Error> {
    let place = Place::new(cx, function, Some(qualifier.to_owned()))?;
    let changed = cx.change(&place.key, |function| {
        let version = function.version(qualifier).ok_or_else(|| place.missing())?;
        if version.settings.capacity_provider_config.is_none() {
            return Err(CapacityProviderError::NotManaged.into());
        }
        step(function, version)
    });
    changed.map_err(|error| if matches!(error, Error::FunctionNotFound { .. }) { place.missing() } else { error })
}
