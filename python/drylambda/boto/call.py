"""One call of one client, at either depth.

``wire`` goes botocore's whole way; ``call`` goes straight to the core, without events, signing, retries and parsing:
hooks and botocore's own Stubber are not asked, and parameters are always validated. The answer and the class of an
exception are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import botocore
from botocore.eventstream import EventStream
from botocore.exceptions import ClientError

from drylambda import exceptions
from drylambda._drylambda import BOTOCORE_VERSION

from . import credentials, package, streams

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from botocore.client import BaseClient

    from drylambda import Lambda

Depth = Literal["wire", "call"]

_HINT_HEADER = "x-drylambda-hint"


def checked_depth(depth: str, service: str = "lambda") -> Depth:
    """Return ``depth`` if clients for that service have it; raise ``ValueError`` if not."""
    if depth not in ("wire", "call"):
        msg = f'depth is "wire" or "call", not {depth!r}'
        raise ValueError(msg)
    if depth == "call" and service != "lambda":
        msg = f'depth="call" is for clients for Lambda; one for {service} has depth="wire"'
        raise ValueError(msg)
    return depth  # type: ignore[return-value]


def direct(client: BaseClient, lambda_: Lambda, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Answer a call without botocore; refusals are the client's own exceptions."""
    try:
        answer = lambda_._call(
            operation,
            parameters,
            client.meta.region_name,
            credentials.access_key_id(client),
            client.meta.config.read_timeout,
        )
    except ClientError as error:
        modelled = client.exceptions.from_code(error.response["Error"]["Code"])(error.response, operation)
        exceptions.with_hint(modelled, error.response["ResponseMetadata"]["HTTPHeaders"].get(_HINT_HEADER))
        # Where the first exception was made says nothing to the caller.
        raise modelled from None
    streams.real(client, answer)
    if botocore.__version__ != BOTOCORE_VERSION:
        _forget_unknown(client.meta.service_model.operation_model(operation).output_shape, answer)
    return answer


def _forget_unknown(shape: Any, answer: Any) -> None:  # noqa: ANN401 - a shape of botocore's, and what fits it
    """Take out of an answer what the model of an older botocore does not have, as parsing would."""
    if isinstance(answer, EventStream):
        return
    if shape is None or shape.type_name == "structure":
        members = {} if shape is None else shape.members
        for name in answer.keys() - members.keys() - {"ResponseMetadata"}:
            del answer[name]
        for name in answer.keys() & members.keys():
            _forget_unknown(members[name], answer[name])
    elif shape.type_name == "list":
        for entry in answer:
            _forget_unknown(shape.member, entry)


def through_botocore(
    make_api_call: Callable[..., dict[str, Any]], client: BaseClient, operation: str, parameters: dict[str, Any]
) -> dict[str, Any]:
    """Answer a call botocore's way; the hint of a refusal, which travels as a header, becomes a note."""
    token = package.ENDS_HERE.set(True)
    try:
        return make_api_call(client, operation, parameters)
    except ClientError as error:
        _take_hint(error)
        raise
    finally:
        package.ENDS_HERE.reset(token)


async def awaited(answer: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    """Await what aiobotocore answers; the hint of a refusal becomes a note."""
    try:
        return await answer
    except ClientError as error:
        _take_hint(error)
        raise


def _take_hint(error: ClientError) -> None:
    metadata = error.response.get("ResponseMetadata", {})
    exceptions.with_hint(error, metadata.get("HTTPHeaders", {}).get(_HINT_HEADER))
