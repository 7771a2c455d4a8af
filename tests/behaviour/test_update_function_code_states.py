"""Pending, Active, InProgress, Successful: when they change and what they refuse (section 8)."""

from __future__ import annotations

import pytest
from texts import in_progress, not_found, pending
from world import ARN, CREATING, SETTLED, UPDATING, ZIP_A, ZIP_B, configuration, creation, sha256

import drylambda

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule


WRITES = {
    "update_function_code": {"ZipFile": ZIP_B},
    "update_function_configuration": {"Description": "new"},
    "publish_version": {},
}


def update(way, **more):
    return way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, **more)


@fact(228, 358, 423, 443)
@rule("E3", "T4")
@pytest.mark.parametrize(
    "operation",
    [
        pytest.param("update_function_code", marks=case(6)),
        pytest.param("update_function_configuration", marks=case(7)),
        pytest.param("publish_version", marks=case(64)),
    ],
)
@pytest.mark.parametrize("name", ["fn", ARN, f"{ARN}:$LATEST"], ids=["name", "arn", "latest"])
def test_while_an_update_is_in_progress_a_write_is_refused(way, fn, operation, name):
    update(way)
    way.refused(getattr(way.lambda_, operation), in_progress(), FunctionName=name, **WRITES[operation])
    assert way.settled("fn") == configuration(package=ZIP_B)


@rule("E3")
def test_an_update_of_the_configuration_is_in_progress_all_the_same(way, fn):
    way.lambda_.update_function_configuration(FunctionName="fn", Description="new")
    for operation, members in WRITES.items():
        way.refused(getattr(way.lambda_, operation), in_progress(), FunctionName="fn", **members)


@case(9)
@fact(216, 359)
@rule("E4", "T2", "T3")
@pytest.mark.parametrize("operation", WRITES)
def test_a_function_that_is_being_created_refuses_writes(way, operation):
    created = way.lambda_.create_function(**creation())
    assert {name: created[name] for name in CREATING} == CREATING
    assert "LastUpdateStatus" not in created
    error = way.refused(getattr(way.lambda_, operation), pending(), FunctionName="fn", **WRITES[operation])
    assert "currently in the following state: 'Pending'" in error.response["Error"]["Message"]


@case(8)
@fact(222, 334)
@rule("T4", "T5")
def test_while_an_update_is_in_progress_reads_aliases_and_tags_work(way):
    way = way.another(settle=1)
    call = way.lambda_
    call.create_function(**creation(), Publish=True)
    way.clock.advance(1)
    update(way)
    now = configuration(state=UPDATING, package=ZIP_B, LastModified="2026-01-01T00:00:01.000+0000")
    assert call.get_function(FunctionName="fn")["Configuration"] == now
    read = call.get_function_configuration(FunctionName="fn")
    del read["ResponseMetadata"]
    assert read == now
    # The published version is as it was: callers go on with the old code.
    old = call.get_function(FunctionName="fn", Qualifier="1")
    assert old["Configuration"]["CodeSha256"] == sha256(ZIP_A)
    assert way.emulator.download(old["Code"]["Location"]) == ZIP_A

    assert [it["FunctionName"] for it in call.list_functions()["Functions"]] == ["fn"]
    assert len(call.list_versions_by_function(FunctionName="fn")["Versions"]) == 2
    call.create_alias(FunctionName="fn", Name="prod", FunctionVersion="1")
    call.update_alias(FunctionName="fn", Name="prod", Description="new")
    call.get_alias(FunctionName="fn", Name="prod")
    call.list_aliases(FunctionName="fn")
    call.delete_alias(FunctionName="fn", Name="prod")
    call.tag_resource(Resource=ARN, Tags={"team": "a"})
    call.list_tags(Resource=ARN)
    call.untag_resource(Resource=ARN, TagKeys=["team"])
    call.get_function_code_signing_config(FunctionName="fn")
    call.get_account_settings()
    call.delete_function(FunctionName="fn", Qualifier="1")
    assert call.get_function_configuration(FunctionName="fn")["LastUpdateStatus"] == "InProgress"
    call.delete_function(FunctionName="fn")


class TestSettlingOnRead:
    """The default: the first read after a change finds it done; a write before is refused."""

    @pytest.mark.parametrize("read", ["get_function", "get_function_configuration"])
    @pytest.mark.parametrize("name", ["fn", ARN, "function:fn"])
    def test_a_read_settles(self, way, read, name):
        way.lambda_.create_function(**creation())
        getattr(way.lambda_, read)(FunctionName=name)
        assert update(way)["LastUpdateStatus"] == "InProgress"
        getattr(way.lambda_, read)(FunctionName=name)
        assert update(way)["LastUpdateStatus"] == "InProgress"

    def test_lists_and_other_reads_settle_nothing(self, way):
        way.lambda_.create_function(**creation())
        way.lambda_.list_functions()
        way.lambda_.list_functions(FunctionVersion="ALL")
        way.lambda_.list_versions_by_function(FunctionName="fn")
        way.lambda_.list_tags(Resource=ARN)
        way.lambda_.list_aliases(FunctionName="fn")
        way.lambda_.get_account_settings()
        way.refused(update, pending(), way=way)

    def test_time_alone_settles_nothing(self, way):
        way.lambda_.create_function(**creation())
        way.clock.advance(3600)
        way.refused(update, pending(), way=way)

    def test_a_read_of_a_version_settles_latest_too(self, way, fn):
        update(way, Publish=True)
        state = way.lambda_.get_function_configuration(FunctionName="fn", Qualifier="1")["State"]
        assert state == "Active"
        assert update(way)["LastUpdateStatus"] == "InProgress"

    @rule("E1")
    def test_a_read_of_a_version_that_is_not_there_settles_nothing(self, way):
        way.lambda_.create_function(**creation())
        for operation in (way.lambda_.get_function, way.lambda_.get_function_configuration):
            way.refused(operation, not_found(f"{ARN}:1"), FunctionName="fn", Qualifier="1")
        way.refused(update, pending(), way=way)

    def test_reading_one_function_settles_no_other(self, way, fn):
        way.lambda_.create_function(**creation("other"))
        update(way)
        way.settled("fn")
        way.refused(way.lambda_.update_function_code, pending(ARN[:-2] + "other"), FunctionName="other", ZipFile=ZIP_B)


