"""Events as calendar programs get them."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

import pytest
from icalendar import Calendar

from portal.content.defang import WORD_JOINER
from portal.core.availability import Band
from portal.core.time_zones import zone_info
from portal.domain.events.icalendar import calendar_of
from portal.domain.events.link_safety import unlinked
from portal.domain.events.queries import EventRow
from portal.i18n.locale import use_locale
from portal.i18n.translated import Translated

PLAIN: dict[str, Any] = {
    "id": 1,
    "slug": "nauryz",
    "uid": "abc@shanyraq",
    "sequence": 3,
    "title": Translated.of("kk", kk="Наурыз той", en="Nauryz feast"),
    "summary": Translated.of("kk", kk="Келіңіз", en="Come"),
    "venue": Translated.of("kk", kk="Абай 1", en="Abai 1"),
    "attendance_mode": "offline",
    "starts_at": datetime(2026, 3, 22, 13, tzinfo=UTC),
    "ends_at": datetime(2026, 3, 22, 15, tzinfo=UTC),
    "time_zone": "Asia/Almaty",
    "places": Band.UNLIMITED,
    "status": "scheduled",
    "visibility": "public",
    "published_at": datetime(2026, 1, 1, tzinfo=UTC),
    "changed_at": datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
    "organization_id": 1,
    "organization_slug": "uy",
    "organization_name": Translated.of("kk", kk='Қазақ "үйі"; Берлин', en="Kazakh House"),
    "organization_verified_until": None,
    "joined_tags": "music,youth,unheard-of",
    "joined_languages": "0:kk",
    "joined_hosts": None,
    "has_result": False,
}


NOW = datetime(2026, 3, 1, tzinfo=UTC)


def shown(**changes: Any) -> EventRow:
    return EventRow(**{**PLAIN, **changes})


def url_of(slug: str) -> str:
    return f"https://portal.example/en/events/{slug}"


def written(*events: EventRow, **options: Any) -> str:
    return calendar_of(events, **{"name": "", "event_url": url_of, **options}).decode()


def parsed(*events: EventRow, **options: Any) -> Any:
    return Calendar.from_ical(written(*events, **options))


def entry(*events: EventRow, **options: Any) -> Any:
    (found,) = parsed(*events, **options).walk("VEVENT")
    return found


def test_an_event_is_told_in_full() -> None:
    event = entry(shown())
    assert event["UID"] == "abc@shanyraq"
    assert event["SEQUENCE"] == 3
    assert (
        event["DTSTAMP"].dt
        == event["LAST-MODIFIED"].dt
        == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    )
    assert event["DTSTART"].to_ical() == b"20260322T180000"
    assert event["DTEND"].to_ical() == b"20260322T200000"
    assert event["DTSTART"].params["TZID"] == event["DTEND"].params["TZID"] == "Asia/Almaty"
    assert event["SUMMARY"] == "Nauryz feast"
    assert event["SUMMARY"].params["LANGUAGE"] == "en"
    assert event["DESCRIPTION"] == f"Come\n\nDetails and sign-up: {url_of('nauryz')}"
    assert event["URL"] == url_of("nauryz")
    assert event["LOCATION"] == "Abai 1"
    assert event["STATUS"] == "CONFIRMED"
    assert event["CATEGORIES"].cats == ["Music", "Youth"]
    assert "ORGANIZER" not in event
    assert "ATTENDEE" not in event


def test_it_speaks_the_readers_language_and_says_which_one_it_is() -> None:
    with use_locale("kk"):
        assert entry(shown())["SUMMARY"] == "Наурыз той"
    with use_locale("ru"):
        event = entry(shown())
    assert (event["SUMMARY"], event["SUMMARY"].params["LANGUAGE"]) == ("Наурыз той", "kk")


@pytest.mark.parametrize(
    ("status", "told"),
    [("scheduled", "CONFIRMED"), ("postponed", "TENTATIVE"), ("cancelled", "CANCELLED")],
)
def test_its_status_is_told(status: str, told: str) -> None:
    assert entry(shown(status=status))["STATUS"] == told


@pytest.mark.parametrize(
    ("mode", "place"), [("offline", "Abai 1"), ("mixed", "Abai 1"), ("online", "Online")]
)
def test_its_place_is_the_venue_or_online(mode: str, place: str) -> None:
    assert entry(shown(attendance_mode=mode))["LOCATION"] == place


def test_what_is_empty_is_left_out() -> None:
    nothing = Translated.of("kk")
    event = entry(shown(venue=nothing, summary=nothing, joined_tags=None))
    assert "LOCATION" not in event
    assert "CATEGORIES" not in event
    assert event["DESCRIPTION"] == f"Details and sign-up: {url_of('nauryz')}"


def test_a_calendar_to_subscribe_to_has_a_name_and_says_when_to_ask_again() -> None:
    feed = parsed(shown(), name="Uyi, Berlin; all\revents")
    assert feed["X-WR-CALNAME"].to_ical() == rb"Uyi\, Berlin\; all events"
    assert feed["REFRESH-INTERVAL"].to_ical() == b"PT1H"
    assert feed["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert feed["X-PUBLISHED-TTL"] == "PT1H"
    assert feed["METHOD"] == "PUBLISH"
    assert not {"X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"} & parsed(shown()).keys()


def test_cancelling_an_entry_names_the_organizer_whatever_the_event_does() -> None:
    calendar = parsed(shown(), method="CANCEL", organizer_address="portal@example.org")
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "CANCEL"
    assert event["STATUS"] == "CANCELLED"
    assert event["ORGANIZER"] == "mailto:portal@example.org"
    assert event["ORGANIZER"].params["CN"] == "Kazakh House"


def test_quotes_in_the_organizers_name_do_not_end_it() -> None:
    with use_locale("kk"):
        event = entry(shown(), organizer_address="portal@example.org")
    assert event["ORGANIZER"] == "mailto:portal@example.org"
    assert event["ORGANIZER"].params["CN"] == 'Қазақ "үйі"; Берлин'


def test_a_text_adds_no_property_and_no_component() -> None:
    hostile = "Feast\r\nATTENDEE:mailto:x@evil.example\rURL:https://evil.example\nEND:VEVENT"
    text = Translated.of("en", en=hostile)
    lines = written(
        shown(title=text, summary=text, venue=text, organization_name=text),
        name=hostile,
        organizer_address="portal@example.org",
    ).replace("\r\n ", "")
    assert "\r" not in lines.replace("\r\n", "")
    starts = [line.partition(":")[0].partition(";")[0] for line in lines.splitlines()]
    assert "ATTENDEE" not in starts
    assert starts.count("URL") == 1
    assert lines.count("\r\nEND:VEVENT\r\n") == 1


def test_links_come_from_verified_organisers_alone() -> None:
    text = Translated.of("en", en="Pay at https://evil.example/pay or me@evil.example")
    words = {"title": text, "summary": text, "venue": text, "organization_name": text}
    address = {"organizer_address": "portal@example.org"}
    event = shown(organization_verified_until=NOW + timedelta(days=1), **words)
    verified = written(unlinked(event, NOW), **address).replace("\r\n ", "")
    assert verified.count("https://evil.example/pay") == 4
    for until in (None, NOW):
        event = shown(organization_verified_until=until, **words)
        told = written(unlinked(event, NOW), **address).replace("\r\n ", "")
        assert "evil.example" not in told
        assert "me@" not in told
        assert told.replace(WORD_JOINER, "") == verified
        assert told.count(url_of("nauryz")) == 2


@pytest.mark.parametrize("tag", ["kk", "ru", "en"])
def test_links_are_cut_in_whichever_language_is_read(tag: str) -> None:
    text = Translated.of("kk", kk="Кешке kk.example кел", ru="Приходи: ru.example")
    read = "ru" if tag == "ru" else "kk"
    with use_locale(tag):
        event = unlinked(shown(title=text, organization_verified_until=None), NOW)
        told = event.title.localized()
        assert entry(event)["SUMMARY"] == told.text
    assert told == (text.localized(read).text.replace(".", f"{WORD_JOINER}.{WORD_JOINER}"), read)


def test_a_backslash_before_an_n_stays_what_it_is() -> None:
    assert entry(shown(title=Translated.of("en", en=r"C:\New \n")))["SUMMARY"] == r"C:\New \n"


def test_no_line_is_longer_than_75_octets() -> None:
    long = Translated.of("kk", kk="Шаңырақ " * 17)
    lines = calendar_of([shown(title=long)], name="", event_url=url_of).split(b"\r\n")
    assert max(map(len, lines)) <= 75


def test_kazakhstans_change_of_2024_is_in_its_zone() -> None:
    before = shown(
        starts_at=datetime(2024, 2, 29, 12, tzinfo=UTC),
        ends_at=datetime(2024, 3, 1, 12, tzinfo=UTC),
    )
    (zone,) = parsed(before).walk("VTIMEZONE")
    onsets = [(s.DTSTART, s.TZOFFSETFROM, s.TZOFFSETTO) for s in zone.walk("STANDARD")]
    six, five = timedelta(hours=6), timedelta(hours=5)
    assert onsets == [
        (datetime(2024, 1, 1), six, six),
        (datetime(2024, 3, 1), six, five),
    ]
    event = entry(before)
    assert event["DTSTART"].to_ical() == b"20240229T180000"
    assert event["DTEND"].to_ical() == b"20240301T170000"


def offsets_told(zone: Any) -> Callable[[datetime], timedelta]:
    """What a program that knows nothing but the VTIMEZONE takes the offset for."""
    onsets = []
    for part in zone.subcomponents:
        rdates = part.get("RDATE", [])
        lines = rdates if isinstance(rdates, list) else [rdates]
        walls = [part.DTSTART, *(time.dt for line in lines for time in line.dts)]
        onsets += [(w.replace(tzinfo=UTC) - part.TZOFFSETFROM, part.TZOFFSETTO) for w in walls]
    onsets.sort(key=itemgetter(0))
    return lambda instant: onsets[bisect_right(onsets, instant, key=itemgetter(0)) - 1][1]


@pytest.mark.parametrize(
    "place",
    [
        *("Asia/Almaty", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tehran"),
        *("Africa/Casablanca", "Europe/Istanbul", "America/Sao_Paulo", "Asia/Kathmandu"),
    ],
)
def test_the_zones_hours_are_right_at_every_hour_of_their_years(place: str) -> None:
    years = (2016, 2024)
    events = [
        shown(
            time_zone=place,
            starts_at=datetime(year, 6, 1, tzinfo=UTC),
            ends_at=datetime(year, 6, 2, tzinfo=UTC),
        )
        for year in years
    ]
    (zone,) = parsed(*events).walk("VTIMEZONE")
    told, real = offsets_told(zone), zone_info(place)
    for year in years:
        first = datetime(year, 1, 2, tzinfo=UTC)
        instants = [first + timedelta(minutes=30) * count for count in range(363 * 48)]
        assert [told(i) for i in instants] == [i.astimezone(real).utcoffset() for i in instants]


def test_an_event_over_new_year_has_the_hours_of_both_years() -> None:
    event = shown(
        time_zone="Europe/Berlin",
        starts_at=datetime(2026, 12, 31, 20, tzinfo=UTC),
        ends_at=datetime(2027, 1, 1, 2, tzinfo=UTC),
    )
    (zone,) = parsed(event).walk("VTIMEZONE")
    told = offsets_told(zone)
    assert told(datetime(2026, 7, 1, tzinfo=UTC)) == timedelta(hours=2)
    assert told(datetime(2027, 7, 1, tzinfo=UTC)) == timedelta(hours=2)
    assert told(datetime(2027, 1, 1, tzinfo=UTC)) == timedelta(hours=1)


def test_every_zone_comes_once_and_before_the_events() -> None:
    text = written(shown(), shown(time_zone="Europe/Berlin"), shown(uid="b@shanyraq"))
    assert text.count("BEGIN:VTIMEZONE") == 2
    assert text.rindex("END:VTIMEZONE") < text.index("BEGIN:VEVENT")
    assert text == written(shown(), shown(time_zone="Europe/Berlin"), shown(uid="b@shanyraq"))


def test_no_events_are_a_calendar_too() -> None:
    assert parsed(name="Empty").to_ical().startswith(b"BEGIN:VCALENDAR")
