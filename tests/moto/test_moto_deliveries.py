"""What destinations and dead-letter targets are told arrives in moto's services, where moto is active."""

from __future__ import annotations

import importlib
import json
import logging

import boto3
import pytest
from moto import mock_aws

import drylambda.moto
from drylambda import mock_lambda

ACCOUNT = "123456789012"
FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:app"
#: Attempts are over, whatever becomes of them.
OVER_SECONDS = 180


def fail(_event, _context):
    raise ValueError


@pytest.fixture(params=["inside of moto", "beside moto"])
def lambda_(request):
    """Give the emulator that answers while moto is active."""
    if request.param == "inside of moto":
        with drylambda.moto.install(settle="instant") as handle, mock_aws():
            yield handle.lambda_.scope("eu-west-1")
    else:
        with mock_aws(), mock_lambda(region="eu-west-1", settle="instant") as emulator:
            yield emulator


@pytest.fixture
def call(lambda_, client, deploy):
    """Deploy ``app`` with targets, and call it until its event is over."""

    def call(handler=fail, dead_letters=None, payload=b'{"n": 1}', **targets):
        deploy(client(), **({"DeadLetterConfig": {"TargetArn": dead_letters}} if dead_letters else {}))
        if targets:
            config = {name: {"Destination": arn} for name, arn in targets.items()}
            client().put_function_event_invoke_config(FunctionName="app", DestinationConfig=config)
        lambda_.bind("app", handler)
        client().invoke(FunctionName="app", InvocationType="Event", Payload=payload)
        lambda_.clock.advance(OVER_SECONDS)

    return call


@pytest.fixture
def queue(client):
    """Make a queue; return its ARN and how to read what is in it."""

    def queue(name="told", region="eu-west-1", **more):
        sqs = client("sqs", region)
        url = sqs.create_queue(QueueName=name, **more)["QueueUrl"]

        def read():
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
            return answer.get("Messages", [])

        return f"arn:aws:sqs:{region}:{ACCOUNT}:{name}", read

    return queue


