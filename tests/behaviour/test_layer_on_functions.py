"""Published layers on functions: who may have them, what they weigh, and whose signatures count (3.3, Z14, facts 8, 16)."""

from __future__ import annotations

import pytest
from published import LAYER, OTHER_ACCOUNT, READ, THEIRS, let_in, publish
from texts import Refusal, invalid, not_let_in
from world import ACCOUNT, ZIP_A, ZIP_B, creation

from drylambda import make_zip

fact, rule = pytest.mark.fact, pytest.mark.rule

MB = 1_000_000
PROFILE = f"arn:aws:signer:us-east-1:{ACCOUNT}:/signing-profiles/mine/1234567890"
OTHER_PROFILE = PROFILE.replace("mine", "other")
JOB = f"arn:aws:signer:us-east-1:{ACCOUNT}:/signing-jobs/1"


def with_layers(way, *arns):
    """Give the function ``fn`` layers; return those of the answer, once it has settled."""
    way.lambda_.update_function_configuration(FunctionName="fn", Layers=list(arns))
    return way.settled("fn").get("Layers", [])


def refuse(way, refusal, arn):
    """Require that neither a function that is there may have a layer, nor a new one."""
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_configuration, refusal, FunctionName="fn", Layers=[arn])
    way.refused(way.lambda_.create_function, refusal, **creation("new", Layers=[arn]))


@rule("P17")
def test_a_published_version_is_named_with_its_size(way, fn):
    publish(way)
    publish(way, package=ZIP_B)
    publish(way, "more")
    more = LAYER.replace("tools", "more")
    sizes = [{"Arn": f"{LAYER}:2", "CodeSize": len(ZIP_B)}, {"Arn": f"{more}:1", "CodeSize": len(ZIP_A)}]
    assert with_layers(way, f"{LAYER}:2", f"{more}:1") == sizes
    created = way.lambda_.create_function(**creation("new", Layers=[f"{LAYER}:2", f"{more}:1"]))
    assert created["Layers"] == sizes


def test_a_version_that_is_not_there(way, fn):
    publish(way)
    way.lambda_.delete_layer_version(LayerName="tools", VersionNumber=1)
    for number in ("1", "2", "01", str(2**64)):
        refuse(way, invalid(f"Layer version {LAYER}:{number} does not exist."), f"{LAYER}:{number}")


@fact(250, 575)
def test_a_version_in_use_stays_where_it_is_when_it_is_deleted(way, fn):
    publish(way)
    (layer,) = with_layers(way, f"{LAYER}:1")
    with way.unchanged("fn") as before:
        way.lambda_.delete_layer_version(LayerName="tools", VersionNumber=1)
        publish(way)
    assert before["Layers"] == [layer]
    way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    assert way.settled("fn")["Layers"] == [layer]


@rule("Z14")
def test_what_is_in_it_counts_with_the_code(way):
    publish(way, package=make_zip({"data": bytes(150 * MB)}))
    text = "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. The actual size is"
    large = creation(ZipFile=make_zip({"data": bytes(120 * MB)}), Layers=[f"{LAYER}:1"])
    way.refused(way.lambda_.create_function, invalid(f"{text} {270 * MB} bytes."), **large)


class TestOfOtherAccounts:
    @pytest.mark.parametrize("permission", [{}, {"principal": ACCOUNT}])
    def test_is_usable_where_its_policy_says_so(self, way, fn, permission):
        there = way.at(account_id=OTHER_ACCOUNT)
        publish(there, package=ZIP_B)
        refuse(way, not_let_in(READ, f"{THEIRS}:1"), f"{THEIRS}:1")
        let_in(there, **permission)
        assert with_layers(way, f"{THEIRS}:1") == [{"Arn": f"{THEIRS}:1", "CodeSize": len(ZIP_B)}]
        there.lambda_.remove_layer_version_permission(LayerName="tools", VersionNumber=1, StatementId="in")
        with way.unchanged("fn") as configuration:
            assert configuration["Layers"] == [{"Arn": f"{THEIRS}:1", "CodeSize": len(ZIP_B)}]

    def test_that_nobody_knows(self, way, fn):
        refuse(way, not_let_in(READ, f"{THEIRS}:1"), f"{THEIRS}:1")

    def test_is_taken_for_granted_where_it_was_declared(self, way, fn):
        publish(way.at(account_id=OTHER_ACCOUNT))
        way.emulator.declare_layer(f"{THEIRS}:1", code_size=7)
        assert with_layers(way, f"{THEIRS}:1") == [{"Arn": f"{THEIRS}:1", "CodeSize": 7}]


