"""A process that forks while calls are held or mocks are entered: the child does not wait for threads that it has not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

HELD = """
import os, threading, boto3, drylambda

with drylambda.mock_lambda(region="us-east-1") as emulator:
    held = emulator.hold("ListFunctions")
    thread = threading.Thread(target=boto3.client("lambda").list_functions)
    thread.start()
    held.wait()
    child = os.fork()
    if child == 0:
        client = boto3.client("lambda")
        client.get_account_settings()
        held.release()
        os._exit(len(client.list_functions()["Functions"]))
    assert os.waitpid(child, 0)[1] == 0
    assert thread.is_alive()
    held.release()
    thread.join()
"""

ENTERED = """
import importlib, os, threading, drylambda

module = importlib.import_module("drylambda.boto.{module}")
locked, forking = threading.Event(), threading.Event()

def lock():
    with module.{lock}:
        locked.set()
        forking.wait()

# What is registered last is called first.
os.register_at_fork(before=forking.set)
thread = threading.Thread(target=lock)
thread.start()
locked.wait()
child = os.fork()
if child == 0:
    with drylambda.mock_lambda(region="us-east-1") as emulator:
        os._exit(len(emulator.client().list_functions()["Functions"]))
assert os.waitpid(child, 0)[1] == 0
thread.join()
"""


@pytest.mark.parametrize(
    "script",
    [
        HELD,
        ENTERED.format(module="active", lock="_changing"),
        ENTERED.format(module="client", lock="_making"),
    ],
    ids=["held", "entered", "client"],
)
def test_a_forked_child_goes_on(script):
    subprocess.run([sys.executable, "-c", script], check=True, timeout=30)
