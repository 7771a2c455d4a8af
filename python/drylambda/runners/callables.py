"""A callable in the place of what was deployed: ``lambda_.bind("app", handler)``.

The one idea to hold: it is called as Lambda calls a handler, with an event and a context, amid the function's
variables; its modules are the test's own, so the test and the handler see the same objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import Runner
from .answer import Handler, answer, exited
from .spaces import outside
from .surroundings import TURN, Surroundings

if TYPE_CHECKING:
    from drylambda._drylambda import Invocation

    from . import Outcome
    from .answer import Answer

__all__ = ["Bound"]


class Bound(Runner):
    """Calls ``handler(event, context)``, whatever the runtime of the function is."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        #: What is around it for each function that it is bound to, with the configuration for which that was made.
        self._surroundings: dict[str, tuple[str, Surroundings]] = {}

    def __call__(self, invocation: Invocation) -> Outcome:
        """Run one call to its end."""
        TURN.take(invocation.function_name)
        try:
            surroundings = self._around(invocation)

            def call() -> Answer:
                surroundings.identify(invocation)
                try:
                    return answer(self._handler, invocation, {})
                except SystemExit as error:
                    return exited(error, invocation.request_id)

            with outside():
                (payload, error), log = surroundings.run(invocation, call)
        finally:
            TURN.give_back()
        return payload, error, log

    def fork(self) -> Bound:
        """Return one for an independent emulator."""
        return Bound(self._handler)

    def forget(self) -> None:
        """Let go what was around it."""
        self._surroundings.clear()

    def _around(self, invocation: Invocation) -> Surroundings:
        known = self._surroundings.get(invocation.function_name)
        if known is None or known[0] != invocation.identity:
            known = invocation.identity, Surroundings(invocation, None)
            self._surroundings[invocation.function_name] = known
        return known[1]
