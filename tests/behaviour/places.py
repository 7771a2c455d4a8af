"""The places where code from S3 may come from, for tests that are written once for all of them."""

from __future__ import annotations

import contextlib
import functools
import http.server
import logging
import os
import threading
import urllib.request
from unittest import mock

import boto3
import pytest

import drylambda

REGION = "us-east-1"
KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


class DirectoryPlace:
    """A directory: its sub-folders are buckets. It has no versions and no Regions."""

    def __init__(self, folder):
        self.folder, self.options = folder, {"s3_dir": folder}

    def belongs_to(self, _emulator):
        """Do nothing: it is there without one."""

    def bucket(self, name):
        (self.folder / name).mkdir()

    def put(self, bucket, key, body):
        path = self.folder / bucket / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)

    def delete(self, bucket, key):
        (self.folder / bucket / key).unlink()


class ClientPlace:
    """Whatever a boto3 client for S3 writes to."""

    def __init__(self, client_of, options):
        self.client_of, self.options, self.regions = client_of, options, {}

    def belongs_to(self, _emulator):
        """Do nothing: it is there without one."""

    def client(self, bucket):
        """Return a client for the bucket's Region: no request has to be redirected."""
        return self.client_of(self.regions[bucket])

    def bucket(self, name, region=REGION, versioning=None):
        self.regions[name] = region
        more = {} if region == REGION else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        self.client_of(region).create_bucket(Bucket=name, **more)
        if versioning:
            self.version(name, versioning)

    def version(self, bucket, status):
        self.client(bucket).put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})

    def put(self, bucket, key, body, **more):
        return self.client(bucket).put_object(Bucket=bucket, Key=key, Body=body, **more).get("VersionId")

    def delete(self, bucket, key):
        self.client(bucket).delete_object(Bucket=bucket, Key=key)


class OwnPlace(ClientPlace):
    """The emulator's own S3, by a boto3 client that it answers."""

    def __init__(self):
        super().__init__(self.clients, {})

    def belongs_to(self, emulator):
        self.emulator = emulator

    def clients(self, region):
        client = own_client(region)
        drylambda.attach(client, self.emulator)
        return client


@contextlib.contextmanager
def in_own(_):
    yield OwnPlace()


@contextlib.contextmanager
def in_directory(folder):
    yield DirectoryPlace(folder)


@contextlib.contextmanager
def in_moto(_):
    from moto import mock_aws

    with mock_aws():
        yield ClientPlace(client, {})


@contextlib.contextmanager
def at_endpoint(_):
    url = moto_server()
    urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST")).read()
    # The emulator reads them when it is made.
    keys = {name.upper(): value for name, value in KEYS.items()}
    with mock.patch.dict(os.environ, keys):
        yield ClientPlace(lambda region: client(region, url), {"s3_endpoint": url})


@functools.cache
def moto_server():
    """Start moto's server, once for all tests of the process; return its URL."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    return "http://{}:{}".format(*server.get_host_and_port())


@functools.cache
def own_client(region):
    """Make a client once, which one emulator after the other answers."""
    return boto3.client("s3", region_name=region, **KEYS)


@functools.cache
def client(region, url=None):
    """Make a client once; moto answers it while its mock is active, if it is made for no other URL."""
    return boto3.client("s3", endpoint_url=url, region_name=region, **KEYS)


PLACES = {"own": in_own, "directory": in_directory, "moto": in_moto, "endpoint": at_endpoint}
#: Those that keep versions.
VERSIONED = [name for name in PLACES if name != "directory"]


def each_of(names):
    """Make a fixture of places, in turn."""

    @pytest.fixture(params=names)
    def place(request, tmp_path):
        with PLACES[request.param](tmp_path) as made:
            made.name = request.param
            yield made

    return place


place = each_of(PLACES)
versioned = each_of(VERSIONED)
#: The places that take a large object without much ado.
quick_place = each_of(["own", "directory", "endpoint"])
#: The places that have Regions and accounts.
worldwide = each_of(["own", "moto"])


@pytest.fixture
def server_place(tmp_path):
    """moto's server alone."""
    with at_endpoint(tmp_path) as made:
        yield made


@pytest.fixture
def moto_place(tmp_path):
    """moto's S3 alone."""
    with in_moto(tmp_path) as made:
        yield made


class Saying(http.server.ThreadingHTTPServer):
    """A server that gives one answer to everything, and keeps what it was asked."""

    def __init__(self, status, headers, body):
        self.answer, self.requests = (status, headers, body), []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self):
        return "http://{}:{}".format(*self.server_address)


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append((self.path, dict(self.headers)))
        status, headers, body = self.server.answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Be silent."""


@pytest.fixture
def saying():
    """Make servers that say what a test wants: ``saying(status, code, message, **headers)``, or with ``body=``."""
    with contextlib.ExitStack() as stack:

        def start(status, code="", message="", body=None, **headers):
            document = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
            headers = {name.replace("_", "-"): value for name, value in headers.items()}
            server = stack.enter_context(Saying(status, headers, document if body is None else body))
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return server

        yield start


@pytest.fixture
def without_keys(monkeypatch):
    """No credentials in the environment, whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
