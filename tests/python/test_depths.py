"""Both depths give the same answers and the same exceptions."""

from __future__ import annotations

import boto3
import pytest

from drylambda import ClientError, mock_lambda

CALLS = [
    ("get_function", {"FunctionName": "app"}),
    ("get_function_configuration", {"FunctionName": "app"}),
    ("list_functions", {}),
    ("update_function_code", {"FunctionName": "app", "ZipFile": b"no zip"}),
    ("update_function_code", {"FunctionName": "app"}),
    ("get_function", {"FunctionName": "nobody"}),
    ("get_function", {"FunctionName": "!"}),
    ("create_function", {"FunctionName": "app", "Role": "arn:aws:iam::123456789012:role/app", "Code": {}}),
    ("delete_function", {"FunctionName": "app"}),
    ("get_function", {"FunctionName": "app"}),
    ("invoke", {"FunctionName": "app"}),
]


def outcome(client, name, parameters):
    try:
        return getattr(client, name)(**parameters)
    except ClientError as error:
        # The client's own class, where the model has one.
        assert type(error) is client.exceptions.from_code(error.response["Error"]["Code"])
        notes = getattr(error, "__notes__", [])
        return {"class": type(error).__name__, "text": str(error), "notes": notes, **error.response}


def outcomes(depth, deploy):
    """Make all calls; return answers and exceptions without what says how they travelled."""
    found = []
    with mock_lambda(depth=depth, seed=1, region="eu-west-1") as emulator:
        emulator.clock.freeze(at="2026-11-22T12:00:00Z")
        client = boto3.client("lambda")
        found.append(deploy(client))
        found.extend(outcome(client, name, parameters) for name, parameters in CALLS)
    for answer in found:
        answer["ResponseMetadata"]["HTTPHeaders"].pop("content-length", None)
    return found


def test_answers_and_exceptions_are_equal(deploy):
    wire, call = outcomes("wire", deploy), outcomes("call", deploy)
    for one, other, (name, parameters) in zip(wire, call, [("create_function", {}), *CALLS], strict=True):
        assert one == other, (name, parameters)


@pytest.mark.parametrize("depth", ["wire", "call"])
def test_an_exception_is_caught_by_the_clients_own_class(depth):
    with mock_lambda(depth=depth):
        client = boto3.client("lambda")
        with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
            client.get_function(FunctionName="nobody")
    assert caught.value.operation_name == "GetFunction"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__


@pytest.mark.parametrize("depth", ["wire", "call"])
def test_wrong_parameters_are_refused_before_anything_is_sent(depth):
    from botocore.exceptions import ParamValidationError

    with mock_lambda(depth=depth), pytest.raises(ParamValidationError, match="Invalid type for parameter FunctionName"):
        boto3.client("lambda").get_function(FunctionName=1)


@pytest.mark.parametrize("depth", ["wire", "call"])
def test_waiters_and_paginators_work(depth, deploy):
    with mock_lambda(depth=depth):
        client = boto3.client("lambda")
        for name in ("one", "two", "three"):
            deploy(client, name)
        client.get_waiter("function_active_v2").wait(FunctionName="one")
        pages = list(client.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2}))
        assert [len(page["Functions"]) for page in pages] == [2, 1]


def test_the_call_depth_leaves_other_services_to_botocore(bare):
    from drylambda.exceptions import OtherServiceError

    with mock_lambda(depth="call"), pytest.raises(OtherServiceError, match="sts's GetCallerIdentity"):
        boto3.session.Session().client("sts").get_caller_identity()


def test_nested_mocks_may_have_different_depths(deploy, names):
    with mock_lambda(depth="call"):
        client = boto3.client("lambda")
        deploy(client)
        with mock_lambda(depth="wire"):
            assert names(client) == []
        assert names(client) == ["app"]
