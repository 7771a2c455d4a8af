"""How sizes, and texts that somebody else chose, are written for people."""

from __future__ import annotations

_UNITS = ("bytes", "kB", "MB", "GB")
_STEP = 1000


def size(count: int) -> str:
    """Write a number of bytes for people: ``1.2 MB``, a thousand of one unit being one of the next."""
    value, unit = float(count), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return f"{count} bytes" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def printable(text: str) -> str:
    """Write a text that somebody else chose: what would move a terminal's cursor is spelled out."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
