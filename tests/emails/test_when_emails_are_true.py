"""A letter that is no longer true or wanted when its turn comes is not sent."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.domain.accounts.people.actions import Claims, welcome
from portal.domain.emails.actions import LEASE, mark_dropped
from portal.domain.emails.models import Email, EmailKind
from portal.domain.events.details import Link
from portal.domain.feedback.actions import Given, submit
from portal.domain.publishing.publication import Hiding
from portal.domain.registrations import actions as registrations
from portal.domain.registrations import event_changes
from portal.domain.registrations.queries import pass_for
from portal.domain.registrations.rules import HELD_FOR
from tests.conftest import ADDRESS
from tests.emails.programme import (
    ENDS_AT,
    LASTS,
    NOW,
    START,
    STARTS_AT,
    english,
    key_in,
)
from tests.factories import make_host, make_organization

pytestmark = pytest.mark.both_engines

A_DAY_BEFORE = STARTS_AT - timedelta(hours=24)
AN_HOUR_BEFORE = STARTS_AT - timedelta(hours=1)
LATER_BY_AN_HOUR = {
    "starts_wall": START + timedelta(hours=1),
    "ends_wall": START + LASTS + timedelta(hours=1),
}


def test_reminders_come_a_day_and_an_hour_before_in_the_readers_hours(world):
    world.sign_up(language="ru")
    world.round()

    assert world.round(A_DAY_BEFORE) == {"owed": 1, "sent": 1}
    assert "21:00" in world.last().subject
    assert world.round(A_DAY_BEFORE + timedelta(hours=1)) == {}
    assert world.round(AN_HOUR_BEFORE) == {"owed": 1, "sent": 1}
    assert len(world.received()) == 3


@pytest.mark.parametrize(
    ("hours", "reminded"), [(47, True), (27, True), (25, False), (23, False), (4, False)]
)
def test_whoever_signs_up_late_is_reminded_unless_the_confirmation_has_just_said_it(
    world, hours, reminded
):
    signed_up = STARTS_AT - timedelta(hours=hours)
    world.sign_up(now=signed_up)
    assert world.round(signed_up)["sent"] == 1
    world.round(max(A_DAY_BEFORE, signed_up + timedelta(minutes=5)))

    assert len(world.received()) == (2 if reminded else 1)
    assert world.round(AN_HOUR_BEFORE)["sent"] == 1


def test_a_confirmation_that_never_came_spares_nobody_the_reminder(world):
    signed_up = STARTS_AT - timedelta(hours=23)
    world.sign_up(now=signed_up)
    with world.database.writing() as db:
        (confirmed,) = db.scalars(select(Email).where(Email.kind == EmailKind.CONFIRMED.value))
        mark_dropped(confirmed)
    world.round(signed_up + timedelta(minutes=5))

    assert world.last().subject.startswith("Tomorrow")


@pytest.mark.parametrize(
    ("change", "reminded"),
    [
        ({"venue": english("Room 13")}, True),
        ({"join_links": (Link("https://other.example/y", english("")),)}, True),
        (LATER_BY_AN_HOUR, False),
        (LATER_BY_AN_HOUR | {"venue": english("Room 13")}, False),
    ],
    ids=["place", "links", "time", "time and place"],
)
def test_only_a_letter_that_says_the_time_spares_the_reminder(world, change, reminded):
    world.sign_up()
    world.round()
    world.change(A_DAY_BEFORE - timedelta(minutes=5), **change)
    world.round(A_DAY_BEFORE - timedelta(minutes=5))
    known = len(world.received())
    world.round(A_DAY_BEFORE + timedelta(hours=1))

    assert len(world.received()) - known == reminded


def test_a_new_host_spares_nobody_the_reminder(world):
    world.sign_up()
    world.round()
    with world.database.writing() as db:
        event = world.event(db)
        partner = make_organization(db, "partner")
        host = make_host(db, event, partner, accepted=False)
        event_changes.join_hosts(db, host, A_DAY_BEFORE - timedelta(minutes=5))

    assert world.round(A_DAY_BEFORE) == {"owed": 1, "sent": 2}
    assert "Today" in world.last().subject or "Tomorrow" in world.last().subject


def test_a_reminder_says_today_or_tomorrow_by_the_readers_calendar(world):
    world.sign_up(time_zone="Asia/Tokyo")  # there it starts at one o'clock on Sunday
    world.sign_up(email="berlin@example.org", time_zone="Europe/Berlin")
    world.round()
    world.round(STARTS_AT - timedelta(hours=15, minutes=30))

    assert world.last().subject == "Tomorrow, 01:00 (Tokyo): Dombra evening"
    assert world.last("berlin@example.org").subject == "Today, 18:00 (Berlin): Dombra evening"


def test_a_reminder_moves_with_its_event(world):
    world.sign_up()
    world.round()
    world.mailbox.refuse_next(451, "try later")
    assert world.round(A_DAY_BEFORE) == {"owed": 1, "failed": 1}

    later = START + timedelta(days=3)
    world.change(A_DAY_BEFORE + timedelta(hours=1), starts_wall=later, ends_wall=later + LASTS)
    assert world.round(A_DAY_BEFORE + timedelta(hours=2)) == {"sent": 1, "dropped": 1}
    assert world.last().subject == "New time: Dombra evening"
    assert world.round(A_DAY_BEFORE + timedelta(days=3)) == {"owed": 1, "sent": 1}
    assert world.last().subject == "Tomorrow, 21:00 (Almaty): Dombra evening"


def test_whoever_wants_no_reminders_gets_none_but_hears_of_changes(world):
    registration_id = world.sign_up()
    world.round()
    world.mailbox.refuse_next(451, "try later")
    world.round(A_DAY_BEFORE)
    world.with_pass(registration_id, registrations.want_reminders, wanted=False)

    assert world.round(A_DAY_BEFORE + timedelta(hours=1)) == {"dropped": 1}
    assert world.round(AN_HOUR_BEFORE) == {}
    world.change(AN_HOUR_BEFORE, venue=english("Room 13"))
    assert world.round(AN_HOUR_BEFORE) == {"sent": 1}


def test_a_place_given_back_meanwhile_gets_no_letter(world):
    world.with_pass(world.sign_up(), registrations.cancel, NOW)

    assert world.round() == {"dropped": 2}
    assert world.received() == []


def test_a_hold_that_ran_out_frees_the_place_and_gets_no_letter(world):
    world.sign_up(confirmed=False)

    assert world.round(NOW + HELD_FOR) == {"released": 1, "dropped": 1}
    with world.database.reading() as db:
        assert world.event(db).taken == 0


def test_nobody_is_reminded_of_a_cancelled_event(world):
    world.sign_up()
    world.round()
    world.mailbox.refuse_next(451, "try later")
    world.round(A_DAY_BEFORE)
    soon = A_DAY_BEFORE + timedelta(hours=1)
    world.with_event(event_changes.cancel_event, soon)

    assert world.round(soon) == {"sent": 1, "dropped": 1}
    assert world.last().subject == "Cancelled: Dombra evening"


def _hide(_db, event, _now):
    event.hide(Hiding.SUSPENSION)


def test_a_hidden_event_tells_nothing_but_its_end(world):
    world.sign_up()
    world.round()
    world.mailbox.refuse_next(451, "try later")
    world.change(venue=english("Room 13"))
    assert world.round() == {"failed": 1}
    told = len(world.received())
    world.with_event(_hide)
    world.change(venue=english("Pay to card 4400"))
    world.with_event(event_changes.postpone)
    later = START + timedelta(hours=1)
    world.change(starts_wall=later, ends_wall=later + LASTS)
    assert world.round(NOW + timedelta(hours=1)) == {"dropped": 1}  # the one that waited
    assert world.round(A_DAY_BEFORE + timedelta(hours=1)) == {}
    assert world.round(AN_HOUR_BEFORE + timedelta(hours=1)) == {}
    assert len(world.received()) == told
    world.with_event(event_changes.cancel_event, AN_HOUR_BEFORE)
    assert world.round(AN_HOUR_BEFORE) == {"sent": 1}
    assert world.last().subject == "Cancelled: Dombra evening"


def test_an_event_shown_again_is_reminded_of(world):
    world.sign_up()
    world.round()
    world.with_event(_hide)
    assert world.round(A_DAY_BEFORE) == {}
    world.with_event(lambda _db, event, _now: event.restore())
    assert world.round(A_DAY_BEFORE + timedelta(hours=1)) == {"owed": 1, "sent": 1}


def test_an_event_with_a_new_date_is_no_longer_called_postponed(world):
    world.sign_up()
    world.round()
    world.with_event(event_changes.postpone)
    with world.database.writing() as db:  # a worker has taken it, and does not come back
        taken = db.scalars(select(Email).where(Email.kind == EmailKind.CHANGED.value)).one()
        taken.leased_until = NOW + LEASE
    later = START + timedelta(days=30)
    world.change(starts_wall=later, ends_wall=later + LASTS)

    assert world.round(NOW + LEASE) == {"sent": 1, "dropped": 1}
    assert world.last().subject == "New time: Dombra evening"


def test_a_member_without_one_proper_address_gets_no_letter_and_stops_nobody_elses(world):
    with world.database.writing() as db:
        for subject, address in (("8", None), ("9", "a@b.example, c@d.example")):
            person = welcome(db, Claims("https://id.example", subject, "Ая", address), "kk", NOW)
            registrations.register_member(db, person, world.event(db), NOW)
    world.sign_up()

    assert world.round() == {"sent": 1, "dropped": 3}


def test_feedback_is_asked_for_again_only_where_none_was_given(world):
    world.sign_up()
    world.sign_up(email="open@example.org")
    world.round()
    assert world.round(ENDS_AT + timedelta(minutes=30)) == {"owed": 2, "sent": 2}
    letter = world.last("open@example.org")
    assert letter.subject == "How was it? Dombra evening"
    assert "The form is open until 1 May 2027, 23:00 (Almaty, UTC+5)." in letter.text
    assert f"{ADDRESS}/en/passes/{key_in(letter)}/feedback" in letter.links
    with world.database.writing() as db:
        held = pass_for(db, None, key_in(letter), ENDS_AT)
        submit(db, held, Given(5, 10, "", "", may_quote=False, language="en"), ENDS_AT)

    assert world.round(ENDS_AT + timedelta(days=3)) == {"owed": 1, "sent": 1}
    assert len(world.received("open@example.org")) == 2
    assert world.last().subject == "Will you tell us how it was? Dombra evening"
