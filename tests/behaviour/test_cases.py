"""The cases of section 18 are all here, each through every way in."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
WIRE = {11, 55, 56, 57, 80, 81}
REQUIRED = set(range(1, 91))


def test_every_case_that_can_be_built_is_a_test():
    written = {
        int(number)
        for path in HERE.parent.rglob("test_*.py")
        for numbers in re.findall(r"\bcase\(([\d, ]+)\)", path.read_text())
        for number in numbers.split(",")
    }
    assert written == REQUIRED


def test_every_case_goes_through_every_way_in(request):
    for item in request.session.items:
        numbers = {number for mark in item.iter_markers("case") for number in mark.args}
        fixtures = set(item.fixturenames)
        if numbers & WIRE:
            assert "wire" in fixtures, item.nodeid
        elif numbers:
            # 42 and 83 have a raw form beside the one through every way.
            # 82 is the CLI's own.
            assert "way" in fixtures or ("wire" in fixtures and numbers <= {42, 83}) or numbers == {82}, item.nodeid
