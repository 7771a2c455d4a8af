"""What one package has otherwise than another: names of files, and the lines of those that are text."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from .text import printable

if TYPE_CHECKING:
    from ._drylambda import Package

__all__ = ["PackageDiff"]

#: How many lines of context a text has around each change, as ``diff -u`` has.
CONTEXT_LINES = 3


class PackageDiff:
    """What ``new`` has otherwise than ``old``, by the names of files; false if there is nothing.

    - ``added``, ``removed``, ``changed``: names, sorted. A file is changed if its contents or its permissions are.
    - ``text(name)``: the changes in a file, as ``diff -u`` writes them; ``str()`` of the whole writes all of them.
    """

    __slots__ = ("_modes", "added", "changed", "new", "old", "removed")

    def __init__(self, old: Package, new: Package) -> None:
        self.old = old
        self.new = new
        before, after = old._checksums(), new._checksums()
        self.added: list[str] = sorted(after.keys() - before.keys())
        self.removed: list[str] = sorted(before.keys() - after.keys())
        self.changed: list[str] = sorted(name for name in before.keys() & after.keys() if before[name] != after[name])
        self._modes = old.modes, new.modes

    def text(self, name: str) -> str:
        """Return the changes in a file: lines as ``diff -u`` writes them, or one line for what is no text.

        Raises ``KeyError`` for a name that neither package has.
        """
        before = self.old.read(name) if name not in self.added else b""
        after = self.new.read(name) if name not in self.removed else b""
        lines = [f"--- {printable(name) if name not in self.added else '/dev/null'}"]
        lines.append(f"+++ {printable(name) if name not in self.removed else '/dev/null'}")
        return "\n".join([*lines, *self.changes(name, before, after)])

    def changes(self, name: str, before: bytes, after: bytes) -> list[str]:
        """Return the lines of `text` below the names of the file, whose contents were ``before`` and are ``after``."""
        lines = []
        modes = [modes.get(name) for modes in self._modes]
        if name in self.changed and modes[0] != modes[1]:
            lines.append(f"mode {_mode(modes[0])} -> {_mode(modes[1])}")
        one, other = _lines(before), _lines(after)
        if one is not None and other is not None:
            lines.extend(list(difflib.unified_diff(one, other, n=CONTEXT_LINES, lineterm=""))[2:])
        elif before != after:
            lines.append(f"{len(before)} -> {len(after)} bytes that are no text")
        return lines

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def __str__(self) -> str:
        return "\n".join(map(self.text, sorted([*self.added, *self.removed, *self.changed])))

    def _repr_html_(self) -> str:
        from . import html  # noqa: PLC0415 - only notebooks need it

        return html.diff(self)

    def __repr__(self) -> str:
        parts = [("added", self.added), ("removed", self.removed), ("changed", self.changed)]
        told = "; ".join(f"{what} {', '.join(map(printable, names))}" for what, names in parts if names)
        return f"<drylambda.PackageDiff {told or 'nothing'}>"


def _mode(mode: int | None) -> str:
    return "none" if mode is None else f"{mode:04o}"


def _lines(contents: bytes) -> list[str] | None:
    """Return the lines of a text as ``diff`` has them, or nothing for what is none."""
    if b"\0" in contents:
        return None
    try:
        lines = contents.decode().split("\n")
    except UnicodeDecodeError:
        return None
    if lines[-1]:
        lines[-1] += "\n\\ No newline at end of file"
    else:
        lines.pop()
    return lines
