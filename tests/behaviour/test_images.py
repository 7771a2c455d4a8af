"""Functions from container images (3.4): what a URI stands for, and what of a zip function they do not have."""

from __future__ import annotations

import hashlib

import pytest
from texts import (
    IMAGE_DENIED,
    NO_SOURCE,
    ZIP_FOR_IMAGE,
    invalid,
    no_image,
    not_an_image,
    unsupported_image,
)
from world import CREATING, ROLE, UPDATING, ZIP_B, configuration, creation, without_metadata

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
URI, OTHER = f"{HOST}/app:1.0", f"{HOST}/team/other:2"
INDEX, CLOSED = f"{HOST}/app:index", f"{HOST}/closed:1"
HEX = hashlib.sha256(b"an image").hexdigest()
ZIP_ONLY = {"Runtime", "Handler", "RuntimeVersionConfig"}


def image_creation(uri=URI, **changes):
    return {"FunctionName": "fn", "Role": ROLE, "PackageType": "Image", "Code": {"ImageUri": uri}, **changes}


def image_configuration(state, digest, **changes):
    whole = configuration(state=state, PackageType="Image", CodeSize=0, CodeSha256=digest, **changes)
    return {name: value for name, value in whole.items() if name not in ZIP_ONLY}


def digest_of(way, uri):
    return way.emulator.images.push(uri).removeprefix("sha256:")


@pytest.fixture
def image(way):
    """The image function ``fn``, settled."""
    way.lambda_.create_function(**image_creation())
    return way.settled("fn")


@fact(649, 650, 651)
@rule("P4", "P5", "P12", "P13", "P16")
def test_an_image_function_has_a_hexadecimal_hash_no_size_and_no_runtime(way):
    created = without_metadata(way.lambda_.create_function(**image_creation()))
    assert created == image_configuration(CREATING, digest_of(way, URI))
    assert way.settled("fn") == image_configuration(
        {"State": "Active", "LastUpdateStatus": "Successful"}, digest_of(way, URI)
    )


@fact(393, 650)
@rule("G3", "I5")
def test_get_function_tells_the_uri_as_given_and_what_it_stood_for(way, image):
    code = way.lambda_.get_function(FunctionName="fn")["Code"]
    resolved = f"{HOST}/app@sha256:{image['CodeSha256']}"
    assert code == {"RepositoryType": "ECR", "ImageUri": URI, "ResolvedImageUri": resolved}


@case(17)
@fact(652)
@rule("P4", "P5", "P12", "R9")
def test_an_update_gives_the_function_an_image_of_another_repository(way, image):
    answer = without_metadata(way.lambda_.update_function_code(FunctionName="fn", ImageUri=OTHER))
    digest = digest_of(way, OTHER)
    assert answer == image_configuration(UPDATING, digest)
    assert not ZIP_ONLY & set(answer)
    code = way.lambda_.get_function(FunctionName="fn")["Code"]
    assert code["ResolvedImageUri"] == f"{HOST}/team/other@sha256:{answer['CodeSha256']}"


@rule("I5")
def test_a_tag_that_is_pushed_again_changes_no_function(way, image):
    way.emulator.images.push(URI, f"sha256:{HEX}")
    assert way.settled("fn") == image
    way.lambda_.update_function_code(FunctionName="fn", ImageUri=URI)
    assert way.settled("fn")["CodeSha256"] == HEX


@rule("I5")
def test_a_digest_stands_for_itself(way, image):
    answer = way.lambda_.update_function_code(FunctionName="fn", ImageUri=f"{HOST}/app@sha256:{HEX}")
    assert answer["CodeSha256"] == HEX


