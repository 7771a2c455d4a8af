"""Layers: published, read, listed and deleted (facts 16)."""

from __future__ import annotations

import json

import pytest
from deployments import OBJECT, emulated
from places import DirectoryPlace
from published import LAYER, READ, publish, versions
from texts import NOT_A_ZIP, STORAGE_EXCEEDED, invalid, missing, too_large, violated
from world import ACCOUNT, NOW, ZIP_A, ZIP_B, creation, sha256, without_metadata

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule

NO_RESOURCE = missing("The resource you requested does not exist.")
TOO_LOW = invalid("Layer Version Cannot be less than 1")
ARN_PATTERN = (
    r"Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)"
    r"))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)"
)
RUNTIMES = (
    "nodejs20.x, python3.14, provided.al2023, python3.12, python3.13, nodejs24.x, nodejs22.x, java25, python3.10, "
    "python3.11, java21, ruby3.3, ruby3.4, ruby3.2, python3.8, python3.9, java17, nodejs16.x, dotnet10, dotnet8, java11, "
    "dotnet6, nodejs18.x, provided.al2, java8.al2"
)
RUNTIMES_OF_LAYERS = (
    "ruby3.5, ruby2.6, dotnetcore1.0, python3.7, nodejs8.10, nasa, ruby2.7, python2.7-greengrass, dotnetcore2.0, "
    "python3.8, java21, dotnet6, dotnetcore2.1, python3.9, java11, nodejs6.10, provided, dotnetcore3.1, dotnet8, java25, "
    "java17, nodejs, nodejs4.3, java8.al2, go1.x, dotnet10, nodejs20.x, go1.9, byol, nodejs10.x, provided.al2023, "
    "nodejs22.x, python3.10, java8, nodejs12.x, python3.11, nodejs24.x, nodejs8.x, python3.12, nodejs14.x, nodejs8.9, "
    "nodejs26.x, python3.13, python3.14, nodejs16.x, python3.15, provided.al2, nodejs4.3-edge, nodejs18.x, ruby3.2, "
    "python3.4, ruby3.3, ruby3.4, ruby2.5, python3.6, python2.7"
)


def enum(values):
    return f"Member must satisfy enum value set: [{values}]"


def get(way, number=1, name="tools"):
    return without_metadata(way.lambda_.get_layer_version(LayerName=name, VersionNumber=number))


def without_link(version):
    """A version without its link, which is made for each answer."""
    return {**version, "Content": {key: value for key, value in version["Content"].items() if key != "Location"}}


