"""Reserved concurrency: put, get, delete, and what is left for others (facts 12)."""

from __future__ import annotations

import pytest
from texts import in_progress, invalid, missing, not_found
from world import ARN, ZIP_B, creation, without_metadata

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule

FUNCTION_ONLY = invalid(
    "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please "
    "specify either a function name or an unqualified function ARN."
)
TOO_MANY = invalid(
    "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its "
    "minimum value of [100].",
    typed=False,
)


def put(way, reserved, name="fn"):
    return without_metadata(
        way.lambda_.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=reserved)
    )


def get(way, name="fn"):
    return without_metadata(way.lambda_.get_function_concurrency(FunctionName=name))


@fact(501)
@pytest.mark.parametrize("reserved", [0, 1, 900])
def test_what_is_put_is_answered_and_read(way, fn, reserved):
    assert put(way, reserved) == {"ReservedConcurrentExecutions": reserved}
    assert get(way) == {"ReservedConcurrentExecutions": reserved}


@fact(502)
def test_without_a_reservation_the_answer_is_empty(way, fn):
    assert get(way) == {}


@fact(503)
def test_deleting_takes_it_away_and_may_be_done_again(way, fn):
    put(way, 5)
    for _ in range(2):
        answer = way.lambda_.delete_function_concurrency(FunctionName="fn")
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
        assert get(way) == {}


def test_a_reservation_goes_with_its_function(way, fn):
    put(way, 5)
    way.lambda_.delete_function(FunctionName="fn")
    way.lambda_.create_function(**creation("fn"))
    assert get(way) == {}


@fact(395)
@rule("G6")
def test_get_function_shows_it_where_it_is_asked_for_unqualified(way, fn):
    assert "Concurrency" not in way.lambda_.get_function(FunctionName="fn")
    put(way, 0)
    assert way.lambda_.get_function(FunctionName=ARN)["Concurrency"] == {"ReservedConcurrentExecutions": 0}
    assert "Concurrency" not in way.lambda_.get_function(FunctionName="fn", Qualifier="$LATEST")
    assert "Concurrency" not in way.lambda_.get_function(FunctionName="fn:$LATEST")


@rule("T3", "T4")
def test_neither_creation_nor_an_update_under_way_hinders_it(way):
    way.lambda_.create_function(**creation("fn"))
    assert put(way, 1) == {"ReservedConcurrentExecutions": 1}
    way.settled("fn")
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    way.lambda_.delete_function_concurrency(FunctionName="fn")
    way.refused(way.lambda_.update_function_code, in_progress(), FunctionName="fn", ZipFile=ZIP_B)
    way.settled("fn")
    assert get(way) == {}


def test_it_leaves_revision_and_time_as_they_are(way, fn):
    before = way.settled("fn")
    put(way, 1)
    after = way.settled("fn")
    assert (after["RevisionId"], after["LastModified"]) == (before["RevisionId"], before["LastModified"])


@fact(46, 506, 508)
def test_a_hundred_executions_stay_for_functions_without_their_own(way, fn):
    way.lambda_.create_function(**creation("other"))
    put(way, 300, "other")
    put(way, 300)
    for reserved in (601, 1000, 2**31 - 1):
        way.refused(
            way.lambda_.put_function_concurrency,
            TOO_MANY,
            FunctionName="fn",
            ReservedConcurrentExecutions=reserved,
        )
    assert get(way) == {"ReservedConcurrentExecutions": 300}
    assert put(way, 600) == {"ReservedConcurrentExecutions": 600}


@rule("Q2")
def test_the_account_tells_what_is_left(way, fn):
    put(way, 150)
    limits = way.lambda_.get_account_settings()["AccountLimit"]
    assert (limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]) == (1000, 850)


@fact(504)
@pytest.mark.parametrize("name", ["fn:1", "fn:live", "fn:$LATEST", f"{ARN}:1"])
def test_versions_and_aliases_have_none(way, fn, name):
    for call, more in (
        (way.lambda_.put_function_concurrency, {"ReservedConcurrentExecutions": 1}),
        (way.lambda_.get_function_concurrency, {}),
        (way.lambda_.delete_function_concurrency, {}),
    ):
        way.refused(call, FUNCTION_ONLY, FunctionName=name, **more)


@fact(169, 505)
@rule("E1")
@pytest.mark.parametrize("reserved", [0, 1, 1000])
def test_put_does_not_find_the_latest_version_of_no_function(way, reserved):
    way.refused(
        way.lambda_.put_function_concurrency,
        missing(f"Function not found: {ARN}:$LATEST"),
        FunctionName="fn",
        ReservedConcurrentExecutions=reserved,
    )


@rule("E1")
def test_get_and_delete_do_not_find_the_function(way):
    way.refused(way.lambda_.get_function_concurrency, not_found(), FunctionName="fn")
    way.refused(way.lambda_.delete_function_concurrency, not_found(), FunctionName="fn")


@fact(140)
@rule("E10")
def test_functions_of_another_region_are_not_reachable(way, fn):
    elsewhere = ARN.replace("us-east-1", "eu-west-1")
    text = "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"
    way.refused(way.lambda_.get_function_concurrency, missing(text), FunctionName=elsewhere)
