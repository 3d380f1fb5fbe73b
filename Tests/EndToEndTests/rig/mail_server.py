"""A real SMTP server: STARTTLS and AUTH required, a certificate of the tests' authority, and the
failures that mail servers have, each on a switch."""

import asyncio
import email
import email.policy
import secrets
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from enum import Enum, auto
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from .authority import Authority
from .ports import free_port, wait_until
from .programs import secret_file


class Answer(Enum):
    """What the server does with a message; it can be changed at any moment."""

    ACCEPT = auto()
    #: 550 to the recipient: no such mailbox.
    REFUSE = auto()
    #: 451 after the message: later perhaps (RFC 5321 §4.2.1).
    LATER = auto()
    #: 554 after the message: never.
    NEVER = auto()
    #: The message is kept, and the connection ends without an answer.
    DROP = auto()
    #: As ACCEPT, after `delay` seconds.
    SLOW = auto()
    #: No STARTTLS, as behind somebody who strips it: takes passwords and messages in the clear, so
    #: that a client that sends them is found out.
    PLAIN = auto()


@dataclass(frozen=True)
class Mail:
    """What arrived: the envelope and the message."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    over_tls: bool

    @property
    def subject(self) -> str:
        return self.message["Subject"]

    @property
    def text(self) -> str:
        return self.message.get_body(("plain",)).get_content()

    @property
    def html(self) -> str:
        return self.message.get_body(("html",)).get_content()


class MailServer:
    user = "educonnect"

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.port = free_port()
        self.password = secrets.token_hex(8)
        self.answer = Answer.ACCEPT
        self.delay = 5.0
        self.received: list[Mail] = []
        #: Messages that came to an answer, whatever it was.
        self.attempts = 0
        #: Connections whose client has said EHLO in the clear.
        self.greetings = 0
        #: Names and passwords that were tried, wrong ones too.
        self.sign_ins: list[tuple[str, str]] = []
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._tls.load_cert_chain(authority.certificate, authority.key)
        self._controller: Controller | None = None

    def start(self) -> "MailServer":
        self._controller = _Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def stop(self) -> None:
        """Connections are refused from now on, until it is started again on the same port."""
        if self._controller:
            self._controller.stop(no_assert=True)
            self._controller = None

    def __enter__(self) -> "MailServer":
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()

    def settings(self, folder: Path) -> dict:
        """The member `mail` of a configuration; the password goes to a file in the folder."""
        return {
            "smtp": f"smtp://localhost:{self.port}",
            "from": "noreply-educonnect@example.org",
            "user": self.user,
            "passwordFile": secret_file(folder, "smtp-password", self.password),
            "extraCA": str(self.authority.authority),
        }

    def forget(self) -> None:
        """Empties what it has noted, and accepts again."""
        self.answer = Answer.ACCEPT
        self.attempts = self.greetings = 0
        self.received.clear()
        self.sign_ins.clear()

    def to(self, recipient: str) -> list[Mail]:
        return [mail for mail in self.received if recipient in mail.recipients]

    def wait_for(self, recipient: str, count: int = 1, within: float = 10) -> list[Mail]:
        """The mails to this address, once there are `count` of them."""
        wait_until(lambda: len(self.to(recipient)) >= count, within, f"{count} mails: {recipient}")
        return self.to(recipient)

    def wait_for_subject(self, recipient: str, words: str, within: float = 10) -> Mail:
        """The newest mail to this address that has these words in its subject, once there is one: others
        may come before it, or after."""
        found: list[Mail] = []

        def is_there() -> bool:
            found[:] = [mail for mail in self.to(recipient) if words in mail.subject]
            return bool(found)

        wait_until(is_there, within, f"a mail « {words} »: {recipient}")
        return found[-1]

    def wait_for_attempts(self, count: int, within: float = 10) -> None:
        wait_until(lambda: self.attempts >= count, within, f"{count} messages offered")

    def wait_for_greetings(self, count: int, within: float = 10) -> None:
        wait_until(lambda: self.greetings >= count, within, f"{count} connections")

    # What aiosmtpd calls

    def protocol(self) -> SMTP:
        """The server's end of one connection."""
        plain = self.answer is Answer.PLAIN
        return SMTP(
            self,
            hostname="localhost",
            ident="ESMTP",
            tls_context=None if plain else self._tls,
            require_starttls=not plain,
            auth_required=not plain,
            auth_require_tls=not plain,
            authenticator=self._authenticate,
        )

    def _authenticate(self, _server, _session, _envelope, _mechanism, given) -> AuthResult:
        if not isinstance(given, LoginPassword):
            return AuthResult(success=False, handled=False)
        words = (given.login.decode(), given.password.decode())
        self.sign_ins.append(words)
        return AuthResult(success=words == (self.user, self.password), handled=False)

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        self.greetings += session.ssl is None
        return answers

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list
    ) -> str:
        if self.answer is Answer.REFUSE:
            self.attempts += 1
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        # As it is now: whoever waits for the attempt may change it at once.
        answer = self.answer
        self.attempts += 1
        match answer:
            case Answer.LATER:
                return "451 4.3.0 try again later"
            case Answer.NEVER:
                return "554 5.7.1 not accepted"
            case Answer.SLOW:
                await asyncio.sleep(self.delay)
            case Answer.DROP:
                self._keep(session, envelope)
                server.transport.abort()
                raise asyncio.CancelledError
        self._keep(session, envelope)
        return "250 2.0.0 accepted"

    def _keep(self, session: Session, envelope: Envelope) -> None:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        over_tls = session.ssl is not None
        self.received.append(Mail(envelope.mail_from, envelope.rcpt_tos, message, over_tls))


class _Controller(Controller):
    def factory(self) -> SMTP:
        return self.handler.protocol()
