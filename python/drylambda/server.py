"""One port for every client: Lambda and S3 over HTTP, in this process."""

from __future__ import annotations

import atexit
import signal
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from . import _drylambda
from ._lambda import Lambda
from ._options import EmulatorOptions, check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from typing_extensions import Self, Unpack

__all__ = ["Server"]

_running: weakref.WeakSet[Server] = weakref.WeakSet()


class Server:
    """An HTTP server that answers as AWS Lambda and S3 do, from the moment it is made until it is stopped.

        with drylambda.Server(region="eu-west-1") as server:
            subprocess.run(["./deploy.sh"], env={**os.environ, **server.environment}, check=True)
            assert server.lambda_.function("app").versions

    - ``lambda_`` is the emulator that it serves, a new one by default; ``region``, ``account_id`` and ``options`` are
      those of a new `Lambda`. What a client signs with says more: its Region counts, and a key of twelve digits is an
      account.
    - ``verify_signatures`` are the keys that requests have to be signed with, ids to secrets; others get AWS's
      403. Without it signatures are not checked.
    - ``host`` is a name or address of this machine, by default its loopback's; ``port`` 0 is any that is free.
    - ``log`` writes a line for each request to the standard error, as ``"text"`` or as ``"json"``.
    - ``allowed_hosts`` are names by which ``/_drylambda/`` may be asked, beside the loopback's and ``host``.
    - ``cors`` are the origins whose pages may read answers, as ``"https://example.org"``; ``"*"`` is any.

    Raises ``OSError`` if nobody can listen there, ``ValueError`` for a port, log or option that cannot be.
    """

    def __init__(
        self,
        lambda_: Lambda | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        log: Literal["off", "text", "json"] = "off",
        allowed_hosts: Sequence[str] = (),
        cors: Sequence[str] = (),
        verify_signatures: Mapping[str, str] | None = None,
        region: str | None = None,
        account_id: str | None = None,
        **options: Unpack[EmulatorOptions],
    ) -> None:
        check(lambda_, options)
        owns = lambda_ is None
        for name, value in (("allowed_hosts", allowed_hosts), ("cors", cors)):
            if isinstance(value, str):
                msg = f"{name} is a list of texts, not {value!r}"
                raise TypeError(msg)
        if lambda_ is None:
            lambda_ = Lambda(**options)
        if region is not None or account_id is not None:
            lambda_ = lambda_.scope(region, account_id)
        with _signals_masked():
            self._core = _drylambda.Server(
                lambda_,
                host=host,
                port=port,
                log=log,
                allowed_hosts=list(allowed_hosts),
                cors=list(cors),
                verify_signatures=None if verify_signatures is None else dict(verify_signatures),
            )
        self._lambda, self._owns = lambda_, owns
        self._keys = dict(verify_signatures or {})
        _running.add(self)

    @property
    def lambda_(self) -> Lambda:
        """The emulator that it serves: its functions, journal, faults and clock."""
        return self._lambda

    @property
    def endpoint_url(self) -> str:
        """The URL by which it is reached on this machine, as ``http://127.0.0.1:4566``."""
        return self._core.endpoint_url

    @property
    def host(self) -> str:
        """The address at which it listens."""
        return self._core.host

    @property
    def port(self) -> int:
        """The port at which it listens."""
        return self._core.port

    def stop(self) -> None:
        """Take no more requests, finish what is under way, for ten seconds at most, and free the port."""
        if self._owns:
            # What a fault holds is under way, too.
            self._lambda._end()
        self._core.stop()

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that lead a client here: the AWS CLI, an SDK of any language, a deployment tool.

        Beside them there should be no ``AWS_PROFILE``, and no proxy for this host.
        """
        key = self.lambda_.access_key_id or next(iter(self._keys), self.lambda_.account_id)
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ENDPOINT_URL_LAMBDA": self.endpoint_url,
            "AWS_ENDPOINT_URL_S3": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": self._keys.get(key, "drylambda"),
            "AWS_REGION": self.lambda_.region,
            "AWS_DEFAULT_REGION": self.lambda_.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        }

    def client(self, service_name: Literal["lambda", "s3"] = "lambda", **options: Any) -> Any:  # noqa: ANN401 - boto3's
        """Make a boto3 client that talks to this server over its socket; ``options`` are those of ``boto3.client``.

        Within `mock_lambda` it is answered by the mock, as every client of the process is.
        """
        import boto3  # noqa: PLC0415 - only who asks for a client needs it

        here = {
            "endpoint_url": self.endpoint_url,
            "region_name": self.lambda_.region,
            "aws_access_key_id": self.environment["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": self.environment["AWS_SECRET_ACCESS_KEY"],
        }
        return boto3.client(service_name, **(here | options))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<drylambda.Server {self.endpoint_url}{' stopped' if self._core.stopped else ''}>"


@contextmanager
def _signals_masked() -> Iterator[None]:
    """Let the threads that are made meanwhile hear of no signal.

    What is sent to the process is for Python's main thread, which would sleep on if another thread were woken by it.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@atexit.register
def _stop_all() -> None:
    """Stop what still runs while there is an interpreter: calls under way may need it."""
    for server in list(_running):
        server.stop()
