"""`mock_lambda` in each of its forms."""

from __future__ import annotations

import asyncio
import inspect
import unittest

import boto3
import pytest

import drylambda
from drylambda import mock_lambda

BOTH = pytest.mark.parametrize("decorator", [mock_lambda, mock_lambda()], ids=["bare", "with parentheses"])


def active():
    """Tell whether a client made now would be answered."""
    from drylambda.boto.active import current

    return current() is not None


def run(coroutine):
    # asyncio.run makes a pair of sockets, which connect to each other.
    loop = asyncio.SelectorEventLoop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def test_a_block_yields_the_emulator_that_answers(deploy):
    with mock_lambda() as emulator:
        deploy(emulator)
        assert boto3.client("lambda").get_function(FunctionName="app")["Configuration"]["FunctionName"] == "app"
    assert isinstance(emulator, drylambda.Lambda)


def test_an_async_block_yields_the_emulator(names):
    async def test():
        async with mock_lambda() as emulator:
            assert names(boto3.client("lambda")) == []
            return emulator

    assert isinstance(run(test()), drylambda.Lambda)


def test_start_and_stop_are_a_block_without_a_block(deploy, names):
    mock = mock_lambda()
    emulator = mock.start()
    deploy(emulator)
    assert names(boto3.client("lambda")) == ["app"]
    mock.stop()
    assert not active()


def test_leaving_what_is_not_entered_is_an_error():
    with pytest.raises(RuntimeError, match="not entered"):
        mock_lambda().stop()


def test_each_entry_of_one_mock_has_a_new_emulator(deploy, names):
    mock = mock_lambda()
    with mock as first:
        deploy(first)
        with mock as second:
            assert names(boto3.client("lambda")) == []
        assert names(boto3.client("lambda")) == ["app"]
    assert first is not second


@BOTH
def test_a_function(decorator, deploy, names):
    @decorator
    def function(name, *, suffix="s"):
        """Deploy."""
        deploy(boto3.client("lambda"), name)
        return names(boto3.client("lambda")), suffix

    assert function("one") == (["one"], "s")
    assert function("two", suffix="t") == (["two"], "t")
    assert (function.__name__, function.__doc__) == ("function", "Deploy.")
    assert list(inspect.signature(function).parameters) == ["name", "suffix"]


@BOTH
def test_a_coroutine_function(decorator, names):
    @decorator
    async def function():
        return names(boto3.client("lambda")), active()

    assert inspect.iscoroutinefunction(function)
    assert run(function()) == ([], True)
    assert not active()


@BOTH
def test_a_generator_function(decorator):
    @decorator
    def function():
        received = yield active()
        yield received
        return "done"

    assert inspect.isgeneratorfunction(function)
    generator = function()
    assert next(generator) is True
    assert generator.send("sent") == "sent"
    with pytest.raises(StopIteration) as stopped:
        next(generator)
    assert stopped.value.value == "done"
    assert not active()


def test_a_generator_that_is_closed_leaves():
    @mock_lambda
    def function():
        yield

    generator = function()
    next(generator)
    generator.close()
    assert not active()


@BOTH
def test_an_async_generator_function(decorator):
    log = []

    @decorator
    async def function():
        try:
            received = yield active()
            try:
                yield received
            except ValueError as error:
                yield str(error)
        finally:
            log.append("closed")

    async def test():
        generator = function()
        return [
            await generator.asend(None),
            await generator.asend("sent"),
            await generator.athrow(ValueError("thrown")),
            [value async for value in generator],
        ]

    assert inspect.isasyncgenfunction(function)
    assert run(test()) == [True, "sent", "thrown", []]
    assert log == ["closed"]
    assert not active()


def test_an_async_generator_that_is_closed_closes_what_is_in_it():
    log = []

    @mock_lambda
    async def function():
        try:
            yield
        finally:
            log.append(active())

    async def test():
        generator = function()
        await generator.asend(None)
        await generator.aclose()

    run(test())
    assert log == [True]
    assert not active()


def test_an_exception_in_an_async_generator_comes_out():
    @mock_lambda
    async def function():
        yield 1
        raise KeyError

    async def test():
        return [value async for value in function()]

    with pytest.raises(KeyError):
        run(test())
    assert not active()


def test_a_parameter_named_lambda__gets_the_emulator_and_leaves_the_signature():
    @mock_lambda(region="eu-west-1")
    def function(first, lambda_):
        return first, lambda_.region

    assert function(1) == (1, "eu-west-1")
    assert list(inspect.signature(function).parameters) == ["first"]


@pytest.fixture
@mock_lambda(region="eu-central-1")
def mocked(package, lambda_):
    yield lambda_, package


def test_a_generator_fixture_keeps_its_fixtures(mocked, package):
    emulator, given = mocked
    assert given is package
    assert emulator.region == boto3.client("lambda").meta.region_name == "eu-central-1"


@mock_lambda
def test_a_decorated_test_keeps_its_fixtures(deploy, names):
    deploy(boto3.client("lambda"))
    assert names(boto3.client("lambda")) == ["app"]


