"""CreateFunction (facts 4)."""

from __future__ import annotations

import json

import packages
import pytest
from texts import (
    EMPTY_ZIP,
    NO_SOURCE,
    NOT_A_ZIP,
    OTHER_ACCOUNT,
    SEVERAL_SOURCES,
    TOO_MANY_TAGS,
    UNZIPPED_TOO_LARGE,
    ZIPPED_TOO_LARGE,
    at_most,
    conflict,
    invalid,
    pattern,
    too_large,
    unknown_runtime,
    unreachable,
    violated,
)
from world import ARN, CREATING, NAME_PATTERN, ZIP_A, ZIP_B, configuration, creation, listed, version

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule


def create(way, *name, **changes):
    response = way.lambda_.create_function(**creation(*name, **changes))
    del response["ResponseMetadata"]
    return response


def nothing_was_made(way):
    return way.lambda_.list_functions()["Functions"] == []


@fact(150, 155, 191, 194, 195, 196, 197, 198, 199, 200, 206, 216, 217, 264)
@rule("P13", "T2", "K10")
def test_a_new_function_is_pending_with_awss_defaults(way):
    assert create(way) == configuration(state=CREATING)
    assert way.settled("fn") == configuration()


@fact(234)
@rule("N1")
def test_becoming_active_gives_a_new_revision(way):
    assert create(way)["RevisionId"] != way.settled("fn")["RevisionId"]


SETTINGS = [
    ({"Description": "words"}, {"Description": "words"}),
    ({"Description": ""}, {"Description": ""}),
    ({"Timeout": 900, "MemorySize": 10240}, {"Timeout": 900, "MemorySize": 10240}),
    ({"PackageType": "Zip"}, {"PackageType": "Zip"}),
    ({"Architectures": ["arm64"]}, {"Architectures": ["arm64"]}),
    ({"EphemeralStorage": {"Size": 10240}}, {"EphemeralStorage": {"Size": 10240}}),
    ({"TracingConfig": {"Mode": "Active"}}, {"TracingConfig": {"Mode": "Active"}}),
    ({"TracingConfig": {}}, {"TracingConfig": {"Mode": "PassThrough"}}),
    ({"Environment": {}}, {"Environment": {"Variables": {}}}),
    (
        {"KMSKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1"},
        {"KMSKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1"},
    ),
    ({"KMSKeyArn": ""}, {}),
    ({"DeadLetterConfig": {"TargetArn": ""}}, {}),
    ({"DeadLetterConfig": {}}, {}),
    ({"Layers": []}, {}),
    ({"FileSystemConfigs": []}, {}),
    ({"VpcConfig": {}}, {}),
    ({"VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []}}, {}),
    ({"LoggingConfig": {"LogFormat": "Text"}}, {"LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/fn"}}),
    (
        {"LoggingConfig": {"LogFormat": "JSON"}},
        {
            "LoggingConfig": {
                "LogFormat": "JSON",
                "ApplicationLogLevel": "INFO",
                "SystemLogLevel": "INFO",
                "LogGroup": "/aws/lambda/fn",
            }
        },
    ),
    (
        {"LoggingConfig": {"LogGroup": "cool_lambda"}},
        {"LoggingConfig": {"LogFormat": "Text", "LogGroup": "cool_lambda"}},
    ),
    (
        {"SnapStart": {"ApplyOn": "PublishedVersions"}},
        {"SnapStart": {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}},
    ),
    ({"SnapStart": {"ApplyOn": "None"}}, {"SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"}}),
    ({"Runtime": "provided.al2023", "Handler": "x"}, {"Runtime": "provided.al2023", "Handler": "x"}),
    (
        {"Role": "arn:aws:iam::123456789012:role/service-role/x"},
        {"Role": "arn:aws:iam::123456789012:role/service-role/x"},
    ),
]


@fact(200, 202, 210)
@pytest.mark.parametrize(("sent", "shown"), SETTINGS, ids=lambda it: json.dumps(it)[:50])
def test_a_setting_is_shown_as_it_was_sent_or_as_its_default(way, sent, shown):
    assert create(way, **sent) == configuration(state=CREATING, **shown)
    assert way.settled("fn") == configuration(**shown)


