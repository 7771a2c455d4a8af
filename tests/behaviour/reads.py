"""Every question that can be asked of an emulator, and its answers: two that answer alike hold the same."""

from __future__ import annotations

from botocore.exceptions import ClientError


def asked(target, method, **parameters):
    """Ask one thing; an answer without what belongs to the request, or the error."""
    try:
        answer = getattr(target, method)(**parameters)
    except ClientError as error:
        return error.response["Error"]
    answer.pop("ResponseMetadata", None)
    if "Body" in answer:
        answer["Body"] = answer["Body"].read()
    return answer


#: Of a function as a whole, beside what is listed.
OF_FUNCTIONS = ("list_function_event_invoke_configs", "get_function_recursion_config", "get_policy")
#: Of a version or an alias.
OF_QUALIFIERS = ("get_function_configuration", "get_policy", "get_runtime_management_config")


def of_function(emulator, name):
    """Everything that is told of a function. What is looked at comes before what settles it."""
    listed = ("list_versions_by_function", "list_aliases", "list_function_url_configs", "get_function_concurrency")
    told = [asked(emulator, method, FunctionName=name) for method in listed + OF_FUNCTIONS]
    versions, aliases = told[0]["Versions"], told[1]["Aliases"]
    told += [asked(emulator, "get_alias", FunctionName=name, Name=alias["Name"]) for alias in aliases]
    told += [asked(emulator, "get_function_code_signing_config", FunctionName=name)]
    told += [asked(emulator, "list_tags", Resource=versions[0]["FunctionArn"].removesuffix(":$LATEST"))]
    for qualifier in [version["Version"] for version in versions] + [alias["Name"] for alias in aliases]:
        answer = asked(emulator, "get_function", FunctionName=name, Qualifier=qualifier)
        location = answer["Code"].get("Location")
        told += [answer, location and emulator.download(location)]
        told += [asked(emulator, it, FunctionName=name, Qualifier=qualifier) for it in OF_QUALIFIERS]
        if qualifier in ("$LATEST.PUBLISHED", "1"):
            told += [asked(emulator, "get_function_scaling_config", FunctionName=name, Qualifier=qualifier)]
    return told


def of_world(emulator):
    """Everything that is told of an account in a Region."""
    functions = emulator.list_functions(FunctionVersion="ALL")["Functions"]
    names = sorted({function["FunctionName"] for function in functions})
    told = [functions, asked(emulator, "get_account_settings"), asked(emulator, "list_code_signing_configs")]
    told += [of_layer(emulator, layer["LayerName"]) for layer in asked(emulator, "list_layers")["Layers"]]
    told += [asked(emulator, f"list_{listed}") for listed in ("capacity_providers", "event_source_mappings")]
    return told + [of_function(emulator, name) for name in names]


def of_layer(emulator, name):
    """Everything that is told of a layer."""
    told = [asked(emulator, "list_layer_versions", LayerName=name)]
    for version in told[0]["LayerVersions"]:
        named = {"LayerName": name, "VersionNumber": version["Version"]}
        answer = asked(emulator, "get_layer_version", **named)
        told += [answer, emulator.download(answer["Content"]["Location"])]
        told += [asked(emulator, "get_layer_version_policy", **named)]
    return told


#: Of a bucket.
SETTINGS = [
    "get_bucket_location",
    "get_bucket_versioning",
    "get_bucket_policy",
    "get_public_access_block",
    "get_bucket_encryption",
    "get_bucket_tagging",
    "get_bucket_lifecycle_configuration",
]


def of_buckets(emulator):
    """Everything that is told of the emulator's S3."""
    client = emulator.client("s3")
    told = [asked(client, "list_buckets")]
    for bucket in [bucket["Name"] for bucket in told[0]["Buckets"]]:
        told += [asked(client, setting, Bucket=bucket) for setting in SETTINGS]
        listed = asked(client, "list_object_versions", Bucket=bucket)
        told += [listed, asked(client, "list_objects_v2", Bucket=bucket)]
        for version in listed.get("Versions", []):
            named = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
            told += [asked(client, "get_object", **named, ChecksumMode="ENABLED")]
            told += [asked(client, "get_object_tagging", **named)]
    return told