class TestPublish:
    @fact(151, 568, 569)
    @rule("P4", "P5")
    def test_the_answer_has_what_was_given_and_a_link(self, way):
        made = publish(way)
        assert way.emulator.download(made["Content"]["Location"]) == ZIP_A
        assert without_link(made) == {
            "Content": {"CodeSha256": sha256(ZIP_A), "CodeSize": len(ZIP_A)},
            "LayerArn": LAYER,
            "LayerVersionArn": f"{LAYER}:1",
            "Description": "",
            "CreatedDate": NOW,
            "Version": 1,
        }

    @fact(568)
    @pytest.mark.parametrize(
        "given",
        [
            {"CompatibleRuntimes": ["python3.13", "java8"], "CompatibleArchitectures": ["arm64", "x86_64"]},
            {"CompatibleRuntimes": [], "CompatibleArchitectures": []},
            {"LicenseInfo": "MIT", "Description": "words, and ü"},
            {"LicenseInfo": ""},
        ],
        ids=["lists", "empty_lists", "texts", "empty_text"],
    )
    def test_what_was_given_comes_back(self, way, given):
        made = publish(way, **given)
        assert {name: made[name] for name in given} == given
        assert without_link(get(way)) == without_link(made)
        (listed,) = way.lambda_.list_layer_versions(LayerName="tools")["LayerVersions"]
        assert {name: listed[name] for name in given} == given

    @fact(570)
    def test_each_is_the_next_version_and_no_number_is_used_again(self, way):
        assert [publish(way)["Version"], publish(way)["Version"]] == [1, 2]
        for number in (1, 2):
            way.lambda_.delete_layer_version(LayerName="tools", VersionNumber=number)
        assert publish(way)["Version"] == 3
        assert versions(way) == [3]

    @fact(576)
    def test_fifteen_runtimes_are_fine_and_one_more_is_not(self, way):
        runtimes = [*RUNTIMES.split(", ")[:15], "java11"]
        assert publish(way, CompatibleRuntimes=runtimes[:15])["CompatibleRuntimes"] == runtimes[:15]
        shown = ("'[" + ", ".join(runtimes) + "]'", "compatibleRuntimes")
        refusal = violated((*shown, "Member must have length less than or equal to 15"))
        way.refused(
            way.lambda_.publish_layer_version,
            refusal,
            LayerName="tools",
            Content={"ZipFile": ZIP_A},
            CompatibleRuntimes=runtimes,
        )

    @fact(585, 70)
    def test_unknown_runtimes_and_architectures_are_told_together(self, way):
        def of_list(values):
            return f"Member must satisfy constraint: [{enum(values)}, Member must not be null]"

        refusal = violated(
            ("'[python3.13, python4]'", "compatibleRuntimes", of_list(RUNTIMES)),
            ("'[arm64, mips]'", "compatibleArchitectures", of_list("x86_64, arm64")),
        )
        more = {"CompatibleRuntimes": ["python3.13", "python4"], "CompatibleArchitectures": ["arm64", "mips"]}
        way.refused(way.lambda_.publish_layer_version, refusal, LayerName="tools", Content={"ZipFile": ZIP_A}, **more)
        assert versions(way) == []

    def test_a_layer_is_named_by_its_arn_too(self, way):
        assert publish(way, name=LAYER)["LayerVersionArn"] == f"{LAYER}:1"
        assert get(way, name=LAYER)["Version"] == 1

    @rule("R20", "R21", "Z2", "Z11", "Z13")
    @pytest.mark.parametrize(
        ("content", "refusal"),
        [
            ({}, invalid("Please provide a source for function code.")),
            (
                {"ZipFile": ZIP_A, **OBJECT},
                invalid("Please do not provide other FunctionCode parameters when providing a ZipFile."),
            ),
            ({"ZipFile": b"no zip"}, NOT_A_ZIP),
            ({"ZipFile": bytes(52_428_801)}, too_large("Zipped size must be smaller than 52428800 bytes")),
        ],
        ids=["no_source", "two_sources", "no_zip", "too_large"],
    )
    def test_a_package_is_judged_as_that_of_a_function(self, way, content, refusal):
        way.refused(way.lambda_.publish_layer_version, refusal, LayerName="tools", Content=content)
        assert way.lambda_.list_layers()["Layers"] == []

    @rule("B2", "G1")
    def test_a_package_comes_from_s3(self, way, place):
        way = emulated(way, place)
        place.bucket("deployments")
        place.put(*OBJECT.values(), ZIP_B)
        made = publish(way, Content=OBJECT)
        assert made["Content"]["CodeSha256"] == sha256(ZIP_B)
        assert way.emulator.download(made["Content"]["Location"]) == ZIP_B

    @rule("B4", "B5")
    def test_a_package_may_stay_in_s3(self, way, versioned):
        way = emulated(way, versioned)
        versioned.bucket("deployments", versioning="Enabled")
        version = versioned.put(*OBJECT.values(), ZIP_B)
        made = publish(way, Content={**OBJECT, "S3ObjectStorageMode": "REFERENCE"})
        resolved = {**OBJECT, "S3ObjectVersion": version}
        assert made["Content"] == {"CodeSha256": sha256(ZIP_B), "CodeSize": len(ZIP_B), "ResolvedS3Object": resolved}
        assert way.lambda_.get_account_settings()["AccountUsage"]["TotalCodeSize"] == 0

    @rule("E11")
    def test_an_object_that_is_not_there(self, way, tmp_path):
        place = DirectoryPlace(tmp_path)
        way = emulated(way, place)
        text = "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not"
        way.refused(way.lambda_.publish_layer_version, invalid(f"{text} exist"), LayerName="tools", Content=OBJECT)

    @rule("Z15", "Q3")
    def test_versions_count_in_the_accounts_storage(self, way):
        way = way.another(code_storage_limit=2 * len(ZIP_A))

        def stored():
            return way.lambda_.get_account_settings()["AccountUsage"]["TotalCodeSize"]

        publish(way)
        publish(way)
        assert stored() == 2 * len(ZIP_A)
        for name in ("tools", "other"):
            way.refused(way.lambda_.publish_layer_version, STORAGE_EXCEEDED, LayerName=name, Content={"ZipFile": ZIP_A})
        way.refused(way.lambda_.create_function, STORAGE_EXCEEDED, **creation())
        way.lambda_.delete_layer_version(LayerName="tools", VersionNumber=1)
        assert stored() == len(ZIP_A)
        assert publish(way)["Version"] == 3

    @rule("P18")
    def test_a_signed_package_is_named(self, way):
        profile = f"arn:aws:signer:us-east-1:{ACCOUNT}:/signing-profiles/mine/1234567890"
        job = f"arn:aws:signer:us-east-1:{ACCOUNT}:/signing-jobs/1"
        way.emulator.sign(ZIP_A, profile, job)
        content = publish(way)["Content"]
        assert (content["SigningProfileVersionArn"], content["SigningJobArn"]) == (profile, job)
        assert "SigningJobArn" not in publish(way, package=ZIP_B)["Content"]


