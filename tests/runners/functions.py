"""Functions of tests, called as a test wants it."""

import contextlib
import json
import pathlib
import select
import sys
import time

import drylambda

ROLE = "arn:aws:iam::123456789012:role/app"
SECONDS = 20  # for what is soon there
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"


class Deployed:
    """A function whose handler runs in a process, called as a test wants it."""

    def __init__(self, emulator, code, name="fn", **settings):
        self.emulator, self.name = emulator, name
        if isinstance(code, str):
            code = {"app.py": code}
        if isinstance(code, dict):
            code = drylambda.make_zip(code)
        made = {"Runtime": RUNTIME, "Handler": "app.handler", "Role": ROLE, "Code": {"ZipFile": code}, **settings}
        emulator.create_function(FunctionName=name, **made)

    def invoke(self, event=None, **more):
        return self.emulator.invoke(**{"FunctionName": self.name, "Payload": json.dumps(event), **more})

    def __call__(self, event=None, **more):
        answer = self.invoke(event, **more)
        payload = answer["Payload"].read()
        assert "FunctionError" not in answer, payload
        return json.loads(payload)

    def error(self, event=None):
        answer = self.invoke(event)
        assert answer["FunctionError"] == "Unhandled"
        self.request_id = answer["ResponseMetadata"]["RequestId"]
        return json.loads(answer["Payload"].read())

    def update(self, code, **more):
        code = drylambda.make_zip({"app.py": code})
        return self.emulator.update_function_code(FunctionName=self.name, ZipFile=code, **more)

    @property
    def log(self):
        return str(self.emulator.logs(self.name))


def eventually(condition):
    """Wait until a condition holds; return what it came to, false if it never did."""
    deadline = time.monotonic() + SECONDS
    while not (found := condition()) and time.monotonic() < deadline:
        select.select([], [], [], 0.005)
    return found


def of(process):
    """Return the processes that a process has started for its functions, and the one that cleans up after it."""
    mark, found = f"drylambda-{process}-".encode(), set()
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if any(mark in (folder / name).read_bytes() for name in ("cmdline", "environ")):
                found.add(int(folder.name))
    return found
