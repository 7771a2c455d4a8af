"""Permissions of functions, versions and aliases: add, remove, get (facts 11, 2.6 and 3.2)."""

from __future__ import annotations

import json

import pytest
from texts import QUALIFIERS_DIFFER, Refusal, conflict, invalid, missing, not_found, unreachable, violated
from world import ACCOUNT, ANY_UUID, ARN, ZIP_B, creation, without_metadata

fact, rule = pytest.mark.fact, pytest.mark.rule

GRANT = {"StatementId": "s1", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
NO_RESOURCE = missing("The resource you requested does not exist.")
NO_ALIAS = missing(f"Cannot find alias arn: {ARN}:nobody")
NO_POLICY = missing("No policy is associated with the given resource.")
STALE = Refusal(
    "PreconditionFailedException",
    412,
    "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest "
    "Revision Id",
)
SID_TAKEN = conflict(
    "The statement id (s1) provided already exists. Please provide a new statement id, or remove the existing statement."
)


def statement(sid="s1", principal='{"Service":"s3.amazonaws.com"}', arn=ARN, more=""):
    """A statement, letter by letter."""
    return (
        f'{{"Sid":"{sid}","Effect":"Allow","Principal":{principal},"Action":"lambda:InvokeFunction",'
        f'"Resource":"{arn}"{more}}}'
    )


def policy(*statements):
    """A policy, letter by letter."""
    return f'{{"Version":"2012-10-17","Id":"default","Statement":[{",".join(statements)}]}}'


@pytest.fixture
def published(way, fn):
    """Give a function version 1 and an alias."""
    way.lambda_.publish_version(FunctionName="fn")
    way.lambda_.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")


def add(way, name="fn", **changes):
    return json_of(way.lambda_.add_permission(FunctionName=name, **{**GRANT, **changes}))


def json_of(answer):
    assert set(answer) == {"Statement", "ResponseMetadata"}
    return answer["Statement"]


def read(way, name="fn", **more):
    return without_metadata(way.lambda_.get_policy(FunctionName=name, **more))


@fact(65, 477, 478, 482)
def test_a_statement_is_compact_and_its_members_in_order(way, fn):
    assert add(way) == statement()
    assert read(way) == {"Policy": policy(statement()), "RevisionId": ANY_UUID}


@fact(479)
@pytest.mark.parametrize(
    ("principal", "written"),
    [
        ("*", '"*"'),
        ("sns.amazonaws.com", '{"Service":"sns.amazonaws.com"}'),
        ("alexa-appkit.amazon.com", '{"Service":"alexa-appkit.amazon.com"}'),
        ("210987654321", '{"AWS":"arn:aws:iam::210987654321:root"}'),
        ("arn:aws:iam::210987654321:user/team/ann", '{"AWS":"arn:aws:iam::210987654321:user/team/ann"}'),
        ("arn:aws:iam::210987654321:role/deploy", '{"AWS":"arn:aws:iam::210987654321:role/deploy"}'),
        ("arn:aws:sts::210987654321:assumed-role/a/b", '{"AWS":"arn:aws:sts::210987654321:assumed-role/a/b"}'),
    ],
)
def test_each_kind_of_principal_is_written_in_its_way(way, fn, principal, written):
    assert add(way, Principal=principal) == statement(principal=written)


def test_an_account_is_written_in_the_partition_of_its_region(way):
    there = way.at(region="cn-north-1")
    there.lambda_.create_function(**creation())
    assert '"Principal":{"AWS":"arn:aws-cn:iam::210987654321:root"}' in add(there, Principal="210987654321")


@fact(480)
@pytest.mark.parametrize(
    ("given", "condition"),
    [
        ({"SourceAccount": "210987654321"}, '{"StringEquals":{"AWS:SourceAccount":"210987654321"}}'),
        ({"SourceArn": "arn:aws:s3:::b"}, '{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::b"}}'),
        ({"FunctionUrlAuthType": "NONE"}, '{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}}'),
        ({"PrincipalOrgID": "o-1234567890"}, '{"StringEquals":{"aws:PrincipalOrgID":"o-1234567890"}}'),
        ({"EventSourceToken": "t.1-_"}, '{"StringEquals":{"lambda:EventSourceToken":"t.1-_"}}'),
        ({"InvokedViaFunctionUrl": True}, '{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}'),
        ({"InvokedViaFunctionUrl": False}, '{"Bool":{"lambda:InvokedViaFunctionUrl":"false"}}'),
        (
            {"EventSourceToken": "t", "SourceArn": "arn:aws:s3:::b", "SourceAccount": "210987654321"},
            """{"StringEquals":{"AWS:SourceAccount":"210987654321","lambda:EventSourceToken":"t"},\
"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::b"}}""",
        ),
    ],
)
def test_each_condition_is_written_in_its_way(way, fn, given, condition):
    assert add(way, **given) == statement(more=f',"Condition":{condition}')


def test_letters_that_json_quotes_are_quoted(way, fn):
    written = add(way, SourceArn='arn:aws:s3:::"\\b"\t')
    assert json.loads(written)["Condition"]["ArnLike"] == {"AWS:SourceArn": 'arn:aws:s3:::"\\b"\t'}
    assert json.loads(read(way)["Policy"])["Statement"] == [json.loads(written)]


@fact(482)
def test_statements_stand_in_the_order_in_which_they_were_added(way, fn):
    for sid in ("s2", "s1", "s3"):
        add(way, StatementId=sid)
    assert read(way)["Policy"] == policy(*(statement(sid) for sid in ("s2", "s1", "s3")))


@fact(481, 483)
@pytest.mark.parametrize(
    ("named", "qualifier"),
    [
        ({"name": "fn:1"}, "1"),
        ({"Qualifier": "1"}, "1"),
        ({"name": "fn:live"}, "live"),
        ({"name": f"{ARN}:live", "Qualifier": "live"}, "live"),
    ],
)
def test_versions_and_aliases_have_policies_of_their_own(way, published, named, qualifier):
    add(way)
    assert add(way, **named) == statement(arn=f"{ARN}:{qualifier}")
    assert read(way, Qualifier=qualifier)["Policy"] == policy(statement(arn=f"{ARN}:{qualifier}"))
    assert read(way)["Policy"] == read(way, "fn:$LATEST")["Policy"] == policy(statement())


@fact(484)
def test_a_new_version_begins_without_a_policy(way, fn):
    add(way)
    way.lambda_.publish_version(FunctionName="fn")
    way.refused(way.lambda_.get_policy, NO_RESOURCE, FunctionName="fn", Qualifier="1")


@fact(485)
def test_a_removed_permission_is_gone_and_with_the_last_one_the_policy(way, fn):
    add(way)
    add(way, StatementId="s2")
    answer = way.lambda_.remove_permission(FunctionName="fn", StatementId="s1")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert read(way)["Policy"] == policy(statement("s2"))
    way.lambda_.remove_permission(FunctionName="fn", StatementId="s2")
    way.refused(way.lambda_.get_policy, NO_RESOURCE, FunctionName="fn")
    way.refused(way.lambda_.remove_permission, NO_POLICY, FunctionName="fn", StatementId="s2")


@pytest.mark.parametrize(
    ("delete", "make"),
    [
        (
            lambda it: it.delete_alias(FunctionName="fn", Name="live"),
            lambda it: it.create_alias(FunctionName="fn", Name="live", FunctionVersion="$LATEST"),
        ),
        (lambda it: it.delete_function(FunctionName="fn"), lambda it: it.create_function(**creation())),
    ],
    ids=["alias", "function"],
)
def test_a_policy_goes_with_what_it_is_of(way, fn, delete, make):
    way.lambda_.create_alias(FunctionName="fn", Name="live", FunctionVersion="$LATEST")
    qualifiers = {"alias": "live"}
    add(way)
    add(way, Qualifier=qualifiers["alias"])
    delete(way.lambda_)
    make(way.lambda_)
    way.refused(way.lambda_.get_policy, NO_RESOURCE, FunctionName="fn", Qualifier="live")


class TestRevisions:
    @fact(242)
    def test_each_change_of_a_policy_has_a_new_one_and_changes_no_other(self, way, published):
        before = read_after(way, StatementId="s1")
        assert read_after(way, StatementId="s2") != before
        own = read(way)["RevisionId"]
        add(way, Qualifier="live")
        add(way, Qualifier="1")
        assert read(way)["RevisionId"] == own
        assert way.settled("fn")["RevisionId"] != own

    @fact(246)
    def test_publishing_leaves_it(self, way, fn):
        before = read_after(way)
        latest = way.settled("fn")["RevisionId"]
        way.lambda_.publish_version(FunctionName="fn")
        assert read(way)["RevisionId"] == before
        assert way.settled("fn")["RevisionId"] != latest

    @fact(244)
    @pytest.mark.parametrize(
        "of",
        [
            lambda it: it.get_alias(FunctionName="fn", Name="live"),
            lambda it: it.get_function_configuration(FunctionName="fn"),
        ],
    )
    def test_where_there_is_no_policy_yet_it_is_that_of_what_gets_one(self, way, published, of):
        own = of(way.lambda_)
        named = {"Qualifier": "live"} if "AliasArn" in own else {}
        add(way, RevisionId=own["RevisionId"], **named)
        stale = {**GRANT, "StatementId": "s2", "RevisionId": own["RevisionId"], **named}
        way.refused(way.lambda_.add_permission, STALE, FunctionName="fn", **stale)
        add(way, StatementId="s2", RevisionId=read(way, **named)["RevisionId"], **named)

    @fact(253, 496)
    @pytest.mark.parametrize("wrong", ["wrong", "00000000-0000-4000-8000-000000000000"])
    def test_another_one_is_refused(self, way, fn, wrong):
        add(way)
        with way.unchanged("fn"):
            refused = {**GRANT, "StatementId": "s2", "RevisionId": wrong}
            way.refused(way.lambda_.add_permission, STALE, FunctionName="fn", **refused)
            way.refused(way.lambda_.remove_permission, STALE, FunctionName="fn", StatementId="s1", RevisionId=wrong)
        assert read(way)["Policy"] == policy(statement())
        way.lambda_.remove_permission(FunctionName="fn", StatementId="s1", RevisionId=read(way)["RevisionId"])

    def test_an_empty_one_is_none(self, way, fn):
        assert add(way, RevisionId="") == statement()


def read_after(way, **changes):
    add(way, **changes)
    return read(way)["RevisionId"]


class TestRefusals:
    @fact(488)
    def test_a_statement_id_has_no_dot(self, way, fn):
        refusal = violated(
            ("'example.com'", "statementId", "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)")
        )
        way.refused(way.lambda_.add_permission, refusal, FunctionName="fn", **{**GRANT, "StatementId": "example.com"})

    @fact(489)
    @pytest.mark.parametrize("named", [{"FunctionName": "fn", "Qualifier": "$LATEST"}, {"FunctionName": "fn:$LATEST"}])
    def test_the_unpublished_version_has_no_policy(self, way, named):
        refusal = invalid("We currently do not support adding policies for $LATEST.")
        way.refused(way.lambda_.add_permission, refusal, **named, **GRANT)

    @fact(490)
    @pytest.mark.parametrize(
        "principal",
        [
            "invalid.nonaws.com",
            ".amazonaws.com",
            "ann",
            "21098765432",
            "arn:aws:iam::210987654321:group/all",
            "arn:aws:iam::210987654321:user/",
            "arn:aws:s3:::bucket",
            "arn:aws:s3:::b.amazonaws.com",
            "arn:nobody:iam::210987654321:root",
        ],
    )
    def test_an_unknown_principal(self, way, fn, principal):
        text = "The provided principal was invalid. Please check the principal and try again."
        way.refused(way.lambda_.add_permission, invalid(text), FunctionName="fn", **{**GRANT, "Principal": principal})
        way.refused(way.lambda_.get_policy, NO_RESOURCE, FunctionName="fn")

    @fact(491)
    @pytest.mark.parametrize("named", [{}, {"Qualifier": "1"}, {"Qualifier": "live"}])
    def test_a_statement_id_that_is_taken(self, way, published, named):
        add(way, **named)
        changed = {**GRANT, "Principal": "sns.amazonaws.com"}
        way.refused(way.lambda_.add_permission, SID_TAKEN, FunctionName="fn", **changed, **named)
        assert read(way, **named)["Policy"].count("Sid") == 1

    @fact(492)
    def test_a_permission_to_be_removed_where_there_is_none(self, way, fn):
        way.refused(way.lambda_.remove_permission, NO_POLICY, FunctionName="fn", StatementId="s1")
        add(way)
        refusal = missing("Statement s2 is not found in resource policy.")
        way.refused(way.lambda_.remove_permission, refusal, FunctionName="fn", StatementId="s2")

    @rule("E1")
    @fact(173, 174, 175, 184, 493)
    def test_a_missing_function(self, way):
        way.refused(way.lambda_.add_permission, not_found(), FunctionName="fn", **GRANT)
        refusal = missing(f"No policy found for: {ARN}")
        way.refused(way.lambda_.remove_permission, refusal, FunctionName="fn", StatementId="s1")
        way.refused(way.lambda_.get_policy, NO_RESOURCE, FunctionName="fn")

    @fact(173, 174, 175, 494)
    @pytest.mark.parametrize(("qualifier", "refusal"), [("nobody", NO_ALIAS), ("42", not_found(f"{ARN}:42"))])
    def test_a_missing_alias_or_version(self, way, fn, qualifier, refusal):
        named = {"FunctionName": "fn", "Qualifier": qualifier}
        way.refused(way.lambda_.add_permission, refusal, **named, **GRANT)
        way.refused(way.lambda_.remove_permission, refusal, **named, StatementId="s1")
        way.refused(way.lambda_.get_policy, NO_RESOURCE, **named)

    @rule("G7")
    @fact(495)
    def test_qualifiers_that_differ(self, way):
        named = {"FunctionName": "fn:live", "Qualifier": "test"}
        way.refused(way.lambda_.add_permission, QUALIFIERS_DIFFER, **named, **GRANT)
        way.refused(way.lambda_.remove_permission, QUALIFIERS_DIFFER, **named, StatementId="s1")
        way.refused(way.lambda_.get_policy, QUALIFIERS_DIFFER, **named)

    @rule("E10")
    def test_functions_of_another_region_are_not_reachable(self, way, fn):
        elsewhere = ARN.replace("us-east-1", "eu-west-1")
        way.refused(way.lambda_.get_policy, unreachable("eu-west-1"), FunctionName=elsewhere)

    def test_a_policy_has_20480_bytes_at_most(self, way, fn):
        token = {"SourceArn": "arn:aws:s3:::" + "x" * 9_000}
        for sid in ("s1", "s2"):
            add(way, StatementId=sid, **token)
        text = read(way)["Policy"]
        left = 20_480 - len(text) - len(statement("s3", more=',"Condition":{"ArnLike":{"AWS:SourceArn":""}}')) - 1
        arn = "arn:aws:s3:::".ljust(left, "x")
        refusal = Refusal(
            "PolicyLengthExceededException", 400, "The final policy size (20481) is bigger than the limit (20480)."
        )
        too_much = {**GRANT, "StatementId": "s3", "SourceArn": arn + "x"}
        way.refused(way.lambda_.add_permission, refusal, FunctionName="fn", **too_much)
        assert read(way)["Policy"] == text
        add(way, StatementId="s3", SourceArn=arn)
        assert len(read(way)["Policy"]) == 20_480

    def test_a_condition_that_no_policy_can_have(self, way, fn):
        text = "The provided policy was invalid. Please check the policy and try again."
        broken = {**GRANT, "SourceArn": "arn:aws:s3:::${aws:"}
        way.refused(way.lambda_.add_permission, invalid(text), FunctionName="fn", **broken)


def test_permissions_do_not_wait_for_updates(way, fn):
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert add(way, Principal=ACCOUNT) == statement(principal=f'{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}}')
