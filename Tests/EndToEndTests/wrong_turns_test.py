"""Debian's Chromium: what parents do otherwise on the three journeys, and what FranceConnect does to them.
Each screen says what is wrong in its exact words, and has a way on."""

import pytest
from playwright.sync_api import Locator, expect

from rig import screens
from rig.chromium import barriers
from rig.parents import ANGELA, ANNE_LAURE, CELINE, CHOSEN, PIERRE, VALERY
from rig.visitor import DEVICES, Visitor

pytestmark = pytest.mark.usefixtures("fresh")

ADDRESS = "celine.dupont@example.org"
WRONG_CODE = "Le code saisi est incorrect. Veuillez le saisir à nouveau."
VOID_CODE = (
    "Le code saisi n'est plus valable. Veuillez recommencer la saisie de votre numéro de téléphone."
)
FAILED = "La connexion avec FranceConnect n'a pas abouti. Veuillez réessayer."
WRONG_SIGN_IN = "Identifiant ou mot de passe incorrect."
UNAVAILABLE = (
    "FranceConnect n'est pas disponible pour le moment. Vous pouvez utiliser vos identifiants "
    "EduConnect ou réessayer plus tard."
)
NO_NUMBER = "Le numéro de téléphone saisi n'est pas valable."
#: A number that is drama's own in the United Kingdom (Ofcom).
FOREIGN = "+44 7700 900123"


def other_code(code: str) -> str:
    """A code of six digits that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def begin(parent: Visitor, lsu: str, choice: str) -> None:
    screens.leave_for_sign_in(parent, lsu)
    parent.choose(choice)


def by_franceconnect(parent: Visitor, lsu: str, person) -> None:
    begin(parent, lsu, "S'identifier avec FranceConnect")
    screens.franceconnect(parent, person)


# Codes and numbers


def test_a_wrong_code_may_be_typed_again_and_a_fifth_ends_it(installation, visitor):
    """« Réessayer » leads back to the code, and at last to the form with what was typed (J-A-14, J-A-15,
    J-B-15, J-B-17, J-B-18)."""
    parent = visitor("phone")
    begin(parent, installation.lsu, "Je n'ai pas de compte")
    screens.identity(parent, ANNE_LAURE)
    code = installation.code_for(ANNE_LAURE.number)
    for count in range(5):
        screens.code_page(parent)
        screens.enter_code(parent, other_code(code))
        message = WRONG_CODE if count < 4 else VOID_CODE
        parent.reads(screens.ACTIVATE, message, "Besoin d'aide ?", name="wrong-code")
        parent.choose("Réessayer")
    parent.reads(screens.CREATE, "Nom", "Prénom")
    assert parent.field("Nom").input_value() == ANNE_LAURE.family_name
    assert parent.field("Prénom").input_value() == ANNE_LAURE.given_name
    assert parent.field("N° de téléphone portable").input_value() == ANNE_LAURE.typed_number


def test_the_right_code_serves_after_a_wrong_one_and_after_a_resend_that_must_wait(
    installation, visitor
):
    """The second SMS within a minute is not sent, and the first one's code goes on (J-A-12, J-A-14, J-A-15,
    J-B-15)."""
    parent = visitor("phone")
    by_franceconnect(parent, installation.lsu, ANGELA)
    screens.mobile_number(parent, ANGELA.typed_number)
    code = installation.code_for(ANGELA.number)
    screens.code_page(parent)
    screens.enter_code(parent, other_code(code))
    parent.reads(screens.ACTIVATE, WRONG_CODE)
    parent.choose("Réessayer")
    parent.choose("Je n'ai pas reçu de code d'activation par SMS")
    screens.mobile_number(parent, ANGELA.typed_number)
    parent.reads(screens.ACTIVATE, "Trop de tentatives. Réessayez dans 1 minute.", name="resend")
    parent.page.go_back()
    parent.page.go_back()
    screens.code_page(parent)
    screens.enter_code(parent, code)
    screens.children_page(parent, ANGELA)
    assert len(installation.kannel.received()) == 1


def test_numbers_that_lead_to_nobody_get_no_code(installation, visitor):
    """Another country's number, an unknown one, and one of an account in use (J-A-09, J-B-09 to J-B-11)."""
    parent = visitor("phone")
    by_franceconnect(parent, installation.lsu, ANGELA)
    screens.mobile_number(parent, FOREIGN)
    parent.reads(screens.ACTIVATE, NO_NUMBER, name="foreign-number")
    assert parent.focus == "mobile-number"
    assert parent.field("N° de téléphone portable").input_value() == FOREIGN
    assert parent.page.title().startswith("Erreur \u2013 ")
    screens.mobile_number(parent, PIERRE.typed_number)
    parent.reads(
        screens.ACTIVATE,
        "Le numéro de téléphone saisi n'est pas reconnu. Vérifiez votre saisie ou contactez votre "
        "établissement scolaire afin de modifier vos informations personnelles.",
        name="unknown-number",
    )

    parent = visitor("phone")
    begin(parent, installation.lsu, "Je n'ai pas de compte")
    screens.identity(parent, ANGELA, PIERRE.typed_number)
    parent.reads(
        screens.CREATE,
        "Les informations saisies ne permettent pas de poursuivre l'inscription par SMS. Veuillez "
        "vérifier les données saisies ou contactez votre établissement scolaire.",
        name="unknown-person",
    )
    parent.fill("Nom", VALERY.family_name)
    parent.fill("Prénom", VALERY.given_name)
    parent.fill("N° de téléphone portable", "06 39 98 00 01")
    parent.choose(screens.SEND_CODE)
    parent.reads(
        screens.CREATE,
        "Un compte EduConnect est déjà créé à partir de ces données. Vous pouvez vous connecter avec "
        "FranceConnect ou avec vos identifiants EduConnect.",
        name="account-exists",
    )
    parent.choose("Me connecter")
    screens.sign_in_page(parent)
    assert installation.kannel.received() == []


