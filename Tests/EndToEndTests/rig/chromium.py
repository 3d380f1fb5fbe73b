"""Debian's Chromium through Playwright: one browser a test run, a fresh profile a test."""

import re
import subprocess
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

EXECUTABLE = "/usr/bin/chromium"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


def launch(playwright: Playwright, key_fingerprint: str) -> Browser:
    return playwright.chromium.launch(
        executable_path=EXECUTABLE,
        args=[
            "--no-sandbox",
            "--disable-dev-shm-usage",
            f"--ignore-certificate-errors-spki-list={key_fingerprint}",
        ],
    )


def visit(browser: Browser, **options) -> BrowserContext:
    """A fresh profile of a French reader."""
    context = browser.new_context(**({"locale": "fr-FR", "viewport": DESK} | options))
    context.set_default_timeout(15_000)
    return context


def sign_in(page: Page, identifier: str, password: str) -> None:
    page.locator("#identifier").fill(identifier)
    page.locator("#password").fill(password)
    page.locator("#sign-in").click()


class Pictures:
    """Screenshots for the tour, candidates until somebody has looked at them."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._taken: set[str] = set()

    def take_first(self, page: Page, name: str) -> bool:
        """Whether this picture was not taken before."""
        if name in self._taken:
            return False
        self._taken.add(name)
        self.take(page, name)
        return True

    def take(self, page: Page, name: str) -> None:
        # A dialog's veil covers the window, and no more.
        is_whole = page.locator("dialog[open]").count() == 0
        page.screenshot(path=str(self.folder / f"{name}.png"), full_page=is_whole)

    def take_document(self, document: Path, name: str) -> None:
        """The first page of a PDF document."""
        output = self.folder / name
        command = ["pdftoppm", "-png", "-r", "80", "-singlefile", document, output]
        subprocess.run(command, check=True)


def barriers(page: Page) -> list[str]:
    """The findings of axe on the page as it stands, whatever their weight, one line each."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']} ({each['impact']}): {each['help']}: "
        + "; ".join(" ".join(map(str, node["target"])) for node in each["nodes"][:5])
        for each in found
    ]


def overflows(page: Page) -> bool:
    """Whether the page must be moved sideways to be read."""
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def text_of(page: Page) -> str:
    return re.sub(r"\s+", " ", page.locator("body").inner_text())
