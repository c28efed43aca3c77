"""Signing up through the pages, by guests and by members."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from portal.core import clock
from portal.core.encryption import seal_of
from portal.domain.accounts.people.models import Person
from portal.domain.emails.models import Email, EmailKind
from portal.domain.events.models import Event, EventSeats
from portal.domain.publishing.publication import Visibility
from portal.domain.registrations import actions as registrations
from portal.domain.registrations import event_changes
from portal.domain.registrations.models import Registration
from portal.domain.registrations.queries import Pass, recipient_of
from tests.factories import make_event, make_organization, make_person, pass_key, sign_up_guest
from tests.pages import errors_of, value_of, words

GUEST = {"name": "Dana", "email": "dana@example.org"}


@pytest.fixture
def slug(database):
    with database.writing() as db:
        return make_event(db, make_organization(db)).slug


def registration_path(slug, language="en"):
    return f"/{language}/events/{slug}/registration"


def all_of(database):
    with database.reading() as db:
        return db.scalars(select(Registration).order_by(Registration.id)).all()


def letters_of(database):
    with database.reading() as db:
        return list(db.scalars(select(Email.kind).order_by(Email.id)))


def test_a_guest_gets_a_held_place_and_a_neutral_answer(client, database):
    with database.writing() as db:
        slug = make_event(db, make_organization(db), capacity=1).slug
    answer = client.post(registration_path(slug), data=GUEST)
    assert (answer.status_code, answer.headers["location"]) == (303, registration_path(slug))
    (registration,) = all_of(database)
    assert registration.status == "confirmed"
    held_for = registration.held_until - registration.registered_at
    assert held_for == timedelta(hours=24)
    assert letters_of(database) == [EmailKind.CONFIRM]
    assert "Look into your mailbox" in words(client.get(answer.headers["location"]))


def test_a_member_signs_up_with_one_click_and_stands_on_the_pass(browser_of, database, slug):
    with database.writing() as db:
        person = make_person(db, "Ержан")
    browser = browser_of(person)
    shown = browser.get(f"/en/events/{slug}")
    assert "I take part" in words(shown)
    answer = browser.post(registration_path(slug))
    assert answer.status_code == 303
    shown = browser.get(answer.headers["location"])
    assert shown.status_code == 200
    assert "We expect you, Ержан" in shown.text
    assert letters_of(database) == [EmailKind.CONFIRMED]
    assert "You take part" in words(browser.get(f"/en/events/{slug}"))


@pytest.mark.parametrize(
    "spelling", ["dana@example.org", "  Dana@Example.ORG ", "DANA@EXAMPLE.ORG"]
)
def test_twice_the_same_address_is_one_sign_up(client, database, slug, spelling):
    client.post(registration_path(slug), data=GUEST)
    client.post(registration_path(slug), data={"name": "Somebody else", "email": spelling})
    (registration,) = all_of(database)
    with database.reading() as db:
        assert recipient_of(db, registration).name == "Dana"
        assert db.scalar(select(EventSeats.taken)) == 1


def test_nobody_learns_from_the_answer_whether_an_address_takes_part(client, database, slug):
    """Unknown, held, confirmed, waiting, cancelled, a member's: the browser sees the same."""
    with database.writing() as db:
        event = db.scalars(select(Event)).one()
        sign_up_guest(db, event, email="held@example.org", confirmed=False)
        sign_up_guest(db, event, email="confirmed@example.org")
        registrations.register_member(
            db, make_person(db, email="member@example.org"), event, clock.now()
        )
    answers = {}
    for name in ("unknown", "held", "confirmed", "member"):
        form = {"name": "Dana", "email": f"{name}@example.org"}
        answer = client.post(registration_path(slug), data=form)
        shown = client.get(registration_path(slug))
        headers = {k: v for k, v in answer.headers.items() if k != "date"}
        answers[name] = (answer.status_code, headers, answer.text, shown.text)
    assert len(set(map(repr, answers.values()))) == 1


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"name": "", "email": "dana@example.org"}, "name"),
        ({"name": " \u200b\u00a0", "email": "dana@example.org"}, "name"),
        ({"name": "***", "email": "dana@example.org"}, "name"),
        ({"name": "D" * 81, "email": "dana@example.org"}, "name"),
        ({"name": "Da\u0007na", "email": "dana@example.org"}, "name"),
        ({"name": "Da\tna", "email": "dana@example.org"}, "name"),
        ({"name": "\u202eanaD", "email": "dana@example.org"}, "name"),
        ({"name": "Dana", "email": ""}, "email"),
        ({"name": "Dana", "email": "dana"}, "email"),
        ({"name": "Dana", "email": "dana@localhost"}, "email"),
        ({"name": "Dana", "email": "dana@example.org, b@example.org"}, "email"),
        ({"name": "Dana", "email": "dana@example.org\nBcc: b@example.org"}, "email"),
        ({"name": "Dana", "email": "<dana@example.org>"}, "email"),
        ({"name": "Dana", "email": "a" * 250 + "@example.org"}, "email"),
        ({"name": "Dana"}, "email"),
    ],
)
def test_what_cannot_be_meant_is_said_beside_the_field_and_nothing_typed_is_lost(
    client, database, slug, form, field
):
    answer = client.post(registration_path(slug), data=form)
    assert answer.status_code == 422
    assert list(errors_of(answer)) == [field]
    for name, typed in form.items():
        assert "".join((value_of(answer, name) or "").split()) == "".join(typed.split())
    assert all_of(database) == []


