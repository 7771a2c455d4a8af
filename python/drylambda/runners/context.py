"""The second argument of a handler: AWS's context object, attribute by attribute.

The one idea to hold: it holds what `awslambdaric` gives it, with the types that it gives, so that the memory is a
string; only the time that remains is counted from the start of the handler, as a test may stop or move the clock.
"""

from __future__ import annotations

import json
import sys
from time import monotonic
from typing import TYPE_CHECKING, Any

from .fault import Fault

if TYPE_CHECKING:
    from drylambda._drylambda import Invocation

__all__ = ["LambdaContext"]

#: What of a trace in the client context is a handler's to read; the rest of it is dropped.
W3C = ("traceparent", "tracestate", "baggage")


class _Members:
    """An object with the members of a dictionary that are listed in its slots; those that are absent are ``None``."""

    __slots__: tuple[str, ...] = ()

    def __init__(self, values: dict[str, Any]) -> None:
        for name in self.__slots__:
            setattr(self, name, values.get(name))

    def __repr__(self) -> str:
        told = ",".join(f"{name}={getattr(self, name)}" for name in self.__slots__)
        return f"{type(self).__name__}([{told}])"


class CognitoIdentity(_Members):
    """Who calls, where Amazon Cognito knows it; here nobody ever does."""

    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")


class Client(_Members):
    """The application that calls."""

    __slots__ = ("app_package_name", "app_title", "app_version_code", "app_version_name", "installation_id")


class ClientContext(_Members):
    """What the caller gave as ``ClientContext``."""

    __slots__ = ("client", "custom", "env")

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.client: Client | None = None if values.get("client") is None else Client(values["client"])


class LambdaContext:
    """What a handler is told of its call."""

    def __init__(self, invocation: Invocation) -> None:
        self.aws_request_id: str = invocation.request_id
        self.log_group_name: str = invocation.log_group
        self.log_stream_name: str = invocation.log_stream
        self.function_name: str = invocation.function_name
        self.memory_limit_in_mb: str = str(invocation.memory_size)
        self.function_version: str = invocation.version
        self.invoked_function_arn: str = invocation.function_arn
        self.tenant_id: str | None = invocation.tenant_id
        self.client_context: ClientContext | None = None
        self._w3c: dict[str, str] = {}
        if text := invocation.client_context:
            self._read(text)
        self.identity = CognitoIdentity({})
        self._epoch_deadline_time_in_ms: int = invocation.deadline_ms
        self._ends = monotonic() + invocation.timeout

    def _read(self, text: str) -> None:
        try:
            given = json.loads(text)
        except ValueError as error:
            kind = "Runtime.LambdaContextUnmarshalError"
            raise Fault(kind, f"Unable to parse Client Context JSON: {error}") from None
        if given is None:
            return
        trace = given.pop("w3c", None)
        if isinstance(trace, dict):
            self._w3c = {name: trace[name] for name in W3C if isinstance(trace.get(name), str)}
        self.client_context = ClientContext(given)

    def get_remaining_time_in_millis(self) -> int:
        """Return how many milliseconds are left before the function's timeout, or 0."""
        return max(0, int((self._ends - monotonic()) * 1000))

    def w3c(self) -> dict[str, str]:
        """Return the trace of the client context: the fields that W3C names."""
        return dict(self._w3c)

    def log(self, msg: object) -> None:
        """Write to the function's log, without a newline."""
        sys.stdout.write(str(msg))

    def __repr__(self) -> str:
        names = (
            "aws_request_id", "log_group_name", "log_stream_name", "function_name", "memory_limit_in_mb",
            "function_version", "invoked_function_arn", "client_context", "identity", "tenant_id",
        )  # fmt: skip
        return f"{type(self).__name__}([{','.join(f'{name}={getattr(self, name)}' for name in names)}])"
