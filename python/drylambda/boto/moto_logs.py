"""Beside moto: what functions have logged is in moto's CloudWatch Logs, for whoever looks.

The one idea to hold: nothing is copied before somebody asks. Then each log group gets what came since; how far it has
come is kept in moto's own backend, so it is forgotten with it, and a group that was deleted stays empty until its
function is called again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from . import forks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drylambda import Lambda

    #: Milliseconds since 1970, stream, request id, message.
    Event = tuple[int, str, str, str]

_FOLDER = "/aws/lambda/"
#: Calls that name functions and their log groups; Invoke, which carries payloads, names none that they do not.
_NAMING = frozenset({"CreateFunction", "UpdateFunctionConfiguration", "DeleteFunction"})
#: The attribute of moto's backend that says how far each stream has come: how many events it had, and the last of them.
_SHIPPED = "_drylambda_shipped"
_ALONE = forks.lock()


class _Batch(NamedTuple):
    group: Any
    stream: str
    events: list[dict[str, Any]]


def ship(lambda_: Lambda) -> None:
    """Give moto's log groups what functions have logged since, of all accounts and Regions that were called.

    Who has subscribed to a group is called for it.
    """
    with _ALONE:
        batches = [batch for place in _groups(lambda_).items() for batch in _prepare(lambda_, *place)]
    # Subscribers may be functions that look, too.
    for group, stream, events in batches:
        # That of the backend would refuse what is too old by the system's clock.
        group.put_log_events(stream, events)


def is_subscribed() -> bool:
    """Tell whether anybody waits for what is logged. moto's CloudWatch Logs has to be imported."""
    from moto.logs.models import logs_backends  # noqa: PLC0415 - nothing here imports moto before it is asked

    backends = [backend for account in list(logs_backends.values()) for backend in list(account.values())]
    return any(group.subscription_filters for backend in backends for group in list(backend.groups.values()))


def _groups(lambda_: Lambda) -> dict[tuple[str, str], set[str]]:
    """Return the names of log groups that there may be, by account and Region, those of former functions too."""
    found: dict[tuple[str, str], set[str]] = {(lambda_.account_id, lambda_.region): set()}
    for call in lambda_._journal():
        groups = found.setdefault((call.account_id, call.region), set())
        if call.operation in _NAMING:
            groups.update(_named(call.parameters))
    for (account, region), groups in found.items():
        view = lambda_.scope(region, account)
        for name in view._names():
            look = view._look(name)
            for configuration in (look["Configuration"], *look["Versions"]):
                groups.update(_named(configuration))
    return found


def _named(members: dict[str, Any]) -> set[str]:
    """Return the log groups that a configuration has, or may have."""
    _, is_arn, name = members["FunctionName"].rpartition("function:")
    name = (name if is_arn else members["FunctionName"]).partition(":")[0]
    return {_FOLDER + name, members.get("LoggingConfig", {}).get("LogGroup") or _FOLDER + name}


def _prepare(lambda_: Lambda, place: tuple[str, str], names: set[str]) -> Iterator[_Batch]:
    """Yield what is new of the log groups of one account and Region, once they and their streams are there."""
    account, region = place
    view = lambda_.scope(region, account)
    for name in sorted(names):
        events = view._logs(name)
        backend = _backend(account, region) if events else None
        if backend is None:
            continue
        for stream, fresh in _fresh(backend.__dict__.setdefault(_SHIPPED, {}), name, events):
            group = backend.groups.get(name) or backend.create_log_group(name, {})
            if stream not in group.streams:
                group.create_log_stream(stream)
            yield _Batch(group, stream, [{"timestamp": at, "message": message} for at, _, _, message in fresh])


def _backend(account: str, region: str) -> Any:  # noqa: ANN401 - moto's own
    """Return moto's CloudWatch Logs; nothing in a Region that moto does not know."""
    from moto.logs.models import logs_backends  # noqa: PLC0415 - nothing here imports moto before there is a log

    backends = logs_backends[account]
    # It has those, too, that are not made yet.
    return backends[region] if region in backends else None  # noqa: SIM401


def _fresh(
    shipped: dict[tuple[str, str], tuple[int, Event]], group: str, events: list[Event]
) -> Iterator[tuple[str, list[Event]]]:
    """Yield the events of each stream that were not shipped, and note that they are."""
    streams: dict[str, list[Event]] = {}
    for event in events:
        streams.setdefault(event[1], []).append(event)
    for stream, found in streams.items():
        begin = _place_after(shipped.get((group, stream)), found)
        shipped[group, stream] = (len(found), found[-1])
        if begin < len(found):
            yield stream, found[begin:]


def _place_after(shipped: tuple[int, Event] | None, events: list[Event]) -> int:
    """Return where what is new begins: the emulator forgets the oldest events of a group that is large."""
    if shipped is None:
        return 0
    count, last = shipped
    if events[count - 1 : count] == [last]:
        return count
    return next((place for place in range(len(events), 0, -1) if events[place - 1] == last), 0)
