"""One existing client, answered by an emulator, until it is detached."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from botocore import UNSIGNED
from botocore.client import BaseClient
from botocore.validate import ParamValidationDecorator

import drylambda

from . import aio, credentials, moto, sleep
from .aio.patches import make_api_call
from .aio.transport import Session as AioSession
from .answer import answer, answer_s3
from .call import Depth, checked_depth, direct, through_botocore
from .calls import is_attached
from .package import Serializer, Tokens

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

    from drylambda import Lambda

    from .answer import Answerer

#: The services whose clients can be attached, and who answers their requests.
ANSWERED: dict[str, Answerer] = {"lambda": answer, "s3": answer_s3}


class Session:
    """Stands where botocore's ``URLLib3Session`` stands, and opens no socket."""

    def __init__(self, lambda_: Lambda, answerer: Answerer, timeout: Any) -> None:  # noqa: ANN401 - seconds, or urllib3's
        self.lambda_ = lambda_
        self._answer = answerer
        self._timeout = timeout

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Answer a request."""
        return self._answer(self.lambda_, request, self._timeout)

    def close(self) -> None:
        """Do nothing: there is no connection."""


class Attachment:
    """What attaching changed in one client, and how to change it back."""

    def __init__(self, client: BaseClient, lambda_: Lambda, depth: Depth) -> None:
        self.lambda_ = lambda_
        signer = client._request_signer
        endpoint = client._endpoint
        self._before = (endpoint.http_session, endpoint._event_emitter, client._serializer, signer._credentials)
        self._ask_moto_again = moto.leave(client)
        signs = client.meta.config.signature_version is not UNSIGNED
        answerer, timeout = ANSWERED[_service(client)], client.meta.config.read_timeout
        # An attribute of the instance comes before the class's, which a mock may have patched.
        if aio.is_client(client):
            endpoint.http_session = AioSession(lambda_, answerer, timeout)
            endpoint._event_emitter = sleep.AioEvents(endpoint._event_emitter, lambda_)
            signer._credentials = credentials.usable_async(signer._credentials) if signs else signer._credentials
            client._make_api_call = partial(make_api_call, type(client)._make_api_call, client, lambda_, depth)
        else:
            endpoint.http_session = Session(lambda_, answerer, timeout)
            endpoint._event_emitter = sleep.Events(endpoint._event_emitter, lambda_)
            signer._credentials = credentials.usable(signer._credentials) if signs else signer._credentials
            client._serializer = _with_tokens(client._serializer)
            client._make_api_call = partial(_make_api_call, client, lambda_, depth)
        client.get_waiter = partial(sleep.waiter, client, lambda_)
        client._drylambda = self

    def undo(self, client: BaseClient) -> None:
        """Put everything back."""
        endpoint = client._endpoint
        endpoint.http_session, endpoint._event_emitter, client._serializer, own = self._before
        client._request_signer._credentials = own
        self._ask_moto_again()
        for name in ("_make_api_call", "get_waiter", "_drylambda"):
            # Somebody may have put theirs over it and taken it away with ours.
            client.__dict__.pop(name, None)


def attach(client: BaseClient, lambda_: Lambda | None = None, *, depth: Depth = "wire") -> Lambda:
    """Let an emulator answer one client for Lambda or S3, boto3's or aiobotocore's, and return the emulator.

    By default it is a new one. The client's own Region counts, not the emulator's. A client that is attached already
    changes its emulator. Waiters that were taken from the client before know nothing of it, and sleep between their
    looks; those that are taken afterwards move the emulator's clock.
    ``depth="call"``, for Lambda, leaves botocore out of the calls: many times faster, but without events, retries and
    signatures.

    Raises ``TypeError`` if ``client`` is another client or none, ``ValueError`` for another ``depth``.
    """
    _check(client)
    checked_depth(depth, _service(client))
    if lambda_ is None:
        lambda_ = drylambda.Lambda(region=client.meta.region_name)
    elif not isinstance(lambda_, drylambda.Lambda):
        msg = f"lambda_ is a drylambda.Lambda, not {lambda_!r}"
        raise TypeError(msg)
    detach(client)
    Attachment(client, lambda_, depth)
    return lambda_


def detach(client: BaseClient) -> None:
    """Make an attached client what it was before; leave any other client alone.

    Raises ``TypeError`` if ``client`` is not a client for Lambda or S3.
    """
    _check(client)
    if is_attached(client):
        attachment: Attachment = client.__dict__["_drylambda"]
        attachment.undo(client)
        attachment.lambda_._end()


def _check(client: object) -> None:
    service = _service(client) if isinstance(client, BaseClient) else None
    if service not in ANSWERED:
        what = f"a client for {service}" if service else repr(client)
        msg = f'drylambda answers boto3.client("lambda") and boto3.client("s3"), not {what}'
        raise TypeError(msg)


def _service(client: BaseClient) -> str:
    service: str = client.meta.service_model.service_name
    return service


def _with_tokens(serializer: Serializer) -> Serializer:
    """Let large packages travel beside the request, once the parameters are validated."""
    if isinstance(serializer, ParamValidationDecorator):
        validating: Serializer = ParamValidationDecorator(serializer._param_validator, Tokens(serializer._serializer))
        return validating
    return Tokens(serializer)


def _make_api_call(
    client: BaseClient, lambda_: Lambda, depth: Depth, operation_name: str, api_params: dict[str, Any]
) -> dict[str, Any]:
    if depth == "call":
        return direct(client, lambda_, operation_name, api_params)
    return through_botocore(type(client)._make_api_call, client, operation_name, api_params)
