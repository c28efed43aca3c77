"""Writing a story in a browser: nothing typed is lost, and what is seen is what will be read."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from portal.domain.stories import autosave
from portal.domain.stories.models import Autosave, Story
from tests import factories as make
from tests.browser.browser_app import MEMBER, ORGANISER
from tests.browser.steps import continue_as, follow, press, sign_in, wait_until

pytestmark = pytest.mark.browser

TYPED = "Жаңа сөйлем, әлі сақталмаған."


@pytest.fixture
def slug(stage):
    """A draft of an organisation that two people write for."""
    with stage.database.writing() as db:
        owner, editor = stage.known(db, ORGANISER), stage.known(db, MEMBER)
        ours = make.make_organization(db, "ours", owner=owner, editor=editor)
        return make.make_story(db, ours, owner, published=False).slug


def _open_form(page, slug, someone=ORGANISER):
    page.goto("/kk/stories")
    sign_in(page, someone)
    page.goto(f"/kk/writing/stories/{slug}/edit")


def _body(page):
    return page.locator("[name=body_kk]")


def _status(page):
    return page.locator("[data-autosave-status]")


def _save_button(page):
    return page.locator("main form.sheet button[type=submit]").first


def _save(page):
    follow(page, _save_button(page))


def _kept_here(page):
    return page.evaluate("Object.keys(localStorage).filter((each) => each.startsWith('draft:'))")


def _unsaved(stage):
    with stage.database.reading() as db:
        return [each.typed["body_kk"] for each in db.scalars(select(Autosave))]


def test_what_is_typed_is_found_again_in_another_browser(stage, open_browser, slug):
    page = open_browser(stage.address, "kk")
    _open_form(page, slug)
    _body(page).fill(TYPED)
    expect(_status(page)).to_have_text(re.compile("Порталда"))
    assert _unsaved(stage) == [TYPED]
    # The portal has it, so this browser need not.
    assert _kept_here(page) == []
    other = open_browser(stage.address, "kk")
    _open_form(other, slug)
    expect(_body(other)).to_have_value(TYPED)
    _save(other)
    expect(other).to_have_url(re.compile(r"\?saved=yes$"))
    assert _unsaved(stage) == []


def test_an_ended_session_loses_nothing(stage, open_browser, slug):
    page = open_browser(stage.address, "kk")
    _open_form(page, slug)
    form = page.url
    page.context.clear_cookies()
    _body(page).fill(TYPED)
    expect(_status(page)).to_have_text(re.compile("жауап бермей"))
    _save(page)
    expect(page).to_have_url(re.compile("/sign-in"))
    continue_as(page, ORGANISER)
    page.goto(form)
    expect(_body(page)).to_have_value(TYPED)
    expect(page.locator("[data-restored]")).to_be_visible()
    _save(page)
    expect(page).to_have_url(re.compile(r"\?saved=yes$"))
    page.goto(form)
    expect(_body(page)).to_have_value(TYPED)
    expect(page.locator("[data-restored]")).to_be_hidden()
    assert _kept_here(page) == []


def test_a_dead_line_loses_nothing(stage, open_browser, watch, slug):
    page = open_browser(stage.address, "kk")
    _open_form(page, slug)
    form, keeping_address = page.url, f"{stage.address}/kk/writing/stories/{slug}/unsaved"
    for address in (keeping_address, f"{stage.address}/kk/writing/stories/{slug}/preview"):
        watch.expect_silence(address)
        page.route(address, lambda route: route.abort())
    _body(page).fill(TYPED)
    expect(_status(page)).to_have_text(re.compile("осы браузерде"))
    assert len(_kept_here(page)) == 1
    # The tab is gone; another one of this browser has it, in whichever language.
    other = page.context.new_page()
    page.close(run_before_unload=False)
    other.goto(form.replace("/kk/", "/ru/"))
    expect(_body(other)).to_have_value(TYPED)
    # The line is back, and the portal gets what it had missed by itself.
    expect(_status(other)).to_have_text(re.compile("Портал это помнит"))
    assert _unsaved(stage) == [TYPED]


def _kept_waiting(page, script):
    """Nobody gets a script until what is returned is called."""
    address = re.compile(rf"/{script}[^/]*\.js")
    page.route(address, lambda _route: None)
    return lambda: page.unroute(address)  # which lets through whoever waits


def test_what_was_saved_is_not_brought_back_where_the_answer_was_left_at_once(
    stage, open_browser, slug
):
    page = open_browser(stage.address, "kk")
    _open_form(page, slug)
    form = page.url
    let_through = _kept_waiting(page, "saved")
    _body(page).fill(TYPED)
    _save_button(page).click()
    page.wait_for_url("**?saved=yes", wait_until="commit")
    assert len(_kept_here(page)) == 1
    page.goto(form)
    let_through()
    expect(_body(page)).to_have_value(TYPED)
    wait_until(page, "Object.keys(localStorage).every((each) => !each.startsWith('draft:'))")
    expect(page.locator("[data-restored]")).to_be_hidden()


def test_what_was_saved_is_let_go_before_the_page_that_says_so_is_there(stage, open_browser, slug):
    page = open_browser(stage.address, "kk")
    _open_form(page, slug)
    form = page.url
    _body(page).fill(TYPED)
    expect(_status(page)).to_have_text(re.compile("Порталда уақытша тұр"))
    let_through = _kept_waiting(page, "folds")  # and what main.js would bring after it
    _save(page)
    assert _kept_here(page) == []
    let_through()
    # With what somebody else has changed since, the page would no longer come with all of it.
    with stage.database.writing() as db:
        story = db.scalars(select(Story)).one()
        story.revision += 1
        story.title = story.title.revised("kk", {"kk": "Басқа тақырып"})
    page.goto(form)
    expect(page.locator("[name=title_kk]")).to_have_value("Басқа тақырып")
    expect(page.locator("[data-restored]")).to_be_hidden()


def test_what_comes_back_covers_nothing_that_is_typed_meanwhile(stage, open_browser, watch, slug):
    page = open_browser(stage.address, "kk")
    _open_form(page, slug)
    for address in ("unsaved", "preview"):
        watch.expect_silence(f"{stage.address}/kk/writing/stories/{slug}/{address}")
        page.context.route(f"**/{slug}/{address}", lambda route: route.abort())
    _body(page).fill("Ескі сөз.")
    page.locator("[name=title_kk]").fill("Бұрынғы тақырып")
    expect(_status(page)).to_have_text(re.compile("осы браузерде"))
    other = page.context.new_page()
    let_through = _kept_waiting(other, "unsaved")
    other.goto(page.url)
    _body(other).fill(TYPED)
    let_through()
    expect(other.locator("[data-restored]")).to_be_visible()
    expect(_body(other)).to_have_value(TYPED)
    expect(other.locator("[name=title_kk]")).to_have_value("Бұрынғы тақырып")


def test_what_came_back_can_be_let_go(stage, open_browser, watch, slug):
    page = open_browser(stage.address, "kk")
    _open_form(page, slug)
    before = _body(page).input_value()
    for address in ("unsaved", "preview"):
        watch.expect_silence(f"{stage.address}/kk/writing/stories/{slug}/{address}")
        page.route(f"**/{slug}/{address}", lambda route: route.abort())
    _body(page).fill(TYPED)
    expect(_status(page)).to_have_text(re.compile("осы браузерде"))
    other = page.context.new_page()
    for address in ("unsaved", "preview"):
        other.route(f"**/{slug}/{address}", lambda route: route.abort())
    other.goto(page.url)
    expect(_body(other)).to_have_value(TYPED)
    follow(other, other.locator("[data-discard]"))
    expect(_body(other)).to_have_value(before)
    assert _kept_here(other) == []


def test_two_editors_at_once_are_told_while_they_type(stage, open_browser, watch, slug):
    page, other = open_browser(stage.address, "kk"), open_browser(stage.address, "kk")
    _open_form(page, slug)
    _open_form(other, slug, MEMBER)
    _body(other).fill("Басқаның сөзі.")
    _save(other)
    watch.expect_silence(f"{stage.address}/kk/writing/stories/{slug}/unsaved")
    _body(page).fill(TYPED)
    expect(_status(page)).to_have_text(re.compile("басқа біреу сақтады"))
    _save(page)
    expect(page.locator(".difference ins")).to_contain_text("Басқаның")
    expect(_body(page)).to_have_value(TYPED)
    _save(page)
    expect(page).to_have_url(re.compile(r"\?saved=yes$"))
    with stage.database.reading() as db:
        assert db.scalars(select(Story)).one().body.source == TYPED


def test_the_preview_follows_what_is_typed(stage, open_browser, slug):
    page = open_browser(stage.address, "kk")
    _open_form(page, slug)
    pane = page.locator("[data-preview-page]")
    expect(page.locator("[data-preview-pane]")).to_be_hidden()
    _body(page).fill("## Тақырып\n\nСөз **қою**.")
    expect(pane.locator("h2", has_text="Тақырып")).to_be_visible()
    _body(page).press_sequentially("\n\n> дәйексөз")
    expect(pane.locator("blockquote")).to_have_text("дәйексөз")
    with stage.database.reading() as db:
        assert db.scalars(select(Story)).one().revision == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_scripts_a_preview_is_a_button_and_saving_is_all_there_is(
    stage, open_browser, slug
):
    page = open_browser(stage.address, "kk", java_script_enabled=False)
    page.goto("/kk/stories")
    sign_in(page, ORGANISER)
    page.goto(f"/kk/writing/stories/{slug}/edit")
    _body(page).fill("## Тақырып\n\nСөз.")
    follow(page, page.locator("[data-no-save]"))
    expect(page.locator("[data-preview-page] h2").last).to_have_text("Тақырып")
    expect(_body(page)).to_have_value("## Тақырып\n\nСөз.")
    _save(page)
    expect(page).to_have_url(re.compile(r"\?saved=yes$"))
    press(page, "/publication", then=f"/writing/stories/{slug}")
    page.goto(f"/kk/stories/{slug}")
    expect(page.locator("article.story h2").first).to_have_text("Тақырып")


def test_what_the_portal_kept_is_older_than_what_another_has_saved(stage, open_browser, slug):
    with stage.database.writing() as db:
        story = db.scalars(select(Story)).one()
        owner = stage.known(db, ORGANISER)
        typed = {"original": "kk", "title_kk": "Көкпар", "body_kk": TYPED, "revision": "1"}
        autosave.save(db, story, owner, typed, 1, story.changed_at)
        story.revision += 1
    page = open_browser(stage.address, "kk")
    _open_form(page, slug)
    expect(_body(page)).to_have_value(TYPED)
    expect(page.locator(".difference ins").first).to_be_visible()
