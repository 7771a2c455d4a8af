"""Files that commands read and write."""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from drylambda import Lambda


def write(target: Path, content: bytes) -> None:
    """Write a file; a reader sees the old content or the new one, never a part."""
    if target.exists() and not target.is_file():
        # A device or a pipe is written to, not replaced.
        target.write_bytes(content)
        return
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        if target.exists():
            part.chmod(stat.S_IMODE(target.stat().st_mode))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def read_state(emulator: Lambda, file: Path) -> bytes:
    """Let an emulator begin with the state in a file, if it is there; return what was in it.

    Raises ``ValueError``, with the file's name, for what is no state.
    """
    state = file.read_bytes() if file.exists() else b""
    if state:
        try:
            emulator.load(state)
        except ValueError as error:
            msg = f"{file}: {error}"
            raise ValueError(msg) from None
    return state
