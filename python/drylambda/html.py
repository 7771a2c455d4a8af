"""What notebooks show of emulators, functions, packages and calls.

The one idea to hold: plain HTML without scripts, styles sheets and ids, in the colours that the notebook has, light or
dark: lines and faint text are made from the text's own colour. Every text that somebody chose is escaped, here alone.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from .look import Function, points_to
from .text import printable, size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._drylambda import Package
    from ._lambda import Lambda
    from .journal import Journal
    from .package_diff import PackageDiff

#: How many rows a table shows, and how many folders deep a package is one folder within another.
ROWS, DEPTH = 50, 20

_LINE = "1px solid color-mix(in srgb, currentColor 25%, transparent)"
_TABLE = "border-collapse:collapse;margin:0.3em 0;font-size:0.95em"
_CELL = f"text-align:left;vertical-align:top;padding:0.15em 0.9em 0.15em 0;border-bottom:{_LINE};background:none"
_HEAD = f"{_CELL};font-weight:600;opacity:0.7"
_FAINT = "opacity:0.65"
_PRE = (
    f"margin:0.3em 0;padding:0.4em;border:{_LINE};max-height:30em;overflow:auto;"
    "font-family:monospace;background:none;color:inherit"
)
#: What notebooks put around code is for code among words.
_CODE = "padding:0;background:none;color:inherit"


def _text(value: object) -> str:
    return escape(printable(str(value)))


def _code(value: object) -> str:
    return f'<code style="{_CODE}">{_text(value)}</code>'


def _faint(value: object) -> str:
    return f'<span style="{_FAINT}">{_text(value)}</span>'


def _table(heads: Iterable[str], rows: list[list[str]], most: int = ROWS) -> str:
    """Make a table of cells that are HTML already."""
    if not rows:
        return ""
    head = "".join(f'<th scope="col" style="{_HEAD}">{_text(name)}</th>' for name in heads)
    lines = ["".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells) for cells in rows[:most]]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    more = f'<div style="{_FAINT}">and {len(rows) - most} more</div>' if len(rows) > most else ""
    return f'<table style="{_TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}'


def _titled(title: str, *parts: str) -> str:
    return f"<div><div><b>{title}</b></div>{''.join(parts)}</div>"


def _row(configuration: dict[str, Any]) -> list[str]:
    return [
        _text(configuration.get("Runtime") or configuration.get("PackageType", "")),
        _code(configuration["CodeSha256"][:10]),
        _text(size(configuration["CodeSize"])),
        _text(configuration["LastModified"][:19].replace("T", " ")),
    ]


def emulator(lambda_: Lambda) -> str:
    """Show an emulator: the functions of its account and Region, and how many calls it has answered."""
    names = lambda_._names()
    rows = [_function_row(lambda_, name) for name in names[:ROWS]]
    heads = ["function", "state", "runtime", "CodeSha256", "size", "modified", "versions", "aliases"]
    calls = len(lambda_._journal())
    about = _faint(f"{len(names)} function{'s' if len(names) != 1 else ''}, {calls} call{'s' if calls != 1 else ''}")
    left = f'<div style="{_FAINT}">and {len(names) - ROWS} more</div>' if len(names) > ROWS else ""
    title = f"drylambda {_text(lambda_.region)} {_text(lambda_.account_id)}"
    return _titled(title, about, _table(heads, rows), left)


def _function_row(lambda_: Lambda, name: str) -> list[str]:
    try:
        it = Function(lambda_, name)
    except ValueError:
        # Another thread was quicker.
        return [_code(name), _faint("deleted meanwhile"), *[""] * 6]
    return [
        _code(it.name),
        _text(it.state),
        *_row(it.configuration),
        _text(len(it.versions)),
        "<br>".join(f"{_code(name)} {_text(points_to(alias))}" for name, alias in it.aliases.items()),
    ]


def function(it: Function) -> str:
    """Show a function with its versions and aliases."""
    pointing: dict[str, list[str]] = {}
    for name, alias in it.aliases.items():
        weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        for version in [alias["FunctionVersion"], *weights]:
            pointing.setdefault(version, []).append(name)
    rows = [
        [_code(version), *_row(configuration), " ".join(map(_code, pointing.get(version, [])))]
        for version, configuration in [("$LATEST", it.configuration), *reversed(it.versions.items())]
    ]
    reason = it.configuration.get("LastUpdateStatusReason") or it.configuration.get("StateReason") or ""
    handler = it.configuration.get("Handler", "")
    sizes = [f"{it.configuration.get('MemorySize', '')} MB", f"{it.configuration.get('Timeout', '')} s"]
    facts = ", ".join([*([handler] if handler else []), *sizes])
    aliases = [
        [_code(name), _text(points_to(alias)), _text(alias["Description"])] for name, alias in it.aliases.items()
    ]
    return _titled(
        f"{_code(it.name)} {_text(it.state)}",
        _faint(reason if it.state != "Active" and reason else facts),
        _table(["version", "runtime", "CodeSha256", "size", "modified", "aliases"], rows),
        _table(["alias", "version", "description"], aliases),
    )


def package(it: Package) -> str:
    """Show a package as a tree of folders with their sizes."""
    tree: dict[str, Any] = {}
    for name, size_bytes in it.sizes.items():
        # What lies deeper is shown by the rest of its path: whoever made the name is not to say how deep this goes.
        *folders, file = name.split("/", DEPTH)
        at = tree
        for folder in folders:
            inner = at.setdefault(f"{folder}/", {})
            at = inner
        at[file] = size_bytes
    plural = "s" if len(it) != 1 else ""
    about = f"{len(it)} file{plural}, {size(it.size)}, {size(it.unzipped_size)} unzipped, CodeSha256 {it.sha256}"
    return _titled("Package", _faint(about), _folder(tree))


def _folder(tree: dict[str, Any]) -> str:
    # Folders first; within them the largest first.
    entries = sorted(tree.items(), key=lambda item: (not isinstance(item[1], dict), -_total(item[1]), item[0]))
    lines = []
    for name, entry in entries[:ROWS]:
        about = f"{_code(name)} {_faint(size(_total(entry)))}"
        if isinstance(entry, dict):
            lines.append(f"<details><summary>{about}</summary>{_folder(entry)}</details>")
        else:
            # Its name stands below those of folders, which have a mark before them.
            lines.append(f'<div style="padding-left:1.1em">{about}</div>')
    if len(entries) > ROWS:
        lines.append(f'<div style="{_FAINT}">and {len(entries) - ROWS} more</div>')
    return f'<div style="margin-left:1.2em">{"".join(lines)}</div>'


def _total(entry: Any) -> int:  # noqa: ANN401 - a folder or a size
    return sum(map(_total, entry.values())) if isinstance(entry, dict) else entry


def diff(it: PackageDiff) -> str:
    """Show the difference of two packages: a line for each file, and the lines that changed in it."""
    parts = []
    for what, names in (("added", it.added), ("removed", it.removed), ("changed", it.changed)):
        for name in names[:ROWS]:
            contents = [b"" if name not in side else side.read(name) for side in (it.old, it.new)]
            text = "\n".join(printable(line) for line in "\n".join(it.changes(name, *contents)).split("\n"))
            lines = f'<pre style="{_PRE}">{escape(text)}</pre>'
            parts.append(f"<details><summary>{_faint(what)} {_code(name)}</summary>{lines}</details>")
        if len(names) > ROWS:
            parts.append(f'<div style="{_FAINT}">and {len(names) - ROWS} more {what}</div>')
    return _titled("Package diff", *(parts or [_faint("nothing")]))


def journal(it: Journal) -> str:
    """Show calls, the newest last."""
    rows = []
    for entry in it[-ROWS:]:
        parameters = ", ".join(f"{name}={value!r}" for name, value in entry.parameters.items())
        outcome = (
            f"<b>{_text(entry.error_code)}</b><br>{_faint(entry.error_message or '')}" if entry.error_code else "ok"
        )
        rows.append([_faint(f"{entry.time:%H:%M:%S}"), _text(entry.operation), _code(parameters[:200]), outcome])
    earlier = f'<div style="{_FAINT}">{len(it) - ROWS} earlier</div>' if len(it) > ROWS else ""
    title = f"{len(it)} call{'s' if len(it) != 1 else ''}"
    return _titled(title, earlier, _table(["time", "operation", "parameters", "answer"], rows))
