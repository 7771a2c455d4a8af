"""The generated files are fresh, and say what people know of the API."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TABLE = ROOT / "src" / "model" / "table.rs"
STUBS = ROOT / "python" / "drylambda"
GENERATED = [TABLE, STUBS / "types.pyi", STUBS / "_operations.pyi"]

EXCEPTION = re.compile(
    r'exception: Some\(Exception \{ code: "(?P<code>\w+)", status: (?P<status>\d+), '
    r'message_key: "(?P<key>\w+)", sender_fault: (?P<sender>true|false) \}\)'
)
QUERY = re.compile(r'query: Some\(\("(\w+)", "(\w+)"\)\)')

# By the key of the text and by status; written by hand.
ERRORS = {
    "Message": {
        400: """CallbackTimeout CodeVerificationFailed InvalidCodeSignature NoPublishedVersion RecursiveInvocation
            ResourceInUse SnapStart""",
        403: "EFSMountFailure",
        404: "CodeSigningConfigNotFound ResourceNotFound",
        408: "EFSMountConnectivity EFSMountTimeout SnapStartTimeout",
        409: "DurableExecutionAlreadyStarted SnapStartNotReady",
        410: "EFSIO",
        500: "Service",
        502: """EC2AccessDenied EC2Throttled EC2Unexpected ENILimitReached InvalidRuntime InvalidSecurityGroupID
            InvalidSubnetID InvalidZipFile KMSAccessDenied KMSDisabled KMSInvalidState KMSNotFound
            SubnetIPAddressLimitReached""",
    },
    "message": {
        400: """CapacityProviderLimitExceeded CodeStorageExceeded FunctionVersionsPerCapacityProviderLimitExceeded
            InvalidParameterValue InvalidRequestContent PolicyLengthExceeded""",
        404: "ProvisionedConcurrencyConfigNotFound",
        409: "ResourceConflict",
        412: "PreconditionFailed",
        413: "RequestTooLarge SerializedRequestEntityTooLarge",
        415: "UnsupportedMediaType",
        429: "TooManyRequests",
        502: "ResourceNotReady",
    },
}
KNOWN_ERRORS = [
    pytest.param(f"{name}Exception", status, key, id=name)
    for key, statuses in ERRORS.items()
    for status, names in statuses.items()
    for name in names.split()
]


@pytest.fixture(scope="module")
def table() -> str:
    """Read the Rust table."""
    return TABLE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def operations(table: str) -> dict[str, str]:
    """Find the line of each operation."""
    return dict(re.findall(r'^pub static \w+: Operation = Operation \{ name: "(\w+)", (.*)$', table, re.MULTILINE))


@pytest.fixture(scope="module")
def shapes(table: str) -> dict[str, str]:
    """Find the line of each shape."""
    return dict(re.findall(r'^    pub static \w+: Shape = Shape::(?:new|secret)\("(\w+)", (.*)$', table, re.MULTILINE))


def test_generated_files_are_what_the_generator_writes(table: str) -> None:
    """A change of the generator, a patch or the pinned botocore comes with the files it makes."""
    botocore = pytest.importorskip("botocore", reason="the model is read from botocore")
    (pinned,) = re.findall(r'^pub static BOTOCORE_VERSION: &str = "([\d.]+)";$', table, re.MULTILINE)
    if botocore.__version__ != pinned:
        pytest.skip(f"the model is that of botocore {pinned}; {botocore.__version__} is installed")
    stale = runpy.run_path(str(HERE / "generate.py"))["stale"]()
    assert not stale, "run tests/model/generate.py\n" + "\n".join(stale.values())


def test_the_whole_api_is_there(operations: dict[str, str], shapes: dict[str, str]) -> None:
    """No operation and no shape is lost on the way."""
    assert (len(operations), len(shapes)) == (91, 612)
    assert list(operations) == sorted(operations)


def test_two_operations_are_told_apart_by_a_literal_query(operations: dict[str, str]) -> None:
    """They share method and path with another one."""
    queries = {name: found.groups() for name, line in operations.items() if (found := QUERY.search(line))}
    assert queries == {
        "GetLayerVersionByArn": ("find", "LayerVersion"),
        "ListProvisionedConcurrencyConfigs": ("List", "ALL"),
    }


def test_a_deletion_answers_204(operations: dict[str, str]) -> None:
    """The first patch: the model says 200."""
    assert "status: 204," in operations["DeleteFunction"]


def test_every_patch_says_why_and_where_it_was_observed() -> None:
    """A fact that contradicts the model needs both."""
    for patch in json.loads((HERE / "patches.json").read_text(encoding="utf-8")):
        assert set(patch) == {"what", "model", "value", "why", "observed"}
        assert patch["value"] != patch["model"]
        assert patch["why"]
        assert patch["observed"]


def test_every_error_has_a_status_and_a_key_for_its_text(shapes: dict[str, str]) -> None:
    """The service is at fault where the status says so, and nowhere else."""
    errors = {name: found for name, line in shapes.items() if (found := EXCEPTION.search(line))}
    assert len(errors) == 58
    assert {name for name in shapes if name.endswith("Exception")} == set(errors)
    for name, error in errors.items():
        assert error["code"] == name
        assert error["key"] in {"message", "Message"}
        assert f'Member::body("{error["key"]}", ' in shapes[name]
        assert (error["sender"] == "true") == (int(error["status"]) < 500), name


@pytest.mark.parametrize(("name", "status", "key"), KNOWN_ERRORS)
def test_a_known_error(shapes: dict[str, str], name: str, status: int, key: str) -> None:
    """Status and key are those written down above."""
    error = EXCEPTION.search(shapes[name])
    assert error is not None
    assert (int(error["status"]), error["key"]) == (status, key)


def test_waiting_after_throttling_is_a_header(shapes: dict[str, str]) -> None:
    """The one header that an error binds."""
    assert 'Member::header("retryAfterSeconds", &STRING, "Retry-After")' in shapes["TooManyRequestsException"]


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.name)
def test_generated_files_hold_facts_and_no_prose(path: Path) -> None:
    """The model's documentation is markup; not a tag of it may be taken over."""
    assert not re.search(r"</?(p|a|code|i|b|ul|li|note|important)\b[^>]*>", path.read_text(encoding="utf-8"))


def test_each_operation_has_a_method_in_the_stub(operations: dict[str, str]) -> None:
    """Named as in boto3, answering its own type."""
    stub = (STUBS / "_operations.pyi").read_text(encoding="utf-8")
    types = (STUBS / "types.pyi").read_text(encoding="utf-8")
    methods = re.findall(r"^    def (\w+)\(", stub, re.MULTILINE)
    assert methods == [re.findall(r'python_name: "(\w+)"', line)[0] for line in operations.values()]
    assert re.findall(r"-> types\.(\w+): \.\.\.", stub) == [f"{name}Response" for name in operations]
    for name in operations:
        assert re.search(rf"^class {name}Response\(", types, re.MULTILINE), name
