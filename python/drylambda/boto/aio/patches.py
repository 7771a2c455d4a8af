"""What an active mock changes in aiobotocore's classes: where something is awaited, or the class is another."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from drylambda._drylambda import runs_code
from drylambda.boto import call, calls, credentials, environment, package, sleep
from drylambda.boto.install import Site

from .threads import in_thread
from .transport import send

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest

    from drylambda import Lambda
    from drylambda.boto.install import Current


def _send(original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    async def send_(self: Any, request: AWSPreparedRequest) -> Any:  # noqa: ANN401
        entry = current()
        answerer = calls.answerer(entry, request)
        if entry is None or answerer is None:
            return await original(self, request)
        return await send(answerer, entry.lambda_, request, self._timeout)

    return send_


def _read_credentials(original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    async def get_credentials(self: Any) -> Any:  # noqa: ANN401
        return environment.read_by(self, await original(self), current())

    return get_credentials


def _make_api_call(original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    async def _make_api_call(self: Any, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
        entry = current()
        response: dict[str, Any]
        if entry is None or calls.is_attached(self):
            response = await original(self, operation_name, api_params)
        elif (service := calls.begin(entry, self)) != "lambda":
            with calls.named(service, operation_name):
                response = await original(self, operation_name, api_params)
        else:
            response = await make_api_call(original, self, entry.lambda_, entry.depth, operation_name, api_params)
        return response

    return _make_api_call


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
    if lambda_._is_faulty() or runs_code(operation_name) or package.is_large(operation_name, api_params):
        answered: dict[str, Any] = await in_thread(call.direct, client, lambda_, operation_name, api_params)
        return answered
    return call.direct(client, lambda_, operation_name, api_params)


def sites() -> list[Site]:
    """Return what is patched of aiobotocore, which is imported."""
    modules = sys.modules
    found = [
        Site(modules["aiobotocore.client"].AioBaseClient, "_make_api_call", _make_api_call),
        Site(modules["aiobotocore.httpsession"].AIOHTTPSession, "send", _send),
        Site(
            modules["aiobotocore.signers"].AioRequestSigner,
            "get_auth_instance",
            partial(calls.sign, credentials.usable_async),
        ),
        Site(modules["aiobotocore.session"].AioSession, "get_credentials", _read_credentials),
        Site(modules["aiobotocore.endpoint"], "asyncio", sleep.Asyncio),
        Site(modules["aiobotocore.waiter"], "asyncio", sleep.Asyncio),
    ]
    httpx = getattr(modules.get("aiobotocore.httpxsession"), "HttpxSession", None)
    return [*found, Site(httpx, "send", _send)] if httpx is not None else found
