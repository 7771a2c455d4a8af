"""What event source mappings are refused with: sources, members, functions, duplicates (facts 18)."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from event_sources import (
    BROKER,
    CLUSTER,
    DOCUMENTS,
    FAILURES,
    FIFO,
    INVALID_FILTER,
    NO_FUNCTION,
    NOW,
    QUEUE,
    SECRET,
    SERVERS,
    SOURCES,
    STREAM,
    TABLE,
    UNRECOGNIZED,
    create,
    get,
    ids,
    null,
    required,
    settled,
    source_arn,
    unsupported,
    update,
)
from texts import OTHER_ACCOUNT, conflict, invalid, unreachable, violated
from world import ARN, creation

fact = pytest.mark.fact


#: Members that not every kind of source takes, and the kinds that do.
STREAMS, KAFKA = {"kinesis", "dynamodb"}, {"msk", "kafka"}
PARTICULAR = {
    "ParallelizationFactor": (2, STREAMS),
    "TumblingWindowInSeconds": (1, STREAMS),
    "MaximumRecordAgeInSeconds": (60, STREAMS | KAFKA),
    "MaximumRetryAttempts": (1, STREAMS | KAFKA),
    "BisectBatchOnFunctionError": (True, STREAMS | KAFKA),
    "DestinationConfig": (FAILURES, STREAMS | KAFKA),
    "FunctionResponseTypes": (["ReportBatchItemFailures"], STREAMS | KAFKA | {"sqs"}),
    "MetricsConfig": ({"Metrics": ["ErrorCount"]}, KAFKA),
    "LoggingConfig": ({"SystemLogLevel": "WARN"}, KAFKA),
    "ScalingConfig": ({"MaximumConcurrency": 2}, {"sqs"}),
    "SourceAccessConfigurations": (SECRET, KAFKA | {"mq", "documentdb"}),
    "AmazonManagedKafkaEventSourceConfig": ({"ConsumerGroupId": "group"}, {"msk"}),
    "SelfManagedKafkaEventSourceConfig": ({"ConsumerGroupId": "group"}, {"kafka"}),
    "DocumentDBEventSourceConfig": ({"DatabaseName": "mine"}, {"documentdb"}),
    "ProvisionedPollerConfig": ({"MinimumPollers": 2}, KAFKA | {"sqs"}),
    "Topics": (["topic"], KAFKA),
    "Queues": (["queue"], {"mq"}),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_what_a_source_does_not_take_is_refused(way, fn, kind):
    made = settled(way, kind)
    for member, (value, kinds) in PARTICULAR.items():
        if kind in kinds:
            continue
        given = {**SOURCES[kind], "FunctionName": "nobody", member: value}
        way.refused(way.lambda_.create_event_source_mapping, unsupported(member), **given)
        if member not in ("Topics", "Queues"):
            change = way.lambda_.update_event_source_mapping
            way.refused(change, unsupported(member), UUID=made["UUID"], **{member: value})
    assert get(way, made) == made
    assert ids(way) == {made["UUID"]}


def test_pollers_of_a_queue_have_no_group(way, fn):
    config = {"MinimumPollers": 2, "PollerGroupName": "group"}
    call = way.lambda_.create_event_source_mapping
    way.refused(call, unsupported("ProvisionedPollerConfig"), FunctionName="fn", **SOURCES["sqs"], ProvisionedPollerConfig=config)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "config", "least", "most"),
    [
        ("sqs", {"MinimumPollers": 1}, 2, 10000),
        ("sqs", {"MinimumPollers": 20, "MaximumPollers": 10}, 2, 10000),
        ("msk", {"MaximumPollers": 2001}, 1, 2000),
        ("kafka", {"MaximumPollers": 10000}, 1, 2000),
    ],
)
def test_pollers_have_bounds(way, fn, kind, config, least, most):
    text = f"MinimumPollers must be at least {least}, MaximumPollers at most {most}, and neither beyond the other."
    call = way.lambda_.create_event_source_mapping
    way.refused(call, invalid(text), FunctionName="fn", **SOURCES[kind], ProvisionedPollerConfig=config)


@pytest.mark.parametrize(("kind", "least"), [("sqs", 2), ("msk", 1), ("kafka", 1)])
def test_pollers_have_defaults_and_are_given_up(way, fn, kind, least):
    made = settled(way, kind, ProvisionedPollerConfig={"MaximumPollers": 50})
    assert made["ProvisionedPollerConfig"] == {"MinimumPollers": least, "MaximumPollers": 50}
    assert "ProvisionedPollerConfig" not in update(way, made, ProvisionedPollerConfig={})


# What is refused


@fact(621)
@pytest.mark.parametrize(
    "source",
    [
        {},
        {"EventSourceArn": source_arn("sns", "topic")},
        {"EventSourceArn": QUEUE, "SelfManagedEventSource": SERVERS},
        {"SelfManagedEventSource": {}},
        {"EventSourceArn": TABLE.split("/stream/")[0], "StartingPosition": "LATEST"},
    ],
    ids=["none", "topic", "two", "no_servers", "table_itself"],
)
def test_what_feeds_no_function_is_told_before_a_missing_function(way, source):
    way.refused(way.lambda_.create_event_source_mapping, UNRECOGNIZED, FunctionName="nobody", **source)


@fact(179, 622)
@pytest.mark.parametrize("name", ["nobody", "fn:7", "fn:prod", f"{ARN}2"])
def test_a_function_that_is_not_there(way, fn, name):
    way.refused(way.lambda_.create_event_source_mapping, NO_FUNCTION, FunctionName=name, **SOURCES["sqs"])
    made = settled(way)
    way.refused(way.lambda_.update_event_source_mapping, NO_FUNCTION, UUID=made["UUID"], FunctionName=name)
    assert get(way, made) == made


def test_a_function_of_another_region_or_account(way, fn):
    for name, refusal in (
        (ARN.replace("us-east-1", "eu-west-1"), unreachable("eu-west-1")),
        (ARN.replace("1234", "9999"), OTHER_ACCOUNT),
    ):
        way.refused(way.lambda_.create_event_source_mapping, refusal, FunctionName=name, **SOURCES["sqs"])


@fact(623)
@pytest.mark.parametrize("kind", SOURCES)
def test_nothing_is_sent_after_success(way, kind):
    given = {**SOURCES[kind], "DestinationConfig": {"OnSuccess": {"Destination": QUEUE}}}
    way.refused(
        way.lambda_.create_event_source_mapping, unsupported("DestinationConfig"), FunctionName="nobody", **given
    )


@pytest.mark.parametrize("age", [0, 59])
def test_records_are_given_up_after_a_minute_or_never(way, fn, age):
    refusal = invalid("MaximumRecordAgeInSeconds must be -1 or at least 60.")
    given = {**SOURCES["kinesis"], "MaximumRecordAgeInSeconds": age}
    way.refused(way.lambda_.create_event_source_mapping, refusal, FunctionName="fn", **given)
    made = settled(way, "kinesis", MaximumRecordAgeInSeconds=60)
    way.refused(way.lambda_.update_event_source_mapping, refusal, UUID=made["UUID"], MaximumRecordAgeInSeconds=age)
    assert get(way, made)["MaximumRecordAgeInSeconds"] == 60


@fact(624)
@pytest.mark.parametrize("arn", [STREAM, TABLE])
def test_a_stream_is_read_from_a_position(way, fn, arn):
    call = way.lambda_.create_event_source_mapping
    way.refused(call, null("startingPosition"), FunctionName="fn", EventSourceArn=arn)


@fact(625)
def test_a_position_is_one_of_three(way, fn):
    values = "Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]"
    refusal = violated(("'invalid'", "startingPosition", values))
    call = way.lambda_.create_event_source_mapping
    way.refused(call, refusal, FunctionName="fn", EventSourceArn=STREAM, StartingPosition="invalid")


@pytest.mark.parametrize(
    ("arn", "position"),
    [
        pytest.param(TABLE, "AT_TIMESTAMP", id="fact626-table"),
        pytest.param(QUEUE, "LATEST", id="queue"),
        pytest.param(BROKER, "TRIM_HORIZON", id="broker"),
    ],
)
def test_a_position_that_a_source_does_not_have(way, fn, arn, position):
    refusal = invalid(f"Unsupported starting position for arn type: {arn}")
    call = way.lambda_.create_event_source_mapping
    given = {"StartingPosition": position, "StartingPositionTimestamp": NOW}
    way.refused(call, refusal, FunctionName="fn", EventSourceArn=arn, **given)


@pytest.mark.parametrize("kind", ["kinesis", "msk", "kafka", "documentdb"])
def test_reading_begins_at_a_moment(way, fn, kind):
    given = {**SOURCES[kind], "StartingPosition": "AT_TIMESTAMP"}
    moment = NOW - dt.timedelta(seconds=1.5)
    made = create(way, **given, StartingPositionTimestamp=moment)
    assert (made["StartingPosition"], made["StartingPositionTimestamp"]) == ("AT_TIMESTAMP", moment)
    call = way.lambda_.create_event_source_mapping
    way.refused(call, null("startingPositionTimestamp"), FunctionName="fn", **given)
    refusal = invalid("StartingPositionTimestamp is only valid with StartingPosition AT_TIMESTAMP and cannot be in the future.")  # fmt: skip
    future = NOW + dt.timedelta(seconds=1)
    way.refused(call, refusal, FunctionName="fn", **given, StartingPositionTimestamp=future)
    given["StartingPosition"] = "LATEST"
    way.refused(call, refusal, FunctionName="fn", **given, StartingPositionTimestamp=moment)


@pytest.mark.parametrize("millis", [1, 1000])
def test_no_moment_is_before_1970(way, fn, millis):
    given = {**SOURCES["kinesis"], "StartingPosition": "AT_TIMESTAMP"}
    start = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
    early = start - dt.timedelta(milliseconds=millis)
    refusal = invalid("StartingPositionTimestamp cannot be before 1970-01-01T00:00:00Z.")
    call = way.lambda_.create_event_source_mapping
    way.refused(call, refusal, FunctionName="fn", **given, StartingPositionTimestamp=early)
    assert create(way, **given, StartingPositionTimestamp=start)["StartingPositionTimestamp"] == start


NEEDS_WINDOW = invalid(
    "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
)


@fact(627)
def test_large_batches_of_a_queue_need_a_window(way, fn):
    call = way.lambda_.create_event_source_mapping
    way.refused(call, NEEDS_WINDOW, FunctionName="fn", EventSourceArn=QUEUE, BatchSize=11)
    made = settled(way, BatchSize=11, MaximumBatchingWindowInSeconds=1)
    call = way.lambda_.update_event_source_mapping
    way.refused(call, NEEDS_WINDOW, UUID=made["UUID"], MaximumBatchingWindowInSeconds=0)
    assert update(way, made, MaximumBatchingWindowInSeconds=0, BatchSize=10)["BatchSize"] == 10


def test_batches_of_a_fifo_queue_are_small_and_do_not_wait(way, fn):
    call = way.lambda_.create_event_source_mapping
    refusal = invalid("Maximum batch size for FIFO queues is 10")
    way.refused(call, refusal, FunctionName="fn", EventSourceArn=FIFO, BatchSize=11, MaximumBatchingWindowInSeconds=1)
    refusal = unsupported("MaximumBatchingWindowInSeconds")
    way.refused(call, refusal, FunctionName="fn", EventSourceArn=FIFO, MaximumBatchingWindowInSeconds=1)
    assert create(way, EventSourceArn=FIFO, BatchSize=10)["BatchSize"] == 10


def test_other_sources_have_batches_of_up_to_ten_thousand(way, fn):
    for kind in SOURCES.keys() - {"sqs"}:
        assert create(way, **SOURCES[kind], BatchSize=10000)["BatchSize"] == 10000


@fact(628, 629)
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (
            "sqs",
            (
                "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error "
                "Message: The specified queue does not exist."
            ),
        ),
        ("kinesis", f"Stream not found: {STREAM}"),
        ("dynamodb", f"Stream not found: {TABLE}"),
    ],
)
def test_a_source_is_taken_on_trust_and_missing_on_demand(way, fn, kind, text):
    call = way.lambda_.create_event_source_mapping
    with way.emulator.fail("CreateEventSourceMapping", "InvalidParameterValueException", text):
        way.refused(call, invalid(text), FunctionName="fn", **SOURCES[kind])
    assert ids(way) == set()
    assert create(way, **SOURCES[kind])["State"] == "Creating"


@fact(630)
@pytest.mark.parametrize(
    "pattern",
    ["null", '"simple string"', '{"eventSource": "aws:sqs"}', '{"eventSource": []}', "no JSON", "{}", '{"a": [{"b": 1}]}'],
)  # fmt: skip
def test_a_filter_is_an_object_of_lists(way, fn, pattern):
    criteria = {"Filters": [{"Pattern": pattern}]}
    call = way.lambda_.create_event_source_mapping
    way.refused(call, INVALID_FILTER, FunctionName="fn", **SOURCES["sqs"], FilterCriteria=criteria)
    made = settled(way)
    call = way.lambda_.update_event_source_mapping
    way.refused(call, INVALID_FILTER, UUID=made["UUID"], FilterCriteria=criteria)
    assert get(way, made) == made


def test_a_filter_has_a_pattern(way, fn):
    call = way.lambda_.create_event_source_mapping
    way.refused(call, INVALID_FILTER, FunctionName="fn", **SOURCES["sqs"], FilterCriteria={"Filters": [{}]})


def test_there_are_five_filters_at_most(way, fn):
    filters = [{"Pattern": json.dumps({"a": [number]})} for number in range(6)]
    refusal = invalid("Number of filters exceeds the limit of 5 for an event source mapping.")
    call = way.lambda_.create_event_source_mapping
    way.refused(call, refusal, FunctionName="fn", **SOURCES["sqs"], FilterCriteria={"Filters": filters})
    assert create(way, **SOURCES["sqs"], FilterCriteria={"Filters": filters[1:]})["State"] == "Creating"


DUPLICATES = {
    "sqs": f'An event source mapping with SQS arn (" {QUEUE} ") and function (" fn ") already exists.',
    "kinesis": f'The event source arn (" {STREAM} ") and function (" fn ") provided mapping already exists.',
    "dynamodb": f'The event source arn (" {TABLE} ") and function (" fn ") provided mapping already exists.',
    "msk": f'An event source mapping with event source ("{CLUSTER}"), function ("{ARN}"), topics ("topic") already exists.',
    "kafka": f'An event source mapping with event source ("a:9092,b:9092"), function ("{ARN}"), topics ("topic") already exists.',
    "mq": f'An event source mapping with event source ("{BROKER}"), function ("{ARN}"), queues ("queue") already exists.',
    "documentdb": f'The event source arn (" {DOCUMENTS} ") and function (" fn ") provided mapping already exists.',
}  # fmt: skip


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("sqs", id="fact631-sqs"),
        pytest.param("kinesis", id="fact632-kinesis"),
        pytest.param("dynamodb", id="fact632-dynamodb"),
        "msk",
        pytest.param("kafka", id="fact634-kafka"),
        "mq",
        "documentdb",
    ],
)
def test_a_source_feeds_a_function_once(way, fn, kind):
    made = create(way, **SOURCES[kind])
    text = f"{DUPLICATES[kind]} Please update or delete the existing mapping with UUID {made['UUID']}"
    call = way.lambda_.create_event_source_mapping
    way.refused(call, conflict(text), FunctionName=ARN, **SOURCES[kind])
    assert ids(way) == {made["UUID"]}


def test_an_alias_is_another_function_to_a_source(way, fn):
    way.lambda_.create_alias(FunctionName="fn", Name="prod", FunctionVersion="$LATEST")
    create(way, **SOURCES["sqs"])
    made = create(way, **SOURCES["sqs"], FunctionName="fn:prod")
    text = (
        f'An event source mapping with SQS arn (" {QUEUE} ") and function (" fn:prod ") already exists. '
        f"Please update or delete the existing mapping with UUID {made['UUID']}"
    )
    call = way.lambda_.create_event_source_mapping
    way.refused(call, conflict(text), FunctionName=f"{ARN}:prod", **SOURCES["sqs"])


def test_an_update_does_not_feed_a_function_twice(way, fn):
    way.lambda_.create_function(**creation("other"))
    there, made = create(way, **SOURCES["sqs"], FunctionName="other"), settled(way)
    text = (
        f'An event source mapping with SQS arn (" {QUEUE} ") and function (" other ") already exists. '
        f"Please update or delete the existing mapping with UUID {there['UUID']}"
    )
    way.refused(
        way.lambda_.update_event_source_mapping, conflict(text), UUID=made["UUID"], FunctionName="other", BatchSize=1
    )
    assert get(way, made) == made
    assert update(way, made, FunctionName="fn")["FunctionArn"] == ARN


def test_another_topic_is_another_source(way, fn):
    create(way, **SOURCES["kafka"])
    assert create(way, **{**SOURCES["kafka"], "Topics": ["other"]})["Topics"] == ["other"]


@pytest.mark.parametrize(
    ("kind", "left_out", "member"),
    [
        pytest.param("kafka", "SourceAccessConfigurations", "sourceAccessConfigurations", id="fact633-kafka"),
        ("mq", "SourceAccessConfigurations", "sourceAccessConfigurations"),
        ("documentdb", "SourceAccessConfigurations", "sourceAccessConfigurations"),
        ("msk", "Topics", "topics"),
        ("kafka", "Topics", "topics"),
        ("mq", "Queues", "queues"),
        ("documentdb", "DocumentDBEventSourceConfig", "databaseName"),
    ],
)
def test_what_a_source_cannot_be_read_without(way, fn, kind, left_out, member):
    given = {name: value for name, value in SOURCES[kind].items() if name != left_out}
    way.refused(way.lambda_.create_event_source_mapping, required(member), FunctionName="fn", **given)
