//! URLs of functions and of aliases: create, get, update, delete, list (facts 14).

use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::context::{Context, Step, qualifier};
use super::page::Page;
use crate::arn::FunctionRef;
use crate::error::Error;
use crate::function_url::link;
use crate::iam::Facts;
use crate::state::function::LATEST;
use crate::state::{Cors, Function, FunctionUrl, Key};

/// How a URL calls its function when nobody has chosen.
const DEFAULT_INVOKE_MODE: &str = "BUFFERED";
/// How many characters the id of a URL has.
const ID_CHARACTERS: usize = 32;

/// The request of CreateFunctionUrlConfig.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateFunctionUrlConfig {
    function_name: FunctionRef,
    qualifier: Option<String>,
    auth_type: String,
    cors: Option<Cors>,
    invoke_mode: Option<String>,
}

impl Request for CreateFunctionUrlConfig {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }

    fn facts(&self, facts: &mut Facts) {
        facts.set("lambda:FunctionUrlAuthType", &self.auth_type);
    }
}

/// The request of UpdateFunctionUrlConfig: what is left out stays.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateFunctionUrlConfig {
    function_name: FunctionRef,
    qualifier: Option<String>,
    auth_type: Option<String>,
    cors: Option<Cors>,
    invoke_mode: Option<String>,
}

impl Request for UpdateFunctionUrlConfig {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }

    fn facts(&self, facts: &mut Facts) {
        facts.set_all("lambda:FunctionUrlAuthType", &self.auth_type);
    }
}

/// The request of GetFunctionUrlConfig and DeleteFunctionUrlConfig.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneFunctionUrlConfig {
    function_name: FunctionRef,
    qualifier: Option<String>,
}

impl Request for OneFunctionUrlConfig {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

/// The request of ListFunctionUrlConfigs.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListFunctionUrlConfigs {
    function_name: FunctionRef,
    marker: Option<String>,
    max_items: Option<u32>,
}

impl Request for ListFunctionUrlConfigs {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

/// A URL as it is answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct FunctionUrlConfig {
    function_url: String,
    function_arn: String,
    auth_type: String,
    cors: Option<Cors>,
    creation_time: String,
    last_modified_time: Option<String>,
    invoke_mode: Option<String>,
}

impl FunctionUrlConfig {
    /// With the members that reads and updates have.
    fn new(cx: &Context<'_>, name: &str, alias: &str, url: &FunctionUrl) -> Self {
        let server = cx.endpoint.filter(|server| server.has_function_urls);
        Self {
            function_url: link(&url.id, &cx.scope.region, server.map(|server| server.url)),
            function_arn: arn(cx, name, alias),
            auth_type: url.auth_type.clone(),
            cors: url.cors.clone(),
            creation_time: url.creation_time.iso_micros(),
            last_modified_time: Some(url.last_modified_time.iso_micros()),
            invoke_mode: url.invoke_mode.clone(),
        }
    }

    /// As it is read: how it calls is said, chosen or not.
    fn read(self) -> Self {
        Self { invoke_mode: self.invoke_mode.or_else(|| Some(DEFAULT_INVOKE_MODE.to_owned())), ..self }
    }
}

/// A page of URLs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct FunctionUrlConfigs {
    next_marker: Option<String>,
    function_url_configs: Vec<FunctionUrlConfig>,
}

/// Gives a function or an alias a URL.
///
/// # Errors
/// G7, E10, [`Error::FunctionDoesNotExist`], [`Error::FunctionUrlExists`].
pub(super) fn create(cx: &Context<'_>, input: CreateFunctionUrlConfig) -> Result<FunctionUrlConfig, Error> {
    let (key, alias) = key_and_alias(cx, &input.function_name, input.qualifier)?;
    change(cx, &key, &alias, |function| {
        if url_of(function, &alias).is_some() {
            return Err(Error::FunctionUrlExists { arn: arn(cx, &key.name, &alias) });
        }
        Ok(FunctionUrl {
            id: cx.ids.letters(ID_CHARACTERS).to_ascii_lowercase(),
            auth_type: input.auth_type.clone(),
            cors: input.cors.clone(),
            invoke_mode: input.invoke_mode.clone(),
            creation_time: cx.now,
            last_modified_time: cx.now,
        })
    })
    .map(|created| FunctionUrlConfig { last_modified_time: None, ..created })
}

