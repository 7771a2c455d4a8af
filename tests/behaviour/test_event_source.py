"""Event source mappings: create, get, update, delete, list (facts 18)."""

from __future__ import annotations

import datetime as dt

import pytest
from event_sources import (
    DEFAULTS,
    FAILURES,
    KEY,
    NOBODY,
    NOT_FOUND,
    NOW,
    QUEUE,
    SECRET,
    SOURCES,
    create,
    delete,
    get,
    ids,
    in_use,
    settled,
    unsupported,
    update,
)
from policies import ADMIN, allow, deny, policy
from texts import INVALID_MARKER, TOO_MANY_TAGS, invalid, missing
from world import ACCOUNT, ANY_UUID, ARN, REGION, creation

fact = pytest.mark.fact


# What is made, by its source


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("sqs", id="fact611-sqs"),
        pytest.param("kinesis", id="fact612-kinesis"),
        pytest.param("dynamodb", id="fact612-dynamodb"),
        "msk",
        pytest.param("kafka", id="fact613-kafka"),
        "mq",
        "documentdb",
    ],
)
def test_a_mapping_has_the_defaults_of_its_source(way, fn, kind):
    made = create(way, **SOURCES[kind])
    assert made == {
        **SOURCES[kind],
        **DEFAULTS[kind],
        "UUID": ANY_UUID,
        "EventSourceMappingArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:event-source-mapping:{made['UUID']}",
        "FunctionArn": ARN,
        "LastModified": NOW,
    }
    groups = [config["ConsumerGroupId"] for name, config in made.items() if name.endswith("KafkaEventSourceConfig")]
    assert groups in ([], [made["UUID"]])
    assert get(way, made) == {**made, "State": "Enabled"}


#: What each kind takes beyond the least, of which nothing is lost.
REGISTRY = {
    "SchemaRegistryURI": "https://registry",
    "EventRecordFormat": "JSON",
    "AccessConfigs": [{"Type": "BASIC_AUTH", "URI": SECRET[0]["URI"]}],
    "SchemaValidationConfigs": [{"Attribute": "KEY"}],
}
EVERYWHERE = {
    "BatchSize": 7,
    "MaximumBatchingWindowInSeconds": 5,
    "FilterCriteria": {"Filters": [{"Pattern": '{"body": {"a": [1]}}'}]},
    "KMSKeyArn": KEY,
    "MetricsConfig": {"Metrics": ["EventCount"]},
}
TRIED_AGAIN = {
    "DestinationConfig": FAILURES,
    "MaximumRecordAgeInSeconds": 60,
    "MaximumRetryAttempts": 3,
    "BisectBatchOnFunctionError": True,
}
SHARDED = {"ParallelizationFactor": 2, "TumblingWindowInSeconds": 30, **TRIED_AGAIN}
REPORTED = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
OF_KAFKA = {
    **TRIED_AGAIN,
    **REPORTED,
    "LoggingConfig": {"SystemLogLevel": "DEBUG"},
    "MetricsConfig": {"Metrics": ["EventCount", "ErrorCount", "KafkaMetrics"]},
    "SourceAccessConfigurations": [{"Type": "SASL_SCRAM_512_AUTH", "URI": SECRET[0]["URI"]}],
    "ProvisionedPollerConfig": {"MinimumPollers": 1, "MaximumPollers": 2000, "PollerGroupName": "group"},
}
WHOLE = {
    "sqs": {
        **REPORTED,
        "ScalingConfig": {"MaximumConcurrency": 2},
        "ProvisionedPollerConfig": {"MinimumPollers": 2, "MaximumPollers": 10000},
    },
    "kinesis": {**SHARDED, **REPORTED},
    "dynamodb": {**SHARDED, **REPORTED},
    "msk": {
        **OF_KAFKA,
        "AmazonManagedKafkaEventSourceConfig": {"ConsumerGroupId": "group", "SchemaRegistryConfig": REGISTRY},
    },
    "kafka": {
        **OF_KAFKA,
        "SelfManagedKafkaEventSourceConfig": {
            "ConsumerGroupId": "group",
            "SchemaRegistryConfig": REGISTRY,
            "ConsumptionMode": "Stream",
        },
    },
    "mq": {},
    "documentdb": {
        "DocumentDBEventSourceConfig": {
            "DatabaseName": "mine",
            "CollectionName": "all",
            "FullDocument": "UpdateLookup",
        },
    },
}


