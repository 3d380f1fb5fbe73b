"""Debian's Chromium: parents sign in from a page of its own, read reports, and sign out again."""

import json
import re
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from rig import chromium
from rig.chromium import barriers, overflows, sign_in, text_of
from rig.parents import PATRICK, VALERY
from rig.programs import Teleservices
from rig.relying_party import RelyingParty, RelyingPartyServer


@pytest.fixture(scope="module")
def authlib(authority, ports, front, provider) -> Iterator[RelyingParty]:
    application = RelyingParty(ports.url("authlib"), provider.issuer, str(authority.authority))
    application.adopt(
        provider.register("authlib-chromium", application.metadata(algorithm="ES256"))
    )
    with RelyingPartyServer(application, ports.private["authlib"]):
        yield application


@pytest.fixture(scope="module")
def teleservices(run_folder, authority, ports, front, provider) -> Iterator[Teleservices]:
    sites = {
        "lsu": (ports.url("lsu"), ports.private["lsu"]),
        "inscription": (ports.url("inscription"), ports.private["inscription"]),
    }
    program = Teleservices(run_folder / "lsu", provider, sites, authority.authority)
    for kind in sites:
        provider.register(kind, program.metadata(kind))
    program.start()
    yield program
    assert program.stop() == 0, program.tail()


@pytest.fixture(scope="module")
def lsu(teleservices) -> str:
    """The address of the school reports."""
    return teleservices.sites["lsu"][0]


@pytest.fixture(scope="module")
def second(teleservices) -> str:
    """The address of the second teleservice."""
    return teleservices.sites["inscription"][0]


@pytest.fixture
def page(chromium_browser) -> Iterator[Page]:
    context = chromium.visit(chromium_browser)
    page = context.new_page()
    page.problems = []
    # What the browser itself finds wrong with our pages, the content security policy above all.
    page.on(
        "console",
        lambda line: (
            line.type == "error" and page.problems.append(f"{line.text} ({line.location['url']})")
        ),
    )
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    yield page
    context.close()


def test_a_parent_signs_in_and_the_page_shows_the_claims_and_signs_out(page, authlib):
    page.goto(authlib.public)
    page.locator("#sign-in").click()
    sign_in(page, VALERY.identifier, VALERY.password)
    claims = json.loads(page.locator("#claims").inner_text())
    assert claims["given_name"] == VALERY.given_name
    assert [child["given_name"] for child in claims["children"]] == list(VALERY.children)
    page.locator("#sign-out").click()
    expect(page.locator("#signed-out")).to_be_visible()
    page.goto(f"{authlib.public}/sign-in")
    expect(page.locator("#password")).to_be_visible()
    assert page.problems == []


