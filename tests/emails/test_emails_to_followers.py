"""Followers of an initiative have one letter a day about it at most, and miss nothing of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.queries import name_of
from portal.domain.initiatives import follower_updates, following
from portal.domain.initiatives.models import Initiative
from portal.i18n.translated import Translated
from tests.emails.programme import NOW
from tests.factories import make_initiative, make_organization, make_person

# A letter leaves a moment after its round begins.
DAY, HOUR = timedelta(days=1, minutes=1), timedelta(hours=1)
MAIL = "dana@example.org"


@pytest.fixture
def tell(world):
    """Tells followers of what came of something, by its title, at an hour."""
    with world.database.writing() as db:
        line = make_initiative(db, make_organization(db))
        following.follow(db, make_person(db, "Дана", email=MAIL), line, NOW)

    def told(title, now):
        with world.database.writing() as db:
            follower_updates.announce(db, initiative_of(db), Translated.of("kk", kk=title), now)

    return told


def initiative_of(db):
    return db.scalars(select(Initiative)).one()


def test_a_burst_makes_one_letter_at_once_and_one_of_all_the_rest_a_day_later(world, tell):
    tell("Бірінші кеш", NOW)
    assert world.round() == {"notified": 1, "sent": 1}
    assert "“Бірінші кеш”" in world.last(MAIL).text
    for number, title in enumerate(("Екінші <кеш>", "Үшінші кеш", "Үшінші кеш"), start=1):
        tell(title, NOW + number * HOUR)
        assert world.round(NOW + number * HOUR) == {"notified": 1}
    assert world.round(NOW + DAY - HOUR) == {}
    assert world.round(NOW + DAY) == {"sent": 1}
    letter = world.last(MAIL)
    assert "- Екінші <кеш>\n- Үшінші кеш\n" in letter.text.replace("\r", "")
    assert "Бірінші" not in letter.text
    assert "once a day at most" in letter.text
    assert world.round(NOW + 9 * DAY) == {}
    # A day after it has left, the next leaves at once.
    tell("Төртінші кеш", NOW + 3 * DAY)
    assert world.round(NOW + 3 * DAY) == {"notified": 1, "sent": 1}
    assert len(world.received(MAIL)) == 3


def test_what_is_told_before_a_letter_has_left_goes_along_with_it(world, tell):
    for title in ("Бірінші кеш", "Екінші кеш"):
        tell(title, NOW)
    assert world.round(NOW + HOUR) == {"notified": 2, "sent": 1}
    assert "- Бірінші кеш\n- Екінші кеш\n" in world.last(MAIL).text.replace("\r", "")
    # The day counts from when it left, not from when it was owed.
    tell("Үшінші кеш", NOW + 2 * HOUR)
    assert world.round(NOW + DAY) == {"notified": 1}
    assert world.round(NOW + DAY + HOUR) == {"sent": 1}


def test_what_waits_is_not_sent_to_whoever_stops_nor_about_what_is_hidden(world, tell):
    with world.database.writing() as db:
        following.follow(db, make_person(db, email="samal@example.org"), initiative_of(db), NOW)
    tell("Бірінші кеш", NOW)
    assert world.round() == {"notified": 2, "sent": 2}
    tell("Екінші кеш", NOW + HOUR)
    assert world.round(NOW + HOUR) == {"notified": 2}
    with world.database.writing() as db:
        line = initiative_of(db)
        stops = next(each for each in db.scalars(select(Person)) if "Дана" in name_of(db, each))
        following.stop(db, stops.id, line.id)
        line.visibility = "private"
    assert world.round(NOW + DAY) == {"dropped": 1}
    with world.database.writing() as db:
        initiative_of(db).visibility = "public"
    # What was dropped has told nobody anything, so the next may leave.
    tell("Үшінші кеш", NOW + DAY + HOUR)
    assert world.round(NOW + DAY + HOUR) == {"notified": 1, "sent": 1}
    assert len(world.received(MAIL)) == 1
