"""aiobotocore's clients in process: mocked, attached, and made by an emulator."""

from __future__ import annotations

import asyncio
import importlib
import os
import subprocess
import sys
import threading

import boto3
import pytest

import drylambda
from drylambda import mock_lambda
from drylambda.boto.aio import threads

aiobotocore = pytest.importorskip(
    "aiobotocore", reason="aiobotocore has an environment of its own, in tasks.py test-wheel"
)
from aiobotocore.config import AioConfig  # noqa: E402
from aiobotocore.session import get_session  # noqa: E402

ROLE = "arn:aws:iam::123456789012:role/lambda"
OLD = drylambda.make_zip({"app.py": "old"})
NEW = drylambda.make_zip({"app.py": "new"})
LARGE = drylambda.make_zip({"noise": bytes(range(256)) * 2_000, "app.py": "large"})


def creation(name="fn"):
    function = {"FunctionName": name, "Runtime": "python3.13", "Handler": "app.handler", "Role": ROLE}
    return {**function, "Code": {"ZipFile": OLD}}


def client(service="lambda", **options):
    return get_session().create_client(service, region_name="us-east-1", **options)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """No test looks up a host; nothing sleeps."""
    monkeypatch.setattr(
        asyncio.base_events.BaseEventLoop,
        "getaddrinfo",
        lambda _, host, *__, **___: pytest.fail(f"something looks up {host}"),
    )


def patched():
    """Every attribute of botocore's and aiobotocore's that a mock may patch, as it is now."""
    from drylambda.boto import patches
    from drylambda.boto.aio import patches as aio_patches

    sites = [*patches.SITES, *aio_patches.sites()]
    return {(repr(site.owner), site.attribute): site.owner.__dict__.get(site.attribute) for site in sites}


@pytest.fixture(autouse=True)
def _everything_is_put_back():
    before = patched()
    yield
    after = patched()
    assert all(after[site] is before[site] for site in before)


@pytest.mark.parametrize("depth", ["wire", "call"])
def test_functions_run_beside_the_loop_and_answer_what_can_be_awaited(depth):
    begun, goes_on = threading.Event(), threading.Event()

    def handler(event, _context):
        begun.set()
        assert goes_on.wait(10), "the loop stands still"
        # A handler may have a loop of its own.
        asyncio.run(asyncio.sleep(0))
        return event

    async def main():
        emulator = drylambda.Lambda(seed=1, settle="instant")
        emulator.create_function(**creation())
        emulator.bind("fn", handler)
        async with emulator.async_client(depth=depth) as lambda_:
            whole = asyncio.ensure_future(lambda_.invoke(FunctionName="fn", Payload=b"[1]"))
            assert await asyncio.to_thread(begun.wait, 10)
            goes_on.set()
            assert await (await whole)["Payload"].read() == b"[1]"
            streamed = await lambda_.invoke_with_response_stream(FunctionName="fn", Payload=b"[2]")
            assert [event async for event in streamed["EventStream"]] == [
                {"PayloadChunk": {"Payload": b"[2]"}},
                {"InvokeComplete": {}},
            ]

    asyncio.run(main())


@pytest.mark.parametrize("depth", ["wire", "call"])
def test_a_mock_answers_async_clients(depth):
    @mock_lambda(depth=depth, settle="instant")
    async def main():
        async with client() as lambda_:
            await lambda_.create_function(**creation())
            answer = await lambda_.update_function_code(FunctionName="fn", ZipFile=NEW, Publish=True)
            assert answer["Version"] == "1"
            with pytest.raises(lambda_.exceptions.ResourceNotFoundException) as caught:
                await lambda_.get_function(FunctionName="nobody")
            assert caught.value.response["Error"]["Message"].startswith("Function not found: arn:aws:lambda:us-east-1:")
            pages = lambda_.get_paginator("list_versions_by_function").paginate(FunctionName="fn")
            assert [it["Version"] async for page in pages for it in page["Versions"]] == ["$LATEST", "1"]

    asyncio.run(main())


@pytest.mark.parametrize("depth", ["wire", "call"])
def test_a_client_that_was_made_before_is_answered_too(depth):
    async def main():
        keys = {"aws_access_key_id": "AKIA", "aws_secret_access_key": "secret"}
        async with client(**keys) as lambda_, mock_lambda(depth=depth):
            assert (await lambda_.list_functions())["Functions"] == []

    asyncio.run(main())


