"""The emulator as Python sees it: the core, boto3's methods, and views on other accounts and Regions."""

from __future__ import annotations

from . import _drylambda
from ._operations import Operations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from types import ModuleType
    from typing import Any, Literal

    from typing_extensions import Self, Unpack

    from ._options import EmulatorOptions
    from .deliveries import Delivery
    from .exceptions import Exceptions
    from .journal import Journal
    from .logs import Logs
    from .look import Function
    from .pollers import ClientFactory, Polled
    from .pollers.background import Polling

__all__ = ["OPERATIONS", "Lambda"]

#: Every operation of the API by AWS's name, and whether it is built. The others answer an error that says so.
OPERATIONS: dict[str, bool] = {name: built for name, _, built in _drylambda.operations()}


class Lambda(_drylambda.Lambda, Operations):
    """An emulator of AWS Lambda, seen from one account and Region.

    Every operation of Lambda is a method, with boto3's name, keyword arguments and response:

        emulator = Lambda(region="eu-west-1")
        emulator.update_function_code(FunctionName="app", ZipFile=drylambda.make_zip({"app.py": "..."}))

    - ``region`` and ``account_id`` (twelve digits) are those of calls that do not say otherwise.
    - ``settle`` is when a change leaves ``InProgress``: ``"on_read"`` with the first read after it (a write before is
      refused, as on AWS), ``"instant"`` at once, or a number of seconds on the emulator's clock.
    - ``seed`` makes ids the same in each run.
    - ``runner`` is what runs functions: ``"process"`` (the default) AWS's own runtime clients in processes,
      ``"in_process"`` handlers in Python in this process, ``"container"`` AWS's images by Docker; a handler
      ``handler(event, context)``, or a list of answers, takes the place of every function's code. `bind` gives a single
      function a runner of its own.
    - ``code_storage_limit`` is how many bytes of code the account stores in a Region, by default 300 GiB.
    - ``access_key_id`` is the key in whose name direct calls are made; see `scope`.
    - ``iam`` says who may what: a policy, a list of policies, or a mapping of access keys to them. Without it everybody
      may everything.
    - ``roles`` is a function that tells whether there is a role of an ARN: no function can have any other.
      ``security_groups`` tells the same of the id of a security group.
    - ``strict_images=True`` refuses images that were not declared with ``emulator.images.push``, and
      ``strict_runtimes=True`` runtimes that AWS has retired.

    - ``keep_version_numbers`` and ``dry_run_conflicts`` decide what nobody has recorded; see docs/known-unknowns.md.

    Emulators are independent of each other and may be used from several threads. Refusals are `ClientError`.
    """

    __slots__ = ()

    def __new__(
        cls,
        *,
        region: str = "us-east-1",
        account_id: str = "123456789012",
        access_key_id: str | None = None,
        sharing: _drylambda.Lambda | None = None,
        forking: _drylambda.Lambda | None = None,
        **options: Unpack[EmulatorOptions],
    ) -> Self:
        """Make an emulator, or a view on one that is there; a fork has what it is forked of."""
        made = super().__new__(
            cls,
            region=region,
            account_id=account_id,
            access_key_id=access_key_id,
            sharing=sharing,
            forking=forking,
            **options,
        )
        if sharing is None and forking is None:
            made._set_destinations(_hand_on)
        return made

    def scope(self, region: str | None = None, account_id: str | None = None, access_key_id: str | None = None) -> Self:
        """Return the same emulator, seen from another Region or account: the functions of all are kept together.

        With ``access_key_id`` direct calls are made in the name of that key, as those of a client that signs with it.
        """
        return type(self)(
            region=region or self.region,
            account_id=account_id or self.account_id,
            access_key_id=access_key_id or self.access_key_id,
            sharing=self,
        )

    def logs(self, function_name: str) -> Logs:
        """Return what a function has logged, oldest first: the newest 64 MiB of its log group, with Lambda's own lines.

        ``print(emulator.logs("app"))`` shows the text. Of a function that is gone it is ``/aws/lambda/NAME``.
        """
        from .logs import of_function  # noqa: PLC0415 - not everybody reads them

        return of_function(self, function_name)

    def module(self, function_name: str, name: str | None = None, *, qualifier: str | None = None) -> ModuleType:
        """Return a module of a function that runs in this process, as its handler has it, imported if it is not yet.

        ``name`` is that of the module in the package or its layers, by default the handler's. What it is for is
        ``unittest.mock.patch.object(emulator.module("app"), "table", fake)``. No call is made. With the next update the
        function has other modules.

        Raises ``ValueError`` for a function that is not there or cannot be called, ``TypeError`` for one that does not
        run in this process, `RunnerError` for a module that cannot be imported.
        """
        from .runners.in_process import module  # noqa: PLC0415 - only who patches needs it

        return module(*self._prepare(function_name, qualifier), name)

    @property
    def deliveries(self) -> list[Delivery]:
        """What destinations and dead-letter targets were told of asynchronous calls: the newest 10,000, in order."""
        from .deliveries import Delivery  # noqa: PLC0415 - not everybody asks

        return [Delivery(*parts) for parts in self._deliveries()]

    def on_delivery(self, hook: Callable[[Delivery], object] | None) -> None:
        """Hand everything that is told to a destination or a dead-letter target to ``hook`` from now on, as it is told.

        Functions that are destinations are called in any case, and other targets are told while moto's mock has them.
        ``None`` takes the hook away.
        """
        self._set_destinations(_hand_on if hook is None else lambda *parts: _hand_on(*parts, hook=hook))

    def poll_event_sources(
        self, *, until_idle: bool = True, endpoint_url: str | None = None, clients: ClientFactory | None = None
    ) -> list[Polled]:
        """Hand what waits in queues and streams to the functions that are mapped to them, and say what was done.

            sqs.send_message(QueueUrl=queue, MessageBody="hello")
            [polled] = emulator.poll_event_sources()
            assert polled.invoked == 1

        All enabled mappings of all accounts and Regions are polled, one after the other, by their ids: queues of SQS,
        and streams of Kinesis and DynamoDB. Batches are of the size that the mapping names, or less; no batching window
        is waited for. What a function does not fail on is deleted from its queue, or left behind in its stream.

        - ``until_idle=False`` hands over one batch of each queue and shard; else all that can be handed over is.
          A message that fails is not tried again in the same poll, a batch of a stream is if its retries are limited.
        - ``endpoint_url`` is a server that has the sources. Without it moto's mock has them, which has to be active.
        - ``clients`` makes the clients instead, as ``boto3.client`` does.

        Sources that are not there, and functions that cannot be called, are warned of, and stand in the ``problem`` of
        what is returned. Raises ``RuntimeError`` if nobody answers for sources.
        """
        from .pollers import Clients, poll  # noqa: PLC0415 - not everybody polls

        return poll(self, Clients(endpoint_url, clients), until_idle=until_idle)

    def polling(
        self, interval: float = 1.0, *, endpoint_url: str | None = None, clients: ClientFactory | None = None
    ) -> Polling:
        """Poll event sources in the background, every ``interval`` seconds, while a ``with`` block runs.

        Other arguments are those of `poll_event_sources`. A mapping's batching window is waited for, by the emulator's
        clock. Raises what `poll_event_sources` raises; what goes wrong later is raised at the end of the block.
        """
        from .pollers.background import Polling  # noqa: PLC0415 - not everybody polls

        return Polling(self, interval, endpoint_url, clients)

    def close(self) -> None:
        """End every process in which functions run; the next call of a function starts one. What was deployed stays."""
        self._close()

    def fork(self) -> Self:
        """Return an independent emulator with everything that this one has now, at the cost of a few pointers.

        Functions, packages, images, buckets, settings, the clock and, with a seed, the ids that come next: what is
        prepared once can be forked for each test. The journal of a fork is empty, and it has no faults.
        """
        return type(self)(
            region=self.region, account_id=self.account_id, access_key_id=self.access_key_id, forking=self
        )

    def client(
        self,
        service_name: Literal["lambda", "s3"] = "lambda",
        region_name: str | None = None,
        *,
        depth: Literal["wire", "call"] = "wire",
        **options: Any,  # noqa: ANN401 - boto3's own
    ) -> Any:  # noqa: ANN401 - botocore makes the class when it makes the client
        """Make a real boto3 client for Lambda or S3 that this emulator alone answers.

        It is in this emulator's Region by default. Nothing is patched, no environment variable or configuration file is
        needed, and an active `mock_lambda` does not see its calls. ``options`` are those of ``boto3.client``; ``depth``
        is that of `attach`. The client signs with this emulator's ``access_key_id``, if it has one and ``options`` have
        none.

        Raises ``ValueError`` for another service or depth, ``ImportError`` if botocore is not installed.
        """
        from .boto import client  # noqa: PLC0415 - it imports botocore

        return client(self, service_name, region_name, depth=depth, **options)

    def async_client(
        self,
        service_name: Literal["lambda", "s3"] = "lambda",
        region_name: str | None = None,
        *,
        depth: Literal["wire", "call"] = "wire",
        **options: Any,  # noqa: ANN401 - aiobotocore's own
    ) -> AbstractAsyncContextManager[Any]:
        """Make a real aiobotocore client that this emulator alone answers, for ``async with``.

        Arguments are those of `client`. Raises ``ImportError`` if aiobotocore is not installed.
        """
        from .boto.client import async_client  # noqa: PLC0415 - it imports botocore

        return async_client(self, service_name, region_name, depth=depth, **options)

    @property
    def journal(self) -> Journal:
        """The newest 10,000 calls that the emulator has answered, in all accounts and Regions, oldest first."""
        from .journal import Journal  # noqa: PLC0415 - not everybody asks

        return Journal(self._journal(), forget=self._forget_calls)

    def reset(self) -> None:
        """Forget all functions and buckets of all accounts, all images, signatures, layers, faults and calls.

        Warns of faults that met too few calls.
        """
        unused = self._end_faults()
        super().reset()
        _warn(unused)

    def _end(self) -> None:
        """Let go what faults hold, and warn of those that met too few calls, each once; end what runs functions."""
        _warn(self._end_faults())
        self._close()

    @property
    def exceptions(self) -> Exceptions:
        """The exceptions of direct calls by name, as a boto3 client has them: ``exceptions.ResourceNotFoundException``.

        A boto3 client raises its own classes (``client.exceptions``); `ClientError` is the base of both.
        """
        from .exceptions import NAMESPACE  # noqa: PLC0415 - it is not needed to answer calls

        return NAMESPACE

    def function(self, function_name: str) -> Function:
        """Return a function with its versions and aliases as it is now; looking settles nothing and is no call.

        Raises ``ValueError`` for a function that is not there.
        """
        from .look import Function  # noqa: PLC0415 - not everybody looks

        return Function(self, function_name)

    def __repr__(self) -> str:
        return f"<drylambda.{type(self).__name__} {self.region} {self.account_id}>"

    def _repr_html_(self) -> str:
        from . import html  # noqa: PLC0415 - only notebooks need it

        return html.emulator(self)


def _hand_on(*parts: Any, hook: Callable[[Delivery], object] | None = None) -> None:  # noqa: ANN401 - the core's
    from .deliveries import Delivery, hand_on  # noqa: PLC0415 - not everybody has destinations

    hand_on(Delivery(*parts), hook)


def _warn(unused: list[str]) -> None:
    if unused:
        from .exceptions import warn_of_unused_faults  # noqa: PLC0415 - only a mistake needs it

        warn_of_unused_faults(unused)
