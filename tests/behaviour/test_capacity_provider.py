"""Capacity providers, and functions that run on one. Nobody has recorded an answer: the model's documentation decides."""

from __future__ import annotations

import pytest
from policies import ADMIN, allow, deny
from texts import INVALID_MARKER, TOO_MANY_TAGS, Refusal, conflict, invalid, missing, not_allowed
from world import ACCOUNT, ARN, MANAGED, NOW, PROVIDER, PROVIDER_ARN, ROLE, ZIP_B, creation, provider, without_metadata

fact = pytest.mark.fact

WHOLE = {
    "InstanceRequirements": {"Architectures": ["arm64"], "AllowedInstanceTypes": ["m7g.large"]},
    "CapacityProviderScalingConfig": {
        "MaxVCpuCount": 16,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 50.5}
        ],
    },
    "KmsKeyArn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mine",
    "PropagateTags": {"Mode": "Explicit", "ExplicitTags": {"team": "red"}},
    "TelemetryConfig": {"LoggingConfig": {"SystemLogLevel": "DEBUG", "LogGroup": "mine"}},
}


def create(way, name="mine", **members):
    return way.lambda_.create_capacity_provider(**provider(name, **members))["CapacityProvider"]


def get(way, name="mine"):
    return way.lambda_.get_capacity_provider(CapacityProviderName=name)["CapacityProvider"]


def update(way, name="mine", **members):
    return way.lambda_.update_capacity_provider(CapacityProviderName=name, **members)["CapacityProvider"]


def delete(way, name="mine"):
    return way.lambda_.delete_capacity_provider(CapacityProviderName=name)["CapacityProvider"]


def names(way, **members):
    listed = way.lambda_.list_capacity_providers(**members)["CapacityProviders"]
    return [it["CapacityProviderArn"].rpartition(":")[2] for it in listed]


def not_found(arn=PROVIDER_ARN):
    return missing(f"Capacity provider not found: {arn}")


def busy(state):
    return conflict(f"The operation cannot be performed at this time. The capacity provider {PROVIDER_ARN} is {state}.")


IN_USE = conflict(f"The capacity provider {PROVIDER_ARN} is in use by one or more functions.")


@fact(154)
def test_a_capacity_provider_has_defaults(way):
    made = create(way)
    given = {name: value for name, value in PROVIDER.items() if name != "CapacityProviderName"}
    assert made == {
        **given,
        "CapacityProviderArn": PROVIDER_ARN,
        "State": "Pending",
        "InstanceRequirements": {"Architectures": ["x86_64"]},
        "CapacityProviderScalingConfig": {"MaxVCpuCount": 400, "ScalingMode": "Auto"},
        "LastModified": NOW,
    }
    assert get(way) == {**made, "State": "Active"}


def test_what_is_given_comes_back(way):
    made = create(way, **WHOLE)
    assert {name: made[name] for name in WHOLE} == WHOLE
    assert get(way) == {**made, "State": "Active"}


def test_an_update_changes_what_it_names_and_keeps_the_rest(way):
    create(way, **WHOLE)
    before = get(way)
    way.clock.advance(1)
    assert update(way) == {**before, "LastModified": NOW.replace("00.000", "01.000")}
    scaled = {"MaxVCpuCount": 32, "ScalingMode": "Auto"}
    changes = {"PropagateTags": {"Mode": "None"}, "TelemetryConfig": {"LoggingConfig": {"SystemLogLevel": "WARN"}}}
    cpus = {"CapacityProviderScalingConfig": {"MaxVCpuCount": 32}}
    kept = {**WHOLE["CapacityProviderScalingConfig"], "MaxVCpuCount": 32}
    assert update(way, **cpus)["CapacityProviderScalingConfig"] == kept
    changed = update(way, **changes, CapacityProviderScalingConfig={"ScalingMode": "Auto"})
    assert changed == {
        **before,
        **changes,
        "CapacityProviderScalingConfig": scaled,
        "LastModified": changed["LastModified"],
    }
    assert get(way) == changed


