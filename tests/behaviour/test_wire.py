"""What only raw HTTP shows: bodies, headers, paths (sections 1.5, 2.1 and 14)."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote

import pytest
from texts import NO_SOURCE, REQUEST_TOO_LARGE
from world import ARN, UPDATING, ZIP_B, configuration

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule

ZIP_FILE = base64.b64encode(ZIP_B).decode()
USER = "User"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def refused(response, refusal, key="message"):
    assert (response.status, response.headers["x-amzn-errortype"]) == (refusal.status, refusal.code)
    expected = {key: refusal.message} if refusal.status == 413 else {"Type": USER, key: refusal.message}
    assert response.json == expected


@case(11)
@rule("R53", "R20")
@pytest.mark.parametrize(
    "body", [b"", b"{}", b" {} \n", b'{"ZipFile": null}', b'{"S3Bucket":null,"S3Key":null}'], ids=repr
)
def test_a_body_without_members_names_no_source(wire, body):
    refused(wire.update(body), NO_SOURCE)


@case(42)
@fact(54)
@rule("Z10", "Z18", "K2")
def test_a_body_over_the_limit_is_refused_before_it_is_read(wire):
    limit = 70_167_211
    response = wire.update(bytes(limit + 1))
    refused(response, REQUEST_TOO_LARGE, "Message")
    assert wire.update(bytes(limit), name="no name!").headers["x-amzn-errortype"] == "SerializationException"


@case(55)
@rule("R52", "K2")
@pytest.mark.parametrize(
    "body",
    [
        b'{"DryRun":"true"}',
        b'{"Publish":1}',
        b'{"S3Bucket":7}',
        b'{"S3Bucket":["bucket"]}',
        b'{"Architectures":"arm64"}',
        b'{"Architectures":{}}',
        b'{"ZipFile":"not base64!"}',
        b'{"ZipFile":"UEsDB"}',
        b'{"ZipFile":7}',
        b'{"ZipFile":{}}',
        b"{",
        b"not json",
        b"[]",
        b'"text"',
        b"7",
        b"{} {}",
        b'{"DryRun":true,}',
        b"\xff\xfe",
        b'{"S3Key":"\xff"}',
        b"[" * 100_000,
        b'{"Foo":' + b"[" * 100_000,
    ],
    ids=lambda body: repr(body[:30]),
)
def test_what_is_no_json_of_the_request_is_a_serialization_exception(wire, body):
    response = wire.update(body)
    assert (response.status, response.headers["x-amzn-errortype"]) == (400, "SerializationException")
    assert set(response.json) <= {"Message", "message"}
    assert wire.emulator.get_function(FunctionName="fn")["Configuration"] == configuration()


@rule("R52")
def test_the_type_is_judged_before_the_constraints_and_the_name(wire):
    # Section 4, steps 3 and 4.
    response = wire.update(b'{"DryRun":"true","S3Bucket":"x"}', name="no name!")
    assert response.headers["x-amzn-errortype"] == "SerializationException"


@case(56)
@rule("R50")
@pytest.mark.parametrize(
    "absent", ["S3Bucket", "S3Key", "ImageUri", "RevisionId", "Architectures", "DryRun", "PublishTo"]
)
def test_a_null_is_absent(wire, absent):
    response = wire.update({absent: None, "ZipFile": ZIP_FILE})
    assert response.status == 200
    assert response.known == configuration(state=UPDATING, package=ZIP_B)


@case(57)
@rule("R51")
@pytest.mark.parametrize(
    "unknown",
    [{"Foo": 1}, {"SourceKmsKeyArn": "x"}, {"zipFile": "x"}, {"FunctionName": "other"}, {"": [{"a": None}]}],
    ids=repr,
)
def test_an_unknown_member_is_ignored(wire, unknown):
    response = wire.update({**unknown, "ZipFile": ZIP_FILE})
    assert response.status == 200
    assert response.known == configuration(state=UPDATING, package=ZIP_B)


@case(80)
@rule("W1", "W2")
def test_the_headers_of_an_answer(wire):
    response = wire.update({"ZipFile": ZIP_FILE})
    assert response.headers == {
        "date": "Thu, 01 Jan 2026 00:00:00 GMT",
        "content-type": "application/json",
        "content-length": str(len(response.body)),
        "connection": "keep-alive",
        "x-amzn-requestid": response.headers["x-amzn-requestid"],
    }
    assert re.fullmatch(UUID, response.headers["x-amzn-requestid"])


@fact(33, 45)
def test_the_headers_of_a_refusal(wire):
    response = wire.update({"ZipFile": ZIP_FILE, "RevisionId": "wrong"})
    assert response.headers == {
        "date": "Thu, 01 Jan 2026 00:00:00 GMT",
        "content-type": "application/json",
        "content-length": str(len(response.body)),
        "connection": "keep-alive",
        "x-amzn-errortype": "PreconditionFailedException",
        "x-amzn-requestid": response.headers["x-amzn-requestid"],
    }
    assert re.fullmatch(UUID, response.headers["x-amzn-requestid"])
    assert response.json["Type"] == "User"


@case(81)
@rule("K1", "K2", "E1")
def test_a_missing_function_in_header_and_body(wire):
    response = wire.update({"ZipFile": ZIP_FILE}, name="nobody")
    assert response.status == 404
    assert response.headers["x-amzn-errortype"].startswith("ResourceNotFoundException")
    assert response.json == {"Type": "User", "Message": f"Function not found: {ARN[:-2]}nobody"}
    assert response.headers["content-type"] == "application/json"
    assert response.headers["content-length"] == str(len(response.body))


@case(83)
@fact(32)
@rule("R57", "F2")
@pytest.mark.parametrize(
    "segment", [ARN, ARN.replace(":", "%3A"), ARN.replace(":", "%3a"), "fn%3A%24LATEST", "fn:$LATEST", "%66n"]
)
def test_a_path_is_decoded_once(wire, segment):
    response = wire.send("PUT", f"/2015-03-31/functions/{segment}/code", {"ZipFile": ZIP_FILE})
    assert response.known == configuration(state=UPDATING, package=ZIP_B)


@rule("R57", "F4")
def test_a_path_is_not_decoded_twice(wire):
    response = wire.send("PUT", "/2015-03-31/functions/%2566n/code", {"ZipFile": ZIP_FILE})
    assert response.headers["x-amzn-errortype"] == "ValidationException"
    assert "Value '%66n' at 'functionName'" in response.json["message"]


@rule("R56", "K8")
@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Content-Type", "application/json")],
        [("Content-Type", "application/x-www-form-urlencoded")],
        [("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")],
        [("Authorization", "nonsense")],
        [("Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/20200101/us-east-1/lambda/aws4_request, Signature=0")],
    ],
    ids=repr,
)
def test_no_header_is_needed_and_no_signature_is_checked(wire, headers):
    assert wire.update({"ZipFile": ZIP_FILE}, headers=headers).status == 200


@fact(54, 56)
@rule("F7")
def test_a_foreign_account_is_refused_with_a_null(wire):
    response = wire.update({"ZipFile": ZIP_FILE}, name=ARN.replace("1234", "9999"))
    assert (response.status, response.headers["x-amzn-errortype"]) == (403, "AccessDeniedException")
    assert response.json == {"Message": None}


@rule("K10")
def test_deletion_answers_204_without_a_body(wire):
    response = wire.send("DELETE", "/2015-03-31/functions/fn")
    assert (response.status, response.body) == (204, b"")
    assert set(response.headers) == {"date", "connection", "x-amzn-requestid"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("PATCH", "/2015-03-31/functions/fn/code"),
        ("PUT", "/2015-03-31/functions/fn/nothing"),
        ("GET", "/x"),
    ],
)
def test_a_path_of_no_operation_is_a_refusal_and_no_crash(wire, method, path):
    response = wire.send(method, path)
    assert (response.status, response.headers["x-amzn-errortype"]) == (404, "UnknownOperationException")
    assert response.json == {"Message": f"no Lambda operation answers {method} {path}"}


@rule("G1")
def test_a_location_is_answered_like_an_object_of_s3(wire):
    wire.update({"ZipFile": ZIP_FILE})
    location = wire.emulator.get_function(FunctionName="fn")["Code"]["Location"]
    host, _, rest = location.removeprefix("https://").partition("/")
    path, _, query = rest.partition("?")
    response = wire.send("GET", f"/{path}", query=query, host=host)
    assert (response.status, response.body) == (200, ZIP_B)
    assert response.headers["content-type"] == "application/zip"
    for changed in (
        query[:-1] + ("0" if query[-1] != "0" else "1"),
        "",
        query.replace("versionId=", "versionId=A"),
        query.replace("600", "99999"),
    ):
        assert wire.send("GET", f"/{path}", query=changed, host=host).status == 403


def test_a_null_in_a_list_of_structures_violates_a_constraint(wire):
    response = wire.send("PUT", "/2015-03-31/functions/fn/configuration", body=b'{"FileSystemConfigs":[null]}')
    assert (response.status, response.json) == (
        400,
        {
            "message": "1 validation error detected: Value null at 'fileSystemConfigs.1.member' failed to satisfy "
            "constraint: Member must not be null"
        },
    )


class TestWhoCalls:
    """Account and Region of a request: its signature's, else its host's, else the emulator's."""

    def list(self, wire, host="localhost:4566", **headers):
        response = wire.send("GET", "/2015-03-31/functions/fn", headers=list(headers.items()), host=host)
        found = re.search(r"arn:aws[a-z-]*:lambda:([a-z0-9-]+:\d{12}):function:fn", response.body.decode())
        return found.group(1)

    def credential(self, key, region):
        return (
            f"AWS4-HMAC-SHA256 Credential={key}/20260101/{region}/lambda/aws4_request, SignedHeaders=host, Signature=0"
        )

    def test_nothing_said(self, wire):
        assert self.list(wire) == "us-east-1:123456789012"

    def test_the_host_says_the_region(self, wire):
        assert self.list(wire, "lambda.eu-west-1.amazonaws.com") == "eu-west-1:123456789012"
        assert self.list(wire, "lambda-fips.us-gov-west-1.amazonaws.com") == "us-gov-west-1:123456789012"
        assert self.list(wire, "lambda.ap-south-1.api.aws") == "ap-south-1:123456789012"

    def test_the_signature_says_more_than_the_host(self, wire):
        signed = self.credential("AKIA", "sa-east-1")
        assert self.list(wire, "lambda.eu-west-1.amazonaws.com", Authorization=signed) == "sa-east-1:123456789012"

    def test_an_access_key_of_twelve_digits_says_the_account(self, wire):
        signed = self.credential("210987654321", "sa-east-1")
        assert self.list(wire, Authorization=signed) == "sa-east-1:210987654321"


