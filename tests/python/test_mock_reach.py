"""Which clients a mock answers (all for Lambda), and what it lets out (nothing)."""

from __future__ import annotations

import pickle

import boto3
import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.credentials import CredentialResolver, Credentials, RefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError

from drylambda import Lambda, mock_lambda
from drylambda.exceptions import OtherServiceError

KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}


@pytest.fixture
def no_credentials(monkeypatch):
    """botocore finds no credentials, and asks nobody."""
    monkeypatch.setattr(CredentialResolver, "load_credentials", lambda self: None)


def test_a_client_made_before(deploy, names):
    client = boto3.client("lambda", region_name="eu-west-1", **KEYS)
    with mock_lambda() as emulator:
        deploy(client)
        assert names(emulator.scope("eu-west-1")) == ["app"]


def test_a_client_made_before_without_credentials(bare, no_credentials, names):
    client = boto3.session.Session().client("lambda", region_name="eu-west-1")
    with mock_lambda():
        assert names(client) == []


def test_a_client_whose_credentials_would_come_from_the_network(names):
    def refresh():
        pytest.fail("credentials are fetched")

    session = botocore.session.Session()
    session._credentials = RefreshableCredentials.create_from_metadata(
        {"access_key": "a", "secret_key": "b", "token": "c", "expiry_time": "2020-01-01T00:00:00Z"}, refresh, "sso"
    )
    client = session.create_client("lambda", region_name="eu-west-1")
    with mock_lambda():
        assert names(client) == []


def test_a_client_made_inside_on_a_machine_without_anything(bare, names):
    with mock_lambda() as emulator:
        client = boto3.session.Session().client("lambda")
        assert names(client) == []
        assert client.meta.region_name == emulator.region == "us-east-1"


def test_the_default_session_of_boto3(bare, monkeypatch, names):
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with mock_lambda():
        assert names(boto3.client("lambda")) == []


@pytest.mark.parametrize(
    "options",
    [
        {"region_name": "ap-southeast-2"},
        {"region_name": "us-gov-west-1"},
        {"region_name": "cn-north-1"},
        {"config": Config(use_fips_endpoint=True)},
        {"config": Config(use_dualstack_endpoint=True)},
        {"config": Config(use_fips_endpoint=True, use_dualstack_endpoint=True)},
        {"config": Config(signature_version=UNSIGNED)},
        {"config": Config(signature_version=UNSIGNED), "endpoint_url": "http://localhost:4566"},
        {"config": Config(proxies={"https": "http://proxy.example:3128"})},
        {"endpoint_url": "http://localhost:4566"},
        {"endpoint_url": "https://vpce-0123.lambda.eu-west-1.vpce.amazonaws.com"},
        {"use_ssl": False},
        {"verify": False},
    ],
    ids="-".join,
)
def test_a_client_with_other_options(options, deploy, names):
    client = boto3.client("lambda", **{"region_name": "us-east-1", **KEYS, **options})
    with mock_lambda():
        arn = deploy(client)["FunctionArn"]
        assert names(client) == ["app"]
    if "signature_version" not in str(options):
        assert client.meta.region_name in arn


def test_functions_live_in_the_region_of_their_client(deploy, names):
    with mock_lambda() as emulator:
        deploy(boto3.client("lambda", region_name="eu-west-1"))
        assert names(boto3.client("lambda", region_name="eu-west-2")) == []
        assert names(emulator.scope("eu-west-1")) == ["app"]


@pytest.mark.parametrize("depth", ["wire", "call"])
def test_an_access_key_of_twelve_digits_is_an_account(deploy, depth):
    keys = {"aws_access_key_id": "210987654321", "aws_secret_access_key": "secret"}
    with mock_lambda(depth=depth, account_id="111111111111"):
        arn = deploy(boto3.client("lambda", region_name="eu-west-1", **keys))["FunctionArn"]
        other = deploy(boto3.client("lambda", region_name="eu-west-1", **KEYS))["FunctionArn"]
    assert arn == "arn:aws:lambda:eu-west-1:210987654321:function:app"
    assert other == "arn:aws:lambda:eu-west-1:111111111111:function:app"


def test_an_emulator_that_is_given_is_used_and_kept(deploy, names):
    emulator = Lambda(region="eu-west-1")
    with mock_lambda(lambda_=emulator) as entered:
        assert entered is emulator
        deploy(boto3.client("lambda"))
    assert names(emulator) == ["app"]


