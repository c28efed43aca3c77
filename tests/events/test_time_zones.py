"""Whose time is shown: the reader's first, the organiser's beside it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from portal.core import clock
from portal.core.time_zones import instant_of, offset_label, wall_of, zone_info
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event
from portal.i18n.translated import Translated
from tests.factories import make_event, make_organization, make_person, pass_key, sign_up_guest
from tests.pages import errors_of, page_of, words

# 18:00 in Berlin in summer: 21:00 in Almaty, 12:00 in New York.
STARTS_AT = datetime(2031, 7, 10, 16, tzinfo=UTC)


@pytest.fixture
def slug(database):
    with database.writing() as db:
        return make_event(
            db, make_organization(db), starts_at=STARTS_AT, time_zone="Europe/Berlin"
        ).slug


def clocks(answer):
    """Hours shown for the event, first ones first."""
    block = page_of(answer).xpath("//main//*[contains(@class, 'times')]")[0]
    return [" ".join(each.split()) for each in block.xpath(".//time/text()")], words(
        answer, "(//main//*[contains(@class, 'times')])[1]"
    )


def choose(browser, zone, **more):
    return browser.post("/en/time-zone", data={"time_zone": zone} | more)


def test_without_a_known_zone_the_organisers_hour_comes_first_and_astanas_beside_it(client, slug):
    hours, said = clocks(client.get(f"/en/events/{slug}"))
    assert hours == ["18:00", "21:00"]
    assert said.index("Berlin") < said.index("Astana")
    assert "organiser’s time" in said
    assert "Astana time" in said


def test_a_chosen_zone_comes_first_and_the_organisers_beside_it(client, slug):
    answer = choose(client, "America/New_York", next=f"/en/events/{slug}")
    assert answer.headers["location"] == f"/en/events/{slug}"
    hours, said = clocks(client.get(f"/en/events/{slug}"))
    assert hours == ["12:00", "18:00"]
    assert said.index("New York") < said.index("Berlin")
    assert "your time" in said
    assert "Astana" not in said


def test_the_cookie_comes_before_the_profile(browser_of, database, slug):
    with database.writing() as db:
        person = make_person(db, time_zone="Asia/Seoul")
    browser = browser_of(person)
    assert clocks(browser.get(f"/en/events/{slug}"))[0] == ["01:00", "18:00"]
    choose(browser, "America/New_York")
    assert clocks(browser.get(f"/en/events/{slug}"))[0] == ["12:00", "18:00"]


def test_a_zone_saved_in_the_profile_counts_from_then_on(browser_of, database, slug):
    with database.writing() as db:
        person = make_person(db)
    browser = browser_of(person)
    choose(browser, "America/New_York")
    form = {"name": "Dana", "language": "en", "time_zone": "Asia/Seoul"}
    assert browser.post("/en/profile", data=form).status_code == 303
    assert clocks(browser.get(f"/en/events/{slug}"))[0] == ["01:00", "18:00"]
    with database.reading() as db:
        assert db.query(Person.time_zone).scalar() == "Asia/Seoul"


def test_a_day_that_is_another_where_the_organiser_is_is_named(client, slug):
    choose(client, "Asia/Seoul")
    _hours, said = clocks(client.get(f"/en/events/{slug}"))
    assert "Friday, 11 July 2031" in words(client.get(f"/en/events/{slug}"))
    assert "Thu 10" in said


def test_an_end_after_midnight_is_an_hour_and_one_after_days_a_date(client, database):
    first, last = "Thursday, 10 July 2031", "Saturday, 12 July 2031"
    with database.writing() as db:
        organization = make_organization(db)
        evening, night, days = (
            make_event(db, organization, starts_at=STARTS_AT, lasts=timedelta(hours=hours)).slug
            for hours in (2, 4, 44)
        )
    said = {slug: words(client.get(f"/en/events/{slug}")) for slug in (evening, night, days)}
    assert f"{first} 2 hours" in said[evening]
    assert f"{first} – 01:00 4 hours" in said[night]
    assert f"{first} – {last} 1 day" in said[days]


def test_cities_whose_clocks_agree_share_one_hour(client, database):
    with database.writing() as db:
        slug = make_event(db, make_organization(db), starts_at=STARTS_AT).slug
    hours, said = clocks(client.get(f"/en/events/{slug}"))
    assert hours == ["21:00"]
    assert "Almaty" in said
    assert "Astana" in said


def test_a_forged_cookie_is_as_good_as_none(client, slug):
    for wrong in ("Mars/Phobos", "../../etc/passwd", "<b>", "UTC", "A" * 3_000, ""):
        answer = client.get(f"/en/events/{slug}", headers={"cookie": f"time_zone={wrong}"})
        assert answer.status_code == 200
        assert clocks(answer)[0] == ["18:00", "21:00"]


@pytest.mark.parametrize("zone", ["Mars/Phobos", "", "EST", "../x", "Europe/Berlin\0", "Z" * 100])
def test_unknown_zones_are_refused(client, zone):
    answer = choose(client, zone)
    assert answer.status_code == 422
    assert list(errors_of(answer)) == ["time_zone"]
    assert "set-cookie" not in answer.headers


def test_the_choice_is_remembered_by_the_browser_alone(client):
    cookie = choose(client, "Europe/Berlin").headers["set-cookie"]
    for part in ("time_zone=", "HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part.lower() in cookie.lower()


def test_the_pass_shows_the_guests_own_time_first(client, database, slug):
    with database.writing() as db:
        event = db.query(Event).one()
        key = pass_key(db, sign_up_guest(db, event, time_zone="America/New_York"), event)
    shown = words(client.get(f"/en/passes/{key}"))
    assert shown.index("12:00") < shown.index("18:00")
    assert "The room opens 15 minutes before the start, at 11:45" in shown


def test_lists_show_the_readers_hour_first(client, slug):
    choose(client, "America/New_York")
    shown = words(client.get("/en/events"))
    assert shown.index("12:00") < shown.index("18:00")


def test_kazakhstan_has_been_one_zone_since_march_2024():
    """Rules come from the package, not from a machine's old tables."""
    for moment, hours in (
        (datetime(2024, 2, 29, 17, 59, tzinfo=UTC), 6),
        (datetime(2024, 2, 29, 18, 0, tzinfo=UTC), 5),
        (datetime(2027, 7, 1, tzinfo=UTC), 5),
    ):
        assert moment.astimezone(zone_info("Asia/Almaty")).utcoffset() == timedelta(hours=hours)
    assert offset_label("Asia/Almaty", datetime(2027, 1, 1, tzinfo=UTC)) == "UTC+5"
    assert instant_of(datetime(2024, 2, 29, 12), "Asia/Almaty") == datetime(
        2024, 2, 29, 6, tzinfo=UTC
    )
    assert instant_of(datetime(2024, 3, 1, 12), "Asia/Almaty") == datetime(
        2024, 3, 1, 7, tzinfo=UTC
    )