STATUSES = {
    "InvalidParameterValueException": (400, {}),
    "ValidationException": (400, {"PublishTo": "X"}),
    "SerializationException": (400, {"DryRun": "true"}),
    "PreconditionFailedException": (412, {"RevisionId": "wrong", "ZipFile": ""}),
    "ResourceNotFoundException": (404, {"name": "nobody"}),
    "AccessDeniedException": (403, {"name": "arn:aws:lambda:us-east-1:999999999999:function:fn"}),
}


@fact(57)
@rule("K4", "K1")
@pytest.mark.parametrize("code", STATUSES)
def test_each_error_has_its_status(wire, code):
    status, members = STATUSES[code]
    name = members.get("name", "fn")
    response = wire.update({key: value for key, value in members.items() if key != "name"}, name)
    assert (response.status, response.headers["x-amzn-errortype"]) == (status, code)


# The errors of facts 1, each as an operation has it: status, and the key of the text.
BODIES = {
    "ResourceNotFoundException": ("UpdateFunctionCode", 404, "Message"),
    "CodeSigningConfigNotFoundException": ("UpdateFunctionCode", 404, "Message"),
    "ServiceException": ("UpdateFunctionCode", 500, "Message"),
    "InvalidParameterValueException": ("UpdateFunctionCode", 400, "message"),
    "ResourceConflictException": ("UpdateFunctionCode", 409, "message"),
    "PreconditionFailedException": ("UpdateFunctionCode", 412, "message"),
    "TooManyRequestsException": ("UpdateFunctionCode", 429, "message"),
    "CodeStorageExceededException": ("UpdateFunctionCode", 400, "message"),
    "ProvisionedConcurrencyConfigNotFoundException": ("GetProvisionedConcurrencyConfig", 404, "message"),
    "PolicyLengthExceededException": ("AddPermission", 400, "message"),
    "InvalidRequestContentException": ("Invoke", 400, "message"),
    "RequestTooLargeException": ("Invoke", 413, "message"),
}
CALLS = {
    "UpdateFunctionCode": ("PUT", "/code", {"ZipFile": ZIP_FILE}, ""),
    "GetProvisionedConcurrencyConfig": ("GET", "/provisioned-concurrency", b"", "Qualifier=1"),
    "AddPermission": ("POST", "/policy", {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "*"}, ""),
    "Invoke": ("POST", "/invocations", b"{}", ""),
}
DATES = {"GetProvisionedConcurrencyConfig": "2019-09-30"}


