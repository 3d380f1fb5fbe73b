"""Bad input at the authorization endpoint and at unknown addresses: the right error or page.

Every case names what is sent and the answers that are right; anything of 500 and above is wrong.
"""

import pytest
import requests

from rig.answers import assert_page, authorize
from rig.clients import PKCE, query_of

pytestmark = pytest.mark.usefixtures("survives")

UNREGISTERED = [
    "https://bad-input.example.org/callback/more",
    "https://bad-input.example.org/callback/",
    "https://bad-input.example.org/callback?more=1",
    "https://bad-input.example.org/callback#fragment",
    "https://bad-input.example.org/callback%2f..",
    "https://bad-input.example.org/other/../callback",
    "https://bad-input.example.org:8443/callback",
    "https://user@bad-input.example.org/callback",
    "https://BAD-INPUT.example.org/callback",
    "http://bad-input.example.org/callback",
    "https://bad-input.example.org.evil.example/callback",
    "https://evil.example\\@bad-input.example.org/callback",
    "javascript:alert(1)",
    "//bad-input.example.org/callback",
    "",
    "https://" + "a" * 5000 + ".example.org/",
]


# The authorization endpoint, before the redirect URI can be trusted: a page


@pytest.mark.parametrize("uri", UNREGISTERED, ids=lambda uri: uri[:50] or "empty")
def test_an_unregistered_redirect_uri_gets_a_page_and_no_redirect(client, uri):
    assert_page(authorize(client, {"redirect_uri": uri}))


@pytest.mark.parametrize(
    "over, raw",
    [
        ({"client_id": "nobody"}, ""),
        ({"client_id": ""}, ""),
        ({"client_id": None}, ""),
        ({"client_id": "x" * 5000}, ""),
        ({"client_id": "é\u202e\0"}, ""),
        ({}, "&client_id=another"),
        ({"redirect_uri": None}, ""),
        ({}, "&redirect_uri=https%3A%2F%2Fevil.example%2F"),
    ],
    ids=[
        "unknown client", "empty client", "no client", "long client", "client with a NUL",
        "client twice", "no redirect URI", "redirect URI twice",
    ],
)  # fmt: skip
def test_a_request_without_a_trusted_client_and_redirect_uri_gets_a_page(client, over, raw):
    assert_page(authorize(client, over, raw))


@pytest.mark.parametrize("raw", ["&x=%zz", "&x=%ff%fe", "&x=%00", "&%", "&x=%e9"])
def test_a_query_that_cannot_be_decoded_changes_nothing(client, raw):
    answer = authorize(client, raw=raw)
    assert answer.status_code in (302, 303, 400)
    if answer.status_code == 302:
        assert query_of(answer.headers["Location"])["error"] == "invalid_request"


# … and after: a redirect with the error, the state and the issuer


@pytest.mark.parametrize(
    "over, raw, errors",
    [
        ({"response_type": None}, "", {"invalid_request", "unsupported_response_type"}),
        ({"response_type": "token"}, "", {"unsupported_response_type"}),
        ({"response_type": "code id_token"}, "", {"unsupported_response_type"}),
        ({"response_type": "code code"}, "", {"unsupported_response_type", "invalid_request"}),
        ({}, "&response_type=code", {"invalid_request"}),
        ({"response_mode": "fragment"}, "", {"invalid_request"}),
        ({"response_mode": "nonsense"}, "", {"invalid_request"}),
        ({}, "&nonce=again", {"invalid_request"}),
        ({"scope": 'openid "x"'}, "", {"invalid_scope", "invalid_request"}),
        ({"scope": "openid " + " ".join(f"s{n}" for n in range(100))}, "", {"invalid_scope", "invalid_request"}),
        ({"code_challenge": None, "code_challenge_method": None}, "", {"invalid_request"}),
        ({"code_challenge_method": "plain"}, "", {"invalid_request"}),
        ({"code_challenge_method": None}, "", {"invalid_request"}),
        ({"code_challenge": "short"}, "", {"invalid_request"}),
        ({"code_challenge": "é" * 43}, "", {"invalid_request"}),
        ({"code_challenge": "a" * 200}, "", {"invalid_request"}),
        ({"prompt": "none"}, "", {"login_required"}),
        ({"prompt": "none login"}, "", {"invalid_request"}),
        ({"prompt": "sing"}, "", {"invalid_request"}),
        ({"max_age": "-1"}, "", {"invalid_request"}),
        ({"max_age": "a while"}, "", {"invalid_request"}),
        ({"max_age": "99999999999999999999"}, "", {"invalid_request"}),
        ({"request": "e30.e30."}, "", {"request_not_supported"}),
        ({"request_uri": "https://example.org/r"}, "", {"request_uri_not_supported"}),
        ({"id_token_hint": "not.a.token", "prompt": "none"}, "", {"invalid_request", "login_required"}),
    ],
)  # fmt: skip
def test_a_wrong_authorization_request_is_sent_back_with_its_error(client, over, raw, errors):
    answer = authorize(client, over, raw)
    assert answer.status_code in (302, 303), answer.text[:500]
    location = answer.headers["Location"]
    assert location.startswith(client.redirect_uri + "?"), location
    back = query_of(location)
    assert back["error"] in errors, back
    assert back["state"] == "state-1"
    assert back["iss"] == client.provider.issuer
    assert set(back) <= {"error", "error_description", "error_uri", "state", "iss"}
    description = back.get("error_description", "")
    assert all(0x20 <= ord(each) < 0x7F and each not in '"\\' for each in description)


@pytest.mark.parametrize(
    "claims",
    ['{"userinfo":', "[1]", '{"id_token":{"acr":1}}', "[" * 2000, '{"userinfo":null,"userinfo":null}'],
)  # fmt: skip
def test_a_claims_parameter_that_is_broken_is_an_error_where_it_is_offered_at_all(client, claims):
    issuer = client.provider.issuer
    offered = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10).json()
    location = authorize(client, {"claims": claims}).headers["Location"]
    if offered["claims_parameter_supported"]:
        assert query_of(location)["error"] == "invalid_request"
    else:
        # Unsupported and unknown parameters are ignored (OpenID Connect Core §3.1.2.1).
        assert location.startswith(f"{issuer}/authorize/")


def test_a_state_that_stands_twice_is_refused(client):
    answer = authorize(client, raw="&state=again")
    assert answer.status_code in (302, 303, 400)
    if answer.status_code != 400:
        assert query_of(answer.headers["Location"])["error"] == "invalid_request"


@pytest.mark.parametrize("length", [128, 512, 5000])
def test_a_long_state_comes_back_whole_or_not_at_all(client, signed_in, length):
    state = "s" * length
    signed_in.open(client.authorization_url(PKCE(), state=state))
    if signed_in.page is None:
        answer = query_of(signed_in.url)
        assert answer.get("state") == state or answer.get("error") == "invalid_request"
        assert length > 128 or "code" in answer
    else:
        assert signed_in.page.status in (400, 414, 431) and length > 512


def test_the_same_request_by_post_is_as_good_as_by_get(client):
    parameters = query_of(client.authorization_url(PKCE()))
    answer = requests.post(
        f"{client.provider.issuer}/authorize", data=parameters, allow_redirects=False, timeout=20
    )
    assert answer.status_code == 303, answer.text[:300]
    assert answer.headers["Location"].startswith((client.provider.issuer, "/authorize"))
