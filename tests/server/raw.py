"""A server in a process of its own, and a conversation with it in raw bytes.

The one idea to hold: a conversation is a list of steps, and every step ends. Bytes are sent; a text is the answer that
must come next, as its status and its error's code; and at the end the connection is open or closed. Whoever waits for
longer than `TIMEOUT_SECONDS` has found a server that hangs.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

#: Longer than anything takes, even on a busy machine.
TIMEOUT_SECONDS = 30

#: Steps beside bytes and texts: the client says that it sends no more; the connection is then open, or closed.
HALF_CLOSE, OPEN, CLOSED = "half-close", "open", "closed"

HEALTH = b"GET /_drylambda/health HTTP/1.1\r\nHost: localhost\r\n\r\n"


@dataclass
class Answer:
    """One response."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def code(self):
        """The code of an error, Lambda's in a header, S3's in the XML."""
        if "x-amzn-errortype" in self.headers:
            return self.headers["x-amzn-errortype"]
        found = re.search(rb"<Code>(\w+)</Code>", self.body)
        return found[1].decode() if found else ""

    def __str__(self):
        return f"{self.status} {self.code}".strip()


class Connection:
    """A client that sends what it likes."""

    def __init__(self, address):
        self.socket = socket.create_connection(address, timeout=TIMEOUT_SECONDS)
        self.arrived = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Send bytes. A server that has answered already may take no more of them."""
        with contextlib.suppress(ConnectionError):
            self.socket.sendall(data)

    def finish(self):
        """Say that nothing more comes."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def receive(self):
        """Wait for more; tell whether the connection goes on."""
        try:
            piece = self.socket.recv(65536)
        except ConnectionError:
            return False
        self.arrived += piece
        return bool(piece)

    def up_to(self, end):
        """Take what comes up to the end of a part, or `None` if the connection ends before."""
        while end not in self.arrived:
            if not self.receive():
                return None
        part, _, self.arrived = self.arrived.partition(end)
        return part

    def answer(self, method="GET"):
        """Take one response, or `None` if the connection ends before it."""
        head = self.up_to(b"\r\n\r\n")
        if head is None:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        answer = Answer(int(first.split(" ", 2)[1]), headers)
        if method != "HEAD":
            length = int(headers.get("content-length", 0))
            while len(self.arrived) < length and self.receive():
                pass
            answer.body, self.arrived = self.arrived[:length], self.arrived[length:]
        return answer

    def is_open(self):
        """Tell whether the next request on this connection is answered, and nothing else comes before that."""
        self.send(HEALTH)
        answer = self.answer()
        return answer is not None and b'"status":"running"' in answer.body

    def is_closed(self):
        """Wait until the server has closed, and tell whether it said nothing more before."""
        while self.receive():
            pass
        return not self.arrived


def converse(address, steps):
    """Hold a conversation; return every answer that came, and how it ended."""
    answers = []
    with Connection(address) as connection:
        method = "GET"
        for step in steps:
            if isinstance(step, bytes):
                connection.send(step)
                method = "HEAD" if step.startswith(b"HEAD ") else "GET"
            elif step == HALF_CLOSE:
                connection.finish()
            elif step == OPEN:
                return answers, OPEN if connection.is_open() else CLOSED
            elif step == CLOSED:
                return answers, CLOSED if connection.is_closed() else f"said {connection.arrived!r}"
            else:
                answers.append(connection.answer(method))
    msg = "a conversation ends open or closed"
    raise AssertionError(msg)


class Served:
    """``drylambda serve`` in a process of its own."""

    def __init__(self, *arguments):
        command = [sys.executable, "-m", "drylambda", "serve", "--port", "0", "--log", "off", "--seed", "1", *arguments]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.url = self.process.stderr.readline().split()[-1]
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        self.address = host, int(port)
        self.descriptors_at_first = self.descriptors

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        told = self.process.communicate(timeout=TIMEOUT_SECONDS)[1]
        assert (self.process.returncode, told) == (0, "")

    def ask(self, method, path, body=b"", **headers):
        """Send a request as it should be; return its answer."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        with Connection(self.address) as connection:
            connection.send(request(method, path, body, Connection="close", **headers))
            return connection.answer(method)

    def state(self):
        """Return all there is: functions, buckets, and the calls that were no reads."""
        shown = {
            path: self.ask("GET", path).body for path in ("/2015-03-31/functions", "/2015-03-31/functions/app/versions")
        }
        buckets = re.findall(rb"<Name>(.*?)</Name>", self.ask("GET", "/?x-id=ListBuckets").body)
        objects = re.findall(rb"<Key>(.*?)</Key>", self.ask("GET", "/bucket?list-type=2").body)
        return shown, buckets, objects

    @property
    def resident_bytes(self):
        """How much memory the process has."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    @property
    def descriptors(self):
        """How many files and sockets are open."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def is_idle(self):
        """Wait until the server has closed all that its clients had; tell whether it does."""
        for _ in range(10_000):
            if self.descriptors <= self.descriptors_at_first:
                return True
            self.ask("GET", "/_drylambda/health")
        return False


def request(method, path, body=b"", **headers):
    """Write a request as it should be; ``_`` in a header's name stands for a hyphen."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}"] if body or method in ("POST", "PUT") else []
    return "\r\n".join([*lines, "", ""]).encode() + body
