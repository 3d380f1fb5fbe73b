"""The servers that take our mails and SMS are as strict as real ones, and fail as real ones do."""

import smtplib
import ssl
from email.message import EmailMessage

import pytest
import requests

from rig import mail_server as mail
from rig import sms_gateway as sms
from rig.kannel import SMS
from rig.ports import wait_until

TO = "celine.dupont@example.org"


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "EduConnect <ne-pas-repondre@example.org>", TO
    message["Subject"] = "Activation de votre compte élève"
    message.set_content("Bonjour Céline")
    message.add_alternative("<p>Bonjour Céline</p>", subtype="html")
    return message


@pytest.fixture
def connection(mail_server):
    with smtplib.SMTP("localhost", mail_server.port, timeout=10) as connection:
        connection.ehlo()
        yield connection


def secure(connection: smtplib.SMTP, authority) -> None:
    connection.starttls(context=ssl.create_default_context(cafile=str(authority.authority)))
    connection.ehlo()


# Kannel

LONG = "Votre code EduConnect : 012345. À l'école, 1 € < 2 € à 100 %. " * 5


@pytest.mark.parametrize(
    ("number", "text", "coding"),
    [
        ("+33639980001", "Votre code : 123456", 0),
        ("+33639980002", "première\nligne, à 100 %", 0),
        ("+33639980003", LONG.replace("À", "A"), 0),
        ("+33639980004", LONG, 2),
    ],
    ids=["short", "two lines", "long", "long and in UCS-2"],
)
def test_kannel_accepts_a_message_and_the_centre_gets_it_whole(kannel, number, text, coding):
    words = {"username": kannel.user, "password": kannel.password, "to": number, "text": text}
    answer = requests.get(
        kannel.sendsms, words | {"charset": "UTF-8", "coding": coding}, timeout=10
    )
    assert (answer.status_code, answer.text) == (202, "0: Accepted for delivery")
    expected = [SMS(number, text)]
    wait_until(lambda: kannel.received(number) == expected, 10, f"{expected} at the centre")


def test_kannel_refuses_a_wrong_password(kannel):
    words = {"username": kannel.user, "password": "wrong", "to": "+33639980009", "text": "non"}
    assert requests.get(kannel.sendsms, words, timeout=10).status_code == 403
    assert kannel.received("+33639980009") == []


# The mail server


def test_a_mail_over_tls_with_the_password_is_kept(mail_server, connection, authority):
    secure(connection, authority)
    connection.login(mail_server.user, mail_server.password)
    connection.send_message(letter())
    (received,) = mail_server.wait_for(TO)
    assert received.subject == "Activation de votre compte élève"
    assert received.text.strip() == "Bonjour Céline"
    assert received.html.strip() == "<p>Bonjour Céline</p>"
    assert received.over_tls and mail_server.attempts == 1


def test_no_mail_and_no_password_before_tls(mail_server, connection):
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        connection.send_message(letter())
    assert refused.value.smtp_code == 530
    assert not connection.has_extn("auth")
    assert mail_server.received == []


def test_no_mail_without_the_password(mail_server, connection, authority):
    secure(connection, authority)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        connection.login(mail_server.user, "wrong")
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        connection.send_message(letter())
    assert refused.value.smtp_code == 530
    assert mail_server.received == []


@pytest.mark.parametrize(
    ("answer", "code", "kept"),
    [
        (mail.Answer.REFUSE, 550, 0),
        (mail.Answer.LATER, 451, 0),
        (mail.Answer.NEVER, 554, 0),
        (mail.Answer.DROP, None, 1),
    ],
)
def test_the_mail_server_fails_as_told(mail_server, connection, authority, answer, code, kept):
    secure(connection, authority)
    connection.login(mail_server.user, mail_server.password)
    mail_server.answer = answer
    with pytest.raises(smtplib.SMTPException) as failure:
        connection.send_message(letter())
    match failure.value:
        case smtplib.SMTPRecipientsRefused(recipients=recipients):
            assert recipients[TO][0] == code
        case smtplib.SMTPResponseException(smtp_code=answered):
            assert answered == code
        case smtplib.SMTPServerDisconnected():
            assert code is None
    assert (len(mail_server.received), mail_server.attempts) == (kept, 1)


def test_a_slow_mail_server_answers_late(mail_server, authority):
    mail_server.answer, mail_server.delay = mail.Answer.SLOW, 30
    with smtplib.SMTP("localhost", mail_server.port, timeout=0.5) as connection:
        secure(connection, authority)
        connection.login(mail_server.user, mail_server.password)
        with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            connection.send_message(letter())


def test_stripped_of_tls_it_finds_out_who_sends_in_the_clear(mail_server):
    mail_server.answer = mail.Answer.PLAIN
    with smtplib.SMTP("localhost", mail_server.port, timeout=10) as connection:
        connection.ehlo()
        assert not connection.has_extn("starttls")
        connection.login(mail_server.user, mail_server.password)
        connection.send_message(letter())
    assert [mail.over_tls for mail in mail_server.received] == [False]
    assert mail_server.sign_ins == [(mail_server.user, mail_server.password)]


def test_a_stopped_mail_server_comes_back_on_its_port(mail_server, authority):
    mail_server.stop()
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP("127.0.0.1", mail_server.port, timeout=10)
    mail_server.start()
    with smtplib.SMTP("localhost", mail_server.port, timeout=10) as connection:
        assert connection.ehlo()[0] == 250


# The gateway


def send(gateway, key: str = "1", token: str | None = None) -> requests.Response:
    return requests.post(
        gateway.url,
        json={"to": "+33639980001", "text": "Votre code : 123456"},
        headers={"Authorization": f"Bearer {token or gateway.token}", "Idempotency-Key": key},
        timeout=0.5,
    )


def test_the_gateway_sends_once_what_comes_twice_with_one_key(sms_gateway):
    assert [send(sms_gateway, key).status_code for key in ("1", "1", "2")] == [202, 202, 202]
    assert [call.key for call in sms_gateway.calls] == ["1", "1", "2"]
    assert [message["key"] for message in sms_gateway.sent] == ["1", "2"]
    assert send(sms_gateway, "3", token="wrong").status_code == 401
    assert len(sms_gateway.sent) == 2


@pytest.mark.parametrize(
    ("answer", "status", "sent"),
    [
        (sms.Answer.REFUSE, 422, 0),
        (sms.Answer.LATER, 429, 0),
        (sms.Answer.FAIL, 503, 0),
        (sms.Answer.FAIL_AFTER_SENDING, 500, 1),
        (sms.Answer.TWICE, 202, 1),
        (sms.Answer.GARBAGE, 200, 1),
        (sms.Answer.DROP, None, 1),
        (sms.Answer.SLOW, None, 1),
    ],
)
def test_the_gateway_fails_as_told(sms_gateway, answer, status, sent):
    sms_gateway.answer, sms_gateway.delay = answer, 0.6
    if status:
        assert send(sms_gateway).status_code == status
    else:
        with pytest.raises((requests.ConnectionError, requests.Timeout)):
            send(sms_gateway)
    assert len(sms_gateway.calls) == 1
    if sent:
        sms_gateway.wait_for_sent(1)
    assert len(sms_gateway.sent) == sent


def test_a_stopped_gateway_comes_back_on_its_port(sms_gateway):
    sms_gateway.stop()
    with pytest.raises(requests.ConnectionError):
        send(sms_gateway)
    sms_gateway.start()
    assert send(sms_gateway).status_code == 202
