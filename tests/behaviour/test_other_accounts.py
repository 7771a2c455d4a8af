"""What policies of functions mean: to callers of other accounts (F7, facts 2.4), and beside the policies of callers (E6)."""

from __future__ import annotations

import json

import pytest
from policies import ADMIN, allow, deny, policy
from texts import OTHER_ACCOUNT, Refusal, denied, not_allowed, not_found, unreachable
from world import ACCOUNT, ARN, ZIP_B, creation, sha256

fact, rule = pytest.mark.fact, pytest.mark.rule

OTHER = "210987654321"
CALLER = f"arn:aws:iam::{OTHER}:user/drylambda"
MINE = f"arn:aws:iam::{ACCOUNT}:user/drylambda"


def grant(*actions, principal=OTHER, resource=ARN, effect=allow, **more):
    """A statement of a function's policy."""
    return effect(*actions, resource=resource, **{"Principal": {"AWS": principal}, **more})


def put(way, *statements, arn=ARN):
    way.lambda_.put_resource_policy(ResourceArn=arn, Policy=json.dumps(policy(*statements)))


@pytest.fixture
def published(way, fn):
    """Give the function a version and an alias."""
    way.lambda_.publish_version(FunctionName="fn")
    way.lambda_.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")


@pytest.fixture
def other(way):
    """Return the way in from another account."""
    return way.at(account_id=OTHER)


TAGS = {"Tags": {"team": "red"}}
# What other accounts can be let in to.
OPEN = {
    "create_alias": {"Name": "new", "FunctionVersion": "1"},
    "delete_alias": {"Name": "live"},
    "delete_function": {},
    "delete_function_concurrency": {},
    "get_alias": {"Name": "live"},
    "get_function": {},
    "get_function_concurrency": {},
    "get_function_configuration": {},
    "get_policy": {},
    "invoke": {"InvocationType": "DryRun"},
    "list_aliases": {},
    "list_provisioned_concurrency_configs": {},
    "list_tags": {},
    "list_versions_by_function": {},
    "publish_version": {},
    "put_function_concurrency": {"ReservedConcurrentExecutions": 1},
    "tag_resource": TAGS,
    "untag_resource": {"TagKeys": ["team"]},
    "update_alias": {"Name": "live", "Description": "x"},
    "update_function_code": {"ZipFile": ZIP_B},
}
# What stays with the function's account.
CLOSED = {
    "add_permission": {"StatementId": "s", "Action": "lambda:GetFunction", "Principal": OTHER},
    "create_function_url_config": {"AuthType": "NONE"},
    "delete_function_code_signing_config": {},
    "get_function_url_config": {},
    "update_function_configuration": {"Description": "x"},
}


def denied_there(name, user):
    """The refusal by an explicit deny in the policy of the function."""
    text = denied(name, user=user).message.replace("an identity-based", "a resource-based")
    return Refusal("AccessDeniedException", 403, text)


def named(method):
    return {"Resource" if "tag" in method else "FunctionName": ARN}


def action(method):
    name = "".join(word.capitalize() for word in method.split("_"))
    return "lambda:InvokeFunction" if name == "Invoke" else f"lambda:{name}"


