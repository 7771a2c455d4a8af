"""`attach` and `detach`: one client, changed and changed back; and `Lambda.client`, made that way."""

from __future__ import annotations

import threading

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

import drylambda
from drylambda import Lambda, attach, detach, mock_lambda

KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}


@pytest.fixture
def client():
    return boto3.client("lambda", region_name="eu-west-1", **KEYS)


def parts(client):
    signer = client._request_signer
    return vars(client).copy(), client._endpoint.http_session, client._serializer, signer._credentials


def test_an_attached_client_is_answered_and_its_emulator_returned(client, deploy, names):
    emulator = Lambda()
    assert attach(client, emulator) is emulator
    deploy(client)
    assert names(emulator.scope("eu-west-1")) == ["app"]


def test_the_emulator_is_new_and_in_the_clients_region_by_default(client, deploy, names):
    emulator = attach(client)
    deploy(client)
    assert emulator.region == "eu-west-1"
    assert names(emulator) == ["app"]


@pytest.mark.parametrize("depth", ["wire", "call"])
def test_detaching_restores_everything_by_identity(client, depth):
    before = parts(client)
    attach(client, depth=depth)
    detach(client)
    assert all(now is then for now, then in zip(parts(client)[1:], before[1:], strict=True))
    assert parts(client)[0] == before[0]


def test_attaching_again_replaces_the_emulator_and_one_detach_restores(client, deploy, names):
    before = parts(client)
    first, second = attach(client), attach(client, depth="call")
    deploy(client)
    assert (names(first), names(second)) == ([], ["app"])
    detach(client)
    assert parts(client)[1:] == before[1:]


def test_detaching_what_is_not_attached_does_nothing(client):
    before = parts(client)
    detach(client)
    assert parts(client) == before


@pytest.mark.parametrize("function", [attach, detach])
def test_only_clients_that_an_emulator_answers(function):
    sqs = boto3.client("sqs", region_name="eu-west-1", **KEYS)
    answers = r'answers boto3.client\("lambda"\) and boto3.client\("s3"\), not a client for sqs'
    with pytest.raises(TypeError, match=answers):
        function(sqs)
    with pytest.raises(TypeError, match="not None"):
        function(None)


def test_only_emulators_and_known_depths(client):
    before = parts(client)
    with pytest.raises(TypeError, match=r"lambda_ is a drylambda.Lambda, not <botocore.client.Lambda"):
        attach(client, client)
    with pytest.raises(ValueError, match="depth"):
        attach(client, depth="deep")
    assert parts(client) == before


@pytest.mark.parametrize("config", [None, Config(signature_version=UNSIGNED)])
def test_a_client_without_credentials(bare, monkeypatch, names, config):
    monkeypatch.setattr("botocore.credentials.CredentialResolver.load_credentials", lambda self: None)
    client = boto3.session.Session().client("lambda", region_name="eu-west-1", config=config)
    attach(client)
    assert names(client) == []
    detach(client)
    assert client._request_signer._credentials is None


@pytest.mark.parametrize("depth", ["wire", "call"])
@pytest.mark.parametrize("mocked", ["wire", "call"])
def test_an_attached_client_is_not_the_mocks(client, deploy, names, depth, mocked):
    emulator = attach(client, depth=depth)
    with mock_lambda(depth=mocked, region="eu-west-1") as other:
        deploy(client)
        late = boto3.client("lambda")
        attach(late, emulator, depth=depth)
        assert names(late) == names(emulator) == ["app"]
        assert names(other) == []
        detach(late)
        assert names(late) == []


def test_a_client_of_an_emulator_needs_nothing(bare, monkeypatch, deploy, names):
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:1/prefix")
    emulator = Lambda(region="eu-west-1", account_id="210987654321")
    client = emulator.client()
    assert deploy(client)["FunctionArn"] == "arn:aws:lambda:eu-west-1:210987654321:function:app"
    assert names(emulator) == ["app"]
    assert client.meta.region_name == "eu-west-1"


@pytest.mark.parametrize("depth", ["wire", "call"])
def test_clients_of_two_emulators_and_a_mock_are_three_worlds(deploy, names, depth):
    one, other = Lambda(), Lambda()
    with mock_lambda() as mocked:
        deploy(one.client(depth=depth))
        assert (names(one), names(other), names(mocked)) == (["app"], [], [])
        assert names(other.client(depth=depth)) == []
        assert names(boto3.client("lambda")) == []


def test_a_client_takes_boto3s_options(deploy, names):
    emulator = Lambda()
    client = emulator.client("lambda", "eu-west-2", config=Config(use_fips_endpoint=True, retries={"mode": "legacy"}))
    deploy(client)
    assert client.meta.config.retries["mode"] == "legacy"
    assert names(emulator.scope("eu-west-2")) == ["app"]


def test_a_client_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match='makes clients for "lambda" and "s3", not for \'sqs\''):
        Lambda().client("sqs")
    with pytest.raises(ValueError, match="depth"):
        Lambda().client(depth="deep")


def test_clients_can_be_made_and_used_in_many_threads(names):
    emulator = Lambda()
    failed, start = [], threading.Barrier(8)

    def work():
        try:
            start.wait(30)
            for _ in range(3):
                assert names(emulator.client()) == []
        except BaseException as error:  # noqa: BLE001 - handed on
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []


def test_the_package_names_both():
    assert (drylambda.attach, drylambda.detach) == (attach, detach)


def test_exceptions_of_clients_made_within_a_mock_are_those_of_ours(monkeypatch):
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    ours = drylambda.Lambda().client()
    with mock_lambda():
        for make in (boto3.client, boto3.Session().client):
            with pytest.raises(ours.exceptions.ResourceNotFoundException):
                make("lambda").get_function(FunctionName="nobody")


def test_a_refused_call_makes_no_default_session(monkeypatch):
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    client = drylambda.Lambda().client()
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_function(FunctionName="nobody")
    assert boto3.DEFAULT_SESSION is None
