"""One request of aiobotocore in, one response of aiobotocore out: what stands in aiohttp's place."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from drylambda._drylambda import may_wait
from drylambda.boto.answer import body_bytes, split

from .threads import in_thread, is_asyncio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from botocore.awsrequest import AWSPreparedRequest
    from typing_extensions import Self

    from drylambda import Lambda
    from drylambda.boto.answer import Answerer

#: Smaller requests are answered sooner than a thread is started.
THREAD_BYTES = 64 * 1024


class _Content:
    """What aiohttp's response has as ``content``: bytes to be awaited."""

    def __init__(self, content: bytes) -> None:
        self._left = content

    async def read(self, amt: int = -1) -> bytes:
        read = self._left if amt < 0 else self._left[:amt]
        self._left = self._left[len(read) :]
        return read

    def at_eof(self) -> bool:
        return not self._left

    async def iter_chunks(self) -> AsyncIterator[tuple[bytes, bool]]:
        while not self.at_eof():
            yield await self.read(THREAD_BYTES), True


class Raw:
    """Stands where aiobotocore has aiohttp's response."""

    def __init__(self, url: str, content: bytes) -> None:
        self.url = url
        self.content = _Content(content)

    async def read(self) -> bytes:
        """Return what is left."""
        return await self.content.read()

    def close(self) -> None:
        """Do nothing: there is no connection."""


async def send(
    answerer: Answerer,
    lambda_: Lambda,
    request: AWSPreparedRequest,
    timeout: Any,  # noqa: ANN401 - the session's own, which nobody waits for
) -> Any:  # noqa: ANN401 - aiobotocore's response
    """Answer a request as ``answerer`` does, with aiobotocore's response."""
    body = request.body
    body = await _read(body) if hasattr(body, "read") or hasattr(body, "__aiter__") else body
    if body is not request.body:
        request.body = body
    streamed, request.stream_output = request.stream_output, False
    if (lambda_._is_faulty() or len(body or b"") > THREAD_BYTES or _may_wait(request)) and is_asyncio():
        answered = await in_thread(answerer, lambda_, request, timeout)
    else:
        answered = answerer(lambda_, request, timeout)
    headers = {name.lower(): value for name, value in answered.headers.items()}
    content: bytes = answered.content
    aio_response = sys.modules["aiobotocore.awsrequest"].AioAWSResponse
    response = aio_response(request.url, answered.status_code, headers, Raw(request.url, content))
    if not streamed:
        response._content = content
    return response


def _may_wait(request: AWSPreparedRequest) -> bool:
    _, path, query = split(request.url)
    return may_wait(request.method, path, query, body_bytes(request.body))


async def _read(body: Any) -> bytes:  # noqa: ANN401 - whatever aiobotocore sends
    read = getattr(body, "read", None)
    if read is None:
        return b"".join([piece async for piece in body])
    content = read()
    return bytes(content if isinstance(content, (bytes, bytearray)) else await content)


class Session:
    """Stands where an attached client has aiobotocore's session, and opens no socket."""

    def __init__(self, lambda_: Lambda, answerer: Answerer, timeout: Any) -> None:  # noqa: ANN401
        self.lambda_ = lambda_
        self._answerer = answerer
        self._timeout = timeout

    async def send(self, request: AWSPreparedRequest) -> Any:  # noqa: ANN401
        """Answer a request."""
        return await send(self._answerer, self.lambda_, request, self._timeout)

    async def close(self) -> None:
        """Do nothing: there is no connection."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