@fact(36, 37, 39, 45, 57)
@rule("K2", "K4")
@pytest.mark.parametrize("code", BODIES)
def test_each_error_has_its_status_and_the_key_of_its_text(wire, code):
    operation, status, key = BODIES[code]
    method, path, body, query = CALLS[operation]
    wire.emulator.fail(operation, code, "the text", times=1)
    path = f"/{DATES.get(operation, '2015-03-31')}/functions/fn{path}"
    response = wire.send(method, path, body, query=query)
    assert (response.status, response.headers["x-amzn-errortype"]) == (status, code)
    told = {name: value for name, value in response.json.items() if name.lower() in ("message", "type")}
    assert told == {"Type": "Service" if code == "ServiceException" else USER, key: "the text"}


# What answers nothing, once there is something to take away.
EMPTY = {
    "TagResource": ("POST", "/2017-03-31/tags/{arn}", {"Tags": {"a": "b"}}, ""),
    "UntagResource": ("DELETE", "/2017-03-31/tags/{arn}", b"", "tagKeys=a"),
    "DeleteAlias": ("DELETE", "/2015-03-31/functions/fn/aliases/live", b"", ""),
    "DeleteFunctionConcurrency": ("DELETE", "/2017-10-31/functions/fn/concurrency", b"", ""),
    "DeleteFunctionUrlConfig": ("DELETE", "/2021-10-31/functions/fn/url", b"", ""),
    "DeleteFunctionCodeSigningConfig": ("DELETE", "/2020-06-30/functions/fn/code-signing-config", b"", ""),
}


@fact(61, 456, 503, 547, 556, 602)
@pytest.mark.parametrize("operation", EMPTY)
def test_an_operation_without_a_result_answers_204_and_nothing(wire, operation):
    wire.emulator.create_alias(FunctionName="fn", Name="live", FunctionVersion="$LATEST")
    wire.emulator.create_function_url_config(FunctionName="fn", AuthType="NONE")
    method, path, body, query = EMPTY[operation]
    response = wire.send(method, path.format(arn=quote(ARN, safe="")), body, query=query)
    assert (response.status, response.body) == (204, b"")
