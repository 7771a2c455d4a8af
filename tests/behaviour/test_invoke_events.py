"""Calls that nobody waits for: when they are tried, how often, and who is told (facts 13 and 19).

The one idea to hold: nothing waits but the emulator's clock, so each test says how far it goes. Over HTTP a thread of the
server does what is due, and may come first; that is a test of its own.
"""

from __future__ import annotations

import json
import threading
import time

import pytest
from texts import not_found
from world import ACCOUNT, ARN, Matching, creation

import drylambda

in_process = pytest.mark.in_process
fact = pytest.mark.fact

QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:topic"
HOUR, SIX_HOURS = 3600, 21_600
WHY = "no"
DEADLINE = 30  # seconds, for what is soon there


class Tries:
    """A function that notes when it was called with what, and fails as often as it is told."""

    def __init__(self, way, name="fn", failures=0):
        self.way, self.name, self.failures = way, name, failures
        self.events, self.ids, self.at = [], [], []
        self.began = round(way.clock.time())
        self.meanwhile = None
        way.emulator.bind(name, self)

    def __call__(self, event, context):
        if self.meanwhile is not None:
            act, self.meanwhile = self.meanwhile, None
            return act()
        self.events.append(event)
        self.ids.append(context.aws_request_id)
        self.at.append(round(self.way.clock.time()) - self.began)
        if len(self.at) <= self.failures:
            raise ValueError(WHY)
        return {"seen": event}

    def send(self, event=7, **more):
        answer = self.way.lambda_.invoke(
            FunctionName=self.name, InvocationType="Event", Payload=json.dumps(event), **more
        )
        assert answer["StatusCode"] == 202
        return answer["ResponseMetadata"]["RequestId"]

    def while_it_is_full(self, *acts):
        """Do something while the only call that the function may have runs; return what it came to."""
        self.way.lambda_.put_function_concurrency(FunctionName=self.name, ReservedConcurrentExecutions=1)
        self.meanwhile = lambda: [act() for act in acts]
        return json.load(self.way.lambda_.invoke(FunctionName=self.name)["Payload"])


@pytest.fixture
def tries(way, fn):
    """Bind a function that fails a hundred times, at a clock that stands."""
    way.clock.freeze()
    return Tries(way, failures=100)


def config(way, success=None, failure=None, **limits):
    sides = {"OnSuccess": success, "OnFailure": failure}
    told = {side: {"Destination": arn} for side, arn in sides.items() if arn}
    way.lambda_.put_function_event_invoke_config(
        FunctionName="fn", **({"DestinationConfig": told} if told else {}), **limits
    )


def until(condition):
    """Wait for what another thread does soon."""
    end = time.monotonic() + DEADLINE
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end, "it did not come"
        pause.wait(0.005)


