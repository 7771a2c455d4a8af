"""Every rule of the specification has a test, or a reason why not: `rules.txt`, written by ``python tests/test_rules.py``.

A line of the list is a rule's id and the tests that name it in a marker or in the id of a parameter; or the id, a dash
and the reason why there is none.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIST = HERE / "rules.txt"
#: Tests of one rule that are named; there may be more.
NAMED = 3
#: How many of the rules may be without a test.
LARGEST_SHARE = 0.05


def lines():
    """Return the list as pairs of id and the rest."""
    return [line.split(" ", 1) for line in LIST.read_text(encoding="utf-8").splitlines() if line]


def each_test():
    """Yield path, name and decorators of every test."""
    for path in sorted(HERE.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield path.relative_to(HERE), node.name, "\n".join(map(ast.unparse, node.decorator_list))


def named(rules):
    """Return the tests of each rule."""
    found = {rule: [] for rule in rules}
    for path, name, decorators in each_test():
        # rule("R21", "R22"), or pytest.param(..., id="R21-bucket")
        for rule in dict.fromkeys(re.findall(r"['\"]([A-Z]\d+)(?=['\"-])", decorators)):
            if rule in found:
                found[rule].append(f"{path.as_posix()}::{name}")
    return found


def written():
    """Write the list anew, with the reasons that it has."""
    rules, reasons = [rule for rule, _ in lines()], {rule: rest for rule, rest in lines() if rest.startswith("- ")}
    found = named(rules)
    return "".join(f"{rule} {' '.join(found[rule][:NAMED]) or reasons.get(rule, '- ')}\n" for rule in rules)


def test_the_list_is_what_the_tests_say():
    assert LIST.read_text(encoding="utf-8") == written(), "run: python tests/test_rules.py"


def test_nearly_every_rule_has_a_test_and_the_others_a_reason():
    uncovered = {rule: rest for rule, rest in lines() if rest.startswith("-")}
    assert all(len(reason) > len("- a reason") for reason in uncovered.values()), uncovered
    assert len(uncovered) < LARGEST_SHARE * len(lines()), uncovered


if __name__ == "__main__":
    LIST.write_text(written(), encoding="utf-8")