@fact(615)
@pytest.mark.parametrize("kind", WHOLE)
def test_what_is_given_comes_back(way, fn, kind):
    given = {**SOURCES[kind], **EVERYWHERE, **WHOLE[kind]}
    made = create(way, **given)
    assert {name: made[name] for name in given} == given
    assert get(way, made) == {**made, "State": "Enabled"}


@pytest.mark.parametrize("kind", WHOLE)
def test_an_update_changes_what_it_names_and_keeps_the_rest(way, fn, kind):
    made = settled(way, kind)
    given = {**EVERYWHERE, **WHOLE[kind]}
    given = {name: value for name, value in given.items() if name not in ("AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig")}  # fmt: skip
    way.clock.advance(1)
    changed = update(way, made, **given)
    assert changed == {**made, **given, "State": "Updating", "LastModified": NOW + dt.timedelta(seconds=1)}
    assert get(way, made) == {**changed, "State": "Enabled"}
    assert update(way, made, BatchSize=8) == {**changed, "BatchSize": 8}


def test_what_is_sent_empty_is_taken_away(way, fn):
    made = settled(way, **EVERYWHERE, ScalingConfig={"MaximumConcurrency": 2})
    gone = {"ScalingConfig": {}, "MetricsConfig": {}, "FilterCriteria": {}, "KMSKeyArn": ""}
    assert not set(gone) & set(update(way, made, **gone))


def test_a_destination_is_taken_away(way, fn):
    made = settled(way, "kinesis", DestinationConfig=FAILURES)
    assert update(way, made, DestinationConfig={"OnFailure": {"Destination": ""}})["DestinationConfig"] == {
        "OnFailure": {}
    }
    made = settled(way, "msk", DestinationConfig=FAILURES)
    assert "DestinationConfig" not in update(way, made, DestinationConfig={"OnFailure": {}})


def test_a_consumer_group_stays_and_its_registry_may_change(way, fn):
    refusal = invalid("ConsumerGroupId cannot be updated.")
    for kind, member in (
        ("msk", "AmazonManagedKafkaEventSourceConfig"),
        ("kafka", "SelfManagedKafkaEventSourceConfig"),
    ):
        made = settled(way, kind)
        call = way.lambda_.update_event_source_mapping
        way.refused(call, refusal, UUID=made["UUID"], **{member: {"ConsumerGroupId": "other"}})
        changed = update(way, made, **{member: {"SchemaRegistryConfig": REGISTRY}})
        assert changed[member] == {"ConsumerGroupId": made["UUID"], "SchemaRegistryConfig": REGISTRY}


def test_a_share_group_has_no_position_and_gives_up(way, fn):
    shared = {"SelfManagedKafkaEventSourceConfig": {"ConsumptionMode": "Queue"}}
    made = create(way, **SOURCES["kafka"], **shared)
    assert (made.get("StartingPosition"), made["MaximumRetryAttempts"]) == (None, 0)
    call = way.lambda_.create_event_source_mapping
    given = {"FunctionName": "fn", **SOURCES["kafka"], **shared}
    way.refused(call, unsupported("StartingPosition"), **given, StartingPosition="LATEST")
    refusal = invalid("MaximumRetryAttempts of -1 is not supported when ConsumptionMode is Queue.")
    way.refused(call, refusal, **given, MaximumRetryAttempts=-1)


# Names of functions


