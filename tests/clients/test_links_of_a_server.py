"""``Code.Location`` of a server: it leads back to the server, by whichever name that is reached."""

from __future__ import annotations

import boto3
import pytest
import urllib3

from drylambda import Server, make_zip

PACKAGE = make_zip({"app.py": "def handler(event, context): ..."})


@pytest.fixture
def server():
    """A server."""
    with Server() as server:
        yield server


@pytest.fixture
def client(server):
    """A client of it."""
    return boto3.client(
        "lambda",
        region_name="eu-west-1",
        endpoint_url=server.endpoint_url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


@pytest.fixture
def link(server, client):
    """A link to a package that the server has."""
    role = "arn:aws:iam::123456789012:role/app"
    client.create_function(
        FunctionName="app", Runtime="python3.13", Role=role, Handler="app.handler", Code={"ZipFile": PACKAGE}
    )
    link = client.get_function(FunctionName="app")["Code"]["Location"]
    assert link.startswith(f"{server.endpoint_url}/awslambda-eu-west-1-tasks/snapshots/123456789012/app-")
    return link


@pytest.mark.rule("G1", "G2")
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_link_is_read(link, name):
    got = urllib3.request("GET", link.replace("127.0.0.1", name))
    assert (got.status, got.data, got.headers["Content-Type"]) == (200, PACKAGE, "application/zip")


def test_a_part_is_read(link):
    part = urllib3.request("GET", link, headers={"Range": "bytes=2-5"})
    assert (part.status, part.data) == (206, PACKAGE[2:6])
    assert part.headers["Content-Range"] == f"bytes 2-5/{len(PACKAGE)}"


def test_a_package_is_asked_about(link):
    head = urllib3.request("HEAD", link)
    assert (head.status, head.headers["Content-Length"], head.data) == (200, str(len(PACKAGE)), b"")


def test_a_link_to_a_layer_is_read(server, client):
    made = client.publish_layer_version(LayerName="tools", Content={"ZipFile": PACKAGE})
    link = made["Content"]["Location"]
    assert link.startswith(f"{server.endpoint_url}/awslambda-eu-west-1-layers/snapshots/123456789012/tools-")
    assert urllib3.request("GET", link).data == PACKAGE


def test_nothing_else_is_allowed(link):
    assert urllib3.request("DELETE", link).status == 405
    refused = urllib3.request("GET", f"{link}0")
    assert (refused.status, b"SignatureDoesNotMatch" in refused.data) == (403, True)
