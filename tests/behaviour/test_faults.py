"""Faults on demand: what AWS answers when it is not well, and what a client then does."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import botocore.session
import pytest
from botocore.exceptions import ClientError
from world import ARN, ZIP_A, ZIP_B, creation, sha256

import drylambda

rule = pytest.mark.rule
in_process = pytest.mark.in_process

LAMBDA = botocore.session.get_session().get_service_model("lambda")
CODES = sorted(shape.name for shape in LAMBDA.operation_model("UpdateFunctionCode").error_shapes)
BROKEN = ["ConnectTimeoutError", "ConnectionClosedError", "EndpointConnectionError", "ReadTimeoutError"]
#: What botocore tries again, which the checks of the ways do not expect.
TRIED_AGAIN = {"TooManyRequestsException", "ServiceException"}


@pytest.fixture
def update(way, fn):
    """Update `F`."""
    return lambda **changes: way.lambda_.update_function_code(**{"FunctionName": "fn", "ZipFile": ZIP_B, **changes})


def error_of(call):
    """Return the refusal of a call, its tries and its own members."""
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response


@rule("E7")
@in_process
def test_a_throttled_call_is_told_when_to_come_again(way, fn):
    way.emulator.fail("UpdateFunctionCode", "TooManyRequestsException")
    response = error_of(lambda: way.face.update_function_code(FunctionName="fn", ZipFile=ZIP_B))
    metadata = response.pop("ResponseMetadata")
    assert metadata["HTTPStatusCode"] == 429
    assert metadata["HTTPHeaders"]["retry-after"] == "1"
    assert response == {
        "Error": {"Code": "TooManyRequestsException", "Message": "Rate exceeded"},
        "Type": "User",
        "message": "Rate exceeded",
        "Reason": "CallerRateLimitExceeded",
        "retryAfterSeconds": "1",
    }


@rule("E8")
@in_process
def test_a_fault_of_the_service_is_a_500(way, fn):
    way.emulator.fail("UpdateFunctionCode", "ServiceException", "An error of Lambda's")
    response = error_of(lambda: way.face.update_function_code(FunctionName="fn", ZipFile=ZIP_B))
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert response["Error"] == {"Code": "ServiceException", "Message": "An error of Lambda's"}
    assert (response["Type"], response["Message"]) == ("Service", "An error of Lambda's")


@pytest.mark.parametrize("code", [code for code in CODES if code not in TRIED_AGAIN])
def test_every_error_of_the_operation_can_be_had_and_changes_nothing(way, fn, update, code):
    with way.unchanged("fn"), way.emulator.fail("UpdateFunctionCode", code), pytest.raises(ClientError) as caught:
        update()
    assert caught.value.response["Error"]["Code"] == code
    assert isinstance(caught.value, getattr(way.face.exceptions, code))


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("AccessDeniedException", 403),
        ("ExpiredTokenException", 403),
        ("InvalidSignatureException", 403),
        ("MissingAuthenticationTokenException", 403),
        ("UnrecognizedClientException", 403),
        ("ServiceUnavailableException", 503),
        ("ThrottlingException", 400),
    ],
)
@in_process
def test_errors_of_every_operation_can_be_had_of_every_operation(way, fn, code, status):
    way.emulator.fail("*", code)
    for call in (way.face.list_functions, lambda: way.face.get_function(FunctionName="fn")):
        response = error_of(call)
        assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)


def test_a_fault_is_for_as_many_calls_as_it_says(way, fn, update):
    fault = way.emulator.fail("UpdateFunctionCode", "ResourceConflictException", times=2)
    for used in (False, True):
        assert error_of(update)["Error"]["Code"] == "ResourceConflictException"
        assert fault.used == used
    assert update()["CodeSha256"] == sha256(ZIP_B)
    assert fault.calls == 2


def test_faults_come_in_the_order_in_which_they_were_asked_for(way, fn, update):
    for code in ("ResourceConflictException", "CodeStorageExceededException"):
        way.emulator.fail("UpdateFunctionCode", code, times=1)
    assert [error_of(update)["Error"]["Code"] for _ in range(2)] == [
        "ResourceConflictException",
        "CodeStorageExceededException",
    ]
    update()


def test_a_fault_that_was_removed_meets_no_call(way, fn, update):
    fault = way.emulator.fail("UpdateFunctionCode", "ResourceConflictException")
    assert [str(it) for it in way.emulator.faults] == [str(fault)]
    fault.remove()
    assert way.emulator.faults == []
    update()


@pytest.mark.parametrize(
    ("when", "meets"),
    [
        ({"FunctionName": "fn"}, True),
        ({"FunctionName": ARN}, True),
        ({"FunctionName": "function:fn"}, True),
        ({"FunctionName": f"{ARN}:1"}, False),
        ({"FunctionName": "other"}, False),
        ({"FunctionName": ARN.replace("us-east-1", "eu-west-1")}, True),  # a name says no Region
        ({"DryRun": True}, True),
        ({"DryRun": False}, False),
        ({"Publish": False}, False),  # it is left out
        ({"Architectures": ["arm64"]}, True),
        ({"Architectures": ["x86_64"]}, False),
        ({"FunctionName": "fn", "Publish": True}, False),
        ({"ZipFile": ZIP_B}, True),
        ({"ZipFile": ZIP_A}, False),
        ({}, True),
    ],
)
def test_a_fault_is_for_calls_with_certain_parameters(way, fn, update, when, meets):
    fault = way.emulator.fail("UpdateFunctionCode", "ResourceConflictException", when=when)
    try:
        update(DryRun=True, Architectures=["arm64"])
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ResourceConflictException"
    assert fault.calls == meets
    fault.remove()


def test_a_function_is_met_by_its_name_however_it_is_called(way, fn):
    fault = way.emulator.fail("GetFunction", "ResourceNotFoundException", when={"FunctionName": "fn"})
    for name in ("fn", "fn:1", "function:fn", ARN, f"{ARN}:$LATEST"):
        error_of(lambda name=name: way.face.get_function(FunctionName=name))
    assert fault.calls == 5


def test_members_of_structures_and_keys_of_maps_may_be_more(way):
    variables = {"ONE": "1", "TWO": "2"}
    when = {"Environment": {"Variables": {"ONE": "1"}}}
    with way.emulator.fail("CreateFunction", "ResourceConflictException", when=when), pytest.raises(ClientError):
        way.lambda_.create_function(**creation(Environment={"Variables": variables}))
    when = {"Environment": {"Variables": {"ONE": "2"}}}
    fault = way.emulator.fail("CreateFunction", "ResourceConflictException", when=when)
    way.lambda_.create_function(**creation(Environment={"Variables": variables}))
    fault.remove()


@pytest.mark.parametrize(
    ("arguments", "options", "text"),
    [
        (("UpdateFunctionCod", "ServiceException"), {}, "'UpdateFunctionCod' is not an operation of Lambda; did you mean UpdateFunctionCode or"),
        (("update_function_code", "ServiceException"), {}, "boto3's method is AWS's 'UpdateFunctionCode'"),
        (("DescribeInstances", "ServiceException"), {}, "is not an operation of Lambda"),
        (("UpdateFunctionCode", "TooManyRequests"), {}, "UpdateFunctionCode has no error 'TooManyRequests'; it has .*TooManyRequestsException.*ReadTimeoutError"),
        (("ListFunctions", "ResourceConflictException"), {}, "ListFunctions has no error 'ResourceConflictException'"),
        (("*", "ResourceConflictException"), {}, "not every operation has an error 'ResourceConflictException'"),
        (("UpdateFunctionCode", "ServiceException"), {"times": 0}, "times is a number of calls, 1 or more, not 0"),
        (("UpdateFunctionCode", "ServiceException"), {"times": -1}, "times is a number of calls, 1 or more, not -1"),
        (("UpdateFunctionCode", "ServiceException"), {"times": 2**70}, "times is a number of calls, 1 or more, not 1180"),
        (("UpdateFunctionCode", "ServiceException"), {"when": {"Function": "fn"}}, "when: Unknown parameter in input: .Function., must be one of: FunctionName"),
        (("UpdateFunctionCode", "ServiceException"), {"when": {"DryRun": "yes"}}, "when: Invalid type for parameter DryRun"),
        (("*", "ServiceException"), {"when": {"FunctionName": "fn"}}, "when is about the parameters of one operation"),
        (("UpdateFunctionCode", "ServiceException"), {"done": True}, "done=True is for answers that are lost: ReadTimeoutError or ConnectionClosedError, not ServiceException"),
        (("UpdateFunctionCode", "ConnectTimeoutError"), {"done": True}, "done=True is for answers that are lost"),
        (("UpdateFunctionCode", "ReadTimeoutError", "a text"), {}, "message is for AWS's errors"),
    ],
)  # fmt: skip
def test_a_fault_that_could_meet_no_call_is_refused(arguments, options, text):
    emulator = drylambda.Lambda()
    with pytest.raises(ValueError, match=text.replace("'", "[\"']")):
        emulator.fail(*arguments, **options)
    assert emulator.faults == []


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 0.0004, 1e300])
def test_a_delay_that_is_none_is_refused(seconds):
    with pytest.raises(ValueError, match="seconds"):
        drylambda.Lambda().delay("UpdateFunctionCode", seconds)


@pytest.mark.parametrize("calls", [-1, 2**70])
def test_a_number_of_calls_that_is_none_is_refused(calls):
    held = drylambda.Lambda().hold("UpdateFunctionCode")
    with pytest.raises(ValueError, match=f"calls is a number of calls, 0 or more, not {calls}"):
        held.wait(calls)


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("operation", ["UpdateFunctionCode", "*"])
@in_process
def test_a_connection_breaks_before_anything_is_done(way, fn, name, operation):
    import botocore.exceptions

    broken = getattr(botocore.exceptions, name)
    with way.unchanged("fn"):
        fault = way.emulator.fail(operation, name)
        with pytest.raises(broken) as caught:
            way.face.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
        fault.remove()
    assert "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/fn/code" in str(caught.value)
    assert isinstance(caught.value, getattr(drylambda.exceptions, name))


@pytest.mark.parametrize("name", ["ConnectionClosedError", "ReadTimeoutError"])
@in_process
def test_an_answer_is_lost_and_the_call_done(way, fn, update, name):
    way.emulator.fail("PublishVersion", name, done=True, times=1)
    published = way.emulator.journal
    try:
        way.face.publish_version(FunctionName="fn")
    except getattr(drylambda.exceptions, name):
        assert way.kind != "client"  # botocore tries again, and finds that there is a version
    versions = way.lambda_.list_versions_by_function(FunctionName="fn")["Versions"]
    assert [it["Version"] for it in versions] == ["$LATEST", "1"]
    assert len(way.emulator.journal) > len(published)


@rule("K6")
@pytest.mark.parametrize("mode", ["legacy", "standard"])
@pytest.mark.parametrize("error", ["TooManyRequestsException", "ServiceException", *BROKEN])
def test_boto3_tries_again_and_nobody_sleeps(mode, error, monkeypatch):
    import time

    from botocore.config import Config

    def sleep(seconds):
        assert seconds == 0

    monkeypatch.setattr(time, "sleep", sleep)
    emulator = drylambda.Lambda(seed=1, settle="instant")
    emulator.create_function(**creation())
    client = emulator.client(config=Config(retries={"mode": mode, "total_max_attempts": 3}))
    emulator.fail("UpdateFunctionCode", error, times=2)
    before = emulator.clock.time()
    response = client.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert response["ResponseMetadata"]["RetryAttempts"] == 2
    assert emulator.clock.time() > before
    assert [entry.error_code for entry in emulator.journal][-3:] == [error, error, None]


@rule("K6")
@pytest.mark.parametrize("error", ["ResourceConflictException", "PreconditionFailedException"])
def test_boto3_tries_no_conflict_again(way, fn, update, error):
    fault = way.emulator.fail("UpdateFunctionCode", error)
    assert error_of(update)["ResponseMetadata"]["RetryAttempts"] == 0
    assert fault.calls == 1


def test_a_slow_answer_takes_its_time_on_the_clock(way, fn, update):
    before = way.clock.time()
    way.emulator.delay("UpdateFunctionCode", 12.5, times=1)
    assert update()["LastModified"] == "2026-01-01T00:00:12.000+0000"
    assert way.clock.time() - before == 12.5


@in_process
def test_who_does_not_wait_for_a_slow_answer_does_not_know_what_was_done(fn, way, update):
    way.emulator.delay("UpdateFunctionCode", 61, times=1)
    if way.kind == "direct":
        update()
        assert way.clock.time() == 1767225661
    elif way.kind == "call":
        with pytest.raises(drylambda.exceptions.ReadTimeoutError):
            update()
        assert way.clock.time() == 1767225660
    else:
        # botocore tries again, and finds its own update under way.
        response = error_of(lambda: way.face.update_function_code(FunctionName="fn", ZipFile=ZIP_B))
        assert response["Error"]["Code"] == "ResourceConflictException"
        assert response["ResponseMetadata"]["RetryAttempts"] == 1
    assert way.settled("fn")["CodeSha256"] == sha256(ZIP_B)


def test_a_call_may_wait_shorter_than_its_client():
    from botocore.config import Config

    def hurry(context, **_):
        context["read_timeout"] = 5

    emulator = drylambda.Lambda(seed=1)
    emulator.delay("ListFunctions", 10, times=1)
    client = emulator.client(config=Config(retries={"total_max_attempts": 1}))
    client.meta.events.register("before-call.lambda.ListFunctions", hurry)
    with pytest.raises(drylambda.exceptions.ReadTimeoutError):
        client.list_functions()
    assert emulator.clock.time() == 1767225605


@pytest.mark.parametrize("name", ["read_timeout", "sock_read", "read"])
def test_the_timeouts_of_every_library_count(name):
    emulator = drylambda.Lambda(seed=1)
    emulator.delay("ListFunctions", 10)
    asked = ("GET", "lambda.us-east-1.amazonaws.com", "/2015-03-31/functions/", "", [], b"")
    for seconds in (None, 20):
        assert emulator._wire(*asked, timeout=SimpleNamespace(**{name: seconds}))[0] == 200
    with pytest.raises(drylambda.exceptions.ReadTimeoutError):
        emulator._wire(*asked, timeout=SimpleNamespace(**{name: 5}))
    assert emulator.clock.time() == 1767225625


def test_a_held_call_waits_and_others_go_on(way, fn, update):
    held = way.emulator.hold("UpdateFunctionCode")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(update)
        held.wait()
        with way.unchanged("fn"):
            assert not running.done()
        held.release()
        assert running.result(10)["CodeSha256"] == sha256(ZIP_B)
    assert held.calls == 1
    way.settled("fn")
    update()


@pytest.mark.parametrize("end", ["remove", "reset", "mock"])
def test_whoever_is_held_is_let_go_at_the_end(end):
    results = []
    with drylambda.mock_lambda(settle="instant") as emulator:
        emulator.create_function(**creation())
        held = emulator.hold("ListFunctions")
        thread = threading.Thread(target=lambda: results.append(emulator.list_functions()))
        thread.start()
        held.wait()
        {"remove": held.remove, "reset": emulator.reset, "mock": lambda: None}[end]()
    thread.join(10)
    assert len(results) == 1


def test_a_call_that_nobody_releases_is_refused_and_says_why(way, fn, update):
    way.emulator.hold("UpdateFunctionCode", timeout=0)
    response = error_of(lambda: way.face.update_function_code(FunctionName="fn", ZipFile=ZIP_B))
    assert response["Error"]["Code"] == "DrylambdaNotReleased"
    assert "nothing released it" in response["Error"]["Message"]


def test_waiting_for_calls_that_do_not_come_says_so():
    held = drylambda.Lambda().hold("UpdateFunctionCode")
    with pytest.raises(RuntimeError, match=r"not 1 calls wait: UpdateFunctionCode: held, met 0 calls"):
        held.wait(timeout=0)


def test_only_a_hold_can_be_released():
    with pytest.raises(TypeError, match="nothing is held by UpdateFunctionCode: ServiceException, met 0 calls"):
        drylambda.Lambda().fail("UpdateFunctionCode", "ServiceException").release()


def test_a_fault_says_what_it_is():
    when = {"FunctionName": "fn", "Publish": True}
    fault = drylambda.Lambda().fail("UpdateFunctionCode", "ServiceException", times=2, when=when)
    text = 'UpdateFunctionCode (FunctionName="fn", Publish=true): ServiceException, met 0 of 2 calls'
    assert str(fault) == text
    assert repr(fault) == f"<drylambda.Fault {text}>"


def test_a_call_that_is_wrong_itself_meets_no_fault(way, fn):
    fault = way.emulator.fail("UpdateFunctionCode", "ResourceConflictException")
    response = error_of(lambda: way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, S3Key="k" * 2000))
    assert response["Error"]["Code"] == "ValidationException"
    assert fault.calls == 0
    fault.remove()


def test_a_client_that_waits_for_ever_waits_for_a_slow_answer():
    from botocore.config import Config

    emulator = drylambda.Lambda(seed=1)
    emulator.delay("ListFunctions", 10_000)
    for depth in ("wire", "call"):
        emulator.client(depth=depth, config=Config(read_timeout=float("inf"))).list_functions()
    assert emulator.clock.time() == 1767225600 + 20_000


def test_a_call_of_a_function_may_fail_and_the_next_one_arrives(way, fn):
    way.emulator.bind("fn", lambda event, _: event)
    way.emulator.fail("Invoke", "InvalidRequestContentException", times=1)
    response = error_of(lambda: way.face.invoke(FunctionName="fn"))
    assert response["Error"]["Code"] == "InvalidRequestContentException"
    assert way.face.invoke(FunctionName="fn")["Payload"].read() == b"{}"


def test_another_mock_of_the_same_emulator_ends_no_fault():
    emulator = drylambda.Lambda()
    with drylambda.mock_lambda(lambda_=emulator), ThreadPoolExecutor(1) as pool:
        held = emulator.hold("ListFunctions")
        with drylambda.mock_lambda(lambda_=emulator, region="eu-west-1"):
            pass
        running = pool.submit(emulator.list_functions)
        held.wait()
        assert not running.done()
        held.release()
        running.result(10)


@pytest.mark.parametrize("what", ["call", "wait"])
def test_an_interrupt_is_heard_while_something_is_held(what):
    import signal
    import subprocess
    import sys

    script = f"""
import os, signal, threading
import drylambda
# A run in the background begins with interrupts ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
emulator = drylambda.Lambda()
held = emulator.hold("ListFunctions")
def interrupt():
    if {what!r} == "call":
        held.wait()
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt).start()
emulator.list_functions() if {what!r} == "call" else held.wait(timeout=60)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=25)
    assert b"KeyboardInterrupt" in done.stderr
    assert done.returncode == -signal.SIGINT
