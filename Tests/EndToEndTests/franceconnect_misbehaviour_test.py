"""What the simulated FranceConnect does wrong when it is told to, checked with another library: a test of
EduConnect that relies on it must not pass because nothing went wrong."""

import base64
import json
import socket
import subprocess
import time

import pytest
import requests
from joserfc import jws
from joserfc.errors import BadSignatureError

from rig.franceconnect import assert_json_error
from rig.programs import ENVIRONMENT, program


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
    answer = requests.get(f"{unruly.issuer}/jwks", timeout=60)
    assert len(answer.content) == 100 * 1024 * 1024


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
