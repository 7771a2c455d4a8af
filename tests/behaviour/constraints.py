"""Requests on both sides of every constraint of botocore's model.

The one idea to hold: a case is a whole request that fits the model, but for one member at most; what that member is
given lies on the edge of its constraint, or just beyond it.
"""

from __future__ import annotations

import base64
import copy
import json
import re
from typing import Any, NamedTuple
from urllib.parse import quote

# Texts that fit one pattern of the model or another; the first that fits is taken.
CANDIDATES = [
    "fn",
    "1",
    "x" * 36,
    "prod",
    "$LATEST",
    "lambda:GetLayerVersion",
    "lambda:InvokeFunction",
    "123456789012",
    "12345678-1234-4234-8234-123456789012",
    "o-abcdefghij",
    "s3.amazonaws.com",
    "arn:aws:lambda:us-east-1:123456789012:function:fn",
    "arn:aws:lambda:us-east-1:123456789012:layer:layer",
    "arn:aws:lambda:us-east-1:123456789012:layer:layer:1",
    "arn:aws:lambda:us-east-1::runtime:" + "0" * 64,
    "arn:aws:lambda:us-east-1:123456789012:runtime/mine",
    "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdefg",
    "arn:aws:lambda:us-east-1:123456789012:capacity-provider:provider",
    "arn:aws:lambda:us-east-1:123456789012:function:fn:1/durable-execution/name/12345678-1234-4234-8234-123456789012",
    "arn:aws:signer:us-east-1:123456789012:/signing-profiles/profile/1",
    "arn:aws:iam::123456789012:role/lambda",
    "arn:aws:sqs:us-east-1:123456789012:queue",
    "arn:aws:kms:us-east-1:123456789012:key/1",
    "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0",
    "/mnt/data",
    "subnet-1",
    "sg-1",
    "broker:9092",
    base64.b64encode(b"token" * 8).decode(),
    '{"Version": "2012-10-17"}',
]
#: Texts that break one pattern of the model or another.
BREAKING = ["!", " ", "ü", "a b", "-", ".", "$", "\n", "~"]
#: What no pattern allows to be repeated for this long is left at its own length.
LONGEST = 12_000


class Case(NamedTuple):
    """One request: the member, what is done to it, the input, and whether the model allows it."""

    path: str
    what: str
    parameters: dict[str, Any]
    allowed: bool


def matches(pattern, text):
    """Whether a text has a pattern of the model, whose regular expressions are Java's."""
    # Python has no classes of Unicode by their names; for the texts here these are the same.
    pattern = pattern.replace(r"\p{L}", "a-zA-Zü").replace(r"\p{Z}", " ").replace(r"\p{N}", "0-9")
    return re.fullmatch(pattern, text, re.DOTALL) is not None


def fits(shape, text):
    if shape.enum:
        return text in shape.enum
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 10**7)
    return low <= len(text) <= high and matches(shape.metadata.get("pattern", ".*"), text)


def minimal(shape):
    """Return the least that fits ``shape`` by botocore's model: its required members only."""
    kind, constraints = shape.type_name, shape.metadata
    if kind == "structure":
        return {name: minimal(shape.members[name]) for name in shape.required_members}
    if kind == "list":
        return [minimal(shape.member)] * constraints.get("min", 0)
    if kind == "map":
        return {}
    if kind == "string":
        fitting = [text for text in shape.enum or CANDIDATES if fits(shape, text)]
        assert fitting, f"nothing fits {shape.name}: {constraints}"
        return fitting[0]
    if kind in ("integer", "long"):
        return constraints.get("min", 1)
    return {"boolean": True, "double": 0.5, "float": 0.5, "blob": b"{}", "timestamp": 1_767_225_600}[kind]


def stretched(shape, length):
    """Return a text of a length that fits all but perhaps the lengths of a shape, if one can be found."""
    pattern = shape.metadata.get("pattern", ".*")
    for text in [*CANDIDATES, "a", "*", "/", ""]:
        if len(text) > length:
            continue
        for place in range(len(text)):
            longer = text[:place] + text[place] * (length - len(text)) + text[place:]
            if matches(pattern, longer):
                return longer
        if len(text) == length and matches(pattern, text):
            return text
    return None


def around(shape):
    """Yield values of one shape: what is done, the value, and whether the model allows it."""
    kind = shape.type_name
    yield from {
        "string": around_text, "integer": around_number, "long": around_number, "double": around_number,
        "float": around_number, "list": around_list, "map": around_map, "blob": around_blob,
        "structure": around_nothing, "boolean": around_nothing, "timestamp": around_nothing,
    }[kind](shape)  # fmt: skip


def around_nothing(_shape):
    return ()


def around_text(shape):
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if shape.enum:
        yield "no such value", "nothing-of-the-kind", False
        for value in shape.enum:
            yield f"the value {value}", value, True
        return
    if high is not None and high <= LONGEST:
        yield "one too long", stretched(shape, high + 1) or "x" * (high + 1), False
        edge = stretched(shape, high)
        if edge is not None:
            yield "as long as may be", edge, True
    if low:
        yield "one too short", stretched(shape, low - 1) or "x" * (low - 1), False
        edge = stretched(shape, low)
        if edge is not None:
            yield "as short as may be", edge, True
    if "pattern" in shape.metadata:
        for text in BREAKING:
            if not matches(shape.metadata["pattern"], text) and len(text) >= (low or 0):
                yield f"no such pattern, {text!r}", text, False
        for text in CANDIDATES:
            if fits(shape, text):
                yield f"as {text[:40]}", text, True


