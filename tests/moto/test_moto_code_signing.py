"""Code signing configurations of stacks of moto's CloudFormation, which has no model of them."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

import drylambda.moto

pytest.importorskip("moto.cloudformation.parsing", reason="moto's CloudFormation is not installed")
PUBLISHERS = {"SigningProfileVersionArns": ["arn:aws:signer:eu-west-1:123456789012:/signing-profiles/mine/1234567890"]}
FUNCTION = {
    "FunctionName": "app",
    "Role": "arn:aws:iam::123456789012:role/app",
    "Runtime": "python3.13",
    "Handler": "index.handler",
    "Code": {"ZipFile": "one"},
    "CodeSigningConfigArn": {"Ref": "Config"},
}


@pytest.fixture
def formation(client):
    """Return a client for CloudFormation with drylambda in moto."""
    with drylambda.moto.install(settle="instant"), mock_aws():
        yield client("cloudformation")


def template(policy="Warn", function=FUNCTION, **properties):
    config = {
        "AllowedPublishers": PUBLISHERS,
        "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": policy},
        **properties,
    }
    resources = {"Config": {"Type": "AWS::Lambda::CodeSigningConfig", "Properties": config}}
    if function:
        resources["Function"] = {"Type": "AWS::Lambda::Function", "Properties": function}
    outputs = {"Id": {"Value": {"Fn::GetAtt": ["Config", "CodeSigningConfigId"]}}}
    return json.dumps({"Resources": resources, "Outputs": outputs})


def configs(client):
    return client().list_code_signing_configs()["CodeSigningConfigs"]


def test_a_function_of_a_stack_has_its_configuration(formation, client):
    tags = [{"Key": "team", "Value": "a"}]
    formation.create_stack(StackName="s", TemplateBody=template(Description="ours", Tags=tags))
    (config,) = configs(client)
    arn = config["CodeSigningConfigArn"]
    (output,) = formation.describe_stacks(StackName="s")["Stacks"][0]["Outputs"]
    assert (output["OutputValue"], config["Description"]) == (config["CodeSigningConfigId"], "ours")
    assert client().get_function_code_signing_config(FunctionName="app")["CodeSigningConfigArn"] == arn
    assert client().list_tags(Resource=arn)["Tags"] == {"team": "a"}
    formation.update_stack(StackName="s", TemplateBody=template("Enforce"))
    (config,) = configs(client)
    assert config["CodeSigningPolicies"] == {"UntrustedArtifactOnDeployment": "Enforce"}
    assert (config["CodeSigningConfigArn"], config["Description"]) == (arn, "")
    assert client().list_tags(Resource=arn)["Tags"] == {}


def test_what_is_not_signed_fails_a_stack_that_enforces_it(formation, client):
    with pytest.raises(ClientError, match="Check the provided signature for unsigned"):
        formation.create_stack(StackName="s", TemplateBody=template("Enforce"))
    assert client().list_functions()["Functions"] == []


def test_a_stack_takes_both_away(formation, client):
    formation.create_stack(StackName="s", TemplateBody=template())
    formation.delete_stack(StackName="s")
    assert (configs(client), client().list_functions()["Functions"]) == ([], [])
