"""The ways into the emulator, and what every test of behaviour shares.

The one idea to hold: a test of behaviour is written once, against :class:`Way`, and runs through every way in: the
direct call, a real boto3 client at each depth, and one that talks to a server over a socket. Every answer on every way is held against botocore's own model of
the service, so a test that says nothing of shapes checks them all the same.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
from pathlib import Path
from types import MappingProxyType

import pytest

import drylambda

with contextlib.suppress(ImportError):
    from hypothesis import HealthCheck, Phase, settings

    _CHECKS = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
    # The small profile is the same at each run, and tells what failed as it was drawn: shrinking takes a minute.
    settings.register_profile(
        "small",
        max_examples=40,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=_CHECKS,
    )
    settings.register_profile("thorough", max_examples=5000, deadline=None, suppress_health_check=_CHECKS)
    settings.load_profile(os.environ.get("DRYLAMBDA_HYPOTHESIS", "small"))

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

# K2: the key of the text and the Type, written by hand; whatever is not here is copied nowhere by botocore (K3).
TEXT_KEYS = {
    "CallbackTimeoutException": "Message",
    "CapacityProviderLimitExceededException": "message",
    "CodeSigningConfigNotFoundException": "Message",
    "CodeStorageExceededException": "message",
    "CodeVerificationFailedException": "Message",
    "DurableExecutionAlreadyStartedException": "Message",
    "FunctionVersionsPerCapacityProviderLimitExceededException": "message",
    "InvalidCodeSignatureException": "Message",
    "InvalidParameterValueException": "message",
    "InvalidRequestContentException": "message",
    "NoPublishedVersionException": "Message",
    "PolicyLengthExceededException": "message",
    "PreconditionFailedException": "message",
    "ProvisionedConcurrencyConfigNotFoundException": "message",
    "PublicPolicyException": "Message",
    "ResourceConflictException": "message",
    "ResourceInUseException": "Message",
    "ResourceNotFoundException": "Message",
    "TooManyRequestsException": "message",
}
# K2: AWS answers these on every operation, and its model has them on none.
UNMODELLED = {
    "AccessDeniedException",
    "RequestEntityTooLargeException",
    "SerializationException",
    "ValidationException",
    "DrylambdaNotImplemented",
    "DrylambdaSourceBroken",
}
# The model's own status for these is not what AWS answers (K10).
STATUSES = {"DeleteFunction": 204}
# Recorded (P11), and not in the model's enumeration.
UNLISTED = {("LastUpdateStatusReasonCode", "Creating")}
# The model requires these members, and AWS leaves them out (section 17, case 79).
LEFT_OUT = {("GetFunctionCodeSigningConfigResponse", "CodeSigningConfigArn"), ("GetFunctionCodeSigningConfigResponse", "FunctionName")}  # fmt: skip


def pytest_collection_modifyitems(config, items):
    """Leave out what is not for a server, and skip what compares with the pinned botocore where another is installed."""
    served = [item for item in items if item.get_closest_marker("in_process") and is_served(item)]
    if served:
        config.hook.pytest_deselected(items=served)
        items[:] = [item for item in items if item not in served]
    with contextlib.suppress(ImportError):
        import botocore

        if botocore.__version__ != (pinned := drylambda._drylambda.BOTOCORE_VERSION):
            reason = f"it is held against botocore {pinned}; {botocore.__version__} is installed"
            for item in items:
                if item.get_closest_marker("pinned_botocore"):
                    item.add_marker(pytest.mark.skip(reason=reason))


def is_served(item):
    return getattr(item, "callspec", None) is not None and item.callspec.params.get("way") == "http"


def pytest_configure(config):
    config.addinivalue_line("markers", "in_process: what a client does by itself where there is a real connection")
    config.addinivalue_line(
        "markers", "pinned_botocore: what is compared with the model of the botocore that is pinned"
    )
    config.addinivalue_line("markers", "case(*numbers): the cases of section 18 of the specification that a test is")
    config.addinivalue_line("markers", "fact(*lines): the lines of the neighbours' facts that a test shows")
    config.addinivalue_line("markers", "rule(*ids): the rules of the specification that a test shows")


@functools.cache
def service_model():
    """Botocore's model of Lambda."""
    return botocore_session().get_service_model("lambda")


