"""The account's storage for code: what counts, and what no longer finds room (Z15, section 15)."""

from __future__ import annotations

import hashlib

import pytest
from texts import STORAGE_EXCEEDED, conflict
from world import ZIP_A, ZIP_B, creation

from drylambda import make_zip

case, rule = pytest.mark.case, pytest.mark.rule

LARGE = make_zip({"data": b"".join(hashlib.sha256(bytes([it])).digest() for it in range(64))})


def usage(way):
    return way.lambda_.get_account_settings()["AccountUsage"]


def made(way, limit, **members):
    """Another emulator with this limit and one settled function."""
    way = way.another(code_storage_limit=limit)
    way.lambda_.create_function(**creation(**members))
    way.settled("fn")
    return way


@case(45)
@rule("Z15", "D6")
@pytest.mark.parametrize("dry_run", [False, True], ids=["real", "dry"])
def test_code_beyond_the_limit_is_refused(way, dry_run):
    assert len(LARGE) > 2000
    way = made(way, 1000)
    with way.unchanged("fn"):
        parameters = {"FunctionName": "fn", "ZipFile": LARGE, "DryRun": dry_run}
        way.refused(way.lambda_.update_function_code, STORAGE_EXCEEDED, **parameters)


@rule("Z15")
def test_a_function_that_finds_no_room_is_not_made(way):
    way = way.another(code_storage_limit=len(LARGE) - 1)
    way.refused(way.lambda_.create_function, STORAGE_EXCEEDED, **creation(ZipFile=LARGE))
    assert usage(way) == {"FunctionCount": 0, "TotalCodeSize": 0}


@rule("Z15", "Q3")
def test_new_code_takes_the_place_of_the_old(way):
    way = made(way, len(LARGE), ZipFile=LARGE)
    for package in (ZIP_A, LARGE):
        way.lambda_.update_function_code(FunctionName="fn", ZipFile=package)
        way.settled("fn")
        assert usage(way)["TotalCodeSize"] == len(package)


@rule("Z15", "V8")
@pytest.mark.parametrize("dry_run", [False, True], ids=["real", "dry"])
def test_an_update_that_publishes_needs_room_for_both(way, dry_run):
    way = made(way, 2 * len(ZIP_B) - 1)
    parameters = {"FunctionName": "fn", "ZipFile": ZIP_B, "DryRun": dry_run}
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, STORAGE_EXCEEDED, Publish=True, **parameters)
    way.lambda_.update_function_code(**parameters)


@rule("Z15", "V8")
def test_a_version_needs_room(way):
    way = made(way, 2 * len(ZIP_A) - 1)
    with way.unchanged("fn"):
        way.refused(way.lambda_.publish_version, STORAGE_EXCEEDED, FunctionName="fn")


@rule("Z15")
def test_a_full_account_can_change_what_takes_no_room(way):
    way = made(way, len(ZIP_A))
    way.lambda_.update_function_configuration(FunctionName="fn", Description="new")
    way.settled("fn")
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_A)
    way.refused(way.lambda_.create_function, conflict("Function already exist: fn"), **creation())


@rule("Q3")
def test_what_is_deleted_makes_room(way):
    way = made(way, 2 * len(ZIP_A))
    way.lambda_.publish_version(FunctionName="fn")
    way.refused(way.lambda_.create_function, STORAGE_EXCEEDED, **creation("other"))
    way.lambda_.delete_function(FunctionName="fn", Qualifier="1")
    way.lambda_.create_function(**creation("other"))
    for name in ("fn", "other"):
        way.lambda_.delete_function(FunctionName=name)
    assert usage(way) == {"FunctionCount": 0, "TotalCodeSize": 0}


@rule("Q3", "Q1")
def test_each_region_and_account_has_room_of_its_own(way):
    way = made(way, len(ZIP_A))
    for elsewhere in (way.at(region="eu-west-1"), way.at(account_id="210987654321")):
        elsewhere.lambda_.create_function(**creation())
        assert usage(elsewhere) == {"FunctionCount": 1, "TotalCodeSize": len(ZIP_A)}
    assert usage(way)["TotalCodeSize"] == len(ZIP_A)


@rule("Q2", "Z15")
def test_the_limit_is_told(way):
    limit = way.another(code_storage_limit=1000).lambda_.get_account_settings()["AccountLimit"]
    assert limit["TotalCodeSize"] == 1000


@rule("T6", "Z15")
@pytest.mark.parametrize("settle", ["on_read", 5])
def test_the_way_back_of_an_update_that_fails_is_kept_open(way, settle):
    way = way.another(code_storage_limit=len(LARGE) + len(ZIP_A), settle=settle)
    way.lambda_.create_function(**creation(ZipFile=LARGE))
    way.clock.advance(5)
    way.settled("fn")
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_A)
    way.emulator.fail_update("fn")
    way.refused(way.lambda_.create_function, STORAGE_EXCEEDED, **creation("other", ZipFile=LARGE))
    way.clock.advance(5)
    assert way.lambda_.get_function_configuration(FunctionName="fn")["CodeSize"] == len(LARGE)
    assert usage(way)["TotalCodeSize"] == len(LARGE)
    way.lambda_.create_function(**creation("other"))


@rule("Z15", "Q3")
def test_what_has_settled_unread_makes_room(way):
    way = way.another(code_storage_limit=len(LARGE) + len(ZIP_A), settle=5)
    way.lambda_.create_function(**creation(ZipFile=LARGE))
    way.clock.advance(5)
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_A)
    way.clock.advance(5)
    assert usage(way)["TotalCodeSize"] == len(ZIP_A)
    way.lambda_.create_function(**creation("other", ZipFile=LARGE))
