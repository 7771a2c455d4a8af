"""Packages whose parts are broken, missing, in another order, or surrounded by something else."""

from __future__ import annotations

import gzip

from sizes import wide
from zips import END, LOCAL, RECORD, STREAMED, archive, deflated, ended, extra, stored

PARTS = {
    "descriptor_with_signature": ("Z6", lambda: archive(deflated().streamed())),
    "descriptor_without_signature": ("Z6", lambda: archive(deflated().streamed(signature=b""))),
    "descriptor_of_64_bits": ("Z6", lambda: archive(deflated().streamed(wide=True))),
    "descriptor_with_a_wrong_checksum": ("Z6", lambda: archive(deflated().streamed(crc=1))),
    "descriptor_that_is_not_there": ("Z6", lambda: archive(deflated().streamed().but(descriptor=b""), stored(b"b"))),
    "descriptor_of_stored_data": ("Z6", lambda: archive(stored().streamed())),
    "split_by_its_end_record": ("Z5", lambda: archive(stored(), end={"disk": 1, "start_disk": 1}), "several parts"),
    "split_by_where_the_directory_begins": ("Z5", lambda: archive(stored(), end={"start_disk": 1}), "several parts"),
    "split_by_its_counts": ("Z5", lambda: archive(stored(), end={"count": 2}), "several parts"),
    "split_by_its_zip64_record": ("Z5", lambda: wide(end64={"disk": 1}), "several parts"),
    "split_by_its_locator": ("Z5", lambda: wide(locator={"disk": 1}), "several parts"),
    "split_in_one_part": ("Z4", lambda: archive(stored(), prefix=b"PK\7\x08")),
    "extra_field_cut": ("Z8", lambda: archive(stored().stating(extra=extra(0x5455, b"ab", length=9)))),
    "extra_field_of_a_byte": ("Z8", lambda: archive(stored().stating(extra=b"\0"))),
    "extra_field_of_65535_bytes": ("Z8", lambda: archive(stored().stating(extra=bytes(65_535)))),
    "extra_fields_of_no_bytes": ("Z8", lambda: archive(*[stored().stating(extra=extra(7, b"") * 16_383)] * 50)),
    "extra_field_of_one_header_only": ("Z8", lambda: archive(stored().locally(extra=extra(0x5455, bytes(5))))),
    "comment_with_an_end_record": ("Z2", lambda: archive(stored(), comment=b"not yet " + archive())),
    "comment_with_a_broken_end_record": ("Z4", lambda: archive(stored(), comment=archive(end={"start": 7, "size": 9}))),
    "comment_of_signatures": ("Z4", lambda: archive(stored(), comment=END * 16_383)),
    "comment_longer_than_there_is_room": (
        "Z1",
        lambda: archive(stored(), end={"comment": 1}),
        "announces a comment of 1 bytes",
    ),
    "comment_on_an_entry": ("Z4", lambda: archive(stored().but(comment=b"c" * 65_535))),
    "bytes_before_the_zip": ("Z4", lambda: archive(stored(), prefix=b"#!/bin/sh\nexit\n")),
    "bytes_before_the_zip_counted": ("Z4", lambda: archive(stored().but(before=b"#!/bin/sh\nexit\n"))),
    "bytes_before_the_zip_that_are_a_zip": ("Z4", lambda: archive(stored(), prefix=archive(stored(b"other")))),
    "bytes_before_the_zip_of_a_megabyte": ("Z4", lambda: archive(stored(), prefix=LOCAL * 250_000)),
    "bytes_after_the_zip": ("Z4", lambda: archive(stored(), suffix=b"\0" * 65_535)),
    "bytes_after_the_zip_beyond_reach": (
        "Z1",
        lambda: archive(stored(), suffix=b"\0" * 65_536),
        "there is no end record",
    ),
    "bytes_between_entries": ("Z4", lambda: archive(stored(), stored(b"b").but(before=b"gap" * 99))),
    "bytes_after_the_directory": ("Z4", lambda: archive(stored(), between=b"PK\5\5\4\0sign")),
    "entries_in_another_order": ("Z4", lambda: archive(stored(), deflated(b"b"), stored(b"c"), order=[2, 0, 1])),
    "entry_that_is_not_listed": ("Z4", lambda: archive(stored(), stored(b"hidden"), order=[0])),
    "directory_before_its_entries": ("Z5", lambda: directory_first(stored()), "there is no local header"),
    "directory_between_its_entries": (
        "Z5",
        lambda: directory_first(stored(), before=[stored(b"before")]),
        "there is no local header",
    ),
    "zip_inside_and_nothing_after": ("Z4", lambda: LOCAL + stored().local.written() + b"app.py" + archive(stored())),
    "gzip_of_a_zip": ("Z1", lambda: gzip.compress(archive(stored()), mtime=0), "there is no end record"),
    **{
        f"local_header_with_another_{name}": (
            rule,
            lambda it={name: value}: archive(deflated().locally(**it)),
            f"disagree on the {says}",
        )
        for rule, name, value, says in [
            ("Z5", "crc", 1, "CRC-32"),
            ("Z5", "compressed", 1, "compressed size"),
            ("Z5", "size", 1, "uncompressed size"),
            ("Z22", "version", 63, ""),
            ("Z22", "moment", 0, ""),
            ("Z22", "flags", 1 << 11, ""),
        ]
    },
    "local_header_that_is_silent_without_a_descriptor": (
        "Z5",
        lambda: archive(deflated().streamed().stating(flags=0)),
        "disagree on the CRC-32",
    ),
    "local_header_that_is_half_silent": (
        "Z5",
        lambda: archive(deflated().streamed().locally(size=7)),
        "disagree on the uncompressed size",
    ),
    "local_header_that_is_not_there": (
        "Z5",
        lambda: archive(stored()).replace(LOCAL, b"PK\3\5"),
        "there is no local header",
    ),
    "record_that_is_not_there": (
        "Z5",
        lambda: archive(stored()).replace(b"PK\1\2", b"PK\1\3"),
        "leads to a directory of 52 bytes at byte 114",
    ),
    "record_in_another_part": ("Z22", lambda: archive(stored().but(disk=7))),
    "streamed_flag_alone": ("Z22", lambda: archive(stored().stating(flags=STREAMED))),
}


def directory_first(it, before=()):
    """Write the directory, and the last entry that it lists after it."""
    honest = archive(*before, it)
    at, start = honest.rindex(LOCAL), honest.index(RECORD)
    directory = honest[start : honest.rindex(END)]
    listed = archive(*before, it.but(offset=at + len(directory)))[start : start + len(directory)]
    return honest[:at] + listed + honest[at:start] + ended(len(before) + 1, len(directory), at, 0, 0, {}, zip64=False)