class TestOtherAccounts:
    @rule("F7")
    @fact(142, 145, 146)
    @pytest.mark.parametrize("method", OPEN)
    def test_are_let_in_by_a_policy_to_exactly_what_it_names(self, way, published, other, method):
        parameters = {**named(method), **OPEN[method]}
        # The payload of Invoke is a stream, which has no form to be checked.
        call = getattr(other.face if method == "invoke" else other.lambda_, method)
        other.refused(call, OTHER_ACCOUNT, **parameters)
        everything_else = {"NotAction": action(method), "Effect": "Allow", "Principal": {"AWS": OTHER}, "Resource": ARN}
        put(way, everything_else)
        other.refused(call, OTHER_ACCOUNT, **parameters)
        put(way, grant(action(method)))
        call(**parameters)
        assert other.lambda_.list_functions()["Functions"] == []

    @rule("F7")
    @pytest.mark.parametrize("method", CLOSED)
    def test_are_never_let_in_to_what_policies_of_functions_cannot_open(self, way, fn, other, method):
        put(way, grant("lambda:*"))
        other.refused(getattr(other.lambda_, method), OTHER_ACCOUNT, FunctionName=ARN, **CLOSED[method])

    @rule("F7")
    def test_create_no_functions(self, way, fn, other):
        put(way, grant("lambda:*", resource="*"))
        other.refused(other.lambda_.create_function, OTHER_ACCOUNT, **creation(ARN))

    @rule("F7")
    @pytest.mark.parametrize("name", [ARN, f"{ACCOUNT}:function:fn", f"{ACCOUNT}:fn"])
    def test_deploy_to_the_function_that_the_arn_names(self, way, fn, other, name):
        put(way, grant("lambda:UpdateFunctionCode", "lambda:GetFunction"))
        own = other.lambda_.create_function(**creation())
        updated = other.lambda_.update_function_code(FunctionName=name, ZipFile=ZIP_B, Publish=True)
        assert (updated["FunctionArn"], updated["CodeSha256"]) == (f"{ARN}:1", sha256(ZIP_B))
        assert way.settled("fn")["CodeSha256"] == sha256(ZIP_B)
        location = other.lambda_.get_function(FunctionName=name)["Code"]["Location"]
        assert way.emulator.download(location) == ZIP_B
        assert other.settled("fn")["CodeSha256"] == own["CodeSha256"]

    @rule("F7")
    @pytest.mark.parametrize(
        "principal",
        [OTHER, f"arn:aws:iam::{OTHER}:root", CALLER, ["arn:aws:iam::111122223333:root", CALLER]],
        ids=str,
    )
    def test_are_named_by_account_or_by_caller(self, way, fn, other, principal):
        put(way, grant("lambda:GetFunction", principal=principal))
        assert other.lambda_.get_function(FunctionName=ARN)["Configuration"]["FunctionArn"] == ARN

    @rule("F7")
    def test_are_let_in_by_a_permission_for_everybody(self, way, fn, other):
        way.lambda_.add_permission(FunctionName="fn", StatementId="s", Action="lambda:GetFunction", Principal="*")
        other.lambda_.get_function(FunctionName=ARN)

    @rule("F7")
    @pytest.mark.parametrize(
        "principal",
        ["111122223333", f"arn:aws:iam::{OTHER}:user/ann", f"arn:aws:iam::{OTHER}:role/drylambda", MINE],
    )
    def test_are_not_let_in_where_somebody_else_is(self, way, fn, other, principal):
        put(way, grant("lambda:GetFunction", principal=principal))
        other.refused(other.lambda_.get_function, OTHER_ACCOUNT, FunctionName=ARN)

    @rule("F7")
    @pytest.mark.parametrize(
        ("statements", "is_in"),
        [
            ([grant("lambda:Get*")], True),
            ([grant("*")], True),
            ([grant("lambda:List*")], False),
            ([grant("lambda:*"), grant("lambda:GetFunction", effect=deny)], False),
            ([grant("lambda:*", resource=f"{ARN}:1")], False),
            ([grant("lambda:*", resource="*")], True),
            ([grant("lambda:*", Condition={"StringEquals": {"aws:PrincipalAccount": OTHER}})], True),
            ([grant("lambda:*", Condition={"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:user/*"}})], True),
            ([grant("lambda:*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})], False),
            ([grant("lambda:*", Condition={"StringEquals": {"AWS:SourceAccount": OTHER}})], False),
            ([grant("lambda:*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}})], False),
            ([grant("lambda:*", Condition={"StringEquals": {"aws:ResourceTag/team": "red"}})], True),
            ([grant("lambda:*", Condition={"StringEquals": {"aws:ResourceTag/team": "blue"}})], False),
        ],
        ids=str,
    )
    def test_are_judged_as_iam_judges(self, way, fn, other, statements, is_in):
        way.lambda_.tag_resource(Resource=ARN, **TAGS)
        put(way, *statements)
        if is_in:
            other.lambda_.get_function(FunctionName=ARN)
        else:
            other.refused(other.lambda_.get_function, OTHER_ACCOUNT, FunctionName=ARN)

    @rule("F7")
    @pytest.mark.parametrize("name", [f"{ARN}:live", f"{ARN}:1"])
    def test_need_the_policy_of_the_qualifier_that_they_name(self, way, published, other, name):
        put(way, grant("lambda:*", resource="*"))
        other.refused(other.lambda_.get_function, OTHER_ACCOUNT, FunctionName=name)
        put(way, grant("lambda:GetFunction", "lambda:InvokeFunction", resource=name), arn=name)
        assert other.lambda_.get_function(FunctionName=name)["Configuration"]["FunctionArn"] == name
        other.face.invoke(FunctionName=name, InvocationType="DryRun")

    @rule("F7")
    def test_do_not_learn_what_there_is(self, way, fn, other):
        put(way, grant("lambda:*"))
        for name in (f"{ARN[:-2]}nobody", f"{ARN}:7", ARN.replace(ACCOUNT, "111122223333")):
            other.refused(other.lambda_.get_function, OTHER_ACCOUNT, FunctionName=name)
        put(way, grant("lambda:DeleteFunction", "lambda:UpdateFunctionCode"))
        other.lambda_.delete_function(FunctionName=ARN)
        other.refused(other.lambda_.update_function_code, OTHER_ACCOUNT, FunctionName=ARN, ZipFile=ZIP_B)

    @rule("E10", "F7")
    def test_reach_functions_of_their_region_only(self, way, fn, other):
        put(way, grant("lambda:*"))
        elsewhere = ARN.replace("us-east-1", "eu-west-1")
        other.refused(other.lambda_.get_function, unreachable("eu-west-1"), FunctionName=elsewhere)

    @rule("G6")
    def test_see_tags_only_if_they_may_list_them(self, way, fn, other):
        way.lambda_.tag_resource(Resource=ARN, **TAGS)
        put(way, grant("lambda:GetFunction"))
        assert "Tags" not in other.lambda_.get_function(FunctionName=ARN)
        put(way, grant("lambda:GetFunction", "lambda:ListTags"))
        assert other.lambda_.get_function(FunctionName=ARN)["Tags"] == TAGS["Tags"]

    @rule("E1", "F7")
    def test_get_the_refusals_of_the_functions_own_account(self, way, fn, other):
        put(way, grant("lambda:CreateAlias"))
        refusal = not_found(f"{ARN}:7")
        other.refused(other.lambda_.create_alias, refusal, FunctionName=ARN, Name="new", FunctionVersion="7")


class TestBothPolicies:
    @pytest.fixture
    def keys(self, way):
        """Return emulators of two accounts whose callers have these statements."""

        def limit(*statements, arn=None):
            arn = arn or f"arn:aws:iam::{OTHER}:user/ann"
            iam = {"ADMIN": policy(ADMIN), "ANN": {"arn": arn, "policies": [policy(it) for it in statements]}}
            there = way.another(iam=iam, settle="instant")
            admin, ann = there.at(access_key_id="ADMIN"), there.at(access_key_id="ANN")
            admin.lambda_.create_function(**creation())
            return admin, ann

        return limit

    @rule("E6", "F7")
    def test_across_accounts_both_must_allow_it(self, keys):
        admin, ann = keys(allow("lambda:GetFunction"))
        ann.refused(ann.lambda_.get_function, OTHER_ACCOUNT, FunctionName=ARN)
        put(admin, grant("lambda:*", principal=OTHER))
        ann.lambda_.get_function(FunctionName=ARN)
        refusal = not_allowed("lambda:UpdateFunctionCode", user=f"arn:aws:iam::{OTHER}:user/ann")
        ann.refused(ann.lambda_.update_function_code, refusal, FunctionName=ARN, ZipFile=ZIP_B)

    @rule("E6")
    @pytest.mark.parametrize(
        ("arn", "principal"),
        [
            (f"arn:aws:iam::{ACCOUNT}:user/team/ann", f"arn:aws:iam::{ACCOUNT}:user/team/ann"),
            (f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/1", f"arn:aws:iam::{ACCOUNT}:role/deploy"),
            (f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/1", f"arn:aws:iam::{ACCOUNT}:role/path/deploy"),
            (f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/1", f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/1"),
        ],
    )
    def test_within_an_account_one_of_them_is_enough(self, keys, arn, principal):
        admin, ann = keys(arn=arn)
        put(admin, grant("lambda:UpdateFunctionCode", principal=principal))
        ann.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
        ann.refused(ann.lambda_.get_function, not_allowed("lambda:GetFunction", user=arn), FunctionName="fn")

    @rule("E6")
    def test_naming_the_account_lets_nobody_in_within_it(self, keys):
        arn = f"arn:aws:iam::{ACCOUNT}:user/ann"
        admin, ann = keys(arn=arn)
        put(admin, grant("lambda:*", principal=ACCOUNT))
        ann.refused(ann.lambda_.get_function, not_allowed("lambda:GetFunction", user=arn), FunctionName="fn")

    @rule("E6")
    def test_what_a_policy_of_the_function_denies_nothing_allows(self, keys):
        arn = f"arn:aws:iam::{ACCOUNT}:user/ann"
        admin, ann = keys(ADMIN, arn=arn)
        put(admin, grant("lambda:GetFunction", principal=ACCOUNT, effect=deny, Sid="never"))
        error = ann.refused(ann.lambda_.get_function, denied_there("lambda:GetFunction", arn), FunctionName="fn")
        assert error.response["ResponseMetadata"]["HTTPHeaders"]["x-drylambda-hint"] == "the statement never denies it"
        ann.lambda_.get_function_configuration(FunctionName="fn")

    @rule("E6")
    def test_what_the_callers_policy_denies_nothing_allows(self, keys):
        arn = f"arn:aws:iam::{ACCOUNT}:user/ann"
        admin, ann = keys(deny("lambda:GetFunction"), arn=arn)
        put(admin, grant("lambda:*", principal=arn))
        ann.refused(ann.lambda_.get_function, denied("lambda:GetFunction", user=arn), FunctionName="fn")
        ann.lambda_.get_function_configuration(FunctionName="fn")

    @rule("E6")
    def test_statements_about_all_but_some(self, keys):
        arn = f"arn:aws:iam::{ACCOUNT}:user/ann"
        admin, ann = keys(ADMIN, arn=arn)
        others = {
            "Effect": "Deny",
            "NotPrincipal": {"AWS": [arn, MINE]},
            "Action": "lambda:GetFunction",
            "Resource": ARN,
        }
        put(admin, others)
        ann.lambda_.get_function(FunctionName="fn")
        admin.lambda_.get_function(FunctionName="fn")
        others["NotPrincipal"] = {"AWS": MINE}
        put(admin, others)
        ann.refused(ann.lambda_.get_function, denied_there("lambda:GetFunction", arn), FunctionName="fn")
