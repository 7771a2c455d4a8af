"""The real AWS CLI, in a process of its own, against the wire entry behind a socket of the test's (K7, case 82)."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
from importlib.util import find_spec

import pytest

import drylambda
from drylambda import make_zip

case, rule = pytest.mark.case, pytest.mark.rule

pytestmark = pytest.mark.skipif(find_spec("awscli") is None, reason="the AWS CLI (awscli) is not installed")

ZIP = make_zip({"app.py": "def handler(event, context): return 'cli'"})
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


class Served:
    """An emulator behind a socket, and the CLI in front of it."""

    def __init__(self, folder):
        self.emulator, self.folder, self.requests = drylambda.Lambda(seed=1), folder, []
        served = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path, _, query = self.path.partition("?")
                served.requests.append((self.command, path))
                status, headers, content = served.emulator._wire(
                    self.command, "lambda.us-east-1.amazonaws.com", path, query, list(self.headers.items()), body
                )
                self.send_response(status)
                for name, value in headers:
                    if name != "Connection":
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_DELETE = answer  # noqa: N815 - the library's names

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def run(self, *arguments):
        """Run ``aws lambda``; return status, parsed output (if there is any), errors."""
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
        environment = {
            **keep,
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": str(self.folder / "none"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "none"),
            "AWS_ENDPOINT_URL_LAMBDA": f"http://127.0.0.1:{self.server.server_port}",
        }
        command = [sys.executable, "-m", "awscli", "lambda", *arguments, "--output", "json"]
        done = subprocess.run(command, env=environment, cwd=self.folder, capture_output=True, check=False)
        return done.returncode, json.loads(done.stdout) if done.stdout.strip() else None, done.stderr.decode()


@pytest.fixture
def aws(tmp_path):
    served = Served(tmp_path)
    (tmp_path / "app.zip").write_bytes(ZIP)
    (tmp_path / "empty.zip").write_bytes(EMPTY_ZIP)
    (tmp_path / "text.zip").write_text("not a zip")
    yield served
    served.server.shutdown()
    served.server.server_close()


@rule("K7", "K8", "K9")
def test_a_function_is_deployed_published_and_waited_for(aws):
    status, created, errors = aws.run(*CREATE, "--function-name", "fn", "--zip-file", "fileb://app.zip")
    assert (status, errors) == (0, "")
    assert created["State"] == "Pending"
    assert aws.run("wait", "function-active-v2", "--function-name", "fn")[0] == 0
    update = ("update-function-code", "--function-name", "fn", "--zip-file", "fileb://app.zip")
    status, dry, _ = aws.run(*update, "--dry-run")
    assert (status, dry["LastUpdateStatus"], dry["CodeSha256"]) == (0, "Successful", created["CodeSha256"])
    status, published, _ = aws.run(*update, "--publish")
    assert (status, published["Version"]) == (0, "1")
    status, _, errors = aws.run(*update)
    assert status != 0
    assert "(ResourceConflictException)" in errors


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
    assert aws.requests == []


@rule("K7", "Z2")
def test_the_empty_zip_reaches_the_service(aws):
    aws.run(*CREATE, "--function-name", "fn", "--zip-file", "fileb://app.zip")
    aws.emulator.get_function(FunctionName="fn")
    update = ("update-function-code", "--function-name", "fn", "--zip-file", "fileb://empty.zip")
    status, _, errors = aws.run(*update)
    assert status != 0
    assert "(InvalidParameterValueException)" in errors
    assert "Uploaded file must be a non-empty zip" in errors
    assert aws.requests[-1] == ("PUT", "/2015-03-31/functions/fn/code")
