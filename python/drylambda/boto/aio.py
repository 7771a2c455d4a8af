"""aiobotocore's clients, and so aioboto3's: answered in process, without a socket.

The one idea to hold: what is done for botocore is done here once more with ``async`` before it, on aiobotocore's
classes, and only when somebody has imported them. Nothing here imports aiobotocore. The event loop is kept free: what
may take long, or may be held by a fault, is answered in a thread.
"""

from __future__ import annotations

import asyncio
import contextvars
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from . import call, credentials, package, sleep
from .answer import answer, answer_s3
from .environment import SESSIONS
from .others import CALL, is_for_lambda, is_for_s3, refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from typing_extensions import Self

    from drylambda import Lambda

    from .active import Entry

    Current = Callable[[], Entry | None]

#: Smaller requests are answered sooner than a thread is started.
THREAD_BYTES = 64 * 1024
#: More calls than this are not held at once. A thread is started only when all others are busy.
MOST_THREADS = 512


def is_imported() -> bool:
    """Tell whether there is anything to patch."""
    return "aiobotocore.client" in sys.modules


def is_client(client: object) -> bool:
    """Tell whether a client is aiobotocore's."""
    module = sys.modules.get("aiobotocore.client")
    return module is not None and isinstance(client, module.AioBaseClient)


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
    answerer: Callable[[Lambda, AWSPreparedRequest, Any], AWSResponse],
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
    if (lambda_.faults or len(body or b"") > THREAD_BYTES) and _is_asyncio():
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


async def _read(body: Any) -> bytes:  # noqa: ANN401 - whatever aiobotocore sends
    read = getattr(body, "read", None)
    if read is None:
        return b"".join([piece async for piece in body])
    content = read()
    return bytes(content if isinstance(content, (bytes, bytearray)) else await content)


async def in_thread(function: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401 - whatever it returns
    """Call a function in a thread of drylambda's own: calls that are held must not use up those of the loop."""
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(_threads(), partial(context.run, function, *arguments))


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="drylambda")


def _is_asyncio() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class Session:
    """Stands where an attached client has aiobotocore's session, and opens no socket."""

    def __init__(self, lambda_: Lambda, answerer: Any, timeout: Any) -> None:  # noqa: ANN401
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