def test_an_event_keeps_the_hour_its_organiser_typed_across_a_change_of_clocks(client, database):
    """The evening before and after the clocks change: 18:00 on the wall both times."""
    with database.writing() as db:
        organization = make_organization(db)
        slugs = [
            make_event(
                db,
                organization,
                title=Translated.of("en", en=f"Evening {day}"),
                time_zone="Europe/Berlin",
                starts_wall=datetime(2031, 3, day, 18),
                ends_wall=datetime(2031, 3, day, 19),
            ).slug
            for day in (29, 30)
        ]
    offsets = []
    for slug in slugs:
        assert clocks(client.get(f"/en/events/{slug}"))[0][0] == "18:00"
        file = Calendar.from_ical(client.get(f"/en/events/{slug}/event.ics").content)
        (entry,) = file.walk("VEVENT")
        start = entry["DTSTART"].dt
        assert (start.hour, entry["DTSTART"].params["TZID"]) == (18, "Europe/Berlin")
        offsets.append(wall_of(start.astimezone(UTC), "Europe/Berlin").utcoffset())
    assert offsets == [timedelta(hours=1), timedelta(hours=2)]


def test_the_page_that_chooses_a_zone_names_cities_in_the_readers_language(client):
    for language, city in (("kk", "Нью-Йорк"), ("ru", "Нью-Йорк"), ("en", "New York")):
        shown = client.get(f"/{language}/time-zone")
        (label,) = page_of(shown).xpath("//main//option[@value='America/New_York']/text()")
        assert label.startswith(city)
        assert "UTC−" in label
    offset = offset_label("America/New_York", clock.now().replace(day=1, hour=0))
    assert offset in client.get("/en/time-zone").text


def offered_cities(answer):
    """Cities by zone on the page that chooses one, without their offsets."""
    options = page_of(answer).xpath("//main//option")
    return {option.get("value"): option.text.rpartition(" (")[0] for option in options}


def test_every_city_to_choose_from_is_named_in_the_readers_letters(client):
    younger_than_the_names = {"America/Coyhaique"}
    for language in ("kk", "ru"):
        cities = offered_cities(client.get(f"/{language}/time-zone"))
        latin = {zone for zone, city in cities.items() if re.search("[A-Za-z]", city)}
        assert latin <= younger_than_the_names
        assert len(cities) > 400
    assert offered_cities(client.get("/ru/time-zone"))["Europe/Kyiv"] == "Киев"
    assert offered_cities(client.get("/kk/time-zone"))["America/Nuuk"] == "Нуук"


def test_a_zone_stands_in_the_list_under_one_name(client):
    cities = offered_cities(client.get("/en/time-zone"))
    for former in ("Asia/Istanbul", "Asia/Calcutta", "Australia/North", "America/Knox_IN"):
        assert former not in cities
    assert list(cities.values()).count("Istanbul") == 1
    assert cities["Asia/Kolkata"] == "Kolkata"


def test_a_former_name_that_a_browser_says_is_accepted_and_stays_chosen(client, slug):
    assert choose(client, "Asia/Calcutta").status_code == 303
    assert clocks(client.get(f"/ru/events/{slug}"))[0] == ["21:30", "18:00"]
    assert "Калькутта" in clocks(client.get(f"/ru/events/{slug}"))[1]
    page = page_of(client.get("/ru/time-zone"))
    assert page.xpath("//main//option[@selected]/@value") == ["Asia/Calcutta"]
