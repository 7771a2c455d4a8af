"""What stands in the place of moto's backend for Lambda: one object for each account and Region, without state.

The one idea to hold: everything is in the emulator; a backend says only which account and Region of it. Other services
of moto's ask it about functions, and get what the emulator answers. What they ask for and drylambda does not build
raises `NotBuiltError`: there is no success that was not one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from moto.core.base_backend import BaseBackend

from . import invocations
from .errors import NotBuiltError
from .hosts import URL_BASES
from .request import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .plugin import Plugin

_BASES: tuple[type, ...] = (BaseBackend,)
try:
    from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource
except ImportError:
    # Before 5.2 the tagging API asks `list_functions`.
    pass
else:
    _BASES = (TaggableResourcesMixin, BaseBackend)


class Function:
    """A function as other services of moto's know it."""

    def __init__(self, backend: DryBackend, configuration: Mapping[str, Any], tags: Mapping[str, str]) -> None:
        self._backend = backend
        self.configuration = dict(configuration)
        self.function_name: str = configuration["FunctionName"]
        self.function_arn: str = configuration["FunctionArn"]
        self.version: str = configuration["Version"]
        self.tags = dict(tags)

    @property
    def policy(self) -> Any:  # noqa: ANN401 - moto's own
        """Raise `NotBuiltError`."""
        raise NotBuiltError(
            what="AddPermission", asked=f"policy of {self.function_arn}, as AWS::Lambda::Permission has it"
        )

    def invoke(self, body: str, request_headers: Mapping[str, Any], response_headers: dict[str, str]) -> bytes:
        """Call it; return its answer. Raises ``ClientError`` if it cannot be called."""
        return self._backend.invoke(self.function_arn, None, body, request_headers, response_headers)


