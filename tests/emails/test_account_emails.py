"""Letters about the account itself: a changed address, closing, erasing, and long silence."""

from datetime import timedelta

import pytest

from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.actions import Claims
from portal.domain.accounts.people.models import Person
from portal.domain.emails.models import Notification, State
from portal.domain.privacy import actions as privacy
from portal.domain.privacy.rules import (
    ANSWER_WITHIN,
    IDLE_AFTER,
    NOTIFY_AGAIN_AFTER,
    REACTIVATION_PERIOD,
    UNASKED_AFTER,
)
from portal.domain.registrations import actions as registrations
from tests.emails.programme import ENDS_AT, NOW
from tests.factories import make_organization

NEW = "dina@new.example"
OLD = "dina@old.example"
# The month begins when the letter has left, a moment after it was owed.
ANSWERED = ANSWER_WITHIN + timedelta(minutes=5)


def sign_in(world, email, now=NOW, subject="dina", **changes):
    """Signs in with what the provider says now, as the route does."""
    with world.database.writing() as db:
        claims = Claims("https://id.example.org", subject, "Дина", email)
        person = privacy.welcome(db, claims, "en", now)
        # And out again, so that a round years later finds no session to forget.
        people.end_session(db, people.start_session(db, person, now))
        for name, value in changes.items():
            setattr(person, name, value)
        return person.id


def close(world, person_id, now=NOW):
    with world.database.writing() as db:
        privacy.close(db, db.get_one(Person, person_id), now)


def subjects(world, email):
    return [letter.subject for letter in world.received(email)]


def test_a_changed_address_is_told_to_the_old_one_and_not_what_it_is_now(world):
    sign_in(world, OLD)
    sign_in(world, OLD.upper())  # the same mailbox
    assert world.round() == {}
    sign_in(world, NEW)
    assert world.round() == {"sent": 1}

    letter = world.last(OLD)
    assert letter.subject == "The address of your account has changed"
    assert "new.example" not in str(letter.message)
    assert world.received(NEW) == []


def test_a_first_address_is_no_change(world):
    sign_in(world, None)
    sign_in(world, NEW)
    assert world.round() == {}


def test_closing_and_erasing_are_told_and_the_address_is_forgotten_with_the_last(world):
    person_id = sign_in(world, OLD)
    close(world, person_id)
    assert world.round() == {"sent": 1}
    assert subjects(world, OLD) == ["Your account is closed"]
    assert "https://testserver/en/sign-in" in world.last(OLD).links

    assert world.round(NOW + REACTIVATION_PERIOD) == {"erased": 1, "sent": 1}
    assert subjects(world, OLD)[1:] == ["Your account has been deleted"]
    with world.database.reading() as db:
        (notice,) = db.query(Notification).all()
        assert (notice.address_sealed, notice.payload_sealed, notice.person_id) == (None,) * 3


def test_other_letters_stop_with_the_closing(world):
    person_id = sign_in(world, OLD)
    with world.database.writing() as db:
        registrations.register_member(db, db.get_one(Person, person_id), world.event(db), NOW)
    world.round()
    over = ENDS_AT + timedelta(hours=1)
    close(world, person_id, ENDS_AT)  # after the event: the place itself stays
    assert world.round(over) == {"owed": 1, "sent": 1, "dropped": 1}
    assert subjects(world, OLD)[-1] == "Your account is closed"


@pytest.mark.parametrize("discreet", [False, True])
def test_notices_to_the_discreet_do_not_say_what_they_are_about(world, discreet):
    person_id = sign_in(world, OLD, is_discreet=discreet)
    close(world, person_id)
    world.round()
    world.round(NOW + REACTIVATION_PERIOD)
    senders = {letter.message["From"].partition(" <")[0] for letter in world.received(OLD)}
    assert senders == ({"Notice"} if discreet else {"Shanyraq"})
    assert ("Your account is closed" in subjects(world, OLD)) is not discreet


def test_the_long_unseen_are_asked_once_and_erased_a_month_later(world):
    person_id = sign_in(world, OLD)
    day = NOW.replace(hour=0)
    assert world.round(day + IDLE_AFTER - timedelta(seconds=1)).get("asked") is None
    asked = day + IDLE_AFTER
    assert world.round(asked) == {"asked": 1, "sent": 1}
    assert subjects(world, OLD) == ["Do you still want your account?"]
    assert world.round(asked + ANSWER_WITHIN - timedelta(seconds=1)) == {}
    assert world.round(asked + ANSWERED) == {"erased": 1, "sent": 1}
    assert subjects(world, OLD)[1:] == ["Your account has been deleted"]
    with world.database.reading() as db:
        assert db.get(Person, person_id) is None