@case(16)
@fact(353, 653)
@rule("R25", "R23", "B8")
@pytest.mark.parametrize(
    "source",
    [
        {"ZipFile": ZIP_B},
        {"S3Bucket": "bucket", "S3Key": "key"},
        {"S3Key": "key"},
        {"ZipFile": ZIP_B, "ImageUri": URI},
        {"ZipFile": b"not a zip"},
        {"ImageUri": URI, "S3ObjectStorageMode": "REFERENCE"},
        {"S3ObjectStorageMode": "REFERENCE"},
    ],
    ids=["zip", "s3", "half_s3", "zip_and_image", "no_zip_at_all", "image_by_reference", "reference_alone"],
)
def test_an_image_function_takes_no_zip(way, image, source):
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, ZIP_FOR_IMAGE, FunctionName="fn", **source)


@case(74)
@rule("D6", "R25")
def test_a_dry_run_of_a_zip_on_an_image_function_is_refused(way, image):
    way.refused(way.lambda_.update_function_code, ZIP_FOR_IMAGE, FunctionName="fn", ZipFile=ZIP_B, DryRun=True)


@rule("R20", "R27")
def test_an_image_function_needs_an_image(way, image):
    way.refused(way.lambda_.update_function_code, NO_SOURCE, FunctionName="fn", Architectures=["arm64"])


@rule("D3", "D5")
def test_a_dry_run_tells_the_digest_and_changes_nothing(way, image):
    with way.unchanged("fn"):
        answer = without_metadata(way.lambda_.update_function_code(FunctionName="fn", ImageUri=OTHER, DryRun=True))
    assert answer == {**image, "CodeSha256": digest_of(way, OTHER)}


@case(18)
@rule("I1", "D6")
@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("uri", [f"{HOST}/app:missing", f"{HOST}/missing:1", f"{HOST}/app@sha256:{HEX}"])
def test_a_strict_registry_has_only_what_was_declared(way, uri, dry_run):
    way = way.another(strict_images=True)
    way.refused(way.lambda_.create_function, no_image(URI), **image_creation())
    way.emulator.images.push(URI)
    way.lambda_.create_function(**image_creation())
    way.settled("fn")
    with way.unchanged("fn"):
        refusal = no_image(uri)
        way.refused(way.lambda_.update_function_code, refusal, FunctionName="fn", ImageUri=uri, DryRun=dry_run)


@rule("I2")
@pytest.mark.parametrize(
    "uri",
    [
        "app",
        f"{HOST}/app",
        f"{HOST}/App:1",
        "docker.io/library/python:3",
        HOST.replace("us-east-1", "eu-west-1") + "/app:1",
    ],
    ids=["no_registry", "no_tag", "upper_case", "not_ecr", "other_region"],
)
def test_what_names_no_image_of_ecr_is_not_valid(way, image, uri):
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, not_an_image(uri), FunctionName="fn", ImageUri=uri)


@rule("I3")
def test_an_index_is_not_supported(way, image):
    way.emulator.images.push(INDEX, supported=False)
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, unsupported_image(INDEX), FunctionName="fn", ImageUri=INDEX)


@rule("I4")
def test_a_repository_that_lets_nobody_in(way, image):
    way.emulator.images.deny(CLOSED)
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, IMAGE_DENIED, FunctionName="fn", ImageUri=CLOSED)
    way.emulator.images.deny(CLOSED, denied=False)
    way.lambda_.update_function_code(FunctionName="fn", ImageUri=CLOSED)


@rule("V6")
def test_a_published_version_keeps_its_image(way, image):
    published = without_metadata(way.lambda_.publish_version(FunctionName="fn"))
    assert published["CodeSha256"] == image["CodeSha256"]
    way.lambda_.update_function_code(FunctionName="fn", ImageUri=OTHER)
    code = way.lambda_.get_function(FunctionName="fn", Qualifier="1")["Code"]
    assert code["ImageUri"] == URI


@rule("V8", "Q3")
def test_images_take_no_code_storage(way, image):
    usage = way.lambda_.get_account_settings()["AccountUsage"]
    assert usage == {"FunctionCount": 1, "TotalCodeSize": 0}