def test_two_journeys_in_two_tabs_do_not_mix(installation, visitor):
    """Neither's code serves the other (J-A-14, J-B-18, J-G-05)."""
    parent = visitor("desk")
    begin(parent, installation.lsu, "Je n'ai pas de compte")
    screens.identity(parent, ANNE_LAURE)
    first = parent.page
    second = parent.open_window()
    by_franceconnect(parent, installation.lsu, ANGELA)
    screens.mobile_number(parent, ANGELA.typed_number)
    code_of_second = installation.code_for(ANGELA.number)
    code_of_first = installation.code_for(ANNE_LAURE.number)

    for page, code in ((first, code_of_second), (second, code_of_first)):
        parent.page = page
        screens.enter_code(parent, code)
        parent.reads(screens.ACTIVATE, WRONG_CODE)
        parent.choose("Réessayer")
    parent.page = first
    screens.enter_code(parent, code_of_first)
    screens.children_page(parent, ANNE_LAURE)
    parent.page = second
    screens.enter_code(parent, code_of_second)
    screens.children_page(parent, ANGELA)
    parent.page = first
    screens.enter_children(parent, ANNE_LAURE)
    parent.page = second
    screens.enter_children(parent, ANGELA)
    screens.report(parent, ANGELA)
    parent.page = first
    screens.new_password(parent, ANNE_LAURE)
    screens.report(parent, ANNE_LAURE)


def test_sign_in_2_tells_who_has_no_mobile_phone_where_to_go(installation, visitor):
    """J-S-20, J-A-08, J-B-08."""
    for choice in ("Je n'ai pas de compte", "S'identifier avec FranceConnect"):
        parent = visitor("phone")
        begin(parent, installation.lsu, choice)
        if choice != "Je n'ai pas de compte":
            screens.franceconnect(parent, ANGELA)
        parent.choose(screens.WITHOUT_PHONE)
        screens.sign_in_page(
            parent,
            "Pour obtenir un compte EduConnect sans téléphone portable, contactez le directeur de "
            "l'école de votre enfant : il vous transmettra un identifiant et un mot de passe "
            "provisoire.",
        )


# Fields


