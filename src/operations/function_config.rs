//! UpdateFunctionConfiguration (facts 8).

use std::sync::Arc;

use serde::Deserialize;

use super::access::{Request, Target, network};
use super::configuration::{FunctionConfiguration, vpc_id};
use super::context::{Context, Step};
use super::latest::{check_writable, touched};
use super::{capacity_provider, environment, layers, runtime};
use crate::arn::FunctionRef;
use crate::error::Error;
use crate::iam::Facts;
use crate::state::settings::{
    AcceleratorConfig, CapacityProviderConfig, DeadLetterConfig, DurableConfig, Environment, EphemeralStorage,
    FileSystemConfig, ImageConfig, LoggingConfig, RuntimeConfig, SnapStart, TracingConfig, VpcConfig,
};
use crate::state::{Code, Settings};

/// The request: every member but the name may be left out and then keeps its value.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateFunctionConfiguration {
    function_name: FunctionRef,
    role: Option<String>,
    handler: Option<String>,
    description: Option<String>,
    timeout: Option<u32>,
    memory_size: Option<u32>,
    vpc_config: Option<VpcConfig>,
    environment: Option<Environment>,
    runtime: Option<String>,
    dead_letter_config: Option<DeadLetterConfig>,
    #[serde(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    tracing_config: Option<TracingConfig>,
    revision_id: Option<String>,
    layers: Option<Vec<String>>,
    file_system_configs: Option<Vec<FileSystemConfig>>,
    image_config: Option<ImageConfig>,
    ephemeral_storage: Option<EphemeralStorage>,
    snap_start: Option<SnapStart>,
    logging_config: Option<LoggingConfig>,
    capacity_provider_config: Option<CapacityProviderConfig>,
    durable_config: Option<DurableConfig>,
    runtime_config: Option<RuntimeConfig>,
    accelerator_config: Option<AcceleratorConfig>,
}

impl Request for UpdateFunctionConfiguration {
    fn target(&self) -> Result<Target, Error> {
        Ok(Target::function(&self.function_name))
    }

    fn facts(&self, facts: &mut Facts) {
        facts.set_all("lambda:Layer", self.layers.iter().flatten());
        network(facts, self.vpc_config.as_ref(), vpc_id);
    }
}

/// Changes the settings of `$LATEST`.
///
/// # Errors
/// E1 to E5, E9, E10, and the refusals of single settings (facts 4.2).
pub(super) fn update(cx: &Context<'_>, mut input: UpdateFunctionConfiguration) -> Result<FunctionConfiguration, Error> {
    let key = cx.latest_key(&input.function_name)?;
    if let Some(role) = &input.role {
        cx.may_pass_role(&key, role)?;
    }
    cx.may_pass_provider(input.capacity_provider_config.as_ref())?;
    let revision_id = input.revision_id.take();
    let function = cx.function(&key, false)?;
    check_writable(&function, &key, revision_id.as_deref())?;
    input.check(cx, &function.latest.code)?;
    if let Some(role) = &input.role {
        cx.role_exists(role)?;
    }
    cx.security_groups_exist(input.vpc_config.as_ref())?;
    capacity_provider::check_there(cx, input.capacity_provider_config.as_ref())?;
    let layers = input.layers.as_ref().map(|arns| layers::resolve(cx, arns)).transpose()?;
    cx.change(&key, |function| {
        check_writable(function, &key, revision_id.as_deref())?;
        input.check_package_type(&function.latest.code)?;
        let current = &function.latest.settings;
        if input.moves_variables(current) {
            cx.may_move_variables(&key.name, current)?;
        }
        let new_layers = layers.as_deref().unwrap_or_default();
        let layers = layers.as_ref().unwrap_or(&current.layers).clone();
        let settings = Settings { layers, ..input.applied_to(current) };
        layers::check_size(&settings.layers, &function.latest.code)?;
        layers::verify(cx, function.code_signing_config_arn.as_deref(), new_layers)?;
        runtime::check_snap_start(settings.runtime.as_deref(), settings.snap_start.apply_on.as_deref())?;
        let changed = touched(cx, function, Arc::new(settings), function.latest.code.clone());
        let answer = FunctionConfiguration::of_latest(cx, &changed);
        Ok(Step::Put(Box::new(changed), answer))
    })
}

