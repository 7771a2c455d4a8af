"""Real boto3 clients that belong to one emulator from the start."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session

from . import credentials, forks
from .attachment import ANSWERED, attach, detach
from .call import checked_depth
from .errors import share_exceptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from botocore.client import BaseClient
    from botocore.credentials import Credentials

    from drylambda import Lambda

    from .call import Depth

# botocore's sessions may not make two clients at once.
_making = forks.lock()


class _Session(botocore.session.Session):  # type: ignore[misc]
    """A session that reads nobody's files and asks nobody for credentials: a machine's profiles change no test."""

    @property
    def full_config(self) -> dict[str, Any]:
        return {"profiles": {}}

    def get_scoped_config(self) -> dict[str, Any]:
        return {}

    def get_credentials(self) -> Credentials:
        return credentials.DUMMY

    def _register_exceptions_factory(self) -> None:
        share_exceptions(self)


@cache
def _session() -> _Session:
    """Return the process's one session for such clients: sessions are slow to make, and load the model of Lambda."""
    session = _Session()
    session.set_config_variable("ignore_configured_endpoint_urls", True)  # noqa: FBT003 - botocore's own form
    return session


@cache
def _add_transfers() -> None:
    """Let clients for S3 have ``upload_file`` and the like, which boto3 adds to botocore's."""
    try:
        import boto3.session  # noqa: PLC0415 - only clients for S3 need it
    except ImportError:
        return
    # Making it is what adds them.
    boto3.session.Session(botocore_session=_session())


@asynccontextmanager
async def async_client(
    lambda_: Lambda,
    service_name: str = "lambda",
    region_name: str | None = None,
    *,
    depth: Depth = "wire",
    **options: Any,  # noqa: ANN401
) -> AsyncIterator[Any]:
    """Make an aiobotocore client that ``lambda_`` alone answers; see `drylambda.Lambda.async_client`."""
    from aiobotocore.session import AioSession  # noqa: PLC0415 - it need not be there

    _check(service_name, depth)

    # As `_Session`: a machine's profiles change no test.
    profiles = {"full_config": {"profiles": {}}, "get_scoped_config": lambda _: {}}
    session: Any = type("Session", (AioSession,), profiles)()
    share_exceptions(session)
    session.set_config_variable("ignore_configured_endpoint_urls", True)  # noqa: FBT003 - botocore's own form
    keys = {
        "aws_access_key_id": lambda_.access_key_id or credentials.ACCESS_KEY,
        "aws_secret_access_key": credentials.SECRET_KEY,
    }
    region_name = region_name or lambda_.region
    async with session.create_client(service_name, region_name=region_name, **{**keys, **options}) as made:
        attach(made, lambda_, depth=depth)
        try:
            yield made
        finally:
            detach(made)


def _check(service_name: str, depth: str) -> None:
    if service_name not in ANSWERED:
        msg = f'a drylambda.Lambda makes clients for "lambda" and "s3", not for {service_name!r}'
        raise ValueError(msg)
    checked_depth(depth, service_name)


def client(
    lambda_: Lambda,
    service_name: str = "lambda",
    region_name: str | None = None,
    *,
    depth: Depth = "wire",
    **options: Any,  # noqa: ANN401
) -> BaseClient:
    """Make a client that ``lambda_`` alone answers; see `drylambda.Lambda.client`."""
    _check(service_name, depth)
    if lambda_.access_key_id is not None:
        keys = {"aws_access_key_id": lambda_.access_key_id, "aws_secret_access_key": credentials.SECRET_KEY}
        options = {**keys, **options}
    with _making:
        if service_name == "s3":
            _add_transfers()
        made = _session().create_client(service_name, region_name or lambda_.region, **options)
    attach(made, lambda_, depth=depth)
    return made
