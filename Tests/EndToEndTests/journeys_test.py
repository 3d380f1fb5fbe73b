"""Debian's Chromium: the three journeys, each from the teleservice's sign-in button to the open report, in
three windows; codes and links come by Kannel and SMTP."""

import json

import pytest

from rig import screens
from rig.parents import ANNE_LAURE, CELINE, CHOSEN, PATRICK_LOYEZ, VALERY, VALERYS_NUMBER
from rig.visitor import DEVICES

pytestmark = pytest.mark.usefixtures("fresh")
EVERYWHERE = pytest.mark.parametrize("device", DEVICES)
ADDRESS = "celine.dupont@example.org"


@EVERYWHERE
def test_a_parent_comes_by_franceconnect_and_returns_by_its_button_alone(
    installation, visitor, device
):
    """The school's letter is no condition (J-A-02 to J-A-07, J-A-10 to J-A-12, J-A-16 to J-A-19, J-A-21 to
    J-A-23, J-C-06, J-K-14)."""
    parent = visitor(device)
    screens.leave_for_sign_in(parent, installation.lsu)
    parent.choose("S'identifier avec FranceConnect")
    screens.franceconnect(parent, CELINE)
    screens.mobile_number(parent, CELINE.typed_number)
    screens.code_page(parent)
    screens.enter_code(parent, installation.code_for(CELINE.number))
    screens.children_page(parent, CELINE)
    screens.enter_children(parent, CELINE)
    screens.report(parent, CELINE)

    again = visitor(device)
    screens.leave_for_sign_in(again, installation.lsu)
    again.choose("S'identifier avec FranceConnect")
    screens.franceconnect(again, CELINE)
    screens.report(again, CELINE)
    assert len(installation.kannel.received()) == 1


def test_an_account_in_use_is_linked_and_its_owner_is_told(installation, visitor):
    """Birth name and usage name, four children in three schools (J-A-16 to J-A-19, J-A-22)."""
    parent = visitor("desk")
    screens.leave_for_sign_in(parent, installation.lsu)
    parent.choose("S'identifier avec FranceConnect")
    screens.franceconnect(parent, PATRICK_LOYEZ)
    screens.mobile_number(parent, PATRICK_LOYEZ.typed_number)
    screens.enter_code(parent, installation.code_for(PATRICK_LOYEZ.number))
    screens.children_page(parent, PATRICK_LOYEZ)
    screens.enter_children(parent, PATRICK_LOYEZ)
    screens.report(parent, PATRICK_LOYEZ)
    (told,) = installation.mail_server.wait_for("patrick.dupont@example.org")
    assert "identité FranceConnect" in told.text and "pa...1" in told.text


@EVERYWHERE
def test_a_parent_opens_an_account_by_sms_and_signs_in_with_it(installation, visitor, device):
    """J-B-03 to J-B-08, J-B-12 to J-B-16, J-B-19 to J-B-28, J-S-11, J-K-14."""
    parent = visitor(device)
    screens.leave_for_sign_in(parent, installation.lsu)
    parent.choose("Je n'ai pas de compte")
    screens.identity(parent, ANNE_LAURE)
    screens.code_page(parent)
    screens.enter_code(parent, installation.code_for(ANNE_LAURE.number))
    screens.children_page(parent, ANNE_LAURE)
    screens.enter_children(parent, ANNE_LAURE)
    screens.new_password(parent, ANNE_LAURE)
    screens.report(parent, ANNE_LAURE)

    again = visitor(device)
    screens.leave_for_sign_in(again, installation.lsu)
    screens.sign_in(again, ANNE_LAURE.identifier, CHOSEN)
    screens.report(again, ANNE_LAURE)