def test_signing_in_is_the_answer(world):
    person_id = sign_in(world, OLD)
    asked = NOW + IDLE_AFTER
    assert world.round(asked)["asked"] == 1
    sign_in(world, OLD, now=asked + timedelta(days=3))
    assert world.round(asked + ANSWERED) == {}
    with world.database.reading() as db:
        seen = db.get_one(Person, person_id).last_seen_at
    assert seen == (asked + timedelta(days=3)).replace(hour=0)  # the day, not the hour


def is_there(world, person_id):
    with world.database.reading() as db:
        return db.get(Person, person_id) is not None


def settle(world, state):
    """Gives the one letter that waits an end."""
    with world.database.writing() as db:
        db.query(Notification).filter_by(state=State.QUEUED.value).one().state = state.value


def test_while_letters_wait_nobody_is_erased_and_the_month_begins_when_they_leave(world):
    person_id = sign_in(world, OLD)
    asked = NOW + IDLE_AFTER
    with_mail = world.settings
    world.settings = world.settings.model_copy(update={"smtp_url": None})
    assert world.round(asked) == {"asked": 1}
    late = asked + 3 * ANSWERED
    assert world.round(late) == {}
    world.settings = with_mail
    assert world.round(late) == {"sent": 1}
    assert world.round(late + ANSWER_WITHIN - timedelta(seconds=1)) == {}
    assert is_there(world, person_id)
    assert world.round(late + ANSWERED) == {"erased": 1, "sent": 1}


@pytest.mark.parametrize("state", [State.UNDELIVERED, State.DROPPED])
def test_whoever_a_letter_did_not_reach_is_asked_again(world, state):
    person_id = sign_in(world, OLD)
    asked = NOW + IDLE_AFTER
    with_mail = world.settings
    world.settings = world.settings.model_copy(update={"smtp_url": None})
    assert world.round(asked) == {"asked": 1}
    settle(world, state)
    assert world.round(asked + NOTIFY_AGAIN_AFTER - timedelta(seconds=1)) == {}
    again = asked + NOTIFY_AGAIN_AFTER
    assert world.round(again) == {"asked": 1}
    settle(world, state)
    assert world.round(NOW + 2 * UNASKED_AFTER) == {"asked": 1}
    assert is_there(world, person_id)
    world.settings = with_mail
    assert world.round(NOW + 2 * UNASKED_AFTER) == {"sent": 1}
    assert world.round(NOW + 2 * UNASKED_AFTER + ANSWERED) == {"erased": 1, "sent": 1}


def test_an_answer_to_an_earlier_silence_does_not_shorten_the_next(world):
    person_id = sign_in(world, OLD)
    world.round(NOW + IDLE_AFTER)
    back = NOW + IDLE_AFTER + timedelta(days=3)
    sign_in(world, OLD, now=back)
    world.settings = world.settings.model_copy(update={"smtp_url": None})
    assert world.round(back + IDLE_AFTER) == {"asked": 1}
    assert world.round(back + IDLE_AFTER + ANSWERED) == {}
    assert is_there(world, person_id)


@pytest.mark.parametrize("why", ["without an address", "banned"])
def test_who_cannot_be_asked_goes_after_five_years_and_not_before(world, why):
    person_id = sign_in(world, None if why == "without an address" else OLD)
    if why == "banned":
        with world.database.writing() as db:
            people.ban(db, db.get_one(Person, person_id), NOW)
    day = NOW.replace(hour=0)
    assert world.round(day + IDLE_AFTER) == {}
    assert world.round(day + UNASKED_AFTER - timedelta(seconds=1)) == {}
    assert is_there(world, person_id)
    assert world.round(day + UNASKED_AFTER)["erased"] == 1
    assert not is_there(world, person_id)


def test_a_silent_owner_without_whom_nobody_could_manage_stays(world):
    owner_id = sign_in(world, OLD)
    sign_in(world, NEW, subject="marat")
    with world.database.writing() as db:
        make_organization(db, "alone", owner=db.get_one(Person, owner_id))
    asked = NOW + IDLE_AFTER
    assert world.round(asked) == {"asked": 2, "sent": 2}
    assert world.round(asked + ANSWERED) == {"erased": 1, "sent": 1}
    with world.database.reading() as db:
        assert [person.id for person in db.query(Person)] == [owner_id]
