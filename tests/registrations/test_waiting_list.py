"""Whoever waits is promoted in order, whoever comes together or gives back."""

from datetime import timedelta

import pytest
from sqlalchemy import event as events
from sqlalchemy import func, select, text

from portal.app import declared_links
from portal.core import clock
from portal.core.encryption import seal_of
from portal.core.refusals import NotFoundError
from portal.domain.accounts.consents.models import Consent, ConsentText
from portal.domain.accounts.people.actions import start_session
from portal.domain.accounts.people.models import Person, SignInSession
from portal.domain.emails.models import Email, EmailKind
from portal.domain.events.models import Event, EventSeats, Status
from portal.domain.publishing.publication import Visibility
from portal.domain.registrations import actions as registrations
from portal.domain.registrations import sign_up
from portal.domain.registrations.models import Registration
from portal.domain.registrations.rules import HELD_FOR, EventCancelledError
from portal.domain.registrations.sign_up import Guest
from portal.domain.registrations.sign_up_batch import SignUpRequest, sign_up_all
from portal.i18n.locale import use_locale
from portal.worker.loop import Worker
from tests.factories import make_event, make_organization, make_person, pass_key, sign_up_guest
from tests.forms import saved_fields
from tests.pages import errors_of, value_of, words

pytestmark = pytest.mark.both_engines


@pytest.fixture
def line(database):
    """An event of one place: who has it, and three in line; keys of their passes in order."""
    with database.writing() as db:
        editor = make_person(db)
        event = make_event(db, make_organization(db, editor=editor), capacity=1)
        guests = [sign_up_guest(db, event, name=f"Guest {n}") for n in range(4)]
        keys = [pass_key(db, guest, event) for guest in guests]
    return editor, keys


def statuses(database):
    with database.reading() as db:
        return list(db.scalars(select(Registration.status).order_by(Registration.queue_number)))


def taken(database):
    with database.reading() as db:
        return db.scalar(select(EventSeats.taken))


def promoted(database):
    """Names of the registrations that are owed a letter about their place, by number in line."""
    with database.reading() as db:
        statement = (
            select(Registration.queue_number)
            .join(Email, Email.registration_id == Registration.id)
            .where(Email.kind == EmailKind.PROMOTED.value)
            .order_by(Email.id)
        )
        return list(db.scalars(statement))


def slug_of(database):
    with database.reading() as db:
        return db.scalar(select(Event.slug))


def test_everybody_in_line_sees_their_own_number(client, line):
    _editor, keys = line
    assert "We expect you, Guest 0" in words(client.get(f"/en/passes/{keys[0]}"))
    for number, key in enumerate(keys[1:], start=1):
        shown = words(client.get(f"/en/passes/{key}"))
        assert f"You are number {number} in line" in shown
        assert "Join" not in shown


def test_a_place_given_back_goes_to_the_first_in_line_with_a_letter_at_once(client, database, line):
    _editor, keys = line
    assert client.post(f"/en/passes/{keys[0]}/cancellation").status_code == 303
    assert statuses(database) == ["cancelled", "confirmed", "waitlisted", "waitlisted"]
    assert (taken(database), promoted(database)) == (1, [2])
    assert "We expect you, Guest 1" in words(client.get(f"/en/passes/{keys[1]}"))
    assert "You are number 1 in line" in words(client.get(f"/en/passes/{keys[2]}"))


def test_promotion_and_letter_belong_to_the_giving_back(client, database, line):
    """Where the letter cannot be owed, the place stays where it was."""
    _editor, keys = line
    with database.writing() as db:
        db.execute(text("ALTER TABLE emails RENAME TO emails_away"))
    assert client.post(f"/en/passes/{keys[0]}/cancellation").status_code == 500
    assert statuses(database) == ["confirmed", "waitlisted", "waitlisted", "waitlisted"]


