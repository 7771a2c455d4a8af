"""What a handler's end becomes: its answer as JSON, or an error in the form of Lambda's runtime for Python.

The one idea to hold: texts, types and forms are those of `awslambdaric` 4.2.2, which is what runs handlers on AWS; only
the places of files are put right, as a package lies elsewhere here.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from contextlib import contextmanager, suppress
from pathlib import Path
from types import CoroutineType
from typing import TYPE_CHECKING, Any, TypeAlias

from .context import LambdaContext
from .encoder import encode
from .fault import Fault
from .output import log_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

    from drylambda._drylambda import Invocation

__all__ = ["Fault", "Handler", "answer", "died", "error_of", "event_of", "exited", "init_fault", "place", "timed_out"]

Handler: TypeAlias = "Callable[[Any, Any], object]"
#: The payload of an answer, and the ``errorType`` if it is an error.
Answer: TypeAlias = "tuple[bytes, str | None]"

#: The first version of Python whose runtime writes UTF-8 in place of ASCII with escapes.
_UTF8_SINCE = 12
#: What begins a line of a stack trace in the log: no log drops a NO-BREAK SPACE.
_INDENT = "\u00a0"
_OURS = str(Path(__file__).parent)

#: What the runtime logs before an error of the initialization.
INIT_WARNING = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. However, in "
    "rare cases, a Lambda runtime update can cause unexpected function behavior. For functions using managed "
    "runtimes, runtime updates can be triggered by a function change, or can be applied automatically. To "
    "determine if the runtime has been updated, check the runtime version in the INIT_START log entry. If this "
    "error correlates with a change in the runtime version, you may be able to mitigate this error by "
    "temporarily rolling back to the previous runtime version. For more information, see "
    "https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html\r"
)


def answer(handler: Handler, invocation: Invocation, places: Mapping[str, str]) -> Answer:
    """Call a handler; return its answer, or the error that comes of an exception.

    ``places`` says under which path of AWS's a directory of ours is. What is no ``Exception`` passes.

    Raises ``SystemExit`` where the runtime's own process would end.
    """
    with _mortal():
        try:
            context = LambdaContext(invocation)
            response = handler(event_of(invocation.payload), context)
            payload: Any = response if isinstance(response, bytes) else _marshalled(response, invocation.runtime)
        except Fault as fault:
            return _told(error_of(fault.kind, fault.message, invocation.request_id, fault.trace), invocation)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises
            return _told(exception_of(error, invocation.request_id, places), invocation)
        # A lone surrogate cannot be sent, and neither can what only says that it is of bytes.
        return payload.encode() if isinstance(payload, str) else b"".join((payload,)), None


@contextmanager
def _mortal() -> Iterator[None]:
    """End the runtime where it fails itself, as at an exception whose ``__str__`` raises."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - a handler's objects may raise anything
        raise died(error) from None


def died(error: BaseException) -> SystemExit:
    """Write to the log why the runtime's process would end; return what ends it."""
    with suppress(Exception):
        traceback.print_exception(error, file=sys.stderr)
    return SystemExit(1)


