"""What the tests of the Python face share: a package, a function to deploy it, and no network.

The one idea to hold: whatever a test does, no socket may connect, and nothing of drylambda's may be left behind.
"""

from __future__ import annotations

import os
import socket

import pytest

import drylambda

ROLE = "arn:aws:iam::123456789012:role/app"


@pytest.fixture
def package():
    """A small package."""
    return drylambda.make_zip({"app.py": "def handler(event, context): return event"})


@pytest.fixture
def large_package():
    """A package that travels beside the request: it does not compress, and is well above the threshold."""
    return drylambda.make_zip({"app.py": "handler = print", "data.bin": os.urandom(200_000)})


@pytest.fixture
def deploy(package):
    """Create the function ``app`` through any face."""

    def deploy(face, name="app", **more):
        code = {"Code": {"ZipFile": package}, **more}
        return face.create_function(FunctionName=name, Runtime="python3.12", Role=ROLE, Handler="app.handler", **code)

    return deploy


@pytest.fixture
def names():
    """List the names of the functions behind any face."""
    return lambda face: [function["FunctionName"] for function in face.list_functions()["Functions"]]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    def connect(self, address):
        pytest.fail(f"something connects to {address}")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: pytest.fail(f"something looks up {address}"))


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine without credentials, Region or configuration, on which botocore would ask the network."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))


BEFORE = pytest.StashKey()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item):
    item.stash[BEFORE] = patched(), aws_variables()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item):
    """Every patched attribute and the environment are after a test, with all its fixtures, what they were before."""
    result = yield
    assert (patched(), aws_variables()) == item.stash[BEFORE]
    return result


def aws_variables():
    """Return the environment's variables for AWS."""
    return {name: value for name, value in os.environ.items() if name.startswith("AWS_")}


def patched():
    """Return what stands in the classes that a mock patches; an attribute that is only inherited is absent."""
    try:
        from drylambda.boto.patches import SITES
    except ImportError:
        return []
    return [id(site.owner.__dict__.get(site.attribute)) for site in SITES]
