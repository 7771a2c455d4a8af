"""The journal: what was called, by whom, and what came of it (section 13)."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from texts import NO_SOURCE, NOT_A_ZIP
from world import ARN, ROLE, ZIP_B, Matching, creation, without_metadata

import drylambda

case, rule = pytest.mark.case, pytest.mark.rule

PRINCIPAL = "arn:aws:iam::123456789012:user/drylambda"


def test_every_call_is_written_down_in_order(way, fn):
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, DryRun=True)
    operations = [entry.operation for entry in way.emulator.journal]
    assert operations == ["CreateFunction", "GetFunctionConfiguration", "UpdateFunctionCode"]


def test_an_entry_tells_what_was_asked_and_answered(way, fn):
    way.clock.advance(60)
    answer = way.lambda_.update_function_code(FunctionName="function:fn", ZipFile=ZIP_B, Publish=False)
    entry = way.emulator.journal[-1]
    assert entry.parameters == {"FunctionName": "function:fn", "Publish": False}
    assert entry.request_id == answer["ResponseMetadata"]["RequestId"]
    assert entry.response == without_metadata(answer)
    assert (entry.error_code, entry.error_message) == (None, None)
    assert (entry.principal, entry.account_id, entry.region) == (PRINCIPAL, "123456789012", "us-east-1")
    assert entry.time == dt.datetime(2026, 1, 1, 0, 1, tzinfo=dt.timezone.utc)
    assert (entry.access_key_id is None) == (way.kind == "direct")


def test_a_refused_call_is_written_down_with_its_error(way, fn):
    way.refused(way.lambda_.update_function_code, NO_SOURCE, FunctionName="fn")
    entry = way.emulator.journal[-1]
    assert (entry.error_code, entry.error_message, entry.response) == (NO_SOURCE.code, NO_SOURCE.message, None)
    assert repr(entry) == (
        "<drylambda.JournalEntry UpdateFunctionCode fn: InvalidParameterValueException 2026-01-01T00:00:00.000+0000>"
    )


def test_a_call_that_nobody_can_run_is_written_down_too(way, fn):
    way.emulator.bind("fn", drylambda.runners.Process())
    way.lambda_.update_function_configuration(FunctionName="fn", Runtime="java21")
    way.settled("fn")
    with pytest.raises(drylambda.ClientError, match="nobody told how that is started"):
        way.face.invoke(FunctionName="fn")
    assert way.emulator.journal[-1].error_code == "DrylambdaCannotRun"


def test_what_a_function_said_at_length_is_not_kept(way, fn):
    way.emulator.bind("fn", lambda event, _: "x" * event)
    for length, kept in ((1_000, True), (200_000, False)):
        way.lambda_.invoke(FunctionName="fn", Payload=str(length))["Payload"].close()
        assert ("Payload" in way.emulator.journal[-1].response) is kept


def test_the_calls_of_all_accounts_and_regions_are_in_one_journal(way):
    way.at(region="eu-west-1").lambda_.list_functions()
    way.lambda_.list_functions()
    assert [entry.region for entry in way.emulator.journal] == ["eu-west-1", "us-east-1"]


def test_a_changed_entry_changes_no_other(way, fn):
    way.emulator.journal[0].parameters.clear()
    assert way.emulator.journal[0].parameters["FunctionName"] == "fn"


def test_a_reset_forgets_the_calls(way, fn):
    way.emulator.reset()
    assert way.emulator.journal == []


@case(89)
@rule("R7")
@pytest.mark.parametrize("publish", [False, True])
def test_cloudtrail_has_the_event_and_no_bytes_of_the_zip(way, fn, publish):
    members = {"FunctionName": ARN, "ZipFile": ZIP_B, "Publish": publish, "DryRun": False}
    answer = way.lambda_.update_function_code(**members)
    entry = way.emulator.journal[-1]
    record = entry.cloudtrail()
    assert record["eventName"] == "UpdateFunctionCode20150331v2"
    assert record["eventSource"] == "lambda.amazonaws.com"
    assert record["requestParameters"] == {"functionName": ARN, "publish": publish, "dryRun": False}
    elements = record["responseElements"]
    assert list(elements) == sorted(elements)
    assert elements["codeSha256"] == answer["CodeSha256"]
    assert elements["tracingConfig"] == {"mode": "PassThrough"}
    assert (record["readOnly"], record["requestID"]) == (False, entry.request_id)
    assert "zipFile" not in json.dumps(record)
    assert "errorCode" not in record


@case(89)
def test_eventbridge_has_the_same_record_in_its_envelope(way, fn):
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    entry = way.emulator.journal[-1]
    event = entry.eventbridge()
    detail = event.pop("detail")
    assert detail == entry.cloudtrail()
    assert event == {
        "version": "0",
        "id": detail["eventID"],
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.lambda",
        "account": "123456789012",
        "time": "2026-01-01T00:00:00Z",
        "region": "us-east-1",
        "resources": [],
    }


EVENT_NAMES = {
    "create_function": ("CreateFunction20150331", {**creation("other")}),
    "update_function_configuration": ("UpdateFunctionConfiguration20150331v2", {"FunctionName": "fn"}),
    "publish_version": ("PublishVersion20150331", {"FunctionName": "fn"}),
    "delete_function": ("DeleteFunction20150331", {"FunctionName": "fn"}),
}


@pytest.mark.parametrize("name", EVENT_NAMES)
def test_the_siblings_have_their_own_names(way, fn, name):
    event_name, parameters = EVENT_NAMES[name]
    getattr(way.lambda_, name)(**parameters)
    assert way.emulator.journal[-1].cloudtrail()["eventName"] == event_name


def test_a_refusal_stands_in_the_record(way, fn):
    way.refused(way.lambda_.update_function_code, NOT_A_ZIP, FunctionName="fn", ZipFile=b"no zip")
    record = way.emulator.journal[-1].cloudtrail()
    assert (record["errorCode"], record["errorMessage"]) == (NOT_A_ZIP.code, NOT_A_ZIP.message)
    assert record["responseElements"] is None


def test_the_environment_is_emptied_and_a_read_has_no_response_elements(way):
    way.lambda_.create_function(**creation(Environment={"Variables": {"PASSWORD": "secret"}}))
    record = way.emulator.journal[-1].cloudtrail()
    assert record["requestParameters"]["environment"] == record["responseElements"]["environment"] == {}
    assert record["requestParameters"]["role"] == ROLE
    way.lambda_.get_function_configuration(FunctionName="fn")
    read = way.emulator.journal[-1].cloudtrail()
    assert (read["readOnly"], read["responseElements"]) == (True, None)
    assert "secret" not in json.dumps([record, read])


def test_the_caller_is_in_the_record(way, fn):
    identity = way.emulator.journal[-1].cloudtrail()["userIdentity"]
    key = identity.pop("accessKeyId", None)
    assert (key is None) == (way.kind == "direct")
    assert identity == {
        "type": "IAMUser",
        "arn": PRINCIPAL,
        "accountId": "123456789012",
        "principalId": Matching(r"AIDA[A-Z2-7]{17}"),
        "userName": "drylambda",
    }


def test_what_could_not_be_read_is_written_down_without_parameters(wire):
    wire.update({"DryRun": "true"})
    entry = wire.emulator.journal[-1]
    assert (entry.operation, entry.parameters) == ("UpdateFunctionCode", {})
    assert entry.error_code == "SerializationException"


def test_what_is_too_large_is_not_kept(way, fn):
    with pytest.raises(drylambda.ClientError):
        way.lambda_.update_function_configuration(FunctionName="fn", Description="x" * 6000)
    assert way.emulator.journal[-1].parameters == {}


def test_a_refusal_that_repeats_a_long_value_is_answered_whole_and_kept_in_part(way):
    description = "x" * 300_000
    with pytest.raises(drylambda.ClientError) as caught:
        way.lambda_.create_function(**creation(Description=description))
    message = caught.value.response["Error"]["Message"]
    assert f"'{description}'" in message
    entry = way.emulator.journal[-1]
    assert entry.error_message == f"{message[:16384]}... ({len(message)} bytes)"
    assert entry.cloudtrail()["errorMessage"] == entry.error_message
    assert "Description" not in entry.parameters
    assert entry.parameters["Handler"] == creation()["Handler"]


def test_variables_that_a_refusal_quotes_are_not_in_the_record(way, fn):
    variables = {"SECRET": "secret" * 700}
    with pytest.raises(drylambda.ClientError, match="secret"):
        way.lambda_.create_function(**creation("other", Environment={"Variables": variables}))
    record = way.emulator.journal[-1].cloudtrail()
    assert record["errorMessage"].endswith("String measured: {}")
    assert "secret" not in json.dumps(record)


def test_a_deletion_has_no_response_elements(way, fn):
    way.lambda_.delete_function(FunctionName="fn")
    assert way.emulator.journal[-1].cloudtrail()["responseElements"] is None
