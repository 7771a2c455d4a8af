"""What stands in a template as Lambda's operations take it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from botocore.session import Session

from drylambda._drylambda import make_zip


def inline_package(text: str, runtime: str) -> bytes:
    """Make the package of code that stands in the template."""
    return make_zip({"index.js" if runtime.startswith("nodejs") else "index.py": text})


@lru_cache
def _input_shape(operation: str) -> Any:  # noqa: ANN401 - botocore's
    return Session().get_service_model("lambda").operation_model(operation).input_shape


def shaped(operation: str, properties: dict[str, Any]) -> Any:  # noqa: ANN401 - as the shape
    """Return properties with the types of an operation's input: templates and their parameters have texts."""
    return _shaped(_input_shape(operation), properties)


def _shaped(shape: Any, value: Any) -> Any:  # noqa: ANN401, PLR0911 - botocore's shapes
    if shape.type_name == "structure" and isinstance(value, dict):
        members = shape.members
        return {key: _shaped(members[key], item) if key in members else item for key, item in value.items()}
    if shape.type_name == "map" and isinstance(value, dict):
        return {str(key): _shaped(shape.value, item) for key, item in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [_shaped(shape.member, item) for item in value]
    if shape.type_name in ("integer", "long") and isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    if shape.type_name in ("double", "float") and isinstance(value, (int, str)):
        return float(value)
    if shape.type_name == "boolean" and value in ("true", "false"):
        return value == "true"
    if shape.type_name == "string" and isinstance(value, (bool, int, float)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value
