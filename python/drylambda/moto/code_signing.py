"""``AWS::Lambda::CodeSigningConfig`` in moto's CloudFormation, which has no model of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .resource import Detached, Resource, tag
from .shapes import shaped

if TYPE_CHECKING:
    from typing_extensions import Self

    from .backend import DryBackend
    from .resource import Properties

#: What a property becomes when it is taken out of the template.
_DEFAULTS: dict[str, Any] = {
    "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Warn"},
    "Description": "",
}


class CodeSigningConfigResource(Resource, Detached):
    """Whose signatures count."""

    TYPE = "AWS::Lambda::CodeSigningConfig"
    REF = "CodeSigningConfigArn"
    ATTRIBUTES = {"CodeSigningConfigArn": REF, "CodeSigningConfigId": "CodeSigningConfigId"}  # noqa: RUF012 - never changed

    @classmethod
    def _read(cls, properties: Properties) -> Properties:
        read = super()._read(properties)
        if "Tags" in read:
            read["Tags"] = {tag["Key"]: tag["Value"] for tag in read["Tags"]}
        found: Properties = shaped("CreateCodeSigningConfig", read)
        return found

    @classmethod
    def _create(cls, backend: DryBackend, _name: str, properties: Properties, _stack_id: str) -> Self:
        return cls(backend, properties, backend.call("create_code_signing_config", **properties)["CodeSigningConfig"])

    def _update(self, _new_name: str, properties: Properties) -> Self:
        arn = self.physical_resource_id
        told = {**_DEFAULTS, **{key: value for key, value in properties.items() if key != "Tags"}}
        self.backend.call("update_code_signing_config", CodeSigningConfigArn=arn, **told)
        tag(self.backend, arn, self.properties.get("Tags", {}), properties.get("Tags", {}))
        self.properties = properties
        return self

    def _delete(self) -> None:
        self.backend.call("delete_code_signing_config", CodeSigningConfigArn=self.physical_resource_id)
