"""Zips byte by byte, so that every statement in them can be a lie.

The one idea to hold: an entry says everything twice, in its local header and in the directory. :class:`Item` holds both
sayings with the data between them, :func:`archive` writes whatever they are, and :func:`fields` finds every field of
what was written.
"""

from __future__ import annotations

import dataclasses
import struct
import zlib
from dataclasses import dataclass
from typing import NamedTuple

STORED, DEFLATED = 0, 8
STREAMED = 1 << 3  # the flag of entries whose sizes and checksum follow the data
LOOK_THERE = 0xFFFFFFFF  # a field whose value is in the ZIP64 extra field
TEXT = b"def handler(event, context):\n    return 'handled: ' + str(event) + ' handled'\n"
LOCAL, RECORD, END, END64, LOCATOR = b"PK\3\4", b"PK\1\2", b"PK\5\6", b"PK\6\6", b"PK\6\7"


@dataclass(frozen=True)
class Stated:
    """What one of an entry's two headers says."""

    name: bytes
    method: int
    crc: int
    compressed: int
    size: int
    flags: int = 0
    extra: bytes = b""
    version: int = 20
    moment: int = 0x00210000

    def written(self):
        """From the version that is needed to the length of the extra field: the part that both headers share."""
        lengths = len(self.name) & 0xFFFF, len(self.extra) & 0xFFFF
        return struct.pack(
            "<3HL3L2H",
            self.version,
            self.flags,
            self.method,
            self.moment,
            self.crc,
            self.compressed,
            self.size,
            *lengths,
        )


@dataclass(frozen=True)
class Item:
    """An entry: what is said of it, its data, and what stands around that."""

    local: Stated
    central: Stated
    data: bytes
    descriptor: bytes = b""
    comment: bytes = b""
    attributes: int = 0o100644 << 16
    before: bytes = b""  # between the entry before and this one
    offset: int | None = None  # of the local header, if not where it is
    disk: int = 0
    written: bool = True  # else it is only listed

    def header(self):
        """Write the local header."""
        return LOCAL + self.local.written() + self.local.name + self.local.extra

    def locally(self, **changes):
        """Return the item with another local header."""
        return dataclasses.replace(self, local=dataclasses.replace(self.local, **changes))

    def centrally(self, **changes):
        """Return the item with another record in the directory."""
        return dataclasses.replace(self, central=dataclasses.replace(self.central, **changes))

    def stating(self, **changes):
        """Return the item with other statements in both headers."""
        return self.locally(**changes).centrally(**changes)

    def but(self, **changes):
        """Return the item with other data, or with other bytes around it."""
        return dataclasses.replace(self, **changes)

    def streamed(self, *, signature=b"PK\7\x08", crc=None, wide=False):
        """Return the item as a streaming writer leaves it: nothing known before the data, a descriptor after it."""
        it = self.central
        descriptor = signature + struct.pack(
            "<L2Q" if wide else "<3L", it.crc if crc is None else crc, it.compressed, it.size
        )
        flags = it.flags | STREAMED
        return self.stating(flags=flags).locally(crc=0, compressed=0, size=0).but(descriptor=descriptor)

    def zip64(self, *, size=None, compressed=None):
        """Return the item with its sizes, or with other ones, in ZIP64 extra fields."""
        sizes = (
            self.central.size if size is None else size,
            self.central.compressed if compressed is None else compressed,
        )
        return self.stating(compressed=LOOK_THERE, size=LOOK_THERE, extra=extra(1, struct.pack("<2Q", *sizes)))


def extra(kind, body, length=None):
    """One extra field, whose length may be another than that of its body."""
    return struct.pack("<2H", kind, len(body) if length is None else length) + body


def deflate(contents, level=9):
    stream = zlib.compressobj(level, wbits=-15)
    return stream.compress(contents) + stream.flush()


def item(name, contents, method, data):
    return Item(*[Stated(name, method, zlib.crc32(contents), len(data), len(contents))] * 2, data)


def stored(name=b"app.py", contents=TEXT):
    return item(name, contents, STORED, contents)


def deflated(name=b"app.py", contents=TEXT):
    return item(name, contents, DEFLATED, deflate(contents))


def inflating(data, size=None, crc=None, name=b"app.py"):
    """An entry with this deflate data, which claims this size and checksum, or those of the text."""
    size, crc = len(TEXT) if size is None else size, zlib.crc32(TEXT) if crc is None else crc
    return Item(*[Stated(name, DEFLATED, crc, len(data), size)] * 2, data)


