"""UpdateFunctionCode with Publish: the update and a version of it, as one operation (section 6)."""

from __future__ import annotations

import pytest
from texts import invalid, missing
from world import (
    ARN,
    CREATING,
    MANAGED,
    NOW,
    PROVIDER,
    UPDATING,
    ZIP_A,
    ZIP_B,
    configuration,
    creation,
    listed,
    sha256,
    version,
)

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule


def publish(way, package=ZIP_B, **more):
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=package, Publish=True, **more)
    del answer["ResponseMetadata"]
    return answer


@case(58)
@fact(224, 343, 344, 345)
@rule("V1", "V2", "V3", "P2", "P3", "P8", "P9", "P10")
def test_the_answer_is_the_new_version_pending(way, fn):
    answer = publish(way)
    assert answer == version(1, CREATING, package=ZIP_B)
    assert answer["FunctionArn"] == f"{ARN}:1"


@fact(348)
@rule("V1", "T5")
def test_latest_has_the_same_code_in_progress_at_the_same_moment(way):
    way = way.another(settle=2)
    way.lambda_.create_function(**creation())
    way.clock.advance(2)
    way.settled("fn")
    answer = publish(way)
    latest = way.lambda_.get_function_configuration(FunctionName="fn")
    del latest["ResponseMetadata"]
    assert latest == configuration(state=UPDATING, package=ZIP_B, LastModified=answer["LastModified"])
    assert latest["RevisionId"] != answer["RevisionId"]
    assert answer == version(1, CREATING, package=ZIP_B, LastModified=latest["LastModified"])


@case(59)
@fact(239)
@rule("V2")
def test_the_version_becomes_active_and_successful(way, fn):
    answer = publish(way)
    way.waiter("published_version_active").wait(FunctionName="fn", Qualifier="1")
    after = way.lambda_.get_function_configuration(FunctionName="fn", Qualifier="1")
    del after["ResponseMetadata"]
    # Facts 3.2: the version keeps its revision when it becomes active.
    assert after == version(1, package=ZIP_B, RevisionId=answer["RevisionId"])


@fact(347, 386)
@rule("V3")
def test_numbers_grow_by_one_whoever_publishes_and_are_never_used_again(way, fn):
    assert way.lambda_.publish_version(FunctionName="fn")["Version"] == "1"
    assert publish(way)["Version"] == "2"
    way.settled("fn")
    way.lambda_.delete_function(FunctionName="fn", Qualifier="2")
    assert publish(way)["Version"] == "3"
    way.settled("fn")
    way.lambda_.delete_function(FunctionName="fn:1")
    versions = way.lambda_.list_versions_by_function(FunctionName="fn")["Versions"]
    assert [it["Version"] for it in versions] == ["$LATEST", "3"]


@rule("V4")
def test_the_same_bytes_published_again_make_another_version(way, fn):
    assert [publish(way)["Version"], way.settled("fn") and publish(way)["Version"]] == ["1", "2"]


@rule("V5")
def test_publishing_after_publish_returns_the_version_there_is(way, fn):
    answer = publish(way)
    way.settled("fn")
    again = way.lambda_.publish_version(FunctionName="fn", Description="ignored")
    del again["ResponseMetadata"]
    assert again == version(1, package=ZIP_B, RevisionId=answer["RevisionId"])


@fact(346)
@rule("V6", "V10")
def test_a_version_copies_description_and_last_modified_of_latest(way):
    way.lambda_.create_function(**creation(Description="of the function"))
    way.settled("fn")
    way.clock.advance(3.5)
    answer = publish(way)
    assert answer == version(
        1, CREATING, package=ZIP_B, Description="of the function", LastModified=NOW.replace("00.000", "03.000")
    )


@case(65)
@fact(336, 433)
@rule("V6")
def test_a_version_is_frozen_whatever_becomes_of_latest(way, fn):
    published = publish(way)
    way.settled("fn")
    before = way.lambda_.get_function(FunctionName="fn", Qualifier="1")
    assert before["Configuration"]["RevisionId"] == published["RevisionId"]
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_A, Architectures=["arm64"])
    way.settled("fn")
    way.lambda_.update_function_configuration(FunctionName="fn", Description="new", Timeout=9)
    way.settled("fn")
    after = way.lambda_.get_function(FunctionName="fn", Qualifier="1")
    assert after["Configuration"] == before["Configuration"] == version(1, package=ZIP_B)
    assert way.emulator.download(after["Code"]["Location"]) == ZIP_B


@case(66)
@fact(349, 442, 640)
@rule("V8", "Q3")
def test_each_version_counts_its_code_and_no_function(way, fn):
    def usage():
        return way.lambda_.get_account_settings()["AccountUsage"]

    assert usage() == {"TotalCodeSize": len(ZIP_A), "FunctionCount": 1}
    way.lambda_.publish_version(FunctionName="fn")
    assert usage() == {"TotalCodeSize": 2 * len(ZIP_A), "FunctionCount": 1}
    publish(way)
    assert usage() == {"TotalCodeSize": len(ZIP_A) + 2 * len(ZIP_B), "FunctionCount": 1}
    way.settled("fn")
    way.lambda_.delete_function(FunctionName="fn", Qualifier="1")
    assert usage() == {"TotalCodeSize": 2 * len(ZIP_B), "FunctionCount": 1}


@rule("V11")
@pytest.mark.parametrize("operation", ["update_function_code", "publish_version"])
def test_publish_to_needs_a_capacity_provider(way, fn, operation):
    refusal = invalid("PublishTo is not supported for functions without a capacity provider configuration.")
    more = {"ZipFile": ZIP_B, "Publish": True} if operation == "update_function_code" else {}
    with way.unchanged("fn"):
        way.refused(getattr(way.lambda_, operation), refusal, FunctionName="fn", PublishTo="LATEST_PUBLISHED", **more)


