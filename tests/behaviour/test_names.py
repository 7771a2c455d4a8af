"""Names, ARNs and qualifiers as four operations read them: what they take, and what they say of the rest (facts 2)."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from texts import Refusal, at_most, invalid, not_found, pattern, violated
from world import ARN, NAME_PATTERN, WIDE_NAME_PATTERN, creation

fact = pytest.mark.fact

FUNCTION = f"{ARN[:-2]}my-function"
QUALIFIER = r"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"
#: What each prints for a name that it cannot read.
PRINTED = {
    "create_function": NAME_PATTERN,
    "get_function": WIDE_NAME_PATTERN,
    "delete_function": WIDE_NAME_PATTERN,
    "invoke": WIDE_NAME_PATTERN,
}
OPERATIONS = pytest.mark.parametrize("operation", PRINTED)

MALFORMED = {
    "two_qualifiers": f"{FUNCTION}:1:2",
    "behind_latest": "function:my-function:$LATEST:extra",
    "latest_cut": f"{FUNCTION}:$LATES",
    "word_in_front": "invalid:function:name",
    "other_service": "arn:aws:ec2:us-east-1:123456789012:instance:my-function",
    "no_region": "arn:aws:lambda::123456789012:function:my-function",
    "no_account": "arn:aws:lambda:us-east-1::function:my-function",
    "impossible_region": FUNCTION.replace("us-east-1", "invalid-region"),
    "exclamation_mark": "my-function!",
    "asterisk": "*",
    "account_in_the_name": f"{ARN[:-2]}123400000000@function:myfn",
}


def call(way, operation, name, **more):
    """Return the method, and the least that it is called with."""
    parameters = creation(name) if operation == "create_function" else {"FunctionName": name}
    return getattr(way.lambda_, operation), {**parameters, **more}


def refused_for_several(way, operation, name, *violations, **more):
    """Require one exception for these violations, whatever their order (facts 1.1)."""
    method, parameters = call(way, operation, name, **more)
    with pytest.raises(ClientError) as caught:
        method(**parameters)
    head, told = caught.value.response["Error"]["Message"].split(" detected: ")
    assert head == f"{len(violations)} validation errors"
    assert sorted(told.split("; ")) == sorted(violated(it).message.split(" detected: ")[1] for it in violations)
    way.refused(method, Refusal("ValidationException", 400, f"{head} detected: {told}"), **parameters)


@fact(96, 98, 100, 107, 113)
@OPERATIONS
@pytest.mark.parametrize("name", MALFORMED.values(), ids=MALFORMED)
def test_a_name_that_is_none_is_told_by_the_pattern_of_the_operation(way, operation, name):
    method, parameters = call(way, operation, name)
    way.refused(method, violated((f"'{name}'", "functionName", pattern(PRINTED[operation]))), **parameters)


#: A name with a dot, of which only some operations say that it is none.
NARROW = [
    "create_function", "update_function_code", "update_function_configuration", "publish_version", "create_alias",
    "get_alias", "update_alias", "delete_alias", "list_aliases", "put_function_concurrency", "get_function_concurrency",
    "delete_function_concurrency",
]  # fmt: skip
WIDE = [
    "get_function", "get_function_configuration", "delete_function", "invoke", "list_versions_by_function",
    "get_function_code_signing_config", "delete_function_code_signing_config",
]  # fmt: skip
MORE = {
    "create_alias": {"Name": "prod", "FunctionVersion": "1"},
    "get_alias": {"Name": "prod"},
    "update_alias": {"Name": "prod"},
    "delete_alias": {"Name": "prod"},
    "put_function_concurrency": {"ReservedConcurrentExecutions": 1},
}


@fact(101)
@pytest.mark.parametrize("operation", NARROW)
def test_a_dot_is_in_no_name_of_these(way, operation):
    method, parameters = call(way, operation, "my.function", **MORE.get(operation, {}))
    way.refused(method, violated(("'my.function'", "functionName", pattern(NAME_PATTERN))), **parameters)


def fault(way, operation, name, **more):
    """Return the code of the refusal of a call."""
    method, parameters = call(way, operation, name, **more)
    with pytest.raises(ClientError) as caught:
        method(**parameters)
    return caught.value.response["Error"]["Code"]


@fact(98, 101)
@pytest.mark.parametrize("operation", WIDE)
@pytest.mark.parametrize("name", ["my.function", "n" * 256], ids=["dot", "256_characters"])
def test_a_dot_or_256_characters_are_nothing_wrong_with_a_name_of_these(way, operation, name):
    assert fault(way, operation, name) != "ValidationException"
    assert fault(way, operation, "n" * 257) == "ValidationException"


@fact(111)
def test_an_arn_that_ends_with_the_word_names_a_function_of_that_name(way):
    way.refused(way.lambda_.delete_function, not_found(f"{ARN[:-2]}function"), FunctionName=ARN[:-3])
    way.refused(way.lambda_.invoke, not_found(f"{ARN[:-2]}function:$LATEST"), FunctionName=ARN[:-3])


@fact(131)
def test_latest_in_lower_case_is_a_qualifier_like_another(way):
    parameters = {"FunctionName": "my-function", "Qualifier": "$latest"}
    way.refused(way.lambda_.invoke, not_found(f"{FUNCTION}:$latest"), **parameters)
    way.refused(way.lambda_.delete_function, not_found(FUNCTION), **parameters)


class TestLengths:
    @fact(117)
    @pytest.mark.parametrize("name", ["a" * 65, "a" * 140])
    def test_a_plain_name_that_is_too_long_to_create_is_an_invalid_value(self, way, name):
        text = (
            f"1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: {at_most(64)}"
        )
        way.refused(way.lambda_.create_function, invalid(text), **creation(name))

    @fact(119)
    @pytest.mark.parametrize("name", [f"my-function:{'q' * 129}", f"{FUNCTION}:{'q' * 129}"], ids=["name", "arn"])
    def test_a_long_qualifier_makes_a_name_too_long_to_create(self, way, name):
        way.refused(
            way.lambda_.create_function, violated((f"'{name}'", "functionName", at_most(140))), **creation(name)
        )

    @fact(120, 121)
    @pytest.mark.parametrize("length", [233, 234])
    def test_a_malformed_arn_of_233_characters_is_too_long_to_create_only(self, way, length):
        malformed = FUNCTION.replace("us-east-1", "invalid-region")
        name = malformed + "a" * (length - len(malformed))
        wrong = (f"'{name}'", "functionName")
        refused_for_several(way, "create_function", name, (*wrong, at_most(140)), (*wrong, pattern(NAME_PATTERN)))
        for operation in ("get_function", "delete_function"):
            method, parameters = call(way, operation, name)
            way.refused(method, violated((*wrong, pattern(WIDE_NAME_PATTERN))), **parameters)

    @fact(123)
    def test_65_characters_are_no_fault_where_nothing_is_created(self, way):
        name = "a" * 65
        way.refused(way.lambda_.delete_function, not_found(f"{ARN[:-2]}{name}"), FunctionName=name)
        way.refused(way.lambda_.invoke, not_found(f"{ARN[:-2]}{name}:$LATEST"), FunctionName=name)

    @fact(125)
    def test_name_and_qualifier_are_both_told(self, way):
        name, qualifier = FUNCTION.replace("us-east-1", "invalid-region"), "q" * 129
        refused_for_several(
            way,
            "delete_function",
            name,
            (f"'{name}'", "functionName", pattern(WIDE_NAME_PATTERN)),
            (f"'{qualifier}'", "qualifier", at_most(128)),
            Qualifier=qualifier,
        )


@fact(129)
@pytest.mark.parametrize("qualifier", ["invalid!", "invalid-qualifier-with-?-char"])
@pytest.mark.parametrize("operation", ["get_function", "delete_function", "invoke"])
def test_a_qualifier_that_is_none_is_told_by_its_pattern(way, operation, qualifier):
    method, parameters = call(way, operation, "fn", Qualifier=qualifier)
    way.refused(method, violated((f"'{qualifier}'", "qualifier", pattern(QUALIFIER))), **parameters)


@fact(129)
def test_a_qualifier_with_a_dollar_sign_may_be_one(way, fn):
    qualifier = "valid-with-$-but-doesnotexist"
    way.refused(way.lambda_.get_function, not_found(f"{ARN}:{qualifier}"), FunctionName="fn", Qualifier=qualifier)


@fact(107, 136)
@pytest.mark.parametrize("name", ["my-function:invalid!", f"{FUNCTION}:$latest", f"{FUNCTION}:$LATEST:1"])
def test_what_stands_behind_a_new_functions_name_is_part_of_its_pattern(way, name):
    way.refused(
        way.lambda_.create_function, violated((f"'{name}'", "functionName", pattern(NAME_PATTERN))), **creation(name)
    )
