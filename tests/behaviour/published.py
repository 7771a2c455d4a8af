"""Layers as tests publish them."""

from __future__ import annotations

from world import ACCOUNT, ZIP_A, without_metadata

LAYER = f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:tools"
OTHER_ACCOUNT = "210987654321"
THEIRS = LAYER.replace(ACCOUNT, OTHER_ACCOUNT)
READ = "lambda:GetLayerVersion"


def publish(way, name="tools", package=ZIP_A, **parameters):
    """Publish a version; return what is told of it."""
    parameters = {"Content": {"ZipFile": package}, **parameters}
    return without_metadata(way.lambda_.publish_layer_version(LayerName=name, **parameters))


def let_in(way, principal="*", **more):
    """Let somebody use version 1."""
    way.lambda_.add_layer_version_permission(
        LayerName="tools", VersionNumber=1, StatementId="in", Action=READ, Principal=principal, **more
    )


def versions(way, **asked):
    """Return the numbers that a list has."""
    answer = way.lambda_.list_layer_versions(LayerName="tools", **asked)
    return [version["Version"] for version in answer["LayerVersions"]]
