"""Debian's Chromium: whoever leaves EduConnect leaves both teleservices and FranceConnect too, whatever of
them is down. On plain http, as in development: only there may a notice go to loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rig import screens
from rig.installation import Installation
from rig.parents import CELINE
from rig.ports import free_port, wait_until
from rig.visitor import Visitor

pytestmark = pytest.mark.usefixtures("fresh")
SIGNED_OUT = "Vous êtes déconnecté."
SIGN_IN = "Se connecter avec EduConnect"


@pytest.fixture(scope="module")
def installation(run_folder: Path, authority, _kannel, _mail_server) -> Iterator[Installation]:
    ports = {name: free_port() for name in ("provider", "lsu", "inscription", "authlib")}
    sites = {name: (f"http://localhost:{port}", port) for name, port in ports.items()}
    installation = Installation(run_folder / "sign-out", sites, authority, _kannel, _mail_server)
    yield installation
    installation.stop()


@pytest.fixture
def parent(installation: Installation, visitor) -> Visitor:
    """Came by FranceConnect and has both teleservices open."""
    parent = visitor("desk")
    screens.leave_for_sign_in(parent, installation.lsu)
    parent.choose("S'identifier avec FranceConnect")
    screens.franceconnect(parent, CELINE)
    screens.mobile_number(parent, CELINE.typed_number)
    screens.enter_code(parent, installation.code_for(CELINE.number))
    screens.children_page(parent, CELINE)
    screens.enter_children(parent, CELINE)
    parent.reads(screens.REPORTS)
    parent.open(second(installation))
    parent.choose(SIGN_IN)
    parent.reads("Inscription en ligne", CELINE.family_name)
    return parent


def second(installation: Installation) -> str:
    return installation.teleservices.sites["inscription"][0]


def is_over(parent: Visitor, teleservice: str) -> bool:
    """Whether the teleservice offers its sign-in again, to the same browser."""
    parent.open(teleservice)
    return parent.page.get_by_text(SIGN_IN).count() > 0


def wait_for_notice(parent: Visitor, teleservice: str, seconds: int = 10) -> None:
    wait_until(lambda: is_over(parent, teleservice), seconds, f"{teleservice} was told")


def test_leaving_educonnect_ends_both_teleservices_and_franceconnect(installation, parent):
    """J-O-14, SR-39, SR-62."""
    parent.open(f"{installation.provider.issuer}/logout")
    parent.reads("Voulez-vous vous déconnecter ?", CELINE.family_name)
    parent.choose("Se déconnecter")
    parent.reads("Déconnexion", SIGNED_OUT)
    assert parent.page.url.startswith(f"{installation.provider.issuer}/franceconnect/deconnexion")
    for teleservice in (installation.lsu, second(installation)):
        wait_for_notice(parent, teleservice)
    # FranceConnect asks again who it is: its own session was the reason not to.
    screens.leave_for_sign_in(parent, installation.lsu)
    parent.choose("S'identifier avec FranceConnect")
    parent.reads("Choisissez un compte pour vous connecter sur EduConnect")


def test_leaving_a_teleservice_leads_back_to_it_by_way_of_franceconnect(installation, parent):
    """J-O-14, SR-39, SR-62."""
    parent.open(installation.lsu)
    parent.choose("Se déconnecter")
    parent.reads(SIGNED_OUT)
    assert parent.page.url.startswith(f"{installation.lsu}/deconnexion/retour")
    addresses = [url.split("?")[0] for url in parent.visited]
    assert f"{installation.provider.issuer}/franceconnect/deconnexion" in addresses
    wait_for_notice(parent, second(installation))
    screens.leave_for_sign_in(parent, second(installation))
    parent.choose("S'identifier avec FranceConnect")
    parent.reads("Choisissez un compte pour vous connecter sur EduConnect")


def test_franceconnect_that_is_down_holds_up_no_sign_out(installation, parent):
    """SR-39, J-O-14."""
    installation.simulator.kill()
    parent.open(installation.lsu)
    parent.choose("Se déconnecter")
    parent.reads(SIGNED_OUT)
    assert parent.page.url.startswith(f"{installation.lsu}/deconnexion/retour")
    wait_for_notice(parent, second(installation))
    # Nobody is signed in at EduConnect any more.
    screens.leave_for_sign_in(parent, installation.lsu)


def test_teleservices_that_are_down_are_told_when_they_are_back(installation, parent):
    """SR-62, J-O-14: at its next try the notice arrives, though nobody is signed in there by then."""
    teleservices = installation.teleservices
    assert teleservices.stop() == 0, teleservices.tail()
    parent.open(f"{installation.provider.issuer}/logout")
    parent.choose("Se déconnecter")
    parent.reads("Déconnexion", SIGNED_OUT)
    log = teleservices.log.read_text().count("logged out by the provider")
    teleservices.start()
    wait_until(
        lambda: teleservices.log.read_text().count("logged out by the provider") == log + 2,
        60,
        "both teleservices were told",
    )
    screens.leave_for_sign_in(parent, installation.lsu)
