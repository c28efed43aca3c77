"""The organisers' own list: what comes next, and what is over."""

from datetime import timedelta

from sqlalchemy import select

from portal.core import clock
from portal.domain.events.models import Event
from tests.factories import make_event, make_host, make_organization, make_person
from tests.pages import page_of


def test_organisers_find_what_is_next_first_and_what_is_over_apart(browser_of, database):
    with database.writing() as db:
        editor = make_person(db)
        ours, theirs = make_organization(db, "ours", editor=editor), make_organization(db, "theirs")

        def held(days, by=ours, **changes):
            starts_at = clock.now() + timedelta(days=days)
            return make_event(db, by, starts_at=starts_at, **changes).slug

        drafts = [held(2, published=False), held(-2, published=False)]
        coming = [held(days) for days in range(3, 24)]
        joined = held(1, theirs)
        make_host(db, db.scalars(select(Event).where(Event.slug == joined)).one(), ours)
        held(1, theirs)
        past = [held(-days) for days in range(3, 26)]
    browser = browser_of(editor)

    def listed(query, section=""):
        page = page_of(browser.get(f"/en/organizing{query}"))
        links = page.xpath(f"//main{section}//article//*[self::h2 or self::h3]/a/@href")
        return [link.rpartition("/")[2] for link in links]

    def section(name):
        return f"//section[@aria-labelledby='{name}']"

    assert listed("", section("events")) == [joined, drafts[0], *coming[:18]]
    assert listed("", section("past")) == [drafts[1], *past[:4]]
    assert listed("?page=2") == coming[18:]
    assert listed("?when=past") == [drafts[1], *past[:19]]
    assert listed("?when=past&page=2") == past[19:]
    assert listed("?when=past&page=3") == []
    links = page_of(browser.get("/en/organizing")).xpath("//main//a/@href")
    assert {"/en/organizing?page=2", "/en/organizing?when=past"} <= {*links}
    assert browser.get("/en/organizing?when=never").status_code == 404
