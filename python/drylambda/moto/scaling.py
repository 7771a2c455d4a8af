"""``ProvisionedConcurrencyConfig`` and ``FunctionScalingConfig`` in moto's CloudFormation.

The one idea to hold: a template has them as properties of what scales, and Lambda as operations, which are called when
that is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drylambda import ClientError

from .resource import differs, wait_until
from .shapes import shaped

if TYPE_CHECKING:
    from .backend import DryBackend
    from .resource import Properties

_PROVISIONED = "ProvisionedConcurrencyConfig"
_SCALING = "FunctionScalingConfig"


def in_shape(properties: Properties) -> Properties:
    """Return properties with the types that the operations take."""
    found: Properties = shaped("PutFunctionScalingConfig", properties)
    if _PROVISIONED in found:
        found[_PROVISIONED] = shaped("PutProvisionedConcurrencyConfig", found[_PROVISIONED])
    return found


def without_scaling(properties: Properties) -> Properties:
    """Return the properties that are not of these operations."""
    return {key: value for key, value in properties.items() if key not in (_PROVISIONED, _SCALING)}


def scale(backend: DryBackend, function: str, qualifier: str, before: Properties, after: Properties) -> None:
    """Make what a qualifier has what its properties say, and wait for it: it may be moving, too."""
    named = {"FunctionName": function, "Qualifier": qualifier}
    if differs(_PROVISIONED, before, after):
        if _PROVISIONED in after:
            backend.call("put_provisioned_concurrency_config", **{**after[_PROVISIONED], **named})
        else:
            backend.call("delete_provisioned_concurrency_config", **named)
    if differs(_SCALING, before, after):
        # Without numbers they are Lambda's to choose, as before there were any.
        given = {_SCALING: after[_SCALING]} if _SCALING in after else {}
        backend.call("put_function_scaling_config", **given, **named)
    wait_until(backend, lambda: _is_scaled(backend, named, {*before, *after}), f"{function}:{qualifier}")


def _is_scaled(backend: DryBackend, named: Properties, properties: set[str]) -> bool:
    if _PROVISIONED in properties and not _is_provisioned(backend, named):
        return False
    if _SCALING not in properties:
        return True
    found = backend.call("get_function_scaling_config", **named)
    return found.get("AppliedFunctionScalingConfig") == found.get("RequestedFunctionScalingConfig")


def _is_provisioned(backend: DryBackend, named: Properties) -> bool:
    try:
        return bool(backend.call("get_provisioned_concurrency_config", **named)["Status"] == "READY")
    except ClientError as error:
        # It was taken out of the template, or somebody else has deleted it.
        if error.response["Error"]["Code"] != "ProvisionedConcurrencyConfigNotFoundException":
            raise
        return True
