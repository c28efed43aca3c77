"""Kept pages: true at every request, the same for every stranger, and nobody's own."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import selectinload
from starlette.testclient import TestClient

from portal import clock
from portal.app import create_app
from portal.content_revision import revision_now
from portal.domain.accounts import actions as accounts
from portal.domain.events import actions as events
from portal.domain.events.models import Event
from portal.domain.organizations.models import Organization
from portal.domain.people.models import Person
from portal.domain.stories.models import CommentMode, Story
from portal.known_changes import Version
from portal.translated import Translated
from portal.web import pages
from portal.web.kept_pages import Drawing, Kept, KeptPages
from tests.conftest import ADDRESS, keep_session
from tests.factories import (
    make_comment,
    make_decision,
    make_details,
    make_event,
    make_organization,
    make_person,
    make_result,
    make_story,
    session_cookie,
    sign_up_guest,
)
from tests.functional.queries import queries_of
from tests.unpacking import UNPACK

pytestmark = pytest.mark.usefixtures("stopped_clock")
TITLE = "Наурыз Қала"


@pytest.fixture
def slug(database):
    with database.writing() as db:
        title = Translated.of("kk", kk=TITLE)
        return make_event(db, make_organization(db, "ours"), title=title, capacity=4).slug


@pytest.fixture
def replica(settings):
    """A browser of another process of the same portal."""
    with TestClient(create_app(settings), base_url=ADDRESS, follow_redirects=False) as browser:
        yield browser


def asked(database, browser, path, **headers):
    """An answer, and how many questions it cost."""
    with queries_of(database) as sent:
        answer = browser.get(path, headers=headers)
    return answer, len(sent)


def test_a_page_is_drawn_once_for_everybody(database, client, slug):
    path = f"/en/events/{slug}"
    drawn, questions = asked(database, client, path)
    kept, none = asked(database, client, path)
    assert drawn.status_code == kept.status_code == 200
    assert (questions > 0, none) == (True, 0)
    assert drawn.content == kept.content
    assert drawn.headers == kept.headers
    assert kept.headers["cache-control"] == "public, no-cache"
    assert kept.headers["vary"] == "Cookie, Accept-Encoding"
    assert kept.headers["content-security-policy"]
    head = client.head(path)
    assert (head.content, head.headers) == (b"", kept.headers)

    etag = kept.headers["etag"]
    for known in (etag, f'W/"x", W/{etag}', "*"):
        unchanged, none = asked(database, client, path, **{"if-none-match": known})
        assert (unchanged.status_code, unchanged.content, none) == (304, b"", 0)
        same = ("etag", "vary", "cache-control")
        assert [unchanged.headers[name] for name in same] == [kept.headers[name] for name in same]
    assert client.get(path, headers={"if-none-match": '"x"'}).status_code == 200


def test_only_what_strangers_get_may_be_a_little_old_and_only_in_a_cdn(
    settings, database, client, slug
):
    path = f"/en/events/{slug}"
    with database.writing() as db:
        person = make_person(db)
    session = session_cookie(database, person)
    told = settings.model_copy(update={"cdn_stale_seconds": 30})
    with TestClient(create_app(told), base_url=ADDRESS, follow_redirects=False) as browser:
        drawn, kept = browser.get(path), browser.get(path)
        unchanged = browser.get(path, headers={"if-none-match": kept.headers["etag"]})
        assert unchanged.status_code == 304
        for answer in (drawn, kept, unchanged, browser.get("/"), browser.get("/en/calendar.ics")):
            stale = answer.headers["cdn-cache-control"]
            assert stale == "public, max-age=1, stale-while-revalidate=30"
            assert answer.headers["cache-control"] == "public, no-cache"
        keep_session(browser, session)
        others = [browser.get(path), client.get(path)]
        browser.cookies.clear()
        others += [browser.get(f"{path}/nothing"), browser.get("/en/sign-in")]
        others += [browser.post(f"{path}/registration", headers={"origin": ADDRESS})]
    assert [answer.status_code for answer in others] == [200, 200, 404, 200, 422]
    assert not [answer for answer in others if "cdn-cache-control" in answer.headers]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("br;q=0.1, gzip", "gzip"),
    ],
)
def test_a_page_is_packed_as_somebody_takes_it(client, slug, accepted, coding):
    path = f"/en/events/{slug}"
    plain = client.get(path, headers={"accept-encoding": "gzip;q=0, identity"})
    for _again in range(2):
        with client.stream("GET", path, headers={"accept-encoding": accepted}) as answer:
            packed = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == coding
        assert answer.headers["vary"] == plain.headers["vary"]
        assert UNPACK[coding](packed) == plain.content
        assert int(answer.headers["content-length"]) == len(packed)
        assert int(plain.headers["content-length"]) == len(plain.content) > 2 * len(packed)
        assert plain.headers["etag"] != answer.headers["etag"]
    known = {"accept-encoding": accepted, "if-none-match": answer.headers["etag"]}
    assert client.get(path, headers=known).status_code == 304
    assert "content-encoding" not in plain.headers


def test_nobodys_page_is_kept_or_answered_from_what_is(database, client, browser_of, slug):
    path = f"/en/events/{slug}"
    with database.writing() as db:
        person = make_person(db, "Балжан Сұлтанбек", time_zone="Asia/Seoul")
    member = browser_of(person)
    for again in (False, True):
        own, questions = asked(database, member, path)
        assert questions
        assert "Балжан" in own.text
        assert own.headers["cache-control"] == "private, no-store"
        assert "etag" not in own.headers
        kept, questions = asked(database, client, path)
        assert bool(questions) != again  # the first is drawn for strangers, not the member's
        assert "Балжан" not in kept.text
        assert "/sign-in" in kept.text
        assert "set-cookie" not in kept.headers
    assert asked(database, client, path)[1] == 0

    seoul = "time_zone=Asia/Seoul"
    for cookie in (
        "__Host-session=a",
        "a=b;__Host-session=a",
        f"{seoul}; __Host-session=a",
        "time_zone=Mars/Base",
        f"time_zone={'a' * 5000}",
        'time_zone=Asia/Seoul"',
        f"{seoul}, a=b",
        f"{seoul}; {seoul}",
    ):
        answer = client.get(path, headers={"cookie": cookie})
        assert (answer.status_code, "etag" in answer.headers) == (200, False), cookie
    twice = [("cookie", seoul), ("cookie", "__Host-session=a")]
    for headers in (twice, twice[::-1], [("authorization", "Basic YTpi")]):
        assert "etag" not in client.get(path, headers=headers).headers
    assert asked(database, client, path)[1] == 0
    assert client.get(path, headers={"host": "elsewhere.example"}).status_code == 421
    assert client.post(path).status_code == 405


def test_cookies_of_others_are_as_none(database, client, drawn_anew, slug):
    """A parent domain's, and our own notes to browsers that were signed in once."""
    path, seoul = f"/en/events/{slug}", "time_zone=Asia/Seoul"
    analytics = f"_ga=GA1.2.{'1' * 900}"
    for zone in ("", seoul, 'time_zone="Asia/Seoul"'):
        plain = {"cookie": zone} if zone else {}
        shown = drawn_anew.get(path, headers=plain).text
        for cookies in (
            f"{analytics}; {zone}",
            f"{zone};{analytics}",
            f"a=b; {zone} ; __Host-known_browser=c",
        ):
            answer = client.get(path, headers={"cookie": cookies})
            assert answer.text == shown
            assert "etag" in answer.headers, cookies
            assert asked(database, client, path, cookie=cookies)[1] == 0
        assert asked(database, client, path, **plain)[1] == 0


