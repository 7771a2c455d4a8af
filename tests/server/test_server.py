"""A server: where it listens, whom it answers, and that nothing is left of it."""

from __future__ import annotations

import contextlib
import errno
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import boto3
import pytest

import drylambda

pytest_plugins = ["pytester"]


def threads():
    return [name for name in threads_of_the_system() if name.startswith("drylambda-serv")]


def threads_of_the_system():
    for thread in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):
            yield (thread / "comm").read_text().strip()


def test_a_server_answers_from_the_moment_it_is_made(package):
    server = drylambda.Server(region="eu-west-1", account_id="210987654321")
    assert repr(server) == f"<drylambda.Server http://127.0.0.1:{server.port}>"
    arn = server.client().create_function(
        FunctionName="app",
        Runtime="python3.13",
        Role="arn:aws:iam::210987654321:role/app",
        Handler="app.handler",
        Code={"ZipFile": package},
    )["FunctionArn"]
    assert arn == "arn:aws:lambda:eu-west-1:210987654321:function:app"
    assert server.lambda_.list_functions()["Functions"][0]["FunctionArn"] == arn
    server.stop()
    assert repr(server).endswith(" stopped>")


def test_a_stopped_server_frees_its_port_and_leaves_no_thread():
    before = threads()
    with drylambda.Server() as server:
        urllib.request.urlopen(server.endpoint_url).close()
        assert len(threads()) > len(before)
    server.stop()
    assert threads() == before
    with drylambda.Server(port=server.port) as again:
        assert again.port == server.port


def test_no_thread_of_a_server_takes_a_signal_from_pythons(server):
    # A thread gives itself its name, and one of them may not have come to that; who answers has.
    urllib.request.urlopen(server.endpoint_url).close()
    tasks = Path("/proc/self/task").iterdir()
    ours = [task for task in tasks if (task / "comm").read_text().startswith("drylambda-serv")]
    assert ours
    for thread in ours:
        blocked = next(line for line in (thread / "status").read_text().splitlines() if line.startswith("SigBlk"))
        assert all(int(blocked.split()[1], 16) >> number - 1 & 1 for number in (signal.SIGINT, signal.SIGTERM))
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_a_server_that_is_forgotten_stops():
    before = threads()
    server = drylambda.Server()
    port = server.port
    del server
    assert threads() == before
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
        pass


def test_idle_connections_do_not_hold_a_server_up(server):
    connection = http.client.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    connection.getresponse().read()
    with socket.create_connection((server.host, server.port)):
        server.stop()
    connection.close()


def test_half_a_request_does_not_hold_a_server_up():
    emulator = drylambda.Lambda()
    server = drylambda.Server(emulator)
    with socket.create_connection((server.host, server.port)) as half:
        half.sendall(b"GET /x HT")
        # Whoever comes later is answered after the other one was heard.
        urllib.request.urlopen(server.endpoint_url).close()
        server.stop()
        with contextlib.suppress(ConnectionResetError):
            assert half.recv(1) == b""


def test_what_is_under_way_is_finished(server, package):
    server.lambda_.s3.put("bucket", "key", bytes(30_000_000))
    with socket.create_connection((server.host, server.port)) as client:
        client.sendall(b"GET /bucket/key HTTP/1.1\r\nHost: localhost\r\n\r\n")
        first = client.recv(1)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        size = len(first)
        while piece := client.recv(1_000_000):
            size += len(piece)
        stopping.join()
    assert size > 30_000_000


def test_a_port_that_is_taken_is_told(server):
    with pytest.raises(
        OSError, match=f"cannot listen at 127.0.0.1 port {server.port}: Address already in use"
    ) as caught:
        drylambda.Server(port=server.port)
    assert caught.value.errno == errno.EADDRINUSE


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"port": 65536}, ValueError, "port is from 0 to 65535, not 65536"),
        ({"port": "http"}, ValueError, "port is from 0 to 65535, not http"),
        ({"log": "loud"}, ValueError, 'log is one of "off", "text", "json", not "loud"'),
        ({"host": "no.such.host.invalid"}, OSError, "cannot listen at no.such.host.invalid port 0: "),
        ({"lambda_": drylambda.Lambda(), "seed": 1}, ValueError, "seed: for a new emulator; the one in lambda_ has its own"),
        ({"settle": "never"}, ValueError, 'settle is "on_read", "instant" or a number of seconds, not "never"'),
    ],
)  # fmt: skip
def test_a_server_that_cannot_be_is_refused(options, error, message):
    with pytest.raises(error) as caught:
        drylambda.Server(**options)
    assert message in str(caught.value)


def test_a_server_shares_an_emulator_with_whoever_has_it(package):
    emulator = drylambda.Lambda(region="eu-west-1")
    with drylambda.Server(emulator) as one, drylambda.Server(emulator, region="us-west-2") as other:
        one.client("s3").create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        assert [bucket["Name"] for bucket in other.client("s3").list_buckets()["Buckets"]] == ["bucket"]
        assert other.lambda_.region == "us-west-2"