class TestSettlingInstantly:
    """``settle="instant"``: answers are those of AWS, and writes never conflict."""

    def test_writes_follow_each_other_without_a_read(self, way):
        way = way.another(settle="instant")
        created = way.lambda_.create_function(**creation())
        assert (created["State"], "LastUpdateStatus" in created) == ("Pending", False)
        for _ in range(3):
            assert update(way)["LastUpdateStatus"] == "InProgress"
            way.lambda_.update_function_configuration(FunctionName="fn", Description="new")
            way.lambda_.publish_version(FunctionName="fn")
        assert way.settled("fn") == configuration(package=ZIP_B, Description="new")

    def test_a_version_is_pending_in_the_answer_and_active_at_once(self, way):
        way = way.another(settle="instant")
        way.lambda_.create_function(**creation())
        assert update(way, Publish=True)["State"] == "Pending"
        after = way.lambda_.get_function_configuration(FunctionName="fn", Qualifier="1")
        assert {name: after[name] for name in SETTLED} == SETTLED

    def test_revisions_move_as_they_do_on_aws(self, way):
        way = way.another(settle="instant")
        created = way.lambda_.create_function(**creation())["RevisionId"]
        active = way.settled("fn")["RevisionId"]
        answer = update(way)["RevisionId"]
        assert len({created, active, answer, way.settled("fn")["RevisionId"]}) == 4


class TestSettlingAfterSeconds:
    """``settle=2.5``: two and a half seconds on the emulator's clock."""

    @pytest.fixture
    def way(self, way):
        return way.another(settle=2.5)

    def state(self, way, **more):
        return way.lambda_.get_function(FunctionName="fn", **more)["Configuration"]

    def test_a_function_is_pending_until_then(self, way):
        way.lambda_.create_function(**creation())
        way.clock.advance(2.499)
        assert self.state(way) == configuration(state=CREATING)
        way.refused(update, pending(), way=way)
        way.clock.advance(0.001)
        assert self.state(way) == configuration()

    def test_an_update_is_in_progress_until_then(self, way):
        way.lambda_.create_function(**creation())
        way.clock.advance(2.5)
        answer = update(way)
        way.clock.advance(2.499)
        del answer["ResponseMetadata"]
        assert self.state(way) == answer
        way.refused(update, in_progress(), way=way)
        way.clock.advance(0.001)
        # No read in between: time alone settles.
        assert update(way)["LastUpdateStatus"] == "InProgress"

    def test_a_version_is_pending_until_then(self, way):
        way.lambda_.create_function(**creation())
        way.clock.advance(2.5)
        answer = update(way, Publish=True)
        del answer["ResponseMetadata"]
        assert self.state(way, Qualifier="1") == answer
        way.clock.advance(2.5)
        assert {name: self.state(way, Qualifier="1")[name] for name in SETTLED} == SETTLED

    def test_no_seconds_are_at_once(self, way):
        way = way.another(settle=0)
        way.lambda_.create_function(**creation())
        for _ in range(3):
            assert update(way)["LastUpdateStatus"] == "InProgress"

    def test_a_refused_write_does_not_begin_the_time_anew(self, way):
        way.lambda_.create_function(**creation())
        way.clock.advance(2)
        way.refused(update, pending(), way=way)
        way.clock.advance(0.5)
        assert update(way)["LastUpdateStatus"] == "InProgress"


@pytest.mark.parametrize("settle", ["never", "", -1, float("nan"), float("inf")])
def test_another_settle_is_a_mistake_of_the_caller(way, settle):
    with pytest.raises(ValueError, match=r"settle|seconds"):
        way.another(settle=settle)


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), float("-inf"), 10**400])
def test_a_clock_moves_by_seconds_that_there_are(seconds):
    with pytest.raises(ValueError, match="a number of seconds"):
        drylambda.Lambda(seed=1).clock.advance(seconds)


@pytest.mark.parametrize("seconds", [0, -1, -3600])
def test_instant_never_conflicts_even_where_the_clock_goes_back(seconds):
    emulator = drylambda.Lambda(seed=1, settle="instant")
    emulator.create_function(
        FunctionName="fn",
        Role="arn:aws:iam::123456789012:role/r",
        Runtime="python3.13",
        Handler="a.b",
        Code={"ZipFile": ZIP_A},
    )
    emulator.clock.advance(seconds)
    emulator.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    emulator.clock.advance(seconds)
    assert emulator.publish_version(FunctionName="fn")["Version"] == "1"


@rule("N1")
def test_lists_show_the_revision_that_an_update_ended_with():
    emulator = drylambda.Lambda(seed=1, settle=1)
    emulator.create_function(
        FunctionName="fn",
        Role="arn:aws:iam::123456789012:role/r",
        Runtime="python3.13",
        Handler="a.b",
        Code={"ZipFile": ZIP_A},
    )
    emulator.clock.advance(1)
    (listed,) = emulator.list_functions()["Functions"]
    assert listed["RevisionId"] == emulator.get_function_configuration(FunctionName="fn")["RevisionId"]
