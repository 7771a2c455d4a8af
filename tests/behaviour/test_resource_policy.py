"""Policies of resources as a whole: put, get, delete; they are those that permissions are added to."""

from __future__ import annotations

import json

import pytest
from policies import allow, policy
from texts import Refusal, invalid, missing, not_found, unreachable
from world import ANY_UUID, ARN, without_metadata

rule = pytest.mark.rule

OTHER = "arn:aws:iam::210987654321:root"
MINE = {"Sid": "mine", "Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "lambda:GetFunction", "Resource": ARN}
NO_RESOURCE = missing("The resource you requested does not exist.")
NO_POLICY = missing("No policy is associated with the given resource.")
MALFORMED = invalid("The provided policy was invalid. Please check the policy and try again.")
STALE = Refusal(
    "PreconditionFailedException",
    412,
    "The Revision Id provided does not match the latest Revision Id. Call the GetResourcePolicy API to retrieve the "
    "latest Revision Id",
)
PUBLIC = Refusal(
    "PublicPolicyException",
    400,
    "The resource-based policy you tried to add to the Lambda resource would grant public access to it, which isn't "
    "allowed.",
)


def compact(document):
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def put(way, document, arn=ARN, **more):
    text = document if isinstance(document, str) else json.dumps(document)
    return without_metadata(way.lambda_.put_resource_policy(ResourceArn=arn, Policy=text, **more))


def get(way, arn=ARN):
    return without_metadata(way.lambda_.get_resource_policy(ResourceArn=arn))


@pytest.mark.parametrize(
    "document",
    [
        policy(MINE),
        {"Version": "2012-10-17", "Id": 'my "own"\n', "Statement": [MINE]},
        {"Statement": [MINE]},
        {"Version": "2008-10-17", "Statement": [{**MINE, "Sid": ""}]},
        policy({key: MINE[key] for key in reversed(MINE) if key != "Sid"}),
        policy({**MINE, "Condition": {"NumericLessThan": {"aws:EpochTime": [1, 2.5, "3"]}, "Bool": {"a:b": True}}}),
        policy({**MINE, "Sid": "ä".replace("ä", "a-_.1"), "NotPrincipal": {"Federated": ["ü.example.com"]}}),
    ],
)
def test_what_was_put_is_read_compact_and_in_its_order(way, fn, document):
    for statement in document["Statement"]:
        if "NotPrincipal" in statement:
            statement.pop("Principal", None)
            statement["Effect"] = "Deny"
    written = put(way, document)
    assert written == {"Policy": compact(document), "RevisionId": ANY_UUID}
    assert get(way) == without_metadata(way.lambda_.get_policy(FunctionName="fn")) == written


@pytest.mark.parametrize("number", ["12345678901234567890123", "1.50", "1e300", "-0.0"])
def test_numbers_are_read_as_they_were_written(way, fn, number):
    document = compact(policy({**MINE, "Condition": {"NumericLessThan": {"aws:EpochTime": ["0", number]}}}))
    document = document.replace(f'"{number}"', number)
    assert put(way, document)["Policy"] == document


def test_one_statement_becomes_a_list_of_one(way, fn):
    assert put(way, {"Version": "2012-10-17", "Statement": MINE})["Policy"] == compact(policy(MINE))


def test_it_takes_the_place_of_permissions_and_permissions_are_added_to_it(way, fn):
    grant = {"Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
    way.lambda_.add_permission(FunctionName="fn", StatementId="old", **grant)
    first = put(way, policy(MINE))
    added = way.lambda_.add_permission(FunctionName="fn", StatementId="new", **grant)["Statement"]
    both = get(way)
    assert both["Policy"] == compact(policy(MINE, json.loads(added)))
    assert both["RevisionId"] != first["RevisionId"]
    way.lambda_.remove_permission(FunctionName="fn", StatementId="mine")
    assert get(way)["Policy"] == compact(policy(json.loads(added)))


@pytest.mark.parametrize("qualifier", ["1", "live"])
def test_versions_and_aliases_have_policies_of_their_own(way, fn, qualifier):
    way.lambda_.publish_version(FunctionName="fn")
    way.lambda_.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    arn = f"{ARN}:{qualifier}"
    written = put(way, policy({**MINE, "Resource": arn}), arn)
    assert get(way, arn) == written
    assert without_metadata(way.lambda_.get_policy(FunctionName="fn", Qualifier=qualifier)) == written
    way.refused(way.lambda_.get_resource_policy, NO_RESOURCE, ResourceArn=ARN)


def test_a_deleted_policy_is_gone(way, fn):
    put(way, policy(MINE))
    answer = way.lambda_.delete_resource_policy(ResourceArn=ARN)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    way.refused(way.lambda_.get_resource_policy, NO_RESOURCE, ResourceArn=ARN)
    way.refused(way.lambda_.delete_resource_policy, NO_POLICY, ResourceArn=ARN)


def test_another_revision_is_refused(way, fn):
    old = put(way, policy(MINE))["RevisionId"]
    current = put(way, policy({**MINE, "Sid": "second"}), RevisionId=old)
    document = json.dumps(policy(MINE))
    way.refused(way.lambda_.put_resource_policy, STALE, ResourceArn=ARN, Policy=document, RevisionId=old)
    way.refused(way.lambda_.delete_resource_policy, STALE, ResourceArn=ARN, RevisionId=old)
    assert get(way) == current
    way.lambda_.delete_resource_policy(ResourceArn=ARN, RevisionId=current["RevisionId"])


EVERYBODY = {**MINE, "Principal": "*"}


@pytest.mark.parametrize(
    "statement",
    [
        EVERYBODY,
        {**MINE, "Principal": {"AWS": "*"}},
        {**MINE, "Principal": {"AWS": [OTHER, "*"]}},
        {**EVERYBODY, "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}},
        {**EVERYBODY, "Condition": {"StringNotEquals": {"aws:SourceAccount": "210987654321"}}},
        {**EVERYBODY, "Condition": {"StringEqualsIfExists": {"aws:SourceAccount": "210987654321"}}},
        {**EVERYBODY, "Condition": {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}},
        {**EVERYBODY, "Condition": {"StringLike": {"aws:PrincipalOrgID": "*"}}},
        {**EVERYBODY, "Condition": {"ArnLike": {"aws:SourceArn": "*"}}},
        {**EVERYBODY, "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}},
        {**EVERYBODY, "Condition": {"Null": {"aws:SourceArn": "false"}}},
        {**{key: value for key, value in MINE.items() if key != "Principal"}, "NotPrincipal": {"AWS": OTHER}},
    ],
    ids=json.dumps,
)
def test_a_public_policy_is_refused(way, fn, statement):
    document = json.dumps(policy({**MINE, "Sid": "first"}, statement))
    way.refused(way.lambda_.put_resource_policy, PUBLIC, ResourceArn=ARN, Policy=document)
    way.refused(way.lambda_.get_resource_policy, NO_RESOURCE, ResourceArn=ARN)


@pytest.mark.parametrize(
    "statement",
    [
        {**EVERYBODY, "Effect": "Deny"},
        {**EVERYBODY, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}},
        {**EVERYBODY, "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b*"}}},
        {**EVERYBODY, "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}},
        {**EVERYBODY, "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}},
        {**MINE, "Principal": {"Service": "s3.amazonaws.com"}},
    ],
    ids=json.dumps,
)
def test_a_policy_that_is_for_somebody_is_taken(way, fn, statement):
    assert put(way, policy(statement))["Policy"] == compact(policy(statement))


@pytest.mark.parametrize(
    ("document", "hint"),
    [
        ("{", "Policy is no JSON"),
        ('{"Statement": [], "Statement": []}', 'the key "Statement" stands twice'),
        ("[]", "Policy is an object"),
        ({"Version": "2012-10-17"}, "Policy has no Statement"),
        (policy(), "Policy.Statement is empty"),
        ({"Version": "2020-01-01", "Statement": [MINE]}, "Policy.Version is"),
        (policy(MINE, MINE), "Policy.Statement[1] has the Sid of another statement"),
        (policy({**MINE, "Sid": "a b"}), "Policy.Statement[0].Sid is letters, digits, hyphens"),
        (policy({**MINE, "Effect": "Maybe"}), "Policy.Statement[0].Effect is"),
        (policy(allow("lambda:*")), "Policy.Statement[0] has neither Principal nor NotPrincipal"),
        (policy({**MINE, "Principal": "ann"}), 'Policy.Statement[0].Principal is "*" or an object'),
        (policy({**MINE, "Principal": {}}), "Policy.Statement[0].Principal names nobody"),
        (policy({**MINE, "Principal": {"AWS": "ann"}}), "Policy.Statement[0].Principal.AWS is no principal"),
        (policy({**MINE, "Principal": {"Service": "s3"}}), "Policy.Statement[0].Principal.Service is no service"),
        (policy({**MINE, "Principal": {"Nobody": "s3"}}), "Policy.Statement[0].Principal.Nobody is AWS, Service"),
        (policy({**MINE, "Action": "GetFunction"}), "Policy.Statement[0].Action"),
        (policy({**MINE, "Resource": "fn"}), "Policy.Statement[0].Resource"),
        (policy({**MINE, "Condition": {"Equals": {"aws:a": "b"}}}), "Policy.Statement[0].Condition.Equals"),
    ],
    ids=str,
)
def test_what_is_no_policy_is_refused_and_the_hint_says_why(way, fn, document, hint):
    text = document if isinstance(document, str) else json.dumps(document)
    error = way.refused(way.lambda_.put_resource_policy, MALFORMED, ResourceArn=ARN, Policy=text)
    assert hint in error.response["ResponseMetadata"]["HTTPHeaders"]["x-drylambda-hint"]
    way.refused(way.lambda_.get_resource_policy, NO_RESOURCE, ResourceArn=ARN)


def test_a_policy_has_20480_bytes_at_most(way, fn):
    refusal = Refusal(
        "PolicyLengthExceededException", 400, "The final policy size (20481) is bigger than the limit (20480)."
    )

    def of(count):
        return compact({"Id": "é" * count, "Statement": [MINE]})

    fits = (20_480 - len(of(0).encode())) // 2
    text = of(fits)
    text = text.replace('"Id":"', '"Id":"' + "e" * (20_480 - len(text.encode())))
    assert put(way, text)["Policy"] == text
    too_long = text.replace('"Id":"', '"Id":"e')
    way.refused(way.lambda_.put_resource_policy, refusal, ResourceArn=ARN, Policy=too_long)
    assert get(way)["Policy"] == text


@rule("E1")
def test_of_no_function(way):
    document = json.dumps(policy(MINE))
    way.refused(way.lambda_.put_resource_policy, not_found(), ResourceArn=ARN, Policy=document)
    way.refused(way.lambda_.get_resource_policy, NO_RESOURCE, ResourceArn=ARN)
    way.refused(way.lambda_.delete_resource_policy, missing(f"No policy found for: {ARN}"), ResourceArn=ARN)


@pytest.mark.parametrize(
    ("qualifier", "refusal"),
    [("nobody", missing(f"Cannot find alias arn: {ARN}:nobody")), ("42", not_found(f"{ARN}:42"))],
)
def test_of_no_alias_or_version(way, fn, qualifier, refusal):
    arn, document = f"{ARN}:{qualifier}", json.dumps(policy(MINE))
    way.refused(way.lambda_.put_resource_policy, refusal, ResourceArn=arn, Policy=document)
    way.refused(way.lambda_.get_resource_policy, NO_RESOURCE, ResourceArn=arn)
    way.refused(way.lambda_.delete_resource_policy, refusal, ResourceArn=arn)


def test_the_unpublished_version_has_none(way, fn):
    refusal = invalid("We currently do not support adding policies for $LATEST.")
    document = json.dumps(policy(MINE))
    way.refused(way.lambda_.put_resource_policy, refusal, ResourceArn=f"{ARN}:$LATEST", Policy=document)


def test_runtimes_are_nobodys(way):
    arn = "arn:aws:lambda:us-east-1:123456789012:runtime/mine"
    for call, more in (
        (way.lambda_.get_resource_policy, {}),
        (way.lambda_.delete_resource_policy, {}),
        (way.lambda_.put_resource_policy, {"Policy": json.dumps(policy(MINE))}),
    ):
        way.refused(call, NO_RESOURCE, ResourceArn=arn, **more)


@rule("E10")
def test_functions_of_another_region_are_not_reachable(way, fn):
    elsewhere = ARN.replace("us-east-1", "eu-west-1")
    way.refused(way.lambda_.get_resource_policy, unreachable("eu-west-1"), ResourceArn=elsewhere)
