"""Closing an account, coming back within seven days, and guests who delete their sign-up."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.domain.accounts.people.models import Person, SignInSession
from portal.domain.accounts.people.queries import address_of
from portal.domain.events.models import Event
from portal.domain.moderation.models import Measure
from portal.domain.organizations import actions as organizations
from portal.domain.organizations.models import Membership, Organization, Role
from portal.domain.organizations.rules import LastOwnerError
from portal.domain.privacy import actions as privacy
from portal.domain.privacy.rules import REACTIVATION_PERIOD
from portal.domain.registrations import actions as registrations
from portal.domain.registrations.models import Registration
from tests.factories import (
    make_decision,
    make_event,
    make_organization,
    make_person,
    pass_key,
    session_cookie,
    sign_up_guest,
)
from tests.pages import words

CLOSE = "/en/profile/deletion"


@pytest.fixture
def person(database):
    with database.writing() as db:
        made = make_person(db, "Қалампыр")
        db.expunge(made)
        return made


@pytest.fixture
def full(database, person):
    """A coming event whose one place is the person's; somebody waits for it."""
    with database.writing() as db:
        event = make_event(db, make_organization(db, "hosts", owner=make_person(db)), capacity=1)
        mine = registrations.register_member(db, db.merge(person), event, clock.now())
        next_one = registrations.register_member(db, make_person(db), event, clock.now())
        return event.id, mine.id, next_one.id


def statuses(database, *ids):
    with database.reading() as db:
        return [db.get_one(Registration, each).status for each in ids]


def is_closed(database, person):
    with database.reading() as db:
        return db.get_one(Person, person.id).closed_at is not None


def test_it_asks_once_more_and_getting_the_page_changes_nothing(browser_of, database, person):
    page = browser_of(person).get(CLOSE)
    assert "Delete the account?" in words(page)
    assert not is_closed(database, person)


