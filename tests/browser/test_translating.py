"""Translations are saved while they are written, and readers are told."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.domain.events.models import Event
from portal.i18n.translated import Translated
from tests import factories as make
from tests.browser.browser_app import ORGANISER
from tests.browser.steps import button_to, follow, press, sign_in
from tests.sample_images import picture_file

pytestmark = pytest.mark.browser


PAGE = "/en/manage/translations/event/kesh/ru"
TITLE, FIRST, SECOND = (
    f'[name="paragraph.{place}"]' for place in ("title.0", "description.0", "description.1")
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
        return [passage.text for passage in text.translated_paragraphs("ru")]


def said(page, words):
    expect(page.locator("form [role=status]")).to_have_text(words)


def write(page, field, text):
    page.locator(field).fill(text)
    page.locator(field).press("Tab")


def test_what_is_written_is_saved_without_a_button_as_often_as_it_changes(stage, opened):
    page, _sign_in = opened
    write(page, FIRST, "Один.")
    said(page, "Saved.")
    expect(page.locator("[data-progress-text]")).to_have_text("25 % has a translation")
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


PICTURE = {"name": "kesh.jpg", "mimeType": "image/jpeg", "buffer": picture_file(600, 400)}
OPENING, CLOSING = "Бірінші абзац: бәрі бір кештен басталды.", "Соңғы абзац: келесі кеш көктемде."
CHANGED = "Соңғы абзац: келесі кеш күзде болады."
IN_RUSSIAN = {
    "Ана тілі": "Родной язык",
    "Үйде қазақша сөйлейміз.": "Дома говорим по-казахски.",
    OPENING: "Первый абзац: всё началось с одного вечера.",
    CLOSING: "Последний абзац: следующий вечер весной.",
    "Үш бала": "Трое детей",
}
LAGS = "С тех пор как был сделан перевод, часть оригинала изменилась."


@dataclass
class Work:
    """Something that is written, with the places where that is done."""

    kind: str
    slug: str
    desk: str
    form: str
    text: str

    @property
    def public(self) -> str:
        """The page for readers, without its language."""
        return f"/{'initiatives' if self.kind == 'initiative' else 'stories'}/{self.slug}"


def _slug_of(page: Page) -> str:
    """Of the thing whose form is open."""
    return urlsplit(page.url).path.split("/")[-2]


def _begun_initiative(page: Page) -> Work:
    page.goto("/kk/manage/ours/initiatives/new")
    page.locator("[name=title]").fill("Ана тілі")
    press(page, "/manage/ours/initiatives", then="/edit")
    slug = _slug_of(page)
    page.locator("[name=purpose_kk]").fill("Үйде қазақша сөйлейміз.")
    page.locator("[name=funding][value=nobody]").check()
    desk = f"/manage/initiatives/{slug}"
    press(page, desk, then="/preview")
    return Work("initiative", slug, desk, f"{desk}/edit", "description_kk")


def _begun_story(page: Page) -> Work:
    page.goto("/kk/writing/new?organization=ours")
    page.locator("[name=title]").fill("Ана тілі")
    press(page, "/writing", then="/edit")
    slug = _slug_of(page)
    desk = f"/writing/stories/{slug}"
    page.locator("[name=funding][value=nobody]").check()
    press(page, desk, then=r"\?saved=yes")
    return Work("story", slug, desk, f"{desk}/edit", "body_kk")


def _say(page: Page, work: Work, text: str) -> None:
    page.goto(f"/kk{work.form}")
    page.locator(f"[name={work.text}]").fill(text)
    follow(page, button_to(page, work.desk))


def _illustrate(page: Page, work: Work) -> str:
    """Adds a picture with its words; answers the line that shows it in a text."""
    page.goto(f"/kk/manage/images/{work.kind}/{work.slug}")
    page.locator("[name=picture]").set_input_files(PICTURE)
    page.locator("[name=alt_kk]").fill("Үш бала")
    press(page, f"/images/{work.kind}/{work.slug}", then=work.slug)
    follow(page, page.locator(".pictures a").first)
    return page.locator("#reference").input_value()


def _link(page: Page, work: Work) -> str:
    """A volunteer's link into Russian."""
    page.goto(f"/kk/manage/translations/{work.kind}/{work.slug}/ru")
    follow(page, button_to(page, "/ru/links"))
    return page.locator("code.address").inner_text()


