"""Buckets: where they may lie, whose they are, and what is kept of them."""

from __future__ import annotations

import json

import pytest

import drylambda

BUCKET = "my-bucket"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})
MISSING = (404, "NoSuchBucket", "The specified bucket does not exist", {"BucketName": "missing"})


@pytest.mark.parametrize(
    ("endpoint", "constraint", "location"),
    [
        ("us-east-1", None, None),
        ("us-east-1", "eu-west-1", "eu-west-1"),
        ("us-east-1", "EU", "eu-west-1"),
        ("eu-central-1", "eu-central-1", "eu-central-1"),
    ],
)
def test_a_bucket_lies_where_its_constraint_says(client, endpoint, constraint, location):
    configuration = {"CreateBucketConfiguration": {"LocationConstraint": constraint}} if constraint else {}
    created = client(endpoint).create_bucket(Bucket=BUCKET, **configuration)
    assert created["Location"] == f"/{BUCKET}"
    for region in (endpoint, "ap-south-1"):
        assert client(region).get_bucket_location(Bucket=BUCKET)["LocationConstraint"] == location


@pytest.mark.parametrize(
    ("endpoint", "constraint", "code", "text"),
    [
        (
            "eu-west-1",
            None,
            "IllegalLocationConstraintException",
            "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.",
        ),
        (
            "eu-west-1",
            "eu-west-2",
            "IllegalLocationConstraintException",
            "The eu-west-2 location constraint is incompatible for the region specific endpoint this request was sent to.",
        ),
        ("us-east-1", "us-east-1", "InvalidLocationConstraint", "The specified location-constraint is not valid"),
        ("us-east-1", "nowhere", "InvalidLocationConstraint", "The specified location-constraint is not valid"),
    ],
)
def test_another_constraint_is_refused(client, refused, endpoint, constraint, code, text):
    configuration = {"CreateBucketConfiguration": {"LocationConstraint": constraint}} if constraint else {}
    assert refused(client(endpoint).create_bucket, Bucket=BUCKET, **configuration)[:3] == (400, code, text)
    assert client(endpoint).list_buckets()["Buckets"] == []


@pytest.mark.parametrize("name", ["My-Bucket", "a", "a_b", "-a-b", "a..b", "192.168.0.1", "xn--bucket", "a" * 64])
def test_a_name_that_no_bucket_may_have(emulator, name):
    status, _, body = emulator._s3("PUT", "s3.amazonaws.com", f"/{name}", "", [], b"")
    assert (status, b"<Code>InvalidBucketName</Code>" in body) == (400, True)
    assert f"<BucketName>{name}</BucketName>".encode() in body


def test_a_bucket_is_made_once(client, refused):
    configuration = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    client("eu-west-1").create_bucket(Bucket=BUCKET, **configuration)
    text = "Your previous request to create the named bucket succeeded and you already own it."
    owned = (409, "BucketAlreadyOwnedByYou", text, {"BucketName": BUCKET})
    assert refused(client("eu-west-1").create_bucket, Bucket=BUCKET, **configuration) == owned
    assert refused(client("us-east-1").create_bucket, Bucket=BUCKET) == owned


def test_us_east_1_does_not_mind_a_bucket_made_twice(s3):
    s3.put_object(Bucket=BUCKET, Key="key", Body=b"kept")
    s3.create_bucket(Bucket=BUCKET)
    assert s3.head_object(Bucket=BUCKET, Key="key")["ContentLength"] == 4


def test_a_name_is_taken_for_every_account(s3, emulator, refused):
    other = emulator.scope(account_id="210987654321").client("s3")
    status, code, text, _ = refused(other.create_bucket, Bucket=BUCKET)
    assert (status, code) == (409, "BucketAlreadyExists")
    assert text.startswith("The requested bucket name is not available.")
    assert other.list_buckets()["Buckets"] == []
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [BUCKET]


