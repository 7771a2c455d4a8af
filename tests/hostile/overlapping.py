"""Zips whose entries share bytes, which is how small archives get enormous: after David Fifield's "A better zip bomb"."""

from __future__ import annotations

import zlib

from zips import LOCAL, TEXT, archive, deflate, extra, inflating, stored

KERNEL = bytes(100_000)


def by_one_byte():
    """The first entry's data ends with the first byte of the second entry."""
    data = TEXT + LOCAL[:1]
    first = stored(contents=data)
    return archive(first.but(data=TEXT), stored(b"b"))


def inside(order=None):
    """A zip in a zip, whose entry the outer zip lists as its own."""
    listed = stored(b"inner").but(offset=30 + len(b"outer"), written=False)
    return archive(stored(b"outer", archive(stored(b"inner"))), listed, stored(b"last"), order=order)


def quoting_in_blocks(count, order=None):
    """Each entry's data begins with a stored block, which holds the header of the next entry; that one's data follows."""
    data, items = deflate(KERNEL), []
    for number in range(count):
        items.append(inflating(data, len(KERNEL), zlib.crc32(KERNEL), b"%04d" % number))
        header = items[-1].header()
        data = block(len(header)) + header + data
    return sharing(items, len(header) + 5, order)


def quoting_in_extra_fields(count):
    """Each entry's extra field holds the header of the next entry, so that all have the same data."""
    data, items, quoted = deflate(KERNEL), [], b""
    for number in range(count):
        it = inflating(data, len(KERNEL), zlib.crc32(KERNEL), b"%04d" % number)
        items.append(it.locally(extra=extra(0x9999, quoted)))
        quoted = items[-1].header()
    return sharing(items, 30 + 4 + 4, None)


def sharing(items, stride, order):
    """Write the last entry, which holds all the others, and list them all."""
    listed = [it.but(offset=at * stride, written=at == 0) for at, it in enumerate(reversed(items))]
    return archive(*listed, order=order and order(len(items)))


def block(length):
    """The header of a stored block."""
    return b"\0" + length.to_bytes(2, "little") + (length ^ 0xFFFF).to_bytes(2, "little")
