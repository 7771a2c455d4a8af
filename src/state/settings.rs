//! The settings of a function: everything of its configuration that the caller chose.

#![expect(missing_docs, reason = "the members are AWS's, documented there; units stand with them")]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::signing::Signature;

/// What a caller set, with AWS's defaults filled in (P13, facts 3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Settings {
    pub runtime: Option<String>,
    pub role: String,
    pub handler: Option<String>,
    pub description: String,
    /// Seconds.
    pub timeout: u32,
    /// MB.
    pub memory_size: u32,
    pub environment: Option<Environment>,
    pub vpc_config: Option<VpcConfig>,
    pub dead_letter_config: Option<DeadLetterConfig>,
    #[serde(rename = "KMSKeyArn")]
    pub kms_key_arn: Option<String>,
    pub tracing_config: TracingConfig,
    pub file_system_configs: Option<Vec<FileSystemConfig>>,
    pub layers: Vec<Layer>,
    pub image_config: Option<ImageConfig>,
    pub architectures: Vec<String>,
    pub ephemeral_storage: EphemeralStorage,
    pub snap_start: SnapStart,
    pub logging_config: LoggingConfig,
    pub tenancy_config: Option<TenancyConfig>,
    pub capacity_provider_config: Option<CapacityProviderConfig>,
    pub durable_config: Option<DurableConfig>,
    pub runtime_config: Option<RuntimeConfig>,
    pub accelerator_config: Option<AcceleratorConfig>,
}

/// Environment variables.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Environment {
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
}

/// The network a function is attached to; `VpcId` is AWS's to find out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcConfig {
    #[serde(default)]
    pub subnet_ids: Vec<String>,
    #[serde(default)]
    pub security_group_ids: Vec<String>,
    #[serde(default)]
    pub ipv6_allowed_for_dual_stack: bool,
}

/// Where failed asynchronous events go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeadLetterConfig {
    pub target_arn: Option<String>,
}

/// X-Ray's mode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TracingConfig {
    pub mode: Option<String>,
}

/// One file system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FileSystemConfig {
    pub arn: String,
    pub local_mount_path: String,
    pub s3_files_config: Option<S3FilesConfig>,
}

/// How an S3 file system is mounted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct S3FilesConfig {
    #[serde(rename = "DirectS3Read")]
    pub direct_s3_read: Option<String>,
}

/// A layer version, with what it was when it was given to the function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Layer {
    pub arn: String,
    /// Bytes of its zip.
    pub code_size: u64,
    /// Bytes of what is in it.
    pub unzipped_bytes: u64,
    /// Who signed it, where it counts as signed.
    pub signature: Option<Signature>,
}

/// What of an image's own start is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ImageConfig {
    pub entry_point: Option<Vec<String>>,
    pub command: Option<Vec<String>>,
    pub working_directory: Option<String>,
}

/// `/tmp`, in MB.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EphemeralStorage {
    pub size: u32,
}

/// Whether versions start from a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SnapStart {
    pub apply_on: Option<String>,
}

/// Where and how a function logs. Every member of a request is optional; a stored one has format and group.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoggingConfig {
    pub log_format: Option<String>,
    pub application_log_level: Option<String>,
    pub system_log_level: Option<String>,
    pub log_group: Option<String>,
}

/// Whether each tenant gets environments of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TenancyConfig {
    pub tenant_isolation_mode: String,
}

/// The instances of the account's own that a function runs on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CapacityProviderConfig {
    pub lambda_managed_instances_capacity_provider_config: ManagedInstancesConfig,
}

/// Which capacity provider, and how much runs on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ManagedInstancesConfig {
    pub capacity_provider_arn: String,
    pub per_execution_environment_max_concurrency: Option<u32>,
    #[serde(rename = "ExecutionEnvironmentMemoryGiBPerVCpu")]
    pub memory_gib_per_vcpu: Option<f64>,
}

/// Durable execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DurableConfig {
    #[serde(rename = "KMSKeyArn")]
    pub kms_key_arn: Option<String>,
    pub retention_period_in_days: Option<u32>,
    /// Seconds.
    pub execution_timeout: Option<u32>,
}

/// A runtime of the account's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuntimeConfig {
    pub runtime_arn: String,
    pub runtime_alias: String,
}

/// An accelerator, by its memory in GB.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AcceleratorConfig {
    pub accelerator_memory_size: i64,
}

impl VpcConfig {
    /// Whether it names subnets without security groups, or the other way round.
    #[must_use]
    pub fn is_half(&self) -> bool {
        self.subnet_ids.is_empty() != self.security_group_ids.is_empty()
    }
}

impl DeadLetterConfig {
    /// Whether it names no target, which takes the setting away.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.target_arn.as_deref().unwrap_or_default().is_empty()
    }
}

impl ImageConfig {
    /// Whether it replaces nothing, which takes the setting away.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let none = |list: &Option<Vec<String>>| list.as_ref().is_none_or(Vec::is_empty);
        none(&self.entry_point) && none(&self.command) && self.working_directory.as_ref().is_none_or(String::is_empty)
    }
}

impl LoggingConfig {
    /// This configuration with the members that `change` sets (facts 8): JSON without levels means INFO, and text has
    /// none.
    #[must_use]
    pub fn merged(&self, change: Self) -> Self {
        let log_format = change.log_format.or_else(|| self.log_format.clone());
        let json = log_format.as_deref() == Some("JSON");
        let level = |given: Option<String>, current: &Option<String>| {
            json.then(|| given.or_else(|| current.clone()).unwrap_or_else(|| "INFO".into()))
        };
        Self {
            application_log_level: level(change.application_log_level, &self.application_log_level),
            system_log_level: level(change.system_log_level, &self.system_log_level),
            log_group: change.log_group.or_else(|| self.log_group.clone()),
            log_format,
        }
    }
}
