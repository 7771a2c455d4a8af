"""One mapping, while its source is polled; and the calls of its function."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from drylambda.exceptions import ClientError

from .report import Report

if TYPE_CHECKING:
    from drylambda._drylambda import EventSource
    from drylambda._lambda import Lambda

    from .clients import Clients
    from .windows import Windows


@dataclass
class Turn:
    """What a poller works with."""

    source: EventSource
    clients: Clients
    caller: Caller
    #: Without them nothing waits.
    windows: Windows | None
    #: The ids of messages that are not tried again.
    tried: set[str]
    report: Report = field(init=False)

    def __post_init__(self) -> None:
        self.report = Report(self.source)

    def call(self, event: bytes) -> Call:
        """Hand an event to the function, and wait for its answer."""
        call = self.caller(self.source, event)
        self.report.invoked += call.told is not None
        self.report.problem = call.problem
        return call


class Call(NamedTuple):
    """What came of handing an event over."""

    payload: bytes | None = None
    """What the function returned; nothing if it failed."""
    told: tuple[str, int, str | None, str | None] | None = None
    """Request id, status, version and kind of error, if the function was reached."""
    problem: str | None = None
    """Why it was not."""


class Caller:
    """Calls functions, of whatever account and Region."""

    def __init__(self, lambda_: Lambda) -> None:
        self._lambda = lambda_

    def __call__(self, source: EventSource, event: bytes) -> Call:
        """Hand an event to the function of a mapping, and wait for its answer."""
        view = self._lambda.scope(source.region, source.account_id)
        try:
            answer = invoke(view, source.function_arn, event)
        except ClientError as refusal:
            return Call(problem=f"{source.function_arn} was not called: {refusal}")
        error = answer.get("FunctionError")
        told = (answer["ResponseMetadata"]["RequestId"], answer["StatusCode"], answer.get("ExecutedVersion"), error)
        return Call(None if error else answer["Payload"], told)


def invoke(view: Lambda, function_arn: str, payload: bytes, **more: str) -> dict[str, Any]:
    """Call a function in the name of a service, which waits while it is ``Pending``; the ``Payload`` is bytes.

    Raises ``ClientError``.
    """
    parameters: dict[str, Any] = {"FunctionName": function_arn, "Payload": payload, **more}
    try:
        answer: dict[str, Any] = dict(view.invoke(**parameters))
    except ClientError as refusal:
        if refusal.response["Error"]["Code"] != "ResourceConflictException":
            raise
        view._await_function(function_arn)
        answer = dict(view.invoke(**parameters))
    payload = answer.get("Payload", b"")
    answer["Payload"] = payload if isinstance(payload, bytes) else payload.read()
    return answer
