"""A spoilt sign-in form or sign-out link signs nobody in or out, and refusals write nothing."""

from urllib.parse import quote, urlencode

import pytest
import requests

from rig.answers import authorize, fresh_code, get, rows
from rig.clients import PKCE
from rig.parents import VALERY

pytestmark = pytest.mark.usefixtures("survives")


@pytest.fixture
def form(client):
    browser = client.browser()
    browser.open(client.authorization_url(PKCE()))
    return browser, browser.page.form_with("identifier", "password")


@pytest.mark.parametrize(
    "change",
    [
        {"csrf": "forged"},
        {"csrf": ""},
        {"identifier": ""},
        {"password": ""},
        {"identifier": "x" * 5000},
        {"password": "x" * 5000},
        {"identifier": "v.durant1\0"},
        {"identifier": "' OR 1=1 --"},
        {"identifier": "<script>alert(1)</script>"},
    ],
    ids=str,
)
def test_a_spoilt_sign_in_form_signs_nobody_in(form, change):
    browser, sign_in = form
    values = {"identifier": VALERY.identifier, "password": VALERY.password} | change
    if not set(change) <= sign_in.names:
        pytest.fail(f"the form has no {set(change) - sign_in.names}: {sign_in.names}")
    browser.submit(sign_in, button="sign-in", **values)
    assert browser.page is not None, browser.url
    # A form that could be read comes back with what is wrong in it.
    is_refused = browser.page.status == 200 and browser.url.endswith("?erreur=1")
    assert is_refused or browser.page.status in (400, 403, 404, 410, 413), browser.page.status
    assert "<script>alert" not in browser.page.html
    assert not any("session" in cookie.name for cookie in browser.session.cookies)


@pytest.mark.parametrize("sealed", ["A" * 200, ""])
def test_a_sign_in_form_with_another_seal_signs_nobody_in(form, sealed):
    browser, sign_in = form
    sign_in.action = sign_in.action.split("?")[0] + "?r=" + sealed
    browser.submit(
        sign_in, button="sign-in", identifier=VALERY.identifier, password=VALERY.password
    )
    assert browser.page is not None and browser.page.status == 403
    assert not any("session" in cookie.name for cookie in browser.session.cookies)


def test_a_sign_in_form_of_another_browser_signs_nobody_in(client, form):
    _, sign_in = form
    stranger = client.browser()
    stranger.open(client.authorization_url(PKCE()))
    stranger.submit(
        sign_in, button="sign-in", identifier=VALERY.identifier, password=VALERY.password
    )
    assert stranger.page is not None and stranger.page.status in (400, 403, 404, 410)


def test_a_sign_in_from_another_site_is_refused(form):
    browser, sign_in = form
    data = sign_in.filled | {"identifier": VALERY.identifier, "password": VALERY.password}
    headers = {"Origin": "https://evil.example"}
    answer = browser.session.post(sign_in.action, data=data, headers=headers, allow_redirects=False)
    assert answer.status_code in (400, 403), answer.status_code


def test_the_right_form_still_signs_in_after_all_that(client):
    code, pkce = fresh_code(client, client.browser())
    assert client.redeem(code, pkce).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {"post_logout_redirect_uri": "https://evil.example/"},
        {"post_logout_redirect_uri": "https://evil.example/", "client_id": "nobody"},
        {"id_token_hint": "a.b.c", "post_logout_redirect_uri": "https://evil.example/"},
        {"id_token_hint": "x" * 9000},
        {"client_id": "nobody"},
    ],
)
def test_signing_out_never_leads_to_an_unregistered_address(client, signed_in, query):
    answer = get(client.provider, "/logout?" + urlencode(query))
    assert answer.status_code in (200, 303, 400)
    assert "evil.example" not in answer.headers.get("Location", "")
    assert 'http-equiv="refresh"' not in answer.text.lower() or "evil.example" not in answer.text
    # Nobody was signed out by a link that somebody else wrote.
    fresh_code(client, signed_in)


def test_a_thousand_refused_requests_write_nothing(client):
    before = rows(client.provider)
    with requests.Session() as session:
        session.trust_env = False
        for number in range(250):
            authorize(client, {"redirect_uri": f"https://evil.example/{number}"})
            session.get(client.authorization_url(PKCE()), allow_redirects=False)
            session.get(
                client.provider.issuer + "/userinfo", headers={"Authorization": f"Bearer {number}"}
            )
            session.post(
                client.provider.issuer + "/token",
                data=f"grant_type=authorization_code&code={quote(str(number))}",
                headers={
                    "Authorization": client.basic,
                    "Content-Type": "application/x-www-form-urlencoded",
                },
            )
    assert rows(client.provider) == before
