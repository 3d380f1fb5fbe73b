"""What right answers to wrong requests look like, and what they must not leave behind."""

import sqlite3

import requests

from .clients import PKCE, Client
from .pages import Browser, Page
from .parents import PATRICK
from .programs import Provider


def rows(provider: Provider) -> dict[str, int]:
    """How many rows each table has, but for those that count attempts and write the journal."""
    store = next((provider.folder / "data").glob("*.sqlite"))
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        names = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        return {
            name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for name in names
            if not name.startswith(("attempt", "audit", "sqlite_"))
        }


def get(provider: Provider, target: str, **headers: str) -> requests.Response:
    """A request whose target is sent as written; no redirect is followed."""
    with requests.Session() as session:
        session.trust_env = False
        prepared = session.prepare_request(
            requests.Request("GET", provider.issuer, headers=headers)
        )
        prepared.url = provider.issuer + target
        return session.send(prepared, allow_redirects=False, timeout=20)


def authorize(client: Client, over: dict | None = None, raw: str = "") -> requests.Response:
    url = client.authorization_url(PKCE(), **(over or {}))
    return get(client.provider, url[len(client.provider.issuer) :] + raw)


def assert_page(answer: requests.Response, status: int = 400) -> None:
    assert answer.status_code == status, answer.text[:500]
    assert "Location" not in answer.headers
    assert answer.headers["Content-Type"].startswith("text/html")
    page = Page(answer.url, answer.status_code, answer.text)
    assert page.refresh is None and page.title and page.text


def assert_oauth_error(answer: requests.Response, errors: set[str], statuses=(400,)) -> None:
    assert answer.status_code in statuses, (answer.status_code, answer.text[:500])
    assert answer.headers["Content-Type"].startswith("application/json"), answer.headers
    assert "no-store" in answer.headers["Cache-Control"]
    body = answer.json()
    assert body["error"] in errors, body
    assert set(body) <= {"error", "error_description", "error_uri"}


def fresh_code(client: Client, browser: Browser) -> tuple[str, PKCE]:
    pkce = PKCE()
    return client.code(browser, PATRICK, pkce), pkce
