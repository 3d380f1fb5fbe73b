"""Debian's Chromium: the cases beside the journeys (an address left unconfirmed, a change that waits, a mail
not found, a birth date refused), the pages that anybody may read, and the ways out; in three windows."""

import pytest

from rig import screens
from rig.parents import CELINE, VALERY
from rig.visitor import DEVICES, Visitor

pytestmark = pytest.mark.usefixtures("fresh")
EVERYWHERE = pytest.mark.parametrize("device", DEVICES)

DIALOG = "Modifiez votre email"
UPDATE = "MISE À JOUR DE L'ADRESSE MAIL"
PRESENT = "valery1.durant@example.org"
FIRST, SECOND = "valery.durant@example.com", "v.durant@example.net"
#: The demonstration's account whose address waits to be confirmed.
UNCONFIRMED = "audrey.decaux"
SENDER = "Administrateur des services en ligne"
SUBJECT = "Services en ligne de l'éducation nationale \u2013 activation de votre compte"


def beside(parent: Visitor, words: str) -> None:
    """Follows a link that opens another window, and goes on in that one."""
    with parent.context.expect_page() as opened:
        parent.choose(words)
    parent.page = opened.value


@EVERYWHERE
def test_an_address_left_as_it_is_gets_its_mail_again(installation, visitor, device):
    """C-6, confirmed without a change; nothing opens before (J-O-03, J-O-04, J-O-06)."""
    parent = visitor(device)
    screens.leave_for_sign_in(parent, installation.lsu)
    screens.sign_in(parent, UNCONFIRMED, VALERY.password)
    parent.reads(screens.ADDRESS, "vous ne pourrez pas activer votre compte")
    parent.choose("Valider")
    screens.waiting(parent)
    address = f"{UNCONFIRMED}@example.org"
    (mail,) = installation.mail_server.wait_for(address)
    assert mail.subject == SUBJECT
    assert SENDER in mail.message["From"]
    other = visitor(device)
    other.open(f"{installation.provider.issuer}/compte")
    screens.sign_in(other, UNCONFIRMED, VALERY.password)
    other.reads(screens.ADDRESS)
    parent.open(installation.link_for(address))
    if not parent.has_script:
        screens.confirm(parent)
    screens.activated(parent)
    screens.sign_in(parent, UNCONFIRMED, VALERY.password)
    parent.reads(screens.REPORTS, "DECAUX")


@EVERYWHERE
def test_an_address_that_waits_is_sent_again_or_replaced(installation, visitor, device):
    """Its owner signs in all the same; the older link is void (J-E-05, J-E-16, J-E-17, J-O-08, J-O-15, J-O-16)."""
    account = f"{installation.provider.issuer}/compte"
    parent = visitor(device)
    parent.open(account)
    screens.sign_in(parent, VALERY.identifier, VALERY.password)
    parent.reads("Mon compte", PRESENT)
    give_address(parent, FIRST)
    older = installation.link_for(FIRST)

    installation.forget_attempts()
    again = visitor(device)
    screens.leave_for_sign_in(again, installation.lsu)
    screens.sign_in(again, VALERY.identifier, VALERY.password)
    again.reads(
        screens.ADDRESS,
        f"Tant qu'elle n'est pas confirmée, tous les courriels sont envoyés à {PRESENT}.",
        "Vous pourrez vous connecter même avec une adresse mail non confirmée.",
        name="address-waits",
    )
    assert again.field("Email").input_value() == FIRST
    again.choose("Continuer sans confirmer")
    again.reads(screens.REPORTS, "Alexis")

    parent.choose("Modifier mon adresse mail")
    parent.reads(DIALOG, PRESENT, "Ma nouvelle adresse mail : " + FIRST, name="address-pending")
    parent.choose("Renvoyer un email de validation")
    parent.reads(DIALOG, "L'email a été envoyé", name="address-sent-again")
    newer = installation.link_for(FIRST, 2)
    assert newer != older
    parent.fill("Email", SECOND)
    parent.fill("Confirmez votre email", SECOND)
    parent.choose("Envoyer")
    parent.reads("Mon compte", "Ma nouvelle adresse mail " + SECOND)
    # Two of the four tell of new browsers.
    told = installation.mail_server.wait_for(PRESENT, 4)
    assert SECOND in told[-1].text and "code=" not in told[-1].text
    newest = installation.link_for(SECOND)
    for link in (older, newer):
        again.open(link)
        again.reads(
            UPDATE,
            "Ce lien n'est plus valable.",
            "Connectez-vous, puis demandez qu'un nouvel email de validation vous soit envoyé.",
            name="address-void",
        )
    again.open(newest)
    again.reads(UPDATE, "nouvelle adresse mail v...net")
    again.choose("VALIDER")
    again.reads(UPDATE, "Votre adresse mail a été mise à jour.")
    again.choose("VALIDER")
    again.reads("Mon compte", "Email " + SECOND)


def give_address(parent: Visitor, address: str) -> None:
    """ACC-3."""
    parent.choose("Modifier mon adresse mail")
    parent.reads(DIALOG)
    parent.fill("Email", address)
    parent.fill("Confirmez votre email", address)
    parent.choose("Envoyer")
    parent.reads("Mon compte", "Ma nouvelle adresse mail " + address)


@EVERYWHERE
def test_who_waits_for_a_mail_reads_what_to_look_for(installation, visitor, device):
    """Sender and subject, the way back in, and the support at last (J-O-09, J-O-10)."""
    parent = visitor(device)
    screens.leave_for_sign_in(parent, installation.lsu)
    screens.sign_in(parent, CELINE.identifier, CELINE.provisional)
    screens.password_not_changed(parent)
    screens.activation(parent, CELINE, "celine.dupont@example.org")
    screens.waiting(parent)
    waiting = parent.page
    beside(parent, "Besoin d'aide ?")
    parent.reads(
        "Aide",
        f"Cherchez un mail de l'expéditeur « {SENDER} » dont l'objet est « {SUBJECT} ».",
        "dans vos courriers indésirables ou « spams » et dans la corbeille",
        "connectez-vous à nouveau",
    )
    assert parent.page.url.endswith("/aide#mail-introuvable")
    topic = parent.page.locator("#mail-introuvable")
    topic.get_by_role("link", name="contactez l'assistance").click()
    parent.reads("Contacts", "L'école de votre enfant", "L'assistance EduConnect")
    parent.page = waiting
    screens.waiting(parent)


@EVERYWHERE
def test_a_refused_birth_date_leads_to_the_director_and_the_activation_goes_on(
    installation, visitor, device
):
    """Nothing of what was begun is lost (J-O-01)."""
    parent = visitor(device)
    screens.leave_for_sign_in(parent, installation.lsu)
    screens.sign_in(parent, CELINE.identifier, CELINE.provisional)
    screens.password_not_changed(parent)
    address = "celine.dupont@example.org"
    screens.activation(parent, CELINE, address, date="2008-03-31")
    parent.reads("Activation du compte", screens.WRONG_DATE, name="birth-date-refused")
    begun = parent.page
    beside(parent, "Besoin d'aide ?")
    parent.reads("Aide", "Contactez le directeur de l'école pour qu'il la corrige.")
    parent.page = begun
    assert parent.field("Email").input_value() == address
    screens.activation(parent, CELINE, address)
    screens.waiting(parent)


@EVERYWHERE
def test_contact_legal_notice_and_help_are_for_everybody(installation, visitor, device):
    """From the footer, signed in or not, and from there to the portal (J-G-13, J-P-14)."""
    parent = visitor(device)
    parent.open(f"{installation.provider.issuer}/contact")
    parent.reads(
        "Contacts",
        "adressez-vous d'abord au directeur de l'école",
        "Mail assistance@example.org",
        "Horaires du lundi au vendredi, de 9 h à 17 h",
        *screens.FOOTER,
        name="contact",
    )
    parent.choose("Mentions légales")
    parent.reads("Mentions légales", "Cookies", name="legal")
    parent.choose("Aide")
    parent.reads(
        "Aide",
        "Trois façons d'obtenir un compte",
        "Identifiant ou mot de passe perdu",
        "Un seul de vos enfants est affiché",
        name="help",
    )
    parent.choose("Se déconnecter")
    assert parent.page.url.endswith("/aide#deconnexion")
    parent.open(f"{installation.provider.issuer}/portail")
    screens.sign_in(parent, VALERY.identifier, VALERY.password)
    parent.reads("Scolarité services")
    for link, heading in (
        ("Contacts", "Contacts"),
        ("Mentions légales", "Mentions légales"),
        ("Aide", "Aide"),
    ):
        parent.choose(link)
        parent.reads(heading)
        parent.page.go_back()
        parent.reads("Scolarité services", "DURAND Alexis")


@EVERYWHERE
def test_the_account_page_signs_out(installation, visitor, device):
    """Nothing of it comes back, by the address or by the browser's button (J-O-13, J-O-14)."""
    parent = visitor(device)
    parent.open(f"{installation.provider.issuer}/compte/enfants")
    screens.sign_in(parent, VALERY.identifier, VALERY.password)
    parent.reads("Mon compte", "Alexis")
    parent.choose("Se déconnecter")
    parent.reads(screens.SIGN_IN, "Vous êtes déconnecté.")
    parent.page.go_back()
    parent.page.wait_for_load_state()
    assert "Alexis" not in parent.text
    for page in ("portail", "compte", "compte/securite"):
        parent.open(f"{installation.provider.issuer}/{page}")
        screens.sign_in_page(parent)
