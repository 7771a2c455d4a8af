"""The same calls, answered by moto's S3 and by ours: members, codes, texts, statuses, ETags and checksums are the same.

The one idea to hold: a program that was tested against moto's S3 meets nothing new here. Only what is ours on purpose is
left out of the comparison, and `LEFT_OUT` says why.
"""

from __future__ import annotations

import io

import boto3
import pytest
from botocore.exceptions import ClientError

import drylambda

pytest.importorskip("moto.core", reason="moto is not installed")
import moto

BUCKET = "my-bucket"
AT = {"Bucket": BUCKET, "Key": "a"}
UP = {"Bucket": BUCKET, "Key": "big"}
PART = b"p" * (5 * 1024 * 1024)
ETAG = '"f97c5d29941bfb1b2fdab0874906ab82"'
LABELS = {"CacheControl": "no-cache", "ContentType": "text/plain", "ContentEncoding": "gzip", "Metadata": {"a": "1"}}

#: Members that are not compared.
LEFT_OUT = {
    # S3 gives these since 2023 and 2025, and moto does not, or not everywhere.
    "ServerSideEncryption", "ChecksumType",
    # Some of moto's lists leave these out, and S3's do not.
    "EncodingType", "Prefix", "Marker", "UploadIdMarker", "ChecksumAlgorithm",
    # S3 gives owners no names since 2025, and each has ids of their own.
    "Owner", "Initiator",
    # moto gives it where S3 does not: without a delimiter, the last key is the next marker.
    "NextMarker",
    # moto's is by http, and of no Region.
    "Location",
}  # fmt: skip
#: Members that are drawn at random or are the moment: whether they are there is compared.
DRAWN = {
    "CopySourceVersionId", "CreationDate", "DeleteMarkerVersionId", "Initiated", "LastModified",
    "NextContinuationToken", "NextUploadIdMarker", "NextVersionIdMarker", "UploadId", "VersionId",
}  # fmt: skip


class Recorder:
    """A client whose every call leaves its answer, or its refusal, in a list."""

    def __init__(self, client):
        self._client, self.answers = client, []

    def __getattr__(self, name):
        def call(**parameters):
            try:
                answer = getattr(self._client, name)(**parameters)
            except ClientError as error:
                # Elements beside code and text are not compared: moto has few of them.
                known = {key: error.response["Error"][key] for key in ("Code", "Message")}
                answer = {
                    "Refused": type(error).__name__,
                    **known,
                    "ResponseMetadata": error.response["ResponseMetadata"],
                }
            if "Body" in answer:
                answer["Body"] = answer["Body"].read()
            answer["Status"] = answer.pop("ResponseMetadata")["HTTPStatusCode"]
            asked = {key: value for key, value in parameters.items() if key != "Body"}
            self.answers.append((name, comparable(asked), comparable(answer)))
            return answer

        return call


def comparable(value):
    """Return what is compared of an answer."""
    if isinstance(value, dict):
        # Of completed uploads and markers, moto also says `null` where a bucket has no versions.
        members = {
            name: it for name, it in value.items() if name not in LEFT_OUT and (name, it) != ("VersionId", "null")
        }
        return {name: "drawn" if name in DRAWN else comparable(it) for name, it in members.items()}
    return [comparable(it) for it in value] if isinstance(value, list) else value


