"""What the end-to-end tests share: the programs, the TLS front, the browser, the flags."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, sync_playwright

from rig import chromium
from rig.authority import Authority
from rig.clients import PKCE, Client
from rig.franceconnect import Simulator
from rig.front import TLSFront
from rig.installation import Installation
from rig.kannel import Kannel
from rig.mail_server import MailServer
from rig.pages import Browser
from rig.parents import PATRICK
from rig.ports import free_port
from rig.programs import Provider, Teleservices
from rig.relying_party import RelyingParty, RelyingPartyServer
from rig.sms_gateway import SMSGateway
from rig.visitor import Visitor


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=30, help="kills of the crash test")
    parser.addoption("--power-cuts", type=int, default=50, help="rounds of the power-cut test")
    parser.addoption("--pictures", type=Path, default=None, help="a folder for the screenshots")


@pytest.fixture(scope="session")
def run_folder() -> Iterator[Path]:
    """A folder that other users may enter: Apache's and PostgreSQL's children are not root."""
    folder = Path(tempfile.mkdtemp(prefix="educonnect-tests-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def authority(run_folder: Path) -> Authority:
    return Authority(run_folder / "authority")


class Ports:
    """Public (https) and private (http) ports of everything behind the TLS front."""

    def __init__(self) -> None:
        self.names = ["provider", "apache", "authlib", "lsu", "inscription"]
        self.public = {name: free_port() for name in self.names}
        self.private = {name: free_port() for name in self.names}

    def url(self, name: str) -> str:
        return f"https://localhost:{self.public[name]}"


@pytest.fixture(scope="session")
def ports() -> Ports:
    return Ports()


@pytest.fixture(scope="session")
def front(run_folder: Path, authority: Authority, ports: Ports) -> Iterator[TLSFront]:
    sites = {ports.public[name]: ports.private[name] for name in ports.names}
    with TLSFront(run_folder / "nginx", authority, sites) as front:
        yield front


@pytest.fixture(scope="module")
def provider(
    run_folder: Path, front: TLSFront, ports: Ports, request: pytest.FixtureRequest
) -> Iterator[Provider]:
    """The provider behind TLS, with demonstration data; each file has its own, since the wrong
    passwords of one would lock out the next."""
    folder = run_folder / f"provider-{Path(request.node.name).stem}"
    provider = Provider(folder, issuer=ports.url("provider"), port=ports.private["provider"])
    provider.load_demonstration_data()
    provider.start()
    yield provider
    provider.stop()


@pytest.fixture(scope="session")
def plain_provider(run_folder: Path) -> Iterator[Provider]:
    """The provider on plain http, as in development: what speaks to its socket uses this one."""
    provider = Provider(run_folder / "plain-provider")
    provider.load_demonstration_data()
    provider.start()
    yield provider
    provider.stop()


@pytest.fixture(scope="session")
def chromium_browser(authority: Authority):
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright, authority.key_fingerprint)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pictures(request: pytest.FixtureRequest, run_folder: Path) -> chromium.Pictures:
    return chromium.Pictures(request.config.getoption("--pictures") or run_folder / "pictures")


# For Chromium: relying parties to start from, and a page that notes what the browser finds wrong


@pytest.fixture(scope="module")
def authlib(authority, ports, front, provider) -> Iterator[RelyingParty]:
    application = RelyingParty(ports.url("authlib"), provider.issuer, str(authority.authority))
    application.adopt(
        provider.register("authlib-chromium", application.metadata(algorithm="ES256"))
    )
    with RelyingPartyServer(application, ports.private["authlib"]):
        yield application


@pytest.fixture(scope="module")
def teleservices(run_folder, authority, ports, front, provider) -> Iterator[Teleservices]:
    sites = {
        "lsu": (ports.url("lsu"), ports.private["lsu"]),
        "inscription": (ports.url("inscription"), ports.private["inscription"]),
    }
    program = Teleservices(run_folder / "lsu", provider, sites, authority.authority)
    for kind in sites:
        provider.register(kind, program.metadata(kind))
    program.start()
    yield program
    assert program.stop() == 0, program.tail()


@pytest.fixture(scope="module")
def lsu(teleservices) -> str:
    """The address of the school reports."""
    return teleservices.sites["lsu"][0]


@pytest.fixture(scope="module")
def second(teleservices) -> str:
    """The address of the second teleservice."""
    return teleservices.sites["inscription"][0]


@pytest.fixture
def page(chromium_browser) -> Iterator[Page]:
    context = chromium.visit(chromium_browser)
    page = context.new_page()
    page.problems = []
    # What the browser itself finds wrong with our pages, the content security policy above all.
    page.on(
        "console",
        lambda line: (
            line.type == "error" and page.problems.append(f"{line.text} ({line.location['url']})")
        ),
    )
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    yield page
    context.close()


# For mails and SMS: the servers that take them, one of each a session


@pytest.fixture(scope="session")
def _kannel(run_folder: Path) -> Iterator[Kannel]:
    with Kannel(run_folder / "kannel") as kannel:
        yield kannel


@pytest.fixture
def kannel(_kannel: Kannel) -> Kannel:
    """Its SMS centre has had nothing."""
    _kannel.forget()
    return _kannel


@pytest.fixture(scope="session")
def _mail_server(authority: Authority) -> Iterator[MailServer]:
    with MailServer(authority) as server:
        yield server


@pytest.fixture
def mail_server(_mail_server: MailServer) -> MailServer:
    """It accepts mail and has had none."""
    _mail_server.forget()
    return _mail_server


@pytest.fixture(scope="session")
def _sms_gateway() -> Iterator[SMSGateway]:
    with SMSGateway() as gateway:
        yield gateway


@pytest.fixture
def sms_gateway(_sms_gateway: SMSGateway) -> SMSGateway:
    """It accepts messages and has had none."""
    _sms_gateway.forget()
    return _sms_gateway


# For the journeys: everything around the provider, and parents who come to it


@pytest.fixture(scope="module")
def installation(
    run_folder, authority, ports, front, _kannel, _mail_server, request: pytest.FixtureRequest
) -> Iterator[Installation]:
    folder = run_folder / f"installation-{Path(request.node.name).stem}"
    sites = {
        name: (ports.url(name), ports.private[name])
        for name in ("provider", "lsu", "inscription", "authlib")
    }
    installation = Installation(folder, sites, authority, _kannel, _mail_server)
    yield installation
    installation.stop()


@pytest.fixture
def fresh(installation: Installation) -> None:
    """No test sees what another one has done to a family."""
    installation.renew()


@pytest.fixture(scope="module")
def authlib_page(installation: Installation, ports) -> Iterator[str]:
    """The address of the relying party that shows the claims."""
    with RelyingPartyServer(installation.authlib, ports.private["authlib"]):
        yield installation.authlib.public


@pytest.fixture
def visitor(chromium_browser, pictures) -> Iterator[Callable[..., Visitor]]:
    """Makes a parent at a browser of their own: `visitor("phone")`."""
    visitors: list[Visitor] = []

    def come(device: str = "desk") -> Visitor:
        visitors.append(Visitor(chromium_browser, pictures, device))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.close()


# For bad input: two clients, a browser with a session, and the server's survival


@pytest.fixture(scope="session")
def client(plain_provider) -> Client:
    return Client.register(plain_provider, "bad-input", scope="openid profile offline_access")


@pytest.fixture(scope="session")
def other(plain_provider) -> Client:
    return Client.register(plain_provider, "bad-input-other", scope="openid profile offline_access")


@pytest.fixture(scope="session")
def signed_in(client) -> Browser:
    browser = client.browser()
    client.code(browser, PATRICK, PKCE())
    return browser


@pytest.fixture
def survives(plain_provider) -> Iterator[None]:
    """The same process answers after each case as before it."""
    pid = plain_provider.pid
    yield
    assert plain_provider.is_running and plain_provider.pid == pid, plain_provider.tail()
    assert requests.get(f"http://127.0.0.1:{plain_provider.port}/health/live", timeout=5).ok


# FranceConnect, simulated


@pytest.fixture(scope="session")
def simulator(run_folder) -> Iterator[Simulator]:
    simulator = Simulator(run_folder / "franceconnect").start()
    yield simulator
    assert simulator.stop() == 0, simulator.tail()


@pytest.fixture(scope="session")
def misbehaving_simulator(run_folder) -> Iterator[Simulator]:
    simulator = Simulator(run_folder / "franceconnect-unruly", misbehaves=True).start()
    yield simulator
    assert simulator.stop() == 0, simulator.tail()


@pytest.fixture
def unruly(misbehaving_simulator) -> Iterator[Simulator]:
    """One that does what a test asks for, until the test ends."""
    yield misbehaving_simulator
    misbehaving_simulator.behave()
