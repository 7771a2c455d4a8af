"""``sam sync --code``, for a stack that is there (section 17)."""

from __future__ import annotations

import json
import shutil
import sys
from importlib.util import find_spec

import pytest

pytestmark = pytest.mark.skipif(
    find_spec("samcli") is None, reason="SAM has an environment of its own, in tasks.py test-wheel"
)

RUNTIME = f"python3.{sys.version_info.minor}"


def template(code):
    properties = {
        "Code": code,
        "FunctionName": "order",
        "Handler": "app.handler",
        "Role": "arn:aws:iam::123456789012:role/shop",
        "Runtime": RUNTIME,
    }
    resources = {"Order": {"Type": "AWS::Lambda::Function", "Properties": properties}}
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})


@pytest.fixture
def project(cloud):
    """A project of SAM's, and its stack with other code."""
    cloud.client("cloudformation").create_stack(StackName="shop", TemplateBody=template({"ZipFile": "old"}))
    cloud.client("s3").create_bucket(Bucket="shop-code", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    cloud.client("lambda").get_waiter("function_active_v2").wait(FunctionName="order")
    (cloud.folder / "source").mkdir()
    cloud.write(
        template__json=template("source/"),
        **{"source/app__py": "def handler(event, context): ...\n", "source/requirements__txt": ""},
    )
    assert cloud.calls
    return cloud


def sync(project):
    """Sync; return what was called."""
    options = (
        "--stack-name",
        "shop",
        "--template",
        "template.json",
        "--s3-bucket",
        "shop-code",
        "--no-dependency-layer",
    )
    # It asks whether the stack is one for development.
    project.run("sam", "sync", "--code", *options, said="y\n", SAM_CLI_TELEMETRY="0")
    return project.calls


def test_what_sam_syncs_is_what_is_there(project):
    assert sync(project) == [
        "GetFunction",
        "UpdateFunctionCode",
        "GetFunction",
        "GetFunctionConfiguration",
    ]
    package = project.emulator.package("order")
    for path in (project.folder / "source").iterdir():
        assert package.read(path.name) == path.read_bytes()
    # Its package was made in a folder that is gone. It makes another, and sends it if the hash that we tell is not its own.
    shutil.rmtree(project.folder / ".aws-sam")
    assert sync(project) == ["GetFunction"]
    assert bytes(project.emulator.package("order")) == bytes(package)
