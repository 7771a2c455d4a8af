"""Packages whose sizes, offsets and counts lie, in 32 bits and in 64."""

from __future__ import annotations

import struct

from zips import LOCATOR, LOOK_THERE, TEXT, archive, deflated, extra, stored


def wide(**more):
    return archive(deflated().zip64(), deflated(b"b"), zip64=True, **more)


SIZES = {
    "zip64_everywhere": ("Z6", wide),
    "zip64_with_2_to_the_64_entries": (
        "Z5",
        lambda: wide(end64={"here": 2**64 - 1, "count": 2**64 - 1}),
        "announces 18446744073709551615 entries, the directory has 2",
    ),
    "zip64_with_a_directory_of_2_to_the_64_bytes": (
        "Z5",
        lambda: wide(end64={"size": 2**64 - 1}),
        "leads to a directory of 18446744073709551615 bytes at byte 213",
    ),
    "zip64_with_a_directory_at_2_to_the_64": (
        "Z5",
        lambda: wide(end64={"start": 2**64 - 1}),
        "leads to a directory of 119 bytes at byte 18446744073709551615",
    ),
    "zip64_with_a_directory_whose_end_wraps": (
        "Z5",
        lambda: wide(end64={"start": 2**64 - 100, "size": 200}),
        "leads to a directory of 200 bytes at byte 18446744073709551516",
    ),
    "zip64_record_that_is_longer_than_there_is_room": (
        "Z5",
        lambda: wide(end64={"length": 2**64 - 12}),
        "no ZIP64 end record",
    ),
    "zip64_record_that_is_shorter_than_itself": ("Z5", lambda: wide(end64={"length": 43}), "no ZIP64 end record"),
    "zip64_record_that_contradicts_the_end_record": (
        "Z5",
        lambda: wide(end={"here": 1, "count": 1}),
        "disagree on the number of entries",
    ),
    "zip64_record_where_the_locator_does_not_lead": (
        "Z5",
        lambda: wide(end64={"length": 45}, locator={"at": 2**64 - 1}),
        "no ZIP64 end record",
    ),
    "zip64_locator_without_a_record": (
        "Z5",
        lambda: archive(stored(), between=LOCATOR + struct.pack("<LQL", 0, 0, 1)),
        "no ZIP64 end record",
    ),
    "zip64_locator_that_leads_to_an_entry": ("Z4", lambda: wide(locator={"at": 0})),
    "zip64_size_of_2_to_the_63": ("Z13", lambda: archive(stored().zip64(size=2**63), zip64=True)),
    "zip64_compressed_size_of_2_to_the_63": (
        "Z5",
        lambda: archive(stored().zip64(compressed=2**63), zip64=True),
        "has only 78 before the directory",
    ),
    "zip64_offset_of_2_to_the_63": (
        "Z5",
        lambda: archive(stored().but(offset=LOOK_THERE).centrally(extra=extra(1, struct.pack("<Q", 2**63)))),
        "there is no local header",
    ),
    "zip64_offset_that_is_true": (
        "Z6",
        lambda: archive(stored().but(offset=LOOK_THERE).centrally(extra=extra(1, struct.pack("<Q", 0)))),
    ),
    "zip64_field_with_one_of_two_sizes": (
        "Z5",
        lambda: archive(stored().zip64().stating(extra=extra(1, struct.pack("<Q", len(TEXT))))),
        "has only 78 before the directory",
    ),
    "zip64_field_that_is_not_there": (
        "Z5",
        lambda: archive(stored().zip64().stating(extra=b"")),
        "has only 78 before the directory",
    ),
    "zip64_field_that_nothing_refers_to": ("Z6", lambda: archive(stored().stating(extra=extra(1, bytes(16))))),
    "zip64_field_that_lies_after_one_that_does_not": (
        "Z6",
        lambda: archive(stored().zip64().stating(extra=stored().zip64().central.extra + extra(1, b"\xff" * 16))),
    ),
    "zip64_field_that_lies_before_one_that_does_not": (
        "Z5",
        lambda: archive(stored().zip64().stating(extra=extra(1, b"\x01" * 16) + stored().zip64().central.extra)),
        "has only 78 before the directory",
    ),
    "size_of_0": ("Z5", lambda: archive(stored().stating(size=0)), "and gives 78"),
    "size_of_minus_1": ("Z13", lambda: archive(stored().stating(size=0xFFFFFFFF))),
    "size_of_minus_2": ("Z13", lambda: archive(deflated().stating(size=0xFFFFFFFE))),
    "size_one_too_small": ("Z5", lambda: archive(deflated().stating(size=len(TEXT) - 1)), "and gives 78"),
    "size_one_too_large": ("Z5", lambda: archive(deflated().stating(size=len(TEXT) + 1)), "and gives 78"),
    "compressed_size_of_0": (
        "Z5",
        lambda: archive(deflated().stating(compressed=0)),
        "stops before its end, after 0 bytes",
    ),
    "compressed_size_of_minus_1": (
        "Z5",
        lambda: archive(deflated().stating(compressed=0xFFFFFFFF)),
        "has only 63 before the directory",
    ),
    "compressed_size_of_minus_2": (
        "Z5",
        lambda: archive(stored().stating(compressed=0xFFFFFFFE)),
        "has only 78 before the directory",
    ),
    "stored_entry_with_two_sizes": ("Z5", lambda: archive(stored().stating(compressed=len(TEXT) - 1)), "and gives 77"),
    "offset_beyond_the_end": ("Z5", lambda: archive(stored().but(offset=10**6)), "there is no local header"),
    "offset_of_minus_1": ("Z5", lambda: archive(stored().but(offset=0xFFFFFFFF)), "there is no local header"),
    "offset_of_the_directory": (
        "Z5",
        lambda: archive(stored().but(offset=30 + 6 + len(TEXT))),
        "there is no local header",
    ),
    "offset_one_off": ("Z5", lambda: archive(stored().but(offset=1)), "there is no local header"),
    "directory_that_begins_beyond_the_end": (
        "Z5",
        lambda: archive(stored(), end={"start": 10**6}),
        "leads to a directory of 52 bytes at byte 1000000",
    ),
    "directory_that_begins_elsewhere": ("Z5", lambda: archive(stored(), end={"start": 3}), "there is no local header"),
    "directory_that_is_longer_than_all": (
        "Z5",
        lambda: archive(stored(), end={"size": 10**6}),
        "leads to a directory of 1000000 bytes at byte 114",
    ),
    "directory_that_is_shorter_than_its_records": (
        "Z5",
        lambda: archive(stored(), end={"size": 40}),
        "no whole directory record",
    ),
    "directory_of_0_bytes": (
        "Z5",
        lambda: archive(stored(), end={"size": 0}),
        "announces 1 entries, the directory has 0",
    ),
    "count_of_entries_too_high": (
        "Z5",
        lambda: archive(stored(), end={"here": 2, "count": 2}),
        "announces 2 entries, the directory has 1",
    ),
    "count_of_entries_too_low": (
        "Z5",
        lambda: archive(stored(), stored(b"b"), end={"here": 1, "count": 1}),
        "announces 1 entries, the directory has 2",
    ),
    "count_of_0_with_an_entry": (
        "Z5",
        lambda: archive(stored(), end={"here": 0, "count": 0}),
        "announces 0 entries, the directory has 1",
    ),
    "end_record_alone": ("Z2", archive),
    "end_record_alone_in_zip64": ("Z2", lambda: archive(zip64=True)),
    "end_record_after_a_stub": ("Z2", lambda: archive(prefix=b"#!/bin/sh\n")),
    "directories_alone": ("Z3", lambda: archive(stored(b"a/", b""), stored(b"a/b/", b""))),
    "nothing": ("R55", bytes),
}
