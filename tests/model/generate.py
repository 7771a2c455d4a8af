"""Write the service model as data: the Rust table of shapes and the Python stubs.

Run it without arguments to rewrite the files, with ``--check`` to learn whether they are what it would write. The
model is the one in the installed botocore; `patches.json` beside this file says where AWS itself answers otherwise.
Only facts are taken over: names, types, limits, bindings and statuses, and no documentation text.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import botocore  # type: ignore[import-untyped, unused-ignore]
from botocore.loaders import Loader  # type: ignore[import-untyped, unused-ignore]

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Json: TypeAlias = dict[str, Any]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TABLE = ROOT / "src" / "model" / "table.rs"
TYPES = ROOT / "python" / "drylambda" / "types.pyi"
OPERATIONS = ROOT / "python" / "drylambda" / "_operations.pyi"

API_VERSION = "2015-03-31"
# The parts of a list or a map that are shapes themselves.
PARTS = ("member", "key", "value")
# What Python takes, and what it gives.
SCALARS = {
    "string": ("str", "str"),
    "integer": ("int", "int"),
    "long": ("int", "int"),
    "float": ("float", "float"),
    "double": ("float", "float"),
    "boolean": ("bool", "bool"),
    "blob": ("types.Blob", "bytes"),
    "timestamp": ("types.Timestamp", "datetime"),
}
LINE = 120
DIFF_LINES = 20


# The model


class Model:
    """What botocore knows about the service, with the patches applied."""

    def __init__(self) -> None:
        """Read the service, its paginators and its waiters from the installed botocore."""
        loader = Loader()
        service, paginators, waiters = (
            loader.load_service_model("lambda", kind, API_VERSION)
            for kind in ("service-2", "paginators-1", "waiters-2")
        )
        for patch in json.loads((HERE / "patches.json").read_text(encoding="utf-8")):
            apply(service, patch)
        self.shapes: dict[str, Json] = service["shapes"]
        self.operations: dict[str, Json] = dict(sorted(service["operations"].items()))
        self.paginators: dict[str, Json] = paginators["pagination"]
        self.waiters: dict[str, Json] = dict(sorted(waiters["waiters"].items()))

    def input(self, operation: str) -> str:
        """Name the shape of an operation's request."""
        return str(self.operations[operation]["input"]["shape"])

    def output(self, operation: str) -> str | None:
        """Name the shape of an operation's answer, if a success has a body."""
        output = self.operations[operation].get("output")
        return None if output is None else str(output["shape"])

    def exceptions(self) -> list[str]:
        """Name the shapes of errors, sorted."""
        return sorted(name for name, shape in self.shapes.items() if shape.get("exception"))

    def reach(self, roots: Iterable[str]) -> set[str]:
        """Name every shape that can be met on the way down from these."""
        found: set[str] = set()
        waiting = list(roots)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(children(self.shapes[name]))
        return found


def apply(service: Json, patch: Json) -> None:
    """Put one observed value in the place of the model's; fail if the model has changed in that place."""
    *way, last = patch["what"].split("/")
    place = service
    for key in way:
        place = place[key]
    if place[last] != patch["model"]:
        message = f"patches.json: {patch['what']} is {place[last]!r} in the model now, not {patch['model']!r}"
        raise ValueError(message)
    place[last] = patch["value"]


def children(shape: Json) -> Iterator[str]:
    """Name the shapes that a shape refers to."""
    for member in shape.get("members", {}).values():
        yield member["shape"]
    for part in PARTS:
        if part in shape:
            yield shape[part]["shape"]


def python_name(name: str) -> str:
    """Name an operation or a waiter as boto3 does."""
    return str(botocore.xform_name(name))


# The Rust table


def constant(name: str) -> str:
    """Name the Rust item for a shape or an operation."""
    return python_name(name).upper()


def text(value: str) -> str:
    """Write a Rust string literal; JSON's escapes are Rust's for the plain ASCII text of the model."""
    if not value.isascii() or not value.isprintable():
        message = f"not plain text: {value!r}"
        raise ValueError(message)
    return json.dumps(value)


