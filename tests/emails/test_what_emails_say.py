"""A letter says what its reader needs, in the reader's words, script and clock."""

import re
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import select

from portal import HOME
from portal.domain.accounts.people.actions import Claims, welcome
from portal.domain.emails.models import EmailKind
from portal.domain.events.details import Link
from portal.domain.registrations import actions as registrations
from portal.domain.registrations import event_changes
from portal.domain.registrations.models import PassToken
from portal.domain.registrations.queries import pass_for
from portal.i18n.kazakh.scripts import ARABIC, convert
from portal.i18n.translated import Translated
from tests.emails.programme import (
    DETAILS,
    LASTS,
    NOW,
    START,
    STARTS_AT,
    calendar_in,
    english,
    entry_in,
    key_in,
)
from tests.factories import make_host, make_organization


def test_a_guest_is_asked_to_prove_the_address_and_the_link_opens_the_pass(world):
    registration_id = world.sign_up(confirmed=False)

    assert world.round() == {"sent": 1}
    letter = world.last()
    assert letter.subject == "Please confirm: Dombra evening"
    assert "Hello Айгерім," in letter.text
    assert "until 11 April 2027, 14:00 (Almaty, UTC+5)" in letter.text
    assert not letter.attachments
    with world.database.reading() as db:
        assert pass_for(db, None, key_in(letter), NOW).registration.id == registration_id


def test_a_guest_in_line_is_told_so_at_once(world):
    for number in range(2):
        world.sign_up(email=f"guest{number}@example.org")
    world.sign_up(confirmed=False)
    world.round()

    assert "You are number 1 on the waiting list" in world.last().text


def test_a_confirmed_place_comes_with_a_calendar_file(world):
    world.sign_up()
    world.round()

    letter = world.last()
    assert letter.subject == "Your place is confirmed: Dombra evening"
    assert "Room 12, Karl-Marx-Allee 5" in letter.text
    assert "room.example" not in str(letter.message)
    assert calendar_in(letter)["METHOD"] == "PUBLISH"
    assert entry_in(letter)["DTSTART"].dt == STARTS_AT
    assert entry_in(letter)["SUMMARY"] == "Dombra evening"


def test_the_readers_clock_comes_first_and_the_organisers_beside_it(world):
    world.sign_up(time_zone="America/New_York")
    world.round()

    lines = world.last().text.splitlines()
    here = lines.index("Saturday, 17 April 2027, 12:00–14:00 · New York (UTC−4), your time")
    assert lines[here + 1] == (
        "Saturday, 17 April 2027, 18:00–20:00 · Berlin (UTC+2), organiser’s time"
    )


@pytest.mark.parametrize("unknown", [None, "Mars/Olympus"])
def test_without_a_zone_the_organisers_clock_and_astanas_are_shown(world, unknown):
    world.sign_up(time_zone=unknown)
    world.round()

    lines = world.last().text.splitlines()
    here = lines.index("Saturday, 17 April 2027, 18:00–20:00 · Berlin (UTC+2), organiser’s time")
    assert lines[here + 1] == "Saturday, 17 April 2027, 21:00–23:00 · Astana (UTC+5), Astana time"


def test_clocks_that_agree_share_a_line_and_a_night_names_both_days(world):
    night = START.replace(hour=23)
    world.change(starts_wall=night, ends_wall=night + timedelta(hours=3))
    world.sign_up(time_zone="Europe/Paris")
    world.round()

    assert (
        "Saturday, 17 April 2027, 23:00 – Sunday, 18 April 2027, 02:00 · "
        "Paris, Berlin (UTC+2), your time"
    ) in world.last().text.splitlines()


def test_a_letter_is_in_the_readers_language_and_says_so(world):
    world.change(venue=english("Room 13"))
    world.sign_up(language="kk")
    world.round()

    letter = world.last()
    assert "Домбыра кеші" in letter.subject
    assert "сенбі" in letter.text
    assert letter.message["Content-Language"] == "kk"
    page = html.fromstring(letter.html)
    assert (page.get("lang"), page.get("dir")) == ("kk", "ltr")
    assert page.xpath("//*[@lang='en'][text()='Room 13']")
    assert all("/kk" in link for link in letter.links)


def test_a_member_gets_the_pass_by_its_public_id(world):
    with world.database.writing() as db:
        claims = Claims("https://id.example", "7", "Дана", "dana@example.org")
        person = welcome(db, claims, "ru", NOW)
        registration = registrations.register_member(db, person, world.event(db), NOW)
        public_id = registration.public_id
    world.round()

    assert key_in(world.last("dana@example.org")) == public_id
    with world.database.reading() as db:
        assert db.scalars(select(PassToken)).all() == []


