"""EduConnect with everything around it, as parents meet it: two teleservices, a relying party that shows
the claims, a simulated FranceConnect, and the real servers by which SMS and mails go."""

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from .authority import Authority
from .franceconnect import Simulator
from .kannel import Kannel
from .mail_server import MailServer
from .programs import Provider, Teleservices
from .relying_party import RelyingParty

UPSTREAM = "franceconnect"
#: As in config/educonnect.json.
SUPPORT = {"mail": "assistance@example.org", "hours": "du lundi au vendredi, de 9 h à 17 h"}


class Installation:
    """`sites` maps `provider`, `lsu`, `inscription` and `authlib` to their public addresses and private
    ports. All are registered; the demonstration's families are as they were at the first start."""

    def __init__(
        self,
        folder: Path,
        sites: dict[str, tuple[str, int]],
        authority: Authority,
        kannel: Kannel,
        mail_server: MailServer,
    ) -> None:
        folder.mkdir(parents=True)
        issuer, port = sites["provider"]
        self.kannel, self.mail_server = kannel, mail_server
        self.simulator = Simulator(folder / UPSTREAM, misbehaves=True, site=issuer)
        self.simulator.start()
        (folder / f"{UPSTREAM}.json").write_text(json.dumps(self._upstream()))
        self.provider = Provider(
            folder,
            issuer=issuer,
            port=port,
            settings={
                "upstreams": [f"{UPSTREAM}.json"],
                "sms": kannel.settings(folder),
                "mail": mail_server.settings(folder),
                "support": SUPPORT,
            },
        )
        self.provider.load_demonstration_data()
        reports = {name: sites[name] for name in ("lsu", "inscription")}
        self.teleservices = Teleservices(
            folder / "lsu", self.provider, reports, authority.authority
        )
        for kind in reports:
            self.provider.register(kind, self.teleservices.metadata(kind))
        self.lsu = sites["lsu"][0]
        self.authlib = RelyingParty(sites["authlib"][0], issuer, str(authority.authority))
        registered = self.provider.register("authlib", self.authlib.metadata(algorithm="ES256"))
        self._data, self._first = folder / "data", folder / "first"
        shutil.copytree(self._data, self._first)
        self.provider.start()
        self.authlib.adopt(registered)
        self.teleservices.start()

    def _upstream(self) -> dict:
        """As config/upstreams/franceconnect.json, at the address of ours."""
        return {
            "kind": "franceconnect",
            "id": UPSTREAM,
            "issuer": self.simulator.issuer,
            "clientID": "educonnect",
            "clientSecretFile": str(self.simulator.folder / "educonnect-secret"),
        }

    def renew(self) -> None:
        """Gives it back the families as they were, no message sent and nobody signed in."""
        assert self.provider.stop() == 0, self.provider.tail()
        shutil.rmtree(self._data)
        shutil.copytree(self._first, self._data)
        self.kannel.forget()
        self.mail_server.forget()
        if not self.simulator.is_running:
            self.simulator.start()
        self.simulator.behave()
        self.provider.start()

    def outdate_links(self) -> None:
        """The links that were mailed are at their end now, as after the days that a test can't wait."""
        self._rewrite("UPDATE mail_tokens SET expires_at = created_at")

    def forget_attempts(self) -> None:
        """Nobody has to wait any more, as after the minute between two mails."""
        self._rewrite("DELETE FROM attempts")

    def _rewrite(self, statement: str) -> None:
        """Changes rows of the store while nobody uses it."""
        assert self.provider.stop() == 0, self.provider.tail()
        with closing(sqlite3.connect(self._data / "educonnect.sqlite")) as store, store:
            assert store.execute(statement).rowcount > 0, statement
        self.provider.start()

    def stop(self) -> None:
        for process in (self.teleservices, self.provider):
            assert process.stop() == 0, process.tail()
        # It may still hang, as it was told to.
        self.simulator.kill()

    # What arrives

    def code_for(self, number: str, count: int = 1) -> str:
        """The code of the newest SMS to a number (`+33…`), of which there are `count` then."""
        message = self.kannel.wait_for(number, count)[-1]
        words = r"EduConnect : votre code [\w' ]+ est (\d{6})\. Il est valable 30 minutes\."
        code = re.fullmatch(words, message.text)
        assert code, message.text
        return code[1]

    def link_for(self, address: str, count: int = 1) -> str:
        """The link of the newest mail to an address, of which there are `count` then."""
        mail = self.mail_server.wait_for(address, count)[-1]
        (link,) = re.findall(r"^\s*(https?://\S+\?code=\S+)\s*$", mail.text, re.MULTILINE)
        here, there = urlsplit(self.provider.issuer), urlsplit(link)
        assert (there.scheme, there.netloc) == (here.scheme, here.netloc), link
        return link
