"""Who calls: access keys, their principals and policies, and what is no policy."""

from __future__ import annotations

import contextlib
import json

import pytest
from policies import ADMIN, allow, deny, policy
from texts import OTHER_ACCOUNT, denied, not_allowed
from world import ACCOUNT, ARN, ZIP_B, Matching, creation

import drylambda

rule = pytest.mark.rule

KEYS = {
    "READER": policy(allow("lambda:Get*", "lambda:List*")),
    "DEPLOYER": {
        "arn": f"arn:aws:iam::{ACCOUNT}:user/team/ci",
        "policies": [policy(allow("lambda:UpdateFunctionCode"))],
    },
    "SESSION": {"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/build-7", "policies": []},
    "FOREIGN": {"arn": "arn:aws:iam::210987654321:root", "policies": policy(ADMIN)},
    "ADMIN": [policy(ADMIN)],
}


class TestCallers:
    @pytest.fixture
    def keys(self, way):
        way = way.another(iam=KEYS, settle="instant")
        way.at(access_key_id="ADMIN").lambda_.create_function(**creation())
        return way

    @rule("E6")
    def test_each_access_key_has_policies_and_a_principal_of_its_own(self, keys):
        read, update = {"FunctionName": "fn"}, {"FunctionName": "fn", "ZipFile": ZIP_B}
        reader, deployer = keys.at(access_key_id="READER"), keys.at(access_key_id="DEPLOYER")
        session = keys.at(access_key_id="SESSION")
        reader.lambda_.get_function(**read)
        reader.refused(reader.lambda_.update_function_code, not_allowed("lambda:UpdateFunctionCode"), **update)
        deployer.lambda_.update_function_code(**update)
        user = f"arn:aws:iam::{ACCOUNT}:user/team/ci"
        deployer.refused(deployer.lambda_.get_function, not_allowed("lambda:GetFunction", user=user), **read)
        user = f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/build-7"
        session.refused(session.lambda_.get_function, not_allowed("lambda:GetFunction", user=user), **read)

    @rule("F7")
    def test_the_account_of_a_caller_is_that_of_its_principal(self, keys):
        foreign = keys.at(access_key_id="FOREIGN")
        assert foreign.lambda_.list_functions()["Functions"] == []
        foreign.refused(foreign.lambda_.get_function, OTHER_ACCOUNT, FunctionName=ARN)
        made = foreign.lambda_.create_function(**creation())
        assert made["FunctionArn"] == ARN.replace(ACCOUNT, "210987654321")

    @rule("E6")
    def test_everybody_else_may_nothing_unless_it_is_said(self, keys):
        for way in (keys, keys.at(access_key_id="AKIAOTHER")):
            way.refused(way.lambda_.list_functions, not_allowed("lambda:ListFunctions", "*"))
        said = keys.another(iam={**KEYS, "*": policy(allow("lambda:ListFunctions"))})
        for way in (said, said.at(access_key_id="AKIAOTHER")):
            assert way.lambda_.list_functions()["Functions"] == []

    @rule("E6")
    def test_policies_for_everybody_may_be_several_and_may_be_json(self, way):
        both = [policy(allow("lambda:Get*")), json.dumps(policy(allow("lambda:List*"), deny("lambda:ListTags")))]
        way = way.another(iam=both)
        way.lambda_.get_account_settings()
        way.lambda_.list_functions()
        way.refused(way.lambda_.list_tags, denied("lambda:ListTags"), Resource=ARN)
        way = way.another(iam=json.dumps({"*": both[0]}))
        way.lambda_.get_account_settings()
        way.refused(way.lambda_.list_functions, not_allowed("lambda:ListFunctions", "*"))

    def test_without_policies_everybody_may_everything(self, way):
        way = way.another().at(access_key_id="AKIAOTHER")
        assert way.lambda_.list_functions()["Functions"] == []

    @rule("E6")
    def test_the_hint_names_the_statement_that_denies(self, way):
        way = way.another(iam=policy(ADMIN, deny("lambda:List*", Sid="NoLists")))
        error = way.refused(way.lambda_.list_functions, denied("lambda:ListFunctions", "*"))
        headers = error.response["ResponseMetadata"]["HTTPHeaders"]
        assert headers["x-drylambda-hint"] == "the statement NoLists denies it"

    @pytest.mark.parametrize("depth", ["wire", "call"])
    def test_a_client_calls_with_its_own_key_whatever_view_it_is_attached_to(self, depth):
        import boto3

        emulator = drylambda.Lambda(iam=KEYS)
        client = boto3.client("lambda", region_name="us-east-1", aws_access_key_id="READER", aws_secret_access_key="x")
        drylambda.attach(client, emulator.scope(access_key_id="SESSION"), depth=depth)
        assert client.list_functions()["Functions"] == []

    @pytest.mark.parametrize("depth", ["wire", "call"])
    def test_a_client_that_does_not_sign_is_everybody_else(self, depth):
        from botocore import UNSIGNED
        from botocore.config import Config

        emulator = drylambda.Lambda(iam={"*": policy(allow("lambda:ListFunctions"))})
        client = emulator.client(depth=depth, config=Config(signature_version=UNSIGNED))
        assert client.list_functions()["Functions"] == []
        with pytest.raises(
            drylambda.ClientError, match=f"User: arn:aws:iam::{ACCOUNT}:user/drylambda is not authorized"
        ):
            client.get_account_settings()

    @pytest.mark.parametrize(
        ("key", "identity"),
        [
            ("DEPLOYER", {"type": "IAMUser", "userName": "ci", "principalId": Matching(r"AIDA[A-Z2-7]{17}")}),
            ("FOREIGN", {"type": "Root", "principalId": "210987654321"}),
            (
                "SESSION",
                {
                    "type": "AssumedRole",
                    "principalId": Matching(r"AROA[A-Z2-7]{17}:build-7"),
                    "sessionContext": {
                        "sessionIssuer": {
                            "type": "Role",
                            "arn": f"arn:aws:iam::{ACCOUNT}:role/deploy",
                            "accountId": ACCOUNT,
                            "userName": "deploy",
                        }
                    },
                },
            ),
        ],
    )
    def test_the_journal_names_the_principal(self, keys, key, identity):
        with contextlib.suppress(drylambda.ClientError):
            keys.at(access_key_id=key).lambda_.list_functions()
        entry = keys.emulator.journal[-1]
        arn = KEYS[key]["arn"]
        assert (entry.principal, entry.access_key_id, entry.account_id) == (arn, key, arn.split(":")[4])
        assert entry.cloudtrail()["userIdentity"] == {
            **identity,
            "arn": arn,
            "accountId": arn.split(":")[4],
            "accessKeyId": key,
        }


