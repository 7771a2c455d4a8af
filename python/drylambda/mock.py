"""`mock_lambda`: while it is active, every boto3 client for Lambda in the process is answered by an emulator.

The one idea to hold: one object, every form, one set of defaults. Each time it is entered there is a new emulator,
unless it was given one::

    with mock_lambda(region="eu-west-1") as emulator:
        boto3.client("lambda").list_functions()
        emulator.clock.advance(60)

    @mock_lambda
    def test_deploy(): ...

    @pytest.fixture
    @mock_lambda
    def deployed():
        yield deploy()
"""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from . import _options, forms
from ._lambda import Lambda

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from typing_extensions import Unpack

    from ._options import EmulatorOptions
    from .boto.active import Entry

__all__ = ["MockLambda", "mock_lambda"]

_Target = TypeVar("_Target", bound="Callable[..., Any]")
_DEFAULT_REGION = "us-east-1"
_DEFAULT_ACCOUNT_ID = "123456789012"


class MockLambda:
    """What `mock_lambda` returns: a context manager (``with`` and ``async with``) and a decorator, to use often."""

    def __init__(
        self,
        *,
        lambda_: Lambda | None = None,
        region: str | None = None,
        account_id: str | None = None,
        depth: Literal["wire", "call"] = "wire",
        others: Literal["refuse", "pass"] = "refuse",
        s3: bool = False,
        **options: Unpack[EmulatorOptions],
    ) -> None:
        _options.check(lambda_, options)
        if depth not in ("wire", "call"):
            msg = f'depth is "wire" or "call", not {depth!r}'
            raise ValueError(msg)
        if others not in ("refuse", "pass"):
            msg = f'others is "refuse" or "pass", not {others!r}'
            raise ValueError(msg)
        self._lambda = lambda_
        self._region = region
        self._account_id = account_id
        self._options = options
        self._depth = depth
        self._others = others
        self._s3 = bool(s3)
        self._entries: list[Entry] = []
        # What is wrong with the options is said here, not in the first test that runs.
        self._emulator()

    def __enter__(self) -> Lambda:
        entry = self._enter()
        self._entries.append(entry)
        return entry.lambda_

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self._leave_last(error)

    async def __aenter__(self) -> Lambda:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self._leave_last(error)

    def variables(self) -> dict[str, str]:
        """Return the environment variables that entering would set now, for those who restore them in their own way."""
        from .boto import environment  # noqa: PLC0415 - it imports botocore

        return environment.wanted(self._emulator().region, explicit=self._explicit_region)

    @property
    def _explicit_region(self) -> bool:
        return self._region is not None or self._lambda is not None

    def start(self) -> Lambda:
        """Enter without a block: for ``setUp``, with ``addCleanup(mock.stop)``."""
        return self.__enter__()

    def stop(self) -> None:
        """Leave what `start` entered. Raises ``RuntimeError`` if nothing is entered."""
        self._leave_last()

    def __call__(self, target: _Target, /) -> _Target:
        """Decorate a function, coroutine function, (async) generator function or test class.

        A parameter named ``lambda_`` gets the emulator, and disappears from the signature; everything else stays.
        """
        return forms.decorate(target, self.entered)

    def entered(self) -> Entered:
        """Return a context manager for one entry, independent of this object's own."""
        return Entered(self)

    def _leave_last(self, error: BaseException | None = None) -> None:
        if not self._entries:
            msg = "this mock_lambda is not entered"
            raise RuntimeError(msg)
        # One object may be entered in several tasks and threads; each leaves what it entered.
        from .boto import active  # noqa: PLC0415 - it is imported since the entry was made

        here, thread = active.current(), threading.get_ident()
        mine = (entry for entry in reversed(self._entries) if entry is here or entry.thread == thread)
        entry = here if here in self._entries else next(mine, self._entries[-1])
        self._entries.remove(entry)
        _leave(entry, error)

    def _emulator(self) -> Lambda:
        if self._lambda is not None:
            if self._region is None and self._account_id is None:
                return self._lambda
            return self._lambda.scope(self._region, self._account_id)
        return Lambda(
            region=self._region or os.environ.get("AWS_DEFAULT_REGION") or _DEFAULT_REGION,
            account_id=self._account_id or _DEFAULT_ACCOUNT_ID,
            **self._options,
        )

    def _enter(self) -> Entry:
        try:
            from .boto import active  # noqa: PLC0415 - it imports botocore
        except ImportError as error:
            msg = "mock_lambda answers boto3, and botocore is not installed; drylambda.Lambda works without it"
            raise ImportError(msg) from error
        entry = active.Entry(self._emulator(), self._depth, self._others, self._explicit_region, self._s3)
        active.enter(entry)
        return entry


