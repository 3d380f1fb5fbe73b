"""Debian's Chromium: the parent's own place, self-help and the pages for everybody with the keyboard alone.
Each screen is walked from its first stop to its last and back before one of its controls is used."""

import pytest

from rig import screens
from rig.keyboard import Keyboard
from rig.parents import CHOSEN, PASSWORD, PATRICK, VALERY

pytestmark = pytest.mark.usefixtures("fresh")

ACCOUNT = "Mon compte"
DIALOG = "Modifiez votre email"
UPDATE = "MISE À JOUR DE L'ADRESSE MAIL"
NEW = "valery.durant@example.com"
FORGOTTEN = "IDENTIFIANT OUBLIÉ"
LOST = "MOT DE PASSE OUBLIÉ"
NEW_PASSWORD = "MODIFICATION DU MOT DE PASSE"


@pytest.fixture
def keys(visitor) -> Keyboard:
    return Keyboard(visitor("desk"))


def sign_in(keys: Keyboard, identifier: str, password: str) -> None:
    keys.walk(screens.SIGN_IN)
    keys.type_into("Identifiant", identifier)
    keys.type_into("Mot de passe", password)
    keys.press("Enter")


def test_the_portal_and_the_account(installation, keys):
    """To a tile's teleservice and back, another password, the tabs, and out."""
    parent = keys.parent
    parent.open(installation.provider.issuer)
    sign_in(keys, VALERY.identifier, VALERY.password)
    keys.walk("Scolarité services", "DURAND Alexis")
    keys.enter("Livret Scolaire (CP - 3e) pour DURAND Alexis")
    parent.reads(screens.REPORTS, "Alexis")
    keys.enter("Retour au portail")
    parent.reads("Scolarité services")
    keys.enter("Gérer Mon Compte")
    keys.walk(ACCOUNT, VALERY.identifier)
    keys.enter("Modifier mon mot de passe")
    keys.walk("Je choisis mon nouveau mot de passe")
    keys.enter("ANNULER")
    parent.reads(ACCOUNT)
    keys.enter("Modifier mon mot de passe")
    parent.reads("Je choisis mon nouveau mot de passe")
    keys.type_into("mot de passe actuel", PASSWORD)
    keys.type_into("nouveau mot de passe", CHOSEN)
    keys.type_into("confirmation du nouveau mot de passe", CHOSEN)
    keys.space("VALIDER")
    keys.walk(ACCOUNT, "La modification de votre mot de passe a bien été prise en compte.")
    keys.enter("Sécurité")
    keys.walk(ACCOUNT, "Sessions ouvertes", "Derniers événements")
    keys.space("Se déconnecter")
    keys.walk(screens.SIGN_IN, "Vous êtes déconnecté.")


def test_another_address(installation, keys):
    """The dialog keeps the keyboard before what is behind it, and lets it go."""
    parent = keys.parent
    parent.open(f"{installation.provider.issuer}/compte")
    sign_in(keys, VALERY.identifier, VALERY.password)
    parent.reads(ACCOUNT)
    keys.enter("Modifier mon adresse mail")
    keys.walk(DIALOG)
    keys.space("Envoyer")
    keys.walk(DIALOG, "Email : Champ obligatoire")
    keys.enter("Annuler")
    parent.reads(ACCOUNT)
    keys.enter("Modifier mon adresse mail")
    parent.reads(DIALOG)
    keys.type_into("Email", NEW)
    keys.type_into("Confirmez votre email", NEW)
    keys.space("Envoyer")
    keys.walk(ACCOUNT, "Ma nouvelle adresse mail " + NEW)
    installation.forget_attempts()
    keys.enter("Modifier mon adresse mail")
    keys.walk(DIALOG, "Ma nouvelle adresse mail : " + NEW)
    keys.space("Renvoyer un email de validation")
    keys.walk(DIALOG, "L'email a été envoyé")
    parent.open(installation.link_for(NEW, 2))
    keys.walk(UPDATE, "v...com")
    keys.space("VALIDER")
    keys.walk(UPDATE, "Votre adresse mail a été mise à jour.")
    keys.enter("VALIDER")
    parent.reads(ACCOUNT, "Email " + NEW)


def test_the_children_and_the_regrouping(installation, keys, visitor):
    """A wrong password first; then the sessions of other browsers."""
    other = visitor("desk")
    parent = keys.parent
    for each in (other, parent):
        each.open(f"{installation.provider.issuer}/compte")
        screens.sign_in(each, VALERY.identifier, VALERY.password)
        each.reads(ACCOUNT)
    keys.enter("Mes enfants")
    keys.walk(ACCOUNT, "Alexis")
    keys.enter("Ajouter des enfants depuis un autre compte")
    keys.walk("Recherchez le compte")
    keys.type_into("identifiant", "v.durant")
    keys.type_into("mot de passe", "Wrong2026")
    keys.space("Suivant")
    keys.walk("Recherchez le compte", "Identifiant ou mot de passe incorrect.")
    keys.type_into("mot de passe", PASSWORD)
    keys.press("Enter")
    keys.walk("Ajoutez tous les enfants de v.durant", "Cassandre")
    keys.space("Ajouter")
    keys.walk(ACCOUNT, "Alexis", "Cassandre")
    keys.enter("Sécurité")
    keys.walk(ACCOUNT, "Fermer toutes les autres sessions")
    keys.space("Fermer toutes les autres sessions")
    parent.reads(ACCOUNT, "Toutes les autres sessions ont été fermées.")
    other.choose("Mes enfants")
    screens.sign_in_page(other)


def test_a_forgotten_identifier(installation, keys):
    """An address that nobody has, then by mail, then by SMS."""
    parent = keys.parent
    parent.open(installation.lsu)
    keys.enter("Se connecter avec EduConnect")
    parent.reads(screens.SIGN_IN)
    keys.enter("Identifiant perdu")
    keys.walk(FORGOTTEN)
    keys.type_into("adresse mail", "patrick.dupond@example.org")
    keys.press("Enter")
    keys.walk(FORGOTTEN, "L'adresse mail saisie n'est pas reconnue.")
    keys.type_into("adresse mail", "patrick.dupont@example.org")
    keys.press("Enter")
    keys.walk(FORGOTTEN, "Un email rappelant votre identifiant vous a été envoyé")
    keys.space("VALIDER")
    parent.reads(screens.SIGN_IN)
    keys.enter("Identifiant perdu")
    parent.reads(FORGOTTEN)
    keys.type_into("N° de téléphone portable", "06 39 98 00 01")
    keys.space(parent.page.locator("#validate-sms"))
    keys.walk(FORGOTTEN, "Un SMS rappelant votre identifiant vous a été envoyé.")
    keys.space("VALIDER")
    parent.reads(screens.SIGN_IN)


def test_a_lost_password(installation, keys):
    """By mail as far as its link, then by SMS: the arrows choose among radio buttons."""
    parent = keys.parent
    parent.open(installation.lsu)
    keys.enter("Se connecter avec EduConnect")
    parent.reads(screens.SIGN_IN)
    keys.enter("Mot de passe perdu")
    keys.walk(LOST)
    keys.type_into("identifiant", PATRICK.identifier)
    keys.space("VALIDER")
    keys.walk("Vérifiez vos emails !")
    link = installation.link_for("patrick.dupont@example.org")
    keys.space("VALIDER")
    parent.reads(screens.SIGN_IN)
    keys.enter("Mot de passe perdu")
    parent.reads(LOST)
    keys.type_into("identifiant", PATRICK.identifier)
    parent.tab_to(parent.field("par mail"))
    keys.press("ArrowDown")
    keys.enter("VALIDER")
    keys.walk(LOST, "Un code vient d'être envoyé par SMS.")
    code = installation.code_for("+33639980002")
    keys.type_into("J'indique le code", "000000" if code != "000000" else "111111")
    keys.press("Enter")
    keys.walk(LOST, "Le code saisi est incorrect.")
    keys.enter("Réessayer")
    parent.reads(LOST, "Un code vient d'être envoyé par SMS.")
    keys.type_into("J'indique le code", code)
    keys.press("Enter")
    keys.walk(NEW_PASSWORD)
    keys.type_into("identifiant", PATRICK.identifier)
    keys.type_into("nouveau mot de passe", CHOSEN)
    keys.type_into("confirmation du nouveau mot de passe", CHOSEN)
    keys.space("VALIDER")
    keys.walk("CONFIRMATION DE MODIFICATION DU MOT DE PASSE")
    keys.space("RETOUR")
    sign_in(keys, PATRICK.identifier, CHOSEN)
    parent.reads(screens.REPORTS, "Marceau")
    parent.open(link)
    keys.walk(NEW_PASSWORD, "Ce lien n'est plus valable.")
    keys.enter("Renouveler ma demande")
    parent.reads(LOST)


def test_the_pages_for_everybody(installation, keys):
    """Contact, legal notice, help and its parts."""
    parent = keys.parent
    parent.open(f"{installation.provider.issuer}/contact")
    keys.walk("Contacts")
    keys.enter("Mentions légales")
    keys.walk("Mentions légales", "Cookies")
    keys.enter("Aide")
    keys.walk("Aide")
    keys.enter("Identifiant ou mot de passe perdu")
    assert parent.page.url.endswith("/aide#perdu")
    keys.enter("Revenir à l'accueil")
    parent.reads(screens.SIGN_IN)
