//! CreateFunction (facts 4).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::access::{Request, Target, network, request_tags};
use super::configuration::{FunctionConfiguration, vpc_id};
use super::context::Context;
use super::members::given;
use super::version::PublishTo;
use super::{capacity_provider, code_signing, environment, layers, runtime, source, tags, version};
use crate::arn::FunctionRef;
use crate::error::{CodeSigningError, Error};
use crate::iam::Facts;
use crate::state::settings::{
    AcceleratorConfig, CapacityProviderConfig, DeadLetterConfig, DurableConfig, Environment, EphemeralStorage,
    FileSystemConfig, ImageConfig, Layer, LoggingConfig, RuntimeConfig, SnapStart, TenancyConfig, TracingConfig,
    VpcConfig,
};
use crate::state::{Code, Function, Key, Phase, Record, Settings, Snapshot};
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
    code: source::Members,
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
    image_config: Option<ImageConfig>,
    architectures: Option<Vec<String>>,
    ephemeral_storage: Option<EphemeralStorage>,
    snap_start: Option<SnapStart>,
    logging_config: Option<LoggingConfig>,
    tenancy_config: Option<TenancyConfig>,
    capacity_provider_config: Option<CapacityProviderConfig>,
    durable_config: Option<DurableConfig>,
    runtime_config: Option<RuntimeConfig>,
    accelerator_config: Option<AcceleratorConfig>,
}

impl Request for CreateFunction {
    fn target(&self) -> Result<Target, Error> {
        self.check_name()?;
        Ok(Target::function(&self.function_name))
    }

    fn facts(&self, facts: &mut Facts) {
        request_tags(facts, &self.tags);
        facts.set_all("lambda:Layer", self.layers.iter().flatten());
        facts.set_all("lambda:CodeSigningConfigArn", &self.code_signing_config_arn);
        network(facts, self.vpc_config.as_ref(), vpc_id);
    }
}

/// Makes a function.
///
/// # Errors
/// Facts 4.2; the order is that of the statements. A refused call leaves no trace.
pub(super) fn create(cx: &Context<'_>, mut input: CreateFunction) -> Result<FunctionConfiguration, Error> {
    input.check_name()?;
    let key = cx.latest_key(&input.function_name)?;
    cx.may_tag(&key, &input.tags)?;
    cx.may_pass_role(&key, &input.role)?;
    cx.may_pass_provider(input.capacity_provider_config.as_ref())?;
    input.check(cx)?;
    let to = PublishTo::read(input.publish_to.as_deref(), input.capacity_provider_config.as_ref())?;
    let source = std::mem::take(&mut input.code).source()?;
    if cx.store.get(&key)?.is_some() {
        return Err(exists(&key));
    }
    cx.role_exists(&input.role)?;
    cx.security_groups_exist(input.vpc_config.as_ref())?;
    let config_arn = input.code_signing_config_arn.take();
    if let Some(arn) = &config_arn {
        code_signing::check_there(cx, arn)?;
    }
    capacity_provider::check_there(cx, input.capacity_provider_config.as_ref())?;
    let layers = layers::resolve(cx, input.layers.as_deref().unwrap_or_default())?;
    let code = code_signing::signed(cx, source.accept(cx)?);
    cx.may_encrypt(&key, &code)?;
    layers::check_size(&layers, &code)?;
    code_signing::verify(cx, &key, config_arn.as_deref(), &code)?;
    layers::verify(cx, config_arn.as_deref(), &layers)?;
    let cx = &cx.later();
    let publish = input.publish || input.publish_to.is_some();
    cx.check_room(&key, code.stored_bytes().saturating_mul(if publish { 2 } else { 1 }))?;
    if publish {
        capacity_provider::check_versions(cx, input.capacity_provider_config.as_ref())?;
    }
    let mut function = input.into_function(cx, &key, code, layers);
    function.code_signing_config_arn = config_arn;
    function.last_number = cx.last_number(&key)?;
    // The answer's own revision is that of $LATEST, before it settles (N1).
    let answer = FunctionConfiguration::of_latest(cx, &function);
    let answer = if publish {
        let revision_id = function.latest.revision_id.clone();
        let (number, _) = version::add(cx, &mut function, to, None, Phase::Creating(cx.version_transition()));
        function.latest = Arc::new(Snapshot { revision_id, ..(*function.latest).clone() });
        answer.with_version(&number)
    } else {
        answer
    };
    match cx.store.put(&key, Record::Function(Arc::new(function)), None, cx.options.code_storage_limit) {
        Ok(_) => Ok(answer),
        Err(StoreError::Moved) => Err(exists(&key)),
        Err(broken) => Err(broken.into()),
    }
}

