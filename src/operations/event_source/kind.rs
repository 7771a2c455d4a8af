//! What each kind of source takes, wants, and has by default (facts 18, and the model's documentation).
//!
//! The one idea to hold: a mapping is judged with the settings that it would have, at creation and at each update alike;
//! only what a source is asked for that it does not take is judged by the request.

use super::filter;
use super::members::{CreateEventSourceMapping, is_sent, particular, says};
use crate::clock::Timestamp;
use crate::error::EventSourceError;
use crate::state::event_source::{
    AccessConfig, Destination, DestinationConfig, EventSource, KafkaConfig, MappingSettings, PollerConfig, SourceKind,
};
use SourceKind::{DocumentDb, DynamoDb, Kinesis, ManagedKafka, Mq, SelfManagedKafka, Sqs};

/// Sources whose shards are read.
pub(super) const STREAMS: &[SourceKind] = &[Kinesis, DynamoDb];
/// Both ways to have Kafka.
pub(super) const KAFKA: &[SourceKind] = &[ManagedKafka, SelfManagedKafka];
/// Queues of SQS.
pub(super) const QUEUES: &[SourceKind] = &[Sqs];
/// Sources whose records are tried again, given up, and sent elsewhere.
pub(super) const RETRIED: &[SourceKind] = &[Kinesis, DynamoDb, ManagedKafka, SelfManagedKafka];
/// Sources that a function can tell which records failed.
pub(super) const TOLD: &[SourceKind] = &[Sqs, Kinesis, DynamoDb, ManagedKafka, SelfManagedKafka];
/// Sources with pollers of one's own.
pub(super) const POLLED: &[SourceKind] = &[Sqs, ManagedKafka, SelfManagedKafka];
/// Sources that are opened by secrets and networks.
pub(super) const ACCESSED: &[SourceKind] = &[ManagedKafka, SelfManagedKafka, Mq, DocumentDb];
/// Sources that are read from a position on.
const POSITIONED: &[SourceKind] = &[Kinesis, DynamoDb, ManagedKafka, SelfManagedKafka, DocumentDb];

/// Where reading begins if nobody says so, and the source does not want it said.
const DEFAULT_POSITION: &str = "TRIM_HORIZON";
/// The largest batch that a queue need not wait for, and of a FIFO queue the largest of all.
const SMALL_BATCH: u32 = 10;
/// The least age of records that are given up, in seconds.
const LEAST_AGE: i32 = 60;
/// How the names of FIFO queues end.
const FIFO: &str = ".fifo";
/// The most pollers of a queue, and of Kafka.
const MOST_POLLERS: (u32, u32) = (10_000, 2_000);
/// The most pollers where only the least are given.
const DEFAULT_MOST_POLLERS: u32 = 200;

/// The source of a new mapping.
///
/// # Errors
/// [`EventSourceError`], in the order of the statements.
pub(super) fn source(input: &CreateEventSourceMapping, now: Timestamp) -> Result<EventSource, EventSourceError> {
    let endpoints = input.self_managed_event_source.as_ref().and_then(|it| it.endpoints.as_ref());
    let self_managed = endpoints.is_some_and(|endpoints| endpoints.values().any(|servers| !servers.is_empty()));
    let kind = SourceKind::of(input.event_source_arn.as_deref(), self_managed).ok_or(EventSourceError::Unrecognized)?;
    let settings = input.settings();
    check_destination(kind, &settings)?;
    check_given("Topics", input.topics.is_some(), kind, KAFKA)?;
    check_given("Queues", input.queues.is_some(), kind, &[Mq])?;
    check_particular(kind, &settings)?;
    let mut source = EventSource {
        kind,
        arn: input.event_source_arn.clone().filter(|_| !self_managed),
        self_managed: input.self_managed_event_source.clone().filter(|_| self_managed),
        topics: input.topics.clone(),
        queues: input.queues.clone(),
        starting_position: input.starting_position.clone(),
        starting_position_timestamp: input.starting_position_timestamp.map(Timestamp::from_seconds),
    };
    check_position(&source, &settings, now)?;
    // The moment itself would be moved to 1970.
    if input.starting_position_timestamp.is_some_and(|seconds| seconds < 0.0) {
        return Err(EventSourceError::MomentTooEarly);
    }
    if source.starting_position.is_none() && POSITIONED.contains(&kind) && !is_shared(&settings) {
        source.starting_position = Some(DEFAULT_POSITION.to_owned());
    }
    Ok(source)
}

