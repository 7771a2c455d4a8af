"""Updates that fail, functions that become inactive (T6, T7): on AWS by themselves, here when a test asks for it."""

from __future__ import annotations

import pytest
from botocore.exceptions import WaiterError
from texts import NOT_A_ZIP, in_progress
from world import SETTLED, ZIP_A, ZIP_B, creation, sha256

case, rule = pytest.mark.case, pytest.mark.rule

CODE, REASON = "InvalidZipFileException", "The zip could not be unpacked."
FAILED = {"LastUpdateStatus": "Failed", "LastUpdateStatusReason": REASON, "LastUpdateStatusReasonCode": CODE}


def status(configuration):
    names = ("State", "LastUpdateStatus")
    return {name: value for name, value in configuration.items() if name.startswith(names)}


def served(way, **qualifier):
    """Return the bytes that the function runs."""
    return way.emulator.download(way.lambda_.get_function(FunctionName="fn", **qualifier)["Code"]["Location"])


@case(86)
@rule("T6")
@pytest.mark.parametrize("early", [True, False], ids=["before_the_update", "while_it_is_in_progress"])
def test_a_failed_update_leaves_the_old_code_and_a_new_one_is_accepted(way, fn, early):
    if early:
        way.emulator.fail_update("fn", CODE, REASON)
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert (answer["LastUpdateStatus"], answer["CodeSha256"]) == ("InProgress", sha256(ZIP_B))
    if not early:
        way.emulator.fail_update("fn", CODE, REASON)
    failed = way.lambda_.get_function_configuration(FunctionName="fn")
    assert status(failed) == {"State": "Active", **FAILED}
    assert (failed["CodeSha256"], failed["CodeSize"]) == (sha256(ZIP_A), len(ZIP_A))
    assert served(way) == ZIP_A
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert status(way.settled("fn")) == SETTLED
    assert served(way) == ZIP_B


@rule("T6")
def test_the_waiter_says_that_the_update_failed(way, fn):
    way.emulator.fail_update("fn")
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    with pytest.raises(WaiterError, match='we matched expected path: "Failed"'):
        way.waiter("function_updated_v2").wait(FunctionName="fn")


@rule("T6")
def test_a_failed_configuration_is_not_kept(way, fn):
    way.emulator.fail_update("fn", CODE, REASON)
    way.lambda_.update_function_configuration(FunctionName="fn", Description="new")
    failed = way.lambda_.get_function_configuration(FunctionName="fn")
    assert (failed["Description"], status(failed)) == ("", {"State": "Active", **FAILED})


@rule("T6", "N1")
def test_a_failure_ends_the_update_with_a_new_revision(way, fn):
    way.emulator.fail_update("fn")
    during = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)["RevisionId"]
    after = way.lambda_.get_function_configuration(FunctionName="fn")["RevisionId"]
    assert len({fn["RevisionId"], during, after}) == 3


@rule("T6")
def test_a_function_whose_creation_fails_is_failed_and_can_be_updated(way):
    way.lambda_.create_function(**creation())
    way.emulator.fail_update("fn", CODE, REASON)
    failed = way.lambda_.get_function_configuration(FunctionName="fn")
    assert status(failed) == {"State": "Failed", "StateReason": REASON, "StateReasonCode": CODE}
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert status(way.settled("fn")) == SETTLED


@rule("T6", "V2")
def test_a_version_that_is_published_by_a_failing_update_is_failed(way, fn):
    way.emulator.fail_update("fn", CODE, REASON)
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, Publish=True)
    failed = way.lambda_.get_function_configuration(FunctionName="fn", Qualifier="1")
    assert status(failed) == {"State": "Failed", "StateReason": REASON, "StateReasonCode": CODE}
    assert status(way.lambda_.get_function_configuration(FunctionName="fn")) == {"State": "Active", **FAILED}
    # What is published next is what serves, not what failed.
    published = way.lambda_.publish_version(FunctionName="fn")
    assert (published["Version"], published["CodeSha256"]) == ("2", sha256(ZIP_A))


@rule("T6")
@pytest.mark.parametrize("settle", ["instant", 5])
def test_an_update_fails_whenever_it_settles(way, settle):
    way = way.another(settle=settle)
    way.lambda_.create_function(**creation())
    way.clock.advance(5)
    way.emulator.fail_update("fn", CODE, REASON)
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    way.clock.advance(5)
    assert status(way.lambda_.get_function_configuration(FunctionName="fn")) == {"State": "Active", **FAILED}
    assert served(way) == ZIP_A
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)


@rule("T6", "Q3")
@pytest.mark.parametrize("settle", ["instant", 5])
def test_a_failed_update_takes_up_no_storage(way, settle):
    way = way.another(settle=settle)
    way.lambda_.create_function(**creation())
    way.clock.advance(5)
    before = way.lambda_.get_account_settings()["AccountUsage"]
    way.emulator.fail_update("fn", CODE, REASON)
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    way.clock.advance(5)
    assert way.lambda_.get_account_settings()["AccountUsage"] == before


@rule("T6", "D10")
def test_a_refused_update_and_a_dry_run_use_no_failure_up(way, fn):
    way.emulator.fail_update("fn", CODE, REASON)
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, DryRun=True)
    way.refused(way.lambda_.update_function_code, NOT_A_ZIP, FunctionName="fn", ZipFile=b"not a zip")
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert status(way.lambda_.get_function_configuration(FunctionName="fn")) == {"State": "Active", **FAILED}


@rule("T7", "T1")
def test_an_inactive_function_is_restored_by_an_update(way, fn):
    way.emulator.deactivate("fn")
    inactive = way.lambda_.get_function_configuration(FunctionName="fn")
    assert (inactive["State"], inactive["StateReasonCode"]) == ("Inactive", "Idle")
    assert inactive["LastUpdateStatus"] == "Successful"
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_A)
    assert status(way.settled("fn")) == SETTLED


@rule("T7")
def test_a_function_in_the_middle_of_an_update_does_not_become_inactive(way, fn):
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    with pytest.raises(ValueError, match="An update is in progress"):
        way.emulator.deactivate("fn")
    way.refused(way.lambda_.update_function_code, in_progress(), FunctionName="fn", ZipFile=ZIP_B)


@pytest.mark.parametrize("command", ["fail_update", "deactivate"])
def test_only_functions_that_are_there_and_codes_that_aws_has(way, fn, command):
    with pytest.raises(ValueError, match=r"Function not found: .*:function:nobody"):
        getattr(way.emulator, command)("nobody")
    with pytest.raises(ValueError, match=r'"Tired" is no \w+ReasonCode; there are .*InternalError'):
        getattr(way.emulator, command)("fn", "Tired")
    assert way.settled("fn") == fn