class Entered:
    """One entry of a `MockLambda`."""

    def __init__(self, mock: MockLambda) -> None:
        self._mock = mock
        self._entry: Entry | None = None

    def __enter__(self) -> Lambda:
        self._entry = self._mock._enter()
        return self._entry.lambda_

    def __exit__(self, kind: object, error: BaseException | None, traceback: object, /) -> None:
        entry, self._entry = self._entry, None
        if entry is not None:
            _leave(entry, error)


def note_calls(error: BaseException, lambda_: Lambda) -> None:
    """Attach the newest calls to what a test failed with, as a note below the traceback (Python 3.11 and later)."""
    note = f"drylambda was called:\n{lambda_.journal}"
    if sys.version_info >= (3, 11) and lambda_.journal and note not in getattr(error, "__notes__", ()):
        error.add_note(note)


def _leave(entry: Entry, error: BaseException | None) -> None:
    from .boto import active, moto, moto_logs  # noqa: PLC0415 - they are imported since the entry was made

    try:
        if moto.is_active():
            # When moto's CloudWatch Logs is read afterwards, there is no emulator to ask.
            moto_logs.ship(entry.lambda_)
    finally:
        active.leave(entry)
    if active.answers(entry.lambda_):
        # Another mock goes on with the same emulator, and with its faults.
        return
    if error is None:
        entry.lambda_._end()
    else:
        # A test that failed need not hear what did not go wrong, but what was called.
        entry.lambda_._end_faults()
        if isinstance(error, Exception):
            note_calls(error, entry.lambda_)


@overload
def mock_lambda(target: _Target, /) -> _Target: ...


@overload
def mock_lambda(
    target: None = None,
    /,
    *,
    lambda_: Lambda | None = None,
    region: str | None = None,
    account_id: str | None = None,
    depth: Literal["wire", "call"] = "wire",
    others: Literal["refuse", "pass"] = "refuse",
    s3: bool = False,
    **options: Unpack[EmulatorOptions],
) -> MockLambda: ...


def mock_lambda(target: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Answer every boto3 client for Lambda, whenever and however it was made, by an emulator.

    As ``with mock_lambda() as emulator:`` (or ``async with``), ``@mock_lambda`` or ``@mock_lambda(...)`` on functions,
    coroutine functions, generator functions (as fixtures are), and on classes of tests, where each test method gets an
    emulator of its own that is there before ``setUp`` or ``setup_method``. A decorated function may have a parameter
    named ``lambda_``: it gets the emulator. No other argument is added.

    - ``lambda_``: the emulator to use. By default there is a new one for each entry, made with
      ``region`` (by default ``AWS_DEFAULT_REGION``, else ``us-east-1``), ``account_id`` and the other options of
      `drylambda.Lambda`: ``settle``, ``seed``, ``runner``, and so on.
    - ``depth``: ``"wire"`` lets botocore do all of its work but the network's; ``"call"`` leaves botocore out of the
      calls, which is many times faster, and without events, retries and signatures.
    - ``others``: ``"refuse"`` raises `drylambda.exceptions.OtherServiceError` for calls of other services; ``"pass"``
      lets them out.
    - ``s3``: with ``True``, every boto3 client for S3 is answered too, by the emulator's own buckets and objects
      (`Lambda.s3`); ``depth`` is about Lambda alone.

    While it is active, ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY`` have dummy values if they are not set, and
    ``AWS_DEFAULT_REGION`` has the emulator's Region if it is not set, or if ``region`` or ``lambda_`` was given. No
    credentials are fetched from anywhere for what is answered, and no session keeps the dummy ones afterwards. Links to
    packages (``Code.Location``), and presigned ones with ``s3=True``, work with ``urllib.request``, urllib3 and
    requests.

    Mocks can be nested: the innermost answers. A task or thread is answered by the mock it entered last itself, or,
    if it entered none, by the one that was entered last of all; boto3's own threads, for ``upload_file`` and its
    like, by the mock of the thread that asked. Beside moto's ``mock_aws``, in either order, Lambda (and, with
    ``s3=True``, S3) is drylambda's and the other services are moto's. ``setUpClass`` and ``setup_class`` of a
    decorated class run before any test, outside of the mock. aiobotocore's clients are answered as boto3's are.

    Raises ``TypeError`` or ``ValueError`` for options that cannot be.
    """
    if target is None:
        return MockLambda(**options)
    if options:
        msg = "the options of mock_lambda go in parentheses of their own: @mock_lambda(region=...)"
        raise TypeError(msg)
    return MockLambda()(target)
