"""Durable executions: how they begin, go on and end, and what can be asked of them and done with them."""

from __future__ import annotations

import datetime as dt

import pytest
from executions import CONFIG, DONE, INVALID_TOKEN, NOT_THERE, PENDING, Code, update
from texts import OTHER_ACCOUNT, QUALIFIERS_DIFFER, Refusal, conflict, invalid, missing, not_found, unreachable
from world import ANY_UUID, ARN, creation, without_metadata

import drylambda

EXECUTION = f"{ARN}:1/durable-execution/order-7/0f4b1c52-6c1f-4d3e-9a53-6f4a1e2d7b90"
CALLBACK = "Y2FsbGJhY2s="
TOKEN = "dG9rZW4="
# What is asked of one execution.
OF_EXECUTION = {
    "get_durable_execution": {},
    "get_durable_execution_history": {},
    "stop_durable_execution": {},
    "pause_durable_execution": {},
    "resume_durable_execution": {},
    "delete_durable_execution": {},
}
OF_CALLBACK = {
    "send_durable_execution_callback_success": {"Result": b"{}"},
    "send_durable_execution_callback_failure": {"Error": {"ErrorMessage": "no"}},
    "send_durable_execution_callback_heartbeat": {},
}


@pytest.mark.parametrize("operation", OF_EXECUTION)
@pytest.mark.parametrize(
    ("arn", "refusal"),
    [
        pytest.param(EXECUTION, NOT_THERE, id="none"),
        pytest.param(EXECUTION.replace("us-east-1", "eu-west-1"), unreachable("eu-west-1"), id="region"),
        pytest.param(EXECUTION.replace("1234", "9999"), OTHER_ACCOUNT, id="account"),
    ],
)
def test_an_execution_that_never_began_is_not_found(way, fn, operation, arn, refusal):
    call = getattr(way.lambda_, operation)
    way.refused(call, refusal, DurableExecutionArn=arn, **OF_EXECUTION[operation])


@pytest.mark.parametrize("operation", OF_CALLBACK)
def test_a_callback_that_nothing_waits_for_is_not_found(way, operation):
    refusal = missing(f"Callback not found: {CALLBACK}")
    way.refused(getattr(way.lambda_, operation), refusal, CallbackId=CALLBACK, **OF_CALLBACK[operation])


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("checkpoint_durable_execution", {"Updates": [{"Id": "1", "Type": "STEP", "Action": "START"}]}),
        ("get_durable_execution_state", {}),
    ],
)
def test_a_token_of_what_never_began_is_not_valid(way, operation, more):
    # The model has no ResourceNotFoundException for these.
    call = getattr(way.lambda_, operation)
    way.refused(call, INVALID_TOKEN, DurableExecutionArn=EXECUTION, CheckpointToken=TOKEN, **more)


@pytest.mark.parametrize("named", [{}, {"Qualifier": "$LATEST"}, {"FunctionName": f"{ARN}:$LATEST"}])
def test_a_function_that_was_never_executed_has_an_empty_list(way, fn, named):
    call = way.lambda_.list_durable_executions_by_function
    assert without_metadata(call(**{"FunctionName": "fn", **named})) == {"DurableExecutions": []}


def test_the_list_of_a_function_or_version_that_is_not_there_is_refused(way, fn):
    call = way.lambda_.list_durable_executions_by_function
    way.refused(call, not_found(f"{ARN}2"), FunctionName="fn2")
    way.refused(call, not_found(f"{ARN}:7"), FunctionName="fn", Qualifier="7")
    way.refused(call, QUALIFIERS_DIFFER, FunctionName="fn:1", Qualifier="2")
    way.refused(call, unreachable("eu-west-1"), FunctionName=ARN.replace("us-east-1", "eu-west-1"))
    way.refused(call, invalid("The provided Marker is invalid."), FunctionName="fn", Marker="?")


