"""UpdateFunctionConfiguration (facts 8)."""

from __future__ import annotations

import json

import pytest
from texts import (
    NOT_LATEST,
    OTHER_ACCOUNT,
    STALE_REVISION,
    invalid,
    not_found,
    too_large,
    unknown_runtime,
    unreachable,
)
from world import ARN, NOW, UPDATING, ZIP_B, configuration, creation

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule

INFO = {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"}
GROUP = {"LogGroup": "/aws/lambda/fn"}
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
VPC = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
FILES = [
    {
        "Arn": "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0",
        "LocalMountPath": "/mnt/files",
    }
]


def update(way, **changes):
    response = way.lambda_.update_function_configuration(FunctionName="fn", **changes)
    del response["ResponseMetadata"]
    return response


@fact(211, 218, 221, 236, 408)
@rule("P6", "T4", "N1")
def test_the_answer_is_the_new_configuration_in_progress(way, fn):
    way.clock.advance(1.75)
    answer = update(way, Description="new", Timeout=900)
    changed = {"Description": "new", "Timeout": 900, "LastModified": NOW.replace("00.000", "01.000")}
    assert answer == configuration(state=UPDATING, **changed)
    settled = way.settled("fn")
    assert settled == configuration(**changed)
    assert len({fn["RevisionId"], answer["RevisionId"], settled["RevisionId"]}) == 3


STEPS = {
    "description": [({"Description": "a"}, {"Description": "a"}), ({}, {"Description": "a"}), ({"Description": ""}, {})],
    "numbers": [
        ({"Timeout": 1, "MemorySize": 128}, {"Timeout": 1}),
        ({"MemorySize": 10240}, {"Timeout": 1, "MemorySize": 10240}),
    ],
    "role_and_handler": [
        ({"Role": "arn:aws:iam::123456789012:role/b", "Handler": "b.b"}, {"Role": "arn:aws:iam::123456789012:role/b", "Handler": "b.b"}),
    ],
    "runtime": [({"Runtime": "python3.11"}, {"Runtime": "python3.11"})],
    "environment_replaces": [
        ({"Environment": {"Variables": {"ONE": "1", "TWO": "2"}}}, {"Environment": {"Variables": {"ONE": "1", "TWO": "2"}}}),
        ({"Timeout": 3}, {"Environment": {"Variables": {"ONE": "1", "TWO": "2"}}}),
        ({"Environment": {"Variables": {"TWO": "3"}}}, {"Environment": {"Variables": {"TWO": "3"}}}),
        ({"Environment": {"Variables": {}}}, {"Environment": {"Variables": {}}}),
    ],
    "key": [({"KMSKeyArn": KEY}, {"KMSKeyArn": KEY}), ({}, {"KMSKeyArn": KEY}), ({"KMSKeyArn": ""}, {})],
    "dead_letters": [
        ({"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:q"}}, {"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:q"}}),
        ({"DeadLetterConfig": {"TargetArn": ""}}, {}),
    ],
    "tracing": [
        ({"TracingConfig": {"Mode": "Active"}}, {"TracingConfig": {"Mode": "Active"}}),
        ({}, {"TracingConfig": {"Mode": "Active"}}),
        ({"TracingConfig": {"Mode": "PassThrough"}}, {}),
    ],
    "files": [({"FileSystemConfigs": FILES}, {"FileSystemConfigs": FILES}), ({"FileSystemConfigs": []}, {})],
    "storage": [({"EphemeralStorage": {"Size": 1024}}, {"EphemeralStorage": {"Size": 1024}}), ({}, {"EphemeralStorage": {"Size": 1024}})],
    "snap_start": [
        ({"SnapStart": {"ApplyOn": "PublishedVersions"}}, {"SnapStart": {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}}),
        ({"SnapStart": {"ApplyOn": "None"}}, {}),
    ],
    "no_layers": [({"Layers": []}, {})],
    "logging_partial_0": [
        ({"LoggingConfig": {"LogFormat": "JSON"}}, {"LoggingConfig": {"LogFormat": "JSON", **INFO, **GROUP}}),
        ({}, {"LoggingConfig": {"LogFormat": "JSON", **INFO, **GROUP}}),
        ({"LoggingConfig": {"LogFormat": "Text"}}, {}),
    ],
    "logging_partial_2": [
        (
            {"LoggingConfig": {"LogFormat": "JSON", "SystemLogLevel": "DEBUG"}},
            {"LoggingConfig": {"LogFormat": "JSON", "SystemLogLevel": "DEBUG", "ApplicationLogLevel": "INFO", **GROUP}},
        ),
    ],
    "logging_group": [
        ({"LoggingConfig": {"LogGroup": "cool_lambda"}}, {"LoggingConfig": {"LogFormat": "Text", "LogGroup": "cool_lambda"}}),
        ({"LoggingConfig": {"LogFormat": "JSON"}}, {"LoggingConfig": {"LogFormat": "JSON", **INFO, "LogGroup": "cool_lambda"}}),
    ],
}  # fmt: skip


@fact(210, 409, 410, 417, 419, 420, 422)
@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
def test_what_is_sent_is_set_and_what_is_not_keeps_its_value(way, fn, steps):
    for sent, shown in steps:
        assert update(way, **sent) == configuration(state=UPDATING, **shown)
        assert way.settled("fn") == configuration(**shown)


