"""Somebody closes the account, comes back, and proves to be themselves."""

import re
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from portal.core import clock
from portal.demo.services.second_factors import code_now, give_app
from portal.domain.accounts.consents.models import Consent, ConsentText
from tests import factories as make
from tests.browser.browser_app import MEMBER, ORGANISER
from tests.browser.steps import button_to, continue_as, follow, press, set_up_app, sign_in

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
    expect(page).to_have_url(re.compile("/kk/reactivate$"))

    press(page, "/reactivate", then="/kk/profile")
    expect(page.locator("[name=city]")).to_have_value("Өлгий")
    expect(page.locator("[name=interests][value=music]")).to_be_checked()


PEOPLE = "/en/manage/altyn-saqa/people"
CALLED_OFF = """() => {
  navigator.credentials.get = () => Promise.reject(new DOMException("no", "NotAllowedError"));
}"""


def _organise(stage):
    """The organiser has an organisation."""
    with stage.database.writing() as db:
        make.make_organization(db, "altyn-saqa", owner=stage.known(db, ORGANISER))


def _open(open_browser, stage, **options):
    """A browser in which the organiser has signed in on the way to the people."""
    page = open_browser(stage.address, **options)
    page.goto(PEOPLE)
    continue_as(page, ORGANISER)
    return page


def _with_authenticator(page):
    """A device that makes and uses passkeys when it is asked to."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    made = devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return devices, made["authenticatorId"]


def test_a_passkey_is_added_and_opens_the_way_again(named_stage, open_browser):
    _organise(named_stage)
    page = _open(open_browser, named_stage)
    expect(page).to_have_url(f"{named_stage.address}/en/second-factor?next={_quoted(PEOPLE)}")
    devices, device = _with_authenticator(page)
    page.locator("[name=name]").fill("Телефон")
    follow(page, button_to(page, "/second-factor/passkeys"))
    expect(page.locator(".codes li")).to_have_count(10)
    follow(page, page.locator("main a.btn"))
    expect(page).to_have_url(f"{named_stage.address}{PEOPLE}")

    page.context.clear_cookies()
    page.goto(PEOPLE)
    continue_as(page, ORGANISER)
    follow(page, button_to(page, "/second-factor/passkeys/assertion"))
    expect(page).to_have_url(f"{named_stage.address}{PEOPLE}")
    (credential,) = devices.send("WebAuthn.getCredentials", {"authenticatorId": device})[
        "credentials"
    ]
    assert credential["signCount"] == 2
    assert credential["rpId"] == "localhost"


def test_who_calls_the_passkey_off_is_told_and_can_use_a_code(named_stage, open_browser):
    _organise(named_stage)
    with named_stage.database.writing() as db:
        organiser = named_stage.known(db, ORGANISER)
        give_app(db, organiser, ORGANISER.subject)
        make.make_passkey(db, organiser)
    page = _open(open_browser, named_stage)
    page.evaluate(CALLED_OFF)
    button_to(page, "/second-factor/passkeys/assertion").click()
    expect(page.locator("[data-failure]")).to_be_visible()
    expect(button_to(page, "/second-factor/passkeys/assertion")).to_be_enabled()
    page.locator("[name=code]").fill(code_now(ORGANISER.subject, clock.now()))
    press(page, "/second-factor", then=PEOPLE)


def test_without_scripts_an_app_is_set_up_and_used(stage, open_browser):
    _organise(stage)
    page = _open(open_browser, stage, java_script_enabled=False)
    set_up_app(page)
    expect(page).to_have_url(f"{stage.address}{PEOPLE}")


def _quoted(path):
    return path.replace("/", "%2F")
