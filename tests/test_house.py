"""The house is in order: what is written down in two places says the same in both."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

import drylambda

ROOT = Path(__file__).resolve().parent.parent


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def table(text, heading):
    """Return the text of one table of a TOML file."""
    return re.split(r"^\[", text.split(f"\n[{heading}]\n")[1], maxsplit=1, flags=re.MULTILINE)[0]


def test_the_version_is_the_same_everywhere():
    in_cargo = re.search(r'^version = "(.+)"$', read("Cargo.toml"), re.MULTILINE)[1]
    assert drylambda.__version__ == in_cargo == version("drylambda")
    locked = re.search(r'name = "drylambda"\nversion = "(.+)"', read("Cargo.lock"))[1]
    assert locked == in_cargo


def test_the_changelog_has_a_place_for_the_next_change():
    assert re.search(r"^## Unreleased$", read("CHANGELOG.md"), re.MULTILINE)


def test_every_dependency_has_a_reason():
    tables = table(read("Cargo.toml"), "dependencies") + table(read("Cargo.toml"), "dev-dependencies")
    names = re.findall(r"^([\w-]+) = ", tables, re.MULTILINE)
    reasons = re.findall(r"^\| `([\w-]+)` \| .{10,} \|$", read("CONTRIBUTING.md"), re.MULTILINE)
    assert set(names) <= set(reasons)


def test_the_pinned_botocore_is_the_one_of_the_model():
    from drylambda._drylambda import BOTOCORE_VERSION

    pins = set(re.findall(r'"(boto3|botocore)==([\d.]+)"', read("pyproject.toml")))
    # Beside it, the tests of the code in Python run with the oldest that is declared.
    oldest = re.search(r'"boto3>=([\d.]+)"', read("pyproject.toml"))[1] + ".0"
    assert pins == {(name, version) for name in ("boto3", "botocore") for version in (BOTOCORE_VERSION, oldest)}


def test_the_oldest_rust_and_python_are_the_same_everywhere():
    rust = re.search(r'^rust-version = "(.+)"$', read("Cargo.toml"), re.MULTILINE)[1]
    python = re.search(r'^requires-python = ">=(.+)"$', read("pyproject.toml"), re.MULTILINE)[1]
    assert f"abi3-py{python.replace('.', '')}" in read("Cargo.toml")
    for name in ("README.md", "CONTRIBUTING.md"):
        assert f"a Rust toolchain ({rust} or later)" in read(name)
        assert f"CPython {python} or later" in read(name)
    assert f"a Rust toolchain, {rust} or later" in read("tasks.py")


def test_every_task_is_in_contributing():
    listed = subprocess.run([sys.executable, ROOT / "tasks.py", "--help"], check=True, capture_output=True, text=True)
    tasks = re.findall(r"^  ([a-z-]+)  +[A-Z]", listed.stdout, re.MULTILINE)
    described = read("CONTRIBUTING.md").split("| Task | Does |")[1].split("\n\n")[0]
    assert tasks == re.findall(r"^\| `([a-z-]+)` \|", described, re.MULTILINE)


def test_pytest_finds_the_fixtures():
    (plugin,) = entry_points(group="pytest11", name="drylambda")
    assert plugin.load().drylambda


def test_the_sources_named_in_the_documents_are_there():
    for document in ("CONTRIBUTING.md", *(path.relative_to(ROOT) for path in (ROOT / "docs").glob("*.md"))):
        for name in re.findall(r"`((?:src|tests|python|benches|examples)/[\w./-]+)`", read(document)):
            assert (ROOT / name).exists(), f"{document} names {name}"


def test_the_diff_in_contributing_is_what_stands_there():
    (diff,) = re.findall(r"^```diff\n(.*?)^```$", read("CONTRIBUTING.md"), re.MULTILINE | re.DOTALL)
    parts = re.split(r"^--- .+\n\+\+\+ b/(.+)\n", diff, flags=re.MULTILINE)[1:]
    assert parts
    for name, added in zip(parts[::2], parts[1::2], strict=True):
        # It is shortened: other lines may stand between these.
        there = iter(read(name).splitlines())
        missing = [line for line in added.splitlines() if line.removeprefix("+") not in there]
        assert not missing, f"{name} no longer has, in this order: {missing}"


def test_the_example_runs():
    pytest.importorskip("boto3")
    command = [sys.executable, "-W", "error", ROOT / "examples" / "deploy.py"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    steps = re.findall(r"^  (\S+(?: \S+)?)  ", shown, re.MULTILINE)
    expected = ["created", "dry run", "updated", "CodeSha256", "published", "alias live", "alias live", "downloaded"]
    assert steps == expected
