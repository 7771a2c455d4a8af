"""`upload_file`, `download_file` and their like: boto3 makes them in threads of its own.

The one idea to hold: what a transfer does is answered by the mock that answers the thread that asked for it. Each task
remembers the one that answered where it was made, and runs with it; the tasks it makes itself do so too.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from .active import Entry

    Current = Callable[[], Entry | None]

# Not an attribute of the task, which is another library's.
_made_in: weakref.WeakKeyDictionary[Any, Entry] = weakref.WeakKeyDictionary()


def task() -> type | None:
    """Return the class of every task of s3transfer's, or nothing where that is not installed."""
    try:
        from s3transfer.tasks import Task  # noqa: PLC0415 - only who has S3 answered needs it
    except ImportError:
        return None
    found: type = Task
    return found


def remember(original: Any, current: Current) -> Callable[..., None]:  # noqa: ANN401
    """Make a task's ``__init__`` remember the mock that answers where it is made."""

    def __init__(self: Any, *args: Any, **named: Any) -> None:  # noqa: ANN401, N807
        original(self, *args, **named)
        entry = current()
        if entry is not None:
            _made_in[self] = entry

    return __init__


def run(original: Any, _current: Current) -> Callable[..., Any]:  # noqa: ANN401
    """Make a task's ``__call__`` run with that mock."""
    from .active import answering  # noqa: PLC0415 - it imports the patches, and so this module

    def __call__(self: Any, *args: Any, **named: Any) -> Any:  # noqa: ANN401, N807
        entry = _made_in.pop(self, None)
        if entry is None:
            return original(self, *args, **named)
        with answering(entry):
            return original(self, *args, **named)

    return __call__
