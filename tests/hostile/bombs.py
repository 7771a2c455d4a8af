"""Packages that are small and mean to be enormous."""

from __future__ import annotations

import functools
import zlib

import overlapping
from quine import quine
from zips import LOOK_THERE, TEXT, archive, deflate, deflated, ended, inflating, stored

LIMIT = 262_144_000  # Z13, in bytes
OVER = 300_000_000
MEGABYTE = 1_000_000
SYMLINK = 0o120777 << 16

# Zeros: a thousand times smaller than what they unzip to.


@functools.cache
def block_of_zeros():
    """A megabyte of zeros that ends at a byte, so that it can be repeated."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    return compressor.compress(bytes(MEGABYTE)) + compressor.flush(zlib.Z_FULL_FLUSH)


@functools.cache
def checksum_of_zeros(size):
    crc, megabyte = 0, bytes(MEGABYTE)
    for _ in range(size // MEGABYTE):
        crc = zlib.crc32(megabyte, crc)
    return zlib.crc32(bytes(size % MEGABYTE), crc)


def zeros(size=OVER, name=b"zeros"):
    data = block_of_zeros() * (size // MEGABYTE) + deflate(bytes(size % MEGABYTE))
    return inflating(data, size, checksum_of_zeros(size), name)


def zeros_in(count, size, name=b"%d"):
    return archive(*(zeros(size, name % number if b"%" in name else name) for number in range(count)))


def nested(levels=3, copies=10):
    """Zips in zips: what one reader finds is small, and all there is is not."""
    package = archive(zeros(200 * MEGABYTE))
    for _ in range(levels):
        package = archive(*(deflated(b"%d.zip" % number, package) for number in range(copies)))
    return package


# Very many entries.


def many(count):
    """Write sound empty entries without names, as fast as Python can: each takes 76 bytes, the fewest there can be."""
    it = stored(b"", b"")
    local, record = archive(it)[:30], archive(it)[30:72]
    directory = b"".join([record + (number * 30).to_bytes(4, "little") for number in range(count)])
    return local * count + directory + ended(count, len(directory), 30 * count, 0, 0, {}, zip64=True)


def listed_again(count):
    """List the one entry there is again and again."""
    package = archive(stored(b"", b""))
    return package[:30] + package[30:76] * count + ended(count, 46 * count, 30, 0, 0, {}, zip64=True)


BOMBS = {
    "bomb_of_one_entry": ("Z13", lambda: archive(zeros())),
    "bomb_of_the_limit_itself": ("Z13", lambda: archive(zeros(LIMIT))),
    "bomb_a_byte_below_the_limit": ("Z22", lambda: archive(zeros(LIMIT - 1))),
    "bomb_of_many_entries": ("Z13", lambda: zeros_in(300, MEGABYTE)),
    "bomb_of_duplicates": ("Z13", lambda: zeros_in(150, 2 * MEGABYTE, b"same")),
    "bomb_of_entries_below_the_limit": ("Z22", lambda: zeros_in(130, 2 * MEGABYTE)),
    "bomb_in_a_directory_entry": ("Z13", lambda: archive(zeros(name=b"folder/"), stored())),
    "bomb_as_the_target_of_a_symlink": ("Z13", lambda: archive(zeros().but(attributes=SYMLINK))),
    "bomb_after_a_wrong_checksum": ("Z13", lambda: archive(stored().stating(crc=1), zeros())),
    "bomb_that_claims_little": ("Z5", lambda: archive(zeros().stating(size=10)), "and gives 11"),
    "bomb_that_claims_nothing": ("Z5", lambda: archive(zeros().stating(size=0, crc=0)), "and gives 1"),
    "bomb_that_claims_little_in_zip64": ("Z5", lambda: archive(zeros().zip64(size=10), zip64=True), "and gives 11"),
    "bomb_that_claims_little_in_a_descriptor": (
        "Z5",
        lambda: archive(zeros().stating(size=10).streamed()),
        "and gives 11",
    ),
    "bomb_that_claims_little_in_the_directory": (
        "Z5",
        lambda: archive(zeros().centrally(size=10)),
        "disagree on the uncompressed size",
    ),
    "bomb_that_claims_little_in_each_of_many": (
        "Z5",
        lambda: archive(*(zeros(2 * MEGABYTE).stating(size=10) for _ in range(150))),
        "and gives 11",
    ),
    "bomb_with_a_wrong_checksum": ("Z5", lambda: archive(zeros(LIMIT - 1).stating(crc=1)), "the CRC-32 of entry"),
    "bomb_of_nested_zips": ("Z22", nested),
    "claims_that_wrap_in_32_bits": (
        "Z13",
        lambda: archive(inflating(deflate(TEXT), LOOK_THERE - 1), inflating(deflate(TEXT), 20, name=b"b")),
    ),
    "claims_that_wrap_in_64_bits": ("Z13", lambda: archive(*[deflated().zip64(size=2**63)] * 2, zip64=True)),
    "claims_of_the_limit_that_are_lies": ("Z13", lambda: archive(deflated().stating(size=LIMIT))),
    "quine": ("Z22", quine),
    "count_of_a_million": ("Z10", lambda: many(1_000_000)),
    "count_of_all_that_fit": ("Z17", lambda: many(689_000)),
    "count_of_a_hundred_thousand": ("Z17", lambda: many(100_000)),
    "one_entry_listed_a_million_times": ("Z5", lambda: listed_again(1_000_000), "starts inside"),
    "one_entry_listed_twice": ("Z5", lambda: listed_again(2), "starts inside"),
}

OVERLAPS = {
    "entries_that_share_their_data": (
        "Z5",
        lambda: archive(stored(), stored().but(offset=0, written=False)),
        "starts inside",
    ),
    "entry_that_reaches_into_the_next": ("Z5", overlapping.by_one_byte, "starts inside"),
    "entry_inside_an_entry": ("Z5", overlapping.inside, "starts inside"),
    "entry_inside_an_entry_listed_before_it": ("Z5", lambda: overlapping.inside(order=[2, 1, 0]), "starts inside"),
    "entries_that_quote_headers": ("Z5", lambda: overlapping.quoting_in_blocks(250), "starts inside"),
    "entries_that_quote_headers_listed_backwards": (
        "Z5",
        lambda: overlapping.quoting_in_blocks(250, order=lambda count: list(reversed(range(count)))),
        "starts inside",
    ),
    "entries_that_quote_headers_in_extra_fields": (
        "Z5",
        lambda: overlapping.quoting_in_extra_fields(250),
        "starts inside",
    ),
    "entry_that_reaches_into_the_directory": (
        "Z5",
        lambda: archive(stored().stating(compressed=len(TEXT) + 40, size=len(TEXT) + 40)),
        "has only 78 before the directory",
    ),
}
