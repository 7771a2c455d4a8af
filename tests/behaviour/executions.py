"""Durable executions whose code is a test: it reports what the test says, and answers what it says."""

from __future__ import annotations

import json

from texts import Refusal
from world import creation

CONFIG = {"ExecutionTimeout": 600, "RetentionPeriodInDays": 3}
PENDING = {"Status": "PENDING"}
DONE = {"Status": "SUCCEEDED", "Result": '"done"'}
INVALID_TOKEN = Refusal("InvalidParameterValueException", 400, "Invalid checkpoint token")
NOT_THERE = Refusal("ResourceNotFoundException", 404, "Durable Execution does not exist")


class Run:
    """One run of the code of an execution, from within."""

    def __init__(self, way, event):
        self.way, self.event = way, event
        self.arn, self.token = event["DurableExecutionArn"], event["CheckpointToken"]
        self.operations = event["InitialExecutionState"]["Operations"]

    def checkpoint(self, *updates, **parameters):
        """Report updates; return what came of them by id."""
        answer = self.way.lambda_.checkpoint_durable_execution(
            **{"DurableExecutionArn": self.arn, "CheckpointToken": self.token, "Updates": list(updates), **parameters}
        )
        self.token = answer.get("CheckpointToken")
        return {it["Id"]: it for it in answer["NewExecutionState"].get("Operations", [])}

    def refused(self, refusal, *updates):
        """Require that updates are refused, all of them."""
        call = self.way.lambda_.checkpoint_durable_execution
        parameters = {"DurableExecutionArn": self.arn, "CheckpointToken": self.token, "Updates": list(updates)}
        self.way.refused(call, refusal, **parameters)

    def state(self, **parameters):
        return self.way.lambda_.get_durable_execution_state(
            **{"DurableExecutionArn": self.arn, "CheckpointToken": self.token, **parameters}
        )


def update(id_, kind, action="START", **more):
    return {"Id": id_, "Type": kind, "Action": action, **more}


class Code:
    """The code of a durable function: the next of some scripts with each run, and the last one from then on.

    A script is a function of a `Run` that returns the answer, or the answer itself. What a script raises is raised by
    `Code.check`, and by `wait` and `begin`, as nobody hears it where it runs.
    """

    def __init__(self, way, *scripts, name="fn", **config):
        self.way, self.name, self.runs, self.raised = way, name, [], []
        self.scripts = list(scripts)
        way.lambda_.create_function(**creation(name, DurableConfig={**CONFIG, **config}))
        way.settled(name)
        way.emulator.bind(name, self)

    def __call__(self, event, context):
        run = Run(self.way, event)
        self.runs.append(run)
        script = self.scripts[min(len(self.runs), len(self.scripts)) - 1]
        try:
            return script(run) if callable(script) else script
        except BaseException as error:  # noqa: BLE001 - it is raised where somebody hears it
            self.raised.append(error)
            return {"Status": "FAILED", "Error": {"ErrorMessage": repr(error)}}

    def check(self):
        for error in self.raised:
            raise error

    def wait(self, **parameters):
        """Call the function and wait for the end; return the answer with its payload read."""
        answer = self.way.face.invoke(**{"FunctionName": f"{self.name}:$LATEST", **parameters})
        self.check()
        payload = answer["Payload"]
        payload = payload if isinstance(payload, bytes) else payload.read()
        return {**answer, "Payload": json.loads(payload) if payload else None}

    def begin(self, **parameters):
        """Call the function without waiting; return the execution's ARN."""
        parameters = {"FunctionName": f"{self.name}:$LATEST", "InvocationType": "Event", **parameters}
        answer = self.way.face.invoke(**parameters)
        self.check()
        return answer["DurableExecutionArn"]

    def status(self, arn):
        status = self.way.lambda_.get_durable_execution(DurableExecutionArn=arn)["Status"]
        self.check()
        return status
