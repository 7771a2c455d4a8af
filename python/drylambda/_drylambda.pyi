# ruff: noqa: PYI021 - editors show these, not the docstrings of the compiled module
"""The compiled core: an emulator, its clock, packages."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, final

from typing_extensions import Self, Unpack, disjoint_base

from ._options import EmulatorOptions
from .package_diff import PackageDiff

__all__ = [
    "BOTOCORE_VERSION",
    "UNZIPPED_BYTES",
    "VERSION",
    "ZIPPED_BYTES",
    "Bucket",
    "Clock",
    "Container",
    "EventSource",
    "Fault",
    "Images",
    "Invocation",
    "JournalEntry",
    "Lambda",
    "Messages",
    "ObjectStore",
    "Package",
    "Process",
    "Server",
    "Shard",
    "check_file",
    "check_operation",
    "descriptions",
    "error_codes",
    "make_zip",
    "may_wait",
    "operations",
    "request",
    "runs_code",
    "sign",
]

VERSION: Final[str]
BOTOCORE_VERSION: Final[str]
#: AWS's limits of a package, in bytes: as it is in a request, and unzipped with its layers.
ZIPPED_BYTES: Final[int]
UNZIPPED_BYTES: Final[int]

@final
class Bucket:
    """A bucket's settings, as they were when it was asked for."""

    @property
    def region(self) -> str:
        """Where it lies."""
    @property
    def account_id(self) -> str:
        """The account that owns it."""
    @property
    def versioned(self) -> bool:
        """Whether versioning is enabled."""
    @property
    def policy(self) -> str | None:
        """The text of its policy, if it has one."""

@final
class Clock:
    """The clock of an emulator: runs with the system's, shifted or frozen."""

    @property
    def frozen(self) -> bool:
        """Whether the clock stands."""
    def time(self) -> float:
        """Seconds since the epoch, by this clock."""
    def freeze(self, at: datetime | str | float | None = None) -> None:
        """Stop the clock, at ``at`` (a datetime, an ISO 8601 text or seconds since the epoch) or where it is."""
    def resume(self) -> None:
        """Let the clock run again, from where it stands."""
    def advance(self, seconds: float) -> None:
        """Move the clock on by ``seconds`` (back, if negative), frozen or running.

        Raises ``ValueError`` for what is no time: a number that is not finite, or larger than any ``float``.
        """

@final
class Fault:
    """What goes wrong because a test asked for it; as ``with`` it is removed at the end, with a warning if not used."""

    @property
    def calls(self) -> int:
        """How many calls it has met."""
    @property
    def used(self) -> bool:
        """Whether it has met as many calls as it is for; one at least, if it is for any number."""
    def wait(self, calls: int = 1, timeout: float = 10.0) -> None:
        """Wait until so many calls are held.

        Raises ``RuntimeError`` if there are fewer after ``timeout`` seconds, ``TypeError`` if this fault holds none.
        """
    def release(self) -> None:
        """Let the calls that are held go on, and hold no others.

        Raises ``TypeError`` if this fault holds none.
        """
    def remove(self) -> None:
        """Take the fault away; calls that it holds go on. Whether it met its calls is `used`'s to say."""
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None: ...

@final
class Images:
    """The container images that functions may have: a registry of ECR in which tests declare tags and digests."""

    def push(self, uri: str, digest: str | None = None, *, supported: bool = True) -> str:
        """Declare what ``uri`` stands for from now on, as a push does; return the digest, ``sha256:...``.

        Without ``digest`` it is made from the URI. ``supported=False`` declares what Lambda refuses, as an OCI index.
        Raises ``ValueError`` for a URI that names no image of ECR, and for one that names another digest.
        """
    def deny(self, uri: str, denied: bool = True) -> None:
        """Let nobody read the URI's repository, as a repository policy may; with ``denied=False`` everybody again."""

