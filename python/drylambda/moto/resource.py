"""What the resources of stacks have in common.

The one idea to hold: a resource is the calls that CloudFormation makes for it, and it is gone when nobody knows it any
more, whoever deleted it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from moto.awslambda.utils import get_backend

from drylambda import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from typing_extensions import Self

    from .backend import DryBackend

    Properties = dict[str, Any]

#: How many seconds of the emulator's clock something may take to settle.
_PATIENCE_SECONDS = 600


class Detached:
    """What our models are subclasses of while drylambda is not in moto."""


class Resource(ABC):
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
        """Return the type that templates name."""
        return cls.TYPE

    @classmethod
    def cloudformation_name_type(cls) -> str:
        """Return the property with the name."""
        return cls.NAME_PROPERTY

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Tell whether ``Fn::GetAtt`` gives something of this name."""
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
        """Create what a template says."""
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
        """Make it what a template says now."""
        properties = cls._read(cloudformation_json["Properties"])
        if properties == original_resource.properties:
            return original_resource
        return original_resource._update(new_resource_name, properties)

    def delete(self, _account_id: str, _region: str) -> None:
        """Delete it, if nobody else has."""
        unless_gone(self._delete)
        retry_deletions(self.backend)

    @classmethod  # noqa: B027 - moto wants it, and nobody needs another
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Properties, account_id: str, region_name: str
    ) -> None:
        """Do nothing: each resource deletes itself."""

    @classmethod
    def _read(cls, properties: Properties) -> Properties:
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


def differs(key: str, before: Properties, after: Properties) -> bool:
    """Tell whether a property is another one now."""
    return before.get(key) != after.get(key)


def tag(backend: DryBackend, arn: str, before: dict[str, str], after: dict[str, str]) -> None:
    """Give a resource the tags of a template."""
    gone = [key for key in before if key not in after]
    if gone:
        backend.call("untag_resource", Resource=arn, TagKeys=gone)
    if any(before.get(key) != value for key, value in after.items()):
        backend.call("tag_resource", Resource=arn, Tags=after)


def unless_gone(delete: Callable[[], None]) -> None:
    """Delete something, if it is there."""
    try:
        delete()
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise


def wait_until(backend: DryBackend, settled: Callable[[], bool], what: str) -> None:
    """Wait, by the emulator's clock, until something has settled. Raises ``RuntimeError`` if it does not."""
    for _ in range(_PATIENCE_SECONDS):
        if settled():
            return
        backend.installed().lambda_.clock.advance(1)
    msg = f"{what} is not settled after {_PATIENCE_SECONDS} seconds of the emulator's clock"
    raise RuntimeError(msg)


def retry_deletions(backend: DryBackend) -> None:
    """Delete what could not be deleted as something pointed to it."""
    deletions = backend.installed().deletions
    for delete in list(deletions):
        try:
            unless_gone(delete)
        except ClientError:
            continue
        deletions.remove(delete)
