"""How far the command line is."""

from __future__ import annotations

import sys

from drylambda.text import size

_BAR = 30


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
