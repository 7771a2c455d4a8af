"""The operations of Lambda as methods, by boto3's names; made from the core's own list."""

from __future__ import annotations

from . import _drylambda

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["Operations"]


class Operations:
    """One method for each operation of Lambda, with boto3's keyword arguments and boto3's response."""

    __slots__ = ()


def _method(name: str, python_name: str) -> Callable[..., dict[str, Any]]:
    def call(self: Any, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own types are in the stub
        response: dict[str, Any] = self._call(name, parameters)
        return response

    call.__name__ = python_name
    call.__qualname__ = f"Operations.{python_name}"
    call.__doc__ = f"Answer {name} as AWS does: boto3's keyword arguments in, boto3's response out."
    return call


for _name, _python_name, _ in _drylambda.operations():
    setattr(Operations, _python_name, _method(_name, _python_name))
del _name, _python_name, _
