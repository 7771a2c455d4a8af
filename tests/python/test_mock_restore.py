"""What a mock changes, and that all of it is afterwards as it was; `conftest` checks that for each test."""

from __future__ import annotations

import functools
import os
import threading

import boto3
import pytest
from botocore.awsrequest import AWSRequest
from botocore.client import BaseClient
from botocore.httpsession import URLLib3Session
from botocore.serialize import RestJSONSerializer

from drylambda import Lambda, mock_lambda

VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")


def variables():
    return tuple(os.environ.get(name) for name in VARIABLES)


def request():
    return AWSRequest("GET", "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/").prepare()


def test_a_normal_exit():
    before = URLLib3Session.send, BaseClient._make_api_call
    with mock_lambda():
        assert URLLib3Session.send is not before[0]
        assert "serialize_to_request" in vars(RestJSONSerializer)
    assert (URLLib3Session.send, BaseClient._make_api_call) == before
    # It is inherited, and must be so again.
    assert "serialize_to_request" not in vars(RestJSONSerializer)


def test_an_exception_in_the_block():
    with pytest.raises(KeyError), mock_lambda():
        raise KeyError


def test_nested_mocks_patch_once_and_the_innermost_answers(deploy, names):
    with mock_lambda() as outer:
        send = URLLib3Session.send
        with mock_lambda() as inner:
            assert URLLib3Session.send is send
            deploy(boto3.client("lambda"))
        assert (names(outer), names(inner)) == ([], ["app"])
        assert names(boto3.client("lambda")) == []


def test_exits_out_of_order(deploy, names):
    first, second = mock_lambda(), mock_lambda()
    first.start()
    emulator = second.start()
    first.stop()
    deploy(boto3.client("lambda"))
    assert names(emulator) == ["app"]
    second.stop()


def test_a_patch_that_covers_ours_stays_and_works():
    with mock_lambda():
        pass
    original = URLLib3Session.send
    seen = []
    mock = mock_lambda()
    mock.start()
    ours = URLLib3Session.send

    def theirs(self, request):
        seen.append(request.url)
        return ours(self, request)

    try:
        URLLib3Session.send = theirs
        boto3.client("lambda").list_functions()
        mock.stop()
        assert URLLib3Session.send is theirs
        with mock_lambda():
            boto3.client("lambda").list_functions()
            assert len(seen) == 1
        assert URLLib3Session.send is theirs
    finally:
        URLLib3Session.send = original


def over(ours, seen):
    """Make a patch as tools do that watch calls: with the name, the text and the attributes of what it covers."""

    @functools.wraps(ours)
    def theirs(self, request):
        seen.append(request.url)
        return ours(self, request)

    return theirs


def test_a_patch_that_looks_like_ours_is_not_taken_for_it():
    original = URLLib3Session.send
    seen = []
    mock = mock_lambda()
    mock.start()
    try:
        URLLib3Session.send = theirs = over(URLLib3Session.send, seen)
        mock.stop()
        with mock_lambda(), mock_lambda():
            URLLib3Session.send(URLLib3Session(), request())
        assert URLLib3Session.send is theirs
    finally:
        URLLib3Session.send = original


@pytest.mark.parametrize("first", ["theirs", "ours"])
def test_whoever_is_undone_first_nothing_of_theirs_is_lost_and_nothing_of_ours_is_left(first):
    original = URLLib3Session.send
    seen = []
    outer, inner = mock_lambda(), mock_lambda()
    outer.start()
    URLLib3Session.send = theirs = over(ours := URLLib3Session.send, seen)
    inner.start()
    client = boto3.client("lambda", region_name="eu-west-1")
    client.list_functions()
    if first == "theirs":
        URLLib3Session.send = ours
        inner.stop()
        outer.stop()
    else:
        inner.stop()
        assert URLLib3Session.send is theirs
        outer.stop()
        assert URLLib3Session.send is theirs
        with mock_lambda():
            client.list_functions()
        assert URLLib3Session.send is theirs
        URLLib3Session.send = ours
        # Ours lets everything through, and goes with the next mock.
        with mock_lambda():
            pass
    assert URLLib3Session.send is original
    assert len(seen) == 1