def buckets(s3):
    """Make and delete buckets."""
    abroad = {"Bucket": "abroad", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    for _ in range(2):
        s3.create_bucket(Bucket=BUCKET)
        s3.create_bucket(**abroad)
    s3.create_bucket(Bucket="home", CreateBucketConfiguration={"LocationConstraint": "us-east-1"})
    for name in (BUCKET, "missing"):
        s3.head_bucket(Bucket=name)
        s3.get_bucket_location(Bucket=name)
        s3.get_bucket_versioning(Bucket=name)
        s3.get_bucket_policy(Bucket=name)
        s3.delete_bucket(Bucket=name)
    s3.get_bucket_location(Bucket="abroad")
    s3.list_buckets()


def objects(s3):
    """Put, read, copy, list and delete objects."""
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(**AT, Body=b"one", **LABELS)
    s3.put_object(Bucket=BUCKET, Key="b c/d\u00e9", Body=io.BytesIO(b"two"))
    s3.put_object(Bucket=BUCKET, Key="sha", Body=b"three", ChecksumAlgorithm="SHA256", StorageClass="STANDARD_IA")
    s3.put_object(**AT, Body=b"", IfNoneMatch="*")
    s3.put_object(**AT, Body=b"", StorageClass="NO")
    for place in (
        AT,
        {"Bucket": BUCKET, "Key": "sha"},
        {"Bucket": BUCKET, "Key": "no"},
        {"Bucket": "missing", "Key": "no"},
    ):
        s3.get_object(**place)
        s3.get_object_tagging(**place)
        s3.copy_object(Bucket=BUCKET, Key="copy", CopySource=place)
    s3.copy_object(**AT, CopySource=AT)
    # Of a missing bucket, moto's answer to a HEAD has a body.
    for key in ("a", "sha", "no"):
        s3.head_object(Bucket=BUCKET, Key=key)
    for asked in ("bytes=0-0", "bytes=1-", "bytes=-2", "bytes=9-"):
        s3.get_object(**AT, Range=asked)
    for etag in (ETAG, '"0"'):
        s3.get_object(**AT, IfMatch=etag)
        s3.get_object(**AT, IfNoneMatch=etag)
    s3.get_object(**AT, VersionId="missing")
    s3.put_object_tagging(**AT, Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
    s3.get_object(**AT)
    s3.get_object_tagging(**AT)
    for asked in ({}, {"Prefix": "b", "Delimiter": "/"}, {"MaxKeys": 2}, {"MaxKeys": 0}, {"Prefix": "none"}):
        s3.list_objects(Bucket=BUCKET, **asked)
        s3.list_objects_v2(Bucket=BUCKET, **asked)
    s3.list_objects_v2(Bucket=BUCKET, StartAfter="b")
    s3.list_objects_v2(Bucket="missing")
    s3.delete_object(Bucket=BUCKET, Key="missing")
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "a"}, {"Key": "missing"}]})
    s3.delete_bucket(Bucket=BUCKET)


def versions(s3):
    """Keep versions."""
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    s3.get_bucket_versioning(Bucket=BUCKET)
    old, _ = s3.put_object(**AT, Body=b"old"), s3.put_object(**AT, Body=b"new")
    s3.delete_object(**AT)
    s3.get_object(**AT)
    s3.head_object(**AT)
    s3.get_object(**AT, VersionId=old["VersionId"])
    s3.get_object(**AT, VersionId="0123456789abcdef0123456789abcdef")
    s3.list_object_versions(Bucket=BUCKET)
    s3.list_object_versions(Bucket=BUCKET, MaxKeys=1)
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "a", "VersionId": old["VersionId"]}]})
    s3.delete_object(**AT, VersionId=old["VersionId"])
    s3.get_object(**AT)


def uploads(s3):
    """Upload in parts."""
    s3.create_bucket(Bucket=BUCKET)
    upload = {**UP, "UploadId": s3.create_multipart_upload(**UP, ContentType="text/x")["UploadId"]}
    bodies = {1: PART, 2: b"end"}
    etags = {number: s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"] for number, body in bodies.items()}
    s3.upload_part(**upload, PartNumber=10_001, Body=b"")
    s3.list_multipart_uploads(Bucket=BUCKET)
    parts = [{"PartNumber": number, "ETag": etag} for number, etag in etags.items()]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": []})
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    s3.get_object(**UP, Range="bytes=-4")
    s3.head_object(**UP)
    upload["UploadId"] = s3.create_multipart_upload(**UP)["UploadId"]
    s3.upload_part_copy(**upload, PartNumber=1, CopySource=UP, CopySourceRange="bytes=0-4")
    s3.abort_multipart_upload(**upload)
    s3.abort_multipart_upload(**upload)
    s3.list_parts(**upload)


@pytest.mark.parametrize("steps", [buckets, objects, versions, uploads], ids=lambda steps: steps.__name__)
def test_the_answers_are_those_of_moto(steps):
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
    with moto.mock_aws():
        theirs = Recorder(boto3.client("s3", **keys))
        steps(theirs)
    ours = Recorder(drylambda.Lambda().client("s3"))
    steps(ours)
    assert ours.answers == theirs.answers
