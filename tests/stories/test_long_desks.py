"""Writers and editors find every story again, however many there are."""

from datetime import timedelta

import pytest

from portal.core import clock
from tests.factories import make_organization, make_own_story, make_person, make_story
from tests.pages import page_of

pytestmark = pytest.mark.both_engines


@pytest.fixture
def editor(database, monkeypatch):
    """Has written five stories for an organisation; somebody else a sixth, and a draft."""
    monkeypatch.setattr("portal.domain.stories.listing.PAGE_SIZE", 2)
    with database.writing() as db:
        person, other = make_person(db, "editor"), make_person(db, "other")
        ours = make_organization(db, "ours", editor=person)
        db.flush()
        now = clock.now()
        for number in range(6):
            story = make_story(db, ours, other if number == 5 else person)
            story.slug, story.changed_at = f"told-{number}", now + timedelta(minutes=number)
        make_own_story(db, other)
        db.flush()
        db.expunge(person)
    return person


def desks(browser, path):
    """Where the stories of a page lead, and the next page."""
    page = page_of(browser.get(path))
    rows = page.xpath("//ul[@class='stories']/li//*[self::h2 or self::h3]//a/@href")
    return [row.rsplit("/", 1)[-1] for row in rows], page.xpath("//a[@rel='next']/@href")


def test_what_somebody_has_written_is_read_page_by_page(browser_of, editor):
    browser, path, found = browser_of(editor), "/en/writing", []
    for _page in range(3):
        rows, onward = desks(browser, path)
        found.append(rows)
        path = onward[0] if onward else None
    assert found == [["told-4", "told-3"], ["told-2", "told-1"], ["told-0"]]
    assert path is None
    assert browser.get("/en/writing?page=nothing").status_code == 404


def test_so_is_what_an_organisation_tells(browser_of, editor):
    browser = browser_of(editor)
    first, _onward = desks(browser, "/en/manage")
    assert first == ["told-5", "told-4"]
    (path,) = page_of(browser.get("/en/manage")).xpath("//a[.='All stories']/@href")
    found = []
    while path:
        rows, onward = desks(browser, path)
        found.append(rows)
        path = onward[0] if onward else None
    assert found == [["told-5", "told-4"], ["told-3", "told-2"], ["told-1", "told-0"]]
    assert browser.get("/en/manage?list=letters").status_code == 404


def test_without_an_organisation_there_is_nothing_to_look_through(browser_of, database):
    with database.writing() as db:
        person = make_person(db)
    shown = browser_of(person).get("/en/manage?list=stories")
    assert "No stories yet" in shown.text
