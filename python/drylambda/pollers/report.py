"""What polling did."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from drylambda._drylambda import EventSource

__all__ = ["Polled", "Report"]


class Polled(NamedTuple):
    """What one mapping did while its source was polled."""

    uuid: str
    """Its id."""
    function_arn: str
    """The function, with the qualifier that the mapping names."""
    source_arn: str | None
    """The queue or stream."""
    received: int = 0
    """How many records were read; one that was read again, after a failure, counts again."""
    filtered: int = 0
    """How many of them no filter let through."""
    invoked: int = 0
    """How often the function was called."""
    failed: int = 0
    """How many records it failed on; they stay in the queue, or are tried again."""
    discarded: int = 0
    """How many records of a stream were given up."""
    problem: str | None = None
    """Why nothing more was done: the source is not there, or the function cannot be called."""


class Report:
    """A `Polled` that is under way."""

    def __init__(self, source: EventSource) -> None:
        self._source = source
        self.received = self.filtered = self.invoked = self.failed = self.discarded = 0
        self.problem: str | None = None

    def done(self) -> Polled:
        """Return what was done."""
        source = self._source
        numbers = (self.received, self.filtered, self.invoked, self.failed, self.discarded)
        return Polled(source.uuid, source.function_arn, source.source_arn, *numbers, self.problem)
