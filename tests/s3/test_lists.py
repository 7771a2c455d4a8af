"""Lists: in order, by prefix and delimiter, a page at a time."""

from __future__ import annotations

import pytest

BUCKET = "my-bucket"
KEYS = ["a", "b c+d/\u00fc", "dir/1", "dir/2", "dir/sub/3", "z"]


@pytest.fixture
def filled(s3, emulator):
    """A bucket with some keys."""
    for key in KEYS:
        emulator.s3.put(BUCKET, key, key)
    return s3


def keys(answer):
    """Return the keys and the common prefixes of an answer."""
    common = [entry["Prefix"] for entry in answer.get("CommonPrefixes", [])]
    return [entry["Key"] for entry in answer.get("Contents", [])], common


@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2"])
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, (KEYS, [])),
        ({"Delimiter": "/"}, (["a", "z"], ["b c+d/", "dir/"])),
        ({"Prefix": "dir/"}, (["dir/1", "dir/2", "dir/sub/3"], [])),
        ({"Prefix": "dir/", "Delimiter": "/"}, (["dir/1", "dir/2"], ["dir/sub/"])),
        ({"Prefix": "dir", "Delimiter": "/"}, ([], ["dir/"])),
        ({"Prefix": "missing"}, ([], [])),
        ({"Delimiter": "sub/"}, (["a", "b c+d/\u00fc", "dir/1", "dir/2", "z"], ["dir/sub/"])),
    ],
)
def test_keys_are_listed_by_prefix_and_delimiter(filled, operation, asked, expected):
    answer = getattr(filled, operation)(Bucket=BUCKET, **asked)
    assert (keys(answer), answer["IsTruncated"], answer["Name"]) == (expected, False, BUCKET)
    assert answer["Prefix"] == asked.get("Prefix", "")


@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2"])
@pytest.mark.parametrize("delimiter", ["", "/"])
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_pages_together_are_the_whole(filled, operation, delimiter, size):
    asked = {"Bucket": BUCKET, "Delimiter": delimiter}
    pages = list(filled.get_paginator(operation).paginate(**asked, PaginationConfig={"PageSize": size}))
    listed = [keys(page) for page in pages]
    assert all(len(found) + len(common) <= size for found, common in listed)
    whole = keys(getattr(filled, operation)(**asked))
    assert ([key for found, _ in listed for key in found], [it for _, common in listed for it in common]) == whole


def test_what_is_said_of_an_object_in_a_list(filled):
    (entry,) = filled.list_objects_v2(Bucket=BUCKET, Prefix="a")["Contents"]
    assert {name: entry[name] for name in ("Key", "Size", "StorageClass", "ETag")} == {
        "Key": "a",
        "Size": 1,
        "StorageClass": "STANDARD",
        "ETag": '"0cc175b9c0f1b6a831c399e269772661"',
    }
    assert "Owner" not in entry
    owners = [
        filled.list_objects_v2(Bucket=BUCKET, FetchOwner=True)["Contents"][0]["Owner"]["ID"],
        filled.list_objects(Bucket=BUCKET)["Contents"][0]["Owner"]["ID"],
        filled.list_buckets()["Owner"]["ID"],
    ]
    assert len(set(owners)) == 1
    assert len(owners[0]) == 64


def test_a_list_may_begin_anywhere(filled):
    assert keys(filled.list_objects_v2(Bucket=BUCKET, StartAfter="dir/1"))[0] == ["dir/2", "dir/sub/3", "z"]
    assert keys(filled.list_objects(Bucket=BUCKET, Marker="dir/"))[0] == ["dir/1", "dir/2", "dir/sub/3", "z"]
    assert keys(filled.list_objects(Bucket=BUCKET, Marker="dir/", Delimiter="/")) == (["z"], [])


@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2", "list_object_versions"])
def test_the_size_of_a_page(filled, refused, operation):
    call = getattr(filled, operation)
    assert (call(Bucket=BUCKET, MaxKeys=5000)["MaxKeys"], call(Bucket=BUCKET)["MaxKeys"]) == (1000, 1000)
    nothing = call(Bucket=BUCKET, MaxKeys=0)
    assert (keys(nothing), nothing["IsTruncated"]) == (([], []), False)
    status, code, _, details = refused(call, Bucket=BUCKET, MaxKeys=-1)
    assert (status, code, details) == (400, "InvalidArgument", {"ArgumentName": "max-keys", "ArgumentValue": "-1"})


def test_a_token_that_is_none(filled, refused):
    text = "The continuation token provided is incorrect"
    refusal = refused(filled.list_objects_v2, Bucket=BUCKET, ContinuationToken="!")
    assert refusal[:3] == (400, "InvalidArgument", text)


@pytest.fixture
def history(versioned, emulator):
    """A bucket with versions and markers; gives what a list should have, newest of each key first."""
    for text in ("1", "2"):
        emulator.s3.put(BUCKET, "a", text)
    versioned.delete_object(Bucket=BUCKET, Key="a")
    emulator.s3.put(BUCKET, "dir/b", "3")
    return versioned


def versions(answer):
    """Return key, whether it is the latest, and size of each version; a marker has none."""
    found = [(entry["Key"], entry["IsLatest"], entry["Size"]) for entry in answer.get("Versions", [])]
    return found, [(entry["Key"], entry["IsLatest"]) for entry in answer.get("DeleteMarkers", [])]


def test_versions_are_listed_newest_first(history):
    answer = history.list_object_versions(Bucket=BUCKET)
    assert versions(answer) == ([("a", False, 1), ("a", False, 1), ("dir/b", True, 1)], [("a", True)])
    newer, older = (entry["VersionId"] for entry in answer["Versions"][:2])
    assert history.get_object(Bucket=BUCKET, Key="a", VersionId=newer)["Body"].read() == b"2"
    assert history.get_object(Bucket=BUCKET, Key="a", VersionId=older)["Body"].read() == b"1"
    assert keys(history.list_objects_v2(Bucket=BUCKET)) == (["dir/b"], [])


def test_versions_without_versioning_are_null(filled):
    listed = filled.list_object_versions(Bucket=BUCKET)["Versions"]
    assert [(entry["Key"], entry["VersionId"], entry["IsLatest"]) for entry in listed] == [
        (key, "null", True) for key in KEYS
    ]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_of_versions_are_the_whole(history, size):
    pages = history.get_paginator("list_object_versions").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": size})
    whole = pages.build_full_result()
    once = history.list_object_versions(Bucket=BUCKET)
    assert [whole["Versions"], whole["DeleteMarkers"]] == [once["Versions"], once["DeleteMarkers"]]


def test_versions_have_prefixes_and_need_a_key(history, refused):
    answer = history.list_object_versions(Bucket=BUCKET, Delimiter="/", Prefix="d")
    assert (versions(answer), answer["CommonPrefixes"]) == (([], []), [{"Prefix": "dir/"}])
    refusal = refused(history.list_object_versions, Bucket=BUCKET, VersionIdMarker="x")
    assert refusal[:3] == (400, "InvalidArgument", "A version-id marker cannot be specified without a key marker.")
