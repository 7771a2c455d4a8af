"""``drylambda check``: what AWS would say of a package, and what the first invocation would."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from drylambda._drylambda import UNZIPPED_BYTES, ZIPPED_BYTES, check_file
from drylambda.text import printable, size

from .progress import Bar

if TYPE_CHECKING:
    import argparse

    from drylambda import Package

#: How many of the largest files are told, and how many of those with the same warning.
LARGEST, NAMES = 5, 3


class Verdict(NamedTuple):
    """What AWS would say of a package, and what the first invocation would."""

    file: str
    #: Nothing for what can be no package.
    package: Package | None
    #: Code and text of AWS's refusal, and what was found.
    refusal: tuple[str, str, str | None] | None
    #: What each is about, and what is wrong with it.
    warnings: list[tuple[str, str]]
    layers: list[Package]

    @property
    def unzipped_bytes_of_layers(self) -> int:
        """What the layers have unzipped."""
        return sum(layer.unzipped_size for layer in self.layers)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "check",
        help="what AWS would say of a package",
        description="Say what AWS would say of a package, its CodeSha256 and its sizes; and warn of what AWS does not "
        "say and the first invocation would.",
        epilog="Exit code: 0 AWS accepts it, 1 AWS refuses it, 2 it cannot be read, 3 there are warnings (--strict).",
    )
    parser.add_argument("file", metavar="FILE", help="the zip")
    parser.add_argument("--handler", metavar="NAME", help="the function's handler, as app.handler")
    parser.add_argument("--runtime", metavar="NAME", help="the function's runtime, as python3.13")
    parser.add_argument("--architecture", choices=["x86_64", "arm64"], help="the function's architecture")
    parser.add_argument(
        "--layer",
        metavar="FILE",
        action="append",
        default=[],
        help="the zip of a layer it has; may be repeated",
    )
    parser.add_argument("--s3", action="store_true", help="the package comes from S3, so it may be larger than 50 MB")
    parser.add_argument("--strict", action="store_true", help="exit with 3 if there are warnings")
    parser.add_argument("--json", action="store_true", help="write JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check a package and write the verdict."""
    layers = [_layer(path) for path in options.layer]
    bar = Bar(options.file)
    try:
        package, refusal, as_request = check_file(options.file, layers, bar)
    finally:
        bar.clear()
    if not options.s3:
        refusal = refusal or as_request
    warnings: list[tuple[str, str]] = []
    if package is not None:
        warnings = package.advise(options.handler, options.runtime, options.architecture, layers)
    write = _json if options.json else _text
    write(Verdict(options.file, package, refusal, warnings, layers))
    if refusal is not None:
        return 1
    return 3 if warnings and options.strict else 0


def _layer(path: str) -> Package:
    package, refusal, _ = check_file(path, [])
    if package is None:
        _, text, found = refusal or ("", "", None)
        msg = f"layer {path}: AWS would refuse it: {text} ({found})"
        raise ValueError(msg)
    return package


def _largest(package: Package) -> list[tuple[str, int]]:
    return sorted(package.sizes.items(), key=lambda item: (-item[1], item[0]))[:LARGEST]


def _json(it: Verdict) -> None:
    verdict: dict[str, Any] = {"file": it.file, "accepted": it.refusal is None, "error": None}
    if it.refusal is not None:
        verdict["error"] = dict(zip(("code", "message", "found"), it.refusal, strict=True))
    if it.package is not None:
        verdict |= {
            "CodeSha256": it.package.sha256,
            "CodeSize": it.package.size,
            "unzipped_size": it.package.unzipped_size,
            "unzipped_size_of_layers": it.unzipped_bytes_of_layers,
            "files": len(it.package),
            "largest": [{"name": name, "size": size_bytes} for name, size_bytes in _largest(it.package)],
        }
    verdict["warnings"] = [{"about": about, "text": text} for about, text in it.warnings]
    json.dump(verdict, sys.stdout, indent=2)
    print()


def _text(it: Verdict) -> None:
    if it.refusal is None:
        print(f"{it.file}: AWS accepts it")
    else:
        code, text, found = it.refusal
        print(f"{it.file}: AWS refuses it\n\n  {code}: {text}")
        if found:
            print(f"  {printable(found)}")
    if it.package is not None:
        _sizes(it.package, it)
    if it.warnings:
        print("\nAWS does not say, but the first invocation would:")
        # Whoever zipped one file with a wrong mode zipped all of them with it.
        about: dict[str, list[str]] = {}
        for name, text in it.warnings:
            about.setdefault(text, []).append(printable(name))
        for text, names in about.items():
            others = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
            print(f"  {', '.join(names[:NAMES])}{others}: {text}")


def _sizes(package: Package, it: Verdict) -> None:
    unzipped = package.unzipped_size + it.unzipped_bytes_of_layers
    with_layers = f" with {len(it.layers)} layer{'s' if len(it.layers) != 1 else ''}" if it.layers else ""
    print(f"\n  CodeSha256  {package.sha256}")
    print(f"  zipped      {size(package.size)}, {_share(package.size, ZIPPED_BYTES)} of a request's limit")
    print(f"  unzipped    {size(unzipped)}{with_layers}, {_share(unzipped, UNZIPPED_BYTES)} of a function's limit")
    print(f"  files       {len(package)}")
    for index, (name, size_bytes) in enumerate(_largest(package)):
        print(f"  {'largest' if index == 0 else '':<10}  {size(size_bytes):>11}  {printable(name)}")


def _share(count: int, limit: int) -> str:
    return f"{100 * count / limit:.1f} %"
