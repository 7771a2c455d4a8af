"""A fault that met too few calls is reported at the end of whatever it was asked for in; and pauses are not slept."""

from __future__ import annotations

import asyncio
import gc
import time
import warnings

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import WaiterError

import drylambda
from drylambda.boto.answer import Body
from drylambda.exceptions import UnusedFaultWarning

TEXT = "not everything went wrong that should have: ListFunctions: ServiceException, met 0 of 1 calls"

FUNCTION = {
    "FunctionName": "fn",
    "Runtime": "python3.13",
    "Handler": "app.handler",
    "Role": "arn:aws:iam::123456789012:role/lambda",
    "Code": {"ZipFile": drylambda.make_zip({"app.py": ""})},
}


def ask(emulator):
    emulator.fail("ListFunctions", "ServiceException", times=1)


def as_block():
    with drylambda.mock_lambda() as emulator:
        ask(emulator)


def as_async_block():
    async def main():
        async with drylambda.mock_lambda() as emulator:
            ask(emulator)

    asyncio.run(main())


@drylambda.mock_lambda
def as_decorator(lambda_):
    ask(lambda_)


def as_start_and_stop():
    mock = drylambda.mock_lambda()
    ask(mock.start())
    mock.stop()


def as_given_emulator():
    emulator = drylambda.Lambda()
    ask(emulator)
    with drylambda.mock_lambda(lambda_=emulator):
        pass


def as_attachment():
    client = drylambda.Lambda().client()
    ask(drylambda.attach(client))
    drylambda.detach(client)


def as_reset():
    emulator = drylambda.Lambda()
    ask(emulator)
    emulator.reset()


def as_fault():
    with drylambda.Lambda().fail("ListFunctions", "ServiceException", times=1):
        pass


@pytest.mark.parametrize(
    "form",
    [as_block, as_async_block, as_decorator, as_start_and_stop, as_given_emulator, as_attachment, as_reset, as_fault],
)
def test_a_fault_that_met_no_call_is_reported(form):
    with pytest.warns(UnusedFaultWarning) as caught:
        form()
    assert [str(warning.message) for warning in caught] == [TEXT]
    assert caught[0].filename == __file__


def test_the_line_that_is_told_is_that_of_the_block():
    with pytest.warns(UnusedFaultWarning) as caught:
        as_fault()
    assert caught[0].lineno == as_fault.__code__.co_firstlineno + 1


def test_who_takes_a_fault_away_or_drops_an_emulator_is_told_nothing():
    emulator = drylambda.Lambda()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fault = emulator.fail("ListFunctions", "ServiceException")
        fault.remove()
        ask(emulator)
        del emulator
        gc.collect()
    assert not fault.used


def test_it_is_reported_once():
    emulator = drylambda.Lambda()
    ask(emulator)
    with pytest.warns(UnusedFaultWarning), drylambda.mock_lambda(lambda_=emulator):
        pass
    with warnings.catch_warnings(), drylambda.mock_lambda(lambda_=emulator):
        warnings.simplefilter("error")


def test_a_test_that_failed_hears_nothing_of_it():
    def fail():
        with drylambda.mock_lambda() as emulator:
            ask(emulator)
            msg = "the test's own"
            raise LookupError(msg)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(LookupError):
            fail()


def test_a_fault_that_met_its_calls_is_not_reported():
    with warnings.catch_warnings(), drylambda.mock_lambda() as emulator:
        warnings.simplefilter("error")
        with emulator.fail("ListFunctions", "ServiceException"), pytest.raises(drylambda.ClientError):
            emulator.list_functions()
        ask(emulator)
        with pytest.raises(drylambda.ClientError):
            emulator.list_functions()


@pytest.fixture
def slept(monkeypatch):
    """Return what the process has slept: nothing, for the tests do not wait for it."""
    pauses = []
    monkeypatch.setattr(time, "sleep", lambda seconds: pauses.append(seconds) if seconds else None)
    return pauses


def test_pauses_of_a_mocked_client_pass_on_the_clock(slept):
    with drylambda.mock_lambda(region="eu-west-1", seed=1) as emulator:
        emulator.fail("ListFunctions", "TooManyRequestsException", times=2)
        client = boto3.client("lambda")
        assert client.list_functions()["ResponseMetadata"]["RetryAttempts"] == 2
        assert emulator.clock.time() > 1767225600
    assert slept == []


@pytest.mark.parametrize("depth", ["wire", "call"])
def test_the_looks_of_a_waiter_from_before_the_mock_pass_on_the_clock(slept, depth):
    client = boto3.client("lambda", region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret")
    waiter = client.get_waiter("function_active_v2")
    with drylambda.mock_lambda(seed=1, settle=7, depth=depth) as emulator:
        client.create_function(**FUNCTION)
        waiter.wait(FunctionName="fn")
        assert emulator.clock.time() == 1767225607
    assert slept == []


@pytest.mark.parametrize("way", ["mock", "call", "attached"])
def test_the_looks_of_a_waiter_pass_on_the_clock(slept, way):
    emulator = drylambda.Lambda(seed=1, settle=7)
    with drylambda.mock_lambda(lambda_=emulator, depth="call" if way == "call" else "wire"):
        client = emulator.client() if way == "attached" else boto3.client("lambda", region_name="us-east-1")
        client.create_function(**FUNCTION)
        client.get_waiter("function_active_v2").wait(FunctionName="fn")
        assert emulator.clock.time() == 1767225607
        client.update_function_code(FunctionName="fn", ZipFile=drylambda.make_zip({"app.py": "new"}))
        client.get_waiter("function_updated_v2").wait(FunctionName="fn", WaiterConfig={"Delay": 3})
        assert emulator.clock.time() == 1767225616
    assert slept == []


def test_the_pauses_of_other_services_are_slept(slept):
    def busy(request, **_):
        return AWSResponse(request.url, 503, {}, Body(b""))

    with drylambda.mock_lambda(others="pass") as emulator:
        emulator.client().list_functions()
        boto3.client("lambda", region_name="us-east-1").list_functions()
        client = boto3.client("sqs", region_name="us-east-1")
        client.meta.events.register_first("before-send.sqs", busy)
        with pytest.raises(drylambda.ClientError):
            client.list_queues()
    assert len(slept) > 1


def test_pauses_for_the_emulators_own_s3_pass_on_the_clock(slept):
    with drylambda.mock_lambda(region="us-east-1", s3=True, seed=1) as emulator:
        waiter = boto3.client("s3").get_waiter("bucket_exists")
        with pytest.raises(WaiterError):
            waiter.wait(Bucket="nobody", WaiterConfig={"Delay": 5, "MaxAttempts": 3})
        assert emulator.clock.time() == 1767225610
    assert slept == []
