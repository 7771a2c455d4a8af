"""The handler that was deployed, in the test's own process: breakpoints, patches and mocks reach it.

The one idea to hold: an execution environment is a module space and what is around it, one for each version of code and
configuration, kept warm from call to call as on AWS. It is gone with an update, and after a handler that ended its
process.
"""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING, TypeAlias

from . import Runner, RunnerError
from .answer import Fault, Handler, answer, died, exited, init_fault, place, timed_out
from .spaces import Space
from .surroundings import TURN, Surroundings

if TYPE_CHECKING:
    from types import ModuleType

    from drylambda._drylambda import Invocation

    from . import Outcome
    from .answer import Answer

__all__ = ["InProcess"]

#: Whose environment it is: account, Region, function, version, tenant.
_Key: TypeAlias = tuple[str, str, str, str, str | None]


class InProcess(Runner):
    """Runs the handlers of Python functions in this process, one after the other.

    ``timeouts=True`` answers as AWS where a handler took longer than its function's timeout. It is never interrupted,
    as no thread can be, and by default it may take its time: somebody may be at a breakpoint, or the machine be slow.
    """

    def __init__(self, *, timeouts: bool = False) -> None:
        self._timeouts = timeouts
        self._environments: dict[_Key, _Environment] = {}

    def __call__(self, invocation: Invocation) -> Outcome:
        """Run one call to its end."""
        TURN.take(invocation.function_name)
        try:
            environment = self._environment(invocation)
            (payload, error), log = environment.run(invocation, lambda: self._answer(environment, invocation))
        finally:
            TURN.give_back()
        return payload, error, log

    def module(self, invocation: Invocation, name: str | None = None) -> ModuleType:
        """Return a module of a function, which is imported if it is not yet: by default that of its handler.

        It is the object that the handler has, so that ``unittest.mock.patch.object`` of its attributes reaches it.

        Raises `RunnerError` if it cannot be imported.
        """
        TURN.take(invocation.function_name)
        try:
            environment = self._environment(invocation)
            name = name or _module_name(invocation.handler or "")

            def find() -> ModuleType:
                with environment.space:
                    return environment.space.import_(name)

            return environment.run(invocation, find)[0]
        except ImportError as error:
            msg = f"{invocation.function_name} has no module {name}: {error}"
            raise RunnerError(msg) from error
        finally:
            TURN.give_back()

    def fork(self) -> InProcess:
        """Return one for an independent emulator: with the same settings, and with nothing imported."""
        return InProcess(timeouts=self._timeouts)

    def forget(self) -> None:
        """Let all environments go."""
        environments, self._environments = self._environments, {}
        for environment in environments.values():
            environment.close()

    def _environment(self, invocation: Invocation) -> _Environment:
        """Return the environment of a function's version, which is a new one after an update."""
        place = invocation.account_id, invocation.region, invocation.function_name
        key = *place, invocation.version, invocation.tenant_id
        environment = self._environments.get(key)
        if environment is not None and environment.identity == invocation.identity:
            return environment
        if environment is not None:
            self._drop(environment)
        environment = self._environments[key] = _Environment(key, invocation)
        return environment

    def _drop(self, environment: _Environment) -> None:
        if self._environments.get(environment.key) is environment:
            del self._environments[environment.key]
        environment.close()

    def _answer(self, environment: _Environment, invocation: Invocation) -> Answer:
        began = monotonic()
        try:
            with environment.space:
                answered = environment.answer(invocation)
            if environment.handler is None:
                self._drop(environment)
        except SystemExit as error:
            self._drop(environment)
            return exited(error, invocation.request_id)
        except BaseException as error:
            # What ends a test passes.
            if not environment.ends_at(error):
                raise
            self._drop(environment)
            return exited(died(error), invocation.request_id)
        if self._timeouts and monotonic() - began > invocation.timeout:
            self._drop(environment)
            return timed_out(invocation.timeout, invocation.request_id)
        return answered


