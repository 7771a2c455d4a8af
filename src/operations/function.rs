//! Functions: get, list, delete (facts 6, 7).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::access::{Request, Target};
use super::concurrency::Concurrency;
use super::configuration::FunctionConfiguration;
use super::context::{Context, Step, missing, qualifier};
use super::page::Page;
use super::version;
use crate::arn::{FunctionRef, is_version_number};
use crate::error::Error;
use crate::links::FUNCTIONS;
use crate::state::function::{LATEST, PUBLISHED};
use crate::state::{Code, Function, Record, RecordKind, S3Object, Snapshot, ZipCode};

/// The request of GetFunction, GetFunctionConfiguration and DeleteFunction.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct QualifiedFunction {
    function_name: FunctionRef,
    qualifier: Option<String>,
}

impl Request for QualifiedFunction {
    fn target(&self) -> Result<Target, Error> {
        let qualifier = qualifier(&self.function_name, self.qualifier.clone())?;
        Ok(Target::Function { function: self.function_name.clone(), qualifier })
    }
}

/// The request of what reads or deletes something of a whole function: its concurrency, its code signing configuration.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OfFunction {
    pub(super) function_name: FunctionRef,
}

impl Request for OfFunction {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }
}

/// The answer of GetFunction.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct FunctionWithCode {
    configuration: FunctionConfiguration,
    code: FunctionCodeLocation,
    tags: Option<BTreeMap<String, String>>,
    concurrency: Option<Concurrency>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FunctionCodeLocation {
    repository_type: &'static str,
    location: Option<String>,
    image_uri: Option<String>,
    resolved_image_uri: Option<String>,
    resolved_s3_object: Option<S3Object>,
    #[serde(rename = "SourceKMSKeyArn")]
    source_kms_key_arn: Option<String>,
}

impl FunctionCodeLocation {
    fn of(cx: &Context<'_>, name: &str, code: &Code) -> Self {
        match code {
            // B5, G4
            Code::Zip(ZipCode { referenced: Some(object), source_kms_key_arn, .. }) => Self {
                repository_type: "S3",
                resolved_s3_object: Some((**object).clone()),
                source_kms_key_arn: source_kms_key_arn.clone(),
                ..Self::default()
            },
            // G1
            Code::Zip(ZipCode { referenced: None, package, source_kms_key_arn, .. }) => Self {
                repository_type: "S3",
                location: Some(cx.links.make(
                    FUNCTIONS,
                    (cx.scope, cx.endpoint.map(|it| it.url)),
                    name,
                    package,
                    cx.now,
                )),
                source_kms_key_arn: source_kms_key_arn.clone(),
                ..Self::default()
            },
            // G3
            Code::Image(image) => Self {
                repository_type: "ECR",
                image_uri: Some(image.uri.clone()),
                resolved_image_uri: Some(image.resolved_uri()),
                ..Self::default()
            },
        }
    }
}

/// A function, a version or what an alias points to, with a link to its code (section 16). Settles what waits to be
/// read.
///
/// # Errors
/// E1, E10, G7.
pub(super) fn get(cx: &Context<'_>, input: QualifiedFunction) -> Result<FunctionWithCode, Error> {
    let unqualified = input.qualifier.is_none() && input.function_name.qualifier.is_none();
    let read = read(cx, input)?;
    Ok(FunctionWithCode {
        code: FunctionCodeLocation::of(cx, &read.function.name, &read.snapshot.code),
        // G6: only when there are any, and the caller may list them.
        tags: Some(&*read.function.tags).filter(|tags| !tags.is_empty() && cx.may_list_tags(&read.function)).cloned(),
        // G6: it is the function's, not a version's.
        concurrency: Concurrency::of(&read.function).filter(|_| unqualified),
        configuration: read.configuration,
    })
}

/// The configuration alone.
///
/// # Errors
/// As [`get`].
pub(super) fn get_configuration(cx: &Context<'_>, input: QualifiedFunction) -> Result<FunctionConfiguration, Error> {
    Ok(read(cx, input)?.configuration)
}

struct Read {
    function: Arc<Function>,
    snapshot: Arc<Snapshot>,
    configuration: FunctionConfiguration,
}

