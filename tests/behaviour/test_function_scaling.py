"""Scaling configurations of versions on a capacity provider: put and get, by the model's documentation."""

from __future__ import annotations

import pytest
from texts import OTHER_ACCOUNT, invalid, not_found, unreachable
from world import ARN, MANAGED, PROVIDER, creation, without_metadata

FEW = {"MinExecutionEnvironments": 1, "MaxExecutionEnvironments": 5}
MANY = {"MinExecutionEnvironments": 10, "MaxExecutionEnvironments": 50}
LATEST = "$LATEST.PUBLISHED"
NOT_MANAGED = invalid("A function scaling configuration needs a function with a capacity provider configuration.")


@pytest.fixture
def managed(way):
    """The function ``fn`` on a capacity provider, settled, with version 1 and the published latest one."""
    way.lambda_.create_capacity_provider(**PROVIDER)
    way.lambda_.create_function(**creation(CapacityProviderConfig=MANAGED, PublishTo="LATEST_PUBLISHED"))
    way.settled("fn")
    way.lambda_.publish_version(FunctionName="fn")


def put(way, config=None, qualifier="1", **more):
    given = {} if config is None else {"FunctionScalingConfig": config}
    call = way.lambda_.put_function_scaling_config
    return without_metadata(call(**{"FunctionName": "fn", "Qualifier": qualifier, **given, **more}))


def get(way, qualifier="1"):
    return without_metadata(way.lambda_.get_function_scaling_config(FunctionName="fn", Qualifier=qualifier))


def told(applied, requested, qualifier="1"):
    return {
        "FunctionArn": f"{ARN}:{qualifier}",
        "AppliedFunctionScalingConfig": applied,
        "RequestedFunctionScalingConfig": requested,
    }


def test_there_is_none_until_one_is_asked_for(way, managed):
    assert get(way) == {"FunctionArn": f"{ARN}:1"}


@pytest.mark.parametrize("qualifier", ["1", LATEST])
def test_what_is_asked_for_holds_once_it_is_read(way, managed, qualifier):
    assert put(way, FEW, qualifier) == {"FunctionState": "Active"}
    assert get(way, qualifier) == told(FEW, FEW, qualifier)
    other = LATEST if qualifier == "1" else "1"
    assert get(way, other) == {"FunctionArn": f"{ARN}:{other}"}


def test_what_held_holds_until_time_has_passed(way):
    there = way.another(settle=5)
    there.lambda_.create_capacity_provider(**PROVIDER)
    there.lambda_.create_function(**creation(CapacityProviderConfig=MANAGED, Publish=True))
    assert put(there, FEW) == {"FunctionState": "Pending"}
    assert get(there) == {"FunctionArn": f"{ARN}:1", "RequestedFunctionScalingConfig": FEW}
    there.clock.advance(5)
    assert put(there, MANY) == {"FunctionState": "Active"}
    assert get(there) == told(FEW, MANY)
    there.clock.advance(5)
    assert get(there) == told(MANY, MANY)


@pytest.mark.parametrize("config", [None, {}])
def test_without_numbers_lambda_chooses(way, managed, config):
    put(way, FEW)
    put(way, config)
    assert get(way) == told({}, {})


def test_at_least_is_no_more_than_at_most(way, managed):
    refusal = invalid("MinExecutionEnvironments cannot be greater than MaxExecutionEnvironments.")
    call = way.lambda_.put_function_scaling_config
    wrong = {"MinExecutionEnvironments": 2, "MaxExecutionEnvironments": 1}
    way.refused(call, refusal, FunctionName="fn", Qualifier="1", FunctionScalingConfig=wrong)
    assert get(way) == {"FunctionArn": f"{ARN}:1"}
    put(way, {"MinExecutionEnvironments": 0, "MaxExecutionEnvironments": 0})


@pytest.mark.parametrize("operation", ["put_function_scaling_config", "get_function_scaling_config"])
class TestNames:
    @pytest.mark.parametrize("qualifier", ["7", "0"])
    def test_a_version_that_is_not_there(self, way, managed, operation, qualifier):
        call = getattr(way.lambda_, operation)
        way.refused(call, not_found(f"{ARN}:{qualifier}"), FunctionName="fn", Qualifier=qualifier)

    def test_a_function_that_is_not_there(self, way, operation):
        way.refused(getattr(way.lambda_, operation), not_found(f"{ARN}:1"), FunctionName="fn", Qualifier="1")

    def test_a_function_that_runs_on_none(self, way, fn, operation):
        way.lambda_.publish_version(FunctionName="fn")
        way.refused(getattr(way.lambda_, operation), NOT_MANAGED, FunctionName="fn", Qualifier="1")

    def test_another_region_or_account(self, way, managed, operation):
        call = getattr(way.lambda_, operation)
        elsewhere = ARN.replace("us-east-1", "eu-west-1")
        way.refused(call, unreachable("eu-west-1"), FunctionName=elsewhere, Qualifier="1")
        way.refused(call, OTHER_ACCOUNT, FunctionName=ARN.replace("1234", "9999"), Qualifier="1")


def test_it_goes_with_its_version(way, managed):
    put(way, FEW, LATEST)
    way.lambda_.delete_function(FunctionName="fn", Qualifier=LATEST)
    way.lambda_.publish_version(FunctionName="fn", PublishTo="LATEST_PUBLISHED")
    assert get(way, LATEST) == {"FunctionArn": f"{ARN}:{LATEST}"}


def test_it_changes_neither_revision_nor_time(way, managed):
    with way.unchanged("fn"):
        put(way, FEW)
        get(way)
