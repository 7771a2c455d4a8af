"""What an emulator starts ends with it, whatever happens to it: processes, threads, descriptors, folders."""

from __future__ import annotations

import contextlib
import gc
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import threading

import pytest
from functions import SECONDS, Deployed, eventually, of

import drylambda

pytestmark = [
    pytest.mark.skipif(not pathlib.Path("/proc/self/task").is_dir(), reason="Linux tells what a process has"),
    pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="Linux tells when a process ends that is not a child"),
]

PID = "import os\ndef handler(event, context): return os.getpid()"
#: Starts a process that outlives it, tells of both, and never answers. It has to be quick: some of it is timed out.
NEVER = """
import os, subprocess, time
def handler(event, context):
    child = subprocess.Popen(["sleep", "1000"])
    with open(event, "w") as file:
        file.write(f"{os.getpid()} {child.pid}")
    time.sleep(1000)
"""


def gone(process):
    """Wait until a process has ended, whoever's child it is; whether it has."""
    try:
        descriptor = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], SECONDS)[0])
    finally:
        os.close(descriptor)


def folders(process):
    return {str(path) for path in pathlib.Path(tempfile.gettempdir()).glob(f"drylambda-{process}-*")}


def children():
    """Return the processes whose parent is this one, those that nobody has asked for their end, too."""
    found = set()
    for task in pathlib.Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):
            found |= set((task / "children").read_text().split())
    return found


def held():
    """Return all that this process has and that somebody would have to let go."""
    descriptors = {}
    for descriptor in pathlib.Path("/proc/self/fd").iterdir():
        # The one of this listing is not there any more.
        with contextlib.suppress(OSError):
            descriptors[descriptor.name] = str(descriptor.readlink())
    return {
        "processes": of(os.getpid()) | children(),
        "folders": folders(os.getpid()),
        "threads": set(pathlib.Path("/proc/self/task").iterdir()),
        "descriptors": descriptors,
    }


class Told:
    """Where a function that never answers tells of its processes: reading waits for that, and for nobody to write."""

    def __init__(self, folder):
        self.path = str(folder / "told")
        os.mkfifo(self.path)
        # For both, so that the function need not wait for whoever reads, nor we for a function that is gone.
        self._both = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)

    def hear(self):
        assert select.select([self._both], [], [], SECONDS)[0]
        return os.read(self._both, 100).decode()

    def say(self, word):
        os.write(self._both, word.encode())

    def processes(self):
        runtime, started = map(int, self.hear().split())
        return runtime, started

    def close(self):
        os.close(self._both)


@pytest.fixture
def told(tmp_path):
    with contextlib.closing(Told(tmp_path)) as told:
        yield told


@pytest.fixture(autouse=True)
def _client():
    pytest.importorskip("awslambdaric", reason="functions in processes are run by AWS's client")


@pytest.fixture
def before():
    """What there was before, with all that is imported and made once."""
    with drylambda.mock_lambda(settle="instant") as emulator:
        Deployed(emulator, PID).invoke(LogType="Tail")
    gc.collect()
    return held()


def nothing_left(before):
    eventually(lambda: held() == before)
    assert held() == before
    return True


def closed():
    emulator = drylambda.Lambda(settle="instant")
    process = Deployed(emulator, PID)()
    emulator.close()
    return process, emulator


def collected():
    emulator = drylambda.Lambda(settle="instant")
    process = Deployed(emulator, PID)()
    del emulator
    gc.collect()
    return process, None


def forked():
    emulator = drylambda.Lambda(settle="instant")
    first = Deployed(emulator, PID)()
    fork = emulator.fork()
    process = Deployed(fork, PID, "other")()
    emulator.close()
    assert not gone_now(process)
    assert gone(first)
    fork.close()
    return process, fork


def left_block():
    with drylambda.mock_lambda(settle="instant") as emulator:
        process = Deployed(emulator, PID)()
    return process, emulator


def left_by_an_error():
    with contextlib.suppress(ZeroDivisionError), drylambda.mock_lambda(settle="instant") as emulator:
        process = Deployed(emulator, PID)()
        raise ZeroDivisionError
    return process, None


def stopped_server():
    with drylambda.Server(settle="instant") as server:
        process = Deployed(server.lambda_, PID)()
    return process, None


