"""botocore's pauses, between the tries of a call and the looks of a waiter, pass on the emulator's clock.

The one idea to hold: botocore sleeps in two of its modules, by ``time.sleep``, and aiobotocore in two of its own, by
``asyncio.sleep``. While a mock is active, these modules have a ``time`` or an ``asyncio`` whose ``sleep`` moves the
clock of the emulator that answered last in this context; the pauses for other services are slept. An attached client
moves the clock itself, and lets botocore sleep for no time at all.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from botocore.client import BaseClient
    from botocore.waiter import Waiter

    from drylambda import Lambda

    from .active import Entry

#: The emulator that answered the last call in this context.
ANSWERED_BY: ContextVar[Lambda | None] = ContextVar("ANSWERED_BY", default=None)


class _Instead:
    """Stands where something else does, and has all that it has."""

    def __init__(self, original: Any) -> None:  # noqa: ANN401
        self._original = original

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the original has
        return getattr(self._original, name)


class _Sleeper(_Instead):
    """Stands where a module has another that sleeps."""

    def __init__(self, original: ModuleType, current: Callable[[], Entry | None]) -> None:
        super().__init__(original)
        self._current = current

    def _passes(self, seconds: float) -> bool:
        """Let a pause pass on the clock of the emulator that answered last, if one did."""
        lambda_ = ANSWERED_BY.get()
        if lambda_ is None or self._current() is None:
            return False
        lambda_.clock.advance(seconds)
        return True


class Time(_Sleeper):
    """Stands where a module has ``time``."""

    def sleep(self, seconds: float) -> None:
        """Move the emulator's clock, or sleep."""
        if not self._passes(seconds):
            self._original.sleep(seconds)


class Asyncio(_Sleeper):
    """Stands where a module has ``asyncio``."""

    async def sleep(self, seconds: float, *result: Any) -> Any:  # noqa: ANN401
        """Move the emulator's clock, or sleep."""
        return await self._original.sleep(0 if self._passes(seconds) else seconds, *result)


def without_pause(event_name: str, answers: list[tuple[Any, Any]], lambda_: Lambda) -> list[tuple[Any, Any]]:
    """Return what the handlers of an event answered, with no seconds for those who ask for a pause."""
    if event_name.startswith("needs-retry."):
        for handler, seconds in answers:
            if seconds is not None and seconds is not False:
                lambda_.clock.advance(seconds)
                return [(handler, 0)]
    return answers


class _Events(_Instead):
    """Stands where an attached client's endpoint has its events: who asks for a pause gets none."""

    def __init__(self, original: Any, lambda_: Lambda) -> None:  # noqa: ANN401
        super().__init__(original)
        self._lambda = lambda_


class Events(_Events):
    """botocore's."""

    def emit(self, event_name: str, **parameters: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401
        """Ask the handlers of an event."""
        return without_pause(event_name, self._original.emit(event_name, **parameters), self._lambda)


class AioEvents(_Events):
    """aiobotocore's."""

    async def emit(self, event_name: str, **parameters: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401
        """Ask the handlers of an event."""
        return without_pause(event_name, await self._original.emit(event_name, **parameters), self._lambda)


def waiter(client: BaseClient, lambda_: Lambda, name: str) -> Waiter:
    """Make an attached client's waiter, which moves the clock between its looks; aiobotocore's is awaited as ever."""

    def wait(**parameters: Any) -> Any:  # noqa: ANN401 - botocore's own
        config = dict(parameters.pop("WaiterConfig", {}))
        pause, looks = config.get("Delay", outer.config.delay), 0
        inner = type(client).get_waiter(client, name)
        look = inner._operation_method

        def look_again(**parameters: Any) -> Any:  # noqa: ANN401
            nonlocal looks
            if looks:
                lambda_.clock.advance(pause)
            looks += 1
            return look(**parameters)

        inner._operation_method = look_again
        return inner.wait(WaiterConfig={**config, "Delay": 0}, **parameters)

    outer = type(client).get_waiter(client, name)
    outer.wait = wait
    return outer
