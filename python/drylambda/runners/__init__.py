"""What runs functions in Python: their handler in the test's own process, a callable in its place, canned answers.

`Process` and `Container` are the core's.

The one idea to hold: a runner is called with an `Invocation` and returns an `Outcome`: the payload of the answer, the
``errorType`` if it is an error, and what was logged. Whatever else a call is (who may, which version, the lines around
the log) is the core's to say. Importing this module imports no runner; `resolve` imports the one that is asked for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from drylambda._drylambda import Container, Process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal, TypeAlias

    from typing_extensions import Self

    from drylambda._drylambda import Invocation

    from .in_process import InProcess

    #: The payload, the ``errorType`` of an answer that is an error, the log.
    Outcome: TypeAlias = tuple[bytes, str | None, bytes]

__all__ = ["Container", "InProcess", "Process", "Runner", "RunnerError", "resolve"]


class RunnerError(RuntimeError):
    """A function cannot be run as it was asked for; no answer of Lambda's says this, so it is raised in its place."""


class Runner(ABC):
    """Whoever runs functions.

    `fork` and `forget` are for runners that keep something between two calls.
    """

    @abstractmethod
    def __call__(self, invocation: Invocation) -> Outcome:
        """Run one call to its end; what goes wrong in the function is an outcome.

        Raises `RunnerError` for a function that cannot be run here.
        """

    def fork(self) -> Self:
        """Return one for an independent emulator; by default it is the same, as nothing is kept."""
        return self

    def forget(self) -> None:  # noqa: B027 - most keep nothing
        """Let go what is kept between calls."""


def resolve(runner: object) -> Literal["process"] | Callable[[Invocation], Outcome]:
    """Return the runner that an option says: ``"process"``, or what is called with each invocation.

    ``runner`` is ``"process"``, ``"in_process"``, a `Runner` (as `InProcess` with its settings), a callable
    ``handler(event, context)``, or a list or tuple of canned answers.

    Raises ``TypeError`` for anything else, and for an answer that JSON cannot hold.
    """
    if isinstance(runner, str) and runner == "process":
        return "process"
    if isinstance(runner, str) and runner == "in_process":
        from .in_process import InProcess  # noqa: PLC0415 - not everybody runs functions

        return InProcess()
    if isinstance(runner, Runner):
        return runner
    if isinstance(runner, (list, tuple)):
        from .canned import Canned  # noqa: PLC0415

        return Canned(runner)
    if callable(runner):
        from .callables import Bound  # noqa: PLC0415

        return Bound(runner)
    msg = (
        f"{runner!r} runs no function: a runner is 'process', 'in_process', 'container', a callable "
        "handler(event, context), or a list of answers"
    )
    raise TypeError(msg)


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name != "InProcess":
            msg = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(msg)
        from .in_process import InProcess  # noqa: PLC0415

        return InProcess
