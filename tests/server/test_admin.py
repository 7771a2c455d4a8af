"""What is beside the API: ``/_drylambda/``."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import drylambda

CODE = "/2015-03-31/functions/app/code"


@pytest.mark.parametrize(("path", "accept"), [("/_drylambda/health", "*/*"), ("/", "text/html,application/xml;q=0.9")])
def test_health_says_who_is_here(ask, path, accept):
    assert ask("GET", path, Accept=accept)[::2] == (200, {"drylambda": drylambda.__version__, "status": "running"})


@pytest.mark.parametrize("path", ["/_drylambda/reset", "/moto-api/reset"])
def test_reset_forgets_everything(server, ask, deploy, path):
    deploy()
    server.lambda_.s3.put("bucket", "key", b"x")
    assert ask("POST", path)[::2] == (200, {"status": "ok"})
    assert server.lambda_.list_functions()["Functions"] == []
    assert server.lambda_.s3.buckets == {}


def test_the_journal_has_the_calls_and_what_came_of_them(server, own, deploy):
    deploy(Description="first")
    with pytest.raises(drylambda.ClientError):
        server.client().get_function(FunctionName="gone")
    created, refused = own("GET", "journal")["calls"]
    assert (created["operation"], created["parameters"]["Description"]) == ("CreateFunction", "first")
    assert created["response"]["FunctionArn"] == "arn:aws:lambda:us-east-1:123456789012:function:app"
    assert created["time"] == "2026-01-01T00:00:00.000000Z"
    assert (refused["error_code"], refused["access_key_id"]) == ("ResourceNotFoundException", "123456789012")
    assert [call["operation"] for call in own("GET", "journal?operation=GetFunction")["calls"]] == ["GetFunction"]
    own("DELETE", "journal")
    assert list(server.lambda_.journal) == []


def test_a_fault_is_asked_for_listed_met_and_removed(server, ask, own, deploy):
    deploy()
    made = own(
        "POST",
        "faults",
        {
            "operation": "UpdateFunctionCode",
            "error": "TooManyRequestsException",
            "times": 1,
            "when": {"FunctionName": "app"},
        },
    )
    assert made["fault"] == 'UpdateFunctionCode (FunctionName="app"): TooManyRequestsException, met 0 of 1 calls'
    status, headers, _ = ask("PUT", CODE, {"DryRun": True})
    assert (status, headers["x-amzn-errortype"], headers["retry-after"]) == (429, "TooManyRequestsException", "1")
    [listed] = own("GET", "faults")["faults"]
    assert (listed["id"], listed["met"], listed["used"]) == (made["id"], 1, True)
    assert own("GET", f"faults/{made['id']}") == listed
    own("DELETE", f"faults/{made['id']}")
    assert own("GET", "faults") == {"faults": []}


def test_a_call_is_held_until_it_is_released_and_others_go_on(server, own, ask, deploy):
    deploy()
    held = own("POST", "faults", {"operation": "GetFunction", "hold": 30})
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(ask, "GET", "/2015-03-31/functions/app")
        server.lambda_.faults[0].wait()
        assert own("GET", "health")["status"] == "running"
        assert not waiting.done()
        own("POST", f"faults/{held['id']}/release")
        assert waiting.result(timeout=30)[0] == 200


def test_any_number_of_held_calls_can_be_let_go(server, own, ask, deploy):
    deploy()
    held = own("POST", "faults", {"operation": "GetFunction", "hold": 30})
    with ThreadPoolExecutor(100) as pool:
        waiting = [pool.submit(ask, "GET", "/2015-03-31/functions/app") for _ in range(100)]
        server.lambda_.faults[0].wait(100)
        own("POST", f"faults/{held['id']}/release")
        assert {answer.result(timeout=30)[0] for answer in waiting} == {200}


@pytest.mark.parametrize("error", ["ConnectionClosedError", "EndpointConnectionError", "ConnectTimeoutError"])
def test_a_connection_breaks_without_an_answer(server, own, ask, deploy, error):
    deploy()
    own("POST", "faults", {"operation": "GetFunction", "error": error, "times": 1})
    with pytest.raises(ConnectionError):
        ask("GET", "/2015-03-31/functions/app")
    assert ask("GET", "/2015-03-31/functions/app")[0] == 200


def test_an_answer_that_does_not_come_in_time_is_kept_back_longer_than_the_client_waits(server, own, deploy):
    from botocore.config import Config
    from botocore.exceptions import ReadTimeoutError

    deploy()
    own("POST", "faults", {"operation": "GetFunction", "error": "ReadTimeoutError", "times": 1})
    client = server.client(config=Config(read_timeout=0.05, retries={"total_max_attempts": 1}))
    with pytest.raises(ReadTimeoutError):
        client.get_function(FunctionName="app")


def test_a_delay_is_one_of_the_emulators_clock(server, own, ask, deploy):
    deploy()
    own("POST", "faults", {"operation": "GetFunction", "delay": 12.5})
    ask("GET", "/2015-03-31/functions/app")
    assert own("GET", "clock") == {"now": "2026-01-01T00:00:12.500000Z", "frozen": True}


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"operation": "Nothing", "error": "x"}, '"Nothing" is not an operation of Lambda; names are AWS\'s, as UpdateFunctionCode is'),
        ({"operation": "get_function", "error": "x"}, '"get_function" is not an operation of Lambda; boto3\'s method is AWS\'s "GetFunction"'),
        ({"operation": "*"}, "a fault has one of error, delay and hold"),
        ({"operation": "*", "delay": 1, "hold": 1}, "a fault has one of error, delay and hold"),
        ({"operation": "*", "delay": 1, "done": True}, "message and done are for an error"),
        ({"operation": "*", "delay": 0}, "seconds is 0.001 to 86400, not 0"),
        ({"operation": "*", "hold": -1}, "timeout is 0 to 86400 seconds, not -1"),
        ({"operation": "*", "error": "ThrottlingException", "times": 0}, "times is a number of calls, 1 or more, not 0"),
        ({"operation": "*", "error": "ThrottlingException", "when": {}}, "when is about the parameters of one operation, not of all"),
        ({"operation": "GetFunction", "delay": 1, "when": {"FunctionName": 1}}, "when: invalid type: integer `1`, expected a string for NamespacedFunctionName at line 1 column 17"),
        ({"operation": "*", "error": "ThrottlingException", "whn": {}}, "unknown field `whn`, expected one of `operation`, `error`, `message`, `done`, `delay`, `hold`, `times`, `when` at line 1 column 56"),
        ("{", "EOF while parsing an object at line 1 column 1"),
    ],
)  # fmt: skip
def test_a_fault_that_cannot_be_is_refused(server, ask, fault, message):
    status, headers, answer = ask("POST", "/_drylambda/faults", fault)
    assert (status, headers["x-amzn-errortype"], answer) == (400, "DrylambdaBadRequest", {"message": message})
    assert server.lambda_.faults == []


def test_the_clock_is_moved_stopped_and_let_run(own):
    assert own("POST", "clock", {"advance": 90}) == {"now": "2026-01-01T00:01:30.000000Z", "frozen": True}
    assert own("POST", "clock", {"freeze": "2027-02-03T04:05:06Z"})["now"] == "2027-02-03T04:05:06.000000Z"
    assert own("POST", "clock", {"resume": True})["frozen"] is False
    assert own("POST", "clock", {"freeze": None})["frozen"] is True


def test_logs_are_those_of_all_functions_or_of_one_group(server, own, deploy):
    server.lambda_.bind("app", lambda event, _context: sys.stdout.write(f"{event}\n"))
    deploy()
    server.lambda_.get_function(FunctionName="app")
    server.client().invoke(FunctionName="app", Payload=b'"said"')
    events = own("GET", "logs/aws/lambda/app")["events"]
    assert [event["message"] for event in events] == server.lambda_.logs("app").messages
    assert (events[1]["message"], events[1]["log_group"], events[1]["region"]) == (
        "said",
        "/aws/lambda/app",
        "us-east-1",
    )
    assert own("GET", "logs")["events"] == events
    assert own("GET", "logs/aws/lambda/other") == {"events": []}


@pytest.mark.parametrize("told", [{"freeze": "yesterday"}, {"stop": True}, {"advance": "1"}, {}, []])
def test_a_clock_that_is_told_nonsense_refuses(ask, own, told):
    status, headers, _ = ask("POST", "/_drylambda/clock", told)
    assert (status, headers["x-amzn-errortype"]) == (400, "DrylambdaBadRequest")
    assert own("GET", "clock") == {"now": "2026-01-01T00:00:00.000000Z", "frozen": True}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/_drylambda/nothing", 404, "DrylambdaNotFound"),
        ("GET", "/_drylambda", 404, "DrylambdaNotFound"),
        ("GET", "/moto-api/data.json", 404, "DrylambdaNotFound"),
        ("GET", "/_drylambda/faults/7", 404, "DrylambdaNotFound"),
        ("POST", "/_drylambda/faults/x/release", 404, "DrylambdaNotFound"),
        ("PUT", "/_drylambda/reset", 405, "DrylambdaMethodNotAllowed"),
        ("POST", "/_drylambda/health", 405, "DrylambdaMethodNotAllowed"),
        ("PATCH", "/_drylambda/journal", 405, "DrylambdaMethodNotAllowed"),
        ("DELETE", "/_drylambda/logs", 405, "DrylambdaMethodNotAllowed"),
        ("DELETE", "/_drylambda/clock", 405, "DrylambdaMethodNotAllowed"),
    ],
)
def test_what_is_not_there_is_said(ask, method, path, status, code):
    answered, headers, answer = ask(method, path)
    assert (answered, headers["x-amzn-errortype"]) == (status, code)
    assert path.rstrip("x")[:8] in answer["message"] or "id" in answer["message"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example.com"},
        {"Origin": "http://page.example.com"},
        {"Origin": "null"},
        {"Origin": "http://localhost:4566"},
        {"Origin": "\xff"},
    ],
)
def test_pages_reach_nothing_beside_the_api(server, ask, deploy, headers):
    deploy()
    status, answered, _ = ask("POST", "/_drylambda/reset", **headers)
    assert (status, answered["x-amzn-errortype"]) == (403, "DrylambdaForbidden")
    assert len(server.lambda_.list_functions()["Functions"]) == 1


@pytest.mark.parametrize(("method", "path"), [("POST", "/2015-03-31/functions"), ("PUT", "/bucket"), ("GET", "/")])
def test_pages_reach_no_service_either(server, ask, method, path):
    status, headers, _ = ask(method, path, Origin="http://page.example.com")
    assert (status, headers["x-amzn-errortype"]) == (403, "DrylambdaForbidden")
    assert (server.lambda_.s3.buckets, list(server.lambda_.journal)) == ({}, [])


def test_no_page_may_read_answers_unless_its_origin_is_allowed(ask):
    _, headers, _ = ask("GET", "/2015-03-31/functions", Origin="http://page.example.com")
    assert not [name for name in headers if name.startswith("access-control")]
    with drylambda.Server(cors=["http://page.example.com"]) as server:
        import urllib.request

        request = urllib.request.Request(
            f"{server.endpoint_url}/2015-03-31/functions", headers={"Origin": "http://page.example.com"}
        )
        with urllib.request.urlopen(request) as response:
            assert response.headers["access-control-allow-origin"] == "http://page.example.com"
        request.method = "OPTIONS"
        with urllib.request.urlopen(request) as response:
            assert (response.status, response.headers["access-control-allow-methods"]) == (204, "*")


def test_names_can_be_allowed():
    import urllib.request

    with drylambda.Server(allowed_hosts=["drylambda"]) as server:
        request = urllib.request.Request(f"{server.endpoint_url}/_drylambda/health", headers={"Host": "drylambda:4566"})
        with urllib.request.urlopen(request) as response:
            assert response.status == 200


def test_a_held_call_does_not_outlive_its_server(deploy, package):
    server = drylambda.Server()
    server.lambda_.hold("ListFunctions", times=1)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(server.client().list_functions()["Functions"]))
    thread.start()
    server.lambda_.faults[0].wait()
    server.stop()
    thread.join(timeout=30)
    assert answers == [[]]


def test_the_state_is_taken_from_one_server_to_another(server, own, deploy, package):
    deploy()
    server.lambda_.s3.put("bucket", "key", package)
    state = own("GET", "state")
    with drylambda.Server() as other:
        import json
        import urllib.request

        request = urllib.request.Request(
            f"{other.endpoint_url}/_drylambda/state", json.dumps(state).encode(), method="PUT"
        )
        with urllib.request.urlopen(request) as response:
            assert json.load(response) == {"status": "ok"}
        assert bytes(other.lambda_.package("app")) == package
        assert other.lambda_.s3.get("bucket", "key") == package


@pytest.mark.parametrize("state", ["{", {}, {"drylambda": {"state": 99}}])
def test_a_state_that_is_none_is_refused(server, ask, deploy, state):
    deploy()
    status, headers, answer = ask("PUT", "/_drylambda/state", state)
    assert (status, headers["x-amzn-errortype"]) == (400, "DrylambdaBadRequest"), answer
    assert len(server.lambda_.list_functions()["Functions"]) == 1
