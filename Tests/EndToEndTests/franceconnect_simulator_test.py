"""The simulated FranceConnect refuses what FranceConnect v2 refuses, in the same way, and gives what it
gives. The tables are the rules of its documentation, not of the program."""

import base64
import json
import socket
import subprocess
import time
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey

from rig.franceconnect import CALLBACK, SCOPE, SIGNED_OUT, Simulator
from rig.pages import Page
from rig.programs import ENVIRONMENT, program


@pytest.fixture(scope="module")
def simulator(run_folder):
    simulator = Simulator(run_folder / "franceconnect").start()
    yield simulator
    assert simulator.stop() == 0, simulator.tail()


@pytest.fixture(scope="module")
def unruly(run_folder):
    """One that does what a test asks for."""
    simulator = Simulator(run_folder / "franceconnect-unruly", misbehaves=True).start()
    yield simulator
    assert simulator.stop() == 0, simulator.tail()


@pytest.fixture(autouse=True)
def behaves_again(request):
    yield
    if "unruly" in request.fixturenames:
        request.getfixturevalue("unruly").behave()


def error_page(answer: requests.Response) -> str:
    """The code on an error page of FranceConnect's own."""
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Location" not in answer.headers
    page = Page(answer.url, answer.status_code, answer.text)
    assert {"error-code", "error-id"} <= page.ids, page.text
    return next(word for word in page.text.split() if word[0] == "Y" and len(word) in (7, 8))


def redirected(answer: requests.Response) -> dict[str, str]:
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith(CALLBACK + "?")
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query, keep_blank_values=True))


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


# Tokens


def test_a_code_becomes_exactly_the_five_members_and_a_lean_id_token(simulator):
    code, request = simulator.code()
    answer = simulator.exchange(code)
    tokens = answer.json()
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert set(tokens) == {"access_token", "expires_in", "id_token", "scope", "token_type"}
    assert (tokens["expires_in"], tokens["token_type"]) == (60, "Bearer")
    assert set(tokens["scope"].split()) == set(SCOPE.split())
    token = simulator.verified(tokens["id_token"])
    assert set(token.header) == {"alg", "kid"} and token.header["alg"] == "ES256"
    claims = token.claims
    assert set(claims) == {"sub", "acr", "auth_time", "nonce", "aud", "exp", "iat", "iss"}
    assert claims["nonce"] == request["nonce"] and claims["acr"] == "eidas1"
    assert claims["aud"] == "educonnect" and claims["iss"] == simulator.issuer
    assert claims["exp"] - claims["iat"] == 60 and abs(claims["iat"] - time.time()) < 30
    assert len(claims["sub"]) == 66 and claims["sub"].endswith("v1")
    int(claims["sub"][:64], 16)


def test_userinfo_is_a_signed_jwt_of_the_same_subject(simulator):
    code, _ = simulator.code()
    tokens = simulator.exchange(code).json()
    answer = simulator.userinfo(tokens["access_token"])
    assert answer.headers["Content-Type"].startswith("application/jwt")
    token = simulator.verified(answer.text)
    subject = simulator.verified(tokens["id_token"]).claims["sub"]
    assert token.claims["sub"] == subject and token.claims["aud"] == "educonnect"
    assert token.claims["iss"] == simulator.issuer and {"iat", "exp"} <= set(token.claims)
    assert "email_verified" not in token.claims and "phone_number" not in token.claims
    assert token.claims["given_name"] == "Angela Claire Louise"
    assert token.claims["given_name_array"] == ["Angela", "Claire", "Louise"]
    assert token.claims["birthplace"] == "75107" and token.claims["gender"] == "female"
    assert "preferred_username" not in token.claims


def test_amr_comes_only_to_a_client_that_may_have_it_and_asks(simulator):
    asked = {"claims": '{"id_token":{"amr":{"essential":true}}}'}
    for over, present in [(asked, True), ({"scope": "openid amr"}, True), ({}, False)]:
        code, _ = simulator.code(client="sibling", **over)
        tokens = simulator.exchange(code, "sibling").json()
        claims = simulator.verified(tokens["id_token"], "RS256").claims
        assert ("amr" in claims) == present
        userinfo = simulator.userinfo(tokens["access_token"]).text
        assert "amr" not in simulator.verified(userinfo, "RS256").claims


