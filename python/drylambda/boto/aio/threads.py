"""What may take long, or may be held by a fault, is answered in a thread: the event loop is kept free."""

from __future__ import annotations

import asyncio
import contextvars
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

#: More calls than this are not held at once. A thread is started only when all others are busy.
MOST_THREADS = 512


async def in_thread(function: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401 - whatever it returns
    """Call a function in a thread of drylambda's own: calls that are held must not use up those of the loop."""
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(_threads(), partial(context.run, function, *arguments))


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="drylambda")


if hasattr(os, "register_at_fork"):
    # A child has no threads; those that it starts are its own.
    os.register_at_fork(after_in_child=_threads.cache_clear)


def is_asyncio() -> bool:
    """Tell whether the loop that runs here is asyncio's, which has threads."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
