//! Code signing configurations, which functions have them, and what they mean for a package (3.3, facts 17).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::access::{Request, Target, request_tags};
use super::context::{Context, Step, Swap};
use super::function::OfFunction;
use super::page::Page;
use super::tags;
use crate::arn::FunctionRef;
use crate::error::{CodeSigningError, Error};
use crate::iam::Facts;
use crate::signing::{Flaw, Signature};
use crate::state::{Code, CodeSigningConfig, Function, Key, Record, RecordKind, ZipCode};

/// What becomes of untrusted packages when nothing is said.
const DEFAULT_POLICY: &str = "Warn";
/// How many characters follow `csc-` in an id.
const ID_CHARACTERS: usize = 17;

/// The request of CreateCodeSigningConfig.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateCodeSigningConfig {
    description: Option<String>,
    allowed_publishers: AllowedPublishers,
    code_signing_policies: Option<CodeSigningPolicies>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

impl Request for CreateCodeSigningConfig {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Account)
    }

    fn facts(&self, facts: &mut Facts) {
        request_tags(facts, &self.tags);
    }
}

/// The request of UpdateCodeSigningConfig: what is left out stays.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateCodeSigningConfig {
    code_signing_config_arn: String,
    description: Option<String>,
    allowed_publishers: Option<AllowedPublishers>,
    code_signing_policies: Option<CodeSigningPolicies>,
}

impl Request for UpdateCodeSigningConfig {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Other(self.code_signing_config_arn.clone()))
    }
}

/// The request of GetCodeSigningConfig and DeleteCodeSigningConfig.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneCodeSigningConfig {
    code_signing_config_arn: String,
}

impl Request for OneCodeSigningConfig {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Other(self.code_signing_config_arn.clone()))
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AllowedPublishers {
    signing_profile_version_arns: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CodeSigningPolicies {
    untrusted_artifact_on_deployment: Option<String>,
}

/// The answer of every operation on one configuration.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Wrapped {
    code_signing_config: Shown,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Shown {
    code_signing_config_id: String,
    code_signing_config_arn: String,
    description: String,
    allowed_publishers: AllowedPublishers,
    code_signing_policies: CodeSigningPolicies,
    last_modified: String,
}

/// An answer without members.
#[derive(Debug, Serialize)]
pub(super) struct Nothing {}

/// Makes a configuration.
///
/// # Errors
/// [`Error::TooManyTags`].
pub(super) fn create(cx: &Context<'_>, input: CreateCodeSigningConfig) -> Result<Wrapped, Error> {
    tags::check_count(&input.tags)?;
    let id: String = cx.ids.uuid().chars().filter(|it| *it != '-').take(ID_CHARACTERS).collect();
    let policies = input.code_signing_policies.and_then(|policies| policies.untrusted_artifact_on_deployment);
    let config = CodeSigningConfig {
        id: format!("csc-{id}"),
        description: input.description.unwrap_or_default(),
        allowed_publishers: input.allowed_publishers.signing_profile_version_arns,
        untrusted_artifact_on_deployment: policies.unwrap_or_else(|| DEFAULT_POLICY.to_owned()),
        last_modified: cx.now,
        tags: input.tags,
    };
    let shown = shown(cx, &config);
    let record = Record::CodeSigningConfig(Arc::new(config));
    cx.swap(&config_key(cx, &shown.code_signing_config_id), |_| Ok((Swap::Put(record.clone()), ())))?;
    Ok(Wrapped { code_signing_config: shown })
}

/// A configuration.
///
/// # Errors
/// [`CodeSigningError::ArnNotFound`].
pub(super) fn get(cx: &Context<'_>, input: OneCodeSigningConfig) -> Result<Wrapped, Error> {
    let config =
        find(cx, &input.code_signing_config_arn)?.ok_or_else(|| arn_not_found(&input.code_signing_config_arn))?;
    Ok(Wrapped { code_signing_config: shown(cx, &config) })
}

/// Changes a configuration.
///
/// # Errors
/// As [`get`].
pub(super) fn update(cx: &Context<'_>, input: UpdateCodeSigningConfig) -> Result<Wrapped, Error> {
    let publishers = input.allowed_publishers.map(|publishers| publishers.signing_profile_version_arns);
    let policy = input.code_signing_policies.and_then(|policies| policies.untrusted_artifact_on_deployment);
    let changed = change(cx, &input.code_signing_config_arn, |config| {
        let current = config.clone();
        Ok(CodeSigningConfig {
            description: input.description.clone().unwrap_or(current.description),
            allowed_publishers: publishers.clone().unwrap_or(current.allowed_publishers),
            untrusted_artifact_on_deployment: policy.clone().unwrap_or(current.untrusted_artifact_on_deployment),
            last_modified: cx.now,
            ..current
        })
    })?;
    Ok(Wrapped { code_signing_config: shown(cx, &changed) })
}

/// Deletes a configuration that no function has.
///
/// # Errors
/// As [`get`], and [`CodeSigningError::ConfigInUse`].
pub(super) fn delete(cx: &Context<'_>, input: OneCodeSigningConfig) -> Result<Nothing, Error> {
    let arn = input.code_signing_config_arn;
    let config = find(cx, &arn)?.ok_or_else(|| arn_not_found(&arn))?;
    if !functions(cx, &arn)?.is_empty() {
        return Err(CodeSigningError::ConfigInUse { arn }.into());
    }
    cx.swap(&config_key(cx, &config.id), |_| Ok((Swap::Delete, Nothing {})))
}

/// The request of ListCodeSigningConfigs.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListCodeSigningConfigs {
    marker: Option<String>,
    max_items: Option<u32>,
}

