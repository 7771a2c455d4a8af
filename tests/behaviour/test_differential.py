"""The ways in against each other: whatever is asked, they answer the same or refuse the same way.

Parameters are drawn from botocore's model: mostly fitting it, at its borders, and now and then beyond them.
"""

from __future__ import annotations

import datetime as dt
import functools

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError
from botocore.session import get_session
from hypothesis import given
from hypothesis import strategies as st
from world import ARN, ROLE, ZIP_A, ZIP_B, creation, sha256

import drylambda

MODEL = get_session().get_service_model("lambda")
BUILT = [name for name, built in drylambda.OPERATIONS.items() if built]

NAMES = [
    "fn",
    "other",
    ARN,
    "function:fn",
    "123456789012:function:fn",
    "fn:$LATEST",
    "fn:1",
    "fn:prod",
    f"{ARN}:1",
    "f.n",
    "fn!",
    "fn/../x",
    "%66n",
    "ü",
    "?",
    "#a",
    ".",
    "..",
    " ",
    "n" * 65,
    "n" * 141,
    "n" * 257,
    ARN.replace("us-east-1", "eu-west-1"),
    ARN.replace("1234", "9999"),
]
# By shape or member name: what has a meaning, so that operations meet.
POOLS = {
    "FunctionName": NAMES,
    "NamespacedFunctionName": NAMES,
    "Resource": [*NAMES, f"{ARN}:prod", "arn:aws:lambda:us-east-1:123456789012:foobar:x"],
    "Name": ["prod", "dev", "1", "a b", "$LATEST", "prod/x"],
    "FunctionVersion": ["1", "2", "$LATEST", "prod", "ALL", "01"],
    "Qualifier": ["1", "2", "$LATEST", "prod", "$latest", "a b", "é", "a/b", "a&b=c", "+"],
    "RevisionId": ["", "wrong"],
    "CodeSha256": ["", "wrong", sha256(ZIP_A), sha256(ZIP_B)],
    "Role": [ROLE, "r1"],
    "Runtime": ["python3.13", "python3.9", "java21", "PYTHON3.9", "go1.x"],
    "Handler": ["app.handler", "a b", ""],
    "ZipFile": [ZIP_A, ZIP_B, b"", b"not a zip", ZIP_A[:-4], bytes(70_000), ZIP_B + bytes(70_000)],
    "Marker": ["", "nonsense!", "Zm4", "Zm4K", "a b", "+/="],
    "Environment": [
        {},
        {"Variables": {}},
        {"Variables": {"NAME": "value", "ÜBER": "x"}},
        {"Variables": {"NAME": 'ü"\\\n\u2028\x00😀'}},
        {"Variables": {"AWS_REGION": "x", "_HANDLER": "y"}},
        {"Variables": {"LONG": "x" * 4096}},
    ],
    "KMSKeyArn": ["", "arn:aws:kms:us-east-1:123456789012:key/1", "key"],
    "SourceKMSKeyArn": ["", "arn:aws:kms:us-east-1:123456789012:key/1", "key"],
    "CodeSigningConfigArn": [f"arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-{'0' * 17}", "csc", "a b"],
    "DurableExecutionArn": [f"{ARN}:1/durable-execution/order-7/0f4b1c52", ARN, "a b"],
    "CallbackId": ["Y2FsbA==", "call", "a b"],
    "S3Bucket": ["bucket", "ab", "a.b."],
    "AdditionalVersionWeights": [{}, {"1": 0.5}, {"2": 1}, {"2": 2}, {"1": 0.1, "2": 0.2}, {"$LATEST": 0.5}, {"2": -1}],
    "Tags": [{}, {"a": "b"}, {"ü /+=": "é"}, {"a#b": "?"}, {f"k{it}": "v" for it in range(51)}],
    "TagKeys": [[], ["a"], ["a", "ü /+="], ["a&b", ""], ["a,b"]],
    "Architectures": [["x86_64"], ["arm64"], ["X86_64"], ["x86_64", "arm64"], []],
}
# Other texts: at the borders of lengths, and what JSON, URLs and UTF-8 could trip over.
TEXTS = ["", "x", "words", "ü\u2028😀", 'a"b\\c\n\t\x00', "x" * 256, "x" * 257, "$LATEST", "%2F", "a/b"]
WRONG = [None, 7, "text", True, 1.5, b"bytes", ["list"], {"Key": "map"}]


def values(shape, name):
    """Return a strategy for values of a shape of botocore's model, of which few are beyond what it allows."""
    pool = POOLS.get(name) or POOLS.get(shape.name)
    if pool is not None:
        return st.sampled_from(pool)
    kind, constraints = shape.type_name, shape.metadata
    if kind == "structure":
        return members(shape)
    if kind == "list":
        return st.lists(values(shape.member, ""), max_size=2)
    if kind == "map":
        return st.dictionaries(values(shape.key, ""), values(shape.value, ""), max_size=2)
    if kind == "string":
        return st.sampled_from([*shape.enum, *TEXTS[:3]] if shape.enum else TEXTS)
    if kind in ("integer", "long"):
        low, high = constraints.get("min", 0), constraints.get("max", 10_000)
        return st.sampled_from(
            [low, low + 1, high - 1, high, high + 1, low - 1, 0, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, True]
        )
    if kind == "boolean":
        return st.booleans()
    if kind == "blob":
        return st.sampled_from([b"", b"{}", b"not json", "text", bytes(70_000)])
    if kind == "timestamp":
        return st.sampled_from([0, 1_767_225_600, 1.5, "2026-01-01T00:00:00Z", dt.datetime(2026, 1, 1), "never"])  # noqa: DTZ001
    assert kind in ("double", "float"), kind
    return st.sampled_from([0, 1, 0.5, 0.1, 1.0, 2, -1, 1e-7, 1e300])


