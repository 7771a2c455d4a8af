"""``drylambda serve``: Lambda and S3 at a port, until it is interrupted."""

from __future__ import annotations

import argparse
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: What ends the server: Ctrl-C, what containers and service managers send, and a terminal that is closed.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "serve",
        help="answer at a port, for any client",
        description="Answer as AWS Lambda and S3 do at one port, for any SDK in any language, until Ctrl-C. Clients "
        "are led here by AWS_ENDPOINT_URL=http://127.0.0.1:4566, and sign with any key.",
        epilog="http://127.0.0.1:4566/_drylambda/ has what is beside the API: health, reset, state, journal, logs, "
        "faults, clock.",
    )
    where = parser.add_argument_group("where")
    where.add_argument("--host", default="127.0.0.1", help="the name or address to listen at (default: %(default)s)")
    where.add_argument("--port", type=int, default=4566, help="the port; 0 is any that is free (default: %(default)s)")
    where.add_argument(
        "--allow-host",
        metavar="NAME",
        action="append",
        default=[],
        help="a name by which /_drylambda/ may be asked beside localhost, as that of a container; may be repeated",
    )
    where.add_argument(
        "--cors", metavar="ORIGIN", action="append", default=[], help="an origin whose pages may read answers, or *"
    )
    parser.add_argument(
        "--verify-signatures",
        metavar="KEY=SECRET",
        type=_key,
        action="append",
        help="refuse requests that are not signed with this key or another one given so; may be repeated",
    )
    parser.add_argument(
        "--log", choices=["text", "json", "off"], default="text", help="a line for each request (default: %(default)s)"
    )
    emulator = parser.add_argument_group("the emulator")
    emulator.add_argument("--region", help="of requests that name none (default: us-east-1)")
    emulator.add_argument("--account-id", help="of keys that are no account's (default: 123456789012)")
    emulator.add_argument(
        "--settle",
        type=_settle,
        help="when updates end: on_read with the first read (default), instant, or after so many seconds",
    )
    emulator.add_argument("--seed", type=int, help="make ids and times the same in each run")
    emulator.add_argument(
        "--runner",
        choices=["process", "in_process", "container"],
        help="where functions run: in processes of their own (default), handlers in Python in the server's, or Docker",
    )
    emulator.add_argument("--s3-endpoint", metavar="URL", help="a server that speaks S3, where code may come from")
    emulator.add_argument("--s3-dir", metavar="DIR", help="a directory whose sub-folders are buckets")
    emulator.add_argument(
        "--state",
        metavar="FILE",
        help="begin with the state in the file, if it is there, and write there what it has become at the end",
    )
    emulator.add_argument(
        "--poll",
        action="store_true",
        help="hand what waits in queues and streams to the functions that are mapped to them; it needs boto3",
    )
    emulator.add_argument("--sources-endpoint", metavar="URL", help="the server that has the queues and streams")
    emulator.add_argument(
        "--poll-interval",
        metavar="SECONDS",
        type=float,
        default=1.0,
        help="how long to wait between two polls (default: %(default)s)",
    )
    emulator.add_argument("--strict-images", action="store_true", default=None, help="refuse images nobody declared")
    parser.set_defaults(run=run)


def _settle(text: str) -> str | float:
    try:
        return text if text in ("on_read", "instant") else float(text)
    except ValueError:
        msg = f"on_read, instant or a number of seconds is expected, not {text!r}"
        raise argparse.ArgumentTypeError(msg) from None


def _key(text: str) -> tuple[str, str]:
    key, _, secret = text.partition("=")
    if not (key and secret):
        msg = "KEY=SECRET is expected"
        raise argparse.ArgumentTypeError(msg)
    return key, secret


def run(options: argparse.Namespace) -> int:
    """Serve until a signal comes."""
    # Not drylambda.Server, whose types take as long to import as everything else together.
    from drylambda import Lambda, _drylambda  # noqa: PLC0415 - the other commands need neither

    names = ("region", "account_id", "settle", "seed", "runner", "s3_endpoint", "s3_dir", "strict_images")
    if bool(options.poll) != (options.sources_endpoint is not None):
        msg = "--poll and --sources-endpoint go together: say where the queues and streams are"
        raise ValueError(msg)
    given: dict[str, Any] = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    emulator = Lambda(**given)
    if options.state:
        from pathlib import Path  # noqa: PLC0415 - these take long to import

        from .files import read_state, write  # noqa: PLC0415

        state = Path(options.state).resolve()
        if not state.parent.is_dir():
            msg = f"{state.parent} is no folder"
            raise NotADirectoryError(msg)
        read_state(emulator, state)
    polling = None
    if options.poll:
        polling = emulator.polling(options.poll_interval, endpoint_url=options.sources_endpoint)
    _raise_descriptors()
    # Before there are other threads, which then never hear of them.
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    server = _drylambda.Server(
        emulator,
        host=options.host,
        port=options.port,
        log=options.log,
        allowed_hosts=options.allow_host,
        cors=options.cors,
        verify_signatures=dict(options.verify_signatures) if options.verify_signatures else None,
    )
    print(f"drylambda answers at {server.endpoint_url}", file=sys.stderr, flush=True)
    if polling is not None:
        polling.start()
    signal.sigwait(_SIGNALS)
    # Another one ends everything at once.
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    emulator._end_faults()
    server.stop()
    if polling is not None:
        polling.stop()
    emulator.close()
    if options.state:
        write(state, emulator.dump().encode())
    return 0


def _raise_descriptors() -> None:
    """Let this process have as many connections as the system lets it have."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    except (ValueError, OSError):
        return