def test_a_capacity_provider_goes_once_its_deletion_is_read(way):
    made = create(way)
    get(way)
    assert delete(way) == {**made, "State": "Deleting"}
    way.refused(way.lambda_.get_capacity_provider, not_found(), CapacityProviderName="mine")
    assert create(way)["State"] == "Pending"


@pytest.mark.parametrize(
    "operation",
    [
        "get_capacity_provider",
        "update_capacity_provider",
        "delete_capacity_provider",
        "list_function_versions_by_capacity_provider",
    ],
)
@pytest.mark.parametrize(
    ("name", "arn"),
    [
        ("mine", PROVIDER_ARN),
        (PROVIDER_ARN, PROVIDER_ARN),
        (PROVIDER_ARN.replace("us-east-1", "eu-west-1"),) * 2,
        (PROVIDER_ARN.replace("1234", "9999"),) * 2,
    ],
    ids=["name", "arn", "region", "account"],
)  # fmt: skip
def test_one_that_is_not_there(way, operation, name, arn):
    way.refused(getattr(way.lambda_, operation), not_found(arn), CapacityProviderName=name)


def test_an_arn_is_a_name(way):
    made = create(way, PROVIDER_ARN)
    assert made["CapacityProviderArn"] == PROVIDER_ARN
    assert get(way, PROVIDER_ARN) == get(way, "mine")
    update(way, PROVIDER_ARN)
    assert delete(way, PROVIDER_ARN)["State"] == "Deleting"
    elsewhere = PROVIDER_ARN.replace("us-east-1", "eu-west-1")
    refusal = invalid(f"A capacity provider is created in the account and the Region of the call, not as {elsewhere}.")
    way.refused(way.lambda_.create_capacity_provider, refusal, **provider(elsewhere))


def test_a_name_is_taken_once(way):
    create(way)
    way.refused(
        way.lambda_.create_capacity_provider, conflict(f"Capacity provider already exists: {PROVIDER_ARN}"), **PROVIDER
    )


def test_nothing_else_happens_while_something_is_under_way(way):
    create(way)
    way.refused(way.lambda_.update_capacity_provider, busy("Pending"), CapacityProviderName="mine")
    way.refused(way.lambda_.delete_capacity_provider, busy("Pending"), CapacityProviderName="mine")
    get(way)
    delete(way)
    way.refused(way.lambda_.update_capacity_provider, busy("Deleting"), CapacityProviderName="mine")
    way.refused(way.lambda_.delete_capacity_provider, busy("Deleting"), CapacityProviderName="mine")
    way.refused(way.lambda_.create_function, not_found(), **creation(CapacityProviderConfig=MANAGED))


def test_states_end_by_the_emulators_clock(way):
    there = way.another(settle=5)
    create(there)
    there.clock.advance(4)
    assert get(there)["State"] == "Pending"
    assert names(there, State="Active") == []
    there.clock.advance(1)
    assert names(there, State="Active") == ["mine"]
    delete(there)
    there.clock.advance(4)
    assert names(there, State="Deleting") == ["mine"]
    there.clock.advance(1)
    there.refused(there.lambda_.list_tags, not_found(), Resource=PROVIDER_ARN)
    assert names(there) == []


def test_a_list_settles_what_it_shows_and_nothing_else(way):
    for name in ("a", "b", "mine"):
        create(way, name)
    assert names(way, State="Pending") == []
    assert names(way, MaxItems=1) == ["a"]
    assert update(way, "a")["State"] == "Active"
    way.refused(way.lambda_.update_capacity_provider, busy("Pending"), CapacityProviderName="mine")
    assert names(way, State="Active") == ["a", "b", "mine"]
    assert update(way)["State"] == "Active"


def test_a_page_is_full_beside_what_has_gone(way):
    for name in ("a", "b", "mine"):
        create(way, name)
        get(way, name)
    delete(way, "a")
    assert names(way, MaxItems=2) == ["b", "mine"]
    assert create(way, "a")["State"] == "Pending"


