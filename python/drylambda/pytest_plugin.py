"""pytest's fixtures: an emulator for each test, and a client.

The one idea to hold: options come from the nearest who gives them, the marker of a test before the fixture
`drylambda_settings`, and that before pytest's configuration::

    [tool.pytest.ini_options]
    drylambda_region = "eu-west-1"

    @pytest.fixture
    def drylambda_settings():
        return {"settle": "instant"}

    @pytest.mark.drylambda(seed=1)
    def test_deploy(lambda_client):
        deploy("app")
        assert lambda_client.get_function(FunctionName="app")["Configuration"]["State"] == "Active"

With ``drylambda_moto = true`` in the ini file, or ``DRYLAMBDA_MOTO=1`` in the environment, Lambda is drylambda's within
moto's ``mock_aws`` during the whole run: `drylambda.moto.install`.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drylambda import Lambda, Server

#: The emulator of a test's fixture, and whether the test has failed.
_EMULATOR: Any = pytest.StashKey()
_FAILED: Any = pytest.StashKey()
_MARKER = (
    "drylambda(**options): answer every boto3 client for Lambda during the test; the options are those of "
    "drylambda.mock_lambda"
)


#: What puts drylambda into moto for a run: an option of the ini file, and a variable.
_MOTO_OPTION, _MOTO_VARIABLE = "drylambda_moto", "DRYLAMBDA_MOTO"
_YES, _NO = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")
#: Options whose value need not be right before a test needs it.
_MADE_DURING_THE_RUN = ("s3_dir",)
#: What says who somebody is beside keys, and where services are beside URLs.
_OF_SOMEBODY = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")
#: Options that are of `mock_lambda` and of no emulator.
_OF_MOCKS = ("depth", "others", "s3")


def _seconds(text: str) -> str | float:
    return text if text in ("on_read", "instant") else float(text)


def _runner(text: str) -> str:
    if text not in ("process", "in_process", "container"):
        raise ValueError
    return text


def _flag(text: str) -> bool:
    flags = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    return flags[text.lower()]


#: The options that pytest's configuration may have, by name: what reads their text, and what they are. All of
#: `mock_lambda`'s are here but those that are no text: an emulator, policies, and what tells of roles
#: and security groups.
_INI: dict[str, tuple[Callable[[str], Any], str]] = {
    "account_id": (str, "twelve digits"),
    "code_storage_limit": (int, "bytes"),
    "depth": (str, '"wire" or "call"'),
    "dry_run_conflicts": (_flag, "whether a dry run is refused while an update is under way: true or false"),
    "keep_version_numbers": (_flag, "whether version numbers go on in a function made again: true or false"),
    "others": (str, '"refuse" or "pass"'),
    "region": (str, "the Region of the emulator, and AWS_DEFAULT_REGION"),
    "runner": (_runner, '"process", "in_process" or "container"'),
    "s3": (_flag, "whether S3 is answered too: true or false"),
    "s3_dir": (str, "a folder whose sub-folders are buckets"),
    "s3_endpoint": (str, "a server that speaks S3"),
    "seed": (int, "a number that makes ids and times the same in every run"),
    "settle": (_seconds, '"on_read", "instant" or a number of seconds'),
    "strict_images": (_flag, "whether images must be declared: true or false"),
    "strict_runtimes": (_flag, "whether runtimes that AWS has retired are refused: true or false"),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the configuration."""
    for name, (_, help_text) in _INI.items():
        parser.addini(f"drylambda_{name}", f"drylambda.mock_lambda({name}=...) for the fixtures: {help_text}")
    parser.addini(_MOTO_OPTION, "let drylambda answer Lambda within moto's mock_aws", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Add the marker, and put drylambda into moto for the run if that is asked for."""
    config.addinivalue_line("markers", _MARKER)
    _check(_configured(config))
    if _wants_moto(config):
        _install_in_moto(config)


def _wants_moto(config: pytest.Config) -> bool:
    """Return what the environment says of moto, or else the ini file."""
    found = os.environ.get(_MOTO_VARIABLE)
    if found is None:
        try:
            return bool(config.getini(_MOTO_OPTION))
        except (ValueError, pytest.UsageError) as error:
            msg = f"{_MOTO_OPTION}: {error}"
            raise pytest.UsageError(msg) from error
    word = found.strip().lower()
    if word not in (*_YES, *_NO):
        msg = f"{_MOTO_VARIABLE} is one of {', '.join(_YES)} or {', '.join(filter(None, _NO))}, not {found!r}"
        raise pytest.UsageError(msg)
    return word in _YES


@pytest.fixture(autouse=True)
def _drylambda_marker(request: pytest.FixtureRequest) -> None:
    """Let a test with the marker be answered without asking for a fixture."""
    if request.node.get_closest_marker("drylambda"):
        request.getfixturevalue("drylambda")


@pytest.fixture
def drylambda_settings() -> dict[str, Any]:
    """Options of `drylambda.mock_lambda` for the other fixtures; override it."""
    return {}


@pytest.fixture
def drylambda_prepared() -> Lambda | None:
    """Return an emulator for each test to begin with a fork of; override it, with ``scope="session"`` to do it once."""
    return None


@pytest.fixture
def drylambda(
    request: pytest.FixtureRequest,
    drylambda_settings: dict[str, Any],
    drylambda_prepared: Lambda | None,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Lambda]:
    """Return an emulator that answers every boto3 client for Lambda during the test: a new one, or what is prepared."""
    # pytest imports this module in every run where drylambda is installed, so it imports nothing else.
    from drylambda import mock_lambda  # noqa: PLC0415

    options = _options(request, drylambda_settings)
    if drylambda_prepared is not None and "lambda_" not in options:
        options = _of_prepared(request, drylambda_prepared, _nearby(request, drylambda_settings))
    mock = mock_lambda(**options)
    # monkeypatch is undone after the mock is left; what it sets, it must also have found.
    for name, value in mock.variables().items():
        monkeypatch.setenv(name, value)
    with mock as emulator:
        request.node.stash[_EMULATOR] = emulator
        yield emulator
        if request.node.stash.get(_FAILED, False):
            # A test that failed need not hear what did not go wrong.
            emulator._end_faults()


@pytest.fixture
def drylambda_server(
    request: pytest.FixtureRequest,
    drylambda_settings: dict[str, Any],
    drylambda_prepared: Lambda | None,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Server]:
    """Return a server at a free port, to which the environment leads: for the AWS CLI, other programs, other languages.

    It serves the emulator of the fixture `drylambda` if the test has that too, and one like it otherwise.
    """
    from drylambda import Server  # noqa: PLC0415 - as above

    if "drylambda" in request.fixturenames:
        options = {"lambda_": request.getfixturevalue("drylambda")}
    else:
        options = _options(request, drylambda_settings)
        if drylambda_prepared is not None and "lambda_" not in options:
            options = _of_prepared(request, drylambda_prepared, _nearby(request, drylambda_settings))
        options = {name: value for name, value in options.items() if name not in _OF_MOCKS}
    with Server(**options) as server:
        request.node.stash[_EMULATOR] = server.lambda_
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        for name in _OF_SOMEBODY:
            monkeypatch.delenv(name, raising=False)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.setenv(name, f"{server.host},{os.environ.get(name, '')}")
        # boto3's default session has the keys with which it was made first.
        boto3: Any = sys.modules.get("boto3")
        session = getattr(boto3, "DEFAULT_SESSION", None)
        if boto3 is not None:
            boto3.DEFAULT_SESSION = None
        try:
            yield server
        finally:
            boto3 = sys.modules.get("boto3")
            if boto3 is not None:
                boto3.DEFAULT_SESSION = session
        if request.node.stash.get(_FAILED, False):
            server.lambda_._end_faults()


@pytest.fixture
def lambda_client(request: pytest.FixtureRequest, drylambda: Lambda, drylambda_settings: dict[str, Any]) -> Any:  # noqa: ANN401 - botocore makes the class
    """Return a boto3 client for Lambda, answered by the test's emulator."""
    return drylambda.client(depth=_options(request, drylambda_settings).get("depth", "wire"))


def _install_in_moto(config: pytest.Config) -> None:
    from drylambda import moto  # noqa: PLC0415 - it imports moto

    options = {name: value for name, value in _configured(config).items() if name not in _OF_MOCKS}
    try:
        installed = moto.install(**options)
    except moto.MotoNotSupportedError as error:
        raise pytest.UsageError(str(error)) from error
    config.add_cleanup(installed.undo)


def _of_prepared(request: pytest.FixtureRequest, prepared: Lambda, nearby: dict[str, Any]) -> dict[str, Any]:
    """Return the options with which a test begins with what is prepared."""
    from drylambda import Lambda  # noqa: PLC0415 - as above

    if not isinstance(prepared, Lambda):
        msg = f"drylambda_prepared returns a drylambda.Lambda or None, not {prepared!r}"
        raise pytest.UsageError(msg)
    wrong = ", ".join(name for name in nearby if name not in (*_OF_MOCKS, "region", "account_id"))
    if wrong:
        msg = f"{wrong}: for a new emulator; that of the fixture drylambda_prepared has its own settings"
        raise pytest.UsageError(msg)
    # What the configuration says of emulators is for new ones.
    configured = {name: it for name, it in _configured(request.config).items() if name in _OF_MOCKS}
    return configured | nearby | {"lambda_": prepared.fork()}


def _options(request: pytest.FixtureRequest, settings: dict[str, Any]) -> dict[str, Any]:
    """Return what the configuration, the fixture and the markers say, the nearest last."""
    return _configured(request.config) | _nearby(request, settings)


def _nearby(request: pytest.FixtureRequest, settings: dict[str, Any]) -> dict[str, Any]:
    """Return what the fixture and the markers say, the nearest last."""
    options = dict(settings)
    for marker in reversed(list(request.node.iter_markers("drylambda"))):
        if marker.args:
            msg = f"@pytest.mark.drylambda takes options by name, not {marker.args!r}"
            raise pytest.UsageError(msg)
        options |= marker.kwargs
    return options


def _configured(config: pytest.Config) -> dict[str, Any]:
    options = {}
    for name, (read, help_text) in _INI.items():
        text = config.getini(f"drylambda_{name}")
        if text:
            try:
                options[name] = read(text)
            except (KeyError, ValueError):
                msg = f"drylambda_{name} is {help_text}, not {text!r}"
                raise pytest.UsageError(msg) from None
    return options


def _check(options: dict[str, Any]) -> None:
    """Refuse what can be no option before the first test, and not in each."""
    for name, value in options.items():
        if name in _MADE_DURING_THE_RUN:
            continue
        from drylambda import mock_lambda  # noqa: PLC0415 - only who configures it

        try:
            mock_lambda(**{name: value})
        except (TypeError, ValueError) as error:
            msg = f"drylambda_{name} = {value}: {error}"
            raise pytest.UsageError(msg) from error


@pytest.hookimpl(hookwrapper=True)  # the newer form asks for pytest 8
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Show what was called below a test that failed with the fixture."""
    outcome: Any = yield
    report: pytest.TestReport = outcome.get_result()
    emulator = item.stash.get(_EMULATOR, None)
    if report.failed and report.when != "teardown" and emulator is not None:
        item.stash[_FAILED] = True
        calls = str(emulator.journal)
        if calls:
            report.sections.append(("drylambda was called", calls))
