"""``drylambda zip``: the reproducible package of a folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from drylambda import Package, make_zip
from drylambda.text import size

if TYPE_CHECKING:
    import argparse


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "zip",
        help="make the package of a folder",
        description="Make the package of a folder: the same files give the same bytes, and so the same CodeSha256. "
        "Names are sorted, times are fixed, executable bits are kept, and __pycache__ is left out.",
    )
    parser.add_argument("folder", metavar="DIR", type=Path, help="the folder; its contents become the package's")
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="the zip; - is standard output")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the package, and say what is in it."""
    if not options.folder.is_dir():
        msg = f"{options.folder} is no folder"
        raise NotADirectoryError(msg)
    zipped = make_zip(options.folder)
    if options.output == "-":
        sys.stdout.buffer.write(zipped)
        return 0
    target = Path(options.output)
    # A reader sees the old package or the new one, never a part.
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        part.write_bytes(zipped)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    try:
        package = Package(zipped)
    except ValueError as refusal:
        print(f"{target}: AWS would refuse it: {refusal}", file=sys.stderr)
        return 1
    files = f"{len(package)} file{'s' if len(package) != 1 else ''}"
    print(f"{target}: {files}, {size(package.size)}, {size(package.unzipped_size)} unzipped")
    print(f"CodeSha256 {package.sha256}")
    return 0
