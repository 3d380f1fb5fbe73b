"""Debian's Chromium: parents sign in from a page of its own, read reports, and sign out again."""

import json
import re
import subprocess

from playwright.sync_api import expect

from rig import chromium
from rig.chromium import sign_in, text_of
from rig.parents import PATRICK, VALERY


def test_a_parent_signs_in_and_the_page_shows_the_claims_and_signs_out(page, authlib):
    page.goto(authlib.public)
    page.locator("#sign-in").click()
    sign_in(page, VALERY.identifier, VALERY.password)
    claims = json.loads(page.locator("#claims").inner_text())
    assert claims["given_name"] == VALERY.given_name
    assert [child["given_name"] for child in claims["children"]] == list(VALERY.children)
    page.locator("#sign-out").click()
    expect(page.locator("#signed-out")).to_be_visible()
    page.goto(f"{authlib.public}/sign-in")
    expect(page.locator("#password")).to_be_visible()
    assert page.problems == []


def test_a_parent_opens_a_report_and_a_second_teleservice_asks_for_no_password(
    page, lsu, second, pictures, tmp_path
):
    page.goto(lsu)
    page.locator("#sign-in").click()
    sign_in(page, VALERY.identifier, VALERY.password)
    expect(page.get_by_text("Livret Scolaire Unique du CP à la 3ème").first).to_be_visible()
    assert "Alexis" in text_of(page)
    pictures.take(page, "lsu")

    # The entry opens the document in the browser's own viewer; beside it stands what saves it.
    entry = page.get_by_role("link", name=re.compile("^Bilan périodique")).first
    with page.expect_response(lambda answer: "/documents/" in answer.url) as opened:
        entry.click()
    assert opened.value.header_value("content-type") == "application/pdf"
    assert opened.value.header_value("content-disposition").startswith("inline")
    page.wait_for_url("**/documents/*")
    page.goto(f"{lsu}/livrets")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile(r"^Enregistrer\s: Bilan périodique")).first.click()
    report = tmp_path / "report.pdf"
    download.value.save_as(report)
    assert report.read_bytes().startswith(b"%PDF-")
    text = subprocess.run(
        ["pdftotext", report, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Alexis" in text and "DURAND" in text
    pictures.take_document(report, "report")

    page.goto(second)
    page.locator("#sign-in").click()
    expect(page.get_by_text("Alexis").first).to_be_visible()
    assert page.locator("#password").count() == 0
    pictures.take(page, "second-teleservice")

    page.goto(lsu)
    page.locator("#sign-out").click()
    expect(page.get_by_text("déconnecté").first).to_be_visible()
    pictures.take(page, "signed-out")
    page.goto(lsu)
    page.locator("#sign-in").click()
    expect(page.locator("#password")).to_be_visible()
    assert page.problems == []


def test_another_parents_report_is_refused(chromium_browser, lsu):
    first = chromium.visit(chromium_browser)
    page = first.new_page()
    page.goto(lsu)
    page.locator("#sign-in").click()
    sign_in(page, VALERY.identifier, VALERY.password)
    address = page.get_by_role("link", name=re.compile("Bilan périodique")).first.get_attribute(
        "href"
    )
    first.close()
    other = chromium.visit(chromium_browser)
    page = other.new_page()
    page.goto(lsu)
    page.locator("#sign-in").click()
    sign_in(page, PATRICK.identifier, PATRICK.password)
    expect(page.get_by_text("Livret Scolaire Unique").first).to_be_visible()
    answer = page.goto(lsu + "/" + address.removeprefix(lsu).lstrip("/"))
    assert answer.status in (403, 404)
    assert "Alexis" not in text_of(page)
    other.close()


def test_the_keyboard_alone_signs_in(page, authlib, pictures):
    page.goto(f"{authlib.public}/sign-in")
    # The first stop is the link that skips the header; the fields follow in the order of reading.
    stops: list[str] = []
    for _ in range(30):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
        if stops[-1] == "identifier":
            break
    assert stops[-1] == "identifier", stops
    outline = page.evaluate(
        "(() => { const style = getComputedStyle(document.activeElement);"
        " return style.outlineStyle + style.outlineWidth + style.boxShadow; })()"
    )
    assert outline not in ("none0pxnone", "none3pxnone"), "the focus can be seen"
    page.keyboard.type(VALERY.identifier)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "password"
    page.keyboard.type(VALERY.password)
    page.keyboard.press("Enter")
    expect(page.locator("#claims")).to_be_visible()


def test_a_browser_without_script_signs_in_and_out(chromium_browser, authlib):
    context = chromium.visit(chromium_browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{authlib.public}/sign-in")
    sign_in(page, VALERY.identifier, VALERY.password)
    expect(page.locator("#claims")).to_be_visible()
    page.locator("#sign-out").click()
    expect(page.locator("#signed-out")).to_be_visible()
    context.close()


def test_a_browser_without_script_reads_the_reports_and_signs_out(chromium_browser, lsu, pictures):
    context = chromium.visit(
        chromium_browser, java_script_enabled=False, viewport=chromium.PHONE, has_touch=True
    )
    page = context.new_page()
    page.goto(lsu)
    page.locator("#sign-in").click()
    sign_in(page, PATRICK.identifier, PATRICK.password)
    for child in PATRICK.children:
        expect(page.locator("nav.tabs").get_by_text(child)).to_be_visible()
    page.locator("nav.tabs a", has_text="Marceau").click()
    expect(page.locator("#child")).to_contain_text("Marceau")
    pictures.take(page, "lsu-phone")
    page.locator("#sign-out").click()
    expect(page.get_by_text("déconnecté").first).to_be_visible()
    context.close()


def test_the_keyboard_alone_reaches_a_report_and_the_way_out(page, lsu):
    def tab_to(wanted: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({wanted!r})"):
                return
        raise AssertionError(f"the keyboard does not reach {wanted} on {page.url}")

    page.goto(lsu)
    tab_to("#sign-in")
    page.keyboard.press("Enter")
    page.wait_for_selector("#password")
    # The identifier has the focus already.
    page.keyboard.type(VALERY.identifier)
    page.keyboard.press("Tab")
    page.keyboard.type(VALERY.password)
    page.keyboard.press("Enter")
    page.wait_for_selector("#child")
    tab_to("main .documents a")
    with page.expect_response(lambda answer: "/documents/" in answer.url) as opened:
        page.keyboard.press("Enter")
    assert opened.value.ok
    page.wait_for_url("**/documents/*")
    page.goto(f"{lsu}/livrets")
    tab_to("#sign-out-button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("déconnecté").first).to_be_visible()
    assert page.problems == []
