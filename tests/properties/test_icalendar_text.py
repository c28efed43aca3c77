"""Whatever people write in an event, calendar programs read it as text and as nothing else."""

from datetime import UTC, datetime

import vobject  # type: ignore[import-untyped]
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from portal.content.markdown import to_html
from portal.content.plain_text import to_plain_text
from portal.core.availability import Band
from portal.domain.events.calendar_text import as_markdown, many_lines, one_line, plain
from portal.domain.events.icalendar import calendar_of
from portal.domain.events.queries import EventRow
from portal.i18n.paragraphs import Version
from portal.i18n.translated import Translated

# What ends lines, parts values or escapes them somewhere, more often than chance would have it.
AWKWARD = st.sampled_from(
    [
        *("\r", "\n", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"),
        *("\\", "\\n", "\\N", ";", ",", ":", '"', "'", "^", "^n", "=", "\t", " ", "\x00", "\x7f"),
        *("\ud800", "\udfff", "\u202e", "\ufeff", "😀", "ә", "BEGIN:VALARM", "\nATTENDEE:mailto:x"),
    ]
)
TEXTS = st.lists(st.one_of(AWKWARD, st.text(max_size=40)), max_size=12).map("".join)
# Letter by letter, what Markdown takes for something else.
MARKS = st.lists(
    st.one_of(
        st.sampled_from("\\`*_{}[]<>()#+-.!~=|&;:@\"' \n\taAz1"), st.characters(codec="utf-8")
    ),
    max_size=60,
).map("".join)

# Time is no matter here, and machines are slow at times.
UNTIMED = settings(deadline=None)

EXPECTED = {
    *("UID", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION"),
    *("URL", "LOCATION", "STATUS", "ORGANIZER"),
}
URL = "https://portal.example/en/events/nauryz"


def said(text: str) -> Translated:
    """A stored text as it may have become, whatever the forms let through; never empty."""
    return Translated("en", {"en": Version("–" + text)})


def written(title: str, summary: str, venue: str, organization: str) -> bytes:
    event = EventRow(
        id=1,
        slug="nauryz",
        uid="abc@shanyraq",
        sequence=0,
        title=said(title),
        summary=said(summary),
        venue=said(venue),
        attendance_mode="offline",
        starts_at=datetime(2026, 3, 22, 13, tzinfo=UTC),
        ends_at=datetime(2026, 3, 22, 15, tzinfo=UTC),
        time_zone="Asia/Almaty",
        places=Band.UNLIMITED,
        status="scheduled",
        visibility="public",
        published_at=None,
        changed_at=datetime(2026, 1, 1, tzinfo=UTC),
        organization_id=1,
        organization_slug="uy",
        organization_name=said(organization),
        organization_verified_until=None,
        joined_tags=None,
        joined_languages=None,
        joined_hosts=None,
        has_result=False,
    )
    return calendar_of(
        [event],
        name="–" + organization,
        event_url=lambda slug: f"https://portal.example/en/events/{slug}",
        organizer_address="portal@example.org",
    )


@UNTIMED
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_texts_come_back_and_add_nothing(
    title: str, summary: str, venue: str, organization: str
) -> None:
    content = written(title, summary, venue, organization)
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    assert [c.name for c in calendar.subcomponents] == ["VTIMEZONE", "VEVENT"]
    assert not event.subcomponents
    assert not event.errors
    assert set(event.keys()) == EXPECTED
    assert event["SUMMARY"] == one_line("–" + title)
    assert event["LOCATION"] == one_line("–" + venue)
    assert event["DESCRIPTION"] == many_lines(f"–{summary}\n\nDetails and sign-up: {URL}")
    assert event["ORGANIZER"] == "mailto:portal@example.org"
    assert event["URL"] == URL


@UNTIMED
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_a_second_program_reads_the_same(
    title: str, summary: str, venue: str, organization: str
) -> None:
    content = written(title, summary, venue, organization).decode()
    (calendar,) = vobject.readComponents(content)
    (event,) = calendar.vevent_list
    assert {child.name for child in event.getChildren()} == EXPECTED
    assert event.summary.value == one_line("–" + title)
    assert event.location.value == one_line("–" + venue)
    assert event.description.value == many_lines(f"–{summary}\n\nDetails and sign-up: {URL}")
    assert event.organizer.value == "mailto:portal@example.org"
    assert event.url.value == URL


@UNTIMED
@given(TEXTS)
def test_no_character_but_crlf_ends_a_line(text: str) -> None:
    content = written(text, text, text, text).decode()
    assert content.splitlines() == content.split("\r\n")[:-1]
    assert all(line for line in content.splitlines())


@UNTIMED
@given(MARKS)
@example("-- -")
def test_imported_text_is_shown_letter_by_letter(text: str) -> None:
    lines = plain(text)
    html = to_html(as_markdown(lines, 20_000))
    assert to_plain_text(html.replace("<br>\n", "<br>")) == lines


@UNTIMED
@given(TEXTS, st.integers(min_value=10, max_value=100))
def test_cut_markdown_is_never_longer_than_allowed(text: str, most: int) -> None:
    assert len(as_markdown(plain(text), most)) <= most
