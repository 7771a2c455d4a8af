//! The function configuration object: what nearly every operation answers (section 2.2, facts 3).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::arn::Scope;
use crate::package::Digest;
use crate::state::function::LATEST;
use crate::state::settings::{
    AcceleratorConfig, DeadLetterConfig, DurableConfig, EphemeralStorage, FileSystemConfig, LoggingConfig,
    RuntimeConfig, TenancyConfig, TracingConfig,
};
use crate::state::{Function, Phase, Snapshot};

/// Text and code of a resource that is being made or changed; AWS uses the same for both (P9, P11).
const CREATING: (&str, &str) = ("The function is being created.", "Creating");

/// `FunctionConfiguration`, in the model's words. A member that is `None` is absent (P14 to P16).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct FunctionConfiguration {
    function_name: String,
    function_arn: String,
    runtime: Option<String>,
    role: String,
    handler: Option<String>,
    code_size: u64,
    description: String,
    timeout: u32,
    memory_size: u32,
    last_modified: String,
    code_sha256: String,
    version: String,
    vpc_config: Option<VpcConfigResponse>,
    dead_letter_config: Option<DeadLetterConfig>,
    environment: Option<EnvironmentResponse>,
    #[serde(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    tracing_config: TracingConfig,
    revision_id: String,
    state: Option<&'static str>,
    state_reason: Option<&'static str>,
    state_reason_code: Option<&'static str>,
    last_update_status: Option<&'static str>,
    last_update_status_reason: Option<&'static str>,
    last_update_status_reason_code: Option<&'static str>,
    file_system_configs: Option<Vec<FileSystemConfig>>,
    package_type: &'static str,
    architectures: Vec<String>,
    ephemeral_storage: EphemeralStorage,
    snap_start: SnapStartResponse,
    runtime_version_config: Option<RuntimeVersionConfig>,
    logging_config: LoggingConfig,
    tenancy_config: Option<TenancyConfig>,
    durable_config: Option<DurableConfig>,
    runtime_config: Option<RuntimeConfig>,
    accelerator_config: Option<AcceleratorConfig>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct VpcConfigResponse {
    subnet_ids: Vec<String>,
    security_group_ids: Vec<String>,
    vpc_id: String,
    ipv6_allowed_for_dual_stack: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct EnvironmentResponse {
    variables: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SnapStartResponse {
    apply_on: String,
    optimization_status: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RuntimeVersionConfig {
    runtime_version_arn: String,
}

#[expect(clippy::struct_field_names, reason = "AWS's name")]
/// The three members that say how a function is, and the three that say how its last update went.
#[derive(Default)]
struct Status {
    state: Option<&'static str>,
    state_reason: Option<(&'static str, &'static str)>,
    last_update_status: Option<&'static str>,
    last_update_reason: Option<(&'static str, &'static str)>,
}

/// How the ARN of a configuration is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ArnForm<'a> {
    /// Without a qualifier.
    Unqualified,
    /// With this qualifier: what the caller asked for, or the version (P2, G5).
    Qualified(&'a str),
}

impl FunctionConfiguration {
    /// The configuration of `snapshot`, which is `version` of `function`.
    #[must_use]
    pub(super) fn new(
        scope: &Scope,
        function: &Function,
        version: &str,
        snapshot: &Snapshot,
        arn: ArnForm<'_>,
    ) -> Self {
        let settings = &*snapshot.settings;
        let status = Status::of(&snapshot.phase);
        let package = &snapshot.code.package;
        let reason = |pair: Option<(&'static str, &'static str)>| pair.map(|(reason, _)| reason);
        let reason_code = |pair: Option<(&'static str, &'static str)>| pair.map(|(_, code)| code);
        Self {
            function_name: function.name.to_string(),
            function_arn: match arn {
                ArnForm::Unqualified => scope.function_arn(&function.name),
                ArnForm::Qualified(qualifier) => scope.qualified_arn(&function.name, qualifier),
            },
            runtime: settings.runtime.clone(),
            role: settings.role.clone(),
            handler: settings.handler.clone(),
            code_size: package.size_bytes(),
            description: settings.description.clone(),
            timeout: settings.timeout,
            memory_size: settings.memory_size,
            last_modified: snapshot.last_modified.last_modified(),
            code_sha256: package.digest().to_base64(),
            version: version.to_owned(),
            vpc_config: settings.vpc_config.as_ref().map(|vpc| VpcConfigResponse {
                vpc_id: vpc_id(&vpc.subnet_ids),
                subnet_ids: vpc.subnet_ids.clone(),
                security_group_ids: vpc.security_group_ids.clone(),
                ipv6_allowed_for_dual_stack: vpc.ipv6_allowed_for_dual_stack,
            }),
            dead_letter_config: settings.dead_letter_config.clone(),
            environment: settings
                .environment
                .as_ref()
                .map(|environment| EnvironmentResponse { variables: environment.variables.clone() }),
            kms_key_arn: settings.kms_key_arn.clone(),
            tracing_config: settings.tracing_config.clone(),
            revision_id: snapshot.revision_id.clone(),
            state: status.state,
            state_reason: reason(status.state_reason),
            state_reason_code: reason_code(status.state_reason),
            last_update_status: status.last_update_status,
            last_update_status_reason: reason(status.last_update_reason),
            last_update_status_reason_code: reason_code(status.last_update_reason),
            file_system_configs: settings.file_system_configs.clone(),
            package_type: "Zip",
            architectures: settings.architectures.clone(),
            ephemeral_storage: settings.ephemeral_storage.clone(),
            snap_start: snap_start(settings.snap_start.apply_on.as_deref(), version),
            runtime_version_config: settings
                .runtime
                .as_deref()
                .map(|runtime| RuntimeVersionConfig { runtime_version_arn: runtime_version_arn(scope, runtime) }),
            logging_config: settings.logging_config.clone(),
            tenancy_config: settings.tenancy_config.clone(),
            durable_config: settings.durable_config.clone(),
            runtime_config: settings.runtime_config.clone(),
            accelerator_config: settings.accelerator_config.clone(),
        }
    }

    /// `$LATEST`, by its unqualified ARN.
    #[must_use]
    pub(super) fn of_latest(scope: &Scope, function: &Function) -> Self {
        Self::new(scope, function, LATEST, &function.latest, ArnForm::Unqualified)
    }

    /// The form in lists: no states and no runtime version (G5).
    #[must_use]
    pub(super) fn listed(mut self) -> Self {
        (self.state, self.state_reason, self.state_reason_code) = (None, None, None);
        (self.last_update_status, self.last_update_status_reason) = (None, None);
        self.last_update_status_reason_code = None;
        self.runtime_version_config = None;
        self
    }

    /// The answer to a dry run: this configuration, with hash and size of a package that is not stored (D3, D4).
    #[must_use]
    pub(super) fn with_code(mut self, digest: Digest, size_bytes: u64) -> Self {
        self.code_sha256 = digest.to_base64();
        self.code_size = size_bytes;
        self
    }

    /// The answer of CreateFunction with Publish: version 1 under the unqualified ARN (P2).
    #[must_use]
    pub(super) fn with_version(mut self, version: &str) -> Self {
        version.clone_into(&mut self.version);
        self
    }
}

impl Status {
    fn of(phase: &Phase) -> Self {
        match phase {
            Phase::Settled => Self { state: Some("Active"), last_update_status: Some("Successful"), ..Self::default() },
            Phase::Creating(_) => Self { state: Some("Pending"), state_reason: Some(CREATING), ..Self::default() },
            Phase::Updating(_) => Self {
                state: Some("Active"),
                last_update_status: Some("InProgress"),
                last_update_reason: Some(CREATING),
                ..Self::default()
            },
        }
    }
}

/// The VPC of these subnets. AWS looks it up; we derive one, the same for the same subnets.
fn vpc_id(subnet_ids: &[String]) -> String {
    if subnet_ids.is_empty() {
        return String::new();
    }
    let hex = Digest::of(subnet_ids.join(",").as_bytes()).to_hex();
    format!("vpc-{}", hex.get(..17).unwrap_or(&hex))
}

/// Published versions of a SnapStart function are optimised (facts 8).
fn snap_start(apply_on: Option<&str>, version: &str) -> SnapStartResponse {
    let apply_on = apply_on.unwrap_or("None").to_owned();
    let on = apply_on == "PublishedVersions" && version != LATEST;
    SnapStartResponse { apply_on, optimization_status: if on { "On" } else { "Off" } }
}

/// The same for every answer with one runtime, another one for another (facts 8).
fn runtime_version_arn(scope: &Scope, runtime: &str) -> String {
    let hash = Digest::of(runtime.as_bytes()).to_hex();
    format!("arn:{}:lambda:{}::runtime:{hash}", scope.partition(), scope.region)
}
