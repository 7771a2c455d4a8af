"""pytest's fixtures: an emulator for each test, and a client.

The one idea to hold: override `drylambda_settings` to have other options, for a module, a package or all of it::

    @pytest.fixture
    def drylambda_settings():
        return {"region": "eu-west-1", "settle": "instant"}

    def test_deploy(drylambda, lambda_client):
        deploy("app", region="eu-west-1")
        assert lambda_client.get_function(FunctionName="app")["Configuration"]["State"] == "Active"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drylambda import Lambda


@pytest.fixture
def drylambda_settings() -> dict[str, Any]:
    """Options of `drylambda.mock_lambda` for the other fixtures; override it."""
    return {}


@pytest.fixture
def drylambda(drylambda_settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Lambda]:
    """Return a new emulator that answers every boto3 client for Lambda during the test."""
    # pytest imports this module in every run where drylambda is installed, so it imports nothing else.
    from drylambda import mock_lambda  # noqa: PLC0415

    mock = mock_lambda(**drylambda_settings)
    # monkeypatch is undone after the mock is left; what it sets, it must also have found.
    for name, value in mock.variables().items():
        monkeypatch.setenv(name, value)
    with mock as emulator:
        yield emulator


@pytest.fixture
def lambda_client(drylambda: Lambda, drylambda_settings: dict[str, Any]) -> Any:  # noqa: ANN401 - botocore makes the class
    """Return a boto3 client for Lambda, answered by the test's emulator."""
    return drylambda.client(depth=drylambda_settings.get("depth", "wire"))
