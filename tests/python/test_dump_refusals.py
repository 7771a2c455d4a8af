"""What is no state, or a wrong one, is refused with its place and a reason, and changes nothing."""

from __future__ import annotations

import base64
import copy
import functools
import json

import pytest
from world import PROVIDER, ZIP_A, ZIP_B, creation, sha256

import drylambda

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app"
LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:fonts"
VERSION = ("Layers", 0, "Versions", 0)
GRANT = (*VERSION, "Policy", "Grants", 0)
HEADER = '{"drylambda": {"state": 1, "now": 0}'
NO_ZIP = b"no zip"


def waits(emulator, event, context):
    """What the code of a durable execution does first."""
    updates = [{"Id": "context", "Type": "CONTEXT"}, {"Id": "wait", "Type": "WAIT", "ParentId": "context"}]
    emulator.checkpoint_durable_execution(
        DurableExecutionArn=event["DurableExecutionArn"],
        CheckpointToken=event["CheckpointToken"],
        Updates=[{"Action": "START", **update} for update in updates],
    )
    return {"Status": "PENDING"}


def settled():
    """An emulator with functions, versions, aliases, a URL, a mapping, images, a signature, a layer and an object."""
    emulator = drylambda.Lambda(seed=1, settle="instant", keep_version_numbers=True)
    emulator.create_function(**creation(Publish=True))
    emulator.update_function_code(FunctionName="fn", ZipFile=ZIP_B, Publish=True)
    emulator.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    emulator.create_function_url_config(FunctionName="fn", Qualifier="live", AuthType="NONE")
    grant = {"Action": "lambda:GetFunction", "Principal": "210987654321"}
    emulator.add_permission(FunctionName="fn", Qualifier="live", StatementId="one", **grant)
    emulator.put_function_event_invoke_config(FunctionName="fn", Qualifier="live", MaximumRetryAttempts=1)
    runtime = {"UpdateRuntimeOn": "Manual", "RuntimeVersionArn": "arn:aws:lambda:us-east-1::runtime:abc"}
    emulator.put_runtime_management_config(FunctionName="fn", Qualifier="1", **runtime)
    emulator.create_function(
        FunctionName="image", Role=creation()["Role"], PackageType="Image", Code={"ImageUri": f"{IMAGE}:1"}
    )
    emulator.create_function(**creation("gone", Publish=True))
    emulator.delete_function(FunctionName="gone")
    emulator.create_code_signing_config(
        AllowedPublishers={"SigningProfileVersionArns": ["arn:aws:signer:us-east-1:123456789012:/signing-profiles/p/v"]}
    )
    emulator.create_event_source_mapping(FunctionName="fn", EventSourceArn="arn:aws:sqs:us-east-1:123456789012:queue")
    emulator.create_capacity_provider(**PROVIDER)
    emulator.create_function(**creation("waits", DurableConfig={"ExecutionTimeout": 600}))
    emulator.bind("waits", functools.partial(waits, emulator))
    emulator.invoke(FunctionName="waits:$LATEST", InvocationType="Event", DurableExecutionName="one", Payload=b"{}")
    emulator.images.push(f"{IMAGE}:1")
    emulator.sign(ZIP_A, "arn:aws:signer:us-east-1:123456789012:/signing-profiles/p/v")
    emulator.publish_layer_version(LayerName="fonts", Content={"ZipFile": ZIP_A})
    emulator.add_layer_version_permission(
        LayerName="fonts", VersionNumber=1, StatementId="in", Action="lambda:GetLayerVersion", Principal="*"
    )
    emulator.declare_layer("arn:aws:lambda:us-east-1:123456789012:layer:tools:1", code_size=1)
    emulator.s3.put("bucket", "key", b"object", versioned=True)
    return emulator


STATE = settled().dump()


def settled_encryption():
    return json.loads(STATE)["Buckets"][0]["Encryption"]


