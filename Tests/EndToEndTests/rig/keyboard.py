"""A parent without a mouse: every stop of a page by the tabulator, and controls by Enter and the space bar."""

from playwright.sync_api import Locator

from .visitor import Visitor

#: What the tabulator should stop at, in the order of the document: of radio buttons with one name the
#: chosen one, or all of them; nothing that is hidden, disabled or behind a dialog.
STOPS = """() => {
  const wanted = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const visible = each => each.checkVisibility({ visibilityProperty: true });
  const radios = each => [...document.getElementsByName(each.name)];
  return [...document.querySelectorAll(wanted)]
    .filter(each => !each.disabled && each.type !== "hidden" && visible(each))
    .filter(each => !each.closest("[inert]"))
    .filter(each => each.type !== "radio" || each.checked || !radios(each).some(one => one.checked));
}"""
#: The element with the focus: its place among `stops`, and what hides it or its focus from the eye.
LOOK = """stops => {
  const one = document.activeElement;
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const after = getComputedStyle(one, "::after");
  const isSeen = each => each.outlineStyle !== "none" && parseFloat(each.outlineWidth) >= 2;
  const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  // The middle of a link that breaks over two lines may be none of it.
  const [line] = one.getClientRects();
  const top = line && document.elementFromPoint(
    Math.max(0, line.left) + Math.min(line.width, innerWidth) / 2,
    (Math.max(0, line.top) + Math.min(innerHeight, line.bottom)) / 2);
  return {
    place: stops.indexOf(one),
    name: one.id || one.textContent.trim() || one.name || one.tagName,
    faults: [
      isSeen(style) || isSeen(after) || style.boxShadow !== "none" ? "" : "no outline",
      inside ? "" : "outside the window",
      top && (one.contains(top) || top.contains(one)) ? "" : `under ${top && top.outerHTML}`,
    ].filter(Boolean),
  };
}"""


class Keyboard:
    """The keys of one visitor's window."""

    def __init__(self, parent: Visitor) -> None:
        self.parent = parent

    def press(self, key: str) -> None:
        self.parent.page.keyboard.press(key)

    def type_into(self, label: str, text: str) -> None:
        self.parent.tab_to(self.parent.field(label))
        self.press("Control+A")
        self.parent.page.keyboard.type(text)

    def enter(self, target: str | Locator) -> None:
        """Follows the link, or presses the button, that has these words."""
        self._press_at(target, "Enter")

    def space(self, target: str | Locator) -> None:
        """Presses the button that has these words."""
        self._press_at(target, "Space")

    def _press_at(self, target: str | Locator, key: str) -> None:
        self.parent.tab_to(self.parent.target(target) if isinstance(target, str) else target)
        self.press(key)

    def walk(self, heading: str, *words: str) -> None:
        """Once the screen is there: to its end and back again. Every control is a stop, in the order of
        the document, and is seen to have the focus; from the last one and from the first one the
        keyboard goes on, which is no trap. The page's first stop skips its header."""
        self.parent.reads(heading, *words)
        page = self.parent.page
        stops = page.evaluate_handle(STOPS)
        count = stops.evaluate("stops => stops.length")
        first = page.evaluate("document.querySelector('[inert]') ? '.dialog' : 'body'")
        # As if the page had just come: a field may have the focus already.
        page.evaluate(
            "first => { const one = document.querySelector(first); one.tabIndex = -1; one.focus();"
            " one.removeAttribute('tabindex'); }",
            first,
        )
        forth = self._go("Tab", stops, count)
        assert forth == list(range(count)), f"« {heading} » is walked as {forth}"
        self.press("Tab")
        gone = page.evaluate(LOOK, stops)
        assert gone["place"] in (-1, 0), f"« {heading} » traps the focus at its end: {gone['name']}"
        if gone["place"] == 0:
            self.press("Shift+Tab")
        back = self._go("Shift+Tab", stops, count)
        assert back == list(reversed(range(count))), f"« {heading} » is walked back as {back}"
        if first == "body":
            self._skip(heading)

    def _go(self, key: str, stops, count: int) -> list[int]:
        places = []
        for _ in range(count):
            self.press(key)
            found = self.parent.page.evaluate(LOOK, stops)
            assert not found["faults"], f"{found['name']}: {found['faults']} {self.parent.page.url}"
            places.append(found["place"])
        return places

    def _skip(self, heading: str) -> None:
        """From the first stop: the link over the header leads into the content."""
        page = self.parent.page
        assert page.evaluate("document.activeElement.textContent") == "Aller au contenu", heading
        self.press("Enter")
        self.press("Tab")
        inside = "document.activeElement.closest('main, footer') !== null"
        assert page.evaluate(inside), f"« {heading} » does not skip its header"
