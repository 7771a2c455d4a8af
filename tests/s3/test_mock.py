"""`mock_lambda(s3=True)`: every boto3 client for S3 in the process, with nothing else installed."""

from __future__ import annotations

import asyncio
import io
import os
import threading

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.credentials import CredentialResolver
from botocore.exceptions import ClientError
from s3transfer.tasks import Task

import drylambda
from drylambda import mock_lambda
from drylambda.exceptions import OtherServiceError

BUCKET = "my-bucket"
KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}


def stored(client=None):
    """Put an object by a client; return its bytes as the client reads them."""
    client = client or boto3.client("s3")
    region = client.meta.region_name
    constraint = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    client.create_bucket(Bucket=BUCKET, **constraint)
    client.put_object(Bucket=BUCKET, Key="key", Body=b"data")
    return client.get_object(Bucket=BUCKET, Key="key")["Body"].read()


def test_as_a_block():
    with mock_lambda(s3=True) as emulator:
        assert stored() == emulator.s3.get(BUCKET, "key") == b"data"


@mock_lambda(s3=True)
def test_as_a_decorator(lambda_):
    assert stored() == lambda_.s3.get(BUCKET, "key") == b"data"


def test_on_a_coroutine():
    @mock_lambda(s3=True)
    async def main():
        return stored()

    assert asyncio.run(main()) == b"data"


@pytest.fixture
@mock_lambda(s3=True, region="eu-west-1")
def deployed():
    yield stored()


def test_on_a_fixture(deployed):
    assert deployed == b"data"


@mock_lambda(s3=True)
class TestOnAClass:
    def test_each_method_has_its_own(self):
        assert stored() == b"data"

    def test_and_sees_no_other(self):
        assert boto3.client("s3").list_buckets()["Buckets"] == []


@pytest.fixture
def drylambda_settings():
    return {"s3": True, "region": "eu-west-1"}


def test_by_the_settings_of_the_fixtures(drylambda, lambda_client):
    assert stored() == drylambda.s3.get(BUCKET, "key") == b"data"
    assert drylambda.s3.buckets[BUCKET].region == "eu-west-1"
    assert lambda_client.list_functions()["Functions"] == []


def test_on_a_machine_without_anything(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(CredentialResolver, "load_credentials", lambda self: None)
    before = boto3.session.Session().client("s3", region_name="eu-west-1")
    with mock_lambda(s3=True):
        assert stored(before) == b"data"
        inside = boto3.session.Session().client("s3")
        assert inside.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "key"})


@pytest.mark.parametrize(
    "options",
    [
        {"region_name": "us-gov-west-1"},
        {"region_name": "cn-north-1"},
        {"config": Config(s3={"addressing_style": "path"})},
        {"config": Config(s3={"addressing_style": "virtual"})},
        {"config": Config(s3={"us_east_1_regional_endpoint": "regional"})},
        {"config": Config(use_fips_endpoint=True)},
        {"config": Config(use_dualstack_endpoint=True)},
        {"config": Config(signature_version=UNSIGNED)},
        {"config": Config(signature_version="s3")},
        {"config": Config(request_checksum_calculation="when_required", response_checksum_validation="when_required")},
        {"config": Config(proxies={"https": "http://proxy.example:3128"})},
        {"endpoint_url": "http://localhost:4566"},
        {"endpoint_url": "https://minio.example:9000", "region_name": "eu-west-1"},
        {"use_ssl": False},
    ],
    ids="-".join,
)
def test_a_client_with_other_options(options):
    client = boto3.client("s3", **{"region_name": "us-east-1", **KEYS, **options})
    with mock_lambda(s3=True) as emulator:
        assert stored(client) == b"data"
        client.put_object(Bucket=BUCKET, Key="stream", Body=io.BytesIO(b"s" * 2_000_000))
        assert emulator.s3.get(BUCKET, "stream") == b"s" * 2_000_000
        assert emulator.s3.buckets[BUCKET].region == client.meta.region_name


