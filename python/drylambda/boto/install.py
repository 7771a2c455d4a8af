"""One attribute of one class or module, replaced for a time, and put back.

The one idea to hold: a patch is a function made around what was there before, and each knows itself: whoever wraps it
copies its mark (``functools.wraps`` does), and is not taken for it. One of ours that was taken out while another
covered it lets everything through, and goes with the next of ours that is put there or taken away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from .active import Entry

    Current = Callable[[], Entry | None]
    Make = Callable[[Any, Current], Any]

_ABSENT = object()
#: The attribute of a patch that says what it is.
_MARK = "__drylambda_patch__"


@dataclass
class _Mark:
    patch: Any
    #: What stood in the owner itself, if anything did.
    before: Any
    original: Any
    wanted: bool = True


class Site(NamedTuple):
    """One attribute of one class or module, and what makes the function or object to put there."""

    owner: type | ModuleType
    attribute: str
    make: Make


def install(site: Site, current: Current) -> Callable[[], None]:
    """Put a patch in; what is returned takes it out, unless somebody has put theirs over it meanwhile."""
    before, original = _below(site.owner.__dict__.get(site.attribute, _ABSENT), getattr(site.owner, site.attribute))
    patch = site.make(original, current)
    mark = _Mark(patch, before, original)
    setattr(patch, _MARK, mark)
    setattr(site.owner, site.attribute, patch)

    def undo() -> None:
        mark.wanted = False
        if site.owner.__dict__.get(site.attribute) is not patch:
            return
        before, _ = _below(mark.before, mark.original)
        if before is _ABSENT:
            delattr(site.owner, site.attribute)
        else:
            setattr(site.owner, site.attribute, before)

    return undo


def _below(before: Any, original: Any) -> tuple[Any, Any]:  # noqa: ANN401 - whatever is there
    """Return what stands below those of ours that nobody wants any more."""
    while (mark := getattr(original, _MARK, None)) is not None and mark.patch is original and not mark.wanted:
        before, original = mark.before, mark.original
    return before, original
