"""PublishVersion and ListVersionsByFunction (sections 6 and Q4, facts 9)."""

from __future__ import annotations

import pytest
from texts import NOT_LATEST, OTHER_ACCOUNT, STALE_REVISION, invalid, not_found, unreachable
from world import ARN, NOW, ZIP_A, ZIP_B, configuration, creation, listed, sha256, version

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule


def publish(way, **more):
    response = way.lambda_.publish_version(FunctionName="fn", **more)
    del response["ResponseMetadata"]
    return response


@case(60)
@fact(223, 338, 431, 434, 446)
@rule("V2", "K10")
def test_a_version_of_a_settled_function_is_active_at_once(way, fn):
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, Publish=False)
    way.settled("fn")
    assert publish(way) == version(1, package=ZIP_B)


@case(61)
@fact(435)
@rule("V5", "N2")
def test_publishing_with_nothing_touched_returns_the_version_there_is(way, fn):
    first = publish(way, Description="first")
    before = way.everything("fn")
    way.clock.advance(60)
    assert publish(way, Description="second") == publish(way) == first == version(1, Description="first")
    way.clock.advance(-60)
    assert way.everything("fn") == before


@case(62)
@fact(436)
@rule("V4")
def test_a_change_of_the_configuration_between_makes_another_version_of_the_same_code(way, fn):
    first = publish(way)
    way.lambda_.update_function_configuration(FunctionName="fn", Description="new")
    way.settled("fn")
    second = publish(way)
    assert second == version(2, Description="new", CodeSha256=first["CodeSha256"])


@fact(338)
@rule("V4")
@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("update_function_code", {"ZipFile": ZIP_A}),
        ("update_function_configuration", {}),
        ("update_function_configuration", {"Description": ""}),
    ],
    ids=["same_bytes", "no_members", "same_value"],
)
def test_every_update_counts_as_a_change_whatever_it_holds(way, fn, operation, members):
    assert publish(way)["Version"] == "1"
    getattr(way.lambda_, operation)(FunctionName="fn", **members)
    way.settled("fn")
    assert publish(way)["Version"] == "2"


@rule("V5")
def test_what_is_no_update_counts_as_no_change(way, fn):
    assert publish(way)["Version"] == "1"
    way.lambda_.tag_resource(Resource=ARN, Tags={"team": "a"})
    way.lambda_.create_alias(FunctionName="fn", Name="prod", FunctionVersion="1")
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, DryRun=True)
    way.refused(way.lambda_.update_function_configuration, STALE_REVISION, FunctionName="fn", RevisionId="x")
    assert publish(way)["Version"] == "1"


@fact(432)
@rule("V9", "V6")
def test_the_description_is_given_or_that_of_latest(way):
    way.lambda_.create_function(**creation(Description="of latest"))
    way.settled("fn")
    assert publish(way, Description="of the version")["Description"] == "of the version"
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert way.settled("fn")["Description"] == "of latest"
    assert publish(way)["Description"] == "of latest"
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    way.settled("fn")
    assert publish(way, Description="")["Description"] == ""


@rule("V6")
def test_last_modified_is_that_of_latest_and_not_of_publishing(way, fn):
    way.clock.advance(10)
    assert publish(way)["LastModified"] == fn["LastModified"] == NOW


@fact(238, 441)
@rule("V7")
def test_a_version_has_a_revision_of_its_own_and_latest_a_new_one(way, fn):
    published = publish(way)
    latest = way.settled("fn")
    assert latest == configuration()
    assert len({fn["RevisionId"], published["RevisionId"], latest["RevisionId"]}) == 3


@case(63)
@fact(438)
@rule("V9")
def test_another_hash_is_refused_and_the_right_one_taken(way, fn):
    for given in (sha256(ZIP_B), "wrong", "LONG" * 20):
        refusal = invalid(
            f"CodeSHA256 ({given}) is different from current CodeSHA256 in $LATEST ({sha256(ZIP_A)}). Please try again "
            "with the CodeSHA256 in $LATEST."
        )
        with way.unchanged("fn"):
            way.refused(way.lambda_.publish_version, refusal, FunctionName="fn", CodeSha256=given)
    assert publish(way, CodeSha256=sha256(ZIP_A))["Version"] == "1"


@fact(251, 256, 439, 440)
@rule("V9", "N3")
def test_another_revision_is_refused_and_the_right_one_taken(way, fn):
    with way.unchanged("fn"):
        way.refused(way.lambda_.publish_version, STALE_REVISION, FunctionName="fn", RevisionId="wrong")
        # Facts 9: the revision is judged before the hash.
        way.refused(way.lambda_.publish_version, STALE_REVISION, FunctionName="fn", RevisionId="wrong", CodeSha256="x")
    assert publish(way, RevisionId=fn["RevisionId"])["Version"] == "1"
    way.refused(way.lambda_.publish_version, STALE_REVISION, FunctionName="fn", RevisionId=fn["RevisionId"])


@rule("E1", "E9", "E10", "F7")
@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("nobody", not_found(ARN[:-2] + "nobody")),
        ("fn:1", NOT_LATEST),
        (ARN.replace("us-east-1", "eu-west-1"), unreachable("eu-west-1")),
        (ARN.replace("1234", "9999"), OTHER_ACCOUNT),
    ],
)
def test_the_name_is_judged_as_for_an_update(way, fn, name, refusal):
    way.refused(way.lambda_.publish_version, refusal, FunctionName=name)


@fact(418)
def test_a_version_of_a_snap_start_function_is_optimised_and_latest_is_not(way):
    # Facts 8 and 9.
    way.lambda_.create_function(**creation(SnapStart={"ApplyOn": "PublishedVersions"}))
    way.settled("fn")
    assert publish(way)["SnapStart"] == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "On"}
    assert way.settled("fn")["SnapStart"] == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}


@rule("V3")
def test_numbers_are_not_used_again_though_the_last_is_deleted(way, fn):
    publish(way)
    way.lambda_.delete_function(FunctionName="fn:1")
    # Known unknown 8: whether something was touched or not, 1 does not come back.
    assert publish(way)["Version"] == "2"


class TestListing:
    @case(77)
    @fact(226, 434, 444)
    @rule("Q4", "G5")
    def test_latest_is_first_then_the_numbers_without_states(self, way, fn):
        for number in range(1, 12):
            way.lambda_.update_function_configuration(FunctionName="fn", Description=str(number))
            way.settled("fn")
            publish(way)
        answer = way.lambda_.list_versions_by_function(FunctionName="fn")
        del answer["ResponseMetadata"]
        versions = [listed(version(number, Description=str(number))) for number in range(1, 12)]
        assert answer == {"Versions": [listed(version("$LATEST", Description="11")), *versions]}

    @rule("Q4")
    def test_a_function_without_versions_has_latest(self, way, fn):
        answer = way.lambda_.list_versions_by_function(FunctionName="fn", MaxItems=10000)
        del answer["ResponseMetadata"]
        assert answer == {"Versions": [listed(version("$LATEST"))]}

    @rule("E1", "F2", "E10")
    def test_the_name_may_have_any_form(self, way, fn):
        for name in (ARN, "function:fn", "123456789012:function:fn"):
            assert len(way.lambda_.list_versions_by_function(FunctionName=name)["Versions"]) == 1
        call = way.lambda_.list_versions_by_function
        way.refused(call, not_found(ARN[:-2] + "nobody"), FunctionName="nobody")
        way.refused(call, unreachable("eu-west-1"), FunctionName=ARN.replace("us-east-1", "eu-west-1"))
        way.refused(call, OTHER_ACCOUNT, FunctionName=ARN.replace("1234", "9999"))
