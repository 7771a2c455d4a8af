"""Errors of the model that the tests of a resource have no other reason to meet."""

from __future__ import annotations

import pytest
from texts import INVALID_MARKER, NOT_LATEST, QUALIFIERS_DIFFER, TOO_MANY_TAGS, Refusal, not_found
from world import ARN, ZIP_B, creation

PROFILE = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/mine/1234567890"
PUBLISHERS = {"SigningProfileVersionArns": [PROFILE]}
MANY = {f"k{index}": "v" for index in range(51)}


@pytest.fixture
def config(way):
    """Return the ARN of a code signing configuration."""
    made = way.lambda_.create_code_signing_config(AllowedPublishers=PUBLISHERS)
    return made["CodeSigningConfig"]["CodeSigningConfigArn"]


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("list_code_signing_configs", {}),
        ("list_function_url_configs", {"FunctionName": "fn"}),
        ("list_provisioned_concurrency_configs", {"FunctionName": "fn"}),
    ],
)
def test_a_marker_that_nobody_gave_is_refused(way, fn, operation, parameters):
    way.refused(getattr(way.lambda_, operation), INVALID_MARKER, Marker="?", **parameters)


def test_a_marker_is_looked_at_before_the_functions_of_a_configuration(way, config):
    call = way.lambda_.list_functions_by_code_signing_config
    way.refused(call, INVALID_MARKER, CodeSigningConfigArn=config, Marker="?")


@pytest.mark.parametrize("operation", ["get_alias", "delete_alias"])
def test_an_alias_belongs_to_the_function_and_to_no_version(way, fn, operation):
    way.refused(getattr(way.lambda_, operation), NOT_LATEST, FunctionName="fn:1", Name="prod")


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("create_function_url_config", {"AuthType": "NONE"}),
        ("update_function_url_config", {}),
        ("delete_function_url_config", {}),
    ],
)
def test_two_qualifiers_that_differ_are_refused(way, fn, operation, parameters):
    call = getattr(way.lambda_, operation)
    way.refused(call, QUALIFIERS_DIFFER, FunctionName="fn:live", Qualifier="other", **parameters)


def test_a_configuration_has_as_many_tags_as_a_function(way):
    call = way.lambda_.create_code_signing_config
    way.refused(call, TOO_MANY_TAGS, AllowedPublishers=PUBLISHERS, Tags=MANY)


def test_a_configuration_is_taken_from_a_function_that_is_there(way):
    way.refused(way.lambda_.delete_function_code_signing_config, not_found(), FunctionName="fn")


def test_a_function_is_not_made_from_a_package_that_was_changed_after_it_was_signed(way, config):
    way.emulator.sign(ZIP_B, PROFILE, flaw="integrity")
    refusal = Refusal(
        "InvalidCodeSignatureException",
        400,
        f"Lambda cannot deploy the function. The code signature of {ARN} failed the integrity check.",
    )
    parameters = creation(ZipFile=ZIP_B, CodeSigningConfigArn=config)
    way.refused(way.lambda_.create_function, refusal, **parameters)
