"""A module space: the modules of one function's package and layers, apart from those of the process and of all others.

The one idea to hold: the modules of a space stand in ``sys.modules`` only while its handler runs or is imported, so
that whatever looks there (relative imports, `importlib`, `pickle`, `dataclasses`, `typing`) finds what it would on AWS,
and two functions may both have an ``app``. A name is the space's if its directories have it; every other module is the
process's own, there for the handler and the test alike, and that is how patches and mocks reach a handler.

Some names are the process's though a package has them: what Lambda's runtime has imported before any handler; AWS's
SDK, as a copy of it would pass every mock by and reach for the network; packages with C extensions that the process has
too, as those can be loaded once only; and folders without ``__init__.py`` where something more is installed or in the
standard library, as that is what Python prefers. What merely lies beside the tests never wins.
"""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager
from importlib.machinery import EXTENSION_SUFFIXES, PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .finder import Finder, find, has_installed, is_namespace, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

__all__ = ["Space", "outside"]

#: What Lambda's runtime for Python has imported before a handler; a file of such a name is never looked at.
RUNTIMES = frozenset(
    (
        "abc", "atexit", "binascii", "bisect", "builtins", "bz2", "codecs", "collections", "contextlib", "copyreg",
        "decimal", "encodings", "enum", "errno", "fnmatch", "functools", "genericpath", "importlib", "io",
        "ipaddress", "itertools", "json", "keyword", "linecache", "logging", "lzma", "marshal", "math", "ntpath",
        "numbers", "operator", "os", "pathlib", "posix", "posixpath", "random", "re", "reprlib", "shutil", "site",
        "stat", "string", "struct", "sys", "tempfile", "textwrap", "threading", "time", "token", "tokenize",
        "traceback", "types", "typing", "urllib", "warnings", "weakref", "zipfile", "zipimport", "zlib",
    )
)  # fmt: skip
#: AWS's SDK: what a test mocks.
SDK = frozenset({"aioboto3", "aiobotocore", "boto3", "botocore", "s3transfer"})

#: Packages with C extensions that a space has loaded, by their name: the process can load them once.
_loaded: dict[str, dict[str, ModuleType]] = {}
#: The spaces that are entered, the innermost last; only whoever has the turn changes it.
_entered: list[Space] = []


