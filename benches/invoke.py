"""Calls of functions: warm and cold, by each runner, and beside what people use today, in one run on this machine.

    python -m benches.invoke [--rivals FOLDER]

The handler returns a constant, so that all of the time is what lies beyond it. Everything is measured in turn, so that
whatever else the machine does hits all sides; medians are compared. Warm calls come ten in a row, as a processor that
has waited for the other sides has forgotten everything. A cold start is the first call of a new function: its package
is unpacked, its module imported, and its runtime started, but that an emulator that has run a function in Python keeps
an interpreter ready; the first round, which is not counted, has none. ``ministack`` starts processes too, by a client
of its own; it is called as ``drylambda serve`` is, on one connection. It is installed as `benches.server` says.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import itertools
import json
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from benches.server import ROOT, SIGNED, line, rival, server

import drylambda

if TYPE_CHECKING:
    from collections.abc import Callable

#: What is done once and measured; whatever has to be there first is made by whoever made it.
Side: TypeAlias = "Callable[[], float]"

WARM, COLD = 30, 15
#: How many warm calls come in a row.
IN_A_ROW = 10
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
FUNCTION: dict[str, Any] = {
    "Runtime": RUNTIME,
    "Role": "arn:aws:iam::123456789012:role/bench",
    "Handler": "app.handler",
    "Timeout": 30,
}
INSIDE: dict[str, Any] = {"settle": "instant", "runner": "in_process"}
NUMBERS = itertools.count()
OK, CREATED = 200, 201


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description="Calls of functions.")
    parser.add_argument("--rivals", type=Path, default=ROOT / "target" / "rivals")
    options = parser.parse_args()
    with ExitStack() as stack:
        process = stack.enter_context(closing(drylambda.Lambda(settle="instant")))
        inside = stack.enter_context(closing(drylambda.Lambda(**INSIDE)))
        ours = Connection(stack.enter_context(server()))
        theirs = Connection(stack.enter_context(rival(options.rivals, "ministack")))
        warm(process, inside, ours, theirs)
        cold(process, inside, ours, theirs)


def warm(process: drylambda.Lambda, inside: drylambda.Lambda, ours: Connection, theirs: Connection) -> None:
    """Call what runs already."""
    sides = {
        "process": direct(process, deployed(process)),
        "in_process": direct(inside, deployed(inside)),
        "drylambda serve": ours.calls(ours.deployed()),
        "ministack": theirs.calls(theirs.deployed()),
    }
    medians = in_turn(sides, WARM, IN_A_ROW)
    line("warm call, process, direct, ms", f"{medians['process'] * 1000:.2f}", "<= 2.5")
    line("warm call, in_process, direct, us", f"{medians['in_process'] * 1e6:.0f}", "<= 100")
    beside("warm call", medians)


def cold(process: drylambda.Lambda, inside: drylambda.Lambda, ours: Connection, theirs: Connection) -> None:
    """Call what was never called, beside the start of an interpreter that imports AWS's client."""
    sides = {
        "process": lambda: once(direct(process, deployed(process))),
        "in_process": lambda: once(direct(inside, deployed(inside))),
        "drylambda serve": lambda: once(ours.calls(ours.deployed())),
        "ministack": lambda: once(theirs.calls(theirs.deployed())),
        "awslambdaric": lambda: interpreter("import awslambdaric"),
        "awslambdaric.bootstrap": lambda: interpreter("import awslambdaric.bootstrap"),
        "pass": lambda: interpreter("pass"),
    }
    medians = in_turn(sides, COLD)
    started = medians["process"]
    line("cold start, process, direct, ms", f"{started * 1000:.0f}", "")
    line("cold start, in_process, direct, ms", f"{medians['in_process'] * 1000:.1f}", "")
    for name, allowed in (("awslambdaric", "<= 1.3"), ("awslambdaric.bootstrap", ""), ("pass", "")):
        shown = "pass" if name == "pass" else f"import {name}"
        value = f"{started / medians[name]:.2f} ({medians[name] * 1000:.0f} ms)"
        line(f'cold start, process: times python -c "{shown}"', value, allowed)
    beside("cold start", medians)


def beside(what: str, medians: dict[str, float]) -> None:
    """Write what two servers take, and how much longer the other one does."""
    ours, theirs = medians["drylambda serve"], medians["ministack"]
    line(f"{what} at drylambda serve, ms", f"{ours * 1000:.2f}", "")
    line(f"{what} at ministack, ms: times that", f"{theirs * 1000:.2f}: {theirs / ours:.1f}", "")


def in_turn(sides: dict[str, Side], rounds: int, in_a_row: int = 1) -> dict[str, float]:
    """Measure each side as often, in turn; its median, in seconds. The first round makes what is made once."""
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name, side in sides.items():
            seconds = [side() for _ in range(in_a_row)]
            if number:
                taken[name] += seconds
    return {name: statistics.median(times) for name, times in taken.items()}


def once(side: Side) -> float:
    """Measure what was made for this one time."""
    return side()


def package() -> bytes:
    """Make a package that nobody has seen before."""
    return drylambda.make_zip({"app.py": f"def handler(event, context): return {next(NUMBERS)}"})


def deployed(emulator: drylambda.Lambda) -> str:
    """Create a function; return its name."""
    code = package()
    name = f"bench-{next(NUMBERS)}"
    emulator.create_function(FunctionName=name, Code={"ZipFile": code}, **FUNCTION)
    return name


def direct(emulator: drylambda.Lambda, name: str) -> Side:
    """Call a function of an emulator in this process."""

    def call() -> float:
        began = time.perf_counter()
        answer = emulator.invoke(FunctionName=name, Payload=b"{}")
        taken = time.perf_counter() - began
        assert "FunctionError" not in answer, answer["Payload"].read()
        return taken

    return call


class Connection:
    """One connection to a server."""

    def __init__(self, url: str) -> None:
        """Connect."""
        self._http = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)

    def ask(self, path: str, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        """Send a request; return its answer, and the answer's body."""
        name, _, value = SIGNED.partition(": ")
        self._http.request("POST", path, body, {name: value, "Content-Type": "application/json"})
        answer = self._http.getresponse()
        return answer, answer.read()

    def deployed(self) -> str:
        """Create a function; return its name."""
        name = f"bench-{next(NUMBERS)}"
        code = {"ZipFile": base64.b64encode(package()).decode()}
        body = json.dumps({"FunctionName": name, "Code": code, **FUNCTION}).encode()
        answer, said = self.ask("/2015-03-31/functions", body)
        assert answer.status == CREATED, said
        return name

    def calls(self, name: str) -> Side:
        """Call a function of the server."""

        def call() -> float:
            began = time.perf_counter()
            answer, said = self.ask(f"/2015-03-31/functions/{name}/invocations", b"{}")
            taken = time.perf_counter() - began
            assert answer.status == OK, said
            assert answer.getheader("X-Amz-Function-Error") is None, said
            assert said.strip().isdigit(), said
            return taken

        return call


def interpreter(program: str) -> float:
    """Run a program in an interpreter of its own."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
