//! Event source mappings: which source feeds which function, and how.
//!
//! The one idea to hold: a mapping is a record of its own, which names its function by ARN and outlives it. What never
//! changes of it is its [`EventSource`]; what an update may change is its [`MappingSettings`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::lifecycle::{Passed, Transition};
use crate::clock::Timestamp;

/// One mapping of an account in a Region.
#[derive(Debug, Clone, PartialEq)]
pub struct EventSourceMapping {
    /// Its id.
    pub uuid: String,
    /// The function, with the qualifier that the caller gave.
    pub function_arn: String,
    /// Where its records come from.
    pub source: EventSource,
    /// How they are handed to the function.
    pub settings: MappingSettings,
    /// Whether the source is polled, once nothing is under way.
    pub enabled: bool,
    /// What is under way.
    pub change: Option<MappingChange>,
    /// When a caller last changed it.
    pub last_modified: Timestamp,
    /// Tags by key.
    pub tags: BTreeMap<String, String>,
    /// How far its records have been handed over.
    pub progress: Progress,
}

/// How far a mapping has come with its source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct Progress {
    /// Whether the function did what it was last called for; `None` before the first call.
    pub succeeded: Option<bool>,
    /// The shards of a stream that were begun, by their ids. One that is not here is not begun.
    pub shards: BTreeMap<String, ShardProgress>,
}

/// How far one shard has been read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct ShardProgress {
    /// The sequence number of the last record that is behind; its first record is next, without.
    pub after: Option<String>,
    /// How the records that follow were cut into batches, the next one first; cut anew, without.
    pub retries: Vec<Retry>,
}

/// A batch that failed, or a part of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Retry {
    /// Of how many records.
    pub records: u32,
    /// How often it was tried.
    pub attempts: u32,
}

/// A change of a mapping that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MappingChange {
    /// Which.
    pub state: MappingState,
    /// When it ends.
    pub transition: Transition,
}

/// The states of a mapping that end by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are AWS's")]
pub enum MappingState {
    Creating,
    Enabling,
    Disabling,
    Updating,
    Deleting,
}

/// What polls differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// A queue of Amazon SQS.
    Sqs,
    /// A Kinesis data stream, or a consumer of one.
    Kinesis,
    /// The stream of a DynamoDB table.
    DynamoDb,
    /// A cluster of Amazon MSK.
    ManagedKafka,
    /// A Kafka cluster elsewhere.
    SelfManagedKafka,
    /// A broker of Amazon MQ.
    Mq,
    /// A cluster of Amazon DocumentDB.
    DocumentDb,
}

/// Where records come from: what a mapping has for good.
#[derive(Debug, Clone, PartialEq)]
pub struct EventSource {
    /// Which kind it is.
    pub kind: SourceKind,
    /// Its ARN; a self-managed cluster has none.
    pub arn: Option<String>,
    /// The bootstrap servers of a self-managed cluster.
    pub self_managed: Option<SelfManagedEventSource>,
    /// Topics of Kafka.
    pub topics: Option<Vec<String>>,
    /// Queues of a broker.
    pub queues: Option<Vec<String>>,
    /// Where in the source reading begins.
    pub starting_position: Option<String>,
    /// The moment of `AT_TIMESTAMP`.
    pub starting_position_timestamp: Option<Timestamp>,
}

/// A Kafka cluster that is not AWS's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SelfManagedEventSource {
    /// Its servers, by what they are for.
    pub endpoints: Option<BTreeMap<String, Vec<String>>>,
}

/// How records are handed to the function. What a kind of source does not have is `None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct MappingSettings {
    pub batch_size: Option<u32>,
    pub maximum_batching_window_in_seconds: Option<u32>,
    pub parallelization_factor: Option<u32>,
    pub tumbling_window_in_seconds: Option<u32>,
    /// -1 is "for ever".
    pub maximum_record_age_in_seconds: Option<i32>,
    /// -1 is "without end".
    pub maximum_retry_attempts: Option<i32>,
    pub bisect_batch_on_function_error: Option<bool>,
    pub destination_config: Option<DestinationConfig>,
    pub function_response_types: Option<Vec<String>>,
    pub filter_criteria: Option<FilterCriteria>,
    #[serde(rename = "KMSKeyArn")]
    pub kms_key_arn: Option<String>,
    pub metrics_config: Option<MetricsConfig>,
    pub logging_config: Option<PollerLoggingConfig>,
    pub scaling_config: Option<ScalingConfig>,
    pub source_access_configurations: Option<Vec<AccessConfig>>,
    pub amazon_managed_kafka_event_source_config: Option<KafkaConfig>,
    pub self_managed_kafka_event_source_config: Option<KafkaConfig>,
    #[serde(rename = "DocumentDBEventSourceConfig")]
    pub document_db_event_source_config: Option<DocumentDbConfig>,
    pub provisioned_poller_config: Option<PollerConfig>,
}

