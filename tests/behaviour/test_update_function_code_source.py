"""Which source an UpdateFunctionCode names: exactly one (section 1.2)."""

from __future__ import annotations

import pytest
from texts import EMPTY_ZIP, IMAGE_FOR_ZIP, NO_SOURCE, NOT_A_ZIP, SEVERAL_SOURCES
from world import UPDATING, ZIP_A, ZIP_B, configuration

import drylambda

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/repository:tag"


@fact(354, 362, 363, 653)
@pytest.mark.parametrize(
    ("members", "refusal"),
    [
        pytest.param({}, NO_SOURCE, id="R20-nothing", marks=case(10)),
        pytest.param({"Publish": True}, NO_SOURCE, id="R20-publish_alone"),
        pytest.param({"DryRun": True}, NO_SOURCE, id="R20-dry_run_alone"),
        pytest.param({"ZipFile": ZIP_B, "S3Bucket": "bucket"}, SEVERAL_SOURCES, id="R21-bucket", marks=case(12)),
        pytest.param({"ZipFile": ZIP_B, "S3Key": "key"}, SEVERAL_SOURCES, id="R21-key"),
        pytest.param({"ZipFile": ZIP_B, "S3ObjectVersion": "1"}, SEVERAL_SOURCES, id="R21-object_version"),
        pytest.param({"ZipFile": ZIP_B, "S3Bucket": "bucket", "S3Key": "key"}, SEVERAL_SOURCES, id="R21-object"),
        pytest.param({"ZipFile": b"not a zip", "S3Bucket": "bucket"}, SEVERAL_SOURCES, id="R21-before_Z1"),
        pytest.param({"S3Bucket": "bucket"}, NO_SOURCE, id="R22-bucket_alone", marks=case(13)),
        pytest.param({"S3Key": "key"}, NO_SOURCE, id="R22-key_alone"),
        pytest.param({"S3ObjectVersion": "1"}, NO_SOURCE, id="R22-object_version_alone"),
        pytest.param({"S3Bucket": "bucket", "S3ObjectVersion": "1"}, NO_SOURCE, id="R22-bucket_and_version"),
        pytest.param({"ImageUri": IMAGE, "ZipFile": ZIP_B}, IMAGE_FOR_ZIP, id="R23-with_zip"),
        pytest.param({"ImageUri": IMAGE, "S3Bucket": "bucket", "S3Key": "key"}, IMAGE_FOR_ZIP, id="R23-with_s3"),
        pytest.param({"ImageUri": IMAGE, "S3ObjectStorageMode": "REFERENCE"}, IMAGE_FOR_ZIP, id="B8-with_image"),
        pytest.param({"ImageUri": IMAGE}, IMAGE_FOR_ZIP, id="R24", marks=case(15)),
        pytest.param({"ImageUri": "no image at all"}, IMAGE_FOR_ZIP, id="R24-before_I2"),
        pytest.param({"Architectures": ["arm64"]}, NO_SOURCE, id="R27", marks=case(14)),
        pytest.param({"SourceKMSKeyArn": ""}, NO_SOURCE, id="R20-key_alone"),
        pytest.param({"S3ObjectStorageMode": "REFERENCE"}, NO_SOURCE, id="R20-mode_alone"),
        pytest.param({"ZipFile": b""}, EMPTY_ZIP, id="R55"),
    ],
)
def test_not_exactly_one_source_is_refused_and_changes_nothing(way, fn, members, refusal):
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, refusal, FunctionName="fn", **members)


@rule("R7", "D6")
@pytest.mark.parametrize("members", [{}, {"Architectures": ["arm64"]}, {"S3Key": "key"}])
def test_a_dry_run_names_a_source_too(way, fn, members):
    way.refused(way.lambda_.update_function_code, NO_SOURCE, FunctionName="fn", DryRun=True, **members)


@rule("B8")
def test_a_reference_to_a_package_that_is_sent_is_refused(way, fn):
    parameters = {"FunctionName": "fn", "ZipFile": ZIP_B, "S3ObjectStorageMode": "REFERENCE"}
    way.refused(way.lambda_.update_function_code, SEVERAL_SOURCES, **parameters)


@rule("R13")
def test_the_mode_copy_is_that_of_every_call_and_may_be_said(way, fn):
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, S3ObjectStorageMode="COPY")
    del answer["ResponseMetadata"]
    assert answer == configuration(state=UPDATING, package=ZIP_B)


@rule("R54")
@pytest.mark.parametrize("form", [bytes, bytearray])
def test_a_package_may_come_in_any_form_boto3_takes(way, fn, form):
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=form(ZIP_B))
    assert answer["CodeSize"] == len(ZIP_B)


@rule("R54")
def test_boto3_takes_text_for_a_package_and_aws_finds_no_zip_in_it(way, fn):
    way.refused(way.lambda_.update_function_code, NOT_A_ZIP, FunctionName="fn", ZipFile="PK text")


@fact(329, 330)
@rule("R30", "R10")
def test_an_architecture_is_stored_and_stays_until_another_is_sent(way, fn):
    update = way.lambda_.update_function_code
    assert update(FunctionName="fn", ZipFile=ZIP_A, Architectures=["arm64"])["Architectures"] == ["arm64"]
    assert way.settled("fn")["Architectures"] == ["arm64"]
    assert update(FunctionName="fn", ZipFile=ZIP_B)["Architectures"] == ["arm64"]


@case(88)
@rule("R40", "R41", "R42", "R11")
def test_a_source_key_is_shown_by_get_function_and_not_sticky(way, fn):
    key = "arn:aws:kms:us-east-1:123456789012:key/1"
    for sent, shown in [(key, key), (None, None), (key, key), ("", None)]:
        more = {} if sent is None else {"SourceKMSKeyArn": sent}
        answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, **more)
        assert "KMSKeyArn" not in answer
        assert way.lambda_.get_function(FunctionName="fn")["Code"].get("SourceKMSKeyArn") == shown


def test_what_is_built_is_listed():
    assert drylambda.OPERATIONS["UpdateFunctionCode"] is True