@final
class JournalEntry:
    """One call that an emulator answered, and what came of it."""

    @property
    def operation(self) -> str:
        """AWS's name of the operation."""
    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters as they were given, without packages' bytes and values of more than 128 KiB."""
    @property
    def response(self) -> dict[str, Any] | None:
        """boto3's response without ``ResponseMetadata``; nothing for a call that was refused."""
    @property
    def error_code(self) -> str | None:
        """The code of the refusal, if the call was refused."""
    @property
    def error_message(self) -> str | None:
        """The first 16 KiB of the refusal's text, if the call was refused and AWS's text is not null."""
    @property
    def principal(self) -> str:
        """The ARN of the caller."""
    @property
    def access_key_id(self) -> str | None:
        """The access key that signed the call, if one did."""
    @property
    def region(self) -> str:
        """The Region that was called."""
    @property
    def account_id(self) -> str:
        """The account of the caller: twelve digits."""
    @property
    def time(self) -> datetime:
        """When the call began, by the emulator's clock; in UTC."""
    @property
    def request_id(self) -> str:
        """The id of the request."""
    def cloudtrail(self) -> dict[str, Any]:
        """Return the call as a record of CloudTrail."""
    def eventbridge(self) -> dict[str, Any]:
        """Return the call as an event of EventBridge: ``AWS API Call via CloudTrail``."""

@final
class Process:
    """A runner that runs functions in processes of their own, by AWS's runtime interface clients.

    - ``commands`` are what starts a runtime's client, by the name of the runtime: ``{"java21": ["/opt/client"]}``. The
      function's handler is added to the command. Python (``awslambdaric``), Node.js (``aws-lambda-ric``) and a
      package's own ``bootstrap`` are known.
    - ``environment`` are variables that every function gets, beneath its own. Nothing else comes from the environment
      of the tests but ``PATH``.
    - ``memory_limit=False`` lets functions have more memory than they are configured with.

    Raises ``ValueError`` for an empty command.
    """

    def __new__(
        cls,
        *,
        commands: Mapping[str, Sequence[str | PathLike[str]]] | None = None,
        environment: Mapping[str, str] | None = None,
        memory_limit: bool = True,
    ) -> Self: ...

@final
class Container:
    """A runner that runs functions in containers, each of which is an execution environment.

    - ``command`` is the client of a container engine, ``["docker"]`` by default: any that takes the same commands, as
      ``["podman"]``, ``["nerdctl"]`` or ``["finch"]``.
    - ``images`` are images by runtime, in the place of AWS's ``public.ecr.aws/lambda``: ``{"python3.13": "app:1"}``.
      Functions from images run the image that they are.
    - ``environment`` are variables that every function gets, beneath its own.
    - ``options`` are arguments of the engine's ``create``, after those that are given anyway.

    Containers are in the network of this machine (``--network host``), where the Runtime API is.

    Raises ``ValueError`` for an empty command.
    """

    def __new__(
        cls,
        *,
        command: Sequence[str | PathLike[str]] | None = None,
        images: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        options: Sequence[str | PathLike[str]] | None = None,
    ) -> Self: ...

