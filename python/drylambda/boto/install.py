"""One attribute of one class or module, replaced while mocks are active, and put back.

The one idea to hold: a patch is a function made around what was there before, and each knows itself: whoever wraps it
copies its mark (``functools.wraps`` does), and is not taken for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from .active import Entry

    Current = Callable[[], Entry | None]
    Make = Callable[[Any, Current], Any]

_ABSENT = object()
#: The attribute of a patch that holds itself, and what was there before it.
_MARK = "__drylambda_before__"


class Site(NamedTuple):
    """One attribute of one class or module, and what makes the function or object to put there."""

    owner: type | ModuleType
    attribute: str
    make: Make


def install(site: Site, current: Current) -> Callable[[], None]:
    """Put a patch in; what is returned takes it out, unless somebody has put theirs over it meanwhile."""
    before = site.owner.__dict__.get(site.attribute, _ABSENT)
    original = getattr(site.owner, site.attribute)
    # One of ours that somebody has put back after it was taken out makes room for the new one, and goes with it.
    while (mark := getattr(original, _MARK, None)) is not None and mark[0] is original:
        _, before, original = mark
    patch = site.make(original, current)
    setattr(patch, _MARK, (patch, before, original))
    setattr(site.owner, site.attribute, patch)

    def undo() -> None:
        if site.owner.__dict__.get(site.attribute) is not patch:
            return
        if before is _ABSENT:
            delattr(site.owner, site.attribute)
        else:
            setattr(site.owner, site.attribute, before)

    return undo
