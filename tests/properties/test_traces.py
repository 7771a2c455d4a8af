"""A dry run leaves no trace, and foretells the real call; a refused call leaves none either.

The one idea to hold: two emulators with the same seed are asked the same, one of them with dry runs in between, or with
calls that are refused. Whatever both were asked they answer alike, down to the last revision id, and in the end they
hold the same.
"""

from __future__ import annotations

import contextlib

from botocore.exceptions import ClientError
from hypothesis import example, given
from hypothesis import strategies as st
from world import ARN, ROLE, ZIP_A, ZIP_B, creation, sha256

import drylambda

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:"
LARGE = bytes(300_000) + ZIP_B  # two threads look at it
RIGHT = "what it is now"
PACKAGES = [ZIP_A, ZIP_B, LARGE, b"not a zip", ZIP_A[:-4], b""]


def call(operation, required=(), **optional):
    """Draw a call: an operation with members that it needs, and members that may be left out."""
    optional = {name: st.sampled_from(values) for name, values in optional.items()}
    required = {name: st.sampled_from(values) for name, values in required}
    return st.tuples(st.just(operation), st.fixed_dictionaries(required, optional=optional))


UPDATE = ("update_function_code", {"FunctionName": "fn", "ZipFile": ZIP_A})
NAME = ("FunctionName", ["fn", "fn", "fn", "image", "other"])
SOURCES = {"ZipFile": PACKAGES, "ImageUri": [f"{IMAGE}1", f"{IMAGE}2", "nowhere"]}
REVISION = {"RevisionId": [RIGHT, RIGHT, "wrong", ""]}
VERSIONS = ["1", "2", "$LATEST", "live", "9"]
CODE = {
    **REVISION,
    "Publish": [True, False],
    "Architectures": [["arm64"], ["x86_64"]],
    "SourceKMSKeyArn": ["arn:aws:kms:us-east-1:123456789012:key/k"],
}
UPDATES = [call("update_function_code", [NAME, (source, values)], **CODE) for source, values in SOURCES.items()]
UPDATES += [call("update_function_code", [("FunctionName", ["nobody", "fn:1", "fn!", "fn"])], **SOURCES, **CODE)]
CALLS = st.one_of(
    *UPDATES * 2,
    *[
        call("update_function_configuration", [NAME], Description=["one", ""], **REVISION),
        call("publish_version", [NAME], Description=["v"], CodeSha256=[RIGHT, "wrong"], **REVISION),
        call("get_function", [NAME], Qualifier=VERSIONS),
    ]
    * 2,
    call("create_function", [("FunctionName", ["other", "fn"])], Publish=[True]),
    call("delete_function", [NAME], Qualifier=VERSIONS),
    call("create_alias", [NAME, ("Name", ["live", "beta"]), ("FunctionVersion", VERSIONS)]),
    call("update_alias", [NAME, ("Name", ["live", "beta"])], FunctionVersion=VERSIONS),
    call("delete_alias", [NAME, ("Name", ["live", "beta"])]),
    call("get_function_configuration", [NAME], Qualifier=VERSIONS),
    call("list_versions_by_function", [NAME]),
    call("get_account_settings"),
    call("tag_resource", [("Resource", [ARN]), ("Tags", [{"a": "b"}])]),
    call("untag_resource", [("Resource", [ARN]), ("TagKeys", [["a"]])]),
    st.tuples(st.just("advance"), st.sampled_from([0.5, 1, 700])),
    st.tuples(st.sampled_from(["fail_update", "deactivate"]), st.just("fn")),
)
DRY_RUNS = st.one_of(*UPDATES).map(lambda update: (update[0], {**update[1], "DryRun": True}))
STEPS = st.lists(st.tuples(st.lists(DRY_RUNS, max_size=2), CALLS), min_size=2, max_size=12)
OPTIONS = st.fixed_dictionaries(
    {"settle": st.sampled_from(["on_read", "instant", 1.0])},
    optional={
        "code_storage_limit": st.sampled_from([3 * len(ZIP_B), 4 * len(ZIP_B), len(LARGE) + 1000]),
        "dry_run_conflicts": st.booleans(),
        "strict_images": st.just(True),
        "keep_version_numbers": st.just(True),
    },
)