@pytest.mark.parametrize(
    ("name", "shown"),
    [("fn", ARN), (ARN, ARN), (f"{ACCOUNT}:function:fn", ARN), ("fn:1", f"{ARN}:1"), (f"{ARN}:prod", f"{ARN}:prod"), ("fn:$LATEST", f"{ARN}:$LATEST")],
)  # fmt: skip
def test_a_function_is_named_in_every_form(way, fn, name, shown):
    way.lambda_.publish_version(FunctionName="fn")
    way.lambda_.create_alias(FunctionName="fn", Name="prod", FunctionVersion="1")
    made = create(way, **SOURCES["sqs"], FunctionName=name)
    assert made["FunctionArn"] == shown
    assert ids(way, FunctionName=name) == {made["UUID"]}


def test_an_update_names_another_function(way, fn):
    way.lambda_.create_function(**creation("other"))
    made = settled(way)
    assert update(way, made, FunctionName="other")["FunctionArn"] == f"{ARN[:-2]}other"


# States


@fact(610, 614)
def test_a_mapping_is_made_changed_disabled_enabled_and_deleted(way, fn):
    made = create(way, **SOURCES["sqs"])
    assert get(way, made)["State"] == "Enabled"
    for change, state, end in [
        ({"BatchSize": 5}, "Updating", "Enabled"),
        ({"Enabled": False}, "Disabling", "Disabled"),
        ({"Enabled": False}, "Updating", "Disabled"),
        ({"BatchSize": 6}, "Updating", "Disabled"),
        ({"Enabled": True}, "Enabling", "Enabled"),
        ({"Enabled": True, "BatchSize": 7}, "Enabling", "Enabled"),
    ]:
        assert update(way, made, **change)["State"] == state
        assert get(way, made)["State"] == end
    assert delete(way, made) == {**made, "BatchSize": 7, "State": "Deleting"}
    way.refused(way.lambda_.get_event_source_mapping, NOT_FOUND, UUID=made["UUID"])


@fact(614)
def test_a_mapping_may_begin_disabled(way, fn):
    made = create(way, **SOURCES["sqs"], Enabled=False)
    assert made["State"] == "Disabled"
    assert get(way, made) == made
    assert delete(way, made)["State"] == "Deleting"


def test_nothing_else_happens_while_something_is_under_way(way, fn):
    made = create(way, **SOURCES["sqs"])

    def refuse_both():
        way.refused(way.lambda_.update_event_source_mapping, in_use("update"), UUID=made["UUID"], BatchSize=4)
        way.refused(way.lambda_.delete_event_source_mapping, in_use("delete"), UUID=made["UUID"])

    refuse_both()
    get(way, made)
    update(way, made, BatchSize=3)
    refuse_both()
    get(way, made)
    delete(way, made)
    refuse_both()


def test_states_end_by_the_emulators_clock(way):
    there = way.another(settle=5)
    there.lambda_.create_function(**creation())
    made = create(there, **SOURCES["sqs"])
    states = []
    for act in (lambda: None, lambda: update(there, made, Enabled=False), lambda: delete(there, made)):
        act()
        there.clock.advance(4)
        states.append(get(there, made)["State"])
        there.clock.advance(1)
    assert states == ["Creating", "Disabling", "Deleting"]
    assert ids(there) == set()
    tags = missing(f"Event source mapping not found: {made['EventSourceMappingArn']}")
    there.refused(there.lambda_.list_tags, tags, Resource=made["EventSourceMappingArn"])
    there.refused(there.lambda_.delete_event_source_mapping, NOT_FOUND, UUID=made["UUID"])


def test_what_settles_at_once_never_conflicts(way):
    there = way.another(settle="instant")
    there.lambda_.create_function(**creation())
    made = create(there, **SOURCES["sqs"])
    assert update(there, made, BatchSize=2)["State"] == "Updating"
    assert delete(there, made)["State"] == "Deleting"
    there.refused(there.lambda_.delete_event_source_mapping, NOT_FOUND, UUID=made["UUID"])
    assert create(there, **SOURCES["sqs"])["UUID"] != made["UUID"]


