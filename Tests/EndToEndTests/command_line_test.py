"""The commands of `educonnect`: their answers, their errors, their exit statuses."""

import json
import subprocess

import pytest
import requests

from rig.clients import PKCE, Client
from rig.parents import VALERY
from rig.programs import ENVIRONMENT, Provider, program

METADATA = {
    "client_name": "Téléservice",
    "redirect_uris": ["https://teleservice.example.org/callback"],
    "scope": "openid profile",
}


def run(*words) -> subprocess.CompletedProcess:
    arguments = [str(word) for word in (program("educonnect"), *words)]
    return subprocess.run(
        arguments,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env=ENVIRONMENT,
    )


@pytest.fixture(scope="module")
def provider(run_folder):
    """Without a server: the commands take the store's lock themselves."""
    provider = Provider(run_folder / "command-line")
    provider.load_demonstration_data()
    return provider


def add(provider: Provider, metadata, name: str = "metadata") -> subprocess.CompletedProcess:
    file = provider.folder / f"{name}.json"
    file.write_text(metadata if isinstance(metadata, str) else json.dumps(metadata))
    return provider.command("client", "add", "--metadata", file)


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["client"],
        ["client", "add"],
        ["serve", "--nonsense"],
        ["keys", "burn"],
        ["client", "show"],
    ],
)
def test_wrong_usage_exits_2_and_says_so_on_standard_error(words):
    done = run(*words)
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert done.stderr.strip()


@pytest.mark.parametrize("words", [["--help"], ["client", "add", "--help"], ["serve", "--help"]])
def test_help_goes_to_standard_output_and_exits_0(words):
    done = run(*words)
    assert done.returncode == 0
    assert "USAGE" in done.stdout.upper()


def test_a_missing_configuration_is_named(tmp_path):
    done = run("serve", "--config", tmp_path / "none.json")
    assert done.returncode == 1
    assert "none.json" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_client_is_registered_shown_listed_and_removed(provider):
    done = add(provider, METADATA)
    assert done.returncode == 0, done.stderr
    registration = json.loads(done.stdout)
    assert registration["client_id"] and len(registration["client_secret"]) >= 32
    assert registration["client_secret_expires_at"] == 0
    assert registration["redirect_uris"] == METADATA["redirect_uris"]
    assert registration["token_endpoint_auth_method"] == "client_secret_basic"

    shown = provider.succeed("client", "show", registration["client_id"])
    assert registration["client_id"] in shown
    assert registration["client_secret"] not in shown, "the secret is shown once"
    assert registration["client_id"] in provider.succeed("client", "list")

    provider.succeed("client", "remove", registration["client_id"])
    assert registration["client_id"] not in provider.succeed("client", "list")
    gone = provider.command("client", "show", registration["client_id"])
    assert gone.returncode == 1 and registration["client_id"] in gone.stderr


@pytest.mark.parametrize(
    "metadata, named",
    [
        ("{", "metadata.json"),
        ("[]", "metadata.json"),
        ({}, "redirect_uris"),
        (
            METADATA | {"redirect_uris": ["http://teleservice.example.org/callback"]},
            "redirect_uris[0]",
        ),
        (METADATA | {"redirect_uris": ["https://a.example.org/#x"]}, "redirect_uris[0]"),
        (METADATA | {"redirect_uris": "https://a.example.org/"}, "redirect_uris"),
        (METADATA | {"grant_types": ["implicit"]}, "grant_types"),
        (METADATA | {"response_types": ["token"]}, "response_types"),
        (METADATA | {"token_endpoint_auth_method": "magic"}, "token_endpoint_auth_method"),
        (METADATA | {"token_endpoint_auth_method": "private_key_jwt"}, "jwks"),
        (METADATA | {"id_token_signed_response_alg": "none"}, "id_token_signed_response_alg"),
        (METADATA | {"jwks": {"keys": [{"kty": "EC"}]}}, "jwks"),
        (METADATA | {"educonnect": {"unheardOf": 1}}, "unheardOf"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_wrong_metadata_is_refused_with_the_path_of_what_is_wrong(provider, metadata, named):
    before = provider.succeed("client", "list")
    done = add(provider, metadata)
    assert done.returncode == 1, done.stdout
    assert named in done.stderr, done.stderr
    assert done.stdout == ""
    assert provider.succeed("client", "list") == before


def test_every_error_of_the_metadata_is_listed_at_once(provider):
    done = add(
        provider, METADATA | {"grant_types": ["implicit"], "response_types": ["token"], "scope": 1}
    )
    for named in ("grant_types", "response_types", "scope"):
        assert named in done.stderr, done.stderr


def test_a_client_added_while_the_server_runs_can_sign_parents_in_at_once(run_folder):
    provider = Provider(run_folder / "command-line-running")
    provider.load_demonstration_data()
    provider.start()
    try:
        client = Client.register(provider, "added-late")
        pkce = PKCE()
        tokens = client.redeem(client.code(client.browser(), VALERY, pkce), pkce)
        assert tokens.status_code == 200, tokens.text
        assert client.id in provider.succeed("client", "list")
        provider.succeed("client", "remove", client.id)
        answer = requests.get(client.authorization_url(PKCE()), allow_redirects=False, timeout=10)
        assert answer.status_code == 400, "a removed client is unknown at once"
    finally:
        assert provider.stop() == 0


def test_demonstration_data_is_loaded_twice_without_doubles(run_folder):
    provider = Provider(run_folder / "command-line-twice")
    provider.load_demonstration_data()
    provider.load_demonstration_data()
    provider.start()
    try:
        client = Client.register(provider, "twice", scope="openid scolarite")
        pkce = PKCE()
        tokens = client.redeem(client.code(client.browser(), VALERY, pkce), pkce).json()
        children = client.userinfo(tokens["access_token"]).json()["children"]
        assert [child["given_name"] for child in children] == list(VALERY.children)
    finally:
        assert provider.stop() == 0


def test_demonstration_data_is_refused_for_a_real_issuer(tmp_path):
    provider = Provider(tmp_path / "real", issuer="https://educonnect.example.org")
    done = provider.command("demo-data")
    assert done.returncode == 1
    assert "--anyway" in done.stderr and done.stdout == ""
    assert provider.command("demo-data", "--anyway").returncode == 0


def test_a_command_without_a_store_says_what_to_do(tmp_path):
    provider = Provider(tmp_path / "empty", settings={"store": {"migrateAtStart": False}})
    done = provider.command("client", "list")
    assert done.returncode == 1
    assert "migrate" in done.stderr
    provider.succeed("migrate")
    assert provider.command("client", "list").returncode == 0