def emulator(options):
    """An emulator with a zip function and an image function, both settled."""
    made = drylambda.Lambda(seed=1, **options)
    made.images.push(f"{IMAGE}1")
    made.create_function(**creation())
    made.create_function(FunctionName="image", Role=ROLE, PackageType="Image", Code={"ImageUri": f"{IMAGE}1"})
    made.clock.advance(1)
    for name in ("fn", "image"):
        made.get_function_configuration(FunctionName=name)
    return made


def listed(target):
    """All that lists show, which settles nothing."""
    return target.list_functions(FunctionVersion="ALL")["Functions"]


def outcome(target, step):
    """Do one step, and give what came of it."""
    operation, parameters = step
    if operation == "advance":
        return target.clock.advance(parameters)
    if operation in ("fail_update", "deactivate"):
        with contextlib.suppress(ValueError):
            getattr(target, operation)(parameters)
        return None
    if operation == "create_function":
        parameters = creation(parameters["FunctionName"], Publish=parameters.get("Publish", False))
    latest = [it for it in listed(target) if it["FunctionArn"] == f"{ARN[:-2]}{parameters.get('FunctionName')}:$LATEST"]
    now = {"RevisionId": "none", "CodeSha256": sha256(ZIP_A), **(latest[0] if latest else {})}
    parameters = {name: now[name] if value is RIGHT else value for name, value in parameters.items()}
    try:
        answer = getattr(target, operation)(**parameters)
    except ClientError as error:
        return error.response["Error"]
    del answer["ResponseMetadata"]
    if "Location" in answer.get("Code", {}):
        answer["Code"]["Location"] = answer["Code"]["Location"], target.download(answer["Code"]["Location"])
    return answer


def everything(target):
    """All that an emulator holds."""
    functions = {it["FunctionName"] for it in listed(target)}
    questions = [("list_functions", {"FunctionVersion": "ALL"}), ("get_account_settings", {})]
    for function in sorted(functions):
        questions += [("list_aliases", {"FunctionName": function}), ("get_function", {"FunctionName": function})]
    return [outcome(target, question) for question in questions]


@given(steps=STEPS, options=OPTIONS)
def test_what_is_asked_is_answered_as_if_there_had_been_no_dry_runs(steps, options):
    strewn, plain = emulator(options), emulator(options)
    for dry_runs, step in steps:
        for dry_run in dry_runs:
            outcome(strewn, dry_run)
        assert outcome(strewn, step) == outcome(plain, step), step
    assert everything(strewn) == everything(plain)


# What these once did: ids were drawn before the storage was found to be full, and a read of nothing ended an update.
@example(
    steps=[([], ("publish_version", {"FunctionName": "fn"})), ([], UPDATE)],
    options={"settle": "instant", "code_storage_limit": len(ZIP_A)},
)
@example(
    steps=[([], UPDATE), ([], ("get_function", {"FunctionName": "fn", "Qualifier": "9"})), ([], UPDATE)],
    options={"settle": "on_read"},
)
@given(steps=STEPS, options=OPTIONS)
def test_what_is_asked_is_answered_as_if_there_had_been_no_refused_calls(steps, options):
    strewn, plain = emulator(options), emulator(options)
    for one in (one for dry_runs, step in steps for one in (*dry_runs, step)):
        answer = outcome(strewn, one)
        if answer is None or "Message" not in answer:
            assert outcome(plain, one) == answer, one
    assert everything(strewn) == everything(plain)


@given(steps=STEPS, update=st.one_of(*UPDATES), options=OPTIONS)
def test_a_dry_run_is_answered_as_the_real_call_is_or_refused_in_the_same_words(steps, update, options):
    target = emulator({**options, "dry_run_conflicts": True})
    for _, step in steps:
        outcome(target, step)
    operation, parameters = update
    foretold = outcome(target, (operation, {**parameters, "DryRun": True}))
    real = outcome(target, update)
    shared = ("Code", "Message", "CodeSha256", "CodeSize", "FunctionName")
    assert {name: foretold.get(name) for name in shared} == {name: real.get(name) for name in shared}