impl Request for ListCodeSigningConfigs {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Account)
    }
}

/// A page of configurations.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CodeSigningConfigs {
    next_marker: Option<String>,
    code_signing_configs: Vec<Shown>,
}

/// The configurations by id.
///
/// # Errors
/// [`Error::InvalidMarker`].
pub(super) fn list(cx: &Context<'_>, input: ListCodeSigningConfigs) -> Result<CodeSigningConfigs, Error> {
    let page = Page::new(input.marker.as_deref(), input.max_items)?;
    let records = cx.store.list(cx.scope, RecordKind::CodeSigningConfig, &page.from, page.limit + 1)?;
    let entries = records.iter().filter_map(|record| match record {
        Record::CodeSigningConfig(config) => Some((config.id.clone(), shown(cx, config))),
        _ => None,
    });
    let (code_signing_configs, next_marker) = page.cut(entries);
    Ok(CodeSigningConfigs { next_marker, code_signing_configs })
}

/// The request of ListFunctionsByCodeSigningConfig.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListFunctionsByCodeSigningConfig {
    code_signing_config_arn: String,
    marker: Option<String>,
    max_items: Option<u32>,
}

impl Request for ListFunctionsByCodeSigningConfig {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Other(self.code_signing_config_arn.clone()))
    }
}

/// A page of functions.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct FunctionArns {
    next_marker: Option<String>,
    function_arns: Vec<String>,
}

/// The functions that have a configuration, by name.
///
/// # Errors
/// As [`get`], and [`Error::InvalidMarker`].
pub(super) fn list_functions(cx: &Context<'_>, input: ListFunctionsByCodeSigningConfig) -> Result<FunctionArns, Error> {
    let page = Page::new(input.marker.as_deref(), input.max_items)?;
    find(cx, &input.code_signing_config_arn)?.ok_or_else(|| arn_not_found(&input.code_signing_config_arn))?;
    let names = functions(cx, &input.code_signing_config_arn)?;
    let entries = names.into_iter().map(|name| (name.to_string(), cx.scope.function_arn(&name)));
    let (function_arns, next_marker) = page.cut(entries);
    Ok(FunctionArns { next_marker, function_arns })
}

/// The request of PutFunctionCodeSigningConfig.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutFunctionCodeSigningConfig {
    code_signing_config_arn: String,
    function_name: FunctionRef,
}

