"""What tests of handlers in this process share: the text of modules, and what such a handler must leave as it was."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

ECHO = "def handler(event, context): return event"


def returning(expression, before=""):
    """The text of a module whose handler returns an expression."""
    return f"{before}\ndef handler(event, context):\n    return {expression}\n"


def process():
    root = logging.getLogger()
    return (
        dict(os.environ), sorted(subprocess.check_output(["/usr/bin/env"]).splitlines()), str(Path.cwd()), list(sys.path), sys.path,
        list(sys.meta_path), root.handlers, list(root.handlers), root.level, sys.stdin, sys.stdout, sys.stderr, sys.breakpointhook,
        {name for name in sys.modules if name.startswith("app")},
    )  # fmt: skip
