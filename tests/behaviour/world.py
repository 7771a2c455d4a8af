"""The constants of the tests: names, two packages, AWS's texts, and the whole of a configuration."""

from __future__ import annotations

import base64
import hashlib
import re

from drylambda import make_zip

ACCOUNT = "123456789012"
REGION = "us-east-1"
ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:fn"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/lambda"
NOW = "2026-01-01T00:00:00.000+0000"  # where the clock of an emulator with a seed stands

ZIP_A = make_zip({"app.py": "def handler(event, context): return 'A'"})
ZIP_B = make_zip({"app.py": "def handler(event, context): return 'B, which is longer'"})

NAME_PATTERN = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?"
    r"(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"
)
WIDE_NAME_PATTERN = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?"
    r"(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"
)


def sha256(package):
    """P4."""
    return base64.b64encode(hashlib.sha256(package).digest()).decode()


class Matching:
    """Equal to every text that a pattern describes whole: for what AWS draws at random."""

    def __init__(self, pattern):
        self.pattern = re.compile(pattern)

    def __eq__(self, other):
        return isinstance(other, str) and bool(self.pattern.fullmatch(other))

    def __hash__(self):
        return hash(self.pattern)

    def __repr__(self):
        return f"Matching({self.pattern.pattern!r})"


ANY_UUID = Matching(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

SETTLED = {"State": "Active", "LastUpdateStatus": "Successful"}
CREATING = {"State": "Pending", "StateReason": "The function is being created.", "StateReasonCode": "Creating"}
UPDATING = {
    "State": "Active",
    "LastUpdateStatus": "InProgress",
    "LastUpdateStatusReason": "The function is being created.",
    "LastUpdateStatusReasonCode": "Creating",
}


def creation(name="fn", **changes):
    """Parameters of CreateFunction."""
    code = {"ZipFile": changes.pop("ZipFile", ZIP_A)}
    return {
        "FunctionName": name,
        "Runtime": "python3.13",
        "Role": ROLE,
        "Handler": "app.handler",
        "Code": code,
        **changes,
    }


PROVIDER_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:capacity-provider:mine"
#: The configuration of a function that runs on it.
MANAGED = {
    "LambdaManagedInstancesCapacityProviderConfig": {
        "CapacityProviderArn": PROVIDER_ARN,
        "PerExecutionEnvironmentMaxConcurrency": 10,
    }
}


def provider(name="mine", **changes):
    """Parameters of CreateCapacityProvider."""
    return {
        "CapacityProviderName": name,
        "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        "PermissionsConfig": {"CapacityProviderOperatorRoleArn": ROLE},
        **changes,
    }


PROVIDER = provider()


def configuration(name="fn", state=SETTLED, package=ZIP_A, **changes):
    """The whole configuration of a function that was made by :func:`creation` (P13)."""
    return {
        "FunctionName": name,
        "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}",
        "Runtime": "python3.13",
        "Role": ROLE,
        "Handler": "app.handler",
        "CodeSize": len(package),
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "LastModified": NOW,
        "CodeSha256": sha256(package),
        "Version": "$LATEST",
        "TracingConfig": {"Mode": "PassThrough"},
        "RevisionId": ANY_UUID,
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "RuntimeVersionConfig": {
            "RuntimeVersionArn": Matching(rf"arn:aws:lambda:{REGION}::runtime:[0-9a-f]{{64}}"),
        },
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"},
        **state,
        **changes,
    }


def version(number, state=SETTLED, name="fn", **changes):
    """The whole configuration of a published version, or of ``$LATEST`` by its qualified ARN."""
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}:{number}"
    return configuration(name, state, FunctionArn=arn, Version=str(number), **changes)


def listed(whole):
    """A configuration as lists show it (G5)."""
    left_out = {
        "State",
        "StateReason",
        "StateReasonCode",
        "LastUpdateStatus",
        "LastUpdateStatusReason",
        "LastUpdateStatusReasonCode",
        "RuntimeVersionConfig",
    }
    return {name: value for name, value in whole.items() if name not in left_out}


def without_metadata(response):
    del response["ResponseMetadata"]
    return response