impl Request for PutFunctionCodeSigningConfig {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }

    fn facts(&self, facts: &mut Facts) {
        facts.set("lambda:CodeSigningConfigArn", &self.code_signing_config_arn);
    }
}

/// The configuration of a function; no member at all where there is none, which Terraform needs at every plan.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct FunctionCodeSigningConfig {
    code_signing_config_arn: Option<String>,
    function_name: Option<String>,
}

/// The configuration of a function.
///
/// # Errors
/// E1, E10, [`CodeSigningError::ForImage`].
pub(super) fn of_function(cx: &Context<'_>, input: OfFunction) -> Result<FunctionCodeSigningConfig, Error> {
    let function = cx.function(&cx.key(&input.function_name)?, false)?;
    refuse_image(&function.latest.code)?;
    let code_signing_config_arn = function.code_signing_config_arn.clone();
    let function_name = code_signing_config_arn.as_ref().map(|_| function.name.to_string());
    Ok(FunctionCodeSigningConfig { code_signing_config_arn, function_name })
}

/// Gives a function a configuration, which counts from its next package on.
///
/// # Errors
/// [`CodeSigningError::ConfigNotFound`], E1, E10, [`CodeSigningError::ForImage`].
pub(super) fn put_on_function(
    cx: &Context<'_>,
    input: PutFunctionCodeSigningConfig,
) -> Result<FunctionCodeSigningConfig, Error> {
    let key = cx.key(&input.function_name)?;
    cx.may_sign_with(&input.code_signing_config_arn)?;
    check_there(cx, &input.code_signing_config_arn)?;
    cx.change(&key, |function| {
        refuse_image(&function.latest.code)?;
        let code_signing_config_arn = Some(input.code_signing_config_arn.clone());
        let answer = FunctionCodeSigningConfig {
            code_signing_config_arn: code_signing_config_arn.clone(),
            function_name: Some(function.name.to_string()),
        };
        Ok(Step::Put(Box::new(Function { code_signing_config_arn, ..function.clone() }), answer))
    })
}

/// Takes a function's configuration away, if it has one.
///
/// # Errors
/// E1, E10.
pub(super) fn delete_from_function(cx: &Context<'_>, input: OfFunction) -> Result<(), Error> {
    let key = cx.key(&input.function_name)?;
    cx.change(&key, |function| {
        Ok(Step::Put(Box::new(Function { code_signing_config_arn: None, ..function.clone() }), ()))
    })
}

/// Refuses a configuration that is not there.
///
/// # Errors
/// [`CodeSigningError::ConfigNotFound`].
pub(super) fn check_there(cx: &Context<'_>, arn: &str) -> Result<(), Error> {
    find(cx, arn)?.ok_or_else(|| CodeSigningError::ConfigNotFound { arn: arn.to_owned() })?;
    Ok(())
}

/// The code with its signature, if it counts as signed (P18).
#[must_use]
pub(super) fn signed(cx: &Context<'_>, code: Code) -> Code {
    match code {
        Code::Zip(zip) => {
            Code::Zip(ZipCode { signature: cx.signatures.of(&zip.package.digest()).map(Box::new), ..zip })
        }
        Code::Image(_) => code,
    }
}

/// Whether a configuration lets signed or unsigned code be deployed (step 12 of section 4).
///
/// # Errors
/// Those of [`verify_signature`].
pub(super) fn verify(cx: &Context<'_>, key: &Key, config_arn: Option<&str>, code: &Code) -> Result<(), Error> {
    match code {
        Code::Zip(zip) => verify_signature(cx, &key.arn(), config_arn, zip.signature.as_deref()),
        Code::Image(_) => Ok(()),
    }
}

