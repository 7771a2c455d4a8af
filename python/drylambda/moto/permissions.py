"""``AWS::Lambda::Permission`` and ``::EventInvokeConfig`` in moto's CloudFormation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .resource import Detached, Resource, differs
from .shapes import shaped

if TYPE_CHECKING:
    from typing_extensions import Self

    from .backend import DryBackend
    from .resource import Properties


class PermissionResource(Resource, Detached):
    """The permission of somebody to use a function; whatever changes in it, it is a new one."""

    TYPE = "AWS::Lambda::Permission"
    REF = "Id"
    ATTRIBUTES = {"Id": "Id"}  # noqa: RUF012 - never changed

    @classmethod
    def _read(cls, properties: Properties) -> Properties:
        found: Properties = shaped("AddPermission", super()._read(properties))
        return found

    @classmethod
    def _create(cls, backend: DryBackend, name: str, properties: Properties, _stack_id: str) -> Self:
        backend.call("add_permission", StatementId=name, **properties)
        return cls(backend, properties, {"Id": name})

    def _update(self, new_name: str, properties: Properties) -> Self:
        return self._replace(new_name, properties)

    def _delete(self) -> None:
        name = self.properties["FunctionName"]
        self.backend.call("remove_permission", FunctionName=name, StatementId=self.members["Id"])


class EventInvokeConfigResource(Resource, Detached):
    """What becomes of asynchronous calls of a function, a version or an alias."""

    TYPE = "AWS::Lambda::EventInvokeConfig"
    REF = "Id"

    @classmethod
    def _read(cls, properties: Properties) -> Properties:
        found: Properties = shaped("PutFunctionEventInvokeConfig", super()._read(properties))
        return found

    @classmethod
    def _create(cls, backend: DryBackend, name: str, properties: Properties, _stack_id: str) -> Self:
        backend.call("put_function_event_invoke_config", **properties)
        return cls(backend, properties, {"Id": name})

    def _update(self, new_name: str, properties: Properties) -> Self:
        if any(differs(key, self.properties, properties) for key in ("FunctionName", "Qualifier")):
            return self._replace(new_name, properties)
        self.backend.call("put_function_event_invoke_config", **properties)
        self.properties = properties
        return self

    def _delete(self) -> None:
        named = {key: self.properties[key] for key in ("FunctionName", "Qualifier") if key in self.properties}
        self.backend.call("delete_function_event_invoke_config", **named)
