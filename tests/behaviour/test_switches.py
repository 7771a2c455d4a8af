"""What nobody has recorded, and can be switched: see docs/known-unknowns.md."""

from __future__ import annotations

import pytest
from texts import STALE_REVISION, in_progress, invalid
from world import ZIP_A, ZIP_B, creation, sha256

fact, rule = pytest.mark.fact, pytest.mark.rule


@rule("D9")
def test_a_dry_run_during_an_update_is_refused_as_the_real_call_is(way, fn):
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    way.refused(way.lambda_.update_function_code, in_progress(), FunctionName="fn", ZipFile=ZIP_A, DryRun=True)


@rule("D9", "D10")
def test_a_dry_run_during_an_update_is_answered_where_that_is_switched(way):
    way = way.another(dry_run_conflicts=False)
    way.lambda_.create_function(**creation())
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, DryRun=True)
    assert (answer["State"], answer["CodeSha256"]) == ("Pending", sha256(ZIP_B))
    way.settled("fn")
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_A, DryRun=True)
    assert (answer["LastUpdateStatus"], answer["CodeSha256"]) == ("InProgress", sha256(ZIP_A))
    # Everything else is refused as ever.
    parameters = {"FunctionName": "fn", "ZipFile": ZIP_A}
    way.refused(way.lambda_.update_function_code, STALE_REVISION, DryRun=True, RevisionId="wrong", **parameters)
    way.refused(way.lambda_.update_function_code, in_progress(), **parameters)


def recreated(way):
    """Publish a version, delete the function, make it again with a version; return that version's number."""
    way.lambda_.create_function(**creation(Publish=True))
    way.lambda_.delete_function(FunctionName="fn")
    return way.lambda_.create_function(**creation(Publish=True))["Version"]


@rule("V3")
def test_a_function_that_is_made_again_begins_at_version_1(way):
    assert recreated(way) == "1"


@rule("V3")
def test_a_function_that_is_made_again_goes_on_counting_where_that_is_switched(way):
    way = way.another(keep_version_numbers=True)
    assert recreated(way) == "2"
    way.settled("fn")
    way.lambda_.delete_function(FunctionName="fn")
    way.lambda_.create_function(**creation())
    way.settled("fn")
    assert way.lambda_.publish_version(FunctionName="fn")["Version"] == "3"
    assert way.lambda_.create_function(**creation("other", Publish=True))["Version"] == "1"
    way.emulator.reset()
    assert way.lambda_.create_function(**creation(Publish=True))["Version"] == "1"


RECORDED = ["java8", "go1.x", "nodejs14.x", "python3.7", "dotnetcore3.1"]
KNOWN_OTHERWISE = ["provided", "ruby2.7", "nodejs12.x"]


@rule("Z24")
@pytest.mark.parametrize(
    "runtime",
    [
        *(pytest.param(it, id=it, marks=fact(278)) for it in RECORDED),
        *(pytest.param(it, id=it, marks=fact(279)) for it in KNOWN_OTHERWISE),
    ],
)
def test_a_retired_runtime_is_refused_where_that_is_switched(way, runtime):
    way = way.another(strict_runtimes=True)
    refusal = invalid(
        f"The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. We "
        "recommend you use a supported runtime while creating or updating functions."
    )
    way.refused(way.lambda_.create_function, refusal, **creation(Runtime=runtime))
    way.lambda_.create_function(**creation())
    way.settled("fn")
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_configuration, refusal, FunctionName="fn", Runtime=runtime)
    assert way.lambda_.update_function_configuration(FunctionName="fn", Runtime="python3.9")["Runtime"] == "python3.9"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dry_run_conflicts": 1}, "dry_run_conflicts is True or False"),
        ({"strict_runtimes": 1}, "strict_runtimes is True or False"),
        ({"keep_version_numbers": "yes"}, "keep_version_numbers is True or False"),
        ({"code_storage_limit": -1}, "code_storage_limit is a whole number of bytes, 0 or more and below 2.* not -1"),
        ({"code_storage_limit": 1.5}, "code_storage_limit is a whole number of bytes, .* not 1.5"),
        ({"code_storage_limit": 2**64}, "code_storage_limit is a whole number of bytes, .* not 18446744073709551616"),
        ({"code_storage_limit": True}, "code_storage_limit is a whole number of bytes, .* not True"),
        ({"seed": -1}, r"seed is a whole number from 0 to 2\*\*64 - 1"),
        ({"seed": 2**64}, r"seed is a whole number from 0 to 2\*\*64 - 1"),
        ({"seed": "1"}, r"seed is a whole number from 0 to 2\*\*64 - 1"),
        ({"code_storage_limits": 1}, "unexpected keyword argument 'code_storage_limits'"),
    ],
    ids=lambda it: str(it) if isinstance(it, dict) else "",
)
def test_an_option_that_cannot_be_is_refused(way, options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        way.another(**options)
