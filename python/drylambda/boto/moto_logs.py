"""Beside moto: what functions have logged is in moto's CloudWatch Logs, for whoever looks.

The one idea to hold: nothing is copied before somebody asks. Then each log group gets what came since, once; a group
that was deleted is there again as soon as its function is called.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from . import forks

if TYPE_CHECKING:
    from drylambda import Lambda


#: Two who copy at a time would mix lines.
_ALONE = forks.rlock()


def ship(lambda_: Lambda) -> None:
    """Give moto's log groups what functions have logged since, of all accounts and Regions.

    Who has subscribed to a group is called for it.
    """
    from drylambda.runners.surroundings import TURN  # noqa: PLC0415 - only who has called functions has logs

    # Subscribers may be functions that look, too, and whoever copies may wait for a handler that looks.
    if not _ALONE.acquire(blocking=not TURN.is_mine()):
        return
    try:
        for account, region, name, events in lambda_._take_logs():
            backend = _backend(account, region)
            if backend is None:
                continue
            group = backend.groups.get(name) or backend.create_log_group(name, {})
            # Streams keep their order, whatever came between their lines.
            for stream, lines in groupby(sorted(events, key=itemgetter(1)), key=itemgetter(1)):
                if stream not in group.streams:
                    group.create_log_stream(stream)
                # That of the backend would refuse what is too old by the system's clock.
                group.put_log_events(stream, [{"timestamp": at, "message": message} for at, _, _, message in lines])
    finally:
        _ALONE.release()


def is_subscribed() -> bool:
    """Tell whether anybody waits for what is logged. moto's CloudWatch Logs has to be imported."""
    from moto.logs.models import logs_backends  # noqa: PLC0415 - nothing here imports moto before it is asked

    backends = [backend for account in list(logs_backends.values()) for backend in list(account.values())]
    return any(group.subscription_filters for backend in backends for group in list(backend.groups.values()))


def _backend(account: str, region: str) -> Any:  # noqa: ANN401 - moto's own
    """Return moto's CloudWatch Logs; nothing in a Region that moto does not know."""
    from moto.logs.models import logs_backends  # noqa: PLC0415 - nothing here imports moto before there is a log

    backends = logs_backends[account]
    # It has those, too, that are not made yet.
    return backends[region] if region in backends else None  # noqa: SIM401
