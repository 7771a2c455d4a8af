"""The clients that sources are read with: boto3's, led to where the sources are.

The one idea to hold: nothing goes to AWS unless somebody says so. Without an endpoint and without clients of one's own,
there has to be a mock of moto's that answers.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ClientFactory", "Clients", "make_client"]


class ClientFactory(Protocol):
    """What makes clients, as ``boto3.client`` and ``Session.client`` do."""

    def __call__(self, service_name: str, /, *, region_name: str) -> Any:  # noqa: ANN401 - boto3's own
        """Make a client for ``sqs``, ``kinesis``, ``dynamodbstreams``, ``sns`` or ``s3``."""


class Clients:
    """Makes a client for each service, Region and account, once."""

    def __init__(self, endpoint_url: str | None = None, clients: ClientFactory | None = None) -> None:
        if endpoint_url is not None and clients is not None:
            msg = "endpoint_url and clients are two ways to reach the sources: give one"
            raise ValueError(msg)
        if clients is None and endpoint_url is None and not _is_mocked():
            msg = (
                "nobody here answers for queues and streams: poll while moto's mock_aws is active, or give "
                "endpoint_url=, or clients=boto3.client for those of the account that your credentials belong to"
            )
            raise RuntimeError(msg)
        self._endpoint_url, self._make = endpoint_url, clients
        self._made: dict[tuple[str, str], Any] = {}

    def __call__(self, service_name: str, arn: str) -> Any:  # noqa: ANN401 - boto3's own
        """Return a client for what an ARN names."""
        _, _, _, region, account, *_ = arn.split(":")
        if self._make is None:
            return _client(service_name, region or "us-east-1", account, self._endpoint_url)
        # An ARN of S3's names no Region.
        key = (service_name, region or "us-east-1")
        if key not in self._made:
            self._made[key] = self._make(service_name, region_name=key[1])
        return self._made[key]


def make_client(service_name: str, region: str, account: str, endpoint_url: str | None = None, **settings: bool) -> Any:  # noqa: ANN401
    """Make a client whose calls belong to an account, with moto and with servers that take keys for accounts.

    ``settings`` are botocore's.
    """
    import boto3  # noqa: PLC0415 - only who polls needs it

    account = account or "123456789012"
    client = boto3.session.Session().client(
        service_name,
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id=account,
        aws_secret_access_key="drylambda",  # noqa: S106 - nobody checks it
        config=_config(settings),
    )
    client.meta.events.register(f"before-sign.{service_name}", _naming(account))
    return client


_client = lru_cache(maxsize=64)(make_client)


def _config(settings: dict[str, bool]) -> Any:  # noqa: ANN401 - botocore's
    """Return settings, and such under which streams of DynamoDB have the host that moto knows."""
    from botocore.config import Config  # noqa: PLC0415 - only who polls needs it

    try:
        return Config(account_id_endpoint_mode="disabled", **settings)
    except TypeError:
        # Older releases have but that host.
        return Config(**settings)


def _naming(account: str) -> Callable[..., None]:
    def name_account(request: Any, **_named: object) -> None:  # noqa: ANN401 - botocore's
        # moto's way to name one.
        request.headers["x-moto-account-id"] = account

    return name_account


def _is_mocked() -> bool:
    """Tell whether moto answers clients of this process."""
    models = sys.modules.get("moto.core.models")
    return bool(models is not None and models.botocore_stubber.enabled)
