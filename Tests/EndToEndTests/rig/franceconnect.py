"""The simulated FranceConnect as a program, and a client of it that shares no code with it: what it
sends stands in this file, as FranceConnect's own documentation says it."""

import json
import secrets
import time
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from .pages import Browser, Page
from .ports import free_port
from .programs import Process, program

SITE = "http://localhost:8080"
CALLBACK = f"{SITE}/franceconnect/retour"
SIGNED_OUT = f"{SITE}/franceconnect/deconnexion"
#: Everything but `amr`, which a client must be allowed.
SCOPE = (
    "openid profile birth identite_pivot email gender birthdate birthcountry birthplace given_name "
    "family_name preferred_username idp_birthdate idp_id"
)
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Simulator(Process):
    """`franceconnect-simulator` with three clients: two of one organisation (a secret; RS256 and
    `amr`) and one of another, which proves itself by `key`. All are at `site`."""

    def __init__(self, folder: Path, misbehaves: bool = False, site: str = SITE) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        port = free_port()
        self.site = site
        self.base = f"http://localhost:{port}"
        self.issuer = f"{self.base}/api/v2"
        self.key = ECKey.generate_key("P-256", parameters={"kid": "client-1", "alg": "ES256"})
        self.configuration = folder / "simulator.json"
        settings = {
            "issuer": self.issuer,
            "listen": {"port": port},
            "data": "data",
            "clients": [
                self._client("educonnect", "ecole", clientSecretFile="educonnect-secret"),
                self._client(
                    "sibling",
                    "ecole",
                    clientSecretFile="sibling-secret",
                    algorithm="RS256",
                    scope="openid profile amr",
                ),
                self._client("keyed", "mairie", jwks={"keys": [self.key.as_dict(private=False)]}),
            ],
        }
        self.configuration.write_text(json.dumps(settings, indent=2))
        arguments = [program("franceconnect-simulator"), "serve", "--config", self.configuration]
        if misbehaves:
            arguments.append("--misbehave")
        super().__init__(arguments, port, folder)

    def _client(self, name: str, entity: str, **over) -> dict:
        return {
            "client_id": name,
            "name": "EduConnect" if name == "educonnect" else name.capitalize(),
            "entity": entity,
            "redirect_uris": [f"{self.site}/franceconnect/retour"],
            "post_logout_redirect_uris": [f"{self.site}/franceconnect/deconnexion"],
            "scope": SCOPE,
            "algorithm": "ES256",
        } | over

    def secret(self, name: str = "educonnect") -> str:
        return (self.folder / f"{name}-secret").read_text().strip()

    def keys(self) -> KeySet:
        return KeySet.import_key_set(self.get("/jwks").json())

    def get(self, path: str, **options) -> requests.Response:
        return requests.get(f"{self.issuer}{path}", timeout=15, **options)

    def behave(self, **conduct) -> None:
        """Whatever is not named is well again."""
        answer = requests.post(f"{self.base}/simulateur/conduite", json=conduct, timeout=5)
        assert answer.status_code == 200, answer.text

    # What a client does

    def request(self, client: str = "educonnect", **over: str | None) -> dict[str, str]:
        """A right authorization request; None takes a parameter out."""
        parameters = {
            "client_id": client,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": SCOPE if client != "sibling" else "openid profile",
            "state": secrets.token_hex(16),
            "nonce": secrets.token_hex(32),
            "acr_values": "eidas1",
        } | over
        return {name: value for name, value in parameters.items() if value is not None}

    def url(self, parameters) -> str:
        return f"{self.issuer}/authorize?{urlencode(parameters)}"

    def authorize(self, parameters) -> requests.Response:
        return requests.get(self.url(parameters), allow_redirects=False, timeout=15)

    def browser(self) -> Browser:
        return Browser(stop_at=(CALLBACK, SIGNED_OUT))

    def sign_in(
        self, browser: Browser, number: str, parameters: dict, provider: str = "impots"
    ) -> dict[str, str]:
        """Walks through all pages; the parameters of the answer."""
        browser.open(self.url(parameters))
        if f"provider-{provider}" in browser.page.ids:
            browser.open(f"{browser.page.url}/fournisseur/{provider}")
        if any("number" in form.names for form in browser.page.forms):
            form = browser.page.form_with("number", "password")
            browser.submit(form, number=number, password="123")
        form = next(form for form in browser.page.forms if form.id == "information-form")
        browser.submit(form)
        return self.answer(browser)

    @staticmethod
    def answer(browser: Browser) -> dict[str, str]:
        assert browser.page is None, browser.page.text
        assert browser.url.startswith(CALLBACK + "?"), browser.url
        return dict(parse_qsl(urlsplit(browser.url).query, keep_blank_values=True))

    def code(self, number: str = "test", **over) -> tuple[str, dict]:
        """A code, and the request that it answers."""
        parameters = self.request(**over)
        answer = self.sign_in(self.browser(), number, parameters)
        assert set(answer) == {"code", "state", "iss"}, answer
        return answer["code"], parameters

    def exchange(self, code: str, client: str = "educonnect", /, **over: str | None):
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "client_id": client,
        }
        if client == "keyed":
            form |= {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.assertion()}
        else:
            form["client_secret"] = self.secret(client)
        form = {name: value for name, value in (form | over).items() if value is not None}
        return requests.post(f"{self.issuer}/token", data=form, timeout=15)

    def assertion(self, key=None, header: dict | None = None, **over) -> str:
        now = int(time.time())
        claims = {
            "iss": "keyed",
            "sub": "keyed",
            "aud": self.issuer,
            "jti": secrets.token_hex(16),
            "iat": now,
            "exp": now + 60,
        } | over
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(header or {"alg": "ES256", "kid": "client-1"}, claims, key or self.key)

    def userinfo(self, access_token: str) -> requests.Response:
        return self.get("/userinfo", headers={"Authorization": f"Bearer {access_token}"})

    def verified(self, token: str, algorithm: str = "ES256"):
        """Header and claims of what the provider has signed."""
        return jwt.decode(token, self.keys(), algorithms=[algorithm])

    def person(self, number: str, **over) -> dict:
        """The claims of UserInfo of somebody who signs in."""
        code, parameters = self.code(number, **over)
        tokens = self.exchange(code, parameters["client_id"]).json()
        algorithm = "RS256" if parameters["client_id"] == "sibling" else "ES256"
        return self.verified(self.userinfo(tokens["access_token"]).text, algorithm).claims


def error_page(answer: requests.Response) -> str:
    """The code on an error page of FranceConnect's own."""
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Location" not in answer.headers
    page = Page(answer.url, answer.status_code, answer.text)
    assert {"error-code", "error-id"} <= page.ids, page.text
    return next(word for word in page.text.split() if word[0] == "Y" and len(word) in (7, 8))


def redirected(answer: requests.Response) -> dict[str, str]:
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith(CALLBACK + "?")
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query, keep_blank_values=True))


def assert_json_error(answer: requests.Response, status: int, error: str) -> None:
    assert answer.headers["Content-Type"].startswith("application/json")
    body = answer.json()
    assert (answer.status_code, body["error"]) == (status, error), body
    assert set(body) == {"error", "error_description", "error_uri"}
    uri = urlsplit(body["error_uri"])
    assert uri.netloc == "docs.partenaires.franceconnect.gouv.fr"
    assert {name for name, _ in parse_qsl(uri.query)} == {"code", "id"}
