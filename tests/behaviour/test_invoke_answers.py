"""What comes of calls that wait for their answer, and which code gives it (facts 19 and 12, T4).

The one idea to hold: a runner that answers with the code it was given shows which code that was.
"""

from __future__ import annotations

import base64
import itertools
import json
import sys
import threading
from pathlib import Path

import pytest
from texts import Refusal, conflict, invalid
from world import ARN, creation

import drylambda
from drylambda import make_zip
from drylambda.runners import Runner

in_process = pytest.mark.in_process
fact, rule = pytest.mark.fact, pytest.mark.rule

OPERATIONS = ["invoke", "invoke_with_response_stream"]
KINDS = [(operation, kind) for operation in OPERATIONS for kind in ("RequestResponse", "DryRun")] + [
    ("invoke", "Event")
]
NOT_WAITING = [("invoke", "Event", 202, ["in"]), *((operation, "DryRun", 204, []) for operation in OPERATIONS)]
RATE_EXCEEDED = Refusal("TooManyRequestsException", 429, "Rate Exceeded.")
NO_CONTEXT = Refusal(
    "InvalidRequestContentException", 400, "Client context must be a valid Base64-encoded JSON object."
)
WITHOUT_TENANT = invalid(
    "The invoked function is enabled with tenancy configuration. Add a valid tenant ID in your request and try again."
)
WITH_TENANT = invalid(
    "The invoked function is not enabled with tenancy configuration. Remove the tenant ID from your request and try again."
)
NOT_ACTIVE = conflict(
    "The operation cannot be performed at this time. The function is currently in the following state: Pending"
)
UPDATES = 50
SECONDS = 60  # nobody waits as long, unless a test fails


def code(text):
    return make_zip({"app.py": text})


class Code(Runner):
    """Answers with the code and the version that it was given, once its gate is open."""

    def __init__(self):
        self.entered, self.gate = threading.Semaphore(0), threading.Event()
        self.gate.set()

    def __call__(self, invocation):
        self.entered.release()
        assert self.gate.wait(SECONDS)
        text = Path(invocation.code_dir, "app.py").read_text(encoding="utf-8")
        return json.dumps([text, invocation.version]).encode(), None, b""

    def fork(self):
        return self


@pytest.fixture
def runner(way):
    """Let a runner of the test run ``fn``, whose code is ``one``."""
    runner = Code()
    way.lambda_.create_function(**creation(ZipFile=code("one")))
    way.settled("fn")
    way.emulator.bind("fn", runner)
    yield runner
    runner.gate.set()


def ran(way, **named):
    answer = way.lambda_.invoke(**{"FunctionName": "fn", **named})
    return *json.loads(answer["Payload"].read()), answer["ExecutedVersion"]


def tail(answer):
    return base64.b64decode(answer["LogResult"])


