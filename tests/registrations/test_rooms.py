"""Whose a pass is, when its room opens, and that the way in stands nowhere else."""

import secrets

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.events.details import Link
from portal.domain.events.models import AttendanceMode, Event
from portal.domain.registrations import event_changes
from portal.domain.registrations.models import PassToken, Registration
from portal.i18n.translated import Translated
from tests.factories import make_event, make_organization, make_person, pass_key, sign_up_guest
from tests.pages import addresses_of, words
from tests.registrations.passes import ROOM, event_with_pass, in_minutes


def test_a_letters_secret_opens_its_own_pass_only(client, database):
    with database.writing() as db:
        event = make_event(db, make_organization(db))
        keys = {
            name: pass_key(db, sign_up_guest(db, event, name=name), event)
            for name in ("Aset", "Botagoz")
        }
    for name, key in keys.items():
        shown = client.get(f"/en/passes/{key}")
        assert f"We expect you, {name}" in words(shown)
        for other in keys.keys() - {name}:
            assert other not in shown.text
            assert keys[other] not in shown.text


def test_every_letter_has_a_secret_of_its_own_and_all_of_them_work(client, database):
    with database.writing() as db:
        event = make_event(db, make_organization(db))
        guest = sign_up_guest(db, event)
        keys = {pass_key(db, guest, event) for _letter in range(3)}
    assert len(keys) == 3
    assert all(client.get(f"/en/passes/{key}").status_code == 200 for key in keys)
    with database.reading() as db:
        kept = set(db.scalars(select(PassToken.digest)))
    assert not kept & keys


def test_random_short_long_and_altered_keys_find_nothing(client, database):
    _slug, key = event_with_pass(database)
    swapped = key.swapcase()
    altered = [key[:-1], key + "A", swapped, secrets.token_urlsafe(32), "A" * 43, "A" * 4_000]
    for wrong in altered:
        for path in ("", "/room", "/event.ics", "/feedback"):
            assert client.get(f"/en/passes/{wrong}{path}").status_code == 404
        assert client.post(f"/en/passes/{wrong}/cancellation").status_code == 404
    assert client.get(f"/en/passes/{key}").status_code == 200


def test_a_guests_public_id_opens_nothing(client, browser_of, database):
    """Only the letter's secret does; the id that stands in the database is not one."""
    with database.writing() as db:
        event = make_event(db, make_organization(db))
        public_id, person = sign_up_guest(db, event).public_id, make_person(db)
    assert browser_of(person).get(f"/en/passes/{public_id}").status_code == 404
    assert client.get(f"/en/passes/{public_id}").status_code in {303, 404}


def test_before_the_room_opens_the_button_is_missing_and_says_when(client, database):
    _slug, key = event_with_pass(database, starts_at=in_minutes(60), time_zone="Asia/Almaty")
    shown = client.get(f"/en/passes/{key}")
    assert "The room opens 15 minutes before the start, at" in words(shown)
    assert f"/en/passes/{key}/attendance" not in addresses_of(shown)
    for answer in (
        client.post(f"/en/passes/{key}/attendance"),
        client.get(f"/en/passes/{key}/room"),
    ):
        assert answer.status_code == 409
        assert "It opens 15 minutes before the start" in words(answer)
        assert ROOM not in answer.text


@pytest.mark.parametrize(
    ("minutes", "is_open"), [(16, False), (14, True), (-1, True), (-119, True), (-121, False)]
)
def test_the_room_is_open_from_a_quarter_of_an_hour_before_the_start_until_the_end(
    client, database, minutes, is_open
):
    _slug, key = event_with_pass(database, starts_at=in_minutes(minutes))
    answer = client.post(f"/en/passes/{key}/attendance")
    assert answer.status_code == (303 if is_open else 409)
    shown = client.get(f"/en/passes/{key}/room")
    assert (ROOM in shown.text) == is_open


def test_the_room_shows_its_links_with_their_remarks_in_order(client, database):
    links = (
        Link("https://first.example.org/a", Translated.of("kk", kk="Қытайда да ашылады")),
        Link("https://second.example.org/b", Translated.of("kk")),
    )
    _slug, key = event_with_pass(database, starts_at=in_minutes(5), join_links=links)
    answer = client.post(f"/en/passes/{key}/attendance")
    assert answer.headers["location"] == f"/en/passes/{key}/room"
    shown = client.get(answer.headers["location"])
    assert words(shown).index("first.example.org") < words(shown).index("second.example.org")
    assert "Қытайда да ашылады" in words(shown)
    assert {link.url for link in links} <= addresses_of(shown)
    assert shown.headers["cache-control"] == "no-store"


def test_joining_is_remembered_once_and_looking_is_not(client, database):
    _slug, key = event_with_pass(database, starts_at=in_minutes(5))

    def attended():
        with database.reading() as db:
            return db.scalar(select(Registration.attended_at))

    client.get(f"/en/passes/{key}")
    assert client.get(f"/en/passes/{key}/room").headers["location"] == f"/en/passes/{key}"
    assert attended() is None
    client.post(f"/en/passes/{key}/attendance")
    first = attended()
    client.post(f"/en/passes/{key}/attendance")
    assert attended() == first is not None


