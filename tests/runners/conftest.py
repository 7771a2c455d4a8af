import pytest
from functions import Deployed

import drylambda


@pytest.fixture
def emulator():
    emulator = drylambda.Lambda(settle="instant", seed=1)
    yield emulator
    emulator.close()


@pytest.fixture
def deployed(emulator):
    pytest.importorskip("awslambdaric", reason="functions in processes are run by AWS's client")
    return lambda code, *names, **settings: Deployed(emulator, code, *names, **settings)
