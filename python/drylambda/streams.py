"""Bodies of answers that are read piece by piece: the payload of Invoke, the events of InvokeWithResponseStream.

The one idea to hold: who reads them must not notice whether botocore is there, so these have the methods of botocore's
``StreamingBody`` and ``EventStream`` and no others. Everything in them is there from the start.
"""

from __future__ import annotations

import io

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

__all__ = ["EventStream", "StreamingBody"]

_CHUNK_BYTES = 1024


class StreamingBody(io.IOBase):
    """Bytes that are read once."""

    def __init__(self, content: bytes) -> None:
        self._raw_stream = io.BytesIO(content)

    def set_socket_timeout(self, timeout: float) -> None:
        """Do nothing: there is no socket."""

    def readable(self) -> bool:
        """Tell that there is something to read, as long as it is open."""
        return self._raw_stream.readable()

    def read(self, amt: int | None = None) -> bytes:
        """Read at most ``amt`` bytes, or what is left."""
        return self._raw_stream.read(amt)

    def readinto(self, b: bytearray) -> int:
        """Read into a buffer; return how many bytes."""
        return self._raw_stream.readinto(b)

    def readlines(self) -> list[bytes]:  # type: ignore[override] # botocore's takes no hint either
        """Read the lines that are left, with their ends."""
        return self._raw_stream.readlines()

    def __iter__(self) -> Iterator[bytes]:
        return self.iter_chunks()

    def __next__(self) -> bytes:
        if chunk := self.read(_CHUNK_BYTES):
            return chunk
        raise StopIteration

    next = __next__

    def __enter__(self) -> io.BytesIO:  # type: ignore[override] # as botocore's, it gives what is below it
        return self._raw_stream

    def __exit__(self, *_: object) -> None:
        self._raw_stream.close()

    def iter_lines(self, chunk_size: int = _CHUNK_BYTES, keepends: bool = False) -> Iterator[bytes]:  # noqa: ARG002, FBT001, FBT002
        """Yield the lines that are left, by default without their ends."""
        yield from self.read().splitlines(keepends)

    def iter_chunks(self, chunk_size: int = _CHUNK_BYTES) -> Iterator[bytes]:
        """Yield what is left in pieces of ``chunk_size`` bytes."""
        while chunk := self.read(chunk_size):
            yield chunk

    def tell(self) -> int:
        """Return how many bytes have been read."""
        return self._raw_stream.tell()

    def close(self) -> None:
        """Close it: nothing is read of it any more."""
        self._raw_stream.close()


class EventStream:
    """Events that are read once: dictionaries with one key, the name of the event."""

    def __init__(self, events: list[dict[str, Any]]) -> None:
        self._events = iter(events)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        yield from self._events

    def close(self) -> None:
        """Close it: nothing is read of it any more."""
        self._events = iter(())