def test_a_patch_of_ours_that_lies_below_another_lets_everything_through(monkeypatch):
    def network(self, request):
        raise ConnectionRefusedError(request.url)

    monkeypatch.setattr(URLLib3Session, "send", network)
    client = boto3.client("lambda", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    mock = mock_lambda()
    mock.start()
    ours = URLLib3Session.send
    monkeypatch.setattr(URLLib3Session, "send", lambda self, request: ours(self, request))  # noqa: PLW0108 - theirs, over ours
    client.list_functions()
    mock.stop()
    with pytest.raises(ConnectionRefusedError, match=r"lambda.eu-west-1"):
        client.list_functions()


def test_the_environment_has_dummies_where_nothing_is_set(bare):
    with mock_lambda():
        assert variables() == ("DRYLAMBDADUMMYKEY", "drylambda/dummy/secret", "us-east-1")
    assert variables() == (None, None, None)


def test_what_is_set_stays(bare, monkeypatch):
    for name, value in zip(VARIABLES, ("210987654321", "theirs", "ap-south-1"), strict=True):
        monkeypatch.setenv(name, value)
    with mock_lambda() as emulator:
        assert variables() == ("210987654321", "theirs", "ap-south-1")
        assert emulator.region == "ap-south-1"


@pytest.mark.parametrize("options", [{"region": "eu-west-1"}, {"lambda_": Lambda(region="eu-west-1")}], ids="-".join)
def test_a_region_that_is_given_wins_for_the_time_being(bare, monkeypatch, options):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    with mock_lambda(**options):
        assert os.environ["AWS_DEFAULT_REGION"] == "eu-west-1"
        with mock_lambda(region="eu-west-2"):
            assert os.environ["AWS_DEFAULT_REGION"] == "eu-west-2"
        assert os.environ["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert os.environ["AWS_DEFAULT_REGION"] == "ap-south-1"


def test_a_variable_that_the_test_changes_stays_changed(bare, monkeypatch):
    with mock_lambda():
        monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
        with mock_lambda(region="eu-west-1"):
            assert os.environ["AWS_DEFAULT_REGION"] == "ap-south-1"
    assert os.environ["AWS_DEFAULT_REGION"] == "ap-south-1"
    monkeypatch.undo()
    os.environ.pop("AWS_DEFAULT_REGION", None)


def test_the_inner_environment_does_not_outlive_its_mock_out_of_order(bare):
    first, second = mock_lambda(region="eu-west-1"), mock_lambda(region="eu-west-2")
    first.start()
    second.start()
    first.stop()
    assert os.environ["AWS_DEFAULT_REGION"] == "eu-west-2"
    second.stop()
    assert variables() == (None, None, None)


def test_no_session_keeps_the_dummy_credentials(bare, monkeypatch):
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    own = boto3.session.Session()
    with mock_lambda():
        boto3.client("lambda")
        own.client("lambda", region_name="eu-west-1")
        with mock_lambda():
            own.client("lambda", region_name="eu-west-1")
        assert own.get_credentials().access_key == "DRYLAMBDADUMMYKEY"
    assert boto3.DEFAULT_SESSION._session._credentials is None
    assert own._session._credentials is None


def test_a_session_keeps_its_own_credentials():
    session = boto3.session.Session("AKIDEXAMPLE", "secret", region_name="eu-west-1")
    with mock_lambda():
        session.client("lambda").list_functions()
    assert session.get_credentials().access_key == "AKIDEXAMPLE"


def in_thread(work):
    """Run ``work`` in a thread of its own to the end; hand on what it raises."""
    failed = []

    def run():
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - handed on
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    if failed:
        raise failed[0]


def test_a_thread_without_a_mock_is_answered_by_the_last_one(deploy, names):
    with mock_lambda(), mock_lambda() as emulator:
        in_thread(lambda: deploy(boto3.client("lambda")))
        assert names(emulator) == ["app"]


def test_a_thread_with_a_mock_is_answered_by_its_own(deploy, names):
    with mock_lambda() as ours:
        entered, leave = threading.Event(), threading.Event()
        theirs = []

        def work():
            with mock_lambda() as emulator:
                theirs.append(emulator)
                deploy(boto3.client("lambda"), "theirs")
                entered.set()
                assert leave.wait(30)

        thread = threading.Thread(target=work)
        thread.start()
        assert entered.wait(30)
        deploy(boto3.client("lambda"), "ours")
        leave.set()
        thread.join(30)
        assert (names(ours), names(theirs[0])) == (["ours"], ["theirs"])


def test_one_mock_entered_in_two_threads_leaves_in_each_what_it_entered_there(names, deploy):
    mock = mock_lambda()
    with mock as emulator:
        entered, leave = threading.Event(), threading.Event()

        def work():
            with mock:
                entered.set()
                assert leave.wait(30)

        thread = threading.Thread(target=work)
        thread.start()
        assert entered.wait(30)
        deploy(boto3.client("lambda"))
    # Ours is left although theirs came later.
    assert names(emulator) == ["app"]
    leave.set()
    thread.join(30)


def test_a_thread_that_outlives_the_mock_finds_everything_as_it_was(bare, monkeypatch):
    def network(self, request):
        raise ConnectionRefusedError(request.url)

    monkeypatch.setattr(URLLib3Session, "send", network)
    answered, over, failed = threading.Event(), threading.Event(), []

    def work():
        client = boto3.session.Session().client("lambda")
        client.list_functions()
        answered.set()
        assert over.wait(30)
        try:
            client.list_functions()
        except ConnectionRefusedError as error:
            failed.append(error)

    with mock_lambda():
        thread = threading.Thread(target=work)
        thread.start()
        assert answered.wait(30)
    assert URLLib3Session.send is network
    over.set()
    thread.join(30)
    assert len(failed) == 1


def test_mocks_in_many_threads_do_not_disturb_each_other(deploy, names):
    start = threading.Barrier(8)
    failed = []

    def work(number):
        try:
            start.wait(30)
            for _ in range(20):
                with mock_lambda(depth="call") as emulator:
                    client = emulator.client(depth="call")
                    deploy(client, f"app{number}")
                    assert names(emulator) == [f"app{number}"]
        except BaseException as error:  # noqa: BLE001 - handed on
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []


def test_a_dummy_that_somebody_restores_too_late_is_taken_for_unset(monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    with mock_lambda():
        inner = pytest.MonkeyPatch()
        inner.setenv("AWS_ACCESS_KEY_ID", "theirs")
    inner.undo()
    with mock_lambda():
        assert "AWS_ACCESS_KEY_ID" in os.environ
    assert "AWS_ACCESS_KEY_ID" not in os.environ


def test_empty_variables_are_taken_for_unset_and_left_empty(monkeypatch, names):
    for name in VARIABLES:
        monkeypatch.setenv(name, "")
    with mock_lambda():
        assert names(boto3.client("lambda")) == []
    assert variables() == ("", "", "")


def test_a_patch_that_somebody_puts_back_too_late_goes_with_the_next_mock():
    before = BaseClient._make_api_call
    inner = pytest.MonkeyPatch()
    with mock_lambda():
        inner.setattr(BaseClient, "_make_api_call", lambda *_: {})
    inner.undo()
    with mock_lambda():
        assert boto3.client("lambda", region_name="us-east-1").list_functions()["Functions"] == []
    assert BaseClient._make_api_call is before