def test_a_fixture_that_is_made_already_is_refused():
    @pytest.fixture
    def fixture():
        yield

    with pytest.raises(TypeError, match=r"put @mock_lambda under @pytest.fixture"):
        mock_lambda(fixture)


def test_what_cannot_be_called_is_refused():
    with pytest.raises(TypeError, match="decorates functions and classes, not 'eu-west-1'"):
        mock_lambda("eu-west-1")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"depth": "deep"}, ValueError),
        ({"others": "drop"}, ValueError),
        ({"region": "eu west"}, ValueError),
        ({"lambda_": "emulator"}, TypeError),
        ({"lambda_": drylambda.Lambda(), "seed": 1}, ValueError),
        ({"regoin": "eu-west-1"}, TypeError),
    ],
)
def test_options_that_cannot_be_are_refused_before_anything_is_entered(options, error):
    with pytest.raises(error):
        mock_lambda(**options)


@mock_lambda
class TestPlainClass:
    def setup_method(self, method):
        self.client = boto3.client("lambda")
        self.set_up_for = method.__name__

    @pytest.mark.parametrize("name", ["one", "two"])
    def test_each_method_has_an_emulator_of_its_own(self, deploy, names, name):
        deploy(self.client, name)
        assert names(self.client) == [name]

    def test_the_set_up_runs_inside_and_for_the_method(self, lambda_, deploy):
        deploy(lambda_)
        assert self.set_up_for == "test_the_set_up_runs_inside_and_for_the_method"
        assert self.client.get_function(FunctionName="app")

    def teardown_method(self):
        assert active()


class TestPlainClassByHand:
    def test_a_method_that_no_runner_set_up_enters_itself(self):
        @mock_lambda
        class Tests:
            def test(self, lambda_):
                return boto3.client("lambda").meta.region_name == lambda_.region

        assert Tests().test()
        assert not active()

    def test_a_set_up_that_fails_leaves(self):
        @mock_lambda
        class Tests:
            def setup_method(self):
                raise KeyError

        with pytest.raises(KeyError):
            Tests().setup_method(None)
        assert not active()

    def test_a_subclass_that_sets_up_without_us_can_be_torn_down(self):
        @mock_lambda
        class Tests:
            pass

        class Subclass(Tests):
            def setup_method(self, method):
                pass

        tests = Subclass()
        tests.setup_method(None)
        tests.teardown_method(None)
        assert not active()


@mock_lambda(region="eu-west-1")
class TestCaseClass(unittest.TestCase):
    def setUp(self):
        self.client = boto3.client("lambda")
        self.addCleanup(lambda: self.assertTrue(active()))

    def test_one(self):
        self.check_and_fill()

    def test_two(self):
        self.check_and_fill()

    def test_with_the_emulator(self, lambda_):
        assert lambda_.region == self.client.meta.region_name

    def tearDown(self):
        assert active()

    def check_and_fill(self):
        assert self.client.list_functions()["Functions"] == []
        package = drylambda.make_zip({"app.py": ""})
        role = "arn:aws:iam::123456789012:role/app"
        self.client.create_function(
            FunctionName="app", Runtime="python3.12", Role=role, Handler="a.b", Code={"ZipFile": package}
        )


def test_a_test_case_run_by_unittest_itself():
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(TestCaseClass).run(result)
    assert (result.testsRun, result.errors, result.failures) == (3, [], [])
    assert not active()


def test_the_result_of_a_decorated_class_is_the_class():
    class Tests:
        pass

    assert mock_lambda(Tests) is Tests


def test_a_static_method_stays_one():
    class Deployment:
        @mock_lambda
        @staticmethod
        def functions(region):
            return boto3.client("lambda", region_name=region).list_functions()["Functions"]

    assert Deployment().functions("us-east-1") == []


def test_a_subclass_may_call_the_decorated_set_up():
    @mock_lambda
    class Base:
        def setup_method(self):
            self.ready = True

    class Derived(Base):
        def setup_method(self):
            super().setup_method()

        def teardown_method(self):
            super().teardown_method()

    test = Derived()
    test.setup_method()
    assert test.ready
    test.teardown_method()


def test_tasks_are_answered_by_the_mock_that_each_has_entered(deploy, names):
    async def task(name, others):
        async with mock_lambda() as emulator:
            client = boto3.client("lambda", region_name="us-east-1")
            await others.wait()
            deploy(client, name)
            await others.wait()
            return names(emulator), names(client)

    async def both():
        class Barrier:
            """Lets nobody go on before both are there (asyncio has one from Python 3.11 on)."""

            def __init__(self):
                self.waiting = []

            async def wait(self):
                here = asyncio.get_running_loop().create_future()
                self.waiting.append(here)
                if len(self.waiting) == 2:
                    for future in self.waiting:
                        future.set_result(None)
                    self.waiting.clear()
                await here

        barrier = Barrier()
        return await asyncio.gather(task("a", barrier), task("b", barrier))

    assert asyncio.run(both()) == [(["a"], ["a"]), (["b"], ["b"])]
