"""A deployment to be tested: it knows of AWS what the environment says, and nothing of drylambda."""

from __future__ import annotations

import io
import zipfile

import boto3

ROLE = "arn:aws:iam::123456789012:role/app"


def package(text: str) -> bytes:
    """Zip one file."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("app.py", text)
    return written.getvalue()


def main() -> None:
    """Put a package into a bucket, make a function of it, and update it."""
    s3, functions = boto3.client("s3"), boto3.client("lambda")
    s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    s3.put_object(Bucket="code", Key="app.zip", Body=package("def handler(event, context): return 1\n"))
    functions.create_function(
        FunctionName="app",
        Runtime="python3.13",
        Role=ROLE,
        Handler="app.handler",
        Code={"S3Bucket": "code", "S3Key": "app.zip"},
    )
    functions.get_waiter("function_active_v2").wait(FunctionName="app")
    zipped = package("def handler(event, context): return 2\n")
    updated = functions.update_function_code(FunctionName="app", ZipFile=zipped, Publish=True)
    functions.get_waiter("function_updated_v2").wait(FunctionName="app")
    print(updated["FunctionArn"], updated["Version"])


if __name__ == "__main__":
    main()
