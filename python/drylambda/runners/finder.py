"""How a module is found while a space is entered: in the space, or in the process.

The one idea to hold: a module of the process is imported as if there were no space, for it outlives the space and would
keep what it found there. That takes care only where a name is disputed, that is, where both have it.
"""

from __future__ import annotations

import importlib
import sys
import sysconfig
import threading
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader, all_suffixes
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import ModuleType

    from .spaces import Space

__all__ = ["Finder", "find", "has_installed", "is_namespace", "names_in"]

#: Where the standard library is.
_LIBRARY = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib"))
_SUFFIXES = sorted(all_suffixes(), key=len, reverse=True)


class Finder:
    """The first finder of ``sys.meta_path`` while a space is entered."""

    def __init__(self, space: Space) -> None:
        self._space = space
        #: Whether a module of the space was looked for since this was set to false.
        self.found = False
        self._thread = threading.local()
        self._lock = threading.Lock()
        self._outside = 0

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:  # noqa: ANN401
        """Find a module, as the import system asks for it."""
        space = self._space
        if getattr(self._thread, "outside", False):
            return find(name, space.outer_path, space.outer_finders, path, target)
        root = name.partition(".")[0]
        own = [entry for entry in sys.path if entry not in space.outer_path] if path is None else path
        if path is None and root not in space.roots and space.has_added(name, own):
            space.roots.add(name)
        if root in space.roots:
            self.found = True
            if name in space.aside:
                return ModuleSpec(name, _Ready(space.aside[name]))
            if self._outside:
                space.meanwhile.add(name)
            return _of_space(PathFinder.find_spec(name, own, target))
        return self._shared(name) if space.disputed or root in space.yielded else None

    def _shared(self, name: str) -> ModuleSpec | None:
        """Import a module of the process with no disputed module of the space in sight."""
        self._thread.outside = True
        with self._lock:
            self._outside += 1
            if self._outside == 1:
                self._space.set_aside()
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name == name:
                return None
            raise
        finally:
            with self._lock:
                self._outside -= 1
                if self._outside == 0:
                    self._space.bring_back()
            self._thread.outside = False
        # The import system would take a module that is there by now for one to be loaded again.
        sys.modules.pop(name, None)
        return ModuleSpec(name, _Ready(module))


class _Ready(Loader):
    """Loads a module that is there already."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._spec = getattr(module, "__spec__", None)

    def create_module(self, _spec: ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        # The import system has just put its own there.
        module.__spec__ = self._spec


class _SourceLoader(SourceFileLoader):
    """Loads a file without writing beside it: the directory of a package is as it was deployed."""

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:  # noqa: ANN401 - whatever is a buffer
        """Write nothing."""


def _of_space(spec: ModuleSpec | None) -> ModuleSpec | None:
    if spec is None:
        return None
    if type(spec.loader) is SourceFileLoader:
        spec.loader = _SourceLoader(spec.loader.name, spec.loader.path)
    elif is_namespace(spec):
        # A namespace would look for more of itself in all of sys.path.
        spec.submodule_search_locations = list(spec.submodule_search_locations or ())
    return spec


def is_namespace(spec: ModuleSpec) -> bool:
    """Tell whether a module is a directory without ``__init__.py``."""
    return spec.loader is None and spec.submodule_search_locations is not None


def find(
    name: str,
    outer_path: Sequence[str],
    finders: Sequence[Any],
    path: Sequence[str] | None = None,
    target: Any = None,  # noqa: ANN401 - the import system's own
) -> ModuleSpec | None:
    """Find a module of the process."""
    for finder in finders:
        place = outer_path if path is None and finder is PathFinder else path
        spec: ModuleSpec | None = finder.find_spec(name, place, target)
        if spec is not None:
            return spec
    return None


def has_installed(name: str, outer_path: Sequence[str], finders: Sequence[Any]) -> bool:
    """Tell whether a module or a package with ``__init__.py`` of that name is in the standard library or installed.

    In a process of its own a function would find that, and nothing that lies beside the tests.
    """
    entries = [entry for entry in outer_path if _is_installed(entry)]
    for finder in finders:
        spec: ModuleSpec | None = finder.find_spec(name, entries if finder is PathFinder else None)
        if spec is not None and (finder is PathFinder or not spec.has_location or _is_below(spec.origin, entries)):
            return not is_namespace(spec)
    return False


def _is_installed(entry: str) -> bool:
    """Tell whether an entry of ``sys.path`` belongs to the interpreter; a project that is installed as links is not."""
    place = Path(entry)
    if place.name in {"site-packages", "dist-packages"}:
        return True
    return (place.name.endswith(".zip") and place.name.startswith("python")) or _is_below(f"{entry}/", _LIBRARY)


def _is_below(file: str | None, directories: Iterable[str]) -> bool:
    return (file or "").startswith(tuple(f"{directory}/" for directory in directories))


def names_in(directories: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield the names that directories have for the import system, and whether each is more than a directory."""
    for directory in map(Path, directories):
        for place in sorted(directory.iterdir()) if directory.is_dir() else ():
            suffix = next((it for it in _SUFFIXES if place.name.endswith(it)), None)
            name = place.name.removesuffix(suffix or "")
            if not name.isidentifier():
                continue
            if place.is_dir():
                yield name, any((place / f"__init__{suffix}").exists() for suffix in _SUFFIXES)
            elif suffix is not None:
                yield name, True