def test_the_line_is_told_its_place_and_then_that_a_place_is_free(world):
    ids = [world.sign_up(email=f"guest{number}@example.org") for number in range(4)]
    world.round()
    assert "You are number 2 on the waiting list." in world.last("guest3@example.org").text
    assert not world.last("guest3@example.org").attachments

    world.with_pass(ids[0], registrations.cancel, NOW)
    world.round()
    assert world.last("guest2@example.org").subject == "A place for you: Dombra evening"
    assert calendar_in(world.last("guest2@example.org"))["METHOD"] == "PUBLISH"
    assert len(world.received("guest0@example.org")) == 1


def test_a_place_for_an_unproved_address_is_still_to_be_confirmed(world):
    ids = [world.sign_up(email=f"guest{number}@example.org") for number in range(2)]
    world.sign_up(confirmed=False)
    world.with_pass(ids[0], registrations.cancel, NOW)
    world.round()

    assert "please confirm on your pass" in world.last().text
    assert not world.last().attachments


def test_a_new_time_is_announced_with_a_new_calendar_file(world):
    world.sign_up()
    world.round()
    later = START + timedelta(hours=1)
    world.change(starts_wall=later, ends_wall=later + LASTS)
    world.round()

    letter = world.last()
    assert letter.subject == "New time: Dombra evening"
    assert "Saturday, 17 April 2027, 22:00 – Sunday, 18 April 2027, 00:00" in letter.text
    before, after = entry_in(world.received()[0]), entry_in(letter)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_a_new_link_is_announced_without_the_link_itself(world):
    world.sign_up()
    world.round()
    world.change(join_links=(Link("https://other.example/y", english("")),))
    world.round()

    assert world.last().subject == "New link: Dombra evening"
    assert "other.example" not in str(world.last().message)
    assert not world.last().attachments


def test_a_postponed_event_has_no_time_to_show(world):
    world.sign_up()
    world.round()
    world.with_event(event_changes.postpone)
    world.round()

    assert world.last().subject == "Postponed: Dombra evening"
    assert "UTC+" not in world.last().text


def test_a_new_host_is_named_with_what_it_sees(world):
    world.sign_up()
    world.round()
    with world.database.writing() as db:
        partner = make_organization(db)
        partner.name = english("Steppe\nRadio")
        host = make_host(db, world.event(db), partner, accepted=False)
        event_changes.join_hosts(db, host, NOW)
    world.round()

    letter = world.last()
    assert letter.subject == "New organisers: Dombra evening"
    said = " ".join(letter.text.split())
    assert "now held by" in said
    assert "and Steppe Radio. The editors of each see the name you gave." in said
    assert not letter.attachments


def test_a_cancelled_event_takes_itself_out_of_calendars(world):
    world.sign_up()
    world.round()
    world.with_event(event_changes.cancel_event)
    world.round()

    letter = world.last()
    assert letter.subject == "Cancelled: Dombra evening"
    assert letter.kind == "cancelled invitation"
    assert calendar_in(letter)["METHOD"] == "CANCEL"
    before, after = entry_in(world.received()[0]), entry_in(letter)
    assert (after["UID"], after["STATUS"]) == (before["UID"], "CANCELLED")
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_every_kind_of_letter_is_written_as_text_and_as_html():
    written = {path.name for path in (HOME / "templates" / "emails").iterdir()}
    assert written - {"base.txt", "base.html"} == {
        f"{kind.value}.{form}" for kind in EmailKind for form in ("txt", "html")
    }


CYRILLIC = re.compile("[\u0400-\u04ff]")


def test_a_letter_is_written_in_its_readers_script(world):
    world.sign_up(name="Айгерім", language="kk-Arab")
    world.round()
    letter = world.last().message
    assert letter["Content-Language"] == "kk-Arab"
    title = convert(DETAILS.title.texts()["kk"], ARABIC)
    plain, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for part in (str(letter["Subject"]), plain, html):
        assert title in part
        # Nobody's name is converted.
        assert not CYRILLIC.search(part.replace("Айгерім", ""))
    assert "Айгерім" in plain
    assert "Айгерім" in html
    assert '<html lang="kk-Arab" dir="rtl">' in html
    assert "/kk-Arab/" in plain


def test_what_is_not_kazakh_keeps_its_letters(world):
    world.change(title=Translated.of("ru", ru="Вечер песни"))
    world.sign_up(name="Игорь", language="kk-Latn")
    world.round()
    letter = world.last().message
    plain, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for part in (str(letter["Subject"]), plain, html):
        assert "Вечер песни" in part
        assert not re.search("[\ue000-\uf8ff]", part)
    assert "Игорь" in plain
    assert not CYRILLIC.search(plain.replace("Вечер песни", "").replace("Игорь", ""))
