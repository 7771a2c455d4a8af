"""What the tests of behaviour start from: `F` of section 18, and raw HTTP."""

from __future__ import annotations

import contextlib
import json
import types
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from places import (  # noqa: F401 - fixtures of some length, in a file of their own
    moto_place,
    place,
    quick_place,
    saying,
    server_place,
    versioned,
    without_keys,
    worldwide,
)
from policies import ADMIN, policy
from world import creation

import drylambda


@pytest.fixture
def fn(way):
    """`F`: the function ``fn``, a zip function, Active and Successful, never published. Returns its configuration."""
    way.lambda_.create_function(**creation())
    return way.settled("fn")


@pytest.fixture
def limited(way):
    """Return a function: the way in for callers with these statements, where an administrator has made `F`."""

    def limit(*statements, **creation_changes):
        there = way.another(iam={"ADMIN": policy(ADMIN), "*": policy(*statements) if statements else []})
        admin = there.at(access_key_id="ADMIN")
        admin.lambda_.create_function(**creation(**creation_changes))
        admin.settled("fn")
        there.admin = admin
        return there

    return limit


@dataclass
class Response:
    """A raw answer."""

    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def known(self):
        """The body without its nulls: both forms are AWS's (W2)."""
        return json.loads(self.body, object_hook=lambda it: {name: it[name] for name in it if it[name] is not None})


class Wire:
    """Raw HTTP into an emulator."""

    def __init__(self, emulator):
        self.emulator = emulator

    def send(self, method, path, body=b"", *, query="", headers=(), host="lambda.us-east-1.amazonaws.com"):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        status, headers, body = self.emulator._wire(method, host, path, query, list(headers), body)
        return Response(status, {name.lower(): value for name, value in headers}, body)

    def update(self, body=b"", name="fn", **more):
        return self.send("PUT", f"/2015-03-31/functions/{quote(name, safe='')}/code", body, **more)


@pytest.fixture
def wire():
    """Raw HTTP into an emulator that has `F`."""
    emulator = drylambda.Lambda(seed=1)
    emulator.create_function(**creation())
    emulator.get_function(FunctionName="fn")
    return Wire(emulator)


@pytest.fixture(autouse=True)
def _nobody_sleeps(monkeypatch):
    """Waiters, retries and tests never wait: what settles, settles by the emulator's clock."""

    def sleep(seconds):
        if seconds > 0:
            pytest.fail(f"something sleeps for {seconds} seconds")

    with contextlib.suppress(ImportError):
        import botocore.endpoint
        import botocore.waiter

        for module in (botocore.waiter, botocore.endpoint):
            clock = types.SimpleNamespace(**{**vars(module.time), "sleep": sleep})
            monkeypatch.setattr(module, "time", clock)


def pytest_terminal_summary(terminalreporter):
    """Say how many constraints were tried, as each test tries all of an operation."""
    properties = [pair for report in terminalreporter.stats.get("passed", []) for pair in report.user_properties]
    if tried := sum(count for name, count in properties if name == "constraints"):
        terminalreporter.write_line(f"{tried} requests beyond and on the edge of the model's constraints")
