"""``drylambda call --state``: an emulator in a file, call after call."""

from __future__ import annotations

import json

import pytest

import drylambda
from drylambda.cli import main

CREATE = {
    "FunctionName": "app",
    "Runtime": "python3.13",
    "Role": "arn:aws:iam::123456789012:role/app",
    "Handler": "app.handler",
}
APP = '{"FunctionName": "app"}'


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state.json"


@pytest.fixture
def call(state, tmp_path, capfd, monkeypatch):
    """Run ``drylambda call --state``; return its exit code, its answer and its errors."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "app.zip").write_bytes(drylambda.make_zip({"app.py": "..."}))

    def call(*arguments):
        with pytest.raises(SystemExit) as left:
            main(["call", "--state", str(state), *arguments])
        shown = capfd.readouterr()
        return left.value.code, json.loads(shown.out) if shown.out else None, shown.err

    return call


@pytest.fixture
def created(call, tmp_path):
    code, _, err = call("create-function", "--json", json.dumps(CREATE), "--zip-file", str(tmp_path / "app.zip"))
    assert (code, err) == (0, "")


def test_what_one_call_makes_the_next_one_finds(call, created, tmp_path):
    code, answer, _ = call("GetFunction", "--json", APP)
    assert (code, answer["Configuration"]["State"]) == (0, "Active")
    assert call("PublishVersion", "--json", APP)[1]["Version"] == "1"
    assert [it["Version"] for it in call("ListVersionsByFunction", "--json", APP)[1]["Versions"]] == ["$LATEST", "1"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app.zip", "state.json"]


def test_the_file_is_a_state_that_every_emulator_loads(state, call, created):
    emulator = drylambda.Lambda()
    emulator.load(state.read_text())
    assert emulator.package("app").names == ["app.py"]


def test_regions_are_apart(call, created):
    code, _, err = call("GetFunction", "--json", APP, "--region", "eu-west-1")
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:app"
    assert (code, err) == (1, f"drylambda: ResourceNotFoundException: Function not found: {arn}\n")


def test_a_refused_call_leaves_no_trace(state, call):
    assert call("GetFunction", "--json", APP)[0] == 1
    assert not state.exists()


def test_what_is_no_state_is_named_and_left_as_it_is(state, call):
    state.write_text("{}")
    code, answer, err = call("ListFunctions")
    assert (code, answer, err.startswith(f"drylambda: {state}: ")) == (2, None, True)
    assert state.read_text() == "{}"


def test_a_state_is_in_a_file_or_at_a_server(call):
    code, _, err = call("ListFunctions", "--endpoint-url", "http://127.0.0.1:4566")
    assert (code, "not allowed with argument" in err) == (2, True)
