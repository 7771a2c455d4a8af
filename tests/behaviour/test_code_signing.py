"""Code signing: configurations, functions that have them, and packages that are refused (3.3, facts 17)."""

from __future__ import annotations

import pytest
from texts import Refusal, conflict, invalid, missing, not_found
from world import ARN, NOW, ROLE, ZIP_A, ZIP_B, Matching, creation, sha256, without_metadata

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule

PROFILE = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/mine/1234567890"
OTHER_PROFILE = PROFILE.replace("mine", "other")
JOB = "arn:aws:signer:us-east-1:123456789012:/signing-jobs/1"
PUBLISHERS = {"SigningProfileVersionArns": [PROFILE]}
MISSING = "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdefg"
ANY_ARN = Matching(r"arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-[a-z0-9]{17}")
NOT_FOUND = Refusal(
    "CodeSigningConfigNotFoundException",
    404,
    f"The code signing configuration cannot be found. Check that the provided configuration is not deleted: {MISSING}.",
)


def no_config(arn):
    return missing(f"The Lambda code signing configuration {arn} can not be found.")._replace(typed=False)


FOR_IMAGE = invalid("Code signing is not supported for functions created with container images.")
TEXT = (
    "Lambda cannot deploy the function. The function or layer might be signed using a signature that the client is not "
    "configured to accept. Check the provided signature for "
)
UNSIGNED = Refusal("CodeVerificationFailedException", 400, f"{TEXT}unsigned.")
UNTRUSTED = Refusal("CodeVerificationFailedException", 400, f"{TEXT}{ARN}.")
TAMPERED = Refusal(
    "InvalidCodeSignatureException",
    400,
    f"Lambda cannot deploy the function. The code signature of {ARN} failed the integrity check.",
)


def config(way, policy=None, **more):
    """Make a configuration; return its ARN."""
    if policy:
        more["CodeSigningPolicies"] = {"UntrustedArtifactOnDeployment": policy}
    created = way.lambda_.create_code_signing_config(AllowedPublishers=PUBLISHERS, **more)
    return created["CodeSigningConfig"]["CodeSigningConfigArn"]


def attach(way, policy):
    arn = config(way, policy)
    way.lambda_.put_function_code_signing_config(FunctionName="fn", CodeSigningConfigArn=arn)
    return arn


@case(84)
@fact(606)
@rule("3.3", "D6")
@pytest.mark.parametrize("dry_run", [False, True], ids=["real", "dry"])
def test_an_unsigned_package_is_refused_where_that_is_enforced(way, fn, dry_run):
    attach(way, "Enforce")
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, UNSIGNED, FunctionName="fn", ZipFile=ZIP_B, DryRun=dry_run)


@case(84)
@rule("3.3")
@pytest.mark.parametrize("policy", ["Warn", None])
def test_an_unsigned_package_is_let_through_with_a_warning(way, fn, policy):
    attach(way, policy)
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert answer["CodeSha256"] == sha256(ZIP_B)
    assert not {"SigningProfileVersionArn", "SigningJobArn"} & set(answer)


@rule("P18")
@pytest.mark.parametrize("package", [ZIP_B, sha256(ZIP_B)], ids=["bytes", "hash"])
def test_a_signed_package_is_accepted_and_named_until_the_next_one(way, fn, package):
    attach(way, "Enforce")
    way.emulator.sign(package, PROFILE, JOB)
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert (answer["SigningProfileVersionArn"], answer["SigningJobArn"]) == (PROFILE, JOB)
    way.settled("fn")
    way.lambda_.delete_function_code_signing_config(FunctionName="fn")
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_A)
    assert not {"SigningProfileVersionArn", "SigningJobArn"} & set(way.settled("fn"))


@rule("P18")
def test_a_signing_job_has_an_arn_of_its_own(way, fn):
    way.emulator.sign(ZIP_B, PROFILE)
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert answer["SigningJobArn"] == Matching(r"arn:aws:signer:us-east-1:123456789012:/signing-jobs/[0-9a-f]{64}")


@rule("D4", "P18")
def test_a_dry_run_names_the_signature_that_is_deployed(way, fn):
    way.emulator.sign(ZIP_B, PROFILE)
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, DryRun=True)
    assert not {"SigningProfileVersionArn", "SigningJobArn"} & set(answer)


