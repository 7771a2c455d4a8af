"""What of the process is Lambda's while a handler runs: variables, streams, logging, the working directory.

The one idea to hold: all of it belongs to the whole process. So handlers run one after the other, each finds the
process's own with what is its function's over it (and nothing of an outer handler's), and afterwards everything is as
it was, whatever the handler did to it. What it did stays for the next call of the same environment, as in a process.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from . import RunnerError
from .environment import Put, Variables, read, restore
from .output import Output

if TYPE_CHECKING:
    from collections.abc import Callable

    from drylambda._drylambda import Invocation

__all__ = ["TURN", "Surroundings"]

T = TypeVar("T")

#: How long a handler waits for another one, in seconds, before that is taken for a deadlock.
PATIENCE_SECONDS = 60

#: Where the package of a function is on AWS.
TASK_ROOT = "/var/task"


class Turn:
    """The one handler that runs; the thread that has the turn may take it again."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._name = ""
        #: How often it was taken.
        self._turns = 0
        #: The thread that has it, and how often it took it.
        self._thread, self._depth = 0, 0

    def take(self, name: str) -> None:
        """Wait until no other thread runs a handler.

        Raises `RunnerError` where that does not end.
        """
        seen = -1
        while not self._lock.acquire(timeout=PATIENCE_SECONDS):
            # As long as others come and go, its turn will come.
            if seen != self._turns:
                seen = self._turns
                continue
            msg = (
                f"{name} has waited {PATIENCE_SECONDS} seconds for {self._name} to end: handlers in this process run "
                "one after the other, as variables and streams are the process's. A handler that waits for a call in "
                'another thread needs runner="process"'
            )
            raise RunnerError(msg)
        self._name = name
        self._turns += 1
        self._thread = threading.get_ident()
        self._depth += 1

    def give_back(self) -> None:
        """Let the next one run."""
        self._depth -= 1
        if self._depth == 0:
            self._thread = 0
        self._lock.release()

    def is_mine(self) -> bool:
        """Tell whether this thread runs a handler."""
        return self._thread == threading.get_ident()


TURN = Turn()


#: From which level on a function whose log format is JSON logs, unless it says otherwise.
_LEVEL = "INFO"
#: The variable that names another debugger, as `read` may have it.
_DEBUGGERS = frozenset({"PYTHONBREAKPOINT", b"PYTHONBREAKPOINT"})
#: A directory that is only gone back to need not be readable.
_PLACE = getattr(os, "O_PATH", os.O_RDONLY)


class _Process(NamedTuple):
    """What was the process's own before the outermost handler began."""

    environ: os._Environ[str]
    variables: dict[Any, Any]
    handlers: list[logging.Handler]
    level: int


#: The process as it was before the outermost handler that runs, and what the innermost has around it; only whoever has
#: the turn looks.
_outermost: _Process | None = None
_innermost: Surroundings | None = None


