"""Handlers written with AWS's own SDK for durable executions, from beginning to end."""

from __future__ import annotations

import json
import logging

import pytest

import drylambda

sdk = pytest.importorskip("aws_durable_execution_sdk_python", reason="AWS's SDK is for Python 3.11 and later")

from aws_durable_execution_sdk_python.config import (  # noqa: E402
    CallbackConfig,
    Duration,
    StepConfig,
    WaitForCallbackConfig,
)
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy  # noqa: E402

ROLE = "arn:aws:iam::123456789012:role/app"
PACKAGE = drylambda.make_zip({"app.py": "def handler(event, context): ..."})
PERSISTENT = StepConfig(retry_strategy=create_retry_strategy(RetryStrategyConfig(max_attempts=5)))


@pytest.fixture(autouse=True)
def _quiet():
    """The SDK logs what fails, as the handlers here do on purpose."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def emulator():
    return drylambda.Lambda(seed=1, settle="instant")


@pytest.fixture
def durable(emulator):
    """Return a function that makes a durable function of a handler, and gives the client that the handler's SDK uses."""
    client = emulator.client()

    def make(name, handler, **config):
        parameters = {"Runtime": "python3.13", "Role": ROLE, "Handler": "app.handler", "Code": {"ZipFile": PACKAGE}}
        emulator.create_function(FunctionName=name, DurableConfig={"ExecutionTimeout": 900, **config}, **parameters)
        emulator.bind(name, sdk.durable_execution(handler, boto3_client=client))
        return client

    return make


def run(client, event, **parameters):
    answer = client.invoke(FunctionName="app:$LATEST", Payload=json.dumps(event), **parameters)
    return json.loads(answer["Payload"].read())


def test_everything_that_the_sdk_can_do(emulator, durable):
    runs, tries = [], []

    def flaky(_):
        tries.append(emulator.clock.time())
        if len(tries) < 3:
            raise ValueError(len(tries))
        return "at last"

    def handler(event, context):
        runs.append(event)
        total = context.step(lambda _: event["n"] + 1, name="add")
        context.wait(Duration.from_seconds(60), name="pause")
        retried = context.step(flaky, name="flaky", config=PERSISTENT)
        child = context.run_in_child_context(lambda inner: inner.step(lambda _: "deep"), name="child")

        def slow(branch):
            branch.wait(Duration.from_seconds(30))
            return 2

        both = context.parallel([lambda branch: branch.step(lambda _: 1), slow], name="both").get_results()
        mapped = context.map([1, 2, 3], lambda inner, item, *_: inner.step(lambda _: item * item)).get_results()
        called = context.invoke("child:$LATEST", {"n": total}, name="call")
        plain = context.invoke("plain", {"n": total}, name="plain")
        return [total, retried, child, both, mapped, called, plain]

    client = durable("app", handler)
    durable("child", lambda event, context: (context.wait(Duration.from_seconds(120)), event["n"] * 10)[1])
    emulator.create_function(
        FunctionName="plain", Runtime="python3.13", Role=ROLE, Handler="app.handler", Code={"ZipFile": PACKAGE}
    )
    emulator.bind("plain", lambda event, context: {"got": event})
    began = emulator.clock.time()
    assert run(client, {"n": 1}) == [2, "at last", "deep", [1, 2], [1, 4, 9], 20, {"got": {"n": 2}}]
    assert len(tries) == 3
    assert emulator.clock.time() - began >= 60 + 30 + 120
    # Each wait, each retry and each call that comes back is one more run.
    assert len(runs) == 7


def test_an_error_of_the_handler_is_that_of_the_execution(emulator, durable):
    def handler(event, context):
        raise KeyError(event["order"])

    client = durable("app", handler)
    answer = client.invoke(FunctionName="app:$LATEST", Payload=b'{"order": 7}')
    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read()) == {"errorType": "KeyError", "errorMessage": "7"}


def test_a_callback_is_answered_from_outside(emulator, durable):
    asked = []

    def handler(event, context):
        config = WaitForCallbackConfig(timeout=Duration.from_seconds(600))
        return context.wait_for_callback(lambda id_, _: asked.append(id_), name="approval", config=config)

    client = durable("app", handler)
    arn = client.invoke(FunctionName="app:$LATEST", InvocationType="Event")["DurableExecutionArn"]
    assert client.get_durable_execution(DurableExecutionArn=arn)["Status"] == "RUNNING"
    client.send_durable_execution_callback_success(CallbackId=asked[0], Result=b"granted")
    done = client.get_durable_execution(DurableExecutionArn=arn)
    assert (done["Status"], done["Result"]) == ("SUCCEEDED", '"granted"')


def test_a_callback_that_nobody_answers_is_an_error_in_the_handler(emulator, durable):
    def handler(event, context):
        callback = context.create_callback(config=CallbackConfig(timeout=Duration.from_seconds(60)))
        try:
            return callback.result()
        except sdk.CallbackError as error:
            return type(error).__name__

    client = durable("app", handler)
    assert "Callback" in run(client, {})


def test_the_clock_lets_an_hour_pass(emulator, durable):
    def handler(event, context):
        context.wait(Duration.from_seconds(3600))
        return "rested"

    client = durable("app", handler, ExecutionTimeout=86_400)
    arn = client.invoke(FunctionName="app:$LATEST", InvocationType="Event")["DurableExecutionArn"]
    emulator.clock.advance(3599)
    assert client.get_durable_execution(DurableExecutionArn=arn)["Status"] == "RUNNING"
    emulator.clock.advance(1)
    assert client.get_durable_execution(DurableExecutionArn=arn)["Result"] == '"rested"'


def test_a_result_that_is_too_large_for_an_answer_is_reported_first(emulator, durable):
    client = durable("app", lambda event, context: "x" * 6_291_000)
    assert len(run(client, {})) == 6_291_000


APP = """
from aws_durable_execution_sdk_python import durable_execution
from aws_durable_execution_sdk_python.config import Duration

@durable_execution
def handler(event, context):
    total = context.step(lambda _: event["n"] + 1)
    context.wait(Duration.from_seconds(60))
    return total
"""


def test_code_in_a_process_reports_to_a_server(emulator):
    pytest.importorskip("awslambdaric", reason="functions in processes are run by AWS's client")
    with drylambda.Server(emulator) as server:
        emulator.create_function(
            FunctionName="app",
            Runtime="python3.13",
            Role=ROLE,
            Handler="app.handler",
            Timeout=30,
            Code={"ZipFile": drylambda.make_zip({"app.py": APP})},
            DurableConfig={"ExecutionTimeout": 600},
            Environment={"Variables": {"AWS_ENDPOINT_URL": server.endpoint_url}},
        )
        emulator.bind("app", "process")
        assert emulator.invoke(FunctionName="app:$LATEST", Payload=b'{"n": 1}')["Payload"].read() == b"2"
    emulator.bind("app", None)
