"""The README is true: its examples run, and its list of operations is the one that is built.

``python tests/test_readme.py --write`` writes the list anew.
"""

from __future__ import annotations

import inspect
import re
import sys
import traceback
from pathlib import Path

import pytest

import drylambda

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BEGIN, END = "<!-- operations: written by tests/test_readme.py --write -->", "<!-- /operations -->"


def blocks(language):
    """Return the fenced blocks of a language: the line each begins at, and its text."""
    text = README.read_text(encoding="utf-8")
    found = re.finditer(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [(text.count("\n", 0, match.start(1)) + 1, match[1]) for match in found]


def operations():
    """Write the table of operations."""
    names = {built: [name for name, it in drylambda.OPERATIONS.items() if it is built] for built in (True, False)}
    lines = ["| | |", "| --- | --- |"]
    for built, title in ((True, "Built"), (False, "Not yet")):
        lines.append(f"| {title}, {len(names[built])} | {', '.join(names[built])} |")
    return "\n".join([BEGIN, *lines, END])


def with_operations(text):
    """Put the table of operations into the text of the README."""
    before, rest = text.split(BEGIN)
    return before + operations() + rest.split(END)[1]


def run(code, line, names):
    # The line numbers of a failure are the README's.
    exec(compile("\n" * (line - 1) + code, README, "exec"), names)  # noqa: S102 - it is our own


def test_every_example_runs(request):
    pytest.importorskip("boto3")
    pytest.importorskip("moto", reason="one of the examples is inside of moto")
    names, outcomes = {}, []
    for line, code in blocks("python"):
        run(code, line, names)
        for name in [name for name in names if name.startswith("test_")]:
            function = names.pop(name)
            # Each gets an emulator of its own, as fixtures would give it.
            with drylambda.mock_lambda() as emulator:
                fixtures = {"drylambda": emulator, "lambda_client": emulator.client()}
                outcomes.append(function(**{it: fixtures[it] for it in inspect.signature(function).parameters}))
    assert len(blocks("python")) == 12
    assert len(outcomes) == 4
    ((_, shown),) = blocks("text")
    (refusal,) = filter(None, outcomes)
    printed = "".join(traceback.format_exception_only(refusal))
    assert shown == printed if sys.version_info >= (3, 11) else shown.startswith(printed)


def test_the_list_of_operations_is_the_one_that_is_built():
    text = README.read_text(encoding="utf-8")
    assert text == with_operations(text), "run: python tests/test_readme.py --write"


def test_every_link_leads_to_a_file():
    for document in [README, ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    README.write_text(with_operations(README.read_text(encoding="utf-8")), encoding="utf-8")
