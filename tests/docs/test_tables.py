"""Tables in the documentation are made from what they tell of: ``python tests/docs/test_tables.py --write``.

A table stands between two comments that name it, in whichever page wants it.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import drylambda
from drylambda import cli, pytest_plugin
from drylambda._drylambda import descriptions, operations

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = "python tests/docs/test_tables.py --write"
PLACE = re.compile(rf"<!-- (\w+): written by {re.escape(COMMAND)} -->\n.*?<!-- /\1 -->", re.DOTALL)
#: What the rules of a letter are about.
SUBJECTS = {
    "R": "The request",
    "P": "The members of the answer",
    "W": "The answer on the wire",
    "Z": "The package: zip, limits, signatures",
    "I": "Container images",
    "E": "Refusals and their texts",
    "D": "Dry runs",
    "V": "Publishing and versions",
    "N": "Revisions",
    "T": "States",
    "F": "Names of functions",
    "B": "Code from S3",
    "K": "Errors on the wire, and what clients make of them",
    "Q": "Quotas and lists",
    "G": "Getting the code back",
}


def table(heads, rows):
    """Write a table of Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(" ".join(["|", *(f"{cell} |" if cell else "|" for cell in cells)]) for cells in lines)


def built():
    """How many operations are built, and the names of the others."""
    missing = [name for name, it in drylambda.OPERATIONS.items() if not it]
    count = len(drylambda.OPERATIONS)
    rows = [["Built", f"{count - len(missing)} of {count} operations"]]
    if missing:
        rows.append(["Not yet", ", ".join(missing)])
    return table(["", ""], rows)


def each_operation():
    """Every operation in a row of its own, with the files of its tests."""
    rows = []
    for (name, method, built), (_, _, rules, tests) in zip(operations(), descriptions(), strict=True):
        files = sorted(path.stem for path in (ROOT / "tests" / "behaviour").glob(f"test_{tests}*.py") if tests)
        state = "yes" if built else "in part" if rules else "not yet"
        rows.append([name, f"`{method}`", state, rules, ", ".join(f"`{file}`" for file in files)])
        assert bool(files) == bool(tests), f"{name}: no file of tests/behaviour begins with test_{tests}"
    return table(["Operation", "Method", "Built", "Rules", "Tests"], rows)


def rules():
    """Every rule, and in the words of its tests what is shown of it."""
    lines = (ROOT / "tests" / "rules.txt").read_text(encoding="utf-8").splitlines()
    rows = {letter: [] for letter in SUBJECTS}
    for line in lines:
        rule, rest = line.split(" ", 1)
        told = [rest[2:]] if rest.startswith("- ") else map(sentence, rest.split())
        rows[rule[0]].append([rule, "<br>".join(told)])
    return "\n\n".join(f"### {SUBJECTS[letter]}\n\n{table(['Rule', 'Tests'], rows[letter])}" for letter in SUBJECTS)


def sentence(test):
    """Write the name of a test as the clause that it is."""
    return test.split("::")[1].removeprefix("test_").replace("_", " ").replace(" awss ", " AWS's ")


def options_of_pytest():
    """The options of pytest's configuration."""
    rows = [[f"`drylambda_{name}`", told] for name, (_, told) in pytest_plugin._INI.items()]
    return table(["Option", "Is"], [*rows, ["`drylambda_moto`", "whether drylambda answers Lambda within moto's `mock_aws`: true or false"]])  # fmt: skip


def commands():
    """The commands with their arguments."""
    (subparsers,) = (action for action in cli.parser()._actions if isinstance(action, argparse._SubParsersAction))
    parts = []
    for name, command in subparsers.choices.items():
        rows = [
            [", ".join(f"`{word}`" for word in words(action)), command._get_formatter()._expand_help(action)]
            for action in command._actions
            if not isinstance(action, argparse._HelpAction)
        ]
        text = "\n\n".join(filter(None, (command.description, table(["Argument", "Is"], rows), command.epilog)))
        parts.append(f"## `drylambda {name}`\n\n{text}")
    return re.sub(r"__\w+__", r"`\g<0>`", "\n\n".join(parts))


def words(action):
    """Return the ways to write an argument."""
    value = r"\|".join(action.choices) if action.choices else action.metavar or action.dest.upper()
    if not action.option_strings:
        return [value]
    return [f"{name} {value}" if action.nargs != 0 else name for name in action.option_strings]


TABLES = {
    "built": built,
    "operations": each_operation,
    "rules": rules,
    "options": options_of_pytest,
    "commands": commands,
}


def pages():
    """Every page that has one of the tables."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [path for path in found if PLACE.search(path.read_text(encoding="utf-8"))]


def written(text):
    """Put the tables into the text of a page."""

    def place(match):
        name = match[1]
        gap = "" if name == "built" else "\n"
        return f"<!-- {name}: written by {COMMAND} -->\n{gap}{TABLES[name]()}\n{gap}<!-- /{name} -->"

    return PLACE.sub(place, text)


def test_the_tables_say_what_there_is():
    for page in pages():
        text = page.read_text(encoding="utf-8")
        assert text == written(text), f"{page.relative_to(ROOT)}: run {COMMAND}"


def test_every_table_has_a_place():
    places = [match[1] for page in pages() for match in PLACE.finditer(page.read_text(encoding="utf-8"))]
    assert sorted(places) == sorted(TABLES)


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    for each in pages():
        each.write_text(written(each.read_text(encoding="utf-8")), encoding="utf-8")
