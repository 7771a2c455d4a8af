"""Event source mappings inside of moto: what a request put into a queue or stream is handed over before it is answered.

The one idea to hold: sources are looked at after each request, and not in the middle of one, as moto's own Lambda does
it for each message. So a batch is what one call has sent, whoever put it there (moto's SNS, S3 and EventBridge do,
too), a delay and a visibility timeout are over when they are over, and all that `drylambda.pollers` knows holds:
filters, partial answers, retries. Looking costs a look at moto's models; only where something waits are there clients.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

from drylambda.pollers import Clients, poll

if TYPE_CHECKING:
    from drylambda._drylambda import EventSource
    from drylambda._lambda import Lambda


class Triggers:
    """Hands over what waits, in one thread at a time."""

    def __init__(self, lambda_: Lambda) -> None:
        self._lambda = lambda_
        self._alone = threading.Lock()
        self._asked = False
        #: How many records a stream had when it was last polled, by mapping.
        self._seen: dict[str, int] = {}

    def reset(self) -> None:
        """Forget what was seen."""
        self._seen.clear()

    def after_request(self, endpoint_url: str | None = None) -> None:
        """Hand over what waits; ``endpoint_url`` is moto's server, where there is one.

        Requests that handlers make meanwhile, and those of other threads, are looked after by who is at it.
        """
        self._asked = True
        while self._asked and self._alone.acquire(blocking=False):
            tried: dict[str, set[str]] = {}
            #: What a queue keeps back: in a FIFO queue, all that comes behind a message that is under way.
            kept: dict[str, set[str]] = {}
            try:
                while self._asked:
                    self._asked = False
                    due = [source for source in self._lambda._event_sources() if self._is_due(source, tried, kept)]
                    if not due:
                        continue
                    seen = {source.uuid: _ids(source.source_arn) for source in due}
                    for polled in poll(self._lambda, Clients(endpoint_url), sources=due, tried=tried):
                        if polled.received == 0:
                            kept[polled.uuid] = seen[polled.uuid]
            finally:
                self._alone.release()

    def _is_due(self, source: EventSource, tried: dict[str, set[str]], kept: dict[str, set[str]]) -> bool:
        """Tell whether there is something in a source that was not handed over, nor kept back."""
        if source.kind is None or source.source_arn is None:
            return False
        service, backend, name = _backend(source.source_arn)
        if backend is None:
            return False
        if service == "sqs":
            return not _ids(source.source_arn) <= tried.get(source.uuid, set()) | kept.get(source.uuid, set())
        count = _records(service, backend, name)
        # A batch that failed is tried again with what comes next, and not with each request.
        if count is None or count == self._seen.get(source.uuid):
            return False
        self._seen[source.uuid] = count
        return True


def _backend(arn: str) -> tuple[str, Any, str]:
    """Return the service of a source, moto's backend of it if anybody has used it, and the source's name."""
    _, _, service, region, account, name = arn.split(":", 5)
    models = sys.modules.get(f"moto.{service}.models")
    return service, None if models is None else getattr(models, f"{service}_backends")[account][region], name


def _ids(arn: str | None) -> set[str]:
    """Return the ids of the messages of a queue; none for what is no queue."""
    if arn is None or arn.split(":")[2] != "sqs":
        return set()
    _, backend, name = _backend(arn)
    queue = None if backend is None else backend.queues.get(name)
    return set() if queue is None else {message.id for message in queue.messages}


def _records(service: str, backend: Any, name: str) -> int | None:  # noqa: ANN401 - moto's own
    """Return how many records a stream has had, if it is there."""
    named = name.split("/")[1]
    if service == "kinesis":
        stream = backend.streams.get(named)
        return None if stream is None else sum(len(shard.records) for shard in stream.shards.values())
    table = backend.tables.get(named)
    shard = None if table is None else table.stream_shard
    return None if shard is None else len(shard.items)
