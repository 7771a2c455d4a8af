"""A server, and clients that are programs of their own."""

from __future__ import annotations

import os
import subprocess

import pytest

import drylambda


@pytest.fixture
def server():
    """A server of its own for each test."""
    with drylambda.Server(seed=1) as server:
        yield server


@pytest.fixture
def run(server, tmp_path):
    """Run a program that knows the server by its environment only; return the ended process."""

    def run(*command):
        ours = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        environment = {**ours, **server.environment, "HOME": str(tmp_path)}
        return subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
        )

    return run
