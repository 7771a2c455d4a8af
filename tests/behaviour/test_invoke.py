"""Whether a call may reach the function (facts 19, 12 and 2.6); what comes of it is in test_invoke_answers.py."""

from __future__ import annotations

import pytest
from texts import QUALIFIERS_DIFFER, Refusal, not_found, too_large, unreachable
from world import ARN, ROLE, creation

import drylambda

fact = pytest.mark.fact

OPERATIONS = ["invoke", "invoke_with_response_stream"]


@fact(643)
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("named", [{}, {"Qualifier": "$LATEST"}, {"FunctionName": "fn:live"}, {"Qualifier": "1"}])
def test_a_dry_run_says_that_a_call_would_reach_the_function(way, fn, operation, named):
    way.lambda_.publish_version(FunctionName="fn")
    way.lambda_.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    parameters = {"FunctionName": "fn", "InvocationType": "DryRun", **named}
    answer = getattr(way.face, operation)(**parameters)
    assert (answer["StatusCode"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (204, 204)
    if "Payload" in answer:
        assert answer["Payload"].read() == b""
    if "EventStream" in answer:
        answer["EventStream"].close()


@fact(164, 644)
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("kind", ["RequestResponse", "DryRun"])
@pytest.mark.parametrize(
    ("named", "arn"),
    [
        ({"FunctionName": "fn2"}, f"{ARN}2:$LATEST"),
        ({"FunctionName": "fn2", "Qualifier": "live"}, f"{ARN}2:live"),
        ({"FunctionName": "fn", "Qualifier": "7"}, f"{ARN}:7"),
        ({"FunctionName": "fn:non-existent-alias"}, f"{ARN}:non-existent-alias"),
    ],
)
def test_what_is_not_there_is_named_with_its_qualifier(way, fn, operation, kind, named, arn):
    way.refused(getattr(way.lambda_, operation), not_found(arn), InvocationType=kind, **named)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_names_are_read_as_everywhere(way, fn, operation):
    call = getattr(way.lambda_, operation)
    way.refused(call, QUALIFIERS_DIFFER, FunctionName="fn:1", Qualifier="2")
    way.refused(call, unreachable("eu-west-1"), FunctionName=ARN.replace("us-east-1", "eu-west-1"))


@fact(509)
def test_a_function_with_nothing_reserved_has_no_calls(way, fn):
    way.lambda_.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=0)
    with pytest.raises(drylambda.ClientError) as caught:
        way.emulator.invoke(FunctionName="fn")
    response = caught.value.response
    assert response["Error"] == {"Code": "TooManyRequestsException", "Message": "Rate Exceeded."}
    assert (response["Reason"], response["Type"], response["message"]) == (
        "ReservedFunctionConcurrentInvocationLimitExceeded",
        "User",
        "Rate Exceeded.",
    )
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 429


@pytest.mark.parametrize(
    ("operation", "parameters", "kind", "limit"),
    [
        ("invoke", {"Payload": bytes(6_291_457)}, "RequestResponse", 6_291_456),
        ("invoke", {"Payload": bytes(1_048_577), "InvocationType": "Event"}, "Event", 1_048_576),
        ("invoke_async", {"InvokeArgs": bytes(262_145)}, "Event", 262_144),
    ],
)
def test_a_payload_has_a_limit_for_each_kind_of_call(way, fn, operation, parameters, kind, limit):
    refusal = too_large(f"{limit + 1} byte payload is too large for the {kind} invocation type (limit {limit} bytes)")
    way.refused(getattr(way.lambda_, operation), refusal, FunctionName="fn", **parameters)


NOT_JSON = {"text": b"not json", "half": b'{"a":', "two": b"{} {}", "no_text": b'"\x9f"'}


@fact(645)
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("payload", NOT_JSON.values(), ids=NOT_JSON)
def test_a_payload_that_is_no_json_is_refused(way, fn, operation, payload):
    text = "Could not parse request body into json: Could not parse payload into json: "
    with pytest.raises(drylambda.ClientError) as caught:
        getattr(way.lambda_, operation)(FunctionName="fn", Payload=payload)
    response = caught.value.response
    assert response["Error"]["Code"] == "InvalidRequestContentException"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["Error"]["Message"].startswith(text)
    assert (response["message"], response["Type"]) == (response["Error"]["Message"], "User")


@pytest.mark.parametrize("payload", [b"", b"{}", b" [1, null] ", b'"text"', b"7"])
def test_every_json_is_a_payload(way, fn, payload):
    answer = way.face.invoke(FunctionName="fn", InvocationType="DryRun", Payload=payload)
    assert answer["StatusCode"] == 204


def test_what_is_not_there_is_not_called_later(way, fn):
    way.refused(way.lambda_.invoke_async, not_found(f"{ARN}2:$LATEST"), FunctionName="fn2", InvokeArgs=b"{}")


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("kind", ["RequestResponse", "DryRun"])
def test_a_function_on_managed_instances_is_called_in_its_versions(way, operation, kind):
    provider = way.lambda_.create_capacity_provider(
        CapacityProviderName="p",
        VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        PermissionsConfig={"CapacityProviderOperatorRoleArn": ROLE},
    )["CapacityProvider"]["CapacityProviderArn"]
    instances = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider}}
    way.lambda_.create_function(**creation(CapacityProviderConfig=instances))
    refusal = Refusal("NoPublishedVersionException", 400, "The function has no published versions available.")
    way.refused(getattr(way.lambda_, operation), refusal, FunctionName="fn", InvocationType=kind)
