//! The function configuration object: what nearly every operation answers (section 2.2, facts 3).

use std::sync::Arc;

use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};

use super::context::Context;
use super::runtime_management::choice_of;
use crate::arn::Scope;
use crate::error::Error;
use crate::package::Digest;
use crate::state::function::LATEST;
use crate::state::settings::{ImageConfig, Layer, VpcConfig};
use crate::state::{Code, Function, Phase, Snapshot};

/// Text and code of a resource that is being made or changed; AWS uses the same for both (P9, P11).
const CREATING: (&str, &str) = ("The function is being created.", "Creating");

/// `FunctionConfiguration`: one version of a function, as an answer shows it. Parts are shared, not copied; a member
/// that is `None` is absent (P14 to P16).
#[derive(Debug, Clone)]
pub(super) struct FunctionConfiguration {
    scope: Scope,
    name: Arc<str>,
    version: String,
    snapshot: Arc<Snapshot>,
    /// The qualifier in the ARN: what the caller asked for, or the version (P2, G5); `None` for the unqualified ARN.
    qualifier: Option<String>,
    /// Whether it stands in a list, which shows no states and no runtime version (G5).
    listed: bool,
    /// Code that is not stored: the answer to a dry run tells its hash and size (D3, D4).
    would_be: Option<Code>,
    /// Why the caller may not read the environment variables, if it may not (P14).
    unreadable: Option<String>,
    /// The version of the runtime that it stays with, where somebody chose one.
    runtime_version_arn: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct VpcConfigResponse<'a> {
    subnet_ids: &'a [String],
    security_group_ids: &'a [String],
    vpc_id: String,
    ipv6_allowed_for_dual_stack: bool,
}

/// The environment variables that a caller may not read.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UnreadableEnvironment {
    error: EnvironmentError,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct EnvironmentError {
    error_code: &'static str,
    message: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SnapStartResponse<'a> {
    apply_on: &'a str,
    optimization_status: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LayerResponse<'a> {
    arn: &'a str,
    code_size: u64,
    signing_profile_version_arn: Option<&'a str>,
    signing_job_arn: Option<&'a str>,
}

impl<'a> LayerResponse<'a> {
    fn of(layer: &'a Layer) -> Self {
        let signature = layer.signature.as_ref();
        Self {
            arn: &layer.arn,
            code_size: layer.code_size,
            signing_profile_version_arn: signature.map(|signature| &*signature.profile_version_arn),
            signing_job_arn: signature.map(|signature| &*signature.job_arn),
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ImageConfigResponse<'a> {
    image_config: &'a ImageConfig,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RuntimeVersionConfig {
    runtime_version_arn: String,
}

#[expect(clippy::struct_field_names, reason = "AWS's name")]
/// The three members that say how a function is, and the three that say how its last update went.
#[derive(Default)]
struct Status<'a> {
    state: &'static str,
    state_reason: Option<(&'a str, &'a str)>,
    last_update_status: Option<&'static str>,
    last_update_reason: Option<(&'a str, &'a str)>,
}

impl FunctionConfiguration {
    /// The configuration of `snapshot`, which is `version` of `function`, by the ARN with this qualifier.
    #[must_use]
    pub(super) fn new(
        cx: &Context<'_>,
        function: &Function,
        version: &str,
        snapshot: &Arc<Snapshot>,
        qualifier: Option<&str>,
    ) -> Self {
        Self {
            scope: cx.scope.clone(),
            name: Arc::clone(&function.name),
            version: version.to_owned(),
            snapshot: Arc::clone(snapshot),
            qualifier: qualifier.map(str::to_owned),
            listed: false,
            would_be: None,
            unreadable: cx.unreadable(&function.name, &snapshot.settings),
            runtime_version_arn: choice_of(function, version).and_then(|choice| choice.runtime_version_arn.clone()),
        }
    }

    /// `$LATEST`, by its unqualified ARN.
    #[must_use]
    pub(super) fn of_latest(cx: &Context<'_>, function: &Function) -> Self {
        Self::new(cx, function, LATEST, &function.latest, None)
    }

