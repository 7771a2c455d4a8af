"""The sources of event source mappings as the tests name them, AWS's texts, and one call of each operation."""

from __future__ import annotations

import datetime as dt

from texts import Refusal, invalid, missing
from world import ACCOUNT, ANY_UUID, REGION, without_metadata

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)  # where the clock of an emulator with a seed stands
NOBODY = "01234567-89ab-4cde-8f01-23456789abcd"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/mine"


def source_arn(service, rest):
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


QUEUE = source_arn("sqs", "queue")
FIFO = f"{QUEUE}.fifo"
STREAM = source_arn("kinesis", "stream/mine")
TABLE = source_arn("dynamodb", "table/mine/stream/2026-01-01T00:00:00.000")
CLUSTER = source_arn("kafka", "cluster/mine/01234567-89ab-4cde-8f01-23456789abcd-1")
BROKER = source_arn("mq", "broker:mine:b-1")
DOCUMENTS = source_arn("rds", "cluster:mine")
SERVERS = {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["a:9092", "b:9092"]}}
SECRET = [{"Type": "BASIC_AUTH", "URI": source_arn("secretsmanager", "secret:mine")}]

#: The least that each kind of source needs.
SOURCES = {
    "sqs": {"EventSourceArn": QUEUE},
    "kinesis": {"EventSourceArn": STREAM, "StartingPosition": "LATEST"},
    "dynamodb": {"EventSourceArn": TABLE, "StartingPosition": "TRIM_HORIZON"},
    "msk": {"EventSourceArn": CLUSTER, "Topics": ["topic"]},
    "kafka": {"SelfManagedEventSource": SERVERS, "Topics": ["topic"], "SourceAccessConfigurations": SECRET},
    "mq": {"EventSourceArn": BROKER, "Queues": ["queue"], "SourceAccessConfigurations": SECRET},
    "documentdb": {
        "EventSourceArn": DOCUMENTS,
        "DocumentDBEventSourceConfig": {"DatabaseName": "mine"},
        "SourceAccessConfigurations": SECRET,
    },
}
#: What AWS adds to them, of streams and of all others.
ADDED = {"State": "Creating", "StateTransitionReason": "USER_INITIATED"}
OF_STREAMS = {
    "BatchSize": 100,
    "BisectBatchOnFunctionError": False,
    "DestinationConfig": {"OnFailure": {}},
    "FunctionResponseTypes": [],
    "LastProcessingResult": "No records processed",
    "MaximumBatchingWindowInSeconds": 0,
    "MaximumRecordAgeInSeconds": -1,
    "MaximumRetryAttempts": -1,
    "ParallelizationFactor": 1,
    "TumblingWindowInSeconds": 0,
    "State": "Creating",
    "StateTransitionReason": "User action",
}
DEFAULTS = {
    "sqs": {"BatchSize": 10, "FunctionResponseTypes": [], "MaximumBatchingWindowInSeconds": 0, **ADDED},
    "kinesis": OF_STREAMS,
    "dynamodb": OF_STREAMS,
    "msk": {
        "BatchSize": 100,
        "StartingPosition": "TRIM_HORIZON",
        "AmazonManagedKafkaEventSourceConfig": {"ConsumerGroupId": ANY_UUID},
        **ADDED,
    },
    "kafka": {
        "BatchSize": 100,
        "StartingPosition": "TRIM_HORIZON",
        "SelfManagedKafkaEventSourceConfig": {"ConsumerGroupId": ANY_UUID},
        **ADDED,
    },
    "mq": {"BatchSize": 100, **ADDED},
    "documentdb": {"BatchSize": 100, "StartingPosition": "TRIM_HORIZON", **ADDED},
}

NOT_FOUND = missing("The resource you requested does not exist.")
UNRECOGNIZED = invalid("Unrecognized event source.")
NO_FUNCTION = invalid("Function does not exist")
INVALID_FILTER = invalid("Invalid filter pattern definition.")


def unsupported(member):
    return invalid(f"Unsupported {member} parameter for given event source mapping type.")


def required(member):
    return invalid(f"Required '{member}' parameter is missing.")


def null(member):
    return invalid(f"1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null.")  # fmt: skip


def in_use(verb):
    return Refusal("ResourceInUseException", 400, f"Cannot {verb} the event source mapping because it is in use.")


def create(way, **members):
    return without_metadata(way.lambda_.create_event_source_mapping(**{"FunctionName": "fn", **members}))


def get(way, made):
    return without_metadata(way.lambda_.get_event_source_mapping(UUID=made["UUID"]))


def update(way, made, **members):
    return without_metadata(way.lambda_.update_event_source_mapping(UUID=made["UUID"], **members))


def delete(way, made):
    return without_metadata(way.lambda_.delete_event_source_mapping(UUID=made["UUID"]))


def settled(way, kind="sqs", **members):
    """Make a mapping and let time pass for it."""
    return get(way, create(way, **{**SOURCES[kind], **members}))


def ids(way, **members):
    listed = way.lambda_.list_event_source_mappings(**members)
    return {mapping["UUID"] for mapping in listed["EventSourceMappings"]}


#: Where records go that a function failed on.
FAILURES = {"OnFailure": {"Destination": source_arn("sns", "failures")}}
