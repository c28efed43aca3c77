"""Calendars of other programs become drafts that all rules allow."""

import os
import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.db.engine import Database
from portal.domain.events import calendar_entries, rules
from portal.domain.events.calendar_import import (
    CalendarTooLargeError,
    CalendarUnreadableError,
    import_drafts,
    read_calendar,
)
from portal.domain.events.models import AttendanceMode, Event
from portal.domain.organizations.profile import Profile, create
from portal.domain.publishing.publication import Visibility
from portal.i18n.translated import Translated
from tests.events.calendar_reading import at, calendar, one, read, span, words

CALENDARS = Path(__file__).parent.parent / "calendars"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def imported(database: Database, content: bytes) -> list[Event]:
    with database.writing() as db:
        profile = Profile(
            name=Translated.of("kk", kk="Үй"),
            description=Translated.of("kk"),
            kind="diaspora",
            city="Berlin",
            country="DE",
            time_zone="Europe/Berlin",
        )
        organization = create(db, "uy", profile, NOW)
        events = import_drafts(db, organization, content, language="kk", now=NOW)
        db.expunge_all()
        return events


# Whole calendars


def test_wordpress() -> None:
    content = (CALENDARS / "wordpress.ics").read_bytes()
    fair, *evenings = read_calendar(content, "en", "Europe/Berlin")
    assert span(fair) == (at(2026, 3, 22), at(2026, 3, 23), "Europe/Berlin")
    assert words(fair.venue) == "Street fair"
    assert words(fair.description) == (
        "The house is closed, we are at the street fair: <https://fair.example/2026_nauryz/>  \n"
        "Come and see us!\n\n<https://house.example/closed/>"
    )
    assert [e.starts_wall.month for e in evenings] == [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 1]
    assert span(evenings[3])[:2] == (at(2026, 4, 4, 14), at(2026, 4, 4, 17))
    assert words(evenings[0].title) == "Мереке: қоғам кеші"
    assert words(evenings[0].description) == (
        "Music & tea:\n\ndombyra\n\nbaursaq\n\n<https://house.example/evening/>"
    )


def test_google() -> None:
    content = (CALENDARS / "google.ics").read_bytes()
    rehearsal, *choir, moved, cancelled, birthday = read_calendar(content, "en", "Asia/Almaty")
    assert span(rehearsal) == (at(2024, 2, 29, 19), at(2024, 2, 29, 20, 30), "Asia/Almaty")
    assert words(rehearsal.description) == "First rehearsal  \nbring notes  \nand tea"
    assert [c.starts_wall for c in choir] == [at(2026, 3, 23, 19), at(2026, 4, 13, 19)]
    assert (words(moved.title), moved.starts_wall) == ("Choir on Tuesday", at(2026, 3, 31, 19))
    assert words(cancelled.title) == "Cancelled: Choir"
    assert span(birthday)[:2] == (at(2026, 5, 10), at(2026, 5, 11))


def test_outlook() -> None:
    content = (CALENDARS / "outlook.ics").read_bytes()
    board, last_day = read_calendar(content, "en", "Asia/Almaty")
    assert span(board) == (at(2026, 9, 7, 18), at(2026, 9, 7, 19, 30), "Europe/Berlin")
    assert board.visibility is Visibility.PRIVATE
    assert board.attendance_mode is AttendanceMode.MIXED
    assert [link.url for link in board.join_links] == ["https://meet.example/j/1?a=1&b=2"]
    assert words(board.venue) == "Teams meeting"
    assert span(last_day)[:2] == (at(2026, 9, 30, 12), at(2026, 9, 30, 12, 45))
    assert "BYSETPOS=-1" in words(last_day.description)


def samples() -> list[Path]:
    return (
        sorted(Path(folder).glob("*.ics")) if (folder := os.environ.get("CALENDAR_SAMPLES")) else []
    )


@pytest.mark.skipif(not samples(), reason="CALENDAR_SAMPLES names no folder of real calendars")
@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
def test_real_calendars_give_drafts_for_every_entry(path: Path, database: Database) -> None:
    content = path.read_bytes()
    entries, _zone = calendar_entries.entries_of(content)
    for entry in entries:
        assert entry.first("DTSTART"), "an entry of this sample has no start"
    drafts = imported(database, content)
    assert len(drafts) >= len(entries) == content.count(b"BEGIN:VEVENT")
    for details in read_calendar(content, "en", "Europe/Berlin"):
        assert "could not be read" not in words(details.description)
        assert "Only the first date" not in words(details.description)


