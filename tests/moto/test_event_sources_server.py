"""Sources at an endpoint: moto's server stands for any."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading

import boto3
import pytest

import drylambda

pytest.importorskip("flask", reason="moto's server is not installed")
pytestmark = pytest.mark.sockets
REGION = "eu-west-1"


@pytest.fixture
def server():
    """Moto's server, in this process; its URL."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@pytest.fixture
def at(server):
    """Make a client of the server."""
    return lambda service: boto3.client(service, region_name=REGION, endpoint_url=server)


def test_a_queue_at_an_endpoint_is_polled(server, at, deploy):
    url = at("sqs").create_queue(QueueName="queue")["QueueUrl"]
    at("sqs").send_message(QueueUrl=url, MessageBody="hello")
    bodies = []
    emulator = drylambda.Lambda(region=REGION)
    deploy(emulator)
    emulator.bind("app", lambda event, _context: bodies.append(event["Records"][0]["body"]))
    emulator.create_event_source_mapping(FunctionName="app", EventSourceArn=f"arn:aws:sqs:{REGION}:123456789012:queue")
    [polled] = emulator.poll_event_sources(endpoint_url=server)
    assert (polled.invoked, polled.failed, bodies) == (1, 0, ["hello"])
    came = threading.Event()
    emulator.bind("app", lambda _event, _context: came.set())
    with emulator.polling(0.01, endpoint_url=server):
        at("sqs").send_message(QueueUrl=url, MessageBody="again")
        assert came.wait(timeout=30)
    left = at("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert left["ApproximateNumberOfMessages"] == left["ApproximateNumberOfMessagesNotVisible"] == "0"


def test_drylambda_in_motos_server_hands_over_what_is_sent(server, at, deploy):
    with drylambda.moto.install() as installed:
        bodies = []
        deploy(at("lambda"))
        installed.lambda_.scope(REGION).bind("app", lambda event, _context: bodies.append(event["Records"][0]["body"]))
        url = at("sqs").create_queue(QueueName="queue")["QueueUrl"]
        arn = f"arn:aws:sqs:{REGION}:123456789012:queue"
        at("lambda").create_event_source_mapping(FunctionName="app", EventSourceArn=arn)
        at("sqs").send_message(QueueUrl=url, MessageBody="hello")
        assert bodies == ["hello"]


def test_serve_polls_an_endpoint(server, at, tmp_path):
    state = tmp_path / "state.json"
    emulator = drylambda.Lambda(region=REGION)
    emulator.create_function(
        FunctionName="app",
        Runtime="python3.12",
        Handler="app.handler",
        Role="arn:aws:iam::123456789012:role/app",
        Code={"ZipFile": drylambda.make_zip({"app.py": "def handler(event, context): ..."})},
    )
    arn = f"arn:aws:sqs:{REGION}:123456789012:queue"
    emulator.create_event_source_mapping(
        FunctionName="app", EventSourceArn=arn, FilterCriteria={"Filters": [{"Pattern": json.dumps({"body": ["x"]})}]}
    )
    state.write_text(emulator.dump())
    url = at("sqs").create_queue(QueueName="queue")["QueueUrl"]
    at("sqs").send_message(QueueUrl=url, MessageBody="no filter lets it through")
    command = [sys.executable, "-m", "drylambda", "serve", "--port", "0", "--log", "off", "--state", str(state)]
    command += ["--poll", "--sources-endpoint", server, "--poll-interval", "0.05"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ) as serving:
        assert "drylambda answers at" in serving.stderr.readline()
        for _ in range(1000):
            names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
            left = at("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
            if set(left.values()) == {"0"}:
                break
        serving.terminate()
        assert serving.wait(timeout=30) == 0
    assert set(left.values()) == {"0"}