def test_a_list_settles_what_it_shows_and_nothing_else(way, fn):
    way.lambda_.create_function(**creation("other"))
    here, there = create(way, **SOURCES["sqs"]), create(way, **SOURCES["sqs"], FunctionName="other")
    assert ids(way, FunctionName="other") == {there["UUID"]}
    assert update(way, there, BatchSize=2)["State"] == "Updating"
    busy = "Cannot update the event source mapping because it is in use."
    with pytest.raises(way.emulator.exceptions.ClientError, match=busy):
        update(way, here, BatchSize=2)
    first, second = sorted([here, there], key=lambda mapping: mapping["UUID"])
    get(way, here)
    get(way, there)
    delete(way, first)
    delete(way, second)
    assert ids(way, FunctionName="fn") == set()
    assert create(way, **SOURCES["sqs"])["UUID"] != here["UUID"]


def test_a_page_settles_no_mapping_behind_it(way, fn):
    made = sorted((create(way, **SOURCES[kind]) for kind in ("sqs", "kinesis")), key=lambda it: it["UUID"])
    page = way.lambda_.list_event_source_mappings(MaxItems=1)
    assert [it["UUID"] for it in page["EventSourceMappings"]] == [made[0]["UUID"]]
    assert update(way, made[0], BatchSize=2)["State"] == "Updating"
    with pytest.raises(way.emulator.exceptions.ClientError, match="because it is in use"):
        update(way, made[1], BatchSize=2)
    rest = way.lambda_.list_event_source_mappings(Marker=page["NextMarker"])["EventSourceMappings"]
    assert [it["UUID"] for it in rest] == [made[1]["UUID"]]


@fact(620)
@pytest.mark.parametrize("operation", ["get", "update", "delete"])
def test_a_mapping_that_is_not_there(way, operation):
    way.refused(getattr(way.lambda_, f"{operation}_event_source_mapping"), NOT_FOUND, UUID=NOBODY)


@fact(387, 616)
def test_a_mapping_survives_its_function(way, fn):
    made = settled(way)
    way.lambda_.delete_function(FunctionName="fn")
    assert get(way, made) == made
    assert ids(way, FunctionName="fn") == {made["UUID"]}
    assert delete(way, made)["State"] == "Deleting"
    assert ids(way) == set()


# Lists


@fact(617)
def test_a_list_is_of_a_source_of_a_function_or_of_both(way, fn):
    way.lambda_.create_function(**creation("other"))
    one = create(way, **SOURCES["sqs"])["UUID"]
    two = create(way, **SOURCES["kinesis"])["UUID"]
    three = create(way, **SOURCES["sqs"], FunctionName="other")["UUID"]
    four = create(way, **SOURCES["kafka"])["UUID"]
    for given, expected in [
        ({}, {one, two, three, four}),
        ({"EventSourceArn": QUEUE}, {one, three}),
        ({"FunctionName": "fn"}, {one, two, four}),
        ({"FunctionName": ARN, "EventSourceArn": QUEUE}, {one}),
        ({"FunctionName": "fn:prod"}, set()),
        ({"FunctionName": "nobody"}, set()),
        ({"FunctionName": ARN.replace("us-east-1", "eu-west-1")}, set()),
        ({"FunctionName": ARN.replace("1234", "9999")}, set()),
        ({"EventSourceArn": QUEUE.replace(ACCOUNT, "210987654321")}, set()),
    ]:
        assert ids(way, **given) == expected, given


def test_a_list_comes_in_pages(way, fn):
    made = {create(way, EventSourceArn=f"{QUEUE}{number}")["UUID"] for number in range(5)}
    pages = way.paginator("list_event_source_mappings")
    pages = list(pages.paginate(FunctionName="fn", PaginationConfig={"PageSize": 2}))
    assert [len(page["EventSourceMappings"]) for page in pages] == [2, 2, 1]
    assert {mapping["UUID"] for page in pages for mapping in page["EventSourceMappings"]} == made
    assert {mapping["State"] for page in pages for mapping in page["EventSourceMappings"]} == {"Enabled"}
    way.refused(way.lambda_.list_event_source_mappings, INVALID_MARKER, Marker="no marker!")