PUBLISHED = {"Version": "$LATEST.PUBLISHED", "FunctionArn": f"{ARN}:$LATEST.PUBLISHED"}


@pytest.fixture
def managed(way):
    """The function ``fn`` on a capacity provider, settled."""
    way.lambda_.create_capacity_provider(**PROVIDER)
    created = way.lambda_.create_function(**creation(CapacityProviderConfig=MANAGED))
    assert created["CapacityProviderConfig"] == MANAGED
    return way.settled("fn")


@rule("V11", "R12")
@pytest.mark.parametrize("publish", [{}, {"Publish": True}], ids=["alone", "with_publish"])
def test_publish_to_makes_the_published_latest_version_and_replaces_it(way, managed, publish):
    for package in (ZIP_B, ZIP_A):
        answer = way.lambda_.update_function_code(
            FunctionName="fn", ZipFile=package, PublishTo="LATEST_PUBLISHED", **publish
        )
        assert {name: answer[name] for name in PUBLISHED} == PUBLISHED
        assert (answer["State"], answer["CodeSha256"]) == ("Pending", sha256(package))
        way.settled("fn")
        read = way.lambda_.get_function_configuration(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
        assert {name: read[name] for name in PUBLISHED} == PUBLISHED
        assert (read["State"], read["CodeSha256"]) == ("Active", sha256(package))
    assert way.lambda_.publish_version(FunctionName="fn")["Version"] == "1"


@rule("V11")
def test_publish_version_publishes_there_too(way, managed):
    first = way.lambda_.publish_version(FunctionName="fn", PublishTo="LATEST_PUBLISHED")
    second = way.lambda_.publish_version(FunctionName="fn", PublishTo="LATEST_PUBLISHED")
    assert {name: first[name] for name in PUBLISHED} == {name: second[name] for name in PUBLISHED} == PUBLISHED
    assert first["RevisionId"] != second["RevisionId"]


@rule("V11", "Q4", "Q3")
def test_the_published_latest_version_is_listed_counted_and_deleted(way, managed):
    way.lambda_.publish_version(FunctionName="fn")
    way.lambda_.publish_version(FunctionName="fn", PublishTo="LATEST_PUBLISHED")
    versions = way.lambda_.list_versions_by_function(FunctionName="fn")["Versions"]
    assert [it["Version"] for it in versions] == ["$LATEST", "$LATEST.PUBLISHED", "1"]
    assert way.lambda_.get_account_settings()["AccountUsage"]["TotalCodeSize"] == 3 * len(ZIP_A)
    way.lambda_.delete_function(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    versions = way.lambda_.list_versions_by_function(FunctionName="fn")["Versions"]
    assert [it["Version"] for it in versions] == ["$LATEST", "1"]


@rule("V11")
def test_a_function_may_be_created_there(way):
    way.lambda_.create_capacity_provider(**PROVIDER)
    created = way.lambda_.create_function(**creation(CapacityProviderConfig=MANAGED, PublishTo="LATEST_PUBLISHED"))
    assert (created["Version"], created["FunctionArn"]) == ("$LATEST.PUBLISHED", ARN)
    refusal = invalid("PublishTo is not supported for functions without a capacity provider configuration.")
    way.refused(way.lambda_.create_function, refusal, **creation("other", PublishTo="LATEST_PUBLISHED"))


@rule("V11", "D5", "D8")
def test_a_dry_run_publishes_nothing_there(way, managed):
    with way.unchanged("fn"):
        answer = way.lambda_.update_function_code(
            FunctionName="fn", ZipFile=ZIP_B, PublishTo="LATEST_PUBLISHED", DryRun=True
        )
    assert answer["Version"] == "$LATEST"


@rule("V11", "T6")
def test_a_published_latest_version_serves_on_when_its_successor_fails(way, managed):
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, PublishTo="LATEST_PUBLISHED")
    before = way.lambda_.get_function_configuration(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    way.emulator.fail_update("fn")
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_A, PublishTo="LATEST_PUBLISHED")
    after = way.lambda_.get_function_configuration(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    del before["ResponseMetadata"], after["ResponseMetadata"]
    assert after == before


@rule("V11", "D6", "Z15")
def test_a_dry_run_reckons_with_the_version_that_is_replaced(way):
    way = way.another(code_storage_limit=2 * len(ZIP_A) + 1)
    way.lambda_.create_capacity_provider(**PROVIDER)
    way.lambda_.create_function(**creation(CapacityProviderConfig=MANAGED, PublishTo="LATEST_PUBLISHED"))
    way.settled("fn")
    members = {"FunctionName": "fn", "ZipFile": ZIP_A, "PublishTo": "LATEST_PUBLISHED"}
    way.lambda_.update_function_code(**members, DryRun=True)
    way.lambda_.update_function_code(**members)


def test_no_version_is_called_zero(way, managed):
    way.lambda_.publish_version(FunctionName="fn", PublishTo="LATEST_PUBLISHED")
    way.refused(way.lambda_.get_function, missing(f"Function not found: {ARN}:0"), FunctionName="fn", Qualifier="0")


@rule("V1", "G5")
def test_the_list_shows_both(way, fn):
    publish(way)
    way.settled("fn")
    versions = way.lambda_.list_versions_by_function(FunctionName="fn")["Versions"]
    assert versions == [listed(version("$LATEST", package=ZIP_B)), listed(version(1, package=ZIP_B))]
