"""Bytes to a socket and back: for what no HTTP library would send."""

import socket
from dataclasses import dataclass, field


@dataclass
class Reply:
    """`status` is 0 where the server closed the connection without an answer."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name.lower()), "")


def exchange(port: int, request: bytes, timeout: float = 20, source: str = "127.0.0.1") -> Reply:
    """Sends the bytes, then reads one answer or the end of the connection.

    Raises TimeoutError where neither comes."""
    with socket.create_connection(
        ("127.0.0.1", port), timeout=timeout, source_address=(source, 0)
    ) as client:
        try:
            client.sendall(request)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before it was read to its end; the answer may still be there
        return read_reply(client)


def read_reply(client: socket.socket) -> Reply:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = _receive(client)
        if not chunk:
            return Reply(0)
        data += chunk
    head, body = data.split(b"\r\n\r\n", 1)
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = [
        (name.strip().lower(), value.strip())
        for name, value in (line.split(":", 1) for line in lines)
    ]
    reply = Reply(int(first.split(" ")[1]), headers)
    length = int(reply.header("content-length") or 0)
    while len(body) < length and (chunk := _receive(client)):
        body += chunk
    reply.body = body
    return reply


def _receive(client: socket.socket) -> bytes:
    try:
        return client.recv(65536)
    except ConnectionResetError:
        return b""
