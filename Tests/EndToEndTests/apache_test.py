"""A real relying party: Apache with mod_auth_openidc, configured from our discovery document."""

import html
import json
from collections.abc import Iterator

import pytest

from rig.apache import Apache
from rig.pages import Browser
from rig.parents import VALERY


@pytest.fixture(scope="module")
def apache(run_folder, authority, ports, front, provider) -> Iterator[Apache]:
    folder = run_folder / "apache"
    apache = Apache(folder, ports.private["apache"], ports.url("apache"), authority.authority)
    apache.configure(provider.issuer, provider.register("apache", apache.metadata()))
    with apache:
        yield apache


@pytest.fixture
def browser(authority) -> Browser:
    return Browser(authority.authority)


def claim(browser: Browser, name: str) -> str:
    """The text of one claim on the protected page."""
    after = browser.page.html.split(f'id="{name}">', 1)[1]
    return html.unescape(after.split("<dt>", 1)[0].split("</dl>", 1)[0]).strip()


def test_a_parent_signs_in_and_the_protected_page_shows_the_claims(apache, browser):
    browser.open(f"{apache.public}/private/").sign_in(VALERY.identifier, VALERY.password)
    assert browser.url.startswith(f"{apache.public}/private/"), browser.page.text + apache.log
    assert claim(browser, "given_name") == VALERY.given_name
    assert claim(browser, "family_name") == VALERY.family_name
    assert claim(browser, "sub")
    children = json.loads(claim(browser, "userinfo"))["children"]
    assert [child["given_name"] for child in children] == list(VALERY.children)


def test_a_second_visit_asks_for_no_password(apache, browser):
    browser.open(f"{apache.public}/private/").sign_in(VALERY.identifier, VALERY.password)
    subject = claim(browser, "sub")
    # The teleservice forgets its own session: the provider's is the only one left.
    for name in [cookie.name for cookie in browser.session.cookies if "mod_auth" in cookie.name]:
        browser.session.cookies.set(name, None)
    browser.open(f"{apache.public}/private/")
    assert "password" not in browser.page.ids, browser.page.text
    assert claim(browser, "sub") == subject


def test_signing_out_ends_both_sessions(apache, browser):
    browser.open(f"{apache.public}/private/").sign_in(VALERY.identifier, VALERY.password)
    browser.open(browser.page.link("Se déconnecter"))
    assert browser.url.startswith(f"{apache.public}/signed-out.html"), (
        browser.url + browser.page.text
    )
    browser.open(f"{apache.public}/private/")
    assert "password" in browser.page.ids, f"still signed in: {browser.url}"


def test_a_wrong_password_leads_nowhere(apache, browser):
    browser.open(f"{apache.public}/private/").sign_in(VALERY.identifier, "Parent2027")
    assert browser.page.alerts, f"{browser.page.status} {browser.page.text}"
    browser.open(f"{apache.public}/private/")
    assert "password" in browser.page.ids
