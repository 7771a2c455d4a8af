"""What the tests of drylambda inside of moto share. They pass with moto 5.0, 5.1 and 5.2."""

from __future__ import annotations

import os
import socket

import boto3
import pytest

import drylambda

pytest.importorskip("moto.core", reason="moto is not installed")

REGION = "eu-west-1"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deployed"


@pytest.fixture
def package():
    """A deployment package."""
    return drylambda.make_zip({"app.py": "def handler(event, context): ..."})


@pytest.fixture
def other_package():
    """Another one."""
    return drylambda.make_zip({"app.py": "def handler(event, context): return 1"})


@pytest.fixture
def deploy(package):
    """Create a function through any face."""

    def deploy(face, name="app", **more):
        code = {"Code": {"ZipFile": package}, "Role": ROLE, **more}
        return face.create_function(FunctionName=name, Runtime="python3.12", Handler="app.handler", **code)

    return deploy


@pytest.fixture
def names():
    """List the names of the functions behind any face."""
    return lambda face: [function["FunctionName"] for function in face.list_functions()["Functions"]]


@pytest.fixture
def installed():
    """Drylambda in moto, with an emulator that settles at once."""
    with drylambda.moto.install(settle="instant") as handle:
        yield handle


@pytest.fixture
def client():
    """Make a client as a program does."""
    return lambda service="lambda", region=REGION, **more: boto3.client(service, region_name=region, **more)


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith(("AWS_", "MOTO_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(autouse=True)
def _no_network(request, monkeypatch):
    if request.node.get_closest_marker("sockets"):
        return

    def connect(self, address):
        pytest.fail(f"something connects to {address}")

    monkeypatch.setattr(socket.socket, "connect", connect)


def pytest_configure(config):
    config.addinivalue_line("markers", "sockets: the test talks to a server on this machine")
