"""What the code of a durable execution reports and reads: checkpoints, their tokens, and what they cannot say."""

from __future__ import annotations

import pytest
from executions import DONE, INVALID_TOKEN, PENDING, Code, update
from texts import invalid
from world import without_metadata

STEP, CONTEXT, WAIT, CALLBACK = "STEP", "CONTEXT", "WAIT", "CALLBACK"
CALL = {"ChainedInvokeOptions": {"FunctionName": "fn:$LATEST"}}
ERROR = {"Error": {"ErrorMessage": "no", "ErrorType": "Error"}}
OVER = "x" * 1_048_577


def chained(**more):
    return update("call", "CHAINED_INVOKE", **{**CALL, **more})


#: What was reported before, what is reported then, and why that cannot be.
CANNOT = {
    "two ends": (
        [],
        [update("1", "EXECUTION", "SUCCEED"), update("2", "EXECUTION", "SUCCEED")],
        "Cannot checkpoint multiple EXECUTION updates.",
    ),
    "an end before the end": (
        [],
        [update("1", "EXECUTION", "SUCCEED"), update("2", STEP)],
        "EXECUTION checkpoint must be the last update.",
    ),
    "one operation twice": (
        [],
        [update("1", STEP), update("1", STEP)],
        "Cannot checkpoint multiple operations with the same ID.",
    ),
    "a wait that is over": (
        [],
        [update("1", WAIT), update("1", WAIT, "CANCEL")],
        "Cannot checkpoint multiple operations with the same ID.",
    ),
    "no parent": ([], [update("1", STEP, ParentId="0")], "Invalid parent operation id."),
    "itself as parent": ([], [update("1", CONTEXT, ParentId="1")], "Invalid parent operation id."),
    "a step as parent": ([update("0", STEP)], [update("1", STEP, ParentId="0")], "Invalid parent operation id."),
    "another type": ([update("1", STEP)], [update("1", CONTEXT, "SUCCEED")], "Inconsistent operation type."),
    "another subtype": (
        [update("1", STEP, SubType="Step")],
        [update("1", STEP, "SUCCEED", SubType="Other")],
        "Inconsistent operation subtype.",
    ),
    "another name": (
        [update("1", STEP, Name="a")],
        [update("1", STEP, "SUCCEED", Name="b")],
        "Inconsistent operation name.",
    ),
    "another parent": (
        [update("0", CONTEXT), update("1", STEP)],
        [update("1", STEP, "SUCCEED", ParentId="0")],
        "Inconsistent parent operation id.",
    ),
    "a callback that succeeds": (
        [],
        [update("1", CALLBACK, "SUCCEED")],
        "Invalid action for the given operation type.",
    ),
    "an execution that begins": ([], [update("1", "EXECUTION")], "Invalid action for the given operation type."),
    "a context again": ([update("1", CONTEXT)], [update("1", CONTEXT)], "Cannot start a CONTEXT that already exist."),
    "a wait again": ([update("1", WAIT)], [update("1", WAIT)], "Cannot start a WAIT that already exist."),
    "a callback again": (
        [update("1", CALLBACK)],
        [update("1", CALLBACK)],
        "Cannot start a CALLBACK that already exist.",
    ),
    "a call again": ([chained()], [chained()], "Cannot start a CHAINED_INVOKE operation that already exists."),
    "a call of nothing": (
        [],
        [update("1", "CHAINED_INVOKE")],
        "Update for CHAINED_INVOKE operation requires ChainedInvokeOptions.",
    ),
    "a call of another account": (
        [],
        [chained(ChainedInvokeOptions={"FunctionName": "999999999999:fn"})],
        "Cannot start a CHAINED_INVOKE on a function in another account.",
    ),
    "a call of another region": (
        [],
        [chained(ChainedInvokeOptions={"FunctionName": "arn:aws:lambda:eu-west-1:123456789012:function:fn"})],
        "Cannot start a CHAINED_INVOKE on a function in another region.",
    ),
    "a call with too much": (
        [],
        [chained(Payload=OVER)],
        "CHAINED_INVOKE input payload size must be less than or equal to 1048576 bytes.",
    ),
    "a step again": ([update("1", STEP)], [update("1", STEP)], "Invalid current STEP state to start."),
    "a step that was over": (
        [update("1", STEP, "SUCCEED")],
        [update("1", STEP, "FAIL")],
        "Invalid current STEP state to close.",
    ),
    "a context that was over": (
        [update("1", CONTEXT, "SUCCEED")],
        [update("1", CONTEXT, "FAIL")],
        "Invalid current CONTEXT state to close.",
    ),
    "a step that was over, again": (
        [update("1", STEP, "FAIL")],
        [update("1", STEP, "RETRY", StepOptions={"NextAttemptDelaySeconds": 1})],
        "Invalid current STEP state to re-attempt.",
    ),
    "a retry at no time": ([], [update("1", STEP, "RETRY")], "Invalid StepOptions for the given action."),
    "a retry with both": (
        [],
        [update("1", STEP, "RETRY", Payload="1", StepOptions={"NextAttemptDelaySeconds": 1}, **ERROR)],
        "Cannot provide both error and payload to RETRY a STEP.",
    ),
    "a failure with a result": (
        [],
        [update("1", STEP, "FAIL", Payload="1")],
        "Cannot provide a Payload for FAIL action.",
    ),
    "a success with an error": (
        [],
        [update("1", CONTEXT, "SUCCEED", **ERROR)],
        "Cannot provide an Error for SUCCEED action.",
    ),
    "no wait to cancel": (
        [],
        [update("1", WAIT, "CANCEL")],
        "Cannot cancel a WAIT that does not exist or has already completed.",
    ),
    "a result that is too large": (
        [],
        [update("1", STEP, "SUCCEED", Payload=OVER)],
        "STEP output payload size must be less than or equal to 1048576 bytes.",
    ),
    "an error that is too large": (
        [],
        [update("1", STEP, "FAIL", Error={"ErrorMessage": OVER})],
        "Error object size must be less than 1048576 bytes.",
    ),
}


