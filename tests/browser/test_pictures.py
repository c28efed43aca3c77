"""Pictures in a real browser: chosen, pasted or dropped, with and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.browser.browser_app import ORGANISER
from tests.browser.steps import button_to, follow, press, sign_in, wait_until
from tests.sample_images import picture_file

pytestmark = pytest.mark.browser

PICTURE = {"name": "anything.exe", "mimeType": "image/jpeg", "buffer": picture_file(1_200, 800)}
# What a browser tells a page when somebody pastes or drops a picture.
TRANSFER = """([size, kind]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(size)], "x", { type: kind }));
  return transfer;
}"""


@pytest.fixture
def event(stage):
    """The slug of an event of the organiser's, written first in Kazakh."""
    with stage.database.writing() as db:
        owner = stage.known(db, ORGANISER)
        organization = make.make_organization(db, "altyn-saqa", owner=owner)
        return make.make_event(db, organization).slug


@pytest.fixture
def pictures(stage, open_browser, event):
    """The page of the event's pictures, opened with or without scripts."""

    def opened(**how):
        page = open_browser(stage.address, **how)
        page.goto(f"/en/events/{event}")
        sign_in(page, ORGANISER)
        page.goto(f"/en/manage/images/event/{event}")
        return page

    return opened


@pytest.mark.parametrize("scripts", [True, False])
def test_an_editor_gives_an_event_its_cover(pictures, event, scripts):
    page = pictures(java_script_enabled=scripts)
    page.locator("[name=picture]").set_input_files(PICTURE)
    press(page, f"/images/event/{event}", then=event)
    expect(page.locator("main")).to_contain_text("The picture itself has been kept")
    page.locator("[name=alt_kk]").fill("Үш домбырашы")
    form = page.locator("form[action*='/images/event/']").first
    follow(page, form.locator("button[type=submit]"))
    expect(page).to_have_url(re.compile(f"/images/event/{event}$"))
    press(page, "/cover", then=event)
    page.goto(f"/en/events/{event}")
    cover = page.locator("figure.cover img")
    expect(cover).to_have_attribute("alt", "Үш домбырашы")
    cover.scroll_into_view_if_needed()
    expect(cover).to_be_visible()
    if scripts:
        wait_until(page, "document.querySelector('figure.cover img').naturalWidth > 0")


def test_a_picture_can_be_pasted_and_dropped(pictures):
    page = pictures()
    field = page.locator("[name=picture]")
    expect(page.locator("[data-hint]")).to_be_visible()
    page.evaluate(
        f"""() => document.dispatchEvent(
          new ClipboardEvent("paste", {{ clipboardData: ({TRANSFER})([9, "image/png"]) }}))"""
    )
    assert field.evaluate("field => field.files[0].size") == 9
    dropped = page.evaluate_handle(TRANSFER, [7, "image/png"])
    page.dispatch_event("form[data-picture-drop]", "drop", {"dataTransfer": dropped})
    assert field.evaluate("field => field.files[0].size") == 7
    text = page.evaluate_handle(TRANSFER, [5, "text/plain"])
    page.dispatch_event("form[data-picture-drop]", "drop", {"dataTransfer": text})
    assert field.evaluate("field => field.files[0].size") == 7


def test_a_file_too_large_is_not_even_sent(pictures, event):
    page = pictures()
    expect(page.locator("[data-hint]")).to_be_visible()  # the script has come
    large = page.evaluate_handle(TRANSFER, [13 * 1024 * 1024, "image/png"])
    page.dispatch_event("form[data-picture-drop]", "drop", {"dataTransfer": large})
    expect(page.locator("[data-too-large]")).to_be_visible()
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    button_to(page, f"/images/event/{event}").click()
    expect(page.locator("[name=picture]")).to_be_focused()
    assert sent == []
