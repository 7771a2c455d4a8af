"""Handlers in Node.js, by AWS's own client from npm: in the folder of the project, or installed for all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from functions import Deployed

import drylambda

HERE = Path.cwd()
CLIENT = "node_modules/.bin/aws-lambda-ric"

pytestmark = pytest.mark.skipif(
    not shutil.which("node")
    or not (shutil.which("aws-lambda-ric") or any((it / CLIENT).is_file() for it in (HERE, *HERE.parents))),
    reason="functions in Node.js are run by aws-lambda-ric, which npm installs",
)

HANDLER = """
exports.handler = async (event, context) => {
    if (event.fail) throw new TypeError(event.fail);
    console.log("seen", event.a);
    return {event, id: context.awsRequestId, memory: context.memoryLimitInMB, name: process.env.NAME};
};
"""


@pytest.fixture
def function(emulator):
    package = drylambda.make_zip({"index.js": HANDLER})
    settings = {"Handler": "index.handler", "Timeout": 30, "Environment": {"Variables": {"NAME": "it"}}}
    return Deployed(emulator, package, Runtime="nodejs22.x", **settings)


def test_a_handler_in_node_answers(function):
    told = function({"a": 1})
    assert told.pop("id")
    assert (told.pop("event"), int(told.pop("memory")), told) == ({"a": 1}, 128, {"name": "it"})
    assert "seen 1" in function.log


def test_what_a_handler_in_node_throws_is_told(function):
    error = function.error({"fail": "no"})
    assert (error["errorType"], error["errorMessage"]) == ("TypeError", "no")
    assert error["trace"]