def test_fields_nobody_asked_for_are_not_read(browser_of, client, database, slug):
    form = GUEST | {"status": "confirmed", "person_id": "1", "held_until": "", "queue_number": "-5"}
    client.post(registration_path(slug), data=form)
    (registration,) = all_of(database)
    assert registration.person_id is None
    assert registration.held_until is not None
    assert registration.queue_number == 1


def test_a_full_event_puts_guests_and_members_in_line(client, browser_of, database):
    with database.writing() as db:
        slug = make_event(db, make_organization(db), capacity=1).slug
        person = make_person(db)
    client.post(registration_path(slug), data=GUEST)
    answer = browser_of(person).post(registration_path(slug))
    assert "You are number 1 in line" in words(browser_of(person).get(answer.headers["location"]))
    client.post(registration_path(slug), data={"name": "Aset", "email": "aset@example.org"})
    assert [r.status for r in all_of(database)] == ["confirmed", "waitlisted", "waitlisted"]
    shown = client.get(f"/en/events/{slug}")
    assert "Join the waiting list" in words(shown)
    assert "Full, waiting list" in words(shown)


def test_public_pages_tell_bands_and_never_counts_or_names(client, database):
    with database.writing() as db:
        organization = make_organization(db)
        event = make_event(db, organization, capacity=47)
        for _guest in range(43):
            sign_up_guest(db, event, name="Zhanbolat")
        few = event.slug
        roomy = make_event(db, organization, capacity=47).slug
    for path in (f"/en/events/{few}", "/en", "/en/events"):
        shown = client.get(path)
        assert "Few places left" in words(shown)
        for secret in ("Zhanbolat", "47", "43"):
            assert secret not in words(shown)
    assert "Places free" in words(client.get(f"/en/events/{roomy}"))


def test_an_event_that_is_over_says_so_and_what_to_do(client, browser_of, database):
    with database.writing() as db:
        event = make_event(db, make_organization(db), starts_at=clock.now() - timedelta(days=1))
        slug, person = event.slug, make_person(db)
    for browser, form in ((client, GUEST), (browser_of(person), {})):
        answer = browser.post(registration_path(slug), data=form)
        assert answer.status_code == 409
        assert "This event is over" in words(answer)
        assert "See what comes next" in words(answer)
    assert all_of(database) == []


def test_a_cancelled_event_says_so_and_what_to_do(client, database, slug):
    with database.writing() as db:
        event_changes.cancel_event(db, db.scalars(select(Event)).one(), clock.now())
    answer = client.post(registration_path(slug), data=GUEST)
    assert answer.status_code == 409
    assert "Cancelled" in words(answer)
    assert "See what comes next" in words(answer)
    assert all_of(database) == []


def test_signing_up_is_possible_until_the_end(client, database):
    with database.writing() as db:
        begun = clock.now() - timedelta(minutes=90)
        slug = make_event(db, make_organization(db), starts_at=begun).slug
    assert client.post(registration_path(slug), data=GUEST).status_code == 303
    assert len(all_of(database)) == 1


def test_a_postponed_event_can_be_signed_up_for(client, database, slug):
    with database.writing() as db:
        event_changes.postpone(db, db.scalars(select(Event)).one(), clock.now())
    assert "A new date is being looked for" in words(client.get(f"/en/events/{slug}"))
    assert client.post(registration_path(slug), data=GUEST).status_code == 303


def test_nobody_signs_up_for_a_draft_not_even_its_editor(browser_of, database):
    with database.writing() as db:
        editor = make_person(db)
        slug = make_event(db, make_organization(db, editor=editor), published=False).slug
    answer = browser_of(editor).post(registration_path(slug))
    assert answer.status_code == 422
    assert "not published yet" in words(answer)
    assert all_of(database) == []


def test_people_of_the_organisation_sign_up_for_its_private_events(browser_of, client, database):
    with database.writing() as db:
        analyst, member = make_person(db), make_person(db)
        organization = make_organization(db, analyst=analyst)
        slug = make_event(db, organization, visibility=Visibility.PRIVATE).slug
    assert browser_of(analyst).post(registration_path(slug)).status_code == 303
    assert browser_of(member).post(registration_path(slug)).status_code == 404
    assert client.post(registration_path(slug), data=GUEST).status_code == 404
    assert len(all_of(database)) == 1


