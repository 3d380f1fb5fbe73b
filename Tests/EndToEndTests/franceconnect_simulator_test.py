"""The simulated FranceConnect refuses the authorization requests that FranceConnect v2 refuses, in the same
way; its pages lead through a sign-in. The tables are the rules of its documentation."""

import pytest
import requests

from rig.franceconnect import CALLBACK, error_page, redirected

# Authorization requests


@pytest.mark.parametrize(
    "name, value",
    [
        *((name, None) for name in (
            "client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "acr_values"
        )),
        ("client_id", ""),
        ("redirect_uri", ""),
        ("nonce", ""),
        ("nonce", "x" * 21),
        ("prompt", ""),
        ("prompt", "none"),
        ("prompt", "select_account"),
        ("prompt", "login none"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
        ("max_age", "0"),
        ("login_hint", "somebody"),
        ("display", "page"),
        ("response_mode", "query"),
        ("request", "e30.e30.e30"),
        ("request_uri", "urn:x"),
        ("resource", "https://api.example.org"),
        ("unheard_of", "1"),
    ],
)  # fmt: skip
def test_a_request_that_is_not_of_the_closed_list_ends_on_Y030007(simulator, name, value):
    answer = simulator.authorize(simulator.request(**{name: value}))
    assert (answer.status_code, error_page(answer)) == (400, "Y030007")


@pytest.mark.parametrize("twice", ["state", "scope", "client_id"])
def test_a_parameter_that_comes_twice_ends_on_Y030007(simulator, twice):
    request = simulator.request()
    answer = simulator.authorize([*request.items(), (twice, request[twice])])
    assert (answer.status_code, error_page(answer)) == (400, "Y030007")


@pytest.mark.parametrize(
    "over, code",
    [
        ({"client_id": "unknown"}, "Y04EA6EF"),
        ({"redirect_uri": CALLBACK + "/"}, "Y04C013C"),
        ({"redirect_uri": CALLBACK + "?x=1"}, "Y04C013C"),
        ({"redirect_uri": CALLBACK.replace("localhost", "127.0.0.1")}, "Y04C013C"),
        ({"redirect_uri": "https://evil.example.org/"}, "Y04C013C"),
        ({"scope": "openid amr"}, None),
        ({"claims": '{"id_token":{"amr":{"essential":true}}}'}, "Y100009"),
        ({"claims": "{"}, "Y030028"),
    ],
)
def test_what_nobody_may_be_redirected_for_ends_on_a_page_with_its_code(simulator, over, code):
    answer = simulator.authorize(simulator.request(**over))
    if code is None:  # `amr` as a scope is refused as any other scope
        assert redirected(answer)["error"] == "invalid_scope"
    else:
        assert error_page(answer) == code


@pytest.mark.parametrize(
    "client, over, error, description",
    [
        ("educonnect", {"response_type": ""}, "invalid_request", "missing required"),
        ("educonnect", {"response_type": "token"}, "unsupported_response_type", "unsupported"),
        ("educonnect", {"response_type": "code id_token"}, "unsupported_response_type", ""),
        ("educonnect", {"scope": ""}, "invalid_request", "openid scope must be requested"),
        ("educonnect", {"scope": "profile"}, "invalid_request", "openid scope must be requested"),
        ("sibling", {"scope": "openid email"}, "invalid_scope", "requested scope is not allowed"),
        ("educonnect", {"acr_values": "eidas2"}, "invalid_acr", ""),
        ("educonnect", {"acr_values": "eidas3 eidas1"}, "invalid_acr", ""),
        ("educonnect", {"idp_hint": "unknown"}, "invalid_idp_hint", ""),
    ],
)
def test_later_errors_go_to_the_callback_with_state_and_iss(
    simulator, client, over, error, description
):
    request = simulator.request(client, **over)
    answer = redirected(simulator.authorize(request))
    assert set(answer) == {"error", "error_description", "state", "iss"}
    assert answer["error"] == error and description in answer["error_description"]
    assert (answer["state"], answer["iss"]) == (request["state"], simulator.issuer)


@pytest.mark.parametrize(
    "over",
    [
        {},
        {"nonce": "n" * 22},
        {"state": ""},
        {"prompt": "login"},
        {"prompt": "consent"},
        {"prompt": "login consent"},
        {"prompt": None, "ui_locales": "fr", "claims": "{}"},
        {"acr_values": "unknown"},
        {"acr_values": "eidas1 eidas2"},
        {"scope": "openid phone address unheard_of"},
    ],
)
def test_what_franceconnect_takes_leads_to_the_choice_of_a_provider(simulator, over):
    page = simulator.browser().open(simulator.url(simulator.request(**over))).page
    assert page.status == 200 and "provider-impots" in page.ids


def test_a_request_may_be_posted(simulator):
    browser = simulator.browser()
    browser._walk("POST", f"{simulator.issuer}/authorize", simulator.request())
    assert "provider-impots" in browser.page.ids
    empty = requests.post(f"{simulator.issuer}/authorize", json={}, timeout=5)
    assert error_page(empty) == "Y030007"


# The pages


def test_the_three_screens_have_their_words_and_lead_on(simulator):
    """J-A-03, J-A-04, J-A-05"""
    browser, request = simulator.browser(), simulator.request()
    page = browser.open(simulator.url(request)).page
    assert "impots.gouv.fr" in page.text and "ameli.fr" in page.text and "Simulation" in page.text
    page = browser.open(page.link("impots.gouv.fr")).page
    for words in ("J'accède avec mon mot de passe", "Numéro fiscal :", "Mot de passe :", "Valider"):
        assert words in page.text
    assert 'placeholder="Votre numéro fiscal"' in page.html
    assert 'placeholder="Votre mot de passe"' in page.html
    assert "Guillaume Dupond" in page.text and "Le mot de passe de chacun est 123." in page.text
    form = page.form_with("number", "password")
    wrong = browser.submit(form, number="9900000000005", password="124").page
    assert wrong.status == 422 and "Numéro fiscal ou mot de passe incorrect." in wrong.alerts[0]
    page = browser.submit(
        wrong.form_with("number", "password"), number="9900000000005", password="123"
    ).page
    assert "Bienvenue M. Guillaume Dupond" in page.text
    assert "né le 10/10/1965." in page.text
    assert "Continuer sur EduConnect" in page.html
    browser.submit(next(form for form in page.forms if form.id == "information-form"))
    assert set(simulator.answer(browser)) == {"code", "state", "iss"}


@pytest.mark.parametrize("screen", ["choice", "password", "information"])
def test_whoever_gives_up_goes_back_with_access_denied(simulator, screen):
    browser, request = simulator.browser(), simulator.request()
    url = simulator.url(request)
    page = browser.open(url).page
    choice = page
    if screen != "choice":
        page = browser.open(f"{choice.url}/fournisseur/impots").page
    if screen == "information":
        page = browser.submit(page.form_with("number"), number="test", password="123").page
    form = next(form for form in (page if screen != "password" else choice).forms
                if form.id == "give-up")  # fmt: skip
    browser.submit(form)
    answer = simulator.answer(browser)
    assert (answer["error"], answer["error_description"]) == ("access_denied", "User auth aborted")
    assert (answer["state"], answer["iss"]) == (request["state"], simulator.issuer)


def test_another_browser_cannot_go_on_with_a_sign_in(simulator):
    browser = simulator.browser()
    url = simulator.url(simulator.request())
    page = browser.open(url).page
    stranger = requests.get(page.url, timeout=5)
    assert (stranger.status_code, error_page(stranger)) == (401, "Y190001")
    skipped = browser.session.get(f"{page.url}/retour", allow_redirects=False, timeout=5)
    assert skipped.headers["Location"] in page.url, "no step is skipped by its address"
    foreign = browser.session.post(
        f"{page.url}/information", headers={"Origin": "https://evil.example.org"}, timeout=5
    )
    assert foreign.status_code == 403


@pytest.mark.parametrize(
    "login, code, status, error",
    [
        ("E010004", "Y010004", 403, "access_denied"),
        ("E010006", "Y010006", 403, "access_denied"),
        ("E010007", "Y010007", 403, "access_denied"),
        ("E010008", "Y010008", 403, "access_denied"),
        ("E010011", "Y010011", 504, "temporarily_unavailable"),
        ("E010015", "Y010015", 403, "access_denied"),
        ("Y180001", "Y180001", 403, "access_denied"),
        ("sans_mail", "Y600006", 400, "access_denied"),
        ("sans_genre", "Y600006", 400, "access_denied"),
        ("sans_birthplace", "Y600006", 400, "access_denied"),
        ("mois_00", "Y600006", 400, "access_denied"),
    ],
)
def test_an_identity_that_franceconnect_refuses_sees_its_code_and_a_way_back(
    simulator, login, code, status, error
):
    browser = simulator.browser()
    url = simulator.url(simulator.request())
    base = browser.open(url).page.url
    form = browser.open(f"{base}/fournisseur/ameli").page.form_with("number")
    browser.submit(form, number=login, password="123")
    assert browser.response.status_code == status
    assert error_page(browser.response) == code
    browser.submit(next(form for form in browser.page.forms if form.id == "give-up"))
    assert simulator.answer(browser)["error"] == error
