"""Debian's Chromium at the simulated FranceConnect: its three screens, on every width."""

import re

import pytest
from playwright.sync_api import expect

from rig import chromium
from rig.chromium import barriers, overflows, text_of
from rig.franceconnect import CALLBACK

BACK = re.compile(re.escape(CALLBACK) + r"\?.*")


@pytest.mark.parametrize("width", [320, 1280])
def test_the_three_screens_have_no_barriers_and_lead_back(
    chromium_browser, simulator, pictures, width
):
    """J-A-03 to J-A-05: past the `form-action` that covers each redirect."""
    context = chromium.visit(chromium_browser, viewport={"width": width, "height": 900})
    page, problems = context.new_page(), []
    page.on("console", lambda line: line.type == "error" and problems.append(line.text))
    page.route(BACK, lambda route: route.fulfill(body="back", content_type="text/plain"))

    def look(name: str) -> None:
        pictures.take(page, f"franceconnect-{name}-{width}")
        assert not overflows(page), f"{name} is wider than {width} px"
        assert barriers(page) == [], name

    page.goto(simulator.url(simulator.request()))
    look("choice")
    page.get_by_role("link", name="impots.gouv.fr").click()
    page.locator("#number").fill("guillaume.dupond")
    page.locator("#password").fill("124")
    page.get_by_role("button", name="Valider").click()
    expect(page.get_by_role("alert")).to_contain_text("incorrect")
    look("password")
    page.locator("#password").fill("123")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Continuer sur EduConnect")).to_be_visible()
    assert "Bienvenue M. Guillaume Dupond" in text_of(page)
    look("information")
    page.get_by_role("button", name="Continuer sur EduConnect").click()
    page.wait_for_url(BACK)
    assert "code=" in page.url and "iss=" in page.url
    # The console tells of the wrong password's 422, which is no problem.
    assert [each for each in problems if "422" not in each] == []
    context.close()


def test_the_screens_work_without_script(chromium_browser, simulator):
    context = chromium.visit(chromium_browser, java_script_enabled=False)
    page = context.new_page()
    page.route(BACK, lambda route: route.fulfill(body="back", content_type="text/plain"))
    page.goto(simulator.url(simulator.request()))
    page.get_by_role("link", name="ameli.fr").click()
    page.get_by_label("Numéro de sécurité sociale").fill("9900000000001")
    page.get_by_label("Mot de passe").fill("123")
    page.get_by_role("button", name="Valider").click()
    page.get_by_role("button", name="Revenir sur EduConnect sans me connecter").click()
    page.wait_for_url(BACK)
    assert "error=access_denied" in page.url
    context.close()
