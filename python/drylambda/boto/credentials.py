"""Credentials that sign and mean nothing; and never a network call to get others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore import UNSIGNED
from botocore.credentials import Credentials

if TYPE_CHECKING:
    from botocore.client import BaseClient

#: Long enough for those who check, and not twelve digits, which would name an account.
ACCESS_KEY = "DRYLAMBDADUMMYKEY"
SECRET_KEY = "drylambda/dummy/secret"  # noqa: S105 - it is none

DUMMY = Credentials(ACCESS_KEY, SECRET_KEY, method="drylambda")


def usable(credentials: Any) -> Any:  # noqa: ANN401 - botocore's, or those of somebody who made their own
    """Return credentials that are there already, or the dummy ones where a network call would be needed to have any."""
    return credentials if type(credentials) is Credentials else DUMMY


def are_ours(credentials: Any) -> bool:  # noqa: ANN401
    """Tell whether credentials are the dummy ones, as such or as somebody read them from the environment."""
    return type(credentials) is Credentials and credentials.access_key == ACCESS_KEY


def access_key_id(client: BaseClient) -> str:
    """Return the access key that a client signs with, or no text if it does not sign."""
    if client.meta.config.signature_version is UNSIGNED:
        return ""
    key: str = usable(client._request_signer._credentials).access_key
    return key
