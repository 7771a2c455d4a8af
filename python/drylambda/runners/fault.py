"""An error that Lambda's runtime for Python finds itself, before or after the handler."""

from __future__ import annotations

__all__ = ["Fault"]


class Fault(Exception):  # noqa: N818 - as the runtime calls it
    """An error of the runtime's own: its ``errorType``, its text, and lines that stand for a stack trace."""

    def __init__(self, kind: str, message: str, trace: list[str] | None = None) -> None:
        super().__init__(message)
        self.kind, self.message, self.trace = kind, message, trace or []
