"""Kept pages say what the database says, at every request and in every process."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import selectinload

from portal.core import clock
from portal.db.changes.revision import revision_now
from portal.db.changes.versions import Version
from portal.domain.accounts.people.models import Person
from portal.domain.events import actions as events
from portal.domain.events.models import Event
from portal.domain.organizations.models import Organization
from portal.domain.privacy import actions as privacy
from portal.domain.stories.models import CommentMode, Story
from portal.i18n.translated import Translated
from portal.web.caching.pages import CachedPage, PageStore, RenderRecord
from tests.factories import (
    make_comment,
    make_decision,
    make_details,
    make_event,
    make_organization,
    make_person,
    make_result,
    make_story,
    sign_up_guest,
)
from tests.platform.page_cache.conftest import TITLE

pytestmark = [pytest.mark.usefixtures("stopped_clock"), pytest.mark.both_engines]


@pytest.fixture
def replica(browser_at):
    """A browser of another process of the same portal."""
    return browser_at()


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
        privacy.erase(db, db.get_one(Person, self.writer), clock.now())

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
        drawn_anew.site.live._until = 0
        drawn_anew.get("/en/about")
        assert after == seen(drawn_anew) == seen(replica), word
        return after

    before = seen(client)
    office = {"/settings": {"site_name": "Qonaq"}}
    office["/spelling"] = {"script": "kk-Latn", "word": "Қала", "output": "qalla"}
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
    pages = PageStore(100_000)
    headers = [(b"content-type", b"text/html"), (b"vary", b"Cookie")]
    drawing = RenderRecord(Version(0, 1), 0)
    for number in range(50):
        pages.put(number, CachedPage(drawing, headers, bytes(9_000)))
        assert pages.get(0) is not None  # asked for again and again, it stays
        assert pages.size <= 100_000
    assert pages.get(49) is not None
    assert pages.get(30) is None
    pages.put("too much", CachedPage(drawing, headers, bytes(200_000)))
    assert pages.size == 0


def test_what_no_later_minute_can_use_goes():
    pages = PageStore(100_000)
    headers = [(b"content-type", b"text/html"), (b"vary", b"Cookie")]
    for minute, key in ((1, "left"), (1, "asked again"), (2, "new"), (2, "newer")):
        pages.put(key, CachedPage(RenderRecord(Version(0, 1), minute), headers, bytes(9_000)))
        pages.get("asked again")
    assert pages.get("left") is None
    assert pages.get("new") is not None
    assert pages.get("newer") is not None
    pages.put("asked again", CachedPage(RenderRecord(Version(0, 1), 3), headers, bytes(9_000)))
    assert pages.get("asked again") is not None
    assert [key for key in ("new", "newer") if key in pages] == []