def module(runner: object, invocation: Invocation, name: str | None) -> ModuleType:
    """Return a module of a function; see `drylambda.Lambda.module`."""
    if not isinstance(runner, InProcess):
        msg = (
            f"{invocation.function_name} does not run in this process: "
            f'emulator.bind("{invocation.function_name}", "in_process") lets it'
        )
        raise TypeError(msg)
    return runner.module(invocation, name)


class _Environment:
    """One execution environment."""

    def __init__(self, key: _Key, invocation: Invocation) -> None:
        runtime = invocation.runtime or ""
        if not runtime.startswith("python") or invocation.handler is None:
            what = f"runtime {runtime}" if runtime else "an image"
            msg = f"{invocation.function_name} has {what}: only handlers in Python run in this process"
            raise RunnerError(msg)
        self.key, self.identity = key, invocation.identity
        # Its folders stay as long as it does.
        self._first = invocation
        code, layers = str(invocation.code_dir), str(invocation.layers_dir)
        minor = f"{sys.version_info.major}.{sys.version_info.minor}"
        self.space = Space([code, f"{layers}/python/lib/python{minor}/site-packages", f"{layers}/python"])
        self._surroundings = Surroundings(invocation, code)
        self._places = {code: "/var/task", layers: "/opt"}
        #: None until it was imported.
        self.handler: Handler | None = None
        self.run = self._surroundings.run

    def answer(self, invocation: Invocation) -> Answer:
        """Call the handler, which is imported before its first call."""
        if self.handler is None:
            if remark := _remark(invocation.runtime or ""):
                sys.stdout.write(f"{remark}\n")
            try:
                self.handler = self._import(invocation.handler or "")
            except Exception as error:  # noqa: BLE001 - whatever a module raises
                return init_fault(error, invocation, self._places)
        self._surroundings.identify(invocation)
        return answer(self.handler, invocation, self._places)

    def ends_at(self, error: BaseException) -> bool:
        """Tell whether what is no ``Exception`` can be nobody's but the function's, and ends its process."""
        cancelled = getattr(sys.modules.get("asyncio"), "CancelledError", GeneratorExit)
        module = type(error).__module__
        return isinstance(error, (GeneratorExit, cancelled)) or str(module).partition(".")[0] in self.space.roots

    def _import(self, text: str) -> Handler:
        module, _, name = text.rpartition(".")
        if not module:
            kind = "Runtime.MalformedHandlerName"
            raise Fault(kind, f"Bad handler '{text}': not enough values to unpack (expected 2, got 1)")
        if module.partition(".")[0] in sys.builtin_module_names:
            kind = "Runtime.BuiltInModuleConflict"
            raise Fault(kind, f"Cannot use built-in module {module} as a handler module")
        try:
            found = self.space.import_(_module_name(text))
        except ImportError as error:
            kind = "Runtime.ImportModuleError"
            raise Fault(kind, f"Unable to import module '{module}': {error}") from None
        except SyntaxError as error:
            trace = [f'  File "{self._place(error.filename)}" Line {error.lineno}\n    {error.text}']
            kind = "Runtime.UserCodeSyntaxError"
            raise Fault(kind, f"Syntax error in module '{module}': {error}", trace) from None
        try:
            handler: Handler = getattr(found, name)
        except AttributeError:
            kind = "Runtime.HandlerNotFound"
            raise Fault(kind, f"Handler '{name}' missing on module '{module}'") from None
        return handler

    def _place(self, filename: str | None) -> str:
        return place(filename or "", self._places)

    def close(self) -> None:
        """Let everything go that the process knows of it."""
        self.space.close()
        self._surroundings.close()


def _remark(runtime: str) -> str | None:
    """Return what is said in the log of a function that wants another Python, as of one in a process."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    wanted = runtime.removeprefix("python")
    if wanted == version:
        return None
    return (
        f"drylambda: the function wants python{wanted} and runs with Python {version}, as the tests do; give another "
        f'interpreter with runner=drylambda.runners.Process(commands={{"python{wanted}": ["/path/to/python", "-m", '
        '"awslambdaric"]})'
    )


def _module_name(handler: str) -> str:
    """Return the module of a handler, which may be written as a path."""
    return handler.rpartition(".")[0].replace("/", ".")
