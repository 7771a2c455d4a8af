"""What an active mock changes in botocore's and other classes, all at once, and how it is changed back.

The one idea to hold: a patch is a function made around what was there before. It goes in when the first mock is
entered and comes out when the last one is left; if somebody has put theirs over it meanwhile, theirs stays, and ours
below it lets everything through as long as no mock is active.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import botocore.endpoint
import botocore.waiter
from botocore.client import BaseClient
from botocore.httpsession import URLLib3Session
from botocore.serialize import RestJSONSerializer
from botocore.session import Session
from botocore.signers import RequestSigner

from . import aio, call, calls, credentials, environment, links, moto, package, sleep, transfers
from .aio import patches as aio_patches
from .errors import share_exceptions
from .install import Site, install

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.model import OperationModel

    from .install import Current


def _send(original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    def send(self: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        entry = current()
        answerer = calls.answerer(entry, request)
        if entry is None or answerer is None:
            return original(self, request)
        return answerer(entry.lambda_, request, self._timeout)

    return send


def _serialize(original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    def serialize_to_request(
        self: RestJSONSerializer, parameters: dict[str, Any], operation_model: OperationModel
    ) -> dict[str, Any]:
        request: dict[str, Any]
        if current() is None:
            request = original(self, parameters, operation_model)
            return request
        return package.serialize(original.__get__(self), parameters, operation_model)

    return serialize_to_request


def _read_credentials(original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    def get_credentials(self: Session) -> Any:  # noqa: ANN401
        return environment.read_by(self, original(self), current())

    return get_credentials


def _make_session(original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    def __init__(self: Session, *args: Any, **named: Any) -> None:  # noqa: ANN401, N807
        # aiobotocore's sessions are botocore's; before it has one, it has no client.
        if Patches._in_place is not None:
            Patches._in_place.cover_aio(current)
        original(self, *args, **named)
        if current() is not None:
            share_exceptions(self)

    return __init__


def _make_api_call(original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    def _make_api_call(self: BaseClient, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:
        entry = current()
        response: dict[str, Any]
        if entry is None or calls.is_attached(self):
            response = original(self, operation_name, api_params)
        elif (service := calls.begin(entry, self)) != "lambda":
            if service == "s3" and entry.s3:
                Patches.cover_moto(current)
            with calls.named(service, operation_name):
                response = original(self, operation_name, api_params)
        elif entry.depth == "call":
            response = call.direct(self, entry.lambda_, operation_name, api_params)
        else:
            Patches.cover_moto(current)
            response = call.through_botocore(original, self, operation_name, api_params)
        return response

    return _make_api_call


SITES = (
    Site(URLLib3Session, "send", _send),
    Site(RestJSONSerializer, "serialize_to_request", _serialize),
    Site(RequestSigner, "get_auth_instance", partial(calls.sign, credentials.usable)),
    Site(Session, "get_credentials", _read_credentials),
    Site(Session, "__init__", _make_session),
    Site(BaseClient, "_make_api_call", _make_api_call),
    Site(botocore.endpoint, "time", sleep.Time),
    Site(botocore.waiter, "time", sleep.Time),
    *(Site(owner, "connect", links.connect) for owner in links.CONNECTIONS),
)


class Patches:
    """The patches while they are in place."""

    _in_place: ClassVar[Patches | None] = None

    def __init__(self, current: Current) -> None:
        self._undo = [install(site, current) for site in SITES]
        self._moto: type | None = None
        self._task: type | None = None
        self._aio = False
        Patches._in_place = self
        self.cover_aio(current)
        self.cover_moto(current)

    def undo(self) -> None:
        """Take out each patch that nobody has covered."""
        Patches._in_place = None
        for undo in reversed(self._undo):
            undo()

    @classmethod
    def cover_moto(cls, current: Current) -> None:
        """Patch moto too, as soon as it is there: it may be imported after the mock was entered."""
        patches = cls._in_place
        stubber = moto.stubber()
        if patches is None or stubber is None or patches._moto is type(stubber):
            return
        patches._moto = type(stubber)
        patches._undo.append(install(Site(type(stubber), "__call__", moto.ask), current))
        if (response := moto.response()) is not None:
            patches._undo.append(install(Site(response, "matches", moto.match), current))

    def cover_aio(self, current: Current) -> None:
        """Patch aiobotocore too, as soon as it is there: it may be imported after the mock was entered."""
        if self._aio or not aio.is_imported():
            return
        self._aio = True
        self._undo += [install(site, current) for site in aio_patches.sites()]

    def cover_transfers(self, current: Current, task: type | None) -> None:
        """Patch the tasks of s3transfer too, with the first mock that answers S3."""
        if task is None or self._task is task:
            return
        self._task = task
        for attribute, make in (("__init__", transfers.remember), ("__call__", transfers.run)):
            self._undo.append(install(Site(task, attribute, make), current))
