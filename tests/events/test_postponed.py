"""A postponed event is still to come, even when the date it had goes by."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.events.models import Event
from portal.domain.organizations.queries import organization_named
from portal.domain.registrations import actions as registrations
from portal.domain.registrations import event_changes
from portal.domain.registrations.models import Registration
from portal.i18n.translated import Translated
from tests.factories import make_event, make_organization, make_person, pass_key, sign_up_guest
from tests.pages import addresses_of, page_of, words


def postponed(db, organization, days_ago=2, **changes):
    """An event that was postponed a day before its old date, which has gone by."""
    starts_at = clock.now() - timedelta(days=days_ago)
    event = make_event(db, organization, starts_at=starts_at, **changes)
    event_changes.postpone(db, event, starts_at - timedelta(days=1))
    db.flush()
    return event


@pytest.fixture
def slug(database, editor):
    """A postponed event whose old date has gone by, beside one that is over."""
    with database.writing() as db:
        organization = organization_named(db, "ours")
        make_event(
            db,
            organization,
            title=Translated.of("kk", kk="Өткен"),
            starts_at=clock.now() - timedelta(days=2),
        )
        return postponed(db, organization).slug


def event_of(db, slug):
    return db.scalars(select(Event).where(Event.slug == slug)).one()


def test_its_page_promises_a_new_date_and_takes_sign_ups(client, slug):
    path = f"/en/events/{slug}"
    shown = words(client.get(path))
    assert "A new date is being looked for" in shown
    assert "over" not in shown
    guest = {"name": "Dana", "email": "dana@example.org"}
    assert client.post(f"{path}/registration", data=guest).status_code == 303


def test_a_member_signs_up_and_finds_it_among_what_is_to_come(browser_of, database, slug):
    with database.writing() as db:
        person = make_person(db)
    browser = browser_of(person)
    key = browser.post(f"/en/events/{slug}/registration").headers["location"]
    assert "You take part" in words(browser.get(f"/en/events/{slug}"))
    (coming,) = page_of(browser.get("/en/passes")).xpath("//section//ul[@class='events']")
    assert coming.xpath(".//a/@href") == [key]
    assert "lately over" not in words(browser.get("/en/passes"))


def test_its_pass_thanks_nobody_and_lets_the_place_go(client, database, slug):
    with database.writing() as db:
        event = event_of(db, slug)
        key = pass_key(db, sign_up_guest(db, event), event)
    shown = client.get(f"/en/passes/{key}")
    assert "Postponed" in words(shown)
    assert "Thank you for being there" not in words(shown)
    assert f"/en/passes/{key}/feedback" not in addresses_of(shown)
    assert f"/en/passes/{key}/cancellation" in addresses_of(shown)
    assert client.post(f"/en/passes/{key}/cancellation").status_code == 303
    with database.reading() as db:
        assert db.scalar(select(Registration.status)) == "cancelled"
        assert event_of(db, slug).taken == 0


def test_a_place_given_back_goes_to_the_first_in_line(client, database):
    with database.writing() as db:
        event = postponed(db, make_organization(db), capacity=1)
        first, second = (sign_up_guest(db, event) for _each in range(2))
        key, waits = pass_key(db, first, event), second.id
    client.post(f"/en/passes/{key}/cancellation")
    with database.reading() as db:
        assert db.get_one(Registration, waits).status == "confirmed"


def test_its_organisers_can_still_call_it_off(browser_of, database, editor, slug):
    browser = browser_of(editor)
    path = f"/en/manage/events/{slug}"
    assert f"{path}/cancellation" in addresses_of(browser.get(path))
    assert browser.post(f"{path}/cancellation").status_code == 303
    with database.reading() as db:
        assert event_of(db, slug).status == "cancelled"


@pytest.mark.parametrize("query", ["", "?organization=ours", "?tag=music", "?language=ru"])
def test_it_is_listed_as_coming_for_a_month_and_not_as_past(client, slug, query):
    def listed(more):
        path = f"/en/events{query}{'&' if query else '?'}{more}"
        return [
            link.rpartition("/")[2]
            for link in page_of(client.get(path)).xpath("//ul[@class='events']//a/@href")
        ]

    assert listed("when=upcoming") == [slug]
    assert slug not in listed("when=past")
    assert len(listed("when=past")) == 1


def test_one_forgotten_for_longer_goes_among_the_past_and_stays_open(client, database):
    with database.writing() as db:
        event = postponed(db, make_organization(db), days_ago=40)
        slug, key = event.slug, pass_key(db, sign_up_guest(db, event), event)
    assert f"/en/events/{slug}" not in addresses_of(client.get("/en/events"))
    assert f"/en/events/{slug}" in addresses_of(client.get("/en/events?when=past"))
    assert "A new date is being looked for" in words(client.get(f"/en/events/{slug}"))
    assert client.get(f"/en/passes/{key}").status_code == 200


def test_the_front_page_does_not_call_it_next(client, database, slug):
    with database.writing() as db:
        following = make_event(db, make_organization(db)).slug
    links = page_of(client.get("/en")).xpath("//main//a/@href")
    assert f"/en/events/{following}" in links
    assert f"/en/events/{slug}" not in links


def test_a_closed_account_gives_its_place_back(browser_of, database, slug):
    with database.writing() as db:
        person, event = make_person(db), event_of(db, slug)
        registrations.register_member(db, person, event, clock.now())
    assert browser_of(person).post("/en/profile/deletion").status_code == 303
    with database.reading() as db:
        assert event_of(db, slug).taken == 0
