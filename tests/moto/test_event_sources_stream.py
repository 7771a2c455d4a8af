"""Streams of moto's Kinesis and DynamoDB, polled: where reading begins, what is tried again, and what is given up."""

from __future__ import annotations

import base64
import json

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

import drylambda

REGION = "eu-west-1"
DEAD = f"arn:aws:sqs:{REGION}:123456789012:dead"


@pytest.fixture(autouse=True)
def _mocked():
    with mock_aws():
        yield


@pytest.fixture(params=["kinesis", "dynamodb"])
def stream(request):
    """A stream of either kind."""
    return Kinesis() if request.param == "kinesis" else DynamoDb()


@pytest.fixture
def kinesis():
    """A stream of Kinesis."""
    return Kinesis()


class Kinesis:
    """A stream with one shard."""

    def __init__(self):
        self.client = boto3.client("kinesis", region_name=REGION)
        self.client.create_stream(StreamName="stream", ShardCount=1)
        self.arn = self.client.describe_stream(StreamName="stream")["StreamDescription"]["StreamARN"]

    def put(self, *texts):
        for text in texts:
            self.client.put_record(StreamName="stream", Data=text.encode(), PartitionKey=text)

    @staticmethod
    def text(record):
        return base64.b64decode(record["kinesis"]["data"]).decode()

    @staticmethod
    def number(record):
        return record["kinesis"]["sequenceNumber"]


