"""Code from S3: wherever the object is, and whatever S3 says of it (sections 3.5, 11)."""

from __future__ import annotations

import functools
import io
import json
import random
import zipfile

import pytest
from deployments import OBJECT, code, deployed, emulated, update, with_function
from packages import END_RECORD, bomb, zipped
from places import PLACES
from texts import (
    EMPTY_ZIP,
    NO_BUCKET,
    NO_KEY,
    NO_VERSION,
    NOT_A_ZIP,
    STALE_REVISION,
    UNZIPPED_TOO_LARGE,
    denied_by_s3,
    pending,
    s3_says,
    source_broken,
)
from world import (
    CREATING,
    SETTLED,
    UPDATING,
    ZIP_A,
    ZIP_B,
    configuration,
    creation,
    sha256,
    version,
)

import drylambda

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule


# COPY


@case(32)
@rule("B2", "P2", "P4", "P5")
def test_an_object_is_deployed_with_its_own_hash_and_size(way, place):
    way = deployed(way, place)
    place.put(*OBJECT.values(), ZIP_B)
    assert update(way, **OBJECT) == configuration(state=UPDATING, package=ZIP_B)
    assert way.settled("fn")["CodeSha256"] == sha256(ZIP_B)
    assert way.emulator.download(code(way)["Location"]) == ZIP_B


@rule("R3", "R4")
def test_a_function_is_created_from_an_object(way, place):
    way = emulated(way, place)
    place.bucket("deployments")
    place.put(*OBJECT.values(), ZIP_B)
    answer = way.lambda_.create_function(**{**creation(), "Code": OBJECT})
    del answer["ResponseMetadata"]
    assert answer == configuration(state=CREATING, package=ZIP_B)
    assert way.emulator.download(code(way)["Location"]) == ZIP_B


@fact(288, 289)
@rule("E11", "E12")
@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        pytest.param({"S3Bucket": "nowhere", "S3Key": "k"}, NO_BUCKET, id="bucket"),
        pytest.param({"S3Bucket": "deployments", "S3Key": "k"}, NO_KEY, id="key"),
    ],
)
def test_no_function_is_created_from_what_is_not_there(way, place, source, refusal):
    way = emulated(way, place)
    place.bucket("deployments")
    way.refused(way.lambda_.create_function, refusal, **{**creation(), "Code": source})
    assert way.lambda_.list_functions()["Functions"] == []


@rule("R4")
@pytest.mark.parametrize("key", ["a//b", "/a", "a/", "a b+c&d=e#f%41?ä", "-._~!$'()*,;:@[]"])
def test_any_key_of_s3_will_do(way, versioned, key):
    way = deployed(way, versioned)
    versioned.put("deployments", key, ZIP_B)
    assert update(way, S3Bucket="deployments", S3Key=key)["CodeSha256"] == sha256(ZIP_B)


@rule("R5")
def test_an_object_may_have_been_uploaded_in_parts(way, versioned):
    way = deployed(way, versioned)
    versioned.version("deployments", "Enabled")
    client, names = versioned.client("deployments"), {"Bucket": "deployments", "Key": "app/fn.zip"}
    package = zipped(("noise", random.Random(1).randbytes(5_300_000)), compression=zipfile.ZIP_STORED)  # noqa: S311
    upload = {**names, "UploadId": client.create_multipart_upload(**names)["UploadId"]}
    pieces = enumerate((package[:5_242_880], package[5_242_880:]), start=1)
    parts = [
        {"PartNumber": number, "ETag": client.upload_part(**upload, PartNumber=number, Body=piece)["ETag"]}
        for number, piece in pieces
    ]
    version = client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})["VersionId"]
    versioned.put(*OBJECT.values(), ZIP_A)
    assert update(way, **OBJECT, S3ObjectVersion=version) == configuration(state=UPDATING, package=package)


