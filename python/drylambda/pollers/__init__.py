"""Event sources, polled: records are read with boto3, handed to functions, and deleted or left behind.

The one idea to hold: Python reads and deletes. What a function is given, and what becomes of it after the answer, is
the core's to say (``src/polling``), and how far each mapping has come is kept there with the mapping.
"""

from __future__ import annotations

import threading
import warnings
from typing import TYPE_CHECKING, Any

from drylambda.targets import refusals

from . import queue, stream
from .clients import ClientFactory, Clients
from .report import Polled
from .turn import Caller, Turn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drylambda._drylambda import EventSource
    from drylambda._lambda import Lambda

    from .windows import Windows

__all__ = ["ClientFactory", "Clients", "Polled", "poll"]

#: Two pollers of one emulator at a time would hand the same records over twice.
_ALONE = threading.RLock()


def poll(
    lambda_: Lambda,
    clients: Clients,
    *,
    until_idle: bool = True,
    sources: Iterable[EventSource] | None = None,
    windows: Windows | None = None,
    tried: dict[str, set[str]] | None = None,
) -> list[Polled]:
    """Poll the sources of enabled mappings, one after the other; see `Lambda.poll_event_sources`.

    ``sources`` are those of some mappings alone; without ``windows`` nothing waits for a batch to be full. ``tried``
    are the ids of messages that have failed, by mapping: they are not tried again, and those that fail are added.
    A handler in this process that polls while another thread does leaves it to that one, which may wait for it.
    """
    from drylambda.runners.surroundings import TURN  # noqa: PLC0415 - only who polls may be a handler

    caller = Caller(lambda_)
    failed = {} if tried is None else tried
    if not _ALONE.acquire(blocking=not TURN.is_mine()):
        return []
    try:
        found = lambda_._event_sources() if sources is None else sources
        turns = [Turn(source, clients, caller, windows, failed.setdefault(source.uuid, set())) for source in found]
        reports = [_poll_one(turn, until_idle=until_idle) for turn in turns]
    finally:
        _ALONE.release()
    for report in reports:
        if report.problem is not None:
            warnings.warn(f"event source mapping {report.uuid}: {report.problem}", RuntimeWarning, stacklevel=3)
    return reports


def _poll_one(turn: Turn, *, until_idle: bool) -> Polled:
    source, report = turn.source, turn.report
    if source.kind is None:
        report.problem = (
            "drylambda polls queues of SQS and streams of Kinesis and DynamoDB, without TumblingWindowInSeconds"
        )
        return report.done()
    poller: Any = queue if source.kind == "sqs" else stream
    try:
        poller.poll(turn, until_idle=until_idle)
    except refusals() as error:
        report.problem = f"{source.source_arn} cannot be polled: {error}"
    return report.done()
