"""Every fact of the neighbouring operations has a test, or a reason why not: `facts.txt`, written by ``python tests/test_facts.py``.

A line of the list is the line of the fact, whether AWS's answer is recorded (``rec``) or known otherwise (``other``), and
the tests that name it in the marker ``fact``, or in the id of a parameter (``fact123-what``); or a dash and the reason
why there is none.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
LIST = HERE / "facts.txt"
#: Tests of one fact that are named; there may be more.
NAMED = 3
#: Shorter ones are no reasons.
REASON_WORDS = 5
#: Recorded facts whose operations are not built yet: the sections of the facts, and the lines. It only shrinks.
OPEN = {
    "policies: 1, 2.6, 3.2, 11": {65, 173, 174, 175, 242, 246, 253, *range(477, 497)},
    "event invoke configs: 2.6, 13": {166, 178, *range(524, 538)},
    "event source mappings: 2.5, 2.6, 6, 18": {152, 179, 387, *range(610, 635)},
    "recursion: 19": {641},
}


def lines():
    """Return the list: line, kind, and the rest."""
    return [tuple(line.split(" ", 2)) for line in LIST.read_text(encoding="utf-8").splitlines() if line]


def each_test():
    """Yield the decorators of every test, with its path and name."""
    for path in sorted(HERE.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                decorators = "\n".join(map(ast.unparse, node.decorator_list))
                yield f"{path.relative_to(HERE).as_posix()}::{node.name}", decorators


def named():
    """Return the tests of each fact."""
    found = {}
    for test, decorators in each_test():
        marked = " ".join(re.findall(r"\bfact\(([\d, ]+)\)", decorators))
        for line in dict.fromkeys(re.findall(r"\d+", marked) + re.findall(r"['\"]fact(\d+)(?=['\"-])", decorators)):
            found.setdefault(line, []).append(test)
    return found


def written():
    """Write the list anew, with the reasons that it has."""
    found = named()
    reasons = {line: rest for line, _, rest in lines() if rest.startswith("- ")}
    return "".join(
        f"{line} {kind} {' '.join(found.get(line, [])[:NAMED]) or reasons.get(line, '-')}\n"
        for line, kind, _ in lines()
    )


def test_the_list_is_what_the_tests_say():
    assert LIST.read_text(encoding="utf-8") == written(), "run: python tests/test_facts.py"


def test_every_fact_that_a_test_names_is_one():
    assert set(named()) <= {line for line, _, _ in lines()}


def test_every_recorded_fact_has_a_test_or_a_reason():
    still_open = set().union(*OPEN.values())
    for line, kind, rest in lines():
        covered = not rest.startswith("-") or len(rest.split()) > REASON_WORDS
        assert covered or kind != "rec" or int(line) in still_open, f"line {line} of the facts"


@pytest.mark.parametrize("section", OPEN)
def test_what_is_open_has_something_open(section):
    bare = {int(line) for line, kind, rest in lines() if kind == "rec" and rest == "-"}
    assert OPEN[section] & bare, f"{section}: each of its lines has a test by now; take it out of OPEN"


if __name__ == "__main__":
    LIST.write_text(written(), encoding="utf-8")
