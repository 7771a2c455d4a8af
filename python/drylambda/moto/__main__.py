"""``python -m drylambda.moto server``: ``moto_server``, with its arguments and with drylambda in it."""

from __future__ import annotations

import sys

from . import install

_USAGE = "usage: python -m drylambda.moto server [the arguments of moto_server]"


def main(arguments: list[str]) -> int:
    """Serve until the process is stopped; return the exit code."""
    if arguments[:1] != ["server"]:
        print(_USAGE, file=sys.stdout if arguments[:1] in (["-h"], ["--help"]) else sys.stderr)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    try:
        from moto import server  # noqa: PLC0415 - it imports flask
    except ImportError as error:
        print(f"moto's server is not installed: {error}; pip install 'moto[server]'", file=sys.stderr)  # noqa: T201
        return 1
    install()
    # An empty list would make moto read this program's own arguments.
    sys.argv = ["moto_server", *arguments[1:]]
    server.main(arguments[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
