"""A program that takes the commands of Docker's client, and has processes of this machine in the place of containers.

The first argument is its folder: `calls` has what it was told, a line of JSON each, and NAME.json is a container. What a
container runs is a session of its own, as a daemon would start it, so that it outlives the client.
"""

import argparse
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys


def create(words):
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name in ("name", "network", "platform", "memory", "memory-swap", "cap-drop", "security-opt", "env-file"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("workdir", "entrypoint", "label"):
        parser.add_argument(f"--{name}")
    for name in ("volume", "env"):
        parser.add_argument(f"--{name}", action="append", default=[])
    for name in ("rm", "read-only"):
        parser.add_argument(f"--{name}", action="store_true", required=True)
    parser.add_argument("image")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    told = vars(parser.parse_args(words))
    lines = pathlib.Path(told["env_file"]).read_text().splitlines()
    told["variables"] = dict(line.split("=", 1) for line in lines) | {name: os.environ[name] for name in told["env"]}
    (folder / f"{told['name']}.json").write_text(json.dumps(told))
    return told


def refuse(image):
    sys.exit(f"Unable to find image '{image}' locally\nError response from daemon: pull access denied for {image}")


def start(name):
    told = json.loads((folder / f"{name}.json").read_text())
    mounted = [volume.split(":")[:2] for volume in told["volume"] if ":" in volume]

    def place(path):
        # Those that were not told of are the machine's.
        return next((path.replace(inside, real, 1) for real, inside in mounted if path.startswith(inside)), path)

    program = [place(told["entrypoint"])] if told["entrypoint"] else [sys.executable, "-m", "awslambdaric"]
    surroundings = {"cwd": place(told["workdir"] or "/"), "env": {"PATH": os.environ["PATH"], **told["variables"]}}
    process = subprocess.Popen([*program, *told["arguments"]], start_new_session=True, **surroundings)
    (folder / f"{name}.pid").write_text(str(process.pid))
    status = process.wait()
    forget(name)
    return 128 - status if status < 0 else status


def forget(name):
    for kind in ("json", "pid"):
        (folder / f"{name}.{kind}").unlink(missing_ok=True)


def remove(name):
    process = folder / f"{name}.pid"
    if process.exists():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(int(process.read_text()), signal.SIGKILL)
    forget(name)


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    command, *words = sys.argv[2:]
    call = {"words": sys.argv[2:], "environment": dict(os.environ)}
    if command == "create":
        call["told"] = create(words)
    with (folder / "calls").open("a") as calls:
        calls.write(json.dumps(call) + "\n")
    if command == "create" and "nowhere" in call["told"]["image"]:
        refuse(call["told"]["image"])
    if command == "start":
        assert words[0] == "--attach"
        sys.exit(start(words[1]))
    if command == "rm":
        assert words[:2] == ["--force", "--volumes"]
        remove(words[2])
