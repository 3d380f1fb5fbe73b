"""A parent at a browser, who reads the screens that pass by and uses them as their words say."""

import re
import time

from playwright.sync_api import Browser, Error, Locator, Page

from . import chromium
from .chromium import barriers, overflows

#: The windows in which each journey is gone through.
DEVICES = {
    "desk": {"viewport": chromium.DESK},
    "phone": {"viewport": chromium.PHONE, "has_touch": True},
    "no-script": {"viewport": chromium.DESK, "java_script_enabled": False},
}
NARROWEST = 320
#: Seconds that a screen may take to come.
PATIENCE = 15


class Visitor:
    """A browser profile of its own, with one window or more.

    Screens that have a name are looked at for barriers; on a phone in the narrowest window too."""

    def __init__(self, browser: Browser, pictures: chromium.Pictures, device: str = "desk") -> None:
        self.device = device
        self.pictures = pictures
        self.context = chromium.visit(browser, **DEVICES[device])
        #: What the browser itself finds wrong with our pages.
        self.problems: list[str] = []
        #: Addresses that windows were on, oldest first.
        self.visited: list[str] = []
        self.page = self.open_window()

    def open_window(self) -> Page:
        """A further window of the same profile, which this one goes on in."""
        self.page = self.context.new_page()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("framenavigated", lambda frame: self.visited.append(frame.url))
        return self.page

    def _note(self, line) -> None:
        # A form that comes back is 422, a sign-in that was cancelled 400: the browser tells of them too.
        expected = re.search(r"status of (400|403|410|422|429)", line.text)
        if line.type == "error" and not expected:
            self.problems.append(f"{line.text} ({line.location['url']})")

    @property
    def has_script(self) -> bool:
        return self.device != "no-script"

    def close(self) -> None:
        self.context.close()
        assert not self.problems, self.problems

    def open(self, url: str) -> None:
        self.page.goto(url)

    def reads(self, heading: str, *words: str, name: str = "") -> None:
        """The screen with this heading comes, and says these words. One that has a name is looked at
        the first time that it passes by, and a picture of it is kept."""
        deadline = time.monotonic() + PATIENCE
        while missing := self._lacks(heading, words):
            if time.monotonic() > deadline:
                raise AssertionError(f"« {heading} » lacks {missing}: {self.page.url} {self.text}")
            self.page.wait_for_timeout(20)
        if name and self.has_script:
            self._look(heading, f"{name}-{self.device}")

    def _lacks(self, heading: str, words: tuple[str, ...]) -> list[str]:
        """What is not there (yet): a screen may come after one with the same heading."""
        try:
            # What stands behind a dialog is not there for anybody.
            headings = self.page.locator("h1:not([inert] *)").all_inner_texts()
            found = [" ".join(each.split()) for each in headings]
            text = self.text if found == [heading] else ""
        except Error:
            return ["a page, since this one goes away"]
        return (
            [f"its heading, which is {found}"]
            if found != [heading]
            else [each for each in words if each not in text]
        )

    def _look(self, heading: str, name: str) -> None:
        assert not overflows(self.page), f"« {heading} » is wider than the window"
        if not self.pictures.take_first(self.page, name):
            return
        assert barriers(self.page) == [], heading
        if self.device != "phone":
            return
        self.page.set_viewport_size(chromium.PHONE | {"width": NARROWEST})
        assert not overflows(self.page), f"« {heading} » is wider than {NARROWEST} px"
        assert barriers(self.page) == [], heading
        self.page.set_viewport_size(chromium.PHONE)

    def back(self) -> bool:
        """Presses the browser's own button; whether there was a page to go back to."""
        self.page.go_back()
        self.page.wait_for_load_state()
        return self.page.url != "about:blank"

    def has_way_on(self) -> None:
        """The page is ours and leads on: by a form, a button or a link."""
        assert self.page.locator("h1").is_visible(), f"{self.page.url}: {self.text}"
        ways = self.page.locator("main form button, main a[href]")
        assert ways.count() > 0, f"{self.page.url}: {self.text}"

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
