"""Debian's Kannel as the SMS gateway: bearerbox, smsbox, and the SMS centre of its own tests, which
prints what it is given. Plain processes on loopback, from one configuration."""

import re
import secrets
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from .ports import free_port, wait_until
from .programs import secret_file

CONFIGURATION = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = {password}
smsbox-port = {boxes}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1

group = smsc
smsc = fake
host = 127.0.0.1
port = {centre}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
global-sender = EduConnect

group = sendsms-user
username = {user}
password = {password}
max-messages = 8
concatenation = true

# smsbox does not start without one; nobody writes to us.
group = sms-service
keyword = default
max-messages = 0
text = ""
"""

#: What the SMS centre prints: sender, number, then the text in one of its spellings. A long message
#: comes in parts, each with the header that counts them (3GPP TS 23.040, §9.2.3.24.1).
RECEIVED = re.compile(r"DEBUG: Got message \d+: <(.*)>$")
MESSAGE = re.compile(
    r"(?P<sender>\S+) (?P<number>\+?\d+) "
    r"(?:udh %05%00%03(?P<reference>%..|.)%(?P<total>..)%(?P<part>..) )?"
    r"(?P<kind>text|data|ucs-2) (?P<text>.*)"
)


@dataclass(frozen=True)
class SMS:
    number: str
    text: str


class Kannel:
    """`sendsms` is the address that a program posts to, with `user` and `password`."""

    user = "educonnect"

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.password = secrets.token_hex(8)
        self.admin, self.boxes, self.centre, self.port = (free_port() for _ in range(4))
        self.sendsms = f"http://127.0.0.1:{self.port}/cgi-bin/sendsms"
        self.processes: dict[str, subprocess.Popen] = {}
        #: Bytes of the SMS centre's log that `received` leaves out.
        self._forgotten = 0
        self.configuration = folder / "kannel.conf"
        self.configuration.write_text(
            CONFIGURATION.format(
                user=self.user,
                password=self.password,
                admin=self.admin,
                boxes=self.boxes,
                centre=self.centre,
                sendsms=self.port,
            )
        )

    def __enter__(self) -> "Kannel":
        try:
            self._run("bearerbox", "/usr/sbin/bearerbox", self.configuration)
            # Not by connecting to the centre's port: bearerbox would take the probe for a centre.
            wait_until(lambda: "FAKE:" in self._status(), 15, "bearerbox listens")
            centre = "/usr/lib/kannel/test/fakesmsc"
            # It sends nothing of its own; without a message to send it does not start.
            self._run("centre", centre, "-H", "127.0.0.1", "-r", self.centre, "-m", 0, "1 2 text x")
            self._run("smsbox", "/usr/sbin/smsbox", self.configuration)
            wait_until(self._is_ready, 15, "Kannel accepts messages")
        except BaseException:
            self.__exit__()
            raise
        return self

    def _run(self, name: str, *command: object) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )

    def _status(self) -> str:
        """What bearerbox says of its connections; empty while it does not answer."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                said = (self.folder / f"{name}.log").read_text(errors="replace")[-1500:]
                raise RuntimeError(f"{name} ended with {process.returncode}: {said}")
        try:
            url = f"http://127.0.0.1:{self.admin}/status.txt?password={self.password}"
            with urllib.request.urlopen(url, timeout=2) as answer:
                return answer.read().decode(errors="replace")
        except (OSError, urllib.error.URLError):
            return ""

    def _is_ready(self) -> bool:
        status = self._status()
        return bool(re.search(r"FAKE:\d+ \(online", status)) and "smsbox:" in status

    def settings(self, folder: Path) -> dict:
        """The member `sms` of a configuration; the password goes to a file in the folder."""
        return {
            "kannel": self.sendsms,
            "user": self.user,
            "passwordFile": secret_file(folder, "kannel-password", self.password),
        }

    @property
    def _log(self) -> Path:
        return self.folder / "centre.log"

    def forget(self) -> None:
        """What has come so far is received no more."""
        self._forgotten = self._log.stat().st_size

    def received(self, number: str | None = None) -> list[SMS]:
        """What the SMS centre got, oldest first; to one number only where one is given."""
        log = self._log.read_bytes()[self._forgotten :].decode(errors="replace")
        messages = messages_in(log.splitlines())
        return [sms for sms in messages if number is None or sms.number == number]

    def wait_for(self, number: str, count: int = 1, within: float = 10) -> list[SMS]:
        """The messages to this number, once there are `count` of them. A text with line feeds may
        then have its first line only."""
        what = f"{count} messages to {number}"
        wait_until(lambda: len(self.received(number)) >= count, within, what)
        return self.received(number)

    def __exit__(self, *_) -> None:
        # Boxes first: bearerbox waits for them.
        for process in reversed(self.processes.values()):
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
        self.processes.clear()


@dataclass
class _Message:
    """A message of which so many parts are still to come."""

    number: str
    encoding: str
    text: bytes
    missing: int


def messages_in(lines: list[str]) -> list[SMS]:
    """The messages in the SMS centre's log, the parts of a long one put together; not those of which
    a part is missing."""
    found: list[_Message] = []
    long: dict[tuple[str, str], _Message] = {}
    for line in lines:
        received = RECEIVED.search(line)
        if not received:
            continue
        message = MESSAGE.fullmatch(received[1])
        if not message:
            # A text with a line feed comes as several lines.
            found[-1].text += b"\n" + received[1].encode()
            continue
        key = (message["number"], message["reference"])
        encoding, text = _read(message["kind"], message["text"])
        if message["part"] in (None, "01"):
            missing = int(message["total"] or "1", 16) - 1
            long[key] = _Message(message["number"], encoding, text, missing)
            found.append(long[key])
        else:
            long[key].text += text
            long[key].missing -= 1
    return [SMS(m.number, m.text.decode(m.encoding)) for m in found if m.missing == 0]


def _read(kind: str, text: str) -> tuple[str, bytes]:
    """The encoding of a text and its bytes."""
    if kind == "text":
        return "utf-8", text.encode()
    data = unquote_to_bytes(text.replace("+", "%20"))
    # The part of a long message does not say its encoding; French in UCS-2 has zeros.
    return "utf-16-be" if kind == "ucs-2" or 0 in data else "utf-8", data
