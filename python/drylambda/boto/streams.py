"""Bodies that are read piece by piece, as botocore's own classes: what a client answers at depth ``call``.

The one idea to hold: nothing is written and parsed again on the way. A body of bytes is botocore's ``StreamingBody``
over them; events are dictionaries already, so its ``EventStream`` only hands them on.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.eventstream import EventStream, NoInitialResponseError
from botocore.response import StreamingBody

from drylambda import streams

from . import aio
from .answer import Body

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from botocore.client import BaseClient


class Events(EventStream):  # type: ignore[misc]
    """Events that are there."""

    def __init__(self, events: streams.EventStream) -> None:
        self._events = events

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._events)

    def get_initial_response(self) -> None:
        """Lambda's streams have none."""
        raise NoInitialResponseError

    def close(self) -> None:
        """Close it: nothing is read of it any more."""
        self._events.close()


def real(client: BaseClient, answer: dict[str, Any]) -> None:
    """Put what a client of this kind would have in the place of the body of an answer, if it is one that is read."""
    body = answer.get("Payload", answer.get("EventStream"))
    if isinstance(body, streams.StreamingBody):
        content = body.read()
        if aio.is_client(client):
            from .aio.transport import Raw  # noqa: PLC0415 - only for aiobotocore

            made = sys.modules["aiobotocore.response"].StreamingBody(Raw("", content), len(content))
        else:
            made = StreamingBody(Body(content), len(content))
        answer["Payload"] = made
    elif isinstance(body, streams.EventStream):
        answer["EventStream"] = _async_events()(body) if aio.is_client(client) else Events(body)


@cache
def _async_events() -> type:
    """Return the class of events for aiobotocore's clients; there is one, so it is imported."""
    from aiobotocore.eventstream import AioEventStream  # noqa: PLC0415 - it need not be there

    class AsyncEvents(AioEventStream):  # type: ignore[misc]
        """Events that are there, to be awaited."""

        def __init__(self, events: streams.EventStream) -> None:
            self._events = events

        async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
            for event in self._events:
                yield event

        async def get_initial_response(self) -> None:
            """Lambda's streams have none."""
            raise NoInitialResponseError

        def close(self) -> None:
            """Close it: nothing is read of it any more."""
            self._events.close()

    return AsyncEvents