def test_leaving_the_line_moves_up_those_behind_and_gives_nobody_a_place(client, database, line):
    _editor, keys = line
    shown = words(client.get(f"/en/passes/{keys[1]}"))
    assert "Leave the waiting list" in shown
    client.post(f"/en/passes/{keys[1]}/cancellation")
    assert statuses(database) == ["confirmed", "cancelled", "waitlisted", "waitlisted"]
    assert "You are number 1 in line" in words(client.get(f"/en/passes/{keys[2]}"))
    assert promoted(database) == []


def test_giving_back_twice_promotes_once(client, database, line):
    _editor, keys = line
    client.post(f"/en/passes/{keys[0]}/cancellation")
    again = client.post(f"/en/passes/{keys[0]}/cancellation")
    assert again.status_code == 409
    assert "You have no place at this event any more" in words(again)
    assert promoted(database) == [2]


def save(browser, database, **changes):
    slug = slug_of(database)
    return browser.post(f"/en/manage/events/{slug}", data=saved_fields(database, slug, **changes))


@pytest.mark.parametrize(("capacity", "places"), [("3", 3), ("", 4)])
def test_a_raised_capacity_promotes_in_order(browser_of, database, line, capacity, places):
    editor, _keys = line
    answer = save(browser_of(editor), database, capacity=capacity)
    assert answer.status_code == 303
    assert statuses(database) == ["confirmed"] * places + ["waitlisted"] * (4 - places)
    assert (taken(database), promoted(database)) == (places, [2, 3, 4][: places - 1])


def test_fewer_places_than_are_given_are_refused_with_the_reason(browser_of, database, line):
    editor, _keys = line
    browser = browser_of(editor)
    save(browser, database, capacity="3")
    answer = save(browser, database, capacity="2")
    assert answer.status_code == 422
    assert "3 places are already given" in errors_of(answer)["capacity"]
    assert value_of(answer, "capacity") == "2"
    assert save(browser, database, capacity="3").status_code == 303
    assert taken(database) == 3


def test_held_places_count_as_given(browser_of, database):
    with database.writing() as db:
        editor = make_person(db)
        event = make_event(db, make_organization(db, editor=editor), capacity=5)
        for _guest in range(2):
            sign_up_guest(db, event, confirmed=False)
    answer = save(browser_of(editor), database, capacity="1")
    assert "2 places are already given" in errors_of(answer)["capacity"]


def test_a_held_place_runs_out_after_a_day_and_goes_to_the_first_in_line(
    settings, client, database
):
    with database.writing() as db:
        now = clock.now()
        event = make_event(db, make_organization(db), capacity=1)
        held = sign_up_guest(db, event, confirmed=False, now=now)
        waiting = sign_up_guest(db, event)
        keys = [pass_key(db, each, event) for each in (held, waiting)]
    worker = Worker(database, declared_links(settings), settings)
    assert worker.round(now + HELD_FOR - timedelta(minutes=1)).released == 0
    assert statuses(database) == ["confirmed", "waitlisted"]
    assert worker.round(now + HELD_FOR + timedelta(minutes=1)).released == 1
    assert statuses(database) == ["cancelled", "confirmed"]
    assert (taken(database), promoted(database)) == (1, [2])
    shown = client.post(f"/en/passes/{keys[0]}/confirmation")
    assert shown.status_code == 409
    assert "has gone to the next person" in words(shown)
    assert "We expect you" in words(client.get(f"/en/passes/{keys[1]}"))


def test_a_held_place_cannot_be_confirmed_a_minute_too_late(client, database):
    """Even where no worker has taken it back yet."""
    with database.writing() as db:
        event = make_event(db, make_organization(db))
        late = sign_up_guest(
            db, event, confirmed=False, now=clock.now() - HELD_FOR - timedelta(minutes=1)
        )
        key = pass_key(db, late, event)
    assert "24 hours for which your place was held are over" in words(
        client.get(f"/en/passes/{key}")
    )
    assert client.post(f"/en/passes/{key}/confirmation").status_code == 409
    with database.reading() as db:
        assert db.scalar(select(Registration.confirmed_at)) is None


