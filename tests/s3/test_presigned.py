"""Presigned links, read and written by Python's HTTP clients inside a mock that answers S3."""

from __future__ import annotations

import http.client
import io
import urllib.error
import urllib.request
import warnings

import boto3
import pytest
import urllib3
from botocore.config import Config

from drylambda import mock_lambda

BUCKET = "my-bucket"
KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}


@pytest.fixture(
    params=[
        ("us-east-1", {}),
        ("us-east-1", {"signature_version": "s3v4"}),
        ("eu-west-1", {}),
        ("eu-west-1", {"s3": {"addressing_style": "path"}}),
        ("eu-west-1", {"use_dualstack_endpoint": True}),
    ],
    ids=str,
)
def sign(request):
    """Make links, of every form, inside a mock."""
    region, options = request.param
    with mock_lambda(s3=True, region=region) as emulator:
        emulator.s3.put(BUCKET, "a b+\u00fc", b"data")
        client = boto3.client("s3", config=Config(**options), **KEYS)

        def sign(operation, key="a b+\u00fc", **more):
            return client.generate_presigned_url(operation, Params={"Bucket": BUCKET, "Key": key, **more})

        sign.stored = lambda: emulator.s3.get(BUCKET, "new")
        yield sign


def test_urllib_request_reads_and_writes(sign):
    with urllib.request.urlopen(sign("get_object")) as response:
        assert (response.status, response.read()) == (200, b"data")
    put = urllib.request.Request(sign("put_object", "new"), data=b"new", method="PUT")
    with urllib.request.urlopen(put) as response:
        assert response.headers["ETag"] == '"22af645d1859cb5ca6da0c484f1f37ea"'
    assert sign.stored() == b"new"


def test_urllib3_reads_and_writes(sign):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert urllib3.request("GET", sign("get_object")).data == b"data"
        assert urllib3.request("PUT", sign("put_object", "new"), body=io.BytesIO(b"from a file")).status == 200
    assert sign.stored() == b"from a file"


def test_requests_reads_and_writes(sign):
    requests = pytest.importorskip("requests")
    assert requests.get(sign("get_object"), timeout=1).content == b"data"
    assert requests.head(sign("head_object"), timeout=1).headers["Content-Length"] == "4"
    assert requests.put(sign("put_object", "new"), data=iter([b"in ", b"pieces"]), timeout=1).ok
    assert sign.stored() == b"in pieces"


def test_a_link_says_what_was_signed_into_it(sign):
    link = sign("get_object", ResponseContentType="text/x")
    assert urllib3.request("GET", link, headers={"Range": "bytes=1-2"}).data == b"at"
    assert urllib3.request("GET", link).headers["Content-Type"] == "text/x"


def test_a_link_to_nothing_is_refused_as_by_s3(sign):
    with pytest.raises(urllib.error.HTTPError, match="404") as caught:
        urllib.request.urlopen(sign("get_object", "missing"))
    with caught.value as error:
        assert b"<Code>NoSuchKey</Code>" in error.read()


def test_without_s3_the_hosts_of_s3_connect_as_ever(monkeypatch):
    import http.client

    seen = []
    monkeypatch.setattr(http.client.HTTPConnection, "connect", lambda self: seen.append(self.host))
    connection = http.client.HTTPSConnection(f"{BUCKET}.s3.amazonaws.com")
    with mock_lambda(), pytest.raises(AttributeError):
        # Without a socket there is nothing to wrap.
        connection.connect()
    assert seen == [f"{BUCKET}.s3.amazonaws.com"]


@pytest.mark.parametrize(
    "host", ["MY-Bucket.S3.amazonaws.com", "my-bucket.s3.amazonaws.com.", "S3.Amazonaws.com/my-bucket"]
)
def test_hosts_are_s3s_in_any_case_and_with_the_dot_of_the_root(host):
    with mock_lambda(s3=True, region="us-east-1") as emulator:
        emulator.s3.put(BUCKET, "key", b"data")
        with urllib.request.urlopen(f"https://{host}/key") as response:
            assert response.read() == b"data"


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (("Content-Length", "4"), b"abc"),
        (("Content-Length", "2"), b"abc"),
        (("Transfer-Encoding", "chunked"), b"5\r\nhel"),
        (("Transfer-Encoding", "chunked"), b"5\r\nhello\r\n"),
        (("Transfer-Encoding", "chunked"), b"-5\r\nhello\r\n0\r\n\r\n"),
        (("Transfer-Encoding", "chunked"), b"zz\r\nhello\r\n0\r\n\r\n"),
    ],
)
def test_a_body_that_is_not_what_its_head_says_is_incomplete(header, body):
    with mock_lambda(s3=True, region="us-east-1") as emulator:
        emulator.s3.put(BUCKET, "other", b"")
        connection = http.client.HTTPSConnection(f"{BUCKET}.s3.amazonaws.com")
        connection.putrequest("PUT", "/key")
        connection.putheader(*header)
        connection.endheaders(body)
        response = connection.getresponse()
        assert (response.status, b"<Code>IncompleteBody</Code>" in response.read()) == (400, True)
        with pytest.raises(KeyError):
            emulator.s3.get(BUCKET, "key")
