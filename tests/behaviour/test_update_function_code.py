"""What UpdateFunctionCode answers, and what is then to be seen (section 2, cases 1 to 5)."""

from __future__ import annotations

import urllib.parse

import pytest
from texts import not_found
from world import ARN, NOW, SETTLED, UPDATING, ZIP_A, ZIP_B, configuration, creation, sha256, without_metadata

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule


@case(1)
@fact(204, 211, 218, 320, 324, 325, 326, 327, 330)
@rule("P1", "P2", "P3", "P4", "P5", "P7", "P8", "P9", "P10", "P11", "P12", "P13", "P14", "P15", "P16")
def test_the_answer_is_the_configuration_with_the_new_code_in_progress(way, fn):
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert without_metadata(answer) == configuration(
        state=UPDATING, FunctionArn=ARN, Version="$LATEST", CodeSha256=sha256(ZIP_B), CodeSize=len(ZIP_B)
    )
    assert answer["RevisionId"] != fn["RevisionId"]


@case(2)
@fact(334, 392)
@rule("G1", "G2")
def test_the_location_yields_exactly_the_bytes_that_were_sent(way, fn):
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    code = way.lambda_.get_function(FunctionName="fn")["Code"]
    assert code == {"RepositoryType": "S3", "Location": code["Location"]}
    assert way.emulator.download(code["Location"]) == ZIP_B
    url = urllib.parse.urlsplit(code["Location"])
    if way.kind == "http":
        # Back to the server, with the bucket in the path.
        assert (url.scheme, url.hostname) == ("http", "127.0.0.1")
        assert url.path.startswith("/awslambda-us-east-1-tasks/snapshots/123456789012/fn-")
    else:
        assert (url.scheme, url.netloc) == ("https", "awslambda-us-east-1-tasks.s3.us-east-1.amazonaws.com")
        assert url.path.startswith("/snapshots/123456789012/fn-")
    query = urllib.parse.parse_qs(url.query, strict_parsing=True)
    assert query["X-Amz-Expires"] == ["600"]
    assert query["X-Amz-Date"] == ["20260101T000000Z"]


@rule("G1")
def test_a_location_is_valid_for_ten_minutes(way, fn):
    location = way.lambda_.get_function(FunctionName="fn")["Code"]["Location"]
    way.clock.advance(600)
    assert way.emulator.download(location) == ZIP_A
    way.clock.advance(1)
    with pytest.raises(ValueError, match=r"^403 AccessDenied: Request has expired"):
        way.emulator.download(location)


@rule("G1")
def test_a_location_yields_the_bytes_of_its_time_after_update_and_deletion(way, fn):
    location = way.lambda_.get_function(FunctionName="fn")["Code"]["Location"]
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert way.emulator.download(location) == ZIP_A
    way.lambda_.delete_function(FunctionName="fn")
    assert way.emulator.download(location) == ZIP_A


@case(3)
@rule("P8", "P10", "P11", "T4")
def test_the_answer_is_active_and_in_progress_with_the_wording_of_creation(way, fn):
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    states = {name: value for name, value in answer.items() if name.startswith(("State", "LastUpdateStatus"))}
    assert states == {
        "State": "Active",
        "LastUpdateStatus": "InProgress",
        "LastUpdateStatusReason": "The function is being created.",
        "LastUpdateStatusReasonCode": "Creating",
    }


@fact(221, 230, 335)
@rule("T4", "P11")
@pytest.mark.parametrize(
    ("name", "operation"),
    [
        pytest.param("function_updated_v2", "get_function", id="v2", marks=case(4)),
        pytest.param("function_updated", "get_function_configuration", id="v1", marks=case(5)),
    ],
)
def test_after_the_waiter_the_update_is_successful_and_the_reasons_are_gone(way, fn, name, operation):
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    way.waiter(name).wait(FunctionName="fn")
    answer = without_metadata(getattr(way.lambda_, operation)(FunctionName="fn"))
    assert answer.get("Configuration", answer) == configuration(state=SETTLED, package=ZIP_B)


