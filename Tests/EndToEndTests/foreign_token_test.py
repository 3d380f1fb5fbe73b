"""Codes and tokens that are used, foreign or of another kind open nothing."""

import pytest
import requests

from rig.answers import assert_oauth_error, fresh_code, get

pytestmark = pytest.mark.usefixtures("survives")


def test_a_replayed_code_is_refused_and_ends_what_came_of_it(client, signed_in):
    code, pkce = fresh_code(client, signed_in)
    tokens = client.redeem(code, pkce).json()
    assert client.userinfo(tokens["access_token"]).status_code == 200
    assert_oauth_error(client.redeem(code, pkce), {"invalid_grant"})
    assert client.userinfo(tokens["access_token"]).status_code == 401
    refused = client.token("refresh_token", refresh_token=tokens["refresh_token"])
    assert_oauth_error(refused, {"invalid_grant"})


def test_a_code_of_another_client_is_refused_and_stays_good_for_its_own(client, other, signed_in):
    code, pkce = fresh_code(client, signed_in)
    assert_oauth_error(other.redeem(code, pkce), {"invalid_grant"})
    assert client.redeem(code, pkce).status_code == 200


@pytest.mark.parametrize(
    "over",
    [
        {"code_verifier": "x" * 43},
        {"code_verifier": ""},
        {"code_verifier": "short"},
        {"redirect_uri": "https://bad-input.example.org/other"},
    ],
)
def test_a_code_with_a_wrong_companion_is_refused(client, signed_in, over):
    code, pkce = fresh_code(client, signed_in)
    assert_oauth_error(client.redeem(code, pkce, **over), {"invalid_grant", "invalid_request"})


def test_a_refresh_token_of_another_client_is_refused_and_stays_good(client, other, signed_in):
    code, pkce = fresh_code(client, signed_in)
    mine = client.redeem(code, pkce).json()["refresh_token"]
    assert_oauth_error(other.token("refresh_token", refresh_token=mine), {"invalid_grant"})
    assert client.token("refresh_token", refresh_token=mine).status_code == 200


def test_a_refresh_cannot_widen_the_scope(client, signed_in):
    code, pkce = fresh_code(client, signed_in)
    mine = client.redeem(code, pkce).json()["refresh_token"]
    wider = client.token("refresh_token", refresh_token=mine, scope="openid profile email phone")
    assert_oauth_error(wider, {"invalid_scope"})


def test_a_token_of_another_kind_opens_nothing(client, signed_in):
    code, pkce = fresh_code(client, signed_in)
    tokens = client.redeem(code, pkce).json()
    for wrong in (code, tokens["refresh_token"], tokens["id_token"], tokens["access_token"] + "A"):
        answer = client.userinfo(wrong)
        assert answer.status_code == 401, wrong[:8]
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    refused = client.token("refresh_token", refresh_token=tokens["access_token"])
    assert_oauth_error(refused, {"invalid_grant"})


def test_the_revocation_of_anothers_token_changes_nothing(client, other, signed_in):
    code, pkce = fresh_code(client, signed_in)
    tokens = client.redeem(code, pkce).json()
    assert other.post("/revoke", token=tokens["access_token"]).status_code in (200, 400)
    assert client.userinfo(tokens["access_token"]).status_code == 200
    assert client.post("/revoke", token=tokens["access_token"]).status_code == 200
    assert client.userinfo(tokens["access_token"]).status_code == 401


# UserInfo, revocation, introspection, sign-out


def test_userinfo_without_a_token_says_how_to_bring_one(client):
    answer = requests.get(f"{client.provider.issuer}/userinfo", timeout=20)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "error=" not in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer a b", "Bearer é", "bearer " + "x" * 8000, "Basic QTpC", "Bearer x, Bearer y"]
)  # fmt: skip
def test_userinfo_with_a_false_token_is_refused(client, header):
    answer = requests.get(
        f"{client.provider.issuer}/userinfo",
        headers={"Authorization": header.encode()},
        timeout=20,
    )
    assert answer.status_code in (400, 401)
    assert "WWW-Authenticate" in answer.headers


def test_a_token_in_the_query_is_not_taken(client, signed_in):
    code, pkce = fresh_code(client, signed_in)
    token = client.redeem(code, pkce).json()["access_token"]
    assert get(client.provider, f"/userinfo?access_token={token}").status_code in (400, 401)


@pytest.mark.parametrize("path", ["/revoke", "/introspect"])
def test_a_question_without_a_token_is_refused(client, path):
    assert_oauth_error(client.post(path), {"invalid_request"})
    assert_oauth_error(client.post(path, token=""), {"invalid_request"})


def test_the_revocation_of_nothing_succeeds(client):
    assert client.post("/revoke", token="unknown").status_code == 200
    assert client.post("/revoke", token="x" * 5000).status_code in (200, 400)


def test_nobody_is_told_about_an_unknown_token(client):
    answer = client.post("/introspect", token="eca_unknown")
    assert answer.status_code in (200, 403)
    if answer.status_code == 200:
        assert answer.json() == {"active": False}
