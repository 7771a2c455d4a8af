"""The options of a new emulator, for everything that makes one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

from ._lambda import Lambda

if TYPE_CHECKING:
    from os import PathLike

    from ._drylambda import Container, Process
    from .runners import Runner

__all__ = ["EmulatorOptions", "check"]

#: An identity-based policy, as a dictionary or as JSON.
Policy: TypeAlias = Mapping[str, Any] | str
#: Policies that all count.
Policies: TypeAlias = Policy | Sequence[Policy]


class Identity(TypedDict, total=False):
    """Whom an access key belongs to, and what it may."""

    arn: str
    """E.g. ``arn:aws:iam::123456789012:user/ci``; by default the user ``drylambda`` of the emulator's account."""
    policies: Policies


class EmulatorOptions(TypedDict, total=False):
    """Keyword arguments of `drylambda.Lambda` and `drylambda.mock_lambda` beside the Region and the account."""

    settle: Literal["on_read", "instant"] | float | None
    """When a change leaves ``InProgress``: with the first read after it, at once, or after so many seconds."""
    seed: int | None
    """Makes ids the same in each run, and stops the clock."""
    runner: (
        Literal["process", "in_process", "container"]
        | Runner
        | Process
        | Container
        | Callable[[Any, Any], object]
        | Sequence[object]
        | None
    )
    """What runs functions, but for those that `drylambda.Lambda.bind` gives another: ``"process"`` (the default) AWS's
    runtime clients in processes of their own, ``"in_process"`` handlers in Python in this process, ``"container"``
    AWS's images by Docker; a handler ``handler(event, context)`` or a list of answers takes the place of every
    function's code; `Process`, `InProcess` and `Container` of `drylambda.runners` have settings."""
    iam: Policies | Mapping[str, Policies | Identity] | None
    """Who may what: a policy or a list of policies for everybody, or a mapping of access keys to them, in which ``"*"``
    is everybody else. By default everybody may everything."""
    code_storage_limit: int | None
    """How many bytes of code the account stores in a Region; by default 300 GiB."""
    dry_run_conflicts: bool | None
    """Whether a dry run is refused while an update is under way, as the real call is; by default it is."""
    keep_version_numbers: bool | None
    """Whether version numbers go on when a function is deleted and made again; by default they begin at 1."""
    roles: Callable[[str], object] | bool | None
    """Tells whether there is a role of an ARN; without it every role is taken on trust. ``True`` is for
    `drylambda.moto.install` alone: the roles of moto's IAM."""
    security_groups: Callable[[str], object] | None
    """Tells whether there is a security group of an id; without it every group is taken on trust."""
    s3_dir: str | PathLike[str] | None
    """A directory whose sub-folders are buckets, for code from S3. Objects in it have no versions."""
    s3_endpoint: str | None
    """The URL of a server that speaks S3, for code from S3. Requests are signed with the key in ``AWS_ACCESS_KEY_ID``,
    ``AWS_SECRET_ACCESS_KEY`` and ``AWS_SESSION_TOKEN`` as they are when the emulator is made, or not signed."""
    strict_images: bool | None
    """Whether an image must have been declared with ``emulator.images.push`` before a function can have it."""
    strict_runtimes: bool | None
    """Whether runtimes that AWS has retired are refused, as AWS does; by default they are taken."""


def check(lambda_: Lambda | None, options: EmulatorOptions) -> str:
    """Return the names of the options that are given; they are for a new emulator, where ``lambda_`` is none.

    Raises ``TypeError`` for a ``lambda_`` that is no emulator, ``ValueError`` for an emulator and options.
    """
    if lambda_ is not None and not isinstance(lambda_, Lambda):
        msg = f"lambda_ is a drylambda.Lambda, not {lambda_!r}"
        raise TypeError(msg)
    given = ", ".join(name for name, value in options.items() if value is not None)
    if lambda_ is not None and given:
        msg = f"{given}: for a new emulator; the one in lambda_ has its own"
        raise ValueError(msg)
    return given
