"""Many who press the button of one event at once: decided about together, each as if alone."""

import pytest
from sqlalchemy import event as events
from sqlalchemy import func, select

from portal.core import clock
from portal.core.encryption import seal_of
from portal.core.refusals import NotFoundError
from portal.domain.accounts.consents.models import Consent, ConsentText
from portal.domain.accounts.people.actions import start_session
from portal.domain.accounts.people.models import Person, SignInSession
from portal.domain.emails.models import Kind, Letter
from portal.domain.events.models import Event, Status
from portal.domain.publishing.publication import Visibility
from portal.domain.registrations import sign_up
from portal.domain.registrations.models import Registration
from portal.domain.registrations.rules import EventCancelledError
from portal.domain.registrations.sign_up import Guest
from portal.domain.registrations.sign_up_batch import Wish, sign_up_all
from portal.i18n.locale import speaking
from tests.factories import make_event, make_organization, make_person

pytestmark = pytest.mark.both_engines


@pytest.fixture
def slug(database):
    with database.writing() as db:
        return make_event(db, make_organization(db), capacity=2).slug


def by_guest(number, email=None, language="en"):
    def wish(db):
        with speaking(language):
            address = email or f"guest-{number}@example.org"
            said = Guest(f"Guest {number}", address, language, None)
            return Wish(guest=sign_up.guest(seal_of(db), said))

    return wish


def by_member(person_id):
    def wish(db):
        whose = SignInSession.person_id == person_id
        return Wish(session_id=db.scalars(select(SignInSession.id).where(whose)).one())

    return wish


def signed_in(database, **facts):
    """The id of somebody who has a session."""
    with database.writing() as db:
        person = make_person(db, **facts)
        start_session(db, person, clock.now())
        return person.id


def press(database, slug, *wishes):
    """What was decided about each: the status of the sign-up, or what was refused."""
    with database.writing() as db:
        decisions = sign_up_all(db, slug, [wish(db) for wish in wishes], clock.now())
    with database.reading() as db:
        states = dict(db.execute(select(Registration.public_id, Registration.status)).all())
    return [states.get(each, type(each)) for each in decisions]


def letters(database):
    """Kinds by the queue number of the sign-up that they are about."""
    with database.reading() as db:
        about = Registration.id == Letter.registration_id
        rows = select(Registration.queue_number, Letter.kind).join(Registration, about)
        return db.execute(rows.order_by(Letter.id)).all()


def test_places_go_in_the_order_of_coming_whoever_presses_twice(database, slug):
    wishes = [by_guest(1), by_guest(1), by_guest(2), by_guest(3), by_guest(2)]
    assert press(database, slug, *wishes) == [
        *("confirmed", "confirmed", "confirmed"),
        *("waitlisted", "confirmed"),
    ]
    assert letters(database) == [(number, Kind.CONFIRM) for number in (1, 2, 3)]
    with database.reading() as db:
        assert db.execute(select(Event.taken, Event.last_queue_number)).one() == (2, 3)


def test_a_crowd_costs_hardly_more_statements_than_one_person(database, slug):
    sent = []
    note = lambda *values: sent.append(values[2])  # noqa: E731
    press(database, slug, by_guest(0))  # keeps the words of the consent
    counts = []
    for size in (1, 20):
        sent.clear()
        events.listen(database.engine, "before_cursor_execute", note)
        try:
            press(database, slug, *(by_guest(f"{size}-{number}") for number in range(size)))
        finally:
            events.remove(database.engine, "before_cursor_execute", note)
        counts.append(len(sent))
    assert counts[1] <= counts[0] + 2


def test_a_guest_and_the_member_of_the_address_are_one(database, slug):
    person = signed_in(database, email="dana@example.org")
    wishes = [by_guest(1, "dana@example.org"), by_member(person), by_guest(2)]
    assert press(database, slug, *wishes) == ["confirmed"] * 3
    with database.reading() as db:
        found = db.scalars(select(Registration).order_by(Registration.queue_number)).all()
    assert [(each.person_id, each.held_until is None) for each in found] == [
        (person, True),
        (None, False),
    ]
    assert letters(database) == [(1, Kind.CONFIRM), (1, Kind.CONFIRMED), (2, Kind.CONFIRM)]


def test_a_members_old_address_used_by_a_guest_a_moment_ago_spoils_nothing(database, slug):
    """The member's two sign-ups become one, and what was owed to the spare one goes with it."""
    person = signed_in(database, email="old@example.org")
    press(database, slug, by_member(person))
    with database.writing() as db:
        db.get_one(Person, person).email_index = seal_of(db).index("new@example.org")
    wishes = [by_guest(1), by_guest(2, "new@example.org"), by_member(person), by_guest(3)]
    found = press(database, slug, *wishes)
    assert found[0] == "confirmed"
    assert found[2:] == ["confirmed", "waitlisted"]
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Registration)) == 3
        assert db.scalar(select(Event.taken)) == 2


def test_everybody_agrees_to_the_words_they_have_read(database, slug):
    press(database, slug, by_guest(1, language="kk"), by_guest(2, language="ru"), by_guest(3))
    with database.reading() as db:
        digest = ConsentText.digest == Consent.text_digest
        read = select(ConsentText.language).join(Consent, digest).order_by(Consent.id)
        assert db.scalars(read).all() == ["kk", "ru", "en"]


def test_whoever_has_left_while_standing_in_line_gets_no_place(database, slug):
    leaving, staying = signed_in(database), signed_in(database)
    with database.writing() as db:
        db.get_one(Person, leaving).closed_at = clock.now()
    wishes = [by_member(leaving), by_member(staying), lambda _db: Wish(session_id=10**6)]
    assert press(database, slug, *wishes) == [NotFoundError, "confirmed", NotFoundError]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"status": Status.CANCELLED.value}, EventCancelledError),
        ({"visibility": Visibility.PRIVATE.value}, NotFoundError),
    ],
)
def test_an_event_that_changed_while_they_stood_in_line_takes_nobody(
    database, slug, change, refusal
):
    with database.writing() as db:
        event = db.scalars(select(Event)).one()
        for name, value in change.items():
            setattr(event, name, value)
    assert press(database, slug, by_guest(1), by_guest(2)) == [refusal, refusal]
    assert letters(database) == []


def test_an_event_that_is_gone_is_not_found(database):
    with pytest.raises(NotFoundError):
        press(database, "no-such-event", by_guest(1))