def test_a_wrong_birth_date_is_said_once_above_the_children(installation, visitor):
    """It does not say which one; an empty one is marked at its child (J-A-19, J-A-20, J-B-19, J-B-21)."""
    parent = visitor("phone")
    begin(parent, installation.lsu, "Je n'ai pas de compte")
    screens.identity(parent, ANGELA)
    screens.enter_code(parent, installation.code_for(ANGELA.number))
    screens.children_page(parent, ANGELA)
    screens.enter_children(parent, ANGELA, Noé="2019-04-17")
    screens.children_page(parent, ANGELA, screens.WRONG_DATE)
    assert parent.text.count(screens.WRONG_DATE) == 1
    fields = [parent.field(f"{name} né(e) le") for name in ANGELA.children]
    assert [each.get_attribute("aria-invalid") for each in fields] == ["true", "true"]
    fields[1].fill("")
    parent.choose("Continuer")
    screens.children_page(parent, ANGELA, "Champ obligatoire")
    expect(fields[1]).to_be_focused()
    assert [each.get_attribute("aria-invalid") for each in fields] == [None, "true"]
    screens.enter_children(parent, ANGELA)
    parent.reads(screens.ACTIVATE, "Je prends note de mon identifiant")


@pytest.mark.parametrize("device", DEVICES)
def test_the_help_mark_opens_beside_its_label_and_moves_nothing(installation, visitor, device):
    """By a touch and by the keyboard, without script; Escape closes it (J-B-06, J-A-07)."""
    parent = visitor(device)
    begin(parent, installation.lsu, "Je n'ai pas de compte")
    parent.reads(screens.CREATE)
    words = parent.page.get_by_text("fiche de renseignement")
    mark = parent.page.locator(".help-mark")
    field = parent.field("N° de téléphone portable")
    label = parent.page.locator("label", has_text="N° de téléphone portable").bounding_box()
    place, beside = field.bounding_box(), mark.bounding_box()
    assert label["y"] < beside["y"] + beside["height"] / 2 < label["y"] + label["height"]
    assert 0 < beside["x"] - (label["x"] + label["width"]) < 20
    assert not words.is_visible()
    mark.click()
    expect(words).to_be_visible()
    assert field.bounding_box() == place
    shown, width = words.bounding_box(), parent.page.viewport_size["width"]
    assert shown["x"] >= 0 and shown["x"] + shown["width"] <= width
    assert shown["y"] + shown["height"] <= place["y"], "the field stays in sight"
    if device == "phone":
        assert barriers(parent.page) == []
    parent.page.keyboard.press("Escape")
    expect(words).to_be_hidden()
    parent.tab_to(mark) if parent.has_script else mark.focus()
    parent.page.keyboard.press("Enter")
    expect(words).to_be_visible()


def test_a_first_wrong_field_has_the_focus_and_values_stay(installation, visitor):
    """C-2: the address stays, passwords never do, and a wrong date leads to its help (J-C-18, J-C-24,
    J-C-25, J-F-09, J-G-16)."""
    parent = visitor("phone")
    screens.leave_for_sign_in(parent, installation.lsu)
    screens.sign_in(parent, CELINE.identifier, CELINE.provisional)
    screens.password_not_changed(parent)
    screens.activation(parent, CELINE, ADDRESS, confirmation="Tilleul4Cour")
    parent.reads("Activation du compte", "Les deux mots de passe saisis ne sont pas identiques.")
    assert parent.focus == "new-password-confirmation"
    assert parent.page.title().startswith("Erreur \u2013 ")
    assert parent.field("Confirmez votre email").input_value() == ADDRESS
    assert parent.field("Nouveau mot de passe").input_value() == ""
    screens.activation(parent, CELINE, ADDRESS, password="court1")
    assert parent.focus == "new-password"
    screens.activation(parent, CELINE, ADDRESS, password=CELINE.provisional)
    parent.reads(
        "Activation du compte",
        "Le nouveau mot de passe doit être différent de votre mot de passe actuel.",
    )
    screens.activation(parent, CELINE, ADDRESS, date="2008-03-31")
    parent.reads("Activation du compte", screens.WRONG_DATE, name="wrong-activation")
    assert parent.focus == "birth-date"
    screens.activation(parent, CELINE, ADDRESS)
    screens.waiting(parent)

    parent = visitor("phone")
    begin(parent, installation.lsu, "Je n'ai pas de compte")
    parent.choose(screens.SEND_CODE)
    parent.reads(screens.CREATE, "Champ obligatoire")
    assert parent.focus == "last-name"
    parent.fill("Nom", "HUCHE")
    parent.choose(screens.SEND_CODE)
    parent.reads(screens.CREATE)
    assert parent.focus == "first-name"
    assert parent.field("Nom").input_value() == "HUCHE"


