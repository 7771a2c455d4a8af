"""Lists in pages: no gap, no repeat, and no marker on the last one (Q4, facts 7)."""

from __future__ import annotations

import pytest
from world import creation

import drylambda

fact, rule = pytest.mark.fact, pytest.mark.rule

COUNT = 7


@pytest.fixture
def full(way):
    """Seven functions, the first with six versions and seven aliases."""
    way = way.another(settle="instant")
    for index in range(COUNT):
        way.lambda_.create_function(**creation(f"f{index}"))
    for index in range(COUNT):
        way.lambda_.create_alias(FunctionName="f0", Name=f"a{index}", FunctionVersion="$LATEST")
        if index:
            way.lambda_.update_function_configuration(FunctionName="f0")
            way.lambda_.publish_version(FunctionName="f0")
    return way


LISTS = {
    "functions": ("list_functions", {}, "Functions", "FunctionName", [f"f{it}" for it in range(COUNT)]),
    "all": (
        "list_functions",
        {"FunctionVersion": "ALL"},
        "Functions",
        "FunctionArn",
        [
            f"arn:aws:lambda:us-east-1:123456789012:function:{it}"
            for it in [
                "f0:$LATEST",
                *(f"f0:{it}" for it in range(1, COUNT)),
                *(f"f{it}:$LATEST" for it in range(1, COUNT)),
            ]
        ],
    ),
    "versions": (
        "list_versions_by_function",
        {"FunctionName": "f0"},
        "Versions",
        "Version",
        ["$LATEST", *map(str, range(1, COUNT))],
    ),
    "aliases": ("list_aliases", {"FunctionName": "f0"}, "Aliases", "Name", [f"a{it}" for it in range(COUNT)]),
}


@fact(401, 457)
@rule("Q4")
@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8, 13, 50, 10000])
@pytest.mark.parametrize("which", LISTS)
def test_pages_follow_each_other_without_gap_or_repeat(full, which, size):
    operation, parameters, members, key, expected = LISTS[which]
    seen, pages, marker = [], 0, {}
    while pages == 0 or marker:
        page = getattr(full.lambda_, operation)(**parameters, MaxItems=size, **marker)
        assert 0 < len(page[members]) <= size
        seen += [entry[key] for entry in page[members]]
        marker = {"Marker": page["NextMarker"]} if "NextMarker" in page else {}
        pages += 1
    assert (seen, pages) == (expected, -(-len(expected) // size))


@pytest.mark.parametrize("size", [1, 3, 50])
@pytest.mark.parametrize("which", LISTS)
def test_boto3s_paginators_see_everything_once(full, which, size):
    operation, parameters, members, key, expected = LISTS[which]
    pages = full.paginator(operation).paginate(**parameters, PaginationConfig={"PageSize": size})
    assert [entry[key] for page in pages for entry in page[members]] == expected
    some = full.paginator(operation).paginate(**parameters, PaginationConfig={"PageSize": size, "MaxItems": 5})
    result = some.build_full_result()
    rest = full.paginator(operation).paginate(
        **parameters, PaginationConfig={"PageSize": size, "StartingToken": result["NextToken"]}
    )
    assert [entry[key] for entry in result[members] + rest.build_full_result()[members]] == expected


@fact(402)
@rule("Q4")
@pytest.mark.parametrize("which", ["functions", "versions", "aliases"])
def test_a_page_has_fifty_entries_at_most(way, which):
    way = way.another(settle="instant")
    direct = way.emulator
    if which == "functions":
        for index in range(51):
            direct.create_function(**creation(f"f{index:02}"))
    else:
        direct.create_function(**creation("f0"))
        for index in range(51):
            direct.create_alias(FunctionName="f0", Name=f"a{index:02}", FunctionVersion="$LATEST")
            direct.update_function_configuration(FunctionName="f0")
            direct.publish_version(FunctionName="f0")
    operation, parameters, members, _, _ = LISTS[which]
    for more in ({}, {"MaxItems": 51}, {"MaxItems": 10000}):
        page = getattr(way.lambda_, operation)(**parameters, **more)
        assert (len(page[members]), "NextMarker" in page) == (50, True)
        last = getattr(way.lambda_, operation)(**parameters, **more, Marker=page["NextMarker"])
        assert (len(last[members]), "NextMarker" in last) == (52 - 50 if which == "versions" else 1, False)


def test_what_is_made_or_deleted_between_two_pages_shifts_none_of_the_others(full):
    first = full.lambda_.list_functions(MaxItems=3)
    full.lambda_.delete_function(FunctionName="f1")
    full.lambda_.delete_function(FunctionName="f3")
    full.lambda_.create_function(**creation("f00"))
    rest = full.lambda_.list_functions(Marker=first["NextMarker"])
    assert [it["FunctionName"] for it in rest["Functions"]] == ["f4", "f5", "f6"]


def test_an_empty_marker_is_none_as_some_clients_send_it(full):
    assert len(full.lambda_.list_functions(Marker="")["Functions"]) == COUNT


def test_max_items_has_limits(full):
    report = "Invalid value for parameter MaxItems, value: 0, valid min value: 1"
    full.stopped(full.lambda_.list_functions, report, MaxItems=0)


def test_fresh_emulators_share_nothing(full):
    assert drylambda.Lambda().list_functions()["Functions"] == []
