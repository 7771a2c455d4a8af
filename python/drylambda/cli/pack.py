"""``drylambda zip``: the reproducible package of a folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from drylambda import Package, make_zip
from drylambda.text import size

from .files import write

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
    target = None if options.output == "-" else Path(options.output).resolve()
    if target is not None and options.folder.resolve() in target.parents:
        msg = f"{options.output} lies in {options.folder} and would be packed into itself; choose a place outside of it"
        raise ValueError(msg)
    zipped = make_zip(options.folder)
    if target is None:
        sys.stdout.buffer.write(zipped)
    else:
        write(target, zipped)
    try:
        package = Package(zipped)
    except ValueError as refusal:
        print(f"{options.output}: AWS would refuse it: {refusal}", file=sys.stderr)
        return 1
    if target is None:
        return 0
    files = f"{len(package)} file{'s' if len(package) != 1 else ''}"
    print(f"{options.output}: {files}, {size(package.size)}, {size(package.unzipped_size)} unzipped")
    print(f"CodeSha256 {package.sha256}")
    return 0
