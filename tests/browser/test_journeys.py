"""The whole loop as people walk it, in each language, with JavaScript and without."""

import csv
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from portal.core import clock
from portal.domain.events.queries import event_for
from portal.i18n.kazakh.scripts import SCRIPTS, convert
from tests import factories as make
from tests.browser.browser_app import ANALYST, MEMBER, ORGANISER
from tests.browser.steps import (
    answer,
    button_to,
    continue_as,
    follow,
    press,
    set_up_app,
    sign_in,
    speak,
)

pytestmark = pytest.mark.browser

ROOM = "https://meet.example.org/secret-room"
GUEST = "guest@example.org"
TITLES = {"kk": "Домбыра кеші", "ru": "Вечер домбры", "en": "Dombyra evening"}
BERLIN = ZoneInfo("Europe/Berlin")
LASTS = timedelta(hours=2)
# What somebody may write, and a spreadsheet must not calculate.
GOOD = "=1+1 тамаша!"


@dataclass(frozen=True)
class Written:
    """An event as its organiser wrote it: in one language first, then in a second.

    `tag` is what addresses begin with for those who read the first: its script may be another.
    """

    tag: str
    first: str
    second: str
    third: str
    slug: str
    starts_at: datetime


@pytest.mark.parametrize(
    ("languages", "javascript"),
    [
        (("kk", "ru", "en"), True),
        (("ru", "en", "kk"), True),
        (("en", "kk", "ru"), True),
        (("en", "kk", "ru"), False),
    ],
    ids=["kk, with scripts", "ru, with scripts", "en, with scripts", "en, without scripts"],
)
def test_an_event_is_published_visited_and_judged(
    stage, open_browser, time_machine, languages, javascript
):
    _walk(stage, open_browser, time_machine, languages, languages[0], javascript=javascript)


@pytest.mark.parametrize(
    ("tag", "javascript"),
    [("kk-Latn", True), ("kk-Arab", False)],
    ids=["kk-Latn, with scripts", "kk-Arab, without scripts"],
)
def test_the_loop_is_walked_in_every_script(stage, open_browser, time_machine, tag, javascript):
    _walk(stage, open_browser, time_machine, ("kk", "ru", "en"), tag, javascript=javascript)


def _walk(stage, open_browser, time_machine, languages, tag, *, javascript):
    def browser():
        return open_browser(stage.address, languages[0], java_script_enabled=javascript)

    with stage.database.writing() as db:
        organization = make.make_organization(
            db,
            "altyn-saqa",
            owner=stage.known(db, ORGANISER),
            analyst=stage.known(db, ANALYST),
        )
        organization.time_zone = BERLIN.key

    event = _publish(browser(), tag, *languages)
    guest, member = browser(), browser()
    _sign_up_as_guest(guest, stage, event)
    _sign_up_as_member(member, event)
    keys = _fill(stage, event)

    time_machine.move_to(event.starts_at - timedelta(minutes=16))
    for page in (guest, member):
        page.reload()
        expect(button_to(page, "/attendance")).to_have_count(0)
        assert ROOM not in page.content()
    time_machine.move_to(event.starts_at - timedelta(minutes=15))
    for page in (guest, member):
        page.reload()
        press(page, "/attendance", then="/room")
        expect(page.locator("main a.btn")).to_have_attribute("href", ROOM)
    _see_no_room(guest, member, event)

    time_machine.move_to(event.starts_at + LASTS + timedelta(minutes=31))
    stage.work()
    _give_feedback(stage, event, guest, member, keys)
    assert stage.work().poured == 1
    _read_results(browser(), event)


def _read_in(tag, text):
    """A text of the tag's language in its script."""
    return convert(text, SCRIPTS[tag]) if tag in SCRIPTS else text


def _publish(page, tag, first, second, third):
    """An organiser's way: six answers in the first language, one in the second."""
    page.goto(f"/{tag}")
    sign_in(page, ORGANISER)
    follow(page, page.locator(f'.nav a[href="/{tag}/manage"]'))
    follow(page, page.locator('a[href$="/manage/altyn-saqa/events/new"]'))
    expect(page.locator("[name=original]")).to_have_value(first)
    expect(page.locator("[name=time_zone]")).to_have_value(BERLIN.key)
    day = (clock.now() + timedelta(days=3)).astimezone(BERLIN).date()
    starts = datetime(day.year, day.month, day.day, 19)
    page.locator(f"[name=title_{first}]").fill(TITLES[first])
    page.locator(f"details:has([name=title_{second}]) > summary").click()
    page.locator(f"[name=title_{second}]").fill(TITLES[second])
    page.locator("[name=starts]").fill(starts.isoformat(timespec="minutes"))
    page.locator("[name=ends]").fill((starts + LASTS).isoformat(timespec="minutes"))
    page.locator("[name=link_1]").fill(ROOM)
    page.locator("[name=capacity]").fill("20")
    page.locator("[name=funding][value=nobody]").check()
    press(page, "/manage/altyn-saqa/events", then="/preview")
    slug = re.search(r"/events/([^/]+)/preview$", page.url)[1]

    expect(page.locator("h1")).to_have_text(_read_in(tag, TITLES[first]))
    speak(page, second)
    expect(page.locator("h1")).to_have_text(TITLES[second])
    press(page, "/publication", then=f"/manage/events/{slug}")

    follow(page, page.locator(f'main a[href="/{second}/events/{slug}"]'))
    expect(page.locator("h1")).to_have_text(TITLES[second])
    expect(page.locator("h1")).not_to_have_attribute("lang", re.compile("."))
    speak(page, third)
    expect(page.locator("h1")).to_have_text(TITLES[first])
    expect(page.locator("h1")).to_have_attribute("lang", first)
    starts_at = starts.replace(tzinfo=BERLIN).astimezone(UTC)
    return Written(tag, first, second, third, slug, starts_at)


