"""The recipes of ``examples/container``, as far as a machine without an engine for containers can follow them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import drylambda

RECIPES = Path(__file__).resolve().parent.parent.parent / "examples" / "container"
DOCKERFILE = (RECIPES / "Dockerfile").read_text(encoding="utf-8")
PORT = "4566"


@pytest.fixture
def yaml():
    return pytest.importorskip("yaml", reason="PyYAML is not installed")


@pytest.fixture
def read(yaml):
    return lambda name: yaml.safe_load((RECIPES / name).read_text(encoding="utf-8"))


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return str(taken.getsockname()[1])


def environment(**more):
    """A machine with this environment's programs, and without credentials."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**ours, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", **more}


def instruction(word):
    """The command of the Dockerfile behind a word, which is a list in JSON."""
    return json.loads(re.search(rf"^\s*{word} (\[.*\])$", DOCKERFILE, re.MULTILINE)[1])


def run(command, folder, **more):
    return subprocess.run(
        command, cwd=folder, env=environment(**more), capture_output=True, text=True, check=False, timeout=60
    )


def test_the_container_serves_is_healthy_and_ends(port, tmp_path):
    entrypoint, check = instruction("ENTRYPOINT"), [word.replace(PORT, port) for word in instruction("CMD")]
    assert run(check, tmp_path).returncode != 0
    command = [*entrypoint, "--port", port, "--allow-host", "drylambda"]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr.readline() == f"drylambda answers at http://127.0.0.1:{port}\n"
            assert run(check, tmp_path).returncode == 0
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
            assert process.returncode == 0
        finally:
            process.kill()


def test_the_container_listens_where_it_says(read):
    assert re.search(r"^EXPOSE (\d+)$", DOCKERFILE, re.MULTILINE)[1] == PORT
    assert re.search(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE)[1] != "root"
    services = read("compose.yaml")["services"]
    assert services["drylambda"]["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert services["app"]["environment"]["AWS_ENDPOINT_URL"] == f"http://drylambda:{PORT}"
    for parts in read("github-actions.yaml")["jobs"].values():
        assert all(it["ports"] == [f"127.0.0.1:{PORT}:{PORT}"] for it in parts.get("services", {}).values())


def test_compose_names_files_that_are_there(read):
    services = read("compose.yaml")["services"]
    build = services["drylambda"]["build"]
    assert (RECIPES / build["context"] / build["dockerfile"]).resolve() == RECIPES / "Dockerfile"
    [volume] = services["app"]["volumes"]
    source, target, _ = volume.split(":")
    program = re.search(r"python (/[\w/.]+)", services["app"]["command"])[1]
    assert (RECIPES / source / Path(program).relative_to(target)).is_file()


def test_the_program_of_compose_is_answered_by_name(read, tmp_path):
    services = read("compose.yaml")["services"]
    flag, name = services["drylambda"]["command"]
    assert (flag, name) == ("--allow-host", "drylambda")
    settings = services["app"]["environment"]
    with drylambda.Server(allowed_hosts=[name]) as server:
        request = urllib.request.Request(f"{server.endpoint_url}/_drylambda/health", headers={"Host": f"{name}:{PORT}"})
        with urllib.request.urlopen(request) as response:
            assert response.status == 200
        settings["AWS_ENDPOINT_URL"] = settings["AWS_ENDPOINT_URL"].replace(
            f"{name}:{PORT}", f"127.0.0.1:{server.port}"
        )
        done = run([sys.executable, RECIPES / "app" / "deploy.py"], tmp_path, **settings)
    assert (done.returncode, done.stdout) == (0, "arn:aws:lambda:eu-west-1:123456789012:function:app:1 1\n"), (
        done.stderr
    )


@pytest.mark.skipif(not shutil.which("bash") or not shutil.which("curl"), reason="bash or curl is not installed")
def test_the_workflow_works(read, port, tmp_path):
    workflow = read("github-actions.yaml")
    shutil.copytree(RECIPES / "app", tmp_path / "app")
    settings = {name: value.replace(PORT, port) for name, value in workflow["env"].items()}
    steps = {step.get("name"): step["run"] for step in workflow["jobs"]["with-pip"]["steps"] if "run" in step}
    script = "\n".join(steps[name] for name in ("Start drylambda", "Deploy", "What was called"))
    script = script.replace("drylambda serve", f"drylambda serve --port {port}").replace(PORT, port)
    done = run(["bash", "-e", "-c", f"trap 'kill %1' EXIT\n{script}"], tmp_path, **settings)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "arn:aws:lambda:eu-west-1:123456789012:function:app:1 1" in done.stdout
    assert '"operation":"UpdateFunctionCode"' in done.stdout
