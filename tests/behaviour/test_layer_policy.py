"""Who may use a version of a layer beside its account (facts 16)."""

from __future__ import annotations

import json

import pytest
from published import LAYER, OTHER_ACCOUNT, READ, THEIRS, let_in, publish, versions
from texts import Refusal, conflict, invalid, missing, not_allowed, not_let_in, violated
from world import ACCOUNT, ANY_UUID, ZIP_A, without_metadata

fact, rule = pytest.mark.fact, pytest.mark.rule

NO_POLICY = missing("No policy is associated with the given resource.")


def refused(way, verb, refusal, **parameters):
    """Require that a call on a policy is refused, and leaves it as it is."""
    before = way.emulator.dump()
    method = "get_layer_version_policy" if verb == "get" else f"{verb}_layer_version_permission"
    given = {
        "get": {},
        "remove": {"StatementId": "all"},
        "add": {"StatementId": "all", "Action": READ, "Principal": "*"},
    }[verb]
    parameters = {"LayerName": "tools", "VersionNumber": 1, **given, **parameters}
    way.refused(getattr(way.lambda_, method), refusal, **parameters)
    assert way.emulator.dump() == before


@pytest.fixture
def policy(way):
    """Give the calls on the policy of a version that is there."""
    publish(way)

    def call(verb, number=1, **parameters):
        method = "get_layer_version_policy" if verb == "get" else f"{verb}_layer_version_permission"
        if verb == "add":
            parameters = {"StatementId": "all", "Action": READ, "Principal": "*", **parameters}
        answer = getattr(way.lambda_, method)(LayerName="tools", VersionNumber=number, **parameters)
        return without_metadata(answer)

    return call


def statement(sid="all", principal="*", **more):
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": READ, "Resource": f"{LAYER}:1", **more}


