"""Handlers that run in the test's own process: what is around them, and what is left of it afterwards."""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import pytest
from sources import ECHO, process, returning

from drylambda import runners

VANDAL = """
import logging, os, sys
os.environ["ADDED"] = "1"
def handler(event, context):
    os.environ.pop("HOME", None)
    os.environ["GIVEN"] = "changed"
    os.environ["LEFT"] = "behind"
    os.chdir("/")
    sys.path.append("/nowhere")
    sys.meta_path.append(type("Finder", (), {"find_spec": staticmethod(lambda *_: None)}))
    logging.basicConfig(force=True, level=logging.DEBUG)
    sys.stdout = sys.stderr = None
    sys.modules["app.invented"] = sys
"""


def test_the_process_is_afterwards_as_it_was(deployed, monkeypatch):
    monkeypatch.setenv("HOME", "/home/test")
    function = deployed({"app.py": VANDAL}, Environment={"GIVEN": "own"})
    before = process()
    function()
    assert process() == before
    with mock.patch("os.environ", {"HOME": "/", "ONLY": "1"}):
        function()
        assert os.environ == {"HOME": "/", "ONLY": "1"}


KEEPING = """
import os
os.environ["TOKEN"] = "t"
os.environ["SEEN"] = ""
call = None
def handler(event, context):
    if event:
        os.environ["SEEN"] += event[0]
        os.environ.pop("HOME", None)
        os.chdir("below")
        if event[1:]:
            call(event[1:])
    return [os.environ.get(name) for name in ("TOKEN", "SEEN", "HOME", "GIVEN")] + [os.path.basename(os.getcwd())]
"""


def test_variables_and_the_working_directory_stay_from_call_to_call(deployed, monkeypatch):
    monkeypatch.setenv("HOME", "/home/test")
    files = {"app.py": KEEPING, "below/below/a.txt": ""}
    function = deployed(files, Environment={"GIVEN": "own"})
    function.publish()
    before = process()
    assert function("a") == ["t", "a", None, "own", "below"]
    assert process() == before
    # The test's own come from the test still.
    monkeypatch.setenv("HOME", "/home/other")
    assert function() == ["t", "a", None, "own", "below"]
    # Other versions, other functions, new code have nothing of it.
    for other in (lambda: function(Qualifier="1"), deployed(files, name="other", Environment={"GIVEN": "own"})):
        assert other()[:4] == ["t", "", "/home/other", "own"]
    function.update({**files, "more.py": ""})
    assert function()[:4] == ["t", "", "/home/other", "own"]


def test_variables_are_the_same_ones_for_a_call_within_a_call(deployed):
    function = deployed({"app.py": KEEPING, "below/below/below/a.txt": ""})
    function.module().call = function
    assert function("abc")[1] == "abc"
    assert function()[1] == "abc"


def test_the_trace_is_that_of_each_call(deployed):
    function = deployed(
        {
            "app.py": "import os\ndef handler(event, context):\n    trace = os.environ['_X_AMZN_TRACE_ID']\n    os.environ['_X_AMZN_TRACE_ID'] = 'own'\n    return trace"
        }
    )
    one, other = function(), function()
    assert one.startswith("Root=1-")
    assert other.startswith("Root=1-")


def test_standard_input_is_empty_and_the_tests_own_stays_open(deployed, monkeypatch):
    own = io.StringIO("typed")
    monkeypatch.setattr(sys, "stdin", own)
    function = deployed(
        {
            "app.py": "import sys\ndef handler(event, context):\n    if event: exit(event)\n    return [sys.stdin.readline(), sys.stdin.read()]"
        }
    )
    assert function() == ["", ""]
    assert function.error(3)["errorType"] == "Runtime.ExitError"
    assert own.read() == "typed"


@pytest.mark.parametrize("raised", ["KeyboardInterrupt", "pytest.fail.Exception"])
def test_what_ends_a_test_ends_it_in_a_handler_too(deployed, raised):
    function = deployed({"app.py": f"import pytest\ndef handler(event, context):\n    raise {raised}('stop')"})
    before = process()
    kind = {"KeyboardInterrupt": KeyboardInterrupt}.get(raised, pytest.fail.Exception)
    with pytest.raises(kind, match="stop"):
        function()
    assert process() == before


