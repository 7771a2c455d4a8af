"""Copies: of the bytes, of what is said of them, from anywhere."""

from __future__ import annotations

import pytest

BUCKET = "my-bucket"
SOURCE = f"{BUCKET}/key"


@pytest.fixture
def data(s3):
    """A client, and an object to copy."""
    s3.put_object(
        Bucket=BUCKET, Key="key", Body=b"data", ContentType="text/x", Metadata={"a": "1"}, Tagging="t=1", StorageClass="STANDARD_IA"
    )  # fmt: skip
    return s3


def test_a_copy_has_what_its_source_has(data):
    result = data.copy_object(Bucket=BUCKET, Key="copy", CopySource=SOURCE)["CopyObjectResult"]
    copy = data.get_object(Bucket=BUCKET, Key="copy")
    assert copy["Body"].read() == b"data"
    assert (copy["ContentType"], copy["Metadata"], copy["TagCount"]) == ("text/x", {"a": "1"}, 1)
    assert (copy["ETag"], copy["ChecksumCRC32"]) == (result["ETag"], result["ChecksumCRC32"])
    # The class of a copy is its own.
    assert "StorageClass" not in copy


def test_a_copy_may_say_everything_anew(data):
    said = {
        "MetadataDirective": "REPLACE",
        "Metadata": {"b": "2"},
        "TaggingDirective": "REPLACE",
        "StorageClass": "GLACIER_IR",
    }
    data.copy_object(Bucket=BUCKET, Key="copy", CopySource=SOURCE, **said)
    copy = data.head_object(Bucket=BUCKET, Key="copy")
    assert (copy["ContentType"], copy["Metadata"]) == ("binary/octet-stream", {"b": "2"})
    assert copy["StorageClass"] == "GLACIER_IR"
    assert data.get_object_tagging(Bucket=BUCKET, Key="copy")["TagSet"] == []


def test_a_copy_onto_itself_must_change_something(data, refused):
    place = {"Bucket": BUCKET, "Key": "key", "CopySource": SOURCE}
    status, code, text, _ = refused(data.copy_object, **place)
    assert (status, code) == (400, "InvalidRequest")
    assert text.startswith("This copy request is illegal because it is trying to copy an object to itself without")
    data.copy_object(**place, MetadataDirective="REPLACE", Metadata={"b": "2"})
    assert data.head_object(Bucket=BUCKET, Key="key")["Metadata"] == {"b": "2"}
    data.copy_object(**place, StorageClass="ONEZONE_IA")
    assert data.head_object(Bucket=BUCKET, Key="key")["StorageClass"] == "ONEZONE_IA"


@pytest.mark.parametrize(
    ("parameters", "status", "code"),
    [
        ({"CopySource": f"{BUCKET}/missing"}, 404, "NoSuchKey"),
        ({"CopySource": "missing/key"}, 404, "NoSuchBucket"),
        ({"CopySource": f"{SOURCE}?versionId=missing"}, 404, "NoSuchVersion"),
        ({"CopySource": SOURCE, "CopySourceIfMatch": '"0"'}, 412, "PreconditionFailed"),
        ({"CopySource": SOURCE, "CopySourceIfNoneMatch": "*"}, 412, "PreconditionFailed"),
        ({"CopySource": SOURCE, "CopySourceIfModifiedSince": "2098-01-01"}, 412, "PreconditionFailed"),
        ({"CopySource": SOURCE, "CopySourceIfUnmodifiedSince": "2000-01-01"}, 412, "PreconditionFailed"),
        ({"CopySource": SOURCE, "ExpectedSourceBucketOwner": "210987654321"}, 403, "AccessDenied"),
        ({"CopySource": SOURCE, "MetadataDirective": "NO"}, 400, "InvalidArgument"),
        ({"CopySource": SOURCE, "ChecksumAlgorithm": "NO"}, 400, "InvalidRequest"),
        ({"CopySource": SOURCE, "StorageClass": "NO"}, 400, "InvalidStorageClass"),
    ],
)
def test_a_copy_that_cannot_be(data, refused, parameters, status, code):
    assert refused(data.copy_object, Bucket=BUCKET, Key="copy", **parameters)[:2] == (status, code)
    assert [entry["Key"] for entry in data.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["key"]


def test_a_copy_from_another_region_and_of_an_old_version(data, client):
    data.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    data.put_object(Bucket=BUCKET, Key="key", Body=b"new")
    there = client("eu-west-1")
    there.create_bucket(Bucket="abroad", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    answer = there.copy_object(
        Bucket="abroad", Key="old", CopySource={"Bucket": BUCKET, "Key": "key", "VersionId": "null"}
    )
    assert answer["CopySourceVersionId"] == "null"
    assert there.get_object(Bucket="abroad", Key="old")["Body"].read() == b"data"


def test_a_delete_marker_cannot_be_copied(data, refused):
    data.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    marker = data.delete_object(Bucket=BUCKET, Key="key")["VersionId"]
    place = {"Bucket": BUCKET, "Key": "copy"}
    assert refused(data.copy_object, **place, CopySource=SOURCE)[:2] == (404, "NoSuchKey")
    by_id = {"Bucket": BUCKET, "Key": "key", "VersionId": marker}
    assert refused(data.copy_object, **place, CopySource=by_id)[:2] == (400, "InvalidRequest")
