"""Permissions, configurations of asynchronous calls, and the like in stacks of moto's CloudFormation."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

import drylambda.moto

pytest.importorskip("moto.cloudformation.parsing", reason="moto's CloudFormation is not installed")
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:app"
RUNTIME = "arn:aws:lambda:eu-west-1::runtime:" + "5" * 64


@pytest.fixture(params=["instant", "on_read"])
def stack(request, client):
    """Give what puts the stack ``s`` together, which has a function and an alias of it."""
    with drylambda.moto.install(settle=request.param), mock_aws():
        cloudformation = client("cloudformation")

        def put(change="create_stack", outputs=(), of_function=None, **resources):
            properties = {
                "FunctionName": "app",
                "Role": "arn:aws:iam::123456789012:role/app",
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Code": {"ZipFile": "one"},
                **(of_function or {}),
            }
            alias = {"FunctionName": {"Ref": "Function"}, "Name": "live", "FunctionVersion": "$LATEST"}
            resources = {"Function": ("Function", properties), "Alias": ("Alias", alias), **resources}
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


def permission(**more):
    of = {"FunctionName": {"Ref": "Function"}, "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
    return "Permission", {**of, **more}


def config(**more):
    return "EventInvokeConfig", {"FunctionName": {"Ref": "Function"}, "Qualifier": "$LATEST", **more}


def statements(app, **named):
    try:
        return json.loads(app.get_policy(FunctionName="app", **named)["Policy"])["Statement"]
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ResourceNotFoundException"
        return []


def configs(app):
    found = app.list_function_event_invoke_configs(FunctionName="app")["FunctionEventInvokeConfigs"]
    return {it["FunctionArn"]: it.get("MaximumRetryAttempts") for it in found}


def test_a_permission_is_a_statement_of_the_policy(stack, app):
    outputs = {"Ref": {"Ref": "It"}, "Id": {"Fn::GetAtt": ["It", "Id"]}}
    told = stack(outputs=outputs, It=permission(SourceAccount="210987654321", InvokedViaFunctionUrl="true"))
    (statement,) = statements(app)
    assert told == {"Ref": statement["Sid"], "Id": statement["Sid"]}
    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"AWS:SourceAccount": "210987654321"},
        "Bool": {"lambda:InvokedViaFunctionUrl": "true"},
    }


def test_a_permission_may_be_on_an_alias(stack, app):
    stack(It=permission(FunctionName={"Ref": "Alias"}))
    (statement,) = statements(app, Qualifier="live")
    assert statement["Resource"] == f"{ARN}:live"
    assert statements(app) == []


def test_a_changed_permission_is_another_statement(stack, app):
    stack(It=permission(), Other=permission(Principal="sns.amazonaws.com"))
    first, second = statements(app)
    stack("update_stack", It=permission(Principal="210987654321"), Other=permission(Principal="sns.amazonaws.com"))
    after = {statement["Sid"]: statement["Principal"] for statement in statements(app)}
    assert first["Sid"] not in after
    assert after.pop(second["Sid"]) == {"Service": "sns.amazonaws.com"}
    assert list(after.values()) == [{"AWS": "arn:aws:iam::210987654321:root"}]


def test_a_permission_goes_out_of_the_template_and_with_the_stack(stack, app):
    stack(It=permission(), Other=permission())
    stack("update_stack", It=permission())
    assert len(statements(app)) == 1
    stack.client.delete_stack(StackName="s")
    assert app.list_functions()["Functions"] == []


def test_a_refused_permission_is_refused_with_awss_words(stack):
    with pytest.raises(ClientError, match="The provided principal was invalid"):
        stack(It=permission(Principal="nobody"))


def test_a_configuration_of_asynchronous_calls(stack, app):
    stack(It=config(MaximumRetryAttempts="1"), Other=config(Qualifier="live", MaximumRetryAttempts=2))
    assert configs(app) == {f"{ARN}:$LATEST": 1, f"{ARN}:live": 2}


def test_a_configuration_is_replaced_and_taken_away(stack, app):
    bus = {"OnFailure": {"Destination": "arn:aws:events:eu-west-1:123456789012:event-bus/default"}}
    stack(It=config(MaximumRetryAttempts=1))
    stack("update_stack", It=config(DestinationConfig=bus))
    assert configs(app) == {f"{ARN}:$LATEST": None}
    found = app.get_function_event_invoke_config(FunctionName="app")
    assert found["DestinationConfig"] == {"OnSuccess": {}, **bus}
    stack("update_stack", It=config(Qualifier="live", MaximumRetryAttempts=0))
    assert configs(app) == {f"{ARN}:live": 0}
    stack("update_stack")
    assert configs(app) == {}


def test_recursion_and_runtime_updates_are_properties_of_the_function(stack, app):
    def told():
        recursion = app.get_function_recursion_config(FunctionName="app")["RecursiveLoop"]
        return recursion, app.get_runtime_management_config(FunctionName="app")["UpdateRuntimeOn"]

    manual = {"UpdateRuntimeOn": "Manual", "RuntimeVersionArn": RUNTIME}
    stack(of_function={"RecursiveLoop": "Allow", "RuntimeManagementConfig": manual})
    assert told() == ("Allow", "Manual")
    found = app.get_function_configuration(FunctionName="app")
    assert found["RuntimeVersionConfig"] == {"RuntimeVersionArn": RUNTIME}
    stack("update_stack")
    assert told() == ("Terminate", "Auto")