/// Where records go that the function failed on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct DestinationConfig {
    pub on_success: Option<Destination>,
    pub on_failure: Option<Destination>,
}

/// One destination.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct Destination {
    pub destination: Option<String>,
}

/// Which records the function is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct FilterCriteria {
    pub filters: Option<Vec<Filter>>,
}

/// One pattern, as JSON text; a record has to match one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct Filter {
    pub pattern: Option<String>,
}

/// What is measured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct MetricsConfig {
    pub metrics: Option<Vec<String>>,
}

/// What pollers log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct PollerLoggingConfig {
    pub system_log_level: Option<String>,
}

/// How many calls a queue may cause at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct ScalingConfig {
    pub maximum_concurrency: Option<u32>,
}

/// What opens a source: a secret, a subnet, a security group, a virtual host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct AccessConfig {
    pub r#type: Option<String>,
    #[serde(rename = "URI")]
    pub uri: Option<String>,
}

/// How Kafka is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct KafkaConfig {
    pub consumer_group_id: Option<String>,
    pub schema_registry_config: Option<SchemaRegistryConfig>,
    pub consumption_mode: Option<String>,
}

/// Where schemas of Kafka's records are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct SchemaRegistryConfig {
    #[serde(rename = "SchemaRegistryURI")]
    pub schema_registry_uri: Option<String>,
    pub event_record_format: Option<String>,
    pub access_configs: Option<Vec<AccessConfig>>,
    pub schema_validation_configs: Option<Vec<ValidationConfig>>,
}

/// What of a record is held against its schema.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct ValidationConfig {
    pub attribute: Option<String>,
}

/// Which changes of a DocumentDB cluster are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct DocumentDbConfig {
    pub database_name: Option<String>,
    pub collection_name: Option<String>,
    pub full_document: Option<String>,
}

/// How many pollers there are at all times.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are AWS's")]
pub struct PollerConfig {
    pub minimum_pollers: Option<u32>,
    pub maximum_pollers: Option<u32>,
    pub poller_group_name: Option<String>,
}

impl SourceKind {
    /// The kind of what a caller names by an ARN, or by its servers; `None` for what feeds no function.
    #[must_use]
    pub fn of(arn: Option<&str>, self_managed: bool) -> Option<Self> {
        let service = arn.filter(|arn| !arn.is_empty()).map(|arn| arn.split(':').nth(2).unwrap_or_default());
        match (service, self_managed) {
            (None, true) => Some(Self::SelfManagedKafka),
            (Some("sqs"), false) => Some(Self::Sqs),
            (Some("kinesis"), false) => Some(Self::Kinesis),
            // A table is no stream.
            (Some("dynamodb"), false) => arn.is_some_and(|arn| arn.contains("/stream/")).then_some(Self::DynamoDb),
            (Some("kafka"), false) => Some(Self::ManagedKafka),
            (Some("mq"), false) => Some(Self::Mq),
            (Some("rds"), false) => Some(Self::DocumentDb),
            _ => None,
        }
    }
}

impl MappingState {
    fn name(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Enabling => "Enabling",
            Self::Disabling => "Disabling",
            Self::Updating => "Updating",
            Self::Deleting => "Deleting",
        }
    }
}

impl EventSourceMapping {
    /// `State`.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match &self.change {
            Some(change) => change.state.name(),
            None if self.enabled => "Enabled",
            None => "Disabled",
        }
    }

    /// `LastProcessingResult`, which streams have.
    #[must_use]
    pub fn last_processing_result(&self) -> Option<&'static str> {
        let streams = matches!(self.source.kind, SourceKind::Kinesis | SourceKind::DynamoDb);
        streams.then_some(match self.progress.succeeded {
            None => "No records processed",
            Some(true) => "OK",
            Some(false) => "PROBLEM: Function call failed",
        })
    }

    /// What time has made of it.
    #[must_use]
    pub fn passed(&self, now: Timestamp, reading: bool) -> Passed<Self> {
        match &self.change {
            Some(change) if change.transition.is_over(now, reading) => match change.state {
                MappingState::Deleting => Passed::Gone,
                _ => Passed::Became(Self { change: None, ..self.clone() }),
            },
            _ => Passed::Nothing,
        }
    }
}