@fact(208)
@rule("P15")
def test_a_vpc_is_shown_with_its_id(way):
    shown = create(way, VpcConfig={"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]})["VpcConfig"]
    assert shown == {
        "SubnetIds": ["subnet-1", "subnet-2"],
        "SecurityGroupIds": ["sg-1"],
        "VpcId": shown["VpcId"],
        "Ipv6AllowedForDualStack": False,
    }
    assert shown["VpcId"].startswith("vpc-")


@fact(224, 265, 266, 437)
@rule("P2", "V5")
def test_publish_makes_version_1_under_the_unqualified_arn(way):
    answer = create(way, Publish=True)
    assert answer == configuration(state=CREATING, Version="1", FunctionArn=ARN)
    latest = way.settled("fn")
    versions = way.lambda_.list_versions_by_function(FunctionName="fn")["Versions"]
    assert versions == [listed(version("$LATEST")), listed(version(1))]
    # Facts 4.1: the two have revisions of their own, both different from the answer's.
    assert len({answer["RevisionId"], latest["RevisionId"], versions[1]["RevisionId"]}) == 3
    again = way.lambda_.publish_version(FunctionName="fn")
    assert (again["Version"], again["RevisionId"]) == ("1", versions[1]["RevisionId"])


@fact(94, 136, 203, 268)
@rule("F2")
@pytest.mark.parametrize("name", [ARN, "123456789012:function:fn", "function:fn", "123456789012:fn", "fn:$LATEST"])
def test_a_function_may_be_made_by_any_form_of_its_name(way, name):
    assert create(way, name) == configuration(state=CREATING)


@fact(267, 564)
def test_tags_are_not_in_the_answer_and_read_by_get_function(way):
    assert "Tags" not in create(way, Tags={"team": "a", "cost": ""})
    assert way.lambda_.get_function(FunctionName="fn")["Tags"] == {"team": "a", "cost": ""}
    assert way.lambda_.list_tags(Resource=ARN)["Tags"] == {"team": "a", "cost": ""}


@fact(297)
def test_a_name_that_is_taken_is_refused(way, fn):
    # Facts 4.2, the text unrecorded.
    with way.unchanged("fn"):
        refusal = conflict("Function already exist: fn")
        way.refused(way.lambda_.create_function, refusal, **creation(ZipFile=ZIP_B))
        way.refused(way.lambda_.create_function, refusal, **creation(ARN, ZipFile=ZIP_B))


@fact(269)
def test_a_deleted_name_can_be_taken_at_once(way, fn):
    way.lambda_.delete_function(FunctionName="fn")
    assert create(way, ZipFile=ZIP_B) == configuration(state=CREATING, package=ZIP_B)


@rule("R42")
def test_a_source_key_is_shown_by_get_function(way):
    key = "arn:aws:kms:us-east-1:123456789012:key/1"
    for name, sent, shown in [("one", key, key), ("two", "", None)]:
        parameters = creation(name)
        parameters["Code"]["SourceKMSKeyArn"] = sent
        way.lambda_.create_function(**parameters)
        assert way.lambda_.get_function(FunctionName=name)["Code"].get("SourceKMSKeyArn") == shown


LONG_VARIABLE = {"LARGE_VAR": "x" * 4081}


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        pytest.param({"ZipFile": b"not a zip"}, NOT_A_ZIP, id="Z1", marks=fact(283)),
        pytest.param({"ZipFile": b""}, EMPTY_ZIP, id="R55"),
        pytest.param({"ZipFile": packages.END_RECORD}, EMPTY_ZIP, id="Z2"),
        pytest.param({"ZipFile": bytes(52_428_801)}, ZIPPED_TOO_LARGE, id="Z11", marks=fact(284)),
        pytest.param({"Code": {}}, NO_SOURCE, id="R20", marks=fact(299)),
        pytest.param({"Code": {"S3Bucket": "bucket"}}, NO_SOURCE, id="R22"),
        pytest.param({"Code": {"ZipFile": ZIP_A, "S3Bucket": "bucket"}}, SEVERAL_SOURCES, id="R21"),
        pytest.param({"Runtime": "PYTHON3.9"}, unknown_runtime("PYTHON3.9"), id="runtime_case", marks=fact(275)),
        pytest.param({"Runtime": "non-existent"}, unknown_runtime("non-existent"), id="runtime", marks=fact(275)),
        pytest.param(
            {"Runtime": "python3.9", "SnapStart": {"ApplyOn": "PublishedVersions"}},
            invalid("python3.9 is not supported for SnapStart enabled functions."),
            id="snap_start",
            marks=fact(292),
        ),
        pytest.param(
            {"Environment": {"Variables": LONG_VARIABLE}},
            invalid(
                "Lambda was unable to configure your environment variables because the environment variables you have "
                f'provided exceeded the 4KB limit. String measured: {{"LARGE_VAR":"{"x" * 4081}"}}'
            ),
            id="environment",
            marks=fact(286),
        ),
        pytest.param(
            {"Environment": {"Variables": {"AWS_REGION": "x", "LAMBDA_TASK_ROOT": "y", "MINE": "z"}}},
            invalid(
                "Lambda was unable to configure your environment variables because the environment variables you have "
                "provided contains reserved keys that are currently not supported for modification. Reserved keys used "
                "in this request: AWS_REGION, LAMBDA_TASK_ROOT"
            ),
            id="reserved",
        ),
        pytest.param({"Tags": {f"k{it}": "v" for it in range(51)}}, TOO_MANY_TAGS, id="tags", marks=fact(290, 563)),
    ],
)
def test_a_refused_creation_makes_nothing(way, changes, refusal):
    parameters = creation(**changes) if "ZipFile" in changes else {**creation(), **changes}
    way.refused(way.lambda_.create_function, refusal, **parameters)
    assert nothing_was_made(way)