def _sign_up_as_guest(page, stage, event):
    """Two fields, a letter, a button."""
    page.goto(f"/{event.tag}")
    follow(page, page.locator(f'.nav a[href="/{event.tag}/events"]'))
    follow(page, page.locator(f'main a[href="/{event.tag}/events/{event.slug}"]'))
    page.locator("[name=name]").fill("Бауыржан")
    page.locator("[name=email]").fill(GUEST)
    press(page, "/registration", then="/registration")
    expect(page.locator("main form")).to_have_count(0)
    stage.work()
    page.goto(_link_of_last_letter(stage, event))
    follow(page, button_to(page, "/confirmation"))
    expect(button_to(page, "/confirmation")).to_have_count(0)
    expect(button_to(page, "/cancellation")).to_be_visible()


def _link_of_last_letter(stage, event):
    """A letter's one button, which leads to the recipient's pass in the recipient's language."""
    letter = stage.mailbox.emails_to(GUEST)[-1]
    assert _read_in(event.tag, TITLES[event.first]) in letter.subject
    assert letter.links[0].startswith(f"{stage.address}/{event.tag}/passes/")
    return letter.links[0]


def _sign_up_as_member(page, event):
    """Signed in, one click."""
    page.goto(f"/{event.tag}/events/{event.slug}")
    sign_in(page, MEMBER)
    press(page, "/registration", then="/passes/[A-Za-z0-9_-]{22}")
    expect(button_to(page, "/cancellation")).to_be_visible()


def _fill(stage, event):
    """Four more guests, so that five can be heard; the keys of their passes."""
    with stage.database.writing() as db:
        found = event_for(db, None, event.slug)
        return [
            make.pass_key(db, make.sign_up_guest(db, found, now=clock.now()), found)
            for _ in range(4)
        ]


def _see_no_room(guest, member, event):
    """The link stands behind the pass alone."""
    for page in (guest, member):
        for path in ("", "/events", f"/events/{event.slug}", f"/events/{event.slug}/event.ics"):
            assert ROOM not in page.request.get(f"/{event.tag}{path}").text()


def _give_feedback(stage, event, guest, member, keys):
    guest.goto(_link_of_last_letter(stage, event))
    answer(guest, rating=5, recommend=10, good=GOOD)
    follow(member, member.locator(f'.nav a[href="/{event.tag}/passes"]'))
    follow(member, member.locator(f'main a[href^="/{event.tag}/passes/"]'))
    follow(member, member.locator('main a[href$="/feedback"]'))
    answer(member, rating=4, recommend=8, good="Домбыра")
    answers = {"rating": "3", "recommend": "6", "good": "", "improve": "Sound", "quote": "no"}
    with stage.client() as browser:
        for key in keys:
            taken = browser.post(f"/{event.third}/passes/{key}/feedback", data=answers)
            assert taken.status_code == 303


def _read_results(page, event):
    """The analyst's way: charts with their tables, then the files."""
    page.goto(f"/{event.tag}/manage")
    continue_as(page, ANALYST)
    follow(page, page.locator(f'main a[href$="/manage/events/{event.slug}"]'))
    follow(page, page.locator('main a[href$="/results"]'))
    # What people wrote is for whoever has proved themselves twice.
    set_up_app(page)
    expect(page).to_have_url(re.compile(f"/{event.tag}/manage/events/{event.slug}/results$"))
    expect(page.locator(".figs dd").nth(0)).to_have_text("6")
    expect(page.locator(".figs dd").nth(1)).to_have_text("2")
    ratings, recommendations = page.locator("table.data").all()
    expect(ratings.locator("tbody th")).to_have_text(["5", "4", "3", "2", "1"])
    expect(ratings.locator("tbody td:nth-of-type(2)")).to_have_text(["1", "1", "4", "0", "0"])
    assert ratings.locator("tbody rect").nth(2).bounding_box()["width"] > 20
    expect(recommendations.locator("tbody tr")).to_have_count(11)
    said = page.locator(f"blockquote[lang={event.tag}]")
    expect(said.get_by_text(_read_in(event.tag, GOOD))).to_be_visible()

    sheet = load_workbook(_download(page, "xlsx")).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert sheet.max_row == 7
    assert GOOD in [cell.value for cell in cells]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    raw = _download(page, "csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == 7
    assert f"'{GOOD}" in [row[2] for row in rows]


def _download(page, form):
    with page.expect_download() as download:
        page.locator(f'main a[href$="/answers.{form}"]').click()
    path = download.value.path()
    return path.rename(path.with_suffix(f".{form}"))
