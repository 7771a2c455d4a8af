"""How the command line writes sizes, and how far it is."""

from __future__ import annotations

import sys

_UNITS = ("bytes", "kB", "MB", "GB")
_STEP = 1000
_BAR = 30


def size(count: int) -> str:
    """Write a number of bytes for people: ``1.2 MB``, a thousand of one unit being one of the next."""
    value, unit = float(count), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return f"{count} bytes" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


class Bar:
    """A bar on standard error while a large file is read; nothing where nobody looks, and for small files."""

    def __init__(self, name: str, least_bytes: int = 20_000_000) -> None:
        self._name, self._least_bytes, self._shown = name, least_bytes, False

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is, in bytes."""
        if total < self._least_bytes or not sys.stderr.isatty():
            return
        filled = _BAR * done // total
        bar = "#" * filled + "." * (_BAR - filled)
        print(f"\r{self._name} [{bar}] {size(done)} of {size(total)} ", end="", file=sys.stderr, flush=True)
        self._shown = True

    def clear(self) -> None:
        """Take the bar away."""
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def printable(text: str) -> str:
    """Write a text that somebody else chose: what would move a terminal's cursor is spelled out."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
