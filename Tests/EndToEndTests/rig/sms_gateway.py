"""An SMS gateway with a JSON interface, as most providers have one; it notes each call, and has the
failures of gateways on a switch."""

import json
import secrets
import threading
from dataclasses import dataclass
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .ports import free_port, wait_until
from .programs import secret_file


class Answer(Enum):
    """What the gateway does with a message; it can be changed at any moment."""

    ACCEPT = auto()
    #: 422: never this message.
    REFUSE = auto()
    #: 429 with Retry-After: too many.
    LATER = auto()
    #: 503.
    FAIL = auto()
    #: The message is sent, and the connection ends without an answer.
    DROP = auto()
    #: The message is sent, and the answer is a 500.
    FAIL_AFTER_SENDING = auto()
    #: As ACCEPT, after `delay` seconds.
    SLOW = auto()
    #: As ACCEPT, and the whole answer comes twice on the connection.
    TWICE = auto()
    #: 200, and what follows is no JSON.
    GARBAGE = auto()


@dataclass(frozen=True)
class Call:
    """A request as it came. `key` is the Idempotency-Key, empty where there was none."""

    path: str
    authorization: str
    key: str
    body: dict


class SMSGateway:
    """`url` takes a POST with a bearer `token`. A key that it has seen is not sent again."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/messages"
        self.token = secrets.token_hex(16)
        self.answer = Answer.ACCEPT
        self.delay = 5.0
        self.calls: list[Call] = []
        #: What went out to telephones: a message whose key was known is not in it twice.
        self.sent: list[dict] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> "SMSGateway":
        self._stopping.clear()
        handler = type("Handler", (_Handler,), {"gateway": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Connections are refused from now on, until it is started again on the same port."""
        if self._server:
            self._stopping.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> "SMSGateway":
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()

    def settings(self, folder: Path) -> dict:
        """The member `sms` of a configuration; the token goes to a file in the folder."""
        return {"json": self.url, "tokenFile": secret_file(folder, "sms-token", self.token)}

    def forget(self) -> None:
        """Empties what it has noted, and accepts again."""
        self.answer = Answer.ACCEPT
        self.calls.clear()
        self.sent.clear()

    def wait_for_calls(self, count: int, within: float = 10) -> list[Call]:
        wait_until(lambda: len(self.calls) >= count, within, f"{count} calls")
        return list(self.calls)

    def wait_for_sent(self, count: int, within: float = 10) -> list[dict]:
        wait_until(lambda: len(self.sent) >= count, within, f"{count} messages sent")
        return list(self.sent)

    def note(self, call: Call) -> None:
        with self._lock:
            self.calls.append(call)

    def send(self, call: Call) -> None:
        with self._lock:
            known = call.key and any(call.key == earlier["key"] for earlier in self.sent)
            if not known:
                self.sent.append(call.body | {"key": call.key})

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def wait(self) -> None:
        """The delay of a slow answer; ends early when the gateway stops."""
        self._stopping.wait(self.delay)


ACCEPTED = (202, {"status": "accepted"})


class _Handler(BaseHTTPRequestHandler):
    gateway: SMSGateway
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        gateway = self.gateway
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            body = json.loads(content)
        except ValueError:
            return self._answer(400, {"error": "no JSON"})
        header = self.headers.get
        call = Call(self.path, header("Authorization", ""), header("Idempotency-Key", ""), body)
        if gateway.is_stopping:  # a connection kept open from before
            self.close_connection = True
            return None
        # As it is now: whoever waits for the call may change it at once.
        answer = gateway.answer
        gateway.note(call)
        if call.authorization != f"Bearer {gateway.token}":
            return self._answer(401, {"error": "unknown token"})
        match answer:
            case Answer.REFUSE:
                return self._answer(422, {"error": "number not allowed"})
            case Answer.LATER:
                return self._answer(429, {"error": "too many"}, {"Retry-After": "1"})
            case Answer.FAIL:
                return self._answer(503, {"error": "unavailable"})
            case Answer.SLOW:
                gateway.wait()
        gateway.send(call)
        match answer:
            case Answer.DROP:
                self.close_connection = True
                return None
            case Answer.FAIL_AFTER_SENDING:
                return self._answer(500, {"error": "internal"})
            case Answer.GARBAGE:
                return self._answer(200, None)
            case Answer.TWICE:
                self._answer(*ACCEPTED)
        return self._answer(*ACCEPTED)

    def _answer(self, status: int, body: dict | None, headers: dict | None = None) -> None:
        content = b"<html>ok" if body is None else json.dumps(body).encode()
        try:
            self._write(status, content, headers or {})
        except ConnectionError:  # the caller has not waited
            self.close_connection = True

    def _write(self, status: int, content: bytes, headers: dict) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_) -> None:
        pass