    /// The form in lists.
    #[must_use]
    pub(super) fn listed(self) -> Self {
        Self { listed: true, ..self }
    }

    /// With hash and size of code that is not stored.
    #[must_use]
    pub(super) fn with_code(self, code: Code) -> Self {
        Self { would_be: Some(code), ..self }
    }

    /// The answer of CreateFunction with Publish: version 1 under the unqualified ARN (P2).
    #[must_use]
    pub(super) fn with_version(self, version: &str) -> Self {
        Self { version: version.to_owned(), ..self }
    }

    fn arn(&self) -> String {
        match &self.qualifier {
            None => self.scope.function_arn(&self.name),
            Some(qualifier) => self.scope.qualified_arn(&self.name, qualifier),
        }
    }

    fn runtime_version_config(&self) -> Option<RuntimeVersionConfig> {
        let runtime = self.snapshot.settings.runtime.as_deref().filter(|_| !self.listed)?;
        let chosen = self.runtime_version_arn.clone();
        let runtime_version_arn = chosen.unwrap_or_else(|| runtime_version_arn(&self.scope, runtime));
        Some(RuntimeVersionConfig { runtime_version_arn })
    }
}

impl Serialize for FunctionConfiguration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let settings = &*self.snapshot.settings;
        let code = self.would_be.as_ref().unwrap_or(&self.snapshot.code);
        let status = if self.listed { Status::default() } else { Status::of(&self.snapshot.phase) };
        let state = (!self.listed).then_some(status.state);
        let (state_reason, state_reason_code) = status.state_reason.unzip();
        let (update_reason, update_reason_code) = status.last_update_reason.unzip();
        let mut members = serializer.serialize_struct("FunctionConfiguration", 40)?;
        members.serialize_field("FunctionName", &*self.name)?;
        members.serialize_field("FunctionArn", &self.arn())?;
        members.serialize_field("Runtime", &settings.runtime)?;
        members.serialize_field("Role", &settings.role)?;
        members.serialize_field("Handler", &settings.handler)?;
        members.serialize_field("CodeSize", &code.size_bytes())?;
        members.serialize_field("Description", &settings.description)?;
        members.serialize_field("Timeout", &settings.timeout)?;
        members.serialize_field("MemorySize", &settings.memory_size)?;
        members.serialize_field("LastModified", &self.snapshot.last_modified.last_modified())?;
        members.serialize_field("CodeSha256", &code.sha256())?;
        members.serialize_field("Version", &self.version)?;
        members.serialize_field("VpcConfig", &settings.vpc_config.as_ref().map(VpcConfigResponse::of))?;
        members.serialize_field("DeadLetterConfig", &settings.dead_letter_config)?;
        match &self.unreadable {
            None => members.serialize_field("Environment", &settings.environment)?,
            Some(message) => members.serialize_field("Environment", &UnreadableEnvironment::because(message))?,
        }
        members.serialize_field("KMSKeyArn", &settings.kms_key_arn)?;
        members.serialize_field("TracingConfig", &settings.tracing_config)?;
        members.serialize_field("RevisionId", &self.snapshot.revision_id)?;
        let layers: Vec<_> = settings.layers.iter().map(LayerResponse::of).collect();
        members.serialize_field("Layers", &Some(layers).filter(|layers| !layers.is_empty()))?;
        members.serialize_field("State", &state)?;
        members.serialize_field("StateReason", &state_reason)?;
        members.serialize_field("StateReasonCode", &state_reason_code)?;
        members.serialize_field("LastUpdateStatus", &status.last_update_status)?;
        members.serialize_field("LastUpdateStatusReason", &update_reason)?;
        members.serialize_field("LastUpdateStatusReasonCode", &update_reason_code)?;
        members.serialize_field("FileSystemConfigs", &settings.file_system_configs)?;
        let signature = self.snapshot.code.signature();
        members.serialize_field("SigningProfileVersionArn", &signature.map(|it| &it.profile_version_arn))?;
        members.serialize_field("SigningJobArn", &signature.map(|it| &it.job_arn))?;
        members.serialize_field("PackageType", code.package_type())?;
        members.serialize_field("ImageConfigResponse", &settings.image_config.as_ref().map(ImageConfigResponse::of))?;
        members.serialize_field("Architectures", &settings.architectures)?;
        members.serialize_field("EphemeralStorage", &settings.ephemeral_storage)?;
        members.serialize_field("SnapStart", &snap_start(settings.snap_start.apply_on.as_deref(), &self.version))?;
        members.serialize_field("RuntimeVersionConfig", &self.runtime_version_config())?;
        members.serialize_field("LoggingConfig", &settings.logging_config)?;
        members.serialize_field("TenancyConfig", &settings.tenancy_config)?;
        members.serialize_field("CapacityProviderConfig", &settings.capacity_provider_config)?;
        members.serialize_field("DurableConfig", &settings.durable_config)?;
        members.serialize_field("RuntimeConfig", &settings.runtime_config)?;
        members.serialize_field("AcceleratorConfig", &settings.accelerator_config)?;
        members.end()
    }
}

