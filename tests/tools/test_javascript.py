"""AWS's SDK for JavaScript as it comes from npm, against a server of ours: packages, waiters, classes of errors, S3."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import drylambda

HERE = Path(__file__).parent / "javascript"
OLD = "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id"


@pytest.fixture(scope="module")
def program(pytestconfig):
    """The program beside the SDK, which is installed once."""
    npm = shutil.which("npm")
    if not shutil.which("node") or not npm:
        pytest.skip("Node.js is not installed")
    folder = pytestconfig.cache.mkdir("javascript")
    for name in ("package.json", "deploy.mjs"):
        shutil.copy(HERE / name, folder / name)
    command = [npm, "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        pytest.skip(f"npm could not install the SDK: {done.stderr.strip()[:200]}")
    return folder / "deploy.mjs"


def sha256(package):
    return base64.b64encode(hashlib.sha256(package).digest()).decode()


def test_the_sdk_for_javascript_deploys(program, tmp_path):
    first, second = (drylambda.make_zip({"app.mjs": f"export const handler = () => {it};"}) for it in (1, 2))
    for name, package in (("first.zip", first), ("second.zip", second)):
        (tmp_path / name).write_bytes(package)
    with drylambda.Server(seed=1) as server:
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        done = subprocess.run(
            [shutil.which("node"), program, "first.zip", "second.zip"],
            cwd=tmp_path,
            env=environment | server.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        versions = server.lambda_.list_versions_by_function(FunctionName="app")["Versions"]
        assert [version["CodeSha256"] for version in versions] == [sha256(first), sha256(second)]
    refused = {"fault": "client", "attempts": 1}
    arn = "arn:aws:lambda:us-east-1:123456789012:function:app"
    assert told == {
        "missing": {
            **refused,
            "name": "ResourceNotFoundException",
            "message": f"Function not found: {arn}",
            "status": 404,
            "is": ["LambdaServiceException", "ResourceNotFoundException"],
        },
        "created": ["Pending", sha256(first)],
        "active": "SUCCESS",
        "dry": sha256(second),
        "unchanged": sha256(first),
        "published": ["1", sha256(second)],
        "updated": "SUCCESS",
        "old": {
            **refused,
            "name": "PreconditionFailedException",
            "message": OLD,
            "status": 412,
            "is": ["LambdaServiceException", "PreconditionFailedException"],
        },
        "gone": {
            **refused,
            "name": "InvalidParameterValueException",
            "message": "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.",
            "status": 400,
            "is": ["LambdaServiceException"],
        },
        "from_s3": sha256(first),
        "downloaded": base64.b64encode(first).decode(),
    }
