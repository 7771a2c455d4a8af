"""The server beside the servers that people use today: ratios of one run, on this machine.

    python -m benches.server [--rivals FOLDER] [PART_OF_A_NAME ...]

The load comes from ``benches/load.rs``, which is built first; it is the same for every server. ``moto_server`` and
``ministack`` are installed into environments of their own in FOLDER (``target/rivals``), if they are not there.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import drylambda

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drylambda.types import FunctionCode

ROOT = Path(__file__).parent.parent
PACKAGES = {"moto_server": "moto[server]", "ministack": "ministack"}
MODULE_ARGUMENTS = {"moto_server": ["-H", "127.0.0.1", "-p"], "ministack": []}
SIGNED = (
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/lambda/aws4_request, "
    "SignedHeaders=host, Signature=0"
)
ENVIRONMENT = {
    **os.environ,
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_DEFAULT_REGION": "us-east-1",
}
MIB = 1024 * 1024
SECONDS = "4"
FEW, MANY = 10, 10_000
CREATED = 201


def main() -> None:
    """Measure what is asked for, or everything."""
    parser = argparse.ArgumentParser(description="The server beside others.")
    parser.add_argument("--rivals", type=Path, default=ROOT / "target" / "rivals")
    parser.add_argument("names", nargs="*", help="parts of the names of what is measured")
    options = parser.parse_args()
    parts = [("requests", requests), ("start", start), ("large", large), ("connections", connections), ("many", many)]
    for name, part in parts:
        if not options.names or any(asked in name for asked in options.names):
            part(options.rivals)


def line(name: str, value: str, allowed: str) -> None:
    """Write one result beside what is allowed."""
    print(f"{name:58} {value:>26}   {allowed}", flush=True)


# What is measured


def requests(rivals: Path) -> None:
    """Update with 1 KiB on 8 connections, in turn with the rivals."""
    ours, others = [], {name: list[float]() for name in PACKAGES}
    with server() as url:
        create(url)
        for _ in range(3):
            ours.append(load(url)["per_second"])
            for name, seen in others.items():
                with rival(rivals, name) as other:
                    if name == "moto_server":
                        role(other)
                    create(other)
                    seen.append(load(other, "--seconds", "3")["per_second"])
    best = statistics.median(ours)
    line("updates of 1 KiB a second, 8 connections", f"{best:,.0f}", "")
    for (name, seen), allowed in zip(others.items(), (90, 50), strict=True):
        beside = statistics.median(seen)
        line(f"times those of {name} ({beside:,.0f})", f"{best / beside:.0f}", f">= {allowed}")


def start(_: Path) -> None:
    """From the start of the process to the first answer, and what it then takes of memory."""
    times, bare, memory = list[float](), list[float](), 0
    for _again in range(15):
        began = time.perf_counter()
        with server(wait=False) as url:
            host, port = url.removeprefix("http://").split(":")
            while True:
                with suppress(OSError), socket.create_connection((host, int(port))) as connection:
                    connection.sendall(f"GET /2015-03-31/functions HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
                    connection.recv(4096)
                    break
                time.sleep(0.0005)
            times.append(time.perf_counter() - began)
            memory = resident_kib(int(Path(url_file(url)).read_text()))
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        bare.append(time.perf_counter() - began)
    line("from start to first answer, ms", f"{min(times) * 1000:.0f} ({statistics.median(times) * 1000:.0f})", "<= 60")
    line("of which Python itself starts in, ms", f"{min(bare) * 1000:.0f} ({statistics.median(bare) * 1000:.0f})", "")
    line("idle memory, MiB", f"{memory / 1024:.1f}", "<= 30")


def large(_: Path) -> None:
    """Update with 48 MiB, beside base64 and SHA-256 of the same bytes."""
    with server() as url:
        create(url)
        seen = load(url, "--connections", "1", "--package", str(48 * MIB), "--seconds", "6")
    ratio = seen["p50_us"] / seen["decode_and_hash_us"]
    line("update of 48 MiB, ms", f"{seen['p50_us'] / 1000:.0f}", "")
    line("times base64 and SHA-256 of it alone", f"{ratio:.2f}", "<= 2.0")


def connections(_: Path) -> None:
    """2,000 connections: 8 of them busy in turn, and all of them busy at once."""
    with server() as url:
        create(url)
        for name, options in (
            ("8 of 2,000 connections in turn", ("--connections", "8", "--idle", "1992")),
            ("2,000 connections at once", ("--connections", "2000")),
        ):
            seen = load(url, *options)
            line(f"{name}: p50 and p99, ms", f"{seen['p50_us'] / 1000:.2f} {seen['p99_us'] / 1000:.2f}", "")
            line(f"{name}: p99 / p50", f"{seen['p99_us'] / max(seen['p50_us'], 1):.1f}", "<= 20")
            line(f"{name}: lost or refused", str(seen["errors"]), "0")


def many(_: Path) -> None:
    """10,000 functions with 5 versions each beside 10, and what a function takes."""
    zips = [drylambda.make_zip({"app.py": f"x = {number}"}) for number in range(6)]
    medians = {}
    for count in (FEW, MANY):
        emulator = drylambda.Lambda(settle="instant")
        fill(emulator, zips, 500, "warm")
        for number in range(500):
            emulator.delete_function(FunctionName=f"warm-{number:05}")
        emulator.journal.clear()
        before = resident_kib(os.getpid())
        fill(emulator, zips, count, "app")
        emulator.journal.clear()
        taken = resident_kib(os.getpid()) - before
        with drylambda.Server(emulator) as running:
            url = running.endpoint_url
            listing = load(url, "--method", "GET", "--path", "/2015-03-31/functions?MaxItems=10", "--connections", "1")
            path = "/2015-03-31/functions/app-00005/code"
            update = load(url, "--path", path, "--connections", "1", "--seconds", "2")
        medians[count] = listing["p50_us"], update["p50_us"]
        if count == MANY:
            line("memory of a function with 5 versions, KiB", f"{taken / count:.2f}", "<= 4")
    for place, what in enumerate(("a page of ListFunctions", "UpdateFunctionCode")):
        few, lots = medians[FEW][place], medians[MANY][place]
        line(f"{what} of 10,000 functions: times that of 10", f"{lots / few:.2f} ({lots} us)", "<= 1.5")


def fill(emulator: drylambda.Lambda, zips: list[bytes], count: int, prefix: str) -> None:
    """Deploy functions with 5 versions each."""
    function: dict[str, Any] = {"Runtime": "python3.13", "Role": "arn:aws:iam::123456789012:role/app"}
    for number in range(count):
        name = f"{prefix}-{number:05}"
        code: FunctionCode = {"ZipFile": zips[0]}
        emulator.create_function(FunctionName=name, Handler="app.handler", Code=code, Publish=True, **function)
        for package in zips[1:5]:
            emulator.update_function_code(FunctionName=name, ZipFile=package, Publish=True)
        if number % 20 == 0:
            emulator.journal.clear()


# Servers and load


def free_port() -> int:
    """Find a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def url_file(url: str) -> str:
    """Return where the process id of the server at a URL is kept."""
    return f"{tempfile.gettempdir()}/drylambda-bench-{url.rsplit(':', 1)[-1]}.pid"


