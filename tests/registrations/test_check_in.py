"""The door of an event: who is expected, one button, and nobody else's business."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.registrations import actions as registrations
from portal.domain.registrations.models import Registration
from portal.domain.registrations.queries import Pass
from tests.factories import make_event, make_organization, make_person, sign_up_guest
from tests.pages import figures_of, page_of, words


@pytest.fixture
def helper(database, browser_of):
    """A helper at the door of "ours", and the paths of two expected guests by name."""
    with database.writing() as db:
        person = make_person(db, "Көмекші")
        organization = make_organization(db, "ours", owner=make_person(db), door=person)
        event = make_event(db, organization, starts_at=clock.now() + timedelta(hours=1))
        for name in ("Dana", "Әсел"):
            sign_up_guest(db, event, name=name)
        sign_up_guest(db, event, name="Held", confirmed=False, now=clock.now())
        gone = sign_up_guest(db, event, name="Gone")
        registrations.cancel(db, Pass(gone, event), clock.now())
        slug = event.slug
    return browser_of(person), f"/en/manage/events/{slug}/check-in"


def button(shown, name):
    """The path of somebody's one button."""
    (path,) = page_of(shown).xpath(f"//li[.//bdi='{name}']//form/@action")
    return path


def attended(database):
    with database.reading() as db:
        return [r.attended_at for r in db.scalars(select(Registration)) if r.attended_at]


def test_the_door_shows_confirmed_names_in_order_and_no_other(helper):
    browser, door = helper
    assert door in browser.get("/en/manage").text
    shown = browser.get(door)
    names = page_of(shown).xpath("//ul[@class='check-in mt']//bdi/text()")
    assert names == ["Dana", "Әсел"]
    assert figures_of(shown) == {"expected": "2", "here": "0"}
    assert "Held" not in shown.text
    assert "Gone" not in shown.text
    assert "example.org" not in shown.text


def test_one_press_marks_somebody_and_another_takes_it_back(helper, database):
    browser, door = helper
    answer = browser.post(button(browser.get(door), "Dana"), data={"q": ""})
    assert answer.headers["location"] == door
    shown = browser.get(door)
    assert figures_of(shown) == {"expected": "2", "here": "1"}
    assert "here since" in words(shown)
    browser.post(button(shown, "Dana"))
    assert attended(database) == []


def test_two_helpers_who_press_for_the_same_person_mark_it_once(helper, database):
    browser, door = helper
    path = button(browser.get(door), "Dana")
    assert browser.post(path).status_code == 303
    (first,) = attended(database)
    assert browser.post(path).status_code == 303
    assert attended(database) == [first]


def test_search_finds_parts_of_names_and_is_kept(helper):
    browser, door = helper
    shown = browser.get(f"{door}?q=әс")
    assert page_of(shown).xpath("//ul[@class='check-in mt']//bdi/text()") == ["Әсел"]
    answer = browser.post(button(shown, "Әсел"), data={"q": "әс"})
    assert answer.headers["location"].endswith("?q=%D3%99%D1%81")
    assert "Nobody of this name" in words(browser.get(f"{door}?q=Gone"))


def test_whoever_gave_the_place_back_meanwhile_is_refused(helper, database):
    browser, door = helper
    path = button(browser.get(door), "Dana")
    with database.writing() as db:
        found = db.query(Registration).filter_by(public_id=path.split("/")[-1]).one()
        from portal.domain.events.models import Event

        registrations.cancel(db, Pass(found, db.get_one(Event, found.event_id)), clock.now())
    answer = browser.post(path)
    assert answer.status_code == 409
    assert "no longer has a confirmed place" in words(answer)
    assert attended(database) == []


def test_the_door_is_closed_days_before(helper, database, browser_of):
    with database.writing() as db:
        owner = make_person(db)
        event = make_event(db, make_organization(db, owner=owner))
        key, slug = sign_up_guest(db, event).public_id, event.slug
    browser = browser_of(owner)
    answer = browser.post(f"/en/manage/events/{slug}/check-in/{key}")
    assert answer.status_code == 409
    assert "twelve hours before the start" in words(answer)
    assert attended(database) == []
