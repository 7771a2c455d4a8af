"""Objects: what is put is what comes back, under every name, whole and in part, or not at all and for a reason."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
from datetime import datetime, timedelta, timezone

import pytest

BUCKET = "my-bucket"
KEYS = [
    "app.zip",
    "with blank",
    "a+b",
    "a%2Bb",
    "/leading",
    "//two",
    "trailing/",
    "a//b",
    "./a/../b",
    "\u00fc\u4e2d\U0001f600",
    "q?x=1&y#z",
    "quotes'\"<>&",
    "~!@$^*()=|\\{}[]`:;,",
    "acl",
    "k" * 1024,
]
ETAG = '"8d777f385d3dfec8815d20f7496026dc"'
LABELS = {
    "CacheControl": "no-cache",
    "ContentDisposition": 'attachment; filename="a"',
    "ContentEncoding": "gzip",
    "ContentLanguage": "de",
    "ContentType": "application/zip",
    "Metadata": {"colour": "blue", "x": ""},
    "StorageClass": "STANDARD_IA",
    "WebsiteRedirectLocation": "/other",
}


@pytest.fixture
def data(s3):
    """A client, and an object with the text ``data`` under the key ``key``."""
    s3.put_object(Bucket=BUCKET, Key="key", Body=b"data")
    return s3


def read(s3, key="key", **more):
    """Return the bytes of an object."""
    return s3.get_object(Bucket=BUCKET, Key=key, **more)["Body"].read()


@pytest.mark.parametrize("key", KEYS, ids=ascii)
def test_every_key_is_kept_as_it_is(s3, emulator, key):
    s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    assert read(s3, key) == emulator.s3.get(BUCKET, key) == key.encode()
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == [key]
    s3.copy_object(Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": key})
    assert read(s3, "copy") == key.encode()
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key}, {"Key": "copy"}]})
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


def test_a_key_over_the_limit(s3, refused):
    too_long = refused(s3.put_object, Bucket=BUCKET, Key="k" * 1025, Body=b"")
    assert too_long[:3] == (400, "KeyTooLongError", "Your key is too long")


@pytest.mark.parametrize(
    "body",
    [b"", b"bytes", bytearray(b"array"), "text", io.BytesIO(b"file"), io.BytesIO(b"f" * 2_500_000), b"b" * 1_000_000],
    ids=lambda body: type(body).__name__,
)
def test_every_body_is_stored_as_it_is(s3, body):
    content = (
        body.getvalue() if isinstance(body, io.BytesIO) else body.encode() if isinstance(body, str) else bytes(body)
    )
    etag = s3.put_object(Bucket=BUCKET, Key="key", Body=body)["ETag"]
    assert etag == f'"{hashlib.md5(content).hexdigest()}"'  # noqa: S324 - S3's own
    assert read(s3) == content


def test_what_is_said_of_an_object_comes_back(s3):
    expires = datetime(2030, 1, 1, tzinfo=timezone.utc)
    s3.put_object(Bucket=BUCKET, Key="key", Body=gzip.compress(b"data"), Expires=expires, **LABELS)
    for answer in (s3.get_object(Bucket=BUCKET, Key="key"), s3.head_object(Bucket=BUCKET, Key="key")):
        assert {name: answer[name] for name in LABELS} == LABELS
        assert answer["Expires"] == expires
        assert answer["ServerSideEncryption"] == "AES256"
    # An encoding is the object's: nobody unpacks it on the way.
    assert gzip.decompress(read(s3)) == b"data"


def test_what_was_not_said_of_an_object_is_not_there(data, emulator):
    answer = data.head_object(Bucket=BUCKET, Key="key")
    answer.pop("ResponseMetadata")
    assert answer == {
        "AcceptRanges": "bytes",
        "ContentLength": 4,
        "ContentType": "binary/octet-stream",
        "ETag": ETAG,
        "LastModified": datetime.fromtimestamp(emulator.clock.time(), tz=timezone.utc),
        "Metadata": {},
        "ServerSideEncryption": "AES256",
    }


def test_the_answer_may_be_labelled_anew(data):
    answer = data.get_object(Bucket=BUCKET, Key="key", ResponseContentType="text/x", ResponseCacheControl="no-store")
    assert (answer["ContentType"], answer["CacheControl"]) == ("text/x", "no-store")


@pytest.mark.parametrize(
    ("asked", "body", "header"),
    [
        ("bytes=0-0", b"d", "bytes 0-0/4"),
        ("bytes=1-2", b"at", "bytes 1-2/4"),
        ("bytes=2-", b"ta", "bytes 2-3/4"),
        ("bytes=-1", b"a", "bytes 3-3/4"),
        ("bytes=-9", b"data", "bytes 0-3/4"),
        ("bytes=1-99", b"ata", "bytes 1-3/4"),
        ("bytes=0-1,3-3", b"data", None),
        ("lines=0-1", b"data", None),
        ("bytes=2-1", b"data", None),
    ],
)
def test_a_part_of_an_object(data, asked, body, header):
    answer = data.get_object(Bucket=BUCKET, Key="key", Range=asked)
    assert (answer["Body"].read(), answer.get("ContentRange")) == (body, header)
    assert answer["ContentLength"] == len(body)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == (206 if header else 200)
    head = data.head_object(Bucket=BUCKET, Key="key", Range=asked)
    assert (head["ContentLength"], head["ResponseMetadata"]["HTTPStatusCode"]) == (len(body), 206 if header else 200)


@pytest.mark.parametrize("asked", ["bytes=4-", "bytes=9-9", "bytes=-0"])
def test_a_part_that_is_not_there(data, refused, asked):
    details = {"RangeRequested": asked, "ActualObjectSize": "4"}
    expected = (416, "InvalidRange", "The requested range is not satisfiable", details)
    assert refused(data.get_object, Bucket=BUCKET, Key="key", Range=asked) == expected


SINCE = timedelta(seconds=1)
FAILED = (412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
SAME = (304, "304", "Not Modified")


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"IfMatch": ETAG}, None),
        ({"IfMatch": ETAG.strip('"')}, None),
        ({"IfMatch": "*"}, None),
        ({"IfMatch": '"0"'}, FAILED),
        ({"IfNoneMatch": '"0"'}, None),
        ({"IfNoneMatch": ETAG}, SAME),
        ({"IfModifiedSince": -SINCE}, None),
        ({"IfModifiedSince": 0 * SINCE}, SAME),
        ({"IfUnmodifiedSince": 0 * SINCE}, None),
        ({"IfUnmodifiedSince": -SINCE}, FAILED),
        ({"IfMatch": ETAG, "IfUnmodifiedSince": -SINCE}, None),
        ({"IfNoneMatch": '"0"', "IfModifiedSince": SINCE}, None),
        ({"IfMatch": '"0"', "IfNoneMatch": ETAG}, FAILED),
    ],
)
def test_an_object_is_read_on_conditions(data, emulator, refused, conditions, expected):
    now = datetime.fromtimestamp(emulator.clock.time(), tz=timezone.utc)
    asked = {name: now + it if isinstance(it, timedelta) else it for name, it in conditions.items()}
    if expected is None:
        assert read(data, **asked) == b"data"
    else:
        assert refused(data.get_object, Bucket=BUCKET, Key="key", **asked)[:3] == expected


def test_an_object_is_written_on_conditions(data, refused):
    put = {"Bucket": BUCKET, "Body": b"new"}
    assert refused(data.put_object, **put, Key="key", IfNoneMatch="*") == (*FAILED, {"Condition": "If-None-Match"})
    assert refused(data.put_object, **put, Key="key", IfMatch='"0"') == (*FAILED, {"Condition": "If-Match"})
    assert refused(data.put_object, **put, Key="other", IfMatch=ETAG)[:2] == (404, "NoSuchKey")
    assert read(data) == b"data"
    data.put_object(**put, Key="key", IfMatch=ETAG)
    data.put_object(**put, Key="other", IfNoneMatch="*")
    assert read(data) == read(data, "other") == b"new"


def test_an_object_is_deleted_on_conditions(data, refused):
    assert refused(data.delete_object, Bucket=BUCKET, Key="key", IfMatch='"0"')[:2] == (412, "PreconditionFailed")
    listed = {"Objects": [{"Key": "key", "ETag": '"0"'}]}
    (error,) = data.delete_objects(Bucket=BUCKET, Delete=listed)["Errors"]
    assert (error["Key"], error["Code"]) == ("key", "PreconditionFailed")
    assert read(data) == b"data"
    data.delete_object(Bucket=BUCKET, Key="key", IfMatch=ETAG)
    assert refused(data.get_object, Bucket=BUCKET, Key="key")[:2] == (404, "NoSuchKey")


@pytest.mark.parametrize(
    ("algorithm", "value"),
    [
        # Of 123456789, from the catalogue of CRCs.
        ("CRC32", "y/Q5Jg=="),
        ("CRC32C", "4waSgw=="),
        ("CRC64NVME", "rosUhgp5mIg="),
        ("SHA1", base64.b64encode(hashlib.sha1(b"123456789").digest()).decode()),  # noqa: S324 - S3's own
        ("SHA256", base64.b64encode(hashlib.sha256(b"123456789").digest()).decode()),
    ],
)
def test_a_checksum_is_checked_and_comes_back(s3, emulator, algorithm, value):
    header = f"x-amz-checksum-{algorithm.lower()}"
    place = ("PUT", f"{BUCKET}.s3.amazonaws.com", "/key", "", [(header, value)])
    status, headers, _ = emulator._s3(*place, b"123456789")
    assert (status, dict(headers)[header]) == (200, value)
    answer = s3.head_object(Bucket=BUCKET, Key="key", ChecksumMode="ENABLED")
    assert (answer[f"Checksum{algorithm}"], answer["ChecksumType"]) == (value, "FULL_OBJECT")
    assert f"Checksum{algorithm}" not in s3.head_object(Bucket=BUCKET, Key="key")
    status, _, body = emulator._s3(*place, b"12345678")
    assert (status, b"<Code>BadDigest</Code>" in body) == (400, True)
    assert f"The {algorithm} you specified did not match the calculated checksum." in body.decode()
    assert read(s3) == b"123456789"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ([("Content-MD5", "XUFAKrxLKna5cZ2REBfFkg==")], "BadDigest"),
        ([("Content-MD5", "no")], "InvalidDigest"),
        ([("x-amz-checksum-crc32", "no")], "InvalidRequest"),
        ([("x-amz-checksum-crc32", "AAAAAA=="), ("x-amz-checksum-crc32c", "AAAAAA==")], "InvalidRequest"),
        ([("x-amz-storage-class", "NO")], "InvalidStorageClass"),
        ([("x-amz-tagging", "a=1&a=2")], "InvalidTag"),
        ([("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")], "IncompleteBody"),
    ],
)
def test_a_put_that_cannot_be_leaves_no_trace(data, emulator, headers, code):
    status, _, body = emulator._s3("PUT", f"{BUCKET}.s3.amazonaws.com", "/key", "", headers, b"new")
    assert (status, f"<Code>{code}</Code>" in body.decode()) == (400, True)
    assert read(data) == b"data"


@pytest.mark.parametrize("storage_class", ["GLACIER", "DEEP_ARCHIVE"])
def test_an_archived_object_cannot_be_read(s3, refused, storage_class):
    s3.put_object(Bucket=BUCKET, Key="key", Body=b"data", StorageClass=storage_class)
    text = "The operation is not valid for the object's storage class"
    expected = (403, "InvalidObjectState", text, {"StorageClass": storage_class})
    assert refused(s3.get_object, Bucket=BUCKET, Key="key") == expected
    assert refused(s3.copy_object, Bucket=BUCKET, Key="copy", CopySource=f"{BUCKET}/key") == expected
    assert s3.head_object(Bucket=BUCKET, Key="key")["StorageClass"] == storage_class


def test_a_key_that_is_missing(s3, refused):
    expected = (404, "NoSuchKey", "The specified key does not exist.", {"Key": "no <key>"})
    assert refused(s3.get_object, Bucket=BUCKET, Key="no <key>") == expected
    assert refused(s3.head_object, Bucket=BUCKET, Key="no <key>") == (404, "404", "Not Found", {})
    assert s3.delete_object(Bucket=BUCKET, Key="no <key>")["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_many_are_deleted_at_once(data, refused):
    answer = data.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "key"}, {"Key": "missing"}]})
    assert answer["Deleted"] == [{"Key": "key"}, {"Key": "missing"}]
    quiet = data.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "key"}], "Quiet": True})
    assert set(quiet) == {"ResponseMetadata"}
    too_many = {"Objects": [{"Key": str(number)} for number in range(1001)]}
    assert refused(data.delete_objects, Bucket=BUCKET, Delete=too_many)[:2] == (400, "MalformedXML")


def test_tags_of_an_object(data, refused):
    place = {"Bucket": BUCKET, "Key": "key"}

    def tags():
        return {tag["Key"]: tag["Value"] for tag in data.get_object_tagging(**place)["TagSet"]}

    assert tags() == {}
    data.put_object(**place, Body=b"data", Tagging="a=1&b+c=%26")
    assert tags() == {"a": "1", "b c": "&"}
    assert data.get_object(**place)["TagCount"] == 2
    data.put_object_tagging(**place, Tagging={"TagSet": [{"Key": "d", "Value": "4"}]})
    assert tags() == {"d": "4"}
    eleven = {"TagSet": [{"Key": str(number), "Value": ""} for number in range(11)]}
    assert refused(data.put_object_tagging, **place, Tagging=eleven)[:2] == (400, "InvalidTag")
    assert tags() == {"d": "4"}
    data.delete_object_tagging(**place)
    assert tags() == {}
    assert refused(data.get_object_tagging, Bucket=BUCKET, Key="missing")[:2] == (404, "NoSuchKey")


def test_a_range_of_nothing_cannot_be(s3, refused):
    s3.put_object(Bucket=BUCKET, Key="empty", Body=b"")
    for call, code in ((s3.get_object, "InvalidRange"), (s3.head_object, "416")):
        for asked in ("bytes=0-", "bytes=-1", "bytes=0-0"):
            assert refused(call, Bucket=BUCKET, Key="empty", Range=asked)[:2] == (416, code)


def test_an_encryption_that_nobody_knows_is_refused(s3, refused):
    for call in (s3.put_object, s3.create_multipart_upload):
        status, code, text, more = refused(call, Bucket=BUCKET, Key="key", ServerSideEncryption="nope")
        assert (status, code, text) == (400, "InvalidArgument", "The encryption method specified is not supported")
        assert more == {"ArgumentName": "x-amz-server-side-encryption", "ArgumentValue": "nope"}
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


def test_metadata_of_a_user_has_two_kilobytes_at_most(s3, refused):
    s3.put_object(Bucket=BUCKET, Key="key", Body=b"", Metadata={"name": "x" * 2044})
    status, code, text, more = refused(s3.put_object, Bucket=BUCKET, Key="other", Metadata={"name": "x" * 2045})
    assert (status, code) == (400, "MetadataTooLarge")
    assert text == "Your metadata headers exceed the maximum allowed metadata size"
    assert more == {"Size": "2049", "MaxSizeAllowed": "2048"}


@pytest.mark.parametrize("condition", [{"Size": 999}, {"LastModifiedTime": datetime(2000, 1, 1, tzinfo=timezone.utc)}])
def test_objects_are_not_deleted_by_conditions_that_are_not_built(s3, refused, condition):
    s3.put_object(Bucket=BUCKET, Key="key", Body=b"abc")
    status, code, _, _ = refused(s3.delete_objects, Bucket=BUCKET, Delete={"Objects": [{"Key": "key", **condition}]})
    assert (status, code) == (501, "NotImplemented")
    assert s3.get_object(Bucket=BUCKET, Key="key")["Body"].read() == b"abc"
