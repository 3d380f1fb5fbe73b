"""`make run`: what a newcomer opens, reads and clicks, on plain http and free ports."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from rig import screens
from rig.parents import ANGELA, ANNE_LAURE, CELINE, CHOSEN
from rig.ports import accepts, free_port, wait_until
from rig.programs import ENVIRONMENT, PROGRAMS, ROOT


class Demonstration:
    """`Scripts/run-demo` with the built programs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        names = ("PORT", "LSU_PORT", "FC_PORT", "OUTBOX_PORT", "SECOND_PORT")
        self.ports = {name: free_port() for name in names}
        self.log = folder / "run-demo.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [ROOT / "Scripts" / "run-demo"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=ENVIRONMENT
                | {name: str(port) for name, port in self.ports.items()}
                | {"DATA": str(folder / "data"), "PROGRAMS": str(PROGRAMS)},
                # Where the tests themselves run in the background, Ctrl-C is ignored, and that is inherited.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )

    def url(self, name: str) -> str:
        return f"http://localhost:{self.ports[name]}"

    def wait(self) -> None:
        """Until it says that it runs."""

        def runs() -> bool:
            assert self.process.poll() is None, self.log.read_text()
            return "EduConnect runs." in self.log.read_text()

        wait_until(runs, 60, "EduConnect runs")

    def newest(self, to: str, pattern: str) -> str:
        """What the pattern finds in the newest message to a number or an address."""
        url = f"{self.url('OUTBOX_PORT')}/messages.json"

        def texts() -> list[str]:
            messages = requests.get(url, timeout=5).json()
            return [message["text"] for message in messages if message["to"] == to]

        wait_until(lambda: bool(texts()), 10, f"a message to {to}")
        return re.search(pattern, texts()[0])[1]

    def code_for(self, number: str) -> str:
        return self.newest(number, r"\b(\d{6})\b")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


@pytest.fixture
def demonstration(tmp_path) -> Iterator[Demonstration]:
    # Ctrl-C is heard by what was started with it open.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    demonstration = Demonstration(tmp_path)
    yield demonstration
    if demonstration.process.poll() is None:
        os.kill(demonstration.process.pid, signal.SIGTERM)
        demonstration.process.wait(30)


def test_a_newcomer_clicks_through_the_three_journeys(demonstration, visitor):
    """Codes and links stand on the page of the messages (J-G-07, J-G-09, J-G-11, J-G-17)."""
    demonstration.wait()
    lsu = demonstration.url("LSU_PORT")
    for name in demonstration.ports:
        assert requests.get(demonstration.url(name), timeout=5).status_code == 200, name

    parent = visitor("desk")
    screens.leave_for_sign_in(parent, lsu)
    parent.choose("S'identifier avec FranceConnect")
    screens.franceconnect(parent, ANGELA)
    screens.mobile_number(parent, ANGELA.typed_number)
    screens.enter_code(parent, demonstration.code_for(ANGELA.number))
    screens.children_page(parent, ANGELA)
    screens.enter_children(parent, ANGELA)
    screens.report(parent, ANGELA)

    parent = visitor("desk")
    screens.leave_for_sign_in(parent, lsu)
    parent.choose("Je n'ai pas de compte")
    screens.identity(parent, ANNE_LAURE)
    screens.enter_code(parent, demonstration.code_for(ANNE_LAURE.number))
    screens.children_page(parent, ANNE_LAURE)
    screens.enter_children(parent, ANNE_LAURE)
    screens.new_password(parent, ANNE_LAURE)
    screens.report(parent, ANNE_LAURE)

    parent = visitor("desk")
    address = "celine.dupont@example.org"
    screens.leave_for_sign_in(parent, lsu)
    screens.sign_in(parent, CELINE.identifier, CELINE.provisional)
    screens.password_not_changed(parent)
    screens.activation(parent, CELINE, address)
    screens.waiting(parent)
    link = demonstration.newest(address, r"(http://\S+\?code=\S+)")
    # As somebody reads it: on the page of the messages.
    parent.open(demonstration.url("OUTBOX_PORT"))
    parent.page.get_by_role("link", name=re.compile("activation de votre compte")).first.click()
    parent.page.get_by_role("link", name=link).click()
    screens.activated(parent)
    screens.sign_in(parent, CELINE.identifier, CHOSEN)
    screens.report(parent, CELINE)

    # A page that is still open would ask for its icon.
    parent.page.goto("about:blank")
    assert demonstration.stop() == 0
    assert "Stopped." in demonstration.log.read_text()
    assert not any(accepts(port) for port in demonstration.ports.values())