@pytest.mark.parametrize(
    "over, status, error",
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"client_id": None}, 400, "invalid_request"),
        ({"client_id": "unknown"}, 401, "invalid_client"),
        ({"client_id": "keyed"}, 401, "invalid_client"),
        ({"grant_type": None}, 400, "invalid_request"),
        ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "unsupported_grant_type"),
        ({"code": None}, 400, "invalid_request"),
        ({"code": "unknown"}, 400, "invalid_grant"),
        ({"redirect_uri": None}, 400, "invalid_request"),
        ({"redirect_uri": CALLBACK + "/"}, 400, "invalid_grant"),
    ],
)
def test_a_wrong_token_request_is_refused_in_json_and_costs_no_code(simulator, over, status, error):
    code, _ = simulator.code()
    answer = simulator.exchange(code, **over)
    assert_json_error(answer, status, error)
    assert simulator.exchange(code).status_code == 200


def assert_json_error(answer: requests.Response, status: int, error: str) -> None:
    assert answer.headers["Content-Type"].startswith("application/json")
    body = answer.json()
    assert (answer.status_code, body["error"]) == (status, error), body
    assert set(body) == {"error", "error_description", "error_uri"}
    uri = urlsplit(body["error_uri"])
    assert uri.netloc == "docs.partenaires.franceconnect.gouv.fr"
    assert {name for name, _ in parse_qsl(uri.query)} == {"code", "id"}


def test_http_basic_is_no_way_to_authenticate(simulator):
    code, _ = simulator.code()
    secret = simulator.secret()
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    for body in (form, form | {"client_id": "educonnect", "client_secret": secret}):
        answer = requests.post(
            f"{simulator.issuer}/token", data=body, auth=("educonnect", secret), timeout=5
        )
        assert_json_error(answer, 401, "invalid_client")


def test_a_token_request_is_a_form_by_post(simulator):
    answer = requests.post(f"{simulator.issuer}/token", json={}, timeout=5)
    assert_json_error(answer, 400, "invalid_request")
    assert simulator.get("/token").status_code == 405


def test_a_code_is_good_once_and_its_replay_ends_the_token(simulator):
    code, _ = simulator.code()
    tokens = simulator.exchange(code).json()
    assert simulator.userinfo(tokens["access_token"]).status_code == 200
    assert_json_error(simulator.exchange(code), 400, "invalid_grant")
    assert_json_error(simulator.userinfo(tokens["access_token"]), 401, "invalid_token")


def test_a_code_of_another_client_is_refused_and_stays_good(simulator):
    code, _ = simulator.code()
    assert_json_error(simulator.exchange(code, "sibling"), 400, "invalid_grant")
    assert simulator.exchange(code).status_code == 200


def test_a_client_with_a_key_proves_itself_by_an_assertion_once(simulator):
    code, _ = simulator.code(client="keyed")
    assertion = simulator.assertion()
    assert simulator.exchange(code, "keyed", client_assertion=assertion).status_code == 200
    code, _ = simulator.code(client="keyed")
    again = simulator.exchange(code, "keyed", client_assertion=assertion)
    assert_json_error(again, 401, "invalid_client")
    # `client_id` beside it is not needed.
    assert simulator.exchange(code, "keyed", client_id=None).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "https://other.example.org"},
        {"aud": "TOKEN-ENDPOINT"},
        {"aud": None},
        {"iss": "educonnect"},
        {"sub": "educonnect"},
        {"jti": None},
        {"exp": None},
        {"exp": 1},
        {"key": ECKey.generate_key("P-256")},
        {"header": {"alg": "ES256", "kid": "another"}},
    ],
)
def test_a_wrong_assertion_is_refused(simulator, wrong):
    if wrong.get("aud") == "TOKEN-ENDPOINT":
        wrong = {"aud": f"{simulator.issuer}/token"}
    code, _ = simulator.code(client="keyed")
    answer = simulator.exchange(code, "keyed", client_assertion=simulator.assertion(**wrong))
    assert_json_error(answer, 401, "invalid_client")


