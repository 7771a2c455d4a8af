"""Versions: nothing that was put is lost until it is deleted by name."""

from __future__ import annotations

import pytest

BUCKET = "my-bucket"
GONE = (404, "NoSuchKey", "The specified key does not exist.", {"Key": "key"})


@pytest.fixture
def put(s3):
    """Put a text under the key ``key``; return the version's id, if it has one."""
    return lambda text: s3.put_object(Bucket=BUCKET, Key="key", Body=text.encode()).get("VersionId")


@pytest.fixture
def read(s3):
    """Return the text under the key ``key``, and the id of its version."""

    def read(version_id=None):
        named = {"VersionId": version_id} if version_id else {}
        answer = s3.get_object(Bucket=BUCKET, Key="key", **named)
        return answer["Body"].read().decode(), answer.get("VersionId")

    return read


def turn(s3, status):
    """Turn versioning on or off."""
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": status})


def test_a_bucket_without_versions_has_no_ids(s3, put, read, refused):
    assert put("one") is None
    assert put("two") is None
    assert read() == read("null") == ("two", None)
    missing = refused(read, version_id="missing")
    text = "The specified version does not exist."
    assert missing == (404, "NoSuchVersion", text, {"Key": "key", "VersionId": "missing"})
    assert s3.delete_object(Bucket=BUCKET, Key="key").keys() == {"ResponseMetadata"}
    assert refused(read) == GONE


def test_each_version_keeps_its_bytes(versioned, put, read):
    ids = {text: put(text) for text in ("one", "two", "three")}
    assert len(set(ids.values())) == 3
    assert all(read(version_id) == (text, version_id) for text, version_id in ids.items())
    assert read() == ("three", ids["three"])


def test_a_marker_hides_and_is_itself_a_version(versioned, put, read, refused):
    one = put("one")
    deleted = versioned.delete_object(Bucket=BUCKET, Key="key")
    marker = deleted["VersionId"]
    assert deleted["DeleteMarker"] is True
    assert refused(read) == GONE
    assert read(one) == ("one", one)
    text = "The specified method is not allowed against this resource."
    details = {"Method": "GET", "ResourceType": "DeleteMarker"}
    assert refused(read, version_id=marker) == (405, "MethodNotAllowed", text, details)
    undone = versioned.delete_object(Bucket=BUCKET, Key="key", VersionId=marker)
    assert (undone["DeleteMarker"], undone["VersionId"]) == (True, marker)
    assert read() == ("one", one)


def test_the_answer_for_a_marker_names_it(versioned, emulator, put):
    put("one")
    marker = versioned.delete_object(Bucket=BUCKET, Key="key")["VersionId"]
    for query, status in (("", 404), (f"versionId={marker}", 405)):
        found = emulator._s3("GET", f"{BUCKET}.s3.amazonaws.com", "/key", query, [], b"")
        assert (found[0], dict(found[1])["x-amz-delete-marker"]) == (status, "true")


def test_a_version_deleted_by_name_is_gone_for_good(versioned, put, read, refused):
    one, two = put("one"), put("two")
    assert "DeleteMarker" not in versioned.delete_object(Bucket=BUCKET, Key="key", VersionId=two)
    assert read() == ("one", one)
    assert refused(read, version_id=two)[:2] == (404, "NoSuchVersion")
    versioned.delete_object(Bucket=BUCKET, Key="key", VersionId=one)
    assert refused(read) == GONE
    versioned.delete_bucket(Bucket=BUCKET)


def test_what_was_there_before_versions_is_the_version_null(s3, put, read):
    put("old")
    turn(s3, "Enabled")
    new = put("new")
    assert read("null") == ("old", "null")
    s3.delete_object(Bucket=BUCKET, Key="key", VersionId="null")
    assert [entry["VersionId"] for entry in s3.list_object_versions(Bucket=BUCKET)["Versions"]] == [new]


def test_suspended_versioning_keeps_what_has_an_id(versioned, put, read, refused):
    one = put("one")
    turn(versioned, "Suspended")
    assert put("two") == put("three") == "null"
    assert (read(), read(one)) == (("three", "null"), ("one", one))
    deleted = versioned.delete_object(Bucket=BUCKET, Key="key")
    assert (deleted["DeleteMarker"], deleted["VersionId"]) == (True, "null")
    assert refused(read) == GONE
    assert read(one) == ("one", one)


def test_many_deletions_tell_markers_from_versions(versioned, put):
    one = put("one")
    objects = [{"Key": "key"}, {"Key": "missing"}, {"Key": "key", "VersionId": one}]
    marked, missing, deleted = versioned.delete_objects(Bucket=BUCKET, Delete={"Objects": objects})["Deleted"]
    assert (marked["Key"], marked["DeleteMarker"]) == ("key", True)
    assert missing["DeleteMarkerVersionId"] != marked["DeleteMarkerVersionId"]
    assert deleted == {"Key": "key", "VersionId": one}
    by_name = {"Objects": [{"Key": "key", "VersionId": marked["DeleteMarkerVersionId"]}]}
    (undone,) = versioned.delete_objects(Bucket=BUCKET, Delete=by_name)["Deleted"]
    assert undone == {
        "Key": "key",
        "VersionId": marked["DeleteMarkerVersionId"],
        "DeleteMarker": True,
        "DeleteMarkerVersionId": marked["DeleteMarkerVersionId"],
    }


def test_tags_belong_to_a_version(versioned, put):
    one, _ = put("one"), put("two")
    place = {"Bucket": BUCKET, "Key": "key"}
    versioned.put_object_tagging(**place, VersionId=one, Tagging={"TagSet": [{"Key": "a", "Value": "1"}]})
    tags = versioned.get_object_tagging(**place, VersionId=one)
    assert (tags["TagSet"], tags["VersionId"]) == ([{"Key": "a", "Value": "1"}], one)
    assert versioned.get_object_tagging(**place)["TagSet"] == []


def test_the_same_seed_gives_the_same_ids(versioned, put):
    import drylambda

    one = put("one")
    again = drylambda.Lambda(seed=1)
    again.s3.put("bucket", "key", "one", versioned=True)
    assert len(one) == 32
    assert one.isalnum()
    assert again.s3.put("b-2", "key", "", versioned=True) != drylambda.Lambda(seed=2).s3.put(
        "b-2", "key", "", versioned=True
    )