def _translate(page: Page, link: str) -> None:
    """Every passage, and nothing else is there to be done."""
    page.goto(link)
    for passage in page.locator(".paragraph:has(textarea)").all():
        original = passage.locator(".paragraph-original > p").first
        expect(original).to_have_attribute("lang", "kk")
        passage.locator("textarea").fill(IN_RUSSIAN[original.inner_text()])
    press(page, urlsplit(link).path, then=r"\?saved=yes")
    expect(page.locator("[data-progress-text]")).to_contain_text("100")


def _read(page: Page, language: str, work: Work) -> list[tuple[str, str | None]]:
    """The paragraphs a reader gets, each with its language where that is not the page's."""
    page.goto(f"/{language}{work.public}")
    expect(page.locator("html")).to_have_attribute("lang", language)
    prose = page.locator("main .prose").first
    around = prose.get_attribute("lang")
    return [
        (each.inner_text(), each.get_attribute("lang") or around)
        for each in prose.locator("> p").all()
    ]


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_changed_paragraph_alone_is_out_of_date_and_readers_are_told(
    stage, open_browser, javascript
):
    def browser(language):
        return open_browser(stage.address, language, java_script_enabled=javascript)

    with stage.database.writing() as db:
        make.make_organization(db, "ours", owner=stage.known(db, ORGANISER))
    editor, volunteer, reader = browser("kk"), browser("ru"), browser("en")
    editor.goto("/kk/stories")
    sign_in(editor, ORGANISER)
    for work in (_begun_initiative(editor), _begun_story(editor)):
        picture = _illustrate(editor, work)
        _say(editor, work, f"{OPENING}\n\n{picture}\n\n{CLOSING}")
        editor.goto(f"/kk{work.desk}")
        press(editor, f"{work.desk}/publication", then=work.slug)
        link = _link(editor, work)
        _translate(volunteer, link)

        first, last = IN_RUSSIAN[OPENING], IN_RUSSIAN[CLOSING]
        assert _read(reader, "ru", work) == [(first, None), (last, None)]
        expect(reader.locator("main")).to_contain_text("Это перевод.")
        expect(reader.locator("main .prose img")).to_have_attribute("alt", "Трое детей")

        _say(editor, work, f"{OPENING}\n\n{picture}\n\n{CHANGED}")
        volunteer.goto(link)
        lagging = volunteer.locator(".paragraph", has_text="отстаёт от оригинала")
        expect(lagging).to_have_count(1)
        expect(lagging.locator(".paragraph-original > p")).to_have_text(CHANGED)
        # What there was before is told word by word.
        expect(lagging.locator("details del").first).to_contain_text("көктемде")

        assert _read(reader, "ru", work) == [(first, None), (last, None)]
        expect(reader.locator("main")).to_contain_text(LAGS)
        original = reader.locator("main a[hreflang=kk]")
        expect(original).to_have_attribute("href", f"/kk{work.public}")
        follow(reader, original)
        assert _read(reader, "kk", work) == [(OPENING, None), (CHANGED, None)]
        expect(reader.locator("main a[hreflang]")).to_have_count(0)
        assert _read(reader, "en", work) == [(OPENING, "kk"), (CHANGED, "kk")]
        expect(reader.locator("main")).to_contain_text("Not translated yet.")
        expect(reader.locator("main .prose[lang=kk] img")).to_have_attribute("alt", "Үш бала")