def test_an_emulator_that_is_given_can_be_seen_from_elsewhere(deploy, names):
    emulator = Lambda()
    with mock_lambda(lambda_=emulator, region="eu-west-1", account_id="210987654321") as view:
        deploy(boto3.client("lambda"))
    assert names(view) == ["app"]
    assert names(emulator) == []


@pytest.mark.parametrize(
    ("service", "method", "parameters", "named"),
    [
        ("s3", "list_buckets", {}, "s3's ListBuckets (GET https://s3"),
        ("sts", "get_caller_identity", {}, "sts's GetCallerIdentity (POST https://sts"),
        ("dynamodb", "list_tables", {}, "dynamodb's ListTables (POST https://dynamodb"),
        ("iam", "list_roles", {}, "iam's ListRoles (POST https://iam"),
    ],
)
def test_other_services_are_refused_by_name_at_once(service, method, parameters, named, bare):
    with mock_lambda():
        client = boto3.session.Session().client(service)
        with pytest.raises(OtherServiceError) as caught:
            getattr(client, method)(**parameters)
    text = str(caught.value)
    assert text.startswith(f"mock_lambda answers AWS Lambda and lets nothing else out: refused {named}")
    assert 'mock_lambda(others="pass")' in text
    assert "moto" in text


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_the_refusal_of_another_service_is_never_retried(mode, bare):
    sent = []
    with mock_lambda():
        client = boto3.session.Session().client("sts", config=Config(retries={"mode": mode}))
        client.meta.events.register("before-send", lambda **_: sent.append(1))
        with pytest.raises(BotoCoreError) as caught:
            client.get_caller_identity()
    assert len(sent) == 1
    assert not isinstance(caught.value, ClientError)


def test_the_refusal_of_another_service_can_be_pickled():
    error = OtherServiceError(call="s3's ListBuckets")
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (type(copy), str(copy)) == (OtherServiceError, str(error))


def test_a_request_outside_of_clients_is_named_by_what_it_says():
    from botocore.awsrequest import AWSRequest
    from botocore.httpsession import URLLib3Session

    request = AWSRequest("GET", "http://169.254.169.254/latest/meta-data/iam/security-credentials/")
    with mock_lambda(), pytest.raises(OtherServiceError, match=r"refused the instance metadata service .GET /latest"):
        URLLib3Session().send(request.prepare())
    request = AWSRequest("POST", "https://sqs.eu-west-1.amazonaws.com/", {"X-Amz-Target": "AmazonSQS.ListQueues"})
    with mock_lambda(), pytest.raises(OtherServiceError, match="refused sqs's ListQueues"):
        URLLib3Session().send(request.prepare())


def test_other_services_pass_when_they_are_let(monkeypatch):
    from botocore.httpsession import URLLib3Session

    def send(self, request):
        raise ConnectionRefusedError(request.url)

    monkeypatch.setattr(URLLib3Session, "send", send)
    with mock_lambda(others="pass"):
        client = boto3.client("s3", region_name="eu-west-1", **KEYS)
        with pytest.raises(ConnectionRefusedError, match="s3"):
            client.list_buckets()


def test_a_waiter_and_a_paginator_work(deploy):
    with mock_lambda():
        client = boto3.client("lambda")
        for name in ("one", "two", "three"):
            deploy(client, name)
        client.get_waiter("function_active_v2").wait(FunctionName="one")
        pages = client.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2})
        assert [len(page["Functions"]) for page in pages] == [2, 1]


def test_events_of_the_client_are_real(deploy):
    seen = []
    with mock_lambda():
        client = boto3.client("lambda")
        for event in ("provide-client-params", "before-call", "request-created", "before-send", "after-call"):
            client.meta.events.register(
                f"{event}.lambda", lambda event_name, **_: seen.append(event_name.split(".")[0])
            )
        deploy(client)
    assert seen == ["provide-client-params", "before-call", "request-created", "before-send", "after-call"]


def test_static_credentials_sign_as_they_would():
    client = boto3.client("lambda", region_name="eu-west-1", **KEYS)
    signed = []
    client.meta.events.register("before-send", lambda request, **_: signed.append(request.headers["Authorization"]))
    with mock_lambda():
        client.list_functions()
    assert b"Credential=AKIDEXAMPLE/" in signed[0]


def test_credentials_of_ones_own_making_are_not_asked():
    class Slow(Credentials):
        def get_frozen_credentials(self):
            pytest.fail("asked")

    session = botocore.session.Session()
    session._credentials = Slow("a", "b")
    client = session.create_client("lambda", region_name="eu-west-1")
    with mock_lambda():
        client.list_functions()
