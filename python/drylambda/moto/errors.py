"""What drylambda says inside of moto that neither AWS nor moto has words for."""

from __future__ import annotations

from drylambda import __version__

__all__ = ["MotoNotSupportedError", "NotBuiltError"]


class MotoNotSupportedError(ImportError):
    """moto is not there, or it is a release that drylambda does not know."""


class NotBuiltError(NotImplementedError):
    """Another service of moto's asked Lambda for what drylambda does not build yet."""

    def __init__(self, what: str, asked: str) -> None:
        template = " A template can do without it by a Condition that does not hold." if "AWS::" in asked else ""
        super().__init__(
            f"drylambda {__version__} does not build {what} yet, which moto asked for ({asked}). This answer is "
            f"drylambda's own, neither AWS's nor moto's; its README says what is built.{template}"
        )


# Where users find them.
MotoNotSupportedError.__module__ = NotBuiltError.__module__ = "drylambda.moto"
