"""Layers in stacks of moto's CloudFormation."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

import drylambda.moto
from drylambda import make_zip

pytest.importorskip("moto.cloudformation.parsing", reason="moto's CloudFormation is not installed")
ARN = "arn:aws:lambda:eu-west-1:123456789012:layer:tools"
ZIP = make_zip({"python/tools.py": "A = 1"})


@pytest.fixture
def stack(client):
    """Give what puts the stack ``s`` together; its layers are in a bucket of moto's."""
    with drylambda.moto.install(settle="instant"), mock_aws():
        s3 = client("s3")
        s3.create_bucket(Bucket="layers", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        s3.put_object(Bucket="layers", Key="tools.zip", Body=ZIP)
        cloudformation = client("cloudformation")

        def put(change="create_stack", outputs=(), **resources):
            template = {
                "Resources": {
                    name: {"Type": f"AWS::Lambda::{kind}", "Properties": of} for name, (kind, of) in resources.items()
                },
                "Outputs": {name: {"Value": value} for name, value in dict(outputs).items()},
            }
            getattr(cloudformation, change)(StackName="s", TemplateBody=json.dumps(template))
            found = cloudformation.describe_stacks(StackName="s")["Stacks"][0]
            return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}

        put.client = cloudformation
        yield put


@pytest.fixture
def app(stack, client):
    """A client for Lambda beside it."""
    return client()


def layer(**more):
    content = {"S3Bucket": "layers", "S3Key": "tools.zip"}
    return "LayerVersion", {"LayerName": "tools", "Content": content, **more}


def permission(**more):
    version = {"LayerVersionArn": {"Ref": "Layer"}, "Action": "lambda:GetLayerVersion", "Principal": "*"}
    return "LayerVersionPermission", {**version, **more}


def function(**more):
    return "Function", {
        "FunctionName": "app",
        "Role": "arn:aws:iam::123456789012:role/app",
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Code": {"ZipFile": "one"},
        "Layers": [{"Ref": "Layer"}],
        **more,
    }


def numbers(app):
    return [version["Version"] for version in app.list_layer_versions(LayerName="tools")["LayerVersions"]]


def test_a_layer_and_a_function_that_has_it(stack, app):
    outputs = {"Ref": {"Ref": "Layer"}, "Arn": {"Fn::GetAtt": ["Layer", "LayerVersionArn"]}}
    made = layer(Description="first", CompatibleRuntimes=["python3.13"], LicenseInfo="MIT")
    assert stack(outputs=outputs, Layer=made, Function=function()) == {"Ref": f"{ARN}:1", "Arn": f"{ARN}:1"}
    found = app.get_layer_version_by_arn(Arn=f"{ARN}:1")
    assert (found["Description"], found["CompatibleRuntimes"], found["LicenseInfo"]) == ("first", ["python3.13"], "MIT")
    (of_function,) = app.get_function_configuration(FunctionName="app")["Layers"]
    assert of_function == {"Arn": f"{ARN}:1", "CodeSize": len(ZIP)}


def test_a_layer_without_a_name_has_one_of_the_stack(stack, app):
    made = layer()
    del made[1]["LayerName"]
    stack(Layer=made)
    (listed,) = app.list_layers()["Layers"]
    assert listed["LayerName"].startswith("s-Layer-")


def test_a_change_is_a_new_version_in_the_place_of_the_old(stack, app):
    stack(Layer=layer())
    outputs = {"Ref": {"Ref": "Layer"}}
    assert stack("update_stack", outputs, Layer=layer(Description="second")) == {"Ref": f"{ARN}:2"}
    assert numbers(app) == [2]


def test_what_does_not_change_stays(stack, app):
    stack(Layer=layer())
    stack("update_stack", Layer=layer(), Function=function())
    assert numbers(app) == [1]


def test_a_layer_goes_with_its_stack(stack, app):
    stack(Layer=layer(), Permission=permission())
    stack.client.delete_stack(StackName="s")
    assert app.list_layers()["Layers"] == []


def test_a_permission_is_made_changed_and_taken_away(stack, app):
    stack(Layer=layer(), Permission=permission())

    def statements():
        policy = app.get_layer_version_policy(LayerName="tools", VersionNumber=1)["Policy"]
        return [(it["Principal"], it["Resource"]) for it in json.loads(policy)["Statement"]]

    assert statements() == [("*", f"{ARN}:1")]
    stack("update_stack", Layer=layer(), Permission=permission(Principal="210987654321"))
    assert statements() == [({"AWS": "arn:aws:iam::210987654321:root"}, f"{ARN}:1")]
    stack("update_stack", Layer=layer())
    with pytest.raises(ClientError, match="No policy is associated"):
        statements()


def test_a_permission_of_no_version_is_refused(stack):
    with pytest.raises(ClientError, match=f"Layer version {ARN}:7 does not exist"):
        stack(Permission=permission(LayerVersionArn=f"{ARN}:7"))