def test_region_and_account_are_those_of_the_signature(server):
    keys = {"aws_access_key_id": "210987654321", "aws_secret_access_key": "x"}
    client = boto3.client("lambda", "ap-south-1", endpoint_url=server.endpoint_url, **keys)
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.get_function(FunctionName="app")
    assert str(caught.value).endswith("Function not found: arn:aws:lambda:ap-south-1:210987654321:function:app")


def test_without_a_signature_they_are_the_servers(ask):
    _, _, answer = ask("GET", "/2015-03-31/functions/app")
    assert answer["Message"] == "Function not found: arn:aws:lambda:us-east-1:123456789012:function:app"


def test_who_does_not_sign_lists_buckets_all_the_same(server):
    from botocore import UNSIGNED
    from botocore.config import Config

    for version in (UNSIGNED, "s3"):
        client = server.client("s3", config=Config(signature_version=version))
        assert client.list_buckets()["Buckets"] == []


@pytest.mark.parametrize("name", ["cors", "allowed_hosts"])
def test_a_text_is_no_list(name):
    with pytest.raises(TypeError, match=f"{name} is a list of texts, not 'http://page.example'"):
        drylambda.Server(**{name: "http://page.example"})


def test_a_state_that_cannot_be_written_is_told_at_the_start(tmp_path):
    command = [
        sys.executable,
        "-m",
        "drylambda",
        "serve",
        "--port",
        "0",
        "--state",
        str(tmp_path / "no" / "state.json"),
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (2, f"drylambda: {tmp_path / 'no'} is no folder\n")


def test_a_service_that_is_not_here_is_named(server):
    client = boto3.client(
        "sts", "us-east-1", endpoint_url=server.endpoint_url, aws_access_key_id="x", aws_secret_access_key="x"
    )
    with pytest.raises(drylambda.ClientError) as caught:
        client.get_caller_identity()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_the_environment_leads_other_programs_here(server, deploy):
    deploy()
    program = (
        "import boto3; print(boto3.client('lambda').get_function(FunctionName='app')['Configuration']['FunctionArn'])"
    )
    environment = {**os.environ, **server.environment}
    told = subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True)
    assert told.stdout == "arn:aws:lambda:us-east-1:123456789012:function:app\n"


def test_what_a_function_of_the_tests_raises_is_told(monkeypatch, package):
    raised = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: raised.append(unraisable.exc_type))
    with drylambda.Server(roles=lambda arn: 1 / 0) as server, pytest.raises(drylambda.ClientError):
        server.client().create_function(
            FunctionName="app",
            Runtime="python3.13",
            Role="arn:aws:iam::123456789012:role/app",
            Handler="app.handler",
            Code={"ZipFile": package},
        )
    assert raised == [ZeroDivisionError]


def test_unused_faults_of_its_own_emulator_are_warned_of():
    with (
        pytest.warns(UserWarning, match="UpdateFunctionCode: TooManyRequestsException, met 0 of 1 calls"),
        drylambda.Server() as server,
    ):
        server.lambda_.fail("UpdateFunctionCode", "TooManyRequestsException", times=1)


def test_a_forked_process_lets_go_of_the_servers_of_its_parent(server):
    child = os.fork()
    if child == 0:
        server.stop()
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    urllib.request.urlopen(server.endpoint_url).close()


@pytest.mark.parametrize("bytes_", [1_000, 100_000])
def test_what_only_has_the_name_of_a_package_stays_what_it_is(server, bytes_):
    package = drylambda.make_zip({"app.py": "", "data": os.urandom(bytes_)})
    function = {
        "FunctionName": "app",
        "Runtime": "python3.13",
        "Role": "arn:aws:iam::123456789012:role/app",
        "Handler": "app.handler",
    }
    named = {"Environment": {"Variables": {"ZipFile": "true"}}, "Tags": {"ZipFile": "prod"}}
    server.client().create_function(**function, **named, Code={"ZipFile": package})
    found = server.lambda_.get_function(FunctionName="app")
    assert (found["Configuration"]["Environment"]["Variables"], found["Tags"]) == (
        {"ZipFile": "true"},
        {"ZipFile": "prod"},
    )
    assert bytes(server.lambda_.package("app")) == package


def test_many_clients_at_once_are_answered(server, deploy):
    deploy()
    found = []

    def look():
        client = server.client()
        found.extend(client.get_function(FunctionName="app")["Configuration"]["FunctionName"] for _ in range(20))

    looking = [threading.Thread(target=look) for _ in range(8)]
    for thread in looking:
        thread.start()
    for thread in looking:
        thread.join()
    assert found == ["app"] * 160


# The command


@contextlib.contextmanager
def served(*arguments, **environment):
    command = [sys.executable, "-m", "drylambda", "serve", "--port", "0", *arguments]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment})
    try:
        first = process.stderr.readline()
        assert first.startswith("drylambda answers at http://"), first + process.stderr.read()
        yield process, first.split()[-1]
    finally:
        process.kill()
        process.communicate()