class DryBackend(*_BASES):  # type: ignore[misc]  # moto's have no types
    """Lambda in one account and Region."""

    SERVICE_NAMESPACE = "lambda"
    #: Who answers; there is one at most.
    plugin: ClassVar[Plugin | None] = None

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        #: moto's API puts results of invocations here.
        self.lambda_simple_results_queue: list[str] = []

    def reset(self) -> None:
        """Forget everything: moto resets all accounts and Regions at once."""
        if self.plugin is not None:
            self.plugin.reset()
        super().reset()

    # Requests that come moto's way: from its server, and recorded ones.

    @property
    def url_bases(self) -> list[str]:
        """The hosts, as regular expressions."""
        return URL_BASES

    @property
    def url_paths(self) -> dict[str, Any]:
        """Every path: which operation it is, the emulator knows."""
        return {"/.*": answer}

    @property
    def urls(self) -> dict[str, Any]:
        """Hosts and paths together."""
        return {f"{base}{path}": handler for base in self.url_bases for path, handler in self.url_paths.items()}

    @property
    def flask_paths(self) -> dict[str, Any]:
        """Every path, as flask writes it."""
        return {"/<path:route>": answer}

    # What other services ask.

    def get_function(self, function_name_or_arn: str, qualifier: str | None = None) -> Function:
        """Return a function; raise ``ClientError``, ``ResourceNotFoundException``, for one that is not there."""
        parameters = {"FunctionName": function_name_or_arn}
        if qualifier is not None:
            parameters["Qualifier"] = qualifier
        found = self.call("get_function", **parameters)
        return Function(self, found["Configuration"], found.get("Tags", {}))

    def get_function_by_arn(self, function_arn: str) -> Function | None:
        """Return a function, if there is one with this ARN."""
        from drylambda import ClientError  # noqa: PLC0415 - it is botocore's

        try:
            return self.get_function(function_arn)
        except ClientError:
            return None

    def list_functions(self, func_version: str | None = None) -> list[Function]:
        """Return all functions, with every version if ``func_version`` is ``ALL``."""
        parameters = {} if func_version is None else {"FunctionVersion": func_version}
        functions: list[Function] = []
        while True:
            page = self.call("list_functions", **parameters)
            functions += [Function(self, found, self.list_tags(_unqualified(found))) for found in page["Functions"]]
            if not (marker := page.get("NextMarker")):
                return functions
            parameters["Marker"] = marker

    def publish_version(self, function_name: str, description: str = "") -> Function:
        """Publish a version, and return it."""
        published = self.call("publish_version", FunctionName=function_name, Description=description)
        return Function(self, published, {})

    def delete_function(self, function_name: str, qualifier: str | None = None) -> None:
        """Delete a function, or one version of it."""
        parameters = {"FunctionName": function_name}
        if qualifier is not None:
            parameters["Qualifier"] = qualifier
        self.call("delete_function", **parameters)

    def iter_tagged_resources(self) -> Iterator[Any]:
        """Yield what the tagging API lists."""
        for function in self.list_functions():
            yield TaggedResource(arn=function.function_arn, tags=function.tags, resource_type="lambda:function")

    def list_tags(self, resource_arn: str) -> dict[str, str]:
        """Return the tags of a function."""
        tags: dict[str, str] = self.call("list_tags", Resource=resource_arn)["Tags"]
        return tags

    def tag_resource(self, resource_arn: str, tags: dict[str, str]) -> None:
        """Add tags to a function."""
        self.call("tag_resource", Resource=resource_arn, Tags=tags)

    def untag_resource(self, resource_arn: str, tag_keys: list[str]) -> None:
        """Take tags from a function."""
        self.call("untag_resource", Resource=resource_arn, TagKeys=tag_keys)

    # Whom other services call. Queues and streams call nobody: they are polled (`triggers`).

    def invoke(
        self,
        function_name: str,
        qualifier: str | None,
        body: bytes | str | None,
        headers: Mapping[str, Any],
        response_headers: dict[str, str],
    ) -> bytes:
        """Call a function; return its answer. Raises ``ClientError`` if it cannot be called."""
        return invocations.invoke(self, function_name, qualifier, body, headers, response_headers)

    def invoke_as_service(self, function_name: str, payload: bytes, parameters: Mapping[str, str]) -> dict[str, Any]:
        """Call a function, which may be ``Pending`` still. Raises ``ClientError``."""
        plugin = self.installed()
        plugin.use(self.account_id, self.region_name)
        return plugin.invoke(self.account_id, self.region_name, function_name, payload, parameters)

    def send_sns_message(
        self, function_name: str, message: str, subject: str | None = None, qualifier: str | None = None
    ) -> None:
        """Call a function that is subscribed to a topic."""
        invocations.notify(self, function_name, invocations.of_sns(message, subject), qualifier)

    def send_log_event(
        self,
        function_arn: str,
        filter_name: str,
        log_group_name: str,
        log_stream_name: str,
        log_events: Any,  # noqa: ANN401 - moto's own
    ) -> None:
        """Call a function that a subscription filter names."""
        event = invocations.of_logs(self.account_id, filter_name, log_group_name, log_stream_name, log_events)
        invocations.notify(self, function_arn, event)

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 - each operation has its own
        """Call the emulator, in this account and Region."""
        plugin = self.installed()
        plugin.use(self.account_id, self.region_name)
        response: dict[str, Any] = plugin.call(self.account_id, self.region_name, operation, parameters)
        return response

    def installed(self) -> Plugin:
        """Return who answers; raise ``RuntimeError`` if nobody does."""
        if self.plugin is None:
            msg = "drylambda is no longer in moto: this backend was kept from before drylambda.moto.uninstall()"
            raise RuntimeError(msg)
        return self.plugin


def answer(request: Any, _full_url: str, _headers: Mapping[str, Any]) -> tuple[int, dict[str, str], bytes]:  # noqa: ANN401
    """Answer a request that moto has routed here: werkzeug's, or botocore's."""
    plugin = DryBackend.plugin
    if plugin is None:
        msg = "drylambda is no longer in moto: this server was started before drylambda.moto.uninstall()"
        raise RuntimeError(msg)
    status, answered, content = plugin.answer(read(request))
    # What is said of the connection is the server's to say.
    return status, {name: value for name, value in answered if name not in ("Connection", "Date")}, content


def _unqualified(configuration: Mapping[str, Any]) -> str:
    """Return the ARN of the function, of whatever version this is."""
    return ":".join(configuration["FunctionArn"].split(":")[:7])
