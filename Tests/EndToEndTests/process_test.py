"""The life of the server's process: start, stop, restart, a broken configuration, rotated keys."""

import json
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
import requests

from rig.clients import PKCE, Client
from rig.parents import VALERY
from rig.ports import wait_until
from rig.programs import ENVIRONMENT, Provider, program


@pytest.fixture
def own(tmp_path) -> Provider:
    """A provider of this test alone, stopped at its end."""
    provider = Provider(tmp_path / "own")
    provider.load_demonstration_data()
    yield provider
    if provider.is_running:
        provider.kill()


def test_a_termination_lets_the_requests_under_way_end_and_exits_0(own):
    client = Client.register(own, "drain")
    own.start()
    with socket.create_connection(("127.0.0.1", own.port), 10) as slow:
        body = b"grant_type=authorization_code&code=unknown&code_verifier=" + b"v" * 43
        head = (
            f"POST /token HTTP/1.1\r\nHost: localhost\r\nAuthorization: {client.basic}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        slow.sendall(head.encode() + body[:10])
        time.sleep(0.3)
        own.process.send_signal(signal.SIGTERM)
        wait_until(lambda: _refuses(own.port), 5, "new connections are refused")
        slow.sendall(body[10:])
        slow.settimeout(10)
        assert slow.recv(65536).startswith(b"HTTP/1.1 400 ")
    assert own.process.wait(15) == 0, own.tail()


def _refuses(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_an_idle_server_stops_within_two_seconds(own):
    own.start()
    with requests.Session() as kept_alive:
        kept_alive.get(f"http://127.0.0.1:{own.port}/health/live", timeout=5)
        started = time.monotonic()
        assert own.stop() == 0, own.tail()
    assert time.monotonic() - started < 2


def test_it_answers_within_a_second_of_its_start(own):
    own.start()
    own.stop()
    started = time.monotonic()
    own.start()
    # The target is 150 ms on an idle machine; the tests share theirs.
    assert time.monotonic() - started < 1


def test_a_second_start_keeps_clients_sessions_tokens_and_keys(own):
    client = Client.register(own, "restart", scope="openid offline_access")
    own.start()
    browser, pkce = client.browser(), PKCE()
    tokens = client.redeem(client.code(browser, VALERY, pkce), pkce).json()
    keys = requests.get(_jwks_uri(own), timeout=5).json()
    assert own.stop() == 0
    own.start()
    assert requests.get(_jwks_uri(own), timeout=5).json() == keys
    assert client.userinfo(tokens["access_token"]).status_code == 200
    assert client.token("refresh_token", refresh_token=tokens["refresh_token"]).status_code == 200
    browser.open(client.authorization_url(PKCE(), prompt="none"))
    assert "code=" in browser.url, browser.url


def _jwks_uri(provider: Provider) -> str:
    well_known = f"{provider.issuer}/.well-known/openid-configuration"
    return requests.get(well_known, timeout=5).json()["jwks_uri"]


def test_keys_are_rotated_under_a_running_server_without_a_failed_verification(own):
    """A client that fetches the JWK set again for an unknown kid never meets one it can't find."""
    client = Client.register(own, "rotation")
    own.start()
    first = _kids(own)
    own.succeed("keys", "rotate")
    # The server reads its folder again by itself, and announces the key before it signs with it.
    wait_until(lambda: _kids(own) > first, 15, "the new key is published")
    seen: set[str] = set()
    browser = client.browser()

    def signs_with_a_new_key() -> bool:
        pkce = PKCE()
        token = client.redeem(client.code(browser, VALERY, pkce), pkce).json()["id_token"]
        kid = _header(token)["kid"]
        assert kid in _kids(own), "signed with a key that is not published"
        seen.add(kid)
        return bool(seen - first)

    wait_until(signs_with_a_new_key, 20, "the new key signs")
    assert first <= _kids(own), "a retired key leaves only with the last token it signed"
    assert len(own.succeed("keys", "list").strip().splitlines()) > len(first)


def _kids(provider: Provider) -> set[str]:
    return {key["kid"] for key in requests.get(_jwks_uri(provider), timeout=5).json()["keys"]}


def _header(token: str) -> dict:
    import base64

    part = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_two_servers_do_not_share_a_folder(own):
    own.start()
    second = subprocess.run(
        [program("educonnect"), "serve", "--config", own.configuration],
        capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL,
        env=ENVIRONMENT | {"EDUCONNECT_LISTEN__PORT": "0"},
    )  # fmt: skip
    assert second.returncode == 1
    assert second.stderr.strip(), "it says why"
    assert requests.get(f"http://127.0.0.1:{own.port}/health/live", timeout=5).ok


def test_a_port_that_is_taken_is_said_in_one_sentence(own):
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", own.port))
        squatter.listen()
        done = own.command("serve", within=20)
    assert done.returncode == 1
    assert str(own.port) in done.stderr


def test_a_broken_configuration_lists_every_error_with_its_path(own):
    settings = json.loads(own.configuration.read_text())
    settings["issuer"] = "ftp://nowhere"
    settings["listen"]["port"] = 70_000
    settings["listen"]["prot"] = 1
    settings["unheardOf"] = True
    own.configuration.write_text(json.dumps(settings))
    done = own.command("serve", within=20)
    assert done.returncode == 1
    for path in ("issuer", "listen.port", "listen.prot", "unheardOf"):
        assert path in done.stderr, done.stderr


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"issuer":"http://localhost:1","issuer":"x"}', "null"]
)
def test_a_configuration_that_is_no_object_is_refused(own, text):
    own.configuration.write_text(text)
    done = own.command("serve", within=20)
    assert done.returncode == 1
    assert own.configuration.name in done.stderr


