"""Whatever is written into a story and below it, a real browser runs nothing and asks nobody."""

import pytest
from playwright.sync_api import expect

from portal.domain.stories.models import CommentMode
from portal.i18n.translated import Translated
from tests import factories as make
from tests.browser.browser_app import ORGANISER
from tests.browser.steps import sign_in
from tests.hostile_markdown import HOSTILE

pytestmark = pytest.mark.browser

BATCH = 14
ALLOWED = "http:", "https:", "mailto:"


def _bodies():
    """The corpus in pieces that fit a story, each text between words that must survive it."""
    for start in range(0, len(HOSTILE), BATCH):
        yield "\n\n".join(
            f"begin-{number}\n\n{HOSTILE[number]}\n\nend-{number}"
            for number in range(start, min(start + BATCH, len(HOSTILE)))
        )


def _is_inert(page):
    """Nothing ran, nothing that could run is there, and every link leads where links may."""
    page.mouse.move(200, 300)
    assert page.evaluate("window.fooled === undefined || window.fooled instanceof Element") is True
    forbidden = "script:not([type='application/ld+json']), iframe, object, embed, style, svg, math"
    assert page.locator("main").locator(forbidden).count() == 0
    assert page.locator("main article img").count() == 0
    found = page.evaluate(
        """() => [...document.querySelectorAll("main article *")].flatMap((element) =>
          [...element.attributes].map((each) => each.name).filter((n) => n.startsWith("on")))"""
    )
    assert found == []
    protocols = page.evaluate(
        '() => [...document.querySelectorAll("main article a[href]")].map((link) => link.protocol)'
    )
    assert set(protocols) <= set(ALLOWED)
    hosts = page.evaluate(
        """() => [...document.querySelectorAll("main article .prose a")]
          .map((link) => link.getAttribute("href") ?? "")
          .filter((href) => href.startsWith("//") || href.includes("\\\\"))"""
    )
    assert hosts == []
    # An unended piece has swallowed nothing.
    expect(page.locator("footer.foot")).to_be_visible()


def test_hostile_stories_are_inert(stage, open_browser):
    with stage.database.writing() as db:
        editor = stage.known(db, ORGANISER)
        ours = make.make_organization(db, "ours", owner=editor)
        stories = [
            make.make_story(
                db, ours, editor, body=Translated.of("kk", kk=body), comments=CommentMode.OPEN
            )
            for body in _bodies()
        ]
        for text in HOSTILE:
            make.make_comment(db, stories[0], editor, text)
        slugs = [story.slug for story in stories]
    page = open_browser(stage.address)
    for slug in slugs:
        page.goto(f"/kk/stories/{slug}")
        _is_inert(page)
    words = page.locator("main article.story").first.inner_text()
    assert f"end-{len(HOSTILE) - 1}" in words


def test_a_hostile_preview_is_as_inert_and_the_same(stage, open_browser):
    with stage.database.writing() as db:
        editor = stage.known(db, ORGANISER)
        ours = make.make_organization(db, "ours", owner=editor)
        drafts = [
            make.make_story(db, ours, editor, published=False, body=Translated.of("kk", kk="Бос."))
            for _body in _bodies()
        ]
        slugs = [draft.slug for draft in drafts]
    page = open_browser(stage.address, "kk")
    page.goto("/kk/stories")
    sign_in(page, ORGANISER)
    for slug, body in zip(slugs, _bodies(), strict=True):
        page.goto(f"/kk/writing/stories/{slug}/edit")
        page.locator("[name=body_kk]").fill(body)
        pane = page.locator("[data-preview-page] .prose")
        expect(pane).to_contain_text("begin-")
        _is_inert(page)
        previewed = pane.inner_html()
        page.locator("main form.sheet button[type=submit]").first.click()
        page.wait_for_url("**saved=yes")
        page.goto(f"/kk/stories/{slug}")
        assert page.locator("article.story .prose").inner_html() == previewed
        _is_inert(page)
