"""Packages as the world really sends them, honest and hostile, each built in code."""

from __future__ import annotations

import base64
import functools
import gzip
import io
import struct
import tarfile
import zipfile

from world import ZIP_A

FILE = ("app.py", b"def handler(event, context): return event")
LOCAL_HEADER_BYTES = 30


def zipped(*entries, compression=zipfile.ZIP_DEFLATED, mode=0o644):
    """A zip of (name, contents), made by Python's own writer."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, contents in entries or (FILE,):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            entry.compress_type = compression
            archive.writestr(entry, contents)
    return buffer.getvalue()


def gzip_of_tar():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        entry = tarfile.TarInfo("app.py")
        entry.size = len(FILE[1])
        archive.addfile(entry, io.BytesIO(FILE[1]))
    return buffer.getvalue()


def wrong_crc():
    """Both headers agree on a checksum that is not that of the data."""
    package = zipped()
    right = package[14:18]
    return package.replace(right, bytes([right[0] ^ 0xFF]) + right[1:])


def headers_disagree():
    """The local header names a checksum that the directory does not."""
    package = bytearray(zipped())
    package[14] ^= 0xFF
    return bytes(package)


def data_cut():
    """The directory announces more bytes than the entry has."""
    package = zipped(compression=zipfile.ZIP_STORED)
    size = len(FILE[1]).to_bytes(4, "little")
    return package.replace(size, (len(FILE[1]) + 4096).to_bytes(4, "little"))


def flagged(bit):
    """General purpose bit flags, in the local header and in the directory."""
    package = bytearray(zipped())
    package[6] |= bit
    package[package.index(b"PK\x01\x02") + 8] |= bit
    return bytes(package)


class Pipe(io.RawIOBase):
    """What a streaming writer writes to: it cannot go back to fill in sizes."""

    def __init__(self):
        self.written = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.written += data
        return len(data)


def streamed_zip64():
    """Data descriptors and ZIP64 extra fields, as streaming writers emit them for small files too."""
    pipe = Pipe()
    with (
        zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("app.py", "w", force_zip64=True) as it,
    ):
        it.write(FILE[1])
    return bytes(pipe.written)


def with_symlink():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(*FILE)
        link = zipfile.ZipInfo("lib/current")
        link.create_system = 3
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "../app.py")
    return buffer.getvalue()


def made_on_windows():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("app.py")
        entry.create_system = 0
        archive.writestr(entry, FILE[1])
    return buffer.getvalue()


def with_duplicates():
    first, second = zipped(("a.py", b"1"), ("b.py", b"2")), b"b.py"
    return first.replace(second, b"a.py")


@functools.cache
def bomb(unzipped_bytes=300_000_000):
    """Zeros: 1000 times smaller than what they unzip to."""
    buffer = io.BytesIO()
    chunk = bytes(1_000_000)
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("zeros", "w") as it,
    ):
        for _ in range(unzipped_bytes // len(chunk)):
            it.write(chunk)
        it.write(bytes(unzipped_bytes % len(chunk)))
    return buffer.getvalue()


def lying_bomb():
    """The headers claim ten bytes; the data unzips to 300 MB."""
    package = bytearray(bomb())
    for offset in (22, package.index(b"PK\x01\x02") + 24):
        package[offset : offset + 4] = (10).to_bytes(4, "little")
    return bytes(package)


@functools.cache
def many_files(count=66_000):
    """More entries than sixteen bits can count; put together by hand, as Python's writer takes a second."""
    local, directory = bytearray(), bytearray()
    for number in range(count):
        name = b"%07d" % number
        fields = struct.pack("<5H3L2H", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0)
        directory += b"PK\x01\x02" + b"\x14\0" + fields + struct.pack("<3H2L", 0, 0, 0, 0, len(local)) + name
        local += b"PK\x03\x04" + fields + name
    start, size = len(local), len(directory)
    record = b"PK\x06\x06" + struct.pack("<Q2H2L4Q", 44, 45, 45, 0, 0, count, count, size, start)
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, start + size, 1)
    end = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 0xFFFF, 0xFFFF, size, start, 0)
    return bytes(local + directory + record + locator + end)


END_RECORD = b"PK\x05\x06" + bytes(18)  # the 22-byte empty zip
ONLY_FOLDERS = zipped(("a/", b""), ("a/b/", b""), compression=zipfile.ZIP_STORED)
EVIL_NAMES = [b"../evil", b"/abs/xy", b"..\\evil", b"C:\\x\\ev", b"a\0b/evi"]


def named(name):
    """A zip whose one entry has this name of seven bytes; Python's writer would clean it."""
    assert len(name) == len(b"seven.x")
    return zipped(("seven.x", FILE[1])).replace(b"seven.x", name)


REFUSED_AS_NOT_A_ZIP = {
    "text": b"not a zip",
    "html": b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
    "base64_of_a_zip": base64.b64encode(ZIP_A),
    "gzip_of_a_tar": gzip_of_tar(),
    "gzip_of_a_zip": gzip.compress(ZIP_A),
    "cut_by_ten_bytes": ZIP_A[:-10],
    "only_the_first_half": ZIP_A[: len(ZIP_A) // 2],
    "wrong_crc": wrong_crc(),
    "headers_disagree": headers_disagree(),
    "data_cut": data_cut(),
    "encrypted": flagged(0x01),
    "bzip2": zipped(compression=zipfile.ZIP_BZIP2),
    "lzma": zipped(compression=zipfile.ZIP_LZMA),
}
ACCEPTED = {
    "a_jar": zipped(("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\n"), ("Handler.class", b"\xca\xfe\xba\xbe")),
    "handler_absent": zipped(("readme.txt", b"no code")),
    "modes_000": zipped(FILE, ("lib/x.py", b""), mode=0),
    "symlink": with_symlink(),
    "made_on_windows": made_on_windows(),
    "streamed_zip64": streamed_zip64(),
    "bytes_after_the_end": ZIP_A + b"appended after the end record",
    "bytes_before_the_start": b"#!/bin/sh\nexit\n" + ZIP_A,
    "duplicate_names": with_duplicates(),
    "stored": zipped(compression=zipfile.ZIP_STORED),
    "empty_file_only": zipped(("__init__.py", b"")),
}