def test_sync_and_async_clients_see_the_same_functions():
    async def main():
        with mock_lambda(region="us-east-1") as emulator:
            boto3.client("lambda").create_function(**creation())
            async with client() as lambda_:
                found = (await lambda_.list_functions())["Functions"]
            assert [it["FunctionName"] for it in found] == ["fn"]
            assert found == boto3.client("lambda").list_functions()["Functions"]
            assert len(emulator.journal.of("ListFunctions")) == 2

    pytest.importorskip("boto3")
    asyncio.run(main())


@pytest.mark.parametrize("depth", ["wire", "call"])
def test_an_attached_client_is_answered_until_it_is_detached(depth):
    async def main():
        async with client(aws_access_key_id="AKIA", aws_secret_access_key="secret") as lambda_:
            before = dict(vars(lambda_)), dict(vars(lambda_._endpoint))
            emulator = drylambda.attach(lambda_, depth=depth)
            await lambda_.create_function(**creation())
            assert [it["FunctionName"] for it in emulator.list_functions()["Functions"]] == ["fn"]
            drylambda.detach(lambda_)
            assert (dict(vars(lambda_)), dict(vars(lambda_._endpoint))) == before

    asyncio.run(main())


@pytest.mark.parametrize("depth", ["wire", "call"])
def test_an_emulator_makes_async_clients(depth):
    async def main():
        emulator = drylambda.Lambda(region="eu-west-1", seed=1)
        async with emulator.async_client(depth=depth) as lambda_:
            answer = await lambda_.create_function(**creation())
        assert answer["FunctionArn"] == "arn:aws:lambda:eu-west-1:123456789012:function:fn"
        assert emulator.package("fn").sha256 == answer["CodeSha256"]

    asyncio.run(main())


def test_a_machines_profiles_change_no_client_of_an_emulator(monkeypatch):
    async def main():
        async with drylambda.Lambda().async_client() as lambda_:
            assert (await lambda_.list_functions())["Functions"] == []

    monkeypatch.setenv("AWS_PROFILE", "nobody")
    asyncio.run(main())


def test_a_large_package_arrives_whole():
    async def main():
        emulator = drylambda.Lambda(settle="instant")
        for depth in ("wire", "call"):
            async with emulator.async_client(depth=depth) as lambda_:
                await lambda_.create_function(**creation(depth))
                await lambda_.update_function_code(FunctionName=depth, ZipFile=LARGE)
            assert bytes(emulator.package(depth)) == LARGE

    asyncio.run(main())


def test_objects_of_s3_are_streamed_and_deployed():
    async def main():
        with mock_lambda(region="us-east-1", s3=True):
            async with client("s3") as s3, client() as lambda_:
                await s3.create_bucket(Bucket="deployments")
                await s3.put_object(Bucket="deployments", Key="app.zip", Body=NEW)
                body = (await s3.get_object(Bucket="deployments", Key="app.zip"))["Body"]
                assert await body.read(10) + await body.read() == NEW
                body = (await s3.get_object(Bucket="deployments", Key="app.zip"))["Body"]
                assert b"".join([piece async for piece in body.iter_chunks(16)]) == NEW
                await lambda_.create_function(**creation())
                await lambda_.get_waiter("function_active_v2").wait(FunctionName="fn")
                code = {"S3Bucket": "deployments", "S3Key": "app.zip"}
                answer = await lambda_.update_function_code(FunctionName="fn", **code)
                assert answer["CodeSha256"] == drylambda.Package(NEW).sha256

    asyncio.run(main())


def test_tries_and_looks_pause_on_the_clock(monkeypatch):
    async def sleep(seconds, *result):
        assert seconds == 0
        return result[0] if result else None

    async def main():
        monkeypatch.setattr(asyncio, "sleep", sleep)
        with mock_lambda(region="us-east-1", seed=1, settle=5) as emulator:
            async with client(config=AioConfig(retries={"mode": "standard", "total_max_attempts": 3})) as lambda_:
                emulator.fail("CreateFunction", "TooManyRequestsException", times=2)
                answer = await lambda_.create_function(**creation())
                assert answer["ResponseMetadata"]["RetryAttempts"] == 2
                before = emulator.clock.time()
                await lambda_.get_waiter("function_active_v2").wait(FunctionName="fn")
                assert emulator.clock.time() - before == 5

    asyncio.run(main())


def test_tries_of_an_attached_client_pause_on_the_clock():
    async def main():
        emulator = drylambda.Lambda(seed=1)
        async with emulator.async_client() as lambda_:
            emulator.fail("ListFunctions", "ReadTimeoutError", times=1)
            assert (await lambda_.list_functions())["ResponseMetadata"]["RetryAttempts"] == 1
        assert emulator.clock.time() > 1767225600

    asyncio.run(main())


