"""The fixtures of the pytest plug-in, in runs of pytest of their own."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from drylambda import pytest_plugin
from drylambda._options import EmulatorOptions
from drylambda.mock import MockLambda

# Where the package is installed, pytest finds the plug-in itself.
INSTALLED = any(point.name == "drylambda" for point in entry_points(group="pytest11"))

FUNCTION = """
        FunctionName="app", Runtime="python3.12", Role="arn:aws:iam::123456789012:role/app", Handler="app.handler",
        Code={"ZipFile": PACKAGE},
"""
PACKAGE = 'import drylambda as package\nPACKAGE = package.make_zip({"app.py": ""})\n'


@pytest.fixture
def run(tmp_path):
    """Run pytest on a file in a process of its own, on a machine without credentials; return its last lines."""

    def run(tests, *options, conftest="", ini="", fails=False):
        (tmp_path / "test_it.py").write_text(
            (PACKAGE if "FUNCTION" in tests else "") + tests.replace("**FUNCTION", FUNCTION)
        )
        (tmp_path / "conftest.py").write_text(conftest)
        (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n" + ini)
        command = [sys.executable, "-m", "pytest", "-q", *([] if INSTALLED else ["-p", "drylambda.pytest_plugin"])]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment["HOME"] = environment["USERPROFILE"] = str(tmp_path)
        done = subprocess.run(
            [*command, *options], cwd=tmp_path, env=environment, check=False, capture_output=True, text=True
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def test_each_test_has_an_emulator_and_a_client_of_its_own(run):
    tests = """
import boto3
import pytest

@pytest.mark.parametrize("number", range(3))
def test(drylambda, lambda_client, number):
    assert lambda_client.list_functions()["Functions"] == []
    boto3.client("lambda").create_function(**FUNCTION)
    assert len(lambda_client.list_functions()["Functions"]) == len(drylambda.list_functions()["Functions"]) == 1
"""
    assert "3 passed" in run(tests)


def test_each_test_begins_with_what_was_prepared_once(run):
    tests = """
import boto3
import drylambda as package
import pytest

@pytest.fixture(scope="session")
def drylambda_prepared():
    emulator = package.Lambda(region="eu-west-1", settle="instant")
    emulator.create_function(**FUNCTION)
    return emulator

@pytest.mark.parametrize("number", range(3))
def test(drylambda, drylambda_prepared, lambda_client, number):
    assert [it["FunctionName"] for it in lambda_client.list_functions()["Functions"]] == ["app"]
    assert lambda_client.meta.region_name == "eu-west-1"
    boto3.client("lambda").delete_function(FunctionName="app")
    assert len(drylambda.journal) == 2
    assert len(drylambda_prepared.journal) == 1

@pytest.mark.drylambda(depth="call")
def test_options_of_the_mock_count(lambda_client):
    assert len(lambda_client.list_functions()["Functions"]) == 1
"""
    assert "4 passed" in run(tests, ini="drylambda_region = us-west-2\n")


def test_an_option_that_a_prepared_emulator_cannot_have_is_refused(run):
    tests = """
import drylambda as package
import pytest

@pytest.fixture
def drylambda_prepared():
    return package.Lambda()

@pytest.mark.drylambda(settle="instant")
def test(lambda_client):
    pass
"""
    wanted = "settle: for a new emulator; that of the fixture drylambda_prepared has its own settings"
    # That the configuration says the same makes no difference.
    assert wanted in run(tests, fails=True, ini="drylambda_settle = instant\n")


def test_what_is_prepared_is_an_emulator(run):
    tests = """
import pytest

@pytest.fixture
def drylambda_prepared():
    return {}

def test(lambda_client):
    pass
"""
    assert "drylambda_prepared returns a drylambda.Lambda or None, not {}" in run(tests, fails=True)


def test_a_marker_is_nearer_than_what_is_prepared(run):
    tests = """
import drylambda as package
import pytest

MINE = package.Lambda()

@pytest.fixture
def drylambda_prepared():
    return package.Lambda(region="us-east-1")

@pytest.mark.drylambda(lambda_=MINE)
def test_emulator(drylambda):
    assert drylambda.list_functions()["Functions"] == []
    assert len(MINE.journal) == 1