def test_a_guest_whose_hold_ran_out_can_sign_up_again_before_the_worker_notices(client, database):
    """Otherwise the page promises a letter that is never written."""
    with database.writing() as db:
        event = make_event(db, make_organization(db), capacity=1)
        late = clock.now() - HELD_FOR - timedelta(minutes=1)
        sign_up_guest(db, event, confirmed=False, now=late, email="dana@example.org")
        slug = event.slug
    form = {"name": "Dana", "email": "dana@example.org"}
    assert client.post(f"/en/events/{slug}/registration", data=form).status_code == 303
    with database.reading() as db:
        registration = db.scalars(select(Registration)).one()
        assert registration.held_until > clock.now()
        assert registration.status == "confirmed"
    assert taken(database) == 1


def test_those_in_line_confirm_their_address_too(client, database):
    with database.writing() as db:
        event = make_event(db, make_organization(db), capacity=1)
        sign_up_guest(db, event)
        waiting = sign_up_guest(db, event, confirmed=False)
        key = pass_key(db, waiting, event)
    assert "One button, and you keep your place in line" in words(client.get(f"/en/passes/{key}"))
    client.post(f"/en/passes/{key}/confirmation")
    assert "You are number 1 in line" in words(client.get(f"/en/passes/{key}"))
    assert statuses(database) == ["confirmed", "waitlisted"]


def test_nobody_is_promoted_after_the_end(client, database):
    with database.writing() as db:
        past = clock.now() - timedelta(hours=3)
        event = make_event(db, make_organization(db), capacity=1, starts_at=past)
        keys = [pass_key(db, sign_up_guest(db, event), event) for _guest in range(2)]
    assert client.post(f"/en/passes/{keys[0]}/cancellation").status_code == 409
    assert statuses(database) == ["confirmed", "waitlisted"]
    assert promoted(database) == []


def test_a_newcomer_does_not_overtake_those_in_line(database):
    """A free place beside a line is taken from its front, whoever signs up just then."""
    with database.writing() as db:
        event = make_event(db, make_organization(db), capacity=1)
        for _guest in range(2):
            sign_up_guest(db, event)
        event.taken = 0
        event.status = "scheduled"
        first = db.scalars(select(Registration).where(Registration.queue_number == 1)).one()
        first.status = "cancelled"
        db.flush()
        newcomer = registrations.register_member(db, make_person(db), event, clock.now())
        assert newcomer.status == "waitlisted"


@pytest.fixture
def slug(database):
    with database.writing() as db:
        return make_event(db, make_organization(db), capacity=2).slug


def by_guest(number, email=None, language="en"):
    def wish(db):
        with use_locale(language):
            address = email or f"guest-{number}@example.org"
            said = Guest(f"Guest {number}", address, language, None)
            return SignUpRequest(guest=sign_up.guest(seal_of(db), said))

    return wish


def by_member(person_id):
    def wish(db):
        whose = SignInSession.person_id == person_id
        return SignUpRequest(session_id=db.scalars(select(SignInSession.id).where(whose)).one())

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
        about = Registration.id == Email.registration_id
        rows = select(Registration.queue_number, Email.kind).join(Registration, about)
        return db.execute(rows.order_by(Email.id)).all()


def test_places_go_in_the_order_of_coming_whoever_presses_twice(database, slug):
    wishes = [by_guest(1), by_guest(1), by_guest(2), by_guest(3), by_guest(2)]
    assert press(database, slug, *wishes) == [
        *("confirmed", "confirmed", "confirmed"),
        *("waitlisted", "confirmed"),
    ]
    assert letters(database) == [(number, EmailKind.CONFIRM) for number in (1, 2, 3)]
    with database.reading() as db:
        assert db.execute(select(EventSeats.taken, EventSeats.last_queue_number)).one() == (2, 3)


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
    assert letters(database) == [
        (1, EmailKind.CONFIRM),
        (1, EmailKind.CONFIRMED),
        (2, EmailKind.CONFIRM),
    ]


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
        assert db.scalar(select(EventSeats.taken)) == 2


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
    wishes = [by_member(leaving), by_member(staying), lambda _db: SignUpRequest(session_id=10**6)]
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
