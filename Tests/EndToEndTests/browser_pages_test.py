"""Debian's Chromium: the pages themselves, their messages, widths, barriers and cookies."""

import pytest
from playwright.sync_api import expect

from rig import chromium
from rig.chromium import barriers, overflows, sign_in, text_of
from rig.parents import VALERY


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