/// Changes the URL of a function or an alias.
///
/// # Errors
/// G7, E10, [`Error::FunctionDoesNotExist`], [`Error::NoSuchResource`].
pub(super) fn update(cx: &Context<'_>, input: UpdateFunctionUrlConfig) -> Result<FunctionUrlConfig, Error> {
    let (key, alias) = key_and_alias(cx, &input.function_name, input.qualifier)?;
    change(cx, &key, &alias, |function| {
        let current = url_of(function, &alias).cloned().ok_or(Error::NoSuchResource)?;
        Ok(FunctionUrl {
            auth_type: input.auth_type.clone().unwrap_or(current.auth_type),
            cors: input.cors.clone().or(current.cors),
            invoke_mode: input.invoke_mode.clone().or(current.invoke_mode),
            last_modified_time: cx.now,
            ..current
        })
    })
}

/// The URL of a function or an alias.
///
/// # Errors
/// G7, E10, [`Error::NoSuchResource`].
pub(super) fn get(cx: &Context<'_>, input: OneFunctionUrlConfig) -> Result<FunctionUrlConfig, Error> {
    let (key, alias) = key_and_alias(cx, &input.function_name, input.qualifier)?;
    let function = cx.function(&key, false).map_err(|error| instead(error, Error::NoSuchResource))?;
    let url = url_of(&function, &alias).ok_or(Error::NoSuchResource)?;
    Ok(FunctionUrlConfig::new(cx, &key.name, &alias, url).read())
}

/// Takes the URL of a function or an alias away.
///
/// # Errors
/// As [`get`].
pub(super) fn delete(cx: &Context<'_>, input: OneFunctionUrlConfig) -> Result<(), Error> {
    let (key, alias) = key_and_alias(cx, &input.function_name, input.qualifier)?;
    cx.change(&key, |function| {
        url_of(function, &alias).ok_or(Error::NoSuchResource)?;
        Ok(Step::Put(Box::new(function.with_attached(&alias, |attached| attached.url = None)), ()))
    })
    .map_err(|error| instead(error, Error::NoSuchResource))
}

/// The URLs of a function: its own, then those of its aliases by name.
///
/// # Errors
/// E10, [`Error::FunctionDoesNotExist`], [`Error::InvalidMarker`].
pub(super) fn list(cx: &Context<'_>, input: ListFunctionUrlConfigs) -> Result<FunctionUrlConfigs, Error> {
    let key = cx.key(&input.function_name)?;
    let page = Page::new(input.marker.as_deref(), input.max_items)?;
    let function = cx.function(&key, false).map_err(|error| instead(error, Error::FunctionDoesNotExist))?;
    let entries = function
        .attached
        .iter()
        .filter_map(|(alias, attached)| Some((alias, attached.url.as_ref()?)))
        .map(|(alias, url)| (alias.clone(), FunctionUrlConfig::new(cx, &key.name, alias, url).read()));
    let (function_url_configs, next_marker) = page.cut(entries);
    Ok(FunctionUrlConfigs { next_marker, function_url_configs })
}

/// Writes the URL that `step` makes for a function, or for an alias that it has.
fn change(
    cx: &Context<'_>,
    key: &Key,
    alias: &str,
    mut step: impl FnMut(&Function) -> Result<FunctionUrl, Error>,
) -> Result<FunctionUrlConfig, Error> {
    cx.change(key, |function| {
        if alias != LATEST && !function.aliases.contains_key(alias) {
            return Err(Error::FunctionDoesNotExist);
        }
        let url = step(function)?;
        let answer = FunctionUrlConfig::new(cx, &key.name, alias, &url);
        let changed = function.with_attached(alias, |attached| attached.url = Some(url));
        Ok(Step::Put(Box::new(changed), answer))
    })
    .map_err(|error| instead(error, Error::FunctionDoesNotExist))
}

/// The URL of the function, or of an alias.
fn url_of<'a>(function: &'a Function, alias: &str) -> Option<&'a FunctionUrl> {
    function.attached(alias)?.url.as_ref()
}

/// The key of a function, and the alias that is asked for: [`LATEST`] for the function itself.
fn key_and_alias(cx: &Context<'_>, function: &FunctionRef, parameter: Option<String>) -> Result<(Key, String), Error> {
    let alias = qualifier(function, parameter)?.unwrap_or_else(|| LATEST.to_owned());
    Ok((cx.key(function)?, alias))
}

/// Facts 2.6: URLs have texts of their own for a function that is not there.
fn instead(error: Error, other: Error) -> Error {
    if matches!(error, Error::FunctionNotFound { .. }) { other } else { error }
}

fn arn(cx: &Context<'_>, name: &str, alias: &str) -> String {
    if alias == LATEST { cx.scope.function_arn(name) } else { cx.scope.qualified_arn(name, alias) }
}