def test_functions_run_where_the_command_says():
    with served("--runner", "in_process", "--settle", "instant") as (process, url):
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
        client = boto3.client("lambda", "us-east-1", endpoint_url=url, **keys)
        code = drylambda.make_zip({"app.py": "import os\ndef handler(event, context): return os.getpid()"})
        made = {"FunctionName": "fn", "Runtime": "python3.13", "Handler": "app.handler", "Code": {"ZipFile": code}}
        client.create_function(**made, Role="arn:aws:iam::123456789012:role/app")
        assert json.load(client.invoke(FunctionName="fn", Payload=b"{}")["Payload"]) == process.pid


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_a_signal(number):
    with served("--region", "eu-west-1", "--settle", "instant") as (process, url):
        with urllib.request.urlopen(f"{url}/2015-03-31/functions") as response:
            assert json.load(response) == {"NextMarker": None, "Functions": []}
        process.send_signal(number)
        _, told = process.communicate(timeout=30)
        assert process.returncode == 0
        assert " GET /2015-03-31/functions 200 ListFunctions " in told


def test_a_state_is_read_at_the_start_and_written_at_the_end(tmp_path, package):
    file = tmp_path / "state.json"
    for _ in range(2):
        with served("--state", str(file)) as (process, url):
            s3 = boto3.client("s3", "us-east-1", endpoint_url=url, aws_access_key_id="x", aws_secret_access_key="x")
            buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
            s3.create_bucket(Bucket="bucket")
            process.terminate()
            process.communicate(timeout=30)
    assert buckets == ["bucket"]
    file.write_text("{")
    command = [sys.executable, "-m", "drylambda", "serve", "--port", "0", "--state", str(file)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert told.stderr.startswith(f"drylambda: {file}: ")


@pytest.mark.parametrize(
    ("option", "value"), [("--settle", "never"), ("--verify-signatures", "key"), ("--port", "http")]
)
def test_an_option_that_cannot_be_is_told(option, value):
    command = [sys.executable, "-m", "drylambda", "serve", option, value]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert f"argument {option}: " in told.stderr
    assert "_" not in told.stderr.rpartition("argument")[2].replace("on_read", "")


def test_a_server_whose_log_nobody_reads_goes_on_and_ends():
    with served() as (process, url):
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
        for _ in range(3000):
            connection.request("GET", "/2015-03-31/functions")
            assert connection.getresponse().read()
        connection.close()
        process.terminate()
        assert process.wait(timeout=30) == 0


def test_a_log_can_be_json():
    with served("--log", "json") as (process, url):
        with (
            pytest.raises(urllib.error.HTTPError),
            urllib.request.urlopen(f"{url}/2015-03-31/functions/app?Qualifier=secret"),
        ):
            pass
        line = process.stderr.readline()
        assert "secret" not in line
        told = json.loads(line)
        assert {name: told[name] for name in ("method", "path", "status", "operation", "error")} == {
            "method": "GET", "path": "/2015-03-31/functions/app", "status": 404, "operation": "GetFunction", "error": "ResourceNotFoundException",
        }  # fmt: skip
        assert set(told) == {"at", "method", "path", "status", "operation", "error", "request_id", "micros"}


def test_a_command_that_cannot_listen_says_so(server):
    command = [sys.executable, "-m", "drylambda", "serve", "--port", str(server.port)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (2, "")
    assert f"cannot listen at 127.0.0.1 port {server.port}: Address already in use" in told.stderr
    assert "Traceback" not in told.stderr


# The fixture


def test_the_fixture_leads_the_test_and_its_programs_to_a_server(pytester):
    pytester.makepyfile(
        """
        import os, subprocess, sys
        import boto3, drylambda, pytest

        @pytest.fixture
        def drylambda_settings():
            return {"region": "eu-west-1"}

        def test_clients_are_led(drylambda_server):
            assert boto3.client("lambda").meta.endpoint_url == drylambda_server.endpoint_url == os.environ["AWS_ENDPOINT_URL"]
            boto3.client("s3").create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
            assert set(drylambda_server.lambda_.s3.buckets) == {"bucket"}

        @pytest.mark.drylambda(account_id="210987654321", s3=True)
        def test_an_emulator_is_shared(drylambda, drylambda_server):
            assert drylambda_server.lambda_ is drylambda
            assert drylambda_server.client("s3").list_buckets()["Buckets"] == []

        class TestAnother:
            @pytest.fixture
            def drylambda_settings(self):
                return {"account_id": "111111111111"}

            def test_the_default_session_is_of_one_test(self, drylambda_server):
                boto3.client("s3").create_bucket(Bucket="bucket")
                assert drylambda_server.lambda_.s3.buckets["bucket"].account_id == "111111111111"

        def test_nothing_is_left():
            assert "AWS_ENDPOINT_URL" not in os.environ
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=4)
