"""Installing, installing twice, undoing; and that everything of moto's is then what it was, by identity."""

from __future__ import annotations

import sys
import warnings

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

import drylambda.moto
from drylambda import mock_lambda
from drylambda.boto.links import CONNECTIONS
from drylambda.moto import Installed, MotoNotSupportedError, install, uninstall


@pytest.fixture(autouse=True)
def _uninstalled():
    yield
    uninstall()


def everything():
    """What of moto's and botocore's may be changed, by identity."""
    from botocore.client import BaseClient
    from botocore.handlers import BUILTIN_HANDLERS
    from botocore.httpsession import URLLib3Session
    from moto import backend_index
    from moto.awslambda.models import lambda_backends
    from moto.awslambda_simple.models import lambda_simple_backends
    from moto.core.botocore_stubber import BotocoreStubber
    from moto.core.common_models import CloudFormationModel

    found = [*vars(BotocoreStubber).values(), *CloudFormationModel.__subclasses__(), *BUILTIN_HANDLERS]
    found += [owner.connect for owner in CONNECTIONS]
    found += [BaseClient._make_api_call, URLLib3Session.send, lambda_backends.backend, lambda_simple_backends.backend]
    return [id(thing) for thing in (*found, *backend_index.backend_url_patterns)]


@pytest.fixture
def restored():
    """Require that the test leaves everything as it was."""
    from moto.awslambda import models  # noqa: F401 - its models are among the classes
    from moto.awslambda_simple import models as simple  # noqa: F401

    before = everything()
    yield
    assert everything() == before


def test_undoing_restores_everything(restored):
    handle = install()
    assert isinstance(handle, Installed)
    assert "drylambda" in repr(handle)
    handle.undo()
    handle.undo()


def test_what_was_installed_is_installed(restored):
    before = everything()
    with install():
        assert everything() != before


@pytest.mark.parametrize("first", ["moto", "mock"])
def test_beside_a_mock_whoever_is_undone_first_everything_is_restored(restored, first):
    handle, mock = install(), mock_lambda()
    mock.start()
    undo = [handle.undo, mock.stop] if first == "moto" else [mock.stop, handle.undo]
    undo[0]()
    undo[1]()


def test_installing_twice_is_installing_once(restored, client, names):
    with install() as first:
        with install() as second:
            assert second.lambda_ is first.lambda_
            assert install(first.lambda_).lambda_ is first.lambda_
        # It was the first one that changed something.
        with mock_aws():
            assert names(client()) == []
            assert client().list_functions()["ResponseMetadata"]["HTTPHeaders"]["connection"] == "keep-alive"


def test_another_emulator_needs_an_uninstall_first(restored):
    with install(), pytest.raises(ValueError, match=r"drylambda\.moto\.uninstall\(\) comes first"):
        install(drylambda.Lambda())
    with install(), pytest.raises(ValueError, match="comes first"):
        install(seed=1)


def test_uninstall_undoes_whoever_installed(restored):
    install()
    install()
    uninstall()
    uninstall()


def test_an_exception_restores_everything(restored):
    message = "a test fails"

    def failing():
        with install(), mock_aws():
            raise RuntimeError(message)

    with pytest.raises(RuntimeError, match=message):
        failing()


def test_undoing_inside_of_a_mock_gives_moto_its_lambda_back(restored, client):
    with mock_aws():
        handle = install()
        client().list_functions()
        handle.undo()
        answered = client().list_functions()["ResponseMetadata"]["HTTPHeaders"]
        assert "connection" not in answered


def test_a_mock_that_outlives_the_installation_ends_well(restored, client, deploy):
    mock = mock_aws()
    with install():
        mock.start()
        deploy(client())
    mock.stop()


def test_options_that_cannot_be_change_nothing(restored):
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        install(colour="red")
    with pytest.raises(TypeError, match="lambda_ is a"):
        install("eu-west-1")
    with pytest.raises(ValueError, match="settle: for a new emulator"):
        install(drylambda.Lambda(), settle="instant")


def test_a_failing_installation_changes_nothing(restored, monkeypatch):
    from drylambda.moto import cloudformation

    def fail():
        message = "something is wrong"
        raise RuntimeError(message)

    monkeypatch.setattr(cloudformation, "install", fail)
    with pytest.raises(RuntimeError, match="something is wrong"):
        install()
    monkeypatch.undo()


def test_a_patch_over_ours_stays_and_ours_below_it_lets_everything_through(client):
    from moto.core.botocore_stubber import BotocoreStubber

    before = vars(BotocoreStubber)["process_request"]
    handle = install()
    inner = BotocoreStubber.process_request

    def theirs(self, request):
        return inner(self, request)

    BotocoreStubber.process_request = theirs
    handle.undo()
    try:
        assert BotocoreStubber.process_request is theirs
        with mock_aws():
            assert "connection" not in client().list_functions()["ResponseMetadata"]["HTTPHeaders"]
    finally:
        BotocoreStubber.process_request = before


@pytest.mark.parametrize("version", ["4.2.14", "6.0.0"])
def test_another_major_release_is_refused_by_name(restored, monkeypatch, version):
    import moto

    monkeypatch.setattr(moto, "__version__", version)
    with pytest.raises(MotoNotSupportedError) as refused:
        install()
    assert str(refused.value) == f"drylambda.moto does not know moto {version}: only 5.0 to 5.2 are known."
    assert isinstance(refused.value, ImportError)


