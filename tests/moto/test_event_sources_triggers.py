"""Functions that other services of moto's call: at once, without a poll."""

from __future__ import annotations

import base64
import gzip
import json
import time

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

import drylambda.moto

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:app"


@pytest.fixture(autouse=True)
def _mocked(installed):
    with mock_aws():
        yield


@pytest.fixture
def installed():
    """Drylambda in moto, as it is by default."""
    with drylambda.moto.install() as handle:
        yield handle


@pytest.fixture
def run(installed, client, deploy):
    """Deploy ``app``, run by a handler; return its events."""

    def run(handler=lambda _event: None, **more):
        events = []

        def noting(event, _context):
            events.append(event)
            return handler(event)

        deploy(client(), **more)
        installed.lambda_.scope("eu-west-1").bind("app", noting)
        return events

    return run


@pytest.fixture
def queue(client):
    """Make a queue that feeds ``app``; return how to send to it."""

    def queue(name="queue", **mapping):
        sqs = client("sqs")
        url = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
        arn = f"arn:aws:sqs:eu-west-1:123456789012:{name}"
        if mapping.pop("mapped", True):
            client().create_event_source_mapping(FunctionName="app", EventSourceArn=arn, **mapping)
        return lambda *bodies: sqs.send_message_batch(
            QueueUrl=url, Entries=[{"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies)]
        )

    return queue


def bodies(events):
    return [[record["body"] for record in event["Records"]] for event in events]


def test_what_is_sent_to_a_queue_is_handed_over_before_the_call_returns(run, queue):
    events = run()
    send = queue(BatchSize=2)
    send("a")
    assert bodies(events) == [["a"]]
    send("b", "c", "d")
    assert bodies(events)[1:] == [["b", "c"], ["d"]]


def test_filters_and_partial_answers_hold(run, queue):
    failing = [True]

    def handler(event):
        failed = [record["messageId"] for record in event["Records"] if record["body"] == "b" and failing[0]]
        return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}

    events = run(handler)
    pattern = json.dumps({"body": [{"anything-but": "skip"}]})
    types = ["ReportBatchItemFailures"]
    send = queue(FilterCriteria={"Filters": [{"Pattern": pattern}]}, FunctionResponseTypes=types)
    send("a", "b", "skip")
    failing[0] = False
    # The queue has no visibility timeout, so what failed comes with the next request.
    send("c")
    assert bodies(events) == [["a", "b"], ["b", "c"]]
    send("d")
    assert bodies(events)[2:] == [["d"]]


def test_a_handler_may_send_to_a_queue_that_feeds_its_function(run, queue, client):
    sends = []
    events = run(lambda event: [send("again") for send in sends if event["Records"][0]["body"] == "once"])
    sends.append(queue())
    sends[0]("once")
    assert bodies(events) == [["once"], ["again"]]
    assert [call.operation for call in drylambda.moto.install().lambda_.journal][-2:] == ["Invoke", "Invoke"]


def test_a_group_of_a_fifo_queue_waits_for_its_first_message(run, client):
    def fail(event):
        raise ValueError(event["Records"][0]["body"])

    events = run(fail)
    sqs = client("sqs")
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    url = sqs.create_queue(QueueName="queue.fifo", Attributes=attributes)["QueueUrl"]
    arn = "arn:aws:sqs:eu-west-1:123456789012:queue.fifo"
    client().create_event_source_mapping(FunctionName="app", EventSourceArn=arn)
    for body in "ab":
        sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="one")
    assert bodies(events) == [["a"]]
    sqs.send_message(QueueUrl=url, MessageBody="c", MessageGroupId="other")
    assert bodies(events) == [["a"], ["c"]]