FLAWS = {
    "other_profile": (OTHER_PROFILE, None, UNTRUSTED, True),
    "expired": (PROFILE, "expired", UNTRUSTED, True),
    "revoked": (PROFILE, "revoked", UNTRUSTED, True),
    "tampered": (PROFILE, "integrity", TAMPERED, False),
    "tampered_by_another": (OTHER_PROFILE, "integrity", TAMPERED, False),
}


@rule("3.3")
@pytest.mark.parametrize(("profile", "flaw", "refusal", "warned"), FLAWS.values(), ids=FLAWS)
@pytest.mark.parametrize("policy", ["Enforce", "Warn"])
def test_a_flawed_signature_is_judged_by_the_policy_unless_the_package_was_changed(
    way, fn, policy, profile, flaw, refusal, warned
):
    attach(way, policy)
    way.emulator.sign(ZIP_B, profile, flaw=flaw)
    if policy == "Warn" and warned:
        way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
        return
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, refusal, FunctionName="fn", ZipFile=ZIP_B)


@rule("3.3")
def test_a_new_function_is_judged_too(way):
    arn = config(way, "Enforce")
    way.refused(way.lambda_.create_function, UNSIGNED, **creation(CodeSigningConfigArn=arn))
    assert way.lambda_.list_functions()["Functions"] == []
    way.emulator.sign(ZIP_A, PROFILE, JOB)
    assert way.lambda_.create_function(**creation(CodeSigningConfigArn=arn))["SigningJobArn"] == JOB
    answer = without_metadata(way.lambda_.get_function_code_signing_config(FunctionName="fn"))
    assert answer == {"CodeSigningConfigArn": arn, "FunctionName": "fn"}
    way.refused(way.lambda_.create_function, NOT_FOUND, **creation("other", CodeSigningConfigArn=MISSING))


@rule("3.3")
def test_image_functions_are_not_signed(way):
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1"
    members = {"FunctionName": "fn", "Role": ROLE, "PackageType": "Image", "Code": {"ImageUri": image}}
    arn = config(way)
    way.refused(way.lambda_.create_function, FOR_IMAGE, **members, CodeSigningConfigArn=arn)
    way.lambda_.create_function(**members)
    way.refused(way.lambda_.get_function_code_signing_config, FOR_IMAGE, FunctionName="fn")
    put = way.lambda_.put_function_code_signing_config
    way.refused(put, FOR_IMAGE, FunctionName="fn", CodeSigningConfigArn=arn)


# The configurations themselves


@fact(153, 598, 599, 600)
def test_a_configuration_is_made_read_changed_and_deleted(way):
    created = way.lambda_.create_code_signing_config(AllowedPublishers=PUBLISHERS, Description="mine")
    whole = created["CodeSigningConfig"]
    assert whole == {
        "CodeSigningConfigId": Matching(r"csc-[a-z0-9]{17}"),
        "CodeSigningConfigArn": ANY_ARN,
        "Description": "mine",
        "AllowedPublishers": PUBLISHERS,
        "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Warn"},
        "LastModified": NOW,
    }
    named = {"CodeSigningConfigArn": whole["CodeSigningConfigArn"]}
    assert way.lambda_.get_code_signing_config(**named)["CodeSigningConfig"] == whole
    assert way.lambda_.update_code_signing_config(**named)["CodeSigningConfig"] == whole
    changes = {"CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Enforce"}, "Description": ""}
    changed = way.lambda_.update_code_signing_config(**named, **changes)["CodeSigningConfig"]
    assert changed == {**whole, **changes}
    way.lambda_.delete_code_signing_config(**named)
    way.refused(way.lambda_.get_code_signing_config, no_config(whole["CodeSigningConfigArn"]), **named)


@fact(46, 604)
@pytest.mark.parametrize(
    "operation",
    ["get_code_signing_config", "update_code_signing_config", "delete_code_signing_config", "list_functions_by_code_signing_config"],
)  # fmt: skip
@pytest.mark.parametrize("arn", [MISSING, MISSING.replace("us-east-1", "eu-west-1"), MISSING.replace("1234", "9999")])
def test_a_configuration_that_is_not_there(way, operation, arn):
    way.refused(getattr(way.lambda_, operation), no_config(arn), CodeSigningConfigArn=arn)