#: Where a state is changed, to what, and what is said of it: the place and the beginning of the reason.
WRONG = [
    # The text.
    (("drylambda", "state"), 2, "drylambda.state: drylambda 0.1.0 reads format 1 and knows no format 2"),
    (("drylambda", "state"), "1", "drylambda.state: invalid type: string"),
    (("drylambda", "state"), 2**64, "drylambda.state: invalid"),
    (("drylambda", "now"), -1, "drylambda.now: milliseconds since 1970"),
    (("drylambda", "now"), 2**62, "drylambda.now: milliseconds since 1970"),
    (("Functions",), {}, "Functions: invalid type: map, expected a sequence"),
    (("Things",), [], "Things: unknown field `Things`"),
    # Functions.
    (("Functions", 0, "Colour"), "red", "Functions[0].Colour: unknown field `Colour`"),
    (("Functions", 0, "Tags"), ..., "Functions[0]: missing field `Tags`"),
    (("Functions", 0, "AccountId"), "12345678901x", "Functions[0].AccountId: twelve digits"),
    (("Functions", 0, "Region"), "", "Functions[0].Region: a name like"),
    (("Functions", 0, "FunctionName"), "a b", 'Functions[0].FunctionName: "a b" is no name'),
    (("Functions", 0, "FunctionName"), "fn:1", 'Functions[0].FunctionName: "fn:1" is no name'),
    (("Functions", 0, "FunctionName"), "f" * 141, 'Functions[0].FunctionName: "fff'),
    (("Functions", 1, "FunctionName"), "fn", "Functions[1]: it is here twice"),
    (("Functions", 0, "LastVersion"), -1, "Functions[0].LastVersion: invalid value: integer `-1`"),
    (("Functions", 0, "LastVersion"), 2**64 - 1, "Functions[0].LastVersion: no function has 1844"),
    (("Functions", 0, "LastVersion"), 1, "Functions[0].UnchangedSince: a number above LastVersion"),
    (("Functions", 0, "UnchangedSince"), 3, "Functions[0].UnchangedSince: a number above LastVersion"),
    (("Functions", 0, "ReservedConcurrentExecutions"), 1001, "Functions[0].ReservedConcurrentExecutions: an account"),
    (("Functions", 0, "NextUpdateFails"), {"Text": "why"}, "Functions[0].NextUpdateFails: missing field `Code`"),
    (("Functions", 0, "Tags", "a"), 1, "Functions[0].Tags.a: invalid type: integer"),
    # Versions.
    (("Functions", 0, "Latest", "Version"), "1", "Functions[0].Latest.Version: it is $LATEST"),
    (("Functions", 0, "Versions", 1, "Version"), "1", "Functions[0].Versions[1].Version: it is here twice"),
    (("Functions", 0, "Versions", 1, "Version"), "3", "Functions[0].Versions[1].Version: a number above LastVersion"),
    (("Functions", 0, "Versions", 1, "Version"), "02", "Functions[0].Versions[1].Version: it is a number"),
    (("Functions", 0, "Versions", 1, "Version"), "0", "Functions[0].Versions[1].Version: it is a number"),
    (("Functions", 0, "Versions", 0, "Phase"), "Tired", "Functions[0].Versions[0].Phase: unknown variant `Tired`"),
    (("Functions", 0, "Versions", 0, "LastModified"), 1.5, "Functions[0].Versions[0].LastModified: invalid type"),
    (
        ("Functions", 0, "Versions", 0, "Configuration", "Timeout"),
        -3,
        "Functions[0].Versions[0].Configuration.Timeout: invalid value: integer `-3`, expected u32",
    ),
    (
        ("Functions", 0, "Versions", 0, "Configuration", "Colour"),
        "red",
        "Functions[0].Versions[0].Configuration.Colour: unknown field",
    ),
    # Code.
    (
        ("Functions", 0, "Versions", 0, "Code", "Zip", "CodeSha256"),
        sha256(b"other"),
        "Functions[0].Versions[0].Code.Zip.CodeSha256: Contents has nothing under",
    ),
    (
        ("Functions", 0, "Versions", 0, "Code", "Zip", "CodeSha256"),
        "abc",
        'Functions[0].Versions[0].Code.Zip.CodeSha256: "abc" is no SHA-256 in base64',
    ),
    (
        ("Functions", 0, "Versions", 0, "Code"),
        {"Image": {"ImageUri": f"{IMAGE}:1", "Digest": "sha256:" + 64 * "a"}},
        "Functions[0].Versions[0].Code: a function stays of one package type",
    ),
    (
        ("Functions", 1, "Latest", "Code", "Image", "ImageUri"),
        "docker.io/app:1",
        'Functions[1].Latest.Code.Image.ImageUri: "docker.io/app:1" is no image URI',
    ),
    (
        ("Functions", 1, "Latest", "Code", "Image", "Digest"),
        "sha256:12",
        'Functions[1].Latest.Code.Image.Digest: "sha256:12" is not',
    ),
    # Aliases and URLs.
    (("Functions", 0, "Aliases", 0, "Name"), "12", 'Functions[0].Aliases[0].Name: "12" is no name of an alias'),
    (("Functions", 0, "Aliases", 0, "Name"), "$LATEST", 'Functions[0].Aliases[0].Name: "$LATEST" is no name'),
    (("Functions", 0, "Aliases", 0, "FunctionVersion"), "9", "Functions[0].Aliases[0].FunctionVersion: there is no"),
    (("Functions", 0, "Aliases", 0, "FunctionVersion"), "live", "Functions[0].Aliases[0].FunctionVersion: there is"),
    (
        ("Functions", 0, "Aliases", 0, "AdditionalVersionWeights", "2"),
        1.5,
        'Functions[0].Aliases[0].AdditionalVersionWeights["2"]: a weight is a number from 0.0 to 1.0',
    ),
    (
        ("Functions", 0, "Aliases", 0, "AdditionalVersionWeights", "9"),
        0.5,
        'Functions[0].Aliases[0].AdditionalVersionWeights["9"]: there is no such version',
    ),
    (("Functions", 0, "Attached", 1, "Qualifier"), "beta", "Functions[0].Attached[1].Qualifier: there is no"),
    (
        ("Functions", 0, "Attached", 1, "FunctionUrl", "UrlId"),
        "a/b",
        'Functions[0].Attached[1].FunctionUrl.UrlId: "a/b" is no first',
    ),
    (
        ("Functions", 0, "Attached", 1, "FunctionUrl", "AuthType"),
        "ALL",
        "Functions[0].Attached[1].FunctionUrl.AuthType: it is NONE or",
    ),
    (
        ("Functions", 0, "Attached", 1, "Policy", "Document"),
        "{}",
        "Functions[0].Attached[1].Policy.Document: Policy has no Statement",
    ),
    (
        ("Functions", 0, "Attached", 1, "Policy", "Document"),
        " " * 20_481,
        "Functions[0].Attached[1].Policy.Document: it has 20480 bytes at most",
    ),
    (
        ("Functions", 0, "Attached", 1, "EventInvokeConfig", "MaximumRetryAttempts"),
        3,
        "Functions[0].Attached[1].EventInvokeConfig.MaximumRetryAttempts: it is 2 at most",
    ),
    (
        ("Functions", 0, "Attached", 1, "EventInvokeConfig", "MaximumEventAgeInSeconds"),
        59,
        "Functions[0].Attached[1].EventInvokeConfig.MaximumEventAgeInSeconds: it is 60 to 21600",
    ),
    (
        ("Functions", 0, "Attached", 1, "EventInvokeConfig", "OnFailure"),
        "somebody",
        "Functions[0].Attached[1].EventInvokeConfig.OnFailure: it is an ARN",
    ),
    (
        ("Functions", 0, "Attached", 1, "RuntimeManagementConfig"),
        {"UpdateRuntimeOn": "FunctionUpdate"},
        "Functions[0].Attached[1].RuntimeManagementConfig: aliases have none",
    ),
    (
        ("Functions", 0, "Attached", 0, "RuntimeManagementConfig", "UpdateRuntimeOn"),
        "Auto",
        "Functions[0].Attached[0].RuntimeManagementConfig.UpdateRuntimeOn: it is Manual or FunctionUpdate",
    ),
    (
        ("Functions", 0, "Attached", 0, "RuntimeManagementConfig", "UpdateRuntimeOn"),
        "FunctionUpdate",
        "Functions[0].Attached[0].RuntimeManagementConfig.RuntimeVersionArn: Manual has one",
    ),
    (
        ("Functions", 0, "Attached", 0, "RecursiveLoop"),
        "Allow",
        "Functions[0].Attached[0].RecursiveLoop: it is Allow, and of $LATEST only",
    ),
    # The rest of Lambda.
    (("DeletedFunctions", 0, "LastVersion"), 2**60, "DeletedFunctions[0].LastVersion: no function has"),
    (("CodeSigningConfigs", 0, "CodeSigningConfigId"), "csc-", 'CodeSigningConfigs[0].CodeSigningConfigId: "csc-"'),
    (
        ("CodeSigningConfigs", 0, "UntrustedArtifactOnDeployment"),
        "Never",
        "CodeSigningConfigs[0].UntrustedArtifactOnDeployment: it is Warn or Enforce",
    ),
    (("CapacityProviders", 0, "CapacityProviderName"), "a b", 'CapacityProviders[0].CapacityProviderName: "a b" is no'),
    (
        ("CapacityProviders", 0, "CapacityProviderName"),
        "n" * 5000,
        "CapacityProviders[0].CapacityProviderName: Value 'nnn",
    ),
    (
        ("CapacityProviders", 0, "VpcConfig", "SubnetIds"),
        [],
        "CapacityProviders[0].VpcConfig: Value '[]' at 'vpcConfig.subnetIds' failed to satisfy constraint: Member must",
    ),
    (
        ("CapacityProviders", 0, "InstanceRequirements", "Architectures"),
        ["m68k"],
        "CapacityProviders[0].InstanceRequirements: Value '[m68k]' at 'instanceRequirements.architectures' failed",
    ),
    (
        ("CapacityProviders", 0, "CapacityProviderScalingConfig", "ScalingMode"),
        "Sideways",
        "CapacityProviders[0].CapacityProviderScalingConfig: Value 'Sideways' at",
    ),
    (
        ("CapacityProviders", 0, "Tags"),
        {str(number): "" for number in range(200)},
        "CapacityProviders[0].Tags: there are 50 at most",
    ),
    (("CapacityProviders", 0, "Change", "State"), "Gone", "CapacityProviders[0].Change.State: unknown variant"),
    (
        ("Functions", 0, "Attached", 0, "FunctionScaling"),
        {"Requested": {}},
        "Functions[0].Attached[0].FunctionScaling: versions on a capacity provider have one",
    ),
    (("EventSourceMappings", 0, "UUID"), "1-2", 'EventSourceMappings[0].UUID: "1-2" is no UUID'),
    (
        ("EventSourceMappings", 0, "FunctionArn"),
        "fn",
        'EventSourceMappings[0].FunctionArn: "fn" is no ARN of a function',
    ),
    (("EventSourceMappings", 0, "EventSourceArn"), "sqs", "EventSourceMappings[0].EventSourceArn: nothing that feeds"),
    (
        ("EventSourceMappings", 0, "Settings", "BatchSize"),
        -1,
        "EventSourceMappings[0].Settings.BatchSize: invalid value",
    ),
    (("EventSourceMappings", 0, "Settings", "Colour"), "", "EventSourceMappings[0].Settings.Colour: unknown field"),
    (
        ("EventSourceMappings", 0, "Settings", "BatchSize"),
        4_000_000_000,
        "EventSourceMappings[0].Settings.BatchSize: Value '4000000000' at 'batchSize' failed to satisfy constraint",
    ),
    (
        ("EventSourceMappings", 0, "Settings", "FilterCriteria"),
        {"Filters": [{"Pattern": "no"}]},
        "EventSourceMappings[0].Settings.FilterCriteria: a pattern is an object of JSON",
    ),
    (
        ("EventSourceMappings", 0, "StartingPosition"),
        "NONSENSE",
        "EventSourceMappings[0].StartingPosition: Value 'NONSENSE' at 'startingPosition' failed to satisfy",
    ),
    (
        ("EventSourceMappings", 0, "Tags"),
        {str(number): "" for number in range(200)},
        "EventSourceMappings[0].Tags: there are 50 at most",
    ),
    (
        ("EventSourceMappings", 0, "UUID"),
        "ABCDEFAB-0000-4000-8000-000000000000",
        'EventSourceMappings[0].UUID: "ABCDEFAB-0000-4000-8000-000000000000" is no UUID',
    ),
    (("EventSourceMappings", 0, "Change", "State"), "Gone", "EventSourceMappings[0].Change.State: unknown variant"),
    # Durable executions.
    (("DurableExecutions", 0, "DurableExecutionName"), "a b", "DurableExecutions[0]: Value"),
    (("DurableExecutions", 0, "InputPayload"), "{", "DurableExecutions[0].InputPayload: it is no JSON"),
    (("DurableExecutions", 0, "DurableConfig", "ExecutionTimeout"), 0, "DurableExecutions[0].DurableConfig: Value"),
    (("DurableExecutions", 0, "Colour"), "", "DurableExecutions[0].Colour: unknown field"),
    (
        ("DurableExecutions", 0, "Progress", "RunningSince"),
        0,
        "DurableExecutions[0].Progress.RunningSince: nothing runs",
    ),
    (("DurableExecutions", 0, "StoodMillis"), -1, "DurableExecutions[0].StoodMillis: time does not go back"),
    (("DurableExecutions", 0, "Deletion"), {}, "DurableExecutions[0].Ended: what has ended"),
    (
        ("DurableExecutions", 0, "Ended"),
        {"At": 0, "How": "Started", "Outcome": {}},
        "DurableExecutions[0].Ended.How: an execution does not end so",
    ),
    (
        ("DurableExecutions", 0, "Operations", 1, "ParentId"),
        "wait",
        "DurableExecutions[0].Operations[1].ParentId: no context stands before it",
    ),
    (("DurableExecutions", 0, "Operations", 1, "Id"), "a b", "DurableExecutions[0].Operations[1]: Value"),
    (
        ("DurableExecutions", 0, "Operations", 1, "Id"),
        "context",
        "DurableExecutions[0].Operations[1].Id: it is here twice",
    ),
    (
        ("DurableExecutions", 0, "Operations", 1, "Status"),
        "DONE",
        "DurableExecutions[0].Operations[1].Status: unknown variant",
    ),
    (
        ("DurableExecutions", 0, "Operations", 1, "Status"),
        "PENDING",
        "DurableExecutions[0].Operations[1].Status: only a step",
    ),
    (
        ("DurableExecutions", 0, "Operations", 1, "Status"),
        "SUCCEEDED",
        "DurableExecutions[0].Operations[1].EndTimestamp: what has ended",
    ),
    # Layers.
    (("Layers", 0, "LayerName"), "a/b", 'Layers[0].LayerName: "a/b" is no name of a layer'),
    (("Layers", 0, "LayerName"), LAYER, f'Layers[0].LayerName: "{LAYER}" is no name of a layer'),
    (("Layers", 0, "LastVersion"), 2**60, "Layers[0].LastVersion: no layer has"),
    (("Layers", 0, "LastVersion"), 0, "Layers[0].Versions[0].Version: it is from 1 to LastVersion"),
    (("Layers", 0, "Versions", 0, "Version"), 0, "Layers[0].Versions[0].Version: it is from 1 to LastVersion"),
    ((*VERSION, "Code", "CodeSha256"), sha256(b""), "Layers[0].Versions[0].Code.CodeSha256: Contents has nothing"),
    (
        (*VERSION, "CompatibleRuntimes"),
        ["cobol"],
        "Layers[0].Versions[0].CompatibleRuntimes: Value '[cobol]' at 'compatibleRuntimes' failed",
    ),
    (
        (*VERSION, "CompatibleArchitectures"),
        ["z80"],
        "Layers[0].Versions[0].CompatibleArchitectures: Value '[z80]' at 'compatibleArchitectures' failed",
    ),
    ((*VERSION, "Policy", "Grants"), [], "Layers[0].Versions[0].Policy.Grants: a policy has one at least"),
    ((*GRANT, "StatementId"), '"', "Layers[0].Versions[0].Policy.Grants[0].StatementId: letters, digits,"),
    ((*GRANT, "AccountId"), "me", "Layers[0].Versions[0].Policy.Grants[0].AccountId: it has twelve digits"),
    ((*GRANT, "OrganizationId"), '"', "Layers[0].Versions[0].Policy.Grants[0].OrganizationId: it is the id of"),
    # What was declared.
    (("ImageRepositories", 0, "Repository"), "app", 'ImageRepositories[0].Repository: "app" is no repository'),
    (("ImageRepositories", 0, "Tags", "1"), "sha256:", 'ImageRepositories[0].Tags.1: "sha256:" is not'),
    (("Signatures", 0, "Signature", "Flaw"), "Ugly", "Signatures[0].Signature.Flaw: unknown variant `Ugly`"),
    (("LayerVersions", 0, "CodeSize"), 2**64, "LayerVersions[0].CodeSize: invalid type: floating point"),
    # S3.
    (("Buckets", 0, "Name"), "A", 'Buckets[0].Name: "A" is no name of a bucket'),
    (("Buckets", 0, "AccountId"), "me", 'Buckets[0].AccountId: twelve digits, not "me"'),
    (("Buckets", 0, "BucketRegion"), "a\r\nb", 'Buckets[0].BucketRegion: "a\\r\\nb" is no name of a Region'),
    (("Buckets", 0, "Versioning"), "Perhaps", "Buckets[0].Versioning: unknown variant `Perhaps`"),
    (("Buckets", 0, "Encryption"), "<no", "Buckets[0].Encryption: not the XML that it is"),
    (("Buckets", 0, "Encryption"), "", "Buckets[0].Encryption: not the XML that it is"),
    (("Buckets", 0, "PublicAccessBlock"), "<Other/>", "Buckets[0].PublicAccessBlock: not the XML that it is"),
    (("Buckets", 0, "Lifecycle"), "<LifecycleConfiguration/>", "Buckets[0].Lifecycle: "),
    (
        ("Buckets", 0, "Encryption"),
        settled_encryption().replace("AES256", "a&#10;b"),
        "Buckets[0].Encryption: The XML you provided was not well-formed",
    ),
    (("Buckets", 0, "TransitionDefaultMinimumObjectSize"), "x", "Buckets[0].Lifecycle: it goes together with"),
    (("Buckets", 0, "Versions", 0, "Key"), "", "Buckets[0].Versions[0].Key: User key must have a length greater"),
    (("Buckets", 0, "Versions", 0, "VersionId"), "null", "Buckets[0].Versions[0].VersionId: letters and digits"),
    (("Buckets", 0, "Versions", 0, "VersionId"), "a\r\nb", "Buckets[0].Versions[0].VersionId: letters and digits"),
    (
        ("Buckets", 0, "Versions", 0, "Object", "Sha256"),
        "x",
        "Buckets[0].Versions[0].Object.Sha256: Contents has nothing",
    ),
    (("Buckets", 0, "Versions", 0, "Object", "ETag"), 'a"b', "Buckets[0].Versions[0].Object.ETag: letters and digits"),
    (
        ("Buckets", 0, "Versions", 0, "Object", "Headers", "ContentType"),
        "a\r\nb: c",
        "Buckets[0].Versions[0].Object.Headers.ContentType: no value of a header",
    ),
    (
        ("Buckets", 0, "Versions", 0, "Object", "Headers", "Metadata", "a b"),
        "c",
        'Buckets[0].Versions[0].Object.Headers.Metadata["a b"]: no name and value of a header',
    ),
    (
        ("Buckets", 0, "Versions", 0, "Object", "PartSizes"),
        [2**64 - 1, 7],
        "Buckets[0].Versions[0].Object.PartSizes: together they are no 6 bytes",
    ),
    (
        ("Buckets", 0, "Versions", 0, "Object", "Checksum"),
        {"Algorithm": "MD4", "Value": "x", "Composite": False},
        "Buckets[0].Versions[0].Object.Checksum.Algorithm: Checksum algorithm provided is unsupported",
    ),
    # Contents.
    (("Contents", sha256(ZIP_A)), "!", f"Contents.{sha256(ZIP_A)}: no base64"),
    (("Contents", "abc"), "", 'Contents.abc: "abc" is no SHA-256 in base64'),
    (
        ("Contents", sha256(ZIP_A)),
        base64.b64encode(ZIP_B).decode(),
        f'Contents["{sha256(ZIP_A)}"]: the SHA-256 of these {len(ZIP_B)} bytes is {sha256(ZIP_B)}',
    ),
]