class TestPolicy:
    @fact(588)
    def test_a_permission_is_answered_as_its_statement(self, policy):
        added = policy("add")
        assert added == {"Statement": json.dumps(statement(), separators=(",", ":")), "RevisionId": ANY_UUID}
        found = policy("get")
        document = {"Version": "2012-10-17", "Id": "default", "Statement": [statement()]}
        assert found == {"Policy": json.dumps(document, separators=(",", ":")), "RevisionId": added["RevisionId"]}

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            ({"Principal": OTHER_ACCOUNT}, {"principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}}),
            (
                {"Principal": f"arn:aws:iam::{OTHER_ACCOUNT}:root"},
                {"principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}},
            ),
            (
                {"OrganizationId": "o-0123456789"},
                {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-0123456789"}}},
            ),
        ],
        ids=["account", "root", "organization"],
    )
    def test_who_is_let_in_stands_in_the_statement(self, policy, given, told):
        assert json.loads(policy("add", **given)["Statement"]) == statement(**told)

    def test_permissions_come_in_their_order_and_go_one_by_one(self, way, policy):
        revisions = [policy("add", StatementId=sid)["RevisionId"] for sid in ("b", "a")]
        assert [it["Sid"] for it in json.loads(policy("get")["Policy"])["Statement"]] == ["b", "a"]
        assert policy("remove", StatementId="b") == {}
        left = policy("get")
        assert [it["Sid"] for it in json.loads(left["Policy"])["Statement"]] == ["a"]
        assert len({*revisions, left["RevisionId"]}) == 3
        policy("remove", StatementId="a", RevisionId=left["RevisionId"])
        way.refused(way.lambda_.get_layer_version_policy, NO_POLICY, LayerName="tools", VersionNumber=1)

    def test_each_version_has_a_policy_of_its_own(self, way, policy):
        policy("add")
        publish(way)
        way.refused(way.lambda_.get_layer_version_policy, NO_POLICY, LayerName="tools", VersionNumber=2)

    @fact(589)
    def test_without_permissions_there_is_no_policy(self, way, policy):
        way.refused(way.lambda_.get_layer_version_policy, NO_POLICY, LayerName="tools", VersionNumber=1)

    @fact(590)
    def test_there_is_one_action(self, way, policy):
        text = "Member must satisfy regular expression pattern: lambda:GetLayerVersion"
        refused(way, "add", violated(("'*'", "action", text)), Action="*")

    @fact(591)
    def test_an_id_is_taken_once(self, way, policy):
        policy("add")
        text = (
            "The statement id (all) provided already exists. Please provide a new statement id, or remove the existing"
        )
        refused(way, "add", conflict(f"{text} statement."), Principal=OTHER_ACCOUNT)

    @fact(592)
    @pytest.mark.parametrize("verb", ["add", "remove", "get"])
    @pytest.mark.parametrize(("name", "number"), [("tools", 2), ("nothing", 1)])
    def test_of_no_version(self, way, policy, verb, name, number):
        arn = f"{LAYER.removesuffix('tools')}{name}:{number}"
        refusal = missing(f"Layer version {arn} does not exist.")
        refused(way, verb, refusal, LayerName=name, VersionNumber=number)

    @fact(593)
    def test_a_statement_that_is_not_there(self, way, policy):
        text = "Statement doesnotexist is not found in resource policy."
        refused(way, "remove", missing(text), StatementId="doesnotexist")
        policy("add")
        refused(way, "remove", missing(text), StatementId="doesnotexist")

    @fact(254, 594)
    @pytest.mark.parametrize("verb", ["add", "remove"])
    def test_another_revision(self, way, policy, verb):
        revision = policy("add")["RevisionId"]
        text = "The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve the"
        refusal = Refusal("PreconditionFailedException", 412, f"{text} latest Revision Id")
        more = {"StatementId": "more" if verb == "add" else "all"}
        refused(way, verb, refusal, RevisionId="wrong", **more)
        assert policy(verb, RevisionId=revision, **more) is not None

    @rule("N3")
    def test_an_empty_revision_asks_for_nothing(self, policy):
        policy("add", RevisionId="")
        policy("add", RevisionId="", StatementId="more")
        policy("remove", RevisionId="", StatementId="all")
        assert [it["Sid"] for it in json.loads(policy("get")["Policy"])["Statement"]] == ["more"]

    def test_an_organization_is_of_everybody(self, way, policy):
        refusal = invalid("OrganizationId can only be specified with * as the Principal.")
        refused(way, "add", refusal, Principal=OTHER_ACCOUNT, OrganizationId="o-0123456789")

    def test_a_policy_has_twenty_kilobytes(self, way, policy):
        each = len(json.dumps(statement("0" * 100), separators=(",", ":"))) + 1
        around = len('{"Version":"2012-10-17","Id":"default","Statement":[]}') - 1
        fitting = (20480 - around) // each
        for number in range(fitting):
            policy("add", StatementId=f"{number:0100}")
        assert len(policy("get")["Policy"]) == around + fitting * each
        text = f"The final policy size ({around + (fitting + 1) * each}) is bigger than the limit (20480)."
        refused(way, "add", Refusal("PolicyLengthExceededException", 400, text), StatementId="x" * 100)

    def test_it_is_in_the_words_of_its_partition(self, way):
        there = way.at(region="cn-north-1")
        publish(there)
        added = there.lambda_.add_layer_version_permission(
            LayerName="tools", VersionNumber=1, StatementId="all", Action=READ, Principal=OTHER_ACCOUNT
        )
        said = json.loads(added["Statement"])
        assert said["Principal"] == {"AWS": f"arn:aws-cn:iam::{OTHER_ACCOUNT}:root"}
        assert said["Resource"] == f"arn:aws-cn:lambda:cn-north-1:{ACCOUNT}:layer:tools:1"


class TestOtherAccounts:
    @pytest.fixture
    def theirs(self, way):
        """The way in of another account, which has published a layer."""
        there = way.at(account_id=OTHER_ACCOUNT)
        publish(there)
        return there

    @fact(142)
    @pytest.mark.parametrize("permission", [{}, {"principal": ACCOUNT}])
    def test_may_read_what_a_policy_lets_them(self, way, theirs, permission):
        calls = [
            (way.lambda_.get_layer_version, {"LayerName": THEIRS, "VersionNumber": 1}),
            (way.lambda_.get_layer_version_by_arn, {"Arn": f"{THEIRS}:1"}),
        ]
        for call, parameters in calls:
            way.refused(call, not_let_in(READ, f"{THEIRS}:1"), **parameters)
        let_in(theirs, **permission)
        for call, parameters in calls:
            found = call(**parameters)
            assert found["LayerVersionArn"] == f"{THEIRS}:1"
            assert way.emulator.download(found["Content"]["Location"]) == ZIP_A

    def test_are_of_no_organization(self, way, theirs):
        let_in(theirs, OrganizationId="o-0123456789")
        way.refused(way.lambda_.get_layer_version_by_arn, not_let_in(READ, f"{THEIRS}:1"), Arn=f"{THEIRS}:1")

    def test_are_not_let_in_by_a_permission_of_somebody_else(self, way, theirs):
        let_in(theirs, "111111111111")
        refusal = not_let_in(READ, f"{THEIRS}:1")
        error = way.refused(way.lambda_.get_layer_version_by_arn, refusal, Arn=f"{THEIRS}:1")
        assert "emulator.declare_layer" in error.response["ResponseMetadata"]["HTTPHeaders"]["x-drylambda-hint"]

    def test_are_not_told_what_there_is(self, way):
        way.refused(way.lambda_.get_layer_version_by_arn, not_let_in(READ, f"{THEIRS}:1"), Arn=f"{THEIRS}:1")

    @pytest.mark.parametrize(
        ("method", "parameters"),
        [
            ("publish_layer_version", {"Content": {"ZipFile": ZIP_A}}),
            ("list_layer_versions", {}),
            ("delete_layer_version", {"VersionNumber": 1}),
            ("get_layer_version_policy", {"VersionNumber": 1}),
            ("remove_layer_version_permission", {"VersionNumber": 1, "StatementId": "in"}),
            (
                "add_layer_version_permission",
                {"VersionNumber": 1, "StatementId": "more", "Action": READ, "Principal": "*"},
            ),
        ],
    )
    def test_may_do_nothing_else(self, way, theirs, method, parameters):
        let_in(theirs)
        action = "lambda:" + "".join(map(str.capitalize, method.split("_")))
        way.refused(getattr(way.lambda_, method), not_let_in(action, THEIRS), LayerName=THEIRS, **parameters)
        assert versions(theirs) == [1]

    @rule("E6")
    def test_need_their_own_policies_as_well(self, limited):
        way = limited()
        way.refused(way.lambda_.get_layer_version_by_arn, not_allowed(READ, f"{THEIRS}:1"), Arn=f"{THEIRS}:1")
