"""An account one owns: told about, downloaded, closed, and taken back, as people do it."""

import re
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from portal.domain.accounts.consents.models import Consent, ConsentText
from tests.browser.browser_app import MEMBER
from tests.browser.steps import button_to, follow, press, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_somebody_closes_the_account_and_comes_back(stage, open_browser, javascript):
    page = open_browser(stage.address, "kk", java_script_enabled=javascript)
    page.goto("/kk/events")
    sign_in(page, MEMBER)
    with stage.database.reading() as db:
        # Whoever signs in for the first time has agreed to what stood on the page.
        consent = db.query(Consent).one()
        assert (consent.purpose, consent.withdrawn_at) == ("account", None)
        assert db.get_one(ConsentText, consent.text_digest).language == "kk"

    page.goto("/kk/profile")
    page.locator("[name=city]").fill("Өлгий")
    page.locator("[name=country]").select_option("MN")
    page.locator("[name=interests][value=music]").check()
    press(page, "/profile", then=r"/profile\?saved=yes")
    expect(page.locator("[name=country]")).to_have_value("MN")

    follow(page, page.locator('main a[href$="/profile/consents"]'))
    press(page, "/consents/other_events", then="/profile/consents")
    press(page, "/other_events/withdrawal", then="/profile/consents")
    expect(button_to(page, "/consents/other_events")).to_be_visible()

    page.goto("/kk/profile")
    with page.expect_download() as download:
        button_to(page, "/profile/data").click()
    with ZipFile(download.value.path()) as archive:
        assert "Өлгий" in archive.read("index.html").decode()

    follow(page, page.locator('main a[href$="/profile/deletion"]'))
    press(page, "/profile/deletion", then="/account-closed")
    page.goto("/kk/profile")
    expect(page).to_have_url(re.compile("/sign-in"))
    button_to(page, "/sign-in").click()
    page.wait_for_url("**/authorize?**")
    follow(page, page.locator(f'button[name=subject][value="{MEMBER.subject}"]'))
    expect(page).to_have_url(re.compile("/kk/way-back$"))

    press(page, "/way-back", then="/kk/profile")
    expect(page.locator("[name=city]")).to_have_value("Өлгий")
    expect(page.locator("[name=interests][value=music]")).to_be_checked()
