"""The options of a new emulator, for everything that makes one."""

from __future__ import annotations

from typing import Literal, TypedDict

__all__ = ["EmulatorOptions"]


class EmulatorOptions(TypedDict, total=False):
    """Keyword arguments of `drylambda.Lambda` and `drylambda.mock_lambda` beside the Region and the account."""

    settle: Literal["on_read", "instant"] | float | None
    """When a change leaves ``InProgress``: with the first read after it, at once, or after so many seconds."""
    seed: int | None
    """Makes ids the same in each run, and stops the clock."""
    strict_images: bool | None
    """Whether an image must have been declared with ``emulator.images.push`` before a function can have it."""
