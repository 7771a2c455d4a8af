"""Streams of Kinesis and DynamoDB: read behind the last record that is done, hand over, go on.

The one idea to hold: a shard stands where the core says, and is read from there each time; so nothing is kept here
between two polls. A batch that is to be tried for ever is tried once in each poll.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from drylambda.targets import Message, key_of, tell

if TYPE_CHECKING:
    from drylambda._drylambda import EventSource, Shard

    from .clients import Clients
    from .turn import Turn

#: How many records are read at once to find the end of a shard.
_MANY = 1000


def poll(turn: Turn, *, until_idle: bool) -> None:
    """Hand the records of each shard over, batch by batch."""
    source = turn.source
    arn = source.source_arn or ""
    reader = KinesisReader(turn.clients, arn) if source.kind == "kinesis" else DynamoDbReader(turn.clients, arn)
    begun = source.begun()
    for shard in reader.shards():
        if shard not in begun:
            # What is there before the first poll is not read; a shard that comes later is read whole.
            at_end = source.starting_position == "LATEST" and not begun
            source.begin(shard, reader.last(shard) if at_end else None)
        _hand_over(turn, reader, shard, until_idle=until_idle)


def _hand_over(turn: Turn, reader: Reader, shard: str, *, until_idle: bool) -> None:
    source, report = turn.source, turn.report
    while source.is_polled():
        after, wanted = source.position(shard)
        records = reader.after(source, shard, after, wanted)
        if not records or not (turn.windows is None or turn.windows.is_due(source, shard, len(records))):
            return
        batch = source.shard(shard, records)
        report.received += batch.count
        report.filtered += batch.filtered
        if batch.expired is not None:
            text, count = batch.expired
            report.received += count
            _give_up(turn, shard, text, count)
        if not (_go_on(turn, shard, batch) and until_idle):
            return


def _go_on(turn: Turn, shard: str, batch: Shard) -> bool:
    """Hand a batch over; tell whether there is any use in going on."""
    event = batch.event
    if event is None:
        batch.skip()
        return True
    call = turn.call(event)
    failed, told, count, ends = batch.settle(call.payload, call.told)
    turn.report.failed += failed
    if told is not None:
        _give_up(turn, shard, told, count)
    return ends


def _give_up(turn: Turn, shard: str, told: str, count: int) -> None:
    """Tell the destination of records that were given up."""
    turn.report.discarded += count
    target = turn.source.on_failure
    if target is None:
        return
    key = key_of(f"{turn.source.uuid}/{shard}", told)
    message = Message(target, told, turn.source.function_arn, key)
    tell(turn.clients, message, f"what was given up by event source mapping {turn.source.uuid}")


class Reader(ABC):
    """A stream, read by a client."""

    def __init__(self, client: Any, arn: str) -> None:  # noqa: ANN401 - boto3's
        self.client, self.arn = client, arn

    @abstractmethod
    def shards(self) -> list[str]:
        """Return the ids of the shards, those first that come first."""

    @abstractmethod
    def iterator(self, shard: str, kind: str, *, number: str | None = None, seconds: float | None = None) -> str:
        """Return where reading begins."""

    def after(self, source: EventSource, shard: str, sequence_number: str | None, most: int) -> list[dict[str, Any]]:
        """Return the records that follow one, or those from the beginning that the mapping names."""
        if sequence_number is not None:
            iterator = self.iterator(shard, "AFTER_SEQUENCE_NUMBER", number=sequence_number)
        elif source.starting_position == "AT_TIMESTAMP":
            iterator = self.iterator(shard, "AT_TIMESTAMP", seconds=source.starting_timestamp)
        else:
            iterator = self.iterator(shard, "TRIM_HORIZON")
        return self._read(iterator, most)[0]

    def last(self, shard: str) -> str | None:
        """Return the sequence number of the last record that is there."""
        found, iterator = None, self.iterator(shard, "TRIM_HORIZON")
        while True:
            records, iterator = self._read(iterator, _MANY)
            if not records:
                return found
            found = self.number(records[-1])
            if not iterator:
                return found

    @abstractmethod
    def number(self, record: dict[str, Any]) -> str:
        """Return the sequence number of a record."""

    def _read(self, iterator: str, most: int) -> tuple[list[dict[str, Any]], str]:
        """Return the records that are there, and where those follow that come later; a shard that ended has none."""
        while True:
            got = self.client.get_records(ShardIterator=iterator, Limit=most)
            iterator = got.get("NextShardIterator") or ""
            # Nothing may come although there is more.
            if got["Records"] or not iterator or not got.get("MillisBehindLatest"):
                return got["Records"], iterator


class KinesisReader(Reader):
    """A Kinesis data stream, or a consumer of one, which reads as everybody else does."""

    def __init__(self, clients: Clients, arn: str) -> None:
        super().__init__(clients("kinesis", arn), arn)
        self._name = arn.split("/")[1]

    def shards(self) -> list[str]:
        """Return their ids, page by page."""
        found, more = [], {"StreamName": self._name}
        while True:
            page = self.client.list_shards(**more)
            found += [shard["ShardId"] for shard in page["Shards"]]
            if not page.get("NextToken"):
                return found
            more = {"NextToken": page["NextToken"]}

    def iterator(self, shard: str, kind: str, *, number: str | None = None, seconds: float | None = None) -> str:
        """Return where reading begins; ``seconds`` since 1970 are for ``AT_TIMESTAMP``."""
        more: dict[str, Any] = {}
        if number is not None:
            more["StartingSequenceNumber"] = number
        if seconds is not None:
            more["Timestamp"] = datetime.fromtimestamp(seconds, tz=timezone.utc)
        found = self.client.get_shard_iterator(StreamName=self._name, ShardId=shard, ShardIteratorType=kind, **more)
        iterator: str = found["ShardIterator"]
        return iterator

    def number(self, record: dict[str, Any]) -> str:
        """Return its sequence number."""
        number: str = record["SequenceNumber"]
        return number


class DynamoDbReader(Reader):
    """The stream of a DynamoDB table."""

    def __init__(self, clients: Clients, arn: str) -> None:
        super().__init__(clients("dynamodbstreams", arn), arn)

    def shards(self) -> list[str]:
        """Return their ids, page by page."""
        found: list[str] = []
        more: dict[str, str] = {}
        while True:
            page = self.client.describe_stream(StreamArn=self.arn, **more)["StreamDescription"]
            found += [shard["ShardId"] for shard in page["Shards"]]
            if not page.get("LastEvaluatedShardId"):
                return found
            more = {"ExclusiveStartShardId": page["LastEvaluatedShardId"]}

    def iterator(self, shard: str, kind: str, *, number: str | None = None, seconds: float | None = None) -> str:
        """Return where reading begins; moments are no beginning."""
        del seconds
        more = {} if number is None else {"SequenceNumber": number}
        found = self.client.get_shard_iterator(StreamArn=self.arn, ShardId=shard, ShardIteratorType=kind, **more)
        iterator: str = found["ShardIterator"]
        return iterator

    def number(self, record: dict[str, Any]) -> str:
        """Return its sequence number."""
        number: str = record["dynamodb"]["SequenceNumber"]
        return number
