//! What event source mappings are asked for and answer, member by member.
//!
//! The one idea to hold: the members that creation and update share stand once, in [`request`]; which kinds of sources
//! take one that not all do stands beside it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use super::kind::{ACCESSED, KAFKA, POLLED, QUEUES, RETRIED, STREAMS, TOLD};
use crate::arn::FunctionRef;
use crate::state::EventSourceMapping;
use crate::state::event_source::{
    AccessConfig, Destination, DestinationConfig, DocumentDbConfig, FilterCriteria, KafkaConfig, MappingSettings,
    MetricsConfig, PollerConfig, PollerLoggingConfig, ScalingConfig, SelfManagedEventSource, SourceKind,
};

/// A structure with the shared members and those of its own.
macro_rules! request {
    ($(#[$doc:meta])* $name:ident { $($(#[$attribute:meta])* $member:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "PascalCase")]
        pub(in crate::operations) struct $name {
            $($(#[$attribute])* pub(super) $member: $kind,)*
            pub(super) enabled: Option<bool>,
            pub(super) batch_size: Option<u32>,
            pub(super) maximum_batching_window_in_seconds: Option<u32>,
            pub(super) parallelization_factor: Option<u32>,
            pub(super) tumbling_window_in_seconds: Option<u32>,
            pub(super) maximum_record_age_in_seconds: Option<i32>,
            pub(super) maximum_retry_attempts: Option<i32>,
            pub(super) bisect_batch_on_function_error: Option<bool>,
            pub(super) destination_config: Option<DestinationConfig>,
            pub(super) function_response_types: Option<Vec<String>>,
            pub(super) filter_criteria: Option<FilterCriteria>,
            #[serde(rename = "KMSKeyArn")]
            pub(super) kms_key_arn: Option<String>,
            pub(super) metrics_config: Option<MetricsConfig>,
            pub(super) logging_config: Option<PollerLoggingConfig>,
            pub(super) scaling_config: Option<ScalingConfig>,
            pub(super) source_access_configurations: Option<Vec<AccessConfig>>,
            pub(super) amazon_managed_kafka_event_source_config: Option<KafkaConfig>,
            pub(super) self_managed_kafka_event_source_config: Option<KafkaConfig>,
            #[serde(rename = "DocumentDBEventSourceConfig")]
            pub(super) document_db_event_source_config: Option<DocumentDbConfig>,
            pub(super) provisioned_poller_config: Option<PollerConfig>,
        }

        impl $name {
            /// What it says of how records are handed over.
            pub(super) fn settings(&self) -> MappingSettings {
                MappingSettings {
                    batch_size: self.batch_size,
                    maximum_batching_window_in_seconds: self.maximum_batching_window_in_seconds,
                    parallelization_factor: self.parallelization_factor,
                    tumbling_window_in_seconds: self.tumbling_window_in_seconds,
                    maximum_record_age_in_seconds: self.maximum_record_age_in_seconds,
                    maximum_retry_attempts: self.maximum_retry_attempts,
                    bisect_batch_on_function_error: self.bisect_batch_on_function_error,
                    destination_config: self.destination_config.clone(),
                    function_response_types: self.function_response_types.clone(),
                    filter_criteria: self.filter_criteria.clone(),
                    kms_key_arn: self.kms_key_arn.clone(),
                    metrics_config: self.metrics_config.clone(),
                    logging_config: self.logging_config.clone(),
                    scaling_config: self.scaling_config.clone(),
                    source_access_configurations: self.source_access_configurations.clone(),
                    amazon_managed_kafka_event_source_config: self.amazon_managed_kafka_event_source_config.clone(),
                    self_managed_kafka_event_source_config: self.self_managed_kafka_event_source_config.clone(),
                    document_db_event_source_config: self.document_db_event_source_config.clone(),
                    provisioned_poller_config: self.provisioned_poller_config.clone(),
                }
            }
        }
    };
}

request! {
    /// The request of CreateEventSourceMapping.
    CreateEventSourceMapping {
        function_name: FunctionRef,
        event_source_arn: Option<String>,
        self_managed_event_source: Option<SelfManagedEventSource>,
        topics: Option<Vec<String>>,
        queues: Option<Vec<String>>,
        starting_position: Option<String>,
        /// Seconds since 1970.
        starting_position_timestamp: Option<f64>,
        #[serde(default)]
        tags: BTreeMap<String, String>,
    }
}

request! {
    /// The request of UpdateEventSourceMapping: what is left out stays.
    UpdateEventSourceMapping {
        #[serde(rename = "UUID")]
        uuid: String,
        function_name: Option<FunctionRef>,
    }
}

/// The settings that not every kind of source has: the member, whether it says anything, and the kinds.
pub(super) fn particular(settings: &MappingSettings) -> [(&'static str, bool, &'static [SourceKind]); 14] {
    use SourceKind::{DocumentDb, ManagedKafka, SelfManagedKafka};
    let listed = |list: Option<&[String]>| list.is_some_and(|list| !list.is_empty());
    let metrics = settings.metrics_config.as_ref().and_then(|config| config.metrics.as_deref());
    let of_kafka = |metrics: &[String]| metrics.iter().any(|metric| metric != "EventCount");
    let group = settings.provisioned_poller_config.as_ref().and_then(|config| config.poller_group_name.as_ref());
    [
        ("ParallelizationFactor", settings.parallelization_factor.is_some(), STREAMS),
        ("TumblingWindowInSeconds", settings.tumbling_window_in_seconds.is_some(), STREAMS),
        ("MaximumRecordAgeInSeconds", settings.maximum_record_age_in_seconds.is_some(), RETRIED),
        ("MaximumRetryAttempts", settings.maximum_retry_attempts.is_some(), RETRIED),
        ("BisectBatchOnFunctionError", settings.bisect_batch_on_function_error.is_some(), RETRIED),
        ("FunctionResponseTypes", listed(settings.function_response_types.as_deref()), TOLD),
        ("MetricsConfig", metrics.is_some_and(of_kafka), KAFKA),
        ("LoggingConfig", says(settings.logging_config.as_ref()), KAFKA),
        ("ScalingConfig", says(settings.scaling_config.as_ref()), QUEUES),
        (
            "SourceAccessConfigurations",
            settings.source_access_configurations.as_ref().is_some_and(|list| !list.is_empty()),
            ACCESSED,
        ),
        (
            "AmazonManagedKafkaEventSourceConfig",
            says(settings.amazon_managed_kafka_event_source_config.as_ref()),
            &[ManagedKafka],
        ),
        (
            "SelfManagedKafkaEventSourceConfig",
            says(settings.self_managed_kafka_event_source_config.as_ref()),
            &[SelfManagedKafka],
        ),
        ("DocumentDBEventSourceConfig", says(settings.document_db_event_source_config.as_ref()), &[DocumentDb]),
        (
            "ProvisionedPollerConfig",
            says(settings.provisioned_poller_config.as_ref()),
            if group.is_some_and(|name| !name.is_empty()) { KAFKA } else { POLLED },
        ),
    ]
}

/// Whether there is a structure with anything in it: an empty one takes a setting away.
pub(super) fn says<T: Default + PartialEq>(structure: Option<&T>) -> bool {
    structure.is_some_and(|structure| *structure != T::default())
}

/// Whether something is sent to a destination.
pub(super) fn is_sent(destination: Option<&Destination>) -> bool {
    destination.and_then(|it| it.destination.as_deref()).is_some_and(|arn| !arn.is_empty())
}

/// Why filters cannot be shown.
#[derive(Debug)]
pub(super) struct Unreadable(pub(super) String);

impl Serialize for Unreadable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("FilterCriteriaError", 2)?;
        members.serialize_field("ErrorCode", "AccessDeniedException")?;
        members.serialize_field("Message", &self.0)?;
        members.end()
    }
}

/// A mapping as it is answered.
#[derive(Debug)]
pub(in crate::operations) struct Shown {
    pub(super) mapping: EventSourceMapping,
    pub(super) arn: String,
    pub(super) unreadable: Option<Unreadable>,
    /// Whether filters under a key of the caller's are left out, as in lists.
    pub(super) listed: bool,
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { mapping, arn, unreadable, listed } = self;
        let (source, settings) = (&mapping.source, &mapping.settings);
        let streams = STREAMS.contains(&source.kind);
        let hidden = unreadable.is_some() || (*listed && settings.kms_key_arn.is_some());
        let mut members = serializer.serialize_struct("EventSourceMappingConfiguration", 33)?;
        members.serialize_field("UUID", &mapping.uuid)?;
        members.serialize_field("StartingPosition", &source.starting_position)?;
        members.serialize_field("StartingPositionTimestamp", &source.starting_position_timestamp)?;
        members.serialize_field("BatchSize", &settings.batch_size)?;
        members.serialize_field("MaximumBatchingWindowInSeconds", &settings.maximum_batching_window_in_seconds)?;
        members.serialize_field("ParallelizationFactor", &settings.parallelization_factor)?;
        members.serialize_field("EventSourceArn", &source.arn)?;
        members.serialize_field("FilterCriteria", &settings.filter_criteria.as_ref().filter(|_| !hidden))?;
        members.serialize_field("FilterCriteriaError", unreadable)?;
        members.serialize_field("KMSKeyArn", &settings.kms_key_arn)?;
        members.serialize_field("MetricsConfig", &settings.metrics_config)?;
        members.serialize_field("LoggingConfig", &settings.logging_config)?;
        members.serialize_field("ScalingConfig", &settings.scaling_config)?;
        members.serialize_field("FunctionArn", &mapping.function_arn)?;
        members.serialize_field("LastModified", &mapping.last_modified)?;
        members.serialize_field("LastProcessingResult", &mapping.last_processing_result())?;
        members.serialize_field("State", mapping.state())?;
        members.serialize_field("StateTransitionReason", if streams { "User action" } else { "USER_INITIATED" })?;
        members.serialize_field("DestinationConfig", &settings.destination_config)?;
        members.serialize_field("Topics", &source.topics)?;
        members.serialize_field("Queues", &source.queues)?;
        members.serialize_field("SourceAccessConfigurations", &settings.source_access_configurations)?;
        members.serialize_field("SelfManagedEventSource", &source.self_managed)?;
        members.serialize_field("MaximumRecordAgeInSeconds", &settings.maximum_record_age_in_seconds)?;
        members.serialize_field("BisectBatchOnFunctionError", &settings.bisect_batch_on_function_error)?;
        members.serialize_field("MaximumRetryAttempts", &settings.maximum_retry_attempts)?;
        members.serialize_field("TumblingWindowInSeconds", &settings.tumbling_window_in_seconds)?;
        members.serialize_field("FunctionResponseTypes", &settings.function_response_types)?;
        members.serialize_field(
            "AmazonManagedKafkaEventSourceConfig",
            &settings.amazon_managed_kafka_event_source_config,
        )?;
        members
            .serialize_field("SelfManagedKafkaEventSourceConfig", &settings.self_managed_kafka_event_source_config)?;
        members.serialize_field("DocumentDBEventSourceConfig", &settings.document_db_event_source_config)?;
        members.serialize_field("EventSourceMappingArn", arn)?;
        members.serialize_field("ProvisionedPollerConfig", &settings.provisioned_poller_config)?;
        members.end()
    }
}
