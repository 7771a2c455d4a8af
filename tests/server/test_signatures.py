"""Signatures over a socket: read for account and Region, and checked where keys were given."""

from __future__ import annotations

import hashlib
import os
import urllib.request

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import drylambda

KEYS = {"AKIAIOSFODNN7EXAMPLE": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
KEY, SECRET = next(iter(KEYS.items()))


@pytest.fixture
def server():
    with drylambda.Server(verify_signatures=KEYS, settle="instant") as server:
        yield server


@pytest.fixture
def client(server):
    def client(service="lambda", key=KEY, secret=SECRET, **options):
        return boto3.client(
            service,
            "us-east-1",
            endpoint_url=server.endpoint_url,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            **options,
        )

    return client


def refusal(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Code"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("size", [10, 100_000, 3_000_000])
def test_a_right_signature_is_let_in_whatever_it_signs(server, client, deploy, size):
    deploy()
    package = drylambda.make_zip({"app.py": "", "data": os.urandom(size)})
    assert client().update_function_code(FunctionName="app", ZipFile=package)["CodeSize"] == len(package)
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="a key/ü+:*.zip", Body=package)
    assert s3.get_object(Bucket="bucket", Key="a key/ü+:*.zip")["Body"].read() == package
    arn = "arn:aws:lambda:us-east-1:123456789012:function:app"
    assert client().get_function(FunctionName=arn)["Configuration"]["CodeSize"] == len(package)


@pytest.mark.parametrize(
    ("service", "call", "parameters", "codes"),
    [
        ("lambda", "list_functions", {}, ("InvalidSignatureException", "UnrecognizedClientException")),
        ("lambda", "create_function", {"FunctionName": "new", "Role": "arn:aws:iam::123456789012:role/app", "Code": {"ZipFile": bytes(200_000)}}, ("InvalidSignatureException", "UnrecognizedClientException")),
        ("s3", "list_buckets", {}, ("SignatureDoesNotMatch", "InvalidAccessKeyId")),
        ("s3", "create_bucket", {"Bucket": "bucket"}, ("SignatureDoesNotMatch", "InvalidAccessKeyId")),
    ],
)  # fmt: skip
def test_a_wrong_secret_and_an_unknown_key_are_403s(server, client, service, call, parameters, codes):
    assert refusal(getattr(client(service, secret="guessed"), call), **parameters) == (codes[0], 403)
    assert refusal(getattr(client(service, key="AKIAOTHER"), call), **parameters) == (codes[1], 403)
    assert server.lambda_.s3.buckets == {}
    assert list(server.lambda_.journal) == []


def test_a_request_without_a_signature_is_a_403(ask):
    status, headers, answer = ask("GET", "/2015-03-31/functions")
    assert (status, headers["x-amzn-errortype"], answer) == (
        403,
        "MissingAuthenticationTokenException",
        {"message": "Missing Authentication Token"},
    )
    assert ask("GET", "/bucket/key")[0] == 403


def test_what_was_changed_on_the_way_is_a_403(client, server, deploy):
    deploy()
    changed = client()

    def change(request, **_):
        request.body = request.body.replace(b"false", b"true ")

    changed.meta.events.register("before-send.lambda", change)
    assert refusal(changed.update_function_code, FunctionName="app", S3Bucket="bucket", S3Key="key", DryRun=False) == (
        "InvalidSignatureException",
        403,
    )


def test_an_object_that_was_changed_on_the_way_is_refused(client, server):
    s3 = client("s3", config=Config(request_checksum_calculation="when_required", s3={"payload_signing_enabled": True}))
    s3.create_bucket(Bucket="bucket")

    def change(request, **_):
        request.body = b"other"

    s3.meta.events.register("before-send.s3", change)
    assert refusal(s3.put_object, Bucket="bucket", Key="key", Body=b"every") == ("XAmzContentSHA256Mismatch", 400)
    with pytest.raises(KeyError):
        server.lambda_.s3.get("bucket", "key")


def test_presigned_links_are_checked(client):
    s3 = client("s3", config=Config(signature_version="s3v4"))
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="key", Body=b"data")
    link = s3.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "key"})
    with urllib.request.urlopen(link) as response:
        assert response.read() == b"data"
    with pytest.raises(urllib.error.HTTPError, match="403"), urllib.request.urlopen(link.replace("key?", "kez?")):
        pass


def test_download_links_and_what_is_beside_the_api_need_no_key(client, server, deploy, ask, package):
    deploy()
    location = client().get_function(FunctionName="app")["Code"]["Location"]
    with urllib.request.urlopen(location) as response:
        assert hashlib.sha256(response.read()).digest() == hashlib.sha256(package).digest()
    assert ask("GET", "/_drylambda/health")[0] == 200


def test_the_environment_has_a_key_that_is_good(server):
    assert (server.environment["AWS_ACCESS_KEY_ID"], server.environment["AWS_SECRET_ACCESS_KEY"]) == (KEY, SECRET)
    assert server.client().list_functions()["Functions"] == []


def test_nobody_signs_for_somebody_else(client, server):
    lambda_client = client()

    def pretend(request, **_):
        text = request.headers["Authorization"].decode()
        other = "X-Credential=999999999999/20260101/eu-west-1/lambda/aws4_request, Credential="
        request.headers["Authorization"] = text.replace("Credential=", other)

    lambda_client.meta.events.register("before-send.lambda", pretend)
    lambda_client.list_functions()
    [call] = server.lambda_.journal
    assert (call.account_id, call.region, call.access_key_id) == ("123456789012", "us-east-1", KEY)


def test_a_body_that_nobody_signed_is_refused(client, server):
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket")

    import http.client

    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    request = AWSRequest("PUT", f"{server.endpoint_url}/bucket/key")
    SigV4Auth(Credentials(KEY, SECRET), "s3", "us-east-1").add_auth(request)
    headers = {name: value for name, value in request.headers.items() if name.lower() != "x-amz-content-sha256"}
    connection = http.client.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/bucket/key", b"smuggled", headers)
    assert connection.getresponse().status in (400, 403)
    connection.close()
    with pytest.raises(KeyError):
        server.lambda_.s3.get("bucket", "key")


def test_a_presigned_call_is_its_signers(server):
    import urllib.request

    from botocore.auth import SigV4QueryAuth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    request = AWSRequest("GET", f"{server.endpoint_url}/2015-03-31/functions")
    SigV4QueryAuth(Credentials(KEY, SECRET), "lambda", "ap-south-1").add_auth(request)
    urllib.request.urlopen(request.prepare().url).close()
    [call] = server.lambda_.journal
    assert (call.region, call.access_key_id) == ("ap-south-1", KEY)