def raw(value: str) -> str:
    """Write a Rust string literal for a pattern, without doubling its backslashes."""
    hashes = "#" if '"' in value else ""
    return f'r{hashes}"{value}"{hashes}'


def boolean(*, value: bool) -> str:
    """Write a Rust boolean."""
    return "true" if value else "false"


def kind(name: str, shape: Json) -> str:
    """Write what a shape is."""
    if shape["type"] == "structure":
        return structure(name, shape)
    fields = []
    if shape["type"] in ("list", "map"):
        fields += [f"{part}: &{constant(shape[part]['shape'])}" for part in PARTS if part in shape]
    if shape["type"] not in ("boolean", "timestamp"):
        number = float if shape["type"] in ("float", "double") else int
        for end in ("min", "max"):
            fields.append(f"{end}: Some({number(shape[end]):_})" if end in shape else f"{end}: None")
    if shape["type"] in ("float", "double"):
        limits = [shape[end] for end in ("min", "max") if end in shape]
        fields.append(f"whole: {boolean(value=all(isinstance(limit, int) for limit in limits))}")
    if shape["type"] in ("integer", "long"):
        fields.append(f"bits: {64 if shape['type'] == 'long' else 32}")
    if shape["type"] == "string":
        fields.append(f"pattern: Some({raw(shape['pattern'])})" if "pattern" in shape else "pattern: None")
        fields.append(f"values: &[{', '.join(text(value) for value in shape.get('enum', ()))}]")
    if shape["type"] == "blob":
        fields.append(f"streaming: {boolean(value=shape.get('streaming', False))}")
    variant = {"long": "Integer", "float": "Double"}.get(shape["type"], shape["type"].capitalize())
    return f"Kind::{variant} {{ {', '.join(fields)} }}" if fields else f"Kind::{variant}"


def make(shape: Json) -> str:
    """Name the constructor of a shape."""
    return "secret" if shape.get("sensitive") else "new"


def structure(name: str, shape: Json) -> str:
    """Write the members of a structure and what else is known about it."""
    required = shape.get("required", ())
    members = ", ".join(member(key, value, required=key in required) for key, value in shape["members"].items())
    payloads = [
        key for key, value in shape["members"].items() if key == shape.get("payload") or "eventpayload" in value
    ]
    payload = f"Some({text(payloads[0])})" if payloads else "None"
    error = f"Some({exception(name, shape)})" if shape.get("exception") else "None"
    stream = boolean(value=shape.get("eventstream", False))
    fields = f"members: &[{members}], payload: {payload}, exception: {error}, event_stream: {stream}"
    return f"Kind::Structure(Structure {{ {fields} }})"


def member(name: str, value: Json, *, required: bool) -> str:
    """Write one member, by the constructor for the place where it travels."""
    places = {None: "body", "uri": "label", "querystring": "query", "header": "header", "statusCode": "status"}
    place = places[value.get("location")]
    arguments = [text(name), f"&{constant(value['shape'])}"]
    if place not in ("body", "status"):
        arguments.append(text(value["locationName"]))
    written = f"Member::{place}({', '.join(arguments)})"
    if required:
        written += ".required()"
    if value.get("idempotencyToken"):
        written += ".token()"
    return written


def exception(name: str, shape: Json) -> str:
    """Write what makes a structure an error."""
    (key,) = (member for member in shape["members"] if member.lower() == "message")
    code = shape["error"].get("code", name)
    sender = boolean(value=not shape.get("fault", False))
    status = shape["error"]["httpStatusCode"]
    return f"Exception {{ code: {text(code)}, status: {status}, message_key: {text(key)}, sender_fault: {sender} }}"


