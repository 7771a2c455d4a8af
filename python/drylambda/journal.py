"""What was called, as tests ask for it: a list of calls, and assertions whose failures show the nearest calls.

The one idea to hold: an assertion names the parameters that count, a call may have more of them::

    emulator.journal.of("UpdateFunctionCode").assert_called_once_with(FunctionName="app", Publish=True)
"""

from __future__ import annotations

from collections import Counter
from reprlib import Repr
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

from . import _drylambda

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ._drylambda import JournalEntry

__all__ = ["Journal"]

_REPR = Repr()
_REPR.maxstring = _REPR.maxother = 100

#: How many calls a failed assertion shows, and how many a failed test.
NEAREST, NEWEST = 3, 20


class Journal(list["JournalEntry"]):
    """The calls that an emulator has answered, refused ones too, oldest first; a list, and assertions on it.

    A slice is a journal again: ``emulator.journal[before:]`` has the calls since there were ``before`` of them.
    """

    __slots__ = ("_forget", "_what")

    def __init__(
        self,
        entries: Iterable[JournalEntry] = (),
        what: str = "any operation",
        *,
        forget: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(entries)
        self._what = what
        self._forget = forget

    def clear(self) -> None:
        """Forget these calls; where it is an emulator's whole journal, the emulator forgets every call, too."""
        super().clear()
        self._forget()

    def of(self, operation: str) -> Journal:
        """Return the calls of one operation, by AWS's name.

        Raises ``ValueError`` for a name that Lambda does not have.
        """
        _drylambda.check_operation(operation)
        return Journal((entry for entry in self if entry.operation == operation), operation)

    @overload
    def __getitem__(self, index: SupportsIndex, /) -> JournalEntry: ...

    @overload
    def __getitem__(self, index: slice, /) -> Journal: ...

    def __getitem__(self, index: SupportsIndex | slice, /) -> JournalEntry | Journal:
        found = super().__getitem__(index)
        return Journal(found, self._what) if isinstance(found, list) else found

    def assert_called_once_with(self, **parameters: Any) -> JournalEntry:  # noqa: ANN401 - boto3's own
        """Require one call, with at least these parameters, and return it.

        Raises ``AssertionError`` with the nearest calls and the parameters that differ.
        """
        if len(self) == 1 and not list(_misses(parameters, self[0].parameters)):
            return self[0]
        raise AssertionError(self._report("one call", parameters))

    def assert_any_call(self, **parameters: Any) -> JournalEntry:  # noqa: ANN401
        """Require a call with at least these parameters, and return the newest one.

        Raises ``AssertionError`` with the nearest calls and the parameters that differ.
        """
        for entry in reversed(self):
            if not list(_misses(parameters, entry.parameters)):
                return entry
        raise AssertionError(self._report("a call", parameters))

    def assert_not_called(self) -> None:
        """Require that there is no call.

        Raises ``AssertionError`` with the calls.
        """
        if self:
            msg = "\n".join([f"expected no call of {self._what}; there {_calls(len(self))}:", *self._lines()])
            raise AssertionError(msg)

    def _report(self, expected: str, parameters: dict[str, Any]) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in parameters.items())
        head = f"expected {expected} of {self._what}{' with ' if told else ''}{told}; there {_calls(len(self))}"
        nearest = sorted(self, key=lambda entry: len(list(_misses(parameters, entry.parameters))))
        lines = [f"{head}{':' if nearest else ''}"]
        for entry in nearest[:NEAREST]:
            lines.append(f"  {_line(entry)}")
            lines.extend(f"      {miss}" for miss in _misses(parameters, entry.parameters))
        if len(nearest) > NEAREST:
            lines.append(f"  and {len(nearest) - NEAREST} more")
        return "\n".join(lines)

    def _lines(self) -> Iterator[str]:
        if len(self) > NEWEST:
            earlier = Counter(entry.operation for entry in self[:-NEWEST])
            yield f"  {len(self) - NEWEST} earlier: {', '.join(f'{name} {count}' for name, count in earlier.items())}"
        yield from (f"  {_line(entry)}" for entry in self[-NEWEST:])

    def __str__(self) -> str:
        return "\n".join(line[2:] for line in self._lines())

    def _repr_html_(self) -> str:
        from . import html  # noqa: PLC0415 - only notebooks need it

        return html.journal(self)

    def __repr__(self) -> str:
        return f"<drylambda.Journal of {self._what}: {len(self)} call{'s' if len(self) != 1 else ''}>"


def _calls(count: int) -> str:
    return {0: "was none", 1: "was one"}.get(count, f"were {count}")


def _line(entry: JournalEntry) -> str:
    parameters = "".join(f" {name}={_REPR.repr(value)}" for name, value in entry.parameters.items())
    return f"{entry.operation}{parameters}: {entry.error_code or 'ok'}"


def _misses(wanted: Any, found: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401 - whatever boto3 takes
    """Yield a line for each thing that is wanted and not found; of dictionaries the rest does not count."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name, value in wanted.items():
            member = f"{path}.{name}" if path else str(name)
            if name in found:
                yield from _misses(value, found[name], member)
            elif isinstance(value, (bytes, bytearray)):
                yield f"{member}: bytes are not kept; compare the CodeSha256 of the response"
            else:
                yield f"{member}: expected {value!r}, not given"
    elif wanted != found:
        yield f"{path}: expected {wanted!r}, not {found!r}"