@case(90)
@rule("P10")
def test_chalice_finds_the_status_it_indexes(way, fn):
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert answer["LastUpdateStatus"] == "InProgress"


@fact(205, 327)
@rule("P6")
def test_last_modified_is_of_the_call_in_whole_seconds_and_of_creation_in_milliseconds(way):
    way.clock.freeze("2026-03-01T18:13:15.704Z")
    created = way.lambda_.create_function(**creation())
    assert created["LastModified"] == "2026-03-01T18:13:15.704+0000"
    way.settled("fn")
    way.clock.freeze("2026-03-01T18:14:16.999Z")
    updated = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert updated["LastModified"] == "2026-03-01T18:14:16.000+0000"
    way.clock.advance(3600)
    assert way.settled("fn")["LastModified"] == "2026-03-01T18:14:16.000+0000"


@rule("V4", "N1")
def test_the_same_code_again_is_a_full_update(way, fn):
    # Section 10.
    way.clock.advance(5)
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_A)
    assert without_metadata(answer) == configuration(state=UPDATING, LastModified=NOW.replace("00.000", "05.000"))
    settled = way.settled("fn")
    assert len({fn["RevisionId"], answer["RevisionId"], settled["RevisionId"]}) == 3


@rule("R7")
@case(72)
def test_a_dry_run_that_is_none_is_an_update(way, fn):
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, DryRun=False, Publish=False)
    assert without_metadata(answer) == configuration(state=UPDATING, package=ZIP_B)
    assert way.settled("fn") == configuration(package=ZIP_B)


SETTINGS = {
    "Description": "words",
    "Timeout": 30,
    "MemorySize": 1024,
    "Environment": {"Variables": {"KEY": "value"}},
    "KMSKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1",
    "TracingConfig": {"Mode": "Active"},
    "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:letters"},
    "EphemeralStorage": {"Size": 1024},
    "SnapStart": {"ApplyOn": "PublishedVersions"},
    "LoggingConfig": {"LogFormat": "JSON", "LogGroup": "elsewhere"},
    "FileSystemConfigs": [
        {
            "Arn": "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0",
            "LocalMountPath": "/mnt/files",
        }
    ],
    "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
    "Architectures": ["arm64"],
}


@fact(328)
def test_everything_but_the_code_keeps_its_value(way):
    way.lambda_.create_function(**creation(**SETTINGS, Tags={"team": "a"}))
    before = way.settled("fn")
    answer = without_metadata(way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B))
    new = {"CodeSha256": sha256(ZIP_B), "CodeSize": len(ZIP_B), **UPDATING, "RevisionId": answer["RevisionId"]}
    assert answer == {**before, **new}
    assert way.lambda_.get_function(FunctionName="fn")["Tags"] == {"team": "a"}


@case(75)
@fact(202)
@rule("P14")
@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        pytest.param({}, {}, id="never_set"),
        pytest.param({"Environment": {"Variables": {}}}, {"Environment": {"Variables": {}}}, id="set_empty"),
        pytest.param(
            {"Environment": {"Variables": {"BB": "2", "AA": ""}}},
            {"Environment": {"Variables": {"AA": "", "BB": "2"}}},
            id="set",
        ),
    ],
)
def test_the_environment_is_absent_empty_or_as_set(way, sent, shown):
    way.lambda_.create_function(**creation(**sent))
    way.settled("fn")
    answer = without_metadata(way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B))
    assert answer == configuration(state=UPDATING, package=ZIP_B, **shown)


@case(76)
@rule("P15")
def test_a_vpc_that_was_never_set_is_absent(way, fn):
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert "VpcConfig" not in answer
    assert "VpcConfig" not in way.settled("fn")


def test_a_deleted_function_is_found_no_more_and_made_anew_is_another(way, fn):
    way.lambda_.delete_function(FunctionName="fn")
    way.refused(way.lambda_.update_function_code, not_found(), FunctionName="fn", ZipFile=ZIP_B)
    way.lambda_.create_function(**creation(ZipFile=ZIP_B))
    assert way.settled("fn") == configuration(package=ZIP_B)
