"""``AWS::Lambda::Function``, ``::Version``, ``::Alias``, ``::Url`` and their likes in moto's CloudFormation.

The one idea to hold: a resource is the calls that CloudFormation makes for it, one after the other, each when the one
before has settled. moto finds its models among the direct subclasses of ``CloudFormationModel``, the last one of a type
wins; ours are made subclasses of it by `install`, and are none again afterwards.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from moto.core.common_models import CloudFormationModel

from drylambda import ClientError

from .code_signing import CodeSigningConfigResource
from .event_sources import EventSourceMappingResource
from .layers import LayerPermissionResource, LayerVersionResource
from .permissions import EventInvokeConfigResource, PermissionResource
from .resource import Detached, Resource, differs, retry_deletions, tag, wait_until
from .scaling import in_shape, scale, without_scaling
from .shapes import inline_package, shaped

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

    from .backend import DryBackend

    Properties = dict[str, Any]

#: What a property of a function becomes when it is taken out of the template.
_DEFAULTS: dict[str, Any] = {
    "DeadLetterConfig": {"TargetArn": ""},
    "Description": "",
    "Environment": {"Variables": {}},
    "EphemeralStorage": {"Size": 512},
    "FileSystemConfigs": [],
    "ImageConfig": {},
    "KMSKeyArn": "",
    "Layers": [],
    "LoggingConfig": {"LogFormat": "Text"},
    "MemorySize": 128,
    "SnapStart": {"ApplyOn": "None"},
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
    "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
}
#: Properties of a function that UpdateFunctionConfiguration does not have.
_NOT_CONFIGURATION = (
    "Architectures",
    "Code",
    "CodeSigningConfigArn",
    "FunctionName",
    "FunctionScalingConfig",
    "PackageType",
    "PublishToLatestPublished",
    "RecursiveLoop",
    "ReservedConcurrentExecutions",
    "RuntimeManagementConfig",
    "Tags",
)
#: Those that other operations set, once there is a function.
_BESIDE = (
    "FunctionScalingConfig",
    "PublishToLatestPublished",
    "RecursiveLoop",
    "ReservedConcurrentExecutions",
    "RuntimeManagementConfig",
)
#: The version that a function on a capacity provider has without a number.
_LATEST_PUBLISHED = "$LATEST.PUBLISHED"


class FunctionResource(Resource, Detached):
    """A function."""

    TYPE = "AWS::Lambda::Function"
    NAME_PROPERTY = REF = "FunctionName"
    ATTRIBUTES = {"Arn": "FunctionArn"}  # noqa: RUF012 - never changed

    @classmethod
    def _read(cls, properties: Properties) -> Properties:
        read = super()._read(properties)
        if "KmsKeyArn" in read:
            read["KMSKeyArn"] = read.pop("KmsKeyArn")
        if "Tags" in read:
            read["Tags"] = {tag["Key"]: tag["Value"] for tag in read["Tags"]}
        code = dict(read.get("Code", {}))
        text = code.pop("ZipFile", None)
        found: Properties = shaped("CreateFunction", {**read, "Code": code})
        found = in_shape(shaped("PutFunctionConcurrency", found))
        if text is not None:
            found["Code"]["ZipFile"] = inline_package(text, str(read.get("Runtime", "")))
        return found

    @classmethod
    def _create(cls, backend: DryBackend, name: str, properties: Properties, _stack_id: str) -> Self:
        given = {key: value for key, value in properties.items() if key not in _BESIDE}
        if _publishes(properties):
            given["PublishTo"] = "LATEST_PUBLISHED"
        made = cls(backend, properties, backend.call("create_function", **{**given, "FunctionName": name}))
        try:
            settle(backend, name)
            made._set_beside({}, properties)
        except BaseException:
            # Nothing of a resource that is refused stays.
            made._delete()
            raise
        return made

    def _update(self, new_name: str, properties: Properties) -> Self:
        before, name = self.properties, self.physical_resource_id
        if properties.get("FunctionName", name) != name or differs("PackageType", before, properties):
            return self._replace(new_name, properties)
        if differs("Code", before, properties) or differs("Architectures", before, properties):
            code = {"Architectures": properties.get("Architectures", ["x86_64"]), **properties["Code"]}
            self._call("update_function_code", **code)
        configuration = {**_DEFAULTS, **properties}
        changed = {
            key: configuration[key]
            for key in {*before, *properties} - {*_NOT_CONFIGURATION}
            if key in configuration and differs(key, before, properties)
        }
        if changed:
            self._call("update_function_configuration", **changed)
        if _publishes(properties):
            # What is published already stays as it is.
            self._call("publish_version", PublishTo="LATEST_PUBLISHED")
        if differs("CodeSigningConfigArn", before, properties):
            self._sign(properties.get("CodeSigningConfigArn"))
        self._set_beside(before, properties)
        tag(self.backend, self.members["FunctionArn"], before.get("Tags", {}), properties.get("Tags", {}))
        self.properties = properties
        return self

    def _set_beside(self, before: Properties, after: Properties) -> None:
        self._reserve(before, after)
        if differs("RecursiveLoop", before, after):
            self._call("put_function_recursion_config", RecursiveLoop=after.get("RecursiveLoop", "Terminate"))
        if differs("RuntimeManagementConfig", before, after):
            chosen = after.get("RuntimeManagementConfig", {"UpdateRuntimeOn": "Auto"})
            self._call("put_runtime_management_config", **chosen)
        scale(self.backend, self.physical_resource_id, _LATEST_PUBLISHED, before, after)

    def _reserve(self, before: Properties, after: Properties) -> None:
        reserved = after.get("ReservedConcurrentExecutions")
        if not differs("ReservedConcurrentExecutions", before, after):
            return
        if reserved is None:
            self._call("delete_function_concurrency")
        else:
            self._call("put_function_concurrency", ReservedConcurrentExecutions=reserved)

    def _sign(self, arn: str | None) -> None:
        if arn is None:
            self._call("delete_function_code_signing_config")
        else:
            self._call("put_function_code_signing_config", CodeSigningConfigArn=arn)

    def _call(self, operation: str, **parameters: Any) -> None:  # noqa: ANN401 - each operation has its own
        self.backend.call(operation, FunctionName=self.physical_resource_id, **parameters)
        settle(self.backend, self.physical_resource_id)

    def _delete(self) -> None:
        self.backend.call("delete_function", FunctionName=self.physical_resource_id)


def _publishes(properties: Properties) -> bool:
    return properties.get("PublishToLatestPublished") in (True, "true")


class VersionResource(Resource, Detached):
    """A published version; whatever changes in it but for how it scales, it is a new one."""

    TYPE = "AWS::Lambda::Version"
    REF = "FunctionArn"
    ATTRIBUTES = {"Version": "Version", "FunctionArn": "FunctionArn"}  # noqa: RUF012 - never changed

    @classmethod
    def _read(cls, properties: Properties) -> Properties:
        found: Properties = in_shape(shaped("PublishVersion", super()._read(properties)))
        return found

    @classmethod
    def _create(cls, backend: DryBackend, _name: str, properties: Properties, stack_id: str) -> Self:
        if "FunctionName" in properties:
            update_function_first(backend, stack_id, properties["FunctionName"])
        made = cls(backend, properties, backend.call("publish_version", **without_scaling(properties)))
        settle(backend, made.physical_resource_id)
        try:
            made._scale({}, properties)
        except BaseException:
            made._delete()
            raise
        return made

    def _update(self, new_name: str, properties: Properties) -> Self:
        if without_scaling(properties) != without_scaling(self.properties):
            return self._replace(new_name, properties)
        self._scale(self.properties, properties)
        self.properties = properties
        return self

    def _scale(self, before: Properties, after: Properties) -> None:
        scale(self.backend, self.members["FunctionName"], self.members["Version"], before, after)

    def delete(self, account_id: str, region: str) -> None:
        """Delete it as soon as no alias points to it: moto deletes before it updates, CloudFormation afterwards."""
        try:
            super().delete(account_id, region)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceConflictException":
                raise
            self.backend.installed().deletions.append(self._delete)

    def _delete(self) -> None:
        self.backend.call("delete_function", FunctionName=self.physical_resource_id)


class AliasResource(Resource, Detached):
    """An alias."""

    TYPE = "AWS::Lambda::Alias"
    REF = "AliasArn"
    ATTRIBUTES = {"AliasArn": "AliasArn"}  # noqa: RUF012 - never changed

    @classmethod
    def _read(cls, properties: Properties) -> Properties:
        read = super()._read(properties)
        weights = read.get("RoutingConfig", {}).get("AdditionalVersionWeights")
        if weights is not None:
            pairs = {weight["FunctionVersion"]: weight["FunctionWeight"] for weight in weights}
            read["RoutingConfig"] = {"AdditionalVersionWeights": pairs}
        found: Properties = in_shape(shaped("CreateAlias", read))
        return found

    @classmethod
    def _create(cls, backend: DryBackend, _name: str, properties: Properties, _stack_id: str) -> Self:
        made = cls(backend, properties, backend.call("create_alias", **without_scaling(properties)))
        try:
            made._scale({}, properties)
        except BaseException:
            made._delete()
            raise
        return made

    def _update(self, new_name: str, properties: Properties) -> Self:
        if differs("Name", self.properties, properties) or differs("FunctionName", self.properties, properties):
            return self._replace(new_name, properties)
        without = {"Description": "", "RoutingConfig": {"AdditionalVersionWeights": {}}}
        self.members = self.backend.call("update_alias", **{**without, **without_scaling(properties)})
        self._scale(self.properties, properties)
        self.properties = properties
        retry_deletions(self.backend)
        return self

    def _scale(self, before: Properties, after: Properties) -> None:
        scale(self.backend, after["FunctionName"], after["Name"], before, after)

    def _delete(self) -> None:
        name = self.properties["Name"]
        self.backend.call("delete_alias", FunctionName=self.properties["FunctionName"], Name=name)


class UrlResource(Resource, Detached):
    """The URL of a function or an alias."""

    TYPE = "AWS::Lambda::Url"
    REF = "FunctionArn"
    ATTRIBUTES = {"FunctionArn": "FunctionArn", "FunctionUrl": "FunctionUrl"}  # noqa: RUF012 - never changed

    @classmethod
    def _read(cls, properties: Properties) -> Properties:
        read = super()._read(properties)
        if "TargetFunctionArn" in read:
            read["FunctionName"] = read.pop("TargetFunctionArn")
        found: Properties = shaped("CreateFunctionUrlConfig", read)
        return found

    @classmethod
    def _create(cls, backend: DryBackend, _name: str, properties: Properties, _stack_id: str) -> Self:
        return cls(backend, properties, backend.call("create_function_url_config", **properties))

    def _update(self, new_name: str, properties: Properties) -> Self:
        if any(differs(key, self.properties, properties) for key in ("FunctionName", "Qualifier")):
            return self._replace(new_name, properties)
        without = {"Cors": {}, "InvokeMode": "BUFFERED"}
        gone = {key: value for key, value in without.items() if key in self.properties}
        self.members = self.backend.call("update_function_url_config", **{**gone, **properties})
        self.properties = properties
        return self

    def _delete(self) -> None:
        named = {key: self.properties[key] for key in ("FunctionName", "Qualifier") if key in self.properties}
        self.backend.call("delete_function_url_config", **named)


MODELS: tuple[type, ...] = (
    CodeSigningConfigResource,
    FunctionResource,
    VersionResource,
    AliasResource,
    UrlResource,
    PermissionResource,
    EventInvokeConfigResource,
    LayerVersionResource,
    LayerPermissionResource,
    EventSourceMappingResource,
)


def install() -> Callable[[], None]:
    """Make the models moto's; what is returned takes them out again."""
    _rebase(CloudFormationModel)
    return lambda: _rebase(Detached)


