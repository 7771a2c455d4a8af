"""Every constraint of every member of every request: one request beyond it, and one on its edge (section 1.6, facts 1.1).

What the requests hold is made from botocore's model; they are sent as bytes, as botocore would stop most of them.
"""

from __future__ import annotations

import json

import pytest
from botocore.session import get_session
from constraints import cases, request
from world import creation

import drylambda

pytestmark = pytest.mark.pinned_botocore

MODEL = get_session().get_service_model("lambda")
REFUSALS = {"ValidationException", "SerializationException"}
# What AWS answers otherwise, beyond a constraint of the model: operation, member, and the code that was recorded.
OTHERWISE = {
    ("CreateFunction", "Runtime"): "InvalidParameterValueException",  # facts 4.2
    ("UpdateFunctionConfiguration", "Runtime"): "InvalidParameterValueException",  # facts 4.2
    ("UpdateFunctionConfiguration", None): "RequestEntityTooLargeException",  # Z16: 5,120 bytes in all
}


@pytest.fixture(scope="module")
def prepared():
    """Return an emulator with a function, a version and an alias."""
    made = drylambda.Lambda(seed=1)
    made.create_function(**creation())
    made.get_function(FunctionName="fn")
    made.publish_version(FunctionName="fn")
    made.create_alias(FunctionName="fn", Name="prod", FunctionVersion="1")
    return made


def answer(emulator, operation, parameters):
    """Send a request; return the status, the error's code and the body."""
    method, path, query, headers, body = request(operation, parameters)
    status, headers, body = emulator._wire(method, "lambda.us-east-1.amazonaws.com", path, query, headers, body)
    return status, {name.lower(): value for name, value in headers}.get("x-amzn-errortype"), body


@pytest.mark.parametrize("name", MODEL.operation_names)
def test_a_request_is_refused_beyond_its_constraints_and_not_on_their_edge(prepared, record_property, name):
    operation = MODEL.operation_model(name)
    wrong, count = [], 0
    not_built = None if drylambda.OPERATIONS[name] else "DrylambdaNotImplemented"
    for case in cases(operation):
        emulator = prepared.fork() if case.allowed else prepared
        status, code, body = answer(emulator, operation, case.parameters)
        count += 1
        otherwise = {OTHERWISE.get((name, case.path)), OTHERWISE.get((name, None))} - {None}
        refused = code in REFUSALS or (not case.allowed and code in otherwise)
        if case.allowed and not_built and code == not_built:
            continue
        if refused == case.allowed or status >= 500:
            wrong.append((case.path, case.what, status, code, body[:300]))
        elif code == "ValidationException":
            # AWS names the member as its own code does.
            first = case.path.split(".")[0]
            if f" at '{first[0].lower()}{first[1:]}" not in json.loads(body)["message"]:
                wrong.append((case.path, case.what, status, code, body[:300]))
    record_property("constraints", count)
    assert wrong == []
