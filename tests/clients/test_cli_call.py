"""``drylambda call``: a server is asked, and its answer shown."""

from __future__ import annotations

import base64
import io
import json
import socket
import threading

import pytest

from drylambda import Package, Server, make_zip
from drylambda.cli import main

OLD = make_zip({"app.py": "old"})
NEW = make_zip({"app.py": "new"})
FUNCTION = {
    "FunctionName": "app",
    "Runtime": "python3.13",
    "Role": "arn:aws:iam::123456789012:role/app",
    "Handler": "app.handler",
}


@pytest.fixture(scope="module")
def server():
    with Server() as server:
        yield server


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(monkeypatch, server):
    for name in (
        "AWS_ENDPOINT_URL",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", server.endpoint_url)
    server.lambda_.reset()


@pytest.fixture
def run(capfd):
    """Run ``drylambda call``; return its exit code, its output and its errors."""

    def run(*arguments):
        with pytest.raises(SystemExit) as left:
            main(["call", *map(str, arguments)])
        shown = capfd.readouterr()
        return left.value.code, shown.out, shown.err

    return run


@pytest.fixture
def call(run):
    """Call what is done; return the answer."""

    def call(*arguments):
        code, out, err = run(*arguments)
        assert (code, err) == (0, "")
        return json.loads(out) if out else None

    return call


@pytest.fixture
def package(tmp_path):
    path = tmp_path / "app.zip"
    path.write_bytes(NEW)
    return path


@pytest.fixture
def deployed(server):
    server.lambda_.create_function(**FUNCTION, Code={"ZipFile": OLD})
    server.lambda_.get_function(FunctionName="app")


@pytest.mark.parametrize("name", ["UpdateFunctionCode", "update-function-code", "update_function_code"])
def test_an_operation_is_called_by_any_of_its_names(call, server, deployed, package, name):
    answer = call(name, "--json", '{"FunctionName": "app"}', "--zip-file", package)
    assert (answer["CodeSha256"], answer["CodeSize"]) == (Package(NEW).sha256, len(NEW))
    assert bytes(server.lambda_.package("app")) == NEW


def test_the_answer_is_json_without_what_has_no_value(run, deployed):
    code, out, _ = run("GetFunctionConfiguration", "--json", '{"FunctionName": "app"}')
    assert code == 0
    assert "null" not in out
    assert out == json.dumps(json.loads(out), indent=2) + "\n"


def test_bytes_are_base64_and_parameters_may_come_from_a_file(call, server, tmp_path):
    path = tmp_path / "create.json"
    path.write_text(json.dumps({**FUNCTION, "Code": {"ZipFile": base64.b64encode(OLD).decode()}}))
    call("create-function", "--json", f"@{path}")
    assert bytes(server.lambda_.package("app")) == OLD


def test_parameters_may_come_from_the_input(call, server, deployed, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO('{"FunctionName": "app", "Description": "\u00fc"}'))
    assert call("UpdateFunctionConfiguration", "--json", "-")["Description"] == "\u00fc"


@pytest.mark.parametrize("more", [{}, {"Code": {}}])
def test_the_package_goes_where_the_operation_has_it(call, server, package, more):
    call("CreateFunction", "--json", json.dumps({**FUNCTION, **more}), "--zip-file", package)
    assert bytes(server.lambda_.package("app")) == NEW


def test_lists_travel_in_the_query(call, server, deployed):
    arn = server.lambda_.get_function(FunctionName="app")["Configuration"]["FunctionArn"]
    assert (
        call("TagResource", "--json", json.dumps({"Resource": arn, "Tags": {"a b": "1", "c": "2", "d": "3"}})) is None
    )
    assert call("UntagResource", "--json", json.dumps({"Resource": arn, "TagKeys": ["a b", "d"]})) is None
    assert call("ListTags", "--json", json.dumps({"Resource": arn}))["Tags"] == {"c": "2"}


def test_an_operation_may_need_no_parameters(call, deployed):
    assert [function["FunctionName"] for function in call("ListFunctions")["Functions"]] == ["app"]


def test_the_region_and_the_account_are_told(call, server, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111122223333")
    create = ["CreateFunction", "--json", json.dumps({**FUNCTION, "Code": {"ZipFile": base64.b64encode(OLD).decode()}})]
    assert call(*create)["FunctionArn"] == "arn:aws:lambda:eu-central-1:111122223333:function:app"
    assert call(*create, "--region", "eu-west-2")["FunctionArn"].startswith("arn:aws:lambda:eu-west-2:111122223333:")


def test_requests_are_signed_with_the_key_of_the_environment(run, call, monkeypatch):
    with Server(verify_signatures={"AKIDEXAMPLE": "a secret", "drylambda": "other"}) as strict:
        asked = ["UpdateFunctionCode", "--endpoint-url", strict.endpoint_url, "--json"]
        asked += ['{"FunctionName": "arn:aws:lambda:us-east-1:123456789012:function:app", "ZipFile": ""}']
        assert "InvalidSignatureException" in run(*asked)[2]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")
        assert "ResourceNotFoundException" in run(*asked)[2]
        monkeypatch.setenv("AWS_SESSION_TOKEN", "a token")
        assert call("ListFunctions", "--endpoint-url", strict.endpoint_url) == {"Functions": []}
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDOTHER")
        assert "UnrecognizedClientException" in run(*asked)[2]


def test_a_refusal_is_told_in_awss_words(run):
    code, out, err = run("GetFunction", "--json", '{"FunctionName": "nobody"}')
    assert (code, out) == (1, "")
    arn = "arn:aws:lambda:us-east-1:123456789012:function:nobody"
    assert err == f"drylambda: ResourceNotFoundException: Function not found: {arn}\n"


def test_a_hint_is_told_with_the_refusal(run, deployed, tmp_path):
    (tmp_path / "broken.zip").write_bytes(b"PK")
    code, _, err = run("UpdateFunctionCode", "--json", '{"FunctionName": "app"}', "--zip-file", tmp_path / "broken.zip")
    assert code == 1
    refusal, hint = err.splitlines()
    assert refusal.startswith("drylambda: InvalidParameterValueException: Could not unzip uploaded file.")
    assert hint.startswith("  there is no end record")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["update-function-cod"], "did you mean update-function-code or "),
        (["UpdateFunctioncode"], "did you mean UpdateFunctionCode or "),
        (["xyz"], "'xyz' is no operation of Lambda; `drylambda operations` lists them"),
        (["GetFunction", "--json", '{"FunctionName":\n "app",}'], "--json, line 2, column 8: this is no JSON: "),
        (["GetFunction", "--json", '{"A": NaN}'], "--json: this is no JSON: NaN is no number"),
        (["GetFunction", "--json", "[]"], '--json: parameters are an object, as {"FunctionName": "app"}'),
        (["GetFunction", "--json", "@nowhere.json"], "No such file or directory: 'nowhere.json'"),
        (["GetFunction"], 'Missing required parameter in input: "FunctionName"'),
        (["GetFunction", "--json", '{"FunctionNam": ""}'], 'Unknown parameter in input: "FunctionNam"'),
        (["GetFunction", "--zip-file", "app.zip"], "GetFunction takes no package"),
        (["CreateFunction", "--json", '{"Code": 1}', "--zip-file", "app.zip"], "Code is an object"),
        (
            ["UpdateFunctionCode", "--json", "{}", "--zip-file", "nowhere.zip"],
            "No such file or directory: 'nowhere.zip'",
        ),
        (
            ["UpdateFunctionCode", "--json", '{"FunctionName": "a", "ZipFile": "?"}'],
            "Invalid base64 for parameter ZipFile",
        ),
        (["ListFunctions", "--endpoint-url", "localhost:4566"], "an endpoint is a URL like http://127.0.0.1:4566"),
    ],
)
def test_what_cannot_be_asked_is_a_mistake(run, arguments, told):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("drylambda: ")
    assert told in err


