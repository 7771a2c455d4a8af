"""AWS's refusals, character for character."""

from __future__ import annotations

from typing import NamedTuple

from world import ACCOUNT, ARN


class Refusal(NamedTuple):
    """What a call is refused with, whole."""

    code: str
    status: int
    message: str | None
    typed: bool = True  # a few recordings of modelled errors have no Type


def invalid(message, *, typed=True):
    return Refusal("InvalidParameterValueException", 400, message, typed)


def missing(message):
    return Refusal("ResourceNotFoundException", 404, message)


def conflict(message):
    return Refusal("ResourceConflictException", 409, message)


def too_large(message):
    return Refusal("RequestEntityTooLargeException", 413, message)


def violated(*violations):
    """1.6: one ValidationException for all violations, each a triple of value, member and constraint.

    The value stands in quotes where AWS has them; what is secret has none.
    """
    noun = "error" if len(violations) == 1 else "errors"
    each = "; ".join(
        f"Value{value and f' {value}'} at '{member}' failed to satisfy constraint: {constraint}"
        for value, member, constraint in violations
    )
    return Refusal("ValidationException", 400, f"{len(violations)} validation {noun} detected: {each}")


def pattern(text):
    return f"Member must satisfy regular expression pattern: {text}"


def at_most(limit):
    return f"Member must have length less than or equal to {limit}"


def at_least(limit):
    return f"Member must have length greater than or equal to {limit}"


def not_found(arn=ARN):
    return missing(f"Function not found: {arn}")  # E1


def in_progress(arn=ARN):
    return conflict(  # E3
        f"The operation cannot be performed at this time. An update is in progress for resource: {arn}"
    )


def pending(arn=ARN):
    return conflict(  # E4
        f"The operation cannot be performed at this time. The resource {arn} is currently in the following state: "
        "'Pending'. StateReasonCode: 'Creating'"
    )


def unreachable(region, endpoint_region="us-east-1"):
    return missing(f"Functions from '{region}' are not reachable in this region ('{endpoint_region}')")  # E10


def not_allowed(action, resource=ARN, user="arn:aws:iam::123456789012:user/drylambda"):
    return Refusal(  # E6
        "AccessDeniedException",
        403,
        f"User: {user} is not authorized to perform: {action} on resource: {resource} because no identity-based policy "
        f"allows the {action} action",
    )


def denied(action, resource=ARN, user="arn:aws:iam::123456789012:user/drylambda"):
    return Refusal(  # E6
        "AccessDeniedException",
        403,
        f"User: {user} is not authorized to perform: {action} on resource: {resource} with an explicit deny in an "
        "identity-based policy",
    )


RUNTIMES = (
    "nodejs20.x, python3.14, provided.al2023, python3.12, python3.13, nodejs24.x, nodejs22.x, java25, python3.10, "
    "python3.11, java21, ruby3.3, ruby3.4, ruby3.2, python3.8, python3.9, java17, nodejs16.x, dotnet10, dotnet8, java11, "
    "dotnet6, nodejs18.x, provided.al2, java8.al2"
)


def unknown_runtime(runtime):
    return invalid(
        f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{RUNTIMES}] or "
        "be a valid ARN"
    )


STALE_REVISION = Refusal(  # E2
    "PreconditionFailedException",
    412,
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the "
    "latest Revision Id",
)
NOT_LATEST = invalid(  # E9
    "Current operation does not support versions other than $LATEST. Please set the version to $LATEST or do not set a "
    "version in your request."
)
OTHER_ACCOUNT = Refusal("AccessDeniedException", 403, None)  # F7
QUALIFIERS_DIFFER = invalid(  # G7
    "The derived qualifier from the function name does not match the specified qualifier."
)
NO_SOURCE = invalid("Please provide a source for function code.")  # R20
SEVERAL_SOURCES = invalid(  # R21
    "Please do not provide other FunctionCode parameters when providing a ZipFile."
)
STORAGE_EXCEEDED = Refusal("CodeStorageExceededException", 400, "Code storage limit exceeded.")  # Z15
ZIP_FOR_IMAGE = invalid("Please provide ImageUri when updating a function with packageType Image.")  # R25
IMAGE_DENIED = Refusal(
    "AccessDeniedException",
    403,
    "Lambda does not have permission to access the ECR image. Check the ECR permissions.",
)  # I4
IMAGE_FOR_ZIP = invalid("Please don't provide ImageUri when updating a function with packageType Zip.")  # R24
NOT_A_ZIP = invalid("Could not unzip uploaded file. Please check your file, then try to upload again.")  # Z1
EMPTY_ZIP = invalid("Uploaded file must be a non-empty zip")  # Z2, R55
UNZIPPED_TOO_LARGE = invalid("Unzipped size must be smaller than 262144000 bytes")  # Z13
ZIPPED_TOO_LARGE = too_large("Zipped size must be smaller than 52428800 bytes")  # Z11
REQUEST_TOO_LARGE = too_large(  # Z10
    "Request must be smaller than 70167211 bytes for the UpdateFunctionCode operation"
)


def s3_says(code, message):
    return invalid(f"Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}")


def denied_by_s3(message, bucket="deployments", key="app/fn.zip"):
    return Refusal(  # E15
        "AccessDeniedException",
        403,
        "Your access has been denied by S3, please make sure your request credentials have permission to GetObject for "
        f"{bucket}/{key}. S3 Error Code: AccessDenied. S3 Error Message: {message}",
    )


def missing_reference_versions(bucket):
    return invalid(  # ours: B4's is not recorded
        f"S3 bucket {bucket} must have versioning enabled to use S3ObjectStorageMode REFERENCE."
    )


def source_broken(reason, version):
    """The answer where S3 gave none: ours, and it says so."""
    return Refusal(
        "DrylambdaSourceBroken",
        424,
        f"drylambda {version} could not read the object. This answer is drylambda's own, not AWS's. It was looked for in "
        f"{reason}",
    )


NO_BUCKET = s3_says("NoSuchBucket", "The specified bucket does not exist")  # E11
NO_KEY = s3_says("NoSuchKey", "The specified key does not exist.")  # E12
NO_VERSION = s3_says("NoSuchVersion", "The specified version does not exist.")  # E13
INVALID_MARKER = invalid("The provided Marker is invalid.")  # ours: AWS's is not recorded
TOO_MANY_TAGS = invalid("Number of tags exceeds resource tag limit.")


def not_built(what, version):
    """The answer to what is not built: ours, and it says so."""
    return Refusal(
        "DrylambdaNotImplemented",
        501,
        f"drylambda {version} does not build {what} yet. This answer is drylambda's own, not AWS's; "
        "its README says what is built.",
    )


def no_image(uri):
    """I1."""
    return invalid(f"Source image {uri} does not exist. Provide a valid source image.")


def not_an_image(uri):
    """I2."""
    return invalid(f"Source image {uri} is not valid. Provide a valid source image.")


def unsupported_image(uri):
    """I3."""
    text = "The image manifest, config or layer media type for the source image"
    return invalid(f"{text} {uri} is not supported.")


def not_let_in(action, resource, account=ACCOUNT):
    """The refusal of what is another account's."""
    user = f"arn:aws:iam::{account}:user/drylambda"
    text = (
        f"User: {user} is not authorized to perform: {action} on resource: {resource} because no resource-based policy"
    )
    return Refusal("AccessDeniedException", 403, f"{text} allows the {action} action", typed=False)
