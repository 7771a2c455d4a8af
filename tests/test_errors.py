"""Every operation has a test of its success, and one of each error that its model lists and a client can provoke.

`errors.txt` is written by ``python tests/test_errors.py``, which runs the tests of behaviour and notes what they saw. A line is
an operation, an error or ``answered``, and a test that met it; or a dash and the reason why none can.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
LIST = HERE / "errors.txt"
SEEN = "DRYLAMBDA_SEEN"
#: What no client can provoke: operations, errors, and why. Each is met on demand (``emulator.fail``), for every operation.
NOBODYS = [
    (r".*", r"ServiceException", "a fault of AWS's own"),
    (r".*", r"TooManyRequestsException", "a limit of AWS's on calls in a second"),
    (
        r"Invoke.*",
        r"(?!answered|ResourceNotFound|ResourceConflict|NoPublished|Invalid(Parameter|RequestC)|DurableExecutionAlready).*",
        "of networks, keys, file systems, snapshots and images, which no runner here has",
    ),
    (r".*DurableExecution.*", r"KMS.*", "of keys, which are taken on trust"),
]


#: Tests that ask everything of everything.
EVERYTHING = tuple(
    f"behaviour/test_{it}" for it in ("faults", "differential", "iam.py", "worlds", "not_built", "shapes")
)


def lines():
    """Return the list: what was met, and by whom."""
    found = {}
    for line in LIST.read_text(encoding="utf-8").splitlines():
        operation, error, rest = line.split(" ", 2)
        found[operation, error] = rest
    return found


def nobodys(operation, error):
    """Whether no client can provoke it."""
    return any(re.fullmatch(names, operation) and re.fullmatch(errors, error) for names, errors, _ in NOBODYS)


def wanted():
    """Yield everything that is to be met."""
    from botocore.session import get_session

    model = get_session().get_service_model("lambda")
    for name in model.operation_names:
        for error in ("answered", *(shape.name for shape in model.operation_model(name).error_shapes)):
            if not nobodys(name, error):
                yield name, error


def written(seen):
    """Write the list anew, with the reasons that it has."""
    known = lines() if LIST.exists() else {}
    rows = []
    for key in wanted():
        reason = known.get(key, "-")
        rows.append(" ".join([*key, seen.get(key) or (reason if reason.startswith("-") else "-")]))
    return "\n".join(rows) + "\n"


@pytest.mark.pinned_botocore
def test_everything_that_can_be_met_is_met_by_a_test():
    known = lines()
    assert list(known) == list(wanted()), "run: python tests/test_errors.py"
    missing = {key: rest for key, rest in known.items() if rest.startswith("-") and len(rest) < len("- a reason")}
    assert missing == {}


def test_the_tests_that_are_named_are_there():
    for rest in set(lines().values()):
        if not rest.startswith("-"):
            path, name = rest.split("::")
            text = (HERE / path).read_text(encoding="utf-8")
            assert re.search(rf"def {name}\(", text), rest


def main():
    """Run the tests of behaviour, and write what they saw."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, SEEN: folder}
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", str(HERE / "behaviour"), "-k", "client or wire"]
        subprocess.run(command, check=True, env=environment)
        seen = {}
        for file in Path(folder).iterdir():
            for line in file.read_text(encoding="utf-8").splitlines():
                operation, error, test = line.split(" ", 2)
                if test.startswith(EVERYTHING):
                    continue
                seen[operation, error] = min(test, seen.get((operation, error), test))
    LIST.write_text(written(seen), encoding="utf-8")


if __name__ == "__main__":
    main()