def test_variables_are_the_functions_own_and_lambdas(deployed, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    function = deployed(
        {"app.py": returning("dict(os.environ)", "import os")}, Runtime="python3.13", Environment={"TABLE": "things"}
    )
    found = function()
    assert found.pop("LAMBDA_TASK_ROOT") != "/var/task"
    assert found.pop("_X_AMZN_TRACE_ID").startswith("Root=1-")
    expected = {
        "_HANDLER": "app.handler", "AWS_ACCESS_KEY_ID": "testing", "AWS_DEFAULT_REGION": "us-east-1", "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "AWS_LAMBDA_FUNCTION_NAME": "fn", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/fn", "AWS_REGION": "us-east-1", "TABLE": "things",
    }  # fmt: skip
    assert {name: found.get(name) for name in expected} == expected


LOUD = """
import logging, sys
logging.getLogger().setLevel(logging.INFO)
kept = logging.StreamHandler(sys.stdout)
def handler(event, context):
    print("printed")
    sys.stderr.write("written\\n")
    context.log("told\\n")
    logging.getLogger("app").info("noted %s", 1)
    kept.emit(logging.makeLogRecord({"msg": "kept"}))
"""


def test_output_and_records_go_to_the_log(deployed, capsys, caplog):
    function = deployed({"app.py": LOUD})
    for _ in range(2):
        function()
        lines = function.log.splitlines()
        assert [line.split("\t")[-1] for line in lines] == ["printed", "written", "told", "noted 1", "kept"]
        level, moment, request_id, _ = lines[3].split("\t")
        assert (level, request_id) == ("[INFO]", function.request_id)
        assert len(moment) == len("2026-01-01T00:00:00.000Z")
    assert capsys.readouterr() == ("", "")
    assert [record.message for record in caplog.records] == ["noted 1"] * 2
    assert logging.getLogger().level != logging.INFO


def test_records_are_json_where_the_function_wants_it(deployed):
    code = "import logging\ndef handler(event, context):\n    logging.info('seen %s', 1, extra={'n': 2})\n    logging.debug('unseen')\n    raise ValueError('no')"
    function = deployed({"app.py": code}, LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "INFO"})
    function.emulator.invoke(FunctionName="fn")
    records = [json.loads(line) for line in function.emulator.logs("fn").messages if '"level"' in line]
    for record in records:
        assert len(record.pop("timestamp")) == len("2026-01-01T00:00:00Z")
    request_id = records[0]["requestId"]
    trace = ["  File \"/var/task/app.py\", line 5, in handler\n    raise ValueError('no')\n"]
    assert records == [
        {"level": "INFO", "message": "seen 1", "logger": "root", "requestId": request_id, "n": 2},
        {
            "level": "ERROR",
            "errorMessage": "no",
            "errorType": "ValueError",
            "requestId": request_id,
            "stackTrace": trace,
        },
    ]


CONTEXT = """
NAMES = ("aws_request_id", "function_name", "function_version", "invoked_function_arn", "memory_limit_in_mb", "log_group_name", "tenant_id")
def handler(event, context):
    client = context.client_context
    assert 2900 < context.get_remaining_time_in_millis() <= 3000
    assert (context.identity.cognito_identity_id, context.identity.cognito_identity_pool_id) == (None, None)
    assert context.w3c() == {"traceparent": "00"}
    return [*(getattr(context, name) for name in NAMES), client.custom, client.env, client.client.app_title, client.client.installation_id]
"""


def test_the_context_is_aws_own(deployed):
    function = deployed({"app.py": CONTEXT})
    context = {
        "custom": {"a": 1},
        "env": None,
        "client": {"app_title": "t"},
        "w3c": {"traceparent": "00", "tracestate": 1},
    }
    found = function(ClientContext=base64.b64encode(json.dumps(context).encode()).decode())
    arn = "arn:aws:lambda:us-east-1:123456789012:function:fn"
    assert found == [
        function.request_id,
        "fn",
        "$LATEST",
        arn,
        "128",
        "/aws/lambda/fn",
        None,
        {"a": 1},
        None,
        "t",
        None,
    ]


def test_debuggers_and_tracers_reach_the_handler(deployed, monkeypatch):
    function = deployed(
        {"app.py": "def handler(event, context):\n    breakpoint()\n    print('after')\n    return event"}
    )
    seen = []

    def trace(frame, what, argument):
        if frame.f_code.co_name == "handler":
            seen.append(frame.f_globals["__name__"])

    before = sys.gettrace()
    monkeypatch.setattr(sys, "breakpointhook", lambda: seen.append("hook"))
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
    assert seen == ["app", "hook"]
    # Without a debugger of somebody else's, Python's talks to whoever sits there, not to the log.
    terminal = io.StringIO()
    monkeypatch.setattr(sys, "breakpointhook", sys.__breakpointhook__)
    monkeypatch.setattr(sys, "stdin", io.StringIO("p 'event', event\nc\n"))
    monkeypatch.setattr(sys, "stdout", terminal)
    assert function(7) == 7
    assert "('event', 7)" in terminal.getvalue()
    assert function.log == "after\n"


