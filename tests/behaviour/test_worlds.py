"""Accounts and Regions are worlds of their own; emulators too; clock and seed (promise: same seed, same bytes)."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from published import LAYER, READ
from texts import not_found
from world import ACCOUNT, ARN, MANAGED, NOW, PROVIDER, ZIP_A, ZIP_B, configuration, creation

import drylambda

rule = pytest.mark.rule


class TestScopes:
    @rule("F7", "F8")
    @pytest.mark.parametrize(
        ("region", "partition"),
        [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("ap-southeast-5", "aws")],
    )
    def test_another_region_is_another_world(self, way, fn, region, partition):
        there = way.at(region=region)
        arn = f"arn:{partition}:lambda:{region}:123456789012:function:fn"
        there.refused(there.lambda_.get_function, not_found(arn), FunctionName="fn")
        made = there.lambda_.create_function(**creation(ZipFile=ZIP_B))
        assert made["FunctionArn"] == arn
        assert made["RuntimeVersionConfig"]["RuntimeVersionArn"].startswith(
            f"arn:{partition}:lambda:{region}::runtime:"
        )
        assert there.settled(arn)["FunctionArn"] == arn
        location = there.lambda_.get_function(FunctionName="fn")["Code"]["Location"]
        assert way.emulator.download(location) == ZIP_B
        assert way.settled("fn") == fn == configuration()
        assert [it["FunctionArn"] for it in there.lambda_.list_functions()["Functions"]] == [arn]

    @rule("F7")
    def test_another_account_is_another_world(self, way, fn):
        there = way.at(account_id="210987654321")
        arn = ARN.replace("123456789012", "210987654321")
        made = there.lambda_.create_function(**creation(ZipFile=ZIP_B))
        assert made["FunctionArn"] == arn
        usage = there.lambda_.get_account_settings()["AccountUsage"]
        assert usage == {"TotalCodeSize": len(ZIP_B), "FunctionCount": 1}
        assert way.lambda_.get_account_settings()["AccountUsage"] == {"TotalCodeSize": len(ZIP_A), "FunctionCount": 1}
        there.lambda_.delete_function(FunctionName=arn)
        assert way.settled("fn") == fn

    @pytest.mark.parametrize("depth", ["wire", "call"])
    def test_an_access_key_of_twelve_digits_is_an_account(self, depth):
        emulator = drylambda.Lambda(seed=1)
        client = emulator.client(
            depth=depth, aws_access_key_id="210987654321", aws_secret_access_key="x", region_name="sa-east-1"
        )
        made = client.create_function(**creation())
        assert made["FunctionArn"] == "arn:aws:lambda:sa-east-1:210987654321:function:fn"
        assert emulator.list_functions()["Functions"] == []

    def test_every_way_calls_in_the_name_of_the_views_access_key(self, way):
        there = way.at(access_key_id="210987654321")
        assert there.lambda_.create_function(**creation())["FunctionArn"] == ARN.replace(ACCOUNT, "210987654321")
        assert way.lambda_.list_functions()["Functions"] == []

    def test_what_is_no_region_or_account_is_a_mistake_of_the_caller(self):
        for options in ({"account_id": "1"}, {"account_id": "12345678901x"}, {"region": ""}, {"region": "x/y"}):
            with pytest.raises(ValueError, match=r"account_id|region"):
                drylambda.Lambda(**options)

    def test_a_view_shares_clock_and_settling(self, way):
        there = way.another(settle=1).at(region="eu-west-1")
        there.lambda_.create_function(**creation())
        there.clock.advance(1)
        assert there.settled("fn")["State"] == "Active"


class TestReset:
    def test_everything_is_forgotten_in_every_world(self, way, fn):
        there = way.at(region="eu-west-1")
        there.lambda_.create_function(**creation())
        way.emulator.reset()
        for world in (way, there):
            assert world.lambda_.list_functions()["Functions"] == []
        way.lambda_.create_function(**creation())
        assert way.settled("fn") == configuration()


class TestClock:
    def test_an_emulator_with_a_seed_stands_at_the_beginning_of_2026(self, way):
        assert way.clock.frozen
        assert way.clock.time() == dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc).timestamp()
        assert way.lambda_.create_function(**creation())["LastModified"] == NOW

    def test_an_emulator_without_one_has_the_systems_time(self):
        clock = drylambda.Lambda().clock
        assert not clock.frozen
        before = dt.datetime.now(dt.timezone.utc).timestamp()
        assert before - 1 <= clock.time() <= before + 60

    @pytest.mark.parametrize(
        "moment",
        [
            "2024-02-29T12:00:00+00:00",
            "2024-02-29T12:00:00Z",
            "2024-02-29T13:00:00+01:00",
            "2024-02-29T12:00:00",
            dt.datetime(2024, 2, 29, 12, tzinfo=dt.timezone.utc),
            dt.datetime(2024, 2, 29, 12),  # noqa: DTZ001 - one without a zone is UTC
            1709208000,
            1709208000.0,
        ],
        ids=repr,
    )
    def test_it_is_frozen_moved_and_let_go(self, way, moment):
        way.clock.freeze(moment)
        assert way.lambda_.create_function(**creation())["LastModified"] == "2024-02-29T12:00:00.000+0000"
        way.clock.advance(86400.001)
        assert way.lambda_.create_function(**creation("two"))["LastModified"] == "2024-03-01T12:00:00.001+0000"
        way.clock.resume()
        assert not way.clock.frozen
        way.clock.freeze()
        assert way.clock.frozen
        assert way.clock.time() == way.clock.time()


ON_LAYER = {"LayerName": "tools", "VersionNumber": 1}
PROFILE = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/mine/1234567890"
ON_ALIAS = {"FunctionName": "fn", "Qualifier": "prod"}
EXECUTION = "arn:aws:lambda:us-east-1:123456789012:function:fn:1/durable-execution/order-7/0f4b1c52"
# Operations on durable executions, of which there are none.
OF_EXECUTION = {
    *("get_durable_execution", "get_durable_execution_history", "delete_durable_execution"),
    *("stop_durable_execution", "pause_durable_execution", "resume_durable_execution"),
}
FROM_WITHIN = {"checkpoint_durable_execution", "get_durable_execution_state"}
OF_CALLBACK = {f"send_durable_execution_callback_{it}" for it in ("success", "failure", "heartbeat")}
GRANT = {"Action": "lambda:GetFunction", "Principal": "210987654321"}
POLICY = json.dumps({"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": ARN}})
CONFIG = object()  # stands for the configuration that the script made
MAPPING = object()  # stands for its event source mapping


def script(way):
    """Every built operation at least once, with successes and refusals; yields what came of each call."""
    from botocore.exceptions import ClientError

    calls = [
        ("create_function", creation(Environment={"Variables": {"KEY": "ü"}}, Tags={"a": "b"}, Publish=True)),
        ("create_function", creation()),
        ("update_function_code", {"FunctionName": "fn", "ZipFile": ZIP_B}),
        ("get_function", {"FunctionName": "fn"}),
        ("update_function_code", {"FunctionName": "fn", "ZipFile": ZIP_B, "DryRun": True}),
        ("update_function_code", {"FunctionName": "fn", "ZipFile": ZIP_B, "Publish": True}),
        ("update_function_code", {"FunctionName": "fn", "ZipFile": ZIP_B}),
        ("get_function_configuration", {"FunctionName": "fn", "Qualifier": "2"}),
        ("update_function_code", {"FunctionName": "fn", "ZipFile": b"nothing"}),
        ("update_function_code", {"FunctionName": "fn", "ZipFile": bytes(70_000)}),
        (
            "update_function_configuration",
            {"FunctionName": "fn", "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
        ),
        ("publish_version", {"FunctionName": "fn"}),
        ("get_function_configuration", {"FunctionName": "fn:$LATEST"}),
        ("publish_version", {"FunctionName": "fn", "Description": "words"}),
        ("publish_version", {"FunctionName": "fn", "CodeSha256": "wrong"}),
        ("create_alias", {"FunctionName": "fn", "Name": "prod", "FunctionVersion": "1"}),
        (
            "update_alias",
            {"FunctionName": "fn", "Name": "prod", "RoutingConfig": {"AdditionalVersionWeights": {"2": 1}}},
        ),
        ("get_alias", {"FunctionName": "fn", "Name": "prod"}),
        ("get_alias", {"FunctionName": "fn", "Name": "none"}),
        ("list_aliases", {"FunctionName": "fn", "MaxItems": 1}),
        ("list_versions_by_function", {"FunctionName": "fn", "MaxItems": 2}),
        ("list_functions", {"FunctionVersion": "ALL", "MaxItems": 1}),
        ("tag_resource", {"Resource": ARN, "Tags": {"c": "d"}}),
        ("untag_resource", {"Resource": ARN, "TagKeys": ["a"]}),
        ("list_tags", {"Resource": ARN}),
        ("get_account_settings", {}),
        ("put_function_concurrency", {"FunctionName": "fn", "ReservedConcurrentExecutions": 5}),
        ("get_function_concurrency", {"FunctionName": "fn"}),
        ("delete_function_concurrency", {"FunctionName": "fn"}),
        ("put_provisioned_concurrency_config", {**ON_ALIAS, "ProvisionedConcurrentExecutions": 2}),
        ("get_provisioned_concurrency_config", ON_ALIAS),
        ("list_provisioned_concurrency_configs", {"FunctionName": "fn"}),
        ("delete_provisioned_concurrency_config", ON_ALIAS),
        ("list_durable_executions_by_function", {"FunctionName": "fn"}),
        *((operation, {"DurableExecutionArn": EXECUTION}) for operation in sorted(OF_EXECUTION)),
        *(
            (operation, {"DurableExecutionArn": EXECUTION, "CheckpointToken": "dG9rZW4="})
            for operation in sorted(FROM_WITHIN)
        ),
        *((operation, {"CallbackId": "Y2FsbA=="}) for operation in sorted(OF_CALLBACK)),
        ("create_function_url_config", {"FunctionName": "fn", "AuthType": "NONE"}),
        ("update_function_url_config", {"FunctionName": "fn", "AuthType": "AWS_IAM"}),
        ("get_function_url_config", {"FunctionName": "fn"}),
        ("list_function_url_configs", {"FunctionName": "fn"}),
        ("delete_function_url_config", {"FunctionName": "fn"}),
        ("add_permission", {"FunctionName": "fn", "StatementId": "one", **GRANT}),
        ("add_permission", {"FunctionName": "fn", "StatementId": "two", **GRANT}),
        ("get_policy", {"FunctionName": "fn"}),
        ("remove_permission", {"FunctionName": "fn", "StatementId": "one"}),
        ("put_resource_policy", {"ResourceArn": ARN, "Policy": POLICY}),
        ("get_resource_policy", {"ResourceArn": ARN}),
        ("delete_resource_policy", {"ResourceArn": ARN}),
        ("put_function_event_invoke_config", {"FunctionName": "fn", "MaximumRetryAttempts": 1}),
        ("update_function_event_invoke_config", {"FunctionName": "fn", "MaximumEventAgeInSeconds": 60}),
        ("get_function_event_invoke_config", {"FunctionName": "fn"}),
        ("list_function_event_invoke_configs", {"FunctionName": "fn"}),
        ("delete_function_event_invoke_config", {"FunctionName": "fn"}),
        ("put_function_recursion_config", {"FunctionName": "fn", "RecursiveLoop": "Allow"}),
        ("get_function_recursion_config", {"FunctionName": "fn"}),
        ("put_runtime_management_config", {"FunctionName": "fn", "UpdateRuntimeOn": "FunctionUpdate"}),
        ("get_runtime_management_config", {"FunctionName": "fn"}),
        ("create_code_signing_config", {"AllowedPublishers": {"SigningProfileVersionArns": [PROFILE]}}),
        ("list_code_signing_configs", {}),
        ("get_code_signing_config", {"CodeSigningConfigArn": CONFIG}),
        ("update_code_signing_config", {"CodeSigningConfigArn": CONFIG, "Description": "words"}),
        ("put_function_code_signing_config", {"FunctionName": "fn", "CodeSigningConfigArn": CONFIG}),
        ("list_functions_by_code_signing_config", {"CodeSigningConfigArn": CONFIG}),
        ("get_function_code_signing_config", {"FunctionName": "fn"}),
        ("delete_function_code_signing_config", {"FunctionName": "fn"}),
        ("delete_code_signing_config", {"CodeSigningConfigArn": CONFIG}),
        ("publish_layer_version", {"LayerName": "tools", "Content": {"ZipFile": ZIP_A}}),
        ("get_layer_version", ON_LAYER),
        ("get_layer_version_by_arn", {"Arn": f"{LAYER}:1"}),
        ("list_layers", {}),
        ("list_layer_versions", {"LayerName": "tools", "CompatibleRuntime": "java21"}),
        ("add_layer_version_permission", {**ON_LAYER, "StatementId": "in", "Action": READ, "Principal": "*"}),
        ("get_layer_version_policy", ON_LAYER),
        ("remove_layer_version_permission", {**ON_LAYER, "StatementId": "in"}),
        ("get_layer_version_policy", ON_LAYER),
        ("delete_layer_version", ON_LAYER),
        ("create_capacity_provider", PROVIDER),
        ("get_capacity_provider", {"CapacityProviderName": "mine"}),
        ("update_capacity_provider", {"CapacityProviderName": "mine"}),
        ("list_capacity_providers", {}),
        ("create_function", creation("managed", CapacityProviderConfig=MANAGED, Publish=True)),
        ("list_function_versions_by_capacity_provider", {"CapacityProviderName": "mine"}),
        ("put_function_scaling_config", {"FunctionName": "managed", "Qualifier": "1"}),
        ("get_function_scaling_config", {"FunctionName": "managed", "Qualifier": "1"}),
        ("delete_capacity_provider", {"CapacityProviderName": "mine"}),
        ("delete_function", {"FunctionName": "managed"}),
        ("delete_capacity_provider", {"CapacityProviderName": "mine"}),
        (
            "create_event_source_mapping",
            {"FunctionName": "fn", "EventSourceArn": ARN.replace("lambda", "sqs"), "Tags": {"a": "b"}},
        ),
        ("update_event_source_mapping", {"UUID": MAPPING, "BatchSize": 1}),
        ("get_event_source_mapping", {"UUID": MAPPING}),
        ("update_event_source_mapping", {"UUID": MAPPING, "BatchSize": 1}),
        ("list_event_source_mappings", {"FunctionName": "fn"}),
        ("delete_event_source_mapping", {"UUID": MAPPING}),
        ("delete_alias", {"FunctionName": "fn", "Name": "prod"}),
        ("delete_function", {"FunctionName": "fn", "Qualifier": "1"}),
        ("delete_function", {"FunctionName": "fn:$LATEST"}),
        ("get_function", {"FunctionName": ARN.replace("1234", "9999")}),
        ("get_function", {"FunctionName": "fn!"}),
        ("invoke", {"FunctionName": "fn"}),
        ("invoke_with_response_stream", {"FunctionName": "fn", "Payload": "7"}),
        ("invoke_async", {"FunctionName": "fn", "InvokeArgs": b"{}"}),
        ("delete_function", {"FunctionName": "fn"}),
    ]
    config = mapping = None
    way.emulator.bind("fn", lambda event, _: event)
    for operation, parameters in calls:
        way.clock.advance(0.25)
        stands = {CONFIG: config, MAPPING: mapping}
        given = {name: stands[value] if value in (CONFIG, MAPPING) else value for name, value in parameters.items()}
        try:
            answer = with_bodies_read(getattr(way.lambda_, operation)(**given))
            config = answer.get("CodeSigningConfig", {}).get("CodeSigningConfigArn", config)
            mapping = answer.get("UUID", mapping)
            yield operation, "answered", answer
        except ClientError as error:
            notes = [note for note in getattr(error, "__notes__", []) if note.startswith("drylambda")]
            yield operation, type(error).__name__, {**error.response, "told": str(error), "notes": notes}


def with_bodies_read(answer):
    """What of an answer is read piece by piece, as a whole."""
    readers = {"Payload": lambda body: body.read(), "EventStream": list}
    return {name: readers[name](value) if name in readers else value for name, value in answer.items()}


def without_length(answers):
    for _, _, answer in answers:
        answer["ResponseMetadata"]["HTTPHeaders"].pop("content-length", None)
    return answers


def without_socket(way, calls):
    """Write calls without what a server says of itself: its port, which links have, and the system's time."""
    text = repr(list(calls))
    return re.sub(r"(?<=http://127\.0\.0\.1):\d+|, 'date': '[^']+'", "", text) if way.kind == "http" else text


