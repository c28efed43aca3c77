"""Discreet letters and calendar entries say nothing to whoever sees them from outside."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar

from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event
from portal.domain.registrations import actions as registrations
from portal.domain.registrations import event_changes
from portal.domain.registrations.models import Registration
from portal.domain.registrations.queries import Pass
from tests.emails.programme import (
    EMAIL,
    ENDS_AT,
    NOW,
    START,
    STARTS_AT,
    calendar_in,
    entry_in,
    key_in,
)
from tests.factories import make_person

# Whatever would tell what a letter is about: title, organisation, place, portal.
TELLING = ("Dombra", "Домбыра", "Altyn", "Алтын", "Karl-Marx", "Shanyraq", "Шаңырақ", "kui")


def said_by(letter):
    """Everything one can read of a letter without opening its link, its headers too.

    What is made by chance is left out: now and then it spells one of the words.
    """
    parts = [letter.subject, letter.message["From"], letter.text, letter.html]
    parts += [attached.content.decode() for attached in letter.attachments]
    return re.sub(r"/passes/[\w-]{43}|[\w-]{22}@shanyraq", "", "\n".join(parts))


def test_a_guest_chooses_on_the_pass_and_nothing_tells_what_it_is_about(world, client):
    world.sign_up(confirmed=False)
    world.round()
    key = key_in(world.last())
    assert "Dombra evening" in said_by(world.last())  # the twin: an ordinary letter tells
    page = f"/en/passes/{key}"
    assert client.post(f"{page}/discretion", data={"wanted": "yes"}).status_code == 303
    assert client.post(f"{page}/confirmation").status_code == 303
    world.round()

    letter = world.last()
    assert letter.subject == "News about your sign-up"
    assert letter.message["From"].startswith("Notice <")
    assert not [word for word in TELLING if word in said_by(letter)]
    assert {link.split("?")[0].split("/passes/")[0] for link in letter.links} == {
        "https://testserver/en"
    }
    assert key_in(letter)
    entry = entry_in(letter)
    assert (entry["SUMMARY"], entry["DTSTART"].dt) == ("Appointment", STARTS_AT)
    assert {"LOCATION", "DESCRIPTION", "URL", "CATEGORIES"}.isdisjoint(entry)


def test_a_guest_may_change_back(world, client):
    world.sign_up()
    world.round()
    key = key_in(world.last())
    client.post(f"/en/passes/{key}/discretion", data={"wanted": "yes"})
    client.post(f"/en/passes/{key}/discretion")
    world.change(starts_wall=START + timedelta(hours=1), ends_wall=START + timedelta(hours=3))
    world.round()
    assert world.last().subject == "New time: Dombra evening"


def discreet_member(world):
    with world.database.writing() as db:
        person = make_person(db, "Қалампыр", email=EMAIL, is_discreet=True)
        registrations.register_member(db, person, world.event(db), NOW)
        db.flush()
        db.expunge(person)
        return person


@pytest.mark.parametrize("happens", ["changed", "cancelled", "day", "hour", "feedback"])
def test_every_kind_of_letter_to_a_discreet_member_is_neutral(world, happens):
    discreet_member(world)
    world.round()
    now = {
        "changed": NOW,
        "cancelled": NOW,
        "day": STARTS_AT - timedelta(hours=20),
        "hour": STARTS_AT - timedelta(minutes=50),
        "feedback": ENDS_AT + timedelta(hours=1),
    }[happens]
    if happens == "changed":
        world.change(starts_wall=START + timedelta(hours=1), ends_wall=START + timedelta(hours=3))
    if happens == "cancelled":
        world.with_event(event_changes.cancel_event)
    before = len(world.received())
    world.round(now)

    (letter,) = world.received()[before:]
    assert letter.subject == "News about your sign-up"
    assert not [word for word in TELLING if word in said_by(letter)]
    if happens == "cancelled":
        assert calendar_in(letter)["METHOD"] == "CANCEL"


def test_the_operators_own_name_may_stand_as_sender(world):
    world.settings = world.settings.model_copy(update={"site_name": "Club of friends"})
    discreet_member(world)
    world.round()
    assert world.last().message["From"].startswith("Club of friends <")


def test_the_calendar_file_of_a_discreet_pass_is_neutral_too(world, client, browser_of):
    person = discreet_member(world)
    with world.database.reading() as db:
        member_key = db.query(Registration).one().public_id
    ordinary = world.sign_up(email="guest@example.org")
    with world.database.writing() as db:
        registration = db.get_one(Registration, ordinary)
        key = registrations.new_pass_token(db, registration)
        slug = db.get_one(Event, world.event_id).slug
    answer = browser_of(person).get(f"/en/passes/{member_key}/event.ics")
    (entry,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert entry["SUMMARY"] == "Appointment"
    assert slug not in answer.headers["content-disposition"]
    assert not [w for w in TELLING if w in answer.text]

    answer = client.get(f"/en/passes/{key}/event.ics")
    (entry,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert entry["SUMMARY"] == "Dombra evening"
    assert slug in answer.headers["content-disposition"]


def test_a_members_profile_decides_for_all_sign_ups(world):
    person = discreet_member(world)
    world.round()
    with world.database.writing() as db:
        db.get_one(Person, person.id).is_discreet = False
        held = Pass(db.query(Registration).one(), world.event(db))
        registrations.be_discreet(db, held, wanted=True)
    world.with_event(event_changes.cancel_event)
    world.round()
    assert world.last().subject == "Cancelled: Dombra evening"
