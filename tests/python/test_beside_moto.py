"""Beside moto, in either order: Lambda is drylambda's, the rest is moto's. Nothing of moto is needed to run the others."""

from __future__ import annotations

import boto3
import pytest

import drylambda
from drylambda import mock_lambda

pytest.importorskip("moto.core", reason="moto is not installed")
import moto

requests = pytest.importorskip("requests", reason="it comes with moto")

KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}


@pytest.fixture(params=["moto outside", "moto inside"])
def both(request):
    """Enter both mocks; gives the emulator."""
    if request.param == "moto outside":
        with moto.mock_aws(), mock_lambda() as emulator:
            yield emulator
    else:
        with mock_lambda() as emulator, moto.mock_aws():
            yield emulator


def test_lambda_is_answered_by_drylambda_and_the_rest_by_moto(both, deploy, names, large_package):
    client = boto3.client("lambda", **KEYS)
    created = deploy(client, Code={"ZipFile": large_package})
    assert created["CodeSize"] == len(large_package)
    assert names(both) == ["app"]
    boto3.client("s3", **KEYS).create_bucket(Bucket="bucket")
    assert [bucket["Name"] for bucket in boto3.client("s3", **KEYS).list_buckets()["Buckets"]] == ["bucket"]


def test_a_client_of_an_emulator_is_its_own_within_moto(deploy, names, large_package):
    with moto.mock_aws():
        emulator = drylambda.Lambda()
        assert deploy(emulator.client(), Code={"ZipFile": large_package})["CodeSize"] == len(large_package)
        attached = boto3.client("lambda", **KEYS)
        drylambda.attach(attached, emulator)
        assert names(attached) == names(emulator) == ["app"]
        drylambda.detach(attached)
        assert names(attached) == []


def test_no_patch_of_moto_stays():
    stubber, response = type(moto.core.models.botocore_stubber), moto.core.models.CallbackResponse
    before = vars(stubber)["__call__"], vars(response)["matches"]
    with moto.mock_aws(), mock_lambda():
        boto3.client("lambda", **KEYS).list_functions()
        assert vars(stubber)["__call__"] is not before[0]
        assert vars(response)["matches"] is not before[1]
    assert (vars(stubber)["__call__"], vars(response)["matches"]) == before


def test_requests_reads_a_link(both, deploy, package):
    deploy(both)
    link = both.get_function(FunctionName="app")["Code"]["Location"]
    assert requests.get(link, timeout=1).content == package


@pytest.mark.parametrize("of_ours", [True, False])
def test_requests_reads_and_writes_the_s3_of_whoever_answers_s3(of_ours):
    with moto.mock_aws(), mock_lambda(s3=of_ours) as emulator:
        s3 = boto3.client("s3", **KEYS)
        s3.create_bucket(Bucket="bucket")
        where = {"Bucket": "bucket", "Key": "key"}
        put = requests.put(s3.generate_presigned_url("put_object", Params=where), data=b"data", timeout=1)
        got = requests.get(s3.generate_presigned_url("get_object", Params=where), timeout=1)
        assert (put.status_code, got.content) == (200, b"data")
        assert ("bucket" in emulator.s3.buckets) is of_ours


def test_requests_to_others_are_motos(both):
    answer = requests.get("https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15", timeout=1)
    assert (answer.status_code, "<GetCallerIdentityResult>" in answer.text) == (200, True)