@pytest.mark.parametrize("position", ["LATEST", "TRIM_HORIZON"])
def test_records_of_a_stream_are_handed_over_at_once(run, client, position):
    failing = [False]

    def handler(_event):
        if failing[0]:
            raise ValueError

    events = run(handler)
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="stream", ShardCount=2)
    arn = kinesis.describe_stream(StreamName="stream")["StreamDescription"]["StreamARN"]
    kinesis.put_record(StreamName="stream", Data=b"before", PartitionKey="1")
    client().create_event_source_mapping(FunctionName="app", EventSourceArn=arn, StartingPosition=position)

    def put(data):
        kinesis.put_record(StreamName="stream", Data=data, PartitionKey="1")
        kinesis.list_streams()
        found = [[base64.b64decode(it["kinesis"]["data"]) for it in event["Records"]] for event in events]
        events.clear()
        return found

    assert put(b"after") == ([[b"before"]] if position == "TRIM_HORIZON" else []) + [[b"after"]]
    # What failed comes before the next record, and not with each request.
    failing[0] = True
    assert put(b"one") == [[b"one"]]
    failing[0] = False
    assert put(b"two") == [[b"one"], [b"two"]]


def test_changes_of_a_table_are_handed_over_at_once(run, client):
    events = run()
    table = client("dynamodb").create_table(
        TableName="table",
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )
    arn = table["TableDescription"]["LatestStreamArn"]
    client().create_event_source_mapping(FunctionName="app", EventSourceArn=arn, StartingPosition="LATEST")
    client("dynamodb").put_item(TableName="table", Item={"key": {"S": "a"}})
    client("dynamodb").delete_item(TableName="table", Key={"key": {"S": "a"}})
    assert [event["Records"][0]["eventName"] for event in events] == ["INSERT", "REMOVE"]


def test_nothing_is_handed_over_unasked_if_that_is_not_wanted(client, deploy):
    drylambda.moto.uninstall()
    events = []
    with drylambda.moto.install(poll=False) as installed:
        deploy(client())
        installed.lambda_.scope("eu-west-1").bind("app", lambda event, _context: events.append(event))
        sqs = client("sqs")
        url = sqs.create_queue(QueueName="queue")["QueueUrl"]
        arn = "arn:aws:sqs:eu-west-1:123456789012:queue"
        client().create_event_source_mapping(FunctionName="app", EventSourceArn=arn)
        for body in "ab":
            sqs.send_message(QueueUrl=url, MessageBody=body)
        assert events == []
        installed.lambda_.poll_event_sources()
    assert bodies(events) == [["a", "b"]]


def test_accounts_have_their_own_queues(run, client, queue, installed):
    events = run()
    send = queue()
    sts = client("sts").assume_role(RoleArn="arn:aws:iam::111122223333:role/other", RoleSessionName="session")
    keys = sts["Credentials"]
    other = {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }
    url = client("sqs", **other).create_queue(QueueName="queue")["QueueUrl"]
    client("sqs", **other).send_message(QueueUrl=url, MessageBody="theirs")
    send("mine")
    assert bodies(events) == [["mine"]]


# Services that call functions themselves.


def test_a_topic_calls_its_subscribers(run, client):
    events = run()
    sns = client("sns")
    topic = sns.create_topic(Name="topic")["TopicArn"]
    subscription = sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=FUNCTION)["SubscriptionArn"]
    attributes = {"kind": {"DataType": "String", "StringValue": "new"}}
    published = sns.publish(TopicArn=topic, Message="hello", Subject="greeting", MessageAttributes=attributes)
    [record] = events[0]["Records"]
    assert (record["EventSource"], record["EventSubscriptionArn"]) == ("aws:sns", subscription)
    told = record["Sns"]
    assert (told["Message"], told["Subject"], told["TopicArn"]) == ("hello", "greeting", topic)
    assert told["MessageId"] == published["MessageId"]
    assert told["MessageAttributes"] == {"kind": {"Type": "String", "Value": "new"}}