class TestGet:
    @fact(571)
    def test_a_version_is_what_was_published(self, way):
        made = publish(way, Description="first")
        publish(way, package=ZIP_B)
        by_arn = without_metadata(way.lambda_.get_layer_version_by_arn(Arn=f"{LAYER}:1"))
        for found in (get(way), by_arn):
            assert without_link(found) == without_link(made)
            assert way.emulator.download(found["Content"]["Location"]) == ZIP_A

    def test_a_link_holds_for_ten_minutes_also_when_the_version_is_gone(self, way):
        link = publish(way)["Content"]["Location"]
        way.lambda_.delete_layer_version(LayerName="tools", VersionNumber=1)
        way.clock.advance(600)
        assert way.emulator.download(link) == ZIP_A
        way.clock.advance(0.001)
        with pytest.raises(ValueError, match=r"^403 AccessDenied: Request has expired"):
            way.emulator.download(link)

    @fact(579)
    @pytest.mark.parametrize("number", [0, -1])
    @pytest.mark.parametrize(
        ("method", "more"),
        [
            ("get_layer_version", {}),
            ("delete_layer_version", {}),
            ("get_layer_version_policy", {}),
            ("remove_layer_version_permission", {"StatementId": "all"}),
            ("add_layer_version_permission", {"StatementId": "all", "Action": READ, "Principal": "*"}),
        ],
    )
    def test_versions_begin_at_1(self, way, method, more, number):
        way.refused(getattr(way.lambda_, method), TOO_LOW, LayerName="tools", VersionNumber=number, **more)

    def test_the_same_by_arn(self, way):
        way.refused(way.lambda_.get_layer_version_by_arn, TOO_LOW, Arn=f"{LAYER}:0")

    @pytest.mark.parametrize(
        ("method", "more"),
        [
            ("publish_layer_version", {"Content": {"ZipFile": ZIP_A}}),
            ("list_layer_versions", {}),
            ("get_layer_version", {"VersionNumber": 1}),
            ("delete_layer_version", {"VersionNumber": 1}),
            ("get_layer_version_policy", {"VersionNumber": 1}),
        ],
    )
    def test_layers_of_another_region_are_not_here(self, way, method, more):
        publish(way)
        publish(way.at(region="eu-west-1"))
        elsewhere = LAYER.replace("us-east-1", "eu-west-1")
        way.refused(getattr(way.lambda_, method), NO_RESOURCE, LayerName=elsewhere, **more)
        assert versions(way) == versions(way.at(region="eu-west-1")) == [1]

    @fact(580)
    def test_what_is_not_there(self, way):
        publish(way)
        for name, number in [("nothing", 1), ("tools", 2)]:
            way.refused(way.lambda_.get_layer_version, NO_RESOURCE, LayerName=name, VersionNumber=number)
        own = "arn:aws:lambda:::awslayer:AmazonLinux1803"
        for arn in [f"{LAYER}:2", f"{LAYER}:01", f"{LAYER}s:1", f"{LAYER}:{2**64}", own]:
            way.refused(way.lambda_.get_layer_version_by_arn, NO_RESOURCE, Arn=arn)

    @fact(581)
    def test_an_arn_has_a_version(self, way):
        refusal = violated((f"'{LAYER}'", "arn", ARN_PATTERN))
        way.refused(way.lambda_.get_layer_version_by_arn, refusal, Arn=LAYER)