def test_worlds_have_mappings_of_their_own(way, fn):
    made = create(way, **SOURCES["sqs"])
    there = way.at(region="eu-west-1")
    assert ids(there) == set()
    there.refused(there.lambda_.get_event_source_mapping, NOT_FOUND, UUID=made["UUID"])


# Tags


@fact(152)
def test_a_mapping_has_tags(way, fn):
    made = create(way, **SOURCES["sqs"], Tags={"a": "1"})
    arn = made["EventSourceMappingArn"]
    way.lambda_.tag_resource(Resource=arn, Tags={"b": "2"})
    way.lambda_.untag_resource(Resource=arn, TagKeys=["a"])
    assert way.lambda_.list_tags(Resource=arn)["Tags"] == {"b": "2"}
    refusal = missing(f"Event source mapping not found: {arn[:-36]}{NOBODY}")
    way.refused(way.lambda_.list_tags, refusal, Resource=f"{arn[:-36]}{NOBODY}")


def test_a_mapping_has_fifty_tags_at_most(way, fn):
    tags = {str(number): "" for number in range(51)}
    way.refused(way.lambda_.create_event_source_mapping, TOO_MANY_TAGS, FunctionName="fn", **SOURCES["sqs"], Tags=tags)
    assert ids(way) == set()


# Who may


def test_the_function_of_a_mapping_is_a_condition(limited):
    way = limited(allow("lambda:*", Condition={"ArnLike": {"lambda:FunctionArn": f"{ARN}*"}}))
    way.admin.lambda_.create_function(**creation("other"))
    made = create(way, **SOURCES["sqs"])
    assert get(way, made)["UUID"] == made["UUID"]
    call = way.lambda_.create_event_source_mapping
    with pytest.raises(way.emulator.exceptions.ClientError, match="AccessDenied"):
        call(FunctionName="other", **SOURCES["sqs"])
    other = create(way.admin, **SOURCES["sqs"], FunctionName="other")
    with pytest.raises(way.emulator.exceptions.ClientError, match="AccessDenied"):
        get(way, other)


def test_a_mapping_moves_only_to_a_function_that_is_allowed(limited):
    way = limited(allow("lambda:*", Condition={"ArnLike": {"lambda:FunctionArn": [ARN, f"{ARN}:*"]}}))
    way.admin.lambda_.create_function(**creation("other"))
    way.admin.lambda_.publish_version(FunctionName="fn")
    made = settled(way)
    with pytest.raises(way.emulator.exceptions.ClientError, match="AccessDenied"):
        update(way, made, FunctionName="other")
    assert get(way, made)["FunctionArn"] == ARN
    assert update(way, made, FunctionName="fn:1")["FunctionArn"] == f"{ARN}:1"


def test_filters_under_a_key_are_for_who_may_read_them(way):
    denied = policy(ADMIN, deny("kms:Decrypt"))
    there = way.another(iam={"ADMIN": policy(ADMIN), "*": denied})
    admin = there.at(access_key_id="ADMIN")
    admin.lambda_.create_function(**creation())
    criteria = {"Filters": [{"Pattern": '{"a": [1]}'}]}
    made = settled(admin, FilterCriteria=criteria, KMSKeyArn=KEY)
    assert made["FilterCriteria"] == criteria
    hidden = get(there, made)
    assert "FilterCriteria" not in hidden
    assert hidden["FilterCriteriaError"]["ErrorCode"] == "AccessDeniedException"
    assert "kms:Decrypt" in hidden["FilterCriteriaError"]["Message"]
    listed = admin.lambda_.list_event_source_mappings()["EventSourceMappings"]
    assert [set(made) - set(mapping) for mapping in listed] == [{"FilterCriteria"}]
