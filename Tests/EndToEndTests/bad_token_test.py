"""Bad input at the token, revocation and introspection endpoints: the right OAuth error.

Every case names what is sent and the answers that are right; anything of 500 and above is wrong.
"""

import pytest
import requests

from rig.answers import assert_oauth_error, get

pytestmark = pytest.mark.usefixtures("survives")


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
    "assertion",
    ["", "x", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJIUzI1NiJ9.e30.AA"],
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
    answer = client.token(client_id=client.id, client_secret=client.secret, code="x")
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


@pytest.mark.parametrize(
    "path", ["/token", "/revoke", "/introspect", "/authorize", "/logout", "/userinfo"]
)
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
def test_a_method_that_an_endpoint_does_not_know_is_refused_with_those_it_knows(
    client, path, method
):
    answer = requests.request(method, client.provider.issuer + path, timeout=20)
    assert answer.status_code == 405
    assert answer.headers["Allow"]


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/.well-known/", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/static/none", "/authorize/"],
)  # fmt: skip
def test_an_unknown_address_gets_a_page_with_a_way_on(client, path):
    answer = get(client.provider, path)
    assert answer.status_code in (400, 404), answer.status_code
    assert "root:" not in answer.text
