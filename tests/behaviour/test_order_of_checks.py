"""Of two faults the earlier check tells (section 4)."""

from __future__ import annotations

import itertools

import pytest
from texts import (
    NOT_A_ZIP,
    NOT_LATEST,
    OTHER_ACCOUNT,
    REQUEST_TOO_LARGE,
    SEVERAL_SOURCES,
    STALE_REVISION,
    ZIPPED_TOO_LARGE,
    in_progress,
    not_found,
    unreachable,
    violated,
)
from world import ARN, ZIP_B, creation

fact, rule = pytest.mark.fact, pytest.mark.rule

REVISION = "00000000-0000-4000-8000-000000000000"
# In the order of section 4: a fault, and what it changes in the name or the members of the call.
FAULTS = {
    "1-Z10": {"ZipFile": bytes(52_626_000)},
    "4-constraint": {"PublishTo": "X"},
    "5-E10": {"region": "eu-west-1"},
    "5-F7": {"account": "210987654321"},
    "7-E9": {"qualifier": ":1"},
    "7-E1": {"name": "nobody"},
    "8-R21": {"S3Bucket": "bucket"},
    "9-E2": {"RevisionId": REVISION},
    "10-E3": {"busy": True},
    "11-Z11": {"ZipFile": bytes(52_428_801)},
    "12-Z1": {"ZipFile": b"not a zip"},
}
REFUSALS = {
    "1-Z10": REQUEST_TOO_LARGE,
    "4-constraint": violated(("'X'", "publishTo", "Member must satisfy enum value set: [LATEST_PUBLISHED]")),
    "5-E10": unreachable("eu-west-1"),
    "5-F7": OTHER_ACCOUNT,
    "7-E9": NOT_LATEST,
    "7-E1": not_found(ARN[:-2] + "nobody"),
    "8-R21": SEVERAL_SOURCES,
    "9-E2": STALE_REVISION,
    "10-E3": in_progress(),
    "11-Z11": ZIPPED_TOO_LARGE,
    "12-Z1": NOT_A_ZIP,
}
# A function that is not there is in no state, and a package is of one size.
IMPOSSIBLE = {("1-Z10", "11-Z11"), ("1-Z10", "12-Z1"), ("11-Z11", "12-Z1"), ("7-E1", "10-E3")}
PAIRS = [it for it in itertools.combinations(FAULTS, 2) if it not in IMPOSSIBLE] + [(it, it) for it in FAULTS]


@fact(307, 373)
@rule("E1", "E2", "E3", "E9", "E10", "Z10", "Z11", "Z1", "D6")
@pytest.mark.parametrize(("first", "second"), PAIRS, ids="-before-".join)
@pytest.mark.parametrize("dry_run", [False, True], ids=["real", "dry"])
def test_the_earlier_check_tells(way, fn, first, second, dry_run):
    faults = {**FAULTS[second], **FAULTS[first]}
    if faults.pop("busy", False):
        way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    region, account = faults.pop("region", "us-east-1"), faults.pop("account", "123456789012")
    name = f"arn:aws:lambda:{region}:{account}:function:{faults.pop('name', 'fn')}{faults.pop('qualifier', '')}"
    parameters = {"FunctionName": name, "ZipFile": ZIP_B, "DryRun": dry_run, **faults}
    way.refused(way.lambda_.update_function_code, REFUSALS[first], **parameters)


@rule("E2", "E4")
def test_a_stale_revision_tells_before_the_state_of_creation(way):
    way.lambda_.create_function(**creation())
    parameters = {"FunctionName": "fn", "ZipFile": ZIP_B, "RevisionId": "wrong"}
    way.refused(way.lambda_.update_function_code, STALE_REVISION, **parameters)


@rule("Z13", "D6")
def test_a_package_is_looked_at_only_when_everything_else_is_right(way, fn):
    # Were it looked at, a refused call would keep the bytes.
    before = way.everything("fn")
    way.refused(way.lambda_.update_function_code, STALE_REVISION, FunctionName="fn", ZipFile=ZIP_B, RevisionId="wrong")
    assert way.everything("fn") == before
