"""Every fact of the neighbouring operations has a test, or a reason why not: `facts.txt`, written by ``python tests/test_facts.py``.

A line of the list is the line of the fact, whether AWS's answer is recorded (``rec``) or known otherwise (``other``), and
the tests that name it in the marker ``fact``, or in the id of a parameter (``fact123-what``); or a dash and the reason
why there is none.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIST = HERE / "facts.txt"
#: Tests of one fact that are named; there may be more.
NAMED = 3
#: Shorter ones are no reasons.
REASON_WORDS = 5


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
    for line, kind, rest in lines():
        assert kind != "rec" or not rest.startswith("-") or len(rest.split()) > REASON_WORDS, (
            f"line {line} of the facts"
        )


if __name__ == "__main__":
    LIST.write_text(written(), encoding="utf-8")
