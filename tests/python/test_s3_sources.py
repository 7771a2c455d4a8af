"""Where code from S3 is looked for, as options: of an emulator, of a mock, of the fixtures."""

from __future__ import annotations

import _thread
import os
import signal
import socket
import subprocess
import sys
import threading

import boto3
import pytest

import drylambda
from drylambda import mock_lambda

KEYS = {"region_name": "us-east-1", "aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


@pytest.fixture
def buckets(tmp_path, package):
    (tmp_path / "deployments").mkdir()
    (tmp_path / "deployments" / "app.zip").write_bytes(package)
    return tmp_path


OBJECT = {"S3Bucket": "deployments", "S3Key": "app.zip"}


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="the system has other rights")
def test_what_a_directory_lets_nobody_read_is_denied():
    program = """
import os, pathlib, tempfile
import drylambda

package = drylambda.make_zip({"app.py": ""})
with tempfile.TemporaryDirectory() as folder:
    os.chmod(folder, 0o755)
    for key in ("open/key", "open/file", "open/folder/key", "closed/key"):
        path = pathlib.Path(folder, key)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(package)
    emulator = drylambda.Lambda(s3_dir=folder)
    locked = [pathlib.Path(folder, name) for name in ("open/file", "open/folder", "closed")]
    for path in locked:
        path.chmod(0)
    for bucket, key in (("none", "none"), ("open", "key"), ("open", "file"), ("open", "folder/key"), ("closed", "key")):
        # After the first refusal everything is imported, which who has no rights could not do.
        if os.getuid() == 0 and bucket != "none":
            os.seteuid(65534)
        try:
            emulator.create_function(
                FunctionName=(bucket + key).replace("/", "-"), Runtime="python3.13", Handler="app.f",
                Role="arn:aws:iam::123456789012:role/app",
                Code={"S3Bucket": bucket, "S3Key": key},
            )
            print("read")
        except drylambda.ClientError as error:
            print(error.response["Error"]["Message"].rpartition(". S3 Error Message: ")[2])
    os.seteuid(os.getuid())
    for path in locked:
        path.chmod(0o755)
"""
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert shown.splitlines() == ["The specified bucket does not exist", "read", *["Access Denied"] * 3]


@pytest.mark.parametrize("form", [str, lambda path: path], ids=["text", "path"])
def test_a_directory_is_given_to_an_emulator(deploy, buckets, package, form):
    assert deploy(drylambda.Lambda(s3_dir=form(buckets)), Code=OBJECT)["CodeSize"] == len(package)


def test_a_directory_is_given_to_a_mock(deploy, buckets, package):
    with mock_lambda(s3_dir=buckets):
        assert deploy(boto3.client("lambda", **KEYS), Code=OBJECT)["CodeSize"] == len(package)


def test_a_relative_directory_stays_where_it_was(deploy, buckets, package, monkeypatch):
    monkeypatch.chdir(buckets)
    emulator = drylambda.Lambda(s3_dir=".")
    monkeypatch.chdir("/")
    assert deploy(emulator, Code=OBJECT)["CodeSize"] == len(package)


@pytest.mark.parametrize("make", [drylambda.Lambda, mock_lambda])
@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"s3_dir": "/no/such/folder"}, FileNotFoundError, '^s3_dir="/no/such/folder": '),
        ({"s3_dir": __file__}, NotADirectoryError, "^s3_dir="),
        ({"s3_dir": 1}, TypeError, "os.PathLike"),
        (
            {"s3_endpoint": "localhost:9000"},
            ValueError,
            '^s3_endpoint: an endpoint is a URL like .*, not "localhost:9000"',
        ),
        ({"s3_endpoint": "ftp://localhost"}, ValueError, "^s3_endpoint: "),
        ({"s3_endpoint": "http://user:password@localhost"}, ValueError, "^s3_endpoint: "),
        ({"s3_endpoint": 1}, ValueError, "^s3_endpoint is a URL"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_made(make, options, error, says):
    with pytest.raises(error, match=says):
        make(**options)


def test_no_option_is_the_same_as_none(deploy):
    emulator = drylambda.Lambda(s3_dir=None, s3_endpoint=None)
    with pytest.raises(drylambda.ClientError, match="NoSuchBucket"):
        deploy(emulator, Code=OBJECT)


def test_certificates_of_an_endpoint_come_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    with pytest.raises(FileNotFoundError, match=r"^AWS_CA_BUNDLE="):
        drylambda.Lambda(s3_endpoint="https://localhost")
    (tmp_path / "empty.pem").write_text("nothing")
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "empty.pem"))
    with pytest.raises(ValueError, match="there is no certificate in the CA bundle"):
        drylambda.Lambda(s3_endpoint="https://localhost")
    drylambda.Lambda(s3_endpoint="http://localhost")


def test_views_of_an_emulator_share_its_places(deploy, buckets, package):
    view = drylambda.Lambda(s3_dir=buckets).scope("eu-west-1", "999999999999")
    assert deploy(view, Code=OBJECT)["CodeSize"] == len(package)


