//! When a function moves on to a newer version of its runtime: put, get (facts 19; nobody has recorded it).

use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::context::{Context, Step};
use super::latest;
use super::place::Place;
use crate::arn::FunctionRef;
use crate::error::{Error, RuntimeManagementError};
use crate::state::function::LATEST;
use crate::state::{Code, Function, RuntimeManagement};

/// What holds when nobody has chosen.
const AUTO: &str = "Auto";
/// What stays with one version.
const MANUAL: &str = "Manual";

/// The request of PutRuntimeManagementConfig.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutRuntimeManagementConfig {
    function_name: FunctionRef,
    qualifier: Option<String>,
    update_runtime_on: String,
    runtime_version_arn: Option<String>,
}

/// The request of GetRuntimeManagementConfig.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetRuntimeManagementConfig {
    function_name: FunctionRef,
    qualifier: Option<String>,
}

impl Request for PutRuntimeManagementConfig {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

impl Request for GetRuntimeManagementConfig {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

/// The choice as it is answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RuntimeManagementConfig {
    update_runtime_on: String,
    function_arn: String,
    runtime_version_arn: Option<String>,
}

impl RuntimeManagementConfig {
    fn of(place: &Place, choice: Option<&RuntimeManagement>) -> Self {
        Self {
            update_runtime_on: choice.map_or_else(|| AUTO.to_owned(), |choice| choice.update_runtime_on.clone()),
            function_arn: place.qualified_arn(),
            runtime_version_arn: choice.and_then(|choice| choice.runtime_version_arn.clone()),
        }
    }
}

/// Chooses when `$LATEST` or a published version moves on. Only `Manual` keeps the version that is named, whose ARN is
/// then the one in the configuration.
///
/// # Errors
/// G7, E10, E1, E4, E3, and a [`RuntimeManagementError`].
pub(super) fn put(cx: &Context<'_>, input: PutRuntimeManagementConfig) -> Result<RuntimeManagementConfig, Error> {
    let place = Place::new(cx, &input.function_name, input.qualifier)?;
    let manual = input.update_runtime_on == MANUAL;
    if manual && input.runtime_version_arn.is_none() {
        return Err(RuntimeManagementError::NoVersion.into());
    }
    let choice = RuntimeManagement {
        update_runtime_on: input.update_runtime_on,
        runtime_version_arn: input.runtime_version_arn.filter(|_| manual),
    };
    // Nothing needs to be kept of what holds anyway.
    let kept = Some(&choice).filter(|choice| choice.update_runtime_on != AUTO);
    cx.change(&place.key, |function| {
        check(function, &place)?;
        if place.qualifier == LATEST {
            latest::check_writable(function, &place.key, None)?;
        }
        if matches!(function.latest.code, Code::Image(_)) {
            return Err(RuntimeManagementError::ForImage.into());
        }
        let changed = function.with_attached(&place.qualifier, |it| it.runtime_management = kept.cloned());
        Ok(Step::Put(Box::new(changed), RuntimeManagementConfig::of(&place, Some(&choice))))
    })
}

/// When `$LATEST` or a published version moves on.
///
/// # Errors
/// G7, E10, E1.
pub(super) fn get(cx: &Context<'_>, input: GetRuntimeManagementConfig) -> Result<RuntimeManagementConfig, Error> {
    let place = Place::new(cx, &input.function_name, input.qualifier)?;
    let function = cx.function(&place.key, false)?;
    check(&function, &place)?;
    Ok(RuntimeManagementConfig::of(&place, choice_of(&function, &place.qualifier)))
}

/// The choice for a version.
pub(super) fn choice_of<'a>(function: &'a Function, version: &str) -> Option<&'a RuntimeManagement> {
    function.attached(version)?.runtime_management.as_ref()
}

/// Refuses what is no version of the function. Aliases have no runtime of their own.
fn check(function: &Function, place: &Place) -> Result<(), Error> {
    if place.qualifier == LATEST || function.version(&place.qualifier).is_some() {
        return Ok(());
    }
    Err(Error::FunctionNotFound { arn: place.qualified_arn() })
}