@fact(165, 605)
def test_a_missing_configuration_is_told_before_a_missing_function(way):
    put = way.lambda_.put_function_code_signing_config
    way.refused(put, NOT_FOUND, FunctionName="nobody", CodeSigningConfigArn=MISSING)
    way.refused(put, not_found(f"{ARN[:-2]}nobody"), FunctionName="nobody", CodeSigningConfigArn=config(way))


@fact(601, 602)
def test_a_functions_configuration_is_given_told_and_taken_away(way, fn):
    arn = config(way)
    put = way.lambda_.put_function_code_signing_config(FunctionName="fn", CodeSigningConfigArn=arn)
    assert without_metadata(put) == {"CodeSigningConfigArn": arn, "FunctionName": "fn"}
    for _ in range(2):
        way.lambda_.delete_function_code_signing_config(FunctionName="fn")
        assert without_metadata(way.lambda_.get_function_code_signing_config(FunctionName="fn")) == {}


def test_a_configuration_that_a_function_has_stays(way, fn):
    arn = attach(way, "Warn")
    text = f"Cannot delete the code signing configuration {arn} because it is in use by one or more functions."
    way.refused(way.lambda_.delete_code_signing_config, conflict(text), CodeSigningConfigArn=arn)
    way.lambda_.delete_function(FunctionName="fn")
    way.lambda_.delete_code_signing_config(CodeSigningConfigArn=arn)


@fact(603)
def test_the_functions_of_a_configuration_are_listed_in_pages(way):
    arn, other = config(way), config(way)
    for name in ("c", "a", "b"):
        way.lambda_.create_function(**creation(name, CodeSigningConfigArn=arn))
    pages = way.paginator("list_functions_by_code_signing_config")
    listed = pages.paginate(CodeSigningConfigArn=arn, PaginationConfig={"PageSize": 2}).build_full_result()
    assert listed["FunctionArns"] == [f"{ARN[:-2]}{name}" for name in "abc"]
    assert way.lambda_.list_functions_by_code_signing_config(CodeSigningConfigArn=other)["FunctionArns"] == []


def test_configurations_are_listed_in_pages(way):
    arns = {config(way) for _ in range(3)}
    pages = way.paginator("list_code_signing_configs").paginate(PaginationConfig={"PageSize": 2})
    listed = pages.build_full_result()["CodeSigningConfigs"]
    assert {it["CodeSigningConfigArn"] for it in listed} == arns
    assert len(listed) == 3


def test_a_configuration_has_tags(way):
    arn = config(way, Tags={"a": "1"})
    way.lambda_.tag_resource(Resource=arn, Tags={"b": "2"})
    way.lambda_.untag_resource(Resource=arn, TagKeys=["a"])
    assert way.lambda_.list_tags(Resource=arn)["Tags"] == {"b": "2"}
    refusal = missing(f"Code signing config not found: {MISSING}")
    way.refused(way.lambda_.list_tags, refusal, Resource=MISSING)
    way.refused(way.lambda_.tag_resource, refusal, Resource=MISSING, Tags={"a": "1"})


def test_a_signature_is_of_bytes_or_of_a_hash(way):
    with pytest.raises(TypeError, match="package is bytes, or the CodeSha256 of a package"):
        way.emulator.sign("no hash", PROFILE)
    with pytest.raises(ValueError, match='flaw is "integrity", "expired" or "revoked", not "old"'):
        way.emulator.sign(ZIP_A, PROFILE, flaw="old")


@pytest.mark.parametrize(
    "arn", ["", "garbage", JOB, PROFILE.replace("signer", "s3"), PROFILE.rpartition("/")[0], "x" + PROFILE]
)
def test_a_signature_has_the_arn_of_a_profiles_version(way, arn):
    form = "^profile_version_arn is arn:<partition>:signer:<region>:<account>:/signing-profiles/<name>/<version>, not "
    with pytest.raises(ValueError, match=form):
        way.emulator.sign(ZIP_A, arn)


@pytest.mark.parametrize("arn", ["", "garbage", PROFILE, JOB + "/2"])
def test_a_signature_has_the_arn_of_a_job(way, arn):
    with pytest.raises(
        ValueError, match=r"^job_arn is arn:<partition>:signer:<region>:<account>:/signing-jobs/<id>, not "
    ):
        way.emulator.sign(ZIP_A, PROFILE, arn)
