"""The process's variables, as they are put and put back in a few microseconds.

The one idea to hold: ``os.environ`` is a dictionary of bytes beside the C library's variables. Comparing whole
dictionaries of bytes and telling the C library what differs takes a tenth of what its own methods take.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

__all__ = ["Put", "Variables", "read", "restore"]


class Variables:
    """Variables that are put again and again."""

    __slots__ = ("_native", "_texts")

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)
        self._native = _native(self._texts)

    def put(self, base: dict[Any, Any], texts: dict[str, str], *, is_base: bool) -> Put:
        """Make the environment ``base`` with these over it, and ``texts`` over these.

        ``is_base`` says that it is just ``base`` already.
        """
        over = {**self._native, **_native(texts)} if is_native() else {**self._texts, **texts}
        variables = {**base, **over}
        write(variables, over if is_base else None)
        return Put(variables, over)


class Put(NamedTuple):
    """What was put, and over what: all variables, and those of a function among them."""

    variables: dict[Any, Any]
    over: Collection[Any]


def _native(texts: Mapping[str, str]) -> dict[bytes, bytes]:
    return {name.encode(): value.encode("utf-8", "surrogateescape") for name, value in texts.items()}


def is_native() -> bool:
    """Tell whether the environment is the process's, and not a dictionary that a test has put in its place."""
    return type(os.environ) is os._Environ


def read() -> dict[Any, Any]:
    """Return a copy of all variables, for `write`."""
    environ: Any = os.environ
    copied: dict[Any, Any] = environ._data.copy() if is_native() else dict(environ)
    return copied


def restore(variables: dict[Any, Any], put: Put) -> None:
    """Make the environment what it was before something was put, whatever became of it since."""
    environ: Any = os.environ
    unchanged = is_native() and environ._data == put.variables
    write(variables, put.over if unchanged else None)


def write(variables: dict[Any, Any], differing: Iterable[Any] | None = None) -> None:
    """Make the environment exactly this, where no other names than those may differ if they are given."""
    environ: Any = os.environ
    if not is_native():
        environ.clear()
        environ.update(variables)
        return
    data: dict[bytes, bytes] = environ._data
    for name in differing if differing is not None else data.keys() | variables.keys():
        value = variables.get(name)
        if value is None:
            if name in data:
                os.unsetenv(name)
        elif data.get(name) != value:
            os.putenv(name, value)
    data.clear()
    data.update(variables)
