"""Aliases (facts 10)."""

from __future__ import annotations

import pytest
from texts import NOT_LATEST, STALE_REVISION, conflict, invalid, missing, not_found, unreachable
from world import ANY_UUID, ARN, ZIP_B, creation

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule


@pytest.fixture(autouse=True)
def versions(way, fn):
    """Two versions of `F`."""
    way.lambda_.publish_version(FunctionName="fn")
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    way.settled("fn")
    way.lambda_.publish_version(FunctionName="fn")


def alias(name="prod", number="1", description="", **more):
    return {
        "AliasArn": f"{ARN}:{name}",
        "Name": name,
        "FunctionVersion": number,
        "Description": description,
        "RevisionId": ANY_UUID,
        **more,
    }


def call(way, operation, **parameters):
    response = getattr(way.lambda_, f"{operation}_alias")(**{"FunctionName": "fn", "Name": "prod", **parameters})
    del response["ResponseMetadata"]
    return response


def weights(**by_number):
    return {"AdditionalVersionWeights": {number[1:]: weight for number, weight in by_number.items()}}


@fact(450, 451, 452, 453, 454)
@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({}, {}),
        ({"Description": "words"}, {"description": "words"}),
        ({"FunctionVersion": "$LATEST"}, {"number": "$LATEST"}),
        ({"RoutingConfig": {}}, {}),
        ({"RoutingConfig": weights()}, {}),
        ({"FunctionVersion": "$LATEST", "RoutingConfig": weights()}, {"number": "$LATEST"}),
        ({"RoutingConfig": weights(_2=0.25)}, {"RoutingConfig": weights(_2=0.25)}),
        ({"RoutingConfig": weights(_2=0)}, {"RoutingConfig": weights(_2=0.0)}),
        ({"RoutingConfig": weights(_2=1)}, {"RoutingConfig": weights(_2=1.0)}),
    ],
)
def test_an_alias_is_shown_as_it_was_made(way, sent, shown):
    made = call(way, "create", **{"FunctionVersion": "1", **sent})
    assert made == alias(**shown)
    assert call(way, "get") == made
    listed = way.lambda_.list_aliases(FunctionName="fn")
    del listed["ResponseMetadata"]
    assert listed == {"Aliases": [made]}


@fact(241, 455)
def test_members_not_sent_keep_their_values_and_each_update_has_a_revision(way):
    made = call(way, "create", FunctionVersion="1", Description="one")
    seen = [made["RevisionId"]]
    routing = {"RoutingConfig": weights(_1=0.5)}
    for sent, shown in [
        ({"FunctionVersion": "2"}, alias(number="2", description="one")),
        ({"Description": "two"}, alias(number="2", description="two")),
        (routing, alias(number="2", description="two", **routing)),
        ({"Description": ""}, alias(number="2", **routing)),
        ({}, alias(number="2", **routing)),
        ({"RoutingConfig": weights()}, alias(number="2")),
    ]:
        answer = call(way, "update", **sent)
        assert answer == shown
        assert call(way, "get") == answer
        seen.append(answer["RevisionId"])
    assert len(set(seen)) == 7


@fact(251, 256, 472)
@rule("N3")
def test_an_update_may_ask_for_a_revision(way):
    revision = call(way, "create", FunctionVersion="1")["RevisionId"]
    parameters = {"FunctionName": "fn", "Name": "prod", "FunctionVersion": "2"}
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_alias, STALE_REVISION, **parameters, RevisionId="wrong")
    assert call(way, "update", FunctionVersion="2", RevisionId=revision)["FunctionVersion"] == "2"


@fact(456)
def test_deletion_answers_nothing_and_an_alias_that_is_not_there_does_not_matter(way):
    call(way, "create", FunctionVersion="1")
    assert call(way, "delete") == call(way, "delete") == {}
    way.refused(way.lambda_.get_alias, missing(f"Cannot find alias arn: {ARN}:prod"), FunctionName="fn", Name="prod")


@fact(240)
def test_an_alias_has_a_revision_of_its_own_and_gives_no_other_one(way):
    revision = lambda **more: way.lambda_.get_function(FunctionName="fn", **more)["Configuration"]["RevisionId"]  # noqa: E731
    before = revision(), revision(Qualifier="1")
    assert call(way, "create", FunctionVersion="1")["RevisionId"] not in before
    assert (revision(), revision(Qualifier="1")) == before


# Several faults at once: how many, then whether of itself, then of $LATEST, then what is not there.
BEFORE = {
    "count": ({"RoutingConfig": weights(_1=0.1, _3=0.2)}, "two_weights"),
    "itself": ({"FunctionVersion": "7", "RoutingConfig": weights(_7=0.1)}, "itself_7"),
    "latest": ({"FunctionVersion": "$LATEST", "RoutingConfig": weights(_9=0.1)}, "latest"),
}


@fact(473)
@pytest.mark.parametrize(("sent", "told"), BEFORE.values(), ids=BEFORE)
def test_of_two_faults_of_the_weights_the_earlier_is_told(way, sent, told):
    text = "Invalid function version 7. Function version 7 is already included in routing configuration."
    refusal = invalid(text) if told == "itself_7" else REFUSED[told][1]
    parameters = {"FunctionName": "fn", "Name": "other", "FunctionVersion": "1", **sent}
    way.refused(way.lambda_.create_alias, refusal, **parameters)


