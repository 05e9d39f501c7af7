"""Connections that dawdle, break off or shout get an answer or an end, and others are served on meanwhile."""

import asyncio
import json
import socket
import threading

import pytest
import uvicorn
from batch.books import applications, packed

from riskmodel.serving import DecisionModel
from riskmodel.serving.app import Service
from riskmodel.serving.body import Limits
from riskmodel.serving.http_protocol import TimedProtocol, fastest
from riskmodel.serving.slot import Slot

ROW = json.dumps(applications(1, 3).to_pylist()[0]).encode()
HEAD = b"POST /decide HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
GOOD = HEAD + b"content-length: %d\r\n\r\n" % len(ROW) + ROW


@pytest.fixture(scope="module", params=[TimedProtocol, fastest()])
def port(fitted, request):
    class Impatient(request.param):
        seconds = 0.5

    service = Service(Slot(DecisionModel.from_bundle(packed(fitted("scorecard")))), limits=Limits(seconds=0.5))
    server = uvicorn.Server(uvicorn.Config(service.app, port=0, http=Impatient, log_level="critical", ws="none"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    while not server.started:
        pass
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def answered(port, *parts, half_closed=False):
    """What comes back until the connection ends, or the answer is whole."""
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        for part in parts:
            try:
                connection.sendall(part)
            except OSError:
                break
        if half_closed:
            connection.shutdown(socket.SHUT_WR)
        content = b""
        try:
            while not whole(content):
                more = connection.recv(65536)
                if not more:
                    break
                content += more
        except ConnectionResetError:
            pass
        return content


def whole(content):
    head, end, body = content.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().splitlines() if line.startswith(b"content-length")]
    return bool(end and lengths) and len(body) >= int(lengths[0].split(b":")[1])


def test_a_head_that_does_not_end_is_given_up_and_others_are_answered(port):
    slow = [socket.create_connection(("127.0.0.1", port), 30) for _ in range(20)]
    for connection in slow:
        connection.sendall(b"POST /decide HTTP/1.1\r\nhost:")
    assert b" 200 OK" in answered(port, GOOD)
    for connection in slow:
        content = b""
        while more := connection.recv(65536):
            content += more
        assert content.startswith(b"HTTP/1.1 408")
        assert b"must have come within 0.5 seconds" in content
        connection.close()
    assert b" 200 OK" in answered(port, GOOD)


def test_a_body_that_does_not_end_is_given_up(port):
    assert answered(port, HEAD + b"content-length: 100\r\n\r\n{").startswith(b"HTTP/1.1 408")
    assert b" 200 OK" in answered(port, GOOD)


def test_a_body_of_a_hundred_megabytes_is_refused_and_not_kept(port):
    part = b" " * (1 << 20)
    content = answered(port, HEAD + b"content-length: %d\r\n\r\n" % (100 << 20), *[part] * 100)
    assert not content or content.startswith(b"HTTP/1.1 413")  # the end may come before the answer is read
    assert b" 200 OK" in answered(port, GOOD)


@pytest.mark.parametrize(
    "bad", [b"\x00\xff\r\n\r\n", b"GET\r\n\r\n", HEAD + b"content-length: x\r\n\r\n", b"A" * 200_000]
)
def test_what_is_no_http_is_refused(port, bad):
    assert answered(port, bad).startswith(b"HTTP/1.1 400")
    assert b" 200 OK" in answered(port, GOOD)


def test_a_head_that_does_not_end_is_refused_before_it_fills_the_memory(port):
    content = answered(port, HEAD + b"x: ", *[b"a" * 100_000] * 20)
    assert not content or content[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 431")
    assert b" 200 OK" in answered(port, GOOD)


def test_half_closed_sockets_leave_the_others_alone(port):
    for _ in range(10):
        answered(port, HEAD + b"content-length: 100\r\n\r\n{", half_closed=True)
        answered(port, GOOD, half_closed=True)
    assert b" 200 OK" in answered(port, GOOD)


def test_a_connection_may_ask_many_times(port):
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        for _ in range(50):
            connection.sendall(GOOD)
            content = b""
            while not whole(content):
                content += connection.recv(65536)
            assert content.startswith(b"HTTP/1.1 200")
