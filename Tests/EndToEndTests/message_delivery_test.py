"""Mails and SMS that the provider sends reach a real gateway and a real mail server, whatever these
do meanwhile: nothing is lost, nothing comes twice that need not, no page waits."""

import html
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rig import journeys
from rig import mail_server as mail
from rig import sms_gateway as sms
from rig.clients import Client
from rig.parents import CELINE, VALERYS_NUMBER
from rig.programs import Provider

TO = "celine.dupont@example.org"
#: The first try again comes after 10 s.
RETRIED = 25
#: Seconds that two pages and a password may take: less than the slow gateway does.
AT_ONCE = 4.5


@pytest.fixture
def start(run_folder: Path) -> Iterator[Callable[..., Client]]:
    """Starts a provider with these message settings; a client of it."""
    started: list[Provider] = []

    def run(**rigs) -> Client:
        # A path to the control socket has 107 bytes at most.
        folder = Path(tempfile.mkdtemp(prefix="messages-", dir=run_folder))
        settings = {member: rig.settings(folder) for member, rig in rigs.items()}
        provider = Provider(folder, settings=settings)
        provider.load_demonstration_data()
        client = Client.register(provider, "messages")
        started.append(provider.start())
        return client

    yield run
    for provider in started:
        provider.stop()


def code_in(text: str) -> str:
    (code,) = re.findall(r"\b\d{6}\b", text)
    return code


def test_a_code_comes_through_kannel_and_is_typed_in(start, kannel):
    """The SMS of a step-up arrives, and its code signs in (J-K-14, J-S-21)."""
    client = start(sms=kannel)
    browser = journeys.ask_for_a_code(client)
    (message,) = kannel.wait_for(VALERYS_NUMBER)
    journeys.enter_code(browser, code_in(message.text))
    assert browser.url.startswith(client.redirect_uri) and "code=" in browser.url


def test_the_activation_mail_comes_over_tls_and_its_link_activates(start, mail_server):
    """Sender, subject and body are as given, and the link activates (J-K-01 to J-K-04, J-C-30)."""
    client = start(mail=mail_server)
    journeys.activate(client, TO)
    (received,) = mail_server.wait_for(TO)
    assert received.over_tls and received.sender == "noreply-educonnect@example.org"
    sender = received.message["From"].addresses[0]
    assert sender.display_name == "Administrateur des services en ligne"
    subject = "Services en ligne de l'éducation nationale \u2013 activation de votre compte"
    assert received.subject == subject
    for body in (received.text, received.html):
        assert CELINE.identifier in body
        assert "L'administrateur des services en ligne" in html.unescape(body).replace(
            "\u2019", "'"
        )
    # 128 bits at least, in base64url.
    ((link, code),) = re.findall(r"(\S+\?code=([\w-]+))", received.text)
    assert len(code) >= 22
    assert "Compte activé !" in journeys.confirm(client, link).page.text


@pytest.mark.parametrize(
    ("gateway", "server", "kept"),
    [(sms.Answer.FAIL, mail.Answer.LATER, 1), (sms.Answer.DROP, mail.Answer.DROP, 2)],
)
def test_what_was_not_taken_comes_again_under_its_own_name(
    start, sms_gateway, mail_server, gateway, server, kept
):
    """Without an answer a mail may come twice, and its reader's program sees that it is one."""
    client = start(sms=sms_gateway, mail=mail_server)
    sms_gateway.answer, mail_server.answer = gateway, server
    journeys.ask_for_a_code(client)
    journeys.activate(client, TO)
    sms_gateway.wait_for_calls(1)
    # The sign-in from a new browser tells its owner too.
    mail_server.wait_for_attempts(2)
    sms_gateway.answer, mail_server.answer = sms.Answer.ACCEPT, mail.Answer.ACCEPT
    calls = sms_gateway.wait_for_calls(2, within=RETRIED)
    assert len({call.key for call in calls}) == 1 and calls[0].key
    assert [message["to"] for message in sms_gateway.sent] == [VALERYS_NUMBER]
    mail_server.wait_for_attempts(4, within=RETRIED)
    received = mail_server.wait_for(TO, kept)
    assert len(received) == kept and len({each.message["Message-ID"] for each in received}) == 1


def test_an_answer_that_makes_no_sense_sends_nothing_twice(start, sms_gateway):
    client = start(sms=sms_gateway)
    sms_gateway.answer = sms.Answer.GARBAGE
    journeys.ask_for_a_code(client)
    sms_gateway.wait_for_calls(1)
    sms_gateway.answer = sms.Answer.ACCEPT
    assert [message["to"] for message in sms_gateway.wait_for_sent(1)] == [VALERYS_NUMBER]


def test_no_page_waits_for_a_slow_gateway(start, sms_gateway):
    client = start(sms=sms_gateway)
    sms_gateway.answer = sms.Answer.SLOW
    sms_gateway.delay = 2 * AT_ONCE
    started = time.monotonic()
    journeys.ask_for_a_code(client)
    assert time.monotonic() - started < AT_ONCE
    sms_gateway.wait_for_sent(1)


def test_a_message_survives_a_gateway_that_is_down_and_a_kill(start, sms_gateway):
    client = start(sms=sms_gateway)
    sms_gateway.stop()
    browser = journeys.ask_for_a_code(client)
    client.provider.kill()
    sms_gateway.start()
    client.provider.start()
    (message,) = sms_gateway.wait_for_sent(1, within=RETRIED)
    journeys.enter_code(browser, code_in(message["text"]))
    assert browser.url.startswith(client.redirect_uri)


def test_nothing_is_said_in_the_clear_to_a_server_without_starttls(start, mail_server):
    client = start(mail=mail_server)
    mail_server.answer = mail.Answer.PLAIN
    journeys.activate(client, TO)
    mail_server.wait_for_greetings(1)
    mail_server.answer = mail.Answer.ACCEPT
    (received,) = mail_server.wait_for(TO, within=RETRIED)
    assert received.over_tls
    assert mail_server.sign_ins == [(mail_server.user, mail_server.password)]
