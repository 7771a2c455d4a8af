"""drylambda inside of moto: Lambda is answered by an emulator, everything else by moto.

The one idea to hold: `install` puts drylambda in the place of moto's own Lambda until it is undone; whether anything is
answered at all stays `moto.mock_aws`'s to say:

    import boto3
    import drylambda.moto
    from moto import mock_aws

    drylambda.moto.install()

    @mock_aws
    def test_deploy():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="code")
        boto3.client("lambda", region_name="us-east-1").list_functions()

A run of pytest does the same with ``drylambda_moto = true`` in its ini file or ``DRYLAMBDA_MOTO=1`` in its environment;
``python -m drylambda.moto server`` is ``moto_server`` with drylambda in it. Importing this module imports nothing of
moto's; `install` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drylambda import _options
from drylambda._lambda import Lambda
from drylambda.exceptions import warn_of_unused_faults

from .errors import MotoNotSupportedError, NotBuiltError

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self, Unpack

    from drylambda._options import EmulatorOptions

    from .plugin import Plugin

__all__ = ["Installed", "MotoNotSupportedError", "NotBuiltError", "install", "uninstall"]

_plugin: Plugin | None = None


class Installed:
    """What one `install` did; as a context manager it is undone at the end of the block."""

    def __init__(self, plugin: Plugin, *, first: bool) -> None:
        self._plugin = plugin
        self._first = first

    @property
    def lambda_(self) -> Lambda:
        """The emulator that answers, in moto's default account; ``lambda_.scope`` shows the others."""
        return self._plugin.lambda_

    def undo(self) -> None:
        """Give moto its Lambda back, if it was this `install` that took it; undoing twice does no more."""
        if self._first and _plugin is self._plugin:
            uninstall()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        if error is not None:
            # A test that failed need not hear what did not go wrong.
            self._plugin.unused_faults()
        self.undo()

    def __repr__(self) -> str:
        return f"<drylambda.moto.Installed {self.lambda_!r}>"


def install(lambda_: Lambda | None = None, *, poll: bool = True, **options: Unpack[EmulatorOptions]) -> Installed:
    """Let an emulator answer Lambda wherever moto would: in every form of ``mock_aws``, and in moto's server.

    - ``lambda_`` is the emulator; by default there is a new one, made with ``options``: those of `drylambda.Lambda`.

    - ``poll`` lets functions have what is sent to queues and streams that are mapped to them before the call that sent
      it returns; with ``False`` they have it when `drylambda.Lambda.poll_event_sources` is called.

    With ``roles=True``, functions can only have roles that moto's IAM has.

    Accounts and Regions are those that moto derives, code is read from moto's S3, and moto's reset resets the emulator.
    Installing again changes nothing, and undoing what changed nothing does nothing. Beside an active `mock_lambda`, the
    mock answers.

    Raises `MotoNotSupportedError`, an ``ImportError``, without moto or for a release that is not known; ``TypeError``
    or ``ValueError`` for options that cannot be, or for other ones than those that are installed.
    """
    global _plugin  # noqa: PLW0603 - there is one moto
    given = _options.check(lambda_, options)
    if _plugin is not None:
        if given or lambda_ not in (None, _plugin.lambda_):
            msg = "drylambda is in moto already, with another emulator: drylambda.moto.uninstall() comes first"
            raise ValueError(msg)
        return Installed(_plugin, first=False)
    from .guard import check  # noqa: PLC0415 - it imports moto

    check()
    from .plugin import Plugin, has_role  # noqa: PLC0415 - it imports much of moto

    if isinstance(options.get("roles"), bool):
        options["roles"] = has_role if options["roles"] else None
    plugin = Plugin(Lambda(**options) if lambda_ is None else lambda_, polls=poll)
    plugin.install()
    _plugin = plugin
    return Installed(plugin, first=True)


def uninstall() -> None:
    """Give moto its own Lambda back, as it was; do nothing if drylambda is not in it."""
    global _plugin
    plugin, _plugin = _plugin, None
    if plugin is not None:
        plugin.undo()
        warn_of_unused_faults(plugin.unused_faults())
