"""Multipart uploads: parts in any order, one object at the end, or nothing."""

from __future__ import annotations

import functools
import hashlib
import zlib
from base64 import b64decode, b64encode

import pytest

BUCKET = "my-bucket"
LEAST = 5 * 1024 * 1024
PARTS = {1: b"1" * LEAST, 2: b"2" * LEAST, 3: b"end"}
WHOLE = b"".join(PARTS.values())


class Upload:
    """An upload, and what is known of its parts."""

    def __init__(self, s3, **more):
        self.s3, self.place = s3, {"Bucket": BUCKET, "Key": "key"}
        self.created = s3.create_multipart_upload(**self.place, **more)
        self.place["UploadId"] = self.created["UploadId"]
        self.known = {}

    def put(self, number, body):
        answer = self.s3.upload_part(**self.place, PartNumber=number, Body=body)
        answer.pop("ResponseMetadata")
        answer.pop("ServerSideEncryption")
        self.known[number] = {"PartNumber": number, **answer}
        return answer

    def complete(self, parts=None, **more):
        parts = [self.known[number] for number in sorted(self.known)] if parts is None else parts
        return self.s3.complete_multipart_upload(**self.place, MultipartUpload={"Parts": parts}, **more)


@pytest.fixture
def begin(s3):
    """Begin an upload."""
    return lambda **more: Upload(s3, **more)


@pytest.fixture
def uploaded(begin):
    """An upload with all of its parts, the last one first."""
    upload = begin(ContentType="text/x", Metadata={"a": "1"}, Tagging="t=1", StorageClass="STANDARD_IA")
    for number in (3, 1, 2):
        upload.put(number, PARTS[number])
    return upload


def test_parts_in_any_order_become_one_object(s3, uploaded):
    answer = uploaded.complete()
    md5s = b"".join(hashlib.md5(part).digest() for part in PARTS.values())  # noqa: S324 - S3's own
    etag = f'"{hashlib.md5(md5s).hexdigest()}-3"'  # noqa: S324
    assert {name: answer[name] for name in ("Bucket", "Key", "ETag", "Location")} == {
        "Bucket": BUCKET,
        "Key": "key",
        "ETag": etag,
        "Location": f"https://{BUCKET}.s3.us-east-1.amazonaws.com/key",
    }
    read = s3.get_object(Bucket=BUCKET, Key="key")
    assert read["Body"].read() == WHOLE
    assert (read["ETag"], read["ContentType"], read["Metadata"], read["TagCount"], read["StorageClass"]) == (
        etag, "text/x", {"a": "1"}, 1, "STANDARD_IA",
    )  # fmt: skip
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)


def test_nothing_is_there_before_the_end(s3, uploaded, refused):
    assert refused(s3.get_object, Bucket=BUCKET, Key="key")[:2] == (404, "NoSuchKey")
    s3.abort_multipart_upload(**uploaded.place)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)
    assert refused(uploaded.complete)[:2] == (404, "NoSuchUpload")


def test_one_part_of_the_object_can_be_read(s3, uploaded):
    uploaded.complete()
    part = s3.get_object(Bucket=BUCKET, Key="key", PartNumber=2)
    assert (part["Body"].read(), part["PartsCount"]) == (PARTS[2], 3)
    assert part["ContentRange"] == f"bytes {LEAST}-{2 * LEAST - 1}/{len(WHOLE)}"
    head = s3.head_object(Bucket=BUCKET, Key="key", PartNumber=3)
    assert (head["ContentLength"], head["PartsCount"]) == (3, 3)


def test_a_part_that_the_object_does_not_have(s3, uploaded, refused):
    uploaded.complete()
    expected = (416, "InvalidPartNumber", "The requested partnumber is not satisfiable")
    assert refused(s3.get_object, Bucket=BUCKET, Key="key", PartNumber=4)[:3] == expected
    s3.put_object(Bucket=BUCKET, Key="small", Body=b"one")
    assert s3.get_object(Bucket=BUCKET, Key="small", PartNumber=1)["Body"].read() == b"one"
    assert refused(s3.get_object, Bucket=BUCKET, Key="small", PartNumber=2)[:3] == expected


def test_a_part_that_is_put_again_replaces_the_first(s3, begin):
    upload = begin()
    upload.put(1, b"first")
    upload.put(1, b"second")
    upload.complete()
    assert s3.get_object(Bucket=BUCKET, Key="key")["Body"].read() == b"second"


def test_parts_that_are_not_named_are_left_out(s3, uploaded):
    uploaded.complete([uploaded.known[2], uploaded.known[3]])
    assert s3.get_object(Bucket=BUCKET, Key="key")["Body"].read() == PARTS[2] + PARTS[3]


