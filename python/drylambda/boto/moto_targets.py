"""Beside moto: what destinations and dead-letter targets are told arrives in moto's services.

The one idea to hold: the requests are moto's alone to answer, handed to it without a client's way to the network. What
is told meanwhile, by functions that are called for it, comes after, so that a chain of calls is a queue and no stack.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse

from drylambda.pollers.clients import make_client
from drylambda.targets import Message, NotToldError, key_of, log_loss, tell

from .answer import Body
from .moto import is_active, leave, stubber

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

    from drylambda.deliveries import Delivery

#: How many functions may call one another through targets until AWS takes it for a loop.
_MOST_DEPTH = 16


class _Waiting(threading.local):
    """What this thread has to tell still: each with how many were told before it that led to it."""

    def __init__(self) -> None:
        self.deliveries: deque[tuple[int, Delivery]] = deque()
        #: Of what is being told; below 0 for nothing.
        self.depth = -1


_WAITING = _Waiting()


def deliver(delivery: Delivery) -> None:
    """Tell a target of moto's, if moto is active and its service in use; what cannot be told is logged as lost."""
    if not is_active() or f"moto.{delivery.target_arn.split(':')[2]}.models" not in sys.modules:
        return
    busy = _WAITING.depth >= 0
    _WAITING.deliveries.append((_WAITING.depth + 1, delivery))
    if busy:
        return
    try:
        while _WAITING.deliveries:
            _WAITING.depth, next_one = _WAITING.deliveries.popleft()
            _tell(next_one)
    finally:
        _WAITING.deliveries.clear()
        _WAITING.depth = -1


def _tell(delivery: Delivery) -> None:
    what = "a dead letter" if delivery.reason == "dead-letter" else f"a {delivery.reason}"
    what = f"{what} of {delivery.function_arn}"
    if _WAITING.depth < _MOST_DEPTH:
        tell(_client_of, _message(delivery), what)
    else:
        log_loss(
            delivery.target_arn, what, f"{_MOST_DEPTH} functions have called one another, which AWS takes for a loop"
        )


def _message(delivery: Delivery) -> Message:
    message = Message(delivery.target_arn, delivery.body, delivery.function_arn, attributes=delivery.attributes)
    if delivery.reason == "dead-letter":
        return message
    name = delivery.function_arn.split(":")[6]
    event = {
        "Source": "lambda",
        "DetailType": f"Lambda Function Invocation Result - {delivery.reason.capitalize()}",
        "Resources": [delivery.record["requestContext"]["functionArn"], delivery.target_arn],
    }
    return message._replace(key=key_of(f"async/{name}", delivery.body), event=event)


def _client_of(service_name: str, arn: str) -> Any:  # noqa: ANN401 - boto3's own
    _, _, _, region, account, *_ = arn.split(":")
    return _client(service_name, region, account)


@lru_cache(maxsize=64)
def _client(service_name: str, region: str, account: str) -> Any:  # noqa: ANN401 - boto3's own
    # A variable that leads elsewhere is for the program's clients.
    client = make_client(service_name, region, account, ignore_configured_endpoint_urls=True)
    leave(client)
    client.meta.events.register("before-send", _ask_moto)
    return client


def _ask_moto(request: AWSPreparedRequest, **_named: object) -> AWSResponse:
    """Have moto answer a request, in its server too, where its mock is not active. Raises `NotToldError`."""
    try:
        answered = stubber().process_request(request)
    except Exception as error:
        # moto's own, as of services that its settings do not let in.
        raise NotToldError(error) from error
    if answered is None:
        msg = f"moto's settings let {request.url} out, and nothing goes to AWS from here"
        raise NotToldError(msg)
    status, headers, body = answered
    return AWSResponse(request.url, status, headers, Body(body.encode() if isinstance(body, str) else body))