class TestSeeds:
    def test_the_same_seed_gives_the_same_answers_again(self, way):
        once = without_socket(way, script(way))
        assert without_socket(way, script(way.another(seed=1))) == once
        assert without_socket(way, script(way.another(seed=2))) != once

    def test_every_way_in_gives_the_same_answers(self, ways):
        names = {"answered", "ClientError"}
        direct, client, call = (without_length(list(script(ways[it]))) for it in ("direct", "client", "call"))
        assert client == call
        assert [(it[0], it[2]) for it in direct] == [(it[0], it[2]) for it in client]
        # A boto3 client has classes for the model's codes, the direct face for all of them.
        for one, other in zip(direct, client, strict=True):
            assert one[1] == other[1] or other[1] in names

    def test_the_script_has_every_built_operation(self, way):
        from botocore import xform_name

        built = {xform_name(name) for name, is_built in drylambda.OPERATIONS.items() if is_built}
        answered = {operation for operation, outcome, _ in script(way) if outcome == "answered"}
        assert built - answered == OF_EXECUTION | FROM_WITHIN | OF_CALLBACK

    def test_the_bytes_on_the_wire_are_the_same(self):
        def bytes_of(emulator):
            zip_file = {"ZipFile": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}
            emulator.create_function(**creation())
            for method, path, sent in [
                ("GET", "/2015-03-31/functions/fn", None),
                ("PUT", "/2015-03-31/functions/fn/code", zip_file),
                ("PUT", "/2015-03-31/functions/fn/configuration", {"Description": "new"}),
                ("GET", "/2015-03-31/functions/", None),
                ("POST", "/2015-03-31/functions/fn/versions", {}),
                ("GET", "/2015-03-31/functions/fn/configuration", None),
                ("DELETE", "/2015-03-31/functions/fn", None),
                ("GET", "/nothing", None),
            ]:
                body = b"" if sent is None else json.dumps(sent).encode()
                yield emulator._wire(method, "lambda.us-east-1.amazonaws.com", path, "", [], body)

        one, other, third = (list(bytes_of(drylambda.Lambda(seed=seed))) for seed in (7, 7, 8))
        assert one == other != third

    def test_without_a_seed_ids_differ(self):
        one, other = drylambda.Lambda(), drylambda.Lambda()
        assert one.create_function(**creation())["RevisionId"] != other.create_function(**creation())["RevisionId"]
