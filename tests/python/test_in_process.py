"""Handlers that run in the test's own process: their modules, what is around them, what they see of the test."""

from __future__ import annotations

import base64
import builtins
import gc
import io
import json
import logging
import os
import subprocess
import sys
import sysconfig
import threading
import weakref
from pathlib import Path
from unittest import mock

import pytest

from drylambda import runners

ECHO = "def handler(event, context): return event"


def returning(expression, before=""):
    """The text of a module whose handler returns an expression."""
    return f"{before}\ndef handler(event, context):\n    return {expression}\n"


CASES = {
    "a package with relative imports": (
        {
            "pkg/__init__.py": "",
            "pkg/sub/__init__.py": "",
            "pkg/one.py": "VALUE = 1",
            "pkg/sub/app.py": "from ..one import VALUE\n" + returning("VALUE"),
        },
        "pkg/sub/app.handler",
        1,
    ),
    "a handler in a directory that is no package": (
        {"src/app.py": returning("__name__")},
        "src.app.handler",
        "src.app",
    ),
    "a module that is imported in the call": (
        {"app.py": "def handler(event, context):\n    import late\n    return late.VALUE", "late.py": "VALUE = 2"},
        "app.handler",
        2,
    ),
    "importlib": (
        {"app.py": returning("importlib.import_module('late').VALUE", "import importlib"), "late.py": "VALUE = 3"},
        "app.handler",
        3,
    ),
    "a thread that imports": (
        {
            "app.py": returning(
                "ThreadPoolExecutor().submit(late).result()",
                "from concurrent.futures import ThreadPoolExecutor\ndef late():\n    import late\n    return late.VALUE",
            ),
            "late.py": "VALUE = 4",
        },
        "app.handler",
        4,
    ),
    "pickle and dataclasses": (
        {
            "app.py": returning(
                "pickle.loads(pickle.dumps(Point(5))).x",
                "from __future__ import annotations\nimport pickle\nfrom dataclasses import dataclass\n@dataclass\nclass Point:\n    x: int",
            )
        },
        "app.handler",
        5,
    ),
    "hints of types": (
        {
            "app.py": returning(
                "typing.get_type_hints(One)['other'].__name__",
                "import typing\nclass One:\n    other: 'Two'\nclass Two: ...",
            )
        },
        "app.handler",
        "Two",
    ),
    "itself in sys.modules": (
        {"app.py": returning("sys.modules[__name__].VALUE", "import sys\nVALUE = 7")},
        "app.handler",
        7,
    ),
    "a module that puts something in its place": (
        {
            "app.py": returning("settings.VALUE", "import settings"),
            "settings.py": "import sys, types\nsys.modules[__name__] = types.SimpleNamespace(VALUE=8)",
        },
        "app.handler",
        8,
    ),
    "files beside the handler and in the working directory": (
        {
            "app.py": returning(
                "[pathlib.Path(__file__).with_name('a.txt').read_text(), pathlib.Path('a.txt').read_text()]",
                "import pathlib",
            ),
            "a.txt": "9",
        },
        "app.handler",
        ["9", "9"],
    ),
    "a directory that the function adds": (
        {
            "app.py": returning(
                "dep.VALUE",
                "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'vendor'))\nimport dep",
            ),
            "vendor/dep.py": "VALUE = 10",
        },
        "app.handler",
        10,
    ),
    "a name of the standard library": (
        {"app.py": returning("sched.VALUE", "import sched"), "sched.py": "VALUE = 11"},
        "app.handler",
        11,
    ),
    "data in a directory of a module's name": (
        {"app.py": returning("colorsys.rgb_to_hsv(0, 0, 0)[0]", "import colorsys"), "colorsys/a.txt": ""},
        "app.handler",
        0.0,
    ),
    "what Lambda's runtime has already": (
        {"app.py": returning("json.dumps(12)", "import json"), "json.py": "1 / 0"},
        "app.handler",
        "12",
    ),
    "no bytecode beside the code": (
        {"app.py": returning("sorted(os.listdir())", "import os")},
        "app.handler",
        ["app.py"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_modules_of_a_package_are_what_they_are_on_aws(deployed, name):
    files, handler, expected = CASES[name]
    function = deployed(files, Handler=handler)
    assert [function(), function()] == [expected, expected]


def test_functions_and_versions_have_modules_of_their_own(deployed):
    one, other = (
        deployed({"app.py": returning("helper.NAME", "import helper"), "helper.py": f"NAME = {name!r}"}, name=name)
        for name in ("one", "other")
    )
    assert (one(), other(), one()) == ("one", "other", "one")
    one.publish()
    one.update({"app.py": returning("'new'")})
    assert (one(), one(Qualifier="1"), one(), other()) == ("new", "one", "new", "other")
    assert not {"app", "helper"} & sys.modules.keys()


def test_globals_stay_warm_until_an_update_and_are_gone_after_it(deployed):
    counting = returning("calls.append(0) or len(calls)", "calls = []")
    function = deployed({"app.py": counting})
    assert [function(), function(), function()] == [1, 2, 3]
    module = weakref.ref(function.module())
    function.update({"app.py": counting + "\n"})
    assert function() == 1
    gc.collect()
    assert module() is None


def test_layers_are_found_where_lambda_looks(deployed):
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    layer = {
        "python/one.py": "VALUE = 1",
        "python/both.py": "VALUE = 'layer'",
        f"python/lib/python{version}/site-packages/two.py": "VALUE = 2",
    }
    files = {
        "app.py": returning("[one.VALUE, two.VALUE, both.VALUE]", "import one, two, both"),
        "both.py": "VALUE = 'package'",
    }
    assert deployed(files, layer=layer)() == [1, 2, "package"]


def test_patches_of_the_test_reach_the_handler(deployed):
    function = deployed({"app.py": returning("[str(uuid.uuid4()), open('x'), table]", "import uuid\ntable = 'real'")})
    with (
        mock.patch("uuid.uuid4", return_value=1),
        mock.patch.object(builtins, "open", return_value=2),
        mock.patch.object(function.module(), "table", 3),
    ):
        assert function() == ["1", 2, 3]
    with mock.patch.object(builtins, "open", return_value=2):
        assert function()[1:] == [2, "real"]


def test_motos_mock_reaches_the_handler(deployed):
    moto = pytest.importorskip("moto", reason="it is moto's mock")
    pytest.importorskip("moto.core", reason="a folder of tests has that name, too")
    import boto3

    # A copy of the SDK in the package would pass moto by.
    files = {
        "app.py": returning("[it['Name'] for it in boto3.client('s3').list_buckets()['Buckets']]", "import boto3"),
        "boto3/__init__.py": "1 / 0",
    }
    function = deployed(files)
    with moto.mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="theirs")
        assert function() == ["theirs"]


def test_a_module_of_the_process_never_sees_those_of_a_package(deployed, tmp_path, monkeypatch):
    (tmp_path / "helper.py").write_text("NAME = 'test'")
    (tmp_path / "shared.py").write_text("import helper\nNAME = helper.NAME")
    monkeypatch.syspath_prepend(tmp_path)
    function = deployed(
        {"app.py": returning("[helper.NAME, shared.NAME]", "import helper, shared"), "helper.py": "NAME = 'package'"}
    )
    try:
        assert [function(), function()] == [["package", "test"]] * 2
        import helper
        import shared

        assert (helper.NAME, shared.helper) == ("test", helper)
        # It is there now before the handler is called, too.
        assert function() == ["package", "test"]
        assert sys.modules["helper"] is helper
    finally:
        for name in ("helper", "shared"):
            sys.modules.pop(name, None)


VANDAL = """
import logging, os, sys
os.environ["ADDED"] = "1"
def handler(event, context):
    del os.environ["HOME"]
    os.environ["GIVEN"] = "changed"
    os.environ["LEFT"] = "behind"
    os.chdir("/")
    sys.path.append("/nowhere")
    sys.meta_path.append(type("Finder", (), {"find_spec": staticmethod(lambda *_: None)}))
    logging.basicConfig(force=True, level=logging.DEBUG)
    sys.stdout = sys.stderr = None
    sys.modules["app.invented"] = sys
"""


def process():
    root = logging.getLogger()
    return (
        dict(os.environ), sorted(subprocess.check_output(["/usr/bin/env"]).splitlines()), str(Path.cwd()), list(sys.path), sys.path,
        list(sys.meta_path), root.handlers, list(root.handlers), root.level, sys.stdout, sys.stderr, sys.breakpointhook,
        {name for name in sys.modules if name.startswith("app")},
    )  # fmt: skip


def test_the_process_is_afterwards_as_it_was(deployed, monkeypatch):
    monkeypatch.setenv("HOME", "/home/test")
    function = deployed({"app.py": VANDAL}, Environment={"GIVEN": "own"})
    before = process()
    function()
    assert process() == before
    with mock.patch("os.environ", {"HOME": "/", "ONLY": "1"}):
        function()
        assert os.environ == {"HOME": "/", "ONLY": "1"}


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
    function = deployed({"app.py": returning("dict(os.environ)", "import os")}, Environment={"TABLE": "things"})
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


IMPORT = "Unable to import module"
ERRORS = [
    (
        {"app.py": "import nothing"},
        "app.handler",
        "Runtime.ImportModuleError",
        f"{IMPORT} 'app': No module named 'nothing'",
    ),
    ({"app.py": ""}, "other.handler", "Runtime.ImportModuleError", f"{IMPORT} 'other': No module named 'other'"),
    # What only the test has is not in the package.
    ({"app.py": ""}, "pytest.main", "Runtime.ImportModuleError", f"{IMPORT} 'pytest': No module named 'pytest'"),
    ({"app.py": ""}, "app.handler", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
    (
        {"app.py": ""},
        "handler",
        "Runtime.MalformedHandlerName",
        "Bad handler 'handler': not enough values to unpack (expected 2, got 1)",
    ),
    ({"app.py": ""}, "sys.exit", "Runtime.BuiltInModuleConflict", "Cannot use built-in module sys as a handler module"),
    ({"app.py": "def"}, "app.handler", "Runtime.UserCodeSyntaxError", None),
    ({"app.py": "{}['x']"}, "app.handler", "KeyError", "'x'"),
    (
        {"app.py": returning("{1}")},
        "app.handler",
        "Runtime.MarshalError",
        "Unable to marshal response: Object of type set is not JSON serializable",
    ),
    (
        {"app.py": "async " + ECHO},
        "app.handler",
        "Runtime.MarshalError",
        "Unable to marshal response: Object of type coroutine is not JSON serializable",
    ),
    (
        {"app.py": "def handler(event): ..."},
        "app.handler",
        "TypeError",
        "handler() takes 1 positional argument but 2 were given",
    ),
]


@pytest.mark.parametrize(("files", "handler", "kind", "message"), ERRORS)
def test_errors_have_the_texts_of_lambdas_runtime(deployed, files, handler, kind, message):
    function = deployed(files, Handler=handler)
    error = function.error()
    assert list(error) == ["errorMessage", "errorType", "requestId", "stackTrace"]
    assert error["errorType"] == kind
    assert message is None or error["errorMessage"] == message
    assert f"[ERROR] {kind}: {error['errorMessage']}\rTraceback (most recent call last):" in function.log


def test_a_stack_trace_is_the_functions_alone(deployed):
    files = {
        "app.py": "from lib import fail\ndef handler(event, context):\n    fail()",
        "lib.py": "def fail():\n    raise ValueError('no')",
    }
    function = deployed(files)
    error = function.error()
    trace = [
        '  File "/var/task/app.py", line 3, in handler\n    fail()\n',
        "  File \"/var/task/lib.py\", line 2, in fail\n    raise ValueError('no')\n",
    ]
    assert error == {
        "errorMessage": "no",
        "errorType": "ValueError",
        "requestId": function.request_id,
        "stackTrace": trace,
    }
    syntax = deployed({"app.py": "x =\n"}, name="syntax").error()
    assert syntax["errorMessage"] == "Syntax error in module 'app': invalid syntax (app.py, line 1)"
    assert syntax["stackTrace"] == ['  File "/var/task/app.py" Line 1\n    x =\n']


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("3", "with error: exit status 3"),
        ("'why'", "with error: exit status 1"),
        ("300", "with error: exit status 44"),
        ("", "without providing a reason"),
    ],
)
def test_a_handler_that_exits_ends_its_environment(deployed, status, reason):
    function = deployed(
        {
            "app.py": f"import sys\ncalls = []\ndef handler(event, context):\n    calls.append(1)\n    if event: sys.exit({status})\n    return len(calls)"
        }
    )
    assert function(0) == 1
    error = function.error(1)
    assert error == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {function.request_id} Error: Runtime exited {reason}",
    }
    assert function(0) == 1


