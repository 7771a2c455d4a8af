"""Packages that somebody made to break whoever reads them, and the rule by which each is answered.

The one idea to hold: a kind is a name, the rule of the specification that its answer follows, and a function that makes
it. The rule says what the answer is: Z1, Z5 and Z7 refuse it as no zip, Z2 and Z3 as empty, Z13 as too large, Z10 as too
large a request; under any other rule Lambda looks away and takes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bombs import BOMBS, OVERLAPS
from codes import CODES
from names import NAMES
from parts import PARTS
from sizes import SIZES

if TYPE_CHECKING:
    from collections.abc import Callable

# Too large to be sent on every way.
ONCE = {"count_of_a_million", "count_of_all_that_fit", "one_entry_listed_a_million_times"}


class Kind(NamedTuple):
    """A kind of hostile package."""

    name: str
    rule: str
    make: Callable[[], bytes]
    says: str = ""  # what our hint says of it, where it is no zip


KINDS = [Kind(name, *kind) for group in (BOMBS, OVERLAPS, SIZES, NAMES, CODES, PARTS) for name, kind in group.items()]
