"""``AWS::Lambda::Function``, ``::Version``, ``::Alias`` and ``::Url`` in moto's CloudFormation.

The one idea to hold: a resource is the calls that CloudFormation makes for it, one after the other, each when the one
before has settled. moto finds its models among the direct subclasses of ``CloudFormationModel``, the last one of a type
wins; ours are made subclasses of it by `install`, and are none again afterwards.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from moto.awslambda.utils import get_backend
from moto.core.common_models import CloudFormationModel

from drylambda import ClientError

from .errors import NotBuiltError
from .shapes import inline_package, shaped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from typing_extensions import Self

    from .backend import DryBackend

    Properties = dict[str, Any]

#: How many seconds of the emulator's clock a function may take to settle.
_PATIENCE_SECONDS = 600
#: Properties that another operation sets, which is not built.
_NOT_BUILT = {
    "RuntimeManagementConfig": "PutRuntimeManagementConfig",
    "RecursiveLoop": "PutFunctionRecursionConfig",
    "FunctionScalingConfig": "PutFunctionScalingConfig",
    "ProvisionedConcurrencyConfig": "PutProvisionedConcurrencyConfig",
}
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
    "PackageType",
    "ReservedConcurrentExecutions",
    "Tags",
)


class _Detached:
    """What our models are subclasses of while drylambda is not in moto."""


class _Resource(ABC):
    """What the models have in common."""

    TYPE = ""
    NAME_PROPERTY = ""
    #: The member that ``Ref`` gives.
    REF = ""
    #: CloudFormation's attributes for ``Fn::GetAtt``, and the members that they are.
    ATTRIBUTES: Mapping[str, str] = {}

    def __init__(self, backend: DryBackend, properties: Properties, members: Mapping[str, Any]) -> None:
        self.backend = backend
        self.properties = properties
        self.members = dict(members)

    @property
    def physical_resource_id(self) -> str:
        """What ``Ref`` gives."""
        reference: str = self.members[self.REF]
        return reference

    @classmethod
    def cloudformation_type(cls) -> str:
        return cls.TYPE

    @classmethod
    def cloudformation_name_type(cls) -> str:
        return cls.NAME_PROPERTY

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in cls.ATTRIBUTES

    def get_cfn_attribute(self, attribute_name: str) -> Any:  # noqa: ANN401 - whatever the member is
        """Return what ``Fn::GetAtt`` gives."""
        if attribute_name not in self.ATTRIBUTES:
            from moto.cloudformation.exceptions import UnformattedGetAttTemplateException  # noqa: PLC0415 - it is slow

            raise UnformattedGetAttTemplateException
        return self.members[self.ATTRIBUTES[attribute_name]]

    def is_created(self) -> bool:
        """Tell that there is nothing to wait for: it was waited for."""
        return True

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
        **kwargs: Any,  # noqa: ANN401 - moto's own
    ) -> Self:
        properties = cls._read(cloudformation_json["Properties"])
        backend: Any = get_backend(account_id, region_name)
        return cls._create(backend, resource_name, properties, str(kwargs.get("StackId", "")))

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Self,
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,  # noqa: ARG003 - a resource stays where it is
        region_name: str,  # noqa: ARG003
    ) -> Self:
        properties = cls._read(cloudformation_json["Properties"])
        if properties == original_resource.properties:
            return original_resource
        return original_resource._update(new_resource_name, properties)

    def delete(self, _account_id: str, _region: str) -> None:
        """Delete it, if nobody else has."""
        _unless_gone(self._delete)
        _retry_deletions(self.backend)

    @classmethod  # noqa: B027 - moto wants it, and nobody needs another
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Properties, account_id: str, region_name: str
    ) -> None:
        """Do nothing: each resource deletes itself."""

    @classmethod
    def _read(cls, properties: Properties) -> Properties:
        for name, operation in _NOT_BUILT.items():
            if name in properties:
                raise NotBuiltError(operation, f"{name} of {cls.TYPE}")
        return dict(properties)

    @classmethod
    @abstractmethod
    def _create(cls, backend: DryBackend, name: str, properties: Properties, stack_id: str) -> Self:
        """Create it; ``name`` is CloudFormation's, for what the template gives none."""

    @abstractmethod
    def _update(self, new_name: str, properties: Properties) -> Self:
        """Make it what the template says now, or another in its place."""

    @abstractmethod
    def _delete(self) -> None:
        """Delete it, which somebody may have done already."""

    def _replace(self, new_name: str, properties: Properties) -> Self:
        """Make the new one first, as CloudFormation does."""
        made = self._create(self.backend, new_name, properties, "")
        self.delete("", "")
        return made