@fact(270)
def test_an_environment_of_exactly_four_kilobytes_is_taken(way):
    variables = {"LARGE_VAR": "x" * (4096 - len('{"LARGE_VAR":""}'))}
    assert create(way, Environment={"Variables": variables})["Environment"] == {"Variables": variables}


@fact(286)
def test_the_environment_is_measured_in_bytes_of_utf_8(way):
    variables = {"LARGE_VAR": "ü" * 2041}
    with_one_more = json.dumps(variables, ensure_ascii=False, separators=(",", ":"))
    assert len(with_one_more.encode()) == 4098
    refusal = invalid(
        "Lambda was unable to configure your environment variables because the environment variables you have provided "
        f"exceeded the 4KB limit. String measured: {with_one_more}"
    )
    way.refused(way.lambda_.create_function, refusal, **creation(Environment={"Variables": variables}))


@rule("Z24")
@pytest.mark.parametrize("runtime", ["go1.x", "python3.7", "nodejs14.x"])
def test_a_retired_runtime_is_taken_as_the_switch_is_off(way, runtime):
    assert create(way, Runtime=runtime) == configuration(state=CREATING, Runtime=runtime)


@pytest.mark.parametrize("absent", ["Runtime", "Handler"])
def test_a_zip_function_needs_a_runtime_and_a_handler(way, absent):
    # The text is ours: AWS's is not recorded.
    parameters = creation()
    del parameters[absent]
    refusal = invalid("Runtime and Handler are mandatory parameters for functions created with deployment packages.")
    way.refused(way.lambda_.create_function, refusal, **parameters)


@rule("V3")
def test_numbers_begin_anew_with_a_new_function_as_the_switch_is_off(way):
    for _ in range(2):
        assert create(way, Publish=True)["Version"] == "1"
        way.lambda_.delete_function(FunctionName="fn")


@fact(285)
@rule("Z13")
def test_the_unzipped_limit_holds_here_too(way):
    way.refused(way.lambda_.create_function, UNZIPPED_TOO_LARGE, **creation(ZipFile=packages.bomb()))
    assert nothing_was_made(way)


class TestNames:
    """Facts 2.2 and 2.4."""

    @fact(117)
    def test_a_plain_name_over_64_characters(self, way):
        name = "n" * 65
        refusal = invalid(
            f"1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: {at_most(64)}"
        )
        way.refused(way.lambda_.create_function, refusal, **creation(name))
        assert create(way, "n" * 64)["FunctionName"] == "n" * 64

    @fact(119)
    def test_a_name_over_140_characters_is_a_violation(self, way):
        for name in ("n" * 141, f"{ARN}:{'q' * 140}"):
            refusal = violated((f"'{name}'", "functionName", at_most(140)))
            way.refused(way.lambda_.create_function, refusal, **creation(name))

    @fact(96, 107, 136)
    @pytest.mark.parametrize(
        "name", ["my.function", "fn!", "my-function:invalid!", f"{ARN}:$latest", f"{ARN}:$LATEST:1"]
    )
    def test_a_name_that_no_function_can_have(self, way, name):
        refusal = violated((f"'{name}'", "functionName", pattern(NAME_PATTERN)))
        way.refused(way.lambda_.create_function, refusal, **creation(name))

    @fact(140, 141)
    def test_another_region_or_account(self, way):
        call = way.lambda_.create_function
        way.refused(call, unreachable("eu-west-1"), **creation(ARN.replace("us-east-1", "eu-west-1")))
        way.refused(call, OTHER_ACCOUNT, **creation(ARN.replace("1234", "9999")))
        assert nothing_was_made(way)


@rule("Z10")
def test_a_request_may_be_too_large(way):
    refusal = too_large("Request must be smaller than 70167211 bytes for the CreateFunction operation")
    parameters = creation(ZipFile=bytes(52_428_800), Description="d" * 300_000)
    way.refused(way.lambda_.create_function, refusal, **parameters)


def test_a_function_is_made_once_by_many_at_the_same_time(way):
    from concurrent.futures import ThreadPoolExecutor

    from botocore.exceptions import ClientError

    def attempt(_):
        try:
            return create(way)["State"]
        except ClientError as error:
            return error.response["Error"]["Message"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(40)))
    assert sorted(answers) == ["Function already exist: fn"] * 39 + ["Pending"]