def test_instances_are_allowed_or_excluded(way):
    both = {"AllowedInstanceTypes": ["m7g.large"], "ExcludedInstanceTypes": ["m7i.large"]}
    refusal = invalid("AllowedInstanceTypes and ExcludedInstanceTypes cannot be specified together.")
    call = way.lambda_.create_capacity_provider
    way.refused(call, refusal, **provider(InstanceRequirements=both))
    assert names(way) == []


def test_an_account_has_a_thousand(way):
    for number in range(1000):
        way.emulator.create_capacity_provider(**provider(f"p{number}"))
    refusal = Refusal(
        "CapacityProviderLimitExceededException", 400, "The account has reached its limit of 1000 capacity providers."
    )
    way.refused(way.lambda_.create_capacity_provider, refusal, **PROVIDER)
    assert create(way.at(region="eu-west-1"))["State"] == "Pending"


def test_roles_are_looked_for_where_they_are_known(way):
    there = way.another(roles=lambda arn: arn == ROLE)
    refusal = invalid("The role defined for the function cannot be assumed by Lambda.")
    unknown = {"CapacityProviderOperatorRoleArn": f"{ROLE}-of-nobody"}
    there.refused(there.lambda_.create_capacity_provider, refusal, **provider(PermissionsConfig=unknown))
    assert create(there)["State"] == "Pending"


def test_they_are_listed_in_pages_by_name(way):
    for name in "cabed":
        create(way, name)
    pages = list(way.paginator("list_capacity_providers").paginate(PaginationConfig={"PageSize": 2}))
    listed = [it["CapacityProviderArn"][-1] for page in pages for it in page["CapacityProviders"]]
    assert (listed, len(pages)) == (list("abcde"), 3)
    way.refused(way.lambda_.list_capacity_providers, INVALID_MARKER, Marker="no marker!")


def test_a_capacity_provider_has_tags(way):
    create(way, Tags={"a": "1"})
    way.lambda_.tag_resource(Resource=PROVIDER_ARN, Tags={"b": "2"})
    way.lambda_.untag_resource(Resource=PROVIDER_ARN, TagKeys=["a"])
    assert way.lambda_.list_tags(Resource=PROVIDER_ARN)["Tags"] == {"b": "2"}
    many = {str(number): "" for number in range(51)}
    way.refused(way.lambda_.create_capacity_provider, TOO_MANY_TAGS, **provider("other", Tags=many))


# Functions on one


def test_a_function_runs_on_one_that_is_there(way, fn):
    way.refused(way.lambda_.create_function, not_found(), **creation("new", CapacityProviderConfig=MANAGED))
    with way.unchanged("fn"):
        change = way.lambda_.update_function_configuration
        way.refused(change, not_found(), FunctionName="fn", CapacityProviderConfig=MANAGED)
    create(way)
    made = way.lambda_.create_function(**creation("new", CapacityProviderConfig=MANAGED))
    assert made["CapacityProviderConfig"] == MANAGED
    changed = way.lambda_.update_function_configuration(FunctionName="fn", CapacityProviderConfig=MANAGED)
    assert changed["CapacityProviderConfig"] == MANAGED


def test_one_that_a_function_or_a_version_runs_on_stays(way):
    create(way)
    get(way)
    way.lambda_.create_function(**creation(CapacityProviderConfig=MANAGED, Publish=True))
    way.settled("fn")
    way.refused(way.lambda_.delete_capacity_provider, IN_USE, CapacityProviderName="mine")
    create(way, "other")
    other = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": f"{PROVIDER_ARN[:-4]}other"}}
    way.lambda_.update_function_configuration(FunctionName="fn", CapacityProviderConfig=other)
    way.refused(way.lambda_.delete_capacity_provider, IN_USE, CapacityProviderName="mine")
    way.lambda_.delete_function(FunctionName="fn", Qualifier="1")
    assert delete(way)["State"] == "Deleting"


