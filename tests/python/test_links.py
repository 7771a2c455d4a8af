"""``Code.Location``: a link that yields the package, in a mock through Python's HTTP clients, elsewhere by `download`."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
import warnings

import boto3
import pytest
import urllib3

from drylambda import Lambda, mock_lambda


@pytest.fixture
def location(deploy):
    """Deploy through any face, and return the link."""

    def location(face, **more):
        deploy(face, **more)
        return face.get_function(FunctionName="app")["Code"]["Location"]

    return location


def test_urllib_request_reads_a_link(location, package):
    with mock_lambda(), urllib.request.urlopen(location(boto3.client("lambda"))) as response:
        assert (response.status, response.headers["Content-Type"]) == (200, "application/zip")
        assert response.read() == package


def test_urllib3_reads_a_link_again_and_again(location, package):
    pool = urllib3.PoolManager()
    with mock_lambda(), warnings.catch_warnings():
        warnings.simplefilter("error")
        link = location(boto3.client("lambda"))
        assert [pool.request("GET", link).data for _ in range(3)] == [package] * 3


def test_a_link_to_a_layer_is_read_as_well(package):
    with mock_lambda():
        made = boto3.client("lambda").publish_layer_version(LayerName="tools", Content={"ZipFile": package})
        with urllib.request.urlopen(made["Content"]["Location"]) as response:
            assert response.read() == package


def test_requests_reads_a_link(location, package):
    requests = pytest.importorskip("requests")
    with mock_lambda():
        assert requests.get(location(boto3.client("lambda")), timeout=1).content == package


def test_a_link_works_behind_a_proxy(location, package, monkeypatch):
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    with mock_lambda():
        link = location(boto3.client("lambda"))
        with urllib.request.urlopen(link) as response:
            assert response.read() == package
        assert urllib3.ProxyManager("http://proxy.example:3128").request("GET", link).data == package


def test_a_part_of_a_package_is_read(location, package):
    with mock_lambda():
        link = location(boto3.client("lambda"))
        part = urllib3.request("GET", link, headers={"Range": "bytes=-22"})
        assert (part.status, part.data) == (206, package[-22:])
        assert part.headers["Content-Range"] == f"bytes {len(package) - 22}-{len(package) - 1}/{len(package)}"
        assert urllib3.request("GET", link, headers={"Range": f"bytes={len(package)}-"}).status == 416


def test_a_package_is_asked_about(location, package):
    with mock_lambda():
        head = urllib3.request("HEAD", location(boto3.client("lambda")))
        assert (head.status, head.headers["Content-Length"], head.data) == (200, str(len(package)), b"")


def test_a_large_package_comes_whole(location, large_package):
    with mock_lambda():
        link = location(boto3.client("lambda"), Code={"ZipFile": large_package})
        assert urllib3.request("GET", link).data == large_package


def test_a_link_that_was_changed_is_refused_as_by_s3(location):
    with mock_lambda():
        link = location(boto3.client("lambda")).replace("X-Amz-Signature=", "X-Amz-Signature=0")
        with pytest.raises(urllib.error.HTTPError, match="403") as caught:
            urllib.request.urlopen(link)
        with caught.value as error:
            assert b"<Code>SignatureDoesNotMatch</Code>" in error.read()


def test_a_link_expires_by_the_emulators_clock(location):
    with mock_lambda() as emulator:
        link = location(boto3.client("lambda"))
        emulator.clock.advance(601)
        assert urllib3.request("GET", link).status == 403


def test_download_needs_no_mock(location, package):
    emulator = Lambda()
    assert emulator.download(location(emulator)) == package
    with pytest.raises(ValueError, match="403 SignatureDoesNotMatch"):
        emulator.download(location(Lambda()) + "0")


def test_other_hosts_connect_as_ever(monkeypatch):
    seen = []
    monkeypatch.setattr(http.client.HTTPConnection, "connect", lambda self: seen.append(self.host))
    connection = http.client.HTTPSConnection("example.com")
    with mock_lambda(), pytest.raises(AttributeError):
        # Without a socket there is nothing to wrap.
        connection.connect()
    assert seen == ["example.com"]
