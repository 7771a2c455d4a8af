"""Deploy packages with boto3, and see at each step what AWS would answer.

    python examples/deploy.py [ZIP_OR_WHEEL ...]

Two lines are drylambda's, and they are marked. Without them this is a script that deploys to AWS.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import urllib.request
from pathlib import Path
from typing import Any

import boto3

import drylambda  # the first line

ROLE = "arn:aws:iam::123456789012:role/deploy-example"
FIRST_CODE = drylambda.make_zip({"app.py": "def handler(event, context):\n    return 'version 1'\n"})


def main() -> None:
    """Deploy each package that is named on the command line, or a small one."""
    packages = {Path(argument).name: Path(argument).read_bytes() for argument in sys.argv[1:]}
    if not packages:
        packages = {"app.zip": drylambda.make_zip({"app.py": "def handler(event, context):\n    return 'version 2'\n"})}
    with drylambda.mock_lambda():  # the second line
        client = boto3.client("lambda", region_name="eu-central-1")
        for name, package in packages.items():
            print(f"{name}, {len(package):,} bytes")
            deploy(client, re.sub(r"[^a-zA-Z0-9_]+", "-", name)[:64], package)


def deploy(client: Any, name: str, package: bytes) -> None:  # noqa: ANN401 - boto3 makes the class at run time
    """Replace the code of a new function by ``package``, and lead the traffic over to it."""
    created = client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="app.handler",
        Role=ROLE,
        Code={"ZipFile": FIRST_CODE},
        Publish=True,
    )
    tell("created", f"version {created['Version']}, {created['State']}")
    client.get_waiter("function_active_v2").wait(FunctionName=name)

    # A dry run validates and hashes the package; nothing changes.
    before = client.get_function_configuration(FunctionName=name)
    tried = client.update_function_code(FunctionName=name, ZipFile=package, DryRun=True)
    after = client.get_function_configuration(FunctionName=name)
    assert (before["CodeSha256"], before["RevisionId"]) == (after["CodeSha256"], after["RevisionId"])
    tell("dry run", f"it would be {tried['CodeSha256']}, and still is {after['CodeSha256']}")

    # The revision says: only if nobody was faster.
    updated = client.update_function_code(FunctionName=name, ZipFile=package, RevisionId=after["RevisionId"])
    tell("updated", f"{updated['Version']}, {updated['LastUpdateStatus']}")
    tell("CodeSha256", updated["CodeSha256"])
    client.get_waiter("function_updated_v2").wait(FunctionName=name)

    published = client.publish_version(FunctionName=name, CodeSha256=updated["CodeSha256"])
    tell("published", f"version {published['Version']}, {published['State']}")

    # Ten per cent of the calls first, then all.
    client.create_alias(FunctionName=name, Name="live", FunctionVersion=created["Version"])
    steps: list[dict[str, Any]] = [
        {"RoutingConfig": {"AdditionalVersionWeights": {published["Version"]: 0.1}}},
        {"FunctionVersion": published["Version"], "RoutingConfig": {"AdditionalVersionWeights": {}}},
    ]
    for step in steps:
        alias = client.update_alias(FunctionName=name, Name="live", **step)
        weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        others = "".join(f", {weight:.0%} to version {version}" for version, weight in weights.items())
        tell("alias live", f"to version {alias['FunctionVersion']}{others}")

    function = client.get_function(FunctionName=name, Qualifier="live")
    with urllib.request.urlopen(function["Code"]["Location"]) as response:
        downloaded = response.read()
    digest = base64.b64encode(hashlib.sha256(downloaded).digest()).decode()
    assert (downloaded, digest) == (package, function["Configuration"]["CodeSha256"])
    tell("downloaded", f"{len(downloaded):,} bytes, those that were uploaded")


def tell(what: str, came_of_it: str) -> None:
    """Print one line of the account."""
    print(f"  {what:<11} {came_of_it}")


if __name__ == "__main__":
    main()
