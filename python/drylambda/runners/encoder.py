"""JSON as Lambda's runtime for Python writes it.

The one idea to hold: it is `simplejson`'s, in which a ``Decimal`` is a number, a named tuple an object and ``bytes``
are a text, unlike in `json`. The encoder of `json` writes what both write alike, which is nearly every answer, and a
slower one the rest.
"""

from __future__ import annotations

import json
from collections import OrderedDict, defaultdict
from decimal import Decimal
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["encode"]

_SAME = frozenset({str, int, float, bool, type(None)})
#: Collections that both read alike; of others `simplejson` believes methods that `json` does not look at.
_DICTS = frozenset({dict, OrderedDict, defaultdict})
_LISTS = frozenset({list, tuple})


class _OddError(Exception):
    """A value that `json` does not write as `simplejson` does."""


def _odd(value: object) -> object:
    if isinstance(value, (Decimal, bytes)):
        raise _OddError
    msg = f"Object of type {type(value).__name__} is not JSON serializable"
    raise TypeError(msg)


_FAST = {only: json.JSONEncoder(ensure_ascii=only, default=_odd) for only in (True, False)}


def encode(value: object, *, ensure_ascii: bool) -> str:
    """Write a value as JSON.

    Raises ``TypeError``, ``ValueError`` or ``RecursionError`` for what JSON cannot hold.
    """
    try:
        text = _FAST[ensure_ascii].encode(value)
    except (_OddError, TypeError):
        # Keys may be bytes, too, which is a TypeError there.
        return "".join(_Writer(ensure_ascii=ensure_ascii).pieces(value))
    if type(value) not in _SAME and not _is_plain(value):
        return "".join(_Writer(ensure_ascii=ensure_ascii).pieces(value))
    return text if ensure_ascii else _escaped(text)


def _escaped(text: str) -> str:
    """Escape what ends a line in JavaScript, as `simplejson` does."""
    if text.isascii():
        return text
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _is_plain(value: object) -> bool:
    """Tell whether a value, which is finite, has no named tuple in it, and nothing else of a class of its own."""
    values: list[Any] = [value]
    for each in values:
        kind = type(each)
        if kind in _SAME:
            continue
        if kind in _DICTS:
            values.extend(each.values())
        elif kind in _LISTS:
            values.extend(each)
        else:
            return False
    return True


class _Writer:
    """Writes one value, piece by piece."""

    def __init__(self, *, ensure_ascii: bool) -> None:
        self._string: Callable[[str], str] = (
            encode_basestring_ascii if ensure_ascii else lambda text: _escaped(encode_basestring(text))
        )
        self._open: set[int] = set()

    def pieces(self, value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever a handler returns
        if isinstance(value, str):
            yield self._string(value)
        elif isinstance(value, bytes):
            yield self._string(value.decode())
        elif value is None or isinstance(value, (bool, int, float)):
            yield json.dumps(value)
        elif isinstance(value, Decimal):
            yield "NaN" if value.is_nan() else str(value)
        elif isinstance(value, (dict, list, tuple)):
            yield from self._nested(value)
        else:
            _odd(value)

    def _nested(self, value: Any) -> Iterator[str]:  # noqa: ANN401
        if id(value) in self._open:
            msg = "Circular reference detected"
            raise ValueError(msg)
        self._open.add(id(value))
        same, asdict = value, getattr(value, "_asdict", None)
        if callable(asdict):
            value = asdict()
            if not isinstance(value, dict):
                msg = f"_asdict() must return a dict, not {type(value).__name__}"
                raise TypeError(msg)
        if isinstance(value, dict):
            yield "{"
            for number, (key, each) in enumerate(value.items()):
                yield f"{', ' if number else ''}{self._string(_key(key))}: "
                yield from self.pieces(each)
            yield "}"
        else:
            yield "["
            for number, each in enumerate(value):
                yield ", " if number else ""
                yield from self.pieces(each)
            yield "]"
        self._open.discard(id(same))


def _key(key: object) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, bytes):
        return key.decode()
    if key is None or isinstance(key, (bool, int, float)):
        return json.dumps(key)
    msg = f"keys must be str, int, float, bool or None, not {type(key).__name__}"
    raise TypeError(msg)
