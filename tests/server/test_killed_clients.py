"""Clients that die in the middle of an upload: nothing is kept of what they sent, and nothing is done of what they asked."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from raw import Connection, Served
from test_hostile_http import prepared

UPLOADS, ROUNDS, AT_ONCE, KILLED = 1000, 5, 8, 8
#: Of the gigabyte and a half that is sent here. What the allocator keeps for each thread comes and goes.
SLACK_BYTES = 12 * 1024 * 1024

TEXT = b"UEsDBBQA" * 400_000
HEADS = [
    b'PUT /2015-03-31/functions/app/code HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000000\r\n\r\n{"ZipFile":"',
    b'POST /2015-03-31/functions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n{"FunctionName":"new","Code":{"ZipFile":"',
    b'PUT /2015-03-31/functions/app/code HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3d0900\r\n{"ZipFile":"',
    b"PUT /bucket/object HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40000000\r\n\r\n",
]
#: Between what fits a socket's buffer and what does not.
SENT_BYTES = [200_000, 700_000, 1_500_000, 3_200_000]


def reset(client):
    """Close a connection as the system does for a process that was killed: whoever still sends is told off."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def upload(address, number):
    """Send a part of one upload, and go."""
    head, size = HEADS[number % len(HEADS)], SENT_BYTES[number // len(HEADS) % len(SENT_BYTES)]
    with Connection(address) as connection:
        connection.send(head + TEXT[:size])
        if number % 3:
            reset(connection.socket)


def kill_in_upload(address, head):
    """Let a process send a part of an upload, and kill it."""
    program = "import socket, sys; s = socket.create_connection((sys.argv[1], int(sys.argv[2]))); s.sendall(sys.stdin.buffer.read()); print('sent', flush=True); s.recv(1)"
    command = [sys.executable, "-S", "-c", program, address[0], str(address[1])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(head + TEXT[: SENT_BYTES[0]])
        process.stdin.close()
        assert process.stdout.readline() == b"sent\n"
        process.kill()


def everything(served):
    function = served.ask("GET", "/2015-03-31/functions/app").body
    configuration = json.loads(function)["Configuration"]
    return served.state(), configuration, served.ask("GET", "/bucket/object").body


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it reads the memory of a process from /proc")
def test_a_thousand_clients_that_die_in_an_upload_leave_nothing():
    with Served("--settle", "instant") as served, ThreadPoolExecutor(AT_ONCE) as pool:
        prepared(served)

        def die():
            """Let clients die, round by round; return the memory of the server after each."""
            for _ in range(ROUNDS):
                list(pool.map(lambda number: upload(served.address, number), range(UPLOADS // ROUNDS)))
                assert served.is_idle()
                yield served.resident_bytes

        memory, before = max(die()), everything(served)
        served.ask("DELETE", "/_drylambda/journal")
        grown = min(die()) - memory
        for number in range(KILLED):
            kill_in_upload(served.address, HEADS[number % len(HEADS)])
        assert served.is_idle()
        calls = json.loads(served.ask("GET", "/_drylambda/journal").body)["calls"]
        assert calls == []
        assert grown < SLACK_BYTES
        assert everything(served) == before
