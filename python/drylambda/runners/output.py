"""Where a handler's output goes: ``print`` and `logging` write to the log of its function.

The one idea to hold: an execution environment has one pair of streams and one logging handler for all its calls, as
what is made at import (``logging.StreamHandler(sys.stdout)``) writes in every call after it. The streams are the whole
process's while a handler runs, so it counts which thread writes: one that a function has started writes to its log, and
one that was there before the call as it did then.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from drylambda._drylambda import Invocation

__all__ = ["Output", "log_entry"]

#: What a frame of text begins with.
_FRAME = b"\xa5\x5a\x00\x03"
_DATE = "%Y-%m-%dT%H:%M:%S"
#: What every record has; the rest was given with ``extra`` and is written as it is.
_RESERVED = {*vars(logging.makeLogRecord({})), "message", "asctime", "aws_request_id", "tenant_id", "taskName"}


#: Which log a thread writes to that a handler has started.
_owners: WeakKeyDictionary[threading.Thread, _Log] = WeakKeyDictionary()
#: The log of the innermost call; only whoever has the turn changes it.
_current: _Log | None = None
#: Modules that read what somebody types at a breakpoint.
_DEBUGGERS = frozenset({"cmd", "code", "pdb"})


class _Log:
    """Bytes that are taken at the end of a call; what is written between two calls belongs to the next."""

    def __init__(self) -> None:
        self.written = bytearray()
        #: How many calls are under way, one in the other, and whether there will be no other.
        self.calls = 0
        self.ended = False
        #: The thread of the call, and those that were there before it: the test's, or other functions'.
        self.thread = 0
        self.strangers: set[threading.Thread] = set()

    def write(self, data: Any) -> None:  # noqa: ANN401 - whatever is a buffer
        if self.calls or not self.ended:
            self.written += data

    def whose(self) -> _Log | None:
        """Return the log of whoever runs, who is about to write to this one; None for who has none."""
        if not self.calls or threading.get_ident() == self.thread:
            return self
        thread = threading.current_thread()
        return _owners.get(thread, None if thread in self.strangers else self)

    def adopt(self, threads: set[threading.Thread]) -> None:
        """Take the threads that have come since the call began for the function's own."""
        for thread in threads - self.strangers:
            _owners.setdefault(thread, self)


class _Raw(io.RawIOBase):
    """What is below a stream: whatever is written goes to the log of whoever writes."""

    def __init__(self, log: _Log) -> None:
        self._log = log
        #: The process's own stream, or that of an outer handler.
        self.own: TextIO | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:  # noqa: ANN401
        log, own = self._log.whose(), self.own
        if log is not None:
            log.write(data)
        elif own is not None:
            own.write(bytes(data).decode("utf-8", "replace"))
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
    """What an outer call of the same environment goes on with, and the log of whatever called."""

    written: bytearray
    thread: int
    strangers: set[threading.Thread]
    request_id: str
    tenant_id: str | None
    caller: _Log | None


class Output:
    """Streams and logging handler of one execution environment."""

    __slots__ = ("_log", "_raws", "handler", "stderr", "stdin", "stdout")

    def __init__(self, *, is_json: bool) -> None:
        self._log = _Log()
        self._raws = _Raw(self._log), _Raw(self._log)
        self.stdin = _Input(io.BytesIO(), encoding="utf-8")
        self.stdout, self.stderr = map(_stream, self._raws)
        self.handler = _Handler(self._log, self._raws[0], JsonFormatter() if is_json else _text_formatter())

    def begin(self, stdin: TextIO, stdout: TextIO, stderr: TextIO) -> _Call:
        """Begin a call, with the streams that are there; return what `end` needs."""
        global _current  # noqa: PLW0603 - there is one process
        log, handler, caller = self._log, self.handler, _current
        outer = _Call(log.written, log.thread, log.strangers, handler.request_id, handler.tenant_id, caller)
        threads = set(threading.enumerate())
        if caller is not None:
            caller.adopt(threads)
        if log.calls:
            log.written = bytearray()
        else:
            self.stdin.own = stdin.own if isinstance(stdin, _Input) else stdin
            for raw, own in zip(self._raws, (stdout, stderr), strict=True):
                raw.own = own
        log.calls += 1
        log.thread = threading.get_ident()
        log.strangers = {thread for thread in threads if _owners.get(thread) is not log}
        handler.request_id, handler.tenant_id = "", None
        _current = log
        return outer

    def end(self, outer: _Call) -> bytes:
        """End a call; return what it has written."""
        global _current  # noqa: PLW0603
        log, handler = self._log, self.handler
        log.adopt(set(threading.enumerate()))
        log.calls -= 1
        written, log.written = log.written, outer.written if log.calls else bytearray()
        log.thread, log.strangers = outer.thread, outer.strangers
        handler.request_id, handler.tenant_id = outer.request_id, outer.tenant_id
        if not log.calls:
            self.stdin.own = self._raws[0].own = self._raws[1].own = None
        _current = outer.caller
        return bytes(written)

    def identify(self, invocation: Invocation) -> None:
        """Say which call the records of `logging` belong to; those of the initialization belong to none."""
        self.handler.request_id, self.handler.tenant_id = invocation.request_id, invocation.tenant_id

    def close(self) -> None:
        """Drop what is written from now on, but for the calls that are under way: the environment is gone."""
        self._log.ended = True


def _stream(raw: io.RawIOBase) -> io.TextIOWrapper:
    # The types of the standard library want a buffer; what writes through needs none.
    buffer: Any = raw
    return io.TextIOWrapper(buffer, encoding="utf-8", errors="backslashreplace", write_through=True)


class _Handler(logging.Handler):
    """What Lambda adds to the root logger."""

    def __init__(self, log: _Log, raw: _Raw, formatter: logging.Formatter) -> None:
        super().__init__()
        self._log, self._raw = log, raw
        self.request_id: str = ""
        self.tenant_id: str | None = None
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        if self._log.whose() is None:
            return
        record.aws_request_id, record.tenant_id = self.request_id, self.tenant_id
        self._raw.write(_framed(self.format(record)))


def log_entry(text: str) -> None:
    """Write one entry to the log of the handler that runs, however many lines it has."""
    if _current is None:
        sys.stdout.write(f"{text}\n")
    else:
        _current.write(_framed(text))


def _framed(text: str) -> bytes:
    """Write an entry as AWS's runtime clients do: kind, length, moment, text. The core takes it for one entry."""
    data = text.encode("utf-8", "backslashreplace")
    return _FRAME + len(data).to_bytes(4, "big") + bytes(8) + data


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