@final
class Invocation:
    """One call of a function, as a runner gets it."""

    @property
    def request_id(self) -> str:
        """Of the call, and of every line that is logged for it."""
    @property
    def function_name(self) -> str:
        """The bare name."""
    @property
    def version(self) -> str:
        """``$LATEST`` or a number: what runs, whatever was named."""
    @property
    def function_arn(self) -> str:
        """The ARN as it was called, with the qualifier if there was one."""
    @property
    def account_id(self) -> str:
        """The function's account: twelve digits."""
    @property
    def region(self) -> str:
        """The function's Region."""
    @property
    def handler(self) -> str | None:
        """As it is configured; none for images."""
    @property
    def runtime(self) -> str | None:
        """As it is configured; none for images."""
    @property
    def memory_size(self) -> int:
        """In MB."""
    @property
    def timeout(self) -> int:
        """In seconds."""
    @property
    def deadline_ms(self) -> int:
        """When the call is to be over: milliseconds since 1970, by the system's clock."""
    @property
    def environment(self) -> dict[str, str]:
        """The function's variables."""
    @property
    def payload(self) -> bytes:
        """The event, as it was given."""
    @property
    def client_context(self) -> str | None:
        """The JSON of the caller's context."""
    @property
    def trace_id(self) -> str:
        """X-Ray's header."""
    @property
    def tenant_id(self) -> str | None:
        """For functions that isolate tenants."""
    @property
    def log_group(self) -> str:
        """The log group."""
    @property
    def log_stream(self) -> str:
        """The log stream."""
    @property
    def log_format(self) -> Literal["Text", "JSON"]:
        """How records are logged."""
    @property
    def log_level(self) -> str | None:
        """The least level that is logged, for the format JSON."""
    @property
    def code_dir(self) -> Path:
        """The package as a read-only folder, which stays as long as this object."""
    @property
    def layers_dir(self) -> Path:
        """All layers over each other, as a read-only folder that stays as long as this object: what ``/opt`` is."""
    @property
    def identity(self) -> str:
        """Tells apart what may share an execution environment: it changes with each change of code or configuration."""

