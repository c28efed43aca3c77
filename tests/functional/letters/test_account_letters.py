"""Letters about the account itself: a changed address, closing, erasing, and long silence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.domain.accounts import actions as accounts
from portal.domain.accounts.rules import ANSWER_WITHIN, IDLE_AFTER, WAY_BACK
from portal.domain.letters.models import Notice
from portal.domain.people import actions as people
from portal.domain.people.actions import Claims
from portal.domain.people.models import Person
from portal.domain.registrations import actions as registrations
from tests.factories import make_organization
from tests.functional.letters.programme import ENDS_AT, NOW

NEW = "dina@new.example"
OLD = "dina@old.example"


def sign_in(world, email, now=NOW, subject="dina", **changes):
    """Signs in with what the provider says now, as the route does."""
    with world.database.writing() as db:
        claims = Claims("https://id.example.org", subject, "Дина", email)
        person = accounts.welcome(db, claims, "en", now)
        people.start_session(db, person, now)
        for name, value in changes.items():
            setattr(person, name, value)
        return person.id


def close(world, person_id, now=NOW):
    with world.database.writing() as db:
        accounts.close(db, db.get_one(Person, person_id), now)


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

    assert world.round(NOW + WAY_BACK) == {"erased": 1, "sent": 1}
    assert subjects(world, OLD)[1:] == ["Your account has been deleted"]
    with world.database.reading() as db:
        (notice,) = db.query(Notice).all()
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
    world.round(NOW + WAY_BACK)
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
    assert world.round(asked + ANSWER_WITHIN) == {"erased": 1, "sent": 1}
    assert subjects(world, OLD)[1:] == ["Your account has been deleted"]
    with world.database.reading() as db:
        assert db.get(Person, person_id) is None


def test_signing_in_is_the_answer(world):
    person_id = sign_in(world, OLD)
    asked = NOW + IDLE_AFTER
    assert world.round(asked)["asked"] == 1
    sign_in(world, OLD, now=asked + timedelta(days=3))
    assert world.round(asked + ANSWER_WITHIN) == {}
    with world.database.reading() as db:
        seen = db.get_one(Person, person_id).last_seen_at
    assert seen == (asked + timedelta(days=3)).replace(hour=0)  # the day, not the hour


def test_a_silent_owner_without_whom_nobody_could_manage_stays(world):
    owner_id = sign_in(world, OLD)
    sign_in(world, NEW, subject="marat")
    with world.database.writing() as db:
        make_organization(db, "alone", owner=db.get_one(Person, owner_id))
    asked = NOW + IDLE_AFTER
    assert world.round(asked) == {"asked": 2, "sent": 2}
    assert world.round(asked + ANSWER_WITHIN) == {"erased": 1, "sent": 1}
    with world.database.reading() as db:
        assert [person.id for person in db.query(Person)] == [owner_id]
