"""Polling in the background, for servers and programs that go on by themselves.

The one idea to hold: a thread polls, waits, and polls again until it is stopped; when it is stopped, it is gone.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from . import Clients, poll
from .windows import Windows

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from drylambda._lambda import Lambda

    from .clients import ClientFactory

__all__ = ["Polling"]


class Polling:
    """What `drylambda.Lambda.polling` returns: a context manager, or `start` and `stop`."""

    def __init__(
        self, lambda_: Lambda, interval: float, endpoint_url: str | None = None, clients: ClientFactory | None = None
    ) -> None:
        if not interval > 0:
            msg = f"interval is a number of seconds above 0, not {interval!r}"
            raise ValueError(msg)
        self._lambda, self._interval = lambda_, interval
        self._clients = Clients(endpoint_url, clients)
        self._windows = Windows(lambda_)
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None

    def start(self) -> Self:
        """Begin. Raises ``RuntimeError`` if it has begun."""
        if self._thread is not None:
            msg = "this polling was started already"
            raise RuntimeError(msg)
        self._stopped.clear()
        self._thread = threading.Thread(target=self._run, name="drylambda-polling", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """End, once the calls that are under way have ended. Raises what polling failed with."""
        thread, self._thread = self._thread, None
        self._stopped.set()
        if thread is not None:
            thread.join()
        error, self._error = self._error, None
        if error is not None:
            raise error

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            while not self._stopped.is_set():
                poll(self._lambda, self._clients, windows=self._windows)
                self._stopped.wait(self._interval)
        except BaseException as error:  # noqa: BLE001 - it is raised where polling is stopped
            self._error = error