def event_of(payload: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Read an event; raise `Fault` for what is no JSON."""
    try:
        return json.loads(payload.decode())
    except Exception as error:  # noqa: BLE001 - as the runtime does
        kind = "Runtime.UnmarshalError"
        raise Fault(kind, f"Unable to unmarshal input: {error}") from None


def _marshalled(response: object, runtime: str | None) -> str:
    try:
        return encode(response, ensure_ascii=writes_ascii(runtime))
    except Exception as error:  # noqa: BLE001 - as the runtime does
        if type(response) is CoroutineType:
            # Nobody awaits it, here or on AWS; Python need not warn of it as well.
            with suppress(Exception):
                response.close()
        kind = "Runtime.MarshalError"
        raise Fault(kind, f"Unable to marshal response: {error}") from None


def writes_ascii(runtime: str | None) -> bool:
    """Tell whether a runtime escapes what is not ASCII: those before Python 3.12 do."""
    major, _, minor = (runtime or "").removeprefix("python").partition(".")
    return major == "3" and minor.isdigit() and int(minor) < _UTF8_SINCE


def error_of(kind: str, message: str, request_id: str, trace: list[str]) -> dict[str, Any]:
    """Make the error of an answer."""
    return {"errorMessage": message, "errorType": kind, "requestId": request_id, "stackTrace": trace}


def exception_of(error: BaseException, request_id: str, places: Mapping[str, str]) -> dict[str, Any]:
    """Make the error of an answer that an exception is, without our own frames in its stack trace."""
    # A class may have another idea of its traceback.
    trace = vars(BaseException)["__traceback__"].__get__(error)
    return error_of(type(error).__name__, str(error), request_id, _trace(trace, places))


def _trace(trace: TracebackType | None, places: Mapping[str, str]) -> list[str]:
    frames = [frame for frame in traceback.extract_tb(trace) if not frame.filename.startswith(_OURS)]
    # Without columns there are no markers below a line, as on AWS.
    return traceback.format_list([(place(it.filename, places), it.lineno or 0, it.name, it.line) for it in frames])


def place(filename: str, places: Mapping[str, str]) -> str:
    """Return where a file is on AWS."""
    for ours, theirs in places.items():
        if filename.startswith(f"{ours}/"):
            return theirs + filename[len(ours) :]
    return filename


def _told(error: dict[str, Any], invocation: Invocation) -> Answer:
    """Write an error to the log, and as a payload."""
    if not isinstance(error["errorType"], str):
        msg = "a class has a name that is no text"
        raise TypeError(msg)
    ascii_only = writes_ascii(invocation.runtime)
    if invocation.log_format == "JSON":
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = encode({"timestamp": moment, "level": "ERROR", **error}, ensure_ascii=ascii_only)
        log_entry(line)
    else:
        log_entry(_text(error))
    payload = encode(error, ensure_ascii=ascii_only).encode("utf-8", "backslashreplace")
    return payload, error["errorType"]


def _text(error: dict[str, Any]) -> str:
    message = f": {error['errorMessage']}" if error["errorMessage"] else ""
    lines = [f"[ERROR] {error['errorType']}{message}", "Traceback (most recent call last):"]
    for entry in error["stackTrace"]:
        for line in entry.splitlines():
            text = line.lstrip(" ")
            lines.append(_INDENT * (len(line) - len(text)) + text)
    # One event of the log has several lines, which a newline would end.
    return "\n".join(lines)


def init_fault(fault: Fault | Exception, invocation: Invocation, places: Mapping[str, str]) -> Answer:
    """Return the answer where a handler could not be imported: an error without the id of a request.

    Raises ``SystemExit`` as `answer` does.
    """
    with _mortal():
        if isinstance(fault, Fault):
            error = error_of(fault.kind, fault.message, "", fault.trace)
        else:
            error = exception_of(fault, "", places)
        logging.getLogger().warning(INIT_WARNING)
        return _told(error, invocation)


def exited(error: SystemExit, request_id: str) -> Answer:
    """Return the answer where a handler ends its process."""
    status = _status(error)
    reason = f"with error: exit status {status}" if status else "without providing a reason"
    return _sandbox("Runtime.ExitError", f"Runtime exited {reason}", request_id)


def _status(error: SystemExit) -> int:
    """Return the status of a process that ends so, as Python has it: with a text for an error that is no number."""
    try:
        status: Any = error.code
    except Exception:  # noqa: BLE001 - a class of a handler's
        status = error
    if status is None:
        return 0
    if issubclass(type(status), int):
        number = int.__index__(status)
        return number & 0xFF if -(1 << 63) <= number < 1 << 63 else 0xFF
    with suppress(Exception):
        sys.stderr.write(f"{status}\n")
    return 1


def timed_out(seconds: float, request_id: str) -> Answer:
    """Return the answer where a handler took longer than it may."""
    return _sandbox("Sandbox.Timedout", f"Task timed out after {seconds:.2f} seconds", request_id)


def _sandbox(kind: str, reason: str, request_id: str) -> Answer:
    error = {"errorType": kind, "errorMessage": f"RequestId: {request_id} Error: {reason}"}
    return json.dumps(error, separators=(",", ":")).encode(), kind
