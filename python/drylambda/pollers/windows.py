"""Batching windows: how long a batch that is not full waits for more records.

The one idea to hold: a window begins when something is first seen waiting, and passes by the emulator's clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drylambda._drylambda import EventSource
    from drylambda._lambda import Lambda


class Windows:
    """The windows that are open."""

    def __init__(self, lambda_: Lambda) -> None:
        self._lambda = lambda_
        self._opened: dict[tuple[str, str], float] = {}

    def is_due(self, source: EventSource, shard: str, waiting: int) -> bool:
        """Tell whether what is waiting is handed over now."""
        key = (source.uuid, shard)
        if waiting == 0:
            self._opened.pop(key, None)
            return False
        now = self._lambda.clock.time()
        opened = self._opened.setdefault(key, now)
        due = waiting >= source.batch_size or now - opened >= source.window_seconds
        if due:
            self._opened.pop(key)
        return due
