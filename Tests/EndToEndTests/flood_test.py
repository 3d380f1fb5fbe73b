"""Floods, half-open connections and broken framing: bounded memory, a calm server."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests

from rig.wire import Reply, exchange, read_reply

#: Neither a trusted proxy nor another test's address: the limits of a stranger hold for it.
STRANGER = "127.0.0.77"


@pytest.fixture(scope="module", autouse=True)
def bounded(plain_provider) -> Iterator[None]:
    """The whole module leaves the process, its files and its memory as they were."""
    pid, files = plain_provider.pid, plain_provider.open_files()
    memory = plain_provider.resident_anonymous_kilobytes()
    yield
    assert plain_provider.is_running and plain_provider.pid == pid, plain_provider.tail()
    time.sleep(0.5)
    assert plain_provider.open_files() <= files + 20
    assert plain_provider.resident_anonymous_kilobytes() <= memory + 40_000


def send(plain_provider, request: bytes, **options) -> Reply:
    return exchange(plain_provider.port, request, source=STRANGER, **options)


def is_calm(plain_provider) -> None:
    """Another client is served at once."""
    started = time.monotonic()
    answer = requests.get(
        f"http://127.0.0.1:{plain_provider.port}/.well-known/openid-configuration", timeout=5
    )
    assert answer.status_code == 200
    assert time.monotonic() - started < 1


HEAD = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
POST = b"POST /token HTTP/1.1\r\nHost: localhost\r\n" + FORM
CHUNK = b"10000\r\n" + b"a" * 65536 + b"\r\n"


@pytest.mark.parametrize(
    "request_bytes, statuses",
    [
        (HEAD + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 100) for n in range(1000)) + b"\r\n", {400, 431}),
        (HEAD + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n", {400, 431}),
        (HEAD + b"Cookie: " + b"a=1; " * 10_000 + b"\r\n\r\n", {400, 431}),
        (b"GET /authorize?x=" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", {400, 414, 431}),
        (b"GET / HTTP/1.1\r\n\r\n", {400}),
        (HEAD + b"Host: again\r\n\r\n", {400}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200, {400}),
        (b"GET /\r\n\r\n", {400}),
        (b"FOO / HTTP/1.1\r\nHost: localhost\r\n\r\n", {400, 404, 405, 501}),
        (b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", {400, 505}),
        (HEAD + b"X : spaced\r\n\r\n", {400}),
        (HEAD + b"X: a\r\n b\r\n\r\n", {400}),
        (HEAD + b"X: a\0b\r\n\r\n", {400}),
        (POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
        (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", {400}),
        (POST + b"Content-Length: -5\r\n\r\n", {400}),
        (POST + b"Content-Length: 99999999999999999999\r\n\r\n", {400, 413}),
        (POST + b"Content-Length: 1000000000\r\n\r\nx", {413}),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", {400}),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK + CHUNK + b"0\r\n\r\n", {413, 400}),
        (POST + b"Transfer-Encoding: gzip\r\n\r\n", {400, 411, 415, 501}),
    ],
    ids=[
        "a thousand fields", "a megabyte field", "ten thousand cookies", "a megabyte address",
        "no host", "two hosts", "TLS hello", "HTTP 0.9", "unknown method", "unknown version",
        "space before the colon", "folded field", "NUL in a field",
        "length and chunks", "two lengths", "negative length", "length beyond 64 bits",
        "a gigabyte announced", "chunk without a size", "chunks beyond the bound", "unknown coding",
    ],
)  # fmt: skip
def test_broken_or_excessive_framing_is_refused(plain_provider, request_bytes, statuses):
    reply = send(plain_provider, request_bytes)
    # A connection closed without a word is a refusal too; an answer must be the right one.
    assert reply.status in statuses | {0}, (reply.status, reply.body[:200])
    is_calm(plain_provider)


def test_an_absolute_address_is_taken_and_its_host_is_believed_nowhere(plain_provider):
    """A server must take it (RFC 9112 §3.2.2); links are built from the issuer alone (SR-38)."""
    target = b"GET http://evil.example/.well-known/openid-configuration HTTP/1.1\r\n"
    reply = send(plain_provider, target + b"Host: evil.example\r\n\r\n")
    assert reply.status == 200
    assert b"evil" not in reply.body


def test_half_open_requests_are_ended_and_disturb_nobody(plain_provider):
    unfinished = {
        "nothing": b"",
        "half a header": b"GET / HTTP/1.1\r\nHost: local",
        "half a body": POST + b"Content-Length: 100\r\n\r\nhalf",
    }
    #: Header 10 s, body 15 s, idle 60 s; the last is not waited for here.
    bounds = {"half a header": 14, "half a body": 19}
    with ExitStack() as stack:
        opened = time.monotonic()
        sockets: dict[str, list[socket.socket]] = {name: [] for name in unfinished}
        for number in range(150):
            for name, data in unfinished.items():
                # Three strangers, each below what one may hold.
                source = (f"127.0.0.{78 + number % 3}", 0)
                client = socket.create_connection(("127.0.0.1", plain_provider.port), 5, source)
                stack.enter_context(client)
                client.sendall(data)
                sockets[name].append(client)
        is_calm(plain_provider)
        for name, bound in bounds.items():
            for client in sockets[name]:
                client.settimeout(max(0.1, opened + bound - time.monotonic()))
                reply = read_reply(client)
                assert reply.status in (0, 400, 408), (name, reply.status)
        is_calm(plain_provider)


def test_a_header_that_trickles_in_is_ended_too(plain_provider):
    started = time.monotonic()
    with socket.create_connection(("127.0.0.1", plain_provider.port), 5, (STRANGER, 0)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        while time.monotonic() - started < 20:
            try:
                client.sendall(b"X: 1\r\n")
            except (BrokenPipeError, ConnectionResetError):
                break
            time.sleep(0.25)
    assert time.monotonic() - started < 14


def test_one_stranger_cannot_take_all_connections(plain_provider):
    with ExitStack() as stack:
        for _ in range(600):
            client = socket.create_connection(("127.0.0.1", plain_provider.port), 5, (STRANGER, 0))
            stack.enter_context(client)
        is_calm(plain_provider)
        held = [each for each in _connections(plain_provider) if each == STRANGER]
        assert len(held) <= 300, f"{len(held)} connections of one peer are held"


def test_answers_that_nobody_reads_do_not_pile_up(plain_provider):
    before = plain_provider.resident_anonymous_kilobytes()
    request = b"GET /.well-known/openid-configuration HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20_000
    with socket.create_connection(("127.0.0.1", plain_provider.port), 5, (STRANGER, 0)) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(2)
        try:
            client.sendall(request)
        except (TimeoutError, BrokenPipeError, ConnectionResetError):
            pass
        assert plain_provider.resident_anonymous_kilobytes() < before + 30_000
        is_calm(plain_provider)


def _connections(provider) -> list[str]:
    """The peers of the established connections to the provider."""
    peers = []
    with open("/proc/net/tcp") as table:
        next(table)
        for line in table:
            local, remote, state = line.split()[1:4]
            if state == "01" and int(local.split(":")[1], 16) == provider.port:
                address = bytes.fromhex(remote.split(":")[0])[::-1]
                peers.append(".".join(map(str, address)))
    return peers