def _rebase(base: type) -> None:
    for model in MODELS:
        model.__bases__ = (Resource, base)
    # Not imported for this: it would import thirty services.
    parsing = sys.modules.get("moto.cloudformation.parsing")
    for name in ("get_model_list", "get_model_map", "get_name_type_map"):
        if parsing is not None:
            getattr(parsing, name).cache_clear()


def settle(backend: DryBackend, function_name: str) -> None:
    """Wait until nothing is under way on a function. Raises ``RuntimeError`` if it failed."""

    def settled() -> bool:
        found = backend.call("get_function_configuration", FunctionName=function_name)
        if found.get("State") == "Failed" or found.get("LastUpdateStatus") == "Failed":
            why = found.get("LastUpdateStatusReason") or found.get("StateReason")
            msg = f"{found['FunctionArn']} did not become what the template says: {why}"
            raise RuntimeError(msg)
        return found.get("State") != "Pending" and found.get("LastUpdateStatus") != "InProgress"

    wait_until(backend, settled, function_name)


def update_function_first(backend: DryBackend, stack_id: str, function_name: str) -> None:
    """Update a version's function before the version is published: moto adds resources before it updates others."""
    if not stack_id:
        return
    from moto.cloudformation import models, parsing  # noqa: PLC0415 - who asks has imported them

    stack = models.cloudformation_backends[backend.account_id][backend.region_name].stacks.get(stack_id)
    if stack is None:
        return
    resources: Any = stack.resource_map
    for logical_id, resource in list(resources._parsed_resources.items()):
        named = isinstance(resource, FunctionResource) and function_name in resource.members.values()
        if named and logical_id in resources._resource_json_map:
            resources._parsed_resources[logical_id] = parsing.parse_and_update_resource(
                logical_id,
                resources._resource_json_map[logical_id],
                resources,
                account_id=backend.account_id,
                region_name=backend.region_name,
            )