fn exists(key: &Key) -> Error {
    Error::FunctionExists { name: key.name.to_string() }
}

impl CreateFunction {
    fn check_name(&self) -> Result<(), Error> {
        let name = &self.function_name.name;
        if name.chars().count() > NAME_CHARACTERS { Err(Error::NameTooLong { name: name.clone() }) } else { Ok(()) }
    }

    fn check(&self, cx: &Context<'_>) -> Result<(), Error> {
        if self.vpc_config.as_ref().is_some_and(VpcConfig::is_half) {
            return Err(Error::HalfVpcConfig);
        }
        environment::check(self.environment.as_ref())?;
        self.check_package_type()?;
        if let Some(runtime) = &self.runtime {
            runtime::check(cx, runtime)?;
        }
        let apply_on = self.snap_start.as_ref().and_then(|snap_start| snap_start.apply_on.as_deref());
        runtime::check_snap_start(self.runtime.as_deref(), apply_on)?;
        tags::check_count(&self.tags)
    }

    /// A zip function has runtime and handler and no image, an image function the other way round.
    fn check_package_type(&self) -> Result<(), Error> {
        let wrong = |unwanted, package_type| Err(Error::WrongForPackageType { unwanted, package_type });
        if self.package_type.as_deref() == Some("Image") {
            if self.runtime.is_some() || self.handler.is_some() || self.layers.is_some() {
                return wrong("handler or runtime or layer", "Image");
            }
            if self.code_signing_config_arn.is_some() {
                return Err(CodeSigningError::ForImage.into());
            }
            if self.code.name_zip() || self.code.image_uri.is_none() {
                return Err(Error::ImageRequired);
            }
            return Ok(());
        }
        if self.code.image_uri.is_some() {
            return wrong("ImageUri", "Zip");
        }
        if self.image_config.is_some() {
            return wrong("ImageConfig", "Zip");
        }
        if self.runtime.is_some() && self.handler.is_some() { Ok(()) } else { Err(Error::RuntimeAndHandlerRequired) }
    }

    /// The new function, pending, with AWS's defaults (P13).
    fn into_function(self, cx: &Context<'_>, key: &Key, code: Code, layers: Vec<Layer>) -> Function {
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
            layers,
            image_config: self.image_config.filter(|config| !config.is_empty()),
            architectures: self.architectures.unwrap_or_else(|| vec!["x86_64".into()]),
            ephemeral_storage: self.ephemeral_storage.unwrap_or(EphemeralStorage { size: 512 }),
            snap_start: self.snap_start.unwrap_or(SnapStart { apply_on: None }),
            logging_config: match self.logging_config {
                Some(change) => logging.merged(change),
                None => logging,
            },
            tenancy_config: self.tenancy_config,
            capacity_provider_config: self.capacity_provider_config,
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
                before: None,
            }),
            versions: BTreeMap::new(),
            last_number: 0,
            unchanged_since: None,
            code_signing_config_arn: None,
            reserved_concurrent_executions: None,
            doom: None,
            aliases: BTreeMap::new(),
            attached: BTreeMap::new(),
            tags: Arc::new(self.tags),
        }
    }
}