@in_process
class TestTries:
    @pytest.mark.parametrize(
        ("failures", "limits", "at"),
        [
            pytest.param(0, {}, [0], id="at-once"),
            pytest.param(1, {}, [0, 60], id="until-it-succeeds"),
            pytest.param(100, {}, [0, 60, 180], id="two-retries"),
            pytest.param(100, {"MaximumRetryAttempts": 2}, [0, 60, 180], id="two"),
            pytest.param(100, {"MaximumRetryAttempts": 1}, [0, 60], id="one"),
            pytest.param(100, {"MaximumRetryAttempts": 0}, [0], id="none"),
            pytest.param(100, {"MaximumEventAgeInSeconds": 100}, [0, 60], id="too-old"),
            pytest.param(100, {"MaximumEventAgeInSeconds": 180}, [0, 60, 180], id="just-young-enough"),
        ],
    )
    def test_a_failed_call_is_tried_again(self, way, tries, failures, limits, at):
        tries.failures = failures
        if limits:
            config(way, **limits)
        request_id = tries.send({"a": 1})
        way.clock.advance(HOUR)
        assert tries.at == at
        assert tries.events == [{"a": 1}] * len(at)
        assert set(tries.ids) == {request_id}

    def test_nothing_is_tried_before_its_time(self, way, tries):
        tries.send()
        way.clock.advance(59.9)
        assert tries.at == [0]
        way.clock.advance(0.1)
        assert tries.at == [0, 60]

    def test_what_is_too_much_for_a_function_waits_longer_each_time(self, way, tries):
        tries.failures = 0
        tries.while_it_is_full(tries.send, lambda: way.clock.advance(20))
        assert tries.at == []
        way.clock.advance(HOUR)
        assert tries.at == [31]  # 1 + 2 + 4 + 8 + 16 seconds

    @pytest.mark.parametrize(("limits", "age"), [({}, SIX_HOURS), ({"MaximumEventAgeInSeconds": 90}, 90)])
    def test_what_stays_too_much_is_given_up_when_it_is_too_old(self, way, tries, limits, age):
        config(way, failure=QUEUE, **limits)

        def told_in(seconds):
            way.clock.advance(seconds)
            return len(way.emulator.deliveries)

        counts = tries.while_it_is_full(tries.send, lambda: told_in(age), lambda: told_in(1))[1:]
        assert counts == [0, 1]
        (told,) = way.emulator.deliveries
        assert told.record["requestContext"]["condition"] == "EventAgeExceeded"
        assert told.record["requestContext"]["approximateInvokeCount"] == 0
        assert tries.at == []

    def test_nothing_reserved_means_given_up_at_once(self, way, tries):
        config(way, failure=QUEUE)
        way.lambda_.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=0)
        tries.send()
        (told,) = way.emulator.deliveries
        assert told.record["requestContext"]["condition"] == "ZeroReservedConcurrency"
        assert tries.at == []

    def test_what_nobody_can_run_is_told_to_its_own_caller_alone(self, way, tries):
        way.lambda_.create_function(**creation("java", Runtime="java21"))
        way.settled("java")

        def send():
            return way.lambda_.invoke(FunctionName="java", InvocationType="Event")["StatusCode"]

        tries.meanwhile = send
        # It is due when the event is over that this call has brought.
        tries.send()
        assert str(way.emulator.logs("java")).count("drylambda: java has the runtime java21") == 1
        with pytest.raises(Exception, match="java has the runtime java21"):
            way.emulator.invoke(FunctionName="java", InvocationType="Event")

    def test_a_function_of_another_region_is_told_there(self, way, tries):
        far = drylambda.Lambda(sharing=way.emulator, region="eu-west-1")
        far.create_function(**creation("told"))
        far.get_function(FunctionName="told")
        seen = []
        far.bind("told", lambda event, _context: seen.append(event["requestPayload"]))
        config(way, success=f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:told")
        tries.failures = 0
        tries.send({"a": 1})
        assert seen == [{"a": 1}]

    def test_an_update_between_two_tries_counts(self, way, tries):
        tries.send()
        config(way, MaximumRetryAttempts=1)
        seen = []
        way.emulator.bind("fn", lambda _, context: seen.append(int(context.memory_limit_in_mb)))
        way.lambda_.update_function_configuration(FunctionName="fn", MemorySize=256)
        way.settled("fn")
        way.clock.advance(HOUR)
        assert (tries.at, seen) == ([0], [256])

    def test_the_events_of_a_deleted_function_are_dropped(self, way, tries):
        config(way, failure=QUEUE)
        tries.send()
        way.lambda_.delete_function(FunctionName="fn")
        way.clock.advance(HOUR)
        assert tries.at == [0]
        assert way.emulator.deliveries == []

    def test_events_wait_for_a_function_that_is_being_made(self, way, tries):
        tries.send()
        way.lambda_.delete_function(FunctionName="fn")
        way.lambda_.create_function(**creation())
        way.clock.advance(61)
        way.settled("fn")
        way.clock.advance(HOUR)
        assert tries.at[:2] == [0, 63]  # after 1 and 2 seconds more

    def test_events_do_not_wait_for_ever_for_a_function_to_be_made(self, way, tries):
        tries.send()
        way.lambda_.delete_function(FunctionName="fn")
        way.lambda_.create_function(**creation())
        way.clock.advance(2 * SIX_HOURS)
        way.settled("fn")
        way.clock.advance(HOUR)
        assert tries.at == [0]

    def test_the_old_operation_brings_events_too(self, way, tries):
        answer = way.lambda_.invoke_async(FunctionName="fn", InvokeArgs=b'{"old": 1}')
        assert answer["Status"] == 202
        way.clock.advance(HOUR)
        assert (tries.at, tries.events[0]) == ([0, 60, 180], {"old": 1})

    def test_a_version_is_called_as_it_was_named(self, way, tries):
        way.lambda_.publish_version(FunctionName="fn")
        seen = []
        way.emulator.bind("fn", lambda _, context: seen.append(context.invoked_function_arn))
        tries.send(Qualifier="1")
        assert seen == [f"{ARN}:1"]


def test_the_old_operation_refuses_what_invoke_does(way, fn):
    way.refused(way.lambda_.invoke_async, not_found(f"{ARN}2:$LATEST"), FunctionName="fn2", InvokeArgs=b"{}")
    with pytest.raises(drylambda.ClientError, match="Could not parse payload into json") as caught:
        way.lambda_.invoke_async(FunctionName="fn", InvokeArgs=b"{")
    assert caught.value.response["Error"]["Code"] == "InvalidRequestContentException"


def record(request_id, condition, count, *, ended, payload, error=False):
    response = {"statusCode": 200, "executedVersion": "$LATEST"}
    if error:
        response["functionError"] = "Unhandled"
    return {
        "version": "1.0",
        "timestamp": ended,
        "requestContext": {
            "requestId": request_id,
            "functionArn": f"{ARN}:$LATEST",
            "condition": condition,
            "approximateInvokeCount": count,
        },
        "requestPayload": 7,
        "responseContext": response,
        "responsePayload": payload,
    }


@in_process
class TestWhoIsTold:
    def test_of_a_success(self, way, tries):
        tries.failures = 1
        config(way, success=QUEUE, failure=TOPIC)
        request_id = tries.send()
        way.clock.advance(HOUR)
        (told,) = way.emulator.deliveries
        assert (told.target_arn, told.function_arn, told.reason, told.attributes) == (QUEUE, ARN, "success", {})
        at = "2026-01-01T00:01:00.000Z"
        assert told.record == record(request_id, "Success", 2, ended=at, payload={"seen": 7})

    def test_of_a_failure(self, way, tries):
        config(way, success=QUEUE, failure=TOPIC)
        request_id = tries.send()
        way.clock.advance(HOUR)
        (told,) = way.emulator.deliveries
        assert (told.target_arn, told.function_arn, told.reason, told.attributes) == (TOPIC, ARN, "failure", {})
        payload = told.record["responsePayload"]
        assert (payload["errorMessage"], payload["errorType"]) == ("no", "ValueError")
        at = "2026-01-01T00:03:00.000Z"
        assert told.record == record(request_id, "RetriesExhausted", 3, ended=at, payload=payload, error=True)

    def test_a_dead_letter_is_the_event_with_its_error(self, way, tries):
        way.lambda_.update_function_configuration(FunctionName="fn", DeadLetterConfig={"TargetArn": QUEUE})
        way.settled("fn")
        config(way, MaximumRetryAttempts=0)
        request_id = tries.send({"a": "b"})
        (told,) = way.emulator.deliveries
        assert (told.target_arn, told.reason, told.record) == (QUEUE, "dead-letter", {"a": "b"})
        assert told.attributes == {
            "RequestID": ("String", request_id),
            "ErrorCode": ("Number", "200"),
            "ErrorMessage": ("String", Matching(r'\{"errorMessage": ?"no".*')),
        }

    def test_the_error_of_a_dead_letter_has_a_kilobyte(self, way, tries):
        way.lambda_.update_function_configuration(FunctionName="fn", DeadLetterConfig={"TargetArn": QUEUE})
        way.settled("fn")
        config(way, MaximumRetryAttempts=0)

        def handler(_event, _context):
            raise ValueError(2000 * "é")

        way.emulator.bind("fn", handler)
        tries.send()
        (told,) = way.emulator.deliveries
        _, text = told.attributes["ErrorMessage"]
        assert 1000 < len(text.encode()) <= 1024

    def test_nobody_without_a_destination(self, way, tries):
        tries.send()
        way.clock.advance(HOUR)
        assert len(tries.at) == 3
        assert way.emulator.deliveries == []

    def test_a_hook_is_told_as_it_happens(self, way, tries):
        config(way, failure=QUEUE, MaximumRetryAttempts=0)
        told = []
        way.emulator.on_delivery(told.append)
        tries.send()
        assert told == way.emulator.deliveries
        assert len(told) == 1
        way.emulator.on_delivery(None)
        tries.send()
        assert (len(told), len(way.emulator.deliveries)) == (1, 2)

    def test_a_function_that_is_a_destination_is_called(self, way, tries):
        way.lambda_.create_function(**creation("after"))
        way.settled("after")
        after = Tries(way, "after")
        tries.failures = 0
        config(way, success=f"{ARN.removesuffix('fn')}after")
        request_id = tries.send()
        way.clock.advance(1)
        (event,) = after.events
        assert event == way.emulator.deliveries[0].record
        assert event["requestContext"]["requestId"] == request_id
        assert after.ids != [request_id]


@in_process
@pytest.mark.parametrize(("allowed", "calls"), [("Terminate", 16), ("Allow", 40)])
def test_a_function_that_calls_itself_ends_unless_it_may(way, fn, allowed, calls):
    way.clock.freeze()
    way.lambda_.put_function_recursion_config(FunctionName="fn", RecursiveLoop=allowed)
    config(way, failure=QUEUE)
    seen = []

    def handler(event, _context):
        seen.append(event)
        if event < 40:
            way.emulator.invoke(FunctionName="fn", InvocationType="Event", Payload=json.dumps(event + 1))

    way.emulator.bind("fn", handler)
    way.lambda_.invoke(FunctionName="fn", InvocationType="Event", Payload=b"1")
    way.clock.advance(1)
    assert seen == list(range(1, calls + 1))
    conditions = [told.record["requestContext"]["condition"] for told in way.emulator.deliveries]
    assert conditions == (["RecursiveInvocation"] if allowed == "Terminate" else [])


@in_process
class TestOtherEmulators:
    def test_a_fork_has_the_events_that_wait(self, way, tries):
        tries.send()
        fork = way.emulator.fork()
        seen = []
        fork.bind("fn", lambda event, _: seen.append(event))
        way.clock.advance(HOUR)
        assert (tries.at, seen) == ([0, 60, 180], [])
        fork.clock.advance(60)
        assert seen == [7]

    def test_a_reset_forgets_them_and_what_was_told(self, way, tries):
        config(way, failure=QUEUE, MaximumRetryAttempts=0)
        tries.send()
        assert len(way.emulator.deliveries) == 1
        config(way, MaximumRetryAttempts=2)
        tries.send()
        count = len(tries.at)
        way.emulator.reset()
        assert way.emulator.deliveries == []
        way.lambda_.create_function(**creation())
        way.settled("fn")
        again = Tries(way)
        way.clock.advance(HOUR)
        assert (len(tries.at), again.at) == (count, [])


def test_a_server_works_events_off_beside_its_requests(ways):
    way = ways["http"]
    way.lambda_.create_function(**creation())
    way.settled("fn")
    config(way, success=QUEUE)
    tries = Tries(way, failures=1)
    request_id = tries.send()
    until(lambda: len(tries.at) == 1)
    way.clock.advance(60)
    until(lambda: way.emulator.deliveries)
    (told,) = way.emulator.deliveries
    assert set(tries.ids) == {told.record["requestContext"]["requestId"]} == {request_id}
    assert told.record["requestContext"]["approximateInvokeCount"] == 2


class Meeting(drylambda.runners.Runner):
    """Functions that end when three run; one of them has sent events to the other two."""

    def __init__(self, way):
        self.way, self.barrier = way, threading.Barrier(3, timeout=DEADLINE)

    def __call__(self, invocation):
        for _ in range(2 if invocation.function_name == "sender" else 0):
            self.way.lambda_.invoke(FunctionName="fn", InvocationType="Event")
        self.barrier.wait()
        return b"1", None, b""


def test_a_server_runs_events_beside_the_function_that_sent_them(ways):
    way = ways["http"]
    meeting = Meeting(way)
    for name in ("fn", "sender"):
        way.lambda_.create_function(**creation(name, Timeout=900))
        way.settled(name)
        way.emulator.bind(name, meeting)
    assert json.load(way.lambda_.invoke(FunctionName="sender")["Payload"]) == 1