impl UpdateFunctionConfiguration {
    fn check(&self, cx: &Context<'_>, code: &Code) -> Result<(), Error> {
        self.check_package_type(code)?;
        if let Some(runtime) = &self.runtime {
            runtime::check(cx, runtime)?;
        }
        if self.vpc_config.as_ref().is_some_and(VpcConfig::is_half) {
            return Err(Error::HalfVpcConfig);
        }
        environment::check(self.environment.as_ref())
    }

    /// An image function has no runtime, handler and layers, a zip function no image configuration.
    fn check_package_type(&self, code: &Code) -> Result<(), Error> {
        let package_type = code.package_type();
        let wrong = |unwanted| Err(Error::WrongForFunction { unwanted, package_type });
        match code {
            Code::Image(_) if self.runtime.is_some() || self.handler.is_some() || self.layers.is_some() => {
                wrong("handler or runtime or layer")
            }
            Code::Zip(_) if self.image_config.is_some() => wrong("ImageConfig"),
            Code::Image(_) | Code::Zip(_) => Ok(()),
        }
    }

    /// Whether the variables are kept and their key is not.
    fn moves_variables(&self, current: &Settings) -> bool {
        let key = self.kms_key_arn.as_deref().map(|arn| Some(arn).filter(|arn| !arn.is_empty()));
        self.environment.is_none() && key.is_some_and(|key| key != current.kms_key_arn.as_deref())
    }

    /// These changes on top of `current`. A list or ARN sent empty takes the setting away.
    fn applied_to(&self, current: &Settings) -> Settings {
        fn or<T: Clone>(given: Option<&T>, current: &T) -> T {
            given.unwrap_or(current).clone()
        }
        fn or_removed<T: Clone>(given: Option<&T>, current: Option<&T>, empty: fn(&T) -> bool) -> Option<T> {
            given.or(current).filter(|value| !empty(value)).cloned()
        }
        Settings {
            runtime: self.runtime.clone().or_else(|| current.runtime.clone()),
            role: or(self.role.as_ref(), &current.role),
            handler: self.handler.clone().or_else(|| current.handler.clone()),
            description: or(self.description.as_ref(), &current.description),
            timeout: self.timeout.unwrap_or(current.timeout),
            memory_size: self.memory_size.unwrap_or(current.memory_size),
            environment: self.environment.clone().or_else(|| current.environment.clone()),
            vpc_config: self.vpc_config.clone().or_else(|| current.vpc_config.clone()),
            dead_letter_config: or_removed(
                self.dead_letter_config.as_ref(),
                current.dead_letter_config.as_ref(),
                DeadLetterConfig::is_empty,
            ),
            kms_key_arn: or_removed(self.kms_key_arn.as_ref(), current.kms_key_arn.as_ref(), String::is_empty),
            tracing_config: or(
                self.tracing_config.as_ref().filter(|config| config.mode.is_some()),
                &current.tracing_config,
            ),
            file_system_configs: or_removed(
                self.file_system_configs.as_ref(),
                current.file_system_configs.as_ref(),
                Vec::is_empty,
            ),
            layers: current.layers.clone(),
            image_config: or_removed(self.image_config.as_ref(), current.image_config.as_ref(), ImageConfig::is_empty),
            architectures: current.architectures.clone(),
            ephemeral_storage: or(self.ephemeral_storage.as_ref(), &current.ephemeral_storage),
            snap_start: or(
                self.snap_start.as_ref().filter(|snap_start| snap_start.apply_on.is_some()),
                &current.snap_start,
            ),
            logging_config: match &self.logging_config {
                Some(change) => current.logging_config.merged(change.clone()),
                None => current.logging_config.clone(),
            },
            tenancy_config: current.tenancy_config.clone(),
            capacity_provider_config: self
                .capacity_provider_config
                .clone()
                .or_else(|| current.capacity_provider_config.clone()),
            durable_config: self.durable_config.clone().or_else(|| current.durable_config.clone()),
            runtime_config: self.runtime_config.clone().or_else(|| current.runtime_config.clone()),
            accelerator_config: self.accelerator_config.clone().or_else(|| current.accelerator_config.clone()),
        }
    }
}
