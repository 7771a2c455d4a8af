"""What runtimes, extensions and functions ask of the emulator: the Runtime API, the Extensions API, and Lambda's own."""

from __future__ import annotations

import pytest


def test_extensions_register_and_are_told_of_calls(deployed):
    extension = """
import http.client, json, os, threading
def ask(method, path, body=None, **headers):
    connection = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
    connection.request(method, '/2020-01-01/extension' + path, body, headers)
    answer = connection.getresponse()
    return answer.status, dict(answer.getheaders()), json.loads(answer.read())
status, headers, about = ask('POST', '/register', '{"events": ["INVOKE"]}', **{'Lambda-Extension-Name': 'own'})
extension = {name.lower(): value for name, value in headers.items()}['lambda-extension-identifier']
def handler(event, context):
    told = ask('GET', '/event/next', **{'Lambda-Extension-Identifier': extension})[2]
    return [status, about['functionName'], told['eventType'], told['requestId'] == context.aws_request_id]
"""
    function = deployed(extension)
    assert function() == [200, "fn", "INVOKE", True]
    assert function() == [200, "fn", "INVOKE", True]


def test_what_a_function_asks_of_lambda_the_emulator_answers(deployed):
    pytest.importorskip("boto3")
    code = "import boto3\ndef handler(event, context): return boto3.client('lambda').invoke(FunctionName='other', Payload=b'7')['Payload'].read().decode()"
    deployed("def handler(event, context): return event + 1", "other")
    assert deployed(code, Timeout=60, MemorySize=512)() == "8"


ASKS = """
import http.client, json, os
def handler(event, context):
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    connection.request("GET", "/2015-03-31/functions", headers=event)
    return connection.getresponse().status
"""


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 200, id="function"),
        pytest.param({"Origin": "https://example.com"}, 403, id="page"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="picture_of_a_page"),
        pytest.param({"Host": "rebound.example.com:80"}, 403, id="rebound_name"),
    ],
)
def test_no_web_page_reaches_what_functions_reach(deployed, headers, status):
    assert deployed(ASKS)(headers) == status


CALLS_ITSELF = """
import os, urllib.request
def handler(event, context):
    with open(event, "a") as file:
        file.write("x")
    url = os.environ["AWS_ENDPOINT_URL_LAMBDA"] + "/2015-03-31/functions/fn/invocations"
    headers = {"X-Amz-Invocation-Type": "Event"}
    urllib.request.urlopen(urllib.request.Request(url, b'"%s"' % event.encode(), headers)).close()
"""


def test_functions_that_call_one_another_without_end_are_stopped(deployed, tmp_path):
    path = tmp_path / "calls"
    function = deployed(CALLS_ITSELF)
    assert function(str(path)) is None
    # The first call waits for its answer, and is none of the sixteen.
    assert len(path.read_text()) == 17
    assert len({event.request_id for event in function.emulator.logs("fn")}) == 17


def test_a_function_does_not_wait_for_what_it_asks_for(deployed, tmp_path):
    # The one that is asked for sees what the other one has done behind that.
    path = tmp_path / "calls"
    seen = "import pathlib\ndef handler(event, context): print(pathlib.Path(event).read_text())"
    slow = deployed(seen, "slow")
    behind = '    with open(event, "a") as file:\n        file.write("behind")\n'
    assert deployed(CALLS_ITSELF.replace("functions/fn", "functions/slow") + behind)(str(path)) is None
    assert "xbehind" in slow.log
