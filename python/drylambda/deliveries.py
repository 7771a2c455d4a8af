"""What destinations and dead-letter targets of asynchronous calls are told."""

from __future__ import annotations

import json
from typing import Any, Literal, NamedTuple

__all__ = ["Delivery"]


class Delivery(NamedTuple):
    """One message to a destination or a dead-letter target."""

    target_arn: str
    """Who is told: the ARN of a queue, a topic, a bus, a bucket or a function."""
    function_arn: str
    """The unqualified ARN of the function that it is about."""
    reason: Literal["success", "failure", "dead-letter"]
    """Which of the three it is."""
    body: str
    """JSON: the record of a destination; the event itself for a dead-letter target."""
    attributes: dict[str, tuple[str, str]]
    """Attributes of the message: type and value by name. A dead letter has RequestID, ErrorCode and ErrorMessage."""

    @property
    def record(self) -> Any:  # noqa: ANN401 - an event is any JSON
        """The body, parsed."""
        return json.loads(self.body)
