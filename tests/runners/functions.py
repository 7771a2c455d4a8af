"""Functions of tests, called as a test wants it."""

import json
import sys

import drylambda

ROLE = "arn:aws:iam::123456789012:role/app"
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
