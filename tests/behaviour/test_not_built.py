"""What is not built: what runs code, which says so with a name and a version (its texts are in test_invoke.py)."""

from __future__ import annotations

from botocore.session import get_session
from texts import not_built

import drylambda

MODEL = get_session().get_service_model("lambda")
PARTLY = {"Invoke", "InvokeAsync", "InvokeWithResponseStream"}


def test_every_operation_of_the_installed_botocore_is_known():
    # A newer botocore has something to build here.
    assert list(drylambda.OPERATIONS) == sorted(MODEL.operation_names)


def test_all_is_built_but_running_code():
    assert {name for name, built in drylambda.OPERATIONS.items() if not built} == PARTLY


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
