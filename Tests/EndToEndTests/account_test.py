"""Debian's Chromium: « Mon compte », its dialog, its mails and its tabs, in three windows."""

import re

import pytest

from rig import screens
from rig.parents import CHOSEN, PASSWORD, PATRICK, PATRICK_LOYEZ, VALERY
from rig.visitor import DEVICES

pytestmark = pytest.mark.usefixtures("fresh")
EVERYWHERE = pytest.mark.parametrize("device", DEVICES)

ACCOUNT = "Mon compte"
DIALOG = "Modifiez votre email"
UPDATE = "MISE À JOUR DE L'ADRESSE MAIL"
PRESENT = "valery1.durant@example.org"
NEW = "valery.durant@example.com"


def signed_in(installation, visitor, device, path="/compte"):
    parent = visitor(device)
    parent.open(installation.provider.issuer + path)
    screens.sign_in(parent, VALERY.identifier, VALERY.password)
    return parent


@EVERYWHERE
def test_another_address_is_given_confirmed_and_in_force(installation, visitor, device):
    """The dialog over the page, both mails, the link in another browser (J-M-01, J-E-01 to J-E-03, J-E-06,
    J-E-07, J-E-10 to J-E-13, J-E-15)."""
    parent = signed_in(installation, visitor, device)
    parent.reads(ACCOUNT, "Mme Valéry DURANT", "v.durant1", PRESENT, name="account")
    parent.choose("Modifier mon adresse mail")
    parent.reads(DIALOG, "mon adresse mail actuelle : " + PRESENT, name="address-dialog")
    assert parent.focus == "email"
    parent.choose("Envoyer")
    parent.reads(DIALOG, "Email : Champ obligatoire", name="address-dialog-wrong")
    for _ in range(12):
        parent.page.keyboard.press("Tab")
        inside = "!document.activeElement.closest('[inert]')"
        assert parent.page.evaluate(inside), "the keyboard reaches what is behind the dialog"
    parent.fill("Email", NEW)
    parent.fill("Confirmez votre email", NEW)
    parent.choose("Envoyer")
    parent.reads(
        ACCOUNT,
        "La modification de votre adresse de messagerie a bien été prise en compte.",
        "Ma nouvelle adresse mail",
        name="address-given",
    )
    # Another one says that the account was opened in a new browser.
    told = installation.mail_server.wait_for_subject(PRESENT, "modification de votre adresse")
    assert NEW in told.text and "code=" not in told.text
    (asked,) = installation.mail_server.wait_for(NEW)
    telephone = visitor(device)
    telephone.open(re.search(r"https://\S+code=\S+", asked.text).group())
    telephone.reads(UPDATE, "v....1", "v...org", "v...com", name="address-link")
    telephone.choose("VALIDER")
    telephone.reads(UPDATE, "Votre adresse mail a été mise à jour.", name="address-updated")
    parent.choose("Mes informations")
    parent.reads(ACCOUNT, "Email " + NEW)
    parent.choose("Mes enfants")
    parent.reads(ACCOUNT, "Alexis", "Ajouter des enfants depuis un autre compte", name="children")


@EVERYWHERE
def test_another_password_ends_the_other_sessions(installation, visitor, device):
    """J-M-07 to J-M-11, SR-47, SR-59."""
    other = signed_in(installation, visitor, device)
    other.reads(ACCOUNT)
    parent = signed_in(installation, visitor, device, "/compte/securite")
    parent.reads(
        ACCOUNT,
        "Sessions ouvertes",
        "cette session",
        "Services connectés",
        "Derniers événements",
        name="security",
    )
    parent.choose("Mes informations")
    parent.choose("Modifier mon mot de passe")
    parent.reads("Je choisis mon nouveau mot de passe", "** 8 caractères minimum", name="password")
    parent.fill("mot de passe actuel", "Wrong2026")
    parent.fill("nouveau mot de passe", CHOSEN)
    parent.fill("confirmation du nouveau mot de passe", CHOSEN)
    parent.choose("VALIDER")
    parent.reads(
        "Je choisis mon nouveau mot de passe",
        "Le mot de passe actuel est incorrect.",
        name="password-wrong",
    )
    parent.fill("mot de passe actuel", PASSWORD)
    parent.fill("nouveau mot de passe", CHOSEN)
    parent.fill("confirmation du nouveau mot de passe", CHOSEN)
    parent.choose("VALIDER")
    parent.reads(
        ACCOUNT,
        "La modification de votre mot de passe a bien été prise en compte.",
        name="password-changed",
    )
    other.choose("Mes enfants")
    screens.sign_in_page(other)
    screens.sign_in(other, VALERY.identifier, CHOSEN)
    other.reads(ACCOUNT, "Alexis")
    parent.choose("Sécurité")
    parent.choose("Fermer toutes les autres sessions")
    parent.reads(ACCOUNT, "Toutes les autres sessions ont été fermées.", "Mot de passe modifié")
    other.choose("Mes informations")
    screens.sign_in_page(other)


@EVERYWHERE
def test_an_identity_is_linked_opens_the_account_and_is_taken_away(installation, visitor, device):
    """« Sécurité »: FranceConnect linked by who has signed in with the password, and taken away."""
    parent = visitor(device)
    parent.open(installation.provider.issuer + "/compte/securite")
    screens.sign_in(parent, PATRICK.identifier, PATRICK.password)
    parent.reads(ACCOUNT, "Identités liées", "Aucune identité n'est liée à votre compte.")
    parent.page.get_by_role("link", name="Lier ou retirer une identité").click()
    parent.choose("Lier une identité")
    parent.reads("Je lie une identité à mon compte", name="identity-link")
    parent.choose("S'identifier avec FranceConnect")
    screens.franceconnect(parent, PATRICK_LOYEZ)
    parent.reads("Identités liées", "L'identité est liée à votre compte", name="identities")

    other = visitor(device)
    other.open(installation.provider.issuer + "/portail")
    other.choose("S'identifier avec FranceConnect")
    screens.franceconnect(other, PATRICK_LOYEZ)
    other.reads("Scolarité services", "DUPONT Clémence")

    parent.page.get_by_role("button", name="Retirer l'identité").click()
    parent.reads("Identités liées", "L'identité ne permet plus de se connecter à votre compte.")
    other.choose("Mon compte")
    screens.sign_in_page(other)
    installation.mail_server.wait_for_subject("patrick.dupont@example.org", "identité retirée")
