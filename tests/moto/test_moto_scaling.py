"""Provisioned concurrency and scaling configurations of stacks of moto's CloudFormation."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

import drylambda.moto

pytest.importorskip("moto.cloudformation.parsing", reason="moto's CloudFormation is not installed")
pytestmark = pytest.mark.usefixtures("installed")
FUNCTION = {
    "FunctionName": "app",
    "Role": "arn:aws:iam::123456789012:role/app",
    "Runtime": "python3.13",
    "Handler": "index.handler",
    "Code": {"ZipFile": "one"},
}
PROVIDER = {
    "CapacityProviderName": "mine",
    "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
    "PermissionsConfig": {"CapacityProviderOperatorRoleArn": "arn:aws:iam::123456789012:role/operator"},
}
MANAGED = {
    "CapacityProviderConfig": {
        "LambdaManagedInstancesCapacityProviderConfig": {
            "CapacityProviderArn": "arn:aws:lambda:eu-west-1:123456789012:capacity-provider:mine"
        }
    },
}
VERSION = {"FunctionName": {"Ref": "Function"}}
ALIAS = {"FunctionName": {"Ref": "Function"}, "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]}, "Name": "live"}
LATEST = "$LATEST.PUBLISHED"
TOO_MANY = 1001


@pytest.fixture(params=["instant", "on_read", 2.5])
def installed(request):
    """Drylambda in moto, with each way to settle."""
    with drylambda.moto.install(settle=request.param) as handle:
        yield handle


@pytest.fixture
def stack(client):
    """Create or update the stack ``s`` with resources of these types and properties."""
    with mock_aws():
        formation = client("cloudformation")

        def put(call, **resources):
            # The second version of a test is "Version2".
            typed = {
                name: {"Type": f"AWS::Lambda::{name.rstrip('2')}", "Properties": properties}
                for name, properties in resources.items()
            }
            getattr(formation, f"{call}_stack")(StackName="s", TemplateBody=json.dumps({"Resources": typed}))

        yield put


@pytest.fixture
def app(stack, client):
    """A client for Lambda beside it."""
    return client()


@pytest.fixture
def managed(app):
    """A function's properties that runs on a capacity provider."""
    app.create_capacity_provider(**PROVIDER)
    return {**FUNCTION, **MANAGED}


def number(count):
    return {"ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": count}}


def environments(least, most):
    return {"FunctionScalingConfig": {"MinExecutionEnvironments": least, "MaxExecutionEnvironments": most}}


def provisioned(app):
    """What is provisioned and ready, by qualifier."""
    found = app.list_provisioned_concurrency_configs(FunctionName="app")["ProvisionedConcurrencyConfigs"]
    assert {config["Status"] for config in found} <= {"READY"}
    return {
        config["FunctionArn"].split(":")[-1]: config["AllocatedProvisionedConcurrentExecutions"] for config in found
    }


def scaling(app, qualifier):
    """The scaling configuration that holds."""
    found = app.get_function_scaling_config(FunctionName="app", Qualifier=qualifier)
    return found.get("AppliedFunctionScalingConfig")


def published(app):
    return [found["Version"] for found in app.list_versions_by_function(FunctionName="app")["Versions"]]


def test_provisioned_concurrency_of_an_alias_comes_changes_and_goes(stack, app):
    stack("create", Function=FUNCTION, Version=VERSION, Alias={**ALIAS, **number(5)})
    assert provisioned(app) == {"live": 5}
    stack("update", Function=FUNCTION, Version=VERSION, Alias={**ALIAS, **number("7")})
    assert provisioned(app) == {"live": 7}
    stack("update", Function=FUNCTION, Version=VERSION, Alias=ALIAS)
    assert provisioned(app) == {}


