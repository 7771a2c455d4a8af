"""What is not built answers 501 with a name and a version, and is not tried again: for every such operation."""

from __future__ import annotations

import base64
import datetime as dt
import re

import pytest
from botocore import xform_name
from botocore.session import get_session
from texts import not_built

import drylambda

MODEL = get_session().get_service_model("lambda")
#: Their refusal has a text of its own: test_invoke.py.
PARTLY = {"Invoke", "InvokeAsync", "InvokeWithResponseStream"}
NOT_BUILT = [name for name, built in drylambda.OPERATIONS.items() if not built and name not in PARTLY]

# Texts that fit one pattern of the model or another; the first that fits is taken.
CANDIDATES = [
    "fn",
    "1",
    "x" * 36,
    "lambda:GetLayerVersion",
    "123456789012",
    "12345678-1234-4234-8234-123456789012",
    "arn:aws:lambda:us-east-1:123456789012:function:fn",
    "arn:aws:lambda:us-east-1:123456789012:layer:layer",
    "arn:aws:lambda:us-east-1:123456789012:layer:layer:1",
    "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdefg",
    "arn:aws:lambda:us-east-1:123456789012:capacity-provider:provider",
    "arn:aws:lambda:us-east-1:123456789012:function:fn:1/durable-execution/name/12345678-1234-4234-8234-123456789012",
    "arn:aws:signer:us-east-1:123456789012:/signing-profiles/profile/1",
    "arn:aws:iam::123456789012:role/lambda",
    "arn:aws:sqs:us-east-1:123456789012:queue",
    "subnet-1",
    "sg-1",
    base64.b64encode(b"token" * 8).decode(),
    '{"Version": "2012-10-17"}',
]


def minimal(shape):
    """Return the least that fits ``shape`` by botocore's model: its required members only."""
    kind, constraints = shape.type_name, shape.metadata
    if kind == "structure":
        return {name: minimal(shape.members[name]) for name in shape.required_members}
    if kind == "list":
        return [minimal(shape.member)] * constraints.get("min", 0)
    if kind == "map":
        return {}
    if kind == "string":
        low, high = constraints.get("min", 0), constraints.get("max", 10**6)
        fitting = [
            text
            for text in shape.enum or CANDIDATES
            if low <= len(text) <= high and re.fullmatch(constraints.get("pattern", ".*"), text, re.DOTALL)
        ]
        assert fitting, f"nothing fits {shape.name}: {constraints}"
        return fitting[0]
    if kind in ("integer", "long"):
        return constraints.get("min", 1)
    return {
        "boolean": True,
        "double": 0.5,
        "float": 0.5,
        "blob": b"{}",
        "timestamp": dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc),
    }[kind]


def test_the_operations_are_those_of_the_model():
    assert list(drylambda.OPERATIONS) == sorted(MODEL.operation_names)
    assert sum(drylambda.OPERATIONS.values()) >= 19


@pytest.mark.parametrize("name", NOT_BUILT)
def test_an_operation_that_is_not_built_says_so(way, name):
    operation = MODEL.operation_model(name)
    parameters = minimal(operation.input_shape) if operation.input_shape else {}
    call = getattr(way.lambda_, xform_name(name))
    error = way.refused(call, not_built(name, drylambda.__version__), **parameters)
    assert error.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_what_is_not_built_is_validated_all_the_same(way):
    error = None
    try:
        way.lambda_.invoke(FunctionName="fn!")
    except drylambda.ClientError as caught:
        error = caught
    assert error.response["Error"]["Code"] == "ValidationException"


def test_what_is_not_built_changes_nothing(way, fn):
    with way.unchanged("fn"):
        refusal = not_built("PutFunctionRecursionConfig", drylambda.__version__)
        way.refused(way.lambda_.put_function_recursion_config, refusal, FunctionName="fn", RecursiveLoop="Allow")


def test_a_version_is_that_of_the_package():
    from importlib.metadata import version

    assert drylambda.__version__ == version("drylambda")