@pytest.mark.drylambda(region="eu-west-1")
def test_region(drylambda, lambda_client):
    assert drylambda.region == lambda_client.meta.region_name == "eu-west-1"
"""
    assert "2 passed" in run(tests, ini="drylambda_region = eu-west-1\n")


def test_the_settings_can_be_overridden(run):
    tests = """
import boto3
import pytest

@pytest.fixture
def drylambda_settings():
    return {"region": "eu-west-1", "settle": "instant", "depth": "call"}

def test(drylambda, lambda_client):
    assert drylambda.region == lambda_client.meta.region_name == boto3.client("lambda").meta.region_name == "eu-west-1"
    lambda_client.create_function(**FUNCTION)
    for _ in range(2):
        # On read, the second would be refused.
        lambda_client.update_function_code(FunctionName="app", ZipFile=PACKAGE)

class TestElsewhere:
    @pytest.fixture
    def drylambda_settings(self, drylambda_settings):
        return {**drylambda_settings, "region": "eu-west-2"}

    def test(self, drylambda):
        assert drylambda.region == "eu-west-2"
"""
    assert "2 passed" in run(tests)


def test_the_client_alone_brings_the_mock(run):
    tests = """
import boto3

def test(lambda_client):
    lambda_client.create_function(**FUNCTION)
    assert len(boto3.client("lambda").list_functions()["Functions"]) == 1
"""
    assert "1 passed" in run(tests)


def test_workers_of_xdist_do_not_meet(run):
    tests = """
import boto3
import pytest

@pytest.mark.parametrize("number", range(20))
def test(drylambda, number):
    client = boto3.client("lambda")
    assert client.list_functions()["Functions"] == []
    client.create_function(**FUNCTION)
"""
    assert "20 passed" in run(tests, "-n", "2")


def test_a_run_that_uses_no_fixture_imports_no_botocore(run):
    tests = """
import sys

def test():
    assert not [name for name in sys.modules if name.partition(".")[0] in ("boto3", "botocore")]
"""
    assert "1 passed" in run(tests)


def test_the_fixtures_are_documented(run):
    listed = run("def test(): pass\n", "--fixtures")
    for name in ("drylambda", "lambda_client", "drylambda_settings"):
        assert f"\n{name} " in listed


def test_a_fault_that_met_no_call_is_reported(run):
    tests = """
def test_one(drylambda):
    drylambda.fail("ListFunctions", "ServiceException", times=1)
"""
    assert "UnusedFaultWarning: not everything went wrong that should have: ListFunctions: Serv" in run(tests)


def test_the_configuration_has_settings(run):
    tests = """
def test_one(drylambda, lambda_client):
    assert (drylambda.region, drylambda.account_id) == ("eu-west-1", "210987654321")
    assert drylambda.clock.frozen
    lambda_client.create_function(**FUNCTION)
    state = drylambda.get_function(FunctionName="app")["Configuration"]["State"]
    assert state == "Pending"
    drylambda.clock.advance(7)
    assert drylambda.get_function(FunctionName="app")["Configuration"]["State"] == "Active"
"""
    ini = (
        "drylambda_region = eu-west-1\ndrylambda_account_id = 210987654321\ndrylambda_settle = 7\ndrylambda_seed = 1\n"
    )
    assert "1 passed" in run(tests, ini=ini)


@pytest.mark.parametrize(
    ("ini", "text"),
    [
        ("drylambda_settle = soon", 'drylambda_settle is "on_read", "instant" or a number of seconds, not \'soon\''),
        ("drylambda_s3 = perhaps", "drylambda_s3 is whether S3 is answered too: true or false, not 'perhaps'"),
        ("drylambda_runner = docker", 'drylambda_runner is "process", "in_process" or "container", not \'docker\''),
        ("drylambda_depth = deep", 'drylambda_depth = deep: depth is "wire" or "call", not \'deep\''),
        ("drylambda_account_id = 12", 'drylambda_account_id = 12: account_id is twelve digits, not "12"'),
    ],
)
def test_a_setting_that_cannot_be_is_named_once_before_the_first_test(run, ini, text):
    told = run("def test_one(drylambda): pass\ndef test_two(drylambda): pass\n", ini=f"{ini}\n", fails=True)
    assert told.count(text) == 1
    assert told.startswith("ERROR: ")


def test_a_folder_of_the_configuration_may_be_made_during_the_run(run):
    conftest = "import pathlib\ndef pytest_sessionstart():\n    pathlib.Path('buckets').mkdir()\n"
    assert "1 passed" in run("def test_one(drylambda): pass\n", conftest=conftest, ini="drylambda_s3_dir = buckets\n")


def test_every_option_that_is_a_text_may_be_in_the_configuration():
    options = {*inspect.signature(MockLambda).parameters, *EmulatorOptions.__annotations__} - {"options"}
    assert {*pytest_plugin._INI} == options - {"iam", "lambda_", "roles", "security_groups"}


def test_a_marker_is_nearer_than_fixture_and_configuration(run):
    tests = """
