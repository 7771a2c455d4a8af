"""What functions have logged.

The one idea to hold: a log is a list of events, each with its moment, its stream and the call it belongs to; printed,
it is the text that CloudWatch Logs would show.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple, overload

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._lambda import Lambda

__all__ = ["LogEvent", "Logs"]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class LogEvent(NamedTuple):
    """One line of a function's log."""

    timestamp: datetime
    """When it was written, by the emulator's clock, in UTC."""
    log_stream: str
    """Which execution environment wrote it, as ``2026/01/01/[$LATEST]0123456789abcdef``."""
    request_id: str
    """Which call it belongs to: ``ResponseMetadata.RequestId`` of the answer."""
    message: str
    """The line, without the newline at its end."""


class Logs(Sequence[LogEvent]):
    """The events of a log group, oldest first; a sequence that never changes."""

    def __init__(self, log_group: str, events: Iterable[LogEvent]) -> None:
        self.log_group = log_group
        self._events = tuple(events)

    @property
    def messages(self) -> list[str]:
        """The lines alone."""
        return [event.message for event in self._events]

    def of(self, request_id: str) -> Logs:
        """Return the events of one call."""
        return Logs(self.log_group, (event for event in self._events if event.request_id == request_id))

    @overload
    def __getitem__(self, index: int) -> LogEvent: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[LogEvent]: ...
    def __getitem__(self, index: int | slice) -> LogEvent | Sequence[LogEvent]:
        return self._events[index]

    def __len__(self) -> int:
        return len(self._events)

    def __contains__(self, text: object) -> bool:
        """Whether a line has this text in it, or this is one of the events."""
        if isinstance(text, str):
            return any(text in event.message for event in self._events)
        return text in self._events

    def __str__(self) -> str:
        return "".join(f"{message}\n" for message in self.messages)

    def __repr__(self) -> str:
        return f"<Logs of {self.log_group}: {len(self)} events>"


def of_function(lambda_: Lambda, function_name: str) -> Logs:
    """Return what a function has logged: in the log group of its configuration, or in that of its name."""
    group = f"/aws/lambda/{function_name}"
    if function_name in lambda_._names():
        configuration = lambda_._look(function_name)["Configuration"]
        group = configuration.get("LoggingConfig", {}).get("LogGroup", group)
    events = (
        LogEvent(_EPOCH + timedelta(milliseconds=millis), stream, request_id, message)
        for millis, stream, request_id, message in lambda_._logs(group)
    )
    return Logs(group, events)
