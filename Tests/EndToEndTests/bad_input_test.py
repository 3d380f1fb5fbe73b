"""Bad input at every endpoint: the right OAuth error or page, no crash, no state change.

Every case names what is sent and the answers that are right; anything of 500 and above is wrong.
"""

import sqlite3
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
import requests

from rig.clients import PKCE, Client, query_of
from rig.pages import Browser, Page
from rig.parents import PATRICK, VALERY
from rig.programs import Provider

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


@pytest.fixture(scope="module")
def client(plain_provider) -> Client:
    return Client.register(plain_provider, "bad-input", scope="openid profile offline_access")


@pytest.fixture(scope="module")
def other(plain_provider) -> Client:
    return Client.register(plain_provider, "bad-input-other", scope="openid profile offline_access")


@pytest.fixture(scope="module")
def signed_in(client) -> Browser:
    browser = client.browser()
    client.code(browser, PATRICK, PKCE())
    return browser


@pytest.fixture(autouse=True)
def survives(plain_provider) -> Iterator[None]:
    """The same process answers after each case as before it."""
    pid = plain_provider.pid
    yield
    assert plain_provider.is_running and plain_provider.pid == pid, plain_provider.tail()
    assert requests.get(f"http://127.0.0.1:{plain_provider.port}/health/live", timeout=5).ok


def rows(provider: Provider) -> dict[str, int]:
    """How many rows each table has, but for those that count attempts and write the journal."""
    store = next((provider.folder / "data").glob("*.sqlite"))
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        return {
            name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for name in names
            if not name.startswith(("attempt", "audit", "sqlite_"))
        }


def get(provider: Provider, target: str, **headers: str) -> requests.Response:
    """A request whose target is sent as written; no redirect is followed."""
    with requests.Session() as session:
        session.trust_env = False
        prepared = session.prepare_request(requests.Request("GET", provider.issuer, headers=headers))
        prepared.url = provider.issuer + target
        return session.send(prepared, allow_redirects=False, timeout=20)


# The authorization endpoint, before the redirect URI can be trusted: a page


def authorize(client: Client, over: dict | None = None, raw: str = "") -> requests.Response:
    url = client.authorization_url(PKCE(), **(over or {}))
    return get(client.provider, url[len(client.provider.issuer) :] + raw)


def assert_page(answer: requests.Response, status: int = 400) -> None:
    assert answer.status_code == status, answer.text[:500]
    assert "Location" not in answer.headers
    assert answer.headers["Content-Type"].startswith("text/html")
    page = Page(answer.url, answer.status_code, answer.text)
    assert page.refresh is None and page.title and page.text


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
        ({"claims": '{"userinfo":'}, "", {"invalid_request"}),
        ({"claims": "[1]"}, "", {"invalid_request"}),
        ({"claims": '{"id_token":{"acr":1}}'}, "", {"invalid_request"}),
        ({"claims": "[" * 5000}, "", {"invalid_request"}),
        ({"claims": '{"userinfo":null,"userinfo":null}'}, "", {"invalid_request"}),
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


# The token endpoint


def assert_oauth_error(answer: requests.Response, errors: set[str], statuses=(400,)) -> None:
    assert answer.status_code in statuses, (answer.status_code, answer.text[:500])
    assert answer.headers["Content-Type"].startswith("application/json"), answer.headers
    assert "no-store" in answer.headers["Cache-Control"]
    body = answer.json()
    assert body["error"] in errors, body
    assert set(body) <= {"error", "error_description", "error_uri"}


