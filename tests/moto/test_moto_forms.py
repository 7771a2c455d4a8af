"""Every form of mock_aws: Lambda is drylambda's in it, the rest is moto's, and a mock that ends leaves nothing."""

from __future__ import annotations

import unittest

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

import drylambda.moto

pytestmark = pytest.mark.usefixtures("installed")


def assert_drylambda_answers(client):
    """No other Lambda has the revision that AWS gives since 2018 and a function that is pending at first."""
    answered = client.list_functions()
    assert answered["Functions"] == []
    assert answered["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
    with pytest.raises(client.exceptions.ResourceNotFoundException) as refused:
        client.get_function(FunctionName="nobody")
    assert refused.value.response["Error"]["Message"].endswith(":function:nobody")
    # moto's answers have no such member.
    assert refused.value.response["Type"] == "User"


def test_a_context_manager(client, installed, deploy, names):
    with mock_aws():
        lambda_client = client()
        assert_drylambda_answers(lambda_client)
        deploy(lambda_client)
        assert names(installed.lambda_.scope(region="eu-west-1")) == ["app"]
        client("s3", "us-east-1").create_bucket(Bucket="bucket")
        assert [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]] == ["bucket"]


@mock_aws
def test_a_decorated_function(client):
    assert_drylambda_answers(client())


@mock_aws()
def test_a_decorator_with_parentheses(client):
    assert_drylambda_answers(client())


@mock_aws
class TestDecorated:
    def test_one(self):
        assert_drylambda_answers(boto3.client("lambda", region_name="eu-west-1"))

    def test_two(self):
        assert_drylambda_answers(boto3.client("lambda", region_name="eu-west-1"))


@mock_aws
class TestUnittest(unittest.TestCase):
    def setUp(self):
        self.client = boto3.client("lambda", region_name="eu-west-1")

    def test_one(self):
        assert_drylambda_answers(self.client)

    def test_two(self):
        assert_drylambda_answers(self.client)


def test_start_and_stop(client):
    mock = mock_aws()
    mock.start()
    try:
        assert_drylambda_answers(client())
    finally:
        mock.stop()


@pytest.fixture
def mocked(client):
    with mock_aws():
        yield client()


def test_a_fixture(mocked):
    assert_drylambda_answers(mocked)


def test_without_docker_it_is_the_same_emulator(client, deploy, names):
    with mock_aws():
        deploy(client())
        with mock_aws(config={"lambda": {"use_docker": False}}):
            assert names(client()) == ["app"]
    with mock_aws(config={"lambda": {"use_docker": False}}):
        assert_drylambda_answers(client())


def test_the_end_of_the_outermost_mock_forgets_everything(client, deploy, names, installed):
    with mock_aws():
        with mock_aws():
            deploy(client())
        assert names(client()) == ["app"]
    assert names(installed.lambda_.scope(region="eu-west-1")) == []
    with mock_aws():
        assert names(client()) == []


def test_a_failed_test_forgets_everything_too(client, deploy, installed, names):
    @mock_aws
    def failing():
        deploy(client())
        message = "a test fails"
        raise RuntimeError(message)

    with pytest.raises(RuntimeError, match="a test fails"):
        failing()
    assert names(installed.lambda_.scope(region="eu-west-1")) == []


def test_a_client_made_before_the_mock_is_answered(client):
    early = client()
    with mock_aws():
        assert_drylambda_answers(early)


def test_a_client_of_before_moto_is_answered_once_it_is_patched(client):
    from moto.core import models, patch_client

    early = client()
    early.meta.events.unregister("before-send", models.botocore_stubber)
    with mock_aws():
        patch_client(early)
        assert_drylambda_answers(early)


def test_outside_of_a_mock_nothing_is_answered(client, monkeypatch):
    from botocore.httpsession import URLLib3Session

    def send(*_):
        message = "to the network"
        raise ConnectionError(message)

    monkeypatch.setattr(URLLib3Session, "send", send)
    with pytest.raises(ConnectionError, match="to the network"):
        client().list_functions()


def test_requests_are_answered_too(client, deploy):
    import requests

    with mock_aws():
        deploy(client())
        url = "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/"
        answered = requests.get(url, timeout=5)
        assert [function["FunctionName"] for function in answered.json()["Functions"]] == ["app"]


def test_a_package_is_downloaded_by_its_link(client, deploy, package):
    import requests

    with mock_aws():
        deploy(client())
        location = client().get_function(FunctionName="app")["Code"]["Location"]
        assert requests.get(location, timeout=5).content == package


def test_a_package_is_downloaded_by_what_moto_does_not_patch(client, deploy, package, monkeypatch):
    import urllib.request

    import urllib3

    with mock_aws():
        deploy(client())
        location = client().get_function(FunctionName="app")["Code"]["Location"]
        for _ in range(2):
            assert urllib.request.urlopen(location, timeout=5).read() == package
            assert urllib3.PoolManager().request("GET", location).data == package
            with drylambda.mock_lambda():
                assert urllib3.PoolManager().request("GET", location).status == 404

    def look_up(*_, **__):
        msg = "nobody looks up hosts"
        raise OSError(msg)

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    with pytest.raises(OSError, match="nobody looks up hosts"):
        urllib.request.urlopen(location, timeout=5)


def test_faults_are_met_inside_of_the_mock(client, deploy, installed):
    with mock_aws():
        installed.lambda_.fail("ListFunctions", "TooManyRequestsException", times=1)
        listed = client().list_functions()
        assert listed["ResponseMetadata"]["RetryAttempts"] == 1


def test_the_journal_has_the_calls(client, installed):
    with mock_aws():
        with pytest.raises(ClientError):
            client().get_function(FunctionName="nobody")
        assert [entry.operation for entry in installed.lambda_.journal] == ["GetFunction"]


def test_a_recorded_request_is_answered_too(client, tmp_path, monkeypatch):
    from moto.moto_api import recorder

    monkeypatch.setattr(recorder, "_location", str(tmp_path / "recording"))
    with mock_aws():
        recorder.start_recording()
        try:
            assert_drylambda_answers(client())
        finally:
            recorder.stop_recording()
        assert "/functions/nobody" in (tmp_path / "recording").read_text()


def test_the_same_emulator_can_be_used_again():
    emulator = drylambda.Lambda(seed=1)
    drylambda.moto.uninstall()
    with drylambda.moto.install(emulator) as handle:
        assert handle.lambda_ is emulator