def test_a_release_without_something_that_is_used_is_refused_by_name(restored, monkeypatch):
    import moto
    from moto.core import config

    monkeypatch.delattr(config, "passthrough_service")
    with pytest.raises(MotoNotSupportedError) as refused:
        install()
    message = f"drylambda.moto does not know moto {moto.__version__}: moto.core.config.passthrough_service is missing."
    assert str(refused.value) == message


def test_without_moto_a_sentence_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "moto", None)
    with pytest.raises(MotoNotSupportedError, match="moto is not installed"):
        install()


def test_importing_it_imports_nothing_of_motos():
    import subprocess

    program = "import sys, drylambda; drylambda.moto.install; print([name for name in sys.modules if name in ('moto', 'botocore')])"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("outside", [True, False])
def test_mock_lambda_answers_where_it_is_active(restored, client, deploy, names, outside):
    with install() as handle:
        first, second = (mock_lambda(), mock_aws()) if outside else (mock_aws(), mock_lambda())
        with first as one, second as two:
            emulator = one if outside else two
            deploy(client())
            assert names(emulator.scope(region="eu-west-1")) == ["app"]
            assert names(handle.lambda_.scope(region="eu-west-1")) == []
        with mock_aws():
            assert names(client()) == []


def test_installing_while_mock_lambda_is_active(restored, client, deploy, names):
    with mock_lambda() as emulator, mock_aws(), install() as handle:
        deploy(client())
        assert names(emulator.scope(region="eu-west-1")) == ["app"]
        assert names(handle.lambda_.scope(region="eu-west-1")) == []


def test_an_attached_client_keeps_its_emulator(restored, client, deploy, names):
    with install() as handle, mock_aws():
        attached, own = client(), drylambda.Lambda(region="eu-west-1")
        drylambda.attach(attached, own)
        deploy(attached)
        assert names(own) == ["app"]
        assert names(handle.lambda_.scope(region="eu-west-1")) == []


def test_unused_faults_are_told_at_the_end(client):
    handle = install()
    handle.lambda_.fail("ListFunctions", "TooManyRequestsException")
    with pytest.warns(drylambda.exceptions.UnusedFaultWarning, match="ListFunctions"):
        handle.undo()


def test_unused_faults_that_motos_reset_forgot_are_told_at_the_end(client):
    handle = install()
    with mock_aws():
        client().list_functions()
        handle.lambda_.fail("ListFunctions", "TooManyRequestsException")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with mock_aws():
            client().list_functions()
    with pytest.warns(drylambda.exceptions.UnusedFaultWarning, match="ListFunctions") as caught:
        handle.undo()
    assert caught[0].filename == __file__


# Other services of moto's.


@mock_aws
def test_another_service_asks_whether_a_function_is_there(client, deploy):
    with install():
        deploy(client())
        logs = client("logs")
        logs.create_log_group(logGroupName="group")
        filtered = {"logGroupName": "group", "filterName": "filter", "filterPattern": ""}
        there = "arn:aws:lambda:eu-west-1:123456789012:function:app"
        logs.put_subscription_filter(**filtered, destinationArn=there)
        with pytest.raises(ClientError, match="Could not execute the lambda function"):
            logs.put_subscription_filter(**filtered, destinationArn=f"{there}-not")


@mock_aws
def test_the_tagging_api_lists_functions(client, deploy):
    with install():
        arn = deploy(client(), Tags={"team": "blue"})["FunctionArn"]
        deploy(client(), "untagged")
        tagging = client("resourcegroupstaggingapi")
        found = tagging.get_resources(ResourceTypeFilters=["lambda"])["ResourceTagMappingList"]
        assert found == [{"ResourceARN": arn, "Tags": [{"Key": "team", "Value": "blue"}]}]


@mock_aws
def test_what_other_services_call_goes_to_the_emulator(client, deploy, names):
    with install(settle="instant"):
        from moto.awslambda.utils import get_backend

        backend = get_backend("123456789012", "eu-west-1")
        arn = deploy(client())["FunctionArn"]
        assert backend.get_function(arn).function_arn == arn
        assert backend.get_function_by_arn(f"{arn}-not") is None
        assert backend.publish_version("app").version == "1"
        assert [function.version for function in backend.list_functions("ALL")] == ["$LATEST", "1"]
        backend.tag_resource(arn, {"a": "b"})
        assert backend.list_tags(arn) == {"a": "b"}
        backend.untag_resource(arn, ["a"])
        assert backend.get_function("app").tags == {}
        backend.delete_function("app", "1")
        assert [function.version for function in backend.list_functions("ALL")] == ["$LATEST"]
        backend.delete_function("app")
        assert names(client()) == []


def test_a_backend_that_was_kept_says_that_nobody_answers():
    with install():
        from moto.awslambda.utils import get_backend

        backend = get_backend("123456789012", "eu-west-1")
    with pytest.raises(RuntimeError, match="no longer in moto"):
        backend.get_function("app")


def test_a_default_session_is_answered(monkeypatch, names):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with install(), mock_aws():
        assert names(boto3.client("lambda")) == []


def test_bodies_of_requests_for_others_are_left_alone(tmp_path, client):
    # The name of Lambda is in the URL, and a file can be read once.
    (tmp_path / "file").write_bytes(b"body")
    with install(), mock_aws(), (tmp_path / "file").open("rb") as body:
        s3 = client("s3", "us-east-1")
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="aws/lambda/key", Body=body)
        assert s3.get_object(Bucket="bucket", Key="aws/lambda/key")["Body"].read() == b"body"
