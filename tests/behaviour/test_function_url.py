"""URLs of functions and aliases: create, get, update, delete, list (facts 14 and 2.6)."""

from __future__ import annotations

import pytest
from texts import conflict, invalid, missing, pattern, violated
from world import ARN, Matching, creation, without_metadata

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule

# AWS's, or where a server was reached, one that leads back to it.
URL = Matching(r"https://[a-z0-9]{32}\.lambda-url\.us-east-1\.on\.aws/|http://127\.0\.0\.1:\d+/_url/[a-z0-9]{32}/")
CREATED = "2026-01-01T00:00:00.000000Z"
LATER = "2026-01-01T00:01:00.250000Z"
NO_FUNCTION = missing("Function does not exist")
NO_RESOURCE = missing("The resource you requested does not exist.")
CORS = {"AllowOrigins": ["https://example.com"], "AllowMethods": ["GET"], "AllowCredentials": True, "MaxAge": 60}


@pytest.fixture
def url(way, fn):
    """Give the calls on URLs of a function that has an alias."""
    way.lambda_.create_alias(FunctionName="fn", Name="live", FunctionVersion="$LATEST")

    def call(verb, name="fn", **parameters):
        operation = {"list": "list_function_url_configs"}.get(verb, f"{verb}_function_url_config")
        return without_metadata(getattr(way.lambda_, operation)(FunctionName=name, **parameters))

    return call


@fact(541, 545, 546)
def test_a_created_url_has_what_was_given_and_no_more(url):
    assert url("create", AuthType="NONE") == {
        "FunctionUrl": URL,
        "FunctionArn": ARN,
        "AuthType": "NONE",
        "CreationTime": CREATED,
    }


@fact(541)
def test_cors_and_mode_are_answered_where_they_were_given(url):
    created = url("create", AuthType="AWS_IAM", Cors=CORS, InvokeMode="RESPONSE_STREAM")
    assert (created["Cors"], created["InvokeMode"]) == (CORS, "RESPONSE_STREAM")


@fact(542)
def test_a_read_says_how_it_calls_and_when_it_was_changed(url):
    created = url("create", AuthType="NONE")
    assert url("get") == {**created, "LastModifiedTime": CREATED, "InvokeMode": "BUFFERED"}


@fact(543, 544)
def test_an_update_changes_what_it_names(way, url):
    created = url("create", AuthType="NONE", Cors=CORS)
    assert "InvokeMode" not in created
    way.emulator.clock.advance(60.25)
    updated = url("update", AuthType="AWS_IAM")
    assert updated == {**created, "AuthType": "AWS_IAM", "LastModifiedTime": LATER}
    assert url("update") == updated
    assert url("update", Cors={"MaxAge": 1})["Cors"] == {"MaxAge": 1}
    assert url("update", InvokeMode="RESPONSE_STREAM")["InvokeMode"] == "RESPONSE_STREAM"
    assert url("get")["FunctionUrl"] == created["FunctionUrl"]


@pytest.mark.parametrize("named", [{"name": "fn:live"}, {"Qualifier": "live"}, {"name": f"{ARN}:live"}])
def test_an_alias_has_a_url_of_its_own(url, named):
    own = url("create", AuthType="NONE")
    of_alias = url("create", **named, AuthType="NONE")
    assert of_alias["FunctionArn"] == f"{ARN}:live"
    assert of_alias["FunctionUrl"] != own["FunctionUrl"]
    assert url("get", **named)["FunctionUrl"] == of_alias["FunctionUrl"]


def test_the_list_has_the_functions_own_first(way, url):
    url("create", Qualifier="live", AuthType="NONE")
    url("create", AuthType="NONE")
    listed = url("list")
    assert listed == {"FunctionUrlConfigs": [url("get"), url("get", Qualifier="live")]}
    page = url("list", MaxItems=1)
    assert page["FunctionUrlConfigs"] == listed["FunctionUrlConfigs"][:1]
    assert url("list", Marker=page["NextMarker"])["FunctionUrlConfigs"] == listed["FunctionUrlConfigs"][1:]


def test_a_function_without_urls_lists_none(url):
    assert url("list") == {"FunctionUrlConfigs": []}


@fact(168, 547)
def test_a_deleted_url_is_gone(way, url):
    url("create", AuthType="NONE")
    answer = way.lambda_.delete_function_url_config(FunctionName="fn")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    for verb in ("get", "update", "delete"):
        way.refused(getattr(way.lambda_, f"{verb}_function_url_config"), NO_RESOURCE, FunctionName="fn")


