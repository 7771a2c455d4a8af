"""Accounts, Regions and hosts, as moto derives them; and moto's settings for what it lets out."""

from __future__ import annotations

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from moto import mock_aws

pytestmark = pytest.mark.usefixtures("installed")


def arns(client):
    return [function["FunctionArn"] for function in client.list_functions()["Functions"]]


@mock_aws
def test_the_default_account_is_motos(client, deploy):
    deploy(client())
    assert arns(client()) == ["arn:aws:lambda:eu-west-1:123456789012:function:app"]


@mock_aws
def test_the_account_of_the_environment(client, deploy, monkeypatch):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "111122223333")
    deploy(client())
    assert arns(client()) == ["arn:aws:lambda:eu-west-1:111122223333:function:app"]
    monkeypatch.delenv("MOTO_ACCOUNT_ID")
    assert arns(client()) == []


@mock_aws
def test_the_account_of_the_header(client, deploy):
    lambda_client = client()
    lambda_client.meta.events.register(
        "before-sign.lambda", lambda request, **_: request.headers.add_header("x-moto-account-id", "111122223333")
    )
    deploy(lambda_client)
    assert arns(lambda_client) == ["arn:aws:lambda:eu-west-1:111122223333:function:app"]
    assert arns(client()) == []


@mock_aws
def test_the_account_of_an_assumed_role(client, deploy):
    sts = client("sts")
    assumed = sts.assume_role(RoleArn="arn:aws:iam::111122223333:role/deployer", RoleSessionName="session")
    keys = assumed["Credentials"]
    of_role = client(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    deploy(of_role)
    assert arns(of_role) == ["arn:aws:lambda:eu-west-1:111122223333:function:app"]
    assert arns(client()) == []


@mock_aws
def test_the_account_of_a_users_key(client, deploy):
    iam = client("iam")
    iam.create_user(UserName="ci")
    key = iam.create_access_key(UserName="ci")["AccessKey"]
    of_user = client(aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    deploy(of_user)
    assert arns(of_user) == ["arn:aws:lambda:eu-west-1:123456789012:function:app"]
    assert iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]["ServiceName"] == "lambda"


@mock_aws
def test_a_key_that_looks_like_an_account_is_a_key(client, deploy):
    of_key = client(aws_access_key_id="111122223333", aws_secret_access_key="secret")
    deploy(of_key)
    assert arns(of_key) == ["arn:aws:lambda:eu-west-1:123456789012:function:app"]


@pytest.mark.parametrize(
    ("region", "partition"),
    [("us-east-1", "aws"), ("ap-south-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
@mock_aws
def test_regions_and_partitions(client, deploy, region, partition):
    deploy(client(region=region))
    assert arns(client(region=region)) == [f"arn:{partition}:lambda:{region}:123456789012:function:app"]
    assert arns(client(region="us-west-2")) == []


@mock_aws
def test_a_region_that_moto_does_not_know_is_reset_too(client, deploy, installed):
    deploy(client(region="eu-nowhere-1"))
    mock_aws().reset()
    assert arns(client(region="eu-nowhere-1")) == []


@pytest.mark.parametrize("region", ["us-east-1", "us-gov-east-1"])
@pytest.mark.parametrize(
    "config",
    [
        {"use_fips_endpoint": True},
        {"use_dualstack_endpoint": True},
        {"use_fips_endpoint": True, "use_dualstack_endpoint": True},
    ],
)
@mock_aws
def test_hosts_that_moto_misses(client, deploy, config, region):
    deploy(client(region=region))
    other = client(region=region, config=Config(**config))
    assert "lambda." in other.meta.endpoint_url or "lambda-fips." in other.meta.endpoint_url
    assert len(arns(other)) == 1


@mock_aws
def test_dual_stack_in_china(client, deploy):
    deploy(client(region="cn-north-1"))
    other = client(region="cn-north-1", config=Config(use_dualstack_endpoint=True))
    assert other.meta.endpoint_url == "https://lambda.cn-north-1.api.amazonwebservices.com.cn"
    assert len(arns(other)) == 1


@mock_aws
def test_the_host_of_a_vpc_endpoint(client, deploy):
    deploy(client(region="us-east-1"))
    url = "https://vpce-0123456789abcdef0-abcdefgh.lambda.us-east-1.vpce.amazonaws.com"
    assert len(arns(client(region="us-east-1", endpoint_url=url))) == 1


@mock_aws
def test_requests_to_hosts_that_moto_misses(client, deploy):
    import requests

    deploy(client(region="us-east-1"))
    for host in ("lambda-fips.us-east-1.amazonaws.com", "lambda.us-east-1.api.aws"):
        answered = requests.get(f"https://{host}/2015-03-31/functions/", timeout=5).json()
        assert [function["FunctionName"] for function in answered["Functions"]] == ["app"]


@mock_aws
def test_an_unsigned_client_is_answered_in_the_region_of_its_host(client, deploy):
    unsigned = client(region="ap-south-1", config=Config(signature_version=UNSIGNED))
    deploy(unsigned)
    assert arns(client(region="ap-south-1")) == ["arn:aws:lambda:ap-south-1:123456789012:function:app"]


@mock_aws
def test_a_host_of_somebody_elses_is_not_answered(client, monkeypatch):
    from botocore.httpsession import URLLib3Session

    def send(self, request):
        raise ConnectionError(request.url)

    monkeypatch.setattr(URLLib3Session, "send", send)
    with pytest.raises(ConnectionError, match="localhost:4566"):
        client(endpoint_url="http://localhost:4566").list_functions()


@pytest.mark.parametrize(
    "passthrough", [{"services": ["awslambda"]}, {"urls": [r"https://lambda\.eu-west-1\.amazonaws\.com"]}]
)
@pytest.mark.parametrize("host", [{}, {"use_fips_endpoint": True}])
def test_what_moto_lets_out_is_let_out(client, monkeypatch, passthrough, host):
    from botocore.httpsession import URLLib3Session

    def send(self, request):
        raise ConnectionError(request.url)

    monkeypatch.setattr(URLLib3Session, "send", send)
    if host and "urls" in passthrough:
        passthrough = {"urls": [r"https://lambda-fips\.us-east-1\.amazonaws\.com"]}
    region = "us-east-1" if host else "eu-west-1"
    with mock_aws(config={"core": {"mock_credentials": False, "passthrough": passthrough}}):
        lambda_client = client(region=region, config=Config(**host))
        with pytest.raises(ConnectionError, match="https://lambda"):
            lambda_client.list_functions()


def test_a_service_that_is_not_on_the_whitelist_is_refused(client):
    exceptions = pytest.importorskip("moto.core.exceptions")
    if not hasattr(exceptions, "ServiceNotWhitelisted"):
        pytest.skip("this release of moto has no whitelist")
    with (
        mock_aws(config={"core": {"service_whitelist": ["s3"]}}),
        pytest.raises(exceptions.ServiceNotWhitelisted),
    ):
        client().list_functions()


def test_resources_in_threads_are_answered(client, deploy):
    from concurrent.futures import ThreadPoolExecutor

    with mock_aws(), ThreadPoolExecutor(8) as pool:
        lambda_client = client()
        list(pool.map(lambda number: deploy(lambda_client, f"app{number}"), range(40)))
        session = boto3.Session(region_name="eu-west-1")
        assert len(arns(session.client("lambda"))) == 40
