"""Stacks of moto's CloudFormation: their functions, versions and aliases are drylambda's."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from moto import mock_aws

import drylambda.moto
from drylambda import Package

pytest.importorskip("moto.cloudformation.parsing", reason="moto's CloudFormation is not installed")
pytestmark = pytest.mark.usefixtures("installed")
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:app"


@pytest.fixture(params=["instant", "on_read", 2.5])
def installed(request):
    """Drylambda in moto, with each way to settle."""
    with drylambda.moto.install(settle=request.param) as handle:
        yield handle


@pytest.fixture
def stack(client):
    """Create the stack ``s`` or update it to what is given."""
    with mock_aws():
        yield Stack(client("cloudformation"))


@pytest.fixture
def app(stack, client):
    """A client for Lambda beside it."""
    return client()


class Stack:
    """One stack."""

    def __init__(self, client):
        self.client = client

    def _put(self, call, resources, outputs, parameters):
        template = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Parameters": {name: {"Type": "String"} for name in parameters},
            "Resources": resources,
            "Outputs": {name: {"Value": value} for name, value in outputs.items()},
        }
        given = [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]
        call(StackName="s", TemplateBody=json.dumps(template), Parameters=given)
        found = self.client.describe_stacks(StackName="s")["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}

    def create(self, resources, outputs=(), **parameters):
        return self._put(self.client.create_stack, resources, dict(outputs), parameters)

    def update(self, resources, outputs=(), **parameters):
        return self._put(self.client.update_stack, resources, dict(outputs), parameters)

    def delete(self):
        self.client.delete_stack(StackName="s")


def function(text="one", **more):
    properties = {
        "FunctionName": "app",
        "Role": "arn:aws:iam::123456789012:role/app",
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Code": {"ZipFile": text},
        **more,
    }
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


def version(**more):
    return {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Function"}, **more}}


def alias(of, **more):
    properties = {
        "FunctionName": {"Ref": "Function"},
        "FunctionVersion": {"Fn::GetAtt": [of, "Version"]},
        "Name": "live",
        **more,
    }
    return {"Type": "AWS::Lambda::Alias", "Properties": properties}


def package(installed, qualifier=None):
    return installed.lambda_.scope(region="eu-west-1").package("app", qualifier)


def code(installed, qualifier=None):
    return package(installed, qualifier).read("index.py").decode()


def test_a_function_with_its_code_in_the_template(stack, app, installed):
    outputs = {"Name": {"Ref": "Function"}, "Arn": {"Fn::GetAtt": ["Function", "Arn"]}}
    assert stack.create({"Function": function("print(1)")}, outputs) == {"Name": "app", "Arn": ARN}
    configuration = app.get_function_configuration(FunctionName="app")
    assert (configuration["State"], configuration["Runtime"]) == ("Active", "python3.13")
    assert code(installed) == "print(1)"
    assert package(installed).names == ["index.py"]


def test_code_for_node_is_javascript(stack, installed):
    stack.create({"Function": function("exports.handler = 1", Runtime="nodejs22.x")})
    assert package(installed).names == ["index.js"]


def test_all_properties_arrive_with_the_types_of_the_api(stack, app):
    given = {
        "Architectures": ["arm64"],
        "Description": "a function",
        "Environment": {"Variables": {"TEXT": "a", "NUMBER": 1, "FLAG": True}},
        "EphemeralStorage": {"Size": "1024"},
        "KmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000",
        "MemorySize": {"Ref": "Memory"},
        "Tags": [{"Key": "team", "Value": "blue"}],
        "Timeout": "30",
        "TracingConfig": {"Mode": "Active"},
    }
    stack.create({"Function": function(**given)}, Memory="512")
    found = app.get_function(FunctionName="app")
    configuration = found["Configuration"]
    assert configuration["Architectures"] == ["arm64"]
    assert configuration["Environment"]["Variables"] == {"TEXT": "a", "NUMBER": "1", "FLAG": "true"}
    assert (configuration["MemorySize"], configuration["Timeout"]) == (512, 30)
    assert configuration["EphemeralStorage"] == {"Size": 1024}
    assert configuration["KMSKeyArn"] == given["KmsKeyArn"]
    assert configuration["TracingConfig"] == {"Mode": "Active"}
    assert found["Tags"] == {"team": "blue"}


def test_code_from_motos_s3_by_version(stack, client, app, installed):
    s3 = client("s3")
    s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket="code", VersioningConfiguration={"Status": "Enabled"})
    packages = [drylambda.make_zip({"index.py": text}) for text in ("one", "two")]
    ids = [s3.put_object(Bucket="code", Key="app.zip", Body=body)["VersionId"] for body in packages]
    place = {"S3Bucket": "code", "S3Key": "app.zip"}
    stack.create({"Function": function(Code={**place, "S3ObjectVersion": ids[0]})})
    assert code(installed) == "one"
    stack.update({"Function": function(Code={**place, "S3ObjectVersion": ids[1]})})
    assert code(installed) == "two"
    assert app.get_function_configuration(FunctionName="app")["CodeSha256"] == Package(packages[1]).sha256


def test_an_update_of_code_and_configuration_calls_both_operations(stack, app, installed):
    stack.create({"Function": function("one", Description="first", Tags=[{"Key": "a", "Value": "1"}])})
    more = {"Timeout": 60, "Architectures": ["arm64"], "Tags": [{"Key": "b", "Value": "2"}]}
    stack.update({"Function": function("two", **more)})
    found = app.get_function(FunctionName="app")
    configuration = found["Configuration"]
    assert code(installed) == "two"
    assert (configuration["Description"], configuration["Timeout"]) == ("", 60)
    assert (configuration["Architectures"], found["Tags"]) == (["arm64"], {"b": "2"})
    assert configuration["LastUpdateStatus"] == "Successful"
    called = [entry.operation for entry in installed.lambda_.journal if entry.operation.startswith("Update")]
    assert called == ["UpdateFunctionCode", "UpdateFunctionConfiguration"]


def test_what_did_not_change_is_not_updated(stack, installed):
    stack.create({"Function": function()})
    stack.update({"Function": {**function(), "DependsOn": []}})
    assert not [entry for entry in installed.lambda_.journal if entry.operation.startswith("Update")]


def test_another_name_is_another_function(stack, app, names):
    stack.create({"Function": function()})
    stack.update({"Function": function(FunctionName="other")})
    assert names(app) == ["other"]


def test_a_function_without_a_name_gets_one_and_keeps_it(stack, app, names):
    nameless = function()
    del nameless["Properties"]["FunctionName"]
    stack.create({"Function": nameless})
    (name,) = names(app)
    assert name.startswith("s-Function-")
    nameless["Properties"]["Timeout"] = 60
    stack.update({"Function": nameless})
    assert names(app) == [name]


def test_a_version_and_an_alias(stack, app):
    outputs = {
        "Version": {"Ref": "Version"},
        "Number": {"Fn::GetAtt": ["Version", "Version"]},
        "Alias": {"Ref": "Alias"},
    }
    resources = {"Function": function(), "Version": version(Description="first"), "Alias": alias("Version")}
    assert stack.create(resources, outputs) == {"Version": f"{ARN}:1", "Number": "1", "Alias": f"{ARN}:live"}
    assert app.get_function_configuration(FunctionName="app", Qualifier="live")["Description"] == "first"


def test_a_new_version_has_the_new_code_and_the_alias_moves(stack, app, installed):
    # As the CDK writes it: each version is a resource of its own. moto deletes first, then adds, then updates.
    stack.create({"Function": function("one"), "Version1": version(), "Alias": alias("Version1")})
    stack.update({"Function": function("two"), "Version2": version(), "Alias": alias("Version2")})
    assert app.get_alias(FunctionName="app", Name="live")["FunctionVersion"] == "2"
    assert code(installed, "live") == "two"
    listed = app.list_versions_by_function(FunctionName="app")["Versions"]
    assert [found["Version"] for found in listed] == ["$LATEST", "2"]


def test_a_version_that_is_retained_stays(stack, app, installed):
    kept = {**version(), "DeletionPolicy": "Retain"}
    stack.create({"Function": function("one"), "Version": kept, "Alias": alias("Version")})
    assert code(installed, "1") == "one"
    stack.delete()
    with pytest.raises(app.exceptions.ResourceNotFoundException):
        app.get_function(FunctionName="app")


def test_weights_of_an_alias(stack, app):
    weights = {"AdditionalVersionWeights": [{"FunctionVersion": "1", "FunctionWeight": "0.25"}]}
    two = {"Function": function("two"), "Version1": version(), "Version2": version()}
    stack.create({"Function": function("one"), "Version1": version()})
    stack.update({**two, "Alias": alias("Version2", RoutingConfig=weights)})
    found = app.get_alias(FunctionName="app", Name="live")
    assert (found["FunctionVersion"], found["RoutingConfig"]["AdditionalVersionWeights"]) == ("2", {"1": 0.25})
    stack.update({**two, "Alias": alias("Version2", Description="all of it")})
    found = app.get_alias(FunctionName="app", Name="live")
    assert (found["Description"], found.get("RoutingConfig", {})) == ("all of it", {})


def test_deleting_the_stack_deletes_all(stack, app, names):
    stack.create({"Function": function(), "Version": version(), "Alias": alias("Version")})
    stack.delete()
    assert names(app) == []


def test_a_refusal_is_awss(stack):
    with pytest.raises(ClientError) as refused:
        stack.create({"Function": function(Runtime="cobol")})
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValueException"


def test_reserved_concurrency_comes_changes_and_goes(stack, app):
    def reserved():
        return app.get_function(FunctionName="app").get("Concurrency")

    stack.create({"Function": function(ReservedConcurrentExecutions=5)})
    assert reserved() == {"ReservedConcurrentExecutions": 5}
    stack.update({"Function": function(ReservedConcurrentExecutions="0")})
    assert reserved() == {"ReservedConcurrentExecutions": 0}
    stack.update({"Function": function()})
    assert reserved() is None


def test_concurrency_that_is_refused_leaves_no_function(stack, app, names):
    with pytest.raises(ClientError, match="UnreservedConcurrentExecution below its minimum value"):
        stack.create({"Function": function(ReservedConcurrentExecutions=1000)})
    assert names(app) == []


def test_concurrency_that_is_no_number_is_refused_and_leaves_no_function(stack, app, names):
    with pytest.raises((ClientError, ParamValidationError), match="ReservedConcurrentExecutions"):
        stack.create({"Function": function(ReservedConcurrentExecutions="many")})
    assert names(app) == []


@pytest.mark.parametrize("kind", ["Url", "Version"])
def test_a_property_that_is_required_is_named(stack, kind):
    with pytest.raises((ClientError, ParamValidationError), match="FunctionName"):
        stack.create({"Function": function(), "It": {"Type": f"AWS::Lambda::{kind}", "Properties": {}}})


def url(**more):
    properties = {"TargetFunctionArn": {"Fn::GetAtt": ["Function", "Arn"]}, "AuthType": "NONE", **more}
    return {"Type": "AWS::Lambda::Url", "Properties": properties}


def test_a_url_and_its_attributes(stack, app):
    outputs = {"Url": {"Fn::GetAtt": ["Url", "FunctionUrl"]}, "Arn": {"Ref": "Url"}}
    told = stack.create({"Function": function(), "Url": url(Cors={"MaxAge": "60"})}, outputs)
    found = app.get_function_url_config(FunctionName="app")
    assert told == {"Url": found["FunctionUrl"], "Arn": found["FunctionArn"]}
    assert (found["FunctionArn"], found["Cors"]) == (ARN, {"MaxAge": 60})


def test_a_url_is_changed_and_loses_what_is_gone_from_the_template(stack, app):
    stack.create({"Function": function(), "Url": url(Cors={"MaxAge": 60}, InvokeMode="RESPONSE_STREAM")})
    before = app.get_function_url_config(FunctionName="app")
    stack.update({"Function": function(), "Url": url(AuthType="AWS_IAM")})
    after = app.get_function_url_config(FunctionName="app")
    assert after["FunctionUrl"] == before["FunctionUrl"]
    assert (after["AuthType"], after["Cors"], after["InvokeMode"]) == ("AWS_IAM", {}, "BUFFERED")


def test_a_url_goes_out_of_the_template(stack, app):
    stack.create({"Function": function(), "Url": url()})
    stack.update({"Function": function()})
    assert app.list_function_url_configs(FunctionName="app")["FunctionUrlConfigs"] == []


def test_an_attribute_that_is_none_is_refused(stack):
    with pytest.raises(ClientError, match="Colour"):
        stack.create({"Function": function()}, {"It": {"Fn::GetAtt": ["Function", "Colour"]}})


def test_an_account_and_a_region_of_their_own(client, installed):
    with mock_aws():
        Stack(client("cloudformation", "us-east-2")).create({"Function": function()})
        found = client(region="us-east-2").list_functions()["Functions"]
        assert [it["FunctionArn"] for it in found] == ["arn:aws:lambda:us-east-2:123456789012:function:app"]


def test_without_drylambda_moto_has_its_own_models_again(client, installed):
    installed.undo()
    from moto.awslambda.models import LambdaFunction
    from moto.cloudformation.parsing import resource_class_from_type

    assert resource_class_from_type("AWS::Lambda::Function") is LambdaFunction
    assert resource_class_from_type("AWS::Lambda::Alias") is None
