"""``drylambda operations``: what there is, and what of it is built."""

from __future__ import annotations

from drylambda._drylambda import operations, routes

from .names import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "operations",
        help="what is built of Lambda's API",
        description="List the operations of Lambda's API: whether they are built, their method and path. What is not "
        "built answers 501 DrylambdaNotImplemented, which AWS never does.",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--built", action="store_const", dest="which", const=True, help="only what is built")
    which.add_argument("--missing", action="store_const", dest="which", const=False, help="only what is not")
    parser.add_argument("--json", action="store_true", help="write JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the list."""
    rows = [
        {"name": name, "command": command(python_name), "built": built, "method": method, "path": path}
        for (name, python_name, built), (method, path) in zip(operations(), routes(), strict=True)
    ]
    shown = [row for row in rows if options.which in (None, row["built"])]
    if options.json:
        import json  # noqa: PLC0415 - for programs alone

        print(json.dumps(shown, indent=2))
        return 0
    width = max(len(str(row["name"])) for row in rows)
    print(f"{'operation':<{width}}  built  request")
    for row in shown:
        print(f"{row['name']:<{width}}  {'yes' if row['built'] else '-':<5}  {row['method']:<6} {row['path']}")
    print(f"\n{sum(bool(row['built']) for row in rows)} of {len(rows)} built")
    return 0