def test_drafts_belong_to_the_organisation_and_are_not_published(database: Database) -> None:
    drafts = imported(database, (CALENDARS / "wordpress.ics").read_bytes())
    assert (
        len({draft.slug for draft in drafts}) == len({d.uid for d in drafts}) == len(drafts) == 13
    )
    assert {draft.published_at for draft in drafts} == {None}
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Event)) == 13


def test_a_taken_address_does_not_stop_a_series(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = iter(["aaaaaa", "aaaaaa", "aaaaaa", "bbbbbb", "cccccc"])
    monkeypatch.setattr("portal.domain.events.slugs.secrets.token_hex", lambda _size: next(ends))
    drafts = imported(database, calendar("SUMMARY:Choir\nRRULE:FREQ=WEEKLY;COUNT=3"))
    assert [draft.slug for draft in drafts] == ["choir", "choir-aaaaaa", "choir-bbbbbb"]


# Files


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"\x89PNG\r\n", b"BEGIN:VCARD\r\nEND:VCARD\r\n"]
)
def test_what_is_no_calendar_is_refused(content: bytes) -> None:
    with pytest.raises(CalendarUnreadableError):
        read_calendar(content, "en", "Asia/Almaty")


def test_a_calendar_over_the_limits_is_refused() -> None:
    with pytest.raises(CalendarTooLargeError) as refused:
        read_calendar(b" " * (calendar_entries.LARGEST_FILE + 1), "en", "Asia/Almaty")
    assert refused.value.localized() == (
        "This calendar is too large: use at most 5 MB and 5000 entries."
    )
    with pytest.raises(CalendarTooLargeError):
        read_calendar(calendar(*["SUMMARY:x"] * 5001), "en", "Asia/Almaty")


def test_a_calendar_without_entries_gives_nothing() -> None:
    assert read() == []


def test_a_character_folded_in_two_is_read() -> None:
    content = calendar("SUMMARY:Шаңырақ").replace("ң".encode(), b"\xd2\r\n \xa3")
    assert words(read_calendar(content, "en", "Asia/Almaty")[0].title) == "Шаңырақ"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_are_understood(encoding: str) -> None:
    content = calendar("SUMMARY:Той").decode().encode(encoding)
    assert words(read_calendar(content, "en", "Asia/Almaty")[0].title) == "Той"


def test_an_entry_that_is_cut_off_counts() -> None:
    content = calendar("SUMMARY:One", "SUMMARY:Two").partition(b"\r\nEND:VEVENT\r\nEND:VCAL")[0]
    assert [words(d.title) for d in read_calendar(content, "en", "Asia/Almaty")] == ["One", "Two"]


def test_an_alarm_says_nothing_about_its_entry() -> None:
    details = one("BEGIN:VALARM\nSUMMARY:Ring\nDESCRIPTION:Ring\nEND:VALARM\nSUMMARY:Feast")
    assert (words(details.title), words(details.description)) == ("Feast", "")


def test_what_is_read_can_leave_a_process() -> None:
    found = read("SUMMARY:Feast\nLOCATION:https://meet.example/1")
    assert pickle.loads(pickle.dumps(found)) == found


# What, and where


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Feast", "Feast"),
        (r"Feast\, songs\; tea \\o/", r"Feast, songs; tea \o/"),
        ("Feast\x07\x1b\u2028of\\nspring\u202e", "Feast of spring"),
        ("", "Untitled event"),
        ("\u2028\x00", "Untitled event"),
        ("*Feast* <b>", "*Feast* <b>"),
    ],
)
def test_titles(written: str, shown: str) -> None:
    assert words(one(f"SUMMARY:{written}").title) == shown


def test_a_long_title_is_cut_at_a_word_and_kept_in_the_description() -> None:
    title = "Nauryz " * 30
    details = one(f"SUMMARY:{title}\nDESCRIPTION:Come")
    assert words(details.title) == "Nauryz " * 18 + "Nauryz…"
    assert words(details.description) == f"{title.strip()}\n\nCome"


def test_a_cancelled_entry_is_marked_in_the_calendars_language() -> None:
    (details,) = read_calendar(calendar("STATUS:CANCELLED\nSUMMARY:Той"), "kk", "Asia/Almaty")
    assert details.title.original == "kk"
    assert "Той" in details.title.localized("kk").text != "Той"
    long = one(f"STATUS:CANCELLED\nSUMMARY:{'x' * 135}")
    assert words(long.title).startswith("Cancelled: x")
    assert words(long.description) == "x" * 135


