"""Requests as moto hands them over: botocore's, or werkzeug's from its server and, in some releases, from elsewhere."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import quote

from drylambda.boto.answer import body_bytes, split

from .hosts import region_of

_KEY = re.compile(r"Credential=\d{12}/")
_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/[^/]*/([^/]*)/")


class Request(NamedTuple):
    """What the core reads of a request; path and query are still percent-encoded."""

    method: str
    host: str
    path: str
    query: str
    #: Any mapping that does not mind the case, or pairs.
    headers: Any
    body: bytes
    #: Scheme and authority of the server that was reached, if it was one: links lead back there.
    endpoint: str | None = None

    @property
    def signer(self) -> tuple[str, str]:
        """The access key and the Region in the signature, or no text."""
        authorization = self.header("Authorization")
        found = _CREDENTIAL.search(authorization) if authorization else None
        return (found[1], found[2]) if found else ("", "")

    def without_key(self) -> Request:
        """Return the same request, signed by nobody: the core takes a key of twelve digits for an account, moto not."""
        texts = [
            (name, value if isinstance(value, str) else value.decode("latin-1")) for name, value in self.headers.items()
        ]
        return self._replace(headers=[(name, _KEY.sub("Credential=/", text)) for name, text in texts])

    def header(self, name: str) -> str | None:
        """Return a header as text, if it is there."""
        value: str | bytes | None = self.headers.get(name)
        # botocore signs with bytes.
        return value.decode("latin-1") if isinstance(value, bytes) else value


def read(request: Any) -> Request:  # noqa: ANN401 - one of several classes
    """Read a request."""
    if hasattr(request, "get_data"):
        # werkzeug has decoded the path, not the query.
        path, query = quote(request.path), request.query_string.decode("latin-1")
        endpoint = None if region_of(request.host) else request.host_url.rstrip("/")
        return Request(request.method, request.host, path, query, request.headers, request.get_data(), endpoint)
    host, path, query = split(request.url)
    return Request(request.method, host, path, query, request.headers, body_bytes(request.body))
