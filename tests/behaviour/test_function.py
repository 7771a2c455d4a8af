"""GetFunction, GetFunctionConfiguration, ListFunctions, DeleteFunction (section 16, facts 6 and 7)."""

from __future__ import annotations

import pytest
from texts import INVALID_MARKER, OTHER_ACCOUNT, QUALIFIERS_DIFFER, conflict, invalid, not_found, unreachable
from world import ARN, ZIP_A, ZIP_B, configuration, creation, listed, version

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule

READS = ["get_function", "get_function_configuration"]


def read(way, operation, **parameters):
    response = getattr(way.lambda_, operation)(**parameters)
    del response["ResponseMetadata"]
    return response.get("Configuration", response)


@pytest.fixture
def published(way, fn):
    """`F`, published as version 1 with the alias ``prod``, then updated."""
    way.lambda_.publish_version(FunctionName="fn")
    way.lambda_.create_alias(FunctionName="fn", Name="prod", FunctionVersion="1")
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    way.settled("fn")


class TestReading:
    @rule("G1", "G6")
    def test_get_function_is_configuration_and_code(self, way, fn):
        answer = way.lambda_.get_function(FunctionName="fn")
        location = answer["Code"]["Location"]
        del answer["ResponseMetadata"]
        assert answer == {"Configuration": configuration(), "Code": {"RepositoryType": "S3", "Location": location}}

    @fact(249, 396)
    @pytest.mark.parametrize("operation", READS)
    def test_both_reads_show_the_same(self, way, fn, operation):
        assert read(way, operation, FunctionName="fn") == fn == configuration()

    @fact(94, 135, 150, 211, 397)
    @rule("G5")
    @pytest.mark.parametrize("operation", READS)
    @pytest.mark.parametrize(
        ("qualifier", "expected"),
        [
            pytest.param("$LATEST", version("$LATEST", package=ZIP_B), id="latest", marks=case(78)),
            pytest.param("1", version(1), id="number"),
            pytest.param("prod", version("prod") | {"Version": "1"}, id="alias"),
        ],
    )
    def test_the_arn_is_qualified_as_it_was_asked_for(self, way, published, operation, qualifier, expected):
        assert read(way, operation, FunctionName="fn", Qualifier=qualifier) == expected
        for name in (f"fn:{qualifier}", f"{ARN}:{qualifier}", f"function:fn:{qualifier}"):
            assert read(way, operation, FunctionName=name) == expected
            assert read(way, operation, FunctionName=name, Qualifier=qualifier) == expected

    @rule("G5", "G1")
    def test_the_location_is_that_of_the_version(self, way, published):
        for qualifier, package in [("$LATEST", ZIP_B), ("1", ZIP_A), ("prod", ZIP_A)]:
            location = way.lambda_.get_function(FunctionName="fn", Qualifier=qualifier)["Code"]["Location"]
            assert way.emulator.download(location) == package

    @fact(132, 134)
    @rule("G7")
    @pytest.mark.parametrize("operation", [*READS, "delete_function"])
    @pytest.mark.parametrize("name", ["fn:1", f"{ARN}:1", "nobody:1", "fn:$LATEST"])
    def test_two_qualifiers_that_differ_are_refused_whether_the_function_is_there_or_not(
        self, way, published, operation, name
    ):
        way.refused(getattr(way.lambda_, operation), QUALIFIERS_DIFFER, FunctionName=name, Qualifier="2")

    @fact(43, 129, 162)
    @rule("E1", "F8")
    @pytest.mark.parametrize("operation", READS)
    @pytest.mark.parametrize(
        ("parameters", "arn"),
        [
            ({"FunctionName": "nobody"}, f"{ARN[:-2]}nobody"),
            ({"FunctionName": "nobody", "Qualifier": "1"}, f"{ARN[:-2]}nobody:1"),
            ({"FunctionName": "nobody:$LATEST"}, f"{ARN[:-2]}nobody:$LATEST"),
            ({"FunctionName": "fn", "Qualifier": "1221"}, f"{ARN}:1221"),
            ({"FunctionName": "fn:2"}, f"{ARN}:2"),
            ({"FunctionName": "fn", "Qualifier": "staging"}, f"{ARN}:staging"),
            ({"FunctionName": "fn", "Qualifier": "$latest"}, f"{ARN}:$latest"),
            (
                {"FunctionName": "fn", "Qualifier": "valid-with-$-but-doesnotexist"},
                f"{ARN}:valid-with-$-but-doesnotexist",
            ),
            ({"FunctionName": "fn", "Qualifier": "01"}, f"{ARN}:01"),
            ({"FunctionName": "fn", "Qualifier": "99999999999999999999999"}, f"{ARN}:99999999999999999999999"),
            ({"FunctionName": "my.function"}, f"{ARN[:-2]}my.function"),
            ({"FunctionName": "n" * 256}, f"{ARN[:-2]}{'n' * 256}"),
        ],
    )
    def test_what_is_not_there_is_named_as_it_was_asked_for(self, way, published, operation, parameters, arn):
        way.refused(getattr(way.lambda_, operation), not_found(arn), **parameters)

    @fact(140)
    @rule("E10", "F7")
    @pytest.mark.parametrize("operation", [*READS, "delete_function", "get_function_code_signing_config"])
    def test_other_regions_and_accounts_are_out_of_reach(self, way, fn, operation):
        call = getattr(way.lambda_, operation)
        way.refused(call, unreachable("eu-west-1"), FunctionName=ARN.replace("us-east-1", "eu-west-1"))
        way.refused(call, OTHER_ACCOUNT, FunctionName=ARN.replace("1234", "9999"))