POINT = "from collections import namedtuple\nfrom decimal import Decimal\nPoint = namedtuple('Point', 'x y')\nloop = []\nloop.append(loop)"
JSON = [
    ("python3.13", "None", "null"),
    ("python3.13", "b'\\xff raw'", None),
    ("python3.13", "{'a': [1, 2.5, True, 'é\\u2028']}", '{"a": [1, 2.5, true, "é\\u2028"]}'),
    ("python3.11", "{'a': 'é\\u2028'}", '{"a": "\\u00e9\\u2028"}'),
    ("python3.13", "[Decimal('1.10'), Decimal('NaN'), float('inf')]", "[1.10, NaN, Infinity]"),
    (
        "python3.13",
        "{1: Point(1, b'x'), b'k': (None,), None: 2.0}",
        '{"1": {"x": 1, "y": "x"}, "k": [null], "null": 2.0}',
    ),
    ("python3.13", "loop", "Unable to marshal response: Circular reference detected"),
    ("python3.13", "{(1,): 2}", "Unable to marshal response: keys must be str, int, float, bool or None, not tuple"),
]


@pytest.mark.parametrize(("runtime", "value", "text"), JSON)
def test_answers_are_the_json_of_lambdas_runtime(deployed, runtime, value, text):
    function = deployed({"app.py": returning(value, POINT)}, Runtime=runtime)
    if text is None:
        assert function.payload() == b"\xff raw"
    elif text.startswith("Unable"):
        assert function.error()["errorMessage"] == text
    else:
        assert function.payload().decode() == text


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