def test_what_is_kept_is_drawn_without_cookies_of_others(app, client, slug, monkeypatch):
    seen = []
    page = pages.render_page

    def noting(site, request, *rest):
        seen.append(dict(request.cookies))
        return page(site, request, *rest)

    monkeypatch.setattr(pages, "render_page", noting)
    for cookies in ("a=b", "a=b; time_zone=Asia/Seoul", "__Host-session=a; a=b"):
        client.get(f"/en/events/{slug}", headers={"cookie": cookies})
    assert seen == [{}, {"time_zone": "Asia/Seoul"}, {"__Host-session": "a", "a": "b"}]


def test_other_answers_are_not_kept(database, client, slug):
    for path, status in (("/", 302), ("/en/events/none", 404), ("/en/sign-in", 200)):
        for _again in range(2):
            answer, _questions = asked(database, client, path)
            assert answer.status_code == status
            assert "etag" not in answer.headers
    russian = client.get("/", headers={"accept-language": "ru"})
    assert russian.headers["location"] == "/ru"
    long = f"/en/events?q={'a' * 600}"
    assert [client.get(long).headers.get("etag") for _again in range(2)] == [None, None]


def test_languages_scripts_and_zones_are_kept_apart(database, client, drawn_anew, slug):
    cookies = (None, "time_zone=Asia/Seoul", 'time_zone="America/New_York"')
    paths = [
        f"/{tag}/{page}"
        for tag in ("kk", "kk-Latn", "kk-Latn-TR", "kk-Arab", "ru", "en")
        for page in ("events", f"events/{slug}")
    ]
    seen = set()
    for is_kept in (False, True):
        for path in [*paths, "/en/events?page=1", "/kk/events?when=past"]:
            for cookie in cookies:
                headers = {"cookie": cookie} if cookie else {}
                answer, questions = asked(database, client, path, **headers)
                assert not (is_kept and questions), (path, cookie)
                assert answer.text == drawn_anew.get(path, headers=headers).text
                seen.add(answer.text)
    assert len(seen) == (len(paths) + 2) * len(cookies)
    robots = {client.get("/robots.txt", headers={"accept-language": tag}).text for tag in "kr"}
    assert len(robots) == 1


def event_of(db, slug):
    return db.scalars(select(Event).where(Event.slug == slug)).one()


class Writes:
    """Writes of every kind that pages for everybody show, by the word that tells of it."""

    def __init__(self, database, slug, browser_of):
        self.slug = slug
        with database.writing() as db:
            ours = db.scalars(select(Organization).where(Organization.slug == "ours")).one()
            office, moderator = make_person(db, is_administrator=True), make_person(db)
            self.ours, self.moderator = ours.id, moderator.id
            self.writer = make_person(db, "Тілек").id
            self.over = make_event(db, ours, starts_at=clock.now() - timedelta(days=2)).slug
            self.story = make_story(db, ours, office).slug
        self.office = browser_of(office)
        self.all = {
            self.published: "Tymaq",
            self.edited: "City of Nauryz",
            self.filled: "waiting list",
            self.result_told: "",
            self.commented: "Жарайсың",
            self.writer_erased: "",
            self.hidden: "",
        }

    def event(self, db, slug=None):
        known = select(Event).where(Event.slug == (slug or self.slug))
        return db.scalars(known.options(selectinload("*"))).one()

    def published(self, db):
        title = Translated.of("en", en="Tymaq")
        make_event(db, db.get_one(Organization, self.ours), title=title)

    def edited(self, db):
        title = Translated.of("kk", kk=TITLE, en="City of Nauryz")
        details = make_details(title=title, capacity=4)
        events.write(self.event(db), details, clock.now())

    def filled(self, db):
        for _guest in range(4):
            sign_up_guest(db, self.event(db))

    def result_told(self, db):
        make_result(db, self.event(db, self.over))

    def commented(self, db):
        story = db.scalars(select(Story).where(Story.slug == self.story)).one()
        story.comments = CommentMode.OPEN.value
        make_comment(db, story, db.get_one(Person, self.writer), "Жарайсың", byline="Тілек")

    def writer_erased(self, db):
        accounts.erase(db, db.get_one(Person, self.writer), clock.now())

    def hidden(self, db):
        by = db.get_one(Person, self.moderator)
        make_decision(db, db.get_one(Organization, self.ours), self.event(db), by=by)


def test_every_kind_of_write_is_seen_at_once_by_every_process(
    database, client, replica, drawn_anew, slug, browser_of
):
    writes = Writes(database, slug, browser_of)
    pages = [
        *(f"/{tag}/events/{slug}" for tag in ("en", "kk-Latn")),
        *("/en", "/en/events", "/en/feed.atom", "/en/organizations/ours"),
        *(f"/en/calendar/{clock.now() + timedelta(days=7):%Y-%m}", "/en/tags/music"),
        *(f"/en/stories/{writes.story}", f"/en/events/{writes.over}"),
    ]

    def seen(browser):
        # Kept pages, and those of somebody with a cookie, drawn around parts that are kept.
        kinds = ({}, {"authorization": "Basic YTpi"})
        return [browser.get(path, headers=kind).text for path in pages for kind in kinds]

    def is_seen(word):
        after = seen(client)
        assert after != before, word
        assert word.lower() in "".join(after).lower()
        # Without kept pages a process reads the settings once a minute.
        drawn_anew.app.state.site.live._until = 0
        drawn_anew.get("/en/about")
        assert after == seen(drawn_anew) == seen(replica), word
        return after

    before = seen(client)
    office = {"/settings": {"site_name": "Qonaq"}}
    office["/spelling"] = {"script": "kk-Latn", "word": "Қала", "written": "qalla"}
    for (page, form), word in zip(office.items(), ("Qonaq", "qalla"), strict=True):
        assert writes.office.post(f"/en/administration{page}", data=form).status_code == 303
        before = is_seen(word)
    for write, word in writes.all.items():
        with database.writing() as db:
            write(db)
        before = is_seen(word)
    assert client.get(pages[0]).status_code == 404
    assert "Тілек" not in "".join(before)


