"""Event source mappings of stacks of moto's CloudFormation."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

import drylambda.moto

pytest.importorskip("moto.cloudformation.parsing", reason="moto's CloudFormation is not installed")
pytestmark = pytest.mark.usefixtures("installed")
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:queue"
FUNCTION = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "FunctionName": "app",
        "Role": "arn:aws:iam::123456789012:role/app",
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Code": {"ZipFile": "one"},
    },
}


@pytest.fixture(params=["instant", "on_read", 2.5])
def installed(request):
    """Drylambda in moto, with each way to settle."""
    with drylambda.moto.install(settle=request.param) as handle:
        yield handle


@pytest.fixture
def stack(client):
    """Create or update the stack ``s`` with a function and a mapping; return its outputs."""
    with mock_aws():
        formation = client("cloudformation")

        def put(call, outputs=(), **properties):
            mapping = {"FunctionName": {"Ref": "Function"}, **properties}
            resources = {"Function": FUNCTION}
            if properties:
                resources["Mapping"] = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping}
            template = {"Resources": resources, "Outputs": {name: {"Value": it} for name, it in dict(outputs).items()}}
            getattr(formation, call)(StackName="s", TemplateBody=json.dumps(template))
            found = formation.describe_stacks(StackName="s")["Stacks"][0]
            return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}

        put.delete = lambda: formation.delete_stack(StackName="s")
        yield put


@pytest.fixture
def mappings(stack, client):
    """What Lambda lists."""
    return lambda: client().list_event_source_mappings()["EventSourceMappings"]


def test_a_mapping_is_made_as_the_template_says(stack, mappings, client):
    outputs = {
        "Id": {"Ref": "Mapping"},
        "Same": {"Fn::GetAtt": ["Mapping", "Id"]},
        "Arn": {"Fn::GetAtt": ["Mapping", "EventSourceMappingArn"]},
    }
    key = "arn:aws:kms:eu-west-1:123456789012:key/mine"
    given = {"KmsKeyArn": key, "BatchSize": "5", "Tags": [{"Key": "a", "Value": "b"}], "Enabled": "false"}
    told = stack("create_stack", outputs, EventSourceArn=QUEUE, **given)
    (found,) = mappings()
    arn = found["EventSourceMappingArn"]
    assert told == {"Id": found["UUID"], "Same": found["UUID"], "Arn": arn}
    assert (found["BatchSize"], found["KMSKeyArn"], found["State"]) == (5, key, "Disabled")
    assert client().list_tags(Resource=arn)["Tags"] == {"a": "b"}


def test_a_cluster_of_ones_own_is_named_by_its_servers(stack, mappings):
    servers = {"Endpoints": {"KafkaBootstrapServers": ["a:1"]}}
    secret = [{"Type": "BASIC_AUTH", "URI": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:s"}]
    given = {"SelfManagedEventSource": servers, "Topics": ["topic"], "SourceAccessConfigurations": secret}
    stack("create_stack", **given)
    assert mappings()[0]["SelfManagedEventSource"] == {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["a:1"]}}


def test_a_mapping_is_changed_and_loses_what_is_gone_from_the_template(stack, mappings, client):
    scaled = {"ScalingConfig": {"MaximumConcurrency": 2}, "Enabled": False, "Tags": [{"Key": "a", "Value": "b"}]}
    stack("create_stack", EventSourceArn=QUEUE, **scaled)
    (before,) = mappings()
    stack("update_stack", EventSourceArn=QUEUE, BatchSize=3, Tags=[{"Key": "c", "Value": "d"}])
    (after,) = mappings()
    assert (after["UUID"], after["BatchSize"], after["State"]) == (before["UUID"], 3, "Enabled")
    assert "ScalingConfig" in before
    assert "ScalingConfig" not in after
    assert client().list_tags(Resource=after["EventSourceMappingArn"])["Tags"] == {"c": "d"}


def test_another_source_is_another_mapping(stack, mappings):
    stack("create_stack", EventSourceArn=QUEUE)
    (before,) = mappings()
    stack("update_stack", EventSourceArn=f"{QUEUE}2")
    (after,) = mappings()
    assert after["EventSourceArn"] == f"{QUEUE}2"
    assert after["UUID"] != before["UUID"]


@pytest.mark.parametrize("how", ["template", "stack"])
def test_a_mapping_goes_out_of_the_template_and_with_its_stack(stack, mappings, how):
    stack("create_stack", EventSourceArn=QUEUE)
    assert len(mappings()) == 1
    if how == "template":
        stack("update_stack")
    else:
        stack.delete()
    assert mappings() == []


def test_a_mapping_that_is_refused_is_not_there(stack, mappings):
    with pytest.raises(ClientError, match=r"Unrecognized event source\."):
        stack("create_stack", EventSourceArn="arn:aws:sns:eu-west-1:123456789012:topic")
    assert mappings() == []
