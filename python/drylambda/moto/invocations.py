"""Calls of functions that other services of moto's make.

The one idea to hold: each of them is an ordinary call of Invoke, in the account and Region of the service. Services
that call asynchronously on AWS do so here, too: the first try is over when they go on. What cannot be called is warned
of.
"""

from __future__ import annotations

import base64
import copy
import gzip
import json
import sys
import threading
import warnings
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from drylambda import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from drylambda.boto.install import Current, Make

    from .backend import DryBackend

#: What a notification of SNS has that is nobody's to make up here.
_SIGNATURE = {
    "SignatureVersion": "1",
    "Signature": "EXAMPLE",
    "SigningCertUrl": "EXAMPLE",
    "UnsubscribeUrl": "EXAMPLE",
}
#: What a subscription is publishing in this thread.
_PUBLISHED = threading.local()


def invoke(
    backend: DryBackend,
    function_name: str,
    qualifier: str | None,
    body: bytes | str | None,
    headers: Mapping[str, Any],
    response_headers: dict[str, str],
) -> bytes:
    """Call a function as moto's backend does: headers in, payload and headers out. Raises ``ClientError``."""
    parameters = {} if qualifier is None else {"Qualifier": qualifier}
    for name, value in headers.items():
        member = {"x-amz-invocation-type": "InvocationType", "x-amz-log-type": "LogType"}.get(name.lower())
        if member is not None:
            parameters[member] = value
    answer = backend.invoke_as_service(
        function_name, body.encode() if isinstance(body, str) else body or b"", parameters
    )
    payload: bytes = answer["Payload"]
    for member, name in (
        ("FunctionError", "x-amz-function-error"),
        ("ExecutedVersion", "x-amz-executed-version"),
        ("LogResult", "x-amz-log-result"),
    ):
        if member in answer:
            response_headers[name] = answer[member]
    response_headers["Content-Length"] = str(len(payload))
    return payload


def notify(backend: DryBackend, function_name: str, event: Mapping[str, Any], qualifier: str | None = None) -> None:
    """Call a function asynchronously, with its retries and destinations; nobody is told what came of it."""
    try:
        invoke(backend, function_name, qualifier, json.dumps(event), {"x-amz-invocation-type": "Event"}, {})
    except ClientError as refusal:
        warnings.warn(f"{function_name} was not called: {refusal}", RuntimeWarning, stacklevel=3)


def of_sns(message: str, subject: str | None) -> dict[str, Any]:
    """Return the event of a notification: of what is being published in this thread, where that is known."""
    known = getattr(_PUBLISHED, "now", None)
    notification: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
        "TopicArn": "arn:aws:sns:EXAMPLE",
        "Subject": subject,
        "Message": message,
        "Timestamp": datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "MessageAttributes": {},
        **_SIGNATURE,
    }
    subscription = "arn:aws:sns:EXAMPLE"
    if known is not None:
        publisher, message_id, attributes = known
        subscription = publisher.arn
        notification |= {
            "MessageId": message_id,
            "TopicArn": publisher.topic.arn,
            "MessageAttributes": {name: _attribute(value) for name, value in (attributes or {}).items()},
        }
    record = {
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription,
        "EventSource": "aws:sns",
        "Sns": notification,
    }
    return {"Records": [record]}


def of_logs(account: str, filter_name: str, group: str, stream: str, events: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the event of a subscription filter."""
    data = {
        "messageType": "DATA_MESSAGE",
        "owner": account,
        "logGroup": group,
        "logStream": stream,
        "subscriptionFilters": [filter_name],
        "logEvents": [{**event, "id": str(event["id"])} for event in events],
    }
    packed = gzip.compress(json.dumps(data, separators=(",", ":")).encode())
    return {"awslogs": {"data": base64.b64encode(packed).decode()}}


def late_patches(patch: Callable[[type, str, Make], None], waiting: set[str]) -> None:
    """Change what moto has imported by now: each module that is waited for once."""
    for module_name in [name for name in waiting if name in sys.modules]:
        owner, attribute, make = LATE[module_name]
        found = getattr(sys.modules[module_name], owner, None)
        if found is not None:
            waiting.discard(module_name)
            patch(found, attribute, make)


def _publish(original: Any, _current: Current) -> Callable[..., Any]:  # noqa: ANN401 - moto's own
    """Let what a subscription publishes be known to `of_sns`."""

    def publish(
        self: Any,  # noqa: ANN401 - moto's own
        message: str,
        message_id: str,
        subject: str | None = None,
        message_attributes: dict[str, Any] | None = None,
        **more: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        before = getattr(_PUBLISHED, "now", None)
        _PUBLISHED.now = (self, message_id, message_attributes)
        try:
            return original(self, message, message_id, subject, message_attributes, **more)
        finally:
            _PUBLISHED.now = before

    return publish


def _send_to_targets(original: Any, _current: Current) -> Callable[..., Any]:  # noqa: ANN401 - moto's own
    """Send events to functions, which moto's rules do not know; every other target is moto's."""

    def send_to_targets(self: Any, original_event: Any, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        functions = [target for target in self.targets if _is_function(target["Arn"])]
        if functions and self.event_pattern.matches_event(original_event):
            for target in functions:
                _send(target, original_event)
        others = self
        if functions:
            others = copy.copy(self)
            others.targets = [target for target in self.targets if target not in functions]
        return original(others, original_event, *arguments, **named)

    return send_to_targets


def _send(target: Mapping[str, Any], original_event: Mapping[str, Any]) -> None:
    from moto.awslambda.utils import get_backend  # noqa: PLC0415 - it is there by now

    event: Any = {name: value for name, value in original_event.items() if name != "ingestion-time"}
    if isinstance(event.get("time"), (int, float)):
        event["time"] = datetime.fromtimestamp(event["time"], timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if "Input" in target:
        event = json.loads(target["Input"])
    elif "InputPath" in target:
        for name in [name for name in target["InputPath"].removeprefix("$").split(".") if name]:
            event = event.get(name) if isinstance(event, dict) else None
    elif "InputTransformer" in target:
        parser = sys.modules["moto.events.models"].EventTemplateParser
        transformer = target["InputTransformer"]
        event = parser.parse(
            input_template=transformer.get("InputTemplate"),
            input_paths_map=transformer.get("InputPathsMap", {}),
            event=event,
        )
    _, _, _, region, account, *_ = target["Arn"].split(":")
    backend: Any = get_backend(account, region)
    notify(backend, target["Arn"], event)


def _is_function(arn: str) -> bool:
    return arn.split(":")[2:3] == ["lambda"]


def _attribute(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return an attribute of a message as functions get it; moto has it as SQS does, or as it was sent."""
    kind = value.get("Type") or value.get("DataType") or value.get("data_type")
    found = value.get("Value") or value.get("StringValue") or value.get("string_value")
    if found is None:
        found = value.get("BinaryValue") or value.get("binary_value")
    return {"Type": kind, "Value": base64.b64encode(found).decode() if isinstance(found, bytes) else found}


#: What is changed once moto has imported it: the module, its class, and the method.
LATE: dict[str, tuple[str, str, Make]] = {
    "moto.sns.models": ("Subscription", "publish", _publish),
    "moto.events.models": ("Rule", "send_to_targets", _send_to_targets),
}
