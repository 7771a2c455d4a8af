"""Load AWS's client for Python, wait to be told of a function, and be its runtime.

Standard input says it: how many bytes there are, the handler, the package's folder, and every environment variable, a
zero byte between them. What the client is made of is loaded by then, as long as nobody waits for it.
"""

import importlib
import os
import struct
import sys
import time


def main() -> None:
    """Become a function's runtime; end if nobody wants one."""
    # Nothing is loaded from where this happens to start.
    del sys.path[0]
    # The client's compiled part reads variables when it is loaded, and the client can do without it until then.
    sys.modules["runtime_client"] = None
    importlib.import_module("awslambdaric.__main__")
    del sys.modules["runtime_client"]
    with open(0, "rb", closefd=False) as given:
        length = given.read(struct.calcsize("N"))
        told = given.read(int.from_bytes(length, "big"))
    if not told:
        return
    handler, folder, *variables = map(os.fsdecode, told.split(b"\0"))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.environ.clear()
    os.environ.update(variable.split("=", 1) for variable in variables if variable)
    time.tzset()
    # Its modules read variables, too. The package's folder is not on the path yet, as in Lambda.
    for name in [name for name in sys.modules if name.partition(".")[0] == "awslambdaric"]:
        del sys.modules[name]
    client = importlib.import_module("awslambdaric.__main__")
    os.chdir(folder)
    first = [os.path.realpath(folder), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    sys.path[:] = first + [place for place in sys.path if place not in first]
    sys.argv[:] = [client.__file__, handler]
    # What a logger is given is one entry of the log, however many lines it has; the client closes this in the end.
    os.environ["_LAMBDA_TELEMETRY_LOG_FD"] = str(os.dup(1))
    client.main(sys.argv)


main()
