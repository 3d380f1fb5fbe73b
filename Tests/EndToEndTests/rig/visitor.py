"""A parent at a browser, who reads the screens that pass by and uses them as their words say."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from . import chromium
from .chromium import barriers, overflows

#: The windows in which each journey is gone through.
DEVICES = {
    "desk": {"viewport": chromium.DESK},
    "phone": {"viewport": chromium.PHONE, "has_touch": True},
    "no-script": {"viewport": chromium.DESK, "java_script_enabled": False},
}
NARROWEST = 320


class Visitor:
    """A browser profile of its own, with one window or more.

    On a phone each screen is looked at for barriers and for its width, in the narrowest window too."""

    def __init__(self, browser: Browser, pictures: chromium.Pictures, device: str = "desk") -> None:
        self.device = device
        self.pictures = pictures
        self.context = chromium.visit(browser, **DEVICES[device])
        #: What the browser itself finds wrong with our pages.
        self.problems: list[str] = []
        #: Headings of the screens that passed by.
        self.screens: list[str] = []
        self.page = self.open_window()

    def open_window(self) -> Page:
        """A further window of the same profile, which this one goes on in."""
        self.page = self.context.new_page()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        return self.page

    def _note(self, line) -> None:
        # A form that comes back is 422, a link that is void 410: the browser tells of them too.
        expected = re.search(r"status of (410|422|429)", line.text)
        if line.type == "error" and not expected:
            self.problems.append(f"{line.text} ({line.location['url']})")

    @property
    def has_script(self) -> bool:
        return self.device != "no-script"

    def close(self) -> None:
        self.context.close()
        assert self.problems == []

    def open(self, url: str) -> None:
        self.page.goto(url)

    def reads(self, heading: str, *words: str, name: str = "") -> None:
        """The screen with this heading is there, and says these words. `name` keeps its picture."""
        try:
            expect(self.page.locator("h1")).to_have_text(heading, timeout=15_000)
        except AssertionError:
            raise AssertionError(f"instead of « {heading} »: {self.text}") from None
        text = self.text
        missing = [each for each in words if each not in text]
        assert not missing, f"« {heading} » lacks {missing}: {text}"
        self.screens.append(heading)
        if self.has_script:
            self._look(heading, name)

    def _look(self, heading: str, name: str) -> None:
        assert not overflows(self.page), f"« {heading} » is wider than the window"
        if name:
            self.pictures.take(self.page, f"{name}-{self.device}")
        if self.device != "phone":
            return
        self.page.set_viewport_size(chromium.PHONE | {"width": NARROWEST})
        assert not overflows(self.page), f"« {heading} » is wider than {NARROWEST} px"
        assert barriers(self.page) == [], heading
        self.page.set_viewport_size(chromium.PHONE)

    @property
    def text(self) -> str:
        """All that stands on the page, white space as one space."""
        return chromium.text_of(self.page)

    def choose(self, words: str) -> None:
        """Presses the button, or follows the link, that has exactly these words."""
        self.target(words).click()

    def target(self, words: str) -> Locator:
        button = self.page.get_by_role("button", name=words, exact=True)
        return button.or_(self.page.get_by_role("link", name=words, exact=True))

    def field(self, label: str) -> Locator:
        """The field whose label begins with these words."""
        labelled = self.page.get_by_label(re.compile(f"^{re.escape(label)}"))
        return self.page.locator("input, select").and_(labelled)

    def fill(self, label: str, value: str) -> None:
        self.field(label).fill(value)

    def relax(self) -> None:
        """Lets forms go out that the browser itself would hold back."""
        for form in self.page.locator("form").all():
            form.evaluate("form => form.noValidate = true")

    @property
    def focus(self) -> str:
        """The id of the element that has the focus."""
        return self.page.evaluate("document.activeElement.id")

    def tab_to(self, target: Locator) -> None:
        """Goes on with the tabulator until the element has the focus."""
        for _ in range(60):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {target} on {self.page.url}")

    def save_document(self, link: Locator, file: Path) -> None:
        with self.page.expect_download() as download:
            link.click()
        download.value.save_as(file)