class Space:
    """The modules of one execution environment; ``directories`` are searched in this order, before ``sys.path``.

    What is public is for `Finder`.
    """

    def __init__(self, directories: Sequence[str]) -> None:
        path, finders = _entered[-1].outer if _entered else (sys.path, sys.meta_path)
        #: Names of the modules and packages that are the space's, and those of them that the process has, too.
        self.roots: set[str] = set()
        self.disputed: set[str] = set()
        #: Names that are the process's though the directories have them.
        self.yielded: set[str] = set()
        #: Disputed modules of the space while a module of the process is imported, and names that came since then.
        self.aside: dict[str, ModuleType] = {}
        self.meanwhile: set[str] = set()
        #: The process's own ``sys.path`` and ``sys.meta_path``, as objects.
        self.outer: tuple[list[str], list[Any]] = (path, finders)
        self.outer_path = list(path)
        self._directories = list(directories)
        self._modules: dict[str, ModuleType] = {}
        self._hidden: dict[str, ModuleType] = {}
        self._path = [*directories, *path]
        self._finder, self._finders = Finder(self), list[Any]()
        #: How many modules there were when the space was entered.
        self._count = 0
        self._known: tuple[int, str | None] = (0, None)
        self._names: dict[str, list[str]] = {}
        for name, is_regular in names_in(directories):
            self._claim(name, is_regular=is_regular)

    @property
    def outer_finders(self) -> list[Any]:
        """The finders of the process."""
        return self.outer[1]

    def has_added(self, name: str, entries: Sequence[str]) -> bool:
        """Tell whether the name is in a directory among these that the function has put on ``sys.path`` itself."""
        spec = PathFinder.find_spec(name, [entry for entry in entries if entry not in self._directories])
        return spec is not None and not (is_namespace(spec) and self._gives_way(name))

    def _gives_way(self, name: str) -> bool:
        """Tell whether a folder without ``__init__.py`` is passed by for something that is installed."""
        return has_installed(name, self.outer_path, self.outer_finders)

    def import_(self, name: str) -> ModuleType:
        """Import a module of the space, which is entered.

        Raises ``ModuleNotFoundError`` for one that only the process has.
        """
        if name.partition(".")[0] not in self.roots:
            msg = f"No module named {name!r}"
            raise ModuleNotFoundError(msg, name=name)
        return importlib.import_module(name)

    def close(self) -> None:
        """Forget what the import system knows of the directories."""
        for entry in [entry for entry in sys.path_importer_cache if entry.startswith(tuple(self._directories))]:
            sys.path_importer_cache.pop(entry, None)

    def __enter__(self) -> None:
        if _entered:
            _entered[-1]._withdraw()
        _entered.append(self)
        self._show()

    def __exit__(self, *_: object) -> None:
        self._withdraw()
        _entered.pop()
        if _entered:
            _entered[-1]._show()

    def _claim(self, name: str, *, is_regular: bool) -> None:
        """Take a name for the space, unless it is the process's."""
        if name in self.roots:
            return
        if name in RUNTIMES:
            self.yielded.add(name)
            return
        other = find(name, self.outer_path, self.outer_finders)
        if other is not None:
            gives_way = not is_regular and self._gives_way(name)
            if gives_way or name in SDK or (name not in _loaded and self._has_extensions(name)):
                self.yielded.add(name)
                return
            self.disputed.add(name)
        self.roots.add(name)
        self._modules.update(_loaded.get(name, {}))

    def _has_extensions(self, name: str) -> bool:
        for directory in self._directories:
            place = Path(directory, name)
            files = place.rglob("*") if place.is_dir() else Path(directory).glob(f"{name}.*")
            if any(_is_extension(str(file)) for file in files):
                return True
        return False

    def _show(self) -> None:
        """Put the modules of the space in the place of the process's of the same names."""
        self.outer = sys.path, sys.meta_path
        if sys.path != self.outer_path:
            own = [entry for entry in self._path if entry not in self.outer_path]
            self.outer_path = list(sys.path)
            self._path = [*own, *sys.path]
        sys.path = self._path
        sys.meta_path = [self._finder, *self.outer_finders, *self._finders]
        for name in self._outer_names():
            self._hidden[name] = sys.modules.pop(name)
        sys.modules.update(self._modules)
        self._finder.found = False
        self._count = len(sys.modules)

    def _outer_names(self) -> list[str]:
        """Return the names of the process's modules that the space hides."""
        modules = sys.modules
        shared = [name for name in self.roots if name in modules]
        if not shared:
            return shared
        self.disputed.update(shared)
        # Looking at all names takes longer than the rest of a call, so it is done when modules have come or gone.
        known = len(modules), next(reversed(modules))
        if known != self._known:
            self._known = known
            self._names = {root: _below(root) for root in shared}
        names = [name for root in shared for name in self._names.get(root) or _below(root)]
        return [name for name in names if name in modules]

    def _withdraw(self) -> None:
        """Take the modules of the space, with those that have come, out of the process."""
        modules = sys.modules
        if self._finder.found or len(modules) != self._count:
            self._modules = {name: it for name, it in modules.items() if name.partition(".")[0] in self.roots}
            self._keep_extensions()
        for name in self._modules:
            modules.pop(name, None)
        modules.update(self._hidden)
        self._hidden.clear()
        self._path = sys.path
        finders = self.outer_finders
        self._finders = [it for it in sys.meta_path if it is not self._finder and it not in finders]
        sys.path, sys.meta_path = self.outer

    def _keep_extensions(self) -> None:
        """Keep packages with C extensions for the spaces to come."""
        for name, module in self._modules.items():
            if _is_extension(_file(module)):
                _loaded.setdefault(name.partition(".")[0], {})
        for name, module in self._modules.items():
            kept = _loaded.get(name.partition(".")[0])
            if kept is not None:
                kept[name] = module

    def set_aside(self) -> None:
        """Show the process's modules of disputed names."""
        for name in [name for root in self.disputed for name in _below(root)]:
            self.aside[name] = sys.modules.pop(name)
        sys.modules.update(self._hidden)

    def bring_back(self) -> None:
        """Show the space's modules of disputed names again."""
        self._hidden.clear()
        for name in [name for root in self.disputed for name in _below(root)]:
            module = sys.modules.pop(name)
            if name in self.meanwhile:
                self.aside[name] = module
            elif self.aside.get(name) is not module:
                self._hidden[name] = module
        sys.modules.update(self.aside)
        self.aside.clear()
        self.meanwhile.clear()


@contextmanager
def outside() -> Iterator[None]:
    """Leave the space that is entered, for a block that is the test's own; whoever calls has the turn."""
    space = _entered[-1] if _entered else None
    if space is None:
        yield
        return
    space._withdraw()
    try:
        yield
    finally:
        space._show()


def _below(root: str) -> list[str]:
    """Return the names of a module that is there, and of those in it."""
    return [name for name in sys.modules if name == root or name.startswith(f"{root}.")]


def _file(module: ModuleType) -> str:
    """Return the file of a module, or nothing; a module may have put any object in its place."""
    try:
        file = module.__file__
    except Exception:  # noqa: BLE001 - whatever such an object raises
        return ""
    return file if isinstance(file, str) else ""


def _is_extension(file: str) -> bool:
    return file.endswith(tuple(EXTENSION_SUFFIXES))
