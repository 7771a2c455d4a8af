"""Every hostile package gets AWS's answer, and a refused one leaves no trace."""

from __future__ import annotations

import functools

import bombs
import corpus
import pytest
import zips
from texts import EMPTY_ZIP, NOT_A_ZIP, REQUEST_TOO_LARGE, UNZIPPED_TOO_LARGE
from world import UPDATING, configuration, creation

rule = pytest.mark.rule

REFUSALS = {
    "Z1": NOT_A_ZIP,
    "Z5": NOT_A_ZIP,
    "Z7": NOT_A_ZIP,
    "Z2": EMPTY_ZIP,
    "Z3": EMPTY_ZIP,
    "R55": EMPTY_ZIP,
    "Z10": REQUEST_TOO_LARGE,
    "Z13": UNZIPPED_TOO_LARGE,
}
# More than half of the others' time would go into the few that are enormous.
SENT_EVERY_WAY = [kind for kind in corpus.KINDS if kind.name not in corpus.ONCE]
SENT_ONCE = [kind for kind in corpus.KINDS if kind.name in corpus.ONCE]


@pytest.fixture
def fn(way):
    """The function ``fn``, settled."""
    way.lambda_.create_function(**creation())
    way.settled("fn")


@functools.cache
def made(kind):
    return kind.make()


def each(kinds):
    return [pytest.param(kind, id=kind.name, marks=rule(kind.rule)) for kind in kinds]


def require_answer(way, kind):
    """Require the answer to an update, a dry run and, where it is refused, to a creation with this package."""
    package, refusal = made(kind), REFUSALS.get(kind.rule)
    update = {"FunctionName": "fn", "ZipFile": package}
    if refusal is None:
        require_taken(way, package)
        return
    with way.unchanged("fn"):
        for more in ({}, {"DryRun": True}, {"Publish": True}):
            error = way.refused(way.lambda_.update_function_code, refusal, **update, **more)
            hint = error.response["ResponseMetadata"]["HTTPHeaders"].get("x-drylambda-hint", "")
            assert (kind.says in hint, bool(kind.says)) == (True, refusal is NOT_A_ZIP), hint
        if kind.rule != "Z10":  # Z10 names the operation
            way.refused(way.lambda_.create_function, refusal, **creation("other", ZipFile=package))


def require_taken(way, package):
    """Require that a package is taken as it is: hashed and counted to the last byte, and given back."""
    before = way.everything("fn")
    dry = way.lambda_.update_function_code(FunctionName="fn", ZipFile=package, DryRun=True)
    assert way.everything("fn") == before
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=package)
    del answer["ResponseMetadata"]
    assert answer == configuration(state=UPDATING, package=package)
    assert (dry["CodeSha256"], dry["CodeSize"]) == (answer["CodeSha256"], answer["CodeSize"])
    location = way.lambda_.get_function(FunctionName="fn")["Code"]["Location"]
    assert way.emulator.download(location) == package


@pytest.mark.parametrize("kind", each(SENT_EVERY_WAY))
def test_a_hostile_package_gets_the_answer_of_its_rule(way, fn, kind):
    require_answer(way, kind)


@pytest.mark.parametrize("way", ["direct"], indirect=True)
@pytest.mark.parametrize("kind", each(SENT_ONCE))
def test_an_enormous_package_gets_the_answer_of_its_rule(way, fn, kind):
    require_answer(way, kind)


def test_the_corpus_has_sixty_kinds_and_more_each_with_a_package_of_its_own():
    packages = [made(kind) for kind in SENT_EVERY_WAY]
    assert len(set(packages)) == len(packages) >= 60


# One field of a sound zip at a time.

# Three letters of two bytes make its deflate data end with a byte, so that each bit of that counts.
WHOLE = "print('äöü')  # once".encode()
SOUND = {
    "stored": zips.archive(zips.stored(), zips.stored(b"b")),
    "deflated": zips.archive(zips.deflated(contents=WHOLE), zips.deflated(b"b", WHOLE)),
    "streamed": zips.archive(zips.deflated(contents=WHOLE).streamed(), zips.stored(b"b").streamed()),
    "zip64": zips.archive(zips.deflated(contents=WHOLE).zip64(), zips.stored(b"b"), zip64=True),
    "commented": zips.archive(zips.stored().but(comment=b"on the entry"), comment=b"on the whole"),
}
# What no reader with a directory looks at, by structure and field.
UNREAD = {
    ("local", "version"),
    ("local", "moment"),
    ("descriptor", "signature"),
    ("descriptor", "crc"),
    ("descriptor", "compressed"),
    ("descriptor", "size"),
    ("record", "made_by"),
    ("record", "version"),
    ("record", "moment"),
    ("record", "disk"),
    ("record", "internal"),
    ("record", "external"),
    ("record", "comment"),
    ("end64", "versions"),
    ("locator", "at"),  # the record is right before the locator
    ("locator", "disks"),
    ("end", "comment"),
}
# Flags that make an entry unreadable (Z7): encrypted, patch data, strongly encrypted, masked.
UNREADABLE = {0, 5, 6, 13}


def rule_of_a_flip(name, field, bit):
    """Return the rule by which a sound zip is answered when one bit of one field is turned."""
    where = field.structure, field.name
    if field.name == "flags":
        return "Z7" if bit in UNREADABLE else "Z22"
    if where == ("end", "comment_length") and name == "commented" and len(b"on the whole") & 1 << bit:
        return "Z4"  # the rest of the comment comes after the zip
    if where == ("record", "size") and name == "streamed" and 1 << bit >= bombs.LIMIT:
        return "Z13"  # the local header says nothing that it could contradict
    return "Z22" if where in UNREAD else "Z5"


@rule("Z1")
@pytest.mark.parametrize("name", SOUND)
def test_a_zip_cut_at_the_edges_of_its_fields_is_refused(way, fn, name):
    package = SOUND[name]
    edges = {edge for field in zips.fields(package) for edge in (field.at, field.at + 1, field.at + field.length - 1)}
    with way.unchanged("fn"):
        for edge in sorted(edges - {0, len(package)}):
            way.refused(way.lambda_.update_function_code, NOT_A_ZIP, FunctionName="fn", ZipFile=package[:edge])


@rule("Z4", "Z5", "Z7", "Z13", "Z22")
@pytest.mark.parametrize("way", ["direct"], indirect=True)
@pytest.mark.parametrize("name", SOUND)
def test_a_bit_that_is_turned_is_found_wherever_somebody_reads_it(way, name):
    package, way = SOUND[name], way.another(settle="instant")
    way.lambda_.create_function(**creation())
    update = way.lambda_.update_function_code
    for field in zips.fields(package):
        for bit in range(8 * field.length):
            turned = bytearray(package)
            turned[field.at + bit // 8] ^= 1 << bit % 8
            refusal = REFUSALS.get(rule_of_a_flip(name, field, bit))
            if refusal:
                way.refused(update, refusal, FunctionName="fn", ZipFile=bytes(turned))
            else:
                assert update(FunctionName="fn", ZipFile=bytes(turned))["CodeSize"] == len(package), (field, bit)