class TestAnswers:
    @fact(643)
    @pytest.mark.parametrize(
        ("named", "version", "arn"),
        [
            ({}, "$LATEST", ARN),
            ({"Qualifier": "$LATEST"}, "$LATEST", f"{ARN}:$LATEST"),
            ({"Qualifier": "1"}, "1", f"{ARN}:1"),
            ({"FunctionName": f"{ARN}:live"}, "1", f"{ARN}:live"),
        ],
    )
    def test_it_names_the_version_that_ran(self, way, fn, named, version, arn):
        way.lambda_.publish_version(FunctionName="fn")
        way.lambda_.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
        way.emulator.bind("fn", lambda _, context: [context.function_version, context.invoked_function_arn])
        answer = way.lambda_.invoke(**{"FunctionName": "fn", **named})
        assert json.loads(answer.pop("Payload").read()) == [version, arn]
        del answer["ResponseMetadata"]
        assert answer == {"StatusCode": 200, "ExecutedVersion": version}

    @pytest.mark.parametrize("payload", [{}, {"Payload": b""}])
    def test_a_function_that_is_given_nothing_has_an_empty_event(self, way, fn, payload):
        way.emulator.bind("fn", lambda event, _: [event])
        assert json.loads(way.lambda_.invoke(FunctionName="fn", **payload)["Payload"].read()) == [{}]

    def test_an_error_of_the_function_is_no_refusal(self, way, fn):
        def handler(event, _context):
            raise LookupError(event["why"])

        way.emulator.bind("fn", handler)
        answer = way.lambda_.invoke(FunctionName="fn", Payload=b'{"why": "not here"}')
        assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
        error = json.loads(answer["Payload"].read())
        assert (error["errorType"], error["errorMessage"]) == ("LookupError", "not here")
        assert error["requestId"] == answer["ResponseMetadata"]["RequestId"]
        assert isinstance(error["stackTrace"], list)

    def test_the_end_of_the_log_comes_if_it_is_asked_for(self, way, fn):
        way.emulator.bind("fn", lambda event, _: sys.stdout.write("x" * event))
        assert "LogResult" not in way.lambda_.invoke(FunctionName="fn", Payload=b"1")
        assert "LogResult" not in way.lambda_.invoke(FunctionName="fn", Payload=b"1", LogType="None")
        whole = tail(way.lambda_.invoke(FunctionName="fn", Payload=b"1", LogType="Tail"))
        assert whole.startswith(b"START RequestId: ")
        cut = tail(way.lambda_.invoke(FunctionName="fn", Payload=b"9000", LogType="Tail"))
        assert (len(cut), cut[:9]) == (4096, b"xxxxxxxxx")
        assert b"\nREPORT RequestId: " in cut

    @fact(643)
    @in_process  # where no thread of a server may be at it
    @pytest.mark.parametrize(("operation", "kind", "status", "calls"), NOT_WAITING)
    def test_who_does_not_wait_gets_a_status(self, way, fn, operation, kind, status, calls):
        got = []
        way.clock.freeze()
        way.emulator.bind("fn", lambda event, _: got.append(event))
        answer = getattr(way.face, operation)(FunctionName="fn", InvocationType=kind, Payload=b'"in"')
        assert (answer["StatusCode"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (status, status)
        assert not {"ExecutedVersion", "FunctionError", "LogResult"} & set(answer)
        if "Payload" in answer:
            assert answer["Payload"].read() == b""
        way.emulator.run_events()
        assert got == calls


class TestWhatACallTells:
    @pytest.mark.parametrize(
        "context", [{"custom": {"a": "b"}}, {"client": {"app_title": "it"}, "env": {"locale": "x"}}]
    )
    def test_a_context_of_the_client(self, way, fn, context):
        def handler(_event, told):
            told = told.client_context
            return [told.custom, told.client and told.client.app_title, told.env]

        way.emulator.bind("fn", handler)
        text = base64.b64encode(json.dumps(context).encode()).decode()
        answer = way.lambda_.invoke(FunctionName="fn", ClientContext=text)
        custom, title, env = json.loads(answer["Payload"].read())
        assert (custom or None) == context.get("custom")
        assert title == context.get("client", {}).get("app_title")
        assert (env or None) == context.get("env")

    @pytest.mark.parametrize("operation", OPERATIONS)
    @pytest.mark.parametrize("text", ["?", base64.b64encode(b"{").decode(), base64.b64encode(b'"\xff"').decode()])
    def test_a_context_that_is_no_json_in_base64(self, way, fn, operation, text):
        way.refused(getattr(way.lambda_, operation), NO_CONTEXT, FunctionName="fn", ClientContext=text)

    @pytest.mark.parametrize(("operation", "kind"), KINDS)
    def test_a_tenant_where_there_are_and_none_where_there_are_none(self, way, fn, operation, kind):
        way.lambda_.create_function(**creation("shared", TenancyConfig={"TenantIsolationMode": "PER_TENANT"}))
        way.settled("shared")
        call = getattr(way.lambda_, operation)
        way.refused(call, WITHOUT_TENANT, FunctionName="shared", InvocationType=kind)
        way.refused(call, WITH_TENANT, FunctionName="fn", InvocationType=kind, TenantId="blue")

    def test_the_tenant_is_told_to_the_function(self, way):
        way.lambda_.create_function(**creation(TenancyConfig={"TenantIsolationMode": "PER_TENANT"}))
        way.settled("fn")
        way.emulator.bind("fn", lambda _, context: context.tenant_id)
        answer = way.lambda_.invoke(FunctionName="fn", TenantId="blue")
        assert json.loads(answer["Payload"].read()) == "blue"


class TestWhichCodeRuns:
    @rule("T4")
    @pytest.mark.parametrize(("operation", "kind"), KINDS)
    def test_a_function_that_is_being_made_has_none(self, way, operation, kind):
        way.lambda_.create_function(**creation())
        way.refused(getattr(way.lambda_, operation), NOT_ACTIVE, FunctionName="fn", InvocationType=kind)
        way.refused(way.lambda_.invoke_async, NOT_ACTIVE, FunctionName="fn", InvokeArgs=b"{}")

    @rule("T4")
    def test_an_update_serves_once_it_has_settled(self, way, runner):
        way.lambda_.update_function_code(FunctionName="fn", ZipFile=code("two"))
        assert ran(way)[0] == "one"
        way.settled("fn")
        assert ran(way)[0] == "two"

    @rule("T4")
    def test_a_configuration_serves_once_it_has_settled(self, way, fn):
        way.emulator.bind("fn", lambda _event, context: context.memory_limit_in_mb)
        way.lambda_.update_function_configuration(FunctionName="fn", MemorySize=256)
        assert int(way.lambda_.invoke(FunctionName="fn")["Payload"].read().strip(b'"')) == 128
        way.settled("fn")
        assert int(way.lambda_.invoke(FunctionName="fn")["Payload"].read().strip(b'"')) == 256

    @rule("T4")
    def test_a_call_that_runs_ends_on_what_it_began_with(self, way, runner):
        runner.gate.clear()
        got = []
        thread = threading.Thread(target=lambda: got.append(ran(way)))
        thread.start()
        assert runner.entered.acquire(timeout=SECONDS)
        way.lambda_.update_function_code(FunctionName="fn", ZipFile=code("two"))
        way.settled("fn")
        runner.gate.set()
        thread.join(SECONDS)
        assert got == [("one", "$LATEST", "$LATEST")]
        assert ran(way)[0] == "two"

    def test_a_version_keeps_its_code(self, way, runner):
        way.lambda_.publish_version(FunctionName="fn")
        way.lambda_.update_function_code(FunctionName="fn", ZipFile=code("two"))
        way.settled("fn")
        assert ran(way, Qualifier="1") == ("one", "1", "1")
        assert ran(way) == ("two", "$LATEST", "$LATEST")


@fact(509)
@in_process  # a client with a connection tries again, and waits
@pytest.mark.parametrize("most", [1, 3])
def test_one_call_more_than_is_reserved_is_throttled(way, runner, most):
    way.lambda_.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=most)
    runner.gate.clear()
    got = []
    threads = [threading.Thread(target=lambda: got.append(ran(way))) for _ in range(most)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert runner.entered.acquire(timeout=SECONDS)
    with pytest.raises(drylambda.ClientError) as caught:
        way.face.invoke(FunctionName="fn")
    response = caught.value.response
    assert (response["Error"]["Code"], response["Error"]["Message"]) == RATE_EXCEEDED[::2]
    assert response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    runner.gate.set()
    for thread in threads:
        thread.join(SECONDS)
    assert len(got) == most
    assert ran(way)[0] == "one"


def shifted(way):
    """Deploy two versions, and let an alias send three of ten calls to the second; return what runs them."""
    runner = Code()
    way.lambda_.create_function(**creation(ZipFile=code("one"), Publish=True))
    way.settled("fn")
    way.emulator.bind("fn", runner)
    assert ran(way)[0] == "one"
    assert way.lambda_.update_function_code(FunctionName="fn", ZipFile=code("two"), Publish=True)["Version"] == "2"
    way.settled("fn")
    way.settled("fn:2")
    weights = {"AdditionalVersionWeights": {"2": 0.3}}
    way.lambda_.create_alias(FunctionName="fn", Name="live", FunctionVersion="1", RoutingConfig=weights)
    return runner


def test_an_alias_shares_calls_out_by_weight_and_none_fails_during_an_update(way):
    shifted(way)
    calls = 1000 if way.kind == "direct" else 100
    done = threading.Event()

    def update():
        for number in itertools.takewhile(lambda _: not done.is_set(), range(UPDATES)):
            way.emulator.update_function_code(FunctionName="fn", ZipFile=code(f"more {number}"))
            way.emulator.get_function(FunctionName="fn")

    thread = threading.Thread(target=update)
    thread.start()
    try:
        answers = [ran(way, Qualifier="live") for _ in range(calls)]
    finally:
        done.set()
        thread.join(SECONDS)
    assert set(answers) == {("one", "1", "1"), ("two", "2", "2")}
    # Four standard deviations of the binomial distribution to each side.
    off = abs(answers.count(("two", "2", "2")) - 0.3 * calls)
    assert off <= 4 * (calls * 0.3 * 0.7) ** 0.5


def test_the_same_seed_draws_the_same_versions(way):
    shifted(way)
    again = drylambda.Lambda(seed=1)
    twin = type(way)("direct", again)
    shifted(twin)
    drawn = [[ran(each, Qualifier="live")[2] for _ in range(100)] for each in (way, twin)]
    assert drawn[0] == drawn[1]
    assert set(drawn[0]) == {"1", "2"}