/// Refuses what a request asks of a source that does not take it.
///
/// # Errors
/// [`EventSourceError::Unsupported`].
pub(super) fn check_request(kind: SourceKind, settings: &MappingSettings) -> Result<(), EventSourceError> {
    check_destination(kind, settings)?;
    check_particular(kind, settings)
}

fn check_particular(kind: SourceKind, settings: &MappingSettings) -> Result<(), EventSourceError> {
    particular(settings).into_iter().try_for_each(|(member, given, kinds)| check_given(member, given, kind, kinds))
}

fn check_given(
    member: &'static str,
    given: bool,
    kind: SourceKind,
    kinds: &[SourceKind],
) -> Result<(), EventSourceError> {
    if given && !kinds.contains(&kind) { Err(EventSourceError::Unsupported { member }) } else { Ok(()) }
}

/// No source sends what succeeded anywhere.
fn check_destination(kind: SourceKind, settings: &MappingSettings) -> Result<(), EventSourceError> {
    let Some(config) = &settings.destination_config else { return Ok(()) };
    let failed = is_sent(config.on_failure.as_ref()) && !RETRIED.contains(&kind);
    check_given("DestinationConfig", failed || is_sent(config.on_success.as_ref()), kind, &[])
}

fn check_position(source: &EventSource, settings: &MappingSettings, now: Timestamp) -> Result<(), EventSourceError> {
    let unsupported = || {
        let arn = source.arn.clone().unwrap_or_default();
        Err(EventSourceError::UnsupportedPosition { arn })
    };
    match source.starting_position.as_deref() {
        None if STREAMS.contains(&source.kind) => return Err(EventSourceError::Null { member: "startingPosition" }),
        Some(_) if is_shared(settings) => return Err(EventSourceError::Unsupported { member: "StartingPosition" }),
        Some(_) if !POSITIONED.contains(&source.kind) => return unsupported(),
        Some("AT_TIMESTAMP") if source.kind == DynamoDb => return unsupported(),
        _ => {}
    }
    let by_moment = source.starting_position.as_deref() == Some("AT_TIMESTAMP");
    match source.starting_position_timestamp {
        None if by_moment => Err(EventSourceError::Null { member: "startingPositionTimestamp" }),
        Some(moment) if !by_moment || moment > now => Err(EventSourceError::WrongMoment),
        _ => Ok(()),
    }
}

/// Whether Kafka's records are shared out among pollers one by one.
fn is_shared(settings: &MappingSettings) -> bool {
    let config = settings.self_managed_kafka_event_source_config.as_ref();
    config.and_then(|config| config.consumption_mode.as_deref()) == Some("Queue")
}

/// The settings of a new mapping: those of the request over the defaults of the source.
pub(super) fn with_defaults(kind: SourceKind, uuid: &str, given: MappingSettings) -> MappingSettings {
    let streams = STREAMS.contains(&kind);
    let buffered = streams || kind == Sqs;
    let or = |number: Option<i32>, default| number.or_else(|| streams.then_some(default));
    let shared = is_shared(&given);
    let group = |config: Option<KafkaConfig>, of| {
        let config = config.unwrap_or_default();
        let consumer_group_id = config.consumer_group_id.or_else(|| Some(uuid.to_owned()));
        (kind == of).then_some(KafkaConfig { consumer_group_id, ..config })
    };
    let settings = MappingSettings {
        batch_size: given.batch_size.or(Some(if kind == Sqs { SMALL_BATCH } else { 100 })),
        maximum_batching_window_in_seconds: given.maximum_batching_window_in_seconds.or(buffered.then_some(0)),
        parallelization_factor: given.parallelization_factor.or(streams.then_some(1)),
        tumbling_window_in_seconds: given.tumbling_window_in_seconds.or(streams.then_some(0)),
        maximum_record_age_in_seconds: or(given.maximum_record_age_in_seconds, -1),
        maximum_retry_attempts: or(given.maximum_retry_attempts, -1).or(shared.then_some(0)),
        bisect_batch_on_function_error: given.bisect_batch_on_function_error.or(streams.then_some(false)),
        function_response_types: given.function_response_types.clone().or_else(|| buffered.then(Vec::new)),
        amazon_managed_kafka_event_source_config: group(
            given.amazon_managed_kafka_event_source_config.clone(),
            ManagedKafka,
        ),
        self_managed_kafka_event_source_config: group(
            given.self_managed_kafka_event_source_config.clone(),
            SelfManagedKafka,
        ),
        ..given
    };
    tidied(kind, settings)
}