@EVERYWHERE
def test_a_notified_parent_activates_the_account_in_one_browser(installation, visitor, device):
    """One click on the link is enough where scripts run; « Se connecter » goes on with what waited
    (J-C-10 to J-C-13, J-C-16 to J-C-23, J-C-26 to J-C-33, J-C-37, J-K-01 to J-K-04, J-S-14)."""
    parent = visitor(device)
    screens.leave_for_sign_in(parent, installation.lsu)
    screens.sign_in(parent, CELINE.identifier, CELINE.provisional)
    screens.password_not_changed(parent)
    screens.activation(parent, CELINE, ADDRESS)
    screens.waiting(parent)
    link = installation.link_for(ADDRESS)

    waiting = parent.page
    parent.open_window()
    parent.open(link)
    if not parent.has_script:
        screens.confirm(parent)
    screens.activated(parent)
    screens.sign_in_page(parent)
    screens.sign_in(parent, CELINE.identifier, CHOSEN)
    screens.report(parent, CELINE)

    parent.open(link)
    parent.reads(screens.CONFIRMATION, "Votre compte est déjà activé.", name="already-active")
    # C-4 in the first window has nothing to wait for any more.
    parent.page = waiting
    parent.choose("VALIDER")
    parent.reads("Cette demande n'est plus valable", "Revenez au téléservice et recommencez.")
    assert parent.page.locator("#way-on").get_attribute("href").rstrip("/") == installation.lsu


@EVERYWHERE
def test_the_link_serves_in_another_browser_too(installation, visitor, device):
    """It signs nobody in there; in the first one « VALIDER » leads to the sign-in page (J-C-27, J-C-29 to
    J-C-33, J-C-37)."""
    first = visitor("desk")
    screens.leave_for_sign_in(first, installation.lsu)
    screens.sign_in(first, CELINE.identifier, CELINE.provisional)
    screens.password_not_changed(first)
    screens.activation(first, CELINE, ADDRESS)
    screens.waiting(first)

    other = visitor(device)
    other.open(installation.link_for(ADDRESS))
    screens.confirm(other)
    screens.activated(other)
    if other.page.url.rstrip("/") == installation.lsu:
        other.choose("Se connecter avec EduConnect")
    screens.sign_in_page(other)
    screens.sign_in(other, CELINE.identifier, CHOSEN)
    screens.report(other, CELINE)

    first.choose("VALIDER")
    screens.sign_in_page(first)
    screens.sign_in(first, CELINE.identifier, CHOSEN)
    screens.report(first, CELINE)


@EVERYWHERE
def test_who_signs_in_before_the_link_was_followed_may_correct_the_address(
    installation, visitor, device
):
    """C-6 (J-S-16, J-C-28, J-C-29, J-K-02)."""
    parent = visitor(device)
    screens.leave_for_sign_in(parent, installation.lsu)
    screens.sign_in(parent, "audrey.decaux", VALERY.password)
    parent.reads(
        screens.ADDRESS,
        "Vérifiez l'adresse saisie, modifiez-la si nécessaire, puis validez",
        *screens.HELP,
        name="address",
    )
    assert parent.field("Email").input_value() == "audrey.decaux@example.org"
    corrected = "a.decaux@example.org"
    parent.fill("Email", corrected)
    parent.fill("Confirmez votre email", corrected)
    parent.choose("Valider")
    screens.waiting(parent)
    parent.open(installation.link_for(corrected))
    if not parent.has_script:
        screens.confirm(parent)
    screens.activated(parent)
    screens.sign_in(parent, "audrey.decaux", VALERY.password)
    parent.reads(screens.REPORTS, "DECAUX")
    assert installation.mail_server.to("audrey.decaux@example.org") == []


@EVERYWHERE
def test_a_teleservice_that_wants_more_gets_a_code_after_the_password(
    installation, authlib_page, visitor, device
):
    """SIGN-3: nothing is sent before the button is pressed (J-S-21, J-K-14)."""
    parent = visitor(device)
    parent.open(f"{authlib_page}/sign-in?acr_values=urn:educonnect:acr:password-sms")
    screens.sign_in_page(parent)
    screens.sign_in(parent, VALERY.identifier, VALERY.password)
    parent.reads(
        "Vérification par SMS",
        "Un code va être envoyé au numéro 06 ** ** ** 01.",
        *screens.HELP,
        name="step-up",
    )
    assert installation.kannel.received() == []
    parent.choose(screens.SEND_CODE)
    parent.reads("Vérification par SMS", "code valable 30min", *screens.HELP, name="step-up-code")
    screens.enter_code(parent, installation.code_for(VALERYS_NUMBER))
    parent.reads("Vos données")
    claims = json.loads(parent.page.locator("#claims").inner_text())
    assert claims["acr"] == "urn:educonnect:acr:password-sms"
    assert claims["given_name"] == VALERY.given_name
