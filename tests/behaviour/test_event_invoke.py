"""Configurations of asynchronous calls: put, update, get, delete, list (facts 13 and 2.6)."""

from __future__ import annotations

import datetime as dt

import pytest
from texts import QUALIFIERS_DIFFER, Refusal, invalid, missing, pattern, unreachable, violated
from world import ACCOUNT, ARN, creation, without_metadata

fact, rule = pytest.mark.fact, pytest.mark.rule

CREATED = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:topic"
NO_FUNCTION = missing("The function doesn't exist.")
NOTHING = invalid("You must specify at least one of error handling or destination setting.")
DESTINATION_PATTERN = (
    r"$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:"
    r"((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)"
)


def without(qualifier="$LATEST"):
    return missing(f"The function {ARN}:{qualifier} doesn't have an EventInvokeConfig")


def to(success=None, failure=None):
    """A pair of destinations."""
    sides = {"OnSuccess": success, "OnFailure": failure}
    return {side: {} if arn is None else {"Destination": arn} for side, arn in sides.items()}


def answer(qualifier="$LATEST", told=None, **members):
    told = told or to()
    return {"FunctionArn": f"{ARN}:{qualifier}", "LastModified": CREATED, "DestinationConfig": told, **members}


@pytest.fixture
def config(way, fn):
    """Give the calls on configurations of a function that has a version and an alias."""
    way.lambda_.publish_version(FunctionName="fn")
    way.lambda_.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    operations = {"list": "list_function_event_invoke_configs"}

    def call(verb, name="fn", **parameters):
        operation = operations.get(verb, f"{verb}_function_event_invoke_config")
        return without_metadata(getattr(way.lambda_, operation)(FunctionName=name, **parameters))

    return call


@fact(524, 525, 526)
@pytest.mark.parametrize(
    "given",
    [
        {"MaximumRetryAttempts": 0},
        {"MaximumEventAgeInSeconds": 60},
        {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 21_600},
    ],
)
def test_an_answer_has_both_sides_and_of_the_rest_what_is_set(config, given):
    assert config("put", **given) == config("get") == answer(**given)


@fact(524)
def test_the_time_is_that_of_the_last_change(way, config):
    config("put", MaximumRetryAttempts=1)
    way.clock.advance(60.25)
    later = CREATED + dt.timedelta(seconds=60.25)
    assert config("update", MaximumRetryAttempts=2)["LastModified"] == later
    assert config("get")["LastModified"] == later


@fact(527)
def test_a_put_replaces_everything(config):
    config("put", MaximumRetryAttempts=1, MaximumEventAgeInSeconds=60, DestinationConfig=to(QUEUE, TOPIC))
    assert config("put", MaximumRetryAttempts=2) == answer(MaximumRetryAttempts=2)