class TestRaw:
    @rule("E6", "K2")
    def test_the_refusal_has_no_type_and_a_capital_message(self, wire):
        wire.emulator = drylambda.Lambda(iam=[])
        response = wire.update({"DryRun": True})
        assert (response.status, response.headers["x-amzn-errortype"]) == (403, "AccessDeniedException")
        assert response.json == {"Message": not_allowed("lambda:UpdateFunctionCode").message}

    @rule("E6")
    def test_the_caller_is_whoever_signed(self, wire):
        wire.emulator = drylambda.Lambda(iam={"AKIA": policy(ADMIN)})

        def signed(key):
            credential = f"{key}/20260101/us-east-1/lambda/aws4_request"
            return [("Authorization", f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0")]

        statuses = [wire.update(headers=headers).status for headers in (signed("AKIA"), signed("OTHER"), [])]
        assert statuses == [404, 403, 403]


class TestMistakes:
    @pytest.mark.parametrize("make", [drylambda.Lambda, drylambda.mock_lambda])
    @pytest.mark.parametrize(
        ("iam", "message"),
        [
            ("", "iam is no JSON: EOF while parsing a value at line 1 column 0"),
            ({"Version": "2012-10-17"}, "iam has no Statement"),
            ({"AKIA": {"Statement": {}}}, "iam.AKIA.Statement has no Effect"),
            (
                [policy(ADMIN), policy({**ADMIN, "Efect": "Deny"})],
                "iam[1].Statement[0].Efect is no element of a statement",
            ),
            (
                policy({**ADMIN, "Condition": {"StringIs": {"aws:username": "x"}}}),
                "StringIs is no condition operator of IAM",
            ),
            (
                {"AKIA": {"arn": f"arn:aws:iam::{ACCOUNT}:role/r", "policies": []}},
                "iam.AKIA.arn is not a role but a session",
            ),
        ],
    )
    def test_are_told_when_the_emulator_is_made(self, make, iam, message):
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole beginning is compared
            make(iam=iam)
        assert message in str(caught.value)

    def test_what_json_cannot_say_is_a_type_error(self):
        with pytest.raises(TypeError, match="not JSON serializable"):
            drylambda.Lambda(iam=object())

    def test_a_view_has_the_policies_of_its_emulator(self):
        with pytest.raises(ValueError, match="iam: for a new emulator"):
            drylambda.Lambda(sharing=drylambda.Lambda(), iam=[])


@pytest.mark.parametrize("depth", ["wire", "call"])
def test_a_mock_takes_policies_too_and_knows_every_clients_key(depth):
    import boto3

    with drylambda.mock_lambda(iam={"LISTER": policy(allow("lambda:List*")), "*": []}, depth=depth):
        lister = boto3.client("lambda", aws_access_key_id="LISTER", aws_secret_access_key="x")
        assert lister.list_functions()["Functions"] == []
        nobody = boto3.client("lambda", aws_access_key_id="NOBODY", aws_secret_access_key="x")
        for client, action in ((lister, "GetAccountSettings"), (nobody, "ListFunctions")):
            refused = rf"lambda:{action} on resource: \* because no identity-based policy allows"
            with pytest.raises(client.exceptions.ClientError, match=refused):
                client.get_account_settings() if client is lister else client.list_functions()
