//! Functions: create, get, list, delete (facts 4, 6, 7).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::configuration::FunctionConfiguration;
use super::context::{Context, Step, qualifier};
use super::members::{Unbuilt, given};
use super::page::Page;
use super::{environment, runtime, source, tags, version};
use crate::arn::{FunctionRef, is_version_number};
use crate::blob::Blob;
use crate::error::Error;
use crate::state::function::LATEST;
use crate::state::settings::{
    AcceleratorConfig, DeadLetterConfig, DurableConfig, Environment, EphemeralStorage, FileSystemConfig, LoggingConfig,
    RuntimeConfig, SnapStart, TenancyConfig, TracingConfig, VpcConfig,
};
use crate::state::{Code, Function, Key, Phase, Record, RecordKind, Settings, Snapshot};
use crate::store::StoreError;

/// The longest plain name, in CreateFunction only (facts 2.2).
const NAME_CHARACTERS: usize = 64;

/// The request of CreateFunction.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateFunction {
    function_name: FunctionRef,
    runtime: Option<String>,
    role: String,
    handler: Option<String>,
    code: FunctionCode,
    description: Option<String>,
    timeout: Option<u32>,
    memory_size: Option<u32>,
    #[serde(default)]
    publish: bool,
    publish_to: Option<String>,
    vpc_config: Option<VpcConfig>,
    package_type: Option<String>,
    dead_letter_config: Option<DeadLetterConfig>,
    environment: Option<Environment>,
    #[serde(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    tracing_config: Option<TracingConfig>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    layers: Option<Vec<String>>,
    file_system_configs: Option<Vec<FileSystemConfig>>,
    code_signing_config_arn: Option<String>,
    image_config: Option<Unbuilt>,
    architectures: Option<Vec<String>>,
    ephemeral_storage: Option<EphemeralStorage>,
    snap_start: Option<SnapStart>,
    logging_config: Option<LoggingConfig>,
    tenancy_config: Option<TenancyConfig>,
    capacity_provider_config: Option<Unbuilt>,
    durable_config: Option<DurableConfig>,
    runtime_config: Option<RuntimeConfig>,
    accelerator_config: Option<AcceleratorConfig>,
}

/// Where the code of a new function comes from.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FunctionCode {
    zip_file: Option<Blob>,
    s3_bucket: Option<String>,
    s3_key: Option<String>,
    s3_object_version: Option<String>,
    s3_object_storage_mode: Option<String>,
    image_uri: Option<String>,
    #[serde(rename = "SourceKMSKeyArn")]
    source_kms_key_arn: Option<String>,
}

/// Makes a function.
///
/// # Errors
/// Facts 4.2; the order is that of the statements. A refused call leaves no trace.
pub(super) fn create(cx: &Context<'_>, mut input: CreateFunction) -> Result<FunctionConfiguration, Error> {
    let name = &input.function_name.name;
    if name.chars().count() > NAME_CHARACTERS {
        return Err(Error::NameTooLong { name: name.clone() });
    }
    let key = cx.latest_key(&input.function_name)?;
    input.check()?;
    let source = input.code.members().source()?;
    if cx.store.get(&key)?.is_some() {
        return Err(exists(&key));
    }
    let package = source.accept(cx)?;
    let cx = &cx.later();
    let code = Code { package, source_kms_key_arn: given(input.code.source_kms_key_arn.take()) };
    let publish = input.publish;
    let mut function = input.into_function(cx, &key, code);
    // The answer's own revision is that of $LATEST, before it settles (N1).
    let answer = FunctionConfiguration::of_latest(cx.scope, &function);
    let answer = if publish {
        let revision_id = function.latest.revision_id.clone();
        version::add(cx, &mut function, None, Phase::Creating(cx.version_transition()));
        function.latest = Arc::new(Snapshot { revision_id, ..(*function.latest).clone() });
        answer.with_version("1")
    } else {
        answer
    };
    match cx.store.put(&key, Record::Function(Arc::new(function)), None) {
        Ok(_) => Ok(answer),
        Err(StoreError::Moved) => Err(exists(&key)),
        Err(broken) => Err(broken.into()),
    }
}

fn exists(key: &Key) -> Error {
    Error::FunctionExists { name: key.name.to_string() }
}

impl FunctionCode {
    /// The members that name a source, taken out.
    fn members(&mut self) -> source::Members {
        source::Members {
            zip_file: self.zip_file.take(),
            s3_bucket: self.s3_bucket.take(),
            s3_key: self.s3_key.take(),
            s3_object_version: self.s3_object_version.take(),
            s3_object_storage_mode: self.s3_object_storage_mode.take(),
        }
    }
}