class TestSignatures:
    """Layers are checked when they are given to a function whose configuration enforces it (3.3)."""

    TEXT = (
        "Lambda cannot deploy the function. The function or layer might be signed using a signature that the client is "
        "not configured to accept. Check the provided signature for"
    )

    @pytest.fixture
    def config(self, way):
        """A configuration that enforces signatures; `F` has it."""
        made = way.lambda_.create_code_signing_config(
            AllowedPublishers={"SigningProfileVersionArns": [PROFILE]},
            CodeSigningPolicies={"UntrustedArtifactOnDeployment": "Enforce"},
        )["CodeSigningConfig"]["CodeSigningConfigArn"]
        way.emulator.sign(ZIP_A, PROFILE)
        way.lambda_.create_function(**creation(CodeSigningConfigArn=made))
        way.settled("fn")
        return made

    def refuse(self, way, config, refusal):
        with way.unchanged("fn"):
            way.refused(way.lambda_.update_function_configuration, refusal, FunctionName="fn", Layers=[f"{LAYER}:1"])
        new = creation("new", Layers=[f"{LAYER}:1"], CodeSigningConfigArn=config)
        way.refused(way.lambda_.create_function, refusal, **new)

    @rule("3.3")
    def test_an_unsigned_layer_is_refused(self, way, config):
        publish(way, package=ZIP_B)
        self.refuse(way, config, Refusal("CodeVerificationFailedException", 400, f"{self.TEXT} unsigned."))

    @rule("3.3")
    def test_a_layer_of_another_publisher_is_refused(self, way, config):
        way.emulator.sign(ZIP_B, OTHER_PROFILE)
        publish(way, package=ZIP_B)
        self.refuse(way, config, Refusal("CodeVerificationFailedException", 400, f"{self.TEXT} {LAYER}:1."))

    @rule("3.3")
    def test_a_layer_that_was_changed_after_it_was_signed_is_refused(self, way, config):
        way.emulator.sign(ZIP_B, PROFILE, flaw="integrity")
        publish(way, package=ZIP_B)
        text = f"Lambda cannot deploy the function. The code signature of {LAYER}:1 failed the integrity check."
        self.refuse(way, config, Refusal("InvalidCodeSignatureException", 400, text))

    @rule("3.3")
    def test_a_layer_of_a_publisher_is_taken_and_its_signature_shown(self, way, config):
        way.emulator.sign(ZIP_B, PROFILE, JOB)
        publish(way, package=ZIP_B)
        shown = {"SigningProfileVersionArn": PROFILE, "SigningJobArn": JOB}
        assert with_layers(way, f"{LAYER}:1") == [{"Arn": f"{LAYER}:1", "CodeSize": len(ZIP_B), **shown}]

    @rule("3.3")
    def test_layers_that_are_there_already_and_declared_ones_are_not_looked_at(self, way, config):
        way.lambda_.delete_function_code_signing_config(FunctionName="fn")
        publish(way, package=ZIP_B)
        with_layers(way, f"{LAYER}:1")
        way.lambda_.put_function_code_signing_config(FunctionName="fn", CodeSigningConfigArn=config)
        way.lambda_.update_function_configuration(FunctionName="fn", Timeout=9)
        assert way.settled("fn")["Timeout"] == 9
        way.emulator.declare_layer(f"{THEIRS}:1", ZIP_B)
        assert [layer["Arn"] for layer in with_layers(way, f"{THEIRS}:1")] == [f"{THEIRS}:1"]
