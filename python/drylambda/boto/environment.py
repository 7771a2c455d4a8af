"""The environment variables that boto3 needs to make a client, for the time that a mock is active.

What is set stays as it is, with one exception: a Region that the mock was given explicitly wins. Innermost mocks win
over outer ones. On leaving, each variable becomes what it was, unless somebody has changed it meanwhile.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from . import credentials

if TYPE_CHECKING:
    from collections.abc import Sequence

    from botocore.session import Session

    from .active import Entry

REGION = "AWS_DEFAULT_REGION"
_DUMMIES = {"AWS_ACCESS_KEY_ID": credentials.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": credentials.SECRET_KEY}

#: The sessions that read the dummy credentials and keep them.
SESSIONS: WeakSet[Session] = WeakSet()


def wanted(region: str, *, explicit: bool) -> dict[str, str]:
    """Return what a first mock would set now."""
    variables = {name: value for name, value in _DUMMIES.items() if not os.environ.get(name)}
    if explicit or not os.environ.get(REGION):
        variables[REGION] = region
    return variables


class Environment:
    """The variables that are ours at the moment, and what they were."""

    def __init__(self) -> None:
        self._before: dict[str, str | None] = {}
        self._ours: dict[str, str] = {}

    def follow(self, entries: Sequence[Entry]) -> None:
        """Make the environment what the mocks that are active now, outermost first, want it to be."""
        wanted = {}
        if entries:
            wanted = {name: value for name, value in _DUMMIES.items() if self._unset(name)}
            explicit = [entry.lambda_.region for entry in entries if entry.explicit_region]
            if explicit:
                wanted[REGION] = explicit[-1]
            elif self._unset(REGION):
                wanted[REGION] = entries[-1].lambda_.region
        for name in [name for name in self._ours if name not in wanted]:
            self._restore(name)
        for name, value in wanted.items():
            self._set(name, value)

    def _unset(self, name: str) -> bool:
        """Tell whether a variable would be unset without us."""
        before = self._before.get(name) if name in self._ours else os.environ.get(name)
        # botocore takes an empty one for unset; a dummy is left from a mock whose variable somebody else restored.
        return not before or before == _DUMMIES.get(name)

    def _set(self, name: str, value: str) -> None:
        if name not in self._ours:
            before = os.environ.get(name)
            self._before[name] = None if before == _DUMMIES.get(name) else before
        elif os.environ.get(name) != self._ours[name]:
            # Somebody has set it since: theirs.
            return
        self._ours[name] = os.environ[name] = value

    def _restore(self, name: str) -> None:
        before, ours = self._before.pop(name), self._ours.pop(name)
        if os.environ.get(name) != ours:
            return
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def read_by(session: Session, found: Any, entry: Entry | None) -> Any:  # noqa: ANN401 - botocore's, or aiobotocore's
    """Return the credentials that a session has found; it keeps them, so it must forget dummy ones with the mock."""
    if credentials.are_ours(found):
        if entry is None:
            # The mock was left while they were read.
            session._credentials = None
        else:
            SESSIONS.add(session)
    return found


def forget_credentials() -> None:
    """Let no session keep the dummy credentials, neither boto3's default one nor any other."""
    for session in list(SESSIONS):
        if credentials.are_ours(session._credentials):
            session._credentials = None
    SESSIONS.clear()
