"""URLs of functions, asked over a socket: any HTTP client calls them (facts 14)."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import drylambda

fact = pytest.mark.fact

FORBIDDEN = {
    "Message": "Forbidden. For troubleshooting Function URL authorization issues, see: "
    "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
}
CORS = {"AllowOrigins": ["https://page"], "AllowMethods": ["POST"], "AllowHeaders": ["x-a"], "MaxAge": 60}


@pytest.fixture
def url(server, deploy):
    """Make the URL of a function that is run by ``handler``; return what leads to it."""

    def url(handler=lambda event, _: event, *, is_open=True, auth="NONE", qualifier=None, **config):
        deploy()
        client, where = server.client(), {"Qualifier": qualifier} if qualifier else {}
        client.get_function(FunctionName="app")
        if qualifier:
            client.create_alias(FunctionName="app", Name=qualifier, FunctionVersion="$LATEST")
        server.lambda_.bind("app", handler)
        if is_open:
            let_in(client, **where)
        made = client.create_function_url_config(FunctionName="app", AuthType=auth, **where, **config)
        client.close()
        return made["FunctionUrl"].removeprefix(server.endpoint_url)

    return url


def let_in(client, **where):
    """Let everybody call the URL: what AWS asks for since October 2025."""
    who = {"FunctionName": "app", "Principal": "*", **where}
    client.add_permission(StatementId="url", Action="lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE", **who)
    client.add_permission(StatementId="via", Action="lambda:InvokeFunction", InvokedViaFunctionUrl=True, **who)


def test_the_url_of_a_configuration_is_asked_as_it_is(server, url):
    there = server.endpoint_url + url(
        lambda event, _: {"statusCode": 201, "body": event["rawPath"], "cookies": ["a=1"]}
    )
    with urllib.request.urlopen(f"{there}my/path") as response:
        assert (response.status, response.read()) == (201, b"/my/path")
        assert response.headers["set-cookie"] == "a=1"
        assert response.headers["content-type"] == "application/json"
    aws = server.lambda_.get_function_url_config(FunctionName="app")["FunctionUrl"]
    assert aws.endswith(".lambda-url.us-east-1.on.aws/")
    assert there.split("/")[-2] == aws.split("/")[2].split(".")[0]


def test_a_function_gets_the_request_and_answers_it(server, ask, url):
    status, headers, event = ask("POST", f"{url()}a/b?x=1&x=2", "hi", **{"content-type": "text/plain", "X-A": "b"})
    assert (status, event["body"], event["isBase64Encoded"]) == (200, "hi", False)
    assert (event["rawPath"], event["queryStringParameters"], event["headers"]["x-a"]) == ("/a/b", {"x": "1,2"}, "b")
    context = event["requestContext"]
    assert (context["accountId"], context["http"]["method"]) == ("anonymous", "POST")
    assert context["requestId"] == headers["x-amzn-requestid"]
    assert context["time"] == "01/Jan/2026:00:00:00 +0000"
    assert f"START RequestId: {context['requestId']}" in str(server.lambda_.logs("app"))


@pytest.mark.parametrize("host", ["lambda-url.us-east-1.on.aws", "lambda-url.us-east-1.localhost:4566"])
def test_a_host_leads_to_it_too(ask, url, host):
    id_ = url().split("/")[-2]
    _, _, event = ask("GET", "/here?a", Host=f"{id_}.{host}")
    assert (event["rawPath"], event["requestContext"]["domainPrefix"]) == ("/here", id_)


def test_an_alias_has_its_own(ask, url):
    there = url(lambda _, context: context.invoked_function_arn, qualifier="live")
    assert ask("GET", there)[2].endswith(":function:app:live")


@fact(552)
def test_a_url_that_nobody_may_call_is_forbidden_and_one_that_is_gone_too(server, ask, url):
    there = url(is_open=False)
    status, headers, answer = ask("GET", there)
    assert (status, answer, headers["x-amzn-errortype"]) == (403, FORBIDDEN, "AccessDeniedException")
    assert "lambda:InvokeFunctionUrl" in headers["x-drylambda-hint"]
    let_in(server.lambda_)
    assert ask("GET", there)[0] == 200
    server.lambda_.remove_permission(FunctionName="app", StatementId="via")
    assert "lambda:InvokeFunction on" in ask("GET", there)[1]["x-drylambda-hint"]
    server.lambda_.delete_function_url_config(FunctionName="app")
    assert ask("GET", there)[::2] == (403, FORBIDDEN)


def signed(server, method, path, key="AKIDEXAMPLE"):
    request = AWSRequest(method, f"{server.endpoint_url}{path}")
    SigV4Auth(Credentials(key, "secret"), "lambda", "us-east-1").add_auth(request)
    return {name.replace("-", "_"): value for name, value in request.headers.items()}


def test_a_url_may_want_a_signature(server, ask, url):
    there = url(is_open=False, auth="AWS_IAM")
    assert ask("GET", there)[::2] == (403, FORBIDDEN)
    status, _, event = ask("GET", there, **signed(server, "GET", there))
    assert status == 200
    iam = event["requestContext"]["authorizer"]["iam"]
    assert (iam["accessKey"], iam["accountId"]) == ("AKIDEXAMPLE", event["requestContext"]["accountId"])
    # Another account needs a permission.
    other = signed(server, "GET", there, "210987654321")
    assert ask("GET", there, **other)[0] == 403
    for action in ("InvokeFunctionUrl", "InvokeFunction"):
        server.lambda_.add_permission(
            FunctionName="app", StatementId=action, Action=f"lambda:{action}", Principal="210987654321"
        )
    assert ask("GET", there, **other)[2]["requestContext"]["accountId"] == "210987654321"


def fail(_event, _context):
    raise LookupError


@pytest.mark.parametrize(
    "handler",
    [fail, lambda *_: {"statusCode": "no"}, lambda *_: {"statusCode": 200, "body": {}}],
    ids=["error", "status", "body"],
)
def test_what_no_response_can_be_is_a_bad_gateway(server, url, handler):
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(server.endpoint_url + url(handler))
    with caught.value as error:
        assert (error.code, error.read()) == (502, b"Internal Server Error")


def test_bytes_travel_both_ways(server, url):
    def double(event, _context):
        body = base64.b64decode(event["body"])
        return {"statusCode": 200, "isBase64Encoded": True, "body": base64.b64encode(body * 2).decode()}

    with urllib.request.urlopen(server.endpoint_url + url(double), data=b"\xff\0") as response:
        assert response.read() == b"\xff\0\xff\0"


def test_a_streaming_url_gives_what_is_streamed(server, url):
    there = server.endpoint_url + url(lambda *_: {"statusCode": 204}, InvokeMode="RESPONSE_STREAM")
    with urllib.request.urlopen(there) as response:
        assert response.headers["content-type"] == "application/octet-stream"
        assert json.load(response) == {"statusCode": 204}


def test_a_page_is_told_what_the_url_lets_it(ask, url):
    there = url(lambda *_: {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "own"}}, Cors=CORS)
    asked = {"Origin": "https://page", "Access-Control-Request-Method": "POST"}
    status, headers, body = ask("OPTIONS", there, **asked)
    told = {name.removeprefix("access-control-"): it for name, it in headers.items() if name.startswith("access-")}
    assert (status, body) == (200, b"")
    assert told == {"allow-origin": "https://page", "allow-methods": "POST", "allow-headers": "x-a", "max-age": "60"}
    assert ask("POST", there, b"", Origin="https://page")[1]["access-control-allow-origin"] == "https://page"
    status, headers, _ = ask("POST", there, b"", Origin="https://other")
    assert (status, headers.get("access-control-allow-origin")) == (200, None)


def test_a_function_with_no_calls_left_is_throttled(server, ask, url):
    there = url()
    server.lambda_.put_function_concurrency(FunctionName="app", ReservedConcurrentExecutions=0)
    status, headers, answer = ask("GET", there)
    assert (status, answer) == (429, {"Message": "Rate Exceeded."})
    assert headers["x-amzn-errortype"] == "TooManyRequestsException"


@pytest.mark.parametrize("size", [6_291_457, 6_291_000], ids=["body", "event"])
def test_a_body_beyond_the_limit_is_refused(ask, url, size):
    status, headers, _ = ask("POST", url(), bytes(size))
    assert (status, headers["x-amzn-errortype"]) == (413, "RequestEntityTooLargeException")


def test_signatures_that_are_checked_are_checked_where_the_url_wants_one(package):
    keys = {"AKIDEXAMPLE": "secret"}
    with drylambda.Server(seed=1, verify_signatures=keys) as server:
        emulator = server.lambda_
        role = "arn:aws:iam::123456789012:role/app"
        code = {"Code": {"ZipFile": package}, "Handler": "app.handler", "Runtime": "python3.13", "Role": role}
        emulator.create_function(FunctionName="app", **code)
        emulator.get_function(FunctionName="app")
        emulator.bind("app", lambda *_: "here")
        made = emulator.create_function_url_config(FunctionName="app", AuthType="AWS_IAM")["FunctionUrl"]
        there = f"/_url/{made.split('/')[2].split('.')[0]}/"
        right = {name.replace("_", "-"): value for name, value in signed(server, "GET", there).items()}
        with urllib.request.urlopen(urllib.request.Request(server.endpoint_url + there, headers=right)) as response:
            assert json.load(response) == "here"
        wrong = {**right, "Authorization": right["Authorization"][:-1] + "!"}
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(urllib.request.Request(server.endpoint_url + there, headers=wrong))
        with caught.value as error:
            assert error.code == 403
        emulator.update_function_url_config(FunctionName="app", AuthType="NONE")
        let_in(emulator)
        with urllib.request.urlopen(server.endpoint_url + there) as response:
            assert json.load(response) == "here"
