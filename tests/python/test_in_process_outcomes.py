"""Handlers that run in the test's own process: what their answers, errors and ends become."""

from __future__ import annotations

import pytest
from sources import ECHO, returning

from drylambda import runners

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
    assert f"[ERROR] {kind}: {error['errorMessage']}\nTraceback (most recent call last):" in function.log


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
        ("2**70", "with error: exit status 255"),
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


ODD = "class Odd{0}:\n    @property\n    def code(self): raise RuntimeError\n    def __str__(self): raise RuntimeError\n    __repr__ = __str__\n"
EXITS = {
    "an exception without a text": ODD.format("(Exception)") + "def handler(event, context):\n    raise Odd",
    "an exception with an argument without a text": ODD.format("")
    + "def handler(event, context):\n    raise KeyError(Odd())",
    "such an exception at import": ODD.format("(Exception)") + "raise Odd",
    "a class whose name is none": "class Meta(type):\n    __name__ = 5\nclass Odd(Exception, metaclass=Meta): ...\ndef handler(event, context):\n    raise Odd",
    "what pretends to be bytes": returning("Odd()", "class Odd:\n    __class__ = bytes"),
    "a handler of records that fails at import": "import logging\nclass Odd(logging.Handler):\n    def emit(self, record): raise RuntimeError\nlogging.getLogger().addHandler(Odd())\n1 / 0",
    "an exit for a reason without a text": ODD.format("") + "def handler(event, context):\n    raise SystemExit(Odd())",
    "an exit without a status": ODD.format("(SystemExit)") + "def handler(event, context):\n    raise Odd",
    "what is no Exception": "class Odd(BaseException): ...\ndef handler(event, context):\n    raise Odd",
    "a task that was cancelled": "import asyncio\ndef handler(event, context):\n    raise asyncio.CancelledError",
}


@pytest.mark.parametrize("name", EXITS)
def test_what_ends_lambdas_runtime_ends_the_environment(deployed, name):
    function = deployed({"app.py": EXITS[name]})
    assert function.error() == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {function.request_id} Error: Runtime exited with error: exit status 1",
    }


POINT = """
from collections import namedtuple
from decimal import Decimal

Point = namedtuple("Point", "x y")
loop = []
loop.append(loop)

class Own:
    @classmethod
    def of(cls, kind): return type("Own", (cls, kind), {})
    def __iter__(self): return iter([7])
    def items(self): return iter([("k", 7)])
    def values(self): return [self]
"""


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
    ("python3.13", "Own.of(list)([1])", "[7]"),
    ("python3.13", "Own.of(dict)(a=1)", '{"k": 7}'),
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
