"""The real AWS CLI, in a process of its own, against a server (K7, case 82)."""

from __future__ import annotations

import json
import sys
import urllib.request
from importlib.util import find_spec

import pytest

from drylambda import make_zip

case, rule = pytest.mark.case, pytest.mark.rule

pytestmark = pytest.mark.skipif(find_spec("awscli") is None, reason="the AWS CLI (awscli) is not installed")

ZIP = make_zip({"app.py": "def handler(event, context): return 'cli'"})
NEW = make_zip({"app.py": "def handler(event, context): return 'new'"})
EMPTY_ZIP = b"PK\x05\x06" + bytes(18)
CREATE = [
    "create-function",
    "--runtime",
    "python3.13",
    "--role",
    "arn:aws:iam::123456789012:role/x",
    "--handler",
    "app.handler",
]


class Aws:
    """The CLI in front of a server."""

    def __init__(self, server, start, folder):
        self.emulator, self.start, self.folder = server.lambda_, start, folder

    def run(self, *arguments, service="lambda"):
        """Run ``aws lambda``; return status, parsed output (if there is any), errors."""
        done = self.start(sys.executable, "-m", "awscli", service, *arguments, "--output", "json")
        return done.returncode, json.loads(done.stdout) if done.stdout.startswith("{") else None, done.stderr

    def answer(self, *arguments, service="lambda"):
        """Run a command that works; return its output."""
        status, output, errors = self.run(*arguments, service=service)
        assert (status, errors) == (0, "")
        return output

    @property
    def operations(self):
        """The names of the operations that were asked for."""
        return [call.operation for call in self.emulator.journal]


@pytest.fixture
def aws(server, run, tmp_path):
    (tmp_path / "app.zip").write_bytes(ZIP)
    (tmp_path / "new.zip").write_bytes(NEW)
    (tmp_path / "empty.zip").write_bytes(EMPTY_ZIP)
    (tmp_path / "text.zip").write_text("not a zip")
    return Aws(server, run, tmp_path)


@rule("K7", "K8", "K9")
def test_a_function_is_deployed_published_waited_for_and_downloaded(aws):
    created = aws.answer(*CREATE, "--function-name", "fn", "--zip-file", "fileb://app.zip")
    assert created["State"] == "Pending"
    aws.answer("wait", "function-active-v2", "--function-name", "fn")
    update = ("update-function-code", "--function-name", "fn", "--zip-file", "fileb://new.zip")
    dry = aws.answer(*update, "--dry-run")
    assert dry["LastUpdateStatus"] == "Successful"
    assert dry["CodeSha256"] != created["CodeSha256"]
    assert bytes(aws.emulator.package("fn")) == ZIP
    published = aws.answer(*update, "--publish")
    assert (published["Version"], published["CodeSha256"]) == ("1", dry["CodeSha256"])
    status, _, errors = aws.run(*update)
    assert status != 0
    assert "(ResourceConflictException)" in errors
    aws.answer("wait", "function-updated-v2", "--function-name", "fn")
    function = aws.answer("get-function", "--function-name", "fn", "--qualifier", "1")
    with urllib.request.urlopen(function["Code"]["Location"]) as response:
        assert response.read() == NEW


@rule("K7")
def test_a_package_goes_through_s3(aws):
    aws.answer("mb", "s3://code", service="s3")
    aws.answer("cp", "app.zip", "s3://code/builds/app.zip", "--no-progress", service="s3")
    created = aws.answer(*CREATE, "--function-name", "fn", "--code", "S3Bucket=code,S3Key=builds/app.zip")
    assert created["CodeSize"] == len(ZIP)
    aws.answer("cp", "new.zip", "s3://code/builds/app.zip", "--no-progress", service="s3")
    aws.answer("wait", "function-active-v2", "--function-name", "fn")
    update = ("update-function-code", "--function-name", "fn", "--s3-bucket", "code", "--s3-key")
    aws.answer(*update, "builds/app.zip")
    assert bytes(aws.emulator.package("fn")) == NEW


@case(82)
@rule("K7")
@pytest.mark.parametrize(
    "zip_file",
    ["fileb://text.zip", "file://text.zip", "file://app.zip", "app.zip", "fileb://missing.zip"],
)
def test_what_is_no_zip_never_leaves_the_cli(aws, zip_file):
    status, output, errors = aws.run("update-function-code", "--function-name", "fn", "--zip-file", zip_file)
    assert status != 0
    assert output is None
    assert errors
    assert aws.operations == []


@rule("K7", "Z2")
def test_the_empty_zip_reaches_the_service(aws):
    aws.answer(*CREATE, "--function-name", "fn", "--zip-file", "fileb://app.zip")
    aws.emulator.get_function(FunctionName="fn")
    update = ("update-function-code", "--function-name", "fn", "--zip-file", "fileb://empty.zip")
    status, _, errors = aws.run(*update)
    assert status != 0
    assert "(InvalidParameterValueException)" in errors
    assert "Uploaded file must be a non-empty zip" in errors
    assert aws.operations[-1] == "UpdateFunctionCode"
