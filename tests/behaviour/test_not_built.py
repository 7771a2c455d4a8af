"""What is not built answers 501 with a name and a version, and is not tried again: for every such operation."""

from __future__ import annotations

import pytest
from botocore import xform_name
from botocore.session import get_session
from constraints import minimal
from texts import not_built

import drylambda

MODEL = get_session().get_service_model("lambda")
#: Their refusal has a text of its own: test_invoke.py.
PARTLY = {"Invoke", "InvokeAsync", "InvokeWithResponseStream"}
NOT_BUILT = [name for name, built in drylambda.OPERATIONS.items() if not built and name not in PARTLY]


def test_the_operations_are_those_of_the_model():
    assert list(drylambda.OPERATIONS) == sorted(MODEL.operation_names)
    assert sum(drylambda.OPERATIONS.values()) >= 19


@pytest.mark.parametrize("name", NOT_BUILT)
def test_an_operation_that_is_not_built_says_so(way, name):
    operation = MODEL.operation_model(name)
    parameters = minimal(operation.input_shape) if operation.input_shape else {}
    call = getattr(way.lambda_, xform_name(name))
    error = way.refused(call, not_built(name, drylambda.__version__), **parameters)
    assert error.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_what_is_not_built_is_validated_all_the_same(way):
    error = None
    try:
        way.lambda_.invoke(FunctionName="fn!")
    except drylambda.ClientError as caught:
        error = caught
    assert error.response["Error"]["Code"] == "ValidationException"


def test_what_is_not_built_changes_nothing(way, fn):
    with way.unchanged("fn"):
        what = "what runs code, which InvokeAsync needs,"
        way.refused(
            way.lambda_.invoke_async, not_built(what, drylambda.__version__), FunctionName="fn", InvokeArgs=b"{}"
        )


def test_a_version_is_that_of_the_package():
    from importlib.metadata import version

    assert drylambda.__version__ == version("drylambda")