class FunctionResource(_Resource, _Detached):
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
        found = shaped("PutFunctionConcurrency", found)
        if text is not None:
            found["Code"]["ZipFile"] = inline_package(text, str(read.get("Runtime", "")))
        return found

    @classmethod
    def _create(cls, backend: DryBackend, name: str, properties: Properties, _stack_id: str) -> Self:
        given = {key: value for key, value in properties.items() if key != "ReservedConcurrentExecutions"}
        made = cls(backend, properties, backend.call("create_function", **{**given, "FunctionName": name}))
        try:
            settle(backend, name)
            made._reserve({}, properties)
        except BaseException:
            # Nothing of a resource that is refused stays.
            made._delete()
            raise
        return made

    def _update(self, new_name: str, properties: Properties) -> Self:
        before, name = self.properties, self.physical_resource_id
        if properties.get("FunctionName", name) != name or _differs("PackageType", before, properties):
            return self._replace(new_name, properties)
        if _differs("Code", before, properties) or _differs("Architectures", before, properties):
            code = {"Architectures": properties.get("Architectures", ["x86_64"]), **properties["Code"]}
            self._call("update_function_code", **code)
        configuration = {**_DEFAULTS, **properties}
        changed = {
            key: configuration[key]
            for key in {*before, *properties} - {*_NOT_CONFIGURATION}
            if key in configuration and _differs(key, before, properties)
        }
        if changed:
            self._call("update_function_configuration", **changed)
        if _differs("CodeSigningConfigArn", before, properties):
            self._sign(properties.get("CodeSigningConfigArn"))
        self._reserve(before, properties)
        self._tag(before.get("Tags", {}), properties.get("Tags", {}))
        self.properties = properties
        return self

    def _reserve(self, before: Properties, after: Properties) -> None:
        reserved = after.get("ReservedConcurrentExecutions")
        if not _differs("ReservedConcurrentExecutions", before, after):
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

    def _tag(self, before: dict[str, str], after: dict[str, str]) -> None:
        arn = self.members["FunctionArn"]
        gone = [key for key in before if key not in after]
        if gone:
            self.backend.call("untag_resource", Resource=arn, TagKeys=gone)
        if any(before.get(key) != value for key, value in after.items()):
            self.backend.call("tag_resource", Resource=arn, Tags=after)

    def _call(self, operation: str, **parameters: Any) -> None:  # noqa: ANN401 - each operation has its own
        self.backend.call(operation, FunctionName=self.physical_resource_id, **parameters)
        settle(self.backend, self.physical_resource_id)

    def _delete(self) -> None:
        self.backend.call("delete_function", FunctionName=self.physical_resource_id)


class VersionResource(_Resource, _Detached):
    """A published version; whatever changes in it, it is a new one."""

    TYPE = "AWS::Lambda::Version"
    REF = "FunctionArn"
    ATTRIBUTES = {"Version": "Version", "FunctionArn": "FunctionArn"}  # noqa: RUF012 - never changed

    @classmethod
    def _create(cls, backend: DryBackend, _name: str, properties: Properties, stack_id: str) -> Self:
        if "FunctionName" in properties:
            update_function_first(backend, stack_id, properties["FunctionName"])
        members = backend.call("publish_version", **shaped("PublishVersion", properties))
        settle(backend, members["FunctionArn"])
        return cls(backend, properties, members)

    def _update(self, new_name: str, properties: Properties) -> Self:
        return self._replace(new_name, properties)

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