def test_the_published_versions_on_one_are_listed_in_pages(way):
    create(way)
    versions = []
    for name in ("b", "a"):
        way.lambda_.create_function(**creation(name, CapacityProviderConfig=MANAGED, PublishTo="LATEST_PUBLISHED"))
        way.settled(name)
        way.lambda_.publish_version(FunctionName=name)
    way.lambda_.create_function(**creation("elsewhere", Publish=True))
    way.lambda_.update_function_code(FunctionName="b", ZipFile=ZIP_B, Publish=True)
    pages = way.paginator("list_function_versions_by_capacity_provider")
    pages = list(pages.paginate(CapacityProviderName="mine", PaginationConfig={"PageSize": 2}))
    assert {page["CapacityProviderArn"] for page in pages} == {PROVIDER_ARN}
    versions = [(it["FunctionArn"][len(ARN) - 2 :], it["State"]) for page in pages for it in page["FunctionVersions"]]
    assert versions == [
        ("a:$LATEST.PUBLISHED", "Active"),
        ("a:1", "Active"),
        ("b:$LATEST.PUBLISHED", "Active"),
        ("b:1", "Active"),
        ("b:2", "Pending"),
    ]
    call = way.lambda_.list_function_versions_by_capacity_provider
    way.refused(call, INVALID_MARKER, CapacityProviderName="mine", Marker="no marker!")


def test_a_hundred_versions_run_on_one(way):
    way = way.another(settle="instant")
    create(way)
    emulator = way.emulator
    emulator.create_function(**creation(CapacityProviderConfig=MANAGED, PublishTo="LATEST_PUBLISHED"))
    for number in range(99):
        emulator.update_function_configuration(FunctionName="fn", Description=str(number))
        emulator.publish_version(FunctionName="fn")
    emulator.update_function_configuration(FunctionName="fn", Description="last")
    refusal = Refusal(
        "FunctionVersionsPerCapacityProviderLimitExceededException",
        400,
        f"The capacity provider {PROVIDER_ARN} has reached its limit of 100 function versions.",
    )
    more = creation("more", CapacityProviderConfig=MANAGED, Publish=True)
    with way.unchanged("fn"):
        way.refused(way.lambda_.publish_version, refusal, FunctionName="fn")
        way.refused(way.lambda_.create_function, refusal, **more)
    replaced = way.lambda_.publish_version(FunctionName="fn", PublishTo="LATEST_PUBLISHED")
    assert replaced["Version"] == "$LATEST.PUBLISHED"
    assert way.lambda_.create_function(**{**more, "Publish": False})["Version"] == "$LATEST"
    way.lambda_.delete_function(FunctionName="fn", Qualifier="1")
    assert without_metadata(way.lambda_.publish_version(FunctionName="fn"))["Version"] == "100"


# Who may


def test_functions_are_put_on_one_by_who_may_pass_it(limited):
    way = limited(ADMIN, deny("lambda:PassCapacityProvider", resource=f"{PROVIDER_ARN}2"))
    create(way)
    create(way, "mine2")
    denied = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": f"{PROVIDER_ARN}2"}}
    with way.admin.unchanged("fn"):
        for call, parameters in (
            (way.lambda_.create_function, creation("new", CapacityProviderConfig=denied)),
            (way.lambda_.update_function_configuration, {"FunctionName": "fn", "CapacityProviderConfig": denied}),
        ):
            with pytest.raises(way.emulator.exceptions.ClientError, match="lambda:PassCapacityProvider"):
                call(**parameters)
    assert way.lambda_.create_function(**creation("new", CapacityProviderConfig=MANAGED))["State"] == "Pending"


def test_its_role_is_passed(limited):
    way = limited(allow("lambda:CreateCapacityProvider"))
    way.refused(way.lambda_.create_capacity_provider, not_allowed("iam:PassRole", ROLE), **PROVIDER)