def test_transfers_of_every_size(tmp_path):
    content = os.urandom(20 * 1024 * 1024)
    (tmp_path / "large").write_bytes(content)
    seen = []
    with mock_lambda(s3=True) as emulator:
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        client.upload_file(str(tmp_path / "large"), BUCKET, "file", Callback=seen.append)
        client.upload_fileobj(io.BytesIO(content), BUCKET, "object", ExtraArgs={"ContentType": "text/x"})
        client.copy({"Bucket": BUCKET, "Key": "file"}, BUCKET, "copy")
        client.download_file(BUCKET, "file", str(tmp_path / "back"))
        into = io.BytesIO()
        client.download_fileobj(BUCKET, "object", into)
        assert (tmp_path / "back").read_bytes() == into.getvalue() == emulator.s3.get(BUCKET, "copy") == content
        head = client.head_object(Bucket=BUCKET, Key="object")
    assert (head["ContentType"], head["ETag"][-3:]) == ("text/x", '-3"')
    assert sum(seen) == len(content)


def test_resources():
    with mock_lambda(s3=True):
        bucket = boto3.resource("s3").create_bucket(Bucket=BUCKET)
        bucket.put_object(Key="a", Body=b"1")
        bucket.Object("b").put(Body=b"2")
        bucket.Object("c").copy({"Bucket": BUCKET, "Key": "a"})
        assert [(entry.key, entry.size) for entry in bucket.objects.all()] == [("a", 1), ("b", 1), ("c", 1)]
        bucket.objects.filter(Prefix="a").delete()
        bucket.Versioning().enable()
        bucket.object_versions.delete()
        bucket.delete()
        assert list(boto3.resource("s3").buckets.all()) == []


def test_waiters():
    with mock_lambda(s3=True) as emulator:
        client, once = boto3.client("s3"), {"Delay": 0, "MaxAttempts": 1}
        place = {"Bucket": BUCKET, "Key": "key"}
        client.get_waiter("object_not_exists").wait(**place, WaiterConfig=once)
        client.get_waiter("bucket_not_exists").wait(Bucket=BUCKET, WaiterConfig=once)
        emulator.s3.put(**{name.lower(): value for name, value in place.items()}, body=b"")
        client.get_waiter("object_exists").wait(**place, WaiterConfig=once)
        client.get_waiter("bucket_exists").wait(Bucket=BUCKET, WaiterConfig=once)


def test_threads_of_the_code_under_test():
    found = []
    with mock_lambda(s3=True):
        thread = threading.Thread(target=lambda: found.append(stored()))
        thread.start()
        thread.join()
    assert found == [b"data"]


