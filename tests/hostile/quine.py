"""A zip that holds itself, after Russ Cox's "Zip Files All The Way Down".

The one idea to hold: deflate is a small language. "Print these bytes" and "repeat the last bytes" are enough to write a
program that prints itself with whatever stands before and after it. Both instructions take five bytes here, so that
programs can be quoted in steps of five. What is left is the checksum of a file that names its own checksum four times:
CRC-32 is linear, so that is 32 equations over bits.
"""

from __future__ import annotations

import struct
import zlib

from zips import END, LOCAL, RECORD, extra

NAME = b"quine.zip"
UNIT = 5
LAST = 0xFF  # the last byte of everything that is repeated, but for what prints itself


def show(length):
    """Print what follows: the header of a stored block."""
    return b"\0" + struct.pack("<2H", length, length ^ 0xFFFF)


def repeat(length, *, final=False):
    """Repeat the last bytes: a block with fixed codes of exactly 40 bits. Codes come with their first bit first."""
    bits = [final, 1, 0]

    def code(value, count):
        bits.extend(value >> at & 1 for at in reversed(range(count)))

    def number(value, count):
        bits.extend(value >> at & 1 for at in range(count))

    if length == 4 * UNIT:
        for _ in range(2):
            code(264 - 256, 7)  # a length of 10
            code(8, 5)  # a distance from 17 on
            number(length - 17, 3)
    else:
        symbol, rest = divmod(length - 1 - 67, 16)
        code(277 - 256 + symbol, 7)  # a length from 67 on
        number(rest, 4)
        symbol, rest = divmod(length - 65, 32)
        code(12 + symbol, 5)  # a distance from 65 on
        number(rest, 5)
        code(0b110010000 + LAST - 144, 9)
    code(0, 7)
    assert len(bits) == 8 * UNIT
    return sum(bit << at for at, bit in enumerate(bits)).to_bytes(UNIT, "little")


def program(before, after):
    """Print ``before``, the program itself, and ``after``."""
    head, tail = show(len(before) + UNIT), show(len(after) + UNIT)
    again_head, again_tail, again = repeat(len(before) + UNIT), repeat(len(after) + UNIT, final=True), repeat(4 * UNIT)
    none, one, four = show(0), show(UNIT), show(4 * UNIT)
    steps = [
        (head, before, head), (again_head,), (one, again_head), (one, one), (four, again_head, one, one, four), (again,),
        (four, again, four, again, four), (again,), (four, again, none, none, tail), (again,),
        (none, none, tail, again_tail, after), (again_tail,),
    ]  # fmt: skip
    return b"".join(b"".join(step) for step in steps)


def with_checksum(crc):
    """Write the zip that claims this checksum for itself."""

    def around(compressed, size):
        filling = extra(0x7171, bytes(24))  # the header has to be so long that repeating it takes 40 bits
        shared = struct.pack("<5H3LH", 20, 0, 8, 0, 0x21, crc, compressed, size, len(NAME))
        before = LOCAL + shared + struct.pack("<H", len(filling)) + NAME + filling
        record = RECORD + b"\x14\0" + shared + struct.pack("<4H2L", 0, 0, 0, 0, 0, 0) + NAME
        end = END + struct.pack("<4H2LH", 0, 0, 1, 1, len(record), len(before) + compressed, 1) + bytes([LAST])
        return before, record + end

    length = len(program(*around(0, 0)))
    before, after = around(length, length + sum(map(len, around(0, 0))))
    return before + program(before, after) + after


def quine():
    """Write the zip whose one entry is the zip."""
    off = zlib.crc32(with_checksum(0))
    basis = {}
    for at in range(32):
        # What bit `at` of the claim does to claim and checksum, in terms of the bits before.
        effect, bits = zlib.crc32(with_checksum(1 << at)) ^ 1 << at ^ off, 1 << at
        while effect and effect.bit_length() in basis:
            other, others = basis[effect.bit_length()]
            effect, bits = effect ^ other, bits ^ others
        if effect:
            basis[effect.bit_length()] = effect, bits
    claim = 0
    while off:
        effect, bits = basis[off.bit_length()]
        off, claim = off ^ effect, claim ^ bits
    return with_checksum(claim)
