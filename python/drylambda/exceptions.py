"""The exceptions of drylambda: botocore's own where it is installed, equal classes where it is not.

Importing this module does not import botocore; the first exception does. ``drylambda.ClientError`` is therefore the
class to catch with and without botocore:

    try:
        emulator.get_function(FunctionName="nobody")
    except drylambda.ClientError as error:
        assert error.response["Error"]["Code"] == "ResourceNotFoundException"

- ``ClientError``: AWS refused the call. Each of AWS's codes has a subclass: ``emulator.exceptions``.
- ``ParamValidationError``: boto3 refuses the parameters before it sends anything.
- ``EndpointConnectionError``, ``ConnectTimeoutError``, ``ReadTimeoutError``, ``ConnectionClosedError``: the connection
  broke, as a test asked for it (`Lambda.fail`).
- ``OtherServiceError``: an active `mock_lambda` was asked for something other than Lambda.
- ``PackageLostError``: a request was kept and sent again without the large package that travelled beside it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from . import _drylambda

if TYPE_CHECKING:
    from .boto.errors import OtherServiceError, PackageLostError

    # What a type checker sees in place of botocore's classes or ours.
    class _FormattedError(Exception):
        """What the classes of exceptions that are no refusals have in common."""

        fmt: str
        kwargs: dict[str, Any]

    class EndpointConnectionError(_FormattedError):
        """Nobody listens."""

    class ConnectTimeoutError(_FormattedError):
        """Nobody answers."""

    class ReadTimeoutError(_FormattedError):
        """The answer does not come in time."""

    class ConnectionClosedError(_FormattedError):
        """The connection ends before the answer."""

    class ClientError(Exception):
        """AWS's refusal of a call."""

        MSG_TEMPLATE: str
        response: dict[str, Any]
        operation_name: str

        def __init__(self, error_response: dict[str, Any], operation_name: str) -> None: ...

    class ParamValidationError(_FormattedError):
        """Parameters that boto3 refuses before it sends anything."""

        def __init__(self, **kwargs: Any) -> None: ...  # noqa: ANN401 - botocore's own form


__all__ = [
    "ClientError",
    "ConnectTimeoutError",
    "ConnectionClosedError",
    "EndpointConnectionError",
    "Exceptions",
    "OtherServiceError",
    "PackageLostError",
    "ParamValidationError",
    "ReadTimeoutError",
    "UnusedFaultWarning",
    "from_code",
]


class UnusedFaultWarning(UserWarning):
    """A fault that a test asked for met no call, or fewer than it was for."""


class _ClientError(Exception):
    """What stands for botocore's class of this name: its attributes, its text."""

    MSG_TEMPLATE = "An error occurred ({error_code}) when calling the {operation_name} operation: {error_message}"

    def __init__(self, error_response: dict[str, Any], operation_name: str) -> None:
        error = error_response.get("Error", {})
        code, message = error.get("Code", "Unknown"), error.get("Message", "Unknown")
        super().__init__(
            self.MSG_TEMPLATE.format(error_code=code, operation_name=operation_name, error_message=message)
        )
        self.response = error_response
        self.operation_name = operation_name

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as the base class, as botocore's does: the subclasses are made on the fly."""
        return _ClientError, (self.response, self.operation_name)


class _BotoCoreError(Exception):
    """What stands for a class of botocore's: its attributes, its text."""

    fmt = ""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - botocore's own form
        super().__init__(self.fmt.format(**kwargs))
        self.kwargs = kwargs

    def __reduce__(self) -> tuple[Any, ...]:
        return _from_kwargs, (type(self).__name__, self.kwargs)


def _from_kwargs(name: str, kwargs: dict[str, Any]) -> Exception:
    return _FALLBACKS[name](**kwargs)


class _ParamValidationError(_BotoCoreError):
    fmt = "Parameter validation failed:\n{report}"


class _EndpointConnectionError(_BotoCoreError, ConnectionError):
    fmt = 'Could not connect to the endpoint URL: "{endpoint_url}"'


class _ConnectTimeoutError(_BotoCoreError, TimeoutError):
    fmt = 'Connect timeout on endpoint URL: "{endpoint_url}"'


class _ReadTimeoutError(_BotoCoreError, TimeoutError):
    fmt = 'Read timeout on endpoint URL: "{endpoint_url}"'


class _ConnectionClosedError(_BotoCoreError, ConnectionError):
    fmt = 'Connection was closed before we received a valid response from endpoint URL: "{endpoint_url}".'


