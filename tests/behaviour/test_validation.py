"""Constraints of the model, in AWS's words, all of a request at once (section 1.6, facts 1.1)."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from texts import Refusal, at_least, at_most, pattern, violated
from world import NAME_PATTERN, WIDE_NAME_PATTERN, ZIP_B, creation

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule

ARCHITECTURES = (
    "Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]"
)
BUCKET = r"[0-9A-Za-z\.\-_]*(?<!\.)"
ROLE = r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"
QUALIFIER = r"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"
KMS_KEY = r"(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()"
# As recorded (facts 15), with the layers that botocore's model no longer has.
TAGGED = (
    r"arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:"
    r"(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}"
    r"|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|capacity-provider:[a-zA-Z0-9-_]+)"
)
PROVIDER = "arn:aws:lambda:us-east-1:123456789012:capacity-provider:mine"
LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:layer"
LAYER_VERSIONS = (
    "Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length "
    "greater than or equal to 1, Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?"
    r"[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)"
    "|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+), Member must not be null]"
)
WEIGHTS = (
    "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, "
    "Member must have value greater than or equal to 0.0, Member must not be null]"
)
WEIGHT_KEYS = (
    "Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length "
    "greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+]"
)
VARIABLES = (
    "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]"
)
GROUPS = (
    "Member must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length "
    "greater than or equal to 0, Member must satisfy regular expression pattern: sg-[0-9a-zA-Z]*]"
)


def enum(values):
    return f"Member must satisfy enum value set: [{values}]"


def code(**members):
    return "update_function_code", {"FunctionName": "fn", "ZipFile": ZIP_B, **members}


def settings(**members):
    return "update_function_configuration", {"FunctionName": "fn", **members}


def create(**members):
    return "create_function", creation(**members)


def alias(key="2", weight=0.5):
    routing = {"AdditionalVersionWeights": {key: weight}}
    return "create_alias", {"FunctionName": "fn", "Name": "prod", "FunctionVersion": "1", "RoutingConfig": routing}


@fact(69, 74)
@pytest.mark.parametrize(
    ("call", "violation"),
    [
        pytest.param(code(S3Bucket="b" * 64), (f"'{'b' * 64}'", "s3Bucket", at_most(63)), id="R3-long"),
        pytest.param(code(S3Bucket="a.b."), ("'a.b.'", "s3Bucket", pattern(BUCKET)), id="R3-dot"),
        pytest.param(code(S3Key="k" * 1025), (f"'{'k' * 1025}'", "s3Key", at_most(1024)), id="R4"),
        pytest.param(code(S3ObjectVersion="v" * 1025), (f"'{'v' * 1025}'", "s3ObjectVersion", at_most(1024)), id="R5"),
        pytest.param(
            code(Architectures=["x86_64", "arm64"]),
            ("'[x86_64, arm64]'", "architectures", at_most(1)),
            id="R31",
            marks=fact(77, 82, 361),
        ),
        pytest.param(
            code(Architectures=["X86_64"]),
            ("'[X86_64]'", "architectures", ARCHITECTURES),
            id="R32-case",
            marks=fact(79, 361),
        ),
        pytest.param(code(Architectures=["mips"]), ("'[mips]'", "architectures", ARCHITECTURES), id="R32-unknown"),
        pytest.param(code(SourceKMSKeyArn="key"), ("'key'", "sourceKMSKeyArn", pattern(KMS_KEY)), id="R43-source_key"),
        pytest.param(settings(KMSKeyArn="key"), ("'key'", "kMSKeyArn", pattern(KMS_KEY)), id="R43-key"),
        pytest.param(
            code(PublishTo="X"),
            ("'X'", "publishTo", enum("LATEST_PUBLISHED")),
            id="V11",
            marks=[case(87), fact(76, 365)],
        ),
        pytest.param(
            code(S3ObjectStorageMode="MOVE"), ("'MOVE'", "s3ObjectStorageMode", enum("COPY, REFERENCE")), id="R13"
        ),
        pytest.param(create(Role="r1"), ("'r1'", "role", pattern(ROLE)), id="role", marks=fact(75, 86, 156, 274)),
        pytest.param(settings(Role="r1"), ("'r1'", "role", pattern(ROLE)), id="role_of_update", marks=fact(424)),
        pytest.param(
            create(Architectures=["x86_64", "arm64"]),
            ("'[x86_64, arm64]'", "architectures", at_most(1)),
            id="two_architectures",
            marks=fact(77, 82, 280),
        ),
        pytest.param(
            create(Architectures=["X86_64"]),
            ("'[X86_64]'", "architectures", ARCHITECTURES),
            id="architecture",
            marks=fact(79, 281),
        ),
        pytest.param(create(Handler="a b"), ("'a b'", "handler", pattern(r"[^\s]+")), id="handler"),
        pytest.param(
            settings(Description="d" * 257), (f"'{'d' * 257}'", "description", at_most(256)), id="description"
        ),
        pytest.param(
            settings(MemorySize=32769),
            ("'32769'", "memorySize", "Member must have value less than or equal to 32768"),
            id="memory",
        ),
        pytest.param(
            settings(EphemeralStorage={"Size": 32769}),
            ("'32769'", "ephemeralStorage.size", "Member must have value less than or equal to 32768"),
            id="nested",
        ),
        pytest.param(
            create(SnapStart={"ApplyOn": "invalidOption"}),
            ("'invalidOption'", "snapStart.applyOn", enum("PublishedVersions, None")),
            id="snap_start",
            marks=fact(76, 84, 291),
        ),
        pytest.param(
            create(VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["bad"]}),
            ("'[bad]'", "vpcConfig.securityGroupIds", GROUPS),
            id="security_group",
            marks=fact(84, 294),
        ),
        pytest.param(
            settings(LoggingConfig={"LogFormat": "Yaml"}),
            ("'Yaml'", "loggingConfig.logFormat", enum("JSON, Text")),
            id="log",
        ),
        pytest.param(
            ("list_functions", {"FunctionVersion": "invalid"}),
            ("'invalid'", "functionVersion", enum("ALL")),
            id="list",
            marks=fact(76, 400),
        ),
        pytest.param(
            ("get_function", {"FunctionName": "fn!"}),
            ("'fn!'", "functionName", pattern(WIDE_NAME_PATTERN)),
            id="wide_name",
        ),
        pytest.param(
            ("publish_version", {"FunctionName": "f.n"}), ("'f.n'", "functionName", pattern(NAME_PATTERN)), id="name"
        ),
        pytest.param(
            ("get_function", {"FunctionName": "fn", "Qualifier": "invalid!"}),
            ("'invalid!'", "qualifier", pattern(QUALIFIER)),
            id="qualifier",
            marks=fact(86, 129),
        ),
        pytest.param(
            ("get_function", {"FunctionName": "fn", "Qualifier": "q" * 129}),
            (f"'{'q' * 129}'", "qualifier", at_most(128)),
            id="long_qualifier",
            marks=fact(77, 124),
        ),
        pytest.param(
            ("delete_function", {"FunctionName": "fn", "Qualifier": "invalid-qualifier-with-?-char"}),
            ("'invalid-qualifier-with-?-char'", "qualifier", pattern(QUALIFIER)),
            id="odd_qualifier",
            marks=fact(129),
        ),
        pytest.param(
            alias(weight=2),
            ("'{2=2.0}'", "routingConfig.additionalVersionWeights", WEIGHTS),
            id="weight_2",
            marks=fact(80, 82, 84, 462),
        ),
        pytest.param(
            alias("$LATEST"),
            ("'{$LATEST=0.5}'", "routingConfig.additionalVersionWeights", WEIGHT_KEYS),
            id="weight_key",
            marks=fact(81, 466),
        ),
        pytest.param(
            ("create_alias", {"FunctionName": "fn", "Name": "2024", "FunctionVersion": "1"}),
            ("'2024'", "name", pattern("(?!^[0-9]+$)([a-zA-Z0-9-_]+)")),
            id="digits",
            marks=fact(471),
        ),
        pytest.param(
            create(Environment={"Variables": {"1NAME": "secret"}}),
            ("", "environment.variables", VARIABLES),
            id="secret",
        ),
        pytest.param(settings(Layers=[LAYER]), (f"'[{LAYER}]'", "layers", LAYER_VERSIONS), id="layer", marks=fact(416)),
        pytest.param(
            ("list_tags", {"Resource": "fn"}), ("'fn'", "resource", pattern(TAGGED)), id="resource", marks=fact(558)
        ),
        pytest.param(
            ("tag_resource", {"Resource": "arn:aws:lambda:us-east-1:123456789012:foobar:x", "Tags": {"a": "b"}}),
            ("'arn:aws:lambda:us-east-1:123456789012:foobar:x'", "resource", pattern(TAGGED)),
            id="unknown_resource",
            marks=fact(558),
        ),
        pytest.param(
            ("list_tags", {"Resource": f"{PROVIDER}:suffix"}),
            (f"'{PROVIDER}:suffix'", "resource", pattern(TAGGED)),
            id="suffix_of_a_provider",
            marks=fact(558),
        ),
    ],
)
def test_a_violation_names_value_member_and_constraint_though_there_is_no_function(way, call, violation):
    operation, parameters = call
    way.refused(getattr(way.lambda_, operation), violated(violation), **parameters)


def several(way, operation, parameters, *violations):
    """Require one exception for all these violations, in whichever order: facts 1.1 say that AWS keeps none."""
    with pytest.raises(ClientError) as caught:
        getattr(way.lambda_, operation)(**parameters)
    head, tail = caught.value.response["Error"]["Message"].split(" detected: ")
    assert head == f"{len(violations)} validation errors"
    assert sorted(tail.split("; ")) == sorted(violated(it).message.split(" detected: ")[1] for it in violations)
    way.refused(
        getattr(way.lambda_, operation), Refusal("ValidationException", 400, f"{head} detected: {tail}"), **parameters
    )


@case(54)
@fact(70, 87)
@rule("R3", "V11")
def test_two_violations_stand_in_one_exception(way):
    several(
        way,
        *code(FunctionName="fn!", PublishTo="X"),
        ("'fn!'", "functionName", pattern(NAME_PATTERN)),
        ("'X'", "publishTo", enum("LATEST_PUBLISHED")),
    )


@rule("F4")
def test_one_member_may_violate_two_constraints(way):
    name = "!" * 141
    several(
        way,
        *code(FunctionName=name),
        (f"'{name}'", "functionName", at_most(140)),
        (f"'{name}'", "functionName", pattern(NAME_PATTERN)),
    )


def test_name_and_qualifier_violate_together(way):
    # Facts 2.3.
    several(
        way,
        "delete_function",
        {"FunctionName": "fn!", "Qualifier": "q!"},
        ("'fn!'", "functionName", pattern(WIDE_NAME_PATTERN)),
        ("'q!'", "qualifier", pattern(QUALIFIER)),
    )


@fact(282)
@rule("R33")
@pytest.mark.parametrize("call", [code(Architectures=[]), create(Architectures=[])], ids=["update", "create"])
def test_boto3_stops_an_empty_list_of_architectures(way, call):
    operation, parameters = call
    report = "Invalid length for parameter Architectures, value: 0, valid min length: 1"
    way.stopped(getattr(way.lambda_, operation), report, **parameters)


@pytest.mark.parametrize(
    ("call", "report"),
    [
        pytest.param(code(DryRun="true"), "Invalid type for parameter DryRun, value: true, type: <class 'str'>, valid types: <class 'bool'>", id="boolean"),
        pytest.param(code(S3Key=7), "Invalid type for parameter S3Key, value: 7, type: <class 'int'>, valid types: <class 'str'>", id="string"),
        pytest.param(code(ZipFile=7), "Invalid type for parameter ZipFile, value: 7, type: <class 'int'>, valid types: <class 'bytes'>, <class 'bytearray'>, file-like object", id="blob"),
        pytest.param(code(S3Bucket="ab", S3Key=""), "Invalid length for parameter S3Bucket, value: 2, valid min length: 3\nInvalid length for parameter S3Key, value: 0, valid min length: 1", id="two"),
        pytest.param(("update_function_code", {}), 'Missing required parameter in input: "FunctionName"', id="missing"),
        pytest.param(settings(MemorySize=127), "Invalid value for parameter MemorySize, value: 127, valid min value: 128", id="min"),
        pytest.param(alias(weight=-1), "Invalid value for parameter RoutingConfig.AdditionalVersionWeights.2, value: -1, valid min value: 0.0", id="min_of_a_double"),
        pytest.param(settings(VpcConfig={"Nets": []}), 'Unknown parameter in VpcConfig: "Nets", must be one of: SubnetIds, SecurityGroupIds, Ipv6AllowedForDualStack', id="unknown"),
    ],
)  # fmt: skip
def test_what_boto3_stops_is_stopped_in_its_words_on_every_way(way, call, report):
    operation, parameters = call
    way.stopped(getattr(way.lambda_, operation), report, **parameters)


class TestOnTheWire:
    """What SDKs stop themselves still has an answer."""

    @rule("R33")
    def test_an_empty_list_of_architectures_is_too_short(self, wire):
        response = wire.update({"Architectures": []})
        refusal = violated(("'[]'", "architectures", at_least(1)))
        assert (response.status, response.json) == (400, {"message": refusal.message})

    @rule("R3", "R4")
    def test_texts_may_be_too_short(self, wire):
        response = wire.update({"S3Bucket": "ab", "S3Key": ""})
        refusal = violated(("'ab'", "s3Bucket", at_least(3)), ("''", "s3Key", at_least(1)))
        assert response.json == {"message": refusal.message}

    @rule("R52")
    def test_a_null_in_a_list_violates_it(self, wire):
        response = wire.update({"Architectures": [None]})
        refusal = violated(("'[null]'", "architectures", ARCHITECTURES))
        assert response.json == {"message": refusal.message}

    def test_a_missing_required_member_is_null(self, wire):
        response = wire.send("POST", "/2015-03-31/functions/fn/aliases", {})
        null = "Member must not be null"
        refusal = violated(("null", "name", null), ("null", "functionVersion", null))
        assert sorted(response.json["message"].split("detected: ")[1].split("; ")) == sorted(
            refusal.message.split("detected: ")[1].split("; ")
        )

    @fact(78)
    def test_a_number_may_be_too_small(self, wire):
        response = wire.send("PUT", "/2015-03-31/functions/fn/configuration", {"MemorySize": 127})
        too_small = "Member must have value greater than or equal to 128"
        refusal = violated(("'127'", "memorySize", too_small))
        assert (response.status, response.json) == (400, {"message": refusal.message})

    @fact(80, 82, 462)
    def test_a_weight_below_nothing(self, wire):
        # Facts 10; botocore of today stops it.
        _, parameters = alias(weight=-1)
        del parameters["FunctionName"]
        response = wire.send("POST", "/2015-03-31/functions/fn/aliases", parameters)
        refusal = violated(("'{2=-1.0}'", "routingConfig.additionalVersionWeights", WEIGHTS))
        assert (response.status, response.json) == (400, {"message": refusal.message})

    @fact(51)
    def test_no_type_and_the_lower_key(self, wire):
        response = wire.update(json.dumps({"PublishTo": "X"}).encode())
        assert (response.status, response.headers["x-amzn-errortype"]) == (400, "ValidationException")
        assert set(response.json) == {"message"}