def test_where_nobody_answers_it_is_said_how_somebody_would(run):
    with socket.socket() as taken:
        # Bound, and not listening.
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        code, _, err = run("ListFunctions", "--endpoint-url", url)
    port = url.rpartition(":")[2]
    assert code == 2
    assert err.startswith(f"drylambda: nothing answers at {url}: start one with `drylambda serve --port {port}` (")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", "is no Lambda: it said 200 <html>"),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\n{}", "is no Lambda: it said 502 {}"),
        (b"SSH-2.0\r\n", "broke off: SSH-2.0"),
        (b"", "broke off: Remote end closed connection without response"),
    ],
)
def test_who_answers_otherwise_is_told_apart(run, answer, told):
    with socket.create_server(("127.0.0.1", 0)) as other:

        def serve():
            connection, _ = other.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        code, _, err = run("ListFunctions", "--endpoint-url", f"http://127.0.0.1:{other.getsockname()[1]}")
        thread.join()
    assert code == 2
    assert told in err


def test_what_a_function_streams_is_written_as_it_is(run, server, deployed):
    def handler(event, _context):
        return event or event["nothing"]

    server.lambda_.bind("app", handler)
    asked = '{"FunctionName": "app", "Payload": "WzEsIDJd"}'
    assert run("InvokeWithResponseStream", "--json", asked) == (0, "[1, 2]", "")
    code, out, err = run("InvokeWithResponseStream", "--json", '{"FunctionName": "app"}')
    assert (code, out) == (1, "")
    assert "KeyError" in err
