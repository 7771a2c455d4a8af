"""How a caller may write the function of an update (section 9, and section 4 steps 4 to 7)."""

from __future__ import annotations

import pytest
from texts import NOT_LATEST, OTHER_ACCOUNT, at_most, not_found, pattern, unreachable, violated
from world import ARN, NAME_PATTERN, UPDATING, ZIP_B, configuration

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule

WRONG_NAME = pattern(NAME_PATTERN)


def update(way, name, **more):
    return way.lambda_.update_function_code(FunctionName=name, ZipFile=ZIP_B, **more)


def test_the_bare_name_is_the_first_form(way, fn):
    assert update(way, "fn")["FunctionName"] == "fn"


@fact(94, 319)
@rule("F2", "F3", "P1", "P2")
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(ARN, id="arn", marks=[case(51), case(83)]),
        pytest.param("123456789012:function:fn", id="account_and_word", marks=case(51)),
        pytest.param("function:fn", id="word", marks=case(51)),
        pytest.param("123456789012:fn", id="account"),
        pytest.param("us-east-1:123456789012:function:fn", id="region"),
        pytest.param("fn:$LATEST", id="latest", marks=case(53)),
        pytest.param(f"{ARN}:$LATEST", id="arn_latest", marks=case(53)),
        pytest.param("function:fn:$LATEST", id="word_latest"),
    ],
)
def test_every_form_of_the_name_answers_with_the_same_name_and_arn(way, fn, name):
    answer = update(way, name)
    del answer["ResponseMetadata"]
    assert answer == configuration(state=UPDATING, package=ZIP_B)


@case(52)
@rule("F3", "E9")
@pytest.mark.parametrize(
    "name",
    ["fn:1", f"{ARN}:prod", "function:fn:7", "nobody:1", "fn:latest"],
    ids=["number", "alias", "word", "missing", "lower"],
)
def test_a_version_or_alias_is_refused_whether_it_is_there_or_not(way, fn, name):
    way.refused(update, NOT_LATEST, way=way, name=name)
    way.lambda_.publish_version(FunctionName="fn")
    way.lambda_.create_alias(FunctionName="fn", Name="prod", FunctionVersion="1")
    way.refused(update, NOT_LATEST, way=way, name=name)


@case(49)
@fact(356)
@rule("E1", "F5", "F8", "F6")
@pytest.mark.parametrize(
    ("name", "arn"),
    [
        pytest.param("nobody", ARN[:-2] + "nobody", id="name"),
        pytest.param("function:nobody", ARN[:-2] + "nobody", id="word"),
        pytest.param(ARN + "2", ARN + "2", id="arn"),
        pytest.param("nobody:$LATEST", ARN[:-2] + "nobody", id="latest"),
        pytest.param("n" * 65, ARN[:-2] + "n" * 65, id="F5-65_characters"),
        pytest.param("n" * 140, ARN[:-2] + "n" * 140, id="F5-140_characters"),
        pytest.param(ARN[:-3], ARN[:-2] + "function", id="F6-incomplete_arn"),
        pytest.param("123456789012", ARN[:-2] + "123456789012", id="F6-account_is_the_name"),
        pytest.param("FN", ARN[:-2] + "FN", id="names_have_case"),
    ],
)
def test_a_function_that_is_not_there_is_named_by_its_whole_arn(way, fn, name, arn):
    way.refused(update, not_found(arn), way=way, name=name)


@case(50)
@fact(366)
@rule("F1", "F4")
@pytest.mark.parametrize(
    "name",
    [
        "my.function",
        "fn!",
        "*",
        " fn",
        "fn\n",
        "fn:$LATEST.PUBLISHED",
        "fn:$latest",
        "fn:1:2",
        "function:fn:$LATEST:extra",
        f"{ARN}:$LATES",
        "invalid:function:name",
        "arn:aws:ec2:us-east-1:123456789012:instance:fn",
        "arn:aws:lambda:invalid-region:123456789012:function:fn",
        "arn:aws:lambda:us-east-1:12345678901:function:fn",
        "fn/x",
        "fn:",
        "fün",
        "arn:aws:lambda:us-east-1:١٢٣٤٥٦٧٨٩٠١٢:function:fn",
    ],
)
def test_what_no_function_can_be_called_is_refused_by_the_pattern(way, name):
    way.refused(update, violated((f"'{name}'", "functionName", WRONG_NAME)), way=way, name=name)


@fact(366)
@rule("F4")
def test_a_name_over_140_characters_is_too_long(way):
    way.refused(update, violated((f"'{'n' * 141}'", "functionName", at_most(140))), way=way, name="n" * 141)


@rule("F4", "R1")
def test_boto3_stops_an_empty_name(way):
    report = "Invalid length for parameter FunctionName, value: 0, valid min length: 1"
    way.stopped(update, report, way=way, name="")


@fact(366)
@rule("F7", "E10")
def test_an_arn_of_another_region_is_not_reachable(way, fn):
    way.refused(update, unreachable("eu-west-1"), way=way, name=ARN.replace("us-east-1", "eu-west-1"))
    way.refused(update, unreachable("us-gov-west-1"), way=way, name=ARN.replace("us-east-1", "us-gov-west-1") + ":1")


@rule("F7")
@pytest.mark.parametrize("name", [ARN.replace("1234", "9999"), "999956789012:function:fn"], ids=["arn", "partial"])
def test_an_arn_of_another_account_is_refused_without_a_word(way, fn, name):
    way.refused(update, OTHER_ACCOUNT, way=way, name=name)


@rule("E10", "F7")
def test_the_region_is_judged_before_the_account(way):
    name = "arn:aws:lambda:eu-west-1:999956789012:function:fn"
    way.refused(update, unreachable("eu-west-1"), way=way, name=name)
