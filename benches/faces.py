"""Each face of drylambda beside what it is compared with: ratios of one run, on this machine.

    python benches/faces.py [PART_OF_A_NAME ...]

Both sides of a line are measured in turn, many times over, so that whatever else the machine does hits both; the
medians are compared. Targets are ratios wherever something can be compared, because a time says more about the machine
than about the program.
"""

from __future__ import annotations

import base64
import gc
import hashlib
import io
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.stub import Stubber

import drylambda

if TYPE_CHECKING:
    from collections.abc import Iterator

KIB, MIB = 1024, 1024 * 1024
LARGE = 100
NUMBERS = itertools.count()
#: What is measured; it gets the number of the call.
Side = Callable[[int], object]
REGION = "eu-central-1"
KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
FUNCTION: dict[str, Any] = {
    "FunctionName": "bench",
    "Runtime": "python3.13",
    "Role": "arn:aws:iam::123456789012:role/bench",
    "Handler": "app.handler",
}


@dataclass(frozen=True)
class Line:
    """One comparison: both values in one unit, and the ratio that is allowed, or the value of ours with its unit."""

    what: str
    ours: float
    other: str
    theirs: float
    unit: str
    target: float
    absolute: bool = False

    @property
    def pair(self) -> tuple[float, float]:
        """Both values."""
        return self.ours, self.theirs

    @property
    def ratio(self) -> float:
        """Ours by theirs."""
        return self.ours / self.theirs

    def __str__(self) -> str:
        """Write the line of the table."""
        verdict = "ok" if (self.ours if self.absolute else self.ratio) <= self.target else "OVER"
        target = f"{self.target:g} {self.unit}" if self.absolute else f"{self.target:.2f}"
        ours, theirs = (f"{it:,.0f} {self.unit}" if it >= LARGE else f"{it:.3g} {self.unit}" for it in self.pair)
        return f"{self.what:<60} {ours:>12}  {self.other:<42} {theirs:>12} {self.ratio:>8.3f} {target:>8}  {verdict}"


HEADER = f"{'what':<60} {'ours':>12}  {'beside':<42} {'theirs':>12} {'ratio':>8} {'target':>8}"


# Packages


def stored(size: int) -> bytes:
    """Make a package of ``size`` bytes of noise, not compressed."""
    return zipped(zipfile.ZIP_STORED, random.Random(1).randbytes(size - 116))


