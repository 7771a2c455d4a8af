"""Packages with names, links and modes that nobody should follow: Lambda looks at none of them."""

from __future__ import annotations

import struct
import zlib

from bombs import SYMLINK
from zips import archive, extra, stored

EVIL_NAMES = {
    "absolute": b"/etc/passwd",
    "of_a_drive": b"C:\\Windows\\evil.dll",
    "of_a_share": b"\\\\host\\share\\evil",
    "up": b"../../../../evil",
    "up_and_down": b"a/../../b",
    "with_nul": b"app.py\0.txt",
    "with_backslashes": b"..\\..\\evil",
    "with_line_ends": b"a\r\nx-evil: 1\r\n\r\nb",
    "with_escapes": b"\x1b[2J\x07\x08",
    "of_65535_bytes": b"n" * 65_535,
    "of_32767_folders": b"a/" * 32_767 + b"b",
    "of_nothing": b"",
    "of_a_dot": b".",
    "of_two_dots": b"..",
    "that_is_no_utf8": b"\xff\xfe\xc3\x28\xed\xa0\x80",
    "written_from_right_to_left": "cod\u202egnp.py".encode(),
    "of_a_device": b"NUL",
    "with_a_formula": b"=cmd|' /C calc'!A0",
}


def with_names(*names, **more):
    return archive(*(stored(name, b"%d" % number) for number, name in enumerate(names)), **more)


def unicode_path(name):
    """Info-ZIP's field for a name in UTF-8, which need not be the name in the header."""
    return extra(0x7075, b"\1" + struct.pack("<L", zlib.crc32(b"app.py")) + name)


NAMES = {
    **{f"name_{key}": ("Z8", lambda name=name: archive(stored(name))) for key, name in EVIL_NAMES.items()},
    "name_that_is_no_utf8_and_says_it_is": ("Z8", lambda: archive(stored(b"\xff\xfe").stating(flags=1 << 11))),
    "name_with_another_one_in_an_extra_field": (
        "Z8",
        lambda: archive(stored().stating(extra=unicode_path(b"../evil"))),
    ),
    "name_with_line_ends_and_a_wrong_checksum": (
        "Z5",
        lambda: archive(stored(EVIL_NAMES["with_line_ends"]).stating(crc=1)),
        "the CRC-32 of entry",
    ),
    "name_of_a_folder_with_contents": ("Z8", lambda: with_names(b"folder/", b"app.py")),
    "name_of_the_root": ("Z8", lambda: with_names(b"/", b"app.py")),
    "names_that_differ_in_case": ("Z9", lambda: with_names(b"app.py", b"APP.PY", b"App.py")),
    "names_that_are_one_in_unicode": ("Z9", lambda: with_names("\u00e9".encode(), "e\u0301".encode())),
    "names_that_are_the_same": ("Z9", lambda: with_names(b"app.py", b"app.py")),
    "names_of_a_file_and_of_a_folder": ("Z9", lambda: with_names(b"a", b"a/", b"a/b", b"a/b/c")),
    "name_of_each_header_another": ("Z5", lambda: archive(stored().locally(name=b"evil.py")), 'names "evil.py"'),
    "name_of_the_local_header_longer": ("Z5", lambda: archive(stored().locally(name=b"app.pyc")), 'names "app.pyc"'),
    "symlink_to_an_absolute_path": ("Z20", lambda: archive(stored(b"link", b"/etc/passwd").but(attributes=SYMLINK))),
    "symlink_up": ("Z20", lambda: archive(stored(b"link", b"../" * 40).but(attributes=SYMLINK))),
    "symlink_to_itself": ("Z20", lambda: archive(stored(b"link", b"link").but(attributes=SYMLINK))),
    "symlink_to_nothing": ("Z20", lambda: archive(stored(b"link", b"").but(attributes=SYMLINK))),
    "symlinks_in_a_loop": (
        "Z20",
        lambda: archive(*(stored(it, to).but(attributes=SYMLINK) for it, to in [(b"a", b"b"), (b"b", b"a")])),
    ),
    "symlink_to_write_through": (
        "Z20",
        lambda: archive(stored(b"link", b"/tmp").but(attributes=SYMLINK), stored(b"link/evil")),
    ),
    "mode_of_a_device": ("Z21", lambda: archive(stored().but(attributes=0o060666 << 16))),
    "mode_with_setuid": ("Z21", lambda: archive(stored().but(attributes=0o104777 << 16))),
}