@rule("P16")
def test_an_image_configuration_is_told_once_it_is_set(way):
    config = {"EntryPoint": ["/lambda-entrypoint.sh"], "Command": ["app.handler"], "WorkingDirectory": "/var/task"}
    created = way.lambda_.create_function(**image_creation(ImageConfig=config))
    assert created["ImageConfigResponse"] == {"ImageConfig": config}
    way.settled("fn")
    changed = way.lambda_.update_function_configuration(FunctionName="fn", ImageConfig={"Command": ["other"]})
    assert changed["ImageConfigResponse"] == {"ImageConfig": {"Command": ["other"]}}
    way.settled("fn")
    removed = way.lambda_.update_function_configuration(FunctionName="fn", ImageConfig={})
    assert "ImageConfigResponse" not in removed


WRONG = "when the intended function PackageType is"
WRONG_CREATIONS = {
    "image_with_runtime": (image_creation(Runtime="python3.13"), f"Please don't provide handler or runtime or layer {WRONG} Image."),
    "image_with_handler": (image_creation(Handler="a.b"), f"Please don't provide handler or runtime or layer {WRONG} Image."),
    "image_without_uri": (image_creation(Code={}), f"Please provide ImageUri {WRONG} Image."),
    "image_with_zip": (image_creation(Code={"ZipFile": ZIP_B}), f"Please provide ImageUri {WRONG} Image."),
    "image_by_reference": (image_creation(Code={"ImageUri": URI, "S3ObjectStorageMode": "REFERENCE"}), f"Please provide ImageUri {WRONG} Image."),
    "zip_with_uri": ({**creation(), "Code": {"ImageUri": URI}}, f"Please don't provide ImageUri {WRONG} Zip."),
    "zip_with_image_config": (creation(ImageConfig={"Command": ["x"]}), f"Please don't provide ImageConfig {WRONG} Zip."),
}  # fmt: skip


@pytest.mark.parametrize(("members", "message"), WRONG_CREATIONS.values(), ids=WRONG_CREATIONS)
def test_the_members_of_a_new_function_fit_its_package_type(way, members, message):
    way.refused(way.lambda_.create_function, invalid(message), **members)
    assert way.lambda_.list_functions()["Functions"] == []


@rule("R26")
@pytest.mark.parametrize(
    "changes", [{"Runtime": "python3.13"}, {"Handler": "a.b"}, {"Layers": []}], ids=lambda it: next(iter(it))
)
def test_an_image_function_gets_no_settings_of_zip_functions(way, image, changes):
    message = "Please don't provide handler or runtime or layer when updating a function with packageType Image."
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_configuration, invalid(message), FunctionName="fn", **changes)


@rule("R26")
def test_a_zip_function_gets_no_image_configuration(way, fn):
    message = "Please don't provide ImageConfig when updating a function with packageType Zip."
    with way.unchanged("fn"):
        changes = {"ImageConfig": {"Command": ["x"]}}
        way.refused(way.lambda_.update_function_configuration, invalid(message), FunctionName="fn", **changes)


def test_the_emulator_forgets_its_images_when_it_is_reset(way):
    way = way.another(strict_images=True)
    way.emulator.images.push(URI)
    way.emulator.reset()
    way.refused(way.lambda_.create_function, no_image(URI), **image_creation())


@pytest.mark.parametrize("uri", ["app", f"{HOST}/app"])
def test_only_uris_of_ecr_with_a_tag_or_digest_can_be_declared(way, uri):
    with pytest.raises(ValueError, match="is no image URI of ECR"):
        way.emulator.images.push(uri)


def test_a_declared_digest_is_a_sha256(way):
    with pytest.raises(ValueError, match="64 hex digits"):
        way.emulator.images.push(URI, "sha256:12")


def test_a_uri_with_a_digest_stands_for_no_other_one(way):
    first, second = "sha256:" + "c" * 64, "sha256:" + "d" * 64
    refusal = f"names its digest, and the one that is given is another: {second}"
    for uri in (f"{HOST}/app@{first}", f"{HOST}/app:1@{first}"):
        with pytest.raises(ValueError, match=refusal):
            way.emulator.images.push(uri, second)
        assert way.emulator.images.push(uri, first) == way.emulator.images.push(uri) == first
