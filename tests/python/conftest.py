"""What the tests of the Python face share: a package, a function to deploy it, and no network.

The one idea to hold: whatever a test does, no socket may connect, and nothing of drylambda's may be left behind.
"""

from __future__ import annotations

import json
import os
import socket
import sys

import pytest

import drylambda

ROLE = "arn:aws:iam::123456789012:role/app"
#: Of the Python that runs the tests.
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"


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


class Deployed:
    """A function of an emulator, called as a test wants it: an event in, what the handler returned out."""

    def __init__(self, emulator, files, name="fn", layer=None, runner=None, **settings):
        self.emulator, self.name = emulator, name
        if runner is not None:
            emulator.bind(name, runner)
        if layer is not None:
            content = {"ZipFile": drylambda.make_zip(layer)}
            settings["Layers"] = [emulator.publish_layer_version(LayerName=name, Content=content)["LayerVersionArn"]]
        if "Environment" in settings:
            settings["Environment"] = {"Variables": settings["Environment"]}
        code = {"ZipFile": drylambda.make_zip(files)}
        made = {"Runtime": RUNTIME, "Handler": "app.handler", "Role": ROLE, "Code": code, **settings}
        emulator.create_function(FunctionName=name, **made)
        #: Of the call before.
        self.request_id = self.log = None

    def update(self, files):
        self.emulator.update_function_code(FunctionName=self.name, ZipFile=drylambda.make_zip(files))

    def publish(self):
        return self.emulator.publish_version(FunctionName=self.name)["Version"]

    def module(self, name=None):
        return self.emulator.module(self.name, name)

    def payload(self, event=None, *, error=None, **more):
        answer = self.emulator.invoke(FunctionName=self.name, Payload=json.dumps(event), **more)
        # Threads may share a function: what is kept of a call is for those that do not.
        self.request_id = request_id = answer["ResponseMetadata"]["RequestId"]
        start, *own, end, report = self.emulator.logs(self.name).of(request_id).messages
        assert (start.split()[0], end.split()[0], report.split()[0]) == ("START", "END", "REPORT")
        self.log = "".join(f"{line}\n" for line in own)
        payload = answer["Payload"].read()
        assert answer.get("FunctionError") == error, payload
        return payload

    def __call__(self, event=None, **more):
        return json.loads(self.payload(event, **more))

    def error(self, event=None):
        return json.loads(self.payload(event, error="Unhandled"))


@pytest.fixture
def deployed():
    """Deploy a function that runs in this process."""
    emulator = drylambda.Lambda(seed=1, settle="instant", runner="in_process")
    return lambda files, emulator=emulator, **more: Deployed(emulator, files, **more)