fn read(cx: &Context<'_>, input: QualifiedFunction) -> Result<Read, Error> {
    let qualifier = qualifier(&input.function_name, input.qualifier)?;
    let key = cx.key(&input.function_name)?;
    let missing = || missing(cx, &key, qualifier.as_deref());
    let found = |reading| {
        cx.function(&key, reading).map_err(|error| match error {
            Error::FunctionNotFound { .. } => missing(),
            other => other,
        })
    };
    // A read that is refused settles nothing.
    if qualifier.is_some() {
        found(false)?.target(qualifier.as_deref()).ok_or_else(missing)?;
    }
    let function = found(true)?;
    let target = function.target(qualifier.as_deref()).ok_or_else(missing)?;
    let (version, snapshot) = (&target.version, target.snapshot);
    let configuration = FunctionConfiguration::new(cx, &function, version, snapshot, qualifier.as_deref());
    Ok(Read { snapshot: Arc::clone(target.snapshot), configuration, function })
}

/// The request of ListFunctions.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListFunctions {
    master_region: Option<String>,
    function_version: Option<String>,
    marker: Option<String>,
    max_items: Option<u32>,
}

impl Request for ListFunctions {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::Account)
    }
}

/// A page of functions.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Functions {
    next_marker: Option<String>,
    functions: Vec<FunctionConfiguration>,
}

/// The functions by name: each once, or with `FunctionVersion=ALL` each with its versions (facts 7).
///
/// # Errors
/// [`Error::InvalidMarker`].
pub(super) fn list(cx: &Context<'_>, input: ListFunctions) -> Result<Functions, Error> {
    let page = Page::new(input.marker.as_deref(), input.max_items)?;
    if input.master_region.is_some_and(|region| region != "ALL") {
        // Only replicas of Lambda@Edge have a master Region, and there are none here.
        return Ok(Functions { next_marker: None, functions: Vec::new() });
    }
    let all = input.function_version.is_some();
    let first = page.from.split('\n').next().unwrap_or_default();
    let records = cx.store.list(cx.scope, RecordKind::Function, first, page.limit + 1)?;
    let functions = records.into_iter().filter_map(|record| match record {
        Record::Function(function) => Some(function.settled(cx.now, false).map_or(function, Arc::new)),
        _ => None,
    });
    let entries = functions.flat_map(|function| {
        // A name, a line end, and the version's key: sorts by name, then by version.
        let snapshots = version::snapshots(&function).take(if all { usize::MAX } else { 1 });
        let entries = snapshots.map(|(key, snapshot)| (format!("{}\n{key}", function.name), snapshot));
        entries.map(|(key, snapshot)| (key, (Arc::clone(&function), snapshot))).collect::<Vec<_>>()
    });
    let (entries, next_marker) = page.cut(entries);
    let configuration = |(function, (number, snapshot)): (Arc<Function>, (String, Arc<Snapshot>))| {
        if all {
            version::listed(cx, &function, &number, &snapshot)
        } else {
            FunctionConfiguration::of_latest(cx, &function).listed()
        }
    };
    Ok(Functions { next_marker, functions: entries.into_iter().map(configuration).collect() })
}

/// The answer of DeleteFunction; its one member is the HTTP status.
#[derive(Debug, Serialize)]
pub(super) struct Deleted {}

/// Deletes a function, or one of its versions (facts 6).
///
/// # Errors
/// E1 (always unqualified), G7, [`Error::LatestNotDeletable`], [`Error::AliasAsQualifier`], [`Error::VersionInUse`].
pub(super) fn delete(cx: &Context<'_>, input: QualifiedFunction) -> Result<Deleted, Error> {
    let qualifier = qualifier(&input.function_name, input.qualifier)?;
    let key = cx.key(&input.function_name)?;
    if qualifier.as_deref() == Some(LATEST) {
        return Err(Error::LatestNotDeletable);
    }
    cx.change(&key, |function| match qualifier.as_deref() {
        None => Ok(Step::Delete(Deleted {})),
        Some(version) if version == PUBLISHED || is_version_number(version) => delete_version(function, version),
        Some(alias) if function.aliases.contains_key(alias) => Err(Error::AliasAsQualifier),
        Some(_) => Ok(Step::Keep(Deleted {})),
    })
}

fn delete_version(function: &Function, version: &str) -> Result<Step<Deleted>, Error> {
    let uses = |alias: &crate::state::Alias| alias.function_version == version || alias.weights.contains_key(version);
    let aliases: Vec<_> =
        function.aliases.iter().filter(|(_, alias)| uses(alias)).map(|(name, _)| name.as_str()).collect();
    if !aliases.is_empty() {
        return Err(Error::VersionInUse { aliases: aliases.join(", ") });
    }
    let Some(number) = function.version_number(version) else {
        // A version that is not there does not matter.
        return Ok(Step::Keep(Deleted {}));
    };
    let mut changed = function.clone();
    changed.versions.remove(&number);
    changed.attached.remove(version);
    Ok(Step::Put(Box::new(changed), Deleted {}))
}