@final
class EventSource:
    """A mapping that is enabled."""

    @property
    def uuid(self) -> str: ...
    @property
    def account_id(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def function_arn(self) -> str: ...
    @property
    def source_arn(self) -> str | None: ...
    @property
    def kind(self) -> Literal["sqs", "kinesis", "dynamodb"] | None:
        """What polls it, if anything does."""
    @property
    def batch_size(self) -> int: ...
    @property
    def window_seconds(self) -> int: ...
    @property
    def starting_position(self) -> str | None: ...
    @property
    def starting_timestamp(self) -> float | None: ...
    @property
    def on_failure(self) -> str | None:
        """Return the ARN of what is told of records that were given up."""
    def is_polled(self) -> bool: ...
    def messages(self, read: list[dict[str, Any]]) -> tuple[list[int], list[Messages]]: ...
    def begun(self) -> list[str]: ...
    def begin(self, shard: str, after: str | None) -> None: ...
    def position(self, shard: str) -> tuple[str | None, int]: ...
    def shard(self, shard: str, read: list[dict[str, Any]]) -> Shard: ...

@final
class Messages:
    """Messages that a function is given at once."""

    @property
    def places(self) -> list[int]: ...
    @property
    def event(self) -> bytes: ...
    def done(self, payload: bytes | None) -> list[int]: ...

@final
class Shard:
    """Records of a shard that a function is given at once."""

    @property
    def event(self) -> bytes | None: ...
    @property
    def count(self) -> int: ...
    @property
    def filtered(self) -> int: ...
    @property
    def expired(self) -> tuple[str, int] | None: ...
    def skip(self) -> None: ...
    def settle(
        self, payload: bytes | None, call: tuple[str, int, str | None, str | None] | None
    ) -> tuple[int, str | None, int, bool]: ...

@disjoint_base
class Lambda:
    """An emulator of AWS Lambda, seen from one account and Region."""

    def __new__(
        cls,
        *,
        region: str = "us-east-1",
        account_id: str = "123456789012",
        access_key_id: str | None = None,
        sharing: Lambda | None = None,
        forking: Lambda | None = None,
        **options: Unpack[EmulatorOptions],
    ) -> Self: ...
    @property
    def region(self) -> str:
        """The Region that calls go to when nothing else says so."""
    @property
    def account_id(self) -> str:
        """The account that calls belong to when nothing else says so."""
    @property
    def access_key_id(self) -> str | None:
        """The access key in whose name direct calls are made, if there is one."""
    @property
    def clock(self) -> Clock:
        """The emulator's clock."""
    @property
    def s3(self) -> ObjectStore:
        """The emulator's own S3, for tests that want no client."""
    @property
    def images(self) -> Images:
        """The emulator's container images."""
    def _journal(self) -> list[JournalEntry]:
        """Return the newest 10,000 calls that the emulator has answered."""
    def _forget_calls(self) -> None: ...
    def sign(
        self,
        package: bytes | str,
        profile_version_arn: str,
        job_arn: str | None = None,
        *,
        flaw: Literal["integrity", "expired", "revoked"] | None = None,
    ) -> None:
        """Declare that a package, by its bytes or its ``CodeSha256``, counts as signed by a version of a profile.

        A code signing configuration of the function decides what that means. ``flaw`` is what is wrong with the
        signature. Raises ``TypeError`` or ``ValueError`` for anything else.
        """
    def declare_layer(
        self, arn: str, package: bytes | None = None, *, code_size: int = 0, unzipped_size: int = 0
    ) -> None:
        """Declare a layer version that functions may have: by its zip, or by the bytes of the zip and of what is in it.

        Those of AWS and of vendors are meant; others are published. Raises ``ValueError`` for a package that AWS would
        refuse, for what is no ARN of a layer's version, and for sizes below 0.
        """
    def _look(self, function_name: str) -> dict[str, Any]:
        """Return ``Configuration``, ``Versions``, ``Aliases`` and ``Tags`` of a function, without a call."""
    def _names(self) -> list[str]:
        """Return the names of all functions of the account in the Region, without a call."""
    def package(self, function_name: str, qualifier: str | None = None) -> Package:
        """Return what was deployed: the package of a function, or of a version or an alias, as it is now.

        ``function_name`` is written as in calls, with a qualifier or without. Looking settles no update and is no call.
        Raises ``ValueError`` for what is not there, and for a function from a container image.
        """
    def fail_update(self, function_name: str, code: str = "InternalError", reason: str | None = None) -> None:
        """Let a function's update under way, or its creation, end as ``Failed``; or else its next update.

        ``code`` and ``reason`` become ``LastUpdateStatusReasonCode`` and ``LastUpdateStatusReason``. The code and
        configuration from before the update serve on. Raises ``ValueError`` for an unknown function or code.
        """
    def deactivate(self, function_name: str, code: str = "Idle", reason: str | None = None) -> None:
        """Let a function become ``Inactive``, with this ``StateReasonCode`` and ``StateReason``, until it is updated.

        Raises ``ValueError`` for an unknown function or code, and while something is under way on the function.
        """
    def fail(
        self,
        operation: str,
        error: str,
        message: str | None = None,
        *,
        times: int | None = None,
        when: dict[str, Any] | None = None,
        done: bool = False,
    ) -> Fault:
        """Let calls of an operation fail.

        - ``operation`` is AWS's name, as ``UpdateFunctionCode``; ``"*"`` is every one.
        - ``error`` is one of its errors, as ``TooManyRequestsException``, or how the connection breaks:
          ``EndpointConnectionError``, ``ConnectTimeoutError``, ``ReadTimeoutError``, ``ConnectionClosedError``.
        - ``message`` is the error's text, by default AWS's.
        - ``times`` is how many calls fail, each try of a client being one; without it all do until `Fault.remove`.
        - ``when`` is what the parameters must hold, among others; a function is the same by its name and its ARN, and
          what a call leaves out is not its default: ``{"DryRun": False}`` is for calls that say so.
        - ``done=True`` does what was asked, and loses the answer: for ``ReadTimeoutError``, ``ConnectionClosedError``.

        Each call meets one fault at most: the first that was asked for of those that fit and are not used up. Faults
        come after the check of the parameters, before all else. Raises ``ValueError`` for what can meet no call.

        One that met too few calls is reported, `drylambda.exceptions.UnusedFaultWarning`, when its own ``with``, the
        mock, the fixture or the attachment ends, and by `Lambda.reset`; who calls `Fault.remove`, or has an emulator
        with none of these, asks `Fault.used`.
        """
    def delay(
        self, operation: str, seconds: float, *, times: int | None = None, when: dict[str, Any] | None = None
    ) -> Fault:
        """Let calls of an operation take so many seconds, 0.001 to 86,400, by the emulator's clock; nothing sleeps.

        A client whose ``read_timeout`` is shorter gets ``ReadTimeoutError`` then, and the call is done all the same.
        ``times`` and ``when`` are those of `fail`. Raises ``ValueError`` for what can meet no call.
        """
    def hold(
        self,
        operation: str,
        *,
        times: int | None = None,
        when: dict[str, Any] | None = None,
        timeout: float = 30.0,
    ) -> Fault:
        """Let calls of an operation, made in other threads, wait until `Fault.release`, before anything is done.

        The end of the mock and `reset` release them too. After ``timeout`` seconds a call is refused with
        ``DrylambdaNotReleased``. A call whose task is cancelled meanwhile was sent: it is done when it is released, and
        nobody hears the answer. A process that is forked holds and releases calls of its own. ``times`` and ``when``
        are those of `fail`. Raises ``ValueError`` for what can meet no call.
        """
    @property
    def faults(self) -> list[Fault]:
        """The faults that were asked for and not removed, oldest first."""
    def _event_sources(self) -> list[EventSource]:
        """List the mappings that are enabled, of all accounts and Regions."""
    def _await_function(self, function_name: str) -> None:
        """Let a function leave ``Pending`` that waits for a reader."""
    def _shares(self, other: Lambda) -> bool:
        """Tell whether another view is on the same emulator."""
    def _is_faulty(self) -> bool:
        """Tell whether a fault may meet the next call, which may then take its time."""
    def bind(self, function_name: str, runner: object) -> None:
        """Let a function be run by a runner from now on, whether it is there already or not.

        ``function_name`` is a name, or an ARN without a qualifier. ``runner`` is a handler ``handler(event, context)``,
        a list of canned answers, ``"in_process"``, ``"process"``, ``"container"``, or one of them with settings;
        ``None`` is the emulator's own again.

        Raises ``ValueError`` for what names no function, ``TypeError`` for what is no runner.
        """
    def _prepare(self, function_name: str, qualifier: str | None = None) -> tuple[object, Invocation]: ...
    def _logs(self, log_group: str) -> list[tuple[int, str, str, str]]: ...
    def _take_logs(self) -> list[tuple[str, str, str, list[tuple[int, str, str, str]]]]: ...
    def run_events(self) -> int:
        """Have every asynchronous call tried that is due by the emulator's clock, and those that come of it.

        Returns how many it were. ``Invoke`` with ``InvocationType="Event"`` and ``clock.advance`` do the same.
        Raises ``ValueError`` for a function that nobody here can run.
        """
    def _deliveries(
        self,
    ) -> list[tuple[str, str, Literal["success", "failure", "dead-letter"], str, dict[str, tuple[str, str]]]]: ...
    def _set_destinations(self, destinations: Callable[..., object] | None) -> None: ...
    def _close(self) -> None: ...
    def _end_faults(self) -> list[str]:
        """Let go what faults hold; return those that met too few calls, each once."""
    def reset(self) -> None:
        """Forget all functions and buckets of all accounts, all images, signatures, layers, faults and calls."""
    def dump(self) -> str:
        """Return everything that `reset` forgets, but for faults and calls, as JSON: a state for `load`.

            Path("state.json").write_text(emulator.dump())

        It has the functions of all accounts and Regions with their packages (each once, in base64, under its SHA-256),
        URLs, code signing configurations, version numbers that are kept, images, signatures, layers, and the buckets of
        the emulator's S3 with all versions of their objects. It has no download links, which expire, and no uploads in
        parts that are under way. Moments are milliseconds since 1970. The same state is the same text.
        """
    def load(self, state: str | bytes) -> None:
        """Put a state that `dump` wrote in the place of everything that is here, but for faults and calls.

            emulator.load(Path("state.json").read_text())

        Options are this emulator's own: ``settle``, ``iam``, ``seed``, limits. So is its clock, if it runs; one that
        stands earlier than that of the state did, as it may with a seed, is moved on to there. A change that is
        ``InProgress`` ends at the moment at which it was to end: where the clock has passed that, it is over. With a
        seed, ids follow from the seed and the state from here on; none that the state has comes again.

        Raises ``ValueError``, which says what is wrong and where, for what is no such state; then nothing has changed.
        """
    def download(self, location: str) -> bytes:
        """Return the bytes behind a ``Code.Location``; raise ``ValueError`` with S3's words if it yields nothing."""
    def _call(
        self,
        operation: str,
        parameters: dict[str, Any],
        region: str | None = None,
        access_key_id: str | None = None,
        timeout: object = None,
    ) -> dict[str, Any]:
        """Answer one call: AWS's operation name, boto3's parameters; boto3's response.

        ``access_key_id`` is that of a client which signs, or empty for one that does not.
        """
    def _wire(
        self,
        method: str,
        host: str,
        path: str,
        query: str,
        headers: list[tuple[str, str]] | Mapping[str, str | bytes],
        body: bytes,
        package: tuple[str, bytes] | None = None,
        timeout: object = None,
        *,
        endpoint: str | None = None,
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Answer one HTTP request: (status, headers, body).

        ``headers`` are pairs, or a mapping that is asked only for those that count. ``package`` is (token in the body,
        what it stands for).
        """

    def _s3(
        self,
        method: str,
        host: str,
        path: str,
        query: str,
        headers: list[tuple[str, str]] | Mapping[str, str | bytes],
        body: bytes | Iterable[bytes],
        *,
        chunked: bool = False,
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Answer one HTTP request for S3: (status, headers, body). ``chunked`` bytes are HTTP's chunks still."""

@final
class ObjectStore:
    """The buckets and objects of an emulator, seen from one account and Region: those of all are kept together."""

    @property
    def buckets(self) -> dict[str, Bucket]:
        """Every bucket by name."""
    def put(
        self,
        bucket: str,
        key: str,
        body: bytes | bytearray | str,
        *,
        region: str | None = None,
        versioned: bool | None = None,
    ) -> str | None:
        """Put an object, and make its bucket if it is missing; return the version's id if the bucket keeps versions.

        A new bucket lies in ``region``, by default in the one that the store is seen from. ``versioned`` turns
        versioning on or off before the object is put. Raises ``ValueError`` for a name that no bucket and a key that
        no object may have (empty, or over 1,024 bytes), and for another Region than the bucket's.
        """
    def get(self, bucket: str, key: str, version_id: str | None = None) -> bytes:
        """Return the bytes of an object, or of one version of it; raise ``KeyError`` if there is none."""
    def delete(self, bucket: str, key: str) -> None:
        """Delete an object if it is there, or put a delete marker over it; raise ``KeyError`` for a missing bucket."""

@final
class Package:
    """A deployment package that AWS accepts, and what is inside; ``bytes(package)`` is the zip itself.

    Of several entries with one name the last one counts, as unzipping leaves it. Folders are not files.
    Raises ``ValueError`` for bytes that AWS refuses, with AWS's words and what is wrong.
    """

    def __new__(cls, package: bytes) -> Self: ...
    @property
    def sha256(self) -> str:
        """AWS's ``CodeSha256``: base64."""
    @property
    def size(self) -> int:
        """AWS's ``CodeSize``, in bytes."""
    @property
    def unzipped_size(self) -> int:
        """Bytes of all files once they are unzipped, which must stay under 262,144,000."""
    @property
    def names(self) -> list[str]:
        """The names of the files, in the order of the zip."""
    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of each file once it is unzipped, by name."""
    @property
    def modes(self) -> dict[str, int | None]:
        """Permissions of each file as Unix has them, by name; ``None`` where the zip says nothing of them."""
    def _checksums(self) -> dict[str, tuple[int, int, int | None]]:
        """Return what tells whether a file is the same: CRC-32, size and permissions, by name."""
    def read(self, name: str) -> bytes:
        """Return the contents of a file; raise ``KeyError`` for a name that is not there."""
    def unpack(self, directory: str | PathLike[str]) -> None:
        """Unpack everything into a directory that is empty or not there yet, and nothing outside of it.

        Symbolic links that lead out of it are left out. Files are read by all, and run by all where the zip lets others
        than owner and group run them. Nothing is left of what cannot be unpacked.

        Raises ``ValueError`` for a name that leads up or that no file can have, ``FileExistsError`` for a directory
        with something in it, and ``OSError`` for what the system refuses.
        """
    def advise(
        self,
        handler: str | None = None,
        runtime: str | None = None,
        architecture: str | None = None,
        layers: Sequence[Package] | None = None,
    ) -> list[tuple[str, str]]:
        """Return what AWS does not say of it and the first invocation would: (file or handler, what is wrong).

        ``handler`` and ``runtime`` (as ``app.handler`` and ``python3.13``) are looked up together, for Python, Node.js,
        Ruby and ``provided``; ``architecture`` is ``x86_64`` or ``arm64``.
        """
    def diff(self, other: Package | bytes) -> PackageDiff:
        """Return what ``other``, the newer package, has otherwise. Raises ``ValueError`` for bytes that AWS refuses."""
    def _repr_html_(self) -> str: ...
    def __bytes__(self) -> bytes: ...
    def __contains__(self, name: str, /) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def check_file(
    path: str | PathLike[str], layers: list[Package], progress: Callable[[int, int], object] | None = None
) -> tuple[Package | None, tuple[str, str, str | None] | None, tuple[str, str, str | None] | None]:
    """Read and check a file: the package, what AWS says of it with its layers, and what it says of it in a request.

    A verdict is (code, text, what is wrong), or ``None`` where AWS accepts. ``progress`` is called with bytes read and
    bytes there. Raises ``OSError`` if the file cannot be read.
    """

def error_codes() -> list[str]:
    """Return every code that an error may have: the model's, those that AWS answers beside it, drylambda's own."""

def make_zip(files: Mapping[str, bytes | str] | str | PathLike[str]) -> bytes:
    """Make a deployment package of a mapping of names to contents, or of a directory: same files, same bytes."""

def check_operation(name: str) -> None:
    """Raise ``ValueError`` for a name that Lambda does not have."""

def operations() -> list[tuple[str, str, bool]]:
    """Return every operation of the API: (AWS's name, boto3's name, whether it is built)."""

def runs_code(operation: str) -> bool:
    """Tell whether a call of an operation, by AWS's name, runs code."""

def may_wait(method: str, path: str, query: str, body: bytes) -> bool:
    """Tell whether answering a request may mean to wait: for a function that runs, or for an object of S3."""

def descriptions() -> list[tuple[str, str, str, str]]:
    """Return method, path, rules and tests of every operation, in the order of `operations`."""

def request(operation: str, parameters: dict[str, Any]) -> tuple[str, str, list[tuple[str, str]], bytes]:
    """Return the request that calls an operation: method, path with query, headers, body.

    ``parameters`` are as JSON has them: blobs are base64, or bytes. Raises ``ValueError`` for what cannot be sent.
    """

def sign(
    method: str,
    target: str,
    headers: list[tuple[str, str]],
    body: bytes,
    region: str,
    credentials: tuple[str, str, str | None],
) -> list[tuple[str, str]]:
    """Return the headers that sign a request to Lambda, now.

    ``credentials`` are the access key's id, its secret, and the token of a session. ``headers`` name the host.
    """

@final
class Server:
    def __new__(
        cls,
        lambda_: Lambda,
        *,
        host: str,
        port: int,
        log: str,
        allowed_hosts: list[str],
        cors: list[str],
        verify_signatures: dict[str, str] | None = None,
    ) -> Self: ...
    @property
    def endpoint_url(self) -> str:
        """The URL by which it is reached on this machine."""
    @property
    def host(self) -> str:
        """The address at which it listens."""
    @property
    def port(self) -> int:
        """The port at which it listens."""
    @property
    def stopped(self) -> bool:
        """Whether it was stopped."""
    def stop(self) -> None:
        """Take no more requests, finish what is under way, for ten seconds at most, and free the port."""
