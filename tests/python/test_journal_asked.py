"""The journal as tests ask for it: by operation, and by the parameters that count."""

from __future__ import annotations

import pickle
import sys

import pytest

import drylambda
from drylambda.journal import Journal

PACKAGE = drylambda.make_zip({"app.py": ""})


@pytest.fixture
def journal():
    emulator = drylambda.Lambda(settle="instant")
    for name in ("one", "two"):
        emulator.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="app.handler",
            Role="arn:aws:iam::123456789012:role/lambda",
            Code={"ZipFile": PACKAGE},
            Environment={"Variables": {"STAGE": "test", "NAME": name}},
        )
    emulator.update_function_code(FunctionName="one", ZipFile=PACKAGE, Publish=True)
    with pytest.raises(drylambda.ClientError):
        emulator.get_function(FunctionName="three")
    return emulator.journal


def failure(call, **parameters):
    with pytest.raises(AssertionError) as caught:
        call(**parameters)
    return str(caught.value)


def test_it_is_a_list_and_knows_calls_by_operation(journal):
    assert isinstance(journal, list)
    assert [entry.parameters["FunctionName"] for entry in journal.of("CreateFunction")] == ["one", "two"]
    assert journal.of("DeleteFunction") == []
    assert repr(journal) == "<drylambda.Journal of any operation: 4 calls>"
    assert repr(journal.of("GetFunction")) == "<drylambda.Journal of GetFunction: 1 call>"


def test_a_slice_is_a_journal_again(journal):
    part = journal[1:3]
    assert isinstance(part, Journal)
    assert list(part) == [journal[1], journal[2]]
    assert repr(part) == "<drylambda.Journal of any operation: 2 calls>"
    assert repr(journal.of("CreateFunction")[:1]) == "<drylambda.Journal of CreateFunction: 1 call>"
    journal[:1].of("DeleteFunction").assert_not_called()


def test_an_entry_is_pickled_by_what_it_says(journal):
    with pytest.raises(TypeError, match=r"cannot pickle 'drylambda\.JournalEntry' object"):
        pickle.dumps(journal[0])
    assert pickle.loads(pickle.dumps(journal[0].cloudtrail())) == journal[0].cloudtrail()  # noqa: S301 - made here


@pytest.mark.parametrize(
    ("name", "instead"),
    [("UpdateFunctionCod", "did you mean UpdateFunctionCode"), ("get_function", "boto3's method is AWS's"), ("X", "names are AWS's")],
)  # fmt: skip
def test_a_name_that_is_no_operation_is_refused(journal, name, instead):
    with pytest.raises(ValueError, match=instead):
        journal.of(name)


def test_one_call_with_some_of_its_parameters(journal):
    entry = journal.of("UpdateFunctionCode").assert_called_once_with(FunctionName="one", Publish=True)
    assert entry.response["Version"] == "1"
    journal.of("GetFunction").assert_called_once_with()


def test_parameters_inside_of_others_may_be_more(journal):
    variables = {"NAME": "two"}
    entry = journal.of("CreateFunction").assert_any_call(Environment={"Variables": variables})
    assert entry.parameters["FunctionName"] == "two"


def test_a_parameter_that_differs_is_shown(journal):
    text = failure(journal.of("UpdateFunctionCode").assert_called_once_with, FunctionName="two", DryRun=True)
    assert text == (
        "expected one call of UpdateFunctionCode with FunctionName='two', DryRun=True; there was one:\n"
        "  UpdateFunctionCode FunctionName='one' Publish=True: ok\n"
        "      FunctionName: expected 'two', not 'one'\n"
        "      DryRun: expected True, not given"
    )


def test_more_calls_than_one_are_shown_with_the_nearest_first(journal):
    text = failure(journal.of("CreateFunction").assert_called_once_with, FunctionName="two")
    lines = text.splitlines()
    assert lines[0] == "expected one call of CreateFunction with FunctionName='two'; there were 2:"
    assert "FunctionName='two'" in lines[1]
    assert "FunctionName='one'" in lines[2]
    assert lines[3] == "      FunctionName: expected 'two', not 'one'"


def test_what_stands_inside_is_named_by_its_path(journal):
    text = failure(journal.assert_any_call, Environment={"Variables": {"STAGE": "live"}})
    assert "Environment.Variables.STAGE: expected 'live', not 'test'" in text
    assert "  and 1 more" in text


def test_no_call_at_all_says_so(journal):
    text = failure(journal.of("DeleteFunction").assert_called_once_with, FunctionName="one")
    assert text == "expected one call of DeleteFunction with FunctionName='one'; there was none"


def test_bytes_are_not_kept_and_it_says_what_to_compare(journal):
    text = failure(journal.of("UpdateFunctionCode").assert_called_once_with, ZipFile=PACKAGE)
    assert "ZipFile: bytes are not kept; compare the CodeSha256 of the response" in text


def test_not_called(journal):
    journal.of("DeleteFunction").assert_not_called()
    text = failure(journal.of("GetFunction").assert_not_called)
    assert text == (
        "expected no call of GetFunction; there was one:\n  GetFunction FunctionName='three': ResourceNotFoundException"
    )


def test_many_calls_are_summed_up():
    emulator = drylambda.Lambda()
    for _ in range(25):
        emulator.list_functions()
    lines = str(emulator.journal).splitlines()
    assert lines[0] == "5 earlier: ListFunctions 5"
    assert lines[1:] == ["ListFunctions: ok"] * 20


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exceptions have notes from Python 3.11 on")
def test_what_a_mocked_test_failed_with_shows_the_calls():
    def fail():
        with drylambda.mock_lambda() as emulator:
            emulator.list_functions()
            raise LookupError

    with pytest.raises(LookupError) as caught:
        fail()
    assert caught.value.__notes__ == ["drylambda was called:\nListFunctions: ok"]


def test_clearing_the_journal_forgets_what_the_emulator_was_called():
    emulator = drylambda.Lambda()
    emulator.list_functions()
    journal = emulator.journal
    emulator.scope(region="eu-west-1").list_functions()
    journal.clear()
    assert (journal, emulator.journal) == ([], [])


def test_clearing_a_part_forgets_the_part_alone():
    emulator = drylambda.Lambda()
    emulator.list_functions()
    for part in (emulator.journal.of("ListFunctions"), emulator.journal[:1]):
        part.clear()
        assert part == []
    assert len(emulator.journal) == 1
