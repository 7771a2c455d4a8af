"""AWS Lambda, offline.

The one idea to hold: a `Lambda` is an emulator with boto3's methods; everything else here lets it answer for boto3::

    import boto3
    import drylambda

    @drylambda.mock_lambda
    def test_deploy():
        lambda_client = boto3.client("lambda", region_name="eu-west-1")
        ...

    emulator = drylambda.Lambda()
    emulator.list_functions()["Functions"]

Importing drylambda imports neither boto3 nor botocore, and changes nothing outside of it.
"""

from __future__ import annotations

from ._drylambda import VERSION, Clock, Fault, Images, JournalEntry, Package, make_zip
from ._lambda import OPERATIONS, Lambda

#: As of `typing`, which takes longer to import than all of this.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from . import moto as moto
    from . import runners as runners
    from .boto import attach, detach
    from .exceptions import ClientError, ParamValidationError
    from .mock import mock_lambda
    from .server import Server

__version__ = VERSION

__all__ = [
    "OPERATIONS",
    "ClientError",
    "Clock",
    "Fault",
    "Images",
    "JournalEntry",
    "Lambda",
    "Package",
    "ParamValidationError",
    "Server",
    "__version__",
    "attach",
    "detach",
    "make_zip",
    "mock_lambda",
]

#: Where the names are that import botocore, or that only some programs need.
_LATER = {
    "ClientError": ".exceptions",
    "ParamValidationError": ".exceptions",
    "Server": ".server",
    "attach": ".boto",
    "detach": ".boto",
    "exceptions": ".exceptions",
    "mock_lambda": ".mock",
    "moto": ".moto",
    "runners": ".runners",
}


if not TYPE_CHECKING:  # a type checker would take every name for one that is there

    def __getattr__(name: str) -> Any:  # noqa: ANN401 - each name has its own type, above
        if name not in _LATER:
            msg = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(msg)
        from importlib import import_module  # noqa: PLC0415 - only now it is needed

        module = import_module(_LATER[name], __name__)
        value = module if _LATER[name] == f".{name}" else getattr(module, name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