def test_markdown_in_a_description_is_shown_as_written() -> None:
    details = one(
        r"DESCRIPTION:# 1\n1. *one*\n- [a](https://b.example)\n  <script>\n&lt"
        "\nURL:/x_y"
    )
    assert words(details.description) == (
        "\\# 1  \n1\\. \\*one\\*  \n\\- \\[a](<https://b.example>)  \n\\<script>  \n&lt\n\n/x_y"
    )


def test_a_description_is_cut_to_leave_room_for_what_is_added() -> None:
    details = one(f"DESCRIPTION:{'*a* ' * 9000}\nURL:https://house.example/\nRRULE:FREQ=HOURLY")
    text = words(details.description)
    assert len(text) <= rules.LONGEST_DESCRIPTION
    assert "…\n\n<https://house.example/>\n\nOnly the first date" in text


@pytest.mark.parametrize(
    ("lines", "venue", "links", "mode"),
    [
        ("LOCATION:Abai 1\\, Almaty", "Abai 1, Almaty", [], "offline"),
        ("LOCATION:", "", [], "offline"),
        ("LOCATION:https://meet.example/1", "", ["https://meet.example/1"], "online"),
        (
            "LOCATION:Abai 1 (https://meet.example/1?p=2).",
            *("Abai 1 .", ["https://meet.example/1?p=2"], "mixed"),
        ),
        ("CONFERENCE;VALUE=URI:https://meet.example/1", "", ["https://meet.example/1"], "online"),
        (
            "LOCATION:Abai 1\nCONFERENCE;VALUE=URI;FEATURE=VIDEO:https://meet.example/1",
            *("Abai 1", ["https://meet.example/1"], "mixed"),
        ),
        ("CONFERENCE;VALUE=URI:tel:+1-412-555-0123", "", [], "offline"),
        ("LOCATION:http://meet.example/1", "http://meet.example/1", [], "offline"),
        ("LOCATION:https://localhost/1", "https://localhost/1", [], "offline"),
        ("LOCATION:https://a@b.example/1", "https://a@b.example/1", [], "offline"),
        (
            "LOCATION:" + " ".join(f"https://meet.example/{n}" for n in range(9)),
            *("", [f"https://meet.example/{n}" for n in range(5)], "online"),
        ),
    ],
)
def test_places(lines: str, venue: str, links: list[str], mode: str) -> None:
    details = one(lines)
    assert words(details.venue) == venue
    assert [link.url for link in details.join_links] == links
    assert details.attendance_mode == mode


def test_a_long_place_is_kept_in_the_description() -> None:
    details = one(f"LOCATION:{'Hall ' * 100}")
    assert len(words(details.venue)) <= rules.LONGEST_VENUE
    assert words(details.description) == ("Hall " * 100).strip()


def test_people_are_not_imported() -> None:
    details = one("ATTENDEE;CN=Aigul:mailto:aigul@example.org\nORGANIZER:mailto:bolat@example.org")
    assert "example.org" not in repr(details)


LINES = st.one_of(
    st.builds(
        lambda name, zone, value: f"{name};TZID={zone}:{value}",
        st.sampled_from(["DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID"]),
        st.sampled_from(["Europe/Berlin", "Pacific/Apia", "America/Havana", "GMT+3", "Nowhere"]),
        st.sampled_from(
            ["20260329T023000", "20111230", "19000101T000000Z", "22001231T235959", "x"]
        ),
    ),
    st.sampled_from(
        ["DURATION:P9999W", "DURATION:PT0S", "STATUS:CANCELLED", "UID:1", "END:VEVENT"]
    ),
    st.builds(
        lambda name, text: f"{name}:{text}",
        st.sampled_from(["SUMMARY", "DESCRIPTION", "LOCATION", "URL", "X-ALT-DESC", "RRULE"]),
        st.text(max_size=500),
    ),
    st.text(max_size=20),
)


@settings(deadline=None)
@given(st.lists(st.lists(LINES, max_size=6).map("\n".join), max_size=4))
def test_whatever_it_says_a_calendar_is_read_and_all_rules_allow_it(entries: list[str]) -> None:
    assert len(read(*entries, zone="Europe/Berlin")) >= len(entries)
