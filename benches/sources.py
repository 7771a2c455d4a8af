"""Code from S3, by each way in which objects come: a package of 250 MB, beside its hash and beside its size.

    python -m benches.sources [PART_OF_A_NAME ...]

Time is that of UpdateFunctionCode, in turn with ``hashlib.sha256`` of the same bytes, which nobody has seen before.
Memory is the peak of a process of its own, beyond what it had before the call, beside the package's size, which has
to be kept. An object that lies in this process's memory already is counted with it.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import random
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from benches.faces import FUNCTION, HEADER, KEYS, KIB, MIB, REGION, Line, side_by_side, stored

import drylambda

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    #: Options of the emulator, and what puts a file there under a key.
    Place = tuple[dict[str, Any], Callable[[Path, str], object]]
    Source = Callable[[Path], contextlib.AbstractContextManager[Place]]

SIZE = 250_000_000
#: As much time as 0.7 of the hash's throughput takes; and for what has to come from a disk or another process first.
FROM_MEMORY, FROM_ELSEWHERE = 1 / 0.7, 3.0
PEAK = 1.2
BUCKET = "deployments"
ROUNDS = 5


@contextlib.contextmanager
def memory(_: Path) -> Iterator[Place]:
    """Share what lies in the emulator's own S3."""
    made = drylambda.Lambda(region=REGION, settle="instant")
    yield {"lambda_": made}, lambda file, key: made.s3.put(BUCKET, key, file.read_bytes())


@contextlib.contextmanager
def directory(folder: Path) -> Iterator[Place]:
    """Read a file."""
    (folder / BUCKET).mkdir()
    yield {"s3_dir": folder}, lambda file, key: file.replace(folder / BUCKET / key)


SERVER = """
import http.server, os, sys

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with open(sys.argv[1] + self.path, "rb") as file:
            self.send_response(200)
            self.send_header("Content-Length", str(os.fstat(file.fileno()).st_size))
            self.end_headers()
            self.wfile.flush()
            self.connection.sendfile(file)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


@contextlib.contextmanager
def endpoint(folder: Path) -> Iterator[Place]:
    """Ask a server in another process, which copies nothing itself."""
    (folder / BUCKET).mkdir()
    command = [sys.executable, "-c", SERVER, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        url = f"http://127.0.0.1:{int(server.stdout.readline())}"
        try:
            yield {"s3_endpoint": url}, lambda file, key: file.replace(folder / BUCKET / key)
        finally:
            server.terminate()


@contextlib.contextmanager
def moto(_: Path) -> Iterator[Place]:
    """Ask moto, which keeps large objects in files."""
    from moto import mock_aws  # noqa: PLC0415 - only here it is needed
    from moto.s3.models import s3_backends  # noqa: PLC0415

    with mock_aws():
        s3 = boto3.client("s3", region_name=REGION, **KEYS)
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})

        backend = s3_backends["123456789012"]["aws"]
        # Its client takes a minute and a half for such an object.
        yield {}, lambda file, key: backend.put_object(BUCKET, key, file.read_bytes())


#: Each with the time that is allowed, and whether the object is in this process's memory before the call.
SOURCES: dict[Source, tuple[float, bool]] = {
    memory: (FROM_MEMORY, True),
    directory: (FROM_ELSEWHERE, False),
    endpoint: (FROM_ELSEWHERE, False),
    moto: (FROM_ELSEWHERE, False),
}


def package(folder: Path, number: int) -> Path:
    """Write a package of about `SIZE` bytes of noise, different from the others: what is known is not checked again."""
    file = folder / f"{number}.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("number", str(number))
        for part in range(10):
            archive.writestr(f"{part}.bin", random.Random(part).randbytes((SIZE - KIB) // 10))
    return file


def emulator(options: dict[str, Any]) -> drylambda.Lambda:
    """Make an emulator with one function, or make one in the emulator of the place."""
    made: drylambda.Lambda = options.get("lambda_") or drylambda.Lambda(region=REGION, settle="instant", **options)
    made.create_function(**FUNCTION, Code={"ZipFile": stored(KIB)})
    return made


def update(target: drylambda.Lambda, **code: Any) -> None:  # noqa: ANN401 - boto3's own
    """Give the function other code."""
    target.update_function_code(FunctionName=FUNCTION["FunctionName"], **code)


def seconds(source: Source) -> tuple[float, float]:
    """Measure an update beside the hash."""
    with tempfile.TemporaryDirectory() as name, source(Path(name)) as (options, put):
        packages = []
        for number in range(ROUNDS + 1):
            file = package(Path(name), number)
            packages.append(file.read_bytes())
            put(file, str(number))
            file.unlink(missing_ok=True)
        target = emulator(options)

        def ours(number: int) -> None:
            update(target, S3Bucket=BUCKET, S3Key=str(number))

        one, two = side_by_side(ROUNDS, 1, ours, lambda number: hashlib.sha256(packages[number]).digest())
        return one, two


def status(field: str) -> float:
    """Read a field of this process's status, in bytes."""
    (kib,) = re.findall(rf"^{field}:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    return int(kib) * KIB


def peak(source: Source) -> float:
    """Measure how much memory the first update of this process takes beyond what was there, in bytes."""
    with tempfile.TemporaryDirectory() as name, source(Path(name)) as (options, put):
        file = package(Path(name), 0)
        put(file, "0")
        target = emulator(options)
        gc.collect()
        # The peak begins anew.
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        before = status("VmRSS")
        update(target, S3Bucket=BUCKET, S3Key="0")
        return max(0.0, status("VmHWM") - before)


def peak_alone(source: Source) -> float:
    """Measure that in a process of its own."""
    command = [sys.executable, "-m", "benches.sources", "--peak", source.__name__]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def lines(source: Source) -> Iterator[Line]:
    """Measure one source."""
    allowed, is_held = SOURCES[source]
    what = f"{SIZE / 1e6:.0f} MB from {source.__name__}"
    one, two = seconds(source)
    yield Line(what, one * 1e3, "hashlib.sha256", two * 1e3, "ms", allowed)
    if Path("/proc/self/clear_refs").exists():
        taken = peak_alone(source) + (SIZE if is_held else 0)
        yield Line(f"{what}, peak", taken / MIB, "the package", SIZE / MIB, "MiB", PEAK)


def main() -> None:
    """Measure what is asked for, or everything."""
    by_name = {source.__name__: source for source in SOURCES}
    if sys.argv[1:2] == ["--peak"]:
        print(peak(by_name[sys.argv[2]]))
        return
    wanted = sys.argv[1:]
    print(HEADER)
    for name, source in by_name.items():
        if not wanted or any(word in name for word in wanted):
            for line in lines(source):
                print(line, flush=True)


if __name__ == "__main__":
    main()