@functools.cache
def botocore_session():
    import botocore.session

    return botocore.session.get_session()


@functools.cache
def operation_models():
    """The operations of botocore's model by boto3's names."""
    from botocore import xform_name

    return {xform_name(name): service_model().operation_model(name) for name in service_model().operation_names}


def body(response):
    """Return a response without its ``ResponseMetadata``, which :class:`Way` has checked."""
    return {name: value for name, value in response.items() if name != "ResponseMetadata"}


def misfits(shape, value, path):
    """Yield what of ``value`` does not fit botocore's ``shape``: unknown members, wrong types, broken constraints."""
    expected = {
        "structure": dict, "map": dict, "list": list, "string": str, "integer": int, "long": int, "boolean": bool,
        "double": float, "float": float, "blob": bytes,
    }.get(shape.type_name)  # fmt: skip
    # What is read piece by piece is there to be read by the test.
    if expected is None or (hasattr(value, "close") and shape.type_name in ("blob", "structure")):
        return
    if type(value) is not expected:
        yield f"{path} is {value!r}, no {shape.type_name}"
        return
    if shape.type_name == "structure":
        for name in value.keys() - shape.members.keys() - {"ResponseMetadata"}:
            yield f"{path}.{name} is unknown to the model"
        for name in set(shape.required_members) - value.keys():
            if (shape.name, name) not in LEFT_OUT:
                yield f"{path}.{name} is required by the model and absent"
        for name in value.keys() & shape.members.keys():
            yield from misfits(shape.members[name], value[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for index, entry in enumerate(value):
            yield from misfits(shape.member, entry, f"{path}[{index}]")
    elif shape.type_name == "map":
        for key, entry in value.items():
            yield from misfits(shape.key, key, f"{path} key")
            yield from misfits(shape.value, entry, f"{path}[{key!r}]")
    elif shape.type_name == "string" and value not in (shape.enum or [value]) and (shape.name, value) not in UNLISTED:
        yield f"{path} is {value!r}, none of {shape.enum}"


def header_members(shape):
    """Yield the members of an answer that travel in headers, by name."""
    for name, member in (shape.members if shape is not None else {}).items():
        if member.serialization.get("location") == "header":
            yield name, member


def status_member(shape):
    """Return the name of the member of an answer that is HTTP's status, if there is one."""
    return next(
        (it for it, member in shape.members.items() if member.serialization.get("location") == "statusCode"), ""
    )


def saw(operation, outcome):
    """Note what the running test saw of an operation, where ``test_errors.py`` wants to know."""
    if folder := os.environ.get("DRYLAMBDA_SEEN"):
        path, _, test = os.environ["PYTEST_CURRENT_TEST"].partition("::")
        test = test.split("[")[0].split(" ")[0].split("::")[-1]
        with (Path(folder) / str(os.getpid())).open("a", encoding="utf-8") as file:
            file.write(f"{operation} {outcome} {path.removeprefix('tests/')}::{test}\n")


class Watched:
    """An object with boto3's methods, whose every answer and refusal is checked against botocore's model."""

    def __init__(self, face, kind):
        self._face = face
        self._optional = {"x-drylambda-hint"} | (set() if kind == "direct" else {"content-length"})
        # What becomes of a connection is said where there is one, and by whom it is.
        self._expected = {"date", "x-amzn-requestid"} | (set() if kind == "http" else {"connection"})

    def __getattr__(self, name):
        operation, method = operation_models()[name], getattr(self._face, name)

        def call(**parameters):
            from botocore.exceptions import ClientError

            try:
                response = method(**parameters)
            except ClientError as error:
                self.check_refusal(operation, error)
                saw(operation.name, error.response["Error"]["Code"])
                raise
            self.check_answer(operation, response)
            saw(operation.name, "answered")
            return response

        return call

    def check_answer(self, operation, response):
        shape = operation.output_shape
        if shape is None:
            assert set(response) == {"ResponseMetadata"}
        else:
            assert list(misfits(shape, response, operation.name)) == []
        status = STATUSES.get(operation.name, operation.http["responseCode"])
        if shape is not None and (member := status_member(shape)):
            status = response[member]
        bound = {name: member.serialization["name"].lower() for name, member in header_members(shape)}
        content_type = "application/vnd.amazon.eventstream" if operation.has_event_stream_output else None
        headers = {bound[name]: value for name, value in response.items() if name in bound}
        self.check_metadata(response["ResponseMetadata"], status, headers, content_type or "application/json")

    def check_refusal(self, operation, error):
        code, metadata = error.response["Error"]["Code"], error.response["ResponseMetadata"]
        assert set(error.response["Error"]) == {"Code", "Message"}
        assert error.operation_name == operation.name
        assert type(error).__name__ in (code, "ClientError")
        assert metadata["HTTPHeaders"]["x-amzn-errortype"] == code
        modelled = {shape.name: shape for shape in operation.error_shapes}
        if code in UNMODELLED:
            assert set(error.response) == {"Error", "ResponseMetadata"}
        else:
            assert code in modelled, f"{operation.name} does not list {code}"
            assert metadata["HTTPStatusCode"] == modelled[code].metadata["error"]["httpStatusCode"]
        self.check_metadata(metadata, metadata["HTTPStatusCode"])

    def check_metadata(self, metadata, status, bound=MappingProxyType({}), content_type="application/json"):
        # W1
        assert metadata["HTTPStatusCode"] == status
        assert metadata["RetryAttempts"] == 0
        assert UUID.fullmatch(metadata["RequestId"])
        headers = metadata["HTTPHeaders"]
        assert headers["x-amzn-requestid"] == metadata["RequestId"]
        assert headers.get("content-type") == (None if status == 204 else content_type)
        assert {name: headers.get(name) for name in bound} == bound
        expected = self._expected | set(bound)
        expected = expected | ({"content-type"} if status != 204 else set())
        expected = expected | ({"x-amzn-errortype"} if status >= 300 else set())
        assert expected <= set(headers) <= expected | self._optional


class Way:
    """One way into one emulator."""

    def __init__(self, kind, emulator):
        self.kind, self.emulator = kind, emulator
        self.face = FACES[kind](emulator)
        self.lambda_ = Watched(self.face, kind)
        self.clock = emulator.clock

    def __repr__(self):
        return f"<Way {self.kind}>"

    def another(self, **options):
        """Return the same way into another emulator, made with ``options``."""
        return Way(self.kind, drylambda.Lambda(**{"seed": 1, **options}))

    def at(self, **scope):
        """Return the same way into the same emulator, from another account or Region."""
        return Way(self.kind, self.emulator.scope(**scope))

    def refused(self, call, refusal, **parameters):
        """Require that a call is refused with exactly ``refusal``; return the exception."""
        from botocore.exceptions import ClientError

        with pytest.raises(ClientError) as caught:
            call(**parameters)
        response = dict(caught.value.response)
        metadata = response.pop("ResponseMetadata")
        expected = {"Error": {"Code": refusal.code, "Message": refusal.message}}
        if refusal.code in TEXT_KEYS:
            expected[TEXT_KEYS[refusal.code]] = refusal.message
            if refusal.typed:
                expected["Type"] = "User"
        assert (metadata["HTTPStatusCode"], response) == (refusal.status, expected)
        return caught.value

    def stopped(self, call, report, **parameters):
        """Require that boto3 itself stops a call, before anything is sent, with exactly ``report``."""
        from botocore.exceptions import ParamValidationError

        with pytest.raises(ParamValidationError) as caught:
            call(**parameters)
        assert str(caught.value) == f"Parameter validation failed:\n{report}"

    def settled(self, name):
        """Let time pass for a function, as a waiter does; return its configuration."""
        configuration = body(self.lambda_.get_function_configuration(FunctionName=name))
        assert (configuration["State"], configuration["LastUpdateStatus"]) == ("Active", "Successful")
        return configuration

    def waiter(self, name):
        """Return boto3's waiter over the watched methods of this way."""
        from botocore import xform_name
        from botocore.waiter import NormalizedOperationMethod, Waiter

        model = botocore_session().get_waiter_model("lambda")
        config = model.get_waiter({xform_name(camel): camel for camel in model.waiter_names}[name])
        return Waiter(name, config, NormalizedOperationMethod(getattr(self.lambda_, xform_name(config.operation))))

    def paginator(self, name):
        """Return boto3's paginator over the watched method ``name`` of this way."""
        from botocore.paginate import Paginator

        model = operation_models()[name]
        config = botocore_session().get_paginator_model("lambda").get_paginator(model.name)
        return Paginator(getattr(self.lambda_, name), config, model)

    def everything(self, name):
        """Return all there is to know of a function, for a comparison of before and after."""
        function = body(self.lambda_.get_function(FunctionName=name))
        if "Location" in function["Code"]:
            function["Code"]["Location"] = self.emulator.download(function["Code"]["Location"])
        versions = self.paginator("list_versions_by_function").paginate(FunctionName=name).build_full_result()
        aliases = self.paginator("list_aliases").paginate(FunctionName=name).build_full_result()
        return function, versions, aliases, body(self.lambda_.get_account_settings())

    @contextlib.contextmanager
    def unchanged(self, name):
        """Require that the block leaves no trace on a function or its account."""
        before = self.everything(name)
        yield before[0]["Configuration"]
        assert self.everything(name) == before


class Clients:
    """Clients of `Lambda.client`, used again by test after test: making one takes longer than most tests."""

    def __init__(self):
        self.free, self.used = {}, []

    def take(self, emulator, depth):
        key = emulator.region, emulator.access_key_id, depth
        free = self.free.setdefault(key, [])
        client = free.pop() if free else emulator.client(depth=depth)
        drylambda.attach(client, emulator, depth=depth)
        self.used.append((key, client))
        return client

    def give_back(self):
        for key, client in self.used:
            self.free[key].append(client)
        self.used.clear()


class Served:
    """Servers, each for one emulator, and clients that are led to them just before a request is sent."""

    def __init__(self):
        self.free, self.used, self.servers, self.led = {}, [], [], {}

    def take(self, emulator):
        server = drylambda.Server(emulator)
        self.servers.append(server)
        key = emulator.region, emulator.access_key_id
        free = self.free.setdefault(key, [])
        client = free.pop() if free else self.make(emulator)
        self.led[client] = server.endpoint_url
        self.used.append((key, client))
        return client

    def make(self, emulator):
        import boto3

        keys = {"aws_access_key_id": emulator.access_key_id or "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x"}
        client = boto3.client("lambda", region_name=emulator.region, **keys)

        def lead(request, **_):
            _, _, rest = request.url.removeprefix("https://").partition("/")
            request.url = f"{self.led[client]}/{rest}"

        client.meta.events.register("before-send.lambda", lead)
        return client

    def give_back(self):
        for key, client in self.used:
            self.free[key].append(client)
        for server in self.servers:
            server.stop()
        self.used.clear()
        self.servers.clear()


CLIENTS, SERVED = Clients(), Served()
FACES = {
    "direct": lambda emulator: emulator,
    "client": lambda emulator: CLIENTS.take(emulator, "wire"),
    "call": lambda emulator: CLIENTS.take(emulator, "call"),
    "http": SERVED.take,
}


@pytest.fixture(params=FACES)
def way(request):
    """Every way into an emulator with a seed, in turn."""
    yield Way(request.param, drylambda.Lambda(seed=1))
    CLIENTS.give_back()
    SERVED.give_back()


@pytest.fixture
def ways():
    """All ways at once, by name, each into an emulator of its own with the same seed."""
    yield {kind: Way(kind, drylambda.Lambda(seed=1)) for kind in FACES}
    CLIENTS.give_back()
    SERVED.give_back()