def test_userinfo_takes_a_get_with_the_token_in_its_header(simulator):
    code, _ = simulator.code()
    token = simulator.exchange(code).json()["access_token"]
    url = f"{simulator.issuer}/userinfo"
    bearer = {"Authorization": f"Bearer {token}"}
    assert requests.post(url, headers=bearer, timeout=5).status_code == 405
    assert_json_error(simulator.get(f"/userinfo?access_token={token}"), 400, "invalid_request")
    assert_json_error(simulator.userinfo("unknown"), 401, "invalid_token")
    assert simulator.userinfo(token).status_code == 200


# Sessions


def test_a_second_sign_in_shows_only_the_information_page(simulator):
    browser = simulator.browser()
    simulator.sign_in(browser, "test", simulator.request())
    for over in ({}, {"prompt": "login"}, {"client_id": "sibling", "scope": "openid"}):
        request = simulator.request(**over)
        url = simulator.url(request)
        page = browser.open(url).page
        assert "Bienvenue Mme Angela DUBOIS" in page.text
        assert not any("password" in form.names for form in page.forms)
        browser.submit(next(form for form in page.forms if form.id == "information-form"))
        assert "code" in simulator.answer(browser)


def sign_out(simulator, browser, **parameters: str) -> requests.Response:
    return browser.session.get(
        f"{simulator.issuer}/session/end", params=parameters, allow_redirects=False, timeout=5
    )


