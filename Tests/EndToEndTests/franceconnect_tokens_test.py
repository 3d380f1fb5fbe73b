"""The simulated FranceConnect gives what FranceConnect v2 gives: tokens, people, documents, one session for
all; and refuses everything else."""

import time

import pytest
import requests
from joserfc.jwk import ECKey

from rig.franceconnect import CALLBACK, SCOPE, SIGNED_OUT, assert_json_error, error_page

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