import boto3
import pytest

@pytest.fixture
def drylambda_settings():
    return {"region": "eu-west-2", "account_id": "111111111111"}

@pytest.mark.drylambda(region="eu-west-4", seed=1)
class TestMarked:
    @pytest.mark.drylambda(region="eu-west-3")
    def test_one(self, drylambda):
        assert (drylambda.region, drylambda.account_id) == ("eu-west-3", "111111111111")
        assert drylambda.clock.frozen

    def test_without_a_fixture(self):
        assert boto3.client("lambda").list_functions()["Functions"] == []
        assert boto3.client("lambda").meta.region_name == "eu-west-4"

def test_not_marked(drylambda):
    assert drylambda.region == "eu-west-2"
"""
    assert "3 passed" in run(tests, "--strict-markers", ini="drylambda_region = eu-west-1\n")


def test_a_marker_takes_options_by_name(run):
    tests = """
import pytest

@pytest.mark.drylambda("eu-west-1")
def test_one(): pass
"""
    assert "takes options by name, not ('eu-west-1',)" in run(tests, fails=True)


@pytest.mark.parametrize("form", ["drylambda, lambda_client", "lambda_client"])
def test_a_test_that_fails_shows_what_was_called(run, form):
    tests = f"""
def test_one({form}):
    lambda_client.create_function(**FUNCTION)
    lambda_client.delete_function(FunctionName="other")
"""
    shown = run(tests, fails=True)
    assert "drylambda was called" in shown
    assert "\nCreateFunction FunctionName='app'" in shown
    assert "\nDeleteFunction FunctionName='other': ResourceNotFoundException" in shown


def test_a_test_that_passes_shows_nothing(run):
    assert "drylambda was called" not in run("def test_one(drylambda): drylambda.list_functions()\n", "-rA")


def test_a_mark_on_one_parameter_is_for_it_alone(run):
    tests = """
import os
import pytest

@pytest.mark.parametrize("marked", [False, pytest.param(True, marks=pytest.mark.drylambda(region="eu-west-9"))])
def test_one(marked):
    assert (os.environ.get("AWS_DEFAULT_REGION") == "eu-west-9") == marked
"""
    assert "2 passed" in run(tests)


def test_a_marker_is_nearer_than_a_mock_of_the_module(run):
    tests = """
import boto3
import drylambda
import pytest

@pytest.fixture(scope="module")
def shared():
    with drylambda.mock_lambda(region="ap-south-1") as emulator:
        yield emulator

@pytest.mark.drylambda(region="eu-west-1")
def test_one(shared):
    assert boto3.client("lambda").meta.region_name == "eu-west-1"

def test_other(shared):
    assert boto3.client("lambda").meta.region_name == "ap-south-1"
"""
    assert "2 passed" in run(tests)


def test_a_marker_may_be_added_while_tests_are_collected(run):
    conftest = """
import pytest

def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.drylambda(region="eu-west-1"))
"""
    tests = """
import boto3

def test_one():
    assert boto3.client("lambda").list_functions()["Functions"] == []
"""
    assert "1 passed" in run(tests, conftest=conftest)


def test_a_test_that_failed_hears_of_no_unused_fault(run):
    tests = """
def test_one(drylambda):
    drylambda.fail("ListFunctions", "ServiceException", times=1)
    drylambda.get_account_settings()
    raise LookupError
"""
    shown = run(tests, "-W", "error", fails=True)
    assert "1 failed" in shown
    assert "error" not in shown.splitlines()[-1]
    assert "UnusedFaultWarning" not in shown
    assert "GetAccountSettings: ok" in shown