def test_a_sign_out_ends_the_session_and_returns_with_the_state(simulator):
    browser, request = simulator.browser(), simulator.request()
    code = simulator.sign_in(browser, "test", request)["code"]
    hint = simulator.exchange(code).json()["id_token"]
    answer = sign_out(
        simulator, browser, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT, state="s 1"
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{SIGNED_OUT}?state=s+1"
    url = simulator.url(simulator.request())
    assert "provider-impots" in browser.open(url).page.ids


@pytest.mark.parametrize(
    "over, code",
    [
        ({"id_token_hint": None}, "Y046CD1"),
        ({"id_token_hint": "e30.e30.AA"}, "Y046CD1"),
        ({"post_logout_redirect_uri": SIGNED_OUT + "/"}, "Y04CFAEF"),
        ({"post_logout_redirect_uri": "https://evil.example.org/"}, "Y04CFAEF"),
        ({"client_id": "sibling"}, "Y046CD1"),
        ({"unheard_of": "1"}, "Y046CD1"),
    ],
)
def test_a_wrong_sign_out_ends_on_a_page_and_keeps_the_session(simulator, over, code):
    browser = simulator.browser()
    hint = simulator.exchange(
        simulator.sign_in(browser, "test", simulator.request())["code"]
    ).json()["id_token"]
    right = {"id_token_hint": hint, "post_logout_redirect_uri": SIGNED_OUT, "state": "s"}
    parameters = {name: value for name, value in (right | over).items() if value is not None}
    answer = sign_out(simulator, browser, **parameters)
    assert (answer.status_code, error_page(answer)) == (400, code)
    url = simulator.url(simulator.request())
    assert "Bienvenue" in browser.open(url).page.text


# People


def test_a_subject_is_one_for_an_organisation_and_another_for_the_next(simulator):
    subjects = {
        client: simulator.person("guillaume.dupond", client=client, scope="openid")["sub"]
        for client in ("educonnect", "sibling", "keyed")
    }
    assert subjects["educonnect"] == subjects["sibling"] != subjects["keyed"]
    assert simulator.person("test", scope="openid")["sub"] != subjects["educonnect"]


@pytest.mark.parametrize(
    "scope, claims",
    [
        ("openid", set()),
        ("openid email", {"email"}),
        ("openid birth", {"birthplace", "birthcountry"}),
        ("openid given_name", {"given_name", "given_name_array"}),
        ("openid preferred_username", {"preferred_username"}),
        ("openid idp_birthdate", {"idp_birthdate"}),
        ("openid idp_id", {"idp_id"}),
        (
            "openid identite_pivot",
            {"given_name", "given_name_array", "family_name", "birthdate", "gender",
             "birthplace", "birthcountry"},
        ),
        (
            "openid profile",
            {"given_name", "given_name_array", "family_name", "birthdate", "gender",
             "preferred_username"},
        ),
    ],
)  # fmt: skip
def test_a_scope_releases_its_claims_and_no_others(simulator, scope, claims):
    released = simulator.person("avec_nom_dusage", scope=scope)
    assert set(released) - {"sub", "aud", "iss", "iat", "exp"} == claims


@pytest.mark.parametrize(
    "login, expected",
    [
        ("étranger_présumé_né_jour",
         {"birthdate": "1992-11-01", "idp_birthdate": "1992-11-00", "birthplace": ""}),
        ("étranger_présumé_né_jour_et_mois",
         {"birthdate": "1992-01-01", "idp_birthdate": "1992-00-00", "birthplace": ""}),
        ("naissance_Algérie", {"birthplace": "", "birthcountry": "99352"}),
        ("naissance_polynesie_française", {"birthplace": "98729", "birthcountry": "99100"}),
        ("carac_speciaux", {"birthplace": "2B002"}),
        ("genre_indéfini", {"gender": "unspecified"}),
        ("plusieurs_prénoms_3", {"given_name": "Jean Philippe Arnaud"}),
        ("prénom_composé", {"given_name": "Anne-Laure", "given_name_array": ["Anne-Laure"]}),
        ("caractères_spéciaux", {"given_name": "Joëlle Françoise", "family_name": "DUBINÔRE"}),
        ("avec_nom_dusage", {"family_name": "MERCIER", "preferred_username": "DUBOIS"}),
        ("valery.durant", {"preferred_username": "DURANT", "birthdate": "1980-04-12"}),
        ("guillaume.dupond", {"family_name": "Dupond", "birthdate": "1965-10-10"}),
    ],
)  # fmt: skip
def test_people_are_told_of_as_franceconnect_would(simulator, login, expected):
    claims = simulator.person(login)
    assert {name: claims.get(name) for name in expected} == expected


# What anybody may read


def test_the_published_documents_are_those_of_franceconnect(simulator):
    document = simulator.get("/.well-known/openid-configuration")
    assert document.headers["Cache-Control"] == "public, max-age=600"
    metadata = document.json()
    assert metadata["issuer"] == simulator.issuer
    for name, path in {
        "authorization_endpoint": "/authorize", "token_endpoint": "/token",
        "userinfo_endpoint": "/userinfo", "jwks_uri": "/jwks",
        "end_session_endpoint": "/session/end",
    }.items():  # fmt: skip
        assert metadata[name] == simulator.issuer + path
    assert metadata["acr_values_supported"] == ["eidas1"]
    assert metadata["token_endpoint_auth_methods_supported"] == [
        "client_secret_post",
        "private_key_jwt",
    ]
    assert "backchannel_logout_supported" not in metadata
    assert not {"offline_access", "address", "phone"} & set(metadata["scopes_supported"])
    keys = simulator.get("/jwks")
    assert keys.headers["Cache-Control"] == "public, max-age=600"
    assert {key["kty"] for key in keys.json()["keys"]} == {"EC", "RSA"}
    assert all("d" not in key for key in keys.json()["keys"])


# Misbehaviour


def test_an_ordinary_one_takes_no_orders(simulator):
    answer = requests.post(f"{simulator.base}/simulateur/conduite", json={}, timeout=5)
    assert answer.status_code == 404


def test_orders_are_json_of_known_words_from_this_machine(unruly):
    url = f"{unruly.base}/simulateur/conduite"
    for body in ({"userinfo": "unheard_of"}, {"nowhere": "html"}, {"amended": ["nobody"]}, []):
        answer = requests.post(url, json=body, timeout=5)
        assert answer.status_code == 400 and answer.json()["errors"]
    assert requests.post(url, data={"userinfo": "html"}, timeout=5).status_code == 415
    foreign = requests.post(url, json={}, headers={"Origin": "https://evil.example.org"}, timeout=5)
    assert foreign.status_code == 415
    unruly.behave(userinfo="html")
    assert requests.get(url, timeout=5).json() == {"userinfo": "html"}
    unruly.behave()
    assert requests.get(url, timeout=5).json() == {}


def test_misbehaviour_needs_a_loopback_address(unruly):
    settings = json.loads(unruly.configuration.read_text())
    settings["listen"]["host"] = "0.0.0.0"
    settings["unheardOf"] = 1
    file = unruly.folder / "wide.json"
    file.write_text(json.dumps(settings))
    done = subprocess.run(
        [program("franceconnect-simulator"), "--misbehave", "--config", file],
        capture_output=True, text=True, timeout=20, env=ENVIRONMENT, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "listen.host" in done.stderr and "unheardOf" in done.stderr


def test_the_help_lists_every_order(unruly):
    done = subprocess.run(
        [program("franceconnect-simulator"), "--help"],
        capture_output=True, text=True, timeout=20, env=ENVIRONMENT, check=False,
    )  # fmt: skip
    for word in ("unsigned", "wrong_iss", "unknown_kid", "trickle", "hang", "code_twice", "rotate"):
        assert word in done.stdout


def parts(token: str) -> tuple[dict, dict]:
    header, payload, _ = token.split(".")
    return tuple(
        json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        for part in (header, payload)
    )


@pytest.mark.parametrize(
    "fault, member, value",
    [
        ("wrong_iss", "iss", "https://other.example.org"),
        ("wrong_aud", "aud", "another-client"),
        ("wrong_nonce", "nonce", "another nonce, as long"),
        ("lower_acr", "acr", "eidas0"),
        ("no_acr", "acr", None),
    ],
)
def test_a_wrong_id_token_is_signed_well(unruly, fault, member, value):
    unruly.behave(id_token=fault)
    code, _ = unruly.code()
    claims = unruly.verified(unruly.exchange(code).json()["id_token"]).claims
    assert claims.get(member) == value


def test_an_id_token_can_be_expired_or_of_another_subject(unruly):
    unruly.behave(id_token="expired")
    code, _ = unruly.code()
    assert unruly.verified(unruly.exchange(code).json()["id_token"]).claims["exp"] < time.time()
    unruly.behave(id_token="wrong_sub")
    code, _ = unruly.code()
    tokens = unruly.exchange(code).json()
    subject = unruly.verified(unruly.userinfo(tokens["access_token"]).text).claims["sub"]
    assert unruly.verified(tokens["id_token"]).claims["sub"] != subject


@pytest.mark.parametrize("place", ["id_token", "userinfo"])
def test_signatures_go_wrong(unruly, place):
    published = {key["kid"]: key["alg"] for key in unruly.get("/jwks").json()["keys"]}

    def token(fault: str) -> str:
        unruly.behave(**{place: fault})
        code, _ = unruly.code()
        tokens = unruly.exchange(code).json()
        if place == "id_token":
            return tokens["id_token"]
        return unruly.userinfo(tokens["access_token"]).text

    header, _ = parts(token("unsigned"))
    assert header == {"alg": "none"}
    assert parts(token("hs256"))[0]["alg"] == "HS256"
    header, _ = parts(other := token("wrong_alg"))
    assert header["alg"] == published[header["kid"]] == "RS256"
    unruly.verified(other, "RS256")
    assert parts(token("unknown_kid"))[0]["kid"] not in published
    foreign = token("foreign_key")
    assert published[parts(foreign)[0]["kid"]] == "ES256"
    with pytest.raises(BadSignatureError):
        jws.deserialize_compact(foreign, unruly.keys(), algorithms=["ES256"])


def test_userinfo_can_be_plain_json(unruly):
    unruly.behave(userinfo="plain_json")
    code, _ = unruly.code()
    answer = unruly.userinfo(unruly.exchange(code).json()["access_token"])
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["family_name"] == "DUBOIS"


@pytest.mark.parametrize(
    "fault, check",
    [
        ("missing_iss", lambda answer, issuer: "iss" not in answer and "code" in answer),
        ("other_iss", lambda answer, issuer: answer["iss"] not in ("", issuer)),
        ("other_state", lambda answer, issuer: answer["state"].startswith("other-")),
        ("server_error", lambda answer, issuer: answer["error"] == "server_error"),
        ("access_denied", lambda answer, issuer: answer["error"] == "access_denied"),
        ("E000000", lambda answer, issuer: answer["error"] == "E000000"),
        (
            "temporarily_unavailable",
            lambda answer, issuer: answer["error"] == "temporarily_unavailable",
        ),
    ],
)
def test_the_answer_to_the_callback_goes_wrong(unruly, fault, check):
    unruly.behave(response=fault)
    answer = unruly.sign_in(unruly.browser(), "test", unruly.request())
    assert check(answer, unruly.issuer), answer


def test_a_code_can_be_answered_twice_and_the_endpoint_can_fail(unruly):
    unruly.behave(token="code_twice")
    code, _ = unruly.code()
    assert [unruly.exchange(code).status_code for _ in range(2)] == [200, 200]
    for fault, status in [("server_error", 500), ("temporarily_unavailable", 503)]:
        unruly.behave(token=fault)
        assert_json_error(unruly.exchange(code), status, fault)


@pytest.mark.parametrize("place, path", [
    ("discovery", "/.well-known/openid-configuration"), ("jwks", "/jwks"), ("userinfo", "/userinfo"),
])  # fmt: skip
def test_answers_break_on_the_line(unruly, place, path):
    unruly.behave(**{place: "error_500"})
    assert unruly.get(path).status_code == 500
    unruly.behave(**{place: "html"})
    assert unruly.get(path).headers["Content-Type"] == "text/html"
    unruly.behave(**{place: "invalid_json"})
    with pytest.raises(ValueError):
        unruly.get(path).json()
    unruly.behave(**{place: "hang"})
    with pytest.raises(requests.ReadTimeout):
        requests.get(unruly.issuer + path, timeout=1)


def test_an_answer_comes_by_drops(unruly):
    unruly.behave(jwks="trickle")
    assert requests.get(f"{unruly.base}/health/live", timeout=5).ok, "only that endpoint"
    with socket.create_connection(("127.0.0.1", unruly.port), 10) as line:
        line.sendall(b"GET /api/v2/jwks HTTP/1.1\r\nHost: localhost\r\n\r\n")
        started = time.monotonic()
        assert [line.recv(100) for _ in range(3)] == [b"H", b"T", b"T"]
        assert time.monotonic() - started > 1.5


def test_an_answer_can_be_slow_or_huge(unruly):
    unruly.behave(jwks="slow_1s")
    started = time.monotonic()
    assert unruly.get("/jwks").ok and time.monotonic() - started > 0.9
    unruly.behave(jwks="huge")
    assert len(unruly.get("/jwks").content) == 100 * 1024 * 1024


def test_keys_rotate_at_once_and_the_old_ones_stay_published_for_a_while(unruly):
    before = {key["kid"] for key in unruly.get("/jwks").json()["keys"]}
    code, _ = unruly.code()
    old = unruly.exchange(code).json()["id_token"]
    unruly.behave(keys="rotate")
    after = {key["kid"] for key in unruly.get("/jwks").json()["keys"]}
    assert before < after
    code, _ = unruly.code()
    new = unruly.exchange(code).json()["id_token"]
    assert parts(new)[0]["kid"] in after - before
    unruly.verified(new)
    unruly.verified(old)
    unruly.behave(jwks="no_kid")
    assert all("kid" not in key for key in unruly.get("/jwks").json()["keys"])
    unruly.behave(jwks="duplicate_keys")
    kids = [key["kid"] for key in unruly.get("/jwks").json()["keys"]]
    assert len(kids) == 2 * len(set(kids))


def test_an_amended_civil_status_changes_name_and_subject(unruly):
    before = unruly.person("test")
    unruly.behave(amended=["test"])
    after = unruly.person("test")
    assert after["family_name"] == "DUBOIS MARTIN" and after["sub"] != before["sub"]
    unruly.behave()
    assert unruly.person("test")["sub"] == before["sub"]
