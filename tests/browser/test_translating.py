"""A translation saves itself while it is written, and is not lost where that fails."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from portal.domain.events.models import Event
from portal.i18n.translated import Translated
from tests import factories as make
from tests.browser.steps import button_to, follow

pytestmark = pytest.mark.browser

PAGE = "/en/organizing/translations/event/kesh/ru"
TITLE, FIRST, SECOND = (
    f'[name="passage.{place}"]' for place in ("title.0", "description.0", "description.1")
)


@pytest.fixture
def opened(stage, open_browser):
    """The page in a translator's browser; its form, and how to sign in again."""
    with stage.database.writing() as db:
        translator = make.make_person(db)
        organization = make.make_organization(db, "ours", translator=translator)
        title, description = Translated.of("kk", kk="Кеш"), Translated.of("kk", kk="Бір.\n\nЕкі.")
        event = make.make_event(db, organization, title=title, description=description)
        event.slug = "kesh"

    def sign_in():
        session = make.session_cookie(stage.database, translator)
        page.context.add_cookies([{"name": "session", "value": session, "url": stage.address}])

    page = open_browser(stage.address)
    sign_in()
    page.goto(PAGE, wait_until="networkidle")
    return page, sign_in


def russian(stage, part="description"):
    with stage.database.reading() as db:
        text = getattr(db.scalars(select(Event)).one(), part)
        return [passage.text for passage in text.passages("ru")]


def said(page, words):
    expect(page.locator("form [role=status]")).to_have_text(words)


def write(page, field, text):
    page.locator(field).fill(text)
    page.locator(field).press("Tab")


def test_what_is_written_is_saved_without_a_button_as_often_as_it_changes(stage, opened):
    page, _sign_in = opened
    write(page, FIRST, "Один.")
    said(page, "Saved.")
    expect(page.locator("[data-said]")).to_have_text("25 % has a translation")
    assert russian(stage) == ["Один.", ""]
    with page.expect_response(lambda answer: answer.url.endswith(PAGE)):
        write(page, FIRST, "Первый.")
    write(page, SECOND, "Второй.")
    follow(page, button_to(page, PAGE))
    assert russian(stage) == ["Первый.", "Второй."]
    expect(page.locator("[aria-invalid]")).to_have_count(0)


def test_a_pause_in_writing_saves(stage, open_browser, opened):
    page, _sign_in = opened
    page.clock.install()
    page.reload(wait_until="networkidle")
    page.locator(TITLE).fill("Вечер")
    with page.expect_response(lambda answer: answer.url.endswith(PAGE)):
        page.clock.fast_forward(3_100)
    said(page, "Saved.")
    assert russian(stage, "title") == ["Вечер"]


def test_a_dead_line_loses_nothing(stage, opened, watch):
    page, _sign_in = opened
    page.route(stage.address + PAGE, lambda route: route.fulfill(status=503, body="Later."))
    write(page, SECOND, "Второй.")
    said(page, "Not saved: no connection. Your text stays on this page.")
    watch.expect_fault(stage.address + PAGE)
    page.unroute(stage.address + PAGE)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator(SECOND)).to_have_value("Второй.")
    said(page, "What you had written and could not save is here again.")
    page.locator(SECOND).press("Tab")
    page.locator(FIRST).press("Tab")
    said(page, "Saved.")
    assert russian(stage) == ["", "Второй."]


def test_a_session_that_has_ended_says_so_and_loses_nothing(stage, opened):
    page, sign_in = opened
    page.context.clear_cookies()
    write(page, FIRST, "Один.")
    said(page, "Not saved: you are signed out. Sign in in another tab, then press Save here.")
    # Whoever presses the button all the same comes back to what was written.
    follow(page, button_to(page, PAGE))
    sign_in()
    page.goto(PAGE)
    expect(page.locator(FIRST)).to_have_value("Один.")
    follow(page, button_to(page, PAGE))
    assert russian(stage) == ["Один.", ""]


def test_what_somebody_else_saved_meanwhile_waits_for_a_decision(stage, opened, watch):
    page, _sign_in = opened
    other = page.context.new_page()
    other.goto(PAGE, wait_until="networkidle")
    write(other, FIRST, "Их слова.")
    said(other, "Saved.")
    watch.expect_fault(stage.address + PAGE)
    write(page, FIRST, "Мои слова.")
    said(page, "Not saved: something needs a second look. Press Save to see what.")
    follow(page, button_to(page, PAGE))
    expect(page.locator(FIRST)).to_have_value("Мои слова.")
    expect(page.get_by_text("Их слова.")).to_be_visible()
    page.locator(FIRST).press("Tab")
    page.wait_for_timeout(300)
    assert russian(stage) == ["Их слова.", ""]
    follow(page, button_to(page, PAGE))
    assert russian(stage) == ["Мои слова.", ""]