BEGAN = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
ERROR = {"ErrorMessage": "no", "ErrorType": "Refused", "ErrorData": "{}", "StackTrace": ["here"]}
WAITS = update("w", "WAIT", WaitOptions={"WaitSeconds": 60}, Name="pause", SubType="Wait")


def waiting(run):
    """Wait a minute."""
    run.checkpoint(WAITS)
    return PENDING


def asking(**options):
    def script(run):
        run.checkpoint(update("c", "CALLBACK", Name="ask", CallbackOptions=options))
        return PENDING

    return script


def later(seconds):
    return BEGAN + dt.timedelta(seconds=seconds)


def about(way, arn, **parameters):
    return without_metadata(way.lambda_.get_durable_execution(DurableExecutionArn=arn, **parameters))


def history(way, arn, **parameters):
    return way.lambda_.get_durable_execution_history(DurableExecutionArn=arn, **parameters)["Events"]


class TestCalls:
    def test_whoever_waits_gets_the_result_of_the_execution(self, way):
        answer = Code(way, waiting, DONE).wait(Payload=b'{"n": 1}', DurableExecutionName="order-7")
        assert (answer["StatusCode"], answer["ExecutedVersion"], answer["Payload"]) == (200, "$LATEST", "done")
        assert answer["DurableExecutionArn"].startswith(f"{ARN}:$LATEST/durable-execution/order-7/")
        told = about(way, answer["DurableExecutionArn"])
        assert told.pop("TraceHeader")["XAmznTraceId"].startswith("Root=1-")
        assert told == {
            "DurableExecutionArn": answer["DurableExecutionArn"],
            "DurableExecutionName": "order-7",
            "FunctionArn": f"{ARN}:$LATEST",
            "Version": "$LATEST",
            "DurableConfig": CONFIG,
            "ExecutionDataIncluded": True,
            "InputPayload": '{"n": 1}',
            "Result": '"done"',
            "Status": "SUCCEEDED",
            "StartTimestamp": BEGAN,
            "EndTimestamp": later(60),
        }
        bare = about(way, answer["DurableExecutionArn"], IncludeExecutionData=False)
        assert told.keys() - bare.keys() == {"InputPayload", "Result"}
        assert bare["ExecutionDataIncluded"] is False

    def test_whoever_waits_gets_the_error_of_the_execution(self, way):
        answer = Code(way, {"Status": "FAILED", "Error": ERROR}).wait()
        assert answer["FunctionError"] == "Unhandled"
        keys = {"errorMessage": "no", "errorType": "Refused", "errorData": "{}", "stackTrace": ["here"]}
        assert answer["Payload"] == keys
        told = about(way, answer["DurableExecutionArn"])
        assert (told["Status"], told["Error"]) == ("FAILED", ERROR)

    @pytest.mark.in_process
    def test_whoever_does_not_wait_gets_the_arn_and_the_clock_does_the_rest(self, way):
        code = Code(way, waiting, DONE)
        arn = code.begin()
        assert code.status(arn) == "RUNNING"
        assert about(way, arn)["ExpectedExecutionTimeoutTimestamp"] == later(600)
        way.clock.advance(59)
        assert code.status(arn) == "RUNNING"
        way.clock.advance(10)
        assert (code.status(arn), about(way, arn)["EndTimestamp"]) == ("SUCCEEDED", later(60))

    def test_the_same_name_and_input_is_the_same_execution(self, way):
        code = Code(way, DONE)
        one = code.wait(DurableExecutionName="one", Payload=b"{}")
        again = code.wait(DurableExecutionName="one", Payload=b"{}")
        assert (again["DurableExecutionArn"], again["Payload"]) == (one["DurableExecutionArn"], "done")
        assert len(code.runs) == 1
        refusal = Refusal(
            "DurableExecutionAlreadyStartedException",
            409,
            "Durable execution one has already been started with a different payload",
        )
        call, named = way.lambda_.invoke, {"FunctionName": "fn:$LATEST", "DurableExecutionName": "one"}
        way.refused(call, refusal, Payload=b"[]", **named)

    def test_a_durable_function_is_called_as_a_version_and_not_for_longer_than_anybody_waits(self, way):
        Code(way, DONE)
        Code(way, DONE, name="long", ExecutionTimeout=901)
        way.lambda_.create_function(**creation("plain"))
        way.settled("plain")
        call = way.lambda_.invoke
        way.refused(call, invalid("You cannot invoke a durable function using an unqualified ARN."), FunctionName="fn")
        reason = "You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes."
        way.refused(call, invalid(reason), FunctionName="long:$LATEST")
        reason = "DurableExecutionName is only supported for durable functions."
        way.refused(call, invalid(reason), FunctionName="plain", DurableExecutionName="one")


