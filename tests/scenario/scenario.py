"""A deployment's life in some ninety calls, refusals among them: what every way in has to answer alike.

A step is boto3's method and its parameters. ``Of(step, "Member")`` is a member of an earlier answer, by the step's label.
"""

from __future__ import annotations

import io
import zipfile
from typing import NamedTuple

import drylambda

ROLE = "arn:aws:iam::123456789012:role/lambda"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:app"
ONE = drylambda.make_zip({"app.py": "def handler(event, context): return 1"})
TWO = drylambda.make_zip({"app.py": "def handler(event, context): return 2", "data.txt": "x" * 10_000})
LARGE = drylambda.make_zip({"app.py": "", "noise": bytes(range(256)) * 4_000})
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app"


class Of(NamedTuple):
    """A member of an earlier answer."""

    step: str
    member: str


class Step(NamedTuple):
    """A call: boto3's method, its parameters, and a name by which later steps know its answer."""

    method: str
    parameters: dict
    label: str = ""


def folders_only():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("folder/", "")
    return out.getvalue()


def create(name, **changes):
    function = {"FunctionName": name, "Runtime": "python3.13", "Handler": "app.handler", "Role": ROLE}
    return Step("create_function", {**function, "Code": {"ZipFile": ONE}, **changes})


def update(**parameters):
    return Step("update_function_code", {"FunctionName": "app", **parameters})


def configure(**parameters):
    return Step("update_function_configuration", {"FunctionName": "app", **parameters})


def read(name="app", label="", **parameters):
    return Step("get_function_configuration", {"FunctionName": name, **parameters}, label)


def publish(**parameters):
    return Step("publish_version", {"FunctionName": "app", **parameters})


def alias(method, **parameters):
    return Step(method, {"FunctionName": "app", "Name": "live", **parameters})


STEPS = [
    Step("list_functions", {}),
    Step("get_account_settings", {}),
    read(),
    update(ZipFile=ONE),
    create("app", Environment={"Variables": {"STAGE": "test"}}, Tags={"team": "a"}, MemorySize=256),
    create("app"),
    create("app!"),
    create("other", Runtime="python3.1"),
    create("other", Code={"ZipFile": b"no zip"}),
    create("other", Timeout=1000),
    update(ZipFile=TWO),
    read(label="made"),
    Step("get_function", {"FunctionName": "app"}),
    update(ZipFile=TWO, DryRun=True),
    update(ZipFile=LARGE, DryRun=True, Publish=True),
    update(ZipFile=b"no zip", DryRun=True),
    read(),
    update(),
    update(ZipFile=ONE, S3Bucket="bucket", S3Key="key"),
    update(ZipFile=b"PK\x05\x06" + bytes(18)),
    update(ZipFile=folders_only()),
    update(ZipFile=ONE[:-1]),
    update(ZipFile=TWO, RevisionId="6f1e0d1c-0000-4000-8000-000000000000"),
    update(ZipFile=TWO, RevisionId=Of("made", "RevisionId"), Architectures=["arm64"]),
    update(ZipFile=ONE),
    configure(Description="too early"),
    publish(),
    read(label="updated"),
    publish(CodeSha256="wrong"),
    publish(Description="first", CodeSha256=Of("updated", "CodeSha256")),
    publish(Description="again, and nothing new"),
    read(Qualifier="1"),
    read(Qualifier="2"),
    read("app:1"),
    read("app:1", Qualifier="2"),
    read(ARN),
    read(ARN.replace("us-east-1", "eu-west-1")),
    read(ARN.replace("1234", "9999")),
    alias("create_alias", FunctionVersion="1", Description="what is live"),
    alias("create_alias", FunctionVersion="1"),
    alias("get_alias"),
    update(ZipFile=LARGE, Publish=True),
    read(Qualifier="2"),
    read(),
    alias("update_alias", FunctionVersion="2", RoutingConfig={"AdditionalVersionWeights": {"1": 0.25}}),
    alias("update_alias", FunctionVersion="9"),
    read(Qualifier="live"),
    Step("list_aliases", {"FunctionName": "app"}),
    Step("list_versions_by_function", {"FunctionName": "app", "MaxItems": 2}),
    Step("list_versions_by_function", {"FunctionName": "app", "Marker": "nonsense"}),
    update(ZipFile=ONE, FunctionName="app:1"),
    configure(Handler="app.run", Timeout=30, Environment={"Variables": {"STAGE": "live"}}),
    read(),
    configure(MemorySize=64),
    configure(Environment={"Variables": {"AWS_REGION": "us-east-1"}}),
    Step("tag_resource", {"Resource": ARN, "Tags": {"cost": "low"}}),
    Step("untag_resource", {"Resource": ARN, "TagKeys": ["team"]}),
    Step("list_tags", {"Resource": ARN}),
    Step("list_tags", {"Resource": f"{ARN}:1"}),
    Step("put_function_concurrency", {"FunctionName": "app", "ReservedConcurrentExecutions": 20}),
    Step("put_function_concurrency", {"FunctionName": "app", "ReservedConcurrentExecutions": 901}),
    Step("put_function_concurrency", {"FunctionName": "nobody", "ReservedConcurrentExecutions": 0}),
    Step("put_function_concurrency", {"FunctionName": "app", "ReservedConcurrentExecutions": True}),
    Step("get_function_concurrency", {"FunctionName": "app"}),
    Step("get_function_concurrency", {"FunctionName": "app:1"}),
    Step("get_account_settings", {}),
    Step("create_function_url_config", {"FunctionName": "app", "AuthType": "NONE", "Cors": {"MaxAge": 60}}),
    Step("create_function_url_config", {"FunctionName": "app", "AuthType": "AWS_IAM"}),
    Step("create_function_url_config", {"FunctionName": "app:live", "AuthType": "AWS_IAM"}),
    Step("update_function_url_config", {"FunctionName": "app", "AuthType": "AWS_IAM"}),
    Step("get_function_url_config", {"FunctionName": "app", "Qualifier": "nobody"}),
    Step("list_function_url_configs", {"FunctionName": "app", "MaxItems": 1}),
    Step("delete_function_url_config", {"FunctionName": "app"}),
    Step("get_function_url_config", {"FunctionName": "app"}),
    Step("get_function", {"FunctionName": "app"}),
    Step("delete_function_concurrency", {"FunctionName": "app"}),
    create("image", Runtime="python3.13", Code={"ImageUri": f"{IMAGE}:1"}, PackageType="Image"),
    Step(
        "create_function",
        {"FunctionName": "image", "Role": ROLE, "PackageType": "Image", "Code": {"ImageUri": f"{IMAGE}:1"}},
    ),
    read("image"),
    update(FunctionName="image", ZipFile=ONE),
    update(FunctionName="image", ImageUri=f"{IMAGE}:2", Publish=True),
    Step("get_function", {"FunctionName": "image"}),
    update(ImageUri=f"{IMAGE}:2"),
    update(S3Bucket="nobody-has-it", S3Key="app.zip"),
    Step("list_functions", {"FunctionVersion": "ALL"}),
    Step("delete_function", {"FunctionName": "app", "Qualifier": "2"}),
    alias("delete_alias"),
    Step("delete_function", {"FunctionName": "app", "Qualifier": "2"}),
    Step("get_policy", {"FunctionName": "app"}),
    Step("delete_function", {"FunctionName": "app"}),
    Step("delete_function", {"FunctionName": "app"}),
    create("app"),
    read(),
    publish(),
    Step("list_functions", {}),
]