#: Texts that are no JSON, or JSON that is no state.
TEXTS = [
    ("", "EOF while parsing a value at line 1 column 0"),
    ("no JSON", "expected ident at line 1 column 2"),
    (HEADER, "EOF while parsing an object"),
    (f"{HEADER}}} {{}}", "trailing characters at line 1"),
    ("null", "invalid type: null, expected an object, as Lambda.dump writes it"),
    ("[1, 2]", "[0]: invalid type: integer `1`, expected an object with state and now"),
    ("{}", "missing field `drylambda`"),
    ('{"drylambda": null}', "drylambda: invalid type: null, expected an object with state and now"),
    (
        '{"drylambda": {"state": 3}, "More": {"of": "it"}}',
        "drylambda.state: drylambda 0.1.0 reads format 1 and knows no",
    ),
    (f'{HEADER}, "Functions": [], "Functions": []}}', "duplicate field `Functions`"),
    (f'{HEADER}, "Functions": ' + "[" * 100_000, "Functions[0]"),
    (f'{HEADER}, "Functions": [{{"Tags": ' + '{"a":' * 100_000, "Functions[0].Tags.a: invalid type: map"),
    ('{"drylambda": ' + '{"a":' * 100_000, "drylambda.a: unknown field"),
    (f'{HEADER}, "LayerVersions": [{{"CodeSize": 1e999}}]}}', "LayerVersions[0].CodeSize: number out of range"),
    (f'{HEADER}, "Functions": [{{"Region": "\\ud800"}}]}}', "Functions[0].Region: unexpected end of hex escape"),
    (f"{HEADER}}}".encode("utf-16"), "expected value at line 1 column 1"),
    (b'{"drylambda": {"state": 1, "now": 0, "version": "\xff"}}', "drylambda.version: invalid unicode code point"),
]


