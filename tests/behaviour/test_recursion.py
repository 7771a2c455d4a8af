"""Whether a function may call itself in circles: put, get (facts 19)."""

from __future__ import annotations

import pytest
from texts import not_found, unreachable, violated
from world import ARN, creation, without_metadata

fact, rule = pytest.mark.fact, pytest.mark.rule


def get(way):
    return without_metadata(way.lambda_.get_function_recursion_config(FunctionName="fn"))


def put(way, choice, name="fn"):
    return without_metadata(way.lambda_.put_function_recursion_config(FunctionName=name, RecursiveLoop=choice))


def test_circles_are_terminated_unless_somebody_allows_them(way, fn):
    assert get(way) == {"RecursiveLoop": "Terminate"}


@fact(641)
def test_what_was_chosen_is_answered_and_read(way, fn):
    for choice in ("Allow", "Terminate", "Allow"):
        assert put(way, choice, ARN) == get(way) == {"RecursiveLoop": choice}
    assert way.settled("fn") == fn


def test_the_choice_goes_with_the_function(way, fn):
    put(way, "Allow")
    way.lambda_.delete_function(FunctionName="fn")
    way.lambda_.create_function(**creation())
    assert get(way) == {"RecursiveLoop": "Terminate"}


@fact(641)
def test_another_choice_is_none(way, fn):
    constraint = "Member must satisfy enum value set: [Terminate, Allow]"
    refusal = violated(("'InvalidValue'", "recursiveLoop", constraint))
    call = way.lambda_.put_function_recursion_config
    way.refused(call, refusal, FunctionName="fn", RecursiveLoop="InvalidValue")


@rule("E1", "E10")
def test_of_a_function_that_is_not_there(way):
    call = way.lambda_.put_function_recursion_config
    way.refused(call, not_found(), FunctionName="fn", RecursiveLoop="Allow")
    way.refused(way.lambda_.get_function_recursion_config, not_found(), FunctionName="fn")
    elsewhere = ARN.replace("us-east-1", "eu-west-1")
    way.refused(way.lambda_.get_function_recursion_config, unreachable("eu-west-1"), FunctionName=elsewhere)
