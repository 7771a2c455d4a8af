"""Packages above the threshold travel beside the request, and nobody notices."""

from __future__ import annotations

import base64
import gc
import hashlib
import io
import json
import os

import boto3
import pytest
from botocore.exceptions import ParamValidationError

import drylambda
from drylambda.boto import package as packages
from drylambda.exceptions import PackageLostError

KEYS = {"region_name": "us-east-1", "aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}


def sha256(content):
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


@pytest.fixture(params=["mock", "attach"])
def client(request):
    """A client that is answered, by either way in; with ``bodies``, the requests as the network would see them."""
    client = boto3.client("lambda", **KEYS)
    client.sent = []
    client.meta.events.register("before-send", lambda request, **_: client.sent.append(request))
    if request.param == "attach":
        drylambda.attach(client, drylambda.Lambda(settle="instant"))
        yield client
    else:
        with drylambda.mock_lambda(settle="instant"):
            yield client


def sent_package(client):
    """Return what the last request says is the package."""
    body = json.loads(client.sent[-1].body)
    return base64.b64decode(body.get("ZipFile") or body["Code"]["ZipFile"])


def test_a_small_package_goes_as_it_goes_to_aws(client, deploy, package):
    deploy(client)
    assert sent_package(client) == package
    client.update_function_code(FunctionName="app", ZipFile=package)
    assert sent_package(client) == package


def test_a_large_package_leaves_a_short_text_that_explains_itself(client, deploy, large_package):
    deploy(client, Code={"ZipFile": large_package})
    assert sent_package(client).startswith(b"drylambda:package:")
    answer = client.update_function_code(FunctionName="app", ZipFile=large_package)
    assert sent_package(client).startswith(b"drylambda:package:")
    assert (answer["CodeSize"], answer["CodeSha256"]) == (len(large_package), sha256(large_package))


def test_the_threshold_is_exact(client, deploy):
    def of_size(size):
        # A comment at the end of the archive makes it as long as it should be.
        archive = drylambda.make_zip({"app.py": bytes(1000), "data.bin": os.urandom(1000)})
        comment = b" " * (size - len(archive))
        return archive[:-2] + len(comment).to_bytes(2, "little") + comment

    deploy(client)
    for size, beside in ((packages.THRESHOLD_BYTES, False), (packages.THRESHOLD_BYTES + 1, True)):
        client.update_function_code(FunctionName="app", ZipFile=of_size(size))
        assert sent_package(client).startswith(b"drylambda:") is beside


@pytest.mark.parametrize("kind", [bytes, bytearray])
def test_what_boto3_takes_for_bytes_is_taken(client, deploy, large_package, kind):
    deploy(client)
    answer = client.update_function_code(FunctionName="app", ZipFile=kind(large_package))
    assert answer["CodeSha256"] == sha256(large_package)


def test_a_text_is_its_utf_8(client, deploy):
    deploy(client)
    with pytest.raises(client.exceptions.InvalidParameterValueException, match="Could not unzip uploaded file"):
        client.update_function_code(FunctionName="app", ZipFile="ä" * 100_000)
    assert sent_package(client).startswith(b"drylambda:package:")


def test_a_file_fails_in_botocore_as_it_does_without_us(client, deploy, large_package):
    with pytest.raises(TypeError, match=r"a bytes-like object is required, not '_io.BytesIO'"):
        client.update_function_code(FunctionName="app", ZipFile=io.BytesIO(large_package))


def test_the_callers_dictionaries_stay_as_they_are(client, deploy, large_package):
    code = {"ZipFile": large_package}
    deploy(client, Code=code)
    assert code == {"ZipFile": large_package}
    parameters = {"FunctionName": "app", "ZipFile": large_package}
    client.update_function_code(**parameters)
    assert parameters["ZipFile"] is large_package


def test_hooks_on_parameters_see_the_package(client, deploy, large_package):
    seen = []
    for event in ("provide-client-params", "before-parameter-build"):
        client.meta.events.register(f"{event}.lambda", lambda params, **_: seen.append(params["Code"]["ZipFile"]))
    deploy(client, Code={"ZipFile": large_package})
    assert [content is large_package for content in seen] == [True, True]


def test_a_hook_that_replaces_the_package_wins(client, deploy, package, large_package):
    deploy(client)

    def replace(params, **_):
        return {**params, "ZipFile": large_package}

    client.meta.events.register("provide-client-params.lambda.UpdateFunctionCode", replace)
    assert client.update_function_code(FunctionName="app", ZipFile=package)["CodeSha256"] == sha256(large_package)


def test_hooks_on_requests_see_one_that_is_whole(client, deploy, large_package):
    deploy(client)
    client.update_function_code(FunctionName="app", ZipFile=large_package, Publish=True)
    request = client.sent[-1]
    assert json.loads(request.body)["Publish"] is True
    assert int(request.headers["Content-Length"]) == len(request.body) < 200
    assert resigned(client, request) == request.headers["Authorization"].decode()


def resigned(client, request):
    """Sign a request anew, at its own time."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    auth = SigV4Auth(client._request_signer._credentials, "lambda", "us-east-1")
    copy = AWSRequest(request.method, request.url, data=request.body)
    for name in ("Content-Type", "X-Amz-Date"):
        copy.headers[name] = request.headers[name].decode()
    copy.context["timestamp"] = request.headers["X-Amz-Date"].decode()
    signature = auth.signature(auth.string_to_sign(copy, auth.canonical_request(copy)), copy)
    return request.headers["Authorization"].decode().rpartition("=")[0] + f"={signature}"


def test_a_hook_that_rewrites_the_body_keeps_the_package(client, deploy, large_package):
    deploy(client)

    def rewrite(params, **_):
        body = json.loads(params["body"])
        params["body"] = json.dumps({"Publish": True, **body}, indent=1).encode()

    client.meta.events.register("before-call.lambda.UpdateFunctionCode", rewrite)
    answer = client.update_function_code(FunctionName="app", ZipFile=large_package)
    assert (answer["Version"], answer["CodeSha256"]) == ("1", sha256(large_package))


def test_a_call_that_is_retried_keeps_the_package(client, deploy, large_package, monkeypatch):
    from botocore.exceptions import EndpointConnectionError

    deploy(client)
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    failures = [EndpointConnectionError(endpoint_url="https://lambda")]

    def fail_once(request, **_):
        if failures:
            raise failures.pop()

    client.meta.events.register("before-send.lambda", fail_once)
    answer = client.update_function_code(FunctionName="app", ZipFile=large_package)
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    assert answer["CodeSha256"] == sha256(large_package)


def test_a_refused_call_validates_first(client, large_package):
    with pytest.raises(ParamValidationError, match='Missing required parameter in input: "FunctionName"'):
        client.update_function_code(ZipFile=large_package)
    assert client.sent == []


def test_the_package_is_let_go_with_the_call(client, deploy, large_package):
    deploy(client, Code={"ZipFile": large_package})
    client.sent.clear()
    gc.collect()
    assert len(packages._packages) == 0


def test_a_request_sent_again_after_its_call_says_what_is_wrong(client, deploy, large_package):
    deploy(client, Code={"ZipFile": large_package})
    gc.collect()
    with pytest.raises(PackageLostError, match="travelled beside a call which is over"):
        client._endpoint.http_session.send(client.sent[-1])


def test_a_client_that_validates_nothing_is_served_too(deploy, large_package):
    from botocore.config import Config

    with drylambda.mock_lambda():
        client = boto3.client("lambda", config=Config(parameter_validation=False))
        assert deploy(client, Code={"ZipFile": large_package})["CodeSha256"] == sha256(large_package)
    own = drylambda.Lambda().client(config=Config(parameter_validation=False))
    assert deploy(own, Code={"ZipFile": large_package})["CodeSha256"] == sha256(large_package)


def test_an_attached_client_inside_a_mock_keeps_its_package_and_its_emulator(deploy, large_package, names):
    emulator = drylambda.Lambda()
    client = emulator.client()
    with drylambda.mock_lambda() as mocked:
        deploy(client, Code={"ZipFile": large_package})
    assert (names(emulator), names(mocked)) == (["app"], [])


def test_a_package_over_the_limit_of_a_request_is_refused_by_its_own_size(client, deploy):
    deploy(client)
    with pytest.raises(drylambda.ClientError) as caught:
        client.update_function_code(FunctionName="app", ZipFile=bytes(60 * 1024 * 1024))
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413
