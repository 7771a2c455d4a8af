"""Hostile packages beside honest ones: what does it cost to be attacked.

    python -m benches.hostile [PART_OF_A_NAME ...]

Every kind of the tests' corpus is sent to UpdateFunctionCode, in turn with an honest package of the same size: text,
deflated to about a third. Where the answer needs all of the 250 MB that a package may unzip to, as a right checksum and
a wrong one alike do, the honest package unzips to as much instead. Memory is the peak of a process of its own, beyond
what it had with the package's bytes in hand.
"""

from __future__ import annotations

import functools
import importlib
import itertools
import random
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benches.faces import FUNCTION, KIB, MIB, Side, child, deflated, emulator, side_by_side, zipped
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import drylambda

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "hostile"
TIMES, MEMORY_MIB = 3.0, 64.0
WORST = 12
#: Kinds whose answer needs all that they unzip to, in bytes.
UNZIPPED = {
    "bomb_a_byte_below_the_limit": 262_143_999,
    "bomb_of_entries_below_the_limit": 260_000_000,
    "bomb_with_a_wrong_checksum": 262_143_999,
}
#: Kinds that are allowed more, as honest packages of their kind take as long, and why.
ALLOWED = {
    "deflate_of_many_tables": (8.0, "all codes and no contents: a third of a microsecond for each table of codes")
}
COUNT = itertools.count(1)
LOCAL_HEADER, MOMENT_AT, MOMENT_BYTES = b"PK\3\4", 10, 4


@dataclass(frozen=True)
class Row:
    """What a kind costs: seconds of a call, the same for its honest twin, and MiB of memory."""

    name: str
    rule: str
    size: int
    ours: float
    honest: float
    memory: float | None

    @property
    def ratio(self) -> float:
        """How many honest packages it takes as long as."""
        return self.ours / self.honest

    @property
    def verdict(self) -> str:
        """Whether that is allowed."""
        times, reason = ALLOWED.get(self.name, (TIMES, ""))
        within = self.ratio <= times and (self.memory or 0) <= MEMORY_MIB
        return (f"allowed {times:g}: {reason}" if reason else "ok") if within else "OVER"

    def __str__(self) -> str:
        """Write the line of the table."""
        memory = "" if self.memory is None else f"{self.memory:.1f}"
        times = f"{self.ours * 1e3:10.3f} {self.honest * 1e3:10.3f} {self.ratio:7.2f}"
        return f"{self.name:<52} {self.rule:>4} {self.size:>10,} {times} {memory:>6}  {self.verdict}"


HEADER = f"{'kind':<52} {'rule':>4} {'bytes':>10} {'ms':>10} {'honest ms':>10} {'ratio':>7} {'MiB':>6}"


@functools.cache
def words() -> bytes:
    """Make text that deflates to about a third."""
    vocabulary = [random.Random(number).randbytes(4).hex()[: number % 7 + 2] for number in range(512)]
    return " ".join(random.Random(3).choices(vocabulary, k=20_000)).encode()


