//! A look at what there is, without a call: nothing settles, nothing is written down, nobody is asked whether they may.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::alias::{self, AliasConfiguration};
use super::configuration::FunctionConfiguration;
use super::context::{self, Context};
use crate::error::Error;
use crate::package::Package;
use crate::state::Code;
use crate::state::function::{LATEST, version_name};

/// A function with its versions and aliases.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Look {
    configuration: FunctionConfiguration,
    versions: Vec<FunctionConfiguration>,
    aliases: Vec<AliasConfiguration>,
    tags: BTreeMap<String, String>,
}

/// The function of this name as it is now; versions in the order of their numbers.
///
/// # Errors
/// [`Error::FunctionNotFound`], and those of [`Context::latest_key`].
pub(super) fn function(cx: &Context<'_>, name: &str) -> Result<Look, Error> {
    let function = cx.function(&cx.latest_key(&cx.named(name)?)?, false)?;
    let versions = function.versions.iter().map(|(number, snapshot)| {
        let version = version_name(*number);
        FunctionConfiguration::new(cx, &function, &version, snapshot, Some(&version))
    });
    let aliases = function.aliases.iter().map(|(name, alias)| alias::answer(cx, &function, name, alias));
    Ok(Look {
        configuration: FunctionConfiguration::new(cx, &function, LATEST, &function.latest, None),
        versions: versions.collect(),
        aliases: aliases.collect(),
        tags: (*function.tags).clone(),
    })
}

/// The names of all functions of an account in a Region.
///
/// # Errors
/// Those of the store.
pub(crate) fn names(cx: &Context<'_>) -> Result<Vec<String>, Error> {
    Ok(cx.functions()?.iter().map(|function| function.name.to_string()).collect())
}

/// The package of a function, a version or what an alias points to; `None` for an image. The name may say which of them,
/// too.
///
/// # Errors
/// [`Error::FunctionNotFound`], [`Error::QualifierMismatch`], and those of [`Context::key`].
pub(crate) fn package(cx: &Context<'_>, name: &str, qualifier: Option<&str>) -> Result<Option<Arc<Package>>, Error> {
    let named = cx.named(name)?;
    let key = cx.key(&named)?;
    let qualifier = context::qualifier(&named, qualifier.map(str::to_owned))?;
    let missing = || context::missing(cx, &key, qualifier.as_deref());
    let function = cx.function(&key, false)?;
    let target = function.target(qualifier.as_deref()).ok_or_else(missing)?;
    Ok(match &target.snapshot.code {
        Code::Zip(zip) => Some(Arc::clone(&zip.package)),
        Code::Image(_) => None,
    })
}