@fact(208, 209, 421)
@rule("P15")
def test_a_vpc_is_attached_kept_and_detached(way, fn):
    shown = update(way, VpcConfig=VPC)["VpcConfig"]
    assert shown == {**VPC, "VpcId": shown["VpcId"], "Ipv6AllowedForDualStack": False}
    way.settled("fn")
    assert update(way, Timeout=4)["VpcConfig"] == shown
    way.settled("fn")
    detached = update(way, VpcConfig={"SubnetIds": [], "SecurityGroupIds": []})["VpcConfig"]
    assert (
        way.settled("fn")["VpcConfig"]
        == detached
        == {
            "SubnetIds": [],
            "SecurityGroupIds": [],
            "VpcId": "",
            "Ipv6AllowedForDualStack": False,
        }
    )


@fact(411)
def test_the_runtime_version_follows_the_runtime(way, fn):
    before = fn["RuntimeVersionConfig"]
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert way.settled("fn")["RuntimeVersionConfig"] == before
    other = update(way, Runtime="python3.11")["RuntimeVersionConfig"]
    assert other != before
    assert way.settled("fn")["RuntimeVersionConfig"] == other
    assert update(way, Runtime="python3.13")["RuntimeVersionConfig"] == before


@rule("F2", "F3")
@pytest.mark.parametrize("name", [ARN, "function:fn", "123456789012:function:fn", "fn:$LATEST"])
def test_every_form_of_the_name_will_do(way, fn, name):
    answer = way.lambda_.update_function_configuration(FunctionName=name, Timeout=5)
    del answer["ResponseMetadata"]
    assert answer == configuration(state=UPDATING, Timeout=5)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        pytest.param({"RevisionId": "wrong"}, STALE_REVISION, id="E2", marks=fact(255)),
        pytest.param({"FunctionName": "fn:1"}, NOT_LATEST, id="E9"),
        pytest.param({"FunctionName": f"{ARN}:prod"}, NOT_LATEST, id="E9-alias"),
        pytest.param({"FunctionName": "nobody"}, not_found(ARN[:-2] + "nobody"), id="E1"),
        pytest.param({"FunctionName": ARN.replace("us-east-1", "eu-west-1")}, unreachable("eu-west-1"), id="E10"),
        pytest.param({"FunctionName": ARN.replace("1234", "9999")}, OTHER_ACCOUNT, id="F7"),
        pytest.param({"Runtime": "PYTHON3.9"}, unknown_runtime("PYTHON3.9"), id="runtime", marks=fact(275, 424)),
        pytest.param(
            {"Runtime": "python3.9", "SnapStart": {"ApplyOn": "PublishedVersions"}},
            invalid("python3.9 is not supported for SnapStart enabled functions."),
            id="snap_start",
        ),
        pytest.param(
            {"Environment": {"Variables": {"LARGE_VAR": "x" * 4081}}},
            invalid(
                "Lambda was unable to configure your environment variables because the environment variables you have "
                f'provided exceeded the 4KB limit. String measured: {{"LARGE_VAR":"{"x" * 4081}"}}'
            ),
            id="environment",
            marks=fact(286),
        ),
    ],
)
def test_a_refused_update_changes_nothing(way, fn, changes, refusal):
    parameters = {"FunctionName": "fn", "Description": "new", **changes}
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_configuration, refusal, **parameters)


@rule("Z16")
def test_a_request_has_a_limit_of_its_own(way, fn):
    refusal = too_large("Request must be smaller than 5120 bytes for the UpdateFunctionConfiguration operation")
    # botocore's body is {"Description": "..."}, which violates the model only where it is short enough to be read.
    frame = len('{"Description": ""}')
    way.refused(way.lambda_.update_function_configuration, refusal, FunctionName="fn", Description="d" * (5121 - frame))
    with pytest.raises(Exception, match="ValidationException"):
        update(way, Description="d" * (5120 - frame))


@rule("Z16")
@pytest.mark.parametrize(
    "changes",
    [
        {"Environment": {"Variables": {"NAME": "ü"}}, "Timeout": 30, "Layers": []},
        {"Environment": {"Variables": {"NAME": '"\\\n\u2028\x7f😀'}}, "TracingConfig": {"Mode": "Active"}},
        {"VpcConfig": {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": [], "Ipv6AllowedForDualStack": True}},
    ],
    ids=["umlaut", "escapes", "lists"],
)
@pytest.mark.parametrize("over", [0, 1])
def test_the_limit_counts_the_bytes_that_botocore_sends(way, fn, changes, over):
    missing = 5120 + over - len(json.dumps({**changes, "Description": ""}))
    with pytest.raises(Exception, match="RequestEntityTooLargeException" if over else "ValidationException"):
        update(way, **changes, Description="d" * missing)


@rule("N3")
def test_the_present_revision_is_taken(way, fn):
    assert update(way, RevisionId=fn["RevisionId"], Timeout=5)["Timeout"] == 5


def test_a_snap_start_that_the_new_runtime_lacks_is_refused(way):
    way.lambda_.create_function(**creation(SnapStart={"ApplyOn": "PublishedVersions"}))
    way.settled("fn")
    refusal = invalid("python3.9 is not supported for SnapStart enabled functions.")
    way.refused(way.lambda_.update_function_configuration, refusal, FunctionName="fn", Runtime="python3.9")
