"""``drylambda call``: one call of a server, without an SDK; or of the emulator in a file, without a server.

The one idea to hold: the core knows where each parameter travels and signs the request; here it is only sent, and what
comes back is shown as it stands on the wire, but for members without a value.
"""

from __future__ import annotations

import os
import sys

from .names import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any, NoReturn

#: Where ``drylambda serve`` answers.
_PORT = 4566
_ENDPOINT = f"http://127.0.0.1:{_PORT}"
#: How long an answer is waited for; a server may fetch code from S3 meanwhile.
_TIMEOUT_SECONDS = 300
#: Where a package stands in the parameters of the operations that take one.
_PACKAGES = {
    "CreateFunction": ("Code", "ZipFile"),
    "PublishLayerVersion": ("Content", "ZipFile"),
    "UpdateFunctionCode": ("ZipFile",),
}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "call",
        help="call an operation of a server, or of a file",
        description="Call an operation of a server and write its answer as JSON. Parameters and answers have boto3's "
        "names; bytes are base64.",
        epilog="Exit code: 0 it is done, 1 it was refused, 2 it could not be asked. Requests are signed with "
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or with a key that means nothing.",
    )
    parser.add_argument(
        "operation", metavar="OPERATION", help="its name, as UpdateFunctionCode or update-function-code"
    )
    parser.add_argument("--json", metavar="JSON", help="the parameters; @FILE reads them from a file, - from the input")
    parser.add_argument("--zip-file", metavar="FILE", help="the package, wherever the operation has its ZipFile")
    parser.add_argument(
        "--region", metavar="NAME", help="the Region (default: AWS_REGION, AWS_DEFAULT_REGION or us-east-1)"
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--state",
        metavar="FILE",
        help="ask no server, but an emulator with the state that is in the file, and write there what becomes of it; "
        "a file that is not there has none",
    )
    where.add_argument(
        "--endpoint-url",
        metavar="URL",
        help=f"the server (default: AWS_ENDPOINT_URL_LAMBDA, AWS_ENDPOINT_URL or {_ENDPOINT})",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Call, and write what came back."""
    name = operation(options.operation)
    parameters = _parameters(options.json)
    if options.zip_file is not None:
        _put_package(name, parameters, options.zip_file)
    region = options.region or _variable("AWS_REGION", "AWS_DEFAULT_REGION") or "us-east-1"
    if options.state is not None:
        return _tell(options.state, *_ask_file(options.state, region, name, parameters))
    url = options.endpoint_url or _variable("AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL") or _ENDPOINT
    return _tell(url, *_send(url, region, name, parameters))


def _variable(*names: str) -> str | None:
    return next((os.environ[name] for name in names if os.environ.get(name)), None)


def _parameters(text: str | None) -> dict[str, Any]:
    """Read the parameters."""
    import json  # noqa: PLC0415 - help needs none

    place, content = "--json", text or "{}"
    if content == "-":
        place, content = "the input", sys.stdin.read()
    elif content.startswith("@"):
        from pathlib import Path  # noqa: PLC0415 - help needs none

        place = content[1:]
        content = Path(place).read_text(encoding="utf-8")
    try:
        parameters = json.loads(content, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        msg = f"{place}, line {error.lineno}, column {error.colno}: this is no JSON: {error.msg}"
        raise ValueError(msg) from None
    except ValueError as error:
        msg = f"{place}: this is no JSON: {error}"
        raise ValueError(msg) from None
    if not isinstance(parameters, dict):
        msg = f'{place}: parameters are an object, as {{"FunctionName": "app"}}'
        raise ValueError(msg)  # noqa: TRY004 - what is wrong is a text
    return parameters


def _no_number(text: str) -> NoReturn:
    msg = f"{text} is no number"
    raise ValueError(msg)


def _put_package(name: str, parameters: dict[str, Any], path: str) -> None:
    """Put the bytes of a file where the operation takes its package."""
    if name not in _PACKAGES:
        msg = f"{name} takes no package, so there is no place for --zip-file"
        raise ValueError(msg)
    *outer, last = _PACKAGES[name]
    for member in outer:
        parameters = parameters.setdefault(member, {})
        if not isinstance(parameters, dict):
            msg = f"{member} is an object, so there is no place for --zip-file"
            raise ValueError(msg)  # noqa: TRY004 - what is wrong is a text
    with open(path, "rb") as file:  # noqa: PTH123 - pathlib need not be imported
        parameters[last] = file.read()


def _send(url: str, region: str, name: str, parameters: dict[str, Any]) -> tuple[int, Any, bytes]:
    """Send the request; return status, headers and body of the answer."""
    from http import client  # noqa: PLC0415 - help needs none
    from urllib.parse import urlsplit  # noqa: PLC0415

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        msg = f"an endpoint is a URL like {_ENDPOINT}, not {url!r}"
        raise ValueError(msg)
    host, prefix = parts.netloc.rpartition("@")[2], parts.path.rstrip("/")
    method, target, headers, body = _signed((host, prefix), region, name, parameters)
    connect = client.HTTPSConnection if parts.scheme == "https" else client.HTTPConnection
    connection = connect(parts.hostname, parts.port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.connect()
    except OSError as error:
        msg = f"nothing answers at {url}: start one with `drylambda serve{_option(parts.port)}` ({error})"
        raise OSError(msg) from None
    try:
        connection.request(method, target, body or None, dict(headers))
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    except (client.HTTPException, OSError) as error:
        msg = f"the answer of {url} broke off: {error or type(error).__name__}"
        raise OSError(msg) from None
    finally:
        connection.close()


def _signed(
    where: tuple[str, str], region: str, name: str, parameters: dict[str, Any]
) -> tuple[str, str, list[tuple[str, str]], bytes]:
    """Return the request to a host and a path: method, target, headers and body."""
    from drylambda._drylambda import request, sign  # noqa: PLC0415 - help needs none

    host, prefix = where
    method, target, headers, body = request(name, parameters)
    target, headers = prefix + target, [("host", host), *headers]
    key = _variable("AWS_ACCESS_KEY_ID") or "drylambda"
    credentials = (key, _variable("AWS_SECRET_ACCESS_KEY") or key, _variable("AWS_SESSION_TOKEN"))
    return method, target, [*headers, *sign(method, target, headers, body, region, credentials)], body


def _ask_file(state: str, region: str, name: str, parameters: dict[str, Any]) -> tuple[int, Any, bytes]:
    """Ask an emulator that begins with the state in a file, and write the state that it ends with."""
    from pathlib import Path  # noqa: PLC0415 - help needs none

    from drylambda import Lambda  # noqa: PLC0415

    from .files import read_state, write  # noqa: PLC0415

    emulator, file = Lambda(), Path(state).resolve()
    before = read_state(emulator, file)
    host = f"lambda.{region}.amazonaws.com"
    method, target, headers, body = _signed((host, ""), region, name, parameters)
    path, _, query = target.partition("?")
    status, answered, content = emulator._wire(method, host, path, query, headers, body)
    # A call that was refused leaves no trace.
    if status < 300 and (after := emulator.dump().encode()) != before:  # noqa: PLR2004 - HTTP's
        write(file, after)
    return status, dict(answered), content


def _option(port: int | None) -> str:
    return "" if port == _PORT else f" --port {port or 80}"


def _tell(url: str, status: int, headers: Any, body: bytes) -> int:  # noqa: ANN401 - http.client's own
    """Write an answer, or a refusal; return the exit code."""
    import json  # noqa: PLC0415 - help needs none

    from drylambda.text import printable  # noqa: PLC0415

    if headers.get("Content-Type") == "application/vnd.amazon.eventstream":
        return _tell_events(body)
    try:
        answer = json.loads(body) if body else None
    except ValueError:
        answer = ...
    if status < 300 and answer is not ...:  # noqa: PLR2004 - HTTP's
        if answer is not None:
            is_unicode = sys.stdout.encoding.lower().replace("-", "") == "utf8"
            print(json.dumps(_without_nulls(answer), indent=2, ensure_ascii=not is_unicode))
        return 0
    code = headers.get("x-amzn-ErrorType", "").partition(":")[0]
    if not code or not isinstance(answer, dict):
        msg = f"what answers at {url} is no Lambda: it said {status} {printable(body[:200].decode('latin-1'))}"
        raise ValueError(msg)
    message = answer.get("message", answer.get("Message"))
    print(f"drylambda: {code}: {printable(str(message or ''))}", file=sys.stderr)
    if hint := headers.get("x-drylambda-hint"):
        print(f"  {printable(hint)}", file=sys.stderr)
    return 1


def _tell_events(body: bytes) -> int:
    """Write what a function streamed as it is; return the exit code."""
    import json  # noqa: PLC0415 - help needs none
    from struct import unpack_from  # noqa: PLC0415

    sys.stdout.flush()
    code = 0
    while body:
        # Lengths of the message and of its headers, and a CRC; headers; payload; a CRC.
        message, headers = unpack_from(">II", body)
        payload = body[12 + headers : message - 4]
        if b"PayloadChunk" in body[12 : 12 + headers]:
            sys.stdout.buffer.write(payload)
        elif error := json.loads(payload).get("ErrorCode"):
            print(f"drylambda: {error}: {json.loads(payload).get('ErrorDetails')}", file=sys.stderr)
            code = 1
        body = body[message:]
    sys.stdout.flush()
    return code


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - whatever JSON has
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(entry) for entry in value] if isinstance(value, list) else value
