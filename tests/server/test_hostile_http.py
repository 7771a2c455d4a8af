"""HTTP that no client of good will speaks: refused or cut off, never a fault of the server's, and it leaves no trace."""

from __future__ import annotations

import base64
import json
import random
import sys
from xml.etree import ElementTree as ET

import pytest
from hostile_requests import ROWS
from raw import CLOSED, OPEN, Connection, Served, converse, request

import drylambda

ROLE = "arn:aws:iam::123456789012:role/app"
#: What a process may have more of for reasons of its own: an arena here, a thread's stack there.
SLACK_BYTES = 6 * 1024 * 1024


def prepared(served):
    """Make a function and an object that nobody is to change."""
    package = base64.b64encode(drylambda.make_zip({"app.py": "pass"})).decode()
    function = {"FunctionName": "app", "Runtime": "python3.13", "Role": ROLE, "Handler": "app.handler"}
    made = [
        served.ask("POST", "/2015-03-31/functions", {**function, "Code": {"ZipFile": package}}),
        served.ask("PUT", "/bucket"),
        served.ask("PUT", "/bucket/object", b"0123456789"),
    ]
    assert [answer.status for answer in made] == [201, 200, 200]
    return served


@pytest.fixture(scope="module")
def served():
    with Served("--settle", "instant") as served:
        yield prepared(served)


def judge(answer):
    """Require that an answer is one that AWS could give: no fault of the server's, and a body that SDKs can read."""
    assert answer.status < 500 or answer.code == "DrylambdaNotImplemented", answer
    if answer.status < 400:
        return
    if answer.headers.get("content-type") == "application/json":
        told = json.loads(answer.body)
        assert answer.code
        assert told.get("message") or told.get("Message")
    elif answer.body:
        assert ET.fromstring(answer.body).find("Code").text == answer.code  # noqa: S314 - it is our own
    for leak in (sys.prefix.encode(), b"root:", b".rs:", b"panicked"):
        assert leak not in answer.body


@pytest.mark.parametrize("row", ROWS)
def test_hostile_http_is_refused_or_cut_off(served, row):
    before = served.state()
    answers, end = converse(served.address, ROWS[row])
    expected = [step for step in ROWS[row] if isinstance(step, str) and step[0].isdigit()]
    assert ([str(answer) for answer in answers], end) == (expected, ROWS[row][-1])
    for answer in answers:
        judge(answer)
    assert served.state() == before


def test_the_table_is_of_eighty_rows_or_more():
    assert len(ROWS) >= 80
    assert all(steps[-1] in (OPEN, CLOSED) for steps in ROWS.values())


def test_a_server_does_not_grow_with_hostile_http():
    with Served("--settle", "instant") as served:
        prepared(served)
        state = served.state()

        def play(times):
            for steps in list(ROWS.values()) * times:
                converse(served.address, steps)
            # What was called is to be remembered.
            assert served.ask("DELETE", "/_drylambda/journal").status == 200

        play(3)
        before = served.resident_bytes
        play(10)
        assert served.resident_bytes - before < SLACK_BYTES
        assert served.is_idle()
        assert served.state() == state


# Packages that are odd, in bodies that come in pieces

CODE = "/2015-03-31/functions/app/code"
ZIP = drylambda.make_zip({"app.py": b"pass", "large.bin": random.Random(1).randbytes(100_000)})  # noqa: S311 - bytes that nothing packs
TEXT = base64.b64encode(ZIP).decode()
MIDDLE = len(TEXT) // 2 // 4 * 4
ODD = {
    "as it should be": f'{{"ZipFile":"{TEXT}"}}',
    "spaces around it": f' {{ "ZipFile" :\n"{TEXT}"\t, "Publish" : false }} ',
    "escaped slashes": '{"ZipFile":"' + TEXT.replace("/", "\\/") + '"}',
    "an escaped letter": '{"ZipFile":"' + f"\\u{ord(TEXT[0]):04x}" + TEXT[1:] + '"}',
    "an escaped letter at the end": '{"ZipFile":"' + TEXT[:-1] + f"\\u{ord(TEXT[-1]):04x}" + '"}',
    "an escaped name": f'{{"Zip\\u0046ile":"{TEXT}"}}',
    "a space in the middle": f'{{"ZipFile":"{TEXT[:MIDDLE]} {TEXT[MIDDLE:]}"}}',
    "a line's end in the middle": f'{{"ZipFile":"{TEXT[:MIDDLE]}\\n{TEXT[MIDDLE:]}"}}',
    "padding in the middle": f'{{"ZipFile":"{TEXT[:MIDDLE]}=={TEXT[MIDDLE:]}"}}',
    "padding that is missing": f'{{"ZipFile":"{TEXT.rstrip("=")}A"}}',
    "padding that is too much": f'{{"ZipFile":"{TEXT}===="}}',
    "a letter too much": f'{{"ZipFile":"{TEXT[:MIDDLE]}A{TEXT[MIDDLE:]}"}}',
    "the alphabet of URLs": '{"ZipFile":"' + TEXT.replace("/", "_").replace("+", "-") + "__--" + '"}',
    "the package twice": f'{{"ZipFile":"{TEXT}","ZipFile":"{TEXT}"}}',
    "a package, and then none": f'{{"ZipFile":"{TEXT}","ZipFile":null}}',
    "a package, and then another": f'{{"ZipFile":"{TEXT}","ZipFile":"UEsF"}}',
    "another, and then a package": f'{{"ZipFile":"UEsF","ZipFile":"{TEXT}"}}',
    "a package and a bucket": f'{{"ZipFile":"{TEXT}","S3Bucket":"b","S3Key":"k"}}',
    "a package for another member": f'{{"S3Key":"{TEXT}"}}',
    "a package within": f'{{"x":{{"ZipFile":"{TEXT}"}}}}',
    "a package in a list": f'{{"ZipFile":["{TEXT}"]}}',
    "no JSON behind it": f'{{"ZipFile":"{TEXT}"}}}}',
    "JSON that ends in it": f'{{"ZipFile":"{TEXT}',
    "a package that is cut": f'{{"ZipFile":"{TEXT[:MIDDLE]}"}}',
    "the words that stand for a package": '{"ZipFile":"(the package that came with this request)","x":"' + TEXT + '"}',
}


@pytest.mark.parametrize("size", [1_000_003, 4096, 997], ids=lambda size: f"pieces of {size}")
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_package_is_answered_as_in_process(odd, size):
    body = ODD[odd].encode()
    assert len(body) > 64 * 1024

    def emulator():
        made = drylambda.Lambda(seed=1, settle="instant")
        code = {"ZipFile": drylambda.make_zip({"app.py": "old"})}
        made.create_function(FunctionName="app", Runtime="python3.13", Role=ROLE, Handler="app.handler", Code=code)
        return made

    here, there = emulator(), emulator()
    expected = here._wire("PUT", "localhost", CODE, "", [], body)
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    with drylambda.Server(there) as server, Connection((server.host, server.port)) as connection:
        connection.send(request("PUT", CODE, Transfer_Encoding="chunked").replace(b"Content-Length: 0\r\n", b""))
        connection.send(b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n")
        answer = connection.answer()
    assert (answer.status, answer.body) == (expected[0], expected[2])
    assert dict(expected[1])["x-amzn-RequestId"] == answer.headers["x-amzn-requestid"]
    assert bytes(there.package("app")) == bytes(here.package("app"))