def operation(model: Model, name: str) -> str:
    """Write one operation."""
    facts = model.operations[name]
    path, _, literal = facts["http"]["requestUri"].partition("?")
    key, _, value = literal.partition("=")
    output = model.output(name)
    errors = (f"&shapes::{constant(error['shape'])}" for error in facts.get("errors", ()))
    fields = {
        "name": text(name),
        "python_name": text(python_name(name)),
        "method": text(facts["http"]["method"]),
        "path": text(path),
        "query": f"Some(({text(key)}, {text(value)}))" if literal else "None",
        "status": facts["http"]["responseCode"],
        "input": f"&shapes::{constant(model.input(name))}",
        "output": "None" if output is None else f"Some(&shapes::{constant(output)})",
        "errors": f"&[{', '.join(errors)}]",
        "paginator": paginator(model.paginators.get(name)),
    }
    written = ", ".join(f"{field}: {value}" for field, value in fields.items())
    return f"pub static {constant(name)}: Operation = Operation {{ {written} }};"


def paginator(facts: Json | None) -> str:
    """Write how the pages of a list are walked."""
    if facts is None:
        return "None"
    keys = {"input_token": "input_token", "output_token": "output_token", "limit": "limit_key", "result": "result_key"}
    written = ", ".join(f"{field}: {text(facts[key])}" for field, key in keys.items())
    return f"Some(Paginator {{ {written} }})"


def waiter(name: str, facts: Json) -> str:
    """Write one waiter."""
    acceptors = ", ".join(
        f"Acceptor {{ state: {text(acceptor['state'])}, matches: {matches(acceptor)} }}"
        for acceptor in facts["acceptors"]
    )
    return (
        f"Waiter {{ python_name: {text(python_name(name))}, operation: {text(facts['operation'])}, "
        f"delay: {facts['delay']}, max_attempts: {facts['maxAttempts']}, acceptors: &[{acceptors}] }}"
    )


def matches(acceptor: Json) -> str:
    """Write what an acceptor looks at."""
    expected = acceptor["expected"]
    match acceptor["matcher"], expected:
        case "path", str():
            return f"Matches::Path({text(acceptor['argument'])}, {text(expected)})"
        case "error", bool():
            return f"Matches::AnyError({boolean(value=expected)})"
        case "error", str():
            return f"Matches::Error({text(expected)})"
        case "status", int():
            return f"Matches::Status({expected})"
        case other:
            message = f"no matcher for {other!r}"
            raise ValueError(message)


def table(model: Model) -> str:
    """Write `src/model/table.rs`."""
    lines = [
        f"//! Generated by tests/model/generate.py from botocore {botocore.__version__}; do not edit.",
        "//!",
        "//! One line per operation, here, and one line per shape, in [`shapes`]. The names are AWS's, in Rust case.",
        "",
        '#![allow(missing_docs, reason = "each item is named for the thing of AWS that it describes")]',
        "",
        "use super::{Acceptor, Matches, Operation, Paginator, Shape, Waiter};",
        "",
        "/// The version of the API that this is.",
        f"pub static API_VERSION: &str = {text(API_VERSION)};",
        "",
        "/// The release of botocore that this was read from.",
        f"pub static BOTOCORE_VERSION: &str = {text(botocore.__version__)};",
        "",
        *(operation(model, name) for name in model.operations),
        "",
        "/// Every operation, sorted by AWS's name.",
        "pub static OPERATIONS: &[&Operation] = &[",
        *(f"    &{constant(name)}," for name in model.operations),
        "];",
        "",
        "/// The shape of every error, sorted by AWS's name.",
        "pub static EXCEPTIONS: &[&Shape] = &[",
        *(f"    &shapes::{constant(name)}," for name in model.exceptions()),
        "];",
        "",
        "/// Every waiter, sorted by AWS's name.",
        "pub static WAITERS: &[Waiter] = &[",
        *(f"    {waiter(name, facts)}," for name, facts in model.waiters.items()),
        "];",
        "",
        "/// Every shape, sorted by AWS's name.",
        "pub mod shapes {",
        "    use super::super::{Exception, Kind, Member, Shape, Structure};",
        "",
        *(
            f"    pub static {constant(name)}: Shape = Shape::{make(shape)}({text(name)}, {kind(name, shape)});"
            for name, shape in sorted(model.shapes.items())
        ),
        "}",
        "",
    ]
    return "\n".join(lines)


# The Python stubs


