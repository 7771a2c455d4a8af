"""curl with raw JSON: whatever speaks HTTP is a client."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import random
import shutil
import subprocess

import pytest

import drylambda

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")

FUNCTIONS = "/2015-03-31/functions"
ZIP = drylambda.make_zip({"app.py": "def handler(event, context): return 'curl'"})
#: curl asks before it sends more than a megabyte.
LARGE = drylambda.make_zip({"app.py": "pass", "data": random.Random(1).randbytes(3_000_000)})  # noqa: S311 - bytes that nothing packs


@functools.cache
def features():
    return subprocess.run([shutil.which("curl"), "--version"], capture_output=True, text=True, check=True).stdout


def body(package, **more):
    return json.dumps({"ZipFile": base64.b64encode(package).decode(), **more})


@pytest.fixture
def curl(server, run, tmp_path):
    """Run curl; return the status, the version of HTTP, and the body."""
    server.lambda_.create_function(
        FunctionName="app",
        Runtime="python3.13",
        Role="arn:aws:iam::123456789012:role/app",
        Handler="app.handler",
        Code={"ZipFile": drylambda.make_zip({"app.py": "old"})},
    )
    server.lambda_.get_function(FunctionName="app")
    (tmp_path / "small.json").write_text(body(ZIP))
    (tmp_path / "large.json").write_text(body(LARGE))
    (tmp_path / "large.zip").write_bytes(LARGE)

    def curl(path, *arguments):
        url = path if path.startswith("http://") else server.endpoint_url + path
        done = run(
            "curl", "-sS", "--max-time", "60", "-o", "answer", "-w", "%{http_code} %{http_version}", *arguments, url
        )
        assert done.returncode == 0, done.stderr
        status, version = done.stdout.split()
        return int(status), version, (tmp_path / "answer").read_bytes()

    return curl


def sha256(package):
    return base64.b64encode(hashlib.sha256(package).digest()).decode()


def test_curl_updates_and_downloads(curl, server):
    status, version, answer = curl(f"{FUNCTIONS}/app/code", "-X", "PUT", "-d", "@small.json")
    assert (status, version, json.loads(answer)["CodeSha256"]) == (200, "1.1", sha256(ZIP))
    location = json.loads(curl(f"{FUNCTIONS}/app")[2])["Code"]["Location"]
    assert curl(location)[::2] == (200, ZIP)
    assert curl(location, "-r", "0-3")[::2] == (206, b"PK\x03\x04")


@pytest.mark.parametrize("size", ["small", "large"])
def test_curl_speaks_http2_at_once(curl, size):
    if "HTTP2" not in features():
        pytest.skip("this curl speaks no HTTP/2")
    arguments = ("--http2-prior-knowledge", "-X", "PUT", "--data-binary", f"@{size}.json")
    status, version, answer = curl(f"{FUNCTIONS}/app/code", *arguments)
    assert (status, version) == (200, "2")
    assert json.loads(answer)["CodeSha256"] == sha256({"small": ZIP, "large": LARGE}[size])


@pytest.mark.parametrize("size", ["small", "large"])
def test_curl_sends_chunks(curl, size):
    status, _, answer = curl(f"{FUNCTIONS}/app/code", "-T", f"{size}.json", "-H", "Transfer-Encoding: chunked")
    assert (status, json.loads(answer)["CodeSha256"]) == (200, sha256({"small": ZIP, "large": LARGE}[size]))


def test_curl_asks_before_it_sends_a_large_body(curl, server):
    arguments = ("-X", "PUT", "-H", "Expect: 100-continue", "--data-binary", "@large.json", "-D", "head")
    assert curl(f"{FUNCTIONS}/app/code", *arguments)[0] == 200
    assert bytes(server.lambda_.package("app")) == LARGE


def test_curl_hears_why_a_large_body_is_not_wanted(curl, tmp_path):
    (tmp_path / "huge.json").write_bytes(b" " * 71_000_000)
    arguments = ("-X", "PUT", "-H", "Expect: 100-continue", "--data-binary", "@huge.json")
    status, _, answer = curl(f"{FUNCTIONS}/app/code", *arguments)
    assert status == 413
    assert json.loads(answer)["Message"].startswith("Request must be smaller than")


def test_curl_puts_the_code_into_a_bucket_first(curl, server):
    assert curl("/code", "-X", "PUT")[0] == 200
    assert curl("/code/app.zip", "-T", "large.zip")[0] == 200
    source = json.dumps({"S3Bucket": "code", "S3Key": "app.zip", "Publish": True})
    status, _, answer = curl(f"{FUNCTIONS}/app/code", "-X", "PUT", "-d", source)
    assert (status, json.loads(answer)["Version"], json.loads(answer)["CodeSha256"]) == (200, "1", sha256(LARGE))


def test_curl_hears_what_is_wrong(curl):
    status, _, answer = curl(f"{FUNCTIONS}/app/code", "-X", "PUT", "-d", "{")
    assert (status, json.loads(answer)) == (400, {"Message": "EOF while parsing an object at line 1 column 1"})


def test_curl_looks_beside_the_api(curl):
    curl(f"{FUNCTIONS}/app/code", "-X", "PUT", "-d", "@small.json")
    calls = json.loads(curl("/_drylambda/journal?operation=UpdateFunctionCode")[2])["calls"]
    assert [call["parameters"]["FunctionName"] for call in calls] == ["app"]
    assert curl("/_drylambda/reset", "-X", "POST")[0] == 200
    assert curl(f"{FUNCTIONS}/app")[0] == 404