@fact(337)
def test_an_alias_keeps_its_version_when_latest_changes(way):
    call(way, "create", FunctionVersion="1")
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, Publish=True)
    assert call(way, "get") == alias()


NAMES = {"2024-01-02": "date", "a": "letter", "0_": "digit_first", "n" * 128: "long", "-": "dash"}


@fact(135, 471)
@pytest.mark.parametrize("name", NAMES, ids=NAMES.values())
def test_names_may_have_digits_but_not_only(way, name):
    assert call(way, "create", Name=name, FunctionVersion="1") == alias(name)


@fact(457)
def test_aliases_come_by_name_and_by_version(way):
    for name, number, more in [
        ("b", "1", {}),
        ("a", "2", {}),
        ("c", "1", {"RoutingConfig": weights(_2=0.5)}),
        ("d", "$LATEST", {}),
    ]:
        call(way, "create", Name=name, FunctionVersion=number, **more)

    def names(**more):
        return [it["Name"] for it in way.lambda_.list_aliases(FunctionName="fn", **more)["Aliases"]]

    assert names() == ["a", "b", "c", "d"]
    assert names(FunctionVersion="1") == ["b", "c"]
    assert names(FunctionVersion="$LATEST") == ["d"]
    assert names(FunctionVersion="7") == []


TO_ITSELF = invalid("Invalid function version 1. Function version 1 is already included in routing configuration.")
REFUSED = {
    "two_weights": (
        {"RoutingConfig": weights(_2=0.1, _3=0.2)},
        invalid("Number of items in AdditionalVersionWeights cannot be greater than 1"),
    ),
    "itself": ({"RoutingConfig": weights(_1=0.5)}, TO_ITSELF),
    "version": ({"FunctionVersion": "10"}, not_found(f"{ARN}:10")),
    "routing_version": ({"RoutingConfig": weights(_10=0.5)}, not_found(f"{ARN}:10")),
    "latest": (
        {"FunctionVersion": "$LATEST", "RoutingConfig": weights(_1=0.5)},
        invalid("$LATEST is not supported for an alias pointing to more than 1 version", typed=False),
    ),
}


@fact(46, 170, 461, 463, 464, 465)
@pytest.mark.parametrize(("sent", "refusal"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("operation", ["create_alias", "update_alias"])
def test_what_no_alias_can_point_to_is_refused(way, operation, sent, refusal):
    name = "other"
    if operation == "update_alias":
        call(way, "create", Name=name, FunctionVersion="1")
    parameters = {"FunctionName": "fn", "Name": name, "FunctionVersion": "1", **sent}
    with way.unchanged("fn"):
        way.refused(getattr(way.lambda_, operation), refusal, **parameters)


@fact(468)
def test_a_name_that_is_taken_is_refused(way):
    call(way, "create", FunctionVersion="1")
    refusal = conflict(f"Alias already exists: {ARN}:prod")
    way.refused(way.lambda_.create_alias, refusal, FunctionName="fn", Name="prod", FunctionVersion="2")


@fact(171, 172, 469, 470)
@pytest.mark.parametrize(
    ("operation", "refusal"),
    [
        ("get_alias", missing(f"Cannot find alias arn: {ARN}:non-existent")),
        ("update_alias", missing(f"Alias not found: {ARN}:non-existent")),
    ],
)
def test_an_alias_that_is_not_there_is_told_in_two_ways(way, operation, refusal):
    way.refused(getattr(way.lambda_, operation), refusal, FunctionName="fn", Name="non-existent")


NOBODY = f"{ARN[:-2]}nobody"


@fact(170, 467)
@pytest.mark.parametrize(
    ("operation", "more", "arn"),
    [
        ("create_alias", {"Name": "prod", "FunctionVersion": "1"}, f"{NOBODY}:1"),
        ("create_alias", {"Name": "prod", "FunctionVersion": "$LATEST"}, f"{NOBODY}:$LATEST"),
        ("delete_alias", {"Name": "prod"}, NOBODY),
        ("list_aliases", {}, NOBODY),
    ],
)
def test_a_function_that_is_not_there(way, operation, more, arn):
    way.refused(getattr(way.lambda_, operation), not_found(arn), FunctionName="nobody", **more)


@rule("E9", "E10", "F2")
def test_the_name_of_the_function_is_judged_as_everywhere(way):
    for name in (ARN, "function:fn", "123456789012:function:fn", "fn:$LATEST"):
        assert call(way, "create", FunctionName=name, FunctionVersion="1") == alias()
        assert call(way, "delete", FunctionName=name) == {}
    parameters = {"Name": "prod", "FunctionVersion": "1"}
    way.refused(way.lambda_.create_alias, NOT_LATEST, FunctionName="fn:1", **parameters)
    foreign = ARN.replace("us-east-1", "eu-west-1")
    way.refused(way.lambda_.create_alias, unreachable("eu-west-1"), FunctionName=foreign, **parameters)


def test_aliases_of_two_functions_do_not_meet(way):
    way.lambda_.create_function(**creation("other"))
    call(way, "create", FunctionVersion="1")
    call(way, "create", FunctionName="other", FunctionVersion="$LATEST")
    assert len(way.lambda_.list_aliases(FunctionName="other")["Aliases"]) == 1


def test_an_alias_may_be_made_while_the_function_is_being_created(way):
    way.lambda_.create_function(**creation("other"))
    made = call(way, "create", FunctionName="other", FunctionVersion="$LATEST")
    assert made["FunctionVersion"] == "$LATEST"
