"""The names of operations, as people write them: ``UpdateFunctionCode``, or ``update-function-code`` as the AWS CLI."""

from __future__ import annotations

from drylambda._drylambda import operations


def command(python_name: str) -> str:
    """Return the AWS CLI's name of an operation, from boto3's."""
    return python_name.replace("_", "-")


def operation(text: str) -> str:
    """Return AWS's name of an operation, however it is written; raise ``ValueError`` with the nearest names."""
    known = {}
    for name, python_name, _ in operations():
        known.update({name: name, python_name: name, command(python_name): name})
    if text in known:
        return known[text]
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    # Whoever writes a name in one way is told names in that way.
    alike = [name for name in known if ("-" in name) == ("-" in text) and "_" not in name]
    folded = {name.lower(): name for name in alike}
    near = [folded[name] for name in get_close_matches(text.lower(), folded, 3)]
    instead = f"did you mean {' or '.join(near)}?" if near else "`drylambda operations` lists them"
    msg = f"{text!r} is no operation of Lambda; {instead}"
    raise ValueError(msg)
