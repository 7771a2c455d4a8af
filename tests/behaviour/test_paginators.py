"""Every paginator of botocore's model runs to its end, and sees each entry once (Q4)."""

from __future__ import annotations

import pytest
from botocore import xform_name
from botocore.session import get_session
from executions import DONE, Code, update
from world import ACCOUNT, REGION, ROLE, ZIP_A, creation

rule = pytest.mark.rule

PAGINATORS = get_session().get_component("data_loader").load_service_model("lambda", "paginators-1")["pagination"]
PUBLISHERS = {"SigningProfileVersionArns": [f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/mine/1234567890"]}
PROVIDER = {
    "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
    "PermissionsConfig": {"CapacityProviderOperatorRoleArn": ROLE},
}
COUNT = 5


def functions(way):
    for index in range(COUNT):
        way.lambda_.create_function(**creation(f"f{index}"))
    return {}


def aliases(way):
    way.lambda_.create_function(**creation(), Publish=True)
    for index in range(COUNT):
        way.lambda_.create_alias(FunctionName="fn", Name=f"a{index}", FunctionVersion="1")
    return {"FunctionName": "fn"}


def versions(way, **changes):
    way.lambda_.create_function(**creation(**changes), Publish=True)
    for index in range(1, COUNT):
        way.lambda_.update_function_configuration(FunctionName="fn", Description=f"{index}")
        way.lambda_.publish_version(FunctionName="fn")
    return {"FunctionName": "fn"}


def provisioned(way):
    versions(way)
    for version in range(1, COUNT + 1):
        way.lambda_.put_provisioned_concurrency_config(
            FunctionName="fn", Qualifier=f"{version}", ProvisionedConcurrentExecutions=1
        )
    return {"FunctionName": "fn"}


def event_invoke(way):
    versions(way)
    for version in range(1, COUNT + 1):
        way.lambda_.put_function_event_invoke_config(FunctionName="fn", Qualifier=f"{version}", MaximumRetryAttempts=1)
    return {"FunctionName": "fn"}


def urls(way):
    aliases(way)
    for index in range(COUNT):
        way.lambda_.create_function_url_config(FunctionName="fn", Qualifier=f"a{index}", AuthType="NONE")
    return {"FunctionName": "fn"}


def code_signing(way):
    for _ in range(COUNT):
        way.lambda_.create_code_signing_config(AllowedPublishers=PUBLISHERS)
    return {}


def signed_functions(way):
    config = way.lambda_.create_code_signing_config(AllowedPublishers=PUBLISHERS)["CodeSigningConfig"]
    functions(way)
    for index in range(COUNT):
        way.lambda_.put_function_code_signing_config(
            FunctionName=f"f{index}", CodeSigningConfigArn=config["CodeSigningConfigArn"]
        )
    return {"CodeSigningConfigArn": config["CodeSigningConfigArn"]}


def layers(way):
    for index in range(COUNT):
        way.lambda_.publish_layer_version(LayerName=f"l{index}", Content={"ZipFile": ZIP_A})
    return {}


def layer_versions(way):
    for _ in range(COUNT):
        way.lambda_.publish_layer_version(LayerName="layer", Content={"ZipFile": ZIP_A})
    return {"LayerName": "layer"}


def mappings(way):
    way.lambda_.create_function(**creation())
    for index in range(COUNT):
        way.lambda_.create_event_source_mapping(
            FunctionName="fn", EventSourceArn=f"arn:aws:sqs:{REGION}:{ACCOUNT}:q{index}"
        )
    return {}


def providers(way):
    for index in range(COUNT):
        way.lambda_.create_capacity_provider(CapacityProviderName=f"p{index}", **PROVIDER)
    return {}


def provider_versions(way):
    made = way.lambda_.create_capacity_provider(CapacityProviderName="p", **PROVIDER)["CapacityProvider"]
    instances = {"CapacityProviderArn": made["CapacityProviderArn"]}
    versions(way, CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": instances})
    return {"CapacityProviderName": "p"}


# What there is to be listed, and how many entries are seen then.
SETUPS = {
    "ListAliases": (aliases, COUNT),
    "ListCapacityProviders": (providers, COUNT),
    "ListCodeSigningConfigs": (code_signing, COUNT),
    "ListEventSourceMappings": (mappings, COUNT),
    "ListFunctionEventInvokeConfigs": (event_invoke, COUNT),
    "ListFunctionUrlConfigs": (urls, COUNT),
    "ListFunctionVersionsByCapacityProvider": (provider_versions, COUNT),
    "ListFunctions": (functions, COUNT),
    "ListFunctionsByCodeSigningConfig": (signed_functions, COUNT),
    "ListLayerVersions": (layer_versions, COUNT),
    "ListLayers": (layers, COUNT),
    "ListProvisionedConcurrencyConfigs": (provisioned, COUNT),
    "ListVersionsByFunction": (versions, COUNT + 1),
    # Nothing was executed.
    "ListDurableExecutionsByFunction": (aliases, 0),
}
# Lists of what an execution did, which it has to be asked from within.
OF_EXECUTION = {"GetDurableExecutionHistory", "GetDurableExecutionState"}


@pytest.mark.pinned_botocore
def test_no_paginator_is_left_out():
    assert SETUPS.keys() | OF_EXECUTION == PAGINATORS.keys()


@rule("Q4")
@pytest.mark.parametrize("size", [1, 2, 5, 50])
@pytest.mark.parametrize("name", SETUPS)
def test_a_paginator_sees_everything_once(way, name, size):
    way = way.another(settle="instant")
    setup, count = SETUPS[name]
    parameters, member = setup(way), PAGINATORS[name]["result_key"]
    paginator = way.paginator(xform_name(name))
    pages = list(paginator.paginate(**parameters, PaginationConfig={"PageSize": size}))
    entries = [entry for page in pages for entry in page[member]]
    assert len(entries) == count
    assert len({repr(entry) for entry in entries}) == count
    assert len(pages) == max(1, -(-count // size))


@pytest.mark.parametrize("size", [1, 2, 5, 50])
@pytest.mark.parametrize("name", sorted(OF_EXECUTION))
def test_a_paginator_of_an_execution_sees_everything_once(way, name, size):
    way = way.another(settle="instant")
    seen = []

    def script(run):
        run.checkpoint(*(update(f"{index}", "CONTEXT") for index in range(COUNT - 1)))
        parameters = {"CheckpointToken": run.token} if name == "GetDurableExecutionState" else {}
        paginator = way.paginator(xform_name(name))
        seen.extend(paginator.paginate(DurableExecutionArn=run.arn, **parameters, PaginationConfig={"PageSize": size}))
        return DONE

    Code(way, script).wait()
    entries = [entry for page in seen for entry in page[PAGINATORS[name]["result_key"]]]
    # The execution itself is the first event, and the first operation.
    assert len({repr(entry) for entry in entries}) == len(entries) == COUNT
    assert len(seen) == -(-COUNT // size)
