"""`Lambda.s3`: objects for tests that want no client."""

from __future__ import annotations

import pytest

import drylambda


@pytest.fixture
def store(emulator):
    """The emulator's S3."""
    return emulator.s3


@pytest.mark.parametrize("body", [b"bytes", bytearray(b"bytes"), "bytes"], ids=lambda body: type(body).__name__)
def test_what_is_put_comes_back(store, body):
    assert store.put("bucket", "key", body) is None
    assert store.get("bucket", "key") == b"bytes"


def test_a_bucket_is_made_where_the_emulator_is(emulator):
    emulator.scope("eu-west-1", "210987654321").s3.put("there", "key", "")
    emulator.s3.put("here", "key", "")
    emulator.s3.put("elsewhere", "key", "", region="ap-south-1")
    places = {name: (bucket.region, bucket.account_id) for name, bucket in emulator.s3.buckets.items()}
    assert places == {
        "elsewhere": ("ap-south-1", "123456789012"),
        "here": ("us-east-1", "123456789012"),
        "there": ("eu-west-1", "210987654321"),
    }
    with pytest.raises(ValueError, match=r"^the bucket here is in us-east-1, not in eu-west-1$"):
        emulator.s3.put("here", "key", "", region="eu-west-1")


def test_versions_are_kept_if_they_are_wanted(store):
    one, two = (store.put("bucket", "key", text, versioned=True) for text in ("one", "two"))
    assert (store.get("bucket", "key"), store.get("bucket", "key", one)) == (b"two", b"one")
    assert store.get("bucket", "key", version_id=two) == b"two"
    assert store.put("bucket", "key", "three") not in (None, one, two)
    assert store.buckets["bucket"].versioned is True
    assert store.put("bucket", "key", "four", versioned=False) == "null"
    assert store.buckets["bucket"].versioned is False


def test_what_is_deleted_is_gone(store):
    store.put("bucket", "key", "text")
    store.delete("bucket", "key")
    store.delete("bucket", "key")
    with pytest.raises(KeyError, match="no object key in the bucket bucket"):
        store.get("bucket", "key")


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (("missing", "key"), "no bucket missing"),
        (("bucket", "missing"), "no object missing in the bucket bucket"),
        (("bucket", "key", "0"), "no version 0 of key in the bucket bucket"),
    ],
)
def test_what_is_not_there_is_a_key_error(store, asked, text):
    store.put("bucket", "key", "text")
    with pytest.raises(KeyError, match=text):
        store.get(*asked)


def test_a_delete_marker_has_no_bytes(store, emulator):
    store.put("bucket", "key", "text", versioned=True)
    store.delete("bucket", "key")
    (marker,) = emulator.client("s3").list_object_versions(Bucket="bucket")["DeleteMarkers"]
    with pytest.raises(KeyError, match="the version of key in the bucket bucket is a delete marker"):
        store.get("bucket", "key", marker["VersionId"])


def test_what_cannot_be_put_is_refused(store):
    with pytest.raises(ValueError, match=r"^InvalidBucketName: The specified bucket is not valid\.$"):
        store.put("No_Bucket", "key", "text")
    with pytest.raises(ValueError, match=r"^InvalidArgument: User key must have a length greater than 0\.$"):
        store.put("bucket", "", "text")
    # The limit is in bytes: each of these letters has two.
    with pytest.raises(ValueError, match=r"^KeyTooLongError: Your key is too long$"):
        store.put("bucket", "é" * 512 + "e", "text")
    with pytest.raises(TypeError, match="body is bytes or text, not <class 'int'>"):
        store.put("bucket", "key", 1)
    with pytest.raises(KeyError, match="no bucket bucket"):
        store.delete("bucket", "key")
    assert store.buckets == {}


def test_the_longest_key_can_be_put(store):
    store.put("bucket", "é" * 512, "text")
    assert store.get("bucket", "é" * 512) == b"text"


def test_clients_and_the_store_see_the_same(store, s3):
    s3.put_object(Bucket="my-bucket", Key="from a client", Body=b"1")
    store.put("my-bucket", "from here", "2")
    assert store.get("my-bucket", "from a client") == b"1"
    assert s3.get_object(Bucket="my-bucket", Key="from here")["Body"].read() == b"2"


def test_time_is_the_emulators(emulator, s3):
    emulator.clock.freeze("2030-01-01T00:00:00Z")
    emulator.s3.put("my-bucket", "key", "")
    assert s3.head_object(Bucket="my-bucket", Key="key")["LastModified"].isoformat() == "2030-01-01T00:00:00+00:00"


def test_uploads_change_no_id_of_lambda():
    def request_id(emulator):
        return emulator.list_functions()["ResponseMetadata"]["RequestId"]

    one, two = drylambda.Lambda(seed=1), drylambda.Lambda(seed=1)
    one.s3.put("bucket", "key", "text", versioned=True)
    assert request_id(one) == request_id(two)


def test_it_says_what_it_is(store):
    assert repr(store) == "<drylambda.ObjectStore 0 buckets>"
    store.put("bucket", "key", "", versioned=True)
    assert repr(store) == "<drylambda.ObjectStore 1 bucket>"
    assert repr(store.buckets["bucket"]) == "<drylambda.Bucket us-east-1 123456789012 versioned>"
