"""Credentials that sign and mean nothing; and never a network call to get others."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from botocore import UNSIGNED
from botocore.credentials import Credentials

if TYPE_CHECKING:
    from botocore.client import BaseClient

#: Long enough for those who check, and not twelve digits, which would name an account.
ACCESS_KEY = "DRYLAMBDADUMMYKEY"
SECRET_KEY = "drylambda/dummy/secret"  # noqa: S105 - it is none

DUMMY = Credentials(ACCESS_KEY, SECRET_KEY, method="drylambda")


def _is_static(credentials: Any) -> bool:  # noqa: ANN401
    """Tell whether credentials are there already: botocore's plain ones, or aiobotocore's."""
    return type(credentials) is Credentials or type(credentials) is _aio_class()


def _aio_class() -> Any:  # noqa: ANN401
    return getattr(sys.modules.get("aiobotocore.credentials"), "AioCredentials", None)


def usable_async(credentials: Any) -> Any:  # noqa: ANN401
    """Return credentials that aiobotocore can sign with, as `usable` does for botocore."""
    return credentials if _is_static(credentials) else _aio_class()(ACCESS_KEY, SECRET_KEY, method="drylambda")


def usable(credentials: Any) -> Any:  # noqa: ANN401 - botocore's, or those of somebody who made their own
    """Return credentials that are there already, or the dummy ones where a network call would be needed to have any."""
    return credentials if _is_static(credentials) else DUMMY


def are_ours(credentials: Any) -> bool:  # noqa: ANN401
    """Tell whether credentials are the dummy ones, as such or as somebody read them from the environment."""
    return _is_static(credentials) and credentials.access_key == ACCESS_KEY


def access_key_id(client: BaseClient) -> str:
    """Return the access key that a client signs with, or no text if it does not sign."""
    if client.meta.config.signature_version is UNSIGNED:
        return ""
    key: str = usable(client._request_signer._credentials).access_key
    return key