def test_closing_signs_out_everywhere_and_gives_places_to_the_next(
    browser_of, database, person, full
):
    browser, elsewhere = browser_of(person), browser_of(person)
    answer = browser.post(CLOSE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/account-closed")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert "Your account is closed" in words(browser.get("/en/account-closed"))
    assert elsewhere.get("/en/profile").headers["location"].startswith("/en/sign-in")
    assert statuses(database, *full[1:]) == ["cancelled", "confirmed"]
    with database.reading() as db:
        assert db.query(SignInSession).filter_by(person_id=person.id).count() == 0
        assert db.get_one(Event, full[0]).taken == 1


def test_past_sign_ups_stay_numbers_and_organisers_see_no_name(browser_of, database, person):
    with database.writing() as db:
        organiser, colleague = make_person(db), make_person(db, "Әріптес")
        organization = make_organization(db, "ours", owner=organiser, editor=db.merge(person))
        organizations.grant_role(db, organization, colleague, Role.EDITOR, clock.now())
        event = make_event(db, organization, starts_at=clock.now() - timedelta(days=1))
        early = event.starts_at - timedelta(days=2)
        held = registrations.register_member(db, db.merge(person), event, early)
        slug, held_id = event.slug, held.id
    organiser = browser_of(organiser)
    lists = (f"/en/manage/events/{slug}/participants", "/en/manage/ours/people")
    assert all("Қалампыр" in words(organiser.get(path)) for path in lists)

    assert browser_of(person).post(CLOSE).status_code == 303
    assert statuses(database, held_id) == ["confirmed"]
    assert all("Қалампыр" not in words(organiser.get(path)) for path in lists)
    assert "Әріптес" in words(organiser.get(lists[1]))


def test_the_last_owner_hands_over_first(browser_of, database, person, full):
    with database.writing() as db:
        organization = make_organization(db, "mine", owner=db.merge(person))
        organization_id, name = organization.id, organization.name.texts()["en"]
    browser = browser_of(person)
    answer = browser.post(CLOSE)
    assert answer.status_code == 409
    assert f"You are the last owner of {name}. Hand it over first" in words(answer)
    assert not is_closed(database, person)
    assert statuses(database, *full[1:]) == ["confirmed", "waitlisted"]
    assert browser.get("/en/profile").status_code == 200

    with database.writing() as db:
        organization = db.get_one(Organization, organization_id)
        organizations.grant_role(db, organization, make_person(db), Role.OWNER, clock.now())
    assert browser.post(CLOSE).status_code == 303
    assert is_closed(database, person)


def test_an_owner_who_is_gone_counts_as_none(database, person):
    with database.writing() as db:
        other = make_person(db)
        organization = make_organization(db, "mine", owner=db.merge(person))
        organizations.grant_role(db, organization, other, Role.OWNER, clock.now())
        privacy.close(db, db.get_one(Person, person.id), clock.now())
        ids = (organization.id, other.id)
    with database.writing() as db, pytest.raises(LastOwnerError):
        organizations.remove_member(db, db.get_one(Organization, ids[0]), ids[1])
    with database.writing() as db:
        organization = db.get_one(Organization, ids[0])
        organizations.grant_role(db, organization, make_person(db), Role.OWNER, clock.now())
        organizations.remove_member(db, organization, ids[1])
    with database.reading() as db:
        assert db.get(Membership, ids) is None


def test_an_owner_who_is_banned_counts_as_none(browser_of, database, person):
    with database.writing() as db:
        other = make_person(db)
        organization = make_organization(db, "mine", owner=db.merge(person))
        organizations.grant_role(db, organization, other, Role.OWNER, clock.now())
        make_decision(db, None, by=None, measure=Measure.BAN, person=other)
    browser = browser_of(person)
    assert browser.post("/en/manage/mine/departure").status_code == 409
    assert browser.post(CLOSE).status_code == 409
    assert not is_closed(database, person)
    with database.writing() as db:
        organizations.grant_role(
            db, db.query(Organization).one(), make_person(db), Role.OWNER, clock.now()
        )
    assert browser.post("/en/manage/mine/departure").status_code == 303
    assert browser.post(CLOSE).status_code == 303


def test_signing_in_again_offers_the_way_back(browser_of, database, person, full):
    browser_of(person).post(CLOSE)
    browser = browser_of()
    browser.cookies.set("__Host-session", session_cookie(database, person))
    for path in ("/en", "/en/events", "/en/profile", "/en/sign-in", "/en/passes"):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/en/reactivate")
    assert browser.post("/en/profile", data={"name": "X", "language": "en"}).status_code == 303
    page = browser.get("/en/reactivate")
    assert "Keep my account" in words(page)
    assert is_closed(database, person)

    assert browser.post("/en/reactivate").headers["location"] == "/en/profile"
    assert not is_closed(database, person)
    assert browser.get("/en/profile").status_code == 200
    assert browser.get("/en/reactivate").status_code == 404
    assert statuses(database, *full[1:]) == ["cancelled", "confirmed"]


def test_whoever_lets_it_go_is_signed_out_and_it_stays_closed(browser_of, database, person):
    browser_of(person).post(CLOSE)
    browser = browser_of()
    browser.cookies.set("__Host-session", session_cookie(database, person))
    assert browser.post("/en/sign-out").status_code == 303
    assert browser.get("/en").status_code == 200
    assert is_closed(database, person)


def test_the_way_back_is_nobody_elses(client, browser_of, database, person):
    for browser in (client, browser_of(person)):
        assert browser.get("/en/reactivate").status_code == 404
        assert browser.post("/en/reactivate").status_code == 404


def test_a_sign_in_on_the_seventh_day_is_still_in_time(app, database, settings, person):
    from portal.worker.loop import Worker

    with database.writing() as db:
        privacy.close(db, db.get_one(Person, person.id), clock.now())
        closed_at = db.get_one(Person, person.id).closed_at
    worker = Worker(database, app.state.site.links, settings)
    assert worker.round(closed_at + REACTIVATION_PERIOD - timedelta(seconds=1)).erased == 0
    assert is_closed(database, person)
    assert worker.round(closed_at + REACTIVATION_PERIOD).erased == 1
    with database.reading() as db:
        assert db.get(Person, person.id) is None


def test_what_the_address_signs_up_for_after_closing_is_a_guests_own(
    app, database, settings, person
):
    from portal.worker.loop import Worker

    with database.writing() as db:
        found = db.get_one(Person, person.id)
        address = address_of(db, found)
        event = make_event(
            db, make_organization(db), starts_at=clock.now() + timedelta(days=20), capacity=None
        )
        early = clock.now() - timedelta(hours=1)
        before = make_event(db, make_organization(db), starts_at=clock.now() + timedelta(days=20))
        gone = sign_up_guest(db, before, email=address, now=early)
        privacy.close(db, found, clock.now())
        kept = sign_up_guest(db, event, email=address, now=clock.now() + timedelta(hours=1))
        ids = (gone.id, kept.id)
    worker = Worker(database, app.state.site.links, settings)
    assert worker.round(clock.now() + REACTIVATION_PERIOD).erased == 1
    assert statuses(database, *ids) == ["cancelled", "confirmed"]
    with database.reading() as db:
        gone, kept = (db.get_one(Registration, each) for each in ids)
        assert gone.email_sealed is None
        assert kept.email_sealed is not None


def test_who_came_back_is_not_erased(app, database, settings, person):
    from portal.worker.loop import Worker

    now = clock.now()
    with database.writing() as db:
        found = db.get_one(Person, person.id)
        privacy.close(db, found, now)
        privacy.reactivate(found)
    worker = Worker(database, app.state.site.links, settings)
    assert worker.round(now + 2 * REACTIVATION_PERIOD).erased == 0
    assert not is_closed(database, person)


def test_a_guest_deletes_the_sign_up_at_once_through_the_pass(client, database, full):
    with database.writing() as db:
        event = make_event(db, db.query(Organization).one(), capacity=1)
        guest = sign_up_guest(db, event, now=clock.now())
        next_one = sign_up_guest(db, event, now=clock.now())
        key, other_key = (pass_key(db, each, event) for each in (guest, next_one))
        guest_id, next_id, public_id = guest.id, next_one.id, guest.public_id
    answer = client.post(f"/en/passes/{public_id}/deletion")
    assert answer.headers["location"].startswith("/en/sign-in")
    assert statuses(database, guest_id, next_id) == ["confirmed", "waitlisted"]

    answer = client.post(f"/en/passes/{key}/deletion")
    assert answer.headers["location"] == "/en/sign-up-deleted"
    assert "Your sign-up is deleted" in words(client.get("/en/sign-up-deleted"))
    assert client.get(f"/en/passes/{key}").status_code == 404
    assert client.get(f"/en/passes/{other_key}").status_code == 200
    assert statuses(database, guest_id, next_id) == ["cancelled", "confirmed"]
    with database.reading() as db:
        gone, kept = (db.get_one(Registration, each) for each in (guest_id, next_id))
        assert (gone.name_sealed, gone.email_sealed, gone.email_index) == (None, None, None)
        assert kept.email_sealed is not None


def test_a_guest_may_delete_what_is_over_or_ran_out(client, database):
    with database.writing() as db:
        organization = make_organization(db)
        over = make_event(db, organization, starts_at=clock.now() - timedelta(days=1))
        coming = make_event(db, organization)
        late = clock.now() - timedelta(hours=30)
        keys = [
            pass_key(db, sign_up_guest(db, over), over),
            pass_key(db, sign_up_guest(db, coming, confirmed=False, now=late), coming),
        ]
    for key in keys:
        assert client.post(f"/en/passes/{key}/deletion").status_code == 303
        assert client.get(f"/en/passes/{key}").status_code == 404


def test_the_same_guest_may_sign_up_anew_after_deleting(client, database):
    with database.writing() as db:
        event = make_event(db, make_organization(db))
        slug = event.slug
        key = pass_key(db, sign_up_guest(db, event, email="zhupar@example.org"), event)
    client.post(f"/en/passes/{key}/deletion")
    form = {"name": "Жұпар", "email": "zhupar@example.org"}
    assert client.post(f"/en/events/{slug}/registration", data=form).status_code == 303
    with database.reading() as db:
        assert sorted(row.status for row in db.query(Registration)) == ["cancelled", "confirmed"]
