"""Packages with contents that cannot be read, or not in the way they say."""

from __future__ import annotations

import struct

import streams
from zips import DEFLATED, RECORD, archive, deflated, extra, inflating, stored


def flagged(bit, where="stating"):
    return archive(getattr(stored(), where)(flags=1 << bit))


AES = extra(0x9901, struct.pack("<H2sBH", 2, b"AE", 3, 8))
METHODS = (1, 2, 6, 7, 9, 10, 12, 14, 16, 18, 19, 20, 93, 94, 95, 96, 97, 98, 99, 0xFFFF)
CODES = {
    **{f"method_{it}": ("Z7", lambda it=it: archive(stored().stating(method=it)), f"by method {it}") for it in METHODS},
    "encrypted": ("Z7", lambda: flagged(0), "is encrypted (flags 0x0001)"),
    "encrypted_by_the_local_header": ("Z7", lambda: flagged(0, "locally"), "is encrypted (flags 0x0001)"),
    "encrypted_by_the_directory": ("Z7", lambda: flagged(0, "centrally"), "is encrypted (flags 0x0001)"),
    "encrypted_with_aes": (
        "Z7",
        lambda: archive(stored().stating(flags=1, method=99, extra=AES)),
        "is encrypted (flags 0x0001)",
    ),
    "encrypted_strongly": (
        "Z7",
        lambda: archive(stored().stating(flags=1 | 1 << 6, extra=extra(0x17, bytes(8)))),
        "is encrypted (flags 0x0041)",
    ),
    "encrypted_strongly_without_saying_so": ("Z7", lambda: flagged(6), "is encrypted (flags 0x0040)"),
    "encrypted_directory": ("Z7", lambda: archive(stored()).replace(RECORD, bytes(4)), "leads to a directory"),
    "masked_directory": (
        "Z7",
        lambda: archive(stored().stating(flags=1 << 13).locally(name=b"1"), between=b"PK\6\x08" + bytes(8)),
        "is encrypted (flags 0x2000)",
    ),
    "patch_data": ("Z7", lambda: flagged(5), "is encrypted (flags 0x0020)"),
    "method_of_each_header_another": ("Z5", lambda: archive(deflated().locally(method=0)), "disagree on the method"),
    "method_deflate_of_stored_data": (
        "Z5",
        lambda: archive(stored().stating(method=DEFLATED)),
        "cannot be inflated beyond 0",
    ),
    "method_stored_of_deflated_data": ("Z5", lambda: archive(deflated().stating(method=0)), "and gives 63"),
    "checksum_wrong": ("Z5", lambda: archive(stored().stating(crc=0)), "the CRC-32 of entry"),
    "checksum_wrong_of_deflated_data": ("Z5", lambda: archive(deflated().stating(crc=0)), "the CRC-32 of entry"),
    "checksum_of_nothing_wrong": ("Z5", lambda: archive(stored(contents=b"").stating(crc=1)), "the CRC-32 of entry"),
    "checksum_0_in_the_directory": (
        "Z5",
        lambda: archive(deflated().streamed().centrally(crc=0)),
        "the CRC-32 of entry",
    ),
    **{
        f"deflate_{name}": ("Z5", lambda data=data: archive(inflating(data)), says)
        for name, (says, data) in streams.BROKEN.items()
    },
    **{f"deflate_{name}": ("Z22", lambda it=it: archive(inflating(it()))) for name, it in streams.SOUND.items()},
    "deflate_without_a_byte": ("Z5", lambda: archive(inflating(b"")), "stops before its end, after 0 bytes"),
    "deflate_without_a_byte_for_nothing": ("Z22", lambda: archive(inflating(b"", 0, 0), stored(b"b"))),
}
