"""What functions have logged is in moto's CloudWatch Logs, where moto is active."""

from __future__ import annotations

import base64
import gc
import gzip
import json
import sys
import weakref
from datetime import datetime, timezone

import pytest
import requests
from botocore.exceptions import ClientError
from moto import mock_aws

import drylambda.moto
from drylambda import mock_lambda

GROUP = "/aws/lambda/app"
#: Long before the fortnight that CloudWatch Logs takes by the system's clock.
BEFORE = datetime(2020, 1, 1, tzinfo=timezone.utc)


def say(event, _context):
    sys.stdout.write(f"said {event}\n")


@pytest.fixture(params=["inside of moto", "beside moto"])
def lambda_(request):
    """Give the emulator that answers while moto is active."""
    if request.param == "inside of moto":
        with drylambda.moto.install(settle="instant", runner=say) as handle, mock_aws():
            yield handle.lambda_.scope("eu-west-1")
    else:
        with mock_aws(), mock_lambda(region="eu-west-1", settle="instant", runner=say) as emulator:
            yield emulator


@pytest.fixture
def logs(client):
    """Make a client of moto's CloudWatch Logs."""
    return client("logs")


@pytest.fixture
def call(lambda_, client, deploy):
    """Call ``app``, which is there already."""
    assert lambda_.region == "eu-west-1"
    deploy(client())
    return lambda event=1, **more: client().invoke(FunctionName="app", Payload=json.dumps(event), **more)


def messages(logs, group=GROUP):
    return [event["message"] for event in logs.filter_log_events(logGroupName=group)["events"]]


def groups(logs):
    return [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]


def test_a_line_is_an_event_of_a_stream_of_the_functions_group(call, logs, lambda_):
    assert groups(logs) == []
    call()
    [stream] = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    events = logs.get_log_events(logGroupName=GROUP, logStreamName=stream["logStreamName"])["events"]
    ours = list(lambda_.logs("app"))
    assert [event["message"] for event in events] == [event.message for event in ours]
    assert [event["timestamp"] for event in events] == [round(event.timestamp.timestamp() * 1000) for event in ours]
    assert {event.log_stream for event in ours} == {stream["logStreamName"]}
    assert "said 1" in messages(logs)


def test_each_line_is_there_once(call, logs, lambda_):
    for count in (1, 2):
        call(count)
        assert messages(logs) == messages(logs) == lambda_.logs("app").messages
    assert len(messages(logs)) == 8


def test_lines_of_long_ago_are_taken(call, logs, lambda_):
    lambda_.clock.freeze(BEFORE)
    call()
    events = logs.filter_log_events(logGroupName=GROUP)["events"]
    assert {event["timestamp"] for event in events} == {int(BEFORE.timestamp() * 1000)}


def test_the_log_group_is_the_configured_one(call, logs, client):
    call(1)
    client().update_function_configuration(FunctionName="app", LoggingConfig={"LogGroup": "mine"})
    call(2)
    client().update_function_configuration(FunctionName="app", LoggingConfig={"LogGroup": "other"})
    call(3)
    client().delete_function(FunctionName="app")
    assert groups(logs) == [GROUP, "mine", "other"]
    assert [messages(logs, group)[1] for group in groups(logs)] == ["said 1", "said 2", "said 3"]


def test_accounts_and_regions_have_their_own(call, logs, lambda_, client):
    call()
    there = lambda_.scope("us-west-2", "111122223333")
    made = {"Runtime": "python3.12", "Handler": "app.handler", "Role": "arn:aws:iam::111122223333:role/app"}
    package = {"ZipFile": drylambda.make_zip({"app.py": ""})}
    there.create_function(FunctionName="theirs", Code=package, **made)
    there.invoke(FunctionName="theirs", Payload=b"2")
    assert groups(logs) == [GROUP]
    keys = client("sts").assume_role(RoleArn=made["Role"], RoleSessionName="session")["Credentials"]
    other = client(
        "logs",
        "us-west-2",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    assert groups(other) == ["/aws/lambda/theirs"]


def test_a_group_that_was_there_is_used_and_one_that_was_deleted_begins_anew(call, logs):
    logs.create_log_group(logGroupName=GROUP, tags={"mine": "yes"})
    call(1)
    with pytest.raises(ClientError, match="ResourceAlreadyExists"):
        logs.create_log_group(logGroupName=GROUP)
    assert logs.list_tags_log_group(logGroupName=GROUP)["tags"] == {"mine": "yes"}
    logs.delete_log_group(logGroupName=GROUP)
    assert groups(logs) == []
    call(2)
    assert [message for message in messages(logs) if message.startswith("said")] == ["said 2"]


def test_what_was_logged_is_there_when_the_emulator_is_not(client, deploy):
    with mock_aws():
        for number, mock in enumerate(
            (drylambda.moto.install(runner=say), mock_lambda(region="eu-west-1", runner=say))
        ):
            with mock:
                deploy(client(), "app")
                client().get_waiter("function_active_v2").wait(FunctionName="app")
                client().invoke(FunctionName="app", Payload=str(number))
        assert [text for text in messages(client("logs")) if text.startswith("said")] == ["said 0", "said 1"]


def test_motos_reset_forgets(installed, client, deploy, logs):
    with mock_aws():
        for number in range(2):
            deploy(client())
            installed.lambda_.scope("eu-west-1").bind("app", say)
            client().invoke(FunctionName="app", Payload=str(number))
            assert [text for text in messages(logs) if text.startswith("said")] == [f"said {number}"]
            requests.post("http://motoapi.amazonaws.com/moto-api/reset", timeout=30)
            assert groups(logs) == []


def test_no_emulator_is_kept(client, deploy):
    class Handler:
        def __call__(self, event, context):
            return say(event, context)

    handler = Handler()
    with mock_aws():
        with mock_lambda(region="eu-west-1", settle="instant", runner=handler):
            deploy(client())
            client().invoke(FunctionName="app", Payload=b"1")
            assert messages(client("logs"))
        gone = weakref.ref(handler)
        del handler
        gc.collect()
        assert gone() is None


def test_who_has_subscribed_is_called(installed, client, deploy):
    seen = []
    with mock_aws():
        for name, handler in (("app", say), ("other", lambda event, _context: seen.append(event))):
            deploy(client(), name)
            installed.lambda_.scope("eu-west-1").bind(name, handler)
        client("logs").create_log_group(logGroupName=GROUP)
        client("logs").put_subscription_filter(
            logGroupName=GROUP,
            filterName="filter",
            filterPattern="",
            destinationArn="arn:aws:lambda:eu-west-1:123456789012:function:other",
        )
        client().invoke(FunctionName="app", Payload=b"1")
    [event] = seen
    told = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    assert [it["message"] for it in told["logEvents"]][1] == "said 1"
