"""Beside moto, in either order: Lambda is drylambda's, the rest is moto's. Nothing of moto is needed to run the others."""

from __future__ import annotations

import boto3
import pytest

import drylambda
from drylambda import mock_lambda

moto = pytest.importorskip("moto", reason="moto is not installed")

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
    stubber = type(moto.core.models.botocore_stubber)
    before = vars(stubber)["__call__"]
    with moto.mock_aws(), mock_lambda():
        boto3.client("lambda", **KEYS).list_functions()
        assert vars(stubber)["__call__"] is not before
    assert vars(stubber)["__call__"] is before