@case(33)
@fact(288, 355)
@rule("E11")
def test_a_bucket_that_is_nowhere_is_refused_with_a_hint_where_was_looked(way, place):
    way = deployed(way, place)
    with way.unchanged("fn"):
        error = way.refused(
            way.lambda_.update_function_code, NO_BUCKET, FunctionName="fn", S3Bucket="nowhere", S3Key="k"
        )
    (hint,) = [header for name, header in error.response["ResponseMetadata"]["HTTPHeaders"].items() if "hint" in name]
    assert 'no bucket is called "nowhere"' in hint
    where = {
        "own": "S3.",
        "directory": "S3, the directory /",
        "moto": "S3, moto's S3",
        "endpoint": "S3, the endpoint http:",
    }
    assert f"the emulator's own {where[place.name]}" in hint


@case(34)
@fact(289, 355)
@rule("E12")
@pytest.mark.parametrize("key", ["app/other.zip", "app", "app/", "../deployments/app/fn.zip", "app/../app/fn.zip"])
def test_a_key_that_the_bucket_does_not_have_is_refused(way, place, key):
    way = deployed(way, place)
    place.put(*OBJECT.values(), ZIP_B)
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, NO_KEY, FunctionName="fn", S3Bucket="deployments", S3Key=key)


@case(35)
@rule("R5")
def test_an_older_version_is_deployed_where_it_is_named(way, versioned):
    way = emulated(way, versioned, settle="instant")
    versioned.bucket("deployments", versioning="Enabled")
    way.lambda_.create_function(**creation())
    older, newer = versioned.put(*OBJECT.values(), ZIP_A), versioned.put(*OBJECT.values(), ZIP_B)
    for members, package in [({}, ZIP_B), ({"S3ObjectVersion": older}, ZIP_A), ({"S3ObjectVersion": newer}, ZIP_B)]:
        assert update(way, **OBJECT, **members)["CodeSha256"] == sha256(package)


@case(36)
@fact(363)
@rule("E13")
@pytest.mark.parametrize("unknown", ["1", "a-version-that-never-was", "null "])
def test_a_version_that_the_object_does_not_have_is_refused(way, place, unknown):
    way = deployed(way, place)
    place.put(*OBJECT.values(), ZIP_B)
    parameters = {"FunctionName": "fn", **OBJECT, "S3ObjectVersion": unknown}
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, NO_VERSION, **parameters)


@rule("E13")
def test_a_version_of_a_key_that_is_not_there_is_refused_as_a_version(way, place):
    way = deployed(way, place)
    parameters = {"FunctionName": "fn", **OBJECT, "S3ObjectVersion": "a-version-that-never-was"}
    way.refused(way.lambda_.update_function_code, NO_VERSION, **parameters)


def test_a_key_that_is_too_long_in_utf_8_is_refused(way, quick_place):
    way = deployed(way, quick_place)
    refusal = s3_says("KeyTooLongError", "Your key is too long")
    parameters = {"FunctionName": "fn", "S3Bucket": "deployments", "S3Key": "é" * 513}
    way.refused(way.lambda_.update_function_code, refusal, **parameters)


@rule("E13")
def test_a_delete_marker_that_is_named_is_no_object(way, worldwide):
    way = deployed(way, worldwide)
    worldwide.version("deployments", "Enabled")
    worldwide.put(*OBJECT.values(), ZIP_B)
    client = worldwide.client("deployments")
    marker = client.delete_object(Bucket="deployments", Key="app/fn.zip")["VersionId"]
    refusal = s3_says("MethodNotAllowed", "The specified method is not allowed against this resource.")
    parameters = {"FunctionName": "fn", **OBJECT, "S3ObjectVersion": marker}
    way.refused(way.lambda_.update_function_code, refusal, **parameters)
    way.refused(way.lambda_.update_function_code, NO_KEY, FunctionName="fn", **OBJECT)


