"""The blocks of a page of documentation, and what running each kind of them means.

The one idea to hold: a page is a scene that is played from top to bottom in a folder of its own, as a reader pastes it.
The word behind a fence says how:

- ``python`` runs in the page's one namespace; its tests get the fixtures. With ``title="NAME"`` it is a file, as is any
  block with a title, and a ``console`` block below has to use it.
- ``console`` has commands behind ``$``, run in the folder, and what they print; ``...`` stands for anything.
- ``text`` is what the ``python`` block above it printed.
- ``toml`` and ``ini`` without a title are a configuration that pytest must take.

A comment above a block may say more: ``<!-- fails -->`` for Python that must end with the exception in the ``text``
below, and ``<!-- not run: REASON -->``. A block of any other kind is a failure.
"""

from __future__ import annotations

import asyncio
import contextlib
import doctest
import inspect
import io
import os
import re
import subprocess
import sys
import traceback
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import drylambda

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
#: aiobotocore has an environment of its own, so `tests/aio` plays this one.
ASYNC = DOCS / "how-to" / "async.md"
#: Every page with blocks: the README, and the site's.
PAGES = [ROOT / "README.md", *sorted(set(DOCS.rglob("*.md")) - {ASYNC})]

FENCE = re.compile(
    r"(?:^<!-- (?P<note>fails|not run: [^\n]+?) -->\n\n?)?^```(?P<word>\w*)(?P<more>[^\n]*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
CONFIGURATIONS = {"toml": "pyproject.toml", "ini": "pytest.ini"}
#: The hints of drylambda are notes on exceptions, which older Pythons do not have.
NOTES = sys.version_info >= (3, 11)


class PageError(Exception):
    """A block is not what its page says."""


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    line: int
    word: str
    title: str
    note: str
    text: str


def blocks(path):
    """Return the blocks of a page; ``line`` is where the text of one begins."""
    text = path.read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(text):
        title = re.fullmatch(r'(?: title="([\w./-]+)")?', match["more"])
        if not title:
            msg = f"{path}: nobody knows what ```{match['word']}{match['more']} is"
            raise PageError(msg)
        line = text.count("\n", 0, match.start("text")) + 1
        found.append(Block(line, match["word"], title[1] or "", match["note"] or "", match["text"]))
    marks, notes = re.findall(r"```", text), re.findall(r"<!-- (?:fails|not run)", text)
    if (len(marks), len(notes)) != (2 * len(found), sum(bool(it.note) for it in found)):
        msg = f"{path}: a fence stands elsewhere than at the beginning of a line, or a comment above none"
        raise PageError(msg)
    return found


def play(path, folder):
    """Run every block of a page; raise `PageError`, or whatever a block raises."""
    scene = Scene(path, folder)
    for block in blocks(path):
        scene.play(block)
    scene.end()


def same(shown, printed):
    """Tell whether something was printed as it is shown."""
    if not NOTES:
        shown = re.sub(r"^.*\bdrylambda: .*\n", "", shown, flags=re.MULTILINE)
    return doctest.OutputChecker().check_output(shown, printed, doctest.ELLIPSIS)


class Scene:
    """A page that is being played."""

    def __init__(self, path, folder):
        self.path, self.folder = path, folder
        self.names = {"__name__": path.stem}
        #: What the last Python block printed, and the files that no command has used.
        self.printed, self.unused = None, []

    def play(self, block):
        """Run one block as its kind is run."""
        if block.note.startswith("not run"):
            return
        kind = "file" if block.title else block.word
        player = getattr(self, f"play_{kind}", None)
        if player is None:
            raise self.error(block, f"nobody runs ```{kind}")
        player(block)

    def end(self):
        """Require that every file was for something."""
        if self.unused:
            msg = f"{self.path}: no command uses {', '.join(self.unused)}"
            raise PageError(msg)

    def error(self, block, what):
        return PageError(f"{self.path}:{block.line}: {what}")

    def compare(self, block, shown, printed):
        if not same(shown, printed):
            raise self.error(block, f"the page shows\n{shown}\nand what comes is\n{printed}")

    def play_file(self, block):
        path = self.folder / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
        self.unused.append(block.title)

    def play_python(self, block):
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed), inside(self.folder):
                self.run(block)
        except Exception as error:
            if block.note != "fails":
                raise
            self.printed = "".join(traceback.format_exception_only(error))
        else:
            if block.note == "fails":
                raise self.error(block, "it should fail, and does not")
            self.printed = printed.getvalue()

    def run(self, block):
        # The line numbers of a failure are the page's.
        exec(compile("\n" * (block.line - 1) + block.text, self.path, "exec"), self.names)  # noqa: S102 - it is our own
        for name in [name for name in self.names if name.startswith("test_")]:
            function = self.names.pop(name)
            wanted = inspect.signature(function).parameters.keys()
            with self.fixtures(wanted) as found:
                result = function(**{it: found[it] for it in wanted})
                if inspect.iscoroutine(result):
                    result = asyncio.run(result)
            if result is not None:
                raise self.error(block, f"{name} returns something, which pytest refuses")

    @contextlib.contextmanager
    def fixtures(self, wanted):
        """Give a test what it asks for; who asks for an emulator gets one of its own."""
        found = {"tmp_path": self.folder}
        if "drylambda_server" in wanted:
            with drylambda.Server() as server, pytest.MonkeyPatch.context() as patch:
                for name, value in server.environment.items():
                    patch.setenv(name, value)
                yield {**found, "drylambda_server": server}
            return
        if not wanted & {"drylambda", "lambda_client"}:
            yield found
            return
        mock = drylambda.mock_lambda()
        emulator = mock.start()
        try:
            yield {**found, "drylambda": emulator, "lambda_client": emulator.client()}
        finally:
            # A fixture does not see how its test ends, so nothing is noted on what it ends with.
            mock.stop()

    def play_text(self, block):
        if self.printed is None:
            raise self.error(block, "no Python block above printed this")
        printed, self.printed = self.printed, None
        shown = block.text.splitlines(keepends=True)
        self.compare(block, "".join(shown if NOTES else shown[: printed.count("\n")]), printed)

    def play_console(self, block):
        code, self.unused = 0, []
        for command, shown in re.findall(r"^\$ ([^\n]*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE):
            if command == "echo $?":
                printed, code = f"{code}\n", 0
            elif code:
                raise self.error(block, f"a command before `{command}` fails with {code}: show `echo $?`")
            else:
                code, printed = shell(command, self.folder)
            # What is left out altogether may be anything.
            if shown or command == "echo $?":
                self.compare(block, shown, printed)
        if code:
            raise self.error(block, f"`{command}` fails with {code}:\n{printed}")

    def play_configuration(self, block):
        inner = self.folder / f"line-{block.line}"
        inner.mkdir()
        (inner / CONFIGURATIONS[block.word]).write_text(block.text, encoding="utf-8")
        (inner / "test_it.py").write_text("def test_it(drylambda, lambda_client): ...\n", encoding="utf-8")
        code, printed = shell("python -m pytest -q --strict-config -W error", inner)
        if code:
            raise self.error(block, f"pytest does not take it:\n{printed}")

    play_toml = play_ini = play_configuration


@contextlib.contextmanager
def inside(folder):
    """Make a folder the working one; `contextlib.chdir` of Python 3.11."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def shell(command, folder):
    """Run a command as a user would, on a machine without credentials; return its exit code and what it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))}
    environment |= {
        "HOME": str(folder),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTEST_ADDOPTS": "-p no:cacheprovider",
        "PYTHONDONTWRITEBYTECODE": "1",
        "COLUMNS": "80",
    }
    if not any(point.name == "drylambda" for point in entry_points(group="pytest11")):
        environment["PYTEST_PLUGINS"] = "drylambda.pytest_plugin"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout
