"""Debian's Chromium: « Identifiant perdu » and « Mot de passe perdu », by mail and by SMS, until the parent is
signed in at the teleservice that they came from; in three windows."""

import re

import pytest

from rig import screens
from rig.parents import CELINE, CHOSEN, PATRICK, VALERY, VALERYS_NUMBER
from rig.visitor import DEVICES, Visitor

pytestmark = pytest.mark.usefixtures("fresh")
EVERYWHERE = pytest.mark.parametrize("device", DEVICES)

FORGOTTEN = "IDENTIFIANT OUBLIÉ"
LOST = "MOT DE PASSE OUBLIÉ"
SENT = "Vérifiez vos emails !"
NEW_PASSWORD = "MODIFICATION DU MOT DE PASSE"
DONE = "CONFIRMATION DE MODIFICATION DU MOT DE PASSE"
OTHERWISE = "Vous pouvez aussi contacter l'assistance."
JUNK = 'Si vous n\'avez rien reçu, pensez à regarder dans vos courriers indésirables ou "spams".'
UNKNOWN = "L'identifiant saisi n'est pas reconnu."
NOT_READY = (
    "Votre demande ne peut pas aboutir : votre compte n'est pas activé ou votre adresse mail n'a pas "
    "été validée."
)
VOID = "Ce lien n'est plus valable. Veuillez renouveler votre demande."
ADDRESS = "patrick.dupont@example.org"
#: The demonstration's account whose address waits to be confirmed.
UNCONFIRMED = "audrey.decaux"


def forgotten_identifier(parent: Visitor, lsu: str) -> None:
    """From the teleservice to ID-1."""
    screens.leave_for_sign_in(parent, lsu)
    parent.choose("Identifiant perdu")
    parent.reads(
        FORGOTTEN,
        "Je saisis mon adresse mail",
        "Je saisis mon numéro de téléphone portable",
        OTHERWISE,
        *screens.HELP,
        name="forgotten-identifier",
    )


def send(parent: Visitor, label: str, value: str) -> None:
    """Fills in one of the forms of ID-1, each of which has a button « VALIDER »."""
    parent.fill(label, value)
    form = parent.page.locator("form").filter(has=parent.field(label))
    form.get_by_role("button", name="VALIDER", exact=True).click()


def lost_password(parent: Visitor, lsu: str) -> None:
    """From the teleservice to PWD-1."""
    screens.leave_for_sign_in(parent, lsu)
    parent.choose("Mot de passe perdu")
    parent.reads(
        LOST,
        "J'accède à mes services avec FranceConnect",
        "Je saisis mon identifiant",
        OTHERWISE,
        *screens.HELP,
        name="lost-password",
    )


def ask(parent: Visitor, identifier: str, channel: str = "par mail") -> None:
    parent.fill("identifiant", identifier)
    parent.field(channel).check()
    parent.choose("VALIDER")


def set_password(parent: Visitor, identifier: str, name: str = "") -> None:
    """PWD-3."""
    parent.reads(
        NEW_PASSWORD,
        "Saisissez votre identifiant et un nouveau mot de passe.",
        "** 8 caractères minimum, 14 caractères maximum, chiffres ET lettres obligatoires",
        "Besoin d'aide ?",
        name=name,
    )
    parent.fill("identifiant", identifier)
    parent.fill("nouveau mot de passe", CHOSEN)
    parent.fill("confirmation du nouveau mot de passe", CHOSEN)
    parent.choose("VALIDER")


def done(parent: Visitor) -> None:
    """PWD-4, and « RETOUR »."""
    parent.reads(
        DONE,
        "Votre mot de passe a été modifié avec succès.",
        "Vous pouvez à présent vous connecter avec votre nouveau mot de passe.",
        name="reset-done",
    )
    parent.choose("RETOUR")
    screens.sign_in_page(parent)


def mailed_link(parent: Visitor, installation) -> str:
    """Patrick asks for the mail of a lost password (PWD-1, PWD-2); its link."""
    lost_password(parent, installation.lsu)
    ask(parent, PATRICK.identifier)
    parent.reads(SENT, JUNK, "Besoin d'aide ?", name="reset-sent")
    reference = parent.page.locator("#reference").inner_text()
    assert re.fullmatch(r"\d{15}", reference)
    (mail,) = installation.mail_server.wait_for(ADDRESS)
    assert "réinitialisation de votre mot de passe" in mail.subject
    assert reference in mail.text
    return installation.link_for(ADDRESS)


# Forgotten identifier


@EVERYWHERE
def test_a_forgotten_identifier_comes_by_mail(installation, visitor, device):
    """J-I-01 to J-I-03, J-I-05 to J-I-07, J-S-09, J-K-05."""
    parent = visitor(device)
    forgotten_identifier(parent, installation.lsu)
    send(parent, "adresse mail", ADDRESS)
    parent.reads(
        FORGOTTEN,
        "Un email rappelant votre identifiant vous a été envoyé à l'adresse suivante : " + ADDRESS,
        JUNK,
        OTHERWISE,
        name="identifier-mailed",
    )
    (mail,) = installation.mail_server.wait_for(ADDRESS)
    assert "rappel de votre identifiant" in mail.subject
    assert "Votre identifiant EduConnect est : patrick.dupont1" in mail.text.replace("\u00a0", " ")
    assert f"{installation.provider.issuer}/portail" in mail.text
    parent.choose("VALIDER")
    screens.sign_in_page(parent)
    screens.sign_in(parent, PATRICK.identifier, PATRICK.password)
    parent.reads(screens.REPORTS, "Marceau")


@EVERYWHERE
def test_forgotten_identifiers_come_by_sms(installation, visitor, device):
    """All those of one number (J-I-10, J-K-16)."""
    parent = visitor(device)
    forgotten_identifier(parent, installation.lsu)
    send(parent, "N° de téléphone portable", "06 39 98 00 01")
    parent.reads(
        FORGOTTEN, "Un SMS rappelant votre identifiant vous a été envoyé.", name="identifier-texted"
    )
    (told,) = installation.kannel.wait_for(VALERYS_NUMBER)
    assert told.text == "EduConnect : vos identifiants sont v.durant, v.durant1."
    parent.choose("VALIDER")
    screens.sign_in_page(parent)
    screens.sign_in(parent, VALERY.identifier, VALERY.password)
    parent.reads(screens.REPORTS, "Alexis")


@EVERYWHERE
def test_who_is_not_found_by_address_or_number_reads_why(installation, visitor, device):
    """Unknown, unconfirmed, malformed and empty, each beside its field; then « ANNULER » (J-I-02, J-I-08,
    J-I-09, J-I-11)."""
    parent = visitor(device)
    forgotten_identifier(parent, installation.lsu)
    for address in ("patrick.dupond@example.org", f"{UNCONFIRMED}@example.org"):
        send(parent, "adresse mail", address)
        parent.reads(
            FORGOTTEN,
            "L'adresse mail saisie n'est pas reconnue.",
            "Une adresse mail n'est reconnue que si votre compte est activé et si vous avez confirmé "
            "cette adresse.",
            OTHERWISE,
            name="address-unknown",
        )
        assert parent.field("adresse mail").input_value() == address
        assert parent.page.title().startswith("Erreur \u2013 ")
    for address, message in (
        ("patrick.dupont", "L'adresse mail saisie n'est pas valide."),
        ("", "Champ obligatoire"),
    ):
        send(parent, "adresse mail", address)
        parent.reads(FORGOTTEN, "adresse mail : " + message)
        if parent.has_script:
            assert parent.focus == "email"
    send(parent, "N° de téléphone portable", "06 39 98 00 99")
    parent.reads(
        FORGOTTEN,
        "Le numéro de téléphone saisi n'est pas reconnu. Vérifiez votre saisie ou contactez votre "
        "établissement scolaire afin de modifier vos informations personnelles.",
    )
    parent.choose("ANNULER")
    screens.sign_in_page(parent)
    assert installation.mail_server.received == []
    assert installation.kannel.received() == []


# Lost password


@EVERYWHERE
def test_a_lost_password_is_replaced_by_a_link_in_another_browser(installation, visitor, device):
    """The link signs nobody in, ends what was open, and serves once (J-X-01 to J-X-08, J-X-12 to J-X-15,
    J-S-10, J-F-07, J-K-06, J-O-16, SR-52)."""
    elsewhere = visitor("desk")
    elsewhere.open(f"{installation.provider.issuer}/compte")
    screens.sign_in(elsewhere, PATRICK.identifier, PATRICK.password)
    elsewhere.reads("Mon compte")
    installation.mail_server.wait_for(ADDRESS)
    installation.mail_server.forget()

    parent = visitor(device)
    link = mailed_link(parent, installation)
    telephone = visitor(device)
    telephone.open(link)
    set_password(telephone, VALERY.identifier, name="reset-link")
    telephone.reads(NEW_PASSWORD, "identifiant : " + UNKNOWN, name="reset-link-wrong")
    set_password(telephone, PATRICK.identifier)
    done(telephone)
    installation.mail_server.wait_for(ADDRESS, 2)
    screens.sign_in(telephone, PATRICK.identifier, PATRICK.password)
    screens.sign_in_page(telephone, "Identifiant ou mot de passe incorrect.")
    elsewhere.choose("Mes enfants")
    screens.sign_in_page(elsewhere)

    parent.choose("VALIDER")
    screens.sign_in_page(parent)
    screens.sign_in(parent, PATRICK.identifier, CHOSEN)
    parent.reads(screens.REPORTS, "Marceau")
    parent.open(link)
    parent.reads(NEW_PASSWORD, VOID, "Besoin d'aide ?", name="reset-void")
    parent.choose("Renouveler ma demande")
    parent.reads(LOST, "Je saisis mon identifiant")


@EVERYWHERE
def test_a_lost_password_is_replaced_by_a_code(installation, visitor, device):
    """A wrong code may be typed again, and the teleservice still waits at the end (J-X-16)."""
    parent = visitor(device)
    lost_password(parent, installation.lsu)
    ask(parent, VALERY.identifier, "par SMS")
    parent.reads(LOST, "Un code vient d'être envoyé par SMS.", *screens.HELP, name="reset-code")
    code = installation.code_for(VALERYS_NUMBER)
    screens.enter_code(parent, f"{(int(code) + 1) % 1_000_000:06}")
    parent.reads(LOST, "Le code saisi est incorrect. Veuillez le saisir à nouveau.")
    parent.choose("Réessayer")
    screens.enter_code(parent, code)
    set_password(parent, PATRICK.identifier)
    parent.reads(NEW_PASSWORD, "identifiant : " + UNKNOWN)
    set_password(parent, VALERY.identifier)
    done(parent)
    (told,) = installation.mail_server.wait_for("valery1.durant@example.org")
    assert "mot de passe" in told.text and "code=" not in told.text
    screens.sign_in(parent, VALERY.identifier, CHOSEN)
    parent.reads(screens.REPORTS, "Alexis")


@EVERYWHERE
def test_who_has_no_account_to_recover_reads_why(installation, visitor, device):
    """Unknown, notified, unconfirmed; nothing is sent (J-X-03, J-X-09 to J-X-11, J-X-18)."""
    parent = visitor(device)
    lost_password(parent, installation.lsu)
    ask(parent, "p.dupond")
    parent.reads(LOST, "identifiant : " + UNKNOWN, OTHERWISE, name="lost-password-unknown")
    assert parent.field("identifiant").input_value() == "p.dupond"
    for identifier in (CELINE.identifier, UNCONFIRMED):
        for channel in ("par mail", "par SMS"):
            ask(parent, identifier, channel)
            parent.reads(
                LOST,
                NOT_READY,
                "Retrouvez le mail d'activation, suivez son lien, puis recommencez.",
                name="lost-password-not-ready",
            )
    ask(parent, "")
    parent.reads(LOST, "identifiant : Champ obligatoire")
    parent.choose("ANNULER")
    screens.sign_in_page(parent)
    assert installation.mail_server.received == []
    assert installation.kannel.received() == []


@EVERYWHERE
def test_a_link_that_is_garbled_or_a_day_old_leads_to_a_new_request(installation, visitor, device):
    """J-X-12, J-O-16, SR-51."""
    parent = visitor(device)
    link = mailed_link(parent, installation)
    # The last character but two: the last ones of base64 may stand for the same bytes.
    garbled = link[:-3] + ("A" if link[-3] != "A" else "B") + link[-2:]
    installation.outdate_links()
    for address in (garbled, link):
        parent.open(address)
        parent.reads(NEW_PASSWORD, VOID)
        parent.choose("Renouveler ma demande")
        parent.reads(LOST, "Je saisis mon identifiant")