@pytest.mark.parametrize("name", CANNOT)
def test_what_cannot_be_is_refused_and_leaves_no_trace(way, name):
    before, updates, reason = CANNOT[name]

    def script(run):
        run.checkpoint(*before)
        state = without_metadata(run.state())
        run.refused(invalid(reason), update("new", STEP), *updates)
        assert without_metadata(run.state()) == state
        return DONE

    assert Code(way, script).wait()["Payload"] == "done"


def test_a_token_is_good_for_one_checkpoint_of_one_run(way):
    tokens = []

    def first(run):
        tokens.append(run.token)
        run.checkpoint(update("1", WAIT, WaitOptions={"WaitSeconds": 60}))
        tokens.append(run.token)
        return PENDING

    def second(run):
        for token in tokens:
            assert token != run.token
            call = way.lambda_.checkpoint_durable_execution
            way.refused(call, INVALID_TOKEN, DurableExecutionArn=run.arn, CheckpointToken=token)
            call = way.lambda_.get_durable_execution_state
            way.refused(call, INVALID_TOKEN, DurableExecutionArn=run.arn, CheckpointToken=token)
        return DONE

    code = Code(way, first, second)
    arn = code.wait()["DurableExecutionArn"]
    token = code.runs[-1].token
    way.refused(way.lambda_.checkpoint_durable_execution, INVALID_TOKEN, DurableExecutionArn=arn, CheckpointToken=token)


def test_the_same_request_has_the_same_answer_and_is_done_once(way):
    def script(run):
        parameters = {"CheckpointToken": run.token, "ClientToken": "one"}
        updates = [update("1", STEP, "RETRY", StepOptions={"NextAttemptDelaySeconds": 5})]
        once = run.checkpoint(*updates, **parameters), run.token
        assert (run.checkpoint(*updates, **parameters), run.token) == once
        assert once[0]["1"]["StepDetails"]["Attempt"] == 1
        run.checkpoint(update("2", STEP))
        way.refused(
            way.lambda_.checkpoint_durable_execution,
            INVALID_TOKEN,
            DurableExecutionArn=run.arn,
            **{**parameters, "ClientToken": "two"},
        )
        return DONE

    Code(way, script).wait()