def test_a_bucket_belongs_to_the_account_of_the_keys_principal():
    account = "210987654321"
    emulator = drylambda.Lambda(iam={"AKIAX": {"arn": f"arn:aws:iam::{account}:user/x", "policies": []}, "*": []})
    client = emulator.scope(access_key_id="AKIAX").client("s3")
    client.create_bucket(Bucket=BUCKET)
    assert emulator.s3.buckets[BUCKET].account_id == account
    assert client.list_objects_v2(Bucket=BUCKET, ExpectedBucketOwner=account)["KeyCount"] == 0
    # The same, by nothing but the key that signs.
    keys = {"aws_access_key_id": "AKIAX", "aws_secret_access_key": "secret"}
    assert [bucket["Name"] for bucket in emulator.client("s3", **keys).list_buckets()["Buckets"]] == [BUCKET]
    assert emulator.client("s3").list_buckets()["Buckets"] == []


def test_lists_of_buckets_have_pages_prefixes_and_regions(s3, client):
    for number in range(4):
        constraint = {"LocationConstraint": "eu-west-1"}
        client("eu-west-1").create_bucket(Bucket=f"other-{number}", CreateBucketConfiguration=constraint)
    everything = s3.get_paginator("list_buckets").paginate(PaginationConfig={"PageSize": 2}).build_full_result()
    names = [(bucket["Name"], bucket["BucketRegion"]) for bucket in everything["Buckets"]]
    assert names == [(BUCKET, "us-east-1"), *((f"other-{number}", "eu-west-1") for number in range(4))]
    for filters in ({"Prefix": "other-"}, {"BucketRegion": "eu-west-1"}):
        assert [bucket["Name"] for bucket in s3.list_buckets(**filters)["Buckets"]] == [name for name, _ in names[1:]]
    assert set(s3.list_buckets()["Buckets"][0]) == {"Name", "CreationDate"}


def test_head_tells_the_region(s3):
    answer = s3.head_bucket(Bucket=BUCKET)
    assert answer["BucketRegion"] == answer["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == "us-east-1"


def test_boto3_finds_a_bucket_of_another_region(s3, client):
    there = client("eu-west-1")
    there.create_bucket(Bucket="abroad", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="abroad", Key="key", Body=b"text")
    assert s3.get_object(Bucket="abroad", Key="key")["Body"].read() == b"text"
    assert s3.head_object(Bucket="abroad", Key="key")["ContentLength"] == 4
    assert s3.head_bucket(Bucket="abroad")["BucketRegion"] == "eu-west-1"
    assert there.get_object(Bucket="abroad", Key="key")["ETag"] == '"1cb251ec0d568de6a929b520c4aed8d1"'


def test_the_endpoint_of_another_region_names_the_right_one(s3, emulator):
    host = f"{BUCKET}.s3.eu-west-1.amazonaws.com"
    status, headers, body = emulator._s3("GET", host, "/key", "", [], b"")
    assert (status, dict(headers)["x-amz-bucket-region"]) == (301, "us-east-1")
    assert b"<Code>PermanentRedirect</Code>" in body
    assert f"<Endpoint>{BUCKET}.s3.us-east-1.amazonaws.com</Endpoint><Bucket>{BUCKET}</Bucket>".encode() in body
    # The global endpoint is every Region's.
    assert emulator._s3("HEAD", "s3.amazonaws.com", f"/{BUCKET}", "", [], b"")[0] == 200


def test_only_an_empty_bucket_is_deleted(s3, refused):
    s3.put_object(Bucket=BUCKET, Key="key", Body=b"")
    text = "The bucket you tried to delete is not empty"
    assert refused(s3.delete_bucket, Bucket=BUCKET) == (409, "BucketNotEmpty", text, {"BucketName": BUCKET})
    s3.delete_object(Bucket=BUCKET, Key="key")
    assert s3.delete_bucket(Bucket=BUCKET)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert s3.list_buckets()["Buckets"] == []


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("delete_bucket", {}),
        ("get_bucket_location", {}),
        ("get_bucket_policy", {}),
        ("get_bucket_versioning", {}),
        ("put_bucket_versioning", {"VersioningConfiguration": {"Status": "Enabled"}}),
        ("put_bucket_policy", {"Policy": POLICY}),
        ("delete_bucket_policy", {}),
        ("list_objects", {}),
        ("list_objects_v2", {}),
        ("list_object_versions", {}),
        ("list_multipart_uploads", {}),
        ("get_object", {"Key": "key"}),
        ("put_object", {"Key": "key", "Body": b"text"}),
        ("delete_object", {"Key": "key"}),
        ("delete_objects", {"Delete": {"Objects": [{"Key": "key"}]}}),
        ("copy_object", {"Key": "key", "CopySource": "my-bucket/key"}),
        ("create_multipart_upload", {"Key": "key"}),
        ("get_object_tagging", {"Key": "key"}),
    ],
)
def test_a_bucket_that_is_missing(s3, refused, operation, parameters):
    assert refused(getattr(s3, operation), Bucket="missing", **parameters) == MISSING


