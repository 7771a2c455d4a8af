"""A function in Rust, by the program of ``examples/rust-function``. It is built for minutes, so only who asks gets it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from executables import executable
from functions import Deployed

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = [
    pytest.mark.skipif(not shutil.which("cargo"), reason="Rust is not installed"),
    pytest.mark.skipif(
        not os.environ.get("DRYLAMBDA_RUST_SDK"),
        reason="building the runtime client for Rust takes minutes; DRYLAMBDA_RUST_SDK=1 asks for it",
    ),
]


def test_a_function_in_rust_answers_and_fails(emulator):
    target = ROOT / "target" / "rust-function"
    command = ["cargo", "build", "--quiet", "--locked", "--target-dir", target]
    subprocess.run(command, cwd=ROOT / "examples" / "rust-function", check=True)
    package = executable({"bootstrap": (target / "debug" / "bootstrap").read_bytes()})
    function = Deployed(emulator, package, Runtime="provided.al2023", Handler="bootstrap", Timeout=30)
    told = function({"a": [1]})
    assert told.pop("id")
    arn = "arn:aws:lambda:us-east-1:123456789012:function:fn"
    assert told == {"event": {"a": [1]}, "arn": arn, "memory": 128}
    assert function.error({"fail": "no"})["errorMessage"] == "no"
