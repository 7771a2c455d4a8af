"""``drylambda operations``, and the command line as a whole: what is there, and what it costs to look."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from drylambda import OPERATIONS
from drylambda.cli import COMMANDS, main

UPDATE = ("PUT", "/2015-03-31/functions/{FunctionName}/code")
BUILT = sum(OPERATIONS.values())


@pytest.fixture
def run(capfd):
    """Run a command in this process; return its output."""

    def run(*arguments):
        with pytest.raises(SystemExit) as left:
            main(list(arguments))
        assert left.value.code == 0
        return capfd.readouterr().out

    return run


def test_every_operation_has_a_line_and_all_are_counted(run):
    head, *rows, blank, summary = run("operations").splitlines()
    assert head.split() == ["operation", "built", "rules", "tests", "request"]
    assert [row.split()[0] for row in rows] == list(OPERATIONS)
    assert (blank, summary) == ("", f"{BUILT} of {len(OPERATIONS)} built")
    (update,) = (row.split() for row in rows if row.startswith("UpdateFunctionCode "))
    assert update[1:] == ["yes", "R,", "D,", "E,", "Z", "update_function_code", *UPDATE]
    (invoke,) = (row.split() for row in rows if row.startswith("Invoke "))
    assert invoke[1:4] == ["yes", "facts", "19"]


@pytest.mark.parametrize(("option", "built"), [("--built", True), ("--missing", False)])
def test_half_of_the_list_is_shown(run, option, built):
    shown = json.loads(run("operations", option, "--json"))
    assert [row["name"] for row in shown] == [name for name, is_built in OPERATIONS.items() if is_built is built]


def test_json_is_for_programs(run):
    rows = {row["name"]: row for row in json.loads(run("operations", "--json"))}
    assert rows["GetLayerVersionByArn"] == {
        "name": "GetLayerVersionByArn",
        "command": "get-layer-version-by-arn",
        "built": OPERATIONS["GetLayerVersionByArn"],
        "method": "GET",
        "path": "/2018-10-31/layers?find=LayerVersion",
        "rules": rows["GetLayerVersion"]["rules"],
        "tests": rows["GetLayerVersion"]["tests"],
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run, command):
    assert run(command, "--help").startswith(f"usage: drylambda {command} ")
    assert f"\n    {command}" in run("--help")


@pytest.mark.parametrize("command", ["--version", *COMMANDS])
def test_a_command_imports_what_it_needs_and_no_other(command):
    arguments = [command] if command == "--version" else [command, "--help"]
    program = f"""
import sys
from drylambda.cli import main
try:
    main({arguments!r})
except SystemExit:
    pass
print(*sys.modules, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    imported = set(done.stderr.split())
    others = {f"drylambda.cli.{module}" for name, module in COMMANDS.items() if name != command}
    assert not others & imported
    assert not {"botocore", "http.client", "inspect", "dataclasses", "email", "socket"} & imported
