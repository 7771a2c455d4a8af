"""The AWS CLI in this process, as programs call it, inside of ``mock_aws``: a bucket, an upload, an update."""

from __future__ import annotations

import json
from importlib.util import find_spec

import pytest

import drylambda

pytest.importorskip("moto.core", reason="moto is not installed")

from moto import mock_aws

pytestmark = pytest.mark.skipif(find_spec("awscli") is None, reason="the AWS CLI (awscli) is not installed")

REGION = "eu-west-1"


@pytest.fixture
def aws(capsys, monkeypatch):
    """Run a command of the CLI; return its answer."""
    from awscli.clidriver import create_clidriver

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_PAGER", "")

    def run(*arguments):
        status = create_clidriver().main([*arguments, "--region", REGION, "--output", "json"])
        written = capsys.readouterr()
        assert status == 0, written.err
        return json.loads(written.out) if written.out.startswith("{") else written.out

    return run


@mock_aws
def test_what_the_cli_uploads_and_updates_is_what_is_there(aws, tmp_path):
    old, new = (drylambda.make_zip({"app.py": text}) for text in ("old", "new"))
    (tmp_path / "old.zip").write_bytes(old)
    (tmp_path / "new.zip").write_bytes(new)
    with drylambda.moto.install() as installed:
        emulator = installed.lambda_.scope(region=REGION)
        options = ("--runtime", "python3.13", "--handler", "app.handler")
        role = ("--role", "arn:aws:iam::123456789012:role/shop")
        aws(
            "lambda", "create-function", "--function-name", "app", *options, *role,
            "--zip-file", f"fileb://{tmp_path / 'old.zip'}",
        )  # fmt: skip
        aws("lambda", "wait", "function-active-v2", "--function-name", "app")
        assert bytes(emulator.package("app")) == old
        aws("s3", "mb", "s3://shop-code")
        aws("s3", "cp", str(tmp_path / "new.zip"), "s3://shop-code/new.zip")
        updated = aws(
            "lambda", "update-function-code", "--function-name", "app", "--publish",
            "--s3-bucket", "shop-code", "--s3-key", "new.zip",
        )  # fmt: skip
        assert updated["Version"] == "1"
        aws("lambda", "wait", "function-updated-v2", "--function-name", "app")
        assert bytes(emulator.package("app")) == bytes(emulator.package("app", qualifier="1")) == new
