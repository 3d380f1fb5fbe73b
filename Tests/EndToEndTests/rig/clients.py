"""Clients of the provider's protocol, as small as the standard lets them be."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from .pages import Browser
from .parents import Parent
from .programs import Provider


@dataclass
class Client:
    provider: Provider
    id: str
    secret: str
    redirect_uri: str
    scope: str
    authority: str | None = None

    @classmethod
    def register(
        cls,
        provider: Provider,
        name: str,
        scope: str = "openid profile email scolarite",
        authority: str | None = None,
        **more,
    ) -> "Client":
        """A confidential web client with `client_secret_basic`; `more` goes into its metadata."""
        redirect_uri = f"https://{name}.example.org/callback"
        metadata = {
            "client_name": f"Téléservice {name}",
            "redirect_uris": [redirect_uri],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "client_secret_basic",
            "scope": scope,
        } | more
        answer = provider.register(name, metadata)
        return cls(
            provider,
            answer["client_id"],
            answer.get("client_secret", ""),
            metadata["redirect_uris"][0] if metadata["redirect_uris"] else "",
            scope,
            authority,
        )

    @property
    def basic(self) -> str:
        pair = f"{self.id}:{self.secret}".encode()
        return "Basic " + base64.b64encode(pair).decode()

    def authorization_url(self, pkce: "PKCE", **parameters: str) -> str:
        request = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "state": "state-1",
            "nonce": "nonce-1",
            "code_challenge": pkce.challenge,
            "code_challenge_method": "S256",
        } | parameters
        chosen = {name: value for name, value in request.items() if value is not None}
        return f"{self.provider.issuer}/authorize?{urlencode(chosen)}"

    def browser(self) -> Browser:
        """A new browser that stops at this client's redirect URI."""
        return Browser(self.authority, stop_at=(self.redirect_uri,))

    def code(self, browser: Browser, parent: Parent, pkce: "PKCE", **parameters: str) -> str:
        """Signs the parent in where the browser has no session yet; the authorization code."""
        browser.open(self.authorization_url(pkce, **parameters))
        if browser.page is not None:
            browser.sign_in(parent.identifier, parent.password)
        answer = query_of(browser.url)
        assert "code" in answer, (
            f"no code: {browser.url} {browser.page and browser.page.text[:300]}"
        )
        return answer["code"]

    def token(self, grant_type: str = "authorization_code", **form: str) -> requests.Response:
        return self.post("/token", grant_type=grant_type, **form)

    def redeem(self, code: str, pkce: "PKCE", **form: str) -> requests.Response:
        parameters = {
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": pkce.verifier,
        }
        return self.token(**(parameters | form))

    def post(self, path: str, headers: dict | None = None, **form: str) -> requests.Response:
        """A form to an endpoint, with this client's credentials in the header."""
        return requests.post(
            self.provider.issuer + path,
            data=form,
            headers={"Authorization": self.basic} | (headers or {}),
            verify=self.authority or True,
            allow_redirects=False,
            timeout=20,
        )

    def userinfo(self, access_token: str) -> requests.Response:
        return requests.get(
            f"{self.provider.issuer}/userinfo",
            headers={"Authorization": f"Bearer {access_token}"},
            verify=self.authority or True,
            timeout=20,
        )


class PKCE:
    def __init__(self) -> None:
        self.verifier = secrets.token_urlsafe(32)
        self.challenge = base64url(hashlib.sha256(self.verifier.encode()).digest())


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def query_of(url: str) -> dict[str, str]:
    """The query's parameters; each must stand there once."""
    values = parse_qs(urlsplit(url).query, keep_blank_values=True, strict_parsing=False)
    assert all(len(each) == 1 for each in values.values()), f"a parameter twice: {url}"
    return {name: each[0] for name, each in values.items()}