_FALLBACKS: dict[str, type[Exception]] = {
    "ClientError": _ClientError,
    "ConnectTimeoutError": _ConnectTimeoutError,
    "ConnectionClosedError": _ConnectionClosedError,
    "EndpointConnectionError": _EndpointConnectionError,
    "ParamValidationError": _ParamValidationError,
    "ReadTimeoutError": _ReadTimeoutError,
}
for _name, _class in _FALLBACKS.items():
    _class.__name__ = _class.__qualname__ = _name

_classes: dict[str, type[Exception]] = {}


def from_code(code: str) -> type[ClientError]:
    """Return the subclass of ``ClientError`` for one of AWS's codes, e.g. ``ResourceNotFoundException``."""
    made = _classes.get(code)
    if made is None:
        # Should two threads make one, the first one stays.
        made = _classes.setdefault(code, type(code, (_base("ClientError"),), {"__module__": __name__}))
    return made  # type: ignore[return-value]  # it is made on botocore's class, or ours


def client_error(code: str, response: dict[str, Any], operation: str, hint: str | None) -> Exception:
    """Make the exception for a refused call; the core calls this."""
    return with_hint(from_code(code)(response, operation), hint)


def with_hint(error: Exception, hint: str | None) -> Exception:
    """Attach what drylambda knows beyond AWS's message, as a note below the traceback (Python 3.11 and later)."""
    if hint and sys.version_info >= (3, 11):
        note = f"drylambda: {hint}"
        if note not in getattr(error, "__notes__", ()):
            error.add_note(note)
    return error


def param_validation_error(report: str) -> Exception:
    """Make the exception for parameters that boto3 refuses itself; the core calls this."""
    error: Exception = _base("ParamValidationError")(report=report)
    return error


def connection_error(name: str, url: str) -> Exception:
    """Make the exception for a connection that breaks on demand; the core calls this."""
    error: Exception = _base(name)(endpoint_url=url, error="drylambda was asked for it")
    return error


def warn_of_unused_faults(faults: list[str]) -> None:
    """Warn of faults that met fewer calls than they were for; the core calls this."""
    if faults:
        import warnings  # noqa: PLC0415 - only a mistake needs it

        msg = f"not everything went wrong that should have: {'; '.join(faults)}"
        warnings.warn(msg, UnusedFaultWarning, stacklevel=_level_of_caller())


def _level_of_caller() -> int:
    """Return how far above the caller of this the line is that is not ours: that of a test."""
    import contextlib  # noqa: PLC0415 - only a mistake needs it

    # What contextlib makes of a function stands between it and the block.
    not_of_tests, level = (os.path.dirname(__file__), contextlib.__file__), 1  # noqa: PTH120 - pathlib is not imported for this
    frame = sys._getframe(1)
    while frame.f_code.co_filename.startswith(not_of_tests) and frame.f_back is not None:
        frame, level = frame.f_back, level + 1
    return level


class Exceptions:
    """The exceptions of a `Lambda`, as ``client.exceptions`` of boto3: one attribute for each of AWS's codes."""

    __slots__ = ()

    def from_code(self, code: str) -> type[ClientError]:
        """Return the class for one of AWS's codes."""
        return from_code(code)

    def __getattr__(self, name: str) -> type[ClientError]:
        if name == "ClientError":
            client_error: type[ClientError] = _base(name)
            return client_error
        if name not in _drylambda.error_codes():
            from difflib import get_close_matches  # noqa: PLC0415 - only a wrong name needs it

            nearest = get_close_matches(name, _drylambda.error_codes(), 3)
            instead = f"; did you mean {' or '.join(nearest)}?" if nearest else ", as ResourceNotFoundException is"
            msg = f"{name!r} is not one of AWS's codes{instead}"
            raise AttributeError(msg)
        return from_code(name)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), "ClientError", *_drylambda.error_codes()]


#: The one namespace of all emulators: their classes are the same.
NAMESPACE = Exceptions()


def _base(name: str) -> Any:  # noqa: ANN401 - each has arguments of its own
    """Return a class that botocore may have: botocore's, or ours."""
    try:
        from botocore import exceptions  # noqa: PLC0415 - it need not be there
    except ImportError:
        return _FALLBACKS[name]
    return getattr(exceptions, name)


if not TYPE_CHECKING:  # a type checker would take every name for one that is there

    def __getattr__(name: str) -> Any:  # noqa: ANN401 - the attribute's own type is not known here
        if name in _FALLBACKS:
            return _base(name)
        if name in ("OtherServiceError", "PackageLostError"):
            from .boto import errors  # noqa: PLC0415 - it imports botocore

            return getattr(errors, name)
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