class Surroundings:
    """What one execution environment finds around it, and keeps from call to call."""

    def __init__(self, invocation: Invocation, directory: str | None) -> None:
        is_json = invocation.log_format == "JSON"
        self._output = Output(is_json=is_json)
        self._directory = directory
        #: Where it is, which is the directory until it goes elsewhere.
        self._place = directory or TASK_ROOT
        self._variables = _variables(invocation, directory or TASK_ROOT)
        #: What it has added to the root logger, and the level that it has set, if it has.
        self._handlers: list[logging.Handler] = [self._output.handler]
        self._level: int | None = _level(invocation.log_level) if is_json else None

    def run(self, invocation: Invocation, function: Callable[[], T]) -> tuple[T, bytes]:
        """Call a function amid all this; return what it returns, and what was logged. Whoever calls has the turn."""
        global _outermost, _innermost
        outermost, outer = _outermost, _innermost
        found = _Process(os.environ, read(), logging.root.handlers, logging.root.level)
        base = found if outermost is None or outermost.environ is not os.environ else outermost
        streams, hook = (sys.stdin, sys.stdout, sys.stderr), sys.breakpointhook
        folder = None if self._directory is None else os.open(".", _PLACE)
        if outer is not None:
            outer._note()
        begun = self._output.begin(*streams)
        put = Put(found.variables, ())
        try:
            _outermost, _innermost = base, self
            of_call = {"_X_AMZN_TRACE_ID": invocation.trace_id, "AWS_LAMBDA_LOG_STREAM_NAME": invocation.log_stream}
            put = self._variables.put(base.variables, of_call, is_base=base is found)
            self._enter(base)
            result = function()
        finally:
            # Nobody who was there before writes to the log from here on.
            sys.stdin, sys.stdout, sys.stderr = streams
            written = self._output.end(begun)
            os.environ = found.environ  # noqa: B003 - the object, which a handler may have replaced
            self._note()
            self._keep(base)
            _outermost, _innermost = outermost, outer
            variables = self._variables.again(found.variables) if outer is self else found.variables
            restore(variables, put if base is found else Put({}, ()))
            logging.root.handlers = found.handlers
            _set_level(found.level)
            sys.breakpointhook = hook
            if folder is not None:
                os.fchdir(folder)
                os.close(folder)
        return result, written

    def _enter(self, base: _Process) -> None:
        logging.root.handlers = [*base.handlers, *self._handlers]
        _set_level(base.level if self._level is None else self._level)
        if sys.breakpointhook is sys.__breakpointhook__ and _DEBUGGERS.isdisjoint(base.variables):
            sys.breakpointhook = _Debugger(sys.stdout)
        sys.stdin, sys.stdout, sys.stderr = self._output.stdin, self._output.stdout, self._output.stderr
        if self._directory is not None:
            try:
                os.chdir(self._place)
            except OSError:
                # It was the function's own, and is gone.
                os.chdir(self._directory)

    def _note(self) -> None:
        """Note what the function has made of its variables, and where it is."""
        self._variables.note()
        if self._directory is not None:
            with suppress(OSError):
                self._place = os.getcwd()  # noqa: PTH109 - a path object takes longer

    def _keep(self, base: _Process) -> None:
        """Keep what the function has added and set for itself."""
        theirs = {id(handler) for handler in base.handlers}
        self._handlers = [handler for handler in logging.root.handlers or () if id(handler) not in theirs]
        if logging.root.level != (base.level if self._level is None else self._level):
            self._level = logging.root.level

    def identify(self, invocation: Invocation) -> None:
        """Say which call records of `logging` belong to from now on; those of the initialization belong to none."""
        self._output.identify(invocation)

    def close(self) -> None:
        """Drop what is written from now on: there is no next call."""
        self._output.close()


class _Debugger:
    """What ``breakpoint()`` calls: Python's debugger, with the output that is the process's own; ours is a log."""

    def __init__(self, stdout: Any) -> None:  # noqa: ANN401 - whatever stands there
        self._stdout = stdout

    def __call__(self) -> None:
        import pdb  # noqa: PLC0415, T100 - somebody wants it

        pdb.Pdb(stdout=self._stdout).set_trace(sys._getframe(1))


def _set_level(level: int) -> None:
    if logging.root.level != level:
        logging.root.setLevel(level)


def _variables(invocation: Invocation, task_root: str) -> Variables:
    """Return the variables of a function: its own, and those that Lambda sets."""
    reserved = {
        "_HANDLER": invocation.handler or "",
        "AWS_DEFAULT_REGION": invocation.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{invocation.runtime}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(invocation.memory_size),
        "AWS_LAMBDA_FUNCTION_NAME": invocation.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": invocation.version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": invocation.log_group,
        "AWS_REGION": invocation.region,
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LAMBDA_TASK_ROOT": task_root,
    }
    if invocation.log_format == "JSON":
        reserved |= {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": invocation.log_level or _LEVEL}
    return Variables({**invocation.environment, **reserved})


def _level(name: str | None) -> int:
    """Return a level of Lambda's as `logging` has it; it has no ``TRACE``."""
    level = logging.getLevelName(name or _LEVEL)
    return level if isinstance(level, int) else logging.DEBUG