impl CreateFunction {
    fn check(&self) -> Result<(), Error> {
        let image = self.package_type.as_deref() == Some("Image") || self.code.image_uri.is_some();
        Unbuilt::check(image || self.image_config.is_some(), "image functions (PackageType, ImageUri, ImageConfig)")?;
        Unbuilt::check(self.layers.as_ref().is_some_and(|layers| !layers.is_empty()), "layers on functions (Layers)")?;
        Unbuilt::check(self.code_signing_config_arn.is_some(), "code signing (CodeSigningConfigArn)")?;
        Unbuilt::check(self.capacity_provider_config.is_some(), "capacity providers (CapacityProviderConfig)")?;
        if self.publish_to.is_some() {
            return Err(Error::PublishToUnsupported);
        }
        if self.vpc_config.as_ref().is_some_and(VpcConfig::is_half) {
            return Err(Error::HalfVpcConfig);
        }
        environment::check(self.environment.as_ref())?;
        let (Some(runtime), Some(_)) = (&self.runtime, &self.handler) else {
            return Err(Error::RuntimeAndHandlerRequired);
        };
        runtime::check(runtime)?;
        let apply_on = self.snap_start.as_ref().and_then(|snap_start| snap_start.apply_on.as_deref());
        runtime::check_snap_start(Some(runtime), apply_on)?;
        tags::check_count(&self.tags)
    }

    /// The new function, pending, with AWS's defaults (P13).
    fn into_function(self, cx: &Context<'_>, key: &Key, code: Code) -> Function {
        let logging = LoggingConfig {
            log_format: Some("Text".into()),
            log_group: Some(format!("/aws/lambda/{}", key.name)),
            ..LoggingConfig::default()
        };
        let settings = Settings {
            runtime: self.runtime,
            role: self.role,
            handler: self.handler,
            description: self.description.unwrap_or_default(),
            timeout: self.timeout.unwrap_or(3),
            memory_size: self.memory_size.unwrap_or(128),
            environment: self.environment,
            vpc_config: self.vpc_config.filter(|vpc| !vpc.subnet_ids.is_empty() || !vpc.security_group_ids.is_empty()),
            dead_letter_config: self.dead_letter_config.filter(|config| !config.is_empty()),
            kms_key_arn: given(self.kms_key_arn),
            tracing_config: TracingConfig {
                mode: self.tracing_config.and_then(|config| config.mode).or(Some("PassThrough".into())),
            },
            file_system_configs: self.file_system_configs.filter(|configs| !configs.is_empty()),
            architectures: self.architectures.unwrap_or_else(|| vec!["x86_64".into()]),
            ephemeral_storage: self.ephemeral_storage.unwrap_or(EphemeralStorage { size: 512 }),
            snap_start: self.snap_start.unwrap_or(SnapStart { apply_on: None }),
            logging_config: match self.logging_config {
                Some(change) => logging.merged(change),
                None => logging,
            },
            tenancy_config: self.tenancy_config,
            durable_config: self.durable_config,
            runtime_config: self.runtime_config,
            accelerator_config: self.accelerator_config,
        };
        Function {
            name: Arc::clone(&key.name),
            latest: Arc::new(Snapshot {
                settings: Arc::new(settings),
                code,
                last_modified: cx.now,
                revision_id: cx.ids.uuid(),
                phase: Phase::Creating(cx.transition()),
            }),
            versions: BTreeMap::new(),
            last_number: 0,
            unchanged_since: None,
            aliases: BTreeMap::new(),
            tags: Arc::new(self.tags),
        }
    }
}

/// The request of GetFunction, GetFunctionConfiguration and DeleteFunction.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct QualifiedFunction {
    function_name: FunctionRef,
    qualifier: Option<String>,
}

/// The answer of GetFunction.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct FunctionWithCode {
    configuration: FunctionConfiguration,
    code: FunctionCodeLocation,
    tags: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FunctionCodeLocation {
    repository_type: &'static str,
    location: String,
    #[serde(rename = "SourceKMSKeyArn")]
    source_kms_key_arn: Option<String>,
}

/// A function, a version or what an alias points to, with a link to its code (section 16). Settles what waits to be
/// read.
///
/// # Errors
/// E1, E10, G7.
pub(super) fn get(cx: &Context<'_>, input: QualifiedFunction) -> Result<FunctionWithCode, Error> {
    let read = read(cx, input)?;
    let code = &read.snapshot.code;
    Ok(FunctionWithCode {
        code: FunctionCodeLocation {
            repository_type: "S3",
            location: cx.links.make(cx.scope, &read.function.name, &code.package, cx.now),
            source_kms_key_arn: code.source_kms_key_arn.clone(),
        },
        // G6: only when there are any.
        tags: (!read.function.tags.is_empty()).then(|| (*read.function.tags).clone()),
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
    let missing = || Error::FunctionNotFound {
        arn: qualifier.as_ref().map_or_else(|| key.arn(), |qualifier| cx.scope.qualified_arn(&key.name, qualifier)),
    };
    let found = cx.function(&key, true).map_err(|error| match error {
        Error::FunctionNotFound { .. } => missing(),
        other => other,
    });
    let function = found?;
    let target = function.target(qualifier.as_deref()).ok_or_else(missing)?;
    let (version, snapshot) = (&target.version, target.snapshot);
    let configuration = FunctionConfiguration::new(cx.scope, &function, version, snapshot, qualifier.as_deref());
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
    let functions = records
        .into_iter()
        .map(|Record::Function(function)| function.settled(cx.now, false).map_or(function, Arc::new));
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
            FunctionConfiguration::of_latest(cx.scope, &function).listed()
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
        Some(version) if is_version_number(version) => delete_version(function, version),
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
    Ok(Step::Put(Box::new(changed), Deleted {}))
}