def test_calls_of_many_threads_do_not_mix(deployed):
    functions = [
        deployed(
            {"app.py": returning("[os.environ['NAME'], event]", "import os")},
            name=f"fn{number}",
            Environment={"NAME": str(number)},
        )
        for number in range(4)
    ]
    wrong = []

    def call(number):
        for count in range(20):
            function = functions[(number + count) % 4]
            if function(count) != [function.name[-1], count]:
                wrong.append(number)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


STARTING = """
import logging, queue, threading
asked, done = queue.SimpleQueue(), queue.SimpleQueue()
def run():
    for text in iter(asked.get, None):
        print(text)
        done.put(text)
thread = threading.Thread(target=run, daemon=True)
def handler(event, context):
    if event:
        thread.start()
        asked.put(event)
        done.get()
"""


def test_threads_write_to_the_log_of_the_function_that_has_started_them(deployed, capsys):
    starting, other = deployed({"app.py": STARTING}, name="starting"), deployed({"app.py": CALLING}, name="other")
    starting("first")
    assert starting.log == "first\n"
    module = starting.module()

    def call():
        module.asked.put("second")
        module.done.get()

    other.module().call = call
    other()
    assert other.log == "before\nafter\n"
    starting()
    assert starting.log == "second\n"
    module.asked.put(None)
    module.thread.join()
    assert capsys.readouterr().out == ""


CALLING = """
call = None
def handler(event, context):
    print("before")
    call()
    print("after")
"""


def test_threads_of_the_test_write_where_they_did_before(deployed, capsys, caplog):
    begin, end = threading.Event(), threading.Event()

    def write():
        begin.wait()
        print("printed")  # noqa: T201 - it is what is tested
        logging.getLogger("test").warning("noted")
        end.set()

    thread = threading.Thread(target=write)
    thread.start()
    function = deployed({"app.py": CALLING})
    function.module().call = lambda: begin.set() or end.wait()
    function()
    thread.join()
    assert function.log == "before\nafter\n"
    assert capsys.readouterr().out == "printed\n"
    assert [record.message for record in caplog.records] == ["noted"]


def test_a_function_that_wants_another_python_says_so_once(deployed):
    function = deployed({"app.py": ECHO}, Runtime="python3.9")
    function.module()
    function()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert function.log.startswith(f"drylambda: the function wants python3.9 and runs with Python {version}, as the")
    function()
    assert function.log == ""


NESTED = """
import os, sys
import helper
call = None
def handler(event, context):
    print("in", event)
    below = call(event - 1) if event else None
    print("out", event)
    import helper as again
    return [helper.NAME, again is helper, os.environ.get("ONLY_OUTER"), os.path.basename(os.getcwd()) != "", below]
"""


def test_a_handler_may_call_functions_itself_too(deployed):
    outer = deployed({"app.py": NESTED, "helper.py": "NAME = 'outer'"}, name="outer", Environment={"ONLY_OUTER": "1"})
    inner = deployed({"app.py": NESTED, "helper.py": "NAME = 'inner'"}, name="inner")
    outer.module().call, inner.module().call = inner, outer
    before = process()
    innermost = ["outer", True, "1", True, None]
    assert outer(2) == ["outer", True, "1", True, ["inner", True, None, True, innermost]]
    assert outer.log == "in 2\nout 2\n"
    assert process() == before


def test_a_handler_that_waits_for_another_thread_is_told(deployed, monkeypatch):
    monkeypatch.setattr(runners.surroundings, "PATIENCE_SECONDS", 0.01)
    other = deployed({"app.py": ECHO}, name="other")
    function = deployed(
        {
            "app.py": "from concurrent.futures import ThreadPoolExecutor\ncall = None\ndef handler(event, context):\n    return ThreadPoolExecutor().submit(call).result()"
        }
    )
    function.module().call = other
    error = function.error()
    assert error["errorType"] == "RunnerError"
    assert error["errorMessage"].startswith(
        "other has waited 0.01 seconds for fn to end: handlers in this process run one"
    )


def test_handlers_that_wait_in_a_row_all_come_to_their_turn(deployed, monkeypatch):
    # Together they take longer than anybody waits for one.
    monkeypatch.setattr(runners.surroundings, "PATIENCE_SECONDS", 0.2)
    code = "import select\ndef handler(event, context):\n    select.select([], [], [], 0.04)\n    return event"
    function = deployed({"app.py": code})
    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(function, range(12))) == list(range(12))
