"""Many callers at once: one wins, the others are told so, and never a mix of both (T9)."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError
from texts import in_progress
from world import ZIP_A, creation, sha256

from drylambda import make_zip

case, rule = pytest.mark.case, pytest.mark.rule

CONFLICTS = {
    in_progress().message,  # E3
    "Conflict due to concurrent requests on this function. Please try this request again.",  # E5
}


def attempt(way, package, **more):
    """Return the answer of an update, or nothing if it was refused as a conflict."""
    try:
        return way.lambda_.update_function_code(FunctionName="fn", ZipFile=package, **more)
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 409
        assert error.response["Error"]["Code"] == "ResourceConflictException"
        assert error.response["Error"]["Message"] in CONFLICTS
        return None


@case(85)
@rule("T9", "E3", "E5")
@pytest.mark.parametrize("size", [0, 100_000], ids=["small", "large"])
def test_of_two_at_the_same_time_one_wins_in_each_of_a_hundred_rounds(way, fn, size):
    # Large packages are checked without the interpreter's lock, and travel beside a client's requests.
    packages = [make_zip({"app.py": f"thread {thread}", "data": os.urandom(size)}) for thread in range(2)]
    barrier = threading.Barrier(2)

    def update(package):
        barrier.wait()
        return attempt(way, package)

    with ThreadPoolExecutor(2) as pool:
        for _ in range(100):
            answers = list(pool.map(update, packages))
            winners = [index for index, answer in enumerate(answers) if answer is not None]
            assert len(winners) == 1
            settled = way.settled("fn")
            assert settled["CodeSha256"] == answers[winners[0]]["CodeSha256"] == sha256(packages[winners[0]])


@rule("T9", "V3", "V8")
@pytest.mark.parametrize("settle", ["instant", "on_read"])
def test_of_a_thousand_updates_by_eight_each_wins_or_is_refused_and_no_number_is_missing(way, settle):
    way = way.another(settle=settle)
    way.lambda_.create_function(**creation())
    way.settled("fn")
    packages = [[make_zip({"app.py": f"{thread} {turn}"}) for turn in range(125)] for thread in range(8)]

    def update(thread):
        won = {}
        for package in packages[thread]:
            answer = attempt(way, package, Publish=True)
            if answer is None:
                # As a deploy tool does, look how it stands before the next try.
                way.lambda_.get_function_configuration(FunctionName="fn")
            else:
                assert answer["CodeSha256"] == sha256(package)
                won[int(answer["Version"])] = answer["CodeSha256"]
        return won

    with ThreadPoolExecutor(8) as pool:
        winners = list(pool.map(update, range(8)))
    won = {number: digest for each in winners for number, digest in each.items()}
    assert len(won) == sum(map(len, winners)), "a number was given out twice"
    assert sorted(won) == list(range(1, len(won) + 1)), "a number is missing"
    if settle == "instant":
        assert len(won) >= 990  # only E5 may refuse, which takes a hundred lost races in a row
    latest = way.settled("fn")
    assert latest["CodeSha256"] == won[max(won)]
    versions = way.paginator("list_versions_by_function").paginate(FunctionName="fn").build_full_result()["Versions"]
    assert {int(it["Version"]): it["CodeSha256"] for it in versions[1:]} == won
    size = sum(it["CodeSize"] for it in versions)
    assert way.lambda_.get_account_settings()["AccountUsage"] == {"TotalCodeSize": size, "FunctionCount": 1}


def test_readers_see_a_whole_function_while_it_is_updated(way):
    way = way.another(settle="instant")
    way.lambda_.create_function(**creation())
    packages = [make_zip({"app.py": "x" * size}) for size in range(1, 6)]
    known = {sha256(package): len(package) for package in [*packages, ZIP_A]}
    done = threading.Event()

    def read():
        seen = 0
        while not done.is_set() or not seen:
            configuration = way.lambda_.get_function_configuration(FunctionName="fn")
            assert configuration["CodeSize"] == known[configuration["CodeSha256"]]
            seen += 1
        return seen

    with ThreadPoolExecutor(2) as pool:
        reader = pool.submit(read)
        for turn in range(100):
            way.lambda_.update_function_code(FunctionName="fn", ZipFile=packages[turn % len(packages)])
        done.set()
        assert reader.result() > 0


def test_updates_of_different_functions_do_not_disturb_each_other(way):
    for index in range(8):
        way.lambda_.create_function(**creation(f"f{index}"))
        way.settled(f"f{index}")
    package = make_zip({"app.py": "new"})

    def update(index):
        for _ in range(20):
            way.lambda_.update_function_code(FunctionName=f"f{index}", ZipFile=package)
            way.settled(f"f{index}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(update, range(8)))
