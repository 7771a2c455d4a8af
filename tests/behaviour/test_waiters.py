"""boto3's own waiters: each is done at its first look, without sleeping (section 8)."""

from __future__ import annotations

import pytest
from botocore.exceptions import WaiterError
from world import SETTLED, ZIP_B, creation

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule

WAITERS = ["function_exists", "function_active", "function_active_v2", "function_updated", "function_updated_v2"]


@fact(230)
@rule("T2", "T4")
@pytest.mark.parametrize("name", WAITERS)
@pytest.mark.parametrize("settle", ["on_read", "instant"])
def test_a_waiter_is_done_at_its_first_look(way, name, settle):
    way = way.another(settle=settle)
    way.lambda_.create_function(**creation())
    way.waiter(name).wait(FunctionName="fn")
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    way.waiter(name).wait(FunctionName="fn")
    way.lambda_.update_function_configuration(FunctionName="fn", Description="new")
    way.waiter(name).wait(FunctionName="fn")
    configuration = way.lambda_.get_function_configuration(FunctionName="fn")
    assert {member: configuration[member] for member in SETTLED} == SETTLED


@case(59)
@fact(230)
@rule("V2")
@pytest.mark.parametrize("settle", ["on_read", "instant"])
def test_a_published_version_is_waited_for(way, settle):
    way = way.another(settle=settle)
    way.lambda_.create_function(**creation(), Publish=True)
    way.waiter("published_version_active").wait(FunctionName="fn", Qualifier="1")
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, Publish=True)
    way.waiter("published_version_active").wait(FunctionName="fn:2")
    way.waiter("function_updated").wait(FunctionName="fn", Qualifier="2")


@pytest.mark.parametrize("name", [*WAITERS, "published_version_active"])
def test_the_waiters_that_a_client_makes_itself_do_not_sleep(ways, name):
    for way in (ways["client"], ways["call"]):
        way.lambda_.create_function(**creation())
        way.face.get_waiter(name).wait(FunctionName="fn")


@pytest.mark.parametrize("name", [it for it in WAITERS if it != "function_exists"])
def test_a_waiter_for_a_function_that_is_not_there_fails_at_once(way, name):
    with pytest.raises(WaiterError, match="Function not found: arn:aws:lambda:us-east-1:123456789012:function:fn"):
        way.waiter(name).wait(FunctionName="fn")


@rule("T8")
def test_with_seconds_a_waiter_looks_until_the_clock_has_moved(way, monkeypatch):
    import botocore.waiter

    way = way.another(settle=4)
    way.lambda_.create_function(**creation())
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        way.clock.advance(seconds)

    monkeypatch.setattr(botocore.waiter.time, "sleep", sleep)
    way.waiter("function_active_v2").wait(FunctionName="fn")
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    way.waiter("function_updated").wait(FunctionName="fn")
    assert slept == [1, 1, 1, 1, 5]
