"""AWS's SDK for Rust, by the program of ``examples/rust-sdk``. It is built for minutes, so only who asks gets it."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import drylambda

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = [
    pytest.mark.skipif(not shutil.which("cargo"), reason="Rust is not installed"),
    pytest.mark.skipif(
        not os.environ.get("DRYLAMBDA_RUST_SDK"),
        reason="building the SDK for Rust takes minutes; DRYLAMBDA_RUST_SDK=1 asks for it",
    ),
]


def test_the_sdk_for_rust_deploys(tmp_path):
    package = drylambda.make_zip({"app.py": "def handler(event, context): return event"})
    (tmp_path / "app.zip").write_bytes(package)
    target = ROOT / "target" / "rust-sdk"
    with drylambda.Server(seed=1) as server:
        command = ["cargo", "run", "--quiet", "--locked", "--target-dir", target, "--", tmp_path / "app.zip"]
        environment = {**os.environ, **server.environment}
        told = subprocess.run(
            command, cwd=ROOT / "examples" / "rust-sdk", env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
    digest = base64.b64encode(hashlib.sha256(package).digest()).decode()
    assert told.stdout.splitlines() == [
        "created Pending",
        f"dry run {digest}",
        f"published 1 {digest}",
        "refused true The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id 36",
    ]
