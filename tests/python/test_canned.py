"""Callables and canned answers in the place of what was deployed, and what may be a runner at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from unittest import mock

import pytest

import drylambda
from drylambda import runners

FILES = {"app.py": "def handler(event, context): return 'deployed'"}


def test_a_callable_is_called_as_a_handler_amid_the_functions_variables(deployed):
    seen = []

    def handler(event, context):
        print("printed")  # noqa: T201 - it goes to the log
        seen.append((event, context.aws_request_id, os.environ["TABLE"], os.environ["AWS_LAMBDA_FUNCTION_NAME"]))
        return {"n": event["n"] + 1}

    function = deployed(FILES, runner=handler, Environment={"TABLE": "things"})
    assert function({"n": 1}) == {"n": 2}
    assert seen == [({"n": 1}, function.request_id, "things", "fn")]
    assert function.log == "printed\n"
    assert "TABLE" not in os.environ
    # The code may change; the callable stays, with new variables.
    function.update({"app.py": "pass"})
    function.emulator.update_function_configuration(FunctionName="fn", Environment={"Variables": {"TABLE": "others"}})
    function({"n": 1})
    assert seen[-1][2] == "others"
    function.emulator.bind("fn", None)
    function.update(FILES)
    assert function() == "deployed"


def one(event):
    return event


def raises(event, context):
    raise LookupError(event)


def leaves(event, context):
    sys.exit(2)


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        (one, {"errorType": "TypeError", "errorMessage": "one() takes 1 positional argument but 2 were given"}),
        (raises, {"errorType": "LookupError", "errorMessage": "why"}),
        (mock.Mock(side_effect=ValueError("mocked")), {"errorType": "ValueError", "errorMessage": "mocked"}),
        (lambda _event, _context: {1}, {"errorType": "Runtime.MarshalError"}),
        (leaves, {"errorType": "Runtime.ExitError"}),
    ],
)
def test_a_callable_fails_as_a_handler_does(deployed, handler, error):
    found = deployed(FILES, runner=handler).error("why")
    assert {name: found[name] for name in error} == error


def test_a_callable_in_a_handlers_call_sees_the_modules_of_the_test(deployed):
    bound = deployed(FILES, name="bound", runner=lambda _event, _context: "app" in sys.modules)
    calling = "call = None\ndef handler(event, context):\n    import sys\n    return ['app' in sys.modules, call(), 'app' in sys.modules]"
    function = deployed({"app.py": calling})
    function.module().call = bound
    assert function() == [True, False, True]


def test_answers_are_given_in_turn_and_then_no_more(deployed):
    answers = [{"n": 1}, None, b"\xff raw", KeyError("gone")]
    function = deployed(FILES, runner=answers)
    answers[0]["n"] = 2
    assert [function(), function(), function.payload()] == [{"n": 1}, None, b"\xff raw"]
    told = {"errorMessage": "'gone'", "errorType": "KeyError", "stackTrace": []}
    error = function.error()
    assert error == {**told, "requestId": function.request_id}
    with pytest.raises(runners.RunnerError, match=r'fn was given 4 answers, and is called a 5th time, with \{"n": 5\}'):
        function({"n": 5})


def test_a_list_without_answers_is_for_what_must_not_be_called(deployed):
    function = deployed(FILES, runner=[])
    with pytest.raises(runners.RunnerError, match="fn was given 0 answers, and is called a 1st time, with null"):
        function()


def test_each_function_of_an_emulator_is_given_all_answers(deployed):
    emulator = drylambda.Lambda(settle="instant", runner=[1, 2])
    one, other = (deployed(FILES, name=name, emulator=emulator) for name in ("one", "other"))
    assert [one(), other(), other(), one()] == [1, 1, 2, 2]
    with pytest.raises(runners.RunnerError, match="one was given 2 answers, and is called a 3rd time"):
        one()


def test_a_fork_goes_on_with_what_is_left_and_takes_nothing_from_the_other(deployed):
    function = deployed(FILES, runner=(1, 2))
    counting = "calls = []\ndef handler(event, context):\n    calls.append(1)\n    return len(calls)"
    counter = deployed({"app.py": counting}, name="counter")
    assert (function(), counter()) == (1, 1)
    fork = function.emulator.fork()

    def call(name):
        return json.loads(fork.invoke(FunctionName=name)["Payload"].read())

    assert (call("fn"), function()) == (2, 2)
    assert (call("counter"), call("counter"), counter()) == (1, 2, 2)


@pytest.mark.parametrize(
    ("runner", "text"),
    [
        ("docker", "'docker' runs no function: a runner is 'process', 'in_process', 'container', a"),
        ({"n": 1}, "{'n': 1} runs no function"),
        (1, "1 runs no function"),
        ([1, {1, 2}], "answer 2 of 2 is nothing that JSON holds, no bytes and no exception: Object of type set is not"),
    ],
)
def test_what_runs_nothing_is_refused_where_it_is_given(runner, text):
    for give in (lambda: drylambda.Lambda(runner=runner), lambda: drylambda.Lambda().bind("fn", runner)):
        with pytest.raises(TypeError) as caught:
            give()
        assert str(caught.value).startswith(text)


def test_a_module_is_had_only_of_what_runs_in_this_process(deployed):
    function = deployed({"app.py": "import helper\nhandler = print", "helper.py": "N = 1"})
    assert function.module("helper") is function.module().helper
    with pytest.raises(runners.RunnerError, match="fn has no module nothing: No module named 'nothing'"):
        function.module("nothing")
    function.emulator.bind("fn", print)
    with pytest.raises(
        TypeError, match=r'fn does not run in this process: emulator.bind\("fn", "in_process"\) lets it'
    ):
        function.module()
    assert function.emulator.journal.of("Invoke") == []


def test_runners_are_imported_when_they_are_wanted():
    text = "import sys, drylambda; drylambda.Lambda(); print(*(name for name in sys.modules if name.startswith('drylambda.runners')))"
    ran = subprocess.run([sys.executable, "-c", text], check=True, capture_output=True, text=True)
    assert ran.stdout.split() == []
