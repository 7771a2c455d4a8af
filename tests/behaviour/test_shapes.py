"""Every answer on every way fits botocore's model: that the check in `Way` sees what it should see."""

from __future__ import annotations

import pytest
from world import ZIP_B, configuration, creation

rule = pytest.mark.rule


class Face:
    """Answers whatever it was told to."""

    def __init__(self, answer):
        self.answer = answer

    def get_function_configuration(self, **_):
        metadata = {
            "HTTPStatusCode": 200,
            "RetryAttempts": 0,
            "RequestId": "00000000-0000-4000-8000-000000000000",
            "HTTPHeaders": {
                "content-type": "application/json",
                "connection": "keep-alive",
                "date": "Thu, 01 Jan 2026 00:00:00 GMT",
                "x-amzn-requestid": "00000000-0000-4000-8000-000000000000",
            },
        }
        return {**self.answer, "ResponseMetadata": metadata}


FUNCTION = {**configuration(), "RevisionId": "1", "RuntimeVersionConfig": {"RuntimeVersionArn": "arn"}}


def test_an_answer_that_fits_passes(way):
    watched = type(way.lambda_)(Face(FUNCTION), set())
    assert watched.get_function_configuration()["FunctionName"] == "fn"


@pytest.mark.parametrize(
    "change",
    [
        {"Unknown": 1},
        {"Timeout": "3"},
        {"Timeout": True},
        {"Description": None},
        {"State": "Busy"},
        {"Architectures": "arm64"},
        {"Architectures": ["mips"]},
        {"Environment": {"Variables": {"NAME": 1}}},
        {"Environment": {"Values": {}}},
        {"VpcConfig": None},
        {"Layers": [{"Arn": 1}]},
    ],
    ids=repr,
)
def test_an_answer_that_does_not_fit_fails_the_test_that_got_it(way, change):
    watched = type(way.lambda_)(Face({**FUNCTION, **change}), set())
    with pytest.raises(AssertionError):
        watched.get_function_configuration()


def test_a_dictionary_of_the_caller_is_nobodys_but_his(way):
    parameters = creation(Environment={"Variables": {"NAME": "value"}}, Tags={"a": "b"})
    way.lambda_.create_function(**parameters)
    assert parameters == creation(Environment={"Variables": {"NAME": "value"}}, Tags={"a": "b"})
    parameters["Environment"]["Variables"]["NAME"] = "other"
    parameters["Tags"].clear()
    function = way.lambda_.get_function(FunctionName="fn")
    assert function["Configuration"]["Environment"] == {"Variables": {"NAME": "value"}}
    assert function["Tags"] == {"a": "b"}
    function["Configuration"]["Environment"]["Variables"].clear()
    assert way.settled("fn")["Environment"] == {"Variables": {"NAME": "value"}}


def test_a_package_that_the_caller_changes_later_stays_what_it_was(way, fn):
    package = bytearray(ZIP_B)
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=package)
    package[:] = bytes(len(package))
    location = way.lambda_.get_function(FunctionName="fn")["Code"]["Location"]
    assert way.emulator.download(location) == ZIP_B


@rule("K3")
def test_a_clients_own_exception_classes_catch(ways):
    for way in ways.values():
        face = way.face
        with pytest.raises(face.exceptions.ResourceNotFoundException):
            face.get_function(FunctionName="fn")
        face.create_function(**creation())
        with pytest.raises(face.exceptions.ResourceConflictException):
            face.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
        face.get_function(FunctionName="fn")
        with pytest.raises(face.exceptions.PreconditionFailedException):
            face.update_function_code(FunctionName="fn", ZipFile=ZIP_B, RevisionId="wrong")
        with pytest.raises(face.exceptions.InvalidParameterValueException):
            face.update_function_code(FunctionName="fn")
