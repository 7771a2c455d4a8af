"""Functions in containers: what an engine is told, and that nothing of it is left.

The engine is a stand-in, which takes the commands of Docker's client and runs processes.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from executables import executable
from functions import RUNTIME
from test_lifetime import NEVER, Told, eventually, gone
from test_process import BOOTSTRAP

import drylambda
from drylambda.runners import Container

ECHO = "def handler(event, context):\n    print('said', event)\n    return event"
PID = "import os\ndef handler(event, context): return os.getpid()"
URI = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1"
TMP = "/tmp"  # noqa: S108 - of a container
needs_pidfd = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="Linux tells when a process ends")


class Engine:
    """The stand-in, in a folder whose name a shell has to be told with care."""

    def __init__(self, folder):
        self.folder = folder / "it's $HOME"
        self.folder.mkdir()
        self.program = self.folder / "docker"
        words = shlex.join([sys.executable, "-I", str(Path(__file__).with_name("engine.py")), str(self.folder)])
        self.program.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        self.program.chmod(0o755)
        self.command = [str(self.program)]

    def calls(self, command):
        lines = (self.folder / "calls").read_text().splitlines()
        return [call for call in map(json.loads, lines) if call["words"][0] == command]

    def created(self):
        """Return the only call that made a container."""
        (call,) = self.calls("create")
        return call

    def containers(self):
        return [path.stem for path in self.folder.glob("*.json")]


@pytest.fixture
def engine(tmp_path, monkeypatch):
    engine = Engine(tmp_path)
    monkeypatch.setenv("PATH", f"{engine.folder}:{os.environ['PATH']}")
    return engine


@pytest.fixture
def emulator(engine):
    emulator = drylambda.Lambda(settle="instant", seed=1, runner="container")
    yield emulator
    emulator.close()
    assert engine.containers() == []


def of_image(emulator, **config):
    emulator.images.push(URI)
    emulator.create_function(
        FunctionName="fn",
        PackageType="Image",
        Role="arn:aws:iam::123456789012:role/app",
        Code={"ImageUri": URI},
        ImageConfig=config,
    )


def test_a_container_answers_and_stays_warm(deployed, engine):
    function = deployed(ECHO, MemorySize=200)
    assert [function(1), function(2)] == [1, 2]
    assert len(engine.calls("create")) == 1
    _start, said, _end, report = function.log.splitlines()[:4]
    assert said == "said 1"
    assert "Max Memory Used: 200 MB" in report


def test_an_engine_is_told_what_a_function_has(deployed, engine):
    code = executable({"app.py": ECHO})
    function = deployed(code, Runtime="python3.13", Architectures=["arm64"], MemorySize=256)
    function()
    told = engine.created()["told"]
    folder, place = told["volume"][1].split(":", 1)
    assert place == "/var/task:ro"
    assert told["name"].startswith(f"drylambda-{os.getpid()}-")
    assert told["name"].startswith(Path(folder).parent.parent.name)
    assert {name: told[name] for name in ("network", "platform", "memory", "memory_swap", "cap_drop")} == {
        "network": "host",
        "platform": "linux/arm64",
        "memory": "256m",
        "memory_swap": "256m",
        "cap_drop": "ALL",
    }
    assert [told["volume"][0], *told["volume"][2:]] == [TMP]
    assert told["workdir"] == "/var/task"
    assert (told["image"], told["arguments"]) == ("public.ecr.aws/lambda/python:3.13", ["app.handler"])


def test_variables_come_to_the_container_and_to_nobody_else(deployed, engine, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "the developer's own")
    code = "import os\ndef handler(event, context): return dict(os.environ)"
    own = {"SECRET": "hush-1 = #", "HOME": "/hush-2", "LINES_OF_IT": "hush-3\nhush-4"}
    function = deployed(code, Environment={"Variables": own})
    variables = function()
    assert variables.items() >= own.items()
    assert (variables["TMPDIR"], variables["LAMBDA_TASK_ROOT"]) == (TMP, "/var/task")
    assert "AWS_PROFILE" not in variables
    # The image has its own.
    assert not variables.keys() & {"LD_LIBRARY_PATH", "PYTHONPATH", "NODE_PATH", "LANG", "TZ", "LAMBDA_RUNTIME_DIR"}
    create = engine.created()
    assert "hush" not in "".join(create["words"])
    assert not Path(create["told"]["env_file"]).exists()
    # Only a value of several lines has no place in a file.
    assert [value for value in create["environment"].values() if "hush" in value] == [own["LINES_OF_IT"]]
    names = ("AWS_PROFILE", "HOME", "PATH")
    assert [create["environment"].get(name) for name in names] == [os.environ.get(name) for name in names]


def test_layers_are_opt(deployed, emulator, engine):
    content = {"ZipFile": drylambda.make_zip({"python/helper.py": "WORD = 'layered'"})}
    arn = emulator.publish_layer_version(LayerName="tools", Content=content)["LayerVersionArn"]
    deployed(ECHO, Layers=[arn])()
    folder, place = engine.created()["told"]["volume"][2].split(":", 1)
    assert place == "/opt:ro"
    assert Path(folder, "python/helper.py").is_file()


def test_a_bootstrap_of_ones_own_is_started_where_lambda_looks_for_it(deployed, engine):
    function = deployed(executable({"bootstrap": BOOTSTRAP}), Runtime="provided.al2023")
    assert function({"n": 1}) == {"said": {"n": 1}}
    told = engine.created()["told"]
    assert (told["image"], told["entrypoint"]) == ("public.ecr.aws/lambda/provided:al2023", "/var/task/bootstrap")
    error = deployed({"other": "x"}, "other", Runtime="provided.al2023").error()
    assert error["errorType"] == "Runtime.InvalidEntrypoint"


def test_images_options_and_variables_are_the_runners_to_say(deployed, emulator, engine):
    runner = Container(
        command=engine.command,
        images={"java21": "own:1"},
        options=["--label", "x", "--memory", "1g"],
        environment={"ONE": "runner's", "TWO": "runner's"},
    )
    emulator.bind("fn", runner)
    code = "import os\ndef handler(event, context): return [os.environ['ONE'], os.environ['TWO']]"
    function = deployed(code, Runtime="java21", Environment={"Variables": {"TWO": "function's"}})
    assert function() == ["runner's", "function's"]
    told = engine.created()["told"]
    assert (told["image"], told["label"], told["memory"]) == ("own:1", "x", "1g")


def test_a_function_from_an_image_runs_it(emulator, engine, tmp_path):
    pytest.importorskip("awslambdaric", reason="the image's client")
    (tmp_path / "app.py").write_text(ECHO)
    client = [sys.executable, "-m", "awslambdaric"]
    of_image(emulator, EntryPoint=client, Command=["app.handler"], WorkingDirectory=str(tmp_path))
    assert emulator.invoke(FunctionName="fn", Payload=b"7")["Payload"].read() == b"7"
    told = engine.created()["told"]
    assert (told["image"], told["volume"], told["workdir"]) == (URI, [TMP], str(tmp_path))
    assert not told["variables"].keys() & {"_HANDLER", "LAMBDA_TASK_ROOT", "AWS_EXECUTION_ENV"}


CONFIGS = {
    "as_it_is": ({}, None, []),
    "command": ({"Command": ["a.b", "c"]}, None, ["a.b", "c"]),
    "entry_point": ({"EntryPoint": ["/bin/false", "-x"]}, "/bin/false", ["-x"]),
    "both": ({"EntryPoint": ["/bin/false", "-x"], "Command": ["c"]}, "/bin/false", ["-x", "c"]),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_what_an_image_runs_may_be_the_functions_to_say(emulator, engine, name):
    config, program, arguments = CONFIGS[name]
    of_image(emulator, **config)
    # There is no handler.
    assert "FunctionError" in emulator.invoke(FunctionName="fn")
    told = engine.created()["told"]
    assert (told["workdir"], told["entrypoint"], told["arguments"]) == (None, program, arguments)


ENDS = {
    "killed": ("import os; os.kill(os.getpid(), 9)", "signal: killed"),
    "crashed": ("import os; os.kill(os.getpid(), 11)", "signal: segmentation fault"),
    "exited": ("import os; os._exit(3)", "exit status 3"),
}


@pytest.mark.parametrize("name", ENDS)
def test_what_a_container_ended_by_is_told_as_lambda_tells_it(deployed, engine, name):
    body, text = ENDS[name]
    error = deployed(f"def handler(event, context):\n    print('so far', flush=True)\n    {body}").error()
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].endswith(f"Runtime exited with error: {text}")
    assert engine.containers() == []


def test_what_is_missing_is_said(deployed, emulator, engine):
    function = deployed(ECHO)

    def refused(runner):
        emulator.bind("fn", runner)
        with pytest.raises(drylambda.ClientError) as caught:
            function()
        assert caught.value.response["Error"]["Code"] == "DrylambdaCannotRun"
        return str(caught.value)

    text = refused(Container(command=["no-such-engine"]))
    assert "functions in containers are started by no-such-engine, which is not here: install Docker" in text
    runner = Container(command=engine.command, images={RUNTIME: "nowhere:1"})
    assert "no container is to be had of the image nowhere:1: " in refused(runner)
    assert "Error response from daemon: pull access denied for nowhere:1" in refused(runner)
    with pytest.raises(ValueError, match="the command of the containers is empty"):
        Container(command=[])


@needs_pidfd
def test_a_close_and_an_update_remove_containers(deployed, emulator, engine):
    function = deployed(PID)
    first = function()
    function.update(PID + " + 0")
    second = function()
    assert gone(first)
    assert len(engine.containers()) == 1
    emulator.close()
    assert engine.containers() == []
    assert gone(second)


@needs_pidfd
def test_a_timeout_removes_the_container(deployed, engine, tmp_path):
    told = Told(tmp_path)
    assert deployed(NEVER, Timeout=1).error(told.path)["errorType"] == "Sandbox.Timedout"
    assert engine.containers() == []
    assert all(map(gone, told.processes()))
    told.close()


PROGRAM = """
import sys, drylambda
sys.path.insert(0, sys.argv[1])
from functions import Deployed
from test_lifetime import NEVER
emulator = drylambda.Lambda(settle="instant", runner="container")
Deployed(emulator, NEVER, Timeout=900).invoke(sys.argv[2])
"""


@needs_pidfd
def test_a_killed_emulator_leaves_no_container(engine, tmp_path):
    pytest.importorskip("awslambdaric", reason="the image's client")
    told = Told(tmp_path)
    program = subprocess.Popen([sys.executable, "-c", PROGRAM, str(Path(__file__).parent), told.path])
    try:
        processes = told.processes()
        assert len(engine.containers()) == 1
    finally:
        program.send_signal(signal.SIGKILL)
        program.wait()
    assert all(map(gone, processes))
    assert eventually(lambda: engine.containers() == [])
    told.close()