@fact(527)
def test_an_update_keeps_what_it_does_not_name(config):
    config("put", MaximumRetryAttempts=1, DestinationConfig={"OnSuccess": {"Destination": QUEUE}})
    config("update", MaximumEventAgeInSeconds=60)
    told = config("update", DestinationConfig={"OnFailure": {"Destination": TOPIC}})
    whole = {"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 60}
    assert told == answer(told=to(QUEUE, TOPIC), **whole)
    assert config("update", DestinationConfig={"OnSuccess": {}}) == answer(told=to(None, TOPIC), **whole)
    assert config("update", DestinationConfig=to(failure="")) == answer(**whole)


@fact(528)
@pytest.mark.parametrize("side", ["OnSuccess", "OnFailure"])
def test_one_side_that_names_nobody_is_enough(config, side):
    assert config("put", DestinationConfig={side: {}}) == answer()


@fact(529)
@pytest.mark.parametrize(
    ("named", "qualifier"),
    [
        ({}, "$LATEST"),
        ({"name": "fn:$LATEST"}, "$LATEST"),
        ({"Qualifier": "$LATEST"}, "$LATEST"),
        ({"name": "fn:1"}, "1"),
        ({"Qualifier": "1"}, "1"),
        ({"name": "fn:live"}, "live"),
        ({"name": f"{ARN}:live"}, "live"),
        ({"name": f"{ACCOUNT}:function:fn:live", "Qualifier": "live"}, "live"),
    ],
)
def test_each_qualifier_has_one_of_its_own(way, config, named, qualifier):
    assert config("put", **named, MaximumRetryAttempts=1) == answer(qualifier, MaximumRetryAttempts=1)
    assert config("get", Qualifier=qualifier) == answer(qualifier, MaximumRetryAttempts=1)
    assert len(config("list")["FunctionEventInvokeConfigs"]) == 1


@fact(530)
@pytest.mark.parametrize(
    ("given", "member", "constraint"),
    [
        ({"MaximumRetryAttempts": 3}, "maximumRetryAttempts", "Member must have value less than or equal to 2"),
        (
            {"MaximumEventAgeInSeconds": 21_601},
            "maximumEventAgeInSeconds",
            "Member must have value less than or equal to 21600",
        ),
    ],
)
def test_limits(way, fn, given, member, constraint):
    (value,) = given.values()
    refusal = violated((f"'{value}'", member, constraint))
    way.refused(way.lambda_.put_function_event_invoke_config, refusal, FunctionName="fn", **given)


@fact(531)
@pytest.mark.parametrize("verb", ["put", "update"])
@pytest.mark.parametrize("given", [{}, {"DestinationConfig": {}}])
def test_nothing_is_refused_before_anybody_looks_for_the_function(way, verb, given):
    call = getattr(way.lambda_, f"{verb}_function_event_invoke_config")
    way.refused(call, NOTHING, FunctionName="fn", **given)


class TestDestinations:
    @pytest.mark.parametrize(
        "arn",
        [
            QUEUE,
            TOPIC,
            f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/default",
            f"{ARN[:-2]}other",
            f"{ARN[:-2]}other:live",
            "arn:aws:lambda:us-east-1:210987654321:function:elsewhere",
            f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:elsewhere",
        ],
    )
    def test_who_can_be_told(self, way, config, arn):
        way.lambda_.create_function(**creation("other"))
        assert config("put", DestinationConfig=to(arn, arn)) == answer(told=to(arn, arn))

    def test_a_bucket_is_told_of_failures_only(self, way, config):
        bucket = "arn:aws:s3:::bucket"
        self.refused(way, wrong(f"OnSuccess(destination={bucket})", "null"), OnSuccess={"Destination": bucket})
        assert config("put", DestinationConfig=to(failure=bucket)) == answer(told=to(failure=bucket))

    @fact(532)
    @pytest.mark.parametrize("name", ["doesnotexist", "doesnotexist:live"])
    def test_a_function_that_is_not_there(self, way, fn, name):
        arn = f"{ARN[:-2]}{name}"
        self.refused(way, invalid(f"The destination ARN {arn} is invalid."), OnFailure={"Destination": arn})

    @fact(533)
    @pytest.mark.parametrize("arn", [ARN, f"{ARN}:live"])
    def test_the_function_itself(self, way, fn, arn):
        text = "You can't specify the function as a destination for itself."
        self.refused(way, invalid(text), OnSuccess={"Destination": arn})

    @fact(534)
    def test_what_is_of_another_service(self, way, fn):
        role = f"arn:aws:iam::{ACCOUNT}:role/nobody"
        success, failure = f"OnSuccess(destination={role})", f"OnFailure(destination={role})"
        self.refused(way, wrong(success, "null"), OnSuccess={"Destination": role})
        self.refused(way, wrong("null", failure), OnFailure={"Destination": role})
        both = {"OnSuccess": {"Destination": QUEUE}, "OnFailure": {"Destination": role}}
        self.refused(way, wrong(f"OnSuccess(destination={QUEUE})", failure), **both)
        self.refused(way, wrong("OnSuccess(destination=null)", failure), OnSuccess={}, OnFailure={"Destination": role})

    @fact(535)
    def test_what_is_no_arn(self, way, fn):
        refusal = violated(("'nobody'", "destinationConfig.onFailure.destination", pattern(DESTINATION_PATTERN)))
        self.refused(way, refusal, OnFailure={"Destination": "nobody"})

    def refused(self, way, refusal, **told):
        call = way.lambda_.put_function_event_invoke_config
        way.refused(call, refusal, FunctionName="fn", DestinationConfig=told)
        way.refused(way.lambda_.get_function_event_invoke_config, without(), FunctionName="fn")


def wrong(success, failure):
    return invalid(
        f"The provided destination config DestinationConfig(onSuccess={success}, onFailure={failure}) is invalid."
    )


@rule("E1")
@fact(166, 178, 536)
def test_of_no_function(way):
    for verb in ("put", "update"):
        call = getattr(way.lambda_, f"{verb}_function_event_invoke_config")
        way.refused(call, NO_FUNCTION, FunctionName="fn", MaximumRetryAttempts=1)
    way.refused(way.lambda_.list_function_event_invoke_configs, NO_FUNCTION, FunctionName="fn")
    for verb in ("get", "delete"):
        call = getattr(way.lambda_, f"{verb}_function_event_invoke_config")
        way.refused(call, without(), FunctionName="fn")


@fact(166, 178, 536)
@pytest.mark.parametrize("qualifier", ["1221", "nobody"])
def test_of_no_version_or_alias(way, fn, qualifier):
    named = {"FunctionName": "fn", "Qualifier": qualifier}
    for verb in ("put", "update"):
        call = getattr(way.lambda_, f"{verb}_function_event_invoke_config")
        way.refused(call, NO_FUNCTION, **named, MaximumRetryAttempts=1)
    for verb in ("get", "delete"):
        way.refused(getattr(way.lambda_, f"{verb}_function_event_invoke_config"), without(qualifier), **named)
    way.refused(way.lambda_.list_function_event_invoke_configs, NO_FUNCTION, FunctionName=f"fn:{qualifier}")


@fact(536)
@pytest.mark.parametrize("qualifier", ["$LATEST", "1", "live"])
def test_where_there_is_none(way, config, qualifier):
    named = {"FunctionName": "fn", "Qualifier": qualifier}
    call = way.lambda_.update_function_event_invoke_config
    way.refused(call, without(qualifier), **named, MaximumRetryAttempts=1)
    for verb in ("get", "delete"):
        way.refused(getattr(way.lambda_, f"{verb}_function_event_invoke_config"), without(qualifier), **named)


@fact(537)
def test_a_deleted_one_is_gone(way, config):
    config("put", MaximumRetryAttempts=1)
    deleted = way.lambda_.delete_function_event_invoke_config(FunctionName="fn")
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    way.refused(way.lambda_.get_function_event_invoke_config, without(), FunctionName="fn")
    assert config("list") == {"FunctionEventInvokeConfigs": []}


@fact(537)
def test_the_list_has_pages(way, config):
    for qualifier in ("live", "1", "$LATEST"):
        config("put", Qualifier=qualifier, MaximumRetryAttempts=1)
    each = [config("get", Qualifier=qualifier) for qualifier in ("$LATEST", "1", "live")]
    assert config("list") == {"FunctionEventInvokeConfigs": each}
    pages = way.paginator("list_function_event_invoke_configs").paginate(
        FunctionName="fn", PaginationConfig={"PageSize": 1}
    )
    assert [page["FunctionEventInvokeConfigs"] for page in pages] == [[it] for it in each]


def test_they_go_with_what_they_are_of(way, config):
    for qualifier in ("live", "1"):
        config("put", Qualifier=qualifier, MaximumRetryAttempts=1)
    way.lambda_.delete_alias(FunctionName="fn", Name="live")
    way.lambda_.delete_function(FunctionName="fn", Qualifier="1")
    assert config("list") == {"FunctionEventInvokeConfigs": []}


@rule("G7", "E10")
def test_names_are_judged_as_everywhere(way, fn):
    call = way.lambda_.get_function_event_invoke_config
    for one in (call, way.lambda_.delete_function_event_invoke_config):
        way.refused(one, QUALIFIERS_DIFFER, FunctionName="fn:live", Qualifier="test")
    elsewhere = ARN.replace("us-east-1", "eu-west-1")
    way.refused(call, unreachable("eu-west-1"), FunctionName=elsewhere)
    marker = Refusal("InvalidParameterValueException", 400, "The provided Marker is invalid.")
    way.refused(way.lambda_.list_function_event_invoke_configs, marker, FunctionName="fn", Marker="!")