def test_time_runs_out_only_where_it_is_asked_for(deployed, monkeypatch):
    files = {"app.py": returning("clock.append(3.5) or event", "clock = None")}
    for name, runner in {"patient": runners.InProcess(), "strict": runners.InProcess(timeouts=True)}.items():
        function = deployed(files, name=name, runner=runner)
        clock = function.module().clock = [0.0]
        monkeypatch.setattr(runners.in_process, "monotonic", lambda clock=clock: clock[-1])
        if runner._timeouts:
            told = {
                "errorType": "Sandbox.Timedout",
                "errorMessage": "RequestId: {} Error: Task timed out after 3.00 seconds",
            }
            error = function.error(1)
            assert error == {**told, "errorMessage": told["errorMessage"].format(function.request_id)}
        else:
            assert function(1) == 1


def test_what_is_no_function_in_python_is_refused(deployed):
    function = deployed({"app.py": ECHO}, Runtime="nodejs22.x")
    with pytest.raises(
        runners.RunnerError, match=r"fn has runtime nodejs22\.x: only handlers in Python run in this process"
    ):
        function()


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


def extension():
    """Any module in C of the standard library, as the name and the bytes of a file."""
    places = Path(sysconfig.get_config_var("DESTSHARED") or "").glob("_queue.*")
    return next(((place.name, place.read_bytes()) for place in places), None)


@pytest.mark.skipif(extension() is None, reason="this Python has its modules in C built in")
def test_packages_with_c_extensions_are_loaded_once(deployed, tmp_path, monkeypatch):
    name, contents = extension()
    code = {"app.py": returning("[fast.NAME, fast._queue.Empty.__name__]", "import fast, fast._queue")}
    one, other = ({**code, "fast/__init__.py": f"NAME = {who!r}", f"fast/{name}": contents} for who in ("one", "other"))
    # The first that is loaded stays, for those who have none of their own.
    assert deployed(one, name="one")() == ["one", "Empty"]
    assert deployed(other, name="other")() == ["one", "Empty"]
    assert "fast" not in sys.modules
    # What the tests have is theirs.
    (tmp_path / "swift").mkdir()
    (tmp_path / "swift/__init__.py").write_text("NAME = 'test'")
    monkeypatch.syspath_prepend(tmp_path)
    third = {"app.py": returning("swift.NAME", "import swift"), "swift/__init__.py": "NAME = 'package'"}
    assert deployed(third, name="third")() == "package"
    assert deployed({**third, f"swift/{name}": contents}, name="fourth")() == "test"
    sys.modules.pop("swift", None)
