"""Layers on functions, as far as they were declared: which may be there, and what they weigh (Z14, P17, facts 8)."""

from __future__ import annotations

import pytest
from texts import invalid
from world import ZIP_A, ZIP_B, creation

from drylambda import make_zip

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule

LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:"
VENDORS = "arn:aws:lambda:us-east-1:999999999999:layer:vendor:7"
MB = 1_000_000
LARGE = make_zip({"data": bytes(120 * MB)})
TWICE = "Two different versions of the same layer are not allowed to be referenced in the same function."


@pytest.fixture
def layered(way):
    """The function ``fn`` with one layer of 150 MB unzipped, settled."""
    way.emulator.declare_layer(f"{LAYER}one:1", code_size=1000, unzipped_size=150 * MB)
    way.lambda_.create_function(**creation(Layers=[f"{LAYER}one:1"]))
    return way.settled("fn")


def too_large(actual):
    text = "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. The actual size is"
    return invalid(f"{text} {actual} bytes.")


@fact(207, 328)
@rule("P17")
def test_a_configuration_names_the_layers_and_their_sizes(way, layered):
    assert layered["Layers"] == [{"Arn": f"{LAYER}one:1", "CodeSize": 1000}]
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert way.settled("fn")["Layers"] == layered["Layers"]


@fact(413)
def test_the_list_is_replaced_and_taken_away(way, layered):
    way.emulator.declare_layer(VENDORS, ZIP_A)
    changed = way.lambda_.update_function_configuration(FunctionName="fn", Layers=[VENDORS])
    assert changed["Layers"] == [{"Arn": VENDORS, "CodeSize": len(ZIP_A)}]
    way.settled("fn")
    assert "Layers" not in way.lambda_.update_function_configuration(FunctionName="fn", Layers=[])


@case(44)
@rule("Z14", "D6")
@pytest.mark.parametrize("dry_run", [False, True], ids=["real", "dry"])
def test_code_and_layers_that_are_too_large_together(way, layered, dry_run):
    with way.unchanged("fn"):
        members = {"FunctionName": "fn", "ZipFile": LARGE, "DryRun": dry_run}
        way.refused(way.lambda_.update_function_code, too_large(270 * MB), **members)


@rule("Z14")
def test_a_new_function_or_layer_that_is_too_large(way, layered):
    layers = {"Layers": [f"{LAYER}one:1"]}
    way.refused(way.lambda_.create_function, too_large(270 * MB), **creation("other", ZipFile=LARGE, **layers))
    way.lambda_.create_function(**creation("other", ZipFile=LARGE))
    way.settled("other")
    with way.unchanged("other"):
        way.refused(way.lambda_.update_function_configuration, too_large(270 * MB), FunctionName="other", **layers)


@rule("Z14")
def test_code_and_layers_up_to_the_limit(way):
    unzipped = len("def handler(event, context): return 'A'")
    way.emulator.declare_layer(f"{LAYER}one:1", unzipped_size=262_144_000 - unzipped)
    way.lambda_.create_function(**creation(Layers=[f"{LAYER}one:1"]))


@fact(296, 414, 415)
@rule("Q4")
@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([f"{LAYER}other:9"], f"Layer version {LAYER}other:9 does not exist."),
        ([f"{LAYER}one:1", f"{LAYER}one:2"], f"{TWICE} {LAYER}one:1 and {LAYER}one:2 are versions of the same layer."),
        (
            [f"{LAYER}one:1", f"{LAYER}one:2", f"{LAYER}one:3"],
            f"{TWICE} {LAYER}one:1 and {LAYER}one:2 are versions of the same layer.",
        ),
        ([f"{LAYER}one:1", f"{LAYER}one:1"], f"{TWICE} {LAYER}one:1 and {LAYER}one:1 are versions of the same layer."),
        (
            [f"{LAYER}one:1".replace("us-east-1", "eu-west-1")],
            "Layers are not in the same region as the function. Layers are expected to be in region us-east-1.",
        ),
        ([f"{LAYER}l{it}:1" for it in range(6)], "You cannot reference more than 5 layers."),
    ],
    ids=["missing", "two_versions", "three_versions", "twice", "other_region", "six"],
)
def test_layers_that_cannot_be(way, layered, layers, message):
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_configuration, invalid(message), FunctionName="fn", Layers=layers)
    way.refused(way.lambda_.create_function, invalid(message), **creation("other", Layers=layers))


def test_a_declared_layer_is_a_zip(way):
    with pytest.raises(ValueError, match="there is no end record"):
        way.emulator.declare_layer(f"{LAYER}one:1", b"not a zip")


@pytest.mark.parametrize(
    "arn", ["", "garbage", LAYER + "one", f"{LAYER}one:x", f"{LAYER}one:1:2", f"{LAYER}one:1".replace("lambda", "s3")]
)
def test_a_declared_layer_has_the_arn_of_a_version(way, arn):
    with pytest.raises(
        ValueError, match=r"^arn is arn:<partition>:lambda:<region>:<account>:layer:<name>:<version> or "
    ):
        way.emulator.declare_layer(arn, ZIP_A)


def test_a_layer_of_awss_own_can_be_declared(way, fn):
    own = "arn:aws:lambda:::awslayer:AmazonLinux1803"
    way.emulator.declare_layer(own, ZIP_A)
    (layer,) = way.lambda_.update_function_configuration(FunctionName="fn", Layers=[own])["Layers"]
    assert layer == {"Arn": own, "CodeSize": len(ZIP_A)}


@pytest.mark.parametrize("name", ["code_size", "unzipped_size"])
@pytest.mark.parametrize("size", [-1, 2**64, 1.5, "1", True])
def test_the_sizes_of_a_declared_layer_are_bytes(way, name, size):
    with pytest.raises(ValueError, match=f"^{name} is a whole number of bytes, 0 or more and below 2\\*\\*64, not "):
        way.emulator.declare_layer(f"{LAYER}one:1", **{name: size})