def test_what_is_over_is_not_shown_as_coming(database, client, monkeypatch):
    ends = datetime.fromisoformat("2031-03-21T12:00:00+00:00")
    moment = ends - timedelta(hours=3)
    monkeypatch.setattr(clock, "now", lambda: moment)
    with database.writing() as db:
        title, two = Translated.of("en", en="Tymaq"), timedelta(hours=2)
        make_event(db, make_organization(db), title=title, starts_at=ends - two, lasts=two)
    for moment, is_coming in (
        (ends - timedelta(seconds=59), True),
        (ends - timedelta(milliseconds=1), True),
        (ends, False),
    ):
        for _again in range(2):
            assert ("Tymaq" in client.get("/en/events").text) == is_coming, moment


def test_one_request_draws_for_all_who_ask_meanwhile(app, database, slug):
    paths = [f"/en/events/{slug}", "/en/events/none"]

    async def many():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as browser:
            with queries_of(database) as sent:
                await browser.get("/en/privacy")
                one = len(sent)
                await browser.get(paths[0])
                cost = len(sent) - one
            with database.writing() as db:
                db.execute(update(Event).values(taken=3))
            with queries_of(database) as sent:
                answers = await asyncio.gather(*(browser.get(paths[0]) for _ in range(20)))
            missing = await asyncio.gather(*(browser.get(paths[1]) for _ in range(6)))
        return cost, len(sent), answers, missing

    cost, spent, answers, missing = asyncio.run(many())
    assert cost <= spent <= cost + 1  # and the settings, once after a change
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.status_code for answer in missing} == {404}


def test_an_earlier_copy_of_the_database_is_not_taken_for_what_it_became(database, client, slug):
    path = f"/en/events/{slug}"
    with database.reading() as db:
        number = revision_now(db)
    rename = text("UPDATE events SET title = replace(CAST(title AS TEXT), :old, :new)")
    if not database.is_sqlite:
        rename = text("UPDATE events SET title = replace(CAST(title AS TEXT), :old, :new)::json")
    with database.writing() as db:
        db.execute(rename, {"old": TITLE, "new": "Lost"})
    other = f"/ru/events/{slug}"
    assert "Lost" in client.get(path).text
    assert "Lost" in client.get(other).text
    for title, numbered in ((TITLE, number), ("Found", number + 1)):
        with database.engine.begin() as connection:
            connection.execute(rename, {"old": "Lost", "new": title})
            connection.execute(rename, {"old": TITLE, "new": title})
            connection.execute(text("UPDATE content_revision SET number = :n"), {"n": numbered})
        assert title in client.get(path).text
    assert "Found" in client.get(other).text


def test_there_is_an_end_to_what_is_kept():
    pages = KeptPages(100_000)
    headers = [(b"content-type", b"text/html"), (b"vary", b"Cookie")]
    drawing = Drawing(Version(0, 1), 0)
    for number in range(50):
        pages.put(number, Kept(drawing, headers, bytes(9_000)))
        assert pages.get(0) is not None  # asked for again and again, it stays
        assert pages.size <= 100_000
    assert pages.get(49) is not None
    assert pages.get(30) is None
    pages.put("too much", Kept(drawing, headers, bytes(200_000)))
    assert pages.size == 0


def test_what_no_later_minute_can_use_goes():
    pages = KeptPages(100_000)
    headers = [(b"content-type", b"text/html"), (b"vary", b"Cookie")]
    for minute, key in ((1, "left"), (1, "asked again"), (2, "new"), (2, "newer")):
        pages.put(key, Kept(Drawing(Version(0, 1), minute), headers, bytes(9_000)))
        pages.get("asked again")
    assert pages.get("left") is None
    assert pages.get("new") is not None
    assert pages.get("newer") is not None
    pages.put("asked again", Kept(Drawing(Version(0, 1), 3), headers, bytes(9_000)))
    assert pages.get("asked again") is not None
    assert [key for key in ("new", "newer") if key in pages] == []
