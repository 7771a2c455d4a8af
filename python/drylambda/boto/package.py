"""Large packages travel beside the request.

botocore's base64, JSON and signing of a 48 MiB package take most of a second. Above `THRESHOLD_BYTES` the serializer
is given a short token in the package's place, after the parameters were validated and after every hook that sees
parameters; whoever answers the request finds the token in the body and the bytes by the token. Hooks that see requests
see a small one: valid JSON, with its length and its signature.

The bytes live as long as the request's dictionary, that is as long as the call with all its retries.
"""

from __future__ import annotations

import itertools
import os
from base64 import b64decode, b64encode
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakValueDictionary

from .errors import PackageLostError

if TYPE_CHECKING:
    from botocore.model import OperationModel

#: Smaller packages go the way they go to AWS.
THRESHOLD_BYTES = 64 * 1024

#: Operations with a package, and the member that holds ``ZipFile`` (nothing: the input itself).
_PACKAGES = {"UpdateFunctionCode": "", "CreateFunction": "Code", "PublishLayerVersion": "Content"}

# A token says what it is when it is decoded. 18 + 24 letters, so that its base64 needs no padding, and ASCII without
# `>`, `?` and `~`, so that it has no `+` and `/` that a JSON writer could escape.
_PREFIX_TEXT = "drylambda:package:"
_PREFIX = b64encode(_PREFIX_TEXT.encode())
_TOKEN_BYTES = 56

_process = os.urandom(4).hex()
_numbers = itertools.count()


class _Package:
    """The bytes beside one request."""

    __slots__ = ("__weakref__", "content")

    def __init__(self, content: bytes) -> None:
        self.content = content


class _RequestDict(dict[str, Any]):
    """botocore's request dictionary, which also keeps the package alive."""

    package: _Package


_packages: WeakValueDictionary[str, _Package] = WeakValueDictionary()

#: Whether the call that is being made ends here. Only then may a package travel beside it: another library that shares
#: botocore's serializers, as aiobotocore does, would send the token.
ENDS_HERE: ContextVar[bool] = ContextVar("ENDS_HERE", default=False)


class Serializer(Protocol):
    """What botocore's serializers have in common."""

    def serialize_to_request(self, parameters: dict[str, Any], operation_model: OperationModel) -> dict[str, Any]:
        """Make the request dictionary of a call."""


class Tokens:
    """A serializer that puts tokens in the place of large packages, and leaves the rest to another."""

    def __init__(self, serializer: Serializer) -> None:
        self._serializer = serializer

    def serialize_to_request(self, parameters: dict[str, Any], operation_model: OperationModel) -> dict[str, Any]:
        """Make the request dictionary of a call."""
        return serialize(self._serializer.serialize_to_request, parameters, operation_model)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the other has
        return getattr(self._serializer, name)


def serialize(original: Any, parameters: dict[str, Any], operation_model: OperationModel) -> dict[str, Any]:  # noqa: ANN401
    """Call ``original`` with a token in place of a large package; the caller's dictionaries stay as they are."""
    request: dict[str, Any]
    name = _PACKAGES.get(operation_model.name)
    if name is None or not ENDS_HERE.get() or operation_model.service_model.service_name != "lambda":
        request = original(parameters, operation_model)
        return request
    holder: Any = parameters.get(name) if name else parameters
    content = _large(holder.get("ZipFile")) if isinstance(holder, dict) else None
    if content is None:
        request = original(parameters, operation_model)
        return request
    token, package = _put(content)
    changed = {**holder, "ZipFile": token}
    request = _RequestDict(original({**parameters, name: changed} if name else changed, operation_model))
    # The call holds its request until it is over, so the package stays as long.
    request.package = package
    return request


def _large(value: object) -> bytes | None:
    """Return a package that is worth a token; anything else is botocore's to serialize or to refuse."""
    if isinstance(value, (bytes, bytearray, str)) and len(value) > THRESHOLD_BYTES:
        if isinstance(value, str):
            return value.encode()
        # A bytearray may change while the call lasts, so it is copied; bytes are not.
        return value if type(value) is bytes else bytes(value)
    return None


def is_large(operation_name: str, parameters: dict[str, Any]) -> bool:
    """Tell whether a call brings a large package."""
    name = _PACKAGES.get(operation_name)
    holder = parameters.get(name) if name else parameters
    return name is not None and isinstance(holder, dict) and len(holder.get("ZipFile") or b"") > THRESHOLD_BYTES


def _put(content: bytes) -> tuple[bytes, _Package]:
    token = f"{_PREFIX_TEXT}{_process}{next(_numbers):016x}"
    package = _packages[token] = _Package(content)
    return token.encode(), package


def find(body: bytes) -> tuple[str, bytes] | None:
    """Find the token in a request's body: the token as it stands there, and the bytes it stands for.

    Raises `drylambda.exceptions.PackageLostError` if the call that brought the package is over.
    """
    start = body.find(_PREFIX)
    if start < 0:
        return None
    text = body[start : start + _TOKEN_BYTES].decode("latin-1")
    try:
        package = _packages.get(b64decode(text).decode())
    except ValueError:
        return None
    if package is None:
        raise PackageLostError(token=text)
    return text, package.content
