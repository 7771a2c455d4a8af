"""The emulator's own Python face: `drylambda.Lambda` and the package's names."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, ParamValidationError

import drylambda


def test_every_public_name_is_there_and_listed():
    for name in drylambda.__all__:
        assert getattr(drylambda, name) is not None
    assert set(drylambda.__all__) <= set(dir(drylambda))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'drylambda' has no attribute 'Lamda'"):
        _ = drylambda.Lamda


def test_a_view_shares_the_functions_and_has_its_own_region_and_account(deploy, names):
    emulator = drylambda.Lambda(region="eu-west-1")
    view = emulator.scope(region="us-west-2", account_id="210987654321")
    arn = deploy(view)["FunctionArn"]
    assert arn == "arn:aws:lambda:us-west-2:210987654321:function:app"
    assert names(emulator) == []
    assert names(emulator.scope("us-west-2", "210987654321")) == ["app"]


def test_a_view_keeps_what_it_is_not_told():
    view = drylambda.Lambda(region="eu-west-1", account_id="210987654321").scope(access_key_id="AKIA").scope()
    assert (view.region, view.account_id, view.access_key_id) == ("eu-west-1", "210987654321", "AKIA")


def test_a_view_of_a_subclass_is_of_the_subclass():
    class Ours(drylambda.Lambda):
        __slots__ = ()

    assert type(Ours().scope(region="eu-west-1")) is Ours


def test_the_representation_names_region_and_account():
    assert repr(drylambda.Lambda(region="eu-west-1")) == "<drylambda.Lambda eu-west-1 123456789012>"


def test_a_refusal_is_the_emulators_exception_and_botocores_client_error():
    emulator = drylambda.Lambda()
    with pytest.raises(emulator.exceptions.ResourceNotFoundException) as caught:
        emulator.get_function(FunctionName="nobody")
    assert isinstance(caught.value, ClientError)
    assert drylambda.ClientError is emulator.exceptions.ClientError is ClientError
    assert caught.value.operation_name == "GetFunction"


def test_the_classes_of_all_emulators_are_the_same():
    one, other = drylambda.Lambda().exceptions, drylambda.Lambda().exceptions
    assert one.ResourceConflictException is other.from_code("ResourceConflictException")


def test_a_name_that_is_no_code_is_no_exception():
    with pytest.raises(AttributeError, match="not one of AWS's codes"):
        _ = drylambda.Lambda().exceptions.resource_not_found


def test_a_refusal_can_be_pickled():
    with pytest.raises(ClientError) as caught:
        drylambda.Lambda().get_function(FunctionName="nobody")
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert (str(copy), copy.response) == (str(caught.value), caught.value.response)


def test_wrong_parameters_are_botocores_own_exception():
    with pytest.raises(drylambda.ParamValidationError, match='Missing required parameter in input: "FunctionName"'):
        drylambda.Lambda().get_function()
    assert drylambda.ParamValidationError is ParamValidationError


def test_every_operation_is_listed_and_built():
    assert len(drylambda.OPERATIONS) > 90
    assert set(drylambda.OPERATIONS.values()) == {True}


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"account_id": "12"}, ValueError),
        ({"region": "eu west"}, ValueError),
        ({"settle": "soon"}, ValueError),
        ({"settle": []}, TypeError),
    ],
)
def test_options_that_cannot_be_are_refused(options, error):
    with pytest.raises(error):
        drylambda.Lambda(**options)


HEAVY = (
    "asyncio",
    "inspect",
    "botocore",
    "boto3",
    "pytest",
    "unittest",
    "http.client",
    "socket",
    "urllib3",
    "importlib.metadata",
)


@pytest.mark.parametrize("module", ["drylambda", "drylambda.exceptions", "drylambda.mock"])
def test_importing_drylambda_imports_little(module):
    heavy = set(HEAVY) - ({"inspect"} if module == "drylambda.mock" else set())
    program = f"import sys; before = set(sys.modules); import {module}; print(*set(sys.modules) - before)"
    imported = set(run(program).split())
    assert imported & heavy == set()


def test_importing_the_plugin_imports_no_botocore():
    program = "import sys, pytest, drylambda.pytest_plugin; print(*[m for m in sys.modules if m.startswith('boto')])"
    assert run(program).split() == []


def run(program):
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout


def test_a_misspelt_exception_is_no_exception():
    with pytest.raises(AttributeError, match=r"did you mean ResourceNotFoundException\b"):
        drylambda.Lambda().exceptions.ResourceNotFoundExeption  # noqa: B018 - the attribute is the test


@pytest.mark.parametrize("contents", [Path("app.py"), {1: 2}, [1], 7, None], ids=repr)
def test_contents_of_a_package_are_bytes_or_str(contents):
    with pytest.raises(TypeError, match=r'the contents of "app\.py" are bytes or str'):
        drylambda.make_zip({"app.py": contents})


def test_a_directory_that_cannot_be_packed_is_named(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        drylambda.make_zip(tmp_path / "nothing")
    assert caught.value.filename == str(tmp_path / "nothing")
    (tmp_path / "again").symlink_to(tmp_path)
    with pytest.raises(ValueError, match="leads back to a directory above it"):
        drylambda.make_zip(tmp_path)


@pytest.mark.parametrize("options", [{"settle": True}, {"settle": "bogus"}, {"seed": -1}, {"seed": "x"}], ids=repr)
def test_what_settles_and_seeds_is_said_once(options):
    with pytest.raises((TypeError, ValueError), match=r"settle is|seed is"):
        drylambda.Lambda(**options)
    with pytest.raises((TypeError, ValueError), match="for a new emulator"):
        drylambda.Lambda(sharing=drylambda.Lambda(), **options)