def changed(path, value):
    """A state with another value at one place."""
    state = json.loads(STATE)
    *outer, last = path
    inner = state
    for step in outer:
        inner = inner[step]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return json.dumps(state)


def refuse(text, reason):
    emulator = settled()
    with pytest.raises(ValueError, match=r".") as caught:
        emulator.load(text)
    assert type(caught.value) is ValueError
    assert str(caught.value).startswith(reason)
    assert "\n" not in str(caught.value)
    assert emulator.dump() == STATE


@pytest.mark.parametrize(
    ("path", "value", "reason"), WRONG, ids=[f"{path[-1]}-{n}" for n, (path, *_) in enumerate(WRONG)]
)
def test_a_wrong_value_is_refused_with_its_place(path, value, reason):
    refuse(changed(path, value), reason)


@pytest.mark.parametrize(("text", "reason"), TEXTS, ids=[str(n) for n in range(len(TEXTS))])
def test_what_is_no_state_is_refused(text, reason):
    refuse(text, reason)


def test_the_cases_begin_with_a_state_that_is_right():
    emulator = drylambda.Lambda(seed=1)
    emulator.load(STATE)
    assert emulator.dump() == STATE


@pytest.mark.parametrize(
    "listed",
    [
        "Functions",
        "DeletedFunctions",
        "CapacityProviders",
        "CodeSigningConfigs",
        "EventSourceMappings",
        "ImageRepositories",
        "Signatures",
        "Layers",
        "LayerVersions",
        "Buckets",
    ],
)
def test_nothing_may_be_there_twice(listed):
    state = json.loads(STATE)
    state[listed].append(copy.deepcopy(state[listed][-1]))
    place = f"{listed}[{len(state[listed]) - 1}]"
    refuse(
        json.dumps(state), f"{place}.Name: it is here twice" if listed == "Buckets" else f"{place}: it is here twice"
    )


@pytest.mark.parametrize("inside", [("Versions",), ("Versions", 0, "Policy", "Grants")])
def test_nothing_of_a_layer_may_be_there_twice(inside):
    state = json.loads(STATE)
    listed = state["Layers"][0]
    for step in inside:
        listed = listed[step]
    listed *= 2
    place = "Versions[1]" if len(inside) == 1 else "Versions[0].Policy.Grants[1]"
    refuse(json.dumps(state), f"Layers[0].{place}: it is here twice")


def test_a_version_of_an_object_may_not_be_there_twice():
    state = json.loads(STATE)
    state["Buckets"][0]["Versions"] *= 2
    refuse(json.dumps(state), "Buckets[0].Versions[1].VersionId: the key has it twice")


def test_a_package_is_checked_again():
    state = json.loads(STATE)
    state["Contents"][sha256(NO_ZIP)] = base64.b64encode(NO_ZIP).decode()
    state["Functions"][0]["Latest"]["Code"]["Zip"]["CodeSha256"] = sha256(NO_ZIP)
    place = "Functions[0].Latest.Code.Zip.CodeSha256"
    refuse(json.dumps(state), f"{place}: the content {sha256(NO_ZIP)} is no package: ")
