"""Forks: a state that is prepared once, and goes its own way in each test."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

import drylambda

ROLE = "arn:aws:iam::123456789012:role/app"
OLD, NEW = (drylambda.make_zip({"app.py": text}) for text in ("old", "new"))
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1"


def create(emulator, name="app", **code):
    return emulator.create_function(
        FunctionName=name, Runtime="python3.13", Role=ROLE, Handler="app.handler", Code=code or {"ZipFile": OLD}
    )


@pytest.fixture
def prepared():
    emulator = drylambda.Lambda(settle="instant", region="eu-west-1", seed=1)
    create(emulator)
    return emulator


def everything(emulator):
    listed = emulator.list_functions(), emulator.get_account_settings(), emulator.get_function(FunctionName="app")
    for answer in listed:
        del answer["ResponseMetadata"]
    return listed


def test_a_fork_has_everything_that_there_was(prepared):
    fork = prepared.fork()
    assert isinstance(fork, drylambda.Lambda)
    assert (fork.region, fork.account_id) == (prepared.region, prepared.account_id)
    assert everything(fork) == everything(prepared)
    assert bytes(fork.package("app")) == OLD


def test_neither_sees_what_the_other_does_afterwards(prepared):
    fork = prepared.fork()
    fork.update_function_code(FunctionName="app", ZipFile=NEW)
    create(fork, "more")
    prepared.create_alias(FunctionName="app", Name="live", FunctionVersion="$LATEST")
    assert bytes(prepared.package("app")) == OLD
    assert [it["FunctionName"] for it in prepared.list_functions()["Functions"]] == ["app"]
    assert fork.list_aliases(FunctionName="app")["Aliases"] == []
    prepared.reset()
    assert bytes(fork.package("app")) == NEW


def test_the_settings_are_those_of_the_origin(prepared):
    limited = drylambda.Lambda(code_storage_limit=len(OLD))
    create(limited)
    with pytest.raises(drylambda.ClientError, match="CodeStorageExceededException"):
        create(limited.fork(), "more")
    fork = prepared.fork()
    create(fork, "more")
    # On read, this would be refused.
    assert fork.update_function_code(FunctionName="more", ZipFile=NEW)["State"] == "Active"


def test_each_clock_goes_on_alone(prepared):
    fork = prepared.fork()
    assert fork.clock.time() == prepared.clock.time()
    fork.clock.advance(60)
    assert fork.clock.time() - prepared.clock.time() == 60


def test_every_fork_draws_the_same_ids(prepared):
    one, other = prepared.fork(), prepared.fork()
    assert create(one, "more") == create(other, "more")


def test_without_a_seed_forks_draw_ids_of_their_own():
    origin = drylambda.Lambda()
    one, other = (create(origin.fork())["RevisionId"] for _ in range(2))
    assert one != other


def test_forks_are_taken_while_others_write(prepared):
    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(create, prepared, f"more-{number}") for number in range(100)]
        forks = [prepared.fork() for _ in range(50)]
        for done in writing:
            done.result()
    counts = [fork.get_account_settings()["AccountUsage"]["FunctionCount"] for fork in forks]
    assert counts == sorted(counts)
    assert prepared.get_account_settings()["AccountUsage"]["FunctionCount"] == 101


def test_the_journal_is_empty_and_there_are_no_faults(prepared):
    prepared.fail("ListFunctions", "ServiceException")
    fork = prepared.fork()
    assert (list(fork.journal), list(fork.faults)) == ([], [])
    fork.list_functions()
    with pytest.raises(drylambda.ClientError):
        prepared.list_functions()


def test_images_signatures_and_buckets_are_there_and_apart():
    emulator = drylambda.Lambda(strict_images=True)
    emulator.images.push(IMAGE)
    client = emulator.client("s3")
    client.create_bucket(Bucket="code")
    client.put_object(Bucket="code", Key="old.zip", Body=OLD)
    fork = emulator.fork()
    fork.create_function(FunctionName="image", Role=ROLE, PackageType="Image", Code={"ImageUri": IMAGE})
    create(fork, "s3", S3Bucket="code", S3Key="old.zip")
    fork.client("s3").put_object(Bucket="code", Key="new.zip", Body=NEW)
    fork.client("s3").create_bucket(Bucket="more")
    assert list(emulator.s3.buckets) == ["code"]
    assert [it["Key"] for it in client.list_objects_v2(Bucket="code")["Contents"]] == ["old.zip"]
    client.delete_object(Bucket="code", Key="old.zip")
    assert fork.s3.get("code", "old.zip") == OLD


def test_an_update_under_way_settles_in_each():
    emulator = drylambda.Lambda(settle=60, seed=1)
    create(emulator)
    fork = emulator.fork()
    fork.clock.advance(60)
    states = [it.get_function_configuration(FunctionName="app")["State"] for it in (emulator, fork)]
    assert states == ["Pending", "Active"]


def test_a_fork_of_a_view_is_the_same_view(prepared):
    view = prepared.scope(region="us-west-2", account_id="210987654321")
    create(view, "there")
    fork = view.fork()
    assert (fork.region, fork.account_id) == ("us-west-2", "210987654321")
    assert [it["FunctionName"] for it in fork.list_functions()["Functions"]] == ["there"]
    assert fork.scope(region="eu-west-1", account_id="123456789012").package("app").names == ["app.py"]