@pytest.mark.parametrize("minutes", [5, -110])
def test_three_clicks_lead_a_member_from_the_event_page_into_the_room(
    browser_of, database, minutes
):
    with database.writing() as db:
        person = make_person(db)
        slug = make_event(db, make_organization(db), starts_at=in_minutes(minutes)).slug
    browser = browser_of(person)
    shown = browser.get(f"/en/events/{slug}")
    assert f"/en/events/{slug}/registration" in addresses_of(shown)
    on_pass = browser.get(browser.post(f"/en/events/{slug}/registration").headers["location"])
    (button,) = [a for a in addresses_of(on_pass) if a.endswith("/attendance")]
    in_room = browser.get(browser.post(button).headers["location"])
    assert ROOM in addresses_of(in_room)


def test_in_line_unproved_cancelled_and_given_back_passes_open_no_room(client, database):
    with database.writing() as db:
        event = make_event(db, make_organization(db), capacity=2, starts_at=in_minutes(5))
        gone = sign_up_guest(db, event)
        unproved = sign_up_guest(db, event, confirmed=False, now=clock.now())
        waiting = sign_up_guest(db, event)
        keys = [pass_key(db, each, event) for each in (gone, unproved, waiting)]
    client.post(f"/en/passes/{keys[0]}/cancellation")
    # The place given back has just promoted the one in line, so fill it up again.
    with database.writing() as db:
        event = db.scalars(select(Event)).one()
        waiting = sign_up_guest(db, event)
        keys[2] = pass_key(db, waiting, event)
    reasons = ("You have no place", "Confirm your place first", "You are on the waiting list")
    for key, reason in zip(keys, reasons, strict=True):
        answer = client.post(f"/en/passes/{key}/attendance")
        assert answer.status_code == 409
        assert reason in words(answer)
        assert ROOM not in answer.text + client.get(f"/en/passes/{key}/room").text


@pytest.mark.parametrize("verb", [event_changes.cancel_event, event_changes.postpone])
def test_a_called_off_event_opens_no_room_and_its_pass_says_so(client, database, verb):
    _slug, key = event_with_pass(database, starts_at=in_minutes(5))
    with database.writing() as db:
        verb(db, db.scalars(select(Event)).one(), clock.now())
    assert client.post(f"/en/passes/{key}/attendance").status_code == 409
    said = words(client.get(f"/en/passes/{key}"))
    assert "It will not take place" in said or "Postponed" in said


def test_an_event_in_person_has_no_room(client, database):
    _slug, key = event_with_pass(
        database,
        starts_at=in_minutes(5),
        attendance_mode=AttendanceMode.OFFLINE,
        venue=Translated.of("kk", kk="Абай алаңы 1"),
        join_links=(),
    )
    shown = words(client.get(f"/en/passes/{key}"))
    assert "Абай алаңы 1" in shown
    assert "room" not in shown
    assert client.post(f"/en/passes/{key}/attendance").status_code == 409


def test_the_way_into_the_room_stands_nowhere_but_behind_the_pass(client, browser_of, database):
    """Everything a stranger, a member in line and a holder before the time can see is read."""
    with database.writing() as db:
        organization = make_organization(db)
        event = make_event(db, organization, starts_at=in_minutes(60), capacity=1)
        slug, owner_of_place = event.slug, organization.slug
        key = pass_key(db, sign_up_guest(db, event), event)
        person = make_person(db)
    member = browser_of(person)
    in_line = member.post(f"/en/events/{slug}/registration").headers["location"]
    pages = [
        client.get(path)
        for language in ("kk", "ru", "en")
        for path in (
            f"/{language}",
            f"/{language}/events",
            f"/{language}/events?tag=music",
            f"/{language}/events/{slug}",
            f"/{language}/events/{slug}/event.ics",
            f"/{language}/events/{slug}/registration",
            f"/{language}/calendar",
            f"/{language}/calendar.ics",
            f"/{language}/organizations/{owner_of_place}",
            f"/{language}/organizations/{owner_of_place}/calendar.ics",
            f"/{language}/passes/{key}",
            f"/{language}/passes/{key}/event.ics",
        )
    ]
    paths = (f"/en/events/{slug}", "/en/passes", in_line, f"{in_line}/event.ics")
    pages += [member.get(path) for path in paths]
    for page in pages:
        assert page.status_code == 200
        assert "secret-room" not in page.text
        assert "meet.example.org" not in page.text
        assert key not in page.text or f"/passes/{key}" in page.request.url.path


def test_the_calendar_file_of_a_pass_names_neither_room_nor_holder_nor_key(client, database):
    _slug, key = event_with_pass(database)
    file = client.get(f"/en/passes/{key}/event.ics")
    assert file.headers["content-type"].startswith("text/calendar")
    for secret in ("secret-room", key, "Guest", "ATTENDEE"):
        assert secret not in file.text
