"""Which requests are Lambda's, which are S3's, and what the others are told."""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from .answer import body_bytes, header, split
from .errors import OtherS3Error, OtherServiceError

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

_LAMBDA_PATH = re.compile(
    r"/20\d\d-\d\d-\d\d/(functions|layers|event-source-mappings|code-signing-configs|capacity-providers"
    r"|durable-executions|durable-execution-callbacks|account-settings|resource-policy|tags)(/|\Z)"
)
#: The hosts of S3's endpoints, but not of what else has hosts there (access points, S3 Control).
_S3_HOST = re.compile(
    r"(.+\.)?s3(-accelerate|-external-1|-fips|-[a-z]{2,4}(-[a-z]+)+-\d)?(\.dualstack)?(\.[a-z]{2,4}(-[a-z]+)+-\d)?"
    r"\.amazonaws\.(com|com\.cn|eu)\.?(:\d+)?\Z",
    re.IGNORECASE,
)
_METADATA_HOSTS = ("169.254.169.254", "[fd00:ec2::254]")

#: Service and operation of the call that is being made, if it is made by a client of another service.
CALL: ContextVar[tuple[str, str] | None] = ContextVar("CALL", default=None)


def is_for_lambda(request: AWSPreparedRequest) -> bool:
    """Tell whether a request is Lambda's: by the service it is signed for, or by its host if it is not signed."""
    service = _signed_service(request)
    if service is not None:
        return service == "lambda"
    host, path, _ = split(request.url)
    # An unsigned request to an endpoint_url of the user's says only by its path what it is.
    return host.partition(".")[0] in ("lambda", "lambda-fips") or _LAMBDA_PATH.match(path) is not None


def is_for_s3(request: AWSPreparedRequest) -> bool:
    """Tell whether a request is S3's: by the call it is made for, else by its signature or its host."""
    call = CALL.get()
    if call is not None:
        return call[0] == "s3"
    return _signed_service(request) == "s3" or is_host_of_s3(split(request.url)[0])


def is_host_of_s3(host: str) -> bool:
    """Tell whether a host is an endpoint of S3's, with or without a bucket."""
    return _S3_HOST.match(host) is not None


def _signed_service(request: AWSPreparedRequest) -> str | None:
    """Return the service in the signature: ``Credential=<key>/<date>/[<region>/]<service>/aws4_request``."""
    authorization = header(request, "authorization")
    scope, found, _ = authorization.partition("/aws4_request")
    return scope.rpartition("/")[2] if found else None


def refusal(request: AWSPreparedRequest) -> Exception:
    """Make the exception for a request that is not Lambda's."""
    host, path, _ = split(request.url)
    if host in _METADATA_HOSTS:
        return OtherServiceError(call=f"the instance metadata service ({request.method} {path})")
    service, operation = CALL.get() or (_signed_service(request) or host.partition(".")[0], _operation(request))
    what = f"{service}'s {operation}" if operation else f"a call to {service}"
    call = f"{what} ({request.method} {request.url.partition('?')[0]})"
    return OtherS3Error(call=call) if is_for_s3(request) else OtherServiceError(call=call)


def _operation(request: AWSPreparedRequest) -> str | None:
    """Return the operation's name, where the protocol writes it into the request."""
    if target := header(request, "x-amz-target"):
        return target.rpartition(".")[2]
    body = request.body
    if isinstance(body, (str, bytes)) and (names := parse_qs(body_bytes(body)[:4096].decode("latin-1")).get("Action")):
        return names[0]
    _, found, name = split(request.url)[1].rpartition("/operation/")
    return name if found else None
