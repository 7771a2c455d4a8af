"""GetAccountSettings and GetFunctionCodeSigningConfig (section 15, facts 17 and 19)."""

from __future__ import annotations

import pytest
from texts import not_found
from world import ARN, ZIP_A, ZIP_B, creation

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule

LIMITS = {
    "TotalCodeSize": 322_122_547_200,
    "CodeSizeUnzipped": 262_144_000,
    "CodeSizeZipped": 52_428_800,
    "ConcurrentExecutions": 1000,
    "UnreservedConcurrentExecutions": 1000,
}


@case(67)
@fact(638)
@rule("Q2")
def test_an_empty_account_has_its_limits_and_uses_nothing(way):
    answer = way.lambda_.get_account_settings()
    del answer["ResponseMetadata"]
    assert answer == {"AccountLimit": LIMITS, "AccountUsage": {"TotalCodeSize": 0, "FunctionCount": 0}}


@fact(349, 640)
@rule("Q3")
def test_usage_counts_functions_and_the_code_of_each_version(way):
    def usage():
        return way.lambda_.get_account_settings()["AccountUsage"]

    way.lambda_.create_function(**creation("one"))
    way.lambda_.create_function(**creation("two", ZipFile=ZIP_B), Publish=True)
    assert usage() == {"TotalCodeSize": len(ZIP_A) + 2 * len(ZIP_B), "FunctionCount": 2}
    way.settled("one")
    way.lambda_.update_function_configuration(FunctionName="one", Description="new")
    way.settled("one")
    assert usage() == {"TotalCodeSize": len(ZIP_A) + 2 * len(ZIP_B), "FunctionCount": 2}
    way.lambda_.update_function_code(FunctionName="one", ZipFile=ZIP_B)
    assert usage() == {"TotalCodeSize": 3 * len(ZIP_B), "FunctionCount": 2}
    way.lambda_.delete_function(FunctionName="two")
    assert usage() == {"TotalCodeSize": len(ZIP_B), "FunctionCount": 1}


@case(79)
@fact(601)
def test_a_function_without_code_signing_answers_an_empty_object(way, fn):
    for name in ("fn", ARN, "function:fn"):
        answer = way.lambda_.get_function_code_signing_config(FunctionName=name)
        del answer["ResponseMetadata"]
        assert answer == {}


@fact(165)
@rule("E1")
def test_code_signing_of_no_function_is_not_found(way):
    for call in (way.lambda_.get_function_code_signing_config, way.lambda_.delete_function_code_signing_config):
        way.refused(call, not_found(), FunctionName="fn")