def test_provisioned_concurrency_moves_with_the_alias(stack, app):
    stack("create", Function=FUNCTION, Version=VERSION, Alias={**ALIAS, **number(5)})
    moved = {**ALIAS, **number(5), "FunctionVersion": {"Fn::GetAtt": ["Version2", "Version"]}}
    stack("update", Function={**FUNCTION, "Code": {"ZipFile": "two"}}, Version2=VERSION, Alias=moved)
    assert app.get_alias(FunctionName="app", Name="live")["FunctionVersion"] == "2"
    assert provisioned(app) == {"live": 5}


def test_an_alias_is_updated_whose_provisioned_concurrency_somebody_deleted(stack, app):
    stack("create", Function=FUNCTION, Version=VERSION, Alias={**ALIAS, **number(5)})
    app.delete_provisioned_concurrency_config(FunctionName="app", Qualifier="live")
    stack("update", Function=FUNCTION, Version=VERSION, Alias={**ALIAS, **number(5), "Description": "new"})
    assert app.get_alias(FunctionName="app", Name="live")["Description"] == "new"
    assert provisioned(app) == {}


def test_provisioned_concurrency_of_a_version_comes_changes_and_goes_and_the_version_stays(stack, app):
    stack("create", Function=FUNCTION, Version={**VERSION, **number(5)})
    assert provisioned(app) == {"1": 5}
    stack("update", Function=FUNCTION, Version={**VERSION, **number(7)})
    assert provisioned(app) == {"1": 7}
    stack("update", Function=FUNCTION, Version=VERSION)
    assert provisioned(app) == {}
    assert published(app) == ["$LATEST", "1"]


def test_a_version_whose_provisioned_concurrency_is_refused_does_not_stay(stack, app):
    with pytest.raises(ClientError, match="greater than account's unreserved concurrency"):
        stack("create", Function=FUNCTION, Version={**VERSION, **number(TOO_MANY)})
    assert published(app) == ["$LATEST"]


def test_an_alias_whose_provisioned_concurrency_is_refused_does_not_stay(stack, app):
    with pytest.raises(ClientError, match="greater than account's unreserved concurrency"):
        stack("create", Function=FUNCTION, Version=VERSION, Alias={**ALIAS, **number(TOO_MANY)})
    assert app.list_aliases(FunctionName="app")["Aliases"] == []


def test_a_scaling_configuration_of_a_version_comes_changes_and_goes(stack, app, managed):
    stack("create", Function=managed, Version={**VERSION, **environments("1", "5")})
    assert scaling(app, "1") == {"MinExecutionEnvironments": 1, "MaxExecutionEnvironments": 5}
    stack("update", Function=managed, Version={**VERSION, **environments(2, 6)})
    assert scaling(app, "1") == {"MinExecutionEnvironments": 2, "MaxExecutionEnvironments": 6}
    stack("update", Function=managed, Version=VERSION)
    assert (scaling(app, "1"), published(app)) == ({}, ["$LATEST", "1"])


def test_a_scaling_configuration_of_a_function_is_that_of_what_it_published_last(stack, app, managed):
    managed = {**managed, "PublishToLatestPublished": "true"}
    stack("create", Function={**managed, **environments(1, 5)})
    assert scaling(app, LATEST) == {"MinExecutionEnvironments": 1, "MaxExecutionEnvironments": 5}
    stack("update", Function={**managed, **environments(2, 6), "Description": "new"})
    assert scaling(app, LATEST) == {"MinExecutionEnvironments": 2, "MaxExecutionEnvironments": 6}
    assert app.get_function_configuration(FunctionName="app", Qualifier=LATEST)["Description"] == "new"


@pytest.mark.parametrize("more", [environments(1, 5), {"FunctionScalingConfig": {}}], ids=["numbers", "none"])
def test_a_function_whose_scaling_configuration_is_refused_does_not_stay(stack, names, app, more):
    with pytest.raises(ClientError, match=r"cannot find|not found|capacity provider"):
        stack("create", Function={**FUNCTION, **more})
    assert names(app) == []