@pytest.mark.parametrize(
    ("parts", "code", "details"),
    [
        (lambda known: [known[2], known[1]], "InvalidPartOrder", set()),
        (lambda known: [known[1], known[1]], "InvalidPartOrder", set()),
        (lambda known: [known[1], {**known[2], "ETag": '"0"'}], "InvalidPart", {"PartNumber", "ETag"}),
        (lambda known: [known[1], {**known[3], "PartNumber": 4}], "InvalidPart", {"PartNumber", "ETag"}),
        (lambda known: [{**known[1], "ChecksumCRC32": "AAAAAA=="}], "InvalidPart", {"PartNumber", "ETag"}),
        (lambda known: [{"PartNumber": 1}], "MalformedXML", None),
        (lambda _: [], "MalformedXML", None),
    ],
)
def test_a_list_of_parts_that_cannot_be(s3, uploaded, refused, parts, code, details):
    status, found, _, more = refused(uploaded.complete, parts=parts(uploaded.known))
    assert (status, found) == (400, code)
    assert set(more) == (set() if details is None else {"UploadId", *details})
    # Nothing is lost: the right list goes on to work.
    uploaded.complete()
    assert s3.head_object(Bucket=BUCKET, Key="key")["ContentLength"] == len(WHOLE)


def test_only_the_last_part_may_be_small(begin, refused):
    upload = begin()
    upload.put(1, b"small")
    upload.put(2, b"end")
    text = "Your proposed upload is smaller than the minimum allowed size"
    status, code, found, details = refused(upload.complete)
    assert (status, code, found) == (400, "EntityTooSmall", text)
    assert (details["ProposedSize"], details["MinSizeAllowed"]) == ("5", str(LEAST))


def test_an_upload_is_completed_on_conditions(s3, uploaded, refused):
    s3.put_object(Bucket=BUCKET, Key="key", Body=b"there")
    assert refused(uploaded.complete, IfNoneMatch="*")[:2] == (412, "PreconditionFailed")
    assert s3.get_object(Bucket=BUCKET, Key="key")["Body"].read() == b"there"
    uploaded.complete(IfMatch="*")
    assert s3.head_object(Bucket=BUCKET, Key="key")["ContentLength"] == len(WHOLE)


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"ChecksumAlgorithm": "CRC32"}, "COMPOSITE"),
        ({"ChecksumAlgorithm": "SHA256"}, "COMPOSITE"),
        ({"ChecksumAlgorithm": "CRC32", "ChecksumType": "FULL_OBJECT"}, "FULL_OBJECT"),
    ],
)
def test_checksums_of_parts_become_one(s3, begin, asked, kind):
    upload = begin(**asked)
    name = f"Checksum{asked['ChecksumAlgorithm']}"
    assert (upload.created["ChecksumAlgorithm"], upload.created["ChecksumType"]) == (asked["ChecksumAlgorithm"], kind)
    sums = b""
    for number, part in PARTS.items():
        answer = s3.upload_part(
            **upload.place, PartNumber=number, Body=part, ChecksumAlgorithm=asked["ChecksumAlgorithm"]
        )
        sums += b64decode(answer[name])
        upload.known[number] = {"PartNumber": number, "ETag": answer["ETag"], name: answer[name]}
    answer = upload.complete()
    assert answer["ChecksumType"] == kind
    if asked["ChecksumAlgorithm"] == "SHA256":
        assert answer[name] == f"{b64encode(hashlib.sha256(sums).digest()).decode()}-3"
    s3.put_object(Bucket=BUCKET, Key="once", Body=WHOLE, ChecksumAlgorithm=asked["ChecksumAlgorithm"])
    once = s3.head_object(Bucket=BUCKET, Key="once", ChecksumMode="ENABLED")[name]
    assert (answer[name] == once) is (kind == "FULL_OBJECT")
    assert s3.head_object(Bucket=BUCKET, Key="key", ChecksumMode="ENABLED")[name] == answer[name]
    # Reading checks what was read, where there is a checksum of it.
    assert s3.get_object(Bucket=BUCKET, Key="key")["Body"].read() == WHOLE


@pytest.mark.parametrize(
    "asked",
    [
        {"ChecksumAlgorithm": "SHA1", "ChecksumType": "FULL_OBJECT"},
        {"ChecksumAlgorithm": "CRC64NVME", "ChecksumType": "COMPOSITE"},
        {"ChecksumAlgorithm": "MD4"},
    ],
)
def test_checksums_that_an_upload_cannot_have(begin, refused, asked):
    assert refused(begin, **asked)[:2] == (400, "InvalidRequest")


