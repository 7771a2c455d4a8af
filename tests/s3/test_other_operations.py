"""What is not built says so, by its name; and nothing is taken for something else."""

from __future__ import annotations

import pytest

BUCKET = "my-bucket"

#: Every operation that is built.
BUILT = {
    "AbortMultipartUpload", "CompleteMultipartUpload", "CopyObject", "CreateBucket", "CreateMultipartUpload",
    "DeleteBucket", "DeleteBucketEncryption", "DeleteBucketLifecycle", "DeleteBucketPolicy", "DeleteBucketTagging",
    "DeleteObject", "DeleteObjectTagging", "DeleteObjects", "DeletePublicAccessBlock", "GetBucketEncryption",
    "GetBucketLifecycle", "GetBucketLifecycleConfiguration", "GetBucketLocation", "GetBucketPolicy",
    "GetBucketTagging", "GetBucketVersioning", "GetObject", "GetObjectTagging", "GetPublicAccessBlock", "HeadBucket",
    "HeadObject", "ListBuckets", "ListMultipartUploads", "ListObjectVersions", "ListObjects", "ListObjectsV2",
    "ListParts", "PutBucketEncryption", "PutBucketLifecycle", "PutBucketLifecycleConfiguration", "PutBucketPolicy",
    "PutBucketTagging", "PutBucketVersioning", "PutObject", "PutObjectTagging", "PutPublicAccessBlock", "UploadPart",
    "UploadPartCopy",
}  # fmt: skip

#: Operations of old whose names the new ones have taken over.
RENAMED = {
    "GetBucketNotification": "GetBucketNotificationConfiguration",
    "PutBucketNotification": "PutBucketNotificationConfiguration",
}
#: Parameters that an operation does not require, and without which its request says something else.
NEEDED = {
    "PutObjectLegalHold": {"LegalHold": {"Status": "ON"}},
    "PutObjectRetention": {"Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": "2030-01-01"}},
    "UpdateObjectEncryption": {"ObjectEncryption": {"SSEKMS": {"KMSKeyArn": "arn:aws:kms:us-east-1:1:key/1"}}},
}


def operations():
    """Name the operations of botocore's model that are not built."""
    import botocore.session

    model = botocore.session.get_session().get_service_model("s3")
    assert set(model.operation_names) > BUILT
    return sorted(set(model.operation_names) - BUILT)


def least(shape, name=""):
    """Make the least value that botocore sends for a shape."""
    given = {"Bucket": BUCKET, "Key": "key", "CopySource": f"{BUCKET}/key"}.get(name)
    if given or shape.type_name == "string":
        return given or (shape.enum[0] if shape.enum else "x")
    if shape.type_name == "structure":
        required = shape.required_members or (list(shape.members)[:1] if shape.is_tagged_union else [])
        return {member: least(shape.members[member], member) for member in required}
    if shape.type_name == "list":
        return [least(shape.member)]
    return {"integer": 1, "long": 1, "boolean": True, "timestamp": 0, "blob": b"x", "map": {}}[shape.type_name]


@pytest.mark.parametrize("operation", operations())
def test_an_operation_that_is_not_built_says_so(s3, emulator, refused, operation):
    from botocore import xform_name

    emulator.s3.put(BUCKET, "key", "text")
    model = s3.meta.service_model.operation_model(operation)
    parameters = {**least(model.input_shape), **NEEDED.get(operation, {})}
    status, code, text, _ = refused(getattr(s3, xform_name(operation)), **parameters)
    assert (status, code) == (501, "NotImplemented")
    # By its name, or by what s3s does not know of its request.
    unknown = model.http["requestUri"].rpartition("?")[2].partition("&")[0]
    own_hosts = {"ListDirectoryBuckets": "s3express-control", "WriteGetObjectResponse": "s3-object-lambda"}
    names = RENAMED.get(operation, operation), f"{model.http['method']} ?{unknown}", own_hosts.get(operation)
    assert text in [f"{name} is not implemented yet" for name in names]
    assert emulator.s3.get(BUCKET, "key") == b"text"


@pytest.mark.parametrize(
    ("parameters", "what"),
    [
        ({"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": "2030-01-01"}, "Object Lock"),
        ({"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}, "Encryption with keys of customers"),
        ({"IfNoneMatch": '"0"'}, "If-None-Match with an ETag in a write"),
        ({"WriteOffsetBytes": 1}, "Appending to an object"),
    ],
)
def test_a_member_that_is_not_built_says_so(s3, refused, parameters, what):
    refusal = refused(s3.put_object, Bucket=BUCKET, Key="key", Body=b"", **parameters)
    assert refusal == (501, "NotImplemented", f"{what} is not implemented yet", {})
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


@pytest.mark.parametrize(
    ("method", "path", "query", "code"),
    [
        ("PATCH", f"/{BUCKET}/key", "", "NotImplemented"),
        ("POST", "/", "", "NotImplemented"),
        ("DELETE", "/", "", "NotImplemented"),
        ("GET", "bucket", "", "InvalidURI"),
        ("GET", "//", "", "InvalidURI"),
        ("GET", f"/{BUCKET}", "max-keys=x", "InvalidArgument"),
        ("POST", f"/{BUCKET}", "delete", "MissingRequestBodyError"),
        ("GET", f"/{BUCKET}/key%FF", "", "InvalidURI"),
    ],
)
def test_requests_that_no_client_makes_are_answered_too(s3, emulator, method, path, query, code):
    status, headers, body = emulator._s3(method, "s3.amazonaws.com", path, query, [], b"")
    assert status >= 400
    assert f"<Code>{code}</Code><Message>" in body.decode()
    assert dict(headers)["x-amz-request-id"] in body.decode()