class AliasResource(_Resource, _Detached):
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
        found: Properties = shaped("CreateAlias", read)
        return found

    @classmethod
    def _create(cls, backend: DryBackend, _name: str, properties: Properties, _stack_id: str) -> Self:
        return cls(backend, properties, backend.call("create_alias", **properties))

    def _update(self, new_name: str, properties: Properties) -> Self:
        if _differs("Name", self.properties, properties) or _differs("FunctionName", self.properties, properties):
            return self._replace(new_name, properties)
        without = {"Description": "", "RoutingConfig": {"AdditionalVersionWeights": {}}}
        self.members = self.backend.call("update_alias", **{**without, **properties})
        self.properties = properties
        _retry_deletions(self.backend)
        return self

    def _delete(self) -> None:
        name = self.properties["Name"]
        self.backend.call("delete_alias", FunctionName=self.properties["FunctionName"], Name=name)


class UrlResource(_Resource, _Detached):
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
        if any(_differs(key, self.properties, properties) for key in ("FunctionName", "Qualifier")):
            return self._replace(new_name, properties)
        without = {"Cors": {}, "InvokeMode": "BUFFERED"}
        gone = {key: value for key, value in without.items() if key in self.properties}
        self.members = self.backend.call("update_function_url_config", **{**gone, **properties})
        self.properties = properties
        return self

    def _delete(self) -> None:
        named = {key: self.properties[key] for key in ("FunctionName", "Qualifier") if key in self.properties}
        self.backend.call("delete_function_url_config", **named)


MODELS: tuple[type, ...] = (FunctionResource, VersionResource, AliasResource, UrlResource)


def install() -> Callable[[], None]:
    """Make the models moto's; what is returned takes them out again."""
    _rebase(CloudFormationModel)
    return lambda: _rebase(_Detached)


def _rebase(base: type) -> None:
    for model in MODELS:
        model.__bases__ = (_Resource, base)
    # Not imported for this: it would import thirty services.
    parsing = sys.modules.get("moto.cloudformation.parsing")
    for name in ("get_model_list", "get_model_map", "get_name_type_map"):
        if parsing is not None:
            getattr(parsing, name).cache_clear()


def settle(backend: DryBackend, function_name: str) -> None:
    """Wait, by the emulator's clock, until nothing is under way on a function. Raises ``RuntimeError`` if it failed."""
    for _ in range(_PATIENCE_SECONDS):
        found = backend.call("get_function_configuration", FunctionName=function_name)
        if found.get("State") == "Failed" or found.get("LastUpdateStatus") == "Failed":
            why = found.get("LastUpdateStatusReason") or found.get("StateReason")
            msg = f"{found['FunctionArn']} did not become what the template says: {why}"
            raise RuntimeError(msg)
        if found.get("State") != "Pending" and found.get("LastUpdateStatus") != "InProgress":
            return
        backend.installed().lambda_.clock.advance(1)
    msg = f"{function_name} is not settled after {_PATIENCE_SECONDS} seconds of the emulator's clock"
    raise RuntimeError(msg)


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


def _differs(key: str, before: Properties, after: Properties) -> bool:
    return before.get(key) != after.get(key)


def _unless_gone(delete: Callable[[], None]) -> None:
    try:
        delete()
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise


def _retry_deletions(backend: DryBackend) -> None:
    """Delete what could not be deleted as something pointed to it."""
    deletions = backend.installed().deletions
    for delete in list(deletions):
        try:
            _unless_gone(delete)
        except ClientError:
            continue
        deletions.remove(delete)
