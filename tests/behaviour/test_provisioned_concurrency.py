"""Provisioned concurrency of versions and aliases: put, get, delete, list (facts 12)."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from texts import QUALIFIERS_DIFFER, Refusal, conflict, invalid, missing, not_found, unreachable, violated
from world import ARN, NOW, ZIP_B, creation, without_metadata

fact = pytest.mark.fact

LATER = "2026-01-01T00:01:00.000+0000"
NO_CONFIG = Refusal(
    "ProvisionedConcurrencyConfigNotFoundException", 404, "No Provisioned Concurrency Config found for this function"
)
UNPUBLISHED = invalid("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
NEITHER = invalid("The function resource provided must be an alias or a published version.")
ABOVE_RESERVED = invalid(
    "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"
)


def config(requested, allocated, status, at=NOW):
    return {
        "RequestedProvisionedConcurrentExecutions": requested,
        "AvailableProvisionedConcurrentExecutions": allocated,
        "AllocatedProvisionedConcurrentExecutions": allocated,
        "Status": status,
        "LastModified": at,
    }


def deploy(way, **options):
    """Return a way to a function with versions 1 and 2, and with aliases of each and of ``$LATEST``."""
    way = way.another(**options)
    way.lambda_.create_function(**creation(), Publish=True)
    way.lambda_.get_function(FunctionName="fn")
    way.clock.advance(5)
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, Publish=True)
    for name, version in {"old": "1", "live": "2", "next": "$LATEST"}.items():
        way.lambda_.create_alias(FunctionName="fn", Name=name, FunctionVersion=version)
    way.clock.freeze(dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc))
    return way


@pytest.fixture
def deployed(way):
    return deploy(way)


def put(way, qualifier, count, name="fn"):
    return without_metadata(
        way.lambda_.put_provisioned_concurrency_config(
            FunctionName=name, Qualifier=qualifier, ProvisionedConcurrentExecutions=count
        )
    )


def get(way, qualifier, name="fn"):
    return without_metadata(way.lambda_.get_provisioned_concurrency_config(FunctionName=name, Qualifier=qualifier))


def listed(way, **page):
    return without_metadata(way.lambda_.list_provisioned_concurrency_configs(FunctionName="fn", **page))


@fact(512, 513)
@pytest.mark.parametrize(("qualifier", "name"), [("1", "fn"), ("live", "fn"), ("live", "fn:live"), ("2", f"{ARN}:2")])
def test_what_is_put_is_in_progress_until_it_is_read(deployed, qualifier, name):
    assert put(deployed, qualifier, 5, name) == config(5, 0, "IN_PROGRESS")
    assert get(deployed, qualifier, name) == config(5, 5, "READY")


@fact(513)
def test_with_seconds_it_is_in_progress_until_they_have_passed(way):
    way = deploy(way, settle=2)
    put(way, "1", 5)
    assert get(way, "1") == config(5, 0, "IN_PROGRESS")
    assert listed(way)["ProvisionedConcurrencyConfigs"][0]["Status"] == "IN_PROGRESS"
    way.clock.advance(2)
    assert get(way, "1") == config(5, 5, "READY")


def test_another_number_keeps_what_there_is_until_it_settles(way):
    way = deploy(way, settle=2)
    put(way, "1", 5)
    way.clock.advance(60)
    assert put(way, "1", 9) == config(9, 5, "IN_PROGRESS", LATER)
    way.clock.advance(2)
    assert get(way, "1") == config(9, 9, "READY", LATER)


@fact(514)
def test_deleting_takes_it_away_and_may_be_done_again(deployed):
    put(deployed, "live", 5)
    for _ in range(2):
        call = deployed.lambda_.delete_provisioned_concurrency_config
        assert call(FunctionName="fn", Qualifier="live")["ResponseMetadata"]["HTTPStatusCode"] == 204
        deployed.refused(
            deployed.lambda_.get_provisioned_concurrency_config, NO_CONFIG, FunctionName="fn", Qualifier="live"
        )


@fact(515)
def test_nothing_provisioned_is_an_empty_list(deployed):
    assert listed(deployed) == {"ProvisionedConcurrencyConfigs": []}


def test_the_list_has_versions_and_aliases_by_name(deployed):
    put(deployed, "old", 1)
    put(deployed, "2", 2)
    entries = [
        {"FunctionArn": f"{ARN}:2", **config(2, 0, "IN_PROGRESS")},
        {"FunctionArn": f"{ARN}:old", **config(1, 0, "IN_PROGRESS")},
    ]
    assert listed(deployed) == {"ProvisionedConcurrencyConfigs": entries}
    page = listed(deployed, MaxItems=1)
    assert page["ProvisionedConcurrencyConfigs"] == entries[:1]
    assert listed(deployed, Marker=page["NextMarker"]) == {"ProvisionedConcurrencyConfigs": entries[1:]}


@fact(516)
def test_at_least_one_is_provisioned(wire):
    path = "/2019-09-30/functions/fn/provisioned-concurrency"
    response = wire.send("PUT", path, {"ProvisionedConcurrentExecutions": 0}, query="Qualifier=1")
    least = "Member must have value greater than or equal to 1"
    refusal = violated(("'0'", "provisionedConcurrentExecutions", least))
    assert (response.status, json.loads(response.body)) == (400, {"message": refusal.message})


@fact(517)
@pytest.mark.parametrize(
    ("operation", "more", "refusal"),
    [
        ("put", {"ProvisionedConcurrentExecutions": 1}, UNPUBLISHED),
        ("get", {}, NEITHER),
        ("delete", {}, NEITHER),
    ],
)
def test_latest_has_none(deployed, operation, more, refusal):
    call = getattr(deployed.lambda_, f"{operation}_provisioned_concurrency_config")
    deployed.refused(call, refusal, FunctionName="fn", Qualifier="$LATEST", **more)
    if operation == "put":
        deployed.refused(call, refusal, FunctionName="fn", Qualifier="next", **more)


@fact(518)
def test_an_alias_and_its_version_do_not_both_have_it(deployed):
    call = deployed.lambda_.put_provisioned_concurrency_config
    put(deployed, "1", 1)
    text = "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"
    deployed.refused(call, conflict(text), FunctionName="fn", Qualifier="old", ProvisionedConcurrentExecutions=1)
    put(deployed, "live", 1)
    text = "Version is pointed by a Provisioned Concurrency alias"
    deployed.refused(call, conflict(text), FunctionName="fn", Qualifier="2", ProvisionedConcurrentExecutions=1)


@fact(519)
def test_all_together_is_not_more_than_what_is_reserved(deployed):
    deployed.lambda_.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=5)
    put(deployed, "1", 3)
    call = deployed.lambda_.put_provisioned_concurrency_config
    deployed.refused(call, ABOVE_RESERVED, FunctionName="fn", Qualifier="2", ProvisionedConcurrentExecutions=3)
    put(deployed, "2", 2)
    put(deployed, "1", 1)


@fact(507)
@pytest.mark.parametrize("reserved", [0, 1])
def test_not_less_is_reserved_than_is_provisioned(deployed, reserved):
    put(deployed, "1", 1)
    put(deployed, "2", 1)
    text = f" ReservedConcurrentExecutions  {reserved} should not be lower than function's total provisioned concurrency [2]."
    call = deployed.lambda_.put_function_concurrency
    deployed.refused(call, invalid(text, typed=False), FunctionName="fn", ReservedConcurrentExecutions=reserved)
    deployed.lambda_.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=2)


def test_no_more_is_provisioned_than_the_account_has_left(deployed):
    text = "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [{}]."
    call = deployed.lambda_.put_provisioned_concurrency_config
    parameters = {"FunctionName": "fn", "Qualifier": "1"}
    deployed.refused(call, invalid(text.format(900)), **parameters, ProvisionedConcurrentExecutions=901)
    put(deployed, "1", 900)
    put(deployed, "1", 600)
    deployed.lambda_.create_function(**creation("other"), Publish=True)
    parameters["FunctionName"] = "other"
    deployed.refused(call, invalid(text.format(300)), **parameters, ProvisionedConcurrentExecutions=301)
    deployed.lambda_.put_function_concurrency(FunctionName="other", ReservedConcurrentExecutions=1)
    deployed.refused(call, ABOVE_RESERVED, **parameters, ProvisionedConcurrentExecutions=2)


@fact(520)
def test_it_moves_with_its_alias(way):
    way = deploy(way, settle=2)
    put(way, "live", 5)
    way.clock.advance(2)
    way.lambda_.update_alias(FunctionName="fn", Name="live", Description="the same version")
    assert get(way, "live")["Status"] == "READY"
    way.lambda_.update_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    assert get(way, "live") == config(5, 5, "IN_PROGRESS")
    way.clock.advance(2)
    assert get(way, "live") == config(5, 5, "READY")


def test_it_does_not_move_to_where_it_could_not_be_put(deployed):
    put(deployed, "live", 5)
    call = deployed.lambda_.update_alias
    deployed.refused(call, UNPUBLISHED, FunctionName="fn", Name="live", FunctionVersion="$LATEST")
    put(deployed, "1", 1)
    text = "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"
    deployed.refused(call, conflict(text), FunctionName="fn", Name="live", FunctionVersion="1")
    assert deployed.lambda_.get_alias(FunctionName="fn", Name="live")["FunctionVersion"] == "2"


def test_a_list_settles_nothing(deployed):
    put(deployed, "1", 2)
    assert listed(deployed)["ProvisionedConcurrencyConfigs"][0] == {
        "FunctionArn": f"{ARN}:1",
        **config(2, 0, "IN_PROGRESS"),
    }
    assert put(deployed, "1", 3) == config(3, 0, "IN_PROGRESS")


@fact(458)
@pytest.mark.parametrize("qualifier", ["1", "live"])
def test_it_goes_with_its_version_or_alias(deployed, qualifier):
    for alias in ("old", "live"):
        if alias != qualifier:
            deployed.lambda_.delete_alias(FunctionName="fn", Name=alias)
    put(deployed, qualifier, 5)
    if qualifier == "1":
        deployed.lambda_.delete_function(FunctionName="fn", Qualifier="1")
    else:
        deployed.lambda_.delete_alias(FunctionName="fn", Name="live")
    assert listed(deployed) == {"ProvisionedConcurrencyConfigs": []}


@fact(176)
@pytest.mark.parametrize("name", ["fn", "other"])
@pytest.mark.parametrize(
    ("operation", "more"), [("put", {"ProvisionedConcurrentExecutions": 1}), ("get", {}), ("delete", {})]
)
def test_what_is_not_there_is_named_by_its_kind(deployed, operation, more, name):
    call = getattr(deployed.lambda_, f"{operation}_provisioned_concurrency_config")
    arn = ARN.removesuffix("fn") + name
    deployed.refused(call, not_found(f"{arn}:7"), FunctionName=name, Qualifier="7", **more)
    alias = missing(f"Cannot find alias arn: {arn}:none")
    deployed.refused(call, alias, FunctionName=name, Qualifier="none", **more)
    deployed.refused(call, QUALIFIERS_DIFFER, FunctionName=f"{name}:1", Qualifier="live", **more)
    elsewhere = ARN.replace("us-east-1", "eu-west-1")
    deployed.refused(call, unreachable("eu-west-1"), FunctionName=elsewhere, Qualifier="1", **more)


@fact(177)
def test_the_list_of_a_function_that_is_not_there_is_refused(way):
    way.refused(way.lambda_.list_provisioned_concurrency_configs, not_found(), FunctionName="fn")
