"""Deflate data, sound and broken, bit by bit."""

from __future__ import annotations

import gzip
import zlib

from zips import TEXT, deflate

FIXED, DYNAMIC = (1, 1, 0), (1, 0, 1)  # a last block with fixed codes, one that brings its own


def packed(*bits):
    """Bits as bytes, the first one lowest."""
    whole = [bit for group in bits for bit in group]
    return sum(bit << at for at, bit in enumerate(whole)).to_bytes(-(-len(whole) // 8), "little")


def code(value, count):
    """A Huffman code: its first bit comes first."""
    return [value >> at & 1 for at in reversed(range(count))]


def number(value, count):
    """A number: its lowest bit comes first."""
    return [value >> at & 1 for at in range(count)]


SYMBOL_257, SYMBOL_286, END_OF_BLOCK = code(1, 7), code(0b11000110, 8), code(0, 7)
EMPTY_BLOCK = b"\0\0\0\xff\xff"


def tables(lengths, *more, literals=0, distances=0):
    """A dynamic block with these lengths of the codes for lengths of codes."""
    counts = number(literals, 5), number(distances, 5), number(len(lengths) - 4, 4)
    return packed(DYNAMIC, *counts, *(number(it, 3) for it in lengths), *more, [0] * 64)


def many_tables(count):
    """Blocks that bring codes of their own and hold nothing, then the text: all the work is in the codes."""
    # The codes for lengths of codes: a bit for 1, and a bit for 18, which is many zeros.
    order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1]
    one, zeros = code(0, 1), code(1, 1)
    counts = [number(it, length) for it, length in [(0, 5), (0, 5), (len(order) - 4, 4)]]
    codes_of_codes = [number(1 if it in (1, 18) else 0, 3) for it in order]
    # No literal has a code; the end of the block has one, and so has a distance.
    codes = zeros, number(127, 7), zeros, number(107, 7), one, one
    block = (0, 0, 1), *counts, *codes_of_codes, *codes, code(0, 1)
    # Eight of them end at a byte.
    return packed(*block * 8) * (count // 8) + deflate(TEXT)


def flushed(count):
    """The text a byte at a time, then so many flushes."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    pieces = [compressor.compress(TEXT[at : at + 1]) + compressor.flush(zlib.Z_SYNC_FLUSH) for at in range(len(TEXT))]
    return b"".join(pieces) + EMPTY_BLOCK * count + compressor.flush()


BROKEN = {
    "cut": ("stops before its end", deflate(TEXT)[:-1]),
    "cut_to_a_byte": ("stops before its end", deflate(TEXT)[:1]),
    "followed_by_a_byte": ("of which inflating used 63", deflate(TEXT) + b"\0"),
    "followed_by_itself": ("of which inflating used 63", deflate(TEXT) * 2),
    "with_a_distance_too_far": ("cannot be inflated", packed(FIXED, SYMBOL_257, code(0, 5), END_OF_BLOCK)),
    "with_a_distance_that_is_none": (
        "cannot be inflated",
        packed(FIXED, code(0x30 + 65, 8), SYMBOL_257, code(30, 5), END_OF_BLOCK),
    ),
    "with_a_length_that_is_none": ("cannot be inflated", packed(FIXED, SYMBOL_286, code(0, 5), END_OF_BLOCK)),
    "with_a_block_of_no_type": ("cannot be inflated", packed((1, 1, 1))),
    "with_a_stored_block_that_contradicts_itself": ("cannot be inflated", b"\1\4\0\4\0text"),
    "with_a_stored_block_beyond_the_end": ("stops before its end", b"\1\xff\xff\0\0" + TEXT),
    "with_too_many_codes": ("cannot be inflated", tables([1, 1, 1, 1])),
    "with_too_few_codes": ("cannot be inflated", tables([0, 0, 1, 0])),
    "with_no_code_for_the_end": (
        "cannot be inflated",
        tables([0, 0, 1, 1], code(1, 1), number(127, 7), code(1, 1), number(109, 7)),
    ),
    "with_286_codes_and_more": ("cannot be inflated", tables([0, 0, 1, 1], literals=31, distances=31)),
    "that_repeats_no_length": ("cannot be inflated", tables([1, 0, 1, 0], [0, 0, 0])),
    "without_a_last_block": ("stops before its end", EMPTY_BLOCK * 1000),
    "of_zeros": ("cannot be inflated", bytes(64)),
    "of_ones": ("cannot be inflated", b"\xff" * 64),
    "in_zlib": ("cannot be inflated", zlib.compress(TEXT)),
    "in_gzip": ("cannot be inflated", gzip.compress(TEXT, mtime=0)),
}
SOUND = {
    "flushed_after_every_byte": lambda: flushed(0),
    "of_many_empty_blocks": lambda: flushed(20_000),
    "of_many_tables": lambda: many_tables(8_000),
    "of_stored_blocks": lambda: deflate(TEXT, level=0),
}
