"""Who may: every operation asks the caller's policies for its action on its resource (section 12, E6)."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import WaiterError
from policies import ADMIN, action, allow, deny, operation, policy
from published import LAYER, READ, let_in, publish
from texts import NOT_LATEST, OTHER_ACCOUNT, denied, invalid, not_allowed, not_found, unreachable, violated
from world import ACCOUNT, ARN, MANAGED, NAME_PATTERN, PROVIDER_ARN, ZIP_A, ZIP_B, creation, provider, sha256

import drylambda

rule = pytest.mark.rule

# A code signing configuration; where one must be there, it is another.
CONFIG = f"arn:aws:lambda:us-east-1:{ACCOUNT}:code-signing-config:csc-0123456789abcdefg"
ON_CONFIG = {"CodeSigningConfigArn": CONFIG}
ON_LAYER = {"LayerName": "tools", "VersionNumber": 1}
PUBLISHERS = {"SigningProfileVersionArns": [f"arn:aws:signer:us-east-1:{ACCOUNT}:/signing-profiles/mine/1234567890"]}

# What somebody of another account may.
GRANT = json.dumps(
    policy(allow("lambda:GetFunction", resource=ARN, Sid="s1", Principal={"AWS": "arn:aws:iam::210987654321:root"}))
)
# An event source mapping; where one must be there, it is another.
MAPPING = f"arn:aws:lambda:us-east-1:{ACCOUNT}:event-source-mapping:01234567-89ab-4cde-8f01-23456789abcd"
ON_MAPPING = {"UUID": MAPPING[-36:]}
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue"

# What each operation is asked for here, and the resource that policies are asked about. The action is `lambda:` and the
# operation's name.
CALLS = {
    "add_layer_version_permission": (
        {**ON_LAYER, "StatementId": "all", "Action": READ, "Principal": "*"},
        f"{LAYER}:1",
    ),
    "add_permission": (
        {"FunctionName": "fn", "StatementId": "s2", "Action": "lambda:GetFunction", "Principal": "s3.amazonaws.com"},
        ARN,
    ),
    "create_alias": ({"FunctionName": "fn", "Name": "prod", "FunctionVersion": "$LATEST"}, ARN),
    "create_capacity_provider": (provider("new"), f"{PROVIDER_ARN[:-4]}new"),
    "create_code_signing_config": ({"AllowedPublishers": PUBLISHERS}, "*"),
    "create_event_source_mapping": ({"FunctionName": "fn", "EventSourceArn": f"{QUEUE}2"}, "*"),
    "create_function": (creation("new"), ARN[:-2] + "new"),
    "create_function_url_config": ({"FunctionName": "fn", "Qualifier": "live", "AuthType": "NONE"}, ARN),
    "delete_alias": ({"FunctionName": "fn", "Name": "live"}, ARN),
    "delete_capacity_provider": ({"CapacityProviderName": "free"}, f"{PROVIDER_ARN[:-4]}free"),
    "delete_code_signing_config": (ON_CONFIG, CONFIG),
    "delete_event_source_mapping": (ON_MAPPING, MAPPING),
    "delete_function": ({"FunctionName": "fn", "Qualifier": "1"}, f"{ARN}:1"),
    "delete_function_code_signing_config": ({"FunctionName": "fn"}, ARN),
    "delete_function_concurrency": ({"FunctionName": "fn"}, ARN),
    "delete_function_event_invoke_config": ({"FunctionName": "fn"}, ARN),
    "delete_function_url_config": ({"FunctionName": "fn"}, ARN),
    "delete_resource_policy": ({"ResourceArn": ARN}, ARN),
    "delete_layer_version": (ON_LAYER, f"{LAYER}:1"),
    "get_account_settings": ({}, "*"),
    "get_alias": ({"FunctionName": "fn", "Name": "live"}, ARN),
    "get_capacity_provider": ({"CapacityProviderName": "mine"}, PROVIDER_ARN),
    "get_code_signing_config": (ON_CONFIG, CONFIG),
    "get_event_source_mapping": (ON_MAPPING, MAPPING),
    "get_function": ({"FunctionName": "fn"}, ARN),
    "get_function_code_signing_config": ({"FunctionName": "fn"}, ARN),
    "get_function_concurrency": ({"FunctionName": "fn"}, ARN),
    "get_function_configuration": ({"FunctionName": "fn:live"}, f"{ARN}:live"),
    "get_function_event_invoke_config": ({"FunctionName": "fn"}, ARN),
    "get_function_recursion_config": ({"FunctionName": "fn"}, ARN),
    "get_function_scaling_config": ({"FunctionName": "managed", "Qualifier": "1"}, f"{ARN[:-2]}managed:1"),
    "get_function_url_config": ({"FunctionName": "fn"}, ARN),
    "get_policy": ({"FunctionName": "fn"}, ARN),
    "get_resource_policy": ({"ResourceArn": ARN}, ARN),
    "get_runtime_management_config": ({"FunctionName": "fn"}, ARN),
    "get_layer_version": (ON_LAYER, f"{LAYER}:1"),
    "get_layer_version_by_arn": ({"Arn": f"{LAYER}:1"}, f"{LAYER}:1"),
    "get_layer_version_policy": (ON_LAYER, f"{LAYER}:1"),
    "list_aliases": ({"FunctionName": "fn"}, ARN),
    "list_capacity_providers": ({}, "*"),
    "list_code_signing_configs": ({}, "*"),
    "list_event_source_mappings": ({}, "*"),
    "list_function_event_invoke_configs": ({"FunctionName": "fn"}, ARN),
    "list_function_url_configs": ({"FunctionName": "fn"}, ARN),
    "list_function_versions_by_capacity_provider": ({"CapacityProviderName": "mine"}, PROVIDER_ARN),
    "list_functions": ({}, "*"),
    "list_functions_by_code_signing_config": (ON_CONFIG, CONFIG),
    "list_layer_versions": ({"LayerName": "tools"}, "*"),
    "list_layers": ({}, "*"),
    "list_tags": ({"Resource": ARN}, ARN),
    "list_versions_by_function": ({"FunctionName": "fn"}, ARN),
    "publish_layer_version": ({"LayerName": "tools", "Content": {"ZipFile": ZIP_A}}, LAYER),
    "publish_version": ({"FunctionName": "fn"}, ARN),
    "put_function_code_signing_config": ({"FunctionName": "fn", **ON_CONFIG}, ARN),
    "put_function_concurrency": ({"FunctionName": "fn", "ReservedConcurrentExecutions": 1}, ARN),
    "put_function_event_invoke_config": ({"FunctionName": "fn", "MaximumRetryAttempts": 1}, ARN),
    "put_function_recursion_config": ({"FunctionName": "fn", "RecursiveLoop": "Allow"}, ARN),
    "put_resource_policy": ({"ResourceArn": ARN, "Policy": GRANT}, ARN),
    "put_runtime_management_config": ({"FunctionName": "fn", "UpdateRuntimeOn": "FunctionUpdate"}, ARN),
    "remove_permission": ({"FunctionName": "fn", "StatementId": "s1"}, ARN),
    "remove_layer_version_permission": ({**ON_LAYER, "StatementId": "in"}, f"{LAYER}:1"),
    "put_function_scaling_config": ({"FunctionName": "managed", "Qualifier": "1"}, f"{ARN[:-2]}managed:1"),
    "tag_resource": ({"Resource": ARN, "Tags": {"team": "red"}}, ARN),
    "untag_resource": ({"Resource": ARN, "TagKeys": ["team"]}, ARN),
    "update_alias": ({"FunctionName": "fn", "Name": "live", "Description": "x"}, ARN),
    "update_capacity_provider": ({"CapacityProviderName": "mine"}, PROVIDER_ARN),
    "update_code_signing_config": ({**ON_CONFIG, "Description": "x"}, CONFIG),
    "update_event_source_mapping": ({**ON_MAPPING, "BatchSize": 1}, MAPPING),
    "update_function_code": ({"FunctionName": "fn", "ZipFile": ZIP_B}, ARN),
    "update_function_configuration": ({"FunctionName": "fn", "Description": "x"}, ARN),
    "update_function_event_invoke_config": ({"FunctionName": "fn", "MaximumRetryAttempts": 2}, ARN),
    "update_function_url_config": ({"FunctionName": "fn", "AuthType": "NONE"}, ARN),
}
# Provisioned concurrency is a version's.
ON_VERSION = {"FunctionName": "fn", "Qualifier": "1"}
CALLS |= {
    "delete_provisioned_concurrency_config": (ON_VERSION, f"{ARN}:1"),
    "get_provisioned_concurrency_config": (ON_VERSION, f"{ARN}:1"),
    "list_provisioned_concurrency_configs": ({"FunctionName": "fn"}, ARN),
    "put_provisioned_concurrency_config": ({**ON_VERSION, "ProvisionedConcurrentExecutions": 1}, f"{ARN}:1"),
}
CALLS |= {
    "invoke": ({"FunctionName": "fn"}, ARN),
    "invoke_async": ({"FunctionName": "fn", "InvokeArgs": b"{}"}, ARN),
    "invoke_with_response_stream": ({"FunctionName": "fn", "Qualifier": "1"}, f"{ARN}:1"),
}
# Durable executions, of which there are none here: whoever may ask hears so.
EXECUTION = f"{ARN}:1/durable-execution/order-7/0f4b1c52-6c1f-4d3e-9a53-6f4a1e2d7b90"
FROM_WITHIN = {"DurableExecutionArn": EXECUTION, "CheckpointToken": "dG9rZW4="}
CALLS |= {"list_durable_executions_by_function": ({"FunctionName": "fn"}, ARN)}
NOT_FOUND = {
    "checkpoint_durable_execution": (FROM_WITHIN, EXECUTION),
    "delete_durable_execution": ({"DurableExecutionArn": EXECUTION}, EXECUTION),
    "get_durable_execution": ({"DurableExecutionArn": EXECUTION}, EXECUTION),
    "get_durable_execution_history": ({"DurableExecutionArn": EXECUTION}, EXECUTION),
    "get_durable_execution_state": (FROM_WITHIN, EXECUTION),
    "pause_durable_execution": ({"DurableExecutionArn": EXECUTION}, EXECUTION),
    "resume_durable_execution": ({"DurableExecutionArn": EXECUTION}, EXECUTION),
    "send_durable_execution_callback_failure": ({"CallbackId": "Y2FsbA=="}, "*"),
    "send_durable_execution_callback_heartbeat": ({"CallbackId": "Y2FsbA=="}, "*"),
    "send_durable_execution_callback_success": ({"CallbackId": "Y2FsbA=="}, "*"),
    "stop_durable_execution": ({"DurableExecutionArn": EXECUTION}, EXECUTION),
}
CALLS |= NOT_FOUND
# What some need beside.
MORE = {
    "create_capacity_provider": [allow("iam:PassRole")],
    "create_function": [allow("iam:PassRole")],
    "put_function_code_signing_config": [allow("lambda:PutFunctionCodeSigningConfig", resource=f"{CONFIG[:-21]}*")],
}


def closed(answer):
    """Let go of what nobody reads of an answer, and of its connection."""
    for name in ("Payload", "EventStream"):
        if name in answer:
            answer[name].close()


class TestEveryOperation:
    def test_none_is_left_out(self):
        built = {name for name, is_built in drylambda.OPERATIONS.items() if is_built}
        assert {operation(method) for method in CALLS} == built

    @rule("E6")
    @pytest.mark.parametrize("method", CALLS)
    def test_needs_its_action_on_its_resource(self, limited, method):
        way = limited()
        parameters, resource = CALLS[method]
        way.refused(getattr(way.lambda_, method), not_allowed(action(method), resource), **parameters)

    @rule("E6")
    @pytest.mark.parametrize("method", CALLS)
    def test_is_refused_by_an_explicit_deny(self, limited, method):
        way = limited(ADMIN, deny("*"))
        parameters, resource = CALLS[method]
        way.refused(getattr(way.lambda_, method), denied(action(method), resource), **parameters)

    @rule("E6")
    @pytest.mark.parametrize("method", CALLS)
    def test_needs_nothing_else(self, limited, method):
        parameters, resource = CALLS[method]
        resource = resource.replace(CONFIG, f"{CONFIG[:-21]}*").replace(MAPPING, f"{MAPPING[:-36]}*")
        way = limited(allow(action(method), resource=resource), *MORE.get(method, []))
        way.admin.lambda_.create_alias(FunctionName="fn", Name="live", FunctionVersion="$LATEST")
        way.admin.lambda_.create_function_url_config(FunctionName="fn", AuthType="AWS_IAM")
        way.admin.lambda_.put_resource_policy(ResourceArn=ARN, Policy=GRANT)
        way.admin.lambda_.put_function_event_invoke_config(FunctionName="fn", MaximumRetryAttempts=0)
        publish(way.admin)
        way.emulator.bind("fn", lambda event, _: event)
        let_in(way.admin)
        made = way.admin.lambda_.create_code_signing_config(AllowedPublishers=PUBLISHERS)["CodeSigningConfig"]
        for name in ("mine", "free"):
            way.admin.lambda_.create_capacity_provider(**provider(name))
        way.admin.lambda_.list_capacity_providers()
        way.admin.lambda_.create_function(**creation("managed", CapacityProviderConfig=MANAGED, Publish=True))
        mapping = way.admin.lambda_.create_event_source_mapping(FunctionName="fn", EventSourceArn=QUEUE, Enabled=False)
        names = {it: {**made, **mapping}[it] for it in (*ON_CONFIG, *ON_MAPPING) if it in parameters}
        if method in NOT_FOUND:
            with pytest.raises(drylambda.ClientError, match=r"not found|does not exist|Invalid checkpoint token"):
                closed(getattr(way.lambda_, method)(**parameters))
        else:
            way.admin.lambda_.publish_version(FunctionName="fn")
            way.admin.lambda_.put_provisioned_concurrency_config(**ON_VERSION, ProvisionedConcurrentExecutions=1)
            closed(getattr(way.lambda_, method)(**{**parameters, **names}))

    @rule("E6")
    @pytest.mark.parametrize("method", CALLS)
    def test_a_refusal_leaves_no_trace(self, limited, method):
        way = limited()
        way.admin.lambda_.create_alias(FunctionName="fn", Name="live", FunctionVersion="$LATEST")
        with way.admin.unchanged("fn"), pytest.raises(drylambda.ClientError):
            closed(getattr(way.lambda_, method)(**CALLS[method][0]))


class TestFunctionUrls:
    @rule("E6")
    def test_the_kind_of_authorization_is_a_condition(self, limited):
        way = limited(allow("lambda:*", Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}))
        call = way.lambda_.create_function_url_config
        refusal = not_allowed("lambda:CreateFunctionUrlConfig", ARN)
        way.refused(call, refusal, FunctionName="fn", AuthType="NONE")
        assert call(FunctionName="fn", AuthType="AWS_IAM")["AuthType"] == "AWS_IAM"


class TestPermissions:
    @rule("E6")
    @pytest.mark.parametrize(
        ("key", "value", "other"),
        [
            ("lambda:Principal", {"Principal": "s3.amazonaws.com"}, {"Principal": "*"}),
            ("lambda:FunctionUrlAuthType", {"FunctionUrlAuthType": "AWS_IAM"}, {"FunctionUrlAuthType": "NONE"}),
        ],
    )
    def test_what_is_granted_is_a_condition(self, limited, key, value, other):
        way = limited(allow("lambda:*", Condition={"StringEquals": {key: [*value.values()]}}))
        parameters = CALLS["add_permission"][0]
        way.refused(way.lambda_.add_permission, not_allowed("lambda:AddPermission", ARN), **{**parameters, **other})
        way.lambda_.add_permission(**{**parameters, **value})


class TestUpdateFunctionCode:
    @rule("E6", "D6")
    @pytest.mark.parametrize("dry_run", [False, True])
    def test_a_dry_run_needs_exactly_the_same(self, limited, dry_run):
        parameters = {"FunctionName": "fn", "ZipFile": ZIP_B, "DryRun": dry_run}
        way = limited(allow("lambda:UpdateFunctionCode", resource=ARN))
        assert way.lambda_.update_function_code(**parameters)["CodeSha256"] == sha256(ZIP_B)
        way = limited(allow("lambda:GetFunction", "lambda:UpdateFunctionConfiguration"))
        with way.admin.unchanged("fn"):
            way.refused(way.lambda_.update_function_code, not_allowed("lambda:UpdateFunctionCode"), **parameters)

    @rule("E6")
    @pytest.mark.parametrize("name", ["fn", ARN, f"{ACCOUNT}:fn", "function:fn:$LATEST", f"{ARN}:1"])
    def test_is_asked_for_on_the_unqualified_arn_however_the_function_is_named(self, limited, name):
        way = limited()
        refusal = not_allowed("lambda:UpdateFunctionCode")
        way.refused(way.lambda_.update_function_code, refusal, FunctionName=name, ZipFile=ZIP_B)

    @rule("E6")
    def test_does_not_need_the_right_to_publish(self, limited):
        way = limited(allow("lambda:UpdateFunctionCode"))
        assert way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, Publish=True)["Version"] == "1"

    @rule("E6")
    def test_implies_no_right_to_read(self, limited):
        way = limited(allow("lambda:UpdateFunctionCode"))
        for method in ("get_function", "get_function_configuration"):
            way.refused(getattr(way.lambda_, method), not_allowed(action(method)), FunctionName="fn")

    @rule("E6")
    def test_with_it_alone_a_waiter_fails(self, limited):
        way = limited(allow("lambda:UpdateFunctionCode"))
        way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
        for waiter, method in (
            ("function_updated", "get_function_configuration"),
            ("function_updated_v2", "get_function"),
        ):
            with pytest.raises(WaiterError) as caught:
                way.waiter(waiter).wait(FunctionName="fn")
            message = not_allowed(action(method)).message
            assert caught.value.kwargs["reason"] == f"An error occurred (AccessDeniedException): {message}"

    @pytest.mark.parametrize("depth", ["wire", "call"])
    def test_with_it_alone_the_waiter_that_a_client_makes_fails(self, depth):
        emulator = drylambda.Lambda(iam=policy(allow("lambda:CreateFunction", "lambda:UpdateFunctionCode", "iam:*")))
        client = emulator.client(depth=depth)
        client.create_function(**creation())
        with pytest.raises(
            WaiterError, match=r"FunctionUpdated failed: An error occurred \(AccessDeniedException\): User"
        ):
            client.get_waiter("function_updated").wait(FunctionName="fn")


class TestOrder:
    @rule("E10", "F7", "E6")
    def test_the_name_is_resolved_first(self, limited):
        way = limited()
        for region, account, refusal in (
            ("eu-west-1", ACCOUNT, unreachable("eu-west-1")),
            ("us-east-1", "210987654321", OTHER_ACCOUNT),
        ):
            name = f"arn:aws:lambda:{region}:{account}:function:fn"
            way.refused(way.lambda_.update_function_code, refusal, FunctionName=name, ZipFile=ZIP_B)
            way.refused(way.lambda_.list_tags, refusal, Resource=name)

    def test_constraints_come_before(self, limited):
        way = limited()
        violation = violated(("'!'", "functionName", f"Member must satisfy regular expression pattern: {NAME_PATTERN}"))
        way.refused(way.lambda_.update_function_code, violation, FunctionName="!", ZipFile=ZIP_B)
        too_long = "n" * 65
        refusal = invalid(
            f"1 validation error detected: Value '{too_long}' at 'functionName' failed to satisfy constraint: Member must "
            "have length less than or equal to 64"
        )
        way.refused(way.lambda_.create_function, refusal, **creation(too_long))

    @rule("E1", "E9", "E6")
    def test_who_may_not_does_not_learn_what_there_is(self, limited):
        way = limited(deny("lambda:GetFunction"), allow("lambda:UpdateFunctionCode", resource=f"{ARN[:-2]}no*"))
        for name, refusal in (
            ("no", not_found(ARN[:-2] + "no")),
            ("no:1", NOT_LATEST),
            ("other", not_allowed("lambda:UpdateFunctionCode", ARN[:-2] + "other")),
            ("fn:1", not_allowed("lambda:UpdateFunctionCode")),
        ):
            way.refused(way.lambda_.update_function_code, refusal, FunctionName=name, ZipFile=b"not a zip")
        refusal = denied("lambda:GetFunction", f"{ARN[:-2]}nobody:7")
        way.refused(way.lambda_.get_function, refusal, FunctionName="nobody", Qualifier="7")


class TestResources:
    @rule("E6")
    @pytest.mark.parametrize(
        ("parameters", "resource"),
        [
            ({"FunctionName": "fn"}, ARN),
            ({"FunctionName": "fn", "Qualifier": "1"}, f"{ARN}:1"),
            ({"FunctionName": "fn:1"}, f"{ARN}:1"),
            ({"FunctionName": ARN + ":live"}, f"{ARN}:live"),
            ({"FunctionName": "fn", "Qualifier": "$LATEST"}, f"{ARN}:$LATEST"),
        ],
    )
    def test_a_qualifier_is_part_of_what_is_read(self, limited, parameters, resource):
        way = limited(allow("lambda:GetFunction", resource=resource))
        way.admin.lambda_.publish_version(FunctionName="fn")
        way.admin.lambda_.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
        assert way.lambda_.get_function(**parameters)["Configuration"]["FunctionArn"] == resource
        way.refused(
            way.lambda_.get_function_configuration,
            not_allowed("lambda:GetFunctionConfiguration", resource),
            **parameters,
        )

    @rule("E6")
    def test_a_policy_for_one_function_says_nothing_of_another(self, limited):
        way = limited(allow("lambda:*", resource=f"{ARN}*"))
        way.admin.lambda_.create_function(**creation("app"))
        way.lambda_.delete_function(FunctionName="fn")
        way.refused(
            way.lambda_.delete_function,
            not_allowed("lambda:DeleteFunction", ARN[:-2] + "app"),
            FunctionName="app",
        )
        way.refused(way.lambda_.list_functions, not_allowed("lambda:ListFunctions", "*"))


class TestConditions:
    @rule("E6")
    def test_on_the_tags_that_a_function_has(self, limited):
        condition = {"StringEquals": {"aws:ResourceTag/team": "${aws:username}"}}
        way = limited(allow("lambda:UpdateFunctionCode", Condition=condition), Tags={"team": "drylambda"})
        way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
        way.admin.lambda_.tag_resource(Resource=ARN, Tags={"team": "other"})
        refusal = not_allowed("lambda:UpdateFunctionCode")
        way.refused(way.lambda_.update_function_code, refusal, FunctionName="fn", ZipFile=ZIP_B)

    @rule("E6")
    def test_on_the_tags_that_a_request_brings(self, limited):
        condition = {
            "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost"]},
            "StringLikeIfExists": {"aws:RequestTag/team": "re?"},
        }
        way = limited(
            allow("lambda:*Tag*", "lambda:CreateFunction", Condition=condition),
            allow("iam:PassRole"),
        )
        way.lambda_.tag_resource(Resource=ARN, Tags={"team": "red", "cost": "1"})
        way.lambda_.untag_resource(Resource=ARN, TagKeys=["cost"])
        way.lambda_.create_function(**creation("tagged", Tags={"team": "red"}))
        for tags in ({"team": "blue"}, {"team": "red", "owner": "ann"}):
            way.refused(way.lambda_.tag_resource, not_allowed("lambda:TagResource"), Resource=ARN, Tags=tags)
            refusal = not_allowed("lambda:CreateFunction", ARN[:-2] + "new")
            way.refused(way.lambda_.create_function, refusal, **creation("new", Tags=tags))
        way.refused(way.lambda_.untag_resource, not_allowed("lambda:UntagResource"), Resource=ARN, TagKeys=["owner"])

    @rule("E6")
    @pytest.mark.parametrize(
        ("key", "member"),
        [
            ("lambda:SubnetIds", {"VpcConfig": {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]}}),
            ("lambda:SecurityGroupIds", {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}),
            ("lambda:VpcIds", {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}),
            ("lambda:Layer", {"Layers": [f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:l:1"]}),
        ],
    )
    def test_on_what_a_configuration_asks_for(self, limited, key, member):
        condition = {"Null": {key: "false"}}
        way = limited(ADMIN, deny("lambda:*", Condition=condition))
        way.refused(
            way.lambda_.update_function_configuration,
            denied("lambda:UpdateFunctionConfiguration"),
            FunctionName="fn",
            **member,
        )
        way.refused(
            way.lambda_.create_function, denied("lambda:CreateFunction", ARN[:-2] + "new"), **creation("new", **member)
        )
        way.lambda_.update_function_configuration(FunctionName="fn", Description="in no network")

    @rule("E6")
    def test_on_the_time_of_the_emulators_clock(self, limited):
        condition = {
            "DateLessThan": {"aws:CurrentTime": "2026-01-01T01:00:00Z"},
            "NumericLessThan": {"aws:EpochTime": 2e9},
        }
        way = limited(allow("lambda:ListFunctions", Condition=condition))
        way.lambda_.list_functions()
        way.clock.advance(3600)
        way.refused(way.lambda_.list_functions, not_allowed("lambda:ListFunctions", "*"))

    @rule("E6")
    @pytest.mark.parametrize(
        "condition",
        [
            {"StringEquals": {"aws:RequestedRegion": "us-east-1"}},
            {"IpAddress": {"aws:SourceIp": "127.0.0.1/32"}},
            {
                "Bool": {
                    "aws:SecureTransport": "true",
                    "aws:ViaAWSService": "false",
                    "aws:PrincipalIsAWSService": "false",
                }
            },
            {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/drylambda"}},
            {
                "StringEquals": {
                    "aws:PrincipalAccount": ACCOUNT,
                    "aws:PrincipalType": "User",
                    "aws:username": "drylambda",
                }
            },
            {"StringLike": {"aws:userid": "AIDA?????????????????"}},
            {"Null": {"aws:MultiFactorAuthPresent": "true"}},
        ],
        ids=json.dumps,
    )
    def test_on_what_every_call_has(self, limited, condition):
        way = limited(allow("lambda:ListFunctions", Condition=condition))
        assert len(way.lambda_.list_functions()["Functions"]) == 1
        way = limited(ADMIN, deny("lambda:ListFunctions", Condition=condition))
        way.refused(way.lambda_.list_functions, denied("lambda:ListFunctions", "*"))
