"""Many clients at once, written as scripts that yield requests and are sent the answers.

One thread, one selector, plain sockets: the driver must be cheaper than the server, or the server
would be idle when it is killed. A script is a generator:

    answer = yield Request(...)         # raises Unanswered where the server died before it answered
"""

import selectors
import socket
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass


class Unanswered(Exception):
    """The request was sent, and its answer never came: it may have been carried out, or not."""


class Answer:
    """A status, the header lines and the body, parsed no further than asked."""

    __slots__ = ("body", "head", "status")

    def __init__(self, status: int, head: bytes, body: bytes) -> None:
        self.status, self.head, self.body = status, head, body

    def header(self, name: bytes) -> str:
        at = self.head.lower().find(b"\r\n" + name.lower() + b":")
        if at < 0:
            return ""
        start = at + len(name) + 3
        end = self.head.find(b"\r\n", start)
        return self.head[start : end if end >= 0 else None].strip().decode()

    def __repr__(self) -> str:
        return f"{self.status} {self.body[:300]!r}"


Script = Generator[bytes, Answer, None]


@dataclass
class Lane:
    """One connection and the script that uses it now."""

    socket: socket.socket
    script: Script | None = None
    sent_at: float = 0.0
    buffer: bytes = b""


@dataclass
class Outcome:
    #: Requests that were answered.
    answered: int
    #: Requests that were on their way at the kill and got no answer.
    in_flight: int
    seconds: float


class Traffic:
    """Runs scripts on `lanes` connections until they are used up or the server dies."""

    def __init__(self, port: int, lanes: int) -> None:
        self.port = port
        self.lanes = lanes

    def run(
        self,
        scripts: Callable[[], Script | None],
        killed_at: Callable[[], float | None],
        bound: float,
    ) -> Outcome:
        """`killed_at` tells when the server was killed, None while it was not. Raises TimeoutError
        where a request stays unanswered by a living server for `bound` seconds."""
        selector = selectors.DefaultSelector()
        started = time.monotonic()
        answered = in_flight = live = 0
        for number in range(self.lanes):
            lane = Lane(self._connect(number))
            selector.register(lane.socket, selectors.EVENT_READ, lane)
            live += self._begin(lane, scripts)
        while live:
            events = selector.select(timeout=0.5)
            if not events:
                self._check_bound(selector, bound)
            for key, _ in events:
                lane: Lane = key.data
                if lane.script is None:
                    selector.unregister(lane.socket)
                    continue
                answer, is_open = self._receive(lane)
                if answer is not None:
                    answered += 1
                    if not self._advance(lane, answer):
                        live -= 1
                        live += self._begin(lane, scripts)
                elif not is_open:
                    if killed_at() is None:
                        raise ConnectionError("the server closed a connection while it lived")
                    in_flight += lane.sent_at < killed_at()
                    self._drop(lane)
                    selector.unregister(lane.socket)
                    live -= 1
        for key in list(selector.get_map().values()):
            key.data.socket.close()
        selector.close()
        return Outcome(answered, in_flight, time.monotonic() - started)

    def _connect(self, number: int) -> socket.socket:
        # A few addresses of the loopback network, as a few networks of parents would have.
        client = socket.create_connection(
            ("127.0.0.1", self.port), timeout=5, source_address=(f"127.0.0.{2 + number % 8}", 0)
        )
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.setblocking(False)
        return client

    def _begin(self, lane: Lane, scripts: Callable[[], Script | None]) -> int:
        """1 where the lane has a script again, 0 where none is left for it."""
        while (script := scripts()) is not None:
            lane.script = script
            if self._send(lane, lambda: next(script)):
                return 1
        lane.script = None
        return 0

    def _advance(self, lane: Lane, answer: Answer) -> bool:
        script = lane.script
        return self._send(lane, lambda: script.send(answer))

    def _send(self, lane: Lane, step: Callable[[], bytes]) -> bool:
        try:
            request = step()
        except StopIteration:
            return False
        lane.sent_at = time.monotonic()
        try:
            lane.socket.sendall(request)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the reading side notices that the server is gone
        return True

    @staticmethod
    def _receive(lane: Lane) -> tuple[Answer | None, bool]:
        try:
            data = lane.socket.recv(65536)
        except BlockingIOError:
            return None, True
        except OSError:
            return None, False
        lane.buffer += data
        end = lane.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None, bool(data)
        head = lane.buffer[:end]
        at = head.lower().find(b"\r\ncontent-length:")
        if at < 0:
            raise ValueError(f"an answer without a length: {head!r}")
        stop = head.find(b"\r\n", at + 2)
        length = int(head[at + 17 : stop if stop >= 0 else None])
        if len(lane.buffer) < end + 4 + length:
            return None, bool(data)
        answer = Answer(int(head[9:12]), head, lane.buffer[end + 4 : end + 4 + length])
        lane.buffer = lane.buffer[end + 4 + length :]
        return answer, True

    @staticmethod
    def _drop(lane: Lane) -> None:
        try:
            lane.script.throw(Unanswered())
        except (StopIteration, Unanswered):
            return
        raise RuntimeError("a script went on after its server was gone")

    @staticmethod
    def _check_bound(selector: selectors.BaseSelector, bound: float) -> None:
        now = time.monotonic()
        for key in selector.get_map().values():
            if key.data.script is not None and now - key.data.sent_at > bound:
                raise TimeoutError(f"no answer for {bound} s")
