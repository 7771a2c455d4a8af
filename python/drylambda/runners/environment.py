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
    """Variables that are put again and again, with what became of them in between."""

    __slots__ = ("_changed", "_clean", "_environ", "_native", "_put", "_texts")

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)
        self._native = _native(self._texts)
        #: What was set since the first time, or deleted, which is ``None``.
        self._changed: dict[str, str | None] = {}
        #: Where it is put now and what, as `read` has it, and what that would be without what became of it.
        self._environ: object = None
        self._put: dict[Any, Any] = {}
        self._clean: dict[Any, Any] = {}

    def put(self, base: dict[Any, Any], texts: dict[str, str], *, is_base: bool) -> Put:
        """Make the environment ``base`` with these over it, what became of them, and ``texts`` over all.

        ``is_base`` says that it is just ``base`` already.
        """
        self._environ = None
        over = {**(self._native if is_native() else self._texts), **_as_read(texts)}
        self._clean = {**base, **over}
        for name in texts.keys() & self._changed.keys():
            del self._changed[name]
        variables = self._with_changes(self._clean)
        if self._changed:
            over = {**_as_read(self._changed), **over}
        write(variables, over if is_base else None)
        self._environ, self._put = os.environ, variables
        return Put(variables, over)

    def note(self) -> None:
        """Note what was set and deleted since they were put, for the next time."""
        if os.environ is not self._environ:
            return
        now, put = read(), self._put
        if now == put:
            return
        for name in now.keys() | put.keys():
            value = now.get(name)
            if value == put.get(name):
                continue
            if value == self._clean.get(name):
                self._changed.pop(os.fsdecode(name), None)
            else:
                self._changed[os.fsdecode(name)] = None if value is None else os.fsdecode(value)
        self._put = now

    def again(self, variables: dict[Any, Any]) -> dict[Any, Any]:
        """Return variables over which these were put before, with what became of these since then."""
        self._environ, self._put = os.environ, self._with_changes(variables)
        return self._put

    def _with_changes(self, variables: dict[Any, Any]) -> dict[Any, Any]:
        if not self._changed:
            return variables
        changed = {**variables, **_as_read(self._changed)}
        return {name: value for name, value in changed.items() if value is not None}


class Put(NamedTuple):
    """What was put, and over what: all variables, and those that differ."""

    variables: dict[Any, Any]
    over: Collection[Any]


def _as_read(texts: Mapping[str, str | None]) -> dict[Any, Any]:
    """Return names and values as `read` has them."""
    if not texts or not is_native():
        return dict(texts)
    return {os.fsencode(name): None if value is None else os.fsencode(value) for name, value in texts.items()}


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
