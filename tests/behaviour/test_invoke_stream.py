"""InvokeWithResponseStream, and how bodies are read: the same on every way in."""

from __future__ import annotations

import base64
import json

import pytest
from botocore.eventstream import EventStream
from botocore.response import StreamingBody

STREAM = "application/vnd.amazon.eventstream"


@pytest.fixture
def echo(way, fn):
    """Let a function answer its event, or fail with it."""

    def handler(event, _context):
        if event == "no":
            raise ValueError(event)
        return event

    way.settled("fn")
    way.emulator.bind("fn", handler)
    return way.lambda_


def payload(events):
    return b"".join(event["PayloadChunk"]["Payload"] for event in events if "PayloadChunk" in event)


def test_an_answer_comes_in_events(way, echo):
    answer = echo.invoke_with_response_stream(FunctionName="fn", Payload=b'{"a": [1]}')
    metadata, stream = answer.pop("ResponseMetadata"), answer.pop("EventStream")
    assert answer == {"StatusCode": 200, "ExecutedVersion": "$LATEST", "ResponseStreamContentType": STREAM}
    assert metadata["HTTPHeaders"]["x-amz-executed-version"] == "$LATEST"
    *chunks, end = stream
    assert json.loads(payload(chunks)) == {"a": [1]}
    assert all(list(event) == ["PayloadChunk"] for event in chunks)
    assert end == {"InvokeComplete": {}}


def test_events_are_read_once_and_not_after_the_end(way, echo):
    stream = echo.invoke_with_response_stream(FunctionName="fn", Payload=b"1")["EventStream"]
    assert next(iter(stream)) == {"PayloadChunk": {"Payload": b"1"}}
    assert list(stream) == [{"InvokeComplete": {}}]
    assert list(stream) == []
    stream.close()


def test_the_last_event_says_how_it_failed_and_what_was_logged(way, echo):
    stream = echo.invoke_with_response_stream(FunctionName="fn", Payload=b'"no"', LogType="Tail")["EventStream"]
    (event,) = stream
    complete = event["InvokeComplete"]
    assert json.loads(complete["ErrorDetails"])["errorMessage"] == "no"
    assert complete["ErrorCode"]
    log = base64.b64decode(complete["LogResult"]).decode()
    assert log.startswith("START RequestId: ")
    assert "\nREPORT RequestId: " in log


def test_a_large_answer_is_whole(way, echo):
    text = "x" * 1_000_000
    stream = echo.invoke_with_response_stream(FunctionName="fn", Payload=json.dumps([text]))["EventStream"]
    assert json.loads(payload(stream)) == [text]


def test_a_payload_is_a_body_to_be_read(way, echo):
    answer = echo.invoke(FunctionName="fn", Payload=b'{"a": 1}', LogType="Tail")
    assert json.load(answer["Payload"]) == {"a": 1}
    assert answer["Payload"].read() == b""
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amz-log-result"] == answer["LogResult"]
    body = echo.invoke(FunctionName="fn", Payload=b"[1, 2]")["Payload"]
    assert b"".join(body.iter_chunks(2)).split() == b"[1, 2]".split()
    with echo.invoke(FunctionName="fn", Payload=b"7")["Payload"] as body:
        assert body.readlines() == [b"7"]


def test_a_client_gives_botocores_own_bodies(way, echo):
    body = echo.invoke(FunctionName="fn", Payload=b"1")["Payload"]
    stream = echo.invoke_with_response_stream(FunctionName="fn", Payload=b"1")["EventStream"]
    of_client = way.kind != "direct"
    assert (isinstance(body, StreamingBody), isinstance(stream, EventStream)) == (of_client, of_client)
    assert (body.read(), payload(stream)) == (b"1", b"1")