/// The settings of a mapping after an update.
///
/// # Errors
/// [`EventSourceError::ConsumerGroupIsFixed`].
pub(super) fn updated(
    kind: SourceKind,
    current: &MappingSettings,
    given: MappingSettings,
) -> Result<MappingSettings, EventSourceError> {
    let kafka = |current: &Option<KafkaConfig>, given: Option<KafkaConfig>| match (current, given) {
        (Some(current), Some(given)) if given.consumer_group_id.is_some() => {
            let same = given.consumer_group_id == current.consumer_group_id;
            if same { Ok(Some(given)) } else { Err(EventSourceError::ConsumerGroupIsFixed) }
        }
        (Some(current), Some(given)) => {
            Ok(Some(KafkaConfig { consumer_group_id: current.consumer_group_id.clone(), ..given }))
        }
        (current, _) => Ok(current.clone()),
    };
    let current = current.clone();
    let settings = MappingSettings {
        amazon_managed_kafka_event_source_config: kafka(
            &current.amazon_managed_kafka_event_source_config,
            given.amazon_managed_kafka_event_source_config,
        )?,
        self_managed_kafka_event_source_config: kafka(
            &current.self_managed_kafka_event_source_config,
            given.self_managed_kafka_event_source_config,
        )?,
        batch_size: given.batch_size.or(current.batch_size),
        maximum_batching_window_in_seconds: given
            .maximum_batching_window_in_seconds
            .or(current.maximum_batching_window_in_seconds),
        parallelization_factor: given.parallelization_factor.or(current.parallelization_factor),
        tumbling_window_in_seconds: given.tumbling_window_in_seconds.or(current.tumbling_window_in_seconds),
        maximum_record_age_in_seconds: given.maximum_record_age_in_seconds.or(current.maximum_record_age_in_seconds),
        maximum_retry_attempts: given.maximum_retry_attempts.or(current.maximum_retry_attempts),
        bisect_batch_on_function_error: given.bisect_batch_on_function_error.or(current.bisect_batch_on_function_error),
        destination_config: given.destination_config.or(current.destination_config),
        function_response_types: given.function_response_types.or(current.function_response_types),
        filter_criteria: given.filter_criteria.or(current.filter_criteria),
        kms_key_arn: given.kms_key_arn.or(current.kms_key_arn),
        metrics_config: given.metrics_config.or(current.metrics_config),
        logging_config: given.logging_config.or(current.logging_config),
        scaling_config: given.scaling_config.or(current.scaling_config),
        source_access_configurations: given.source_access_configurations.or(current.source_access_configurations),
        document_db_event_source_config: given
            .document_db_event_source_config
            .or(current.document_db_event_source_config),
        provisioned_poller_config: given.provisioned_poller_config.or(current.provisioned_poller_config),
    };
    Ok(tidied(kind, settings))
}

