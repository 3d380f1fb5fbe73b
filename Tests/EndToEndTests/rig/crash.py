"""Rounds of traffic, a kill at a random moment, a restart, and the ledger's check."""

import random
import threading
import time
from collections.abc import Callable

from .clients import PKCE, Client
from .ledger import Desk, Ledger, Visit
from .parents import PATRICK, VALERY
from .power import Kill, PowerCut
from .programs import Provider
from .traffic import Traffic

LANES = 96


class CrashRounds:
    """`provider` has its data and is stopped; it is stopped again afterwards."""

    def __init__(self, provider: Provider, seed: int, ending: Kill | PowerCut | None = None):
        self.provider = provider
        self.ending = ending or Kill()
        self.plan = random.Random(seed)
        self.ledger = Ledger()
        self.desks: list[Desk] = []

    def register(self) -> None:
        self.client = Client.register(
            self.provider, "crash", scope="openid offline_access", educonnect={"introspects": True}
        )

    def run(self, rounds: int, report: Callable[[str], None] = lambda _: None) -> Ledger:
        self._start(0)
        self._sign_in()
        for number in range(1, rounds + 1):
            visits = self._traffic_until_killed()
            self._start(number)
            self._verify(visits)
            self.ledger.rounds = number
            report(f"round {number}: {self.ledger.in_flight[-1]} in flight; {self.ledger}")
        self.provider.stop()
        return self.ledger

    def _start(self, number: int) -> None:
        self.ending.prepare(number)
        self.provider.start()

    def _sign_in(self) -> None:
        """One session of each of two parents. They outlive every crash, or the next round fails."""
        for parent in (VALERY, PATRICK):
            browser = self.client.browser()
            self.client.code(browser, parent, PKCE())
            cookies = "; ".join(f"{each.name}={each.value}" for each in browser.session.cookies)
            self.desks.append(Desk(self.client, cookies))

    def _traffic_until_killed(self) -> list[Visit]:
        visits: list[Visit] = []
        killed: list[float] = []
        pid = self.provider.pid

        def kill() -> None:
            time.sleep(self.plan.uniform(0.2, 1.2))
            killed.append(time.monotonic())
            self.ending.end(pid)

        def begin():
            if killed:
                return None
            visits.append(Visit(self.plan.choice(self.desks), self.ledger, self.plan))
            return visits[-1].script()

        killer = threading.Thread(target=kill)
        killer.start()
        traffic = Traffic(self.provider.port, LANES)
        outcome = traffic.run(begin, lambda: killed[0] if killed else None, bound=10)
        killer.join()
        status = self.provider.process.wait(20)
        assert status == self.ending.status, f"ended with {status}: {self.provider.tail()}"
        self.ledger.in_flight.append(outcome.in_flight)
        return visits

    def _verify(self, visits: list[Visit]) -> None:
        remaining = iter(visits)

        def begin():
            visit = next(remaining, None)
            return visit.verify() if visit else None

        Traffic(self.provider.port, LANES).run(begin, lambda: None, bound=20)
