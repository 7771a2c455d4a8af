"""A scenario that is dumped after every step: an emulator that loads it answers every question as the first one does."""

from __future__ import annotations

import contextlib

from botocore.exceptions import ClientError
from reads import of_world
from scenario import STEPS, Of

import drylambda


def after_each_step():
    """Yield the emulator after each step of the scenario."""
    emulator, labelled = drylambda.Lambda(seed=1), {}
    for step in STEPS:
        given = step.parameters.items()
        parameters = {name: labelled[it.step][it.member] if isinstance(it, Of) else it for name, it in given}
        with contextlib.suppress(ClientError, drylambda.ParamValidationError):
            labelled[step.label] = getattr(emulator, step.method)(**parameters)
        yield emulator


def test_what_is_loaded_answers_as_what_was_dumped_after_every_step():
    loaded = drylambda.Lambda(seed=2)
    for step, emulator in zip(STEPS, after_each_step(), strict=True):
        state = emulator.dump()
        loaded.load(state)
        assert loaded.dump() == state, step
        # Reading settles, and the scenario is not to know.
        assert of_world(loaded) == of_world(emulator.fork()), step