def archive(*items, prefix=b"", between=b"", comment=b"", suffix=b"", order=None, zip64=False, **lies):
    """Write a zip: ``prefix``, entries, directory, ``between``, end records, ``comment``, ``suffix``.

    Offsets count from after the ``prefix``, as where a stub is put in front. ``order`` is that of the directory. What
    the end records say instead of the truth is in ``end``, and with ``zip64`` in ``end64`` and ``locator``.
    """
    entries, records = bytearray(), []
    for it in items:
        offset = len(entries) + len(it.before) if it.offset is None else it.offset
        if it.written:
            entries += it.before + it.header() + it.data + it.descriptor
        rest = struct.pack("<3H2L", len(it.comment), it.disk, 0, it.attributes, offset)
        shared = RECORD + b"\x14\x03" + it.central.written() + rest
        records.append(shared + it.central.name + it.central.extra + it.comment)
    directory = b"".join(records if order is None else [records[at] for at in order])
    ends = ended(len(order or records), len(directory), len(entries), len(between), len(comment), lies, zip64=zip64)
    return prefix + bytes(entries) + directory + between + ends + comment + suffix


def ended(count, size, start, between, comment, lies, *, zip64):
    """Write the records that end a zip."""
    said = {"disk": 0, "start_disk": 0, "here": count, "count": count, "size": size, "start": start}
    if not zip64:
        return END + struct.pack("<4H2LH", *{**said, "comment": comment, **lies.get("end", {})}.values())
    wide = {"length": 44, "versions": 45, **said, **lies.get("end64", {})}
    locator = {"disk": 0, "at": start + size + between, "disks": 1, **lies.get("locator", {})}
    narrow = {"here": 0xFFFF, "count": 0xFFFF, "size": LOOK_THERE, "start": LOOK_THERE, **lies.get("end", {})}
    return (
        END64 + struct.pack("<Q3L4Q", *wide.values())
        + LOCATOR + struct.pack("<LQL", *locator.values())
        + ended(count, size, start, between, comment, {"end": narrow}, zip64=False)
    )  # fmt: skip


class Field(NamedTuple):
    """A field of a zip: the structure it belongs to, its name, where it is and how long."""

    structure: str
    name: str
    at: int
    length: int


LOCAL_FIELDS = {
    "signature": 4, "version": 2, "flags": 2, "method": 2, "moment": 4, "crc": 4, "compressed": 4, "size": 4,
    "name_length": 2, "extra_length": 2,
}  # fmt: skip
RECORD_FIELDS = {
    "signature": 4, "made_by": 2, **dict(list(LOCAL_FIELDS.items())[1:]), "comment_length": 2, "disk": 2,
    "internal": 2, "external": 4, "offset": 4,
}  # fmt: skip
END64_FIELDS = {
    "signature": 4, "length": 8, "versions": 4, "disk": 4, "start_disk": 4, "here": 8, "count": 8, "size": 8, "start": 8,
}  # fmt: skip
LOCATOR_FIELDS = {"signature": 4, "disk": 4, "at": 8, "disks": 4}
END_FIELDS = {
    "signature": 4, "disk": 2, "start_disk": 2, "here": 2, "count": 2, "size": 4, "start": 4, "comment_length": 2,
}  # fmt: skip


def fields(package):
    """Find every field of a sound zip whose entries lie one after the other from its first byte on."""
    found, at = [], 0

    def take(structure, lengths):
        nonlocal at
        values = {}
        for name, length in lengths.items():
            found.append(Field(structure, name, at, length))
            values[name] = int.from_bytes(package[at : at + length], "little")
            at += length
        return values

    def variable(structure, **lengths):
        take(structure, {name: length for name, length in lengths.items() if length})

    directory = package.index(RECORD)
    while at < directory:
        header = take("local", LOCAL_FIELDS)
        variable("local", name=header["name_length"], extra=header["extra_length"])
        following = min(package.find(it, at) for it in (LOCAL, RECORD) if package.find(it, at) >= 0)
        if header["flags"] & STREAMED:
            variable("local", data=following - at - 16)
            take("descriptor", {"signature": 4, "crc": 4, "compressed": 4, "size": 4})
        else:
            variable("local", data=following - at)
    while package[at : at + 4] == RECORD:
        record = take("record", RECORD_FIELDS)
        variable("record", name=record["name_length"], extra=record["extra_length"], comment=record["comment_length"])
    if package[at : at + 4] == END64:
        take("end64", END64_FIELDS)
        take("locator", LOCATOR_FIELDS)
    variable("end", comment=take("end", END_FIELDS)["comment_length"])
    assert at == len(package)
    return found
