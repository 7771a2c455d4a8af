"""One request of botocore in, one response of botocore out; the emulator in between, and no socket."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.httpchecksum import AwsChunkedWrapper

from . import package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.awsrequest import AWSPreparedRequest

    from drylambda import Lambda

    #: Who answers a request; the last argument is the session's timeout.
    Answerer = Callable[[Lambda, AWSPreparedRequest, Any], AWSResponse]


class Body(io.BytesIO):
    """The body of a response, with the one method of urllib3's that botocore needs."""

    def stream(self, amt: int = 65536, decode_content: bool | None = None) -> Iterator[bytes]:  # noqa: ARG002, FBT001
        """Yield what is left, at most ``amt`` bytes at a time."""
        while chunk := self.read(amt):
            yield chunk

    def release_conn(self) -> None:
        """Do nothing: there is no connection."""


def answer(lambda_: Lambda, request: AWSPreparedRequest, timeout: Any = None) -> AWSResponse:  # noqa: ANN401
    """Answer a request for Lambda. ``timeout`` is the session's: seconds, or the timeout of its library.

    Raises `drylambda.exceptions.PackageLostError` if the request names a package that is no longer there, and what
    botocore raises of a broken connection if a fault asks for it.
    """
    host, path, query = split(request.url)
    body = body_bytes(request.body)
    large, timeout = package.find(body) if body else None, _timeout(request, timeout)
    status, response_headers, content = lambda_._wire(
        request.method, host, path, query, request.headers, body, large, timeout
    )
    return _response(request, status, response_headers, content)


def _timeout(request: AWSPreparedRequest, timeout: Any) -> Any:  # noqa: ANN401
    """Return the timeout of a call, where a handler of an event has given it one of its own, or the session's."""
    context = getattr(request, "context", None)
    own = context.get("read_timeout") if context else None
    return timeout if own is None else own


def answer_s3(lambda_: Lambda, request: AWSPreparedRequest, timeout: Any = None) -> AWSResponse:  # noqa: ANN401, ARG001
    """Answer a request for S3, from the emulator's own object store."""
    host, path, query = split(request.url)
    body = request.body
    # In frames it is read frame by frame: reading it as a whole takes quadratic time.
    pieces = body if isinstance(body, AwsChunkedWrapper) else body_bytes(body)
    answered = lambda_._s3(request.method, host, path, query, request.headers, pieces)
    return _response(request, *answered)


def _response(request: AWSPreparedRequest, status: int, headers: list[tuple[str, str]], content: bytes) -> AWSResponse:
    """Make botocore's response."""
    raw = _urllib3_response(status, headers, content) if request.stream_output else Body(content)
    response = AWSResponse(request.url, status, headers, raw)
    if not request.stream_output:
        # What reading `raw` would give, without the loop.
        response._content = content
    return response


def split(url: str) -> tuple[str, str, str]:
    """Host (with a port, if there is one), path and query of an absolute URL, still percent-encoded."""
    # botocore makes these URLs itself; urlsplit would cost as much as the whole hook.
    _, _, rest = url.partition("://")
    rest, _, query = rest.partition("?")
    host, _, path = rest.partition("/")
    return host, f"/{path}", query


def header(request: AWSPreparedRequest, name: str) -> str:
    """Return the value of a header as text, or no text."""
    try:
        value = request.headers[name]
    except KeyError:
        return ""
    return value.decode("latin-1") if type(value) is bytes else str(value)


def body_bytes(body: object) -> bytes:
    """Return a request's body, whatever botocore or a hook made of it."""
    if type(body) is bytes:
        return body
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    read: bytes = body.read()  # type: ignore[attr-defined]
    return read


def _urllib3_response(status: int, headers: list[tuple[str, str]], content: bytes) -> object:
    """Make the response whose ``raw`` a caller will stream, as the payload of Invoke."""
    from urllib3.response import HTTPResponse  # noqa: PLC0415 - only for streams

    # As botocore asks for it: a content encoding is the object's, not the connection's.
    return HTTPResponse(
        body=io.BytesIO(content), headers=dict(headers), status=status, preload_content=False, decode_content=False
    )