class TestList:
    @fact(572)
    def test_versions_come_newest_first_without_their_content(self, way):
        made = [publish(way, Description="first", LicenseInfo="MIT"), publish(way, CompatibleRuntimes=["java21"])]
        listed = [{name: it[name] for name in it if name not in ("Content", "LayerArn")} for it in reversed(made)]
        answer = without_metadata(way.lambda_.list_layer_versions(LayerName="tools"))
        assert answer == {"LayerVersions": listed}

    @fact(573)
    def test_of_an_unknown_layer_there_are_no_versions(self, way):
        assert without_metadata(way.lambda_.list_layer_versions(LayerName="nothing")) == {"LayerVersions": []}

    def test_layers_come_by_name_with_their_newest_version(self, way):
        publish(way, "tools")
        publish(way, "fonts")
        newest = publish(way, "tools", Description="newest")
        listed = way.lambda_.list_layers()["Layers"]
        assert [(it["LayerName"], it["LatestMatchingVersion"]["Version"]) for it in listed] == [
            ("fonts", 1),
            ("tools", 2),
        ]
        latest = {name: newest[name] for name in newest if name not in ("Content", "LayerArn")}
        assert listed[1] == {"LayerName": "tools", "LayerArn": LAYER, "LatestMatchingVersion": latest}

    @pytest.mark.parametrize(
        ("asked", "found", "layers"),
        [
            ({}, [3, 2, 1], [("other", 1), ("tools", 3)]),
            ({"CompatibleRuntime": "python3.13"}, [2, 1], [("tools", 2)]),
            ({"CompatibleArchitecture": "arm64"}, [1], [("tools", 1)]),
            ({"CompatibleRuntime": "java21", "CompatibleArchitecture": "arm64"}, [], []),
            ({"CompatibleRuntime": "nasa"}, [], []),
        ],
        ids=["everything", "runtime", "architecture", "both", "nothing"],
    )
    def test_only_what_says_that_it_fits(self, way, asked, found, layers):
        publish(way, CompatibleRuntimes=["python3.13"], CompatibleArchitectures=["arm64"])
        publish(way, CompatibleRuntimes=["java21", "python3.13"])
        publish(way)
        publish(way, "other")
        assert versions(way, **asked) == found
        listed = way.lambda_.list_layers(**asked)["Layers"]
        assert [(it["LayerName"], it["LatestMatchingVersion"]["Version"]) for it in listed] == layers

    @fact(582, 584)
    @pytest.mark.parametrize(("method", "more"), [("list_layers", {}), ("list_layer_versions", {"LayerName": "tools"})])
    def test_what_can_be_asked_for(self, way, method, more):
        list_ = getattr(way.lambda_, method)
        refusal = violated(("'python4'", "compatibleRuntime", enum(RUNTIMES_OF_LAYERS)))
        way.refused(list_, refusal, CompatibleRuntime="python4", **more)
        refusal = violated(("'mips'", "compatibleArchitecture", enum("x86_64, arm64")))
        way.refused(list_, refusal, CompatibleArchitecture="mips", **more)

    def test_pages_follow_each_other(self, way):
        for name in ("a", "tools", "tools", "tools", "z"):
            publish(way, name)
        pages = way.paginator("list_layer_versions").paginate(LayerName="tools", PaginationConfig={"PageSize": 2})
        assert [[it["Version"] for it in page["LayerVersions"]] for page in pages] == [[3, 2], [1]]
        layers = way.paginator("list_layers").paginate(PaginationConfig={"PageSize": 1})
        assert [[it["LayerName"] for it in page["Layers"]] for page in layers] == [["a"], ["tools"], ["z"]]

    def test_a_marker_of_another_form_is_refused(self, way):
        refusal = invalid("The provided Marker is invalid.")
        way.refused(way.lambda_.list_layers, refusal, Marker="no marker!")
        way.refused(way.lambda_.list_layer_versions, refusal, LayerName="tools", Marker="no marker!")

    def test_a_layer_whose_versions_are_all_gone_is_not_listed(self, way):
        publish(way)
        way.lambda_.delete_layer_version(LayerName="tools", VersionNumber=1)
        assert way.lambda_.list_layers()["Layers"] == []


class TestDelete:
    @fact(574)
    def test_a_version_is_gone_and_others_stay(self, way):
        publish(way)
        publish(way, package=ZIP_B)
        for name, number in [("tools", 1), ("tools", 1), ("tools", 7), ("nothing", 1)]:
            answer = way.lambda_.delete_layer_version(LayerName=name, VersionNumber=number)
            assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
        assert versions(way) == [2]
        way.refused(way.lambda_.get_layer_version, NO_RESOURCE, LayerName="tools", VersionNumber=1)

    def test_deleting_what_never_was_leaves_no_trace(self, way):
        way.lambda_.delete_layer_version(LayerName="tools", VersionNumber=1)
        assert json.loads(way.emulator.dump())["Layers"] == []


def test_a_layer_has_tags_until_its_last_version_goes(way):
    for _ in range(2):
        way.lambda_.publish_layer_version(LayerName="tagged", Content={"ZipFile": ZIP_A})
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:tagged"
    way.lambda_.tag_resource(Resource=arn, Tags={"team": "red", "cost": "low"})
    way.lambda_.untag_resource(Resource=arn, TagKeys=["cost"])
    way.lambda_.delete_layer_version(LayerName="tagged", VersionNumber=2)
    assert way.lambda_.list_tags(Resource=arn)["Tags"] == {"team": "red"}
    way.lambda_.delete_layer_version(LayerName="tagged", VersionNumber=1)
    way.refused(way.lambda_.list_tags, missing(f"Layer not found: {arn}"), Resource=arn)
    way.lambda_.publish_layer_version(LayerName="tagged", Content={"ZipFile": ZIP_A})
    assert way.lambda_.list_tags(Resource=arn)["Tags"] == {}
