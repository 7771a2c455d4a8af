"""The option of the pytest plug-in that puts drylambda into moto, in runs of pytest of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

INSTALLED = any(point.name == "drylambda" for point in entry_points(group="pytest11"))
ASKS = """
import boto3
from moto import mock_aws

@mock_aws
def test():
    answered = boto3.client("lambda", region_name="eu-west-1").list_functions()
    drylambdas = "connection" in answered["ResponseMetadata"]["HTTPHeaders"]
    assert drylambdas is {expected}
"""


@pytest.fixture
def run(tmp_path):
    """Run pytest on one test; return its exit code and what it said."""

    def run(tests, ini="", variable=None, conftest=""):
        (tmp_path / "test_it.py").write_text(tests)
        (tmp_path / "conftest.py").write_text(conftest)
        (tmp_path / "pytest.ini").write_text(f"[pytest]\naddopts = -p no:cacheprovider\n{ini}\n")
        environment = {name: value for name, value in os.environ.items() if name != "DRYLAMBDA_MOTO"}
        if variable is not None:
            environment["DRYLAMBDA_MOTO"] = variable
        command = [sys.executable, "-m", "pytest", "-q", *([] if INSTALLED else ["-p", "drylambda.pytest_plugin"])]
        done = subprocess.run(command, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.mark.parametrize(
    ("ini", "variable", "expected"),
    [
        ("", None, False),
        ("drylambda_moto = true", None, True),
        ("drylambda_moto = false", None, False),
        ("", "1", True),
        ("drylambda_moto = true", "0", False),
    ],
)
def test_the_ini_file_and_the_environment_ask_for_it(run, ini, variable, expected):
    code, said = run(ASKS.format(expected=expected), ini, variable)
    assert code == 0, said


@pytest.mark.parametrize(
    ("ini", "variable", "said"),
    [
        ("drylambda_moto = maybe", None, "drylambda_moto: "),
        ("", "maybe", "DRYLAMBDA_MOTO is one of 1, true, yes, on or 0"),
    ],
)
def test_what_is_neither_yes_nor_no_is_refused_by_its_name(run, ini, variable, said):
    code, shown = run("def test(): pass", ini, variable)
    assert code != 0
    assert said in shown


def test_the_options_of_the_configuration_count(run):
    tests = """
import drylambda.moto

def test():
    emulator = drylambda.moto.install().lambda_
    assert (emulator.region, emulator.clock.frozen) == ("eu-west-3", True)
"""
    code, said = run(
        tests, "drylambda_moto = true\ndrylambda_region = eu-west-3\ndrylambda_seed = 1\ndrylambda_depth = call"
    )
    assert code == 0, said


def test_it_is_undone_at_the_end_of_the_run(run):
    conftest = """
import atexit

def check():
    from moto.awslambda.models import LambdaBackend, lambda_backends
    print("undone:", lambda_backends.backend is LambdaBackend)

atexit.register(check)
"""
    _, said = run(ASKS.format(expected=True), "drylambda_moto = true", conftest=conftest)
    assert "undone: True" in said


def test_without_moto_the_run_says_why_it_cannot_begin(run):
    # The plug-in is imported before the conftest, and asked after it.
    code, said = run("", variable="1", conftest="import sys\nsys.modules['moto'] = None\n")
    assert code == 4, said
    assert "ERROR: drylambda.moto puts drylambda inside of moto, and moto is not installed" in said