class Stubs:
    """The Python view of the model: what boto3 takes and gives."""

    def __init__(self, model: Model) -> None:
        """Sort the shapes into those that are taken and those that are given."""
        self.model = model
        self.inputs = model.reach(model.input(name) for name in model.operations)
        answers = {name: model.output(name) for name in model.operations}
        self.outputs = model.reach(output for output in answers.values() if output is not None)
        nested = {child for shape in model.shapes.values() for child in children(shape)}
        # The answers that carry the metadata of a response themselves: those of the model that are nothing else.
        self.responses = {f"{name}Response" for name, output in answers.items() if output == f"{name}Response"} - nested
        self.subclasses = {
            f"{name}Response": output for name, output in answers.items() if f"{name}Response" not in self.responses
        }
        if clashes := self.subclasses.keys() & model.shapes.keys():
            message = f"the model has shapes of these names: {sorted(clashes)}"
            raise ValueError(message)

    def annotation(self, name: str, *, given: bool) -> str:
        """Write the type of a value that drylambda takes, or one that it gives."""
        shape = self.model.shapes[name]
        parts = [self.annotation(shape[part]["shape"], given=given) for part in PARTS if part in shape]
        if shape["type"] in ("list", "map"):
            collection = {"list": ("Sequence", "list"), "map": ("Mapping", "dict")}[shape["type"]][given]
            return f"{collection}[{', '.join(parts)}]"
        if shape["type"] == "structure" or "enum" in shape:
            return f"types.EventStream[types.{name}]" if shape.get("eventstream") else f"types.{name}"
        return SCALARS[shape["type"]][given]

    def fields(self, name: str) -> Iterator[str]:
        """Write the fields of a structure's dictionary."""
        shape = self.model.shapes[name]
        given = name in self.outputs
        for key, value in shape["members"].items():
            annotation = self.annotation(value["shape"], given=given)
            if given and key == shape.get("payload") and annotation == "bytes":
                annotation = "types.StreamingBody"
            yield f"{key}: Required[{annotation}]" if key in shape.get("required", ()) else f"{key}: {annotation}"
        if name in self.responses:
            yield "ResponseMetadata: Required[types.ResponseMetadata]"

    def dictionary(self, name: str) -> list[str]:
        """Write the class of a structure."""
        fields = [f"    {field}" for field in self.fields(name)]
        if not fields:
            return [f"class {name}(TypedDict): ...", ""]
        return [f"class {name}(TypedDict, total=False):", *fields, ""]

    def response(self, name: str) -> list[str]:
        """Write the class of an answer that is not a shape of the model."""
        base = self.subclasses[name] or "TypedDict"
        return [f"class {name}({base}):", "    ResponseMetadata: types.ResponseMetadata", ""]

    def types(self) -> str:
        """Write `types.pyi`."""
        reached = self.inputs | self.outputs
        named = {name: shape for name, shape in sorted(self.model.shapes.items()) if name in reached}
        enums = [name for name, shape in named.items() if "enum" in shape]
        structures = [name for name, shape in named.items() if shape["type"] == "structure"]
        lines = [
            *header("A001"),
            "#",
            "# `X` is the dictionary of the model's shape X; keys that are not marked as required may be absent, in a",
            "# request and in an answer. `<Operation>Response` is an answer: it has `ResponseMetadata` too. A running",
            "# program has no such module: import it under `TYPE_CHECKING`.",
            "#",
            "# It imports itself because keys are named like their types: `Runtime: types.Runtime`.",
            "",
            "from collections.abc import Iterator, Mapping, Sequence",
            "from datetime import datetime",
            "from typing import IO, Literal, Protocol, TypeAlias, TypedDict, TypeVar",
            "",
            "from typing_extensions import Required",
            "",
            "from . import types",
            "",
            '_Event_co = TypeVar("_Event_co", covariant=True)',
            "",
            "Blob: TypeAlias = bytes | bytearray | str | IO[bytes]",
            "Timestamp: TypeAlias = datetime | str | float",
            "",
            "class StreamingBody(Protocol):",
            "    def read(self, amt: int | None = ...) -> bytes: ...",
            "    def readlines(self) -> list[bytes]: ...",
            "    def __iter__(self) -> Iterator[bytes]: ...",
            "    def __next__(self) -> bytes: ...",
            "    def __enter__(self) -> IO[bytes]: ...",
            "    def __exit__(self, *_: object) -> None: ...",
            "    def iter_chunks(self, chunk_size: int = ...) -> Iterator[bytes]: ...",
            "    def iter_lines(self, chunk_size: int = ..., keepends: bool = ...) -> Iterator[bytes]: ...",
            "    def tell(self) -> int: ...",
            "    def close(self) -> None: ...",
            "",
            "class EventStream(Protocol[_Event_co]):",
            "    def __iter__(self) -> Iterator[_Event_co]: ...",
            "    def close(self) -> None: ...",
            "",
            "class ResponseMetadata(TypedDict):",
            "    RequestId: str",
            "    HTTPStatusCode: int",
            "    HTTPHeaders: dict[str, str]",
            "    RetryAttempts: int",
            "",
            *(line for name in enums for line in literal(name, named[name]["enum"])),
            "",
            *(line for name in structures for line in self.dictionary(name)),
            *(line for name in sorted(self.subclasses) for line in self.response(name)),
        ]
        return "\n".join(lines)

    def method(self, name: str) -> list[str]:
        """Write the method of an operation: required parameters first, each group in the model's order."""
        shape = self.model.shapes[self.model.input(name)]
        required = shape.get("required", ())
        parameters = [
            f"{key}: {self.annotation(value['shape'], given=False)}{'' if key in required else ' = ...'}"
            for key, value in sorted(shape["members"].items(), key=lambda item: item[0] not in required)
        ]
        opening, closing = f"    def {python_name(name)}(", f") -> types.{name}Response: ..."
        arguments = ["self", "*", *parameters] if parameters else ["self"]
        line = opening + ", ".join(arguments) + closing
        return [line] if len(line) <= LINE else [opening, *(f"        {item}," for item in arguments), f"    {closing}"]

    def operations(self) -> str:
        """Write `_operations.pyi`."""
        lines = [
            *header("N803"),
            "",
            "from collections.abc import Mapping, Sequence",
            "",
            "from . import types",
            "",
            "class Operations:",
            *(line for name in self.model.operations for line in self.method(name)),
            "",
        ]
        return "\n".join(lines)