impl UnreadableEnvironment {
    /// P14, with KMS's own message in it.
    fn because(message: &str) -> Self {
        let message = Error::EnvironmentKeyDenied { message: message.to_owned() }.to_string();
        Self { error: EnvironmentError { error_code: "AccessDeniedException", message } }
    }
}

impl VpcConfigResponse<'_> {
    fn of(vpc: &VpcConfig) -> VpcConfigResponse<'_> {
        VpcConfigResponse {
            subnet_ids: &vpc.subnet_ids,
            security_group_ids: &vpc.security_group_ids,
            vpc_id: vpc_id(&vpc.subnet_ids),
            ipv6_allowed_for_dual_stack: vpc.ipv6_allowed_for_dual_stack,
        }
    }
}

impl ImageConfigResponse<'_> {
    fn of(image_config: &ImageConfig) -> ImageConfigResponse<'_> {
        ImageConfigResponse { image_config }
    }
}

/// `State` of what goes through this.
#[must_use]
pub(super) fn state_of(phase: &Phase) -> &'static str {
    Status::of(phase).state
}

impl<'a> Status<'a> {
    fn of(phase: &'a Phase) -> Self {
        match phase {
            Phase::Settled => Self { state: "Active", last_update_status: Some("Successful"), ..Self::default() },
            Phase::Creating(_) => Self { state: "Pending", state_reason: Some(CREATING), ..Self::default() },
            Phase::Updating(_) => Self {
                state: "Active",
                last_update_status: Some("InProgress"),
                last_update_reason: Some(CREATING),
                ..Self::default()
            },
            Phase::CreationFailed(reason) => {
                Self { state: "Failed", state_reason: Some(reason.parts()), ..Self::default() }
            }
            Phase::UpdateFailed(reason) => Self {
                state: "Active",
                last_update_status: Some("Failed"),
                last_update_reason: Some(reason.parts()),
                ..Self::default()
            },
            Phase::Inactive(reason) => Self {
                state: "Inactive",
                state_reason: Some(reason.parts()),
                last_update_status: Some("Successful"),
                ..Self::default()
            },
        }
    }
}

/// The VPC of these subnets. AWS looks it up; we derive one, the same for the same subnets.
pub(super) fn vpc_id(subnet_ids: &[String]) -> String {
    if subnet_ids.is_empty() {
        return String::new();
    }
    let hex = Digest::of(subnet_ids.join(",").as_bytes()).to_hex();
    format!("vpc-{}", hex.get(..17).unwrap_or(&hex))
}

/// Published versions of a SnapStart function are optimised (facts 8).
fn snap_start<'a>(apply_on: Option<&'a str>, version: &str) -> SnapStartResponse<'a> {
    let apply_on = apply_on.unwrap_or("None");
    let on = apply_on == "PublishedVersions" && version != LATEST;
    SnapStartResponse { apply_on, optimization_status: if on { "On" } else { "Off" } }
}

/// The same for every answer with one runtime, another one for another (facts 8).
fn runtime_version_arn(scope: &Scope, runtime: &str) -> String {
    let hash = Digest::of(runtime.as_bytes()).to_hex();
    format!("arn:{}:lambda:{}::runtime:{hash}", scope.partition(), scope.region)
}
