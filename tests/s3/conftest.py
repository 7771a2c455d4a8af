"""What the tests of S3 share: a client that an emulator answers, an account of refusals, and no network.

The one idea to hold: the client is a real boto3 client, so whatever it sends and however it reads the answer is what a
program does against AWS. Making one takes longer than most tests, so each is used again with a new emulator.
"""

from __future__ import annotations

import socket

import pytest

import drylambda

REGION = "us-east-1"
BUCKET = "my-bucket"


class Clients:
    """Clients for S3 by Region, all answered by the emulator of the test."""

    def __init__(self):
        self._made = {}

    def of(self, emulator, region):
        if region not in self._made:
            self._made[region] = emulator.client("s3", region)
        drylambda.attach(self._made[region], emulator)
        return self._made[region]


CLIENTS = Clients()


@pytest.fixture
def emulator():
    """A new emulator with a seed."""
    return drylambda.Lambda(region=REGION, seed=1)


@pytest.fixture
def client(emulator):
    """Make a client for a Region."""
    return lambda region: CLIENTS.of(emulator, region)


@pytest.fixture
def s3(client):
    """A client for the emulator's Region, and a bucket there."""
    made = client(REGION)
    made.create_bucket(Bucket=BUCKET)
    return made


@pytest.fixture
def versioned(s3):
    """The same, and the bucket keeps versions."""
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return s3


@pytest.fixture
def refused():
    """Require that a call is refused; return status, code, text and the other elements."""
    from botocore.exceptions import ClientError

    def refused(call, **parameters):
        with pytest.raises(ClientError) as caught:
            call(**parameters)
        error = dict(caught.value.response["Error"])
        status = caught.value.response["ResponseMetadata"]["HTTPStatusCode"]
        return status, error.pop("Code"), error.pop("Message"), error

    return refused


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    def connect(self, address):
        pytest.fail(f"something connects to {address}")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: pytest.fail(f"something looks up {address}"))