def around_number(shape):
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None:
        yield "one too low", low - 1, False
        yield "as low as may be", low, True
    if high is not None:
        yield "one too high", high + 1, False
        yield "as high as may be", high, True


def around_blob(shape):
    high = shape.metadata.get("max")
    if high is not None and high <= 2_000_000:
        yield "one too long", bytes(high + 1), False
        yield "as long as may be", bytes(high), True


def around_list(shape):
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    entry = minimal(shape.member)
    if high is not None and high <= LONGEST:
        yield "one too many", [entry] * (high + 1), False
        yield "as many as may be", [entry] * high, True
    if low:
        yield "one too few", [entry] * (low - 1), False
        yield "as few as may be", [entry] * low, True
    if shape.member.type_name != "structure":
        for what, value, allowed in around(shape.member):
            yield f"with an entry {what}", [value] * max(1, low or 0), allowed


def around_map(shape):
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    value = minimal(shape.value)
    keys = [f"k{index}" for index in range((high or 0) + 1)]
    if high is not None and high <= LONGEST and all(fits(shape.key, key) for key in keys):
        yield "one too many", dict.fromkeys(keys, value), False
        yield "as many as may be", dict.fromkeys(keys[:high], value), True
    if low:
        yield "one too few", {}, False
    for what, key, allowed in around(shape.key):
        yield f"with a key {what}", {key: value}, allowed
    for what, entry, allowed in around(shape.value):
        yield f"with a value {what}", {minimal(shape.key): entry}, allowed


def is_label(shape, name):
    return shape.members[name].serialization.get("location") == "uri"


def in_body(shape, name):
    return "location" not in shape.members[name].serialization


def cases(operation):
    """Yield every case of an operation of botocore's model."""
    shape = operation.input_shape
    if shape is None:
        return
    base = minimal(shape)
    # A list without entries leaves no trace in a query.
    base |= {
        name: [minimal(shape.members[name].member)]
        for name, value in base.items()
        if value == [] and not in_body(shape, name)
    }
    yield Case("", "only what is required", base, allowed=True)
    payload = shape.serialization.get("payload")
    for name in shape.members:
        if name != payload or shape.members[name].type_name == "structure":
            yield from member_cases(
                shape, name, base, (), (), is_label=is_label(shape, name), in_body=in_body(shape, name)
            )


def member_cases(shape, name, base, path, seen, *, is_label, in_body):
    """Yield the cases of one member, and of what is below it."""
    member, place = shape.members[name], (*path, name)

    def case(what, value, *, allowed):
        parameters = copy.deepcopy(base)
        target = parameters
        for step in path:
            target = target[step]
        if value is None:
            target.pop(name, None)
        else:
            target[name] = value
        return Case(".".join(map(str, place)), what, parameters, allowed)

    # Without its label a path is another operation's.
    if name in shape.required_members and not is_label:
        yield case("left out", None, allowed=False)
    for what, value, allowed in around(member):
        if not (is_label and value == "") and (in_body or value != []):
            yield case(what, value, allowed=allowed)
    if in_body:
        wrong = {"string": {"a": "b"}, "boolean": "text", "blob": 7, "timestamp": "text", "list": "text", "map": "text"}
        yield case("of another type", wrong.get(member.type_name, "text"), allowed=False)
    inner = member
    steps = (*path, name)
    outer = copy.deepcopy(base)
    target = outer
    for step in path:
        target = target[step]
    if inner.type_name == "list":
        inner = inner.member
        target[name] = [minimal(inner)] * max(1, member.metadata.get("min", 0))
        steps = (*steps, 0)
    elif inner.type_name == "structure":
        target.setdefault(name, minimal(inner))
    if inner.type_name == "structure" and inner.name not in seen:
        for below in inner.members:
            yield from member_cases(inner, below, outer, steps, (*seen, inner.name), is_label=False, in_body=in_body)


def request(operation, parameters):
    """Return method, path, query, headers and body of a request for these parameters, as SDKs write it."""
    shape, http = operation.input_shape, operation.http
    path, _, query = http["requestUri"].partition("?")
    queries, headers, body = [query] if query else [], [], {}
    payload = shape.serialization.get("payload") if shape else None
    for name, value in parameters.items():
        place = shape.members[name].serialization
        spelled = place.get("name", name)
        if place.get("location") == "uri":
            path = path.replace(f"{{{spelled}}}", quote(str(value), safe=""))
        elif place.get("location") == "querystring":
            values = value if isinstance(value, list) else [value]
            queries += [f"{spelled}={quote(text(it), safe='')}" for it in values]
        elif place.get("location") == "header":
            headers.append((spelled, text(value)))
        elif name == payload:
            body = value
        else:
            body[name] = value
    if not isinstance(body, bytes):
        body = json.dumps(body, default=encoded).encode() if body else b""
    return http["method"], path, "&".join(queries), headers, body


def text(value):
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def encoded(value):
    return base64.b64encode(value).decode()
