#!/usr/bin/env python3
"""The project's tasks: ``python3 tasks.py TASK``.

They need git, a Rust toolchain and CPython 3.10 or later. Everything else is put into a virtual environment: ``.venv``,
or the folder that ``--venv`` names. Each step is printed as the command that it runs, and the first one that fails ends
the task with a sentence.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(__file__).resolve().parent
PACKAGE = ROOT / "python" / "drylambda"
DIST = ROOT / "dist"
SITE = ROOT / "target" / "site"

OLDEST_PYTHON = (3, 10)
if sys.version_info < OLDEST_PYTHON:
    sys.exit("drylambda needs Python 3.10 or later.")
NEWEST_MINOR = 16
# Groups of dependencies with which folders of tests pass in an environment of their own.
NEIGHBOURS = {
    "aio": ("aio", "scenario"),
    "boto3-oldest": ("python", "scenario"),
    "moto-5-0": ("moto",),
    "moto-5-1": ("moto",),
    "tools": ("tools",),
    "sam": ("tools",),
}
# pytest's arguments where xdist is installed and there are minutes of tests.
EVERY_CORE = ("-n", "logical")
# Folders with the tests of the code in Python.
AROUND = ("python", "s3", "scenario")
# Wheels that everybody knows, and that are zips: pure Python, many megabytes, and compiled.
DEMO_PACKAGES = ("boto3", "numpy", "cryptography")

#: What lets a browser ask another host: links that one may click do not.
ELSEWHERE = re.compile(r"""<(?!a\b|link rel="?canonical)[a-z]+ [^>]*?(?:src|href)=["']?(https?:)?//[^>]*>""")
COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|ignored)\b")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class TaskError(Exception):
    """A task that cannot go on; its text is for the person who started it."""


# Running programs


def command_line(command: tuple[str | Path, ...], environment: Mapping[str, str]) -> str:
    """Write a command as one would type it in the project's folder."""
    words = (str(word).replace(f"{ROOT}{os.sep}", "") for word in command)
    return " ".join(
        [*(f"{name}={shlex.quote(value)}" for name, value in environment.items()), *map(shlex.quote, words)]
    )


def run(*command: str | Path, **environment: str) -> None:
    """Print a command and run it in the project's folder."""
    with started(command, environment, stdout=None) as process:
        process.wait()
    require(process, command, environment)


def lines_of(process: subprocess.Popen[str]) -> Iterator[str]:
    """Give a program's output line by line, while it is passed on to the terminal."""
    for line in process.stdout or ():
        print(line, end="", flush=True)
        yield COLOUR.sub("", line.rstrip())