@rule("E15")
@pytest.mark.parametrize("name", ["moto", "endpoint"])
def test_a_policy_of_motos_bucket_denies(way, tmp_path, name):
    with PLACES[name](tmp_path) as moto:
        way = deployed(way, moto)
        moto.put(*OBJECT.values(), ZIP_B)
        moto.put("deployments", "open.zip", ZIP_B)
        statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject"}
        statement["Resource"] = "arn:aws:s3:::deployments/app/*"
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        moto.client("deployments").put_bucket_policy(Bucket="deployments", Policy=policy)
        with way.unchanged("fn"):
            way.refused(way.lambda_.update_function_code, denied_by_s3("Access Denied"), FunctionName="fn", **OBJECT)
        assert update(way, S3Bucket="deployments", S3Key="open.zip")["CodeSha256"] == sha256(ZIP_B)


@case(37)
@rule("E14", "B2")
def test_a_bucket_of_another_region_is_refused_by_its_region(way, worldwide):
    way = deployed(way, worldwide)
    worldwide.bucket("far-away", region="eu-west-3")
    worldwide.put("far-away", "fn.zip", ZIP_B)
    for key in ("fn.zip", "not-there.zip"):
        parameters = {"FunctionName": "fn", "S3Bucket": "far-away", "S3Key": key}
        with way.unchanged("fn"):
            way.refused(way.lambda_.update_function_code, other_region("eu-west-3"), **parameters)


def other_region(region):
    text = f"The bucket is in this region: {region}. Please use this region to retry the request"
    return s3_says("PermanentRedirect", text)


@rule("B2")
def test_a_bucket_may_belong_to_another_account(way, worldwide):
    way = deployed(way, worldwide).at(account_id="999999999999")
    worldwide.put(*OBJECT.values(), ZIP_B)
    with_function(way)
    assert update(way, **OBJECT)["CodeSha256"] == sha256(ZIP_B)


S3_REFUSALS = {
    "E15": (403, {"code": "AccessDenied", "message": "Access Denied"}, denied_by_s3("Access Denied")),
    "E15-long": (
        403,
        {
            "code": "AccessDenied",
            "message": "User: arn:aws:iam::1:user/a is not authorized to perform: s3:GetObject on &quot;x&quot;",
        },
        denied_by_s3('User: arn:aws:iam::1:user/a is not authorized to perform: s3:GetObject on "x"'),
    ),
    "E14": (301, {"code": "PermanentRedirect", "x_amz_bucket_region": "eu-west-3"}, other_region("eu-west-3")),
    "E11": (404, {"code": "NoSuchBucket", "message": "bucket, what bucket?"}, NO_BUCKET),
    "E12": (404, {"code": "NoSuchKey", "message": "The specified key does not exist"}, NO_KEY),
    "E13": (404, {"code": "NoSuchVersion"}, NO_VERSION),
    "another": (
        503,
        {"code": "SlowDown", "message": "Please reduce your request rate."},
        s3_says("SlowDown", "Please reduce your request rate."),
    ),
}


@case(38)
@rule("E15")
@pytest.mark.parametrize("name", S3_REFUSALS)
def test_what_a_server_says_is_passed_on_in_lambdas_words(way, saying, name):
    status, answer, refusal = S3_REFUSALS[name]
    way = with_function(way.another(s3_endpoint=saying(status, **answer).url))
    for more in ({}, {"DryRun": True}):
        with way.unchanged("fn"):
            way.refused(way.lambda_.update_function_code, refusal, FunctionName="fn", **OBJECT, **more)


@case(38)
@rule("E15")
def test_a_private_object_is_not_read_without_keys(way, server_place, without_keys):
    way = deployed(way, server_place)
    server_place.put(*OBJECT.values(), ZIP_B)
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, denied_by_s3("Access Denied"), FunctionName="fn", **OBJECT)


def test_a_server_that_gives_no_answer_of_s3_is_told_from_aws(way, saying):
    url = saying(502, body=b"<html>Bad Gateway</html>").url
    way = with_function(way.another(s3_endpoint=url))
    refusal = source_broken(f"the endpoint {url}: HTTP status 502 without S3's error document", drylambda.__version__)
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, refusal, FunctionName="fn", **OBJECT)