/// Whether a configuration lets a package with this signature, or without one, be deployed: that of the function or of
/// the layer version with this ARN.
///
/// # Errors
/// [`CodeSigningError::ConfigNotFound`], [`CodeSigningError::InvalidSignature`], [`CodeSigningError::VerificationFailed`].
pub(super) fn verify_signature(
    cx: &Context<'_>,
    arn: &str,
    config_arn: Option<&str>,
    signature: Option<&Signature>,
) -> Result<(), Error> {
    let Some(config_arn) = config_arn else { return Ok(()) };
    let missing = || CodeSigningError::ConfigNotFound { arn: config_arn.to_owned() };
    let config = find(cx, config_arn)?.ok_or_else(missing)?;
    let flaw = signature.and_then(|signature| signature.flaw);
    if flaw == Some(Flaw::Integrity) {
        return Err(CodeSigningError::InvalidSignature { arn: arn.to_owned() }.into());
    }
    let trusted = signature.filter(|_| flaw.is_none());
    let trusted = trusted.is_some_and(|signature| config.allowed_publishers.contains(&signature.profile_version_arn));
    if trusted || config.untrusted_artifact_on_deployment != "Enforce" {
        return Ok(());
    }
    let checked = signature.map_or_else(|| "unsigned".to_owned(), |_| arn.to_owned());
    Err(CodeSigningError::VerificationFailed { checked }.into())
}

/// Refuses image functions, which are not signed.
///
/// # Errors
/// [`CodeSigningError::ForImage`].
fn refuse_image(code: &Code) -> Result<(), Error> {
    if matches!(code, Code::Image(_)) { Err(CodeSigningError::ForImage.into()) } else { Ok(()) }
}

/// Changes the configuration of an ARN.
///
/// # Errors
/// [`CodeSigningError::ArnNotFound`], and what `step` refuses with.
pub(super) fn change(
    cx: &Context<'_>,
    arn: &str,
    mut step: impl FnMut(&CodeSigningConfig) -> Result<CodeSigningConfig, Error>,
) -> Result<Arc<CodeSigningConfig>, Error> {
    let key = key(cx, arn).ok_or_else(|| arn_not_found(arn))?;
    cx.swap(&key, |record| {
        let Some(Record::CodeSigningConfig(config)) = record else {
            return Err(arn_not_found(arn).into());
        };
        let changed = Arc::new(step(config)?);
        Ok((Swap::Put(Record::CodeSigningConfig(Arc::clone(&changed))), changed))
    })
}

/// The configuration of an ARN, if it is in the caller's account and Region and is there.
///
/// # Errors
/// A fault of the store.
pub(super) fn find(cx: &Context<'_>, arn: &str) -> Result<Option<Arc<CodeSigningConfig>>, Error> {
    let Some(key) = key(cx, arn) else { return Ok(None) };
    match cx.store.get(&key)? {
        Some((_, Record::CodeSigningConfig(config))) => Ok(Some(config)),
        _ => Ok(None),
    }
}

fn arn_not_found(arn: &str) -> CodeSigningError {
    CodeSigningError::ArnNotFound { arn: arn.to_owned() }
}

fn key(cx: &Context<'_>, arn: &str) -> Option<Key> {
    Key::of_arn(cx.scope, arn).filter(|key| key.kind == RecordKind::CodeSigningConfig)
}

fn config_key(cx: &Context<'_>, id: &str) -> Key {
    Key::new(cx.scope, RecordKind::CodeSigningConfig, id)
}

/// The names of the functions that have a configuration.
fn functions(cx: &Context<'_>, arn: &str) -> Result<Vec<Arc<str>>, Error> {
    let functions =
        cx.functions()?.into_iter().filter(|function| function.code_signing_config_arn.as_deref() == Some(arn));
    Ok(functions.map(|function| Arc::clone(&function.name)).collect())
}

fn shown(cx: &Context<'_>, config: &CodeSigningConfig) -> Shown {
    let policy = config.untrusted_artifact_on_deployment.clone();
    Shown {
        code_signing_config_id: config.id.clone(),
        code_signing_config_arn: config_key(cx, &config.id).arn(),
        description: config.description.clone(),
        allowed_publishers: AllowedPublishers { signing_profile_version_arns: config.allowed_publishers.clone() },
        code_signing_policies: CodeSigningPolicies { untrusted_artifact_on_deployment: Some(policy) },
        last_modified: config.last_modified.last_modified(),
    }
}
