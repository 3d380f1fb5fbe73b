"""HTML as a person without script sees it: forms, messages, links; and a browser that uses them."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests


@dataclass
class Field:
    name: str
    kind: str
    id: str = ""
    value: str = ""


@dataclass
class Form:
    action: str
    method: str
    id: str = ""
    fields: list[Field] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        return {each.name for each in self.fields}

    @property
    def hidden(self) -> dict[str, str]:
        return {each.name: each.value for each in self.fields if each.kind == "hidden"}

    @property
    def filled(self) -> dict[str, str]:
        """What a browser sends for an untouched form: all but its unpressed buttons."""
        return {
            each.name: each.value for each in self.fields if each.name and each.kind != "submit"
        }

    @property
    def buttons(self) -> list[Field]:
        return [each for each in self.fields if each.kind == "submit"]


class Page(HTMLParser):
    """A parsed page. `alerts` are the texts of the elements with role=alert."""

    def __init__(self, url: str, status: int, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.url, self.status, self.html = url, status, html
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.alerts: list[str] = []
        self.ids: set[str] = set()
        self.title = ""
        self.refresh: str | None = None
        self.words: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._link: list | None = None
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        """The visible text, with every white space (the non-breaking ones too) as one space."""
        return re.sub(r"\s+", " ", " ".join(self.words)).strip()

    def form_with(self, *names: str) -> Form:
        for form in self.forms:
            if form.names.issuperset(names):
                return form
        raise AssertionError(
            f"no form with {names} on {self.url} ({self.status}): {self.text[:300]}"
        )

    def link(self, text: str) -> str:
        for href, words in self.links:
            if text in re.sub(r"\s+", " ", words):
                return urljoin(self.url, href)
        raise AssertionError(f"no link « {text} » on {self.url}: {self.text[:300]}")

    def handle_starttag(self, tag: str, attributes: list) -> None:
        values = {name: value or "" for name, value in attributes}
        if "id" in values:
            self.ids.add(values["id"])
        if tag == "form":
            action = urljoin(self.url, values.get("action", ""))
            method = values.get("method", "get").lower()
            self.forms.append(Form(action, method, values.get("id", "")))
        elif tag == "input" and self.forms:
            kind = values.get("type", "text")
            self._add(
                Field(values.get("name", ""), kind, values.get("id", ""), values.get("value", ""))
            )
        elif tag == "button" and self.forms and values.get("type", "submit") == "submit":
            self._add(
                Field(
                    values.get("name", ""), "submit", values.get("id", ""), values.get("value", "")
                )
            )
        elif tag == "a" and "href" in values:
            self._link = [values["href"], ""]
        elif tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            target = re.search(
                r"url\s*=\s*['\"]?([^'\"]+)", values.get("content", ""), re.IGNORECASE
            )
            self.refresh = urljoin(self.url, target.group(1)) if target else None
        if tag not in {"input", "meta", "link", "br", "img", "hr"}:
            is_alert = values.get("role") == "alert"
            if is_alert:
                self.alerts.append("")
            self._open.append((tag, is_alert))

    def _add(self, each: Field) -> None:
        self.forms[-1].fields.append(each)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._link:
            self.links.append((self._link[0], self._link[1]))
            self._link = None
        while self._open:
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        inside = [tag for tag, _ in self._open]
        if "title" in inside:
            self.title += data
            return
        if "style" in inside or "script" in inside:
            return
        self.words.append(data)
        if self._link:
            self._link[1] += data
        if any(is_alert for _, is_alert in self._open):
            self.alerts[-1] = re.sub(r"\s+", " ", self.alerts[-1] + data).strip()


class Browser:
    """Keeps cookies, follows redirects and page refreshes, submits forms; runs no script.

    `stop_at` are prefixes of addresses that are not opened: a redirect there ends the walk, and
    `page` is then None and `url` the address.
    """

    REDIRECTS = 15

    def __init__(self, authority=None, stop_at: tuple[str, ...] = ()) -> None:
        self.session = requests.Session()
        self.session.verify = str(authority) if authority else True
        self.session.trust_env = False
        self.session.headers["User-Agent"] = "EduConnect end-to-end tests"
        self.stop_at = stop_at
        self.url = ""
        self.page: Page | None = None
        self.response: requests.Response | None = None

    def open(self, url: str) -> "Browser":
        return self._walk("GET", url, None)

    def submit(self, form: Form, button: str | None = None, **values: str) -> "Browser":
        """Sends a form with what it already holds, the given values and the button with that id."""
        data = form.filled | values
        for each in form.buttons:
            if each.name and (each.id == button or (button is None and len(form.buttons) == 1)):
                data[each.name] = each.value
        if form.method == "get":
            query = requests.compat.urlencode(data)
            return self._walk("GET", form.action.split("?")[0] + "?" + query, None)
        return self._walk("POST", form.action, data)

    def sign_in(self, identifier: str, password: str) -> "Browser":
        """Fills the sign-in form of the page that is shown."""
        form = self.page.form_with("identifier", "password")
        return self.submit(form, button="sign-in", identifier=identifier, password=password)

    def _walk(self, method: str, url: str, data: dict | None) -> "Browser":
        for _ in range(self.REDIRECTS):
            self.url = url
            if url.startswith(self.stop_at or ("\0",)):
                self.page = None
                return self
            headers = {}
            if method == "POST":
                origin = urlsplit(self.page.url if self.page else url)
                headers["Origin"] = f"{origin.scheme}://{origin.netloc}"
            answer = self.session.request(
                method, url, data=data, headers=headers, allow_redirects=False, timeout=20
            )
            self.response = answer
            if answer.is_redirect:
                if answer.status_code not in (307, 308):
                    method, data = "GET", None
                url = urljoin(url, answer.headers["Location"])
                continue
            self.page = Page(url, answer.status_code, answer.text)
            if self.page.refresh:
                method, data, url = "GET", None, self.page.refresh
                continue
            return self
        raise AssertionError(f"more than {self.REDIRECTS} redirects, at {url}")