def spell_with_escapes(request, **_):
    """Spell a member's name in another way, as JSON allows."""
    request.data = request.data.replace(b'"S3Bucket"', b'"S3\\u0042ucket"')


@pytest.fixture
def requests():
    """Return the headers of what the server was asked."""
    return []


@pytest.fixture
def server(package, requests):
    """A server in another thread of this process, which has one package in every bucket; gives its URL."""
    import http.server

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            requests.append(self.headers)
            self.send_response(200)
            self.send_header("Content-Length", str(len(package)))
            self.end_headers()
            self.wfile.write(package)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("way", ["direct", "wire", "escaped", "call"])
def test_the_interpreter_is_free_while_an_endpoint_is_waited_for(deploy, package, server, way):
    # The server is Python itself: it could not answer if the interpreter were held.
    emulator = drylambda.Lambda(s3_endpoint=server)
    face = emulator if way == "direct" else emulator.client(depth="call" if way == "call" else "wire")
    if way == "escaped":
        face.meta.events.register("before-sign.lambda", spell_with_escapes)
    assert deploy(face, Code=OBJECT)["CodeSize"] == len(package)


@pytest.fixture
def interrupts():
    """Interrupts, which a run in the background begins with ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupts")
@pytest.mark.parametrize("way", ["direct", "wire", "call"])
@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\nobject"], ids=["answer", "object"]
)
def test_an_interrupt_is_heard_while_an_endpoint_is_waited_for(deploy, start, way):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.sendall(start)
                _thread.interrupt_main()
                # The request, and then that the client has gone.
                while connection.recv(65536):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        emulator = drylambda.Lambda(s3_endpoint=f"http://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(KeyboardInterrupt):
            deploy(emulator if way == "direct" else emulator.client(depth=way), Code=OBJECT)
        thread.join()
    assert emulator.list_functions()["Functions"] == []


def test_an_endpoint_is_not_asked_with_the_key_that_motos_mock_sets(deploy, server, requests):
    pytest.importorskip("moto.core", reason="moto is not installed")
    import moto

    with moto.mock_aws():
        emulator = drylambda.Lambda(s3_endpoint=server)
    deploy(emulator, Code=OBJECT)
    assert [headers["Authorization"] for headers in requests] == [None]


@pytest.mark.parametrize("variable", ["https_proxy", "http_proxy", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"])
def test_no_proxy_is_asked_for_an_endpoint_of_plain_http(deploy, package, server, monkeypatch, variable):
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    assert deploy(drylambda.Lambda(s3_endpoint=server), Code=OBJECT)["CodeSize"] == len(package)


def test_a_proxy_that_is_none_is_refused_when_it_would_be_used(monkeypatch):
    monkeypatch.setenv("https_proxy", "socks5://proxy.example")
    with pytest.raises(ValueError, match=r'^s3_endpoint: https_proxy is a URL like "http://proxy:3128"'):
        drylambda.Lambda(s3_endpoint="https://s3.example.com")


def test_objects_of_moto_are_read_in_the_mock_of_both(deploy, package):
    pytest.importorskip("moto.core", reason="moto is not installed")
    import moto

    with moto.mock_aws(), mock_lambda():
        s3 = boto3.client("s3", **KEYS)
        s3.create_bucket(Bucket="deployments")
        s3.put_object(Bucket="deployments", Key="app.zip", Body=package)
        assert deploy(boto3.client("lambda", **KEYS), Code=OBJECT)["CodeSize"] == len(package)
    with pytest.raises(drylambda.ClientError, match="NoSuchBucket"):
        deploy(drylambda.Lambda(), Code=OBJECT)


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("way", ["direct", "wire", "call"])
def test_what_interrupts_moto_goes_on_to_the_caller(deploy, monkeypatch, raised, way):
    pytest.importorskip("moto.core", reason="moto is not installed")
    import moto

    def get_object(*_, **__):
        raise raised

    with moto.mock_aws():
        emulator = drylambda.Lambda()
        boto3.client("s3", **KEYS).create_bucket(Bucket="deployments")
        monkeypatch.setattr("moto.s3.models.S3Backend.get_object", get_object)
        with pytest.raises(raised):
            deploy(emulator if way == "direct" else emulator.client(depth=way), Code=OBJECT)
        # It is raised once.
        assert emulator.list_functions()["Functions"] == []


def test_moto_is_not_imported_to_look_for_a_bucket():
    program = """
import sys, drylambda
try:
    drylambda.Lambda().create_function(
        FunctionName="app", Runtime="python3.13", Role="arn:aws:iam::123456789012:role/app", Handler="app.handler",
        Code={"S3Bucket": "deployments", "S3Key": "app.zip"},
    )
except drylambda.ClientError as error:
    print(error.response["Error"]["Message"])
print(sorted(name for name in sys.modules if name.startswith("moto")))
"""
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert shown.splitlines() == [
        "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist",
        "[]",
    ]
