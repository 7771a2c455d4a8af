"""A whole deployment with calls: versions, an alias with weights, an update while calls run."""

from __future__ import annotations

import collections
import json
import threading

import pytest

import drylambda


def says(word):
    return f"def handler(event, context):\n    return ['{word}', context.function_version]"


@pytest.mark.parametrize("runner", ["process", "in_process"])
def test_a_thousand_calls_of_an_alias_go_to_its_versions_by_weight(emulator, runner):
    if runner == "process":
        pytest.importorskip("awslambdaric", reason="functions in processes are run by AWS's client")
    emulator.bind("app", runner)
    client = emulator.client(region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    code = {"ZipFile": drylambda.make_zip({"app.py": says("one")})}
    role = "arn:aws:iam::123456789012:role/app"
    made = {"Runtime": "python3.13", "Handler": "app.handler", "Role": role, "Code": code}
    client.create_function(FunctionName="app", Publish=True, **made)

    def call(qualifier):
        answer = client.invoke(FunctionName="app", Qualifier=qualifier)
        assert "FunctionError" not in answer
        word, version = json.load(answer["Payload"])
        assert version == answer["ExecutedVersion"]
        return word, version

    assert call("1") == ("one", "1")
    updated = drylambda.make_zip({"app.py": says("two")})
    assert client.update_function_code(FunctionName="app", ZipFile=updated, Publish=True)["Version"] == "2"
    weights = {"AdditionalVersionWeights": {"2": 0.3}}
    client.create_alias(FunctionName="app", Name="live", FunctionVersion="1", RoutingConfig=weights)
    over = threading.Event()

    def update():
        number = 0
        while not over.is_set():
            number += 1
            zipped = drylambda.make_zip({"app.py": says(f"later {number}")})
            emulator.update_function_code(FunctionName="app", ZipFile=zipped)

    meanwhile = threading.Thread(target=update)
    meanwhile.start()
    try:
        said = collections.Counter(call("live") for _ in range(1000))
    finally:
        over.set()
        meanwhile.join()
    assert set(said) == {("one", "1"), ("two", "2")}
    # Six standard deviations to either side.
    assert 213 <= said["two", "2"] <= 387