def members(shape):
    """Return a strategy for the members of a structure: those required nearly always, a few of the others."""
    required = {name: values(shape.members[name], name) for name in shape.required_members}
    for name, strategy in required.items():
        if shape.members[name].serialization.get("location") == "uri":
            # An empty one would be the path of another operation.
            required[name] = strategy.filter(lambda value: value != "")
    optional = {name: values(it, name) for name, it in shape.members.items() if name not in required}

    @st.composite
    def draw_members(draw):
        drawn = {name: draw(it) for name, it in required.items() if draw(st.integers(0, 30))}
        names = draw(st.lists(st.sampled_from(sorted(optional)), max_size=3, unique=True)) if optional else []
        drawn |= {name: draw(optional[name]) for name in names}
        if drawn and draw(st.integers(0, 30)) == 0:
            drawn[draw(st.sampled_from([*drawn, "Unknown"]))] = draw(st.sampled_from(WRONG))
        return drawn

    return draw_members()


@st.composite
def calls(draw, names):
    name = draw(st.sampled_from(names))
    shape = MODEL.operation_model(name).input_shape
    parameters = draw(members(shape))
    if "FunctionName" in shape.members and draw(st.booleans()):
        parameters["FunctionName"] = "fn"
    return name, parameters


def outcome(face, name, parameters):
    try:
        answer = getattr(face, xform_name(name))(**parameters)
    except ParamValidationError as error:
        return "stopped", str(error)
    except ClientError as error:
        answer = error.response
        if answer["Error"]["Code"] == "SerializationException":
            # R52: any text will do, and what is wrong with a body only the wire can say.
            answer["Error"]["Message"] = None
    except Exception as error:  # noqa: BLE001 - whatever it is, the others have to do the same
        return "raised", type(error).__name__
    answer["ResponseMetadata"]["HTTPHeaders"].pop("content-length", None)
    # What is read piece by piece.
    if "Payload" in answer:
        answer["Payload"] = answer["Payload"].read()
    if "EventStream" in answer:
        answer["EventStream"] = list(answer["EventStream"])
    return "answered", answer


@functools.cache
def client(depth):
    """Making a client takes long, attaching it to another emulator does not."""
    return drylambda.Lambda().client(depth=depth)


def faces():
    """Return the three ways in, each into an emulator in the same state."""
    for depth in (None, "wire", "call"):
        emulator = drylambda.Lambda(seed=1, runner=lambda event, _: event)
        emulator.create_function(**creation())
        emulator.get_function(FunctionName="fn")
        emulator.publish_version(FunctionName="fn")
        emulator.create_alias(FunctionName="fn", Name="prod", FunctionVersion="1")
        if depth:
            drylambda.attach(client(depth), emulator, depth=depth)
        yield client(depth) if depth else emulator


def assert_same(sequence):
    direct, wire, call = faces()
    for name, parameters in sequence:
        expected = outcome(wire, name, parameters)
        assert outcome(direct, name, parameters) == expected, (name, parameters)
        assert outcome(call, name, parameters) == expected, (name, parameters)


def weight(*, number):
    return "CreateAlias", {
        "FunctionName": "fn",
        "Name": "new",
        "FunctionVersion": "$LATEST",
        "RoutingConfig": {"AdditionalVersionWeights": {"1": number}},
    }


def setting(**changes):
    return "UpdateFunctionConfiguration", {"FunctionName": "fn", **changes}


@pytest.mark.parametrize(
    "call",
    [
        setting(Timeout=True),
        setting(MemorySize=False),
        setting(Timeout=2**31),
        setting(Timeout=2**63),
        setting(Timeout=10**30),
        setting(AcceleratorConfig={"AcceleratorMemorySize": 2**31}),
        setting(AcceleratorConfig={"AcceleratorMemorySize": 2**32}),
        setting(AcceleratorConfig={"AcceleratorMemorySize": 2**63 - 1}),
        ("ListFunctions", {"MaxItems": 2**63}),
        ("ListFunctions", {"MaxItems": True}),
        weight(number=True),
        weight(number=float("nan")),
        weight(number=float("inf")),
        weight(number=1e-320),
        weight(number=10**17),
    ],
    ids=repr,
)
def test_values_that_json_has_other_words_for(call):
    assert_same([call])
    direct, _, _ = faces()
    kind, answer = outcome(direct, *call)
    assert kind in ("answered", "stopped")
    assert kind == "stopped" or answer["ResponseMetadata"]["HTTPStatusCode"] < 500


@pytest.mark.parametrize("name", BUILT)
@given(data=st.data())
def test_one_call_of_an_operation(name, data):
    assert_same([data.draw(calls([name]))])


@given(sequence=st.lists(calls(BUILT), min_size=2, max_size=12))
def test_a_sequence_of_calls(sequence):
    assert_same(sequence)
