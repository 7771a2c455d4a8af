"""``AWS::Lambda::EventSourceMapping`` in moto's CloudFormation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drylambda import ClientError

from .resource import Detached, Resource, differs, tag, wait_until
from .shapes import shaped

if TYPE_CHECKING:
    from typing_extensions import Self

    from .backend import DryBackend
    from .resource import Properties

#: Properties that only a new mapping can have.
_FOR_GOOD = (
    "EventSourceArn",
    "Queues",
    "SelfManagedEventSource",
    "StartingPosition",
    "StartingPositionTimestamp",
    "Topics",
)
#: What a property becomes when it is taken out of the template; others stay as they are.
_DEFAULTS: dict[str, Any] = {
    "DestinationConfig": {"OnFailure": {}},
    "Enabled": True,
    "FilterCriteria": {},
    "FunctionResponseTypes": [],
    "KMSKeyArn": "",
    "LoggingConfig": {},
    "MetricsConfig": {},
    "ProvisionedPollerConfig": {},
    "ScalingConfig": {},
}


class EventSourceMappingResource(Resource, Detached):
    """A mapping of an event source to a function."""

    TYPE = "AWS::Lambda::EventSourceMapping"
    REF = "UUID"
    ATTRIBUTES = {"Id": "UUID", "EventSourceMappingArn": "EventSourceMappingArn"}  # noqa: RUF012 - never changed

    @classmethod
    def _read(cls, properties: Properties) -> Properties:
        read = super()._read(properties)
        if "KmsKeyArn" in read:
            read["KMSKeyArn"] = read.pop("KmsKeyArn")
        if "Tags" in read:
            read["Tags"] = {tag["Key"]: tag["Value"] for tag in read["Tags"]}
        servers = read.get("SelfManagedEventSource", {}).get("Endpoints", {}).get("KafkaBootstrapServers")
        if servers is not None:
            read["SelfManagedEventSource"] = {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": servers}}
        found: Properties = shaped("CreateEventSourceMapping", read)
        return found

    @classmethod
    def _create(cls, backend: DryBackend, _name: str, properties: Properties, _stack_id: str) -> Self:
        made = cls(backend, properties, backend.call("create_event_source_mapping", **properties))
        made._settle()
        return made

    def _update(self, new_name: str, properties: Properties) -> Self:
        before = self.properties
        if any(differs(key, before, properties) for key in _FOR_GOOD):
            return self._replace(new_name, properties)
        after = {**{key: value for key, value in _DEFAULTS.items() if key in before}, **properties}
        changed = {key: value for key, value in after.items() if key != "Tags" and before.get(key) != value}
        if changed:
            self.backend.call("update_event_source_mapping", UUID=self.physical_resource_id, **changed)
            self._settle()
        arn = self.members["EventSourceMappingArn"]
        tag(self.backend, arn, before.get("Tags", {}), properties.get("Tags", {}))
        self.properties = properties
        return self

    def _delete(self) -> None:
        self.backend.call("delete_event_source_mapping", UUID=self.physical_resource_id)
        self._settle()

    def _settle(self) -> None:
        """Wait until nothing is under way, or it is gone."""
        wait_until(self.backend, self._is_settled, self.physical_resource_id)

    def _is_settled(self) -> bool:
        try:
            found = self.backend.call("get_event_source_mapping", UUID=self.physical_resource_id)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            return True
        return found["State"] in ("Enabled", "Disabled")
