"""Calls that nobody waits for: tried, tried again by the clock, given up, and who is told (facts 13 and 19)."""

from __future__ import annotations

import json

import pytest
from world import ARN, creation

import drylambda

fact = pytest.mark.fact
QUEUE = "arn:aws:sqs:us-east-1:123456789012:told"


@pytest.fixture
def emulator():
    emulator = drylambda.Lambda(seed=1, settle="instant")
    emulator.create_function(**creation())
    return emulator


@pytest.fixture
def failing(emulator):
    """A function that fails as often as it is said, and a list of the events that it got."""
    seen = []

    def bind(times):
        def handler(event, context):
            seen.append(context.aws_request_id)
            if len(seen) <= times:
                raise ValueError(len(seen))
            return {"after": len(seen)}

        emulator.bind("fn", handler)
        return seen

    return bind


def send(emulator, **more):
    answer = emulator.invoke(**{"FunctionName": "fn", "InvocationType": "Event", "Payload": '{"n": 1}', **more})
    assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")
    return answer["ResponseMetadata"]["RequestId"]


@fact(643)
def test_an_event_is_accepted_and_the_function_gets_it(emulator, failing):
    seen = failing(0)
    assert seen == [send(emulator)]


def test_a_failed_event_is_tried_again_after_one_and_two_minutes(emulator, failing):
    seen = failing(9)
    send(emulator)
    for seconds, calls in ((59, 1), (1, 2), (119, 2), (1, 3), (86_400, 3)):
        emulator.clock.advance(seconds)
        assert len(seen) == calls
    assert len(set(seen)) == 1


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_retries_are_as_many_as_are_configured(emulator, failing, retries):
    seen = failing(9)
    emulator.put_function_event_invoke_config(FunctionName="fn", MaximumRetryAttempts=retries)
    send(emulator)
    emulator.clock.advance(86_400)
    assert len(seen) == retries + 1


def test_an_event_that_is_too_old_is_given_up(emulator, failing):
    seen = failing(9)
    emulator.put_function_event_invoke_config(
        FunctionName="fn", MaximumEventAgeInSeconds=90, DestinationConfig={"OnFailure": {"Destination": QUEUE}}
    )
    send(emulator)
    emulator.clock.advance(86_400)
    assert len(seen) == 2
    [told] = emulator.deliveries
    assert told.record["requestContext"]["condition"] == "EventAgeExceeded"


@pytest.mark.parametrize(("times", "condition"), [(0, "Success"), (1, "Success"), (9, "RetriesExhausted")])
def test_destinations_are_told_what_became_of_it(emulator, failing, times, condition):
    failing(times)
    targets = {"OnSuccess": {"Destination": f"{QUEUE}-1"}, "OnFailure": {"Destination": f"{QUEUE}-2"}}
    emulator.put_function_event_invoke_config(FunctionName="fn", DestinationConfig=targets)
    hooked = []
    emulator.on_delivery(hooked.append)
    request_id = send(emulator)
    emulator.clock.advance(60)
    emulator.clock.advance(120)
    [told] = emulator.deliveries
    assert hooked == [told]
    assert told.target_arn == (f"{QUEUE}-1" if condition == "Success" else f"{QUEUE}-2")
    record = told.record
    assert (record["version"], record["requestPayload"]) == ("1.0", {"n": 1})
    assert record["requestContext"] == {
        "requestId": request_id,
        "functionArn": f"{ARN}:$LATEST",
        "condition": condition,
        "approximateInvokeCount": min(times + 1, 3),
    }
    failed = {} if condition == "Success" else {"functionError": "Unhandled"}
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", **failed}
    assert record["responsePayload"].keys() >= ({"after"} if condition == "Success" else {"errorMessage"})


def test_a_dead_letter_is_the_event_with_what_went_wrong(emulator, failing):
    failing(9)
    emulator.update_function_configuration(FunctionName="fn", DeadLetterConfig={"TargetArn": QUEUE})
    request_id = send(emulator)
    emulator.clock.advance(200)
    [told] = emulator.deliveries
    assert (told.target_arn, told.reason, told.record) == (QUEUE, "dead-letter", {"n": 1})
    assert told.attributes["RequestID"] == ("String", request_id)
    assert told.attributes["ErrorCode"] == ("Number", "200")
    assert json.loads(told.attributes["ErrorMessage"][1])["errorType"] == "ValueError"


def test_a_function_may_be_the_destination(emulator, failing):
    failing(0)
    emulator.create_function(**creation(FunctionName="other"))
    got = []
    emulator.bind("other", lambda event, _: got.append(event["responsePayload"]))
    target = {"OnSuccess": {"Destination": ARN[:-2] + "other"}}
    emulator.put_function_event_invoke_config(FunctionName="fn", DestinationConfig=target)
    send(emulator)
    assert got == [{"after": 1}]


def test_events_wait_while_a_function_may_have_no_calls(emulator, failing):
    seen = failing(0)
    emulator.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=0)
    send(emulator)
    emulator.clock.advance(5)
    assert seen == []
    emulator.delete_function_concurrency(FunctionName="fn")
    emulator.clock.advance(60)
    assert len(seen) == 1


@pytest.mark.parametrize(("loops", "calls"), [("Terminate", 16), ("Allow", 40)])
def test_a_chain_that_goes_on_for_ever_ends(emulator, loops, calls):
    count = []

    def handler(event, _):
        count.append(event)
        if len(count) < 40:
            emulator.invoke(FunctionName="fn", InvocationType="Event", Payload="{}")

    emulator.bind("fn", handler)
    emulator.put_function_recursion_config(FunctionName="fn", RecursiveLoop=loops)
    send(emulator)
    assert len(count) == calls


def test_an_event_of_a_function_that_is_gone_is_dropped(emulator, failing):
    seen = failing(9)
    send(emulator)
    emulator.delete_function(FunctionName="fn")
    emulator.clock.advance(86_400)
    assert len(seen) == 1


def test_invoke_async_is_the_same(emulator, failing):
    seen = failing(1)
    assert emulator.invoke_async(FunctionName="fn", InvokeArgs=b"{}")["Status"] == 202
    emulator.clock.advance(60)
    assert len(seen) == 2


def test_a_server_works_off_beside_its_requests(emulator):
    import threading

    came = threading.Event()
    emulator.bind("fn", lambda event, _: came.set())
    with drylambda.Server(emulator) as server:
        client = server.client()
        assert client.invoke(FunctionName="fn", InvocationType="Event")["StatusCode"] == 202
        assert came.wait(20)


def test_a_fork_has_the_events_that_wait_and_a_reset_has_none(emulator, failing):
    seen = failing(9)
    send(emulator)
    fork = emulator.fork()
    emulator.reset()
    emulator.clock.advance(60)
    assert len(seen) == 1
    fork.clock.advance(60)
    assert len(seen) == 2