@functools.cache
def honest(size: int) -> bytes:
    """Make an honest package of about this size, at most of 50 MiB."""
    if size > 16 * KIB:
        # What deflates to about a third may deflate to a little more.
        return deflated(min(size, 50 * MIB) * 24 // 25)
    lengths = range(len(words()))
    low, high = 0, len(lengths) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if len(package_of(middle)) <= size else (low, middle - 1)
    return package_of(low)


def package_of(length: int) -> bytes:
    """Make a package of so much text."""
    return zipped(zipfile.ZIP_DEFLATED, words()[:length])


@functools.cache
def unzipping_to(size: int) -> bytes:
    """Make an honest package of the same line again and again, as logs are."""
    line = b"2026-01-01T00:00:00.000Z INFO handled the request in 12 ms\n"
    return zipped(zipfile.ZIP_DEFLATED, (line * (size // len(line) + 1))[:size])


def variants(package: bytes, count: int) -> list[bytes]:
    """Make packages that differ where nobody looks: in the time of the first local header, or after the end.

    What is known is not checked again.
    """
    if not package:
        return [package] * count
    at = package.find(LOCAL_HEADER) + MOMENT_AT
    moments = [next(COUNT).to_bytes(MOMENT_BYTES, "little") for _ in range(count)]
    if at < MOMENT_AT:
        return [package + moment for moment in moments]
    return [package[:at] + moment + package[at + MOMENT_BYTES :] for moment in moments]


def sending(target: drylambda.Lambda, packages: list[bytes], answer: str | None) -> Side:
    """Send one package after the other, each of which is to get the same answer."""

    def send(number: int) -> None:
        assert answer_to(target, packages[number]) == answer

    return send


def answer_to(target: drylambda.Lambda, package: bytes) -> str | None:
    """Send a package, and give the text of the refusal."""
    try:
        target.update_function_code(FunctionName=FUNCTION["FunctionName"], ZipFile=package)
    except ClientError as error:
        return str(error.response["Error"]["Message"])
    return None


PEAK = """
import re, sys
import drylambda
from botocore.exceptions import ClientError

def status_mib(field):
    return int(re.search(field + r":\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024

def update(package):
    try:
        emulator.update_function_code(FunctionName="bench", ZipFile=package)
    except ClientError:
        pass

emulator = drylambda.Lambda(settle="instant")
role = "arn:aws:iam::123456789012:role/bench"
small = drylambda.make_zip({"app.py": "pass"})
emulator.create_function(
    FunctionName="bench", Runtime="python3.13", Role=role, Handler="app.handler", Code={"ZipFile": small}
)
update(small)
update(small[:-1])
package = open(sys.argv[1], "rb").read()
open("/proc/self/clear_refs", "w").write("5")
before = status_mib("VmRSS")
update(package)
print(status_mib("VmHWM") - before)
"""


def peak_mib(package: bytes) -> float | None:
    """Send a package in a process of its own: its peak beyond what it had, where the system tells."""
    if not Path("/proc/self/clear_refs").exists():
        return None
    with tempfile.NamedTemporaryFile() as file:
        file.write(package)
        file.flush()
        return max(0.0, float(child(PEAK, file.name)))


def measured(kind: Any) -> Row:  # noqa: ANN401 - the tests have no types
    """Measure one kind."""
    package: bytes = kind.make()
    unzipped = UNZIPPED.get(kind.name)
    twin = unzipping_to(unzipped) if unzipped else honest(len(package))
    rounds, calls = (4, 1) if len(package) > MIB or unzipped else (25, 4) if len(package) > 16 * KIB else (51, 10)
    count = (rounds + 1) * calls
    targets = [emulator(deflated(KIB)) for _ in range(2)]
    ours, theirs = side_by_side(
        rounds,
        calls,
        sending(targets[0], variants(package, count), answer_to(targets[0], package)),
        sending(targets[1], variants(twin, count), None),
    )
    return Row(kind.name, kind.rule, len(package), ours, theirs, peak_mib(package))


def rows(wanted: list[str]) -> Iterator[Row]:
    """Measure what is asked for, or everything."""
    sys.path.insert(0, str(CORPUS))
    kinds = importlib.import_module("corpus").KINDS
    for kind in kinds:
        if not wanted or any(word in kind.name for word in wanted):
            yield measured(kind)


def main() -> None:
    """Print the table, and its worst rows again."""
    print(HEADER)
    found = []
    for row in rows(sys.argv[1:]):
        print(row, flush=True)
        found.append(row)
    over = [row.name for row in found if row.verdict == "OVER"]
    print(f"\n{len(found)} kinds, {len(over)} over {TIMES:g} honest packages or {MEMORY_MIB:g} MiB. The slowest:")
    for row in sorted(found, key=lambda row: -row.ratio)[:WORST]:
        print(row)
    print("The largest:")
    for row in sorted(found, key=lambda row: -(row.memory or 0))[:WORST]:
        print(row)


if __name__ == "__main__":
    main()
