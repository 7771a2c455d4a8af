"""What is changed in moto while drylambda is in it, and how a request is answered.

The one idea to hold: moto keeps a service's state in a ``BackendDict``; whoever makes its backends is that service. So
the two of Lambda make ours, and every user of them in moto (its server, CloudFormation, other services) gets drylambda
without a reference being rebound. Requests of clients in this process take a short cut: they are answered before moto
looks for a backend, at a third of the cost, and where moto knows no host (FIPS, dual-stack) too.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from moto import backend_index
from moto.awslambda.models import lambda_backends
from moto.awslambda_simple.models import lambda_simple_backends
from moto.core import config
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.iam import models as iam
from moto.logs.responses import LogsResponse
from moto.moto_api import recorder

from drylambda.boto import links, moto_logs
from drylambda.boto.active import Entry
from drylambda.boto.answer import split
from drylambda.boto.install import Site, install
from drylambda.boto.moto import is_active, serving
from drylambda.pollers import turn

from . import cloudformation, invocations
from .backend import DryBackend
from .hosts import URL_BASES, region_of
from .request import read
from .triggers import Triggers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from drylambda import Lambda
    from drylambda.boto.install import Current, Make

    from .request import Request

    #: Status, headers, body.
    Response = tuple[int, list[tuple[str, str]], bytes]

#: moto's name of the service, in its configuration too.
SERVICE = "awslambda"


class Plugin:
    """One emulator, and the changes in moto that let it answer."""

    def __init__(self, lambda_: Lambda, *, polls: bool = True) -> None:
        self.lambda_ = lambda_
        self._views: dict[tuple[str, str | None], Lambda] = {}
        self._in_use: set[tuple[str, str]] = set()
        self._undo: list[Callable[[], None]] = []
        self._unused: list[str] = []
        self._serves = False
        self._triggers = Triggers(lambda_) if polls else None
        #: What is changed once moto has imported it.
        self._late = set(invocations.LATE)
        #: Of CloudFormation's, what is to be deleted as soon as it can be.
        self.deletions: list[Callable[[], None]] = []

    def install(self) -> None:
        """Change moto; nothing is changed if anything fails."""
        try:
            DryBackend.plugin = self
            for backends in (lambda_backends, lambda_simple_backends):
                self._replace_backend(backends)
            self._add_patterns(backend_index.backend_url_patterns)
            self._patch(BotocoreStubber, "process_request", self._process_request)
            self._patch(LogsResponse, "call_action", self._answer_for_logs)
            self._undo.append(cloudformation.install())
            for owner in links.CONNECTIONS:
                self._patch(owner, "connect", links.connect)
        except BaseException:
            self.undo()
            raise

    def unused_faults(self) -> list[str]:
        """Let go what faults hold; return those that met too few calls, also of before a reset of moto's; each once."""
        unused, self._unused = [*self._unused, *self.lambda_._end_faults()], []
        return unused

    def undo(self) -> None:
        """Change everything back, last things first."""
        if is_active():
            moto_logs.ship(self.lambda_)
        while self._undo:
            self._undo.pop()()
        DryBackend.plugin = None

    # What is changed.

    def _replace_backend(self, backends: Any) -> None:  # noqa: ANN401 - moto's own
        before = backends.backend
        # What a backend of the other kind has kept is of no use to this one.
        backends.clear()
        backends.backend = DryBackend

        def undo() -> None:
            backends.clear()
            backends.backend = before

        self._undo.append(undo)

    def _add_patterns(self, patterns: list[Any]) -> None:
        """Let moto know the hosts that it misses, for who does not ask with botocore."""
        added = [(SERVICE, re.compile(base)) for base in URL_BASES[1:]]
        patterns.extend(added)

        def undo() -> None:
            patterns[:] = [pair for pair in patterns if not any(pair is other for other in added)]

        self._undo.append(undo)

    def _patch(self, owner: type, attribute: str, make: Make) -> None:
        self._undo.append(install(Site(owner, attribute, make), self._answers_links))

    def _process_request(self, original: Any, _current: Current) -> Callable[..., Any]:  # noqa: ANN401
        def process_request(stubber: Any, request: Any) -> Any:  # noqa: ANN401 - moto's own
            if DryBackend.plugin is not self:
                return original(stubber, request)
            invocations.late_patches(self._patch, self._late)
            answered = self._answer_client(request)
            if answered is None:
                answered = original(stubber, request)
            # In moto's server, what destinations are told comes this way, and the request behind it is looked after.
            if stubber.enabled:
                self._after_request()
            return answered

        return process_request

    def _after_request(self, endpoint_url: str | None = None) -> None:
        """Hand over what a request has put into queues and streams, and what it has logged if somebody waits for it."""
        if moto_logs.is_subscribed():
            moto_logs.ship(self.lambda_)
        if self._triggers is not None:
            self._triggers.after_request(endpoint_url)

    def _answer_for_logs(self, original: Any, _current: Current) -> Callable[..., Any]:  # noqa: ANN401
        """Let moto's CloudWatch Logs have what functions have logged before it answers."""

        def call_action(response: Any) -> Any:  # noqa: ANN401 - moto's own
            if DryBackend.plugin is self:
                moto_logs.ship(self.lambda_)
            return original(response)

        return call_action

    # What is answered.

    def _answers_links(self) -> Entry | None:
        """Return who answers links to packages: `requests` comes moto's way, other clients do not."""
        answers = DryBackend.plugin is self and is_active()
        return Entry(self.lambda_, "wire", "pass", explicit_region=False) if answers else None

    def _answer_client(self, request: Any) -> Response | None:  # noqa: ANN401 - botocore's, or one like it
        """Answer a request of a client in this process, unless it is not Lambda's or moto's settings let it out."""
        if "lambda" not in request.url:
            return None
        host = split(request.url)[0]
        is_link = links.is_package_host(host)
        if not is_link and region_of(host) is None:
            return None
        # Bodies that are files can be read once, so only Lambda's are read.
        asked = read(request)
        if is_link:
            return self.lambda_._wire(asked.method, asked.host, asked.path, asked.query, asked.headers, b"")
        # Recorded requests go moto's whole way, and come to `answer` all the same.
        if recorder._user_enabled or _is_let_out(request.url):
            return None
        return self.answer(asked)

    def answer(self, asked: Request) -> Response:
        """Answer a request, in the account and the Region that moto derives from it."""
        key, region = asked.signer
        account = _account(key, asked)
        region = region_of(asked.host) or region or self.lambda_.region
        if iam.iam_backends and key:
            iam.mark_account_as_visited(account, key, "lambda", region)
        self.use(account, region)
        if key.isdigit():
            asked = asked.without_key()
        if asked.endpoint is not None:
            self._serve()
        with serving():
            return self._view(account)._wire(*asked[:6], endpoint=asked.endpoint)

    def _serve(self) -> None:
        """Let moto's server bring links to packages here, and hand over what waits after each of its requests.

        From the first request for Lambda on: who has a link or a mapping has asked for it.
        """
        if self._serves:
            return
        self._serves = True
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication  # noqa: PLC0415 - it imports flask

        self._patch(DomainDispatcherApplication, "get_application", _get_application)
        self._patch(DomainDispatcherApplication, "__call__", self._serve_request)

    def _serve_request(self, original: Any, _current: Current) -> Callable[..., Any]:  # noqa: ANN401
        def __call__(application: Any, environ: dict[str, Any], start_response: Any) -> Any:  # noqa: ANN401, N807
            invocations.late_patches(self._patch, self._late)
            answered = original(application, environ, start_response)
            self._after_request(f"{environ['wsgi.url_scheme']}://127.0.0.1:{environ['SERVER_PORT']}")
            return answered

        return __call__

    def call(self, account: str, region: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Answer a call of another service of moto's, by boto3's name."""
        with serving():
            response: dict[str, Any] = getattr(self._view(account, region), operation)(**parameters)
        return response

    def invoke(
        self, account: str, region: str, function_name: str, payload: bytes, parameters: Mapping[str, str]
    ) -> dict[str, Any]:
        """Call a function for another service of moto's."""
        with serving():
            return turn.invoke(self._view(account, region), function_name, payload, **parameters)

    def _view(self, account: str, region: str | None = None) -> Lambda:
        """Return the emulator, seen from an account and a Region."""
        view = self._views.get((account, region))
        if view is None:
            view = self._views[account, region] = self.lambda_.scope(region, account)
        return view

    def use(self, account: str, region: str) -> None:
        """Let moto know that Lambda is in use there, so that its reset reaches us."""
        if (account, region) in self._in_use:
            return
        # In a Region that moto does not know, any backend will do.
        known = lambda_backends[account]
        known[region if region in known else "us-east-1"]
        self._in_use.add((account, region))

    def reset(self) -> None:
        """Forget everything, as moto does."""
        self._in_use.clear()
        self.deletions.clear()
        if self._triggers is not None:
            self._triggers.reset()
        # Not told now: moto resets while it starts, where a warning that is an error would leave it half started.
        self._unused += self.lambda_._end_faults()
        self.lambda_.reset()


def _get_application(original: Any, _current: Current) -> Callable[..., Any]:  # noqa: ANN401 - moto's own
    """Choose Lambda's part of moto's server for links to packages, which nobody signs."""

    def get_application(self: Any, environ: dict[str, Any]) -> Any:  # noqa: ANN401 - moto's own
        found = links.PACKAGE_PATH.match(environ.get("PATH_INFO", ""))
        if found is None:
            return original(self, environ)
        signed = f"AWS4-HMAC-SHA256 Credential=link/20260101/{found[1]}/lambda/aws4_request, SignedHeaders=host"
        return original(self, {**environ, "HTTP_AUTHORIZATION": signed})

    return get_application


def has_role(arn: str) -> bool:
    """Tell whether moto's IAM has a role of this ARN."""
    account = iam.iam_backends.get(arn.split(":")[4])
    backends = list(account.values()) if account is not None else []
    return any(role.arn == arn for backend in backends for role in backend.get_roles())


def _account(key: str, asked: Request) -> str:
    """Return the account of a request, as moto's ``BaseResponse.get_current_account``."""
    account = os.environ.get("MOTO_ACCOUNT_ID") or asked.header("x-moto-account-id")
    if account is None:
        return str(iam.get_account_id_from(key)) if iam.iam_backends else DEFAULT_ACCOUNT_ID
    return account


def _is_let_out(url: str) -> bool:
    """Tell whether moto's settings let Lambda's requests out. Raises moto's error if they refuse Lambda."""
    if config.passthrough_url(url.partition("?")[0]) or config.passthrough_service(SERVICE):
        return True
    # Older releases have none of it.
    allowed = getattr(config, "service_whitelisted", None)
    if allowed is not None and not allowed(SERVICE):
        from moto.core.exceptions import ServiceNotWhitelisted  # noqa: PLC0415 - only a mistake needs it

        raise ServiceNotWhitelisted(SERVICE)
    return False
