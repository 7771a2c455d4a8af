"""Any state can be dumped and loaded, and nothing that looks like one does harm.

The one idea to hold: a state is a text, and a text that is loaded and dumped is the same text. What is changed at random
in it is refused, and then nothing has happened, or it is a state like any other.
"""

from __future__ import annotations

import contextlib
import json

from botocore.exceptions import InvalidRegionError
from hypothesis import given
from hypothesis import strategies as st
from reads import of_buckets, of_world
from test_traces import OPTIONS, STEPS, emulator, outcome
from world import ZIP_B

import drylambda

JUNK = [None, True, -1, 0, 1, 1.5, 2**53, 2**64, 1e308, "", "x", "1", "$LATEST", "live", "\0\r\n", "é", [], {}, [[]]]


@given(steps=STEPS, options=OPTIONS)
def test_what_is_loaded_is_what_was_dumped(steps, options):
    target, there = emulator(options), drylambda.Lambda(seed=3, **options)
    for _, step in steps:
        outcome(target, step)
        state = target.dump()
        there.load(state)
        assert there.dump() == state, step
    assert of_world(there) == of_world(target)


def a_state():
    """Return a state with something of every kind."""
    made = emulator({"settle": 1.0, "keep_version_numbers": True})
    made.update_function_code(FunctionName="fn", ZipFile=ZIP_B, Publish=True)
    made.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    made.create_function_url_config(FunctionName="fn", Qualifier="live", AuthType="NONE", Cors={"MaxAge": 1})
    made.fail_update("fn")
    made.s3.put("bucket", "key", b"one", versioned=True)
    made.s3.put("bucket", "key", b"two")
    made.s3.delete("bucket", "key")
    made.client("s3").put_object(Bucket="bucket", Key="other", Body=b"x", ChecksumAlgorithm="CRC32", Tagging="a=b")
    s3 = made.client("s3")
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "x/"}, "Expiration": {"Days": 3}}
    s3.put_bucket_lifecycle_configuration(Bucket="bucket", LifecycleConfiguration={"Rules": [rule]})
    return made.dump()


STATE = a_state()


def places(value):
    """Yield every place in a document: what holds it, and its name there."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, held in inner:
        yield value, name
        yield from places(held)


@st.composite
def spoilt(draw):
    """Draw a state with a few changes."""
    state = json.loads(STATE)
    for _ in range(draw(st.integers(1, 3))):
        holder, name = draw(st.sampled_from([it for it in places(state) if it[1] != "drylambda"]))
        other, its_name = draw(st.sampled_from(list(places(state))))
        new = draw(st.one_of(st.sampled_from(JUNK), st.just(other[its_name])))
        # A place that was changed holds nothing to change any more.
        holder[name] = json.loads(json.dumps(new))
        if draw(st.booleans()) and isinstance(holder, dict):
            holder[draw(st.sampled_from(["x", "1", "a b", str(name)]))] = holder.pop(name)
    return json.dumps(state)


@given(text=spoilt())
def test_a_spoilt_state_is_refused_or_is_one(text):
    target = drylambda.Lambda(seed=1)
    target.s3.put("before", "key", b"kept")
    before = target.dump()
    try:
        target.load(text)
    except ValueError:
        assert target.dump() == before
        return
    state = target.dump()
    of_world(target)
    # botocore follows to the Region of a bucket, and knows better than we what a Region may be called.
    with contextlib.suppress(InvalidRegionError):
        of_buckets(target)
    again = drylambda.Lambda(seed=1)
    again.load(state)
    assert again.dump() == state


@given(
    cut=st.integers(0, len(STATE) - 3), junk=st.sampled_from(["", "}", "]", '"', "\0", "\ud800", "[" * 200, "1" * 400])
)
def test_a_broken_text_is_refused(cut, junk):
    target = drylambda.Lambda(seed=1)
    before = target.dump()
    try:
        target.load(STATE[:cut] + junk)
    except ValueError:
        assert target.dump() == before
    else:
        raise AssertionError(STATE[:cut][-80:] + junk)