def test_the_code_is_told_what_changed_and_what_there_is(way):
    def first(run):
        told = run.checkpoint(
            update("c", CONTEXT, Name="outer", SubType="RunInChildContext"),
            update("s", STEP, ParentId="c"),
            update("s", STEP, "SUCCEED", ParentId="c", Payload="1"),
            update("w", WAIT, WaitOptions={"WaitSeconds": 60}),
        )
        assert list(told) == ["c", "s", "w"]
        assert told["s"]["StepDetails"] == {"Attempt": 1, "Result": "1"}
        assert told["w"]["Status"] == "STARTED"
        way.clock.advance(60)
        assert list(run.checkpoint(update("k", CONTEXT, ContextOptions={"ReplayChildren": True}))) == ["w", "k"]
        run.checkpoint(update("c", CONTEXT, "SUCCEED", Payload="2"), update("in", STEP, ParentId="k"))
        run.checkpoint(update("k", CONTEXT, "SUCCEED", ContextOptions={"ReplayChildren": True}))
        run.checkpoint(update("end", WAIT, WaitOptions={"WaitSeconds": 1}))
        return PENDING

    def second(run):
        assert run.event["UpdatedOperationIds"] == ["end"]
        ids = [(it["Id"], it["Type"], it["Status"]) for it in run.operations]
        assert ids[1:] == [
            ("c", CONTEXT, "SUCCEEDED"),
            ("w", WAIT, "SUCCEEDED"),
            ("k", CONTEXT, "SUCCEEDED"),
            ("in", STEP, "STARTED"),
            ("end", WAIT, "SUCCEEDED"),
        ]
        execution = run.operations[0]
        assert (execution["Type"], execution["ExecutionDetails"]) == ("EXECUTION", {"InputPayload": '{"a": 1}'})
        assert execution["StartTimestamp"] == 1_767_225_600_000
        assert [it["Id"] for it in run.state()["Operations"]] == [it["Id"] for it in run.operations]
        return DONE

    Code(way, first, second).wait(Payload=b'{"a": 1}')


def test_an_end_that_is_reported_is_the_end(way):
    def script(run):
        run.checkpoint(update("end", "EXECUTION", "SUCCEED", Payload='"large"'))
        assert run.token is None
        return {"Status": "SUCCEEDED", "Result": ""}

    assert Code(way, script).wait()["Payload"] == "large"


def test_more_operations_than_fit_are_read_in_pages(way):
    def first(run):
        result = "x" * 1_000_000
        for number in range(6):
            run.checkpoint(update(f"s{number}", STEP, "SUCCEED", Payload=result))
        run.checkpoint(update("w", WAIT))
        return PENDING

    def second(run):
        ids = [it["Id"] for it in run.operations]
        assert ids[1:] == ["s0", "s1", "s2", "s3", "s4"]
        marker = run.event["InitialExecutionState"]["NextMarker"]
        rest = run.state(Marker=marker)
        assert [it["Id"] for it in rest["Operations"]] == ["s5", "w"]
        assert "NextMarker" not in rest
        page = run.state(MaxItems=2)
        assert [it["Id"] for it in page["Operations"]] == [run.operations[0]["Id"], "s0"]
        call, named = way.lambda_.get_durable_execution_state, {"DurableExecutionArn": run.arn}
        way.refused(call, invalid("Invalid marker"), CheckpointToken=run.token, Marker="9-9-9", **named)
        run.checkpoint()
        way.refused(call, invalid("Invalid marker"), CheckpointToken=run.token, Marker=marker, **named)
        return DONE

    Code(way, first, second).wait()