@pytest.mark.parametrize("number", [0, 10_001])
def test_numbers_that_no_part_may_have(begin, refused, number):
    upload = begin()
    expected = (400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")
    assert refused(upload.put, number=number, body=b"")[:3] == expected


def test_parts_are_listed_by_number(s3, uploaded):
    listed = s3.list_parts(**uploaded.place)
    assert [(part["PartNumber"], part["Size"]) for part in listed["Parts"]] == [(1, LEAST), (2, LEAST), (3, 3)]
    assert [part["ETag"] for part in listed["Parts"]] == [uploaded.known[number]["ETag"] for number in (1, 2, 3)]
    pages = s3.get_paginator("list_parts").paginate(**uploaded.place, PaginationConfig={"PageSize": 2})
    assert [len(page["Parts"]) for page in pages] == [2, 1]
    assert (listed["StorageClass"], listed["IsTruncated"]) == ("STANDARD_IA", False)


def test_uploads_are_listed_by_key_and_age(s3, emulator):
    ids = []
    for key in ("b", "a", "b", "dir/c"):
        ids.append(s3.create_multipart_upload(Bucket=BUCKET, Key=key)["UploadId"])
        emulator.clock.advance(1)
    expected = [("a", ids[1]), ("b", ids[0]), ("b", ids[2]), ("dir/c", ids[3])]
    for size in (1, 2, 10):
        pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": size})
        listed = pages.build_full_result()["Uploads"]
        assert [(upload["Key"], upload["UploadId"]) for upload in listed] == expected
    common = s3.list_multipart_uploads(Bucket=BUCKET, Delimiter="/", Prefix="d")["CommonPrefixes"]
    assert common == [{"Prefix": "dir/"}]


def test_parts_are_copied_from_objects(s3, begin, refused):
    s3.put_object(Bucket=BUCKET, Key="source", Body=WHOLE)
    upload = begin(ChecksumAlgorithm="CRC32")
    for number, copied in ((1, f"bytes=0-{LEAST - 1}"), (2, f"bytes={2 * LEAST}-{2 * LEAST + 2}")):
        place = {**upload.place, "PartNumber": number, "CopySource": f"{BUCKET}/source"}
        result = s3.upload_part_copy(**place, CopySourceRange=copied)["CopyPartResult"]
        upload.known[number] = {"PartNumber": number, "ETag": result["ETag"], "ChecksumCRC32": result["ChecksumCRC32"]}
    for broken in ("bytes=0-", "bytes=-1", f"bytes=0-{len(WHOLE)}", "0-1"):
        assert refused(s3.upload_part_copy, **place, CopySourceRange=broken)[:2] == (400, "InvalidArgument")
    upload.complete()
    assert s3.get_object(Bucket=BUCKET, Key="key")["Body"].read() == PARTS[1] + PARTS[3]


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("upload_part", {"PartNumber": 1, "Body": b""}),
        ("upload_part_copy", {"PartNumber": 1, "CopySource": f"{BUCKET}/there"}),
        ("complete_multipart_upload", {"MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": '"0"'}]}}),
        ("abort_multipart_upload", {}),
        ("list_parts", {}),
    ],
)
def test_an_upload_that_is_missing(s3, refused, operation, parameters):
    s3.put_object(Bucket=BUCKET, Key="there", Body=b"data")
    place = {"Bucket": BUCKET, "Key": "there", "UploadId": "missing"}
    status, code, text, details = refused(getattr(s3, operation), **place, **parameters)
    assert (status, code, details) == (404, "NoSuchUpload", {"UploadId": "missing"})
    assert text.startswith("The specified upload does not exist. The upload ID may be invalid, or")


def test_a_copy_of_the_object_is_in_one_piece(s3, uploaded):
    uploaded.complete()
    result = s3.copy_object(Bucket=BUCKET, Key="copy", CopySource=f"{BUCKET}/key")["CopyObjectResult"]
    assert result["ETag"] == f'"{hashlib.md5(WHOLE).hexdigest()}"'  # noqa: S324 - S3's own


@pytest.mark.parametrize("kind", ["FULL_OBJECT", "COMPOSITE"])
def test_an_object_is_held_against_what_is_announced_of_it(s3, refused, kind):
    place = {"Bucket": BUCKET, "Key": "key"}
    upload = s3.create_multipart_upload(**place, ChecksumAlgorithm="CRC32", ChecksumType=kind)
    place["UploadId"] = upload["UploadId"]
    parts = [
        {"PartNumber": number, **s3.upload_part(**place, PartNumber=number, Body=body, ChecksumAlgorithm="CRC32")}
        for number, body in PARTS.items()
    ]
    parts = [{name: part[name] for name in ("PartNumber", "ETag", "ChecksumCRC32")} for part in parts]
    complete = functools.partial(
        s3.complete_multipart_upload, **place, MultipartUpload={"Parts": parts}, ChecksumType=kind
    )
    assert refused(complete, ChecksumCRC32="AAAAAA==")[:2] == (400, "BadDigest")
    assert refused(complete, MpuObjectSize=77)[:2] == (400, "InvalidRequest")
    sums = b"".join(b64decode(part["ChecksumCRC32"]) for part in parts)
    crc = zlib.crc32(WHOLE if kind == "FULL_OBJECT" else sums)
    given = b64encode(crc.to_bytes(4, "big")).decode() + ("" if kind == "FULL_OBJECT" else "-3")
    assert complete(ChecksumCRC32=given, MpuObjectSize=len(WHOLE))["ChecksumCRC32"] == given