@pytest.mark.parametrize("depth", ["wire", "call"])
def test_a_held_call_holds_no_loop(depth):
    async def main():
        with mock_lambda(region="us-east-1", depth=depth) as emulator:
            held = emulator.hold("ListFunctions")
            async with client() as lambda_:
                listing = asyncio.create_task(lambda_.list_functions())
                await asyncio.to_thread(held.wait)
                await lambda_.create_function(**creation())
                held.release()
                assert len((await listing)["Functions"]) == 1

    asyncio.run(main())


def test_an_unused_fault_names_the_line_of_the_test():
    async def main():
        emulator = drylambda.Lambda()
        emulator.hold("GetFunction")
        async with emulator.async_client():
            pass

    with pytest.warns(drylambda.exceptions.UnusedFaultWarning) as caught:
        asyncio.run(main())
    assert caught[0].filename == __file__


def test_a_call_whose_task_is_cancelled_was_sent():
    async def main():
        emulator = drylambda.Lambda()
        held = emulator.hold("CreateFunction")
        async with emulator.async_client() as lambda_:
            creating = asyncio.create_task(lambda_.create_function(**creation()))
            await asyncio.to_thread(held.wait)
            creating.cancel()
            with pytest.raises(asyncio.CancelledError):
                await creating
            assert (await lambda_.list_functions())["Functions"] == []
            held.release()
            threads._threads().shutdown()
            threads._threads.cache_clear()
            assert len((await lambda_.list_functions())["Functions"]) == 1

    asyncio.run(main())


FORK = """
import asyncio, os, warnings, drylambda
from drylambda.boto.aio import threads

async def main():
    emulator = drylambda.Lambda()
    warnings.simplefilter("ignore")
    emulator.hold("GetFunction")
    async with emulator.async_client() as lambda_:
        return len((await lambda_.list_functions())["Functions"])

asyncio.run(main())
before = threads._threads()
child = os.fork()
if child == 0:
    os._exit(threads._threads() is before or asyncio.run(main()))
assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_has_threads_of_its_own():
    subprocess.run([sys.executable, "-c", FORK], check=True, timeout=30)


def test_loops_and_threads_at_once_do_not_meet():
    failures = []

    def run(number):
        async def main():
            async with mock_lambda(region="us-east-1", settle="instant"), client() as lambda_:
                await asyncio.gather(*(lambda_.create_function(**creation(f"fn-{number}-{it}")) for it in range(5)))
                names = {it["FunctionName"] for it in (await lambda_.list_functions())["Functions"]}
                assert names == {f"fn-{number}-{it}" for it in range(5)}

        try:
            asyncio.run(main())
        except BaseException as error:  # noqa: BLE001 - it is raised in another thread
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_other_services_are_refused_by_name():
    async def main():
        with mock_lambda(region="us-east-1"):
            async with client("sqs") as sqs:
                with pytest.raises(drylambda.exceptions.OtherServiceError, match="ListQueues"):
                    await sqs.list_queues()

    asyncio.run(main())


def test_it_may_be_imported_after_the_mock_was_entered():
    names = [name for name in sys.modules if name.partition(".")[0] == "aiobotocore"]
    kept = {name: sys.modules.pop(name) for name in names}
    try:

        async def main():
            with mock_lambda(region="us-east-1"):
                session = importlib.import_module("aiobotocore.session").get_session()
                async with session.create_client("lambda", region_name="us-east-1") as lambda_:
                    assert (await lambda_.list_functions())["Functions"] == []

        asyncio.run(main())
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "aiobotocore"]:
            del sys.modules[name]
        sys.modules.update(kept)


def test_many_held_calls_leave_the_threads_of_the_loop_free():
    async def main():
        with mock_lambda(region="us-east-1") as emulator:
            held = emulator.hold("ListFunctions")
            async with client() as lambda_:
                listing = [asyncio.create_task(lambda_.list_functions()) for _ in range(40)]
                await asyncio.to_thread(held.wait, 40)
                await lambda_.get_account_settings()
                held.release()
                assert all(answer["Functions"] == [] for answer in await asyncio.gather(*listing))

    asyncio.run(main())


@pytest.mark.parametrize("depth", ["wire", "call"])
def test_the_looks_of_an_attached_clients_waiter_pass_on_the_clock(depth):
    async def main():
        emulator = drylambda.Lambda(seed=1, settle=50)
        async with emulator.async_client(depth=depth) as lambda_:
            await lambda_.create_function(**creation())
            waiter = lambda_.get_waiter("function_active_v2")
            await waiter.wait(FunctionName="fn", WaiterConfig={"Delay": 25})
        assert emulator.clock.time() == 1767225650

    asyncio.run(main())
