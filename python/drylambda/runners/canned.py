"""Answers that a test has written, in the place of a function: ``lambda_.bind("app", [{"n": 1}, KeyError("x")])``.

The one idea to hold: a list is exactly what is answered, one after the other. A call too many is a mistake of the
test's, so it is raised, and answers no payload that a program could take for the function's.
"""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

from . import Runner, RunnerError
from .answer import error_of
from .encoder import encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drylambda._drylambda import Invocation

    from . import Outcome

__all__ = ["Canned"]

#: How much of an event a refusal shows.
SHOWN = 200


class Canned(Runner):
    """Gives answers in turn: what JSON holds as a payload, ``bytes`` as they are, an ``Exception`` as an error.

    As the runner of a whole emulator it gives each function all of them, from the first to the last.
    """

    def __init__(self, answers: Sequence[object]) -> None:
        self._answers = [_read(number, each, len(answers)) for number, each in enumerate(answers, 1)]
        #: How many each function was given: by account, Region and name.
        self._given: Counter[tuple[str, str, str]] = Counter()
        self._lock = threading.Lock()

    def __call__(self, invocation: Invocation) -> Outcome:
        """Give the next answer.

        Raises `RunnerError` if there is none left.
        """
        function = invocation.account_id, invocation.region, invocation.function_name
        with self._lock:
            number = self._given[function]
            self._given[function] += 1
        if number >= len(self._answers):
            event = invocation.payload.decode("utf-8", "replace")
            event = event if len(event) <= SHOWN else f"{event[:SHOWN]}..."
            count = len(self._answers)
            msg = (
                f"{invocation.function_name} was given {count} answer{'s' if count != 1 else ''}, and is called a "
                f"{_ordinal(number + 1)} time, with {event}"
            )
            raise RunnerError(msg)
        answer = self._answers[number]
        if isinstance(answer, bytes):
            return answer, None, b""
        error = error_of(type(answer).__name__, str(answer), invocation.request_id, [])
        return encode(error, ensure_ascii=False).encode(), type(answer).__name__, b""

    def fork(self) -> Canned:
        """Return one for an independent emulator: with the answers that are left here."""
        with self._lock:
            forked = Canned([])
            forked._answers, forked._given = self._answers, self._given.copy()
        return forked


def _read(number: int, answer: Any, count: int) -> bytes | Exception:  # noqa: ANN401 - whatever a test gives
    """Return an answer as it will be given; what the test changes later does not count."""
    if isinstance(answer, (bytes, Exception)):
        return answer
    try:
        return encode(answer, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        msg = f"answer {number} of {count} is nothing that JSON holds, no bytes and no exception: {error}"
        raise TypeError(msg) from None


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
