"""What an active mock changes in botocore's and other classes, all at once, and how it is changed back.

The one idea to hold: a patch is a function made around what was there before. It goes in when the first mock is
entered and comes out when the last one is left; if somebody has put theirs over it meanwhile, theirs stays, and ours
below it lets everything through as long as no mock is active.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import botocore.endpoint
import botocore.waiter
from botocore.client import BaseClient
from botocore.httpsession import URLLib3Session
from botocore.serialize import RestJSONSerializer
from botocore.session import Session
from botocore.signers import RequestSigner

from . import aio, call, credentials, links, moto, package, sleep, transfers
from .answer import answer, answer_s3
from .attachment import is_attached
from .environment import SESSIONS
from .others import CALL, is_for_lambda, is_for_s3, refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.model import OperationModel

    from .active import Entry

    Current = Callable[[], Entry | None]
    Make = Callable[[Any, Current], Any]


def _send(original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    def send(self: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        entry = current()
        if entry is None:
            return original(self, request)
        if is_for_lambda(request):
            return answer(entry.lambda_, request, self._timeout)
        if entry.s3 and is_for_s3(request):
            return answer_s3(entry.lambda_, request)
        if entry.others == "pass":
            return original(self, request)
        raise refusal(request)

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


def _sign(original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    def get_auth_instance(
        self: RequestSigner,
        signing_name: str,
        region_name: str,
        signature_version: str | None = None,
        request_credentials: Any = None,  # noqa: ANN401
        **options: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        entry = current()
        if entry is not None and (signing_name == "lambda" or (signing_name == "s3" and entry.s3)):
            request_credentials = credentials.usable(request_credentials or self._credentials)
        return original(self, signing_name, region_name, signature_version, request_credentials, **options)

    return get_auth_instance


def _read_credentials(original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    def get_credentials(self: Session) -> Any:  # noqa: ANN401
        found = original(self)
        if credentials.are_ours(found):
            # A session keeps what it found, so it must forget when the mock is left; at once if it was left just now.
            if current() is None:
                self._credentials = None
            else:
                SESSIONS.add(self)
        return found

    return get_credentials


def _make_session(original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    def __init__(self: Session, *args: Any, **named: Any) -> None:  # noqa: ANN401, N807
        # aiobotocore's sessions are botocore's; before it has one, it has no client.
        if Patches._in_place is not None:
            Patches._in_place.cover_aio(current)
        original(self, *args, **named)

    return __init__


def _make_api_call(original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    def _make_api_call(self: BaseClient, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:
        response: dict[str, Any]
        entry = current()
        if entry is None or is_attached(self):
            response = original(self, operation_name, api_params)
            return response
        service = self.meta.service_model.service_name
        if service != "lambda":
            sleep.ANSWERED_BY.set(entry.lambda_ if service == "s3" and entry.s3 else None)
            if service == "s3" and entry.s3:
                Patches.cover_moto(current)
            # Should it be refused, it is refused by its name.
            token = CALL.set((service, operation_name))
            try:
                response = original(self, operation_name, api_params)
            finally:
                CALL.reset(token)
            return response
        sleep.ANSWERED_BY.set(entry.lambda_)
        if entry.depth == "call":
            return call.direct(self, entry.lambda_, operation_name, api_params)
        Patches.cover_moto(current)
        return call.through_botocore(original, self, operation_name, api_params)

    return _make_api_call


class _Site(NamedTuple):
    """One attribute of one class or module, and what makes the function or object to put there."""

    owner: type | ModuleType
    attribute: str
    make: Make


_SITES = (
    _Site(URLLib3Session, "send", _send),
    _Site(RestJSONSerializer, "serialize_to_request", _serialize),
    _Site(RequestSigner, "get_auth_instance", _sign),
    _Site(Session, "get_credentials", _read_credentials),
    _Site(Session, "__init__", _make_session),
    _Site(BaseClient, "_make_api_call", _make_api_call),
    _Site(botocore.endpoint, "time", sleep.Time),
    _Site(botocore.waiter, "time", sleep.Time),
    *(_Site(owner, "connect", links.connect) for owner in links.CONNECTIONS),
)

_ABSENT = object()
#: The attribute of a patch that holds what was there before it.
_MARK = "__drylambda_before__"


class Patches:
    """The patches while they are in place."""

    _in_place: ClassVar[Patches | None] = None

    def __init__(self, current: Current) -> None:
        self._undo = [_install(site, current) for site in _SITES]
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
        patches._undo.append(_install(_Site(type(stubber), "__call__", moto.ask), current))
        if (response := moto.response()) is not None:
            patches._undo.append(_install(_Site(response, "matches", moto.match), current))

    def cover_aio(self, current: Current) -> None:
        """Patch aiobotocore too, as soon as it is there: it may be imported after the mock was entered."""
        if self._aio or not aio.is_imported():
            return
        self._aio = True
        self._undo += [_install(_Site(*site), current) for site in aio.sites()]

    def cover_transfers(self, current: Current, task: type | None) -> None:
        """Patch the tasks of s3transfer too, with the first mock that answers S3."""
        if task is None or self._task is task:
            return
        self._task = task
        for attribute, make in (("__init__", transfers.remember), ("__call__", transfers.run)):
            self._undo.append(_install(_Site(task, attribute, make), current))


def _install(site: _Site, current: Current) -> Callable[[], None]:
    before = site.owner.__dict__.get(site.attribute, _ABSENT)
    original = getattr(site.owner, site.attribute)
    # One of ours that somebody has put back after it was taken out makes room for the new one, and goes with it.
    while hasattr(original, _MARK):
        before, original = getattr(original, _MARK)
    patch = site.make(original, current)
    setattr(patch, _MARK, (before, original))
    setattr(site.owner, site.attribute, patch)

    def undo() -> None:
        if site.owner.__dict__.get(site.attribute) is not patch:
            return
        if before is _ABSENT:
            delattr(site.owner, site.attribute)
        else:
            setattr(site.owner, site.attribute, before)

    return undo
