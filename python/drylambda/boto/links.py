"""Links, answered where Python's HTTP clients would connect: ``Code.Location``, and the emulator's S3 if it answers S3.

``urllib.request``, urllib3 and requests come here, by https. Other clients (httpx, aiohttp, curl) do not; for packages
there is `drylambda.Lambda.download`.
"""

from __future__ import annotations

import http.client
import io
import re
from typing import TYPE_CHECKING, Any

import urllib3.connection

from .answer import split
from .others import is_host_of_s3

if TYPE_CHECKING:
    from collections.abc import Callable

    from .active import Entry

    #: Method, path, query, headers and body in; status, headers and body out.
    Headers = list[tuple[str, str]]
    Answer = Callable[[str, str, str, Headers, bytes], tuple[int, Headers, bytes]]

#: The classes that urllib.request, and urllib3 with requests, connect with.
CONNECTIONS: tuple[type, ...] = (http.client.HTTPSConnection, urllib3.connection.HTTPSConnection)

_PACKAGE_HOST = re.compile(r"awslambda-[a-z0-9-]+-(?:tasks|layers)\.s3\.[a-z0-9.-]+\Z")
#: Where a server has what the hosts of packages have; the Region is the group.
PACKAGE_PATH = re.compile(r"/awslambda-([a-z0-9-]+)-(?:tasks|layers)/snapshots/")


def connect(original: Any, current: Callable[[], Entry | None]) -> Callable[..., Any]:  # noqa: ANN401
    """Make a ``connect`` that needs no socket for the hosts of links."""

    def connect(self: Any) -> None:  # noqa: ANN401
        host = getattr(self, "_tunnel_host", None) or self.host
        answer = answer_of(host, current)
        if answer is None:
            original(self)
            return
        self.sock = _Socket(answer, host)
        # urllib3 warns of connections that are not.
        self.is_verified = True

    return connect


def is_package_host(host: str) -> bool:
    """Tell whether a host is that of links to packages."""
    return _PACKAGE_HOST.match(host) is not None


def answer_of(host: str, current: Callable[[], Entry | None]) -> Answer | None:
    """Return who answers the requests to a host, if one of ours does."""
    # As names of hosts are compared: whatever their case, and with the dot of the root or without.
    host = host.lower().removesuffix(".")
    package, of_s3 = is_package_host(host), is_host_of_s3(host)
    entry = current() if package or of_s3 else None
    if entry is None:
        return None
    lambda_ = entry.lambda_
    if package:
        return lambda method, path, query, headers, _body: lambda_._wire(method, host, path, query, headers, b"")
    if entry.s3:
        return lambda method, path, query, headers, body: lambda_._s3(
            method, host, path, query, headers, body, chunked=_is_chunked(headers)
        )
    return None


class _Socket:
    """As much of a socket as ``http.client`` uses."""

    def __init__(self, answer: Answer, host: str) -> None:
        self._answer = answer
        self._host = host
        self._sent: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self._sent.append(bytes(data))

    def makefile(self, _mode: str, _buffering: int | None = None) -> io.BytesIO:
        """Answer what was sent."""
        head, _, body = b"".join(self._sent).partition(b"\r\n\r\n")
        self._sent.clear()
        request_line, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = request_line.split(" ", 2)
        _, path, query = split(target if "://" in target else f"https://{self._host}{target}")
        sent = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        status, headers, content = self._answer(method, path, query, sent, body)
        answered = [f"HTTP/1.1 {status} {http.client.responses.get(status, '')}", "Connection: close"]
        answered += [f"{name}: {value}" for name, value in headers if name.lower() != "connection"]
        return io.BytesIO("\r\n".join([*answered, "", ""]).encode("latin-1", "replace") + content)

    def settimeout(self, _seconds: float | None) -> None:
        """Do nothing: the answer is there at once."""

    def setsockopt(self, *_option: object) -> None:
        """Do nothing: there is no connection."""

    def shutdown(self, _how: int) -> None:
        """Do nothing: there is no connection."""

    def close(self) -> None:
        """Do nothing: there is no connection."""


def _is_chunked(headers: Headers) -> bool:
    """Tell whether a body was sent without its length, as HTTP's chunks."""
    return any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers)