def test_the_keyboard_alone_opens_an_account(installation, visitor):
    """From the teleservice's button to the report, in the order of reading (J-B-05 to J-B-26)."""
    parent = visitor("desk")

    def press(words: str) -> None:
        target = parent.target(words)
        parent.tab_to(target)
        assert outline(target) != "none"
        parent.page.keyboard.press("Enter")

    def type_into(label: str, text: str) -> None:
        parent.tab_to(parent.field(label))
        parent.page.keyboard.type(text)

    parent.open(installation.lsu)
    press("Se connecter avec EduConnect")
    screens.sign_in_page(parent)
    press("Je n'ai pas de compte")
    parent.reads(screens.CREATE)
    assert parent.focus == "last-name"
    type_into("Nom", ANNE_LAURE.family_name)
    type_into("Prénom", ANNE_LAURE.given_name)
    type_into("N° de téléphone portable", ANNE_LAURE.typed_number)
    press(screens.SEND_CODE)
    screens.code_page(parent)
    assert parent.focus == "code"
    type_into("J'indique le code d'activation", installation.code_for(ANNE_LAURE.number))
    parent.page.keyboard.press("Enter")
    screens.children_page(parent, ANNE_LAURE)
    (born,) = [parent.field(f"{name} né(e) le") for name in ANNE_LAURE.children]
    expect(born).to_be_focused()
    # The parts of a date field stand in the browser's own order.
    born.fill(next(iter(ANNE_LAURE.children.values())))
    press("Continuer")
    parent.reads(screens.ACTIVATE, "Je prends note de mon identifiant")
    type_into("Je crée mon mot de passe", CHOSEN)
    type_into("...et je le confirme", CHOSEN)
    press("Terminer")
    parent.reads(screens.REPORTS, "HUCHE")


def outline(target: Locator) -> str:
    """`none` where the focus can't be seen."""
    style = "getComputedStyle(element)"
    return target.evaluate(
        f"element => {style}.boxShadow === 'none' ? {style}.outlineStyle : {style}.boxShadow"
    )


# Back


def test_back_after_the_sms_shows_a_step_again(installation, visitor):
    """The code was used, and is asked for no more (J-G-18)."""
    parent = visitor("desk")
    begin(parent, installation.lsu, "Je n'ai pas de compte")
    screens.identity(parent, ANNE_LAURE)
    screens.enter_code(parent, installation.code_for(ANNE_LAURE.number))
    screens.children_page(parent, ANNE_LAURE)
    request = step_path(parent)
    while parent.back():
        parent.has_way_on()
    parent.open(f"{installation.provider.issuer}{request}")
    screens.children_page(parent, ANNE_LAURE)
    screens.enter_children(parent, ANNE_LAURE)
    screens.new_password(parent, ANNE_LAURE)
    screens.report(parent, ANNE_LAURE)
    while parent.back():
        parent.has_way_on()


def test_back_over_refused_forms_shows_their_screens(installation, visitor):
    """Never the browser's question whether to send a form again (J §3.0 no. 6, J-G-18)."""
    parent = visitor("no-script")
    screens.leave_for_sign_in(parent, installation.lsu)
    screens.sign_in(parent, VALERY.identifier, "Parent2027")
    screens.sign_in_page(parent, WRONG_SIGN_IN)
    screens.sign_in(parent, VALERY.identifier, "")
    screens.sign_in_page(parent, "Champ obligatoire")
    parent.choose("Je n'ai pas de compte")
    parent.choose("Recevoir mon code SMS")
    parent.reads(screens.CREATE, "Champ obligatoire")
    parent.fill("Nom", ANNE_LAURE.family_name)
    parent.choose("Recevoir mon code SMS")
    parent.reads(screens.CREATE, "Champ obligatoire")
    assert parent.field("Nom").input_value() == ANNE_LAURE.family_name
    pages = []
    while parent.back():
        parent.has_way_on()
        pages.append(parent.page.locator("h1").inner_text())
    assert pages.count(screens.CREATE) == 2, pages
    assert pages.count(screens.SIGN_IN) == 3, pages
    begin(parent, installation.lsu, "S'identifier avec FranceConnect")


