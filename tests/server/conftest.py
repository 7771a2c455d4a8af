"""A server, and requests to it as they stand on the wire."""

from __future__ import annotations

import http.client
import json

import pytest

import drylambda

ROLE = "arn:aws:iam::123456789012:role/app"


@pytest.fixture
def server():
    """A server of its own for each test."""
    with drylambda.Server(seed=1) as server:
        yield server


@pytest.fixture
def ask(server):
    """Send a request; return status, headers with small letters, and the body, which is read if it is JSON."""

    def ask(method, path, body=None, **headers):
        connection = http.client.HTTPConnection(server.host, server.port, timeout=30)
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        answer = response.read()
        headers = {name.lower(): value for name, value in response.getheaders()}
        connection.close()
        if headers.get("content-type") == "application/json" and answer:
            answer = json.loads(answer)
        return response.status, headers, answer

    return ask


@pytest.fixture
def own(ask):
    """Send a request for a path of our own, and require that it is answered."""

    def own(method, path, body=None):
        status, _, answer = ask(method, f"/_drylambda/{path}", body)
        assert status == 200, answer
        return answer

    return own


@pytest.fixture
def package():
    return drylambda.make_zip({"app.py": "def handler(event, context): return event"})


@pytest.fixture
def deploy(server, package):
    """Create a function directly."""

    def deploy(name="app", **more):
        code = {"Code": {"ZipFile": package}, **more}
        return server.lambda_.create_function(
            FunctionName=name, Runtime="python3.13", Role=ROLE, Handler="app.handler", **code
        )

    return deploy
