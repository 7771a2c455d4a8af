"""What a direct call gives to be read piece by piece, beside botocore's own classes."""

from __future__ import annotations

import io
import json

import pytest
from botocore.response import StreamingBody

from drylambda import streams

CONTENT = b"one\ntwo\r\n\nthree" + bytes(2000) + b"\nend"


def drained(read):
    pieces = []
    while piece := read():
        pieces.append(piece)
    return pieces


def in_block(body):
    with body as raw:
        return raw.read(), raw.readlines()


def into(body):
    buffer = bytearray(5)
    return body.readinto(buffer), bytes(buffer), body.tell()


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(use, id=name)
        for name, use in {
            "all": lambda body: (body.read(), body.read(), body.tell()),
            "none": lambda body: body.read(0),
            "by_name": lambda body: (body.read(amt=3), body.read(amt=None)),
            "pieces": lambda body: drained(lambda: body.read(700)),
            "iter": list,
            "next": lambda body: (next(body), body.next(), next(body, None)),
            "chunks": lambda body: list(body.iter_chunks(999)),
            "chunks_default": lambda body: list(body.iter_chunks()),
            "lines": lambda body: list(body.iter_lines()),
            "lines_short": lambda body: list(body.iter_lines(chunk_size=2, keepends=True)),
            "readlines": lambda body: body.readlines(),
            "block": in_block,
            "into": into,
            "text": lambda body: io.TextIOWrapper(body, encoding="latin-1").read(),
            "readable": lambda body: body.readable(),
        }.items()
    ],
)
def test_a_body_is_read_as_botocores(use):
    if use is into and not hasattr(StreamingBody, "readinto"):
        pytest.skip("the bodies of this botocore are not read into buffers")
    assert use(streams.StreamingBody(CONTENT)) == use(StreamingBody(io.BytesIO(CONTENT), len(CONTENT)))


def test_a_body_is_what_json_loads():
    assert json.load(streams.StreamingBody(b'{"a": 1}')) == {"a": 1}


def test_what_was_closed_gives_no_more():
    body, events = streams.StreamingBody(CONTENT), streams.EventStream([{"PayloadChunk": {}}])
    body.close()
    events.close()
    with pytest.raises(ValueError, match="closed"):
        body.read()
    assert list(events) == []


def test_events_are_read_once():
    events = streams.EventStream([{"PayloadChunk": {"Payload": b"x"}}, {"InvokeComplete": {}}])
    assert next(iter(events)) == {"PayloadChunk": {"Payload": b"x"}}
    assert list(events) == [{"InvokeComplete": {}}]
    assert list(events) == []