def test_an_object_that_breaks_off_is_not_deployed(way, saying):
    url = saying(200, body=ZIP_B, Content_Length=str(len(ZIP_B) + 1)).url
    way = with_function(way.another(s3_endpoint=url))
    with way.unchanged("fn"), pytest.raises(drylambda.ClientError) as caught:
        way.lambda_.update_function_code(FunctionName="fn", **OBJECT)
    assert caught.value.response["Error"]["Code"] == "DrylambdaSourceBroken"
    assert f"the endpoint {url}: " in str(caught.value)


@case(39, 40)
@rule("B3")
def test_what_becomes_of_the_object_does_not_matter_to_the_function(way, place):
    way = deployed(way, place)
    place.put(*OBJECT.values(), ZIP_B)
    update(way, **OBJECT)
    place.put(*OBJECT.values(), ZIP_A)
    assert way.emulator.download(code(way)["Location"]) == ZIP_B
    place.delete(*OBJECT.values())
    assert way.emulator.download(code(way)["Location"]) == ZIP_B
    assert way.settled("fn")["CodeSha256"] == sha256(ZIP_B)
    way.refused(way.lambda_.update_function_code, NO_KEY, FunctionName="fn", **OBJECT)


@functools.cache
def large():
    """60 MB, of which 100 MB unzip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("noise", random.Random(1).randbytes(60_000_000))  # noqa: S311 - no secret
        archive.writestr("zeros", bytes(40_000_000), zipfile.ZIP_DEFLATED, 1)
    return file.getvalue()


@case(41)
@rule("Z12")
def test_an_object_may_be_larger_than_what_may_be_sent(way, quick_place):
    way = deployed(way, quick_place)
    quick_place.put(*OBJECT.values(), large())
    assert update(way, **OBJECT)["CodeSize"] == len(large()) > 52_428_800


@pytest.mark.parametrize(
    ("package", "refusal"),
    [
        pytest.param(b"not a zip", NOT_A_ZIP, id="Z1"),
        pytest.param(ZIP_B[:-10], NOT_A_ZIP, id="Z1-cut"),
        pytest.param(ZIP_B[:40] + b"\0" + ZIP_B[41:], NOT_A_ZIP, id="Z5"),
        pytest.param(END_RECORD, EMPTY_ZIP, id="Z2"),
        pytest.param(b"", EMPTY_ZIP, id="R55"),
        pytest.param(bomb, UNZIPPED_TOO_LARGE, id="Z13"),
    ],
)
def test_an_object_is_checked_as_a_package_that_is_sent(way, place, package, refusal):
    way = deployed(way, place)
    place.put(*OBJECT.values(), package() if callable(package) else package)
    for more in ({}, {"DryRun": True}, {"Publish": True}):
        with way.unchanged("fn"):
            way.refused(way.lambda_.update_function_code, refusal, FunctionName="fn", **OBJECT, **more)
    with pytest.raises(drylambda.ClientError) as caught:
        way.lambda_.create_function(**{**creation("other"), "Code": OBJECT})
    assert caught.value.response["Error"]["Message"] == refusal.message


@rule("V1", "R6", "R10", "R40", "R41")
def test_an_object_is_published_for_an_architecture_and_kept_under_a_key(way, place):
    way = deployed(way, place)
    place.put(*OBJECT.values(), ZIP_B)
    key = "arn:aws:kms:us-east-1:123456789012:key/1"
    answer = update(way, **OBJECT, Publish=True, Architectures=["arm64"], SourceKMSKeyArn=key)
    assert answer == version(1, CREATING, package=ZIP_B, Architectures=["arm64"])
    assert code(way, Qualifier="1")["SourceKMSKeyArn"] == key
    assert way.emulator.download(code(way, Qualifier="1")["Location"]) == ZIP_B


@rule("E2", "E4")
def test_revision_and_state_are_looked_at_before_the_object(way, place):
    way = emulated(way, place)
    way.lambda_.create_function(**creation())
    parameters = {"FunctionName": "fn", "S3Bucket": "nowhere", "S3Key": "key"}
    way.refused(way.lambda_.update_function_code, pending(), **parameters)
    way.settled("fn")
    way.refused(way.lambda_.update_function_code, STALE_REVISION, **parameters, RevisionId="wrong")
    way.refused(way.lambda_.update_function_code, NO_BUCKET, **parameters)


# DryRun


@rule("D3", "D5", "D11")
def test_a_dry_run_reads_the_object_and_leaves_no_trace(way, place):
    way = deployed(way, place)
    place.put(*OBJECT.values(), ZIP_B)
    with way.unchanged("fn"):
        answer = update(way, **OBJECT, DryRun=True)
    assert answer == configuration(package=ZIP_B)


@case(73)
@rule("D6", "D11")
def test_a_dry_run_is_refused_where_the_real_call_is(way, place):
    way = deployed(way, place)
    for members, refusal in [(OBJECT, NO_KEY), ({"S3Bucket": "nowhere", "S3Key": "key"}, NO_BUCKET)]:
        with way.unchanged("fn"):
            way.refused(way.lambda_.update_function_code, refusal, FunctionName="fn", DryRun=True, **members)


# Where is looked


def test_each_bucket_is_read_where_it_is(way, tmp_path, moto_place):
    way = with_function(way.another(s3_dir=tmp_path, settle="instant"))
    (tmp_path / "both").mkdir()
    (tmp_path / "both" / "only-here.zip").write_bytes(ZIP_A)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "fn.zip").write_bytes(ZIP_A)
    moto_place.bucket("both")
    moto_place.put("both", "fn.zip", ZIP_B)
    assert update(way, S3Bucket="both", S3Key="fn.zip")["CodeSha256"] == sha256(ZIP_B)
    assert update(way, S3Bucket="folder", S3Key="fn.zip")["CodeSha256"] == sha256(ZIP_A)
    # A bucket is in one place alone: the first that has it.
    way.refused(way.lambda_.update_function_code, NO_KEY, FunctionName="fn", S3Bucket="both", S3Key="only-here.zip")


def test_without_any_place_there_is_no_bucket(way, fn):
    error = way.refused(way.lambda_.update_function_code, NO_BUCKET, FunctionName="fn", **OBJECT)
    assert "s3_dir=" in error.response["ResponseMetadata"]["HTTPHeaders"]["x-drylambda-hint"]
    assert fn["State"] == SETTLED["State"]


def test_moto_is_asked_only_while_its_mock_is_active(way, moto_place):
    import moto

    way = deployed(way, moto_place)
    moto_place.put(*OBJECT.values(), ZIP_B)
    stubber = moto.core.models.botocore_stubber
    stubber.enabled = False
    try:
        way.refused(way.lambda_.update_function_code, NO_BUCKET, FunctionName="fn", **OBJECT)
    finally:
        stubber.enabled = True
    assert update(way, **OBJECT)["CodeSha256"] == sha256(ZIP_B)


def test_requests_to_an_endpoint_are_signed_if_there_are_keys(way, saying, without_keys, monkeypatch):
    server = saying(404, "NoSuchKey")
    unsigned = with_function(way.another(s3_endpoint=server.url))
    for name, value in {"ACCESS_KEY_ID": "AKID", "SECRET_ACCESS_KEY": "secret", "SESSION_TOKEN": "token"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    signed = with_function(way.another(s3_endpoint=server.url))
    for each in (unsigned, signed):
        each.refused(each.lambda_.update_function_code, NO_KEY, FunctionName="fn", **OBJECT, S3ObjectVersion="v/1")
    (path, headers), (_, signed_headers) = server.requests
    assert path == "/deployments/app/fn.zip?versionId=v%2F1"
    assert "Authorization" not in {name.title() for name in headers}
    headers = {name.lower(): value for name, value in signed_headers.items()}
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID/")
    assert headers["x-amz-security-token"] == "token"
