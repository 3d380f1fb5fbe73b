"""What a parent does that makes the provider send a message, without a browser. Fields are found by
their order, which is that of the screens."""

from .clients import PKCE, Client
from .pages import Browser, Form
from .parents import CELINE, CHOSEN, VALERY, Newcomer, Parent

STEP_UP = "urn:educonnect:acr:password-sms"


def visible(form: Form) -> list[str]:
    """The names of the fields that one fills in, in their order."""
    return [each.name for each in form.fields if each.kind not in ("hidden", "submit")]


def form_of(browser: Browser, fields: int) -> Form:
    """The page's form with so many fields to fill in."""
    for form in browser.page.forms:
        if form.method == "post" and len(visible(form)) == fields:
            return form
    raise AssertionError(f"no form of {fields} fields: {browser.url} {browser.page.text[:300]}")


def fill(browser: Browser, *values: str) -> Browser:
    form = form_of(browser, len(values))
    return browser.submit(form, **dict(zip(visible(form), values, strict=True)))


def ask_for_a_code(client: Client, parent: Parent = VALERY) -> Browser:
    """Signs in to a teleservice that asks for more than a password, and presses the button of
    SIGN-3: an SMS is on its way. The browser shows the field for the code."""
    browser = client.browser().open(client.authorization_url(PKCE(), acr_values=STEP_UP))
    browser.sign_in(parent.identifier, parent.password)
    return fill(browser)


def enter_code(browser: Browser, code: str) -> Browser:
    return fill(browser, code)


def activate(client: Client, address: str, parent: Newcomer = CELINE) -> Browser:
    """From the letter to C-4: the activation mail is on its way to the address."""
    browser = client.browser().open(client.authorization_url(PKCE()))
    browser.sign_in(parent.identifier, parent.provisional)
    assert "MOT DE PASSE NON CHANGÉ" in browser.page.text, browser.page.text
    fill(browser)
    eldest = min(parent.children.values())
    fill(browser, address, address, CHOSEN, CHOSEN, eldest)
    assert "COMPTE EN ATTENTE DE VALIDATION" in browser.page.text, browser.page.text
    return browser


def confirm(client: Client, link: str) -> Browser:
    """Opens the mail's link in another browser, and confirms."""
    return fill(client.browser().open(link))