def test_an_operators_text_is_seen_without_a_restart_and_a_wrong_one_is_logged(own):
    settings = json.loads(own.configuration.read_text())
    settings["texts"] = {"folder": "texts"}
    own.configuration.write_text(json.dumps(settings))
    text = own.folder / "texts" / "contact.md"
    text.parent.mkdir()
    text.write_text("# Accueil\n\n<b>a</b>")
    done = own.command("serve", within=20)
    assert done.returncode == 1
    assert "contact.md:3: raw HTML is not allowed" in done.stderr

    def shows(words: str) -> bool:
        return words in requests.get(f"http://127.0.0.1:{own.port}/contact", timeout=5).text

    text.write_text("Premier texte")
    own.start()
    assert shows("<p>Premier texte</p>")
    text.write_text("Second texte")
    wait_until(lambda: shows("<p>Second texte</p>"), 30, "the new text is shown")
    text.write_text("[a](javascript:b)")
    wait_until(lambda: "contact.md:1" in own.log.read_text(), 30, "the error is logged")
    assert shows("<p>Second texte</p>")


def test_an_environment_variable_overrides_a_setting(own):
    own.environment["EDUCONNECT_LISTEN__PORT"] = str(own.port + 0)
    settings = json.loads(own.configuration.read_text())
    settings["listen"]["port"] = 1
    own.configuration.write_text(json.dumps(settings))
    own.start()
    assert requests.get(f"http://127.0.0.1:{own.port}/health/live", timeout=5).ok


def test_a_signing_key_that_others_can_read_is_refused(own):
    own.start()
    assert own.stop() == 0
    key = next(Path(own.folder / "keys").glob("*.json"))
    key.chmod(0o644)
    done = own.command("serve", within=20)
    assert done.returncode == 1
    assert key.name in done.stderr


def test_the_log_is_json_and_holds_no_secret(own):
    client = Client.register(own, "log")
    own.start()
    pkce, browser = PKCE(), client.browser()
    code = client.code(browser, VALERY, pkce)
    tokens = client.redeem(code, pkce).json()
    client.redeem(code, pkce)
    client.browser().open(client.authorization_url(PKCE())).sign_in(VALERY.identifier, "Wrong2026")
    assert own.stop() == 0
    log = own.log.read_text()
    for line in log.splitlines():
        assert isinstance(json.loads(line), dict), line
    secrets = [VALERY.password, "Wrong2026", client.secret, code, pkce.verifier, *_texts(tokens)]
    secrets += [cookie.value for cookie in browser.session.cookies]
    assert [secret for secret in secrets if secret in log] == []


def _texts(tokens: dict) -> list[str]:
    return [
        tokens[name] for name in ("access_token", "id_token", "refresh_token") if name in tokens
    ]


def test_a_stop_in_the_middle_of_traffic_loses_no_answer(own):
    client = Client.register(own, "busy")
    own.start()
    browser = client.browser()
    client.code(browser, VALERY, PKCE())
    broken: list[Exception] = []
    stop = threading.Event()

    def visit() -> None:
        with requests.Session() as session:
            session.cookies.update(browser.session.cookies)
            while not stop.is_set():
                try:
                    answer = session.get(
                        client.authorization_url(PKCE()), allow_redirects=False, timeout=10
                    )
                except requests.ConnectionError as refused:
                    if "Connection refused" not in str(refused) and "Remote end closed" not in str(
                        refused
                    ):
                        broken.append(refused)
                    return
                if answer.status_code != 302:
                    broken.append(RuntimeError(f"{answer.status_code}"))

    visitors = [threading.Thread(target=visit) for _ in range(16)]
    for visitor in visitors:
        visitor.start()
    time.sleep(0.5)
    status = own.stop()
    stop.set()
    for visitor in visitors:
        visitor.join(20)
    assert status == 0, own.tail()
    assert broken == []
