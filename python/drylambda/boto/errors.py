"""What AWS has no words for, as botocore's exceptions; botocore retries none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.errorfactory import ClientExceptionsFactory
from botocore.exceptions import BotoCoreError

if TYPE_CHECKING:
    from botocore.session import Session

#: Makes the classes of exceptions of every session made within a mock, and of ours: botocore makes them anew for each
#: session, and what a program's client raises is to be caught by the classes of a test's.
_FACTORY = ClientExceptionsFactory()


def share_exceptions(session: Session) -> None:
    """Let the clients of a session raise exceptions of the same classes as ours."""
    session._internal_components.register_component("exceptions_factory", _FACTORY)


class OtherServiceError(BotoCoreError):  # type: ignore[misc]
    """A call to a service that `mock_lambda` does not answer, and does not let out either."""

    fmt = (
        "mock_lambda answers AWS Lambda and lets nothing else out: refused {call}. Answer it with a library for that "
        'service (inside moto\'s mock_aws, moto answers), or let it out: mock_lambda(others="pass").'
    )


class OtherS3Error(OtherServiceError):
    """A call to S3, which `mock_lambda` answers if it is told to."""

    fmt = (
        "mock_lambda answers AWS Lambda and lets nothing else out: refused {call}. Answer it with the emulator's own "
        "S3: mock_lambda(s3=True), or with a library for S3 (inside moto's mock_aws, moto answers), or let it out: "
        'mock_lambda(others="pass").'
    )


class PackageLostError(BotoCoreError):  # type: ignore[misc]
    """A request that names a package which travelled beside an earlier call."""

    fmt = (
        "The request names a package ({token}) that travelled beside a call which is over. drylambda keeps a large "
        "ZipFile only while its call lasts; a request that was kept and sent again no longer has it."
    )


# Where users find them.
OtherServiceError.__module__ = PackageLostError.__module__ = "drylambda.exceptions"
