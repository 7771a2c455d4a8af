"""Real deployment tools, unmodified, in processes of their own: Lambda is drylambda's, everything else is moto's.

They come from their packages, in environments of their own (the groups ``tools`` and ``sam`` in ``pyproject.toml``), and
find what they talk to by ``AWS_ENDPOINT_URL`` alone. The server is in this process, so that a test can ask the emulator
what arrived.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("flask", reason="moto's server is not installed")
pytest.importorskip("flask_cors", reason="moto's server is not installed")

import boto3
from moto.server import ThreadedMotoServer

import drylambda.moto

REGION = "eu-west-1"
ROLE = "arn:aws:iam::123456789012:role/shop"
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": REGION}


class Cloud:
    """A server that stands for AWS, and what tools are told about it."""

    def __init__(self, installed, endpoint, folder):
        self.installed, self.endpoint, self.folder = installed, endpoint, folder

    @property
    def emulator(self):
        """The emulator in the account and the Region that tools deploy to."""
        return self.installed.lambda_.scope(region=REGION)

    @property
    def calls(self):
        """The names of the operations that were asked for since the last look."""
        journal = self.emulator.journal
        names = [call.operation for call in journal]
        journal.clear()
        return names

    def client(self, service):
        """A client of the server."""
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        return boto3.client(service, endpoint_url=self.endpoint, region_name=REGION, **keys)

    def run(self, program, *arguments, said=None, **environment):
        """Run a tool in the project's folder, to its end."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
        ended = subprocess.run(
            [Path(sys.executable).with_name(program), *arguments],
            cwd=self.folder,
            env={**ours, **KEYS, "AWS_ENDPOINT_URL": self.endpoint, "HOME": str(self.folder.parent), **environment},
            input=said or "",
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def write(self, **texts):
        """Write files of the project; ``__`` stands for a dot."""
        for name, text in texts.items():
            (self.folder / name.replace("__", ".")).write_text(text, encoding="utf-8")


@pytest.fixture
def cloud(tmp_path):
    """AWS, empty, and the folder of a project."""
    folder = tmp_path / "project"
    folder.mkdir()
    with drylambda.moto.install() as installed:
        server = ThreadedMotoServer(port=0, verbose=False)
        server.start()
        try:
            host, port = server.get_host_and_port()
            yield Cloud(installed, f"http://{host}:{port}", folder)
            # What a server keeps is the process's: the next one begins empty.
            import requests

            requests.post(f"http://{host}:{port}/moto-api/reset", timeout=30).raise_for_status()
        finally:
            server.stop()
