"""Code that stays in S3: functions that refer to an object (section 1.3, B4 to B9)."""

from __future__ import annotations

import pytest
from deployments import OBJECT, code, deployed, emulated, stored_bytes, update, with_function
from places import DirectoryPlace
from texts import invalid, missing_reference_versions, s3_says
from world import ACCOUNT, CREATING, UPDATING, ZIP_A, ZIP_B, configuration, creation, sha256, version

case, rule = pytest.mark.case, pytest.mark.rule
ARCHIVED = s3_says("InvalidObjectState", "The operation is not valid for the object's storage class")
REFERENCE = {**OBJECT, "S3ObjectStorageMode": "REFERENCE"}


def resolved(version):
    return {**OBJECT, "S3ObjectVersion": version}


def referable(way, place, **options):
    """The same way into an emulator with `F` and a bucket that keeps versions."""
    way = with_function(emulated(way, place, settle="instant", **options))
    place.bucket("deployments", versioning="Enabled")
    return way


@rule("B4", "B5", "B9", "G4", "R13")
def test_an_object_that_is_referred_to_is_neither_copied_nor_counted(way, versioned):
    way = referable(way, versioned)
    version = versioned.put(*OBJECT.values(), ZIP_B)
    assert update(way, **REFERENCE) == configuration(state=UPDATING, package=ZIP_B)
    assert code(way) == {"RepositoryType": "S3", "ResolvedS3Object": resolved(version)}
    assert stored_bytes(way) == 0


@rule("B4")
def test_a_reference_is_to_the_very_version_that_was_there(way, versioned):
    way = referable(way, versioned)
    older = versioned.put(*OBJECT.values(), ZIP_A)
    update(way, **REFERENCE)
    newer = versioned.put(*OBJECT.values(), ZIP_B)
    assert code(way)["ResolvedS3Object"] == resolved(older)
    assert way.settled("fn")["CodeSha256"] == sha256(ZIP_A)
    update(way, **REFERENCE, S3ObjectVersion=older)
    assert code(way)["ResolvedS3Object"] == resolved(older)
    update(way, **REFERENCE)
    assert code(way)["ResolvedS3Object"] == resolved(newer)


@rule("B6", "R13")
def test_a_reference_is_not_sticky(way, versioned):
    way = referable(way, versioned)
    versioned.put(*OBJECT.values(), ZIP_B)
    update(way, **REFERENCE)
    update(way, **OBJECT)
    assert way.emulator.download(code(way)["Location"]) == ZIP_B
    assert "ResolvedS3Object" not in code(way)
    assert stored_bytes(way) == len(ZIP_B)
    update(way, **REFERENCE)
    assert stored_bytes(way) == 0


@rule("B5", "B6", "Z15")
def test_only_copies_need_room_in_the_accounts_storage(way, versioned):
    way = referable(way, versioned, code_storage_limit=len(ZIP_A))
    versioned.put(*OBJECT.values(), ZIP_B)
    update(way, **REFERENCE)
    full = invalid("Code storage limit exceeded.")._replace(code="CodeStorageExceededException")
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, full, FunctionName="fn", **OBJECT)


@rule("B5", "V6", "V8")
def test_a_version_refers_to_what_latest_referred_to(way, versioned):
    way = referable(way, versioned)
    object_version = versioned.put(*OBJECT.values(), ZIP_B)
    assert update(way, **REFERENCE, Publish=True) == version(1, CREATING, package=ZIP_B)
    update(way, ZipFile=ZIP_A)
    assert code(way, Qualifier="1")["ResolvedS3Object"] == resolved(object_version)
    assert stored_bytes(way) == len(ZIP_A)


@rule("B5", "D5")
def test_a_dry_run_refers_to_nothing(way, versioned):
    way = referable(way, versioned)
    versioned.put(*OBJECT.values(), ZIP_B)
    with way.unchanged("fn"):
        assert update(way, **REFERENCE, DryRun=True) == configuration(package=ZIP_B)


@rule("B5")
def test_a_function_is_created_with_a_reference(way, versioned):
    way = referable(way, versioned)
    version = versioned.put(*OBJECT.values(), ZIP_B)
    way.lambda_.create_function(**{**creation("other"), "Code": REFERENCE})
    assert way.lambda_.get_function(FunctionName="other")["Code"]["ResolvedS3Object"] == resolved(version)
    assert stored_bytes(way) == len(ZIP_A)


@rule("B4")
@pytest.mark.parametrize("versioning", [None, "Suspended"])
def test_a_reference_needs_a_bucket_that_keeps_versions(way, versioned, versioning):
    way = deployed(way, versioned)
    if versioning:
        versioned.version("deployments", versioning)
    versioned.put(*OBJECT.values(), ZIP_B)
    refusal = missing_reference_versions("deployments")
    for more in ({}, {"DryRun": True}):
        with way.unchanged("fn"):
            way.refused(way.lambda_.update_function_code, refusal, FunctionName="fn", **REFERENCE, **more)


@rule("B4")
def test_a_directory_has_nothing_to_refer_to(way, tmp_path):
    place = DirectoryPlace(tmp_path)
    way = deployed(way, place)
    place.put(*OBJECT.values(), ZIP_B)
    refusal = missing_reference_versions("deployments")
    way.refused(way.lambda_.update_function_code, refusal, FunctionName="fn", **REFERENCE)


@rule("B4")
def test_an_archived_object_cannot_be_read(way, versioned):
    way = referable(way, versioned)
    versioned.put(*OBJECT.values(), ZIP_B, StorageClass="GLACIER")
    for parameters in (OBJECT, REFERENCE):
        with way.unchanged("fn"):
            way.refused(way.lambda_.update_function_code, ARCHIVED, FunctionName="fn", **parameters)


@rule("B4")
def test_an_object_of_a_glacier_class_is_copied_and_not_referred_to(way, versioned):
    way = referable(way, versioned)
    versioned.put(*OBJECT.values(), ZIP_B, StorageClass="GLACIER_IR")
    refusal = invalid("Objects in storage class GLACIER_IR are not supported with S3ObjectStorageMode REFERENCE.")
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, refusal, FunctionName="fn", **REFERENCE)
    assert update(way, **OBJECT)["CodeSha256"] == sha256(ZIP_B)


@rule("B7")
def test_a_reference_may_lead_into_another_region_and_account(way, worldwide):
    way = emulated(way, worldwide, settle="instant")
    worldwide.bucket("far-away", region="eu-west-3", versioning="Enabled")
    version = worldwide.put("far-away", "fn.zip", ZIP_B)
    way = with_function(way.at(account_id="999999999999"))
    update(way, S3Bucket="far-away", S3Key="fn.zip", S3ObjectStorageMode="REFERENCE")
    expected = {"S3Bucket": "far-away", "S3Key": "fn.zip", "S3ObjectVersion": version}
    assert code(way)["ResolvedS3Object"] == expected
    assert way.settled("fn")["FunctionArn"] == "arn:aws:lambda:us-east-1:999999999999:function:fn" != ACCOUNT
