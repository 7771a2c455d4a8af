"""``AWS::Lambda::LayerVersion`` and ``::LayerVersionPermission`` in moto's CloudFormation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .resource import Detached, Resource
from .shapes import shaped

if TYPE_CHECKING:
    from typing_extensions import Self

    from .backend import DryBackend
    from .resource import Properties


class LayerVersionResource(Resource, Detached):
    """A version of a layer; whatever changes in it, it is a new one."""

    TYPE = "AWS::Lambda::LayerVersion"
    NAME_PROPERTY = "LayerName"
    REF = "LayerVersionArn"
    ATTRIBUTES = {"LayerVersionArn": "LayerVersionArn"}  # noqa: RUF012 - never changed

    @classmethod
    def _read(cls, properties: Properties) -> Properties:
        found: Properties = shaped("PublishLayerVersion", super()._read(properties))
        return found

    @classmethod
    def _create(cls, backend: DryBackend, name: str, properties: Properties, _stack_id: str) -> Self:
        # moto has a model of its own of this type, with another property for the name.
        return cls(backend, properties, backend.call("publish_layer_version", **{"LayerName": name, **properties}))

    def _update(self, new_name: str, properties: Properties) -> Self:
        return self._replace(new_name, properties)

    def _delete(self) -> None:
        named = {"LayerName": self.members["LayerArn"], "VersionNumber": self.members["Version"]}
        self.backend.call("delete_layer_version", **named)


class LayerPermissionResource(Resource, Detached):
    """The permission of somebody to use a version of a layer; whatever changes in it, it is a new one."""

    TYPE = "AWS::Lambda::LayerVersionPermission"
    REF = "Id"
    ATTRIBUTES = {"Id": "Id"}  # noqa: RUF012 - never changed

    @classmethod
    def _create(cls, backend: DryBackend, name: str, properties: Properties, _stack_id: str) -> Self:
        given = dict(properties)
        arn = str(given.pop("LayerVersionArn", ""))
        layer, _, number = arn.rpartition(":")
        named = shaped(
            "RemoveLayerVersionPermission", {"LayerName": layer, "VersionNumber": number, "StatementId": name}
        )
        backend.call("add_layer_version_permission", **given, **named)
        return cls(backend, properties, {"Id": f"{arn}#{name}", "Named": named})

    def _update(self, new_name: str, properties: Properties) -> Self:
        return self._replace(new_name, properties)

    def _delete(self) -> None:
        self.backend.call("remove_layer_version_permission", **self.members["Named"])