def test_back_after_franceconnect_shows_a_step_again(installation, visitor):
    """J-A-26, J-G-18."""
    parent = visitor("desk")
    by_franceconnect(parent, installation.lsu, ANGELA)
    parent.reads(screens.ACTIVATE, screens.WITHOUT_PHONE)
    while parent.back():
        parent.has_way_on()
    begin(parent, installation.lsu, "S'identifier avec FranceConnect")
    # FranceConnect has its own session.
    parent.choose("Continuer sur EduConnect")
    screens.mobile_number(parent, ANGELA.typed_number)
    screens.enter_code(parent, installation.code_for(ANGELA.number))
    screens.children_page(parent, ANGELA)
    screens.enter_children(parent, ANGELA)
    screens.report(parent, ANGELA)


def step_path(parent: Visitor) -> str:
    """The address of the request that this window was on last, without its step."""
    address = next(
        url for url in reversed(parent.visited) if "/authorize/" in url and "?" not in url
    )
    return "/" + "/".join(address.split("/")[3:5])


def test_cancelling_leads_back_to_the_teleservice(installation, visitor):
    """From the first screen of each journey (J-A-26)."""
    parent = visitor("desk")
    begin(parent, installation.lsu, "Je n'ai pas de compte")
    parent.choose("Annuler")
    parent.reads("Connexion annulée")
    parent.choose("Se connecter avec EduConnect")
    screens.sign_in(parent, CELINE.identifier, CELINE.provisional)
    parent.choose("Annuler")
    parent.reads("Connexion annulée")
    by_franceconnect(parent, installation.lsu, ANGELA)
    parent.choose("Annuler")
    parent.reads("Connexion annulée")


# FranceConnect


def test_who_gives_up_at_franceconnect_may_sign_in_otherwise(installation, visitor):
    """J-A-26."""
    parent = visitor("phone")
    begin(parent, installation.lsu, "S'identifier avec FranceConnect")
    parent.choose("Revenir sur EduConnect sans me connecter")
    screens.sign_in_page(parent, FAILED)
    screens.sign_in(parent, VALERY.identifier, VALERY.password)
    parent.reads(screens.REPORTS, "Alexis")


def test_while_franceconnect_is_down_our_own_doors_stay_open(installation, visitor):
    """After ten failures its button goes away, and the page says why (J-A-26)."""
    installation.simulator.stop()
    parent = visitor("phone")
    screens.leave_for_sign_in(parent, installation.lsu)
    for _ in range(10):
        with parent.page.expect_navigation():
            parent.choose("S'identifier avec FranceConnect")
        parent.reads(screens.SIGN_IN, UNAVAILABLE)
    parent.reads(
        screens.SIGN_IN,
        "FranceConnect n'est pas disponible pour le moment. Les autres moyens de connexion restent "
        "ouverts.",
        name="franceconnect-down",
    )
    assert parent.target("S'identifier avec FranceConnect").count() == 0
    screens.sign_in(parent, VALERY.identifier, VALERY.password)
    parent.reads(screens.REPORTS, "Alexis")


@pytest.mark.parametrize(
    "conduct",
    [
        {"userinfo": "unsigned"},
        {"id_token": "wrong_nonce"},
        {"token": "hang"},
        {"userinfo": "html"},
        {"response": "temporarily_unavailable"},
        {"response": "other_iss"},
    ],
    ids=lambda conduct: "-".join(*conduct.items()),
)
def test_what_franceconnect_garbles_signs_nobody_in(installation, visitor, conduct):
    """The sign-in page says that it came to nothing, and a second try succeeds (J-A-26)."""
    parent = visitor("desk")
    screens.leave_for_sign_in(parent, installation.lsu)
    installation.simulator.behave(**conduct)
    parent.choose("S'identifier avec FranceConnect")
    screens.franceconnect(parent, CELINE)
    screens.sign_in_page(parent, FAILED)
    installation.simulator.behave()
    parent.choose("S'identifier avec FranceConnect")
    parent.choose("Continuer sur EduConnect")
    parent.reads(screens.ACTIVATE, screens.WITHOUT_PHONE)