def test_a_parent_opens_a_report_and_a_second_teleservice_asks_for_no_password(
    page, lsu, second, pictures, tmp_path
):
    page.goto(lsu)
    page.locator("#sign-in").click()
    pictures.take(page, "sign-in")
    sign_in(page, VALERY.identifier, VALERY.password)
    expect(page.get_by_text("Livret Scolaire Unique du CP à la 3ème").first).to_be_visible()
    assert "Alexis" in text_of(page)
    pictures.take(page, "lsu")

    # The entry opens the document in the browser's own viewer; beside it stands what saves it.
    entry = page.get_by_role("link", name=re.compile("^Bilan périodique")).first
    with page.expect_response(lambda answer: "/documents/" in answer.url) as opened:
        entry.click()
    assert opened.value.header_value("content-type") == "application/pdf"
    assert opened.value.header_value("content-disposition").startswith("inline")
    page.wait_for_url("**/documents/*")
    page.goto(f"{lsu}/livrets")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^Enregistrer : Bilan périodique")).first.click()
    report = tmp_path / "report.pdf"
    download.value.save_as(report)
    assert report.read_bytes().startswith(b"%PDF-")
    text = subprocess.run(
        ["pdftotext", report, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Alexis" in text and "DURAND" in text
    pictures.take_document(report, "report")

    page.goto(second)
    page.locator("#sign-in").click()
    expect(page.get_by_text("Alexis").first).to_be_visible()
    assert page.locator("#password").count() == 0
    pictures.take(page, "second-teleservice")

    page.goto(lsu)
    page.locator("#sign-out").click()
    expect(page.get_by_text("déconnecté").first).to_be_visible()
    pictures.take(page, "signed-out")
    page.goto(lsu)
    page.locator("#sign-in").click()
    expect(page.locator("#password")).to_be_visible()
    assert page.problems == []


def test_another_parents_report_is_refused(chromium_browser, lsu):
    first = chromium.visit(chromium_browser)
    page = first.new_page()
    page.goto(lsu)
    page.locator("#sign-in").click()
    sign_in(page, VALERY.identifier, VALERY.password)
    address = page.get_by_role("link", name=re.compile("Bilan périodique")).first.get_attribute(
        "href"
    )
    first.close()
    other = chromium.visit(chromium_browser)
    page = other.new_page()
    page.goto(lsu)
    page.locator("#sign-in").click()
    sign_in(page, PATRICK.identifier, PATRICK.password)
    expect(page.get_by_text("Livret Scolaire Unique").first).to_be_visible()
    answer = page.goto(lsu + "/" + address.removeprefix(lsu).lstrip("/"))
    assert answer.status in (403, 404)
    assert "Alexis" not in text_of(page)
    other.close()


def test_a_wrong_password_says_so_beside_the_form_and_keeps_the_identifier(page, authlib, pictures):
    page.goto(f"{authlib.public}/sign-in")
    sign_in(page, VALERY.identifier, "Parent2027")
    expect(page.get_by_role("alert").first).to_contain_text("Identifiant ou mot de passe incorrect")
    assert page.locator("#identifier").input_value() == VALERY.identifier
    assert page.locator("#password").input_value() == ""
    pictures.take(page, "wrong-password")
    assert barriers(page) == []
    sign_in(page, VALERY.identifier, VALERY.password)
    expect(page.locator("#claims")).to_be_visible()


def test_an_empty_field_is_marked(page, authlib):
    page.goto(f"{authlib.public}/sign-in")
    # What the browser would refuse itself must be refused by the server too.
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    page.locator("#sign-in").click()
    assert "Champ obligatoire" in text_of(page)
    assert page.locator("#identifier").get_attribute("aria-invalid") == "true"


def test_the_keyboard_alone_signs_in(page, authlib, pictures):
    page.goto(f"{authlib.public}/sign-in")
    # The first stop is the link that skips the header; the fields follow in the order of reading.
    stops: list[str] = []
    for _ in range(30):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
        if stops[-1] == "identifier":
            break
    assert stops[-1] == "identifier", stops
    outline = page.evaluate(
        "(() => { const style = getComputedStyle(document.activeElement);"
        " return style.outlineStyle + style.outlineWidth + style.boxShadow; })()"
    )
    assert outline not in ("none0pxnone", "none3pxnone"), "the focus can be seen"
    page.keyboard.type(VALERY.identifier)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "password"
    page.keyboard.type(VALERY.password)
    page.keyboard.press("Enter")
    expect(page.locator("#claims")).to_be_visible()


def test_a_browser_without_script_signs_in_and_out(chromium_browser, authlib):
    context = chromium.visit(chromium_browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{authlib.public}/sign-in")
    sign_in(page, VALERY.identifier, VALERY.password)
    expect(page.locator("#claims")).to_be_visible()
    page.locator("#sign-out").click()
    expect(page.locator("#signed-out")).to_be_visible()
    context.close()


def test_a_browser_without_script_reads_the_reports_and_signs_out(chromium_browser, lsu, pictures):
    context = chromium.visit(
        chromium_browser, java_script_enabled=False, viewport=chromium.PHONE, has_touch=True
    )
    page = context.new_page()
    page.goto(lsu)
    page.locator("#sign-in").click()
    pictures.take(page, "sign-in-phone")
    sign_in(page, PATRICK.identifier, PATRICK.password)
    for child in PATRICK.children:
        expect(page.locator("#children").get_by_text(child)).to_be_visible()
    page.locator("#children a", has_text="Marceau").click()
    expect(page.locator("#child")).to_contain_text("Marceau")
    pictures.take(page, "lsu-phone")
    page.locator("#sign-out").click()
    expect(page.get_by_text("déconnecté").first).to_be_visible()
    context.close()


def test_the_keyboard_alone_reaches_a_report_and_the_way_out(page, lsu):
    def tab_to(wanted: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({wanted!r})"):
                return
        raise AssertionError(f"the keyboard does not reach {wanted} on {page.url}")

    page.goto(lsu)
    tab_to("#sign-in")
    page.keyboard.press("Enter")
    page.wait_for_selector("#password")
    # The identifier has the focus already.
    page.keyboard.type(VALERY.identifier)
    page.keyboard.press("Tab")
    page.keyboard.type(VALERY.password)
    page.keyboard.press("Enter")
    page.wait_for_selector("#child")
    tab_to(".documents a:not(.save)")
    with page.expect_response(lambda answer: "/documents/" in answer.url) as opened:
        page.keyboard.press("Enter")
    assert opened.value.ok
    page.wait_for_url("**/documents/*")
    page.goto(f"{lsu}/livrets")
    tab_to("#sign-out-button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("déconnecté").first).to_be_visible()
    assert page.problems == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_pages_fit_every_screen_and_have_no_barriers(chromium_browser, lsu, pictures, width):
    viewport = chromium.DESK if width == 1280 else {"width": width, "height": 844}
    context = chromium.visit(chromium_browser, viewport=viewport, has_touch=width < 768)
    page = context.new_page()
    visited = []

    def look(name: str) -> None:
        visited.append(name)
        pictures.take(page, f"{name}-{width}")
        assert not overflows(page), f"{name} is wider than {width} px"
        assert barriers(page) == [], name
        assert page.evaluate("document.documentElement.lang") == "fr"
        assert page.title().strip()

    page.goto(lsu)
    look("teleservice-home")
    page.locator("#sign-in").click()
    expect(page.locator("#password")).to_be_visible()
    look("sign-in")
    sign_in(page, VALERY.identifier, VALERY.password)
    expect(page.get_by_text("Alexis").first).to_be_visible()
    look("lsu")
    page.locator("#sign-out").click()
    expect(page.get_by_text("déconnecté").first).to_be_visible()
    look("signed-out")
    context.close()


def test_an_error_page_says_what_is_wrong_and_has_no_barriers(page, provider, pictures):
    answer = page.goto(f"{provider.issuer}/authorize?client_id=nobody")
    assert answer.status == 400
    assert barriers(page) == []
    assert not overflows(page)
    pictures.take(page, "error")


def test_the_pages_hold_at_twice_the_text_size(chromium_browser, authlib):
    context = chromium.visit(chromium_browser, viewport={"width": 640, "height": 450})
    page = context.new_page()
    page.goto(f"{authlib.public}/sign-in")
    # A window half as large is what 200 % zoom makes of it.
    expect(page.locator("#identifier")).to_be_visible()
    assert not overflows(page)
    context.close()


def test_the_cookies_are_closed_to_scripts_and_other_sites(page, authlib, provider):
    page.goto(f"{authlib.public}/sign-in")
    sign_in(page, VALERY.identifier, VALERY.password)
    expect(page.locator("#claims")).to_be_visible()
    ours = [each for each in page.context.cookies(provider.issuer) if "educonnect" in each["name"]]
    assert ours
    for cookie in ours:
        assert cookie["name"].startswith("__Host-")
        assert cookie["httpOnly"] and cookie["secure"] and cookie["sameSite"] == "Lax"
