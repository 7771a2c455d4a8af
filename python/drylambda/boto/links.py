"""``Code.Location``: the links to packages, answered where Python's HTTP clients would connect.

``urllib.request``, urllib3 and requests come here. Other clients (httpx, aiohttp, curl) do not; for them there is
`drylambda.Lambda.download`.
"""

from __future__ import annotations

import http.client
import io
import re
from typing import TYPE_CHECKING, Any

import urllib3.connection

from .answer import split

if TYPE_CHECKING:
    from collections.abc import Callable

    from drylambda import Lambda

    from .active import Entry

#: The classes that urllib.request, and urllib3 with requests, connect with.
CONNECTIONS: tuple[type, ...] = (http.client.HTTPSConnection, urllib3.connection.HTTPSConnection)

_LINK_HOST = re.compile(r"awslambda-[a-z0-9-]+-tasks\.s3\.[a-z0-9.-]+\Z")


def connect(original: Any, current: Callable[[], Entry | None]) -> Callable[..., Any]:  # noqa: ANN401
    """Make a ``connect`` that needs no socket for the hosts of links."""

    def connect(self: Any) -> None:  # noqa: ANN401
        host = getattr(self, "_tunnel_host", None) or self.host
        entry = current() if _LINK_HOST.match(host) else None
        if entry is None:
            original(self)
            return
        self.sock = _Socket(entry.lambda_, host)
        # urllib3 warns of connections that are not.
        self.is_verified = True

    return connect


class _Socket:
    """As much of a socket as ``http.client`` uses."""

    def __init__(self, lambda_: Lambda, host: str) -> None:
        self._lambda = lambda_
        self._host = host
        self._sent = bytearray()

    def sendall(self, data: bytes) -> None:
        self._sent += data

    def makefile(self, _mode: str, _buffering: int | None = None) -> io.BytesIO:
        """Answer what was sent."""
        request_line, _, _ = self._sent.partition(b"\r\n")
        method, target, _ = request_line.decode("latin-1").split(" ", 2)
        _, path, query = split(target if "://" in target else f"https://{self._host}{target}")
        status, headers, body = self._lambda._wire(method, self._host, path, query, [], b"", None)
        lines = [f"HTTP/1.1 {status} {http.client.responses.get(status, '')}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers if name.lower() != "connection"]
        return io.BytesIO("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def settimeout(self, _seconds: float | None) -> None:
        """Do nothing: the answer is there at once."""

    def setsockopt(self, *_option: object) -> None:
        """Do nothing: there is no connection."""

    def shutdown(self, _how: int) -> None:
        """Do nothing: there is no connection."""

    def close(self) -> None:
        """Do nothing: there is no connection."""