def test_a_missing_bucket_has_no_words_for_head(s3, refused):
    assert refused(s3.head_bucket, Bucket="missing") == (404, "404", "Not Found", {})
    assert refused(s3.head_object, Bucket="missing", Key="key") == (404, "404", "Not Found", {})


def test_versioning_has_no_status_before_it_has_one(s3, refused):
    def status():
        return s3.get_bucket_versioning(Bucket=BUCKET).get("Status")

    assert status() is None
    for wanted in ("Enabled", "Suspended"):
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": wanted})
        assert status() == wanted
    broken = refused(s3.put_bucket_versioning, Bucket=BUCKET, VersioningConfiguration={"Status": "On"})
    assert broken[:2] == (400, "MalformedXML")
    assert status() == "Suspended"


def test_a_policy_is_kept_as_it_was_put(s3, emulator, refused):
    missing = (404, "NoSuchBucketPolicy", "The bucket policy does not exist", {"BucketName": BUCKET})
    assert refused(s3.get_bucket_policy, Bucket=BUCKET) == missing
    s3.put_bucket_policy(Bucket=BUCKET, Policy=POLICY)
    assert s3.get_bucket_policy(Bucket=BUCKET)["Policy"] == emulator.s3.buckets[BUCKET].policy == POLICY
    for broken in ("text", f" {POLICY}", POLICY[:-1]):
        text = "Policies must be valid JSON and the first byte must be '{'"
        assert refused(s3.put_bucket_policy, Bucket=BUCKET, Policy=broken) == (400, "MalformedPolicy", text, {})
    assert s3.get_bucket_policy(Bucket=BUCKET)["Policy"] == POLICY
    s3.delete_bucket_policy(Bucket=BUCKET)
    assert refused(s3.get_bucket_policy, Bucket=BUCKET) == missing


def test_another_owner_than_the_expected_one(s3, refused):
    s3.put_object(Bucket=BUCKET, Key="key", Body=b"text", ExpectedBucketOwner="123456789012")
    for call, parameters in (
        (s3.put_object, {"Key": "key", "Body": b"new"}),
        (s3.get_object, {"Key": "key"}),
        (s3.list_objects_v2, {}),
        (s3.delete_bucket, {}),
    ):
        denied = refused(call, Bucket=BUCKET, ExpectedBucketOwner="210987654321", **parameters)
        assert denied == (403, "AccessDenied", "Access Denied", {})
    assert s3.get_object(Bucket=BUCKET, Key="key")["Body"].read() == b"text"


def test_reset_forgets_every_bucket(s3, emulator):
    emulator.reset()
    assert s3.list_buckets()["Buckets"] == []


def test_emulators_share_no_bucket(s3):
    assert drylambda.Lambda().s3.buckets == {}