#: What code answers that cannot be, or that says it failed, and the error that its execution ends with, after so many runs.
ANSWERS = {
    "nothing": (None, "Invalid invocation output: ", 1),
    "another status": ({"Status": "DONE"}, "Invalid invocation output: ", 1),
    "both": ({"Status": "SUCCEEDED", "Error": {}}, "Cannot provide an Error for SUCCEEDED status.", 1),
    "a result of a failure": ({"Status": "FAILED", "Result": "1"}, "Cannot provide a Result for FAILED status.", 1),
    "no wait": (PENDING, "Cannot return PENDING status with no pending operations.", 3),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_cannot_be_ends_the_execution(way, name):
    answer, reason, runs = ANSWERS[name]
    code = Code(way, answer)
    told = about(way, code.wait()["DurableExecutionArn"])
    assert (told["Status"], told["Error"]["ErrorType"]) == ("FAILED", "InvalidParameterValueException")
    assert told["Error"]["ErrorMessage"].startswith(reason)
    assert len(code.runs) == runs


def test_a_run_that_fails_is_tried_again_four_times(way):
    code = Code(way, DONE)
    runs = []

    def handler(event, context):
        runs.append(event)
        raise ValueError(event["CheckpointToken"] and "no")

    way.emulator.bind("fn", handler)
    told = about(way, code.wait()["DurableExecutionArn"])
    assert (told["Status"], told["Error"]["ErrorType"], told["Error"]["ErrorMessage"]) == ("FAILED", "ValueError", "no")
    assert (len(runs), told["EndTimestamp"]) == (5, later(20))


class TestTime:
    def test_an_execution_that_lasts_too_long_has_timed_out(self, way):
        code = Code(way, asking(), ExecutionTimeout=120)
        told = about(way, code.wait()["DurableExecutionArn"])
        assert (told["Status"], told["EndTimestamp"]) == ("TIMED_OUT", later(120))
        assert told["Error"] == {"ErrorMessage": "Execution timed out after 120 seconds."}

    @pytest.mark.in_process
    def test_what_has_ended_is_kept_as_long_as_the_function_says(self, way):
        code = Code(way, DONE)
        arn = code.begin()
        way.clock.advance(3 * 86_400 - 1)
        assert code.status(arn) == "SUCCEEDED"
        way.clock.advance(1)
        way.refused(way.lambda_.get_durable_execution, NOT_THERE, DurableExecutionArn=arn)

    @pytest.mark.parametrize(
        ("options", "seconds", "error"),
        [
            ({"TimeoutSeconds": 30}, 30, {"ErrorMessage": "Callback timed out", "ErrorType": "Callback.Timeout"}),
            (
                {"TimeoutSeconds": 30, "HeartbeatTimeoutSeconds": 10},
                10,
                {"ErrorMessage": "Callback timed out on heartbeat", "ErrorType": "Callback.Heartbeat"},
            ),
        ],
    )
    def test_a_callback_that_nobody_answers_times_out(self, way, options, seconds, error):
        def second(run):
            callback = run.operations[1]
            assert (callback["Status"], callback["CallbackDetails"]["Error"]) == ("TIMED_OUT", error)
            refusal = Refusal("CallbackTimeoutException", 400, f"Callback has timed out: {callback_id(run)}")
            for operation, more in OF_CALLBACK.items():
                way.refused(getattr(way.lambda_, operation), refusal, CallbackId=callback_id(run), **more)
            return DONE

        told = about(way, Code(way, asking(**options), second).wait()["DurableExecutionArn"])
        assert (told["Status"], told["EndTimestamp"]) == ("SUCCEEDED", later(seconds))


def callback_id(run):
    return run.operations[1]["CallbackDetails"]["CallbackId"]


class TestCallbacks:
    @pytest.mark.parametrize(
        ("operation", "status", "details"),
        [
            ("send_durable_execution_callback_success", "SUCCEEDED", {"Result": "{}"}),
            ("send_durable_execution_callback_failure", "FAILED", {"Error": {"ErrorMessage": "no"}}),
        ],
    )
    def test_the_code_goes_on_with_the_answer(self, way, operation, status, details):
        def first(run):
            told = run.checkpoint(update("c", "CALLBACK", CallbackOptions={"HeartbeatTimeoutSeconds": 10}))
            called = told["c"]["CallbackDetails"]["CallbackId"]
            way.clock.advance(9)
            way.lambda_.send_durable_execution_callback_heartbeat(CallbackId=called)
            way.clock.advance(9)
            getattr(way.lambda_, operation)(CallbackId=called, **OF_CALLBACK[operation])
            refusal = missing(f"Callback not found: {called}")
            way.refused(getattr(way.lambda_, operation), refusal, CallbackId=called, **OF_CALLBACK[operation])
            return PENDING

        def second(run):
            callback = run.operations[1]
            assert callback["Status"] == status
            assert {name: callback["CallbackDetails"][name] for name in details} == details
            return DONE

        assert Code(way, first, second).wait()["Payload"] == "done"


class TestChainedInvokes:
    @pytest.mark.parametrize(
        ("handler", "status", "details"),
        [
            (lambda event, context: {"got": event}, "SUCCEEDED", {"Result": '{"got": {"n": 1}}'}),
            (lambda event, context: 1 // 0, "FAILED", {"ErrorType": "ZeroDivisionError"}),
        ],
    )
    def test_a_function_is_called_and_its_answer_comes_back(self, way, handler, status, details):
        self.call(way, "plain", status, details, lambda: (create(way, "plain"), way.emulator.bind("plain", handler)))

    @pytest.mark.parametrize(
        ("child", "status", "details"),
        [
            (DONE, "SUCCEEDED", {"Result": '"done"'}),
            ({"Status": "FAILED", "Error": ERROR}, "FAILED", {"ErrorType": "Refused"}),
            (asking(), "TIMED_OUT", {"ErrorType": "ChainedInvoke.Timeout"}),
        ],
    )
    def test_a_durable_function_begins_an_execution_whose_end_comes_back(self, way, child, status, details):
        self.call(way, "child:$LATEST", status, details, lambda: Code(way, child, name="child", ExecutionTimeout=60))

    @pytest.mark.parametrize(
        ("function", "error"),
        [
            ("nowhere", "ResourceNotFoundException"),
            ("plain:7", "ResourceNotFoundException"),
            ("child", "InvalidParameterValueException"),
        ],
    )
    def test_what_cannot_be_called_has_failed_at_once(self, way, function, error):
        create(way, "plain")
        Code(way, DONE, name="child")

        def script(run):
            told = run.checkpoint(chained(function))["i"]
            assert (told["Status"], told["ChainedInvokeDetails"]["Error"]["ErrorType"]) == ("FAILED", error)
            return DONE

        Code(way, script).wait()

    def call(self, way, function, status, details, prepare):
        def first(run):
            assert run.checkpoint(chained(function))["i"]["Status"] == "STARTED"
            return PENDING

        def second(run):
            told = run.operations[1]
            outcome = told["ChainedInvokeDetails"]
            assert (told["Status"], {**outcome, **outcome.get("Error", {})}) == (
                status,
                {**outcome, **outcome.get("Error", {}), **details},
            )
            return DONE

        prepare()
        Code(way, first, second).wait()


def create(way, name):
    way.lambda_.create_function(**creation(name))
    way.settled(name)


def chained(function):
    return update("i", "CHAINED_INVOKE", Payload='{"n": 1}', ChainedInvokeOptions={"FunctionName": function})


class TestStops:
    @pytest.mark.in_process
    def test_what_is_stopped_has_ended_for_good(self, way):
        code = Code(way, waiting)
        arn = code.begin()
        way.clock.advance(5)
        assert way.lambda_.stop_durable_execution(DurableExecutionArn=arn)["StopTimestamp"] == later(5)
        told = about(way, arn)
        assert (told["Status"], told["Error"]) == ("STOPPED", {"ErrorMessage": "Execution stopped by user request"})
        way.clock.advance(500)
        stopped = way.lambda_.stop_durable_execution(DurableExecutionArn=arn, Error=ERROR)["StopTimestamp"]
        assert (stopped, about(way, arn), len(code.runs)) == (later(5), told, 1)

    @pytest.mark.in_process
    def test_what_is_paused_waits_until_it_is_resumed_and_so_does_its_time(self, way):
        code = Code(way, waiting, DONE, ExecutionTimeout=120)
        arn = code.begin()
        one, call = {"DurableExecutionArn": arn}, way.lambda_
        call.pause_durable_execution(**one, Reason="lunch", ClientToken="a")
        call.pause_durable_execution(**one, Reason="lunch", ClientToken="a")
        way.refused(call.pause_durable_execution, wrong(arn, "PAUSED", "paused"), **one)
        way.clock.advance(1000)
        told = about(way, arn)
        assert (told["Status"], len(code.runs)) == ("PAUSED", 1)
        details = {"PauseRequestTimestamp": BEGAN, "Reason": "lunch", "ExecutionTimeoutPaused": True}
        assert told["PauseDetails"] == details
        call.resume_durable_execution(**one, ClientToken="b")
        call.resume_durable_execution(**one, ClientToken="b")
        told = about(way, arn)
        assert (told["Status"], told["EndTimestamp"]) == ("SUCCEEDED", later(1000))
        way.refused(call.resume_durable_execution, wrong(arn, "SUCCEEDED", "resumed"), **one)
        way.refused(call.pause_durable_execution, wrong(arn, "SUCCEEDED", "paused"), **one)
        types = [event["EventType"] for event in history(way, arn)]
        assert [it for it in types if it.endswith(("Paused", "Resumed"))] == ["ExecutionPaused", "ExecutionResumed"]

    @pytest.mark.in_process
    def test_the_time_of_a_pause_counts_if_the_caller_says_so(self, way):
        code = Code(way, waiting, ExecutionTimeout=120)
        arn = code.begin()
        way.lambda_.pause_durable_execution(DurableExecutionArn=arn, ExecutionTimeoutPaused=False)
        way.clock.advance(1000)
        assert (code.status(arn), about(way, arn)["EndTimestamp"]) == ("TIMED_OUT", later(120))

    def test_code_that_is_paused_reports_once_more_and_runs_again(self, way):
        def first(run):
            way.lambda_.pause_durable_execution(DurableExecutionArn=run.arn)
            assert about(way, run.arn)["Status"] == "PAUSING"
            assert run.checkpoint(update("s", "STEP", "SUCCEED", Payload="1")) == {}
            assert run.token is None
            assert about(way, run.arn)["Status"] == "PAUSED"
            way.lambda_.resume_durable_execution(DurableExecutionArn=run.arn)
            return PENDING

        def second(run):
            assert [it["Id"] for it in run.operations[1:]] == ["s"]
            return DONE

        Code(way, first, second).wait()

    def test_only_what_has_ended_is_deleted(self, way):
        def script(run):
            call = way.lambda_.delete_durable_execution
            way.refused(call, wrong(run.arn, "RUNNING", "deleted"), DurableExecutionArn=run.arn)
            return DONE

        arn = Code(way, script).wait()["DurableExecutionArn"]
        deleted = way.lambda_.delete_durable_execution(DurableExecutionArn=arn)
        assert deleted["DeletionRequestTimestamp"] == BEGAN
        listed = way.lambda_.list_durable_executions_by_function(FunctionName="fn")["DurableExecutions"]
        assert [it["Status"] for it in listed] == ["DELETING"]
        way.refused(way.lambda_.get_durable_execution, NOT_THERE, DurableExecutionArn=arn)


def wrong(arn, status, done):
    return conflict(f"Durable execution {arn} is in the state {status} and cannot be {done}.")


class TestHistory:
    def code(self, way):
        create(way, "plain")
        way.emulator.bind("plain", lambda event, context: "plain")

        def first(run):
            run.checkpoint(
                WAITS,
                update("x", "WAIT"),
                update("k", "CONTEXT"),
                update("s", "STEP", ParentId="k"),
                update("s", "STEP", "RETRY", ParentId="k", Error=ERROR, StepOptions={"NextAttemptDelaySeconds": 5}),
                chained("plain"),
            )
            run.checkpoint(update("x", "WAIT", "CANCEL"))
            return PENDING

        def second(run):
            if run.operations[4]["Status"] != "READY":
                return PENDING
            run.checkpoint(update("s", "STEP"), update("s", "STEP", "SUCCEED", Payload="1"))
            run.checkpoint(update("k", "CONTEXT", "FAIL", Error=ERROR))
            return DONE

        return Code(way, first, second)

    def test_it_tells_everything_in_order(self, way):
        arn = self.code(way).wait(Payload=b"{}", DurableExecutionName="one")["DurableExecutionArn"]
        events = history(way, arn)
        assert [event["EventId"] for event in events] == list(range(1, len(events) + 1))
        assert [(event["EventType"], event.get("Id", "")[:1]) for event in events if "Id" in event][1:-1] == [
            ("WaitStarted", "w"),
            ("WaitStarted", "x"),
            ("ContextStarted", "k"),
            ("StepStarted", "s"),
            ("StepFailed", "s"),
            ("ChainedInvokeStarted", "i"),
            ("WaitCancelled", "x"),
            ("ChainedInvokeSucceeded", "i"),
            ("StepStarted", "s"),
            ("StepSucceeded", "s"),
            ("ContextFailed", "k"),
        ]
        first, started, failed = events[0], events[1], events[5]
        assert first["ExecutionStartedDetails"] == {
            "Input": {"Payload": "{}", "Truncated": False},
            "ExecutionTimeout": 600,
        }
        assert {**started, "EventTimestamp": None} == {
            "EventType": "WaitStarted",
            "EventId": 2,
            "EventTimestamp": None,
            "Id": "w",
            "Name": "pause",
            "SubType": "Wait",
            "WaitStartedDetails": {"Duration": 60, "ScheduledEndTimestamp": later(60)},
        }
        assert failed["ParentId"] == "k"
        assert failed["StepFailedDetails"] == {
            "Error": {"Payload": ERROR, "Truncated": False},
            "RetryDetails": {"CurrentAttempt": 1, "NextAttemptDelaySeconds": 5},
        }
        completed = [event["InvocationCompletedDetails"] for event in events if "InvocationCompletedDetails" in event]
        assert [it["RequestId"] for it in completed] == [ANY_UUID] * 3
        assert events[-1]["ExecutionSucceededDetails"] == {"Result": {"Payload": '"done"', "Truncated": False}}

    def test_it_tells_it_without_data_backwards_and_in_pages(self, way):
        arn = self.code(way).wait(Payload=b"{}")["DurableExecutionArn"]
        events = history(way, arn)
        assert history(way, arn, ReverseOrder=True) == events[::-1]
        bare = history(way, arn, IncludeExecutionData=False)
        assert bare[0]["ExecutionStartedDetails"]["Input"] == {"Truncated": True}
        assert bare[-1]["ExecutionSucceededDetails"] == {"Result": {"Truncated": True}}
        assert history(way, arn, MaxItems=0) == events
        refusal = invalid("Invalid marker")
        way.refused(way.lambda_.get_durable_execution_history, refusal, DurableExecutionArn=arn, Marker="?")


@pytest.mark.in_process
def test_executions_are_listed_by_name_state_version_and_time(way):
    code = Code(way, waiting, DONE)
    way.lambda_.publish_version(FunctionName="fn")
    arns = {}
    for name, more in [("one", {}), ("two", {"FunctionName": "fn:1"}), ("three", {})]:
        arns[name] = code.begin(DurableExecutionName=name, **more)
        way.clock.advance(10)
    way.clock.advance(60)

    def listed(**parameters):
        call = way.lambda_.list_durable_executions_by_function
        return [it["DurableExecutionName"] for it in call(FunctionName="fn", **parameters)["DurableExecutions"]]

    assert listed() == ["three", "two", "one"]
    assert listed(ReverseOrder=True) == ["one", "two", "three"]
    assert listed(DurableExecutionName="two") == ["two"]
    assert listed(Qualifier="1") == ["two"]
    assert listed(StartedAfter=later(5)) == ["three", "two"]
    assert listed(StartedBefore=later(15), StartedAfter=BEGAN) == ["two"]
    assert listed(Statuses=["SUCCEEDED", "FAILED"]) == ["three", "two", "one"]
    assert listed(Statuses=["RUNNING"]) == []
    code.check()


@pytest.mark.in_process
def test_executions_are_in_what_is_dumped_and_go_on_where_that_is_read(way):
    way = way.another()
    code = Code(way, waiting, DONE)
    asks = Code(way, asking(), name="asks")
    create(way, "plain")
    arns = [code.begin(Payload=b'{"n": 1}'), asks.begin()]
    way.lambda_.get_durable_execution(DurableExecutionArn=arns[0])
    text = way.emulator.dump()
    other = drylambda.Lambda(seed=1)
    other.load(text)
    assert other.dump() == text
    seen = []
    other.bind("fn", lambda event, context: seen.append(event) or DONE)
    other.clock.advance(60)
    assert other.get_durable_execution(DurableExecutionArn=arns[0])["Status"] == "SUCCEEDED"
    assert [it["Id"] for it in seen[0]["InitialExecutionState"]["Operations"]][1:] == ["w"]
    fork = way.emulator.fork()
    way.clock.advance(1000)
    assert fork.get_durable_execution(DurableExecutionArn=arns[1])["Status"] == "RUNNING"
    way.emulator.reset()
    way.refused(way.lambda_.get_durable_execution, NOT_THERE, DurableExecutionArn=arns[1])


@pytest.mark.in_process
def test_code_that_runs_when_the_emulator_is_forked_runs_again_there(way):
    forks = []
    arn = Code(way, lambda _run: forks.append(way.emulator.fork()) or DONE).begin()
    (fork,) = forks
    assert way.lambda_.get_durable_execution(DurableExecutionArn=arn)["Status"] == "SUCCEEDED"
    seen = []
    fork.bind("fn", lambda event, _context: seen.append(event["DurableExecutionArn"]) or DONE)
    fork.run_events()
    assert fork.get_durable_execution(DurableExecutionArn=arn)["Status"] == "SUCCEEDED"
    assert seen == [arn]
