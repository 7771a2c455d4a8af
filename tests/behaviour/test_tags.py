"""TagResource, UntagResource, ListTags (facts 15)."""

from __future__ import annotations

import pytest
from texts import OTHER_ACCOUNT, TOO_MANY_TAGS, invalid, missing, not_found, unreachable, violated
from world import ARN

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule


def tags(way, resource=ARN):
    response = way.lambda_.list_tags(Resource=resource)
    del response["ResponseMetadata"]
    return response["Tags"]


def empty(response):
    del response["ResponseMetadata"]
    return response == {}


@fact(394, 556)
def test_a_function_without_tags_has_an_empty_map(way, fn):
    assert tags(way) == {}
    assert "Tags" not in way.lambda_.get_function(FunctionName="fn")


@fact(394, 556, 557)
@rule("G6")
def test_tags_are_merged_overwritten_and_taken_away(way, fn):
    assert empty(way.lambda_.tag_resource(Resource=ARN, Tags={"a": "1", "b": "2"}))
    assert empty(way.lambda_.tag_resource(Resource=ARN, Tags={"b": "3", "c": ""}))
    assert tags(way) == way.lambda_.get_function(FunctionName="fn")["Tags"] == {"a": "1", "b": "3", "c": ""}
    assert empty(way.lambda_.untag_resource(Resource=ARN, TagKeys=["b", "nothing"]))
    assert empty(way.lambda_.untag_resource(Resource=ARN, TagKeys=["b", "a"]))
    assert tags(way) == {"c": ""}
    way.lambda_.untag_resource(Resource=ARN, TagKeys=["c"])
    assert "Tags" not in way.lambda_.get_function(FunctionName="fn")


def test_keys_and_values_keep_their_letters(way, fn):
    odd = {"a key = more": "1=2+3", "ü/+ 日本:@_.-": "é", "A": "a", "a": "A"}
    way.lambda_.tag_resource(Resource=ARN, Tags=odd)
    assert tags(way) == odd
    way.lambda_.untag_resource(Resource=ARN, TagKeys=["ü/+ 日本:@_.-", "a key = more", "A"])
    assert tags(way) == {"a": "A"}


@fact(563)
def test_fifty_tags_are_fine_and_one_more_is_not(way, fn):
    fifty = {f"k{number}": "v" for number in range(50)}
    with way.unchanged("fn"):
        way.refused(way.lambda_.tag_resource, TOO_MANY_TAGS, Resource=ARN, Tags={**fifty, "more": "v"})
    way.lambda_.tag_resource(Resource=ARN, Tags=fifty)
    with way.unchanged("fn"):
        way.refused(way.lambda_.tag_resource, TOO_MANY_TAGS, Resource=ARN, Tags={"more": "v"})
    way.lambda_.tag_resource(Resource=ARN, Tags={"k7": "new"})
    assert tags(way) == {**fifty, "k7": "new"}


@fact(561)
def test_no_tags_are_an_error_of_their_own(way, fn):
    refusal = invalid("An error occurred and the request cannot be processed.")
    way.refused(way.lambda_.tag_resource, refusal, Resource=ARN, Tags={})


@fact(72, 562)
def test_no_tag_keys_are_null(way, fn):
    # An empty list leaves no trace in a query string, so AWS sees none; every way in answers the same.
    refusal = violated(("null", "tagKeys", "Member must not be null"))
    way.refused(way.lambda_.untag_resource, refusal, Resource=ARN, TagKeys=[])


RESOURCES = {
    "missing": (f"{ARN}2", not_found(f"{ARN}2")),
    "alias": (f"{ARN}:prod", invalid("Tags on function aliases and versions are not supported. Please specify a function ARN.")),
    "version_of_nobody": (f"{ARN}2:1", invalid("Tags on function aliases and versions are not supported. Please specify a function ARN.")),
    "latest": (f"{ARN}:$LATEST", invalid("Tags on function aliases and versions are not supported. Please specify a function ARN.")),
    "region": (ARN.replace("us-east-1", "eu-west-1"), unreachable("eu-west-1")),
    "account": (ARN.replace("1234", "9999"), OTHER_ACCOUNT),
    "capacity_provider": (
        "arn:aws:lambda:us-east-1:123456789012:capacity-provider:x",
        missing("Capacity provider not found: arn:aws:lambda:us-east-1:123456789012:capacity-provider:x"),
    ),
}  # fmt: skip


@fact(154, 180, 559, 560)
@pytest.mark.parametrize(("resource", "refusal"), RESOURCES.values(), ids=RESOURCES)
@pytest.mark.parametrize(
    ("operation", "more"),
    [("list_tags", {}), ("tag_resource", {"Tags": {"a": "b"}}), ("untag_resource", {"TagKeys": ["a"]})],
    ids=["list", "tag", "untag"],
)
def test_a_resource_that_has_no_tags_is_refused(way, fn, operation, more, resource, refusal):
    way.refused(getattr(way.lambda_, operation), refusal, Resource=resource, **more)


@fact(388)
def test_tags_die_with_the_function(way, fn):
    way.lambda_.tag_resource(Resource=ARN, Tags={"a": "b"})
    way.lambda_.delete_function(FunctionName="fn")
    way.refused(way.lambda_.list_tags, not_found(), Resource=ARN)
    way.refused(way.lambda_.tag_resource, not_found(), Resource=ARN, Tags={"a": "b"})


@pytest.mark.parametrize("kind", ["Capacity provider", "Layer", "Network connector"])
def test_other_taggable_resources_are_not_there(way, kind):
    arn = f"arn:aws:lambda:us-east-1:123456789012:{kind.lower().replace(' ', '-')}:x"
    way.refused(way.lambda_.list_tags, missing(f"{kind} not found: {arn}"), Resource=arn)