class DynamoDb:
    """The stream of a table."""

    def __init__(self):
        self.client = boto3.client("dynamodb", region_name=REGION)
        table = self.client.create_table(
            TableName="table",
            KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        self.arn = table["TableDescription"]["LatestStreamArn"]

    def put(self, *texts):
        for text in texts:
            self.client.put_item(TableName="table", Item={"key": {"S": text}, "raw": {"B": b"\0"}})

    def image(self):
        """Return the first record's image, as clients of moto read it: some releases encode bytes twice."""
        streams = boto3.client(
            "dynamodbstreams", region_name=REGION, config=Config(account_id_endpoint_mode="disabled")
        )
        [shard] = streams.describe_stream(StreamArn=self.arn)["StreamDescription"]["Shards"]
        begin = streams.get_shard_iterator(
            StreamArn=self.arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )
        return streams.get_records(ShardIterator=begin["ShardIterator"])["Records"][0]["dynamodb"]["NewImage"]

    @staticmethod
    def text(record):
        return record["dynamodb"]["Keys"]["key"]["S"]

    @staticmethod
    def number(record):
        return record["dynamodb"]["SequenceNumber"]


@pytest.fixture
def fed(deploy):
    """Map a stream to a function that a handler runs."""
    return lambda stream, handler=lambda _records: None, **mapping: Fed(deploy, stream, handler, mapping)


class Fed:
    """A function that a stream feeds."""

    def __init__(self, deploy, stream, handler, mapping):
        self.stream, self.handler, self.batches, self.events = stream, handler, [], []
        self.emulator = drylambda.Lambda(region=REGION, settle="instant")
        deploy(self.emulator)
        self.emulator.bind("app", self.run)
        mapping = {"StartingPosition": "TRIM_HORIZON", **mapping}
        self.mapping = self.emulator.create_event_source_mapping(
            FunctionName="app", EventSourceArn=stream.arn, **mapping
        )

    def run(self, event, _context):
        self.events.append(event)
        self.batches.append("".join(self.stream.text(record) for record in event["Records"]))
        return self.handler(event["Records"])

    def poll(self, emulator=None, **more):
        [polled] = (emulator or self.emulator).poll_event_sources(**more)
        assert polled.problem is None
        return polled[3:-1]

    @property
    def result(self):
        return self.emulator.get_event_source_mapping(UUID=self.mapping["UUID"])["LastProcessingResult"]


def failing_on(stream, letter, *, reports=False):
    """Make a handler that fails on a record, or reports it."""

    def handler(records):
        failed = [record for record in records if stream.text(record) == letter]
        if reports:
            return {"batchItemFailures": [{"itemIdentifier": stream.number(record)} for record in failed]}
        if failed:
            raise ValueError(letter)
        return None

    return handler


def test_records_are_as_lambda_gives_them(fed, stream):
    function = fed(stream)
    assert function.result == "No records processed"
    stream.put("a")
    assert function.poll() == (1, 0, 1, 0, 0)
    [record] = function.events[0]["Records"]
    assert (record["eventSourceARN"], record["awsRegion"]) == (stream.arn, REGION)
    if isinstance(stream, Kinesis):
        assert record["eventID"] == f"shardId-000000000000:{record['kinesis']['sequenceNumber']}"
        assert record["invokeIdentityArn"] == "arn:aws:iam::123456789012:role/deployed"
        assert record["kinesis"]["partitionKey"] == "a"
    else:
        assert (record["eventName"], record["eventSource"]) == ("INSERT", "aws:dynamodb")
        raw = base64.b64encode(stream.image()["raw"]["B"]).decode()
        assert record["dynamodb"]["NewImage"] == {"key": {"S": "a"}, "raw": {"B": raw}}
    assert function.result == "OK"


def test_what_is_behind_is_not_read_again(fed, stream):
    function = fed(stream, BatchSize=2)
    stream.put(*"abc")
    assert function.poll() == (3, 0, 2, 0, 0)
    assert function.poll() == (0, 0, 0, 0, 0)
    stream.put("d")
    # Where it stands goes with the emulator.
    fork = function.emulator.fork()
    other = drylambda.Lambda(region=REGION)
    other.load(function.emulator.dump())
    other.bind("app", function.run)
    for emulator in (function.emulator, fork, other):
        assert function.poll(emulator) == (1, 0, 1, 0, 0)
    assert function.batches == ["ab", "c", "d", "d", "d"]


def test_latest_begins_with_the_first_poll(fed, stream):
    stream.put("a")
    function = fed(stream, StartingPosition="LATEST")
    assert function.poll() == (0, 0, 0, 0, 0)
    stream.put("b")
    function.poll()
    assert function.batches == ["b"]


def test_reading_may_begin_at_a_moment(fed, kinesis):
    kinesis.put("a")
    function = fed(kinesis, failing_on(kinesis, "a"), StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=1.0)
    function.poll()
    function.poll()
    assert function.batches == ["a", "a"]


def test_what_no_filter_lets_through_is_behind(fed, stream):
    wanted = {"kinesis": {"partitionKey": ["b"]}, "dynamodb": {"dynamodb": {"Keys": {"key": {"S": ["b"]}}}}}
    pattern = json.dumps(wanted["kinesis" if isinstance(stream, Kinesis) else "dynamodb"])
    function = fed(stream, FilterCriteria={"Filters": [{"Pattern": pattern}]}, BatchSize=2)
    stream.put(*"abcd")
    assert function.poll() == (4, 3, 1, 0, 0)
    assert (function.batches, function.poll()) == (["b"], (0, 0, 0, 0, 0))


def test_a_batch_that_fails_holds_its_shard_up(fed, stream):
    function = fed(stream, failing_on(stream, "b"), BatchSize=2)
    stream.put(*"abc")
    for _ in range(2):
        assert function.poll() == (2, 0, 1, 2, 0)
    assert (function.batches, function.result) == (["ab", "ab"], "PROBLEM: Function call failed")
    function.handler = lambda _records: None
    function.poll()
    assert (function.batches[2:], function.result) == (["ab", "c"], "OK")


@pytest.mark.parametrize(
    ("mapping", "reports", "batches", "counts"),
    [
        ({"MaximumRetryAttempts": 0}, False, ["abcd", "e"], (5, 0, 2, 4, 4)),
        ({"MaximumRetryAttempts": 2}, False, ["abcd", "abcd", "abcd", "e"], (13, 0, 4, 12, 4)),
        ({"MaximumRetryAttempts": 1}, True, ["abcd", "cd", "e"], (7, 0, 3, 4, 2)),
        (
            {"MaximumRetryAttempts": 1, "BisectBatchOnFunctionError": True},
            False,
            ["abcd", "ab", "cd", "c", "c", "d", "e"],
            (12, 0, 7, 8, 1),
        ),
    ],
)
def test_a_batch_is_tried_again_and_given_up_in_the_end(fed, kinesis, mapping, reports, batches, counts):
    types = ["ReportBatchItemFailures"] if reports else []
    handler = failing_on(kinesis, "c", reports=reports)
    function = fed(kinesis, handler, BatchSize=4, FunctionResponseTypes=types, **mapping)
    kinesis.put(*"abcde")
    assert function.poll() == counts
    assert function.batches == batches
    assert function.poll() == (0, 0, 0, 0, 0)


def test_one_batch_at_a_time_is_tried_if_that_is_wanted(fed, kinesis):
    function = fed(kinesis, failing_on(kinesis, "a"), BatchSize=1, MaximumRetryAttempts=1)
    kinesis.put(*"ab")
    for _ in range(3):
        function.poll(until_idle=False)
    assert function.batches == ["a", "a", "b"]


def test_a_destination_is_told_what_was_given_up(fed, stream):
    sqs = boto3.client("sqs", region_name=REGION)
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    function = fed(
        stream,
        failing_on(stream, "a"),
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": DEAD}},
    )
    stream.put(*"ab")
    assert function.poll() == (2, 0, 1, 2, 2)
    told = json.loads(sqs.receive_message(QueueUrl=dead)["Messages"][0]["Body"])
    batch = told["KinesisBatchInfo" if isinstance(stream, Kinesis) else "DDBStreamBatchInfo"]
    assert told["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert told["requestContext"]["functionArn"] == function.mapping["FunctionArn"]
    assert told["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    assert (batch["batchSize"], batch["streamArn"]) == (2, stream.arn)


def test_topics_and_buckets_are_told_too(fed, kinesis):
    s3, sns = (boto3.client(service, region_name="us-east-1") for service in ("s3", "sns"))
    s3.create_bucket(Bucket="given-up")
    topic = boto3.client("sns", region_name=REGION).create_topic(Name="given-up")["TopicArn"]
    del sns
    function = fed(kinesis, failing_on(kinesis, "a"), MaximumRetryAttempts=0, BatchSize=1)
    for destination in ("arn:aws:s3:::given-up", topic):
        function.emulator.update_event_source_mapping(
            UUID=function.mapping["UUID"], DestinationConfig={"OnFailure": {"Destination": destination}}
        )
        kinesis.put("a")
        assert function.poll() == (1, 0, 1, 1, 1)
    [key] = [found["Key"] for found in s3.list_objects_v2(Bucket="given-up")["Contents"]]
    assert key.startswith(f"aws/lambda/{function.mapping['UUID']}/shardId-000000000000/")
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.sns.models import sns_backends

    [sent] = sns_backends[DEFAULT_ACCOUNT_ID][REGION].topics[topic].sent_notifications
    assert json.loads(sent[1])["KinesisBatchInfo"]["batchSize"] == 1


def test_what_a_destination_that_is_not_there_is_told_is_lost(fed, kinesis, caplog):
    function = fed(
        kinesis,
        failing_on(kinesis, "a"),
        MaximumRetryAttempts=0,
        BatchSize=1,
        DestinationConfig={"OnFailure": {"Destination": DEAD}},
    )
    kinesis.put(*"ab")
    assert function.poll() == (2, 0, 2, 1, 1)
    assert f"{DEAD} was not told of what was given up by event source mapping" in caplog.text


def test_old_records_are_given_up_without_a_call(fed, kinesis):
    function = fed(kinesis, MaximumRecordAgeInSeconds=60)
    kinesis.put("a")
    function.emulator.clock.advance(120)
    assert function.poll() == (1, 0, 0, 0, 1)
    assert function.batches == []
