"""Roles that are looked for in moto's IAM."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

import drylambda.moto

TEXT = "The role defined for the function cannot be assumed by Lambda."
OTHER = "arn:aws:iam::123456789012:role/other"


@pytest.fixture
def role(client):
    """The name of a role that there is."""
    with drylambda.moto.install(settle="instant", roles=True), mock_aws():
        made = client("iam").create_role(RoleName="deployed", AssumeRolePolicyDocument="some policy")
        assert made["Role"]["Arn"] == "arn:aws:iam::123456789012:role/deployed"
        yield "deployed"


def refused(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error, metadata = caught.value.response["Error"], caught.value.response["ResponseMetadata"]
    assert (metadata["HTTPStatusCode"], error["Code"], error["Message"]) == (
        400,
        "InvalidParameterValueException",
        TEXT,
    )


def test_a_role_that_is_there_is_accepted(role, client, deploy):
    deploy(client())
    updated = client().update_function_configuration(FunctionName="app", Description="changed")
    assert updated["Role"].endswith("/deployed")


def test_a_role_that_is_not_there_is_refused(role, client, deploy, names):
    client("iam").delete_role(RoleName=role)
    refused(lambda: deploy(client()))
    assert names(client()) == []


def test_a_configuration_gets_no_role_that_is_not_there(role, client, deploy):
    deploy(client())
    refused(client().update_function_configuration, FunctionName="app", Role=OTHER)
    client("iam").create_role(RoleName="other", AssumeRolePolicyDocument="{}")
    assert client().update_function_configuration(FunctionName="app", Role=OTHER)["Role"] == OTHER


def test_a_role_of_another_account_is_looked_for_there(role, client, deploy):
    refused(lambda: deploy(client(), Role="arn:aws:iam::111122223333:role/deployed"))


@pytest.mark.parametrize("roles", [None, False])
def test_without_being_asked_roles_are_taken_on_trust(client, deploy, roles):
    with drylambda.moto.install(roles=roles), mock_aws():
        deploy(client())


def test_who_may_is_drylambdas_to_say_and_not_motos(client, names):
    @set_initial_no_auth_action_count(0)
    @mock_aws
    def asked():
        with pytest.raises(ClientError, match="InvalidClientTokenId"):
            client("sqs").list_queues()
        return names(client())

    with drylambda.moto.install():
        assert asked() == []
    with drylambda.moto.install(iam=[]), pytest.raises(ClientError, match="is not authorized to perform"):
        asked()