class Events:
    """Stands where an attached client's endpoint has its events: who asks for a pause gets none."""

    def __init__(self, original: Any, lambda_: Lambda) -> None:  # noqa: ANN401
        self._original = original
        self._lambda = lambda_

    async def emit(self, event_name: str, **parameters: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401
        """Ask the handlers of an event."""
        return sleep.without_pause(event_name, await self._original.emit(event_name, **parameters), self._lambda)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the events have
        return getattr(self._original, name)


def waiter(client: Any, lambda_: Lambda, name: str) -> Any:  # noqa: ANN401
    """Make an attached client's waiter, which moves the clock between its looks."""
    outer = type(client).get_waiter(client, name)

    async def wait(**parameters: Any) -> None:  # noqa: ANN401 - aiobotocore's own
        config = dict(parameters.pop("WaiterConfig", {}))
        pause, looks = config.get("Delay", outer.config.delay), 0
        inner = type(client).get_waiter(client, name)
        look = inner._operation_method

        async def look_again(**parameters: Any) -> Any:  # noqa: ANN401
            nonlocal looks
            if looks:
                lambda_.clock.advance(pause)
            looks += 1
            return await look(**parameters)

        inner._operation_method = look_again
        await inner.wait(WaiterConfig={**config, "Delay": 0}, **parameters)

    outer.wait = wait
    return outer


async def make_api_call(
    original: Any,  # noqa: ANN401 - the method that would be called
    client: Any,  # noqa: ANN401
    lambda_: Lambda,
    depth: call.Depth,
    operation_name: str,
    api_params: dict[str, Any],
) -> dict[str, Any]:
    """Answer a call of one client for Lambda at either depth."""
    if depth == "wire":
        # Not with a token in a large package's place: aiobotocore copies the request's dictionary.
        response: dict[str, Any] = await call.awaited(original(client, operation_name, api_params))
        return response
    if lambda_.faults or package.is_large(operation_name, api_params):
        answered: dict[str, Any] = await in_thread(call.direct, client, lambda_, operation_name, api_params)
        return answered
    return call.direct(client, lambda_, operation_name, api_params)


def _send(original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    async def send_(self: Any, request: AWSPreparedRequest) -> Any:  # noqa: ANN401
        entry = current()
        if entry is None:
            return await original(self, request)
        timeout = getattr(self._timeout, "sock_read", self._timeout)
        if is_for_lambda(request):
            return await send(answer, entry.lambda_, request, timeout)
        if entry.s3 and is_for_s3(request):
            return await send(answer_s3, entry.lambda_, request, timeout)
        if entry.others == "pass":
            return await original(self, request)
        raise refusal(request)

    return send_


def _sign(original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    async def get_auth_instance(
        self: Any,  # noqa: ANN401
        signing_name: str,
        region_name: str,
        signature_version: str | None = None,
        request_credentials: Any = None,  # noqa: ANN401
        **options: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        entry = current()
        if entry is not None and (signing_name == "lambda" or (signing_name == "s3" and entry.s3)):
            request_credentials = credentials.usable_async(request_credentials or self._credentials)
        return await original(self, signing_name, region_name, signature_version, request_credentials, **options)

    return get_auth_instance


def _read_credentials(original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    async def get_credentials(self: Any) -> Any:  # noqa: ANN401
        found = await original(self)
        if credentials.are_ours(found):
            if current() is None:
                self._credentials = None
            else:
                SESSIONS.add(self)
        return found

    return get_credentials


def _make_api_call(original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    async def _make_api_call(self: Any, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
        entry = current()
        response: dict[str, Any]
        if entry is None or "_drylambda" in self.__dict__:
            response = await original(self, operation_name, api_params)
            return response
        service = self.meta.service_model.service_name
        if service != "lambda":
            sleep.ANSWERED_BY.set(entry.lambda_ if service == "s3" and entry.s3 else None)
            token = CALL.set((service, operation_name))
            try:
                response = await original(self, operation_name, api_params)
            finally:
                CALL.reset(token)
            return response
        sleep.ANSWERED_BY.set(entry.lambda_)
        return await make_api_call(original, self, entry.lambda_, entry.depth, operation_name, api_params)

    return _make_api_call


class Asyncio:
    """Stands where a module has ``asyncio``: its ``sleep`` moves the clock of the emulator that answered last."""

    def __init__(self, original: ModuleType, current: Current) -> None:
        self._original = original
        self._current = current

    async def sleep(self, seconds: float, *result: Any) -> Any:  # noqa: ANN401
        """Move the emulator's clock, or sleep."""
        lambda_ = sleep.ANSWERED_BY.get()
        if lambda_ is None or self._current() is None:
            return await self._original.sleep(seconds, *result)
        lambda_.clock.advance(seconds)
        return await self._original.sleep(0, *result)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the module has
        return getattr(self._original, name)


def sites() -> list[tuple[Any, str, Any]]:
    """Return what is patched of aiobotocore: the owner, its attribute, and what makes the patch."""
    modules = sys.modules
    found: list[tuple[Any, str, Any]] = [
        (modules["aiobotocore.client"].AioBaseClient, "_make_api_call", _make_api_call),
        (modules["aiobotocore.httpsession"].AIOHTTPSession, "send", _send),
        (modules["aiobotocore.signers"].AioRequestSigner, "get_auth_instance", _sign),
        (modules["aiobotocore.session"].AioSession, "get_credentials", _read_credentials),
        (modules["aiobotocore.endpoint"], "asyncio", Asyncio),
        (modules["aiobotocore.waiter"], "asyncio", Asyncio),
    ]
    httpx = getattr(modules.get("aiobotocore.httpxsession"), "HttpxSession", None)
    return [*found, (httpx, "send", _send)] if httpx is not None else found
