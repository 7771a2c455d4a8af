"""RevisionId: when it changes, and the update that asks for one (section 7)."""

from __future__ import annotations

import pytest
from texts import STALE_REVISION
from world import UPDATING, ZIP_A, ZIP_B, configuration, creation

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule


def revision(way, **more):
    return way.lambda_.get_function_configuration(FunctionName="fn", **more)["RevisionId"]


@case(46)
@rule("N3", "N4", "R8")
@pytest.mark.parametrize("publish", [False, True])
def test_the_present_revision_is_taken(way, fn, publish):
    answer = way.lambda_.update_function_code(
        FunctionName="fn", ZipFile=ZIP_B, RevisionId=fn["RevisionId"], Publish=publish
    )
    assert answer["RevisionId"] != fn["RevisionId"]
    assert way.settled("fn") == configuration(package=ZIP_B)


@case(47)
@fact(255, 256, 357)
@rule("E2", "N3", "N4")
@pytest.mark.parametrize("given", ["wrong", "00000000-0000-4000-8000-000000000000", " "])
@pytest.mark.parametrize("publish", [False, True])
def test_another_revision_is_refused_and_changes_nothing(way, fn, given, publish):
    parameters = {"FunctionName": "fn", "ZipFile": ZIP_B, "RevisionId": given, "Publish": publish}
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, STALE_REVISION, **parameters)


@rule("N3")
def test_the_revision_in_upper_case_is_another(way, fn):
    parameters = {"FunctionName": "fn", "ZipFile": ZIP_B, "RevisionId": fn["RevisionId"].upper()}
    way.refused(way.lambda_.update_function_code, STALE_REVISION, **parameters)


@rule("N3")
def test_an_empty_revision_asks_for_nothing(way, fn):
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, RevisionId="")
    assert answer["LastUpdateStatus"] == "InProgress"


@case(48)
@fact(235, 335)
@rule("N1", "T5")
def test_one_update_shows_two_new_revisions(way, fn):
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    after = way.settled("fn")["RevisionId"]
    assert len({fn["RevisionId"], answer["RevisionId"], after}) == 3
    # aws-sdk#377: a chained update has to read the revision anew.
    parameters = {"FunctionName": "fn", "ZipFile": ZIP_A}
    way.refused(way.lambda_.update_function_code, STALE_REVISION, **parameters, RevisionId=answer["RevisionId"])
    assert way.lambda_.update_function_code(**parameters, RevisionId=after)["LastUpdateStatus"] == "InProgress"


@fact(222, 234, 237, 334)
@rule("N1")
def test_while_in_progress_reads_show_the_revision_of_the_answer(way):
    way = way.another(settle=1)
    created = way.lambda_.create_function(**creation())["RevisionId"]
    assert revision(way) == created
    way.clock.advance(1)
    active = revision(way)
    assert active != created
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert {name: answer[name] for name in UPDATING} == UPDATING
    assert revision(way) == answer["RevisionId"] != active
    way.clock.advance(1)
    assert revision(way) not in {created, active, answer["RevisionId"]}


@rule("N1", "V7")
def test_publishing_gives_latest_and_the_version_revisions_of_their_own(way, fn):
    published = way.lambda_.publish_version(FunctionName="fn")["RevisionId"]
    assert len({fn["RevisionId"], published, revision(way)}) == 3
    assert revision(way, Qualifier="1") == published


@fact(239, 240, 249)
@rule("N2")
def test_what_is_no_change_gives_no_revision(way, fn):
    way.lambda_.publish_version(FunctionName="fn")
    latest, version = revision(way), revision(way, Qualifier="1")

    way.lambda_.get_function(FunctionName="fn")
    way.lambda_.list_functions()
    way.lambda_.list_versions_by_function(FunctionName="fn")
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, DryRun=True)
    way.lambda_.create_alias(FunctionName="fn", Name="prod", FunctionVersion="1")
    way.lambda_.update_alias(FunctionName="fn", Name="prod", Description="new")
    way.lambda_.delete_alias(FunctionName="fn", Name="prod")
    way.refused(way.lambda_.update_function_code, STALE_REVISION, FunctionName="fn", ZipFile=ZIP_B, RevisionId="x")
    way.lambda_.publish_version(FunctionName="fn")

    assert (revision(way), revision(way, Qualifier="1")) == (latest, version)


@fact(248)
def test_tags_give_latest_a_new_revision(way, fn):
    # Facts 3.2, also when they are overwritten.
    seen = [fn["RevisionId"]]
    for _ in range(2):
        way.lambda_.tag_resource(Resource=fn["FunctionArn"], Tags={"team": "a"})
        seen.append(revision(way))
    way.lambda_.untag_resource(Resource=fn["FunctionArn"], TagKeys=["team"])
    seen.append(revision(way))
    assert len(set(seen)) == 4