def started(
    command: tuple[str | Path, ...],
    environment: Mapping[str, str],
    *,
    stdout: int | None,
) -> subprocess.Popen[str]:
    """Print a command and start it."""
    print(f"$ {command_line(command, environment)}", flush=True)
    try:
        return subprocess.Popen(
            [str(word) for word in command],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError as error:
        msg = f"{command[0]} is not installed, or not on the PATH."
        raise TaskError(msg) from error


def require(process: subprocess.Popen[str], command: tuple[str | Path, ...], environment: Mapping[str, str]) -> None:
    """End the task if a program failed."""
    if process.returncode:
        msg = f"`{command_line(command, environment)}` failed with status {process.returncode}."
        raise TaskError(msg)


# The virtual environment


@dataclass(frozen=True)
class Environment:
    """A virtual environment with the tools of the project."""

    folder: Path

    @property
    def programs(self) -> Path:
        """Where its programs are."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.programs / ("python.exe" if os.name == "nt" else "python")

    @property
    def variables(self) -> dict[str, str]:
        """Environment variables that make it the active one."""
        return {"VIRTUAL_ENV": str(self.folder), "PYO3_PYTHON": str(self.python), "PIP_QUIET": "1"}

    def module(self, name: str, *arguments: str | Path, **environment: str) -> None:
        """Run a Python module in it."""
        run(self.python, "-m", name, *arguments, **environment)

    def create(self, *requirements: str | Path, interpreter: str = sys.executable) -> None:
        """Make it, with these requirements, unless it is there with them already."""
        stamp = self.folder / "drylambda-requirements.txt"
        wanted = [
            interpreter,
            *map(str, requirements),
            hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest(),
        ]
        if stamp.exists() and stamp.read_text(encoding="utf-8") == "\n".join(wanted):
            return
        if self.folder.exists() and any(self.folder.iterdir()) and not (self.folder / "pyvenv.cfg").exists():
            msg = f"{self.folder} is no virtual environment, and not empty."
            raise TaskError(msg)
        # Only what was made here is made anew.
        run(interpreter, "-m", "venv", *(["--clear"] if stamp.exists() else []), self.folder)
        pip = ("install", "--quiet", "--disable-pip-version-check", "--no-input")
        self.module("pip", *pip, "--upgrade", "pip")
        self.module("pip", *pip, *requirements)
        stamp.write_text("\n".join(wanted), encoding="utf-8")


def prepared(folder: Path) -> Environment:
    """Make the environment with all tools, and the extension module in it."""
    cargo()
    environment = Environment(folder)
    environment.create("--group", "dev")
    # The release profile: packages are hashed and inflated many times faster than in a debug build.
    run(environment.programs / "maturin", "develop", "--release", "--quiet", **environment.variables)
    return environment


def cargo() -> str:
    """Find Rust's build tool."""
    if not shutil.which("cargo"):
        msg = "cargo is not on the PATH: install a Rust toolchain, 1.92 or later."
        raise TaskError(msg)
    return "cargo"


# Counting tests


@dataclass
class Tally:
    """How many tests passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __str__(self) -> str:
        """Write the line that ends a run."""
        return f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else "")

    def add(self, other: Tally) -> None:
        """Add the counts of another run."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped


def counted(what: str, command: tuple[str | Path, ...], is_total: Callable[[str], bool]) -> Tally:
    """Run tests, and count them by the lines in which their program sums up."""
    found = Tally()
    with started(command, {}, stdout=subprocess.PIPE) as process:
        for line in filter(is_total, lines_of(process)):
            for number, outcome in COUNT.findall(line):
                name = {"ignored": "skipped", "error": "failed", "errors": "failed"}.get(outcome, outcome)
                setattr(found, name, getattr(found, name) + int(number))
    if process.returncode and not found.failed:
        # It was not a test that failed: the program crashed, or did not compile.
        print(f"{what}: status {process.returncode}")
        found.failed = 1
    print(f"{what}: {found}\n", flush=True)
    return found


def rust_tests() -> Tally:
    """Run the core's tests: no Python is built in."""
    command = (cargo(), "test", "--locked", "--features", "server", "--no-fail-fast")
    return counted("Rust", command, lambda line: line.startswith("test result:"))


def python_tests(environment: Environment, what: str = "Python", *arguments: str | Path) -> Tally:
    """Run every test in some folders, or in ``tests``; ``arguments`` are those and pytest's."""
    command: tuple[str | Path, ...] = (environment.python, "-m", "pytest", *arguments)
    return counted(what, command, lambda line: bool(re.fullmatch(r"=+ .*\bin [\d.]+s.* =+", line)))


# The tasks


def task_demo(options: argparse.Namespace) -> None:
    """Deploy three real packages and compare the hashes with OpenSSL's."""
    environment = prepared(options.venv)
    folder = ROOT / "target" / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    pip = ("download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps", "--only-binary", ":all:")
    environment.module("pip", *pip, "--dest", folder, *DEMO_PACKAGES)
    packages = sorted(folder.iterdir())
    command = (environment.python, ROOT / "examples" / "deploy.py", *packages)
    with started(command, {}, stdout=subprocess.PIPE) as process:
        answered = [line.split()[1] for line in lines_of(process) if line.split()[:1] == ["CodeSha256"]]
    require(process, command, {})
    print()
    for package, code_sha256 in zip(packages, answered, strict=True):
        name, digest = independent_digest(package)
        if digest != code_sha256:
            msg = f"{package.name}: CodeSha256 is {code_sha256}, and {digest} by {name}."
            raise TaskError(msg)
        print(f"{digest} by {name} is the CodeSha256 of {package.name}")


def independent_digest(package: Path) -> tuple[str, str]:
    """Hash a file without drylambda: by OpenSSL, or by hashlib where there is none."""
    if shutil.which("openssl"):
        command = ("openssl", "dgst", "-sha256", "-binary", package)
        print(f"$ {command_line(command, {})} | base64")
        digest = subprocess.run(command, check=True, capture_output=True).stdout
        return "openssl", base64.b64encode(digest).decode()
    return "hashlib", base64.b64encode(hashlib.sha256(package.read_bytes()).digest()).decode()


def task_test(options: argparse.Namespace) -> None:
    """Run all tests, Rust's and Python's."""
    environment = prepared(options.venv)
    total = Tally()
    for tests in (rust_tests, lambda: python_tests(environment, "Python", *EVERY_CORE)):
        total.add(tests())
        write_tally(options.tally, total)
    print(total)
    check(total)


def check(total: Tally) -> None:
    """End the task if a test failed."""
    if total.failed:
        msg = f"{total.failed} of {total.failed + total.passed} tests failed."
        raise TaskError(msg)


def write_tally(path: Path | None, total: Tally) -> None:
    """Leave the counts for whoever asked for them."""
    if path:
        path.write_text(f"{total.passed} {total.failed} {total.skipped}\n", encoding="utf-8")


def task_fmt(options: argparse.Namespace) -> None:
    """Format all code."""
    environment = prepared(options.venv)
    run(cargo(), "fmt")
    environment.module("ruff", "check", "--fix-only", "--quiet")
    environment.module("ruff", "format")


def task_lint(options: argparse.Namespace) -> None:
    """Check form, types, documentation and generated files."""
    environment = prepared(options.venv)
    run(cargo(), "fmt", "--check")
    clippy = ("clippy", "--locked", "--all-targets", "--quiet")
    run(cargo(), *clippy, "--", "-D", "warnings")
    run(cargo(), *clippy, "--features", "python", "--", "-D", "warnings", **environment.variables)
    run(cargo(), "doc", "--locked", "--features", "server", "--no-deps", "--quiet", RUSTDOCFLAGS="-D warnings")
    environment.module("ruff", "check")
    environment.module("ruff", "format", "--check")
    environment.module("mypy")
    stubtest = ("drylambda", "--mypy-config-file", "pyproject.toml", "--allowlist", "tests/stubtest-allowlist.txt")
    environment.module("mypy.stubtest", *stubtest)
    run(environment.python, ROOT / "tests" / "model" / "generate.py", "--check")


def task_model(options: argparse.Namespace) -> None:
    """Write the generated files anew from the pinned botocore."""
    environment = prepared(options.venv)
    run(environment.python, ROOT / "tests" / "model" / "generate.py")
    run(cargo(), "fmt", "--check")


def task_docs(options: argparse.Namespace) -> None:
    """Build the documentation's site in target/site; a broken link or reference fails."""
    environment = Environment(options.venv)
    environment.create("--group", "dev")
    shutil.rmtree(SITE, ignore_errors=True)
    environment.module("zensical", "build", "--clean", "--strict", NO_COLOR="1")
    for page in sorted(SITE.rglob("*.html")):
        if found := ELSEWHERE.search(page.read_text(encoding="utf-8")):
            msg = f"{page.relative_to(ROOT)} asks another host: {found[0]}"
            raise TaskError(msg)


def task_bench(options: argparse.Namespace) -> None:
    """Measure the core, each face beside its like, hostile packages, code from S3, the server, calls of functions."""
    environment = prepared(options.venv)
    run(cargo(), "bench", "--locked")
    run(environment.python, ROOT / "benches" / "faces.py")
    environment.module("benches.hostile")
    environment.module("benches.sources")
    environment.module("benches.server")
    environment.module("benches.invoke")


def task_wheel(options: argparse.Namespace) -> Path:
    """Build wheel and sdist, and check what is in them."""
    cargo()
    environment = Environment(options.venv)
    environment.create("--group", "dev")
    shutil.rmtree(DIST, ignore_errors=True)
    maturin = environment.programs / "maturin"
    run(maturin, "build", "--release", "--quiet", "--out", DIST, **environment.variables)
    run(maturin, "sdist", "--out", DIST, **environment.variables)
    (wheel,), (sdist,) = DIST.glob("*.whl"), DIST.glob("*.tar.gz")
    check_wheel(wheel)
    check_sdist(sdist)
    return wheel


def python_files() -> set[str]:
    """Name the files of the Python package that are in the repository."""
    files = (path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in {".so", ".pyd", ".pyc"})
    return {path.relative_to(PACKAGE).as_posix() for path in files}


def check_wheel(wheel: Path) -> None:
    """Require exactly the files that a wheel should have."""
    with zipfile.ZipFile(wheel) as archive:
        found = {re.sub(r"^drylambda-[^/]*\.dist-info/", "dist-info/", name) for name in archive.namelist()}
    # Lists of what was compiled in, which newer builders add.
    found = {name for name in found if not name.startswith("dist-info/sboms/")}
    module = "_drylambda.pyd" if os.name == "nt" else "_drylambda.abi3.so"
    metadata = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
    wanted = {f"drylambda/{name}" for name in {module, *python_files()}} | {f"dist-info/{name}" for name in metadata}
    compare(wheel, found, wanted)
    megabytes = wheel.stat().st_size / 1_000_000
    told = re.search(r"one wheel of (\d+) MB", (ROOT / "README.md").read_text(encoding="utf-8"))
    if told is None or abs(megabytes - int(told[1])) >= 1:
        msg = f"{wheel.name} has {megabytes:.1f} MB, and the README does not say so."
        raise TaskError(msg)
    if "-cp310-abi3-" not in wheel.name:
        msg = f"{wheel.name} is not for every CPython from 3.10 on."
        raise TaskError(msg)


def check_sdist(sdist: Path) -> None:
    """Require exactly what is needed to build from it."""
    with tarfile.open(sdist) as archive:
        found = {member.name.partition("/")[2] for member in archive if member.isfile()}
    single = {"CHANGELOG.md", "Cargo.lock", "Cargo.toml", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml"}
    # What an interpreter is given is a source, too: it is compiled in.
    patterns = ("src/**/*.rs", "src/**/*.py", "benches/**/*.rs")
    sources = {path.relative_to(ROOT).as_posix() for pattern in patterns for path in ROOT.glob(pattern)}
    compare(sdist, found, single | sources | {f"python/drylambda/{name}" for name in python_files()})


def compare(archive: Path, found: set[str], wanted: set[str]) -> None:
    """Name what is missing in an archive, and what it has too much."""
    if found == wanted:
        print(f"{archive.name}: {len(found)} files, all that should be in it")
        return
    missing, beyond = sorted(wanted - found), sorted(found - wanted)
    msg = f"{archive.name}: missing {missing or 'nothing'}, not expected {beyond or 'nothing'}."
    raise TaskError(msg)


def task_test_wheel(options: argparse.Namespace) -> None:
    """Build the wheel and run Python's tests with it on every CPython of this machine, and beside its neighbours.

    All of them on the oldest CPython, but for the sweep over the model, which asks the core alone; on the others those
    of the code in Python.
    """
    wheel = task_wheel(options)
    total = Tally()
    found = interpreters()
    # The core is the same for every Python: what can differ beyond the oldest is the code around it.
    whole = list(found)[:1]
    around = tuple(ROOT / "tests" / folder for folder in AROUND)
    most = (f"--ignore={ROOT / 'tests' / 'behaviour' / 'test_constraints.py'}", *EVERY_CORE)
    pythons: list[tuple[str, str, str, tuple[str | Path, ...]]]
    pythons = [("test", f"on Python {it}", path, most if it in whole else around) for it, path in found.items()]
    beside = [
        (group, f"beside {group}", sys.executable, tuple(ROOT / "tests" / folder for folder in folders))
        for group, folders in NEIGHBOURS.items()
    ]
    for group, where, interpreter, folders in [*pythons, *beside]:
        with tempfile.TemporaryDirectory(prefix="drylambda-") as folder:
            environment = Environment(Path(folder) / "venv")
            environment.create("--group", group, wheel, interpreter=interpreter)
            total.add(python_tests(environment, f"The wheel {where}", *folders))
        write_tally(options.tally, total)
    print(total)
    check(total)


def interpreters() -> dict[str, str]:
    """Find the interpreters that the wheel is for, oldest first: the one that runs this, on the PATH, and pyenv's."""
    names = (f"python3.{minor}" for minor in range(OLDEST_PYTHON[1], NEWEST_MINOR + 1))
    candidates = [sys.executable, *filter(None, map(shutil.which, names))]
    if pyenv := shutil.which("pyenv"):
        root = Path(subprocess.run([pyenv, "root"], check=True, capture_output=True, text=True).stdout.strip())
        candidates += map(str, sorted(root.glob("versions/3.*/bin/python3")))
    # The stable ABI is that of interpreters with a global lock.
    question = "import sys, sysconfig as s; print(sys.implementation.name, *sys.version_info[:2], \
s.get_config_var('Py_GIL_DISABLED') or 0, sys.executable)"
    found: dict[tuple[int, int], str] = {}
    for candidate in candidates:
        answer = subprocess.run([candidate, "-c", question], check=False, capture_output=True, text=True)
        # A shim of pyenv may stand for nothing.
        if answer.returncode == 0:
            name, major, minor, free_threaded, executable = answer.stdout.strip().split(" ", 4)
            version = (int(major), int(minor))
            if name == "cpython" and version >= OLDEST_PYTHON and free_threaded == "0":
                found.setdefault(version, executable)
    return {f"{major}.{minor}": found[major, minor] for major, minor in sorted(found)}


TASKS: dict[str, Callable[[argparse.Namespace], object]] = {
    name.removeprefix("task_").replace("_", "-"): task
    for name, task in list(globals().items())
    if name.startswith("task_")
}


def main() -> int:
    """Run one task."""
    listing = "\n".join(f"  {name:<11} {(task.__doc__ or '').splitlines()[0]}" for name, task in TASKS.items())
    parser = argparse.ArgumentParser(
        prog="tasks.py",
        usage="python3 tasks.py TASK [--venv FOLDER]",
        description=f"tasks:\n{listing}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("task", choices=TASKS, metavar="TASK", help="one of the above")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv", help="the virtual environment to use or make")
    parser.add_argument("--tally", type=Path, help="a file for the counts of tests: passed, failed, skipped")
    options = parser.parse_args()
    options.venv = options.venv.absolute()
    try:
        TASKS[options.task](options)
    except TaskError as error:
        print(f"tasks.py {options.task}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