@pytest.mark.parametrize(
    "form, errors",
    [
        ("", {"invalid_request"}),
        ("grant_type=", {"invalid_request", "unsupported_grant_type"}),
        ("grant_type=password&username=a&password=b", {"unsupported_grant_type"}),
        ("grant_type=refresh_token&grant_type=refresh_token", {"invalid_request"}),
        ("grant_type=authorization_code", {"invalid_request"}),
        ("grant_type=authorization_code&code=", {"invalid_request", "invalid_grant"}),
        ("grant_type=authorization_code&code=unknown&code_verifier=v", {"invalid_grant", "invalid_request"}),
        ("grant_type=authorization_code&code=a&code=b", {"invalid_request"}),
        ("grant_type=authorization_code&code=" + "x" * 20_000, {"invalid_request", "invalid_grant"}),
        ("grant_type=authorization_code&code=%00%ff", {"invalid_request"}),
        ("grant_type=authorization_code&code=%zz", {"invalid_request"}),
        ("grant_type=refresh_token", {"invalid_request"}),
        ("grant_type=refresh_token&refresh_token=unknown", {"invalid_grant"}),
        ("grant_type=refresh_token&refresh_token=ecr_" + "A" * 64, {"invalid_grant"}),
        ("grant_type=client_credentials", {"unauthorized_client"}),
        ("&".join(f"a{n}=1" for n in range(1000)), {"invalid_request"}),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)  # fmt: skip
def test_a_wrong_token_request_gets_its_error(client, form, errors):
    answer = requests.post(
        f"{client.provider.issuer}/token",
        data=form,
        headers={
            "Authorization": client.basic,
            "Content-Type": "application/x-www-form-urlencoded",
        },
        timeout=20,
    )
    assert_oauth_error(answer, errors)


@pytest.mark.parametrize("path", ["/token", "/revoke", "/introspect"])
@pytest.mark.parametrize(
    "header",
    [
        None,
        "Basic",
        "Basic !!!",
        "Basic bm9ib2R5",
        "Basic bm9ib2R5Om5vdGhpbmc=",
        "Basic " + "QUFB" * 3000,
        "Basic JTAwOiV6eg==",
        "Bearer x",
        "Digest username=x",
    ],
)
def test_a_client_that_does_not_prove_itself_is_refused(client, path, header):
    answer = requests.post(
        client.provider.issuer + path,
        data={"grant_type": "refresh_token", "refresh_token": "x", "token": "x"},
        headers={"Authorization": header} if header else {},
        timeout=20,
    )
    assert_oauth_error(answer, {"invalid_client", "invalid_request"}, (400, 401))
    if answer.status_code == 401 and header and header.startswith("Basic "):
        assert "Basic" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "assertion", ["", "x", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJIUzI1NiJ9.e30.AA"]
)
def test_a_false_client_assertion_is_refused(client, assertion):
    answer = requests.post(
        f"{client.provider.issuer}/token",
        data={
            "grant_type": "authorization_code",
            "client_id": client.id,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion,
        },
        timeout=20,
    )
    assert_oauth_error(answer, {"invalid_client", "invalid_request"}, (400, 401))


def test_two_ways_of_client_authentication_at_once_are_refused(client):
    answer = client.post("/token", client_id=client.id, client_secret=client.secret, grant_type="x")
    assert_oauth_error(answer, {"invalid_request", "invalid_client"}, (400, 401))


@pytest.mark.parametrize(
    "kind, body",
    [
        ("application/json", b'{"grant_type":"refresh_token"}'),
        ("application/json", b'{"grant_type":'),
        ("application/json", b"[" * 100_000),
        ("text/plain", b"grant_type=refresh_token"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"),
        ("", b"grant_type=refresh_token"),
    ],
)
@pytest.mark.parametrize("path", ["/token", "/revoke", "/introspect"])
def test_a_body_of_another_type_is_refused(client, path, kind, body):
    headers = {"Authorization": client.basic} | ({"Content-Type": kind} if kind else {})
    answer = requests.post(client.provider.issuer + path, data=body, headers=headers, timeout=20)
    assert_oauth_error(answer, {"invalid_request"}, (400, 413, 415))


@pytest.mark.parametrize("path", ["/token", "/revoke", "/introspect", "/authorize", "/logout", "/userinfo"])
def test_a_body_of_a_megabyte_is_refused_unread(client, path):
    answer = requests.post(
        client.provider.issuer + path,
        data=b"x=" + b"a" * 1_000_000,
        headers={
            "Authorization": client.basic,
            "Content-Type": "application/x-www-form-urlencoded",
        },
        timeout=20,
        allow_redirects=False,
    )
    assert answer.status_code == 413 or (path == "/userinfo" and answer.status_code == 401)


@pytest.mark.parametrize(
    "path, method",
    [
        ("/token", "GET"),
        ("/revoke", "GET"),
        ("/introspect", "GET"),
        ("/authorize", "DELETE"),
        ("/userinfo", "PUT"),
        ("/.well-known/openid-configuration", "POST"),
        ("/token", "TRACE"),
    ],
)
def test_a_method_that_an_endpoint_does_not_know_is_refused_with_those_it_knows(client, path, method):
    answer = requests.request(method, client.provider.issuer + path, timeout=20)
    assert answer.status_code == 405
    assert answer.headers["Allow"]


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/.well-known/", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/static/none", "//", "/authorize/"],
)  # fmt: skip
def test_an_unknown_address_gets_a_page_with_a_way_on(client, path):
    answer = get(client.provider, path)
    assert answer.status_code in (400, 404), answer.status_code
    assert "root:" not in answer.text


# Codes and tokens of others, and used ones


def fresh_code(client: Client, browser: Browser) -> tuple[str, PKCE]:
    pkce = PKCE()
    return client.code(browser, PATRICK, pkce), pkce


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


# The sign-in form


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
        {"r": "A" * 200},
        {"r": ""},
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
    assert browser.page.status in (400, 403, 404, 410, 413, 422), browser.page.status
    assert "<script>alert" not in browser.page.html
    assert not any("session" in cookie.name for cookie in browser.session.cookies)


def test_a_sign_in_form_of_another_browser_signs_nobody_in(client, form):
    _, sign_in = form
    stranger = client.browser()
    stranger.open(client.authorization_url(PKCE()))
    stranger.submit(sign_in, button="sign-in", identifier=VALERY.identifier, password=VALERY.password)
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


# What was kept


def test_a_thousand_refused_requests_write_nothing(client):
    before = rows(client.provider)
    with requests.Session() as session:
        session.trust_env = False
        for number in range(250):
            authorize(client, {"redirect_uri": f"https://evil.example/{number}"})
            session.get(client.authorization_url(PKCE()), allow_redirects=False)
            session.get(client.provider.issuer + "/userinfo", headers={"Authorization": f"Bearer {number}"})
            session.post(
                client.provider.issuer + "/token",
                data=f"grant_type=authorization_code&code={quote(str(number))}",
                headers={
                    "Authorization": client.basic,
                    "Content-Type": "application/x-www-form-urlencoded",
                },
            )
    assert rows(client.provider) == before
