"""One scenario through every way in: the answers are the same but for the ids of requests."""

from __future__ import annotations

import asyncio
import contextlib
import re

import boto3
import pytest
from botocore.exceptions import ClientError
from scenario import STEPS, Of

import drylambda

#: What belongs to one transport or one request, and not to the answer.
OF_THE_REQUEST = ("RequestId", "HTTPHeaders", "RetryAttempts")


@contextlib.contextmanager
def direct():
    emulator = drylambda.Lambda(seed=1)
    yield emulator, emulator


@contextlib.contextmanager
def mock(**options):
    with drylambda.mock_lambda(region="us-east-1", seed=1, **options) as emulator:
        yield boto3.client("lambda"), emulator


@contextlib.contextmanager
def client(**options):
    emulator = drylambda.Lambda(seed=1)
    yield emulator.client(**options), emulator


@contextlib.contextmanager
def attached(**options):
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}
    client = boto3.client("lambda", region_name="us-east-1", **keys)
    emulator = drylambda.attach(client, drylambda.Lambda(seed=1), **options)
    try:
        yield client, emulator
    finally:
        drylambda.detach(client)


@contextlib.contextmanager
def over_http():
    with drylambda.Server(seed=1) as server:
        yield server.client(), server.lambda_


@contextlib.contextmanager
def inside_moto():
    # The folder of the tests has a folder of this name.
    pytest.importorskip("moto.core", reason="moto is not installed")
    from moto import mock_aws

    with drylambda.moto.install(seed=1) as installed, mock_aws():
        yield boto3.client("lambda", region_name="us-east-1"), installed.lambda_


class Awaited:
    """An async client whose calls are waited for."""

    def __init__(self, client, loop):
        self._client, self._loop = client, loop

    def __getattr__(self, name):
        method = getattr(self._client, name)
        return lambda **parameters: self._loop.run_until_complete(method(**parameters))


@contextlib.contextmanager
def awaited(make):
    """A client of aiobotocore's, in a loop of its own."""
    pytest.importorskip("aiobotocore", reason="aiobotocore has an environment of its own, in tasks.py test-wheel")
    loop = asyncio.new_event_loop()
    try:
        manager = make()
        client = loop.run_until_complete(manager.__aenter__())
        try:
            yield Awaited(client, loop)
        finally:
            loop.run_until_complete(manager.__aexit__(None, None, None))
    finally:
        loop.close()


@contextlib.contextmanager
def async_client(**options):
    emulator = drylambda.Lambda(seed=1)
    with awaited(lambda: emulator.async_client(**options)) as called:
        yield called, emulator


@contextlib.contextmanager
def async_mock(**options):
    def make():
        from aiobotocore.session import get_session

        return get_session().create_client("lambda", region_name="us-east-1")

    with drylambda.mock_lambda(region="us-east-1", seed=1, **options) as emulator, awaited(make) as called:
        yield called, emulator


FACES = {
    "mock_lambda": mock,
    "mock_lambda at the depth of calls": lambda: mock(depth="call"),
    "Lambda.client": client,
    "Lambda.client at the depth of calls": lambda: client(depth="call"),
    "attach": attached,
    "attach at the depth of calls": lambda: attached(depth="call"),
    "over HTTP": over_http,
    "inside of moto": inside_moto,
    "aiobotocore and mock_lambda": async_mock,
    "aiobotocore and mock_lambda at the depth of calls": lambda: async_mock(depth="call"),
    "Lambda.async_client": async_client,
    "Lambda.async_client at the depth of calls": lambda: async_client(depth="call"),
}


def played(face):
    """Return what each step was answered, without what belongs to the request."""
    answers, labelled = [], {}
    with face() as (called, emulator):
        for step in STEPS:
            parameters = {
                name: labelled[value.step][value.member] if isinstance(value, Of) else value
                for name, value in step.parameters.items()
            }
            try:
                response = getattr(called, step.method)(**parameters)
            except ClientError as error:
                response = dict(error.response)
            except drylambda.ParamValidationError as error:
                response = {"stopped": str(error), "ResponseMetadata": {}}
            metadata = response.pop("ResponseMetadata")
            # A member of newer models alone, and the same as the status.
            response.pop("StatusCode", None)
            response["metadata"] = {name: value for name, value in metadata.items() if name not in OF_THE_REQUEST}
            location = response.get("Code", {}).get("Location")
            if location:
                response["Code"]["Location"] = emulator.download(location)
            # A server's own leads to the server.
            for shown in [response, *response.get("FunctionUrlConfigs", [])]:
                if "FunctionUrl" in shown:
                    shown["FunctionUrl"] = re.search(r"[a-z0-9]{32}", shown["FunctionUrl"])[0]
            answers.append((step.method, parameters, response))
            labelled[step.label] = response
    return answers


@pytest.fixture(scope="module")
def expected():
    return played(direct)


def test_the_scenario_is_long_and_has_refusals(expected):
    refused = [answer for _, _, answer in expected if "Error" in answer]
    assert len(expected) >= 60
    assert len({(answer["Error"]["Code"], answer["Error"]["Message"]) for answer in refused}) >= 20


@pytest.mark.parametrize("face", FACES)
def test_every_way_in_answers_alike(expected, face):
    for (method, parameters, answer), (_, _, wanted) in zip(played(FACES[face]), expected, strict=True):
        assert (method, parameters, answer) == (method, parameters, wanted)


def test_a_scenario_repeats_itself(expected):
    assert played(direct) == expected
