"""What every patch of botocore's and of aiobotocore's decides in the same way: who answers, and who signs.

The one idea to hold: nothing here is awaited. A function made here around one of aiobotocore's returns what that
returns, and whoever called it awaits it.
"""

from __future__ import annotations

from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING, Any

from . import moto, moto_logs, sleep
from .answer import answer, answer_s3
from .others import CALL, is_for_lambda, is_for_s3, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.awsrequest import AWSPreparedRequest
    from botocore.client import BaseClient

    from .active import Entry
    from .answer import Answerer
    from .install import Current


def answerer(entry: Entry | None, request: AWSPreparedRequest) -> Answerer | None:
    """Return who answers a request while a mock is active; nothing if it is sent to where it would be without.

    Raises `drylambda.exceptions.OtherServiceError` for a request that the mock refuses.
    """
    if entry is None:
        return None
    if is_for_lambda(request):
        return answer
    if entry.s3 and is_for_s3(request):
        return answer_s3
    if entry.others == "pass":
        return None
    raise refusal(request)


def is_attached(client: BaseClient) -> bool:
    """Tell whether a client has an emulator of its own."""
    return "_drylambda" in client.__dict__


def begin(entry: Entry, client: BaseClient) -> str:
    """Note whose clock passes during a call of a client, and return the client's service.

    moto's CloudWatch Logs has what functions have logged before it is asked.
    """
    service: str = client.meta.service_model.service_name
    if service == "logs" and moto.is_active():
        moto_logs.ship(entry.lambda_)
    answers = service == "lambda" or (service == "s3" and entry.s3)
    sleep.ANSWERED_BY.set(entry.lambda_ if answers else None)
    return service


@contextmanager
def named(service: str, operation: str) -> Iterator[None]:
    """While a call is made: should it be refused, it is refused by its name."""
    token = CALL.set((service, operation))
    try:
        yield
    finally:
        CALL.reset(token)


def sign(usable: Callable[[Any], Any], original: Any, current: Current) -> Callable[..., Any]:  # noqa: ANN401
    """Make a signer's ``get_auth_instance`` sign with credentials that are there: ``usable`` returns such."""

    def get_auth_instance(
        self: Any,  # noqa: ANN401 - botocore's signer, or aiobotocore's
        signing_name: str,
        *given: Any,  # noqa: ANN401 - what else there is differs from one botocore to the other
        **options: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        entry = current()
        signer = self
        if entry is not None and (signing_name == "lambda" or (signing_name == "s3" and entry.s3)):
            found = usable(self._credentials)
            if found is not self._credentials:
                # Others may sign with this one meanwhile.
                signer = copy(self)
                signer._credentials = found
            if options.get("request_credentials") is not None:
                options["request_credentials"] = usable(options["request_credentials"])
        return original(signer, signing_name, *given, **options)

    return get_auth_instance
