"""Is this a moto that drylambda knows? Asked before anything of it is changed.

The one idea to hold: everything of moto's that this package reaches for is in one list, and a release that lacks any of
it is refused by name.
"""

from __future__ import annotations

from importlib import import_module

from .errors import MotoNotSupportedError

_MAJOR = "5."

#: Modules, and what is used of them.
_USED = (
    ("moto.awslambda.models", ("lambda_backends.backend", "lambda_backends.clear")),
    ("moto.awslambda.utils", ("get_backend",)),
    ("moto.awslambda_simple.models", ("lambda_simple_backends.backend", "lambda_simple_backends.clear")),
    ("moto.backend_index", ("backend_url_patterns",)),
    ("moto.core.base_backend", ("BackendDict.reset", "BaseBackend.reset")),
    ("moto.core.botocore_stubber", ("BotocoreStubber.process_request",)),
    ("moto.core.common_models", ("CloudFormationModel",)),
    ("moto.core.config", ("passthrough_service", "passthrough_url")),
    ("moto.core.models", ("DEFAULT_ACCOUNT_ID", "botocore_stubber.enabled")),
    ("moto.iam.models", ("get_account_id_from", "iam_backends", "mark_account_as_visited")),
    (
        "moto.logs.models",
        (
            "logs_backends",
            "LogsBackend.create_log_group",
            "LogGroup.create_log_stream",
            "LogGroup.put_log_events",
        ),
    ),
    ("moto.logs.responses", ("LogsResponse.call_action",)),
    ("moto.moto_api", ("recorder",)),
)


def check() -> None:
    """Raise `MotoNotSupportedError` unless moto is here, of a known release, and has all that is used of it."""
    try:
        import moto  # noqa: PLC0415 - it need not be there
    except ImportError as error:
        msg = "drylambda.moto puts drylambda inside of moto, and moto is not installed"
        raise MotoNotSupportedError(msg) from error
    version = str(getattr(moto, "__version__", "unknown"))
    if not version.startswith(_MAJOR):
        raise _refusal(version, "only 5.0 to 5.2 are known")
    for module_name, paths in _USED:
        try:
            module = import_module(module_name)
        except ImportError as error:
            raise _refusal(version, f"{module_name} is missing: {error}") from error
        for path in paths:
            found: object = module
            for name in path.split("."):
                found = getattr(found, name, _refusal)
            if found is _refusal:
                raise _refusal(version, f"{module_name}.{path} is missing")


def _refusal(version: str, why: str) -> MotoNotSupportedError:
    return MotoNotSupportedError(f"drylambda.moto does not know moto {version}: {why}.")