def deflated(size: int) -> bytes:
    """Make a package of about ``size`` bytes, deflated from about three times as many."""
    words = [random.Random(number).randbytes(4).hex()[: number % 7 + 2] for number in range(4096)]
    # Text of a small vocabulary deflates to about a third, which is harder to inflate than zeros and noise are.
    text = " ".join(random.Random(2).choices(words, k=size * 2 // 5)).encode()
    archive = zipped(zipfile.ZIP_DEFLATED, text)
    return zipped(zipfile.ZIP_DEFLATED, *[text] * max(1, round(size / len(archive))))


def zipped(method: int, *contents: bytes) -> bytes:
    """Make a package of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.bin", content)
    return file.getvalue()


def variants(package: bytes, count: int) -> list[bytes]:
    """Make packages that differ in their last comment, from each other and from all that were made before.

    What is known is not checked again, and the very same object is not even hashed.
    """
    notes = (b"%08d" % next(NUMBERS) for _ in range(count))
    return [package[:-2] + len(note).to_bytes(2, "little") + note for note in notes]


# Measuring


def side_by_side(rounds: int, calls: int, *sides: Side) -> list[float]:
    """Measure each side in turn: the medians of one call, in seconds. A side gets the number of the call."""
    times: list[list[float]] = [[] for _ in sides]
    for side in sides:
        side(0)
    gc.collect()
    gc.disable()
    try:
        for number in range(1, rounds + 1):
            for side, its_times in zip(sides, times, strict=True):
                start = time.perf_counter()
                for call in range(calls):
                    side(number * calls + call)
                its_times.append((time.perf_counter() - start) / calls)
    finally:
        gc.enable()
    return [statistics.median(its_times) for its_times in times]


class Body(io.BytesIO):
    """A body that botocore can read."""

    def stream(self) -> Iterator[bytes]:
        """Give all of it."""
        yield self.read()


class Canned:
    """Stands where botocore opens a socket, and gives the same answer to everything: the least that botocore costs."""

    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    def send(self, request: Any) -> AWSResponse:  # noqa: ANN401 - botocore has no types
        """Answer."""
        return AWSResponse(request.url, self.status, dict(self.headers), Body(self.body))


def emulator(package: bytes) -> drylambda.Lambda:
    """Make an emulator with one function."""
    made = drylambda.Lambda(region=REGION, settle="instant")
    made.create_function(**FUNCTION, Code={"ZipFile": package})
    return made


def new_client() -> Any:  # noqa: ANN401 - boto3 makes the class at run time
    """Make a plain client."""
    return boto3.client("lambda", region_name=REGION, **KEYS)


def session_client() -> Any:  # noqa: ANN401 - boto3 makes the class at run time
    """Make a client from a session of its own, as tests do that share nothing."""
    return boto3.session.Session().client("lambda", region_name=REGION, **KEYS)


def canned_client(package: bytes) -> Any:  # noqa: ANN401
    """Make a client whose every call is answered by what drylambda answered once, byte for byte."""
    path = f"/2015-03-31/functions/{FUNCTION['FunctionName']}/code"
    request = json.dumps({"ZipFile": base64.b64encode(package).decode()}).encode()
    answer = emulator(package)._wire("PUT", f"lambda.{REGION}.amazonaws.com", path, "", [], request)  # noqa: SLF001
    client = new_client()
    client._endpoint.http_session = Canned(*answer)  # noqa: SLF001
    return client


@contextmanager
def stubbed(calls: int) -> Iterator[Any]:
    """Make a client with botocore's own stub, loaded for so many calls."""
    client = new_client()
    response = emulator(stored(KIB)).update_function_code(FunctionName="bench", ZipFile=stored(KIB))
    stubber = Stubber(client)
    for _ in range(calls):
        stubber.add_response("update_function_code", response)
    with stubber:
        yield client


# The lines


def updating(face: Any, packages: list[bytes]) -> Side:  # noqa: ANN401 - an emulator or a client
    """Update the function by one package after the other."""
    return lambda it: face.update_function_code(FunctionName="bench", ZipFile=packages[it])


def direct_call() -> Iterator[Line]:
    """Answer a direct call with a small package."""
    rounds, calls = 101, 100
    packages = variants(stored(KIB), (rounds + 1) * calls)
    same = emulator(packages[0])
    one, two, three = side_by_side(
        rounds,
        calls,
        updating(emulator(packages[0]), packages),
        lambda _: same.update_function_code(FunctionName="bench", ZipFile=packages[0]),
        lambda it: hashlib.sha256(packages[it]).digest(),
    )
    yield Line("direct call, 1 KiB", one * 1e6, "hashlib.sha256", three * 1e6, "µs", 15, absolute=True)
    yield Line("direct call, the same 1 KiB again", two * 1e6, "hashlib.sha256", three * 1e6, "µs", 15, absolute=True)


def clients() -> Iterator[Line]:
    """Answer a real client with a small package, at both depths."""
    rounds, calls = 101, 10
    package = stored(KIB)
    with stubbed((rounds + 1) * calls + 1) as stub:
        faces = [emulator(package).client(), emulator(package).client(depth="call"), canned_client(package), stub]
        sides = [updating(face, variants(package, (rounds + 1) * calls)) for face in faces]
        wire, call, floor, stubber = (it * 1e6 for it in side_by_side(rounds, calls, *sides))
    yield Line("boto3 client, 1 KiB", wire, "the same client, canned answer", floor, "µs", 1.10)
    yield Line('boto3 client, depth="call", 1 KiB', call, "botocore's Stubber", stubber, "µs", 0.25)


def large_packages() -> Iterator[Line]:
    """Answer direct calls with 48 MiB that were never seen before."""
    yield large("stored", stored(48 * MIB), "hashlib.sha256", hashlib.sha256, 1.25)
    yield large("deflated", deflated(48 * MIB), "zipfile.testzip", tested, 0.5)


def tested(package: bytes) -> None:
    """Inflate every entry and compare its CRC, as the standard library does."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        archive.testzip()


def large(name: str, package: bytes, other: str, theirs: Callable[[bytes], object], target: float) -> Line:
    """Update a function by a large package, beside what ``theirs`` does with the same bytes."""
    rounds = 7
    packages = variants(package, rounds + 1)
    ours = updating(emulator(stored(KIB)), packages)
    one, two = (it * 1e3 for it in side_by_side(rounds, 1, ours, lambda it: theirs(packages[it])))
    return Line(f"direct call, 48 MiB {name}", one, other, two, "ms", target)


def large_client() -> Iterator[Line]:
    """Answer a real client with 48 MiB."""
    rounds = 7
    packages = variants(stored(48 * MIB), rounds + 1)
    with stubbed(rounds + 2) as stub:
        new, again = emulator(stored(KIB)).client(), emulator(packages[0]).client()
        sides = [
            updating(new, packages),
            lambda _: again.update_function_code(FunctionName="bench", ZipFile=packages[0]),
            updating(stub, packages),
        ]
        one, two, three = (it * 1e3 for it in side_by_side(rounds, 1, *sides))
    # The hash alone is the first line; only bytes that are known need none.
    yield Line("boto3 client, 48 MiB stored", one, "botocore's Stubber", three, "ms", 0.1)
    yield Line("boto3 client, the same 48 MiB again", two, "botocore's Stubber", three, "ms", 0.1)


def whole_test() -> Iterator[Line]:
    """Enter the mock, make a client, create, update, leave."""
    package = stored(KIB)
    canned = canned_client(package)._endpoint.http_session  # noqa: SLF001

    def calls(client: Any) -> None:  # noqa: ANN401
        client.create_function(**FUNCTION, Code={"ZipFile": package})
        client.update_function_code(FunctionName="bench", ZipFile=package)

    def wire(_: int) -> None:
        with drylambda.mock_lambda(settle="instant"):
            calls(new_client())

    def call(_: int) -> None:
        with drylambda.mock_lambda(settle="instant", depth="call"):
            calls(new_client())

    def floor(_: int) -> None:
        client = new_client()
        client._endpoint.http_session = canned  # noqa: SLF001
        calls(client)

    one, two, three, four = (it * 1e3 for it in side_by_side(41, 1, wire, call, floor, lambda _: new_client()))
    what = "a whole test: mock, client, create, update"
    yield Line(what, one, "client, two canned answers", three, "ms", 1.10)
    # A client's first calls cost botocore more than making it from a session that is there: beyond the line above, only
    # the short cut can go.
    yield Line(what, one, "making the client alone", four, "ms", 1.15)
    yield Line(f'{what}, depth="call"', two, "making the client alone", four, "ms", 1.15)

    def fresh(_: int) -> None:
        with drylambda.mock_lambda(settle="instant"):
            calls(session_client())

    five, six = (it * 1e3 for it in side_by_side(21, 1, fresh, lambda _: session_client()))
    yield Line(f"{what}, own session", five, "making session and client alone", six, "ms", 1.15)


def entering() -> Iterator[Line]:
    """Enter and leave a mock, and fork an emulator with many functions, where botocore is imported."""

    def enter(_: int) -> None:
        with drylambda.mock_lambda():
            pass

    prepared = drylambda.Lambda()
    package = stored(KIB)
    for number in range(1_000):
        prepared.create_function(**{**FUNCTION, "FunctionName": f"bench-{number}"}, Code={"ZipFile": package})
    enter(0)
    mock, made, forked = side_by_side(41, 20, enter, lambda _: drylambda.Lambda(), lambda _: prepared.fork())
    yield Line("enter and leave mock_lambda", mock * 1e3, "make an emulator", made * 1e3, "ms", 1, absolute=True)
    yield Line("fork an emulator with 1,000 functions", forked * 1e6, "make an emulator", made * 1e6, "µs", 5)


def imports() -> Iterator[Line]:
    """Import drylambda where boto3 is imported already."""
    program = (
        "import time; a = time.perf_counter(); import boto3, botocore.session; b = time.perf_counter(); "
        "import drylambda; c = time.perf_counter(); print(b - a, c - b)"
    )
    output = [child(program).split() for _ in range(11)]
    boto, own = (statistics.median(float(pair[side]) for pair in output) * 1e3 for side in (0, 1))
    yield Line("import drylambda, after boto3", own, "import boto3", boto, "ms", 15, absolute=True)


MEMORY = """
import re, sys
import drylambda

def peak_mib():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024

def create(name, package):
    role = "arn:aws:iam::123456789012:role/bench"
    emulator.create_function(
        FunctionName=name, Runtime="python3.13", Role=role, Handler="app.handler", Code={"ZipFile": package}
    )

emulator = drylambda.Lambda(settle="instant")
create("bench", drylambda.make_zip({"app.py": ""}))
package = open(sys.argv[1], "rb").read()
before = peak_mib()
emulator.update_function_code(FunctionName="bench", ZipFile=package)
print(peak_mib() - before)
for number in range(1000):
    create(f"f{number}", package)
print(peak_mib() - before)
"""


def memory() -> Iterator[Line]:
    """Add 48 MiB to an emulator: bytes are held, not copied."""
    if not Path("/proc/self/status").exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "package.zip"
        path.write_bytes(deflated(48 * MIB))
        size_mib = path.stat().st_size / MIB
        one, thousand = map(float, child(MEMORY, str(path)).split())
    yield Line("memory beyond the caller's, one 48 MiB update", one, "the package", size_mib, "MiB", 8, absolute=True)
    yield Line("memory, 1,000 functions with one package", thousand, "a copy for each", size_mib * 1000, "MiB", 0.001)


def many_functions() -> Iterator[Line]:
    """Make 1,000 functions with one package of 1 MiB, each from bytes read anew."""
    package = stored(MIB)
    ours = drylambda.Lambda(region=REGION, settle="instant")

    def create(number: int) -> None:
        ours.create_function(**{**FUNCTION, "FunctionName": f"f{number}"}, Code={"ZipFile": bytes(bytearray(package))})

    one, two = side_by_side(20, 50, create, lambda _: hashlib.sha256(bytes(bytearray(package))).digest())
    yield Line("each of 1,000 functions with one 1 MiB package", one * 1e6, "hashlib.sha256", two * 1e6, "µs", 1.5)


def moto() -> Iterator[Line]:
    """Answer the same call as moto does, where moto is installed."""
    if find_spec("moto") is None:
        return
    package = stored(KIB)
    # moto hooks into every client that is made after it is imported, so ours is made before.
    ours = emulator(package).client()
    from moto import mock_aws  # noqa: PLC0415 - see above

    with mock_aws():
        role = boto3.client("iam", **KEYS).create_role(RoleName="bench", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        theirs = new_client()
        theirs.create_function(**{**FUNCTION, "Role": role}, Code={"ZipFile": package})
        one, two = side_by_side(51, 5, *(updating(face, variants(package, 52 * 5)) for face in (ours, theirs)))
    yield Line("boto3 client, 1 KiB", one * 1e6, "moto", two * 1e6, "µs", 1)


def inside_moto() -> Iterator[Line]:
    """Answer within moto's mock_aws, where moto is installed, beside the same within mock_lambda."""
    if find_spec("moto") is None:
        return
    from moto import mock_aws  # noqa: PLC0415 - moto hooks into every client that is made after it is imported

    rounds, calls = 15, 20
    packages = variants(stored(KIB), 3 * calls)

    def measure(mock: Any) -> list[float]:  # noqa: ANN401 - moto's or ours
        with drylambda.moto.install(settle="instant"), mock:
            client = new_client()
            client.create_function(**FUNCTION, Code={"ZipFile": packages[0]})
            return side_by_side(2, calls, updating(client, packages))

    # Where mock_lambda is active, it answers; so they take turns.
    pairs = [(measure(drylambda.mock_lambda(settle="instant")), measure(mock_aws())) for _ in range(rounds)]
    one, two = (statistics.median(pair[side][0] for pair in pairs) * 1e6 for side in (0, 1))
    yield Line("boto3 client within mock_aws, 1 KiB", two, "within mock_lambda", one, "µs", 1.6)


def child(program: str, *arguments: str) -> str:
    """Run a program in an interpreter of its own."""
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], check=True, capture_output=True, text=True
    ).stdout


PARTS = [
    direct_call,
    clients,
    large_packages,
    large_client,
    whole_test,
    entering,
    imports,
    memory,
    many_functions,
    moto,
    inside_moto,
]


def main() -> None:
    """Measure what is asked for, or everything."""
    wanted = sys.argv[1:]
    python = ".".join(map(str, sys.version_info[:3]))
    print(f"drylambda {drylambda.__version__}, Python {python}, {os.cpu_count()} CPUs")
    print(HEADER)
    for part in PARTS:
        if not wanted or any(word in part.__name__ for word in wanted):
            for line in part():
                print(line, flush=True)


if __name__ == "__main__":
    main()
