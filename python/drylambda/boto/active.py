"""The mocks that are active in this process, and which of them answers.

The one idea to hold: a task is answered by the mock that it entered last itself, as its context remembers; else a
thread by the one that it entered last; and a thread that entered none, as a worker of the code under test, by the one
that was entered last of all. The threads in which boto3 transfers objects count as the one that asked for the transfer.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from . import forks, transfers
from .environment import Environment, forget_credentials
from .patches import Patches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drylambda import Lambda

    from .call import Depth

Others = Literal["refuse", "pass"]


@dataclass(eq=False, slots=True)
class Entry:
    """A mock that was entered and not yet left."""

    lambda_: Lambda
    depth: Depth
    others: Others
    explicit_region: bool
    s3: bool = False
    thread: int = field(default_factory=threading.get_ident)
    outer: Entry | None = None


_changing = forks.lock()
# Replaced as a whole with each change, so that reading needs no lock.
_entries: tuple[Entry, ...] = ()
_environment = Environment()
#: The mock that was entered last in this context.
_entered: ContextVar[Entry | None] = ContextVar("_entered", default=None)
_patches: Patches | None = None


def current() -> Entry | None:
    """Return the mock that answers the calls of this thread, if any is active."""
    entries = _entries
    if not entries:
        return None
    last = entries[-1]
    if len(entries) == 1:
        return last
    entry = _entered.get()
    while entry is not None:
        if entry in entries:
            return entry
        entry = entry.outer
    thread = threading.get_ident()
    return next((entry for entry in reversed(entries) if entry.thread == thread), last)


def answers(lambda_: Lambda) -> bool:
    """Tell whether an emulator answers for a mock that is active."""
    return any(entry.lambda_._shares(lambda_) for entry in _entries)


@contextmanager
def answering(entry: Entry) -> Iterator[None]:
    """Let a mock answer what is called here, as if it had been entered here."""
    token = _entered.set(entry)
    try:
        yield
    finally:
        _entered.reset(token)


def enter(entry: Entry) -> None:
    """Add a mock, as the innermost one."""
    global _entries, _patches  # noqa: PLW0603 - patches are global by nature
    task = transfers.task() if entry.s3 else None
    with _changing:
        if _patches is None:
            _patches = Patches(current)
        _patches.cover_transfers(current, task)
        _environment.follow((*_entries, entry))
        _entries = (*_entries, entry)
    entry.outer = _entered.get()
    _entered.set(entry)


def leave(entry: Entry) -> None:
    """Remove a mock, be it the innermost one or not; with the last one everything becomes as it was."""
    global _entries, _patches  # noqa: PLW0603
    with _changing:
        _entries = tuple(other for other in _entries if other is not entry)
        _environment.follow(_entries)
        if not _entries and _patches is not None:
            _patches.undo()
            _patches = None
            forget_credentials()
    if _entered.get() is entry:
        _entered.set(entry.outer)
