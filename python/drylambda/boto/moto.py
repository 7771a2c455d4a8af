"""Beside moto: its answers to what drylambda answers are kept out of the way, everything else of moto's stays.

moto answers before botocore would open a socket, by a ``before-send`` handler in every client that was made after moto
was imported. Where drylambda answers a client, that handler is not asked; so S3 and IAM may be moto's and Lambda
drylambda's in the same test; the core reads objects of moto's S3 through this module. With ``mock_lambda(s3=True)``,
S3 is drylambda's too. What ``requests`` sends moto answers as well, and lets it pass where none of its responses
matches: so none matches a link of ours. Nothing here imports moto.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from botocore.handlers import BUILTIN_HANDLERS

from . import links
from .answer import split

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.client import BaseClient

    from .active import Entry

_EVENT = "before-send"
_LAMBDA = (f"{_EVENT}.lambda.",)
_LAMBDA_AND_S3 = (*_LAMBDA, f"{_EVENT}.s3.")
_SERVING: ContextVar[bool] = ContextVar("_SERVING", default=False)
#: What S3 says of objects that have to be restored first.
_ARCHIVED = ("GLACIER", "DEEP_ARCHIVE")
_NOT_RESTORED = ("InvalidObjectState", "The operation is not valid for the object's storage class")
_DELETED = ("MethodNotAllowed", "The specified method is not allowed against this resource.")


def stubber() -> Any:  # noqa: ANN401 - moto's own, and moto may not be there
    """Return moto's handler, if moto is imported."""
    for event, handler, *_ in BUILTIN_HANDLERS:
        if event == _EVENT and type(handler).__module__.startswith("moto."):
            return handler
    return None


def ask(original: Any, current: Callable[[], Entry | None]) -> Callable[..., Any]:  # noqa: ANN401
    """Make moto's ``__call__`` leave alone what an active mock answers: Lambda, and S3 if it has its own."""

    def __call__(self: Any, event_name: str, *args: Any, **named: Any) -> Any:  # noqa: ANN401, N807
        entry = current()
        if entry is not None and event_name.startswith(_LAMBDA_AND_S3 if entry.s3 else _LAMBDA):
            return None
        return original(self, event_name, *args, **named)

    return __call__


def response() -> type | None:
    """Return the class of moto's answers to ``requests``, if moto is imported."""
    found: type | None = getattr(sys.modules.get("moto.core.custom_responses_mock"), "CallbackResponse", None)
    return found


def match(original: Any, current: Callable[[], Entry | None]) -> Callable[..., Any]:  # noqa: ANN401
    """Make the ``matches`` of moto's responses match no link that an active mock answers."""

    def matches(self: Any, request: Any) -> Any:  # noqa: ANN401
        if request.url.startswith("https://") and links.answer_of(split(request.url)[0], current) is not None:
            return False, "drylambda answers it"
        return original(self, request)

    return matches


def leave(client: BaseClient) -> Callable[[], None]:
    """Take moto's handler out of one client; what is returned puts it back."""
    handler = stubber()
    if handler is None:
        return lambda: None
    client.meta.events.unregister(_EVENT, handler)
    return lambda: client.meta.events.register(_EVENT, handler)


class serving:  # noqa: N801 - read as a verb: with serving():
    """While moto has a request of its own answered: in its server no mock is active, and its objects are there."""

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        self._token = _SERVING.set(True)

    def __exit__(self, *_error: object) -> None:
        _SERVING.reset(self._token)


def is_active() -> bool:
    """Tell whether moto's mock is active in this process, or its server has this call answered."""
    return _SERVING.get() or bool(getattr(stubber(), "enabled", False))


def read_object(
    bucket_name: str, key_name: str, version_id: str | None, region: str | None
) -> tuple[str, str] | tuple[bytes, str | None, bool, str | None] | None:
    """Return an object of moto's S3, or nothing if moto has no such bucket now.

    An object is its bytes, version, whether its bucket keeps versions, and storage class; a refusal is S3's code and
    text, that of a redirect the Region of the bucket. ``region`` is the only one that will do, if there is one.
    """
    models = sys.modules.get("moto.s3.models")
    if models is None or not is_active():
        return None
    # Each account has a backend for each partition, and names of buckets are those of all of them.
    backends = [backend for account in list(models.s3_backends.values()) for backend in list(account.values())]
    found = next(((backend, bucket) for backend in backends if (bucket := backend.buckets.get(bucket_name))), None)
    if found is None:
        return None
    backend, bucket = found
    if region is not None and bucket.region_name != region:
        return "PermanentRedirect", bucket.region_name
    if _is_denied(bucket, key_name):
        return "AccessDenied", "Access Denied"
    key = backend.get_object(bucket_name, key_name, version_id=version_id, return_delete_marker=version_id is not None)
    if refusal := _refusal(key, version_id, models.FakeDeleteMarker):
        return refusal
    version = None if bucket.versioning_status is None else key.version_id
    return key.value, version, bucket.is_versioned, key.storage_class


def _is_denied(bucket: Any, key_name: str) -> bool:  # noqa: ANN401 - moto's own
    """Tell whether the bucket's policy denies it, as moto's own GET asks: of a version, too, and of a missing key."""
    if bucket.policy is None:
        return False
    permission = bucket.get_permission("s3:GetObject", f"arn:{bucket.partition}:s3:::{bucket.name}/{key_name}")
    return bool(permission.name == "DENIED")


def _refusal(key: Any, version_id: str | None, marker: type) -> tuple[str, str] | None:  # noqa: ANN401 - moto's own
    """Return what S3 says instead of an object, if it does."""
    if key is None:
        return "NoSuchKey" if version_id is None else "NoSuchVersion", ""
    if isinstance(key, marker):
        return _DELETED
    restored = 'ongoing-request="false"' in key.response_dict.get("x-amz-restore", "")
    return _NOT_RESTORED if key.storage_class in _ARCHIVED and not restored else None
