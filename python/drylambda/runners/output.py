"""Where a handler's output goes: ``print`` and `logging` write to the log of its function.

The one idea to hold: an execution environment has one pair of streams and one logging handler for all its calls, as
what is made at import (``logging.StreamHandler(sys.stdout)``) writes in every call after it.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import time
import traceback
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

if TYPE_CHECKING:
    from drylambda._drylambda import Invocation

__all__ = ["Output"]

_DATE = "%Y-%m-%dT%H:%M:%S"
#: What every record has; the rest was given with ``extra`` and is written as it is.
_RESERVED = {*vars(logging.makeLogRecord({})), "message", "asctime", "aws_request_id", "tenant_id", "taskName"}


#: Modules that read what somebody types at a breakpoint.
_DEBUGGERS = frozenset({"cmd", "code", "pdb"})


class _Sink(io.RawIOBase):
    """Bytes that are taken at the end of a call; what is written between two calls belongs to the next."""

    def __init__(self) -> None:
        self.written = bytearray()
        #: How many calls are under way, one in the other, and whether there will be no other.
        self.calls = 0
        self.ended = False

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:  # noqa: ANN401 - whatever is a buffer
        if self.calls or not self.ended:
            self.written += data
        return len(data)


class _Input(io.TextIOWrapper):
    """Nothing, as in Lambda; a debugger alone reads what the process would."""

    own: TextIO | None = None

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        """Return a line for a debugger, and the end of the file for a handler."""
        if self.own is not None and sys._getframe(1).f_globals.get("__name__") in _DEBUGGERS:
            return self.own.readline()
        return super().readline(size)


class _Call(NamedTuple):
    """What a call has written, and whose records are logged."""

    written: bytearray
    request_id: str
    tenant_id: str | None


class Output:
    """Streams and logging handler of one execution environment."""

    __slots__ = ("_sink", "handler", "stderr", "stdin", "stdout")

    def __init__(self, *, is_json: bool) -> None:
        self._sink = _Sink()
        self.stdin = _Input(io.BytesIO(), encoding="utf-8")
        self.stdout = self._stream()
        self.stderr = self._stream()
        self.handler = _Handler(self.stdout, JsonFormatter() if is_json else _text_formatter())

    def _stream(self) -> io.TextIOWrapper:
        # The types of the standard library want a buffer; what writes through needs none.
        sink: Any = self._sink
        return io.TextIOWrapper(sink, encoding="utf-8", errors="backslashreplace", write_through=True)

    def begin(self, stdin: TextIO) -> _Call:
        """Begin a call; return what an outer call of the same environment goes on with, for `end`."""
        sink, handler = self._sink, self.handler
        outer = _Call(sink.written, handler.request_id, handler.tenant_id)
        if sink.calls:
            sink.written = bytearray()
        else:
            self.stdin.own = stdin.own if isinstance(stdin, _Input) else stdin
        sink.calls += 1
        handler.request_id, handler.tenant_id = "", None
        return outer

    def end(self, outer: _Call) -> bytes:
        """End a call; return what it has written."""
        sink, handler = self._sink, self.handler
        sink.calls -= 1
        written, sink.written = sink.written, outer.written if sink.calls else bytearray()
        handler.request_id, handler.tenant_id = outer.request_id, outer.tenant_id
        return bytes(written)

    def identify(self, invocation: Invocation) -> None:
        """Say which call the records of `logging` belong to; those of the initialization belong to none."""
        self.handler.request_id, self.handler.tenant_id = invocation.request_id, invocation.tenant_id

    def close(self) -> None:
        """Drop what is written from now on, but for the calls that are under way: the environment is gone."""
        self._sink.ended = True


class _Handler(logging.Handler):
    """What Lambda adds to the root logger."""

    def __init__(self, stream: io.TextIOBase, formatter: logging.Formatter) -> None:
        super().__init__()
        self._stream = stream
        self.request_id: str = ""
        self.tenant_id: str | None = None
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        record.aws_request_id, record.tenant_id = self.request_id, self.tenant_id
        self._stream.write(self.format(record))


def _text_formatter() -> logging.Formatter:
    form = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
    formatter = logging.Formatter(form, _DATE)
    formatter.converter = time.gmtime
    return formatter


class JsonFormatter(logging.Formatter):
    """Records as Lambda writes them for functions whose log format is JSON."""

    def __init__(self) -> None:
        super().__init__(datefmt=f"{_DATE}Z")
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        kind, error, trace = record.exc_info or (None, None, None)
        message = record.msg if isinstance(record.msg, dict) and not record.args else record.getMessage()
        members = {
            "timestamp": self.formatTime(record, self.datefmt),
            "level": record.levelname,
            "message": message,
            "logger": record.name,
            "stackTrace": traceback.format_tb(trace) if kind else None,
            "errorType": kind and kind.__name__,
            "errorMessage": str(error) if kind else None,
            "requestId": getattr(record, "aws_request_id", None),
            "location": f"{record.pathname}:{record.funcName}:{record.lineno}" if kind else None,
            "tenantId": getattr(record, "tenant_id", None),
        }
        extra = {name: it for name, it in vars(record).items() if name not in _RESERVED and name not in members}
        told = {name: it for name, it in {**members, **extra}.items() if it is not None}
        return json.dumps(told, ensure_ascii=False, default=str) + "\n"