@pytest.fixture
def topic(client, queue):
    """Make a topic with a queue behind it; return its ARN and how to read what it was told."""
    arn = client("sns").create_topic(Name="told")["TopicArn"]
    behind, read = queue("behind")
    client("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=behind)
    return arn, lambda: [json.loads(message["Body"]) for message in read()]


def texts(attributes, member):
    return {name: value[member] for name, value in attributes.items()}


@pytest.mark.parametrize("region", ["eu-west-1", "us-west-2"])
def test_a_queue_gets_the_record(call, queue, lambda_, region):
    arn, read = queue(region=region)
    call(OnFailure=arn)
    [message] = read()
    record = json.loads(message["Body"])
    assert record == lambda_.deliveries[0].record
    assert (record["requestContext"]["condition"], record["requestPayload"]) == ("RetriesExhausted", {"n": 1})
    assert "MessageAttributes" not in message


def test_a_queue_of_dead_letters_gets_the_event(call, queue):
    arn, read = queue()
    call(dead_letters=arn)
    [message] = read()
    assert message["Body"] == '{"n": 1}'
    attributes = message["MessageAttributes"]
    assert sorted(attributes) == ["ErrorCode", "ErrorMessage", "RequestID"]
    assert attributes["ErrorCode"] == {"DataType": "Number", "StringValue": "200"}
    assert json.loads(attributes["ErrorMessage"]["StringValue"])["errorType"] == "ValueError"


def test_a_topic_gets_both(call, topic):
    arn, read = topic
    call(dead_letters=arn, OnFailure=arn)
    record, letter = read()
    assert json.loads(record["Message"])["responseContext"]["functionError"] == "Unhandled"
    assert letter["Message"] == '{"n": 1}'
    assert texts(letter["MessageAttributes"], "Type") == {
        "RequestID": "String",
        "ErrorCode": "Number",
        "ErrorMessage": "String",
    }


@pytest.mark.parametrize(("handler", "outcome"), [(fail, "Failure"), (lambda _event, _context: 7, "Success")])
def test_a_bus_gets_an_event(call, client, monkeypatch, handler, outcome):
    from moto.events.models import Rule

    # What moto does for targets of rules needs packages that not everybody has.
    seen = []
    monkeypatch.setattr(Rule, "send_to_targets", lambda _rule, event: seen.append(event))
    bus = client("events").create_event_bus(Name="told")["EventBusArn"]
    client("events").put_rule(Name="all", EventBusName="told", EventPattern='{"source": ["lambda"]}')
    call(handler, OnFailure=bus, OnSuccess=bus)
    [event] = seen
    assert (event["source"], event["detail-type"]) == ("lambda", f"Lambda Function Invocation Result - {outcome}")
    assert event["resources"] == [f"{FUNCTION}:$LATEST", bus]
    assert event["detail"]["requestPayload"] == {"n": 1}


def test_a_bucket_gets_an_object(call, client):
    s3 = client("s3")
    s3.create_bucket(Bucket="told", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    call(OnFailure="arn:aws:s3:::told")
    [found] = s3.list_objects_v2(Bucket="told")["Contents"]
    record = json.loads(s3.get_object(Bucket="told", Key=found["Key"])["Body"].read())
    day, time = record["timestamp"][:10], record["timestamp"][:19].replace(":", ".")
    assert found["Key"].startswith(f"aws/lambda/async/app/{day.replace('-', '/')}/{time}-")


def test_another_function_is_called_once(call, client, deploy, lambda_):
    seen = []
    deploy(client(), "other")
    lambda_.bind("other", lambda event, _context: seen.append(event["requestPayload"]))
    call(OnFailure=f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:other")
    assert seen == [{"n": 1}]


def test_a_target_that_is_not_there_is_logged(call, queue, lambda_, caplog):
    queue("other")
    with caplog.at_level(logging.WARNING, logger="drylambda"):
        call(OnFailure=f"arn:aws:sqs:eu-west-1:{ACCOUNT}:told")
    [line] = [record.getMessage() for record in caplog.records if record.name == "drylambda"]
    assert line.startswith(f"arn:aws:sqs:eu-west-1:{ACCOUNT}:told was not told of a failure of {FUNCTION}: ")
    assert len(lambda_.deliveries) == 1


def test_a_hook_is_told_beside_the_queue(call, queue, lambda_):
    arn, read = queue()
    told = []
    lambda_.on_delivery(told.append)
    call(OnFailure=arn)
    assert ([delivery.target_arn for delivery in told], len(read())) == ([arn], 1)


def test_forks_and_views_tell_moto_too(call, queue, lambda_):
    arn, read = queue()
    lambda_.on_delivery(print)
    call(OnFailure=arn)
    lambda_.on_delivery(None)
    for emulator in (lambda_.scope(), lambda_.fork()):
        emulator.bind("app", fail)
        emulator.invoke(FunctionName="app", InvocationType="Event", Payload=b"2")
        emulator.clock.advance(OVER_SECONDS)
    payloads = [json.loads(message["Body"])["requestPayload"] for message in read()]
    assert sorted(payloads, key=str) == [2, 2, {"n": 1}]


def test_nothing_is_told_when_motos_mock_is_over(deploy, caplog, monkeypatch):
    from moto.core.botocore_stubber import BotocoreStubber

    with mock_aws():
        boto3.client("sqs", region_name="eu-west-1").list_queues()
    monkeypatch.setattr(BotocoreStubber, "process_request", lambda *_: pytest.fail("moto is asked"))
    emulator = drylambda.Lambda(region="eu-west-1", settle="instant", runner=lambda _event, _context: 1)
    deploy(emulator)
    target = {"OnSuccess": {"Destination": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:told"}}
    emulator.put_function_event_invoke_config(FunctionName="app", DestinationConfig=target)
    emulator.invoke(FunctionName="app", InvocationType="Event", Payload=b"1")
    assert (len(emulator.deliveries), caplog.text) == (1, "")


def test_what_lets_requests_out_loses_what_is_told(deploy, caplog):
    config = {"core": {"passthrough": {"services": ["sqs"]}}}
    with mock_aws(config=config), mock_lambda(region="eu-west-1", settle="instant") as emulator:
        import moto.sqs.models  # noqa: F401 - as somebody who uses it does

        deploy(emulator)
        emulator.bind("app", lambda _event, _context: 1)
        target = {"OnSuccess": {"Destination": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:told"}}
        emulator.put_function_event_invoke_config(FunctionName="app", DestinationConfig=target)
        emulator.invoke(FunctionName="app", InvocationType="Event", Payload=b"1")
    assert "moto's settings let https://" in caplog.text


def test_functions_that_call_one_another_by_a_bus_are_a_loop(installed, client, deploy, caplog):
    calls = []
    with mock_aws():
        events = client("events")
        events.put_rule(Name="all", EventPattern='{"source": ["lambda"]}')
        events.put_targets(Rule="all", Targets=[{"Id": "1", "Arn": FUNCTION, "Input": "2"}])
        deploy(client())
        installed.lambda_.scope("eu-west-1").bind("app", lambda event, _context: calls.append(event))
        target = {"OnSuccess": {"Destination": f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/default"}}
        client().put_function_event_invoke_config(FunctionName="app", DestinationConfig=target)
        client().invoke(FunctionName="app", InvocationType="Event", Payload=b"1")
    assert calls == [1] + 16 * [2]
    assert "which AWS takes for a loop" in caplog.text


def test_what_is_told_to_a_queue_is_handed_over_at_once(installed, client, deploy, queue):
    seen = []
    with mock_aws():
        arn, read = queue()
        view = installed.lambda_.scope("eu-west-1")
        for name, handler in (("app", fail), ("other", lambda event, _context: seen.extend(event["Records"]))):
            deploy(client(), name)
            view.bind(name, handler)
        client().create_event_source_mapping(FunctionName="other", EventSourceArn=arn)
        target = {"OnFailure": {"Destination": arn}}
        client().put_function_event_invoke_config(FunctionName="app", DestinationConfig=target)
        # Nothing but the clock moves: no request is made.
        view.invoke(FunctionName="app", InvocationType="Event", Payload=b"1")
        view.clock.advance(OVER_SECONDS)
        assert [json.loads(record["body"])["requestPayload"] for record in seen] == [1]
        assert read() == []


def test_what_motos_settings_refuse_is_lost_and_logged(caplog):
    # Services that nobody has used are not asked.
    importlib.import_module("moto.sqs.models")
    with mock_aws(config={"core": {"service_whitelist": ["lambda", "iam"]}}), mock_lambda(settle="instant") as emulator:
        emulator.bind("app", fail)
        target = f"arn:aws:sqs:{emulator.region}:{ACCOUNT}:told"
        emulator.create_function(
            FunctionName="app",
            Runtime="python3.12",
            Role=f"arn:aws:iam::{ACCOUNT}:role/app",
            Handler="app.handler",
            Code={"ZipFile": drylambda.make_zip({"app.py": ""})},
            DeadLetterConfig={"TargetArn": target},
        )
        emulator.invoke(FunctionName="app", InvocationType="Event")
        emulator.clock.advance(OVER_SECONDS)
        assert [told.target_arn for told in emulator.deliveries] == [target]
    assert f"{target} was not told of a dead letter" in caplog.text