def header(noqa: str) -> list[str]:
    """Open a stub; AWS's names break one rule in each."""
    return [
        f"# Generated by tests/model/generate.py from botocore {botocore.__version__}; do not edit.",
        f"# ruff: noqa: {noqa}",
    ]


def literal(name: str, values: list[str]) -> list[str]:
    """Write the type of an enumeration."""
    line = f"{name}: TypeAlias = Literal[{', '.join(json.dumps(value) for value in values)}]"
    if len(line) <= LINE:
        return [line]
    return [f"{name}: TypeAlias = Literal[", *(f"    {json.dumps(value)}," for value in values), "]"]


# The files


def render() -> dict[Path, str]:
    """Write every generated file, as text by path."""
    model = Model()
    stubs = Stubs(model)
    return {TABLE: table(model), TYPES: stubs.types(), OPERATIONS: stubs.operations()}


def stale() -> dict[Path, str]:
    """Compare the checked-in files with what would be written: an excerpt of the difference by path."""
    found = {}
    for path, new in render().items():
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if old != new:
            texts = old.splitlines(), new.splitlines()
            difference = difflib.unified_diff(*texts, "checked in", "generated", lineterm="", n=0)
            found[path] = "\n".join(line[:LINE] for line in islice(difference, DIFF_LINES))
    return found


def main() -> int:
    """Rewrite the files, or say which are stale."""
    parser = argparse.ArgumentParser(description="Generate the Rust table and the Python stubs of the service model.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a file is stale")
    if parser.parse_args().check:
        found = stale()
        for path, excerpt in found.items():
            sys.stderr.write(f"{path.relative_to(ROOT)} is stale; run tests/model/generate.py\n{excerpt}\n")
        return 1 if found else 0
    for path, new in render().items():
        path.write_text(new, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
