"""What AWS answers, and moto does not: the emulator's own answers, unchanged on their way through moto."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

import drylambda.moto

pytestmark = pytest.mark.usefixtures("installed")
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:app"


@pytest.fixture
def app(client, deploy):
    """A client, and a function."""
    with mock_aws():
        lambda_client = client()
        deploy(lambda_client)
        yield lambda_client


def refused(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    error = response["Error"]
    return response["ResponseMetadata"]["HTTPStatusCode"], error["Code"], error["Message"]


def test_whole_answers_are_the_emulators(client, deploy, other_package):
    faces = []
    drylambda.moto.uninstall()
    with drylambda.moto.install(seed=1), mock_aws():
        faces.append(client())
        faces.append(drylambda.Lambda(region="eu-west-1", seed=1))
        answers = []
        for face in faces:
            deploy(face)
            face.get_function(FunctionName="app")
            updated = face.update_function_code(FunctionName="app", ZipFile=other_package, Publish=True)
            answers.append((updated, face.list_versions_by_function(FunctionName="app"), face.list_functions()))
    assert answers[0][0]["RevisionId"]
    # What only a body has, and what only a direct call leaves out.
    for answered in (response["ResponseMetadata"]["HTTPHeaders"] for face in answers for response in face):
        answered.pop("content-length", None)
    assert answers[0] == answers[1]


def test_errors_to_the_letter(app, package):
    assert refused(app.get_function, FunctionName="nobody") == (
        404,
        "ResourceNotFoundException",
        "Function not found: arn:aws:lambda:eu-west-1:123456789012:function:nobody",
    )
    assert refused(app.update_function_code, FunctionName="app") == (
        400,
        "InvalidParameterValueException",
        "Please provide a source for function code.",
    )
    status, code, _ = refused(app.update_function_code, FunctionName="app", ZipFile=b"no zip")
    assert (status, code) == (400, "InvalidParameterValueException")
    status, code, _ = refused(app.update_function_code, FunctionName="app", ZipFile=package, RevisionId="other")
    assert (status, code) == (412, "PreconditionFailedException")


def test_a_dry_run_answers_and_leaves_no_trace(app, other_package):
    before = app.get_function_configuration(FunctionName="app")
    planned = app.update_function_code(FunctionName="app", ZipFile=other_package, DryRun=True)
    assert planned["CodeSha256"] != before["CodeSha256"]
    after = app.get_function_configuration(FunctionName="app")
    assert (after["CodeSha256"], after["RevisionId"]) == (before["CodeSha256"], before["RevisionId"])


def test_versions_are_published_once_and_never_again_changed(app, other_package):
    assert app.publish_version(FunctionName="app")["Version"] == "1"
    assert app.publish_version(FunctionName="app")["Version"] == "1"
    assert app.update_function_code(FunctionName="app", ZipFile=other_package, Publish=True)["Version"] == "2"
    status, code, _ = refused(app.update_function_code, FunctionName=f"{ARN}:1", ZipFile=other_package)
    assert (status, code) == (400, "InvalidParameterValueException")


def test_lists_have_pages(app, deploy):
    for number in range(6):
        deploy(app, f"other{number}")
    pages = list(app.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 3}))
    assert [len(page["Functions"]) for page in pages] == [3, 3, 1]


def test_waiters_wait(client, deploy):
    drylambda.moto.uninstall()
    with drylambda.moto.install(), mock_aws():
        lambda_client = client()
        assert deploy(lambda_client)["State"] == "Pending"
        lambda_client.get_waiter("function_active_v2").wait(FunctionName="app")
        assert lambda_client.get_function_configuration(FunctionName="app")["State"] == "Active"


def test_arns_and_tags_in_paths(app):
    assert app.get_function(FunctionName=ARN)["Configuration"]["FunctionArn"] == ARN
    app.tag_resource(Resource=ARN, Tags={"team": "a b/c"})
    assert app.list_tags(Resource=ARN)["Tags"] == {"team": "a b/c"}
    app.untag_resource(Resource=ARN, TagKeys=["team"])
    assert app.list_tags(Resource=ARN)["Tags"] == {}


def test_a_function_that_nobody_can_run_says_so(app):
    app.update_function_configuration(FunctionName="app", Runtime="java21")
    assert refused(app.invoke, FunctionName="app")[:2] == (424, "DrylambdaCannotRun")


def test_code_from_motos_s3_by_version(client, app, package, other_package):
    s3 = client("s3")
    s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket="code", VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket="code", Key="app.zip", Body=package)["VersionId"]
    s3.put_object(Bucket="code", Key="app.zip", Body=other_package)
    newest = app.update_function_code(FunctionName="app", S3Bucket="code", S3Key="app.zip")
    assert newest["CodeSize"] == len(other_package)
    older = app.update_function_code(FunctionName="app", S3Bucket="code", S3Key="app.zip", S3ObjectVersion=first)
    assert older["CodeSha256"] != newest["CodeSha256"]
    assert app.get_function_configuration(FunctionName="app")["CodeSha256"] == older["CodeSha256"]


def test_code_that_is_not_in_motos_s3(client, app):
    status, code, message = refused(app.update_function_code, FunctionName="app", S3Bucket="nobody", S3Key="app.zip")
    assert (status, code) == (400, "InvalidParameterValueException")
    assert "NoSuchBucket" in message
    client("s3", "us-east-1").create_bucket(Bucket="elsewhere")
    client("s3", "us-east-1").put_object(Bucket="elsewhere", Key="app.zip", Body=b"")
    _, _, message = refused(app.update_function_code, FunctionName="app", S3Bucket="elsewhere", S3Key="app.zip")
    assert "PermanentRedirect" in message
