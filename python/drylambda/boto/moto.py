"""Beside moto: its answers to what drylambda answers are kept out of the way, everything else of moto's stays.

moto answers before botocore would open a socket, by a ``before-send`` handler in every client that was made after moto
was imported. Where drylambda answers a client, that handler is not asked; so S3 and IAM may be moto's and Lambda
drylambda's in the same test. With ``mock_lambda(s3=True)``, S3 is drylambda's too. Nothing here imports moto.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.handlers import BUILTIN_HANDLERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.client import BaseClient

    from .active import Entry

_EVENT = "before-send"
_LAMBDA = (f"{_EVENT}.lambda.",)
_LAMBDA_AND_S3 = (*_LAMBDA, f"{_EVENT}.s3.")


def stubber() -> Any:  # noqa: ANN401 - moto's own, and moto may not be there
    """Return moto's handler, if moto is imported."""
    for event, handler, *_ in BUILTIN_HANDLERS:
        if event == _EVENT and type(handler).__module__.startswith("moto."):
            return handler
    return None


def ask(original: Any, current: Callable[[], Entry | None]) -> Callable[..., Any]:  # noqa: ANN401
    """Make moto's ``__call__`` leave alone what an active mock answers: Lambda, and S3 if it has its own."""

    def __call__(self: Any, event_name: str, *args: Any, **named: Any) -> Any:  # noqa: ANN401, N807
        entry = current()
        if entry is not None and event_name.startswith(_LAMBDA_AND_S3 if entry.s3 else _LAMBDA):
            return None
        return original(self, event_name, *args, **named)

    return __call__


def leave(client: BaseClient) -> Callable[[], None]:
    """Take moto's handler out of one client; what is returned puts it back."""
    handler = stubber()
    if handler is None:
        return lambda: None
    client.meta.events.unregister(_EVENT, handler)
    return lambda: client.meta.events.register(_EVENT, handler)