class TestListing:
    @rule("G5")
    def test_no_functions_are_an_empty_list(self, way):
        answer = way.lambda_.list_functions()
        del answer["ResponseMetadata"]
        assert answer == {"Functions": []}

    @fact(226, 398)
    @rule("G5")
    def test_each_function_is_there_once_by_its_unqualified_arn_without_states(self, way, published):
        way.lambda_.create_function(**creation("another"))
        answer = way.lambda_.list_functions()
        del answer["ResponseMetadata"]
        assert answer == {"Functions": [listed(configuration("another")), listed(configuration(package=ZIP_B))]}

    @fact(226, 399)
    @rule("G5")
    def test_all_are_there_with_their_versions_by_qualified_arns(self, way, published):
        way.lambda_.create_function(**creation("another"))
        answer = way.lambda_.list_functions(FunctionVersion="ALL")
        del answer["ResponseMetadata"]
        another = version("$LATEST", name="another")
        assert answer == {"Functions": [listed(another), listed(version("$LATEST", package=ZIP_B)), listed(version(1))]}

    def test_functions_come_by_name(self, way):
        names = ["b", "a", "B", "a-b", "a_b", "ab", "a1"]
        for name in names:
            way.lambda_.create_function(**creation(name))
        assert [it["FunctionName"] for it in way.lambda_.list_functions()["Functions"]] == sorted(names)

    def test_a_marker_that_no_list_gave_is_refused(self, way, fn):
        for marker in ("nonsense!", "ü"):
            way.refused(way.lambda_.list_functions, INVALID_MARKER, Marker=marker)
            way.refused(way.lambda_.list_versions_by_function, INVALID_MARKER, FunctionName="fn", Marker=marker)
            way.refused(way.lambda_.list_aliases, INVALID_MARKER, FunctionName="fn", Marker=marker)

    def test_there_are_no_replicas_of_other_regions(self, way, fn):
        assert way.lambda_.list_functions(MasterRegion="us-east-1", FunctionVersion="ALL")["Functions"] == []


class TestDeleting:
    @fact(379, 380)
    @rule("K10")
    def test_the_answer_is_the_status_204(self, way, fn):
        answer = way.lambda_.delete_function(FunctionName="fn")
        del answer["ResponseMetadata"]
        assert answer == {"StatusCode": 204}

    @fact(381, 388)
    @rule("E1", "F2")
    @pytest.mark.parametrize("name", ["fn", ARN, "function:fn", "123456789012:function:fn"])
    def test_a_function_is_gone_with_its_versions_aliases_and_tags(self, way, published, name):
        way.lambda_.delete_function(FunctionName=name)
        for operation in (
            "get_function",
            "list_versions_by_function",
            "list_aliases",
            "publish_version",
            "delete_function",
        ):
            way.refused(getattr(way.lambda_, operation), not_found(), FunctionName="fn")
        way.refused(way.lambda_.list_tags, not_found(), Resource=ARN)
        assert way.lambda_.get_account_settings()["AccountUsage"] == {"TotalCodeSize": 0, "FunctionCount": 0}

    @fact(386, 445)
    def test_a_version_is_gone_alone(self, way, published):
        way.lambda_.delete_alias(FunctionName="fn", Name="prod")
        way.lambda_.publish_version(FunctionName="fn")
        way.lambda_.delete_function(FunctionName="fn:1")
        way.lambda_.delete_function(FunctionName="fn", Qualifier="1")
        versions = way.lambda_.list_versions_by_function(FunctionName="fn")["Versions"]
        assert [it["Version"] for it in versions] == ["$LATEST", "2"]

    @fact(163, 382)
    def test_a_version_that_is_not_there_does_not_matter(self, way, fn):
        for _ in range(2):
            assert way.lambda_.delete_function(FunctionName="fn", Qualifier="1221")["StatusCode"] == 204
        assert way.settled("fn") == fn

    @fact(131, 163, 383)
    @rule("E1")
    def test_a_version_of_no_function_is_told_by_the_unqualified_arn(self, way):
        for parameters in ({"Qualifier": "1"}, {"Qualifier": "$latest"}, {"Qualifier": "prod"}, {}):
            way.refused(way.lambda_.delete_function, not_found(), FunctionName="fn", **parameters)

    @fact(384)
    @pytest.mark.parametrize(
        "parameters", [{"FunctionName": "fn", "Qualifier": "$LATEST"}, {"FunctionName": "nobody:$LATEST"}]
    )
    def test_latest_cannot_be_deleted_alone_whether_it_is_there_or_not(self, way, fn, parameters):
        refusal = invalid("$LATEST version cannot be deleted without deleting the function.")
        way.refused(way.lambda_.delete_function, refusal, **parameters)

    @fact(385)
    def test_an_alias_cannot_be_deleted_as_a_version(self, way, published):
        refusal = invalid("Deletion of aliases is not currently supported.")
        with way.unchanged("fn"):
            way.refused(way.lambda_.delete_function, refusal, FunctionName="fn", Qualifier="prod")

    def test_a_version_with_an_alias_stays(self, way, published):
        refusal = conflict("Unable to delete version because the following aliases reference it: [prod]")
        with way.unchanged("fn"):
            way.refused(way.lambda_.delete_function, refusal, FunctionName="fn", Qualifier="1")

    @rule("T4")
    def test_a_function_may_be_deleted_in_any_state(self, way):
        way.lambda_.create_function(**creation())
        way.lambda_.delete_function(FunctionName="fn")
        way.lambda_.create_function(**creation())
        way.settled("fn")
        way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, Publish=True)
        way.lambda_.delete_function(FunctionName="fn", Qualifier="1")
        way.lambda_.delete_function(FunctionName="fn")
