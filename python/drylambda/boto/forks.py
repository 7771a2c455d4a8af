"""Locks that a process may fork beside: the child finds them open, whoever had them in the parent."""

from __future__ import annotations

import os
import threading
from typing import Any, TypeVar

#: A lock of either kind.
T = TypeVar("T", bound=Any)


def lock() -> threading.Lock:
    """Make a lock that nobody has while this process forks."""
    return _open_in_forks(threading.Lock())


def rlock() -> threading.RLock:
    """Make one that a thread may take again; nobody else has it while this process forks."""
    return _open_in_forks(threading.RLock())


def _open_in_forks(made: T) -> T:
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=made.acquire, after_in_parent=made.release, after_in_child=made.release)
    return made
