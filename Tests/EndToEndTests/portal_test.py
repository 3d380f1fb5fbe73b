"""Debian's Chromium: the parent's own place, from the public address to the sign-out, in three windows."""

import pytest

from rig import screens
from rig.parents import CELINE, PASSWORD, PATRICK, VALERY
from rig.visitor import DEVICES

pytestmark = pytest.mark.usefixtures("fresh")
EVERYWHERE = pytest.mark.parametrize("device", DEVICES)


@EVERYWHERE
def test_the_public_address_leads_to_the_portal_and_a_tile_to_the_child_s_reports(
    installation, visitor, device
):
    """Single sign-on, and the way back (J-P-01, J-P-02, J-P-04, J-P-06 to J-P-11, J-P-14, J-G-02, J-O-12)."""
    parent = visitor(device)
    parent.open(installation.provider.issuer)
    screens.sign_in_page(parent, "Pour continuer vers « Scolarité services ».")
    screens.sign_in(parent, PATRICK.identifier, PATRICK.password)
    parent.reads("Scolarité services")
    parent.choose("Se déconnecter")
    parent.reads(screens.SIGN_IN, "Vous êtes déconnecté.", name="signed-out")
    screens.sign_in(parent, PATRICK.identifier, PATRICK.password)
    parent.reads(
        "Scolarité services",
        "M. DUPONT Patrick",
        "Dernière connexion le",
        "Gérer Mon Compte",
        "Collège Victor Hugo",
        "Collège Pierre Curie",
        "Ecole élémentaire Marie Curie",
        "Bienvenue dans notre établissement.",
        "DUPONT Léane",
        "Livret Scolaire (CP - 3e)",
        *screens.FOOTER,
        name="portal",
    )
    parent.choose("Livret Scolaire (CP - 3e) pour DUPONT Marceau")
    parent.reads(screens.REPORTS, "Marceau", "Retour au portail")
    parent.choose("Retour au portail")
    parent.reads("Scolarité services", "DUPONT Marceau")
    parent.choose("Se déconnecter")
    parent.reads(screens.SIGN_IN, "Vous êtes déconnecté.")
    parent.open(f"{installation.provider.issuer}/portail")
    screens.sign_in_page(parent)


@EVERYWHERE
def test_two_accounts_of_one_parent_become_one(installation, visitor, device):
    """J-R-02, J-R-05 to J-R-09, J-R-11, J-P-15."""
    parent = visitor(device)
    parent.open(f"{installation.provider.issuer}/compte/regroupement")
    screens.sign_in(parent, VALERY.identifier, VALERY.password)
    parent.reads("Recherchez le compte", *screens.FOOTER, name="regrouping-search")
    parent.fill("identifiant", "v.durant")
    parent.fill("mot de passe", "Wrong2026")
    parent.choose("Suivant")
    parent.reads(
        "Recherchez le compte",
        "Identifiant ou mot de passe incorrect.",
        name="regrouping-wrong",
    )
    parent.fill("mot de passe", PASSWORD)
    parent.choose("Suivant")
    parent.reads(
        "Ajoutez tous les enfants de v.durant",
        "Tous les enfants suivants seront ajoutés sur le compte v.durant1.",
        "Le compte v.durant ne sera plus utilisable.",
        "Cassandre",
        "03/10/2010",
        name="regrouping-question",
    )
    parent.choose("Ajouter")
    parent.reads(
        "Mon compte",
        "L'opération de regroupement des comptes a été effectuée avec succès.",
        "Seul le compte avec lequel vous êtes connecté reste disponible.",
        "Alexis",
        "Cassandre",
        name="regrouping-done",
    )
    parent.open(f"{installation.provider.issuer}/portail")
    parent.reads("Scolarité services", "DURAND Alexis", "DURAND Cassandre")
    mails = installation.mail_server
    mails.wait_for_subject("valery.durant@example.org", "regroupement de comptes")


def test_the_letter_s_account_of_somebody_else_is_not_absorbed(installation, visitor):
    """With the letter alone nobody closes another one's account (J §8.2 no. 19)."""
    parent = visitor("desk")
    parent.open(f"{installation.provider.issuer}/compte/regroupement")
    screens.sign_in(parent, VALERY.identifier, VALERY.password)
    parent.reads("Recherchez le compte")
    parent.fill("identifiant", CELINE.identifier)
    parent.fill("mot de passe", CELINE.provisional)
    parent.choose("Suivant")
    parent.reads("Recherchez le compte", "Ces deux comptes ne sont pas au même nom.")
