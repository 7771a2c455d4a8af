"""Queues, topics, buses and buckets that are told what became of a call.

The one idea to hold: a message is the same for each of them, and each takes of it what it has a place for. Who makes
the clients says where they are.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import NAMESPACE_OID, uuid5

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    #: Makes the client of a service for the account and the Region of an ARN.
    ClientOf = Callable[[str, str], Any]

__all__ = ["Message", "NotToldError", "key_of", "log_loss", "refusals", "tell"]

_LOGGER = logging.getLogger("drylambda")


class NotToldError(Exception):
    """A message did not come to its target, though no client has raised anything."""


class Message(NamedTuple):
    """What a target is told."""

    target_arn: str
    """Who is told."""
    body: str
    """JSON."""
    bucket_owner_arn: str
    """An ARN of the account and Region in which a bucket is looked for, as its own ARN names none."""
    key: str = ""
    """What it is called in a bucket."""
    event: Mapping[str, Any] = {}
    """What an event on a bus has, beside its detail."""
    attributes: Mapping[str, tuple[str, str]] = {}
    """Attributes of a message in a queue or topic: type and value by name."""


def tell(client_of: ClientOf, message: Message, what: str) -> None:
    """Tell the target; log that it is lost if it cannot be told. ``what`` says what it is, for that.

    A kind that nobody here can tell is left out.
    """
    tell_one = _TELL.get(message.target_arn.split(":")[2])
    if tell_one is None:
        return
    try:
        tell_one(client_of, message)
    except NotToldError as error:
        log_loss(message.target_arn, what, error)
    except refusals() as error:
        log_loss(message.target_arn, what, error)


def log_loss(target_arn: str, what: str, why: object) -> None:
    """Say that something is lost, as it is on AWS, where a metric counts it."""
    _LOGGER.warning("%s was not told of %s: %s", target_arn, what, why)


def key_of(folder: str, record: str) -> str:
    """Return what Lambda calls a record in a bucket: its moment and a UUID, which is the same for the same record."""
    at = datetime.fromisoformat(json.loads(record)["timestamp"].replace("Z", "+00:00"))
    return f"aws/lambda/{folder}/{at:%Y/%m/%d}/{at:%Y-%m-%dT%H.%M.%S}-{uuid5(NAMESPACE_OID, record)}"


def _tell_queue(client_of: ClientOf, message: Message) -> None:
    sqs = client_of("sqs", message.target_arn)
    *_, account, name = message.target_arn.split(":")
    url = sqs.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=message.body, MessageAttributes=_attributes(message))


def _tell_topic(client_of: ClientOf, message: Message) -> None:
    sns = client_of("sns", message.target_arn)
    sns.publish(TopicArn=message.target_arn, Message=message.body, MessageAttributes=_attributes(message))


def _tell_bus(client_of: ClientOf, message: Message) -> None:
    entry = {**message.event, "EventBusName": message.target_arn, "Detail": message.body}
    [answer] = client_of("events", message.target_arn).put_events(Entries=[entry])["Entries"]
    if "ErrorCode" in answer:
        msg = f"{answer['ErrorCode']}: {answer.get('ErrorMessage')}"
        raise NotToldError(msg)


def _tell_bucket(client_of: ClientOf, message: Message) -> None:
    s3 = client_of("s3", message.bucket_owner_arn)
    s3.put_object(Bucket=message.target_arn.split(":")[5], Key=message.key, Body=message.body.encode())


def refusals() -> tuple[type[Exception], ...]:
    """Return what clients raise: botocore's, if it is there at all."""
    exceptions = sys.modules.get("botocore.exceptions")
    return () if exceptions is None else (exceptions.BotoCoreError, exceptions.ClientError)


def _attributes(message: Message) -> dict[str, dict[str, str]]:
    return {name: {"DataType": kind, "StringValue": value} for name, (kind, value) in message.attributes.items()}


_TELL: dict[str, Callable[[ClientOf, Message], None]] = {
    "sqs": _tell_queue,
    "sns": _tell_topic,
    "events": _tell_bus,
    "s3": _tell_bucket,
}
