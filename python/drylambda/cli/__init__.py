"""The command line: ``drylambda call``, ``check``, ``completion``, ``operations``, ``serve`` and ``zip``.

The one idea to hold: a command is a module with ``add`` and ``run``, and its result is its exit code. 0: all is well.
1: AWS would refuse, or has refused. 2: the command cannot be carried out, as for a wrong option or a file that cannot
be read. 3: only with ``check --strict``, AWS would accept and there are warnings. Only the module of the command that
is asked for is imported, and what takes long to import is imported by ``run``.
"""

from __future__ import annotations

import argparse
import io
import sys
from importlib import import_module

from drylambda import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["main", "parser"]

#: Each command and its module.
COMMANDS = {
    "call": "call",
    "check": "check",
    "completion": "completion",
    "operations": "operations",
    "serve": "serve",
    "zip": "pack",
}


def parser(names: Iterable[str] = COMMANDS) -> argparse.ArgumentParser:
    """Make the parser of the command line, with these commands."""
    parser = argparse.ArgumentParser(
        prog="drylambda",
        description="AWS Lambda, offline.",
        epilog="drylambda COMMAND --help says more.",
        formatter_class=_formatter,
    )
    parser.add_argument("--version", action="version", version=f"drylambda {__version__}")
    # Without a name, argparse would measure the terminal to make one.
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, prog="drylambda")
    for name in names:
        import_module(f".{COMMANDS[name]}", __name__).add(commands)
    return parser


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Make what writes the help: names of commands have a column that holds them, which argparse forgets to indent."""
    width = 4 + max(map(len, COMMANDS)) + 2
    formatter = argparse.HelpFormatter(prog, max_help_position=width)
    formatter._action_max_length = width - 2
    return formatter


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit with its code. ``arguments`` are those of the process by default."""
    arguments = sys.argv[1:] if arguments is None else arguments
    asked = parser(_asked(arguments))
    options = asked.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        # A name that a terminal cannot write is spelled out.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has enough of it.
        sys.stderr.close()
        code = 0
    except (OSError, ValueError) as error:
        asked.exit(2, f"drylambda: {error}\n")
    sys.exit(code)


def _asked(arguments: list[str]) -> Iterable[str]:
    """Return the commands that the arguments can mean: the first one, or for a help text and a mistake all."""
    first = arguments[0] if arguments else ""
    if first == "--version":
        return ()
    return (first,) if first in COMMANDS else COMMANDS
