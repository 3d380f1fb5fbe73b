"""A teleservice built on Authlib: a page of its own, which shows the claims of who signed in.

The ID token is checked with joserfc, so that two independent libraries read what we send.
"""

import html
import json
import secrets
import threading
import time
from http import cookies
from urllib.parse import parse_qs, urlencode
from wsgiref.simple_server import WSGIRequestHandler, make_server

import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

COOKIE = "authlib-teleservice"


class RelyingParty:
    """A WSGI application. Its addresses: /, /sign-in, /callback, /sign-out, /signed-out."""

    def __init__(self, public: str, issuer: str, authority: str) -> None:
        self.public, self.issuer, self.authority = public, issuer, authority
        self.client_id = self.client_secret = ""
        self.method = "client_secret_post"
        self.algorithm = "RS256"
        self.scope = "openid profile email phone scolarite"
        self.visits: dict[str, dict] = {}
        self._lock = threading.Lock()

    def metadata(self, algorithm: str = "RS256", method: str = "client_secret_post") -> dict:
        """What to register; `adopt` then takes the answer."""
        self.algorithm, self.method = algorithm, method
        return {
            "client_name": "Téléservice Authlib",
            "redirect_uris": [f"{self.public}/callback"],
            "post_logout_redirect_uris": [f"{self.public}/signed-out"],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": method,
            "id_token_signed_response_alg": algorithm,
            "scope": self.scope,
        }

    def adopt(self, registration: dict) -> None:
        self.client_id = registration["client_id"]
        self.client_secret = registration["client_secret"]
        well_known = f"{self.issuer}/.well-known/openid-configuration"
        self.provider = requests.get(well_known, verify=self.authority, timeout=10).json()
        if self.provider["issuer"] != self.issuer:
            raise ValueError(f"the document's issuer is {self.provider['issuer']}")

    # The application

    def __call__(self, environ: dict, start_response) -> list[bytes]:
        visit, fresh = self._visit(environ)
        route = {
            "/": self._home,
            "/sign-in": self._sign_in,
            "/callback": self._callback,
            "/sign-out": self._sign_out,
            "/signed-out": self._signed_out,
            "/favicon.ico": lambda *_: ("204 No Content", [], ""),
        }.get(environ["PATH_INFO"])
        try:
            status, headers, body = route(environ, visit) if route else ("404 Not Found", [], "?")
        except Exception as refused:  # what a teleservice would log, here the test reads it
            body = f'<p role="alert">{html.escape(repr(refused))}</p>'
            status, headers = "403 Forbidden", []
        if fresh:
            headers.append(
                ("Set-Cookie", f"{COOKIE}={fresh}; Path=/; HttpOnly; Secure; SameSite=Lax")
            )
        page = (
            f'<!doctype html><html lang="fr"><title>Téléservice Authlib</title><main>{body}</main>'
        )
        start_response(status, [("Content-Type", "text/html; charset=utf-8"), *headers])
        return [page.encode()]

    def _visit(self, environ: dict) -> tuple[dict, str | None]:
        jar = cookies.SimpleCookie(environ.get("HTTP_COOKIE", ""))
        with self._lock:
            if COOKIE in jar and jar[COOKIE].value in self.visits:
                return self.visits[jar[COOKIE].value], None
            name = secrets.token_urlsafe(16)
            self.visits[name] = {}
            return self.visits[name], name

    def _home(self, _, visit: dict):
        if "claims" not in visit:
            return "200 OK", [], '<a id="sign-in" href="/sign-in">Se connecter avec EduConnect</a>'
        claims = html.escape(
            json.dumps(visit["claims"], ensure_ascii=False, indent=1, sort_keys=True)
        )
        out = '<a id="sign-out" href="/sign-out">Se déconnecter</a>'
        return "200 OK", [], f'<h1>Vos données</h1><pre id="claims">{claims}</pre>{out}'

    def _session(self) -> OAuth2Session:
        session = OAuth2Session(
            self.client_id,
            self.client_secret,
            scope=self.scope,
            redirect_uri=f"{self.public}/callback",
            token_endpoint_auth_method=self.method,
            code_challenge_method="S256",
        )
        session.verify = self.authority
        session.trust_env = False
        return session

    def _sign_in(self, environ: dict, visit: dict):
        visit["nonce"], visit["verifier"] = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
        extra = {name: value[0] for name, value in parse_qs(environ["QUERY_STRING"]).items()}
        url, visit["state"] = self._session().create_authorization_url(
            self.provider["authorization_endpoint"],
            code_verifier=visit["verifier"],
            nonce=visit["nonce"],
            **extra,
        )
        return "302 Found", [("Location", url)], ""

    def _callback(self, environ: dict, visit: dict):
        answer = {name: value[0] for name, value in parse_qs(environ["QUERY_STRING"]).items()}
        if answer.get("iss") != self.issuer:
            raise ValueError(f"the answer came from {answer.get('iss')!r}")
        if "error" in answer:
            raise ValueError(f"{answer['error']}: {answer.get('error_description')}")
        session = self._session()
        token = session.fetch_token(
            self.provider["token_endpoint"],
            authorization_response=f"{self.public}/callback?{environ['QUERY_STRING']}",
            state=visit.pop("state"),
            code_verifier=visit.pop("verifier"),
        )
        claims = self._verified(token["id_token"], visit.pop("nonce"))
        userinfo = session.get(self.provider["userinfo_endpoint"])
        userinfo.raise_for_status()
        if userinfo.json()["sub"] != claims["sub"]:
            raise ValueError("UserInfo speaks of somebody else")
        visit |= {"claims": claims | userinfo.json(), "id_token": token["id_token"], "token": token}
        return "303 See Other", [("Location", f"{self.public}/")], ""

    def _verified(self, id_token: str, nonce: str) -> dict:
        keys = requests.get(self.provider["jwks_uri"], verify=self.authority, timeout=10).json()
        token = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=[self.algorithm])
        jwt.JWTClaimsRegistry(
            now=int(time.time()),
            leeway=5,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            nonce={"essential": True, "value": nonce},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        ).validate(token.claims)
        return token.claims

    def _sign_out(self, _, visit: dict):
        query = urlencode(
            {
                "id_token_hint": visit.pop("id_token"),
                "post_logout_redirect_uri": f"{self.public}/signed-out",
                "state": "out-1",
            }
        )
        visit.clear()
        return "302 Found", [("Location", f"{self.provider['end_session_endpoint']}?{query}")], ""

    def _signed_out(self, environ: dict, _):
        state = parse_qs(environ["QUERY_STRING"]).get("state", [""])[0]
        return "200 OK", [], f'<p id="signed-out">Vous êtes déconnecté ({html.escape(state)}).</p>'


class _Silent(WSGIRequestHandler):
    def log_message(self, *_) -> None:
        pass


class RelyingPartyServer:
    """Serves the application on a thread of its own."""

    def __init__(self, application: RelyingParty, port: int) -> None:
        self.server = make_server("127.0.0.1", port, application, handler_class=_Silent)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self) -> "RelyingPartyServer":
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)