def test_a_transfer_is_answered_by_the_mock_of_the_thread_that_asks(tmp_path):
    content = b"c" * (9 * 1024 * 1024)
    (tmp_path / "file").write_bytes(content)
    entered, done, stored = threading.Barrier(2, timeout=60), threading.Barrier(2, timeout=60), {}

    def transfer(name):
        with mock_lambda(s3=True) as emulator:
            emulator.s3.put(name, "other", "")
            # Both are entered before either transfers, and neither is left before both have.
            entered.wait()
            try:
                client = boto3.session.Session().client("s3")
                # In parts, by many threads; in one piece; and back.
                client.upload_file(str(tmp_path / "file"), name, "key")
                client.upload_fileobj(io.BytesIO(b"small"), name, "small")
                client.download_file(name, "key", str(tmp_path / name))
                stored[name] = (emulator.s3.get(name, "key"), emulator.s3.get(name, "small"))
            finally:
                done.wait()

    threads = [threading.Thread(target=transfer, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stored == dict.fromkeys(("one", "two"), (content, b"small"))
    assert [(tmp_path / name).read_bytes() for name in ("one", "two")] == [content, content]


def test_transfers_are_as_before_when_the_last_mock_is_left():
    before = Task.__init__, Task.__call__
    with mock_lambda(s3=True):
        with mock_lambda():
            assert Task.__call__ is not before[1]
        assert Task.__init__ is not before[0]
    assert (Task.__init__, Task.__call__) == before
    with mock_lambda():
        assert (Task.__init__, Task.__call__) == before


def test_the_depth_is_about_lambda():
    with mock_lambda(s3=True, depth="call"):
        assert stored() == b"data"


def test_an_access_key_of_twelve_digits_is_an_account():
    with mock_lambda(s3=True) as emulator:
        stored(boto3.client("s3", region_name="us-east-1", aws_access_key_id="210987654321", aws_secret_access_key="s"))
        assert emulator.s3.buckets[BUCKET].account_id == "210987654321"
        assert boto3.client("s3").list_buckets()["Buckets"] == []


def test_the_innermost_mock_answers():
    with mock_lambda(s3=True) as outer:
        stored()
        with mock_lambda(s3=True) as inner:
            assert boto3.client("s3").list_buckets()["Buckets"] == []
        with mock_lambda(), pytest.raises(OtherServiceError):
            boto3.client("s3").list_buckets()
        assert boto3.client("s3").list_buckets()["Buckets"][0]["Name"] == BUCKET
    assert (list(outer.s3.buckets), list(inner.s3.buckets)) == ([BUCKET], [])


@pytest.mark.parametrize("client", [{}, {"config": Config(signature_version=UNSIGNED)}], ids=["signed", "unsigned"])
def test_without_s3_a_call_is_refused_and_told_how(client):
    with mock_lambda() as emulator, pytest.raises(OtherServiceError, match="refused s3's ListBuckets") as caught:
        boto3.client("s3", **client).list_buckets()
    assert "Answer it with the emulator's own S3: mock_lambda(s3=True), or with a library for S3" in str(caught.value)
    assert emulator.s3.buckets == {}


def test_others_are_refused_as_ever():
    with mock_lambda(s3=True):
        for call in (
            lambda: boto3.client("sts").get_caller_identity(),
            lambda: boto3.client("s3control").list_jobs(AccountId="123456789012"),
        ):
            with pytest.raises(OtherServiceError, match="Answer it with a library for that service"):
                call()


class TestOneClient:
    """A client that belongs to an emulator, whatever else is active."""

    def test_an_emulator_makes_clients(self):
        emulator = drylambda.Lambda(region="eu-west-1")
        client = emulator.client("s3")
        assert (stored(client), client.meta.region_name) == (b"data", "eu-west-1")
        assert emulator.client("s3", "us-west-2").list_buckets()["Buckets"][0]["Name"] == BUCKET
        assert drylambda.Lambda().client("s3").list_buckets()["Buckets"] == []

    def test_its_client_has_the_transfers_of_boto3(self, tmp_path):
        (tmp_path / "file").write_bytes(b"data")
        emulator = drylambda.Lambda()
        emulator.s3.put(BUCKET, "other", "")
        client = emulator.client("s3")
        client.upload_file(str(tmp_path / "file"), BUCKET, "key")
        client.download_file(BUCKET, "key", str(tmp_path / "back"))
        assert (tmp_path / "back").read_bytes() == emulator.s3.get(BUCKET, "key") == b"data"

    def test_a_client_that_is_there_is_attached(self):
        client = boto3.client("s3", region_name="us-east-1", **KEYS)
        emulator = drylambda.attach(client)
        assert stored(client) == emulator.s3.get(BUCKET, "key") == b"data"
        drylambda.detach(client)
        with mock_lambda(s3=True) as other:
            assert client.list_buckets()["Buckets"] == []
            drylambda.attach(client, emulator)
            assert client.list_buckets()["Buckets"][0]["Name"] == BUCKET
            assert other.s3.buckets == {}

    def test_another_depth_is_refused(self):
        refused = r'^depth="call" is for clients for Lambda; one for s3 has depth="wire"$'
        with pytest.raises(ValueError, match=refused):
            drylambda.Lambda().client("s3", depth="call")


class TestBesideMoto:
    """moto's S3 is kept aside if ours answers, and answers if ours does not."""

    @pytest.fixture(params=["moto outside", "moto inside"])
    def both(self, request):
        pytest.importorskip("moto.core", reason="moto is not installed")
        import moto

        def both(**options):
            mocks = [moto.mock_aws(), mock_lambda(**options)]
            return mocks if request.param == "moto outside" else mocks[::-1]

        return both

    def test_s3_is_ours_if_we_answer_it(self, both):
        one, two = both(s3=True)
        with one as first, two as second:
            emulator = next(it for it in (first, second) if isinstance(it, drylambda.Lambda))
            assert stored() == emulator.s3.get(BUCKET, "key") == b"data"
            assert boto3.client("sqs").list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
            with pytest.raises(ClientError, match="GetBucketAcl is not implemented yet"):
                boto3.client("s3").get_bucket_acl(Bucket=BUCKET)

    def test_s3_is_motos_if_we_do_not(self, both):
        one, two = both()
        with one as first, two as second:
            emulator = next(it for it in (first, second) if isinstance(it, drylambda.Lambda))
            assert stored() == b"data"
            assert emulator.s3.buckets == {}
            assert boto3.client("s3").get_bucket_acl(Bucket=BUCKET)["Grants"]
