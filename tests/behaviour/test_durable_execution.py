"""Durable executions, of which there are none until something was executed: every operation says so."""

from __future__ import annotations

import pytest
from texts import OTHER_ACCOUNT, QUALIFIERS_DIFFER, invalid, missing, not_found, unreachable
from world import ARN, without_metadata

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
        pytest.param(EXECUTION, missing(f"Durable execution not found: {EXECUTION}"), id="none"),
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
    refusal = invalid(f"Invalid checkpoint token for durable execution: {EXECUTION}")
    call = getattr(way.lambda_, operation)
    way.refused(call, refusal, DurableExecutionArn=EXECUTION, CheckpointToken=TOKEN, **more)


@pytest.mark.parametrize("named", [{}, {"Qualifier": "$LATEST"}, {"FunctionName": f"{ARN}:$LATEST"}])
def test_a_function_that_was_never_executed_has_an_empty_list(way, fn, named):
    call = way.lambda_.list_durable_executions_by_function
    assert without_metadata(call(**{"FunctionName": "fn", **named})) == {"DurableExecutions": []}


def test_executions_are_asked_for_by_name_state_and_time(way, fn):
    import datetime as dt

    moment = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
    listed = way.lambda_.list_durable_executions_by_function(
        FunctionName="fn",
        DurableExecutionName="order-7",
        Statuses=["RUNNING", "FAILED"],
        StartedAfter=moment,
        StartedBefore=moment,
        ReverseOrder=True,
        MaxItems=3,
    )
    assert listed["DurableExecutions"] == []


def test_the_list_of_a_function_or_version_that_is_not_there_is_refused(way, fn):
    call = way.lambda_.list_durable_executions_by_function
    way.refused(call, not_found(f"{ARN}2"), FunctionName="fn2")
    way.refused(call, not_found(f"{ARN}:7"), FunctionName="fn", Qualifier="7")
    way.refused(call, QUALIFIERS_DIFFER, FunctionName="fn:1", Qualifier="2")
    way.refused(call, unreachable("eu-west-1"), FunctionName=ARN.replace("us-east-1", "eu-west-1"))
    way.refused(call, invalid("The provided Marker is invalid."), FunctionName="fn", Marker="?")
