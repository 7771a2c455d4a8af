"""Locks that a process may fork beside: the child finds them open, whoever had them in the parent."""

from __future__ import annotations

import os
import threading


def lock() -> threading.Lock:
    """Make a lock that nobody has while this process forks."""
    made = threading.Lock()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=made.acquire, after_in_parent=made.release, after_in_child=made.release)
    return made
