"""What destinations and dead-letter targets of asynchronous calls are told, and who takes it there."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

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


def hand_on(delivery: Delivery, hook: Callable[[Delivery], object] | None = None) -> None:
    """Give a delivery to a hook, and to the service of moto's that it is for, where moto is active."""
    if hook is not None:
        hook(delivery)
    # Nothing of moto's is imported to find out.
    if "moto.core.models" in sys.modules:
        from .boto.moto_targets import deliver  # noqa: PLC0415 - it imports botocore

        deliver(delivery)
