"""A real relying party: a teleservice built on Authlib, its tokens read by joserfc."""

import html
import json
from collections.abc import Iterator

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session

from rig.pages import Browser
from rig.parents import PATRICK, VALERY
from rig.relying_party import RelyingParty, RelyingPartyServer


@pytest.fixture(scope="module", params=["RS256", "ES256", "PS256", "EdDSA"])
def teleservice(request, authority, ports, front, provider) -> Iterator[RelyingParty]:
    """One that asks for its ID tokens in this algorithm."""
    application = RelyingParty(ports.url("authlib"), provider.issuer, str(authority.authority))
    metadata = application.metadata(algorithm=request.param)
    application.adopt(provider.register(f"authlib-{request.param}", metadata))
    with RelyingPartyServer(application, ports.private["authlib"]):
        yield application


@pytest.fixture
def browser(authority) -> Browser:
    return Browser(authority.authority)


def shown(browser: Browser) -> dict:
    """The claims on the teleservice's page."""
    assert 'id="claims">' in browser.page.html, f"{browser.url}: {browser.page.text}"
    return json.loads(html.unescape(browser.page.html.split('id="claims">')[1].split("</pre>")[0]))


def sign_in(browser: Browser, teleservice: RelyingParty, parent=VALERY) -> dict:
    browser.open(teleservice.public).open(browser.page.link("Se connecter"))
    browser.sign_in(parent.identifier, parent.password)
    return shown(browser)


def test_a_parent_signs_in_and_the_page_shows_the_claims(teleservice, browser):
    claims = sign_in(browser, teleservice)
    assert claims["iss"] == teleservice.issuer
    assert claims["given_name"] == VALERY.given_name
    assert claims["family_name"] == VALERY.family_name
    assert [child["given_name"] for child in claims["children"]] == list(VALERY.children)
    assert all("ine" not in child for child in claims["children"]), (
        "this teleservice is not entitled to it"
    )


def test_signing_out_ends_the_session_and_returns_with_the_state(teleservice, browser):
    sign_in(browser, teleservice)
    browser.open(browser.page.link("Se déconnecter"))
    assert browser.url.startswith(f"{teleservice.public}/signed-out"), (
        browser.url + browser.page.text
    )
    assert "(out-1)" in browser.page.text
    browser.open(f"{teleservice.public}/sign-in")
    assert "password" in browser.page.ids, "the provider's session lives on"


def test_another_parent_in_another_browser_is_another_subject(teleservice, browser, authority):
    first = sign_in(browser, teleservice)
    second = sign_in(Browser(authority.authority), teleservice, PATRICK)
    assert first["sub"] != second["sub"]
    assert [child["given_name"] for child in second["children"]] == list(PATRICK.children)


def test_a_refreshed_token_still_opens_userinfo(teleservice, browser):
    subject = sign_in(browser, teleservice)["sub"]
    token = [visit["token"] for visit in teleservice.visits.values() if "token" in visit][-1]
    session = OAuth2Session(
        teleservice.client_id,
        teleservice.client_secret,
        token=token,
        token_endpoint_auth_method=teleservice.method,
    )
    session.verify, session.trust_env = teleservice.authority, False
    fresh = session.refresh_token(teleservice.provider["token_endpoint"])
    assert fresh["access_token"] != token["access_token"]
    answer = requests.get(
        teleservice.provider["userinfo_endpoint"],
        headers={"Authorization": f"Bearer {fresh['access_token']}"},
        verify=teleservice.authority,
        timeout=10,
    )
    assert answer.json()["sub"] == subject
