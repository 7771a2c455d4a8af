"""The forms of decorated things: functions, coroutines, generators and classes of tests, each around one entry."""

from __future__ import annotations

import functools
import inspect
import sys
from contextlib import nullcontext
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator
    from contextlib import AbstractContextManager

    from ._lambda import Lambda

_Target = TypeVar("_Target", bound="Callable[..., Any]")

#: The parameter that gets the emulator.
_PARAMETER = "lambda_"


def decorate(target: _Target, entered: Callable[[], AbstractContextManager[Lambda]]) -> _Target:
    """Make each run of ``target``, or of each test method in it, happen in a context of its own."""
    if inspect.isclass(target):
        decorated: _Target = _decorate_class(target, entered)
        return decorated
    if isinstance(target, (staticmethod, classmethod)):
        return type(target)(decorate(target.__func__, entered))
    if not callable(target) or _is_fixture(target):
        msg = f"mock_lambda decorates functions and classes, not {target!r}"
        if _is_fixture(target):
            msg += "; put @mock_lambda under @pytest.fixture"
        raise TypeError(msg)
    return _decorate_function(target, lambda _: entered())


def _is_fixture(target: object) -> bool:
    return type(target).__name__ == "FixtureFunctionDefinition" or hasattr(target, "_pytestfixturefunction")


def _decorate_function(
    function: _Target, enter: Callable[[tuple[Any, ...]], AbstractContextManager[Lambda]]
) -> _Target:
    signature = inspect.signature(function)
    wants = _PARAMETER in signature.parameters
    wrapper = functools.wraps(function)(_wrapper(function, enter, wants=wants))
    if wants:
        # pytest would look for a fixture of this name.
        rest = [parameter for name, parameter in signature.parameters.items() if name != _PARAMETER]
        wrapper.__signature__ = signature.replace(parameters=rest)  # type: ignore[attr-defined]
    return wrapper  # type: ignore[return-value]


def _wrapper(
    function: Any,  # noqa: ANN401
    enter: Callable[[tuple[Any, ...]], AbstractContextManager[Lambda]],
    *,
    wants: bool,
) -> Callable[..., Any]:
    def given(named: dict[str, Any], emulator: Lambda) -> dict[str, Any]:
        return {_PARAMETER: emulator, **named} if wants else named

    if inspect.iscoroutinefunction(function):

        async def coroutine(*args: Any, **named: Any) -> Any:  # noqa: ANN401
            with enter(args) as emulator:
                return await function(*args, **given(named, emulator))

        return coroutine
    if inspect.isasyncgenfunction(function):

        async def async_generator(*args: Any, **named: Any) -> AsyncGenerator[Any, Any]:  # noqa: ANN401
            with enter(args) as emulator:
                inner = function(*args, **given(named, emulator))
                try:
                    step = inner.asend(None)
                    while True:
                        try:
                            value = await step
                        except StopAsyncIteration:
                            return
                        try:
                            step = inner.asend((yield value))
                        except GeneratorExit:
                            raise
                        except BaseException as error:  # noqa: BLE001 - the inner generator decides about it
                            step = inner.athrow(error)
                finally:
                    await inner.aclose()

        return async_generator
    if inspect.isgeneratorfunction(function):

        def generator(*args: Any, **named: Any) -> Generator[Any, Any, Any]:  # noqa: ANN401
            with enter(args) as emulator:
                return (yield from function(*args, **given(named, emulator)))

        return generator

    def plain(*args: Any, **named: Any) -> Any:  # noqa: ANN401
        with enter(args) as emulator:
            return function(*args, **given(named, emulator))

    return plain


def _decorate_class(target: Any, entered: Callable[[], AbstractContextManager[Lambda]]) -> Any:  # noqa: ANN401
    """Let each test method run in a context of its own, which is there before the method's own set-up."""
    running: dict[int, Lambda] = {}

    def enter(args: tuple[Any, ...]) -> AbstractContextManager[Lambda]:
        # The set-up of this instance has entered already, unless somebody calls the method by hand.
        emulator = running.get(id(args[0])) if args else None
        return entered() if emulator is None else nullcontext(emulator)

    for name in dir(target):
        function = inspect.getattr_static(target, name)
        if name.startswith("test") and isinstance(function, FunctionType):
            setattr(target, name, _decorate_function(function, enter))
    unittest = sys.modules.get("unittest")
    if unittest is not None and issubclass(target, unittest.TestCase):
        for name in ("run", "debug"):
            setattr(target, name, _unittest_run(getattr(target, name), entered, running))
    else:
        _around_methods(target, entered, running)
    return target


def _unittest_run(
    run: Any,  # noqa: ANN401
    entered: Callable[[], AbstractContextManager[Lambda]],
    running: dict[int, Lambda],
) -> Callable[..., Any]:
    """Enter before ``setUp`` and leave after the last cleanup."""

    @functools.wraps(run)
    def around(self: Any, *args: Any, **named: Any) -> Any:  # noqa: ANN401
        with entered() as emulator:
            running[id(self)] = emulator
            try:
                return run(self, *args, **named)
            finally:
                del running[id(self)]

    return around


def _around_methods(
    target: Any,  # noqa: ANN401
    entered: Callable[[], AbstractContextManager[Lambda]],
    running: dict[int, Lambda],
) -> None:
    """Enter before pytest's ``setup_method`` and leave after ``teardown_method``."""
    set_up, tear_down = getattr(target, "setup_method", None), getattr(target, "teardown_method", None)
    contexts: dict[int, AbstractContextManager[Lambda]] = {}

    def leave(self: Any) -> None:  # noqa: ANN401
        running.pop(id(self), None)
        # A subclass may have set up without us.
        if (context := contexts.pop(id(self), None)) is not None:
            context.__exit__(None, None, None)

    def setup_method(self: Any, method: Any = None) -> None:  # noqa: ANN401
        context = entered()
        running[id(self)] = context.__enter__()
        contexts[id(self)] = context
        try:
            _call_as_pytest_does(set_up, self, method)
        except BaseException:
            # pytest tears down only what was set up.
            leave(self)
            raise

    def teardown_method(self: Any, method: Any = None) -> None:  # noqa: ANN401
        try:
            _call_as_pytest_does(tear_down, self, method)
        finally:
            leave(self)

    target.setup_method = setup_method
    target.teardown_method = teardown_method


def _call_as_pytest_does(function: Any, self: Any, method: Any) -> None:  # noqa: ANN401
    """Call a set-up or tear-down with or without the method, as it is written."""
    if function is None:
        return
    takes_method = len(inspect.signature(function).parameters) > 1
    function(self, method) if takes_method else function(self)
