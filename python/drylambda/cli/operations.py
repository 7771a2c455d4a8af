"""``drylambda operations``: what there is, and what of it is built."""

from __future__ import annotations

from drylambda._drylambda import descriptions, operations

from .names import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "operations",
        help="what is built of Lambda's API",
        description="List the operations of Lambda's API: whether they are built, the rules that they follow, the "
        "tests that show it, method and path. What is not built, as what a newer botocore brings, answers 501 "
        "DrylambdaNotImplemented, which AWS never does.",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--built", action="store_const", dest="which", const=True, help="only what is built")
    which.add_argument("--missing", action="store_const", dest="which", const=False, help="only what is not")
    parser.add_argument("--json", action="store_true", help="write JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the list."""
    rows = [
        {
            "name": name,
            "command": command(python_name),
            "built": built,
            "method": method,
            "path": path,
            "rules": rules,
            "tests": tests,
        }
        for (name, python_name, built), (method, path, rules, tests) in zip(operations(), descriptions(), strict=True)
    ]
    shown = [row for row in rows if options.which in (None, row["built"])]
    if options.json:
        import json  # noqa: PLC0415 - for programs alone

        print(json.dumps(shown, indent=2))
        return 0
    columns = [[str(row[key]) for row in rows] for key in ("name", "rules", "tests")]
    name, rules, tests = (max(map(len, column)) for column in columns)
    print(f"{'operation':<{name}}  built    {'rules':<{rules}}  {'tests':<{tests}}  request")
    for row in shown:
        state = "yes" if row["built"] else "-"
        described = f"{row['rules']:<{rules}}  {row['tests']:<{tests}}  {row['method']:<6} {row['path']}"
        print(f"{row['name']:<{name}}  {state:<7}  {described}")
    print(f"\n{sum(bool(row['built']) for row in rows)} of {len(rows)} built")
    return 0
