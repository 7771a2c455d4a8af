"""Credentials that sign and mean nothing; and never a network call to get others."""

from __future__ import annotations

from typing import Any

from botocore.credentials import Credentials

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


def account_id(credentials: Any) -> str | None:  # noqa: ANN401
    """Return the account that an access key of twelve digits names, or nothing."""
    if type(credentials) is Credentials:
        access_key: str = credentials.access_key
        if len(access_key) == 12 and access_key.isascii() and access_key.isdigit():  # noqa: PLR2004
            return access_key
    return None
