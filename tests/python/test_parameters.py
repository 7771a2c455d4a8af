"""Wrong parameters of direct calls are refused with botocore's own words."""

from __future__ import annotations

import datetime as dt
import decimal
import functools
import io
import re

import botocore.session
import pytest
from botocore import xform_name
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

import drylambda

pytestmark = pytest.mark.pinned_botocore

MODEL = botocore.session.get_session().get_service_model("lambda")

VALUES = [
    None, True, False, 0, -1, 1, 2**70, -(2**70), 1.5, -0.5, float("inf"), decimal.Decimal(-3), "", "text", "ü" * 3,
    b"", b"bytes", bytearray(b"x"), memoryview(b"x"), io.BytesIO(b"file"), [], [1], ["a", 2, None], (), ("a",), {}, {"a": 1},
    {"a": "b"}, {1: "x"}, {"Unknown": "x"}, {"ZipFile": 1}, {"SubnetIds": "x"}, {"Variables": {"a": 1}}, {"Size": -1},
    {"Variables": {1: "x"}}, {"Mode": 3}, set(), object, dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc),
]  # fmt: skip

OPERATIONS = [
    "CreateFunction",
    "UpdateFunctionCode",
    "UpdateFunctionConfiguration",
    "GetFunction",
    "ListFunctions",
    "PublishVersion",
    "CreateAlias",
    "DeleteFunction",
    "PutFunctionConcurrency",
    "CreateEventSourceMapping",
    "TagResource",
    "Invoke",
]


def report(operation, parameters):
    """Return what botocore has against the parameters, or nothing."""
    try:
        found = ParamValidator().validate(parameters, MODEL.operation_model(operation).input_shape)
    except RuntimeError:
        # Of a number that is no time botocore says nothing that anybody should repeat.
        return ours(operation, parameters)
    return found.generate_report() if found.has_errors() else None


def ours(operation, parameters):
    """Return what a direct call has against the parameters, or nothing."""
    try:
        drylambda.Lambda()._call(operation, parameters)
    except drylambda.ParamValidationError as error:
        return error.kwargs["report"]
    except drylambda.ClientError:
        return None
    except TypeError as error:
        # botocore finds nothing wrong with a file, and fails on it when it serializes.
        assert str(error) == "a bytes-like object is required, not '_io.BytesIO'"
        return None
    return None


def required(operation):
    shape = MODEL.operation_model(operation).input_shape
    return {name: fitting(shape.members[name]) for name in shape.required_members}


def fitting(shape):
    if shape.type_name == "structure":
        return {name: fitting(shape.members[name]) for name in shape.required_members}
    if shape.type_name == "map":
        return {"key": fitting(shape.value)}
    if shape.type_name == "list":
        return [fitting(shape.member)]
    fit = {"string": "text", "integer": 10, "long": 10, "boolean": True, "blob": b"", "double": 1.0, "timestamp": 0}
    return fit[shape.type_name]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_each_member_with_each_value(operation, value):
    for member in MODEL.operation_model(operation).input_shape.members:
        parameters = {**required(operation), member: value}
        assert ours(operation, parameters) == report(operation, parameters), member


@pytest.mark.parametrize("operation", MODEL.operation_names)
def test_nothing_at_all_and_something_unknown(operation):
    if MODEL.operation_model(operation).input_shape is None:
        return
    for parameters in ({}, {"Unknown": 1}, {"functionname": "lower"}):
        assert ours(operation, parameters) == report(operation, parameters)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def broken(shape):
    """Values of a shape that fit here and there."""
    if shape.type_name == "structure":
        members = st.fixed_dictionaries({}, optional={name: broken(member) for name, member in shape.members.items()})
        return members | anything
    if shape.type_name == "list":
        return st.lists(broken(shape.member), max_size=3) | anything
    if shape.type_name == "map":
        return st.dictionaries(broken(shape.key).filter(hashable), broken(shape.value), max_size=3) | anything
    return anything


def hashable(value):
    return isinstance(value, (str, int, float, bytes, type(None)))


@functools.cache
def inputs(operation):
    """Inputs of an operation, made of members that fit here and there."""
    members = MODEL.operation_model(operation).input_shape.members
    return st.fixed_dictionaries({}, optional={name: broken(member) for name, member in members.items()})


@pytest.mark.parametrize("operation", ["CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration"])
@given(data=st.data())
def test_whole_inputs_that_are_wrong_here_and_there(operation, data):
    parameters = data.draw(inputs(operation))
    expected = report(operation, parameters)
    if expected is not None:
        assert spelled(ours(operation, parameters)) == spelled(expected)


def spelled(report):
    """Return a report without how the model happens to write the lower limit of a fraction: 2 or 2.0."""
    return re.sub(r"(?m)(valid min value: \d+)\.0$", r"\1", report)


def test_the_method_and_the_client_say_the_same():
    emulator = drylambda.Lambda()
    texts = []
    for face in (emulator, emulator.client(), emulator.client(depth="call")):
        with pytest.raises(drylambda.ParamValidationError) as caught:
            face.update_function_code(FunctionName=1, Publish="yes", Zip=b"")
        texts.append(str(caught.value))
    assert len(set(texts)) == 1


def test_every_operation_is_a_method_by_boto3s_name():
    emulator = drylambda.Lambda()
    for operation in MODEL.operation_names:
        assert getattr(emulator, xform_name(operation)).__doc__
