"""A client of 2017 knows seven members of the request and seventeen of the response, and goes on working (2.3, S17)."""

from __future__ import annotations

import base64
import copy
import json

import pytest
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.session import get_session
from world import ARN, NOW, ROLE, ZIP_B, creation, sha256

import drylambda

case, rule = pytest.mark.case, pytest.mark.rule

REQUEST = {"FunctionName", "ZipFile", "S3Bucket", "S3Key", "S3ObjectVersion", "Publish", "DryRun"}
RESPONSE = {
    "FunctionName",
    "FunctionArn",
    "Runtime",
    "Role",
    "Handler",
    "CodeSize",
    "Description",
    "Timeout",
    "MemorySize",
    "LastModified",
    "CodeSha256",
    "Version",
    "VpcConfig",
    "DeadLetterConfig",
    "Environment",
    "KMSKeyArn",
    "TracingConfig",
}


class Client2017:
    """botocore's serializer and parser of the day's model: today's, with what came later taken out."""

    def __init__(self, emulator):
        model = copy.deepcopy(get_session().get_component("data_loader").load_service_model("lambda", "service-2"))
        for shape, known in [("UpdateFunctionCodeRequest", REQUEST), ("FunctionConfiguration", RESPONSE)]:
            members = model["shapes"][shape]["members"]
            model["shapes"][shape]["members"] = {name: members[name] for name in members if name in known}
            assert set(model["shapes"][shape]["members"]) == known
        self.operation = ServiceModel(model, "lambda").operation_model("UpdateFunctionCode")
        self.emulator = emulator

    def update_function_code(self, **parameters):
        request = create_serializer("rest-json").serialize_to_request(parameters, self.operation)
        body = request["body"]
        status, headers, body = self.emulator._wire(
            request["method"],
            "lambda.us-east-1.amazonaws.com",
            request["url_path"],
            "",
            [],
            body if isinstance(body, bytes) else body.encode(),
        )
        answer = {"status_code": status, "headers": {name.lower(): value for name, value in headers}, "body": body}
        return create_parser("rest-json").parse(answer, self.operation.output_shape)


@pytest.fixture
def emulator():
    """`F`, in an emulator that settles at once: in 2017 an update was synchronous."""
    emulator = drylambda.Lambda(seed=1, settle="instant")
    emulator.create_function(**creation(Environment={"Variables": {"NAME": "value"}}))
    return emulator


def expected(**changes):
    return {
        "FunctionName": "fn",
        "FunctionArn": ARN,
        "Runtime": "python3.13",
        "Role": ROLE,
        "Handler": "app.handler",
        "CodeSize": len(ZIP_B),
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "LastModified": NOW,
        "CodeSha256": sha256(ZIP_B),
        "Version": "$LATEST",
        "Environment": {"Variables": {"NAME": "value"}},
        "TracingConfig": {"Mode": "PassThrough"},
        **changes,
    }


@rule("R1", "R2", "R6", "R7", "D1", "D8")
@pytest.mark.parametrize(
    ("parameters", "changes"),
    [
        ({}, {}),
        ({"Publish": False, "DryRun": False}, {}),
        ({"DryRun": True}, {}),
        ({"DryRun": True, "Publish": True}, {}),
        ({"Publish": True}, {"Version": "1", "FunctionArn": f"{ARN}:1"}),
    ],
)
def test_it_reads_every_member_it_knows_and_no_other(emulator, parameters, changes):
    answer = Client2017(emulator).update_function_code(FunctionName="fn", ZipFile=ZIP_B, **parameters)
    assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert answer == expected(**changes)


def test_it_reads_the_errors_of_its_day(emulator):
    client = Client2017(emulator)
    for parameters, code, message in [
        (
            {"FunctionName": "nobody", "ZipFile": ZIP_B},
            "ResourceNotFoundException",
            f"Function not found: {ARN[:-2]}nobody",
        ),
        ({"FunctionName": "fn"}, "InvalidParameterValueException", "Please provide a source for function code."),
    ]:
        error = client.update_function_code(**parameters)["Error"]
        assert (error["Code"], error["Message"]) == (code, message)


def test_several_updates_in_a_row_need_no_waiting(emulator):
    client = Client2017(emulator)
    for version in ("1", "2", "3"):
        answer = client.update_function_code(FunctionName="fn", ZipFile=ZIP_B, Publish=True)
        assert answer["Version"] == version


@rule("R53", "R56")
def test_the_request_of_2015_without_headers_or_body(emulator):
    status, _, body = emulator._wire(
        "PUT", "lambda.us-east-1.amazonaws.com", "/2015-03-31/functions/fn/code", "", [("Content-Length", "0")], b""
    )
    assert (status, json.loads(body)) == (
        400,
        {"Type": "User", "message": "Please provide a source for function code."},
    )


@rule("R56")
def test_base64_with_the_line_ends_of_old_encoders_is_no_surprise_either_way(emulator):
    text = base64.encodebytes(ZIP_B).decode()
    status, headers, _ = emulator._wire(
        "PUT",
        "lambda.us-east-1.amazonaws.com",
        "/2015-03-31/functions/fn/code",
        "",
        [],
        json.dumps({"ZipFile": text}).encode(),
    )
    assert status == 200 or (status, dict(headers)["x-amzn-ErrorType"]) == (400, "SerializationException")
