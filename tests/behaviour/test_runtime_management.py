"""When a function moves on to a newer version of its runtime: put, get (facts 19; nobody has recorded it)."""

from __future__ import annotations

import pytest
from texts import QUALIFIERS_DIFFER, in_progress, invalid, not_found, pending, unreachable
from world import ACCOUNT, ARN, ROLE, ZIP_B, creation, without_metadata

fact, rule = pytest.mark.fact, pytest.mark.rule

RUNTIME = "arn:aws:lambda:us-east-1::runtime:" + "5" * 64
MANUAL = {"UpdateRuntimeOn": "Manual", "RuntimeVersionArn": RUNTIME}


def get(way, **named):
    return without_metadata(way.lambda_.get_runtime_management_config(**{"FunctionName": "fn", **named}))


def put(way, choice, **named):
    return without_metadata(way.lambda_.put_runtime_management_config(**{"FunctionName": "fn", **named}, **choice))


def answer(choice, qualifier="$LATEST"):
    return {"FunctionArn": f"{ARN}:{qualifier}", **choice}


@fact(642)
def test_a_function_moves_on_by_itself_unless_somebody_chooses(way, fn):
    assert get(way) == answer({"UpdateRuntimeOn": "Auto"})


@fact(642)
@pytest.mark.parametrize("choice", [MANUAL, {"UpdateRuntimeOn": "FunctionUpdate"}, {"UpdateRuntimeOn": "Auto"}])
def test_what_was_chosen_is_answered_and_read(way, fn, choice):
    assert put(way, choice) == get(way) == answer(choice)
    assert put(way, {"UpdateRuntimeOn": "Auto"}) == get(way) == answer({"UpdateRuntimeOn": "Auto"})


@pytest.mark.parametrize("choice", ["Auto", "FunctionUpdate"])
def test_a_version_of_the_runtime_is_kept_by_manual_alone(way, fn, choice):
    assert put(way, {**MANUAL, "UpdateRuntimeOn": choice}) == answer({"UpdateRuntimeOn": choice})
    assert way.settled("fn") == fn


def test_the_chosen_version_stands_in_the_configuration(way, fn):
    put(way, MANUAL)
    assert way.settled("fn") == {**fn, "RuntimeVersionConfig": {"RuntimeVersionArn": RUNTIME}}
    updated = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert updated["RuntimeVersionConfig"] == {"RuntimeVersionArn": RUNTIME}
    way.settled("fn")
    put(way, {"UpdateRuntimeOn": "FunctionUpdate"})
    assert way.settled("fn")["RuntimeVersionConfig"] == fn["RuntimeVersionConfig"]


@pytest.mark.parametrize("named", [{"Qualifier": "1"}, {"FunctionName": "fn:1"}, {"FunctionName": f"{ARN}:1"}])
def test_a_published_version_has_a_choice_of_its_own(way, fn, named):
    put(way, {"UpdateRuntimeOn": "FunctionUpdate"})
    own = way.lambda_.publish_version(FunctionName="fn")["RuntimeVersionConfig"]
    assert get(way, **named) == answer({"UpdateRuntimeOn": "Auto"}, "1")
    assert put(way, MANUAL, **named) == get(way, **named) == answer(MANUAL, "1")
    version = way.lambda_.get_function_configuration(FunctionName="fn", Qualifier="1")
    assert version["RuntimeVersionConfig"] == {"RuntimeVersionArn": RUNTIME}
    assert way.settled("fn")["RuntimeVersionConfig"] == own
    assert get(way) == answer({"UpdateRuntimeOn": "FunctionUpdate"})


def test_manual_needs_to_know_which_version(way, fn):
    refusal = invalid("RuntimeVersionArn is required when UpdateRuntimeOn is set to Manual.")
    way.refused(way.lambda_.put_runtime_management_config, refusal, FunctionName="fn", UpdateRuntimeOn="Manual")
    assert get(way) == answer({"UpdateRuntimeOn": "Auto"})


def test_images_bring_their_own_runtime(way):
    image = {"ImageUri": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/app:1"}
    way.lambda_.create_function(FunctionName="fn", Role=ROLE, PackageType="Image", Code=image)
    way.settled("fn")
    refusal = invalid("Runtime management is not supported for functions created with container images.")
    way.refused(way.lambda_.put_runtime_management_config, refusal, FunctionName="fn", UpdateRuntimeOn="Auto")
    assert get(way) == answer({"UpdateRuntimeOn": "Auto"})


@rule("E3", "E4")
def test_it_waits_for_what_is_under_way(way):
    way.lambda_.create_function(**creation())
    call = way.lambda_.put_runtime_management_config
    way.refused(call, pending(), FunctionName="fn", UpdateRuntimeOn="Auto")
    way.settled("fn")
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    way.refused(call, in_progress(), FunctionName="fn", UpdateRuntimeOn="Auto")


@rule("E1", "E10", "G7")
def test_of_what_is_not_there(way, fn):
    way.lambda_.create_alias(FunctionName="fn", Name="live", FunctionVersion="$LATEST")
    elsewhere = ARN.replace("us-east-1", "eu-west-1")
    for call, more in (
        (way.lambda_.get_runtime_management_config, {}),
        (way.lambda_.put_runtime_management_config, {"UpdateRuntimeOn": "Auto"}),
    ):
        way.refused(call, not_found(f"{ARN[:-2]}nobody"), FunctionName="nobody", **more)
        for qualifier in ("7", "live", "nobody"):
            way.refused(call, not_found(f"{ARN}:{qualifier}"), FunctionName="fn", Qualifier=qualifier, **more)
        way.refused(call, QUALIFIERS_DIFFER, FunctionName="fn:1", Qualifier="2", **more)
        way.refused(call, unreachable("eu-west-1"), FunctionName=elsewhere, **more)
