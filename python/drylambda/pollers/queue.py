"""Queues of SQS: receive, hand over, delete what is done.

The one idea to hold: what is not deleted comes back, when the queue's visibility timeout is over; so a failure needs
nothing to be done. Within one poll no message is handed over twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .turn import Turn

#: The most messages of one call of SQS.
_AT_ONCE = 10
#: How many seconds messages are hidden while they are handed over, if their queue hides none.
_HOLD_SECONDS = 900


def poll(turn: Turn, *, until_idle: bool) -> None:
    """Hand messages over, batch by batch."""
    queue = Queue(turn)
    try:
        while turn.source.is_polled() and queue.is_due():
            received = queue.receive(turn.source.batch_size)
            # What is visible again was tried already.
            messages = [message for message in received if message["MessageId"] not in turn.tried]
            if not messages:
                return
            turn.report.received += len(messages)
            _hand_over(turn, queue, messages)
            if not until_idle or len(messages) < len(received):
                return
    finally:
        queue.let_go()


def _hand_over(turn: Turn, queue: Queue, messages: list[dict[str, Any]]) -> None:
    dropped, batches = turn.source.messages(messages)
    turn.report.filtered += len(dropped)
    queue.delete([messages[place] for place in dropped])
    for batch in batches:
        done = set(batch.done(turn.call(batch.event).payload))
        queue.delete([messages[place] for place in batch.places if place in done])
        stay = [messages[place] for place in batch.places if place not in done]
        turn.report.failed += len(stay)
        turn.tried.update(message["MessageId"] for message in stay)
        queue.keep(stay)


class Queue:
    """A queue, read by a client."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        arn = turn.source.source_arn or ""
        *_, account, name = arn.split(":")
        self._sqs = turn.clients("sqs", arn)
        self._url: str = self._sqs.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
        self._visibility_seconds = int(self._ask("VisibilityTimeout"))
        self._kept: list[dict[str, Any]] = []

    def is_due(self) -> bool:
        """Tell whether there is a whole batch, or the window of a smaller one is over."""
        turn = self._turn
        if turn.windows is None or turn.source.window_seconds == 0:
            return True
        return turn.windows.is_due(turn.source, "", int(self._ask("ApproximateNumberOfMessages")))

    def receive(self, most: int) -> list[dict[str, Any]]:
        """Return messages; fewer if there are no more at once."""
        messages: list[dict[str, Any]] = []
        while len(messages) < most:
            got = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=min(_AT_ONCE, most - len(messages)),
                VisibilityTimeout=self._visibility_seconds or _HOLD_SECONDS,
                WaitTimeSeconds=0,
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            ).get("Messages", [])
            if not got:
                break
            messages += got
        return messages

    def delete(self, messages: Sequence[dict[str, Any]]) -> None:
        """Delete what is done."""
        for entries in _entries(messages):
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)

    def keep(self, messages: Sequence[dict[str, Any]]) -> None:
        """Let messages stay."""
        self._kept += messages

    def let_go(self) -> None:
        """Make visible what a queue without a timeout would not have hidden."""
        if self._visibility_seconds > 0:
            return
        for entries in _entries(self._kept):
            shown = [{**entry, "VisibilityTimeout": 0} for entry in entries]
            self._sqs.change_message_visibility_batch(QueueUrl=self._url, Entries=shown)

    def _ask(self, name: str) -> str:
        found = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=[name])
        value: str = found["Attributes"][name]
        return value


def _entries(messages: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Name messages, as many at once as one call may."""
    for begin in range(0, len(messages), _AT_ONCE):
        part = messages[begin : begin + _AT_ONCE]
        yield [{"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]} for place, message in enumerate(part)]
