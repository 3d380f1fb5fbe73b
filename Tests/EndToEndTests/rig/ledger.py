"""What the server has acknowledged, kept by its clients, and whether it still holds after a crash.

Each `Visit` is one parent's authorization: a code, then a family of tokens. Its script notes every
answer the moment it arrives. After the restart `Visit.verify` asks the server about each of them.
"""

import hashlib
import json
import random
import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlsplit

from .clients import Client, base64url
from .traffic import Answer, Script, Unanswered


@dataclass
class Ledger:
    """The sum over all rounds. `findings` says in words what was lost or revived."""

    acknowledged: int = 0
    verified: int = 0
    lost: int = 0
    revived: int = 0
    rounds: int = 0
    in_flight: list[int] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def lose(self, what: str) -> None:
        self.lost += 1
        self.findings.append(f"lost: {what}")

    def revive(self, what: str) -> None:
        self.revived += 1
        self.findings.append(f"revived: {what}")

    @property
    def busy_kills(self) -> int:
        """Kills that found eight or more requests in flight."""
        return sum(count >= 8 for count in self.in_flight)

    def __str__(self) -> str:
        return (
            f"ledger: {self.acknowledged:,} acknowledged, {self.lost} lost, "
            f"{self.revived} revived, {self.rounds} rounds"
        )


class Desk:
    """Writes the requests of one client and one signed-in parent as bytes, as cheaply as it can."""

    def __init__(self, client: Client, cookies: str) -> None:
        self.client = client
        host = urlsplit(client.provider.issuer).netloc
        url = client.authorization_url(_NoPKCE(), code_challenge=None, state=None, nonce=None)
        self._authorize_path = url[len(client.provider.issuer) :]
        self._get_head = f" HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\n\r\n"
        self._post_head = (
            f" HTTP/1.1\r\nHost: {host}\r\nAuthorization: {client.basic}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
        )
        self._redirect = quote(client.redirect_uri, safe="")

    def authorize(self, challenge: str, state: str) -> bytes:
        path = f"{self._authorize_path}&code_challenge={challenge}&state={state}"
        return f"GET {path}{self._get_head}".encode()

    def redeem(self, code: str, verifier: str) -> bytes:
        return self._post(
            "/token",
            f"grant_type=authorization_code&code={code}&code_verifier={verifier}"
            f"&redirect_uri={self._redirect}",
        )

    def refresh(self, token: str) -> bytes:
        return self._post("/token", f"grant_type=refresh_token&refresh_token={token}")

    def revoke(self, token: str) -> bytes:
        return self._post("/revoke", f"token={token}")

    def introspect(self, token: str) -> bytes:
        return self._post("/introspect", f"token={token}")

    def _post(self, path: str, form: str) -> bytes:
        return f"POST {path}{self._post_head}{len(form)}\r\n\r\n{form}".encode()


class _NoPKCE:
    challenge = ""