@contextmanager
def server(*, wait: bool = True) -> Iterator[str]:
    """Run ``drylambda serve``."""
    port = free_port()
    program = Path(sys.executable).parent / "drylambda"
    command = [program, "serve", "--port", str(port), "--log", "off", "--settle", "instant"]
    with running(command, f"http://127.0.0.1:{port}", wait=wait) as url:
        yield url


@contextmanager
def rival(folder: Path, name: str) -> Iterator[str]:
    """Run another server, installed if it is not there."""
    home = folder / name
    program = home / "bin" / name
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([home / "bin" / "pip", "install", "-q", PACKAGES[name]], check=True)
    port = free_port()
    arguments = [*MODULE_ARGUMENTS[name], str(port)] if MODULE_ARGUMENTS[name] else []
    with running([program, *arguments], f"http://127.0.0.1:{port}", GATEWAY_PORT=str(port)) as url:
        yield url


@contextmanager
def running(command: list[Any], url: str, *, wait: bool = True, **environment: str) -> Iterator[str]:
    """Run a server until the block ends."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet, env={**ENVIRONMENT, **environment})
    Path(url_file(url)).write_text(str(process.pid))
    try:
        while wait:
            with suppress(OSError), socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[-1]))):
                break
            time.sleep(0.01)
        yield url
    finally:
        process.terminate()
        process.wait()
        Path(url_file(url)).unlink()


def role(url: str) -> None:
    """Make the function's role, where there has to be one."""
    import boto3  # noqa: PLC0415

    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}
    iam = boto3.client("iam", region_name="us-east-1", endpoint_url=url, **keys)
    iam.create_role(RoleName="app", AssumeRolePolicyDocument="{}")


def create(url: str) -> None:
    """Create the function that is updated."""
    import base64  # noqa: PLC0415

    zipped = base64.b64encode(drylambda.make_zip({"app.py": "def handler(event, context): return 1"})).decode()
    function = {
        "FunctionName": "app",
        "Runtime": "python3.13",
        "Role": "arn:aws:iam::123456789012:role/app",
        "Handler": "app.handler",
        "Code": {"ZipFile": zipped},
    }
    name, _, value = SIGNED.partition(": ")
    headers = {name: value, "Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/2015-03-31/functions", json.dumps(function).encode(), headers)
    with urllib.request.urlopen(request) as response:
        assert response.status == CREATED


def load(url: str, *options: str) -> dict[str, Any]:
    """Put load on a server; requests, errors and latencies."""
    defaults = () if "--seconds" in options else ("--seconds", SECONDS)
    command = [generator(), "--url", url, "--header", SIGNED, *defaults, *options]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


@cache
def generator() -> Path:
    """Build the load's program, and return where it is."""
    command = [shutil.which("cargo") or "cargo", "bench", "--locked", "--features", "server", "--bench", "load"]
    built = subprocess.run(
        [*command, "--no-run", "--message-format", "json"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    messages = [json.loads(message) for message in built.stdout.splitlines()]
    return next(Path(it["executable"]) for it in messages if it.get("executable"))


def resident_kib(process: int) -> int:
    """Return the memory of a process, in KiB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