@fact(458)
def test_a_url_goes_with_its_alias(way, url):
    url("create", Qualifier="live", AuthType="NONE")
    way.lambda_.delete_alias(FunctionName="fn", Name="live")
    way.lambda_.create_alias(FunctionName="fn", Name="live", FunctionVersion="$LATEST")
    assert url("list") == {"FunctionUrlConfigs": []}


@fact(543)
def test_a_mode_that_was_once_set_is_told_by_updates(url):
    url("create", AuthType="NONE", InvokeMode="BUFFERED")
    assert url("update")["InvokeMode"] == "BUFFERED"
    assert url("update", InvokeMode="RESPONSE_STREAM")["InvokeMode"] == "RESPONSE_STREAM"


def test_a_url_goes_with_its_function(way, url):
    url("create", AuthType="NONE")
    way.lambda_.delete_function(FunctionName="fn")
    way.lambda_.create_function(**creation("fn"))
    assert url("list") == {"FunctionUrlConfigs": []}


@fact(548)
@pytest.mark.parametrize(("qualifier", "arn"), [({}, ARN), ({"Qualifier": "live"}, f"{ARN}:live")])
def test_a_second_url_is_a_conflict(way, url, qualifier, arn):
    url("create", AuthType="NONE", **qualifier)
    refusal = conflict(
        f"Failed to create function url config for [functionArn = {arn}]. Error message:  FunctionUrlConfig exists for "
        "this Lambda function"
    )
    way.refused(way.lambda_.create_function_url_config, refusal, FunctionName="fn", AuthType="AWS_IAM", **qualifier)
    assert url("get", **qualifier)["AuthType"] == "NONE"


# What each operation is refused with where the function or its alias is not there.
MISSING = [
    ("create_function_url_config", {"AuthType": "NONE"}, NO_FUNCTION),
    ("update_function_url_config", {}, NO_FUNCTION),
    ("get_function_url_config", {}, NO_RESOURCE),
    ("delete_function_url_config", {}, NO_RESOURCE),
]


@fact(167, 168)
@rule("E1")
@pytest.mark.parametrize(("operation", "more", "refusal"), [*MISSING, ("list_function_url_configs", {}, NO_FUNCTION)])
def test_of_no_function(way, operation, more, refusal):
    way.refused(getattr(way.lambda_, operation), refusal, FunctionName="fn", **more)


@fact(167, 168)
@pytest.mark.parametrize(("operation", "more", "refusal"), MISSING)
def test_of_no_alias(way, fn, operation, more, refusal):
    way.refused(getattr(way.lambda_, operation), refusal, FunctionName="fn", Qualifier="nobody", **more)


# Deleting, AWS fails inside: facts 14, and known unknowns.
@fact(132, 551)
@rule("G7")
@pytest.mark.parametrize(("operation", "more", "_refusal"), MISSING)
def test_a_qualifier_in_the_name_and_another_one_do_not_match(way, fn, operation, more, _refusal):
    text = "The derived qualifier from the function name does not match the specified qualifier."
    way.refused(getattr(way.lambda_, operation), invalid(text), FunctionName="fn:live", Qualifier="test", **more)


@fact(140)
@rule("E10")
def test_functions_of_another_region_are_not_reachable(way, fn):
    elsewhere = ARN.replace("us-east-1", "eu-west-1")
    text = "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"
    way.refused(way.lambda_.get_function_url_config, missing(text), FunctionName=elsewhere)


@fact(549)
@pytest.mark.parametrize("qualifier", ["1", "$LATEST"])
@pytest.mark.parametrize(("operation", "more", "_refusal"), MISSING)
def test_versions_have_none_though_there_is_no_function(way, operation, more, _refusal, qualifier):
    refusal = violated((f"'{qualifier}'", "qualifier", pattern(r"((?!^\d+$)^[0-9a-zA-Z-_]+$)")))
    way.refused(getattr(way.lambda_, operation), refusal, FunctionName="fn", Qualifier=qualifier, **more)


@fact(550)
def test_a_mode_that_there_is_not(way):
    known = "Member must satisfy enum value set: [RESPONSE_STREAM, BUFFERED]"
    refusal = violated(("'UNKNOWN'", "invokeMode", known))
    parameters = {"FunctionName": "fn", "AuthType": "NONE", "InvokeMode": "UNKNOWN"}
    way.refused(way.lambda_.create_function_url_config, refusal, **parameters)
