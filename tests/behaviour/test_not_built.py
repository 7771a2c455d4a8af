"""All of the API is built; what botocore has anew has to be."""

from __future__ import annotations

from botocore.session import get_session

import drylambda

MODEL = get_session().get_service_model("lambda")


def test_every_operation_of_the_installed_botocore_is_known():
    # A newer botocore has something to build here.
    assert list(drylambda.OPERATIONS) == sorted(MODEL.operation_names)


def test_all_is_built():
    assert {name for name, built in drylambda.OPERATIONS.items() if not built} == set()


def test_a_version_is_that_of_the_package():
    from importlib.metadata import version

    assert drylambda.__version__ == version("drylambda")
