"""The signatures that the core verifies are botocore's: ``python tests/model/test_sigv4_vectors.py --write``.

Every request is signed by botocore's own signers at one moment and with one key, and written down as a server gets it.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import botocore.auth
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

PAGE = Path(__file__).resolve().parent.parent.parent / "src" / "sigv4" / "tests" / "vectors.rs"
COMMAND = "python tests/model/test_sigv4_vectors.py --write"
HEAD = f"""//! Requests that botocore signed; written by `{COMMAND}`.

use super::Signed;

"""
MOMENT = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
KEY = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SESSION = Credentials(KEY.access_key, KEY.secret_key, "token/of+session==")
HERE = "http://127.0.0.1:4566"
FUNCTION = f"{HERE}/2015-03-31/functions/fn"
ARN = "arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Afn"
BUCKET = "https://bucket.s3.eu-west-1.amazonaws.com"
IN_TRAILER = {"checksum": {"request_algorithm": {"in": "trailer"}}}

#: Name; signer and its options; method, URL; headers; body; what botocore knows beside them.
CASES: list[tuple[Any, ...]] = [
    ("a name", SigV4Auth, {}, "GET", f"{HERE}/2015-03-31/functions/my-function", [], b"", {}),
    (
        "an ARN in the path, and a body",
        SigV4Auth,
        {},
        "PUT",
        f"{HERE}/2015-03-31/functions/{ARN}/code",
        [("Content-Type", "application/json")],
        b'{"DryRun":true}',
        {},
    ),
    ("colons as they are", SigV4Auth, {}, "GET", f"{FUNCTION}:live", [], b"", {}),
    ("blanks, letters, tildes", SigV4Auth, {}, "GET", f"{HERE}/2017-03-31/tags/a%20b%C3%BC~_-.%2Fx", [], b"", {}),
    ("dots and slashes", SigV4Auth, {}, "GET", f"{HERE}//a/./b/../c//", [], b"", {}),
    ("no path", SigV4Auth, {}, "GET", f"{HERE}/", [], b"", {}),
    (
        "keys that come again",
        SigV4Auth,
        {},
        "DELETE",
        f"{HERE}/2017-03-31/tags/x?tagKeys=b&tagKeys=a&tagKeys=a%20b&tagKeys=%C3%BC&tagKeys=B",
        [],
        b"",
        {},
    ),
    (
        "empty values",
        SigV4Auth,
        {},
        "GET",
        f"{HERE}/2015-03-31/functions/?Marker=&MaxItems=1&FunctionVersion",
        [],
        b"",
        {},
    ),
    (
        "blanks in headers, and headers that come again",
        SigV4Auth,
        {},
        "GET",
        FUNCTION,
        [("X-Custom", "  a   b  c "), ("x-multi", "one"), ("x-multi", "two")],
        b"",
        {},
    ),
    ("Date alone", SigV4Auth, {}, "GET", FUNCTION, [("Date", "now")], b"", {}),
    ("a session", SigV4Auth, {"credentials": SESSION}, "GET", FUNCTION, [], b"", {}),
    (
        "an unsigned payload",
        SigV4Auth,
        {},
        "PUT",
        "https://example.com/2015-03-31/functions/fn/code",
        [],
        b"whatever",
        {"payload_signing_enabled": False},
    ),
    (
        "a presigned call",
        SigV4QueryAuth,
        {"credentials": SESSION, "expires": 60},
        "GET",
        f"{FUNCTION}%3A1?Qualifier=1",
        [],
        b"",
        {},
    ),
    ("an object", S3SigV4Auth, {}, "PUT", f"{HERE}/bucket/a%20b/%C3%BC%3A~%2B/../x//y", [], b"bytes", {}),
    ("a list", S3SigV4Auth, {}, "GET", f"{HERE}/bucket?list-type=2&prefix=a%2Fb%20c&delimiter=", [], b"", {}),
    (
        "an object with an unsigned payload",
        S3SigV4Auth,
        {},
        "PUT",
        f"{BUCKET}/key",
        [("Content-MD5", "x")],
        b"bytes",
        {"has_streaming_input": True},
    ),
    ("an object in frames", S3SigV4Auth, {}, "PUT", f"{BUCKET}/key", [], b"5\r\nbytes\r\n0\r\n\r\n", IN_TRAILER),
    (
        "a presigned object",
        S3SigV4QueryAuth,
        {"credentials": SESSION, "expires": 604_800},
        "GET",
        f"{HERE}/bucket/a%20b%3A.zip?versionId=v%2F1",
        [],
        b"",
        {},
    ),
]


def signed(
    name: str,
    signer: type,
    options: dict[str, Any],
    method: str,
    url: str,
    headers: list[tuple[str, str]],
    body: bytes,
    context: dict[str, Any],
) -> str:
    """Sign a request, and write it as a value of Rust."""
    request = AWSRequest(method=method, url=url, data=body)
    for key, value in headers:
        request.headers.add_header(key, value)
    request.context.update(context)
    service = "s3" if signer in (S3SigV4Auth, S3SigV4QueryAuth) else "lambda"
    credentials, rest = options.get("credentials", KEY), {key: options[key] for key in options if key == "expires"}
    with mock.patch.object(botocore.auth, "get_current_datetime", return_value=MOMENT):
        signer(credentials, service, "eu-west-1", **rest).add_auth(request)
    parts = urlsplit(request.url)
    sent = [("host", parts.netloc), *request.headers.items()]
    texts = [
        ("name", text(name)),
        ("service", text(service)),
        ("method", text(method)),
        ("path", text(parts.path)),
        ("query", text(parts.query)),
        ("headers", "&[" + ", ".join(f"({text(key)}, {text(value)})" for key, value in sent) + "]"),
        ("body", "b" + text(body.decode())),
    ]
    return "    Signed { " + ", ".join(f"{key}: {value}" for key, value in texts) + " },\n"


def text(value: str) -> str:
    """Write a text as a literal of Rust."""
    return json.dumps(value, ensure_ascii=False)


def page() -> str:
    """Write the whole file."""
    rows = "".join(signed(*case) for case in CASES)
    return f"{HEAD}#[rustfmt::skip]\npub(super) const SIGNED: &[Signed] = &[\n{rows}];\n"


def test_the_core_verifies_what_botocore_signs_today() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), f"run {COMMAND}"


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    PAGE.write_text(page(), encoding="utf-8")
