"""UpdateFunctionCode with DryRun: all checks, and no trace (section 5)."""

from __future__ import annotations

import pytest
from texts import (
    EMPTY_ZIP,
    NOT_A_ZIP,
    NOT_LATEST,
    STALE_REVISION,
    in_progress,
    not_found,
    pending,
    unreachable,
)
from world import ARN, UPDATING, ZIP_B, configuration, creation, sha256

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule


@case(68)
@fact(364)
@rule("D1", "D2", "D3", "D4", "D5", "N2")
def test_a_dry_run_answers_the_hash_of_its_package_and_leaves_no_trace(way, fn):
    way.clock.advance(60)
    with way.unchanged("fn") as before:
        answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, DryRun=True)
        del answer["ResponseMetadata"]
        assert answer == {**before, "CodeSha256": sha256(ZIP_B), "CodeSize": len(ZIP_B)}
    assert way.settled("fn") == fn == configuration()


@rule("D8")
def test_a_dry_run_publishes_nothing_and_uses_up_no_number(way, fn):
    with way.unchanged("fn") as before:
        answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, DryRun=True, Publish=True)
        del answer["ResponseMetadata"]
        assert answer == {**before, "CodeSha256": sha256(ZIP_B), "CodeSize": len(ZIP_B)}
    assert way.lambda_.publish_version(FunctionName="fn")["Version"] == "1"


@rule("D5", "V4", "V5")
def test_a_dry_run_does_not_mark_latest_as_changed(way, fn):
    assert way.lambda_.publish_version(FunctionName="fn")["Version"] == "1"
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, DryRun=True)
    assert way.lambda_.publish_version(FunctionName="fn")["Version"] == "1"


@case(71)
@rule("D10", "D4")
def test_after_a_dry_run_the_status_is_successful_and_a_real_update_is_not_refused(way, fn):
    dry = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, DryRun=True)
    assert dry["LastUpdateStatus"] == "Successful"
    real = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert (real["LastUpdateStatus"], real["CodeSha256"]) == ("InProgress", dry["CodeSha256"])


@rule("D5")
def test_a_package_that_was_only_tried_is_not_kept(way, fn):
    before = way.lambda_.get_account_settings()["AccountUsage"]
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, DryRun=True)
    assert way.lambda_.get_account_settings()["AccountUsage"] == before


@rule("D4")
def test_an_architecture_that_was_only_tried_is_not_kept(way, fn):
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, DryRun=True, Architectures=["arm64"])
    assert way.settled("fn")["Architectures"] == ["x86_64"]


@rule("D6", "D7")
@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        pytest.param({"ZipFile": b"not a zip"}, NOT_A_ZIP, id="Z1", marks=case(69)),
        pytest.param({"ZipFile": b""}, EMPTY_ZIP, id="R55"),
        pytest.param({"FunctionName": "nobody"}, not_found(ARN[:-2] + "nobody"), id="E1", marks=case(70)),
        pytest.param({"FunctionName": "fn:1"}, NOT_LATEST, id="E9"),
        pytest.param({"FunctionName": ARN.replace("us-east-1", "eu-west-1")}, unreachable("eu-west-1"), id="E10"),
        pytest.param({"RevisionId": "wrong"}, STALE_REVISION, id="E2"),
    ],
)
def test_a_dry_run_is_refused_as_the_real_call_is(way, fn, parameters, refusal):
    parameters = {"FunctionName": "fn", "ZipFile": ZIP_B, **parameters}
    with way.unchanged("fn"):
        for dry_run in (True, False):
            way.refused(way.lambda_.update_function_code, refusal, **parameters, DryRun=dry_run)


@rule("D7")
def test_a_dry_run_with_the_right_revision_is_answered(way, fn):
    answer = way.lambda_.update_function_code(
        FunctionName="fn", ZipFile=ZIP_B, DryRun=True, RevisionId=fn["RevisionId"]
    )
    assert answer["RevisionId"] == fn["RevisionId"]


@rule("D9", "E3", "E4")
def test_a_dry_run_predicts_the_conflict_of_the_real_call(way):
    way.lambda_.create_function(**creation())
    dry_run = {"FunctionName": "fn", "ZipFile": ZIP_B, "DryRun": True}
    way.refused(way.lambda_.update_function_code, pending(), **dry_run)
    way.settled("fn")
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert {name: answer[name] for name in UPDATING} == UPDATING
    way.refused(way.lambda_.update_function_code, in_progress(), **dry_run)