/// The settings without what was sent empty, which takes a setting away.
fn tidied(kind: SourceKind, settings: MappingSettings) -> MappingSettings {
    let failed = settings.destination_config.and_then(|config| config.on_failure).filter(|it| is_sent(Some(it)));
    let always_told = STREAMS.contains(&kind);
    let destination = |on_failure: Option<Destination>| DestinationConfig { on_success: None, on_failure };
    MappingSettings {
        destination_config: match failed {
            Some(failed) => Some(destination(Some(failed))),
            None => always_told.then(|| destination(Some(Destination::default()))),
        },
        filter_criteria: settings
            .filter_criteria
            .filter(|criteria| criteria.filters.as_ref().is_some_and(|filters| !filters.is_empty())),
        kms_key_arn: settings.kms_key_arn.filter(|arn| !arn.is_empty()),
        metrics_config: settings.metrics_config.filter(|it| says(Some(it))),
        logging_config: settings.logging_config.filter(|it| says(Some(it))),
        scaling_config: settings.scaling_config.filter(|it| says(Some(it))),
        provisioned_poller_config: settings.provisioned_poller_config.filter(|it| says(Some(it))).map(|config| {
            PollerConfig {
                minimum_pollers: config.minimum_pollers.or(Some(least_pollers(kind))),
                maximum_pollers: config.maximum_pollers.or(Some(DEFAULT_MOST_POLLERS)),
                ..config
            }
        }),
        source_access_configurations: settings.source_access_configurations.filter(|list| !list.is_empty()),
        ..settings
    }
}

fn least_pollers(kind: SourceKind) -> u32 {
    if kind == Sqs { 2 } else { 1 }
}

/// Refuses a mapping whose settings cannot be.
///
/// # Errors
/// [`EventSourceError`], in the order of the statements.
pub(super) fn check(source: &EventSource, settings: &MappingSettings) -> Result<(), EventSourceError> {
    check_wanted(source, settings)?;
    check_batches(source, settings)?;
    if settings.maximum_record_age_in_seconds.is_some_and(|age| (0..LEAST_AGE).contains(&age)) {
        return Err(EventSourceError::RecordAge { least: LEAST_AGE });
    }
    if is_shared(settings) && settings.maximum_retry_attempts == Some(-1) {
        return Err(EventSourceError::EndlessRetries);
    }
    if let Some(PollerConfig { minimum_pollers: Some(few), maximum_pollers: Some(many), .. }) =
        settings.provisioned_poller_config
    {
        let least = least_pollers(source.kind);
        let most = if source.kind == Sqs { MOST_POLLERS.0 } else { MOST_POLLERS.1 };
        if few < least || many > most || few > many {
            return Err(EventSourceError::Pollers { least, most });
        }
    }
    filter::check(settings.filter_criteria.as_ref())
}

/// What a source cannot be read without.
fn check_wanted(source: &EventSource, settings: &MappingSettings) -> Result<(), EventSourceError> {
    let accesses: Option<&Vec<AccessConfig>> = settings.source_access_configurations.as_ref();
    let database = settings.document_db_event_source_config.as_ref().and_then(|it| it.database_name.as_ref());
    let kind = source.kind;
    for (member, given, kinds) in [
        ("sourceAccessConfigurations", accesses.is_some(), &[SelfManagedKafka, Mq, DocumentDb][..]),
        ("topics", source.topics.is_some(), KAFKA),
        ("queues", source.queues.is_some(), &[Mq]),
        ("databaseName", database.is_some(), &[DocumentDb]),
    ] {
        if !given && kinds.contains(&kind) {
            return Err(EventSourceError::Missing { member });
        }
    }
    Ok(())
}

fn check_batches(source: &EventSource, settings: &MappingSettings) -> Result<(), EventSourceError> {
    if source.kind != Sqs {
        return Ok(());
    }
    let waits = settings.maximum_batching_window_in_seconds.unwrap_or_default() > 0;
    let large = settings.batch_size.unwrap_or_default() > SMALL_BATCH;
    if source.arn.as_deref().is_some_and(|arn| arn.ends_with(FIFO)) {
        return match (large, waits) {
            (true, _) => Err(EventSourceError::BatchOfFifo),
            (_, true) => Err(EventSourceError::Unsupported { member: "MaximumBatchingWindowInSeconds" }),
            _ => Ok(()),
        };
    }
    if large && !waits { Err(EventSourceError::BatchNeedsWindow) } else { Ok(()) }
}
