"""``chalice deploy``: create, then update (section 17)."""

from __future__ import annotations

import json
from importlib.util import find_spec

import pytest

pytestmark = pytest.mark.skipif(
    find_spec("chalice") is None, reason="chalice has an environment of its own, in tasks.py test-wheel"
)

APP = """\
from chalice import Chalice

app = Chalice(app_name="shop")


@app.lambda_function()
def order(event, context):
    return "{}"
"""


@pytest.fixture
def project(cloud):
    """A project of chalice's."""
    (cloud.folder / ".chalice").mkdir()
    config = {"version": "2.0", "app_name": "shop", "stages": {"dev": {"tags": {"team": "blue"}}}}
    cloud.write(**{".chalice/config__json": json.dumps(config)}, app__py=APP.format("old"), requirements__txt="")
    return cloud


def deployed(project):
    """Deploy; return the bytes of the package that this run made."""
    before = packages(project)
    project.run("chalice", "deploy")
    (made,) = packages(project) - before
    return made.read_bytes()


def packages(project):
    return set((project.folder / ".chalice" / "deployments").glob("*.zip"))


def test_what_chalice_deploys_is_what_is_there(project):
    old = deployed(project)
    assert bytes(project.emulator.package("shop-dev-order")) == old
    assert project.calls == [
        "GetFunction",
        "CreateFunction",
        "GetFunctionConfiguration",
        "DeleteFunctionConcurrency",
    ]
    project.write(app__py=APP.format("new"))
    new = deployed(project)
    assert bytes(project.emulator.package("shop-dev-order")) == new != old
    assert project.calls == [
        "GetFunction",
        "UpdateFunctionCode",
        "GetFunctionConfiguration",
        "UpdateFunctionConfiguration",
        "GetFunctionConfiguration",
        "ListTags",
        "DeleteFunctionConcurrency",
    ]
    tags = project.client("lambda").get_function(FunctionName="shop-dev-order")["Tags"]
    assert tags["team"] == "blue"
    project.run("chalice", "delete")
    assert project.emulator.list_functions()["Functions"] == []