def test_a_guests_sign_up_becomes_the_members_by_a_verified_address(
    browser_of, client, database, slug
):
    client.post(registration_path(slug), data=GUEST)
    with database.writing() as db:
        person = make_person(db, "Дана", email="dana@example.org")
        person_id = person.id
    browser_of(person).post(registration_path(slug))
    (registration,) = all_of(database)
    assert registration.person_id == person_id
    assert (registration.status, registration.held_until) == ("confirmed", None)
    assert registration.name_sealed is None
    assert registration.email_sealed is None
    assert letters_of(database) == [EmailKind.CONFIRM, EmailKind.CONFIRMED]


def test_a_member_without_a_verified_address_takes_nobodys_place_over(
    browser_of, client, database, slug
):
    client.post(registration_path(slug), data=GUEST)
    with database.writing() as db:
        person = make_person(db, email=None)
    browser_of(person).post(registration_path(slug))
    assert sorted(r.person_id is None for r in all_of(database)) == [False, True]


def test_a_member_whose_address_is_a_guests_meanwhile_can_still_sign_up_again(
    browser_of, client, database, slug
):
    """A member signs up, gives the place back, and has a new address, which a guest has used."""
    with database.writing() as db:
        person = make_person(db, email=None)
        event = db.scalars(select(Event)).one()
        mine = registrations.register_member(db, person, event, clock.now())
        registrations.cancel(db, Pass(mine, event), clock.now())
        person_id = person.id
    client.post(registration_path(slug), data=GUEST)
    with database.writing() as db:
        known = db.get_one(Person, person_id)
        known.email_index = seal_of(db).index("dana@example.org")
        known.email_sealed = seal_of(db).close("dana@example.org", "person.email")
    answer = browser_of(person).post(registration_path(slug))
    assert answer.status_code == 303
    active = [r for r in all_of(database) if r.status == "confirmed"]
    assert [r.person_id for r in active] == [person_id]
    with database.reading() as db:
        assert db.scalar(select(EventSeats.taken)) == 1


def test_whoever_gave_a_place_back_may_sign_up_again_at_the_end_of_the_line(browser_of, database):
    with database.writing() as db:
        event = make_event(db, make_organization(db), capacity=1)
        slug, person = event.slug, make_person(db)
    browser = browser_of(person)
    key = browser.post(registration_path(slug)).headers["location"]
    browser.post(f"{key}/cancellation")
    with database.writing() as db:
        sign_up_guest(db, db.scalars(select(Event)).one())
    again = browser.post(registration_path(slug))
    assert again.headers["location"] == key
    assert "You are number 1 in line" in words(browser.get(key))
    assert sorted(r.status for r in all_of(database)) == ["confirmed", "waitlisted"]


def test_opening_the_letters_link_changes_nothing_and_the_button_does(client, database):
    """Mail scanners follow links; only the button confirms."""
    with database.writing() as db:
        event = make_event(db, make_organization(db))
        key = pass_key(db, sign_up_guest(db, event, confirmed=False), event)
    for _scanner in range(3):
        assert "One button, and the place is yours" in words(client.get(f"/en/passes/{key}"))
    assert all_of(database)[0].held_until is not None
    for _click in range(2):
        answer = client.post(f"/en/passes/{key}/confirmation")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/en/passes/{key}")
    registration = all_of(database)[0]
    assert registration.held_until is None
    assert registration.confirmed_at is not None
    assert letters_of(database) == [EmailKind.CONFIRM, EmailKind.CONFIRMED]


def test_sign_up_seat_and_letter_are_one_transaction(client, database, slug):
    """Where the letter cannot be owed, there is no sign-up and no seat taken either."""
    with database.writing() as db:
        db.execute(text("ALTER TABLE emails RENAME TO emails_away"))
    answer = client.post(registration_path(slug), data=GUEST)
    assert answer.status_code == 500
    assert all_of(database) == []
    with database.reading() as db:
        assert db.scalar(select(EventSeats.taken)) == 0
        assert db.scalar(select(EventSeats.last_queue_number)) == 0


def test_the_reader_is_answered_in_the_language_of_the_page(client, database, slug):
    for number, language in enumerate(("kk", "ru", "en")):
        form = {"name": "Dana", "email": f"dana-{number}@example.org"}
        answer = client.post(registration_path(slug, language), data=form)
        assert answer.headers["location"] == registration_path(slug, language)
    assert [r.language for r in all_of(database)] == ["kk", "ru", "en"]


def test_a_guests_zone_is_the_one_chosen_in_the_browser(client, database, slug):
    client.post("/en/time-zone", data={"time_zone": "America/New_York"})
    client.post(registration_path(slug), data=GUEST)
    assert all_of(database)[0].time_zone == "America/New_York"


def test_names_and_addresses_are_not_readable_in_the_database(client, database, slug):
    client.post(registration_path(slug), data=GUEST)
    with database.reading() as db:
        row = db.execute(select(Registration.__table__)).one()
        assert not any(secret in repr(row) for secret in ("Dana", "dana@"))
        assert db.scalar(select(func.count()).select_from(Registration)) == 1
