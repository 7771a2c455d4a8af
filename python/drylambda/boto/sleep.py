"""botocore's pauses, between the tries of a call and the looks of a waiter, pass on the emulator's clock.

The one idea to hold: botocore sleeps in two of its modules, by ``time.sleep``. While a mock is active, these modules
have a ``time`` whose ``sleep`` moves the clock of the emulator that answered last in this context; the pauses for other
services are slept. An attached client moves the clock itself, and lets botocore sleep for no time at all.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from botocore.client import BaseClient
    from botocore.hooks import BaseEventHooks
    from botocore.waiter import Waiter

    from drylambda import Lambda

    from .active import Entry

#: The emulator that answered the last call in this context.
ANSWERED_BY: ContextVar[Lambda | None] = ContextVar("ANSWERED_BY", default=None)


class Time:
    """Stands where a module has ``time``."""

    def __init__(self, original: ModuleType, current: Callable[[], Entry | None]) -> None:
        self._original = original
        self._current = current

    def sleep(self, seconds: float) -> None:
        """Move the emulator's clock, or sleep."""
        lambda_ = ANSWERED_BY.get()
        if lambda_ is None or self._current() is None:
            self._original.sleep(seconds)
        else:
            lambda_.clock.advance(seconds)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the module has
        return getattr(self._original, name)


def without_pause(event_name: str, answers: list[tuple[Any, Any]], lambda_: Lambda) -> list[tuple[Any, Any]]:
    """Return what the handlers of an event answered, with no seconds for those who ask for a pause."""
    if event_name.startswith("needs-retry."):
        for handler, seconds in answers:
            if seconds is not None and seconds is not False:
                lambda_.clock.advance(seconds)
                return [(handler, 0)]
    return answers


class Events:
    """Stands where an attached client's endpoint has its events: who asks for a pause gets none."""

    def __init__(self, original: BaseEventHooks, lambda_: Lambda) -> None:
        self._original = original
        self._lambda = lambda_

    def emit(self, event_name: str, **parameters: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401
        """Ask the handlers of an event."""
        return without_pause(event_name, self._original.emit(event_name, **parameters), self._lambda)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the events have
        return getattr(self._original, name)


def waiter(client: BaseClient, lambda_: Lambda, name: str) -> Waiter:
    """Make an attached client's waiter, which moves the clock between its looks."""

    def wait(**parameters: Any) -> None:  # noqa: ANN401 - botocore's own
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
        inner.wait(WaiterConfig={**config, "Delay": 0}, **parameters)

    outer = type(client).get_waiter(client, name)
    outer.wait = wait
    return outer
