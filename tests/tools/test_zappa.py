"""``zappa deploy`` and ``zappa update`` (section 17)."""

from __future__ import annotations

import json
import venv
from importlib.util import find_spec

import pytest

pytestmark = pytest.mark.skipif(
    find_spec("zappa") is None, reason="zappa has an environment of its own, in tasks.py test-wheel"
)

BUCKET = "zappa-shop"
# Nothing of API Gateway and CloudWatch: what is of interest is how the code gets there, with the package left in place.
SETTINGS = {
    "app_function": "shop.app",
    "apigateway_enabled": False,
    "aws_region": "eu-west-1",
    "delete_local_zip": False,
    "keep_warm": False,
    "project_name": "shop",
    "runtime": "python3.13",
    "s3_bucket": BUCKET,
}


@pytest.fixture
def project(cloud):
    """A project of zappa's, whose virtual environment, that goes into the package, is empty."""
    venv.create(cloud.folder.parent / "venv", with_pip=False)
    cloud.write(zappa_settings__json=json.dumps({"dev": SETTINGS}), shop__py="app = 'old'")
    return cloud


def deployed(project, command):
    """Deploy; return the bytes of the package that this run made."""
    project.run("zappa", command, "dev", VIRTUAL_ENV=str(project.folder.parent / "venv"))
    (made,) = project.folder.glob("*.zip")
    package = made.read_bytes()
    # The next one of this second would have the same name.
    made.unlink()
    return package


def test_what_zappa_deploys_is_what_is_there(project):
    old = deployed(project, "deploy")
    assert bytes(project.emulator.package("shop-dev")) == old
    assert project.calls == ["ListVersionsByFunction", "GetFunction", "CreateFunction", "GetFunctionConfiguration"]
    project.write(shop__py="app = 'new'")
    new = deployed(project, "update")
    assert bytes(project.emulator.package("shop-dev")) == new != old
    assert bytes(project.emulator.package("shop-dev", qualifier="1")) == old
    assert bytes(project.emulator.package("shop-dev", qualifier="2")) == new
    assert project.calls == [
        "GetFunction",
        "UpdateFunctionCode",
        "GetAlias",
        "DeleteFunctionConcurrency",
        "ListVersionsByFunction",
        "GetFunctionConfiguration",
        "GetFunctionConfiguration",
        "UpdateFunctionConfiguration",
        "ListFunctionUrlConfigs",
    ]
    # It takes away what it uploaded.
    assert "Contents" not in project.client("s3").list_objects_v2(Bucket=BUCKET)