def gone_now(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


ENDS = {it.__name__: it for it in (closed, collected, forked, left_block, left_by_an_error, stopped_server)}


@pytest.mark.parametrize("name", ENDS)
def test_nothing_is_left(before, name):
    process, kept = ENDS[name]()
    assert gone(process)
    assert nothing_left(before)
    del kept


def test_a_closed_emulator_still_runs_functions_and_is_closed_again(before):
    emulator = drylambda.Lambda(settle="instant")
    function = Deployed(emulator, PID)
    first = function()
    emulator.close()
    assert function() != first
    emulator.close()
    assert nothing_left(before)


def test_twenty_rounds_leave_no_more_than_one(before):
    for _ in range(20):
        closed()
    assert nothing_left(before)


def test_an_update_ends_what_ran_the_old_code(before):
    emulator = drylambda.Lambda(settle="instant")
    function = Deployed(emulator, PID)
    first = function()
    function.update(PID + " + 0")
    function()
    # The function's process, the shell, and the interpreter that waits for the next cold start.
    assert eventually(lambda: len(of(os.getpid()) - before["processes"]) == 3)
    alone = held()
    for number in range(5):
        function.update(f"{PID} + {number}")
        function()
    assert gone(first)
    # One process and its pipes, and the next ones in their places.
    assert eventually(
        lambda: {name: len(it) for name, it in held().items()} == {name: len(it) for name, it in alone.items()}
    )
    emulator.close()
    assert nothing_left(before)


def test_a_close_ends_what_is_running(told, before):
    emulator = drylambda.Lambda(settle="instant")
    errors = []

    def call(function):
        errors.append(function.error(told.path))

    thread = threading.Thread(target=call, args=[Deployed(emulator, NEVER, Timeout=900)])
    thread.start()
    processes = told.processes()
    emulator.close()
    assert all(map(gone, processes))
    thread.join()
    assert [error["errorType"] for error in errors] == ["Runtime.ExitError"]
    assert nothing_left(before)


def test_ctrl_c_ends_a_call_and_what_runs(before):
    # The function itself tells when it runs.
    code = "import os, signal, time\ndef handler(event, context):\n    os.kill(event, signal.SIGUSR1)\n    time.sleep(1000)"
    emulator = drylambda.Lambda(settle="instant")
    function = Deployed(emulator, code, Timeout=900)
    former = signal.signal(signal.SIGUSR1, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            function(os.getpid())
    finally:
        signal.signal(signal.SIGUSR1, former)
    emulator.close()
    assert nothing_left(before)


def test_a_timeout_ends_what_the_function_has_started(told, before):
    emulator = drylambda.Lambda(settle="instant")
    function = Deployed(emulator, NEVER, Timeout=1)
    assert function.error(told.path)["errorType"] == "Sandbox.Timedout"
    assert all(map(gone, told.processes()))
    emulator.close()
    assert nothing_left(before)


PROGRAM = """
import sys, drylambda
sys.path.insert(0, sys.argv[1])
from functions import SECONDS, Deployed, eventually, of
from test_lifetime import NEVER
emulator = drylambda.Lambda(settle="instant")
Deployed(emulator, NEVER, Timeout=900).invoke(sys.argv[2])
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "terminated"])
def test_a_killed_emulator_leaves_nothing(told, number):
    program = subprocess.Popen([sys.executable, "-c", PROGRAM, str(pathlib.Path(__file__).parent), told.path])
    try:
        processes = told.processes()
        # The runtime, what its function has started, and the shell; one that has just begun has no environment yet.
        eventually(lambda: len(of(program.pid) - {program.pid}) == 3)
        every = of(program.pid) - {program.pid}
        assert len(every) == 3
        assert every >= set(processes)
        assert len(folders(program.pid)) == 1
    finally:
        program.send_signal(number)
        program.wait()
    assert all(map(gone, every))
    assert folders(program.pid) == set()


@contextlib.contextmanager
def in_a_fork(work):
    """Do something in a fork of this process, which then waits for the block to end; the block begins with its result."""
    answer, answered = os.pipe()
    waiting, go_on = os.pipe()
    process = os.fork()
    if not process:
        try:
            os.close(go_on)
            os.write(answered, str(work()).encode())
            os.read(waiting, 1)
        finally:
            os._exit(0)
    os.close(answered)
    os.close(waiting)
    try:
        ready = select.select([answer], [], [], SECONDS)[0]
        yield os.read(answer, 1000).decode() if ready else "no answer"
    finally:
        os.close(go_on)
        os.close(answer)
        if not gone(process):
            os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


needs_fork = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@needs_fork
def test_a_forked_process_has_environments_of_its_own(before):
    emulator = drylambda.Lambda(settle="instant")
    function = Deployed(emulator, PID)
    first = function()
    with in_a_fork(function) as other:
        assert other.isdigit(), other
        assert int(other) != first
        # What the parent has is still there, beside the other's.
        assert function() == first
    assert gone(int(other))
    assert function() == first
    emulator.close()
    assert nothing_left(before)


@needs_fork
def test_a_fork_that_lives_on_holds_no_cold_start_up(before):
    emulator = drylambda.Lambda(settle="instant")
    Deployed(emulator, PID)()
    # The interpreter that waits is there, and the fork has what it is told by.
    assert eventually(lambda: len(of(os.getpid()) - before["processes"]) == 3)
    with in_a_fork(lambda: 1):
        assert Deployed(emulator, PID, "other")() > 0
    emulator.close()
    assert nothing_left(before)


@needs_fork
def test_a_fork_that_lives_on_keeps_nobody_from_closing(before):
    emulator = drylambda.Lambda(settle="instant")
    process = Deployed(emulator, PID)()
    with in_a_fork(lambda: 1):
        closing = threading.Thread(target=emulator.close, daemon=True)
        closing.start()
        closing.join(SECONDS)
        assert not closing.is_alive()
        assert gone(process)
    assert nothing_left(before)


@needs_fork
def test_a_fork_that_closes_ends_nothing_of_its_parents(told, before, tmp_path):
    emulator = drylambda.Lambda(settle="instant")
    waits = """
def handler(event, context):
    with open(event[0], "w") as file:
        file.write("begun")
    with open(event[1]) as file:
        return file.read(7)
"""
    function, answers = Deployed(emulator, waits, Timeout=SECONDS), []
    (tmp_path / "back").mkdir()
    back = Told(tmp_path / "back")
    thread = threading.Thread(target=lambda: answers.append(function([told.path, back.path])))
    thread.start()
    assert told.hear() == "begun"
    with in_a_fork(emulator.close) as closed:
        assert closed == "None"
    back.say("went on")
    thread.join()
    back.close()
    assert answers == ["went on"]
    emulator.close()
    assert nothing_left(before)
