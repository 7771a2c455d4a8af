"""moto's server with drylambda in it: another process, asked by boto3 over a socket; and one in this process."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError

pytest.importorskip("flask", reason="moto's server is not installed")
pytest.importorskip("flask_cors", reason="moto's server is not installed")
pytestmark = pytest.mark.sockets


@pytest.fixture(scope="module")
def endpoint():
    """The address of ``python -m drylambda.moto server``."""
    command = [sys.executable, "-m", "drylambda.moto", "server", "-p", "0"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
        try:
            said = []
            for line in server.stderr:
                said.append(line)
                if found := re.search(r"Running on (http://[\d.:]+)", line):
                    break
            assert said, "the server says nothing"
            assert found, "".join(said)
            yield found[1]
        finally:
            server.terminate()
            server.stderr.close()
            server.wait(30)


@pytest.fixture
def remote(endpoint, client):
    """Make a client of the server, which is empty again afterwards."""
    yield lambda service="lambda", **more: client(service, endpoint_url=endpoint, **more)
    import requests

    requests.post(f"{endpoint}/moto-api/reset", timeout=30)


def test_functions_are_created_and_updated(remote, deploy, other_package):
    lambda_client = remote()
    deploy(lambda_client)
    lambda_client.get_waiter("function_active_v2").wait(FunctionName="app")
    updated = lambda_client.update_function_code(FunctionName="app", ZipFile=other_package)
    assert (updated["CodeSize"], updated["LastUpdateStatus"]) == (len(other_package), "InProgress")
    assert updated["FunctionArn"] == "arn:aws:lambda:eu-west-1:123456789012:function:app"
    arn = updated["FunctionArn"]
    lambda_client.tag_resource(Resource=arn, Tags={"a": "b"})
    assert lambda_client.list_tags(Resource=arn)["Tags"] == {"a": "b"}
    assert lambda_client.delete_function(FunctionName=arn)["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_refusals_are_awss(remote):
    with pytest.raises(ClientError) as refused:
        remote().get_function(FunctionName="nobody")
    assert refused.value.response["Error"] == {
        "Code": "ResourceNotFoundException",
        "Message": "Function not found: arn:aws:lambda:eu-west-1:123456789012:function:nobody",
    }
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_code_from_the_servers_s3(remote, deploy, package, other_package):
    s3 = remote("s3")
    s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket="code", VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket="code", Key="app.zip", Body=other_package)["VersionId"]
    s3.put_object(Bucket="code", Key="app.zip", Body=package)
    created = deploy(remote(), Code={"S3Bucket": "code", "S3Key": "app.zip", "S3ObjectVersion": first})
    assert created["CodeSize"] == len(other_package)


@pytest.mark.rule("G1", "G2")
def test_a_link_leads_back_to_the_server(remote, endpoint, deploy, package):
    import requests

    deploy(remote())
    link = remote().get_function(FunctionName="app")["Code"]["Location"]
    assert link.startswith(f"{endpoint}/awslambda-eu-west-1-tasks/snapshots/123456789012/app-")
    got = requests.get(link, timeout=30)
    assert (got.status_code, got.content, got.headers["Content-Type"]) == (200, package, "application/zip")
    part = requests.get(link, headers={"Range": "bytes=2-5"}, timeout=30)
    assert (part.status_code, part.content) == (206, package[2:6])
    assert requests.head(link, timeout=30).status_code == 200
    assert requests.get(f"{link}0", timeout=30).status_code == 403
    # The buckets of moto's S3 are still moto's.
    assert requests.get(f"{endpoint}/awslambda-eu-west-1-tasks", timeout=30).status_code == 404


def test_the_account_of_an_assumed_role(remote, deploy):
    assumed = remote("sts").assume_role(RoleArn="arn:aws:iam::111122223333:role/deployer", RoleSessionName="session")
    keys = assumed["Credentials"]
    created = deploy(
        remote(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )
    )
    assert created["FunctionArn"] == "arn:aws:lambda:eu-west-1:111122223333:function:app"


def test_the_servers_reset_forgets_everything(remote, deploy, endpoint, names):
    import requests

    deploy(remote())
    requests.post(f"{endpoint}/moto-api/reset", timeout=30)
    assert names(remote()) == []


def test_the_server_mode_of_mock_aws(endpoint, deploy, names):
    # What it patches, it patches when it is imported.
    program = """
import boto3, drylambda
from moto import mock_aws

@mock_aws
def test():
    client = boto3.client("lambda", region_name="ap-south-1")
    role = "arn:aws:iam::123456789012:role/app"
    code = {"ZipFile": drylambda.make_zip({"app.py": ""})}
    made = client.create_function(FunctionName="app", Runtime="python3.12", Role=role, Handler="app.x", Code=code)
    print(made["FunctionArn"], made["State"])

test()
"""
    environment = {**os.environ, "TEST_SERVER_MODE": "true", "TEST_SERVER_MODE_ENDPOINT": endpoint}
    done = subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True)
    assert done.stdout == "arn:aws:lambda:ap-south-1:123456789012:function:app Pending\n"


@pytest.fixture
def local(client):
    """Make a client of a server in this process."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0)
    server.start()
    url = f"http://127.0.0.1:{server._server.port}"
    yield lambda service="lambda": client(service, "us-east-1", endpoint_url=url)
    server.stop()


def test_a_server_in_this_process(local, deploy, installed, other_package, names):
    import requests

    s3 = local("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="app.zip", Body=other_package)
    lambda_client = local()
    created = deploy(lambda_client, Code={"S3Bucket": "code", "S3Key": "app.zip"})
    assert created["CodeSize"] == len(other_package)
    assert names(installed.lambda_) == ["app"]
    link = lambda_client.get_function(FunctionName="app")["Code"]["Location"]
    assert requests.get(link, timeout=30).content == other_package


def test_logs_are_there_in_a_server(local, deploy, installed):
    deploy(local())
    installed.lambda_.bind("app", lambda event, _context: event)
    local().invoke(FunctionName="app", Payload=b"7")
    events = local("logs").filter_log_events(logGroupName="/aws/lambda/app")["events"]
    assert [event["message"].split()[0] for event in events] == ["START", "END", "REPORT"]


def test_destinations_are_told_in_a_server(local, deploy, installed):
    seen = []
    sqs = local("sqs")
    sqs.create_queue(QueueName="told")
    arn = "arn:aws:sqs:us-east-1:123456789012:told"
    for name, handler in (
        ("app", lambda event, _context: event),
        ("other", lambda event, _context: seen.append(event)),
    ):
        deploy(local(), name)
        installed.lambda_.bind(name, handler)
    local().create_event_source_mapping(FunctionName="other", EventSourceArn=arn)
    target = {"OnSuccess": {"Destination": arn}}
    local().put_function_event_invoke_config(FunctionName="app", DestinationConfig=target)
    local().invoke(FunctionName="app", InvocationType="Event", Payload=b"7")
    [[record]] = [event["Records"] for event in seen]
    assert json.loads(record["body"])["responsePayload"] == 7


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        ([], 2, "usage: python -m drylambda.moto server"),
        (["serve"], 2, "usage: python -m drylambda.moto server"),
        (["--help"], 0, "usage: python -m drylambda.moto server"),
        (["server", "--help"], 0, "--port"),
    ],
)
def test_the_command_line(arguments, code, text):
    done = subprocess.run(
        [sys.executable, "-m", "drylambda.moto", *arguments], check=False, capture_output=True, text=True
    )
    assert done.returncode == code
    assert text in (done.stdout if code == 0 else done.stderr)