class Visit:
    """One authorization from its code to its end, and what is known of it."""

    def __init__(self, desk: Desk, ledger: Ledger, plan: random.Random) -> None:
        self.desk, self.ledger, self.plan = desk, ledger, plan
        self.verifier = secrets.token_urlsafe(32)
        self.code = ""
        self.code_at = 0.0
        self.code_is_spent = False
        #: Every refresh token of the family that was acknowledged, oldest first.
        self.refresh_tokens: list[str] = []
        self.rotated_at = 0.0
        self.access_token = ""
        self.is_revoked = False
        #: The step whose answer never came.
        self.in_doubt = ""

    def script(self) -> Script:
        try:
            yield from self._live()
        except Unanswered:
            pass  # `in_doubt` names the step

    def _live(self) -> Script:
        challenge = base64url(hashlib.sha256(self.verifier.encode()).digest())
        answer = yield from self._step("authorize", self.desk.authorize(challenge, "s"), 302)
        self.code = parse_qs(urlsplit(answer.header(b"location")).query)["code"][0]
        self.code_at = time.monotonic()
        if self.plan.random() < 0.1:
            return  # a code that waits
        answer = yield from self._step("redeem", self.desk.redeem(self.code, self.verifier), 200)
        self.code_is_spent = True
        self._take(answer)
        for _ in range(self.plan.choice((0, 1, 1, 2, 3))):
            answer = yield from self._step(
                "rotate", self.desk.refresh(self.refresh_tokens[-1]), 200
            )
            self._take(answer)
        if self.plan.random() < 0.3:
            yield from self._step("revoke", self.desk.revoke(self.refresh_tokens[-1]), 200)
            self.is_revoked = True

    def _step(self, name: str, request: bytes, expected: int) -> Script:
        self.in_doubt = name
        answer = yield request
        if answer.status != expected:
            raise AssertionError(f"{name} answered {answer}")
        self.in_doubt = ""
        self.ledger.acknowledged += 1
        return answer

    def _take(self, answer: Answer) -> None:
        tokens = json.loads(answer.body)
        self.access_token = tokens["access_token"]
        self.refresh_tokens.append(tokens["refresh_token"])
        self.rotated_at = time.monotonic()

    # After the restart

    def verify(self) -> Script:
        if not self.code:
            return
        if self.refresh_tokens:
            yield from self._verify_family()
        if self.code_is_spent:
            yield from self._refused("a spent code", self.desk.redeem(self.code, self.verifier))
            # A replay ends all that came of the code, whatever the family was before.
            yield from self._inactive("a token whose code was replayed", self.access_token)
        elif self.in_doubt == "redeem":
            # Whether it was spent is unknown; twice it must not work.
            yield self.desk.redeem(self.code, self.verifier)
            yield from self._refused("a code in doubt", self.desk.redeem(self.code, self.verifier))
        elif time.monotonic() - self.code_at < 45:
            answer = yield self.desk.redeem(self.code, self.verifier)
            self._expect_kept("a code", answer)
            yield from self._refused(
                "the code just spent", self.desk.redeem(self.code, self.verifier)
            )

    def _verify_family(self) -> Script:
        if self.is_revoked:
            yield from self._inactive("a revoked access token", self.access_token)
            yield from self._refused("a revoked family", self.desk.refresh(self.refresh_tokens[-1]))
            return
        if self.in_doubt == "revoke":
            return
        answer = yield self.desk.introspect(self.access_token)
        self.ledger.verified += 1
        if answer.status != 200 or not json.loads(answer.body)["active"]:
            self.ledger.lose(f"an access token: {answer}")
        if (
            len(self.refresh_tokens) > 1
            and time.monotonic() - self.rotated_at < 45
            and not self.in_doubt
        ):
            # A lost answer: the predecessor brings the same successor, within its minute.
            answer = yield self.desk.refresh(self.refresh_tokens[-2])
            if self._expect_kept("a rotation", answer):
                again = json.loads(answer.body)["refresh_token"]
                if again != self.refresh_tokens[-1]:
                    self.ledger.revive("a rotated token brought a second successor")
        answer = yield self.desk.refresh(self.refresh_tokens[-1])
        self._expect_kept("a refresh token", answer)
        if len(self.refresh_tokens) > 1:
            oldest = self.desk.refresh(self.refresh_tokens[-2])
            yield from self._refused("a token two rotations old", oldest)
            yield from self._refused(
                "a family with a thief", self.desk.refresh(self.refresh_tokens[-1])
            )

    def _expect_kept(self, what: str, answer: Answer) -> bool:
        self.ledger.verified += 1
        if answer.status != 200:
            self.ledger.lose(f"{what}: {answer}")
        return answer.status == 200

    def _refused(self, what: str, request: bytes) -> Script:
        answer = yield request
        self.ledger.verified += 1
        if answer.status == 200:
            self.ledger.revive(what)
        elif answer.status != 400 or json.loads(answer.body)["error"] != "invalid_grant":
            self.ledger.findings.append(f"{what} was refused otherwise: {answer}")

    def _inactive(self, what: str, token: str) -> Script:
        answer = yield self.desk.introspect(token)
        self.ledger.verified += 1
        if answer.status != 200 or json.loads(answer.body) != {"active": False}:
            self.ledger.revive(f"{what}: {answer}")