def test_a_bucket_calls_who_is_notified(run, client):
    events = run()
    s3 = client("s3")
    s3.create_bucket(Bucket="uploads", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    configuration = {"LambdaFunctionArn": FUNCTION, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket="uploads", NotificationConfiguration={"LambdaFunctionConfigurations": [configuration]}
    )
    s3.put_object(Bucket="uploads", Key="key", Body=b"x")
    [record] = events[0]["Records"]
    assert (record["eventName"], record["s3"]["object"]["key"]) == ("ObjectCreated:Put", "key")


def test_a_rule_calls_its_targets(run, client):
    events = run()
    bus = client("events")
    bus.put_rule(Name="rule", EventPattern=json.dumps({"source": ["shop"]}))
    bus.put_targets(
        Rule="rule",
        Targets=[
            {"Id": "1", "Arn": FUNCTION},
            {"Id": "2", "Arn": FUNCTION, "InputPath": "$.detail.order"},
            {"Id": "3", "Arn": FUNCTION, "Input": '{"fixed": true}'},
        ],
    )
    for source in ("shop", "other"):
        bus.put_events(Entries=[{"Source": source, "DetailType": "order", "Detail": '{"order": {"id": 7}}'}])
    whole, *rest = events
    assert (whole["source"], whole["detail-type"], whole["detail"]) == ("shop", "order", {"order": {"id": 7}})
    assert (sorted(whole), whole["time"][10]) == (
        ["account", "detail", "detail-type", "id", "region", "resources", "source", "time", "version"],
        "T",
    )
    assert rest == [{"id": 7}, {"fixed": True}]


def test_a_log_group_calls_who_has_subscribed(run, client):
    events = run()
    logs = client("logs")
    logs.create_log_group(logGroupName="group")
    logs.create_log_stream(logGroupName="group", logStreamName="stream")
    logs.put_subscription_filter(logGroupName="group", filterName="filter", filterPattern="", destinationArn=FUNCTION)
    event = {"timestamp": int(time.time() * 1000), "message": "hello"}
    logs.put_log_events(logGroupName="group", logStreamName="stream", logEvents=[event])
    told = json.loads(gzip.decompress(base64.b64decode(events[0]["awslogs"]["data"])))
    assert (told["logGroup"], told["subscriptionFilters"]) == ("group", ["filter"])
    assert [it["message"] for it in told["logEvents"]] == ["hello"]


def test_a_secret_is_rotated(run, client):
    events = run()
    secrets = client("secretsmanager")
    secrets.create_secret(Name="secret", SecretString="one")
    secrets.rotate_secret(SecretId="secret", RotationLambdaARN=FUNCTION)
    assert [event["Step"] for event in events] == ["createSecret", "setSecret", "testSecret", "finishSecret"]


def test_who_publishes_is_not_told_what_a_function_does(run, client):
    def fail(_event):
        raise ValueError

    events = run(fail)
    topic = client("sns").create_topic(Name="topic")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=FUNCTION)
    client("sns").publish(TopicArn=topic, Message="hello")
    assert len(events) == 1
    client().delete_function(FunctionName="app")
    with pytest.warns(RuntimeWarning, match="app was not called: .*ResourceNotFoundException"):
        client("sns").publish(TopicArn=topic, Message="hello")


def test_moto_has_functions_called_through_its_backend(run, client):
    from moto.awslambda.utils import get_backend

    run(lambda event: event["n"] + 1)
    backend, headers = get_backend("123456789012", "eu-west-1"), {}
    asked = {"X-Amz-Log-Type": "Tail"}
    assert backend.invoke("app", None, b'{"n": 1}', asked, headers) == b"2"
    assert (headers["x-amz-executed-version"], headers["Content-Length"]) == ("$LATEST", "1")
    assert "REPORT" in base64.b64decode(headers["x-amz-log-result"]).decode()
    assert backend.get_function(FUNCTION).invoke('{"n": "x"}', {}, headers).startswith(b'{"errorMessage"')
    assert headers["x-amz-function-error"] == "Unhandled"
    with pytest.raises(ClientError, match="ResourceNotFound"):
        backend.invoke("other", None, b"", {}, {})
