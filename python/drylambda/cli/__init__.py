"""The command line: ``drylambda check`` and ``drylambda zip``.

The one idea to hold: a command is a module with ``add`` and ``run``, and its result is its exit code. 0: all is well.
1: AWS would refuse. 2: the command cannot be carried out, as for a wrong option or a file that cannot be read. 3: only
with ``--strict``, AWS would accept and there are warnings.
"""

from __future__ import annotations

import argparse
import io
import sys

from drylambda import __version__

from . import check, pack, serve

__all__ = ["main"]

_COMMANDS = (check, pack, serve)


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit with its code. ``arguments`` are those of the process by default."""
    parser = argparse.ArgumentParser(
        prog="drylambda",
        description="AWS Lambda's control plane, offline.",
        epilog="drylambda COMMAND --help says more.",
    )
    parser.add_argument("--version", action="version", version=f"drylambda {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in _COMMANDS:
        command.add(commands)
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        # A name that a terminal cannot write is spelled out.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code: int = options.run(options)
    except BrokenPipeError:
        # Whoever read the output has enough of it.
        sys.stderr.close()
        code = 0
    except (OSError, ValueError) as error:
        parser.exit(2, f"drylambda: {error}\n")
    sys.exit(code)
