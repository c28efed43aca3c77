"""The event that the letters of these tests are about, and what tests look for in a letter."""

from datetime import UTC, datetime, timedelta

from icalendar import Calendar

from portal.domain.events.details import Details, Link
from portal.domain.events.models import AttendanceMode, Funding
from portal.domain.publishing.publication import Visibility
from portal.i18n.translated import Translated
from tests.conftest import ADDRESS

EMAIL = "aigerim@example.org"
NOW = datetime(2027, 4, 10, 9, 0, tzinfo=UTC)
START = datetime(2027, 4, 17, 18, 0)  # in Berlin, UTC+2
LASTS = timedelta(hours=2)
STARTS_AT = datetime(2027, 4, 17, 16, 0, tzinfo=UTC)
ENDS_AT = STARTS_AT + LASTS
DETAILS = Details(
    title=Translated.of("en", en="Dombra evening", kk="Домбыра кеші"),
    summary=Translated.of("en", en="One kui, one story"),
    description=Translated.of("en", en="Come."),
    venue=Translated.of("en", en="Room 12, Karl-Marx-Allee 5"),
    attendance_mode=AttendanceMode.MIXED,
    starts_wall=START,
    ends_wall=START + LASTS,
    time_zone="Europe/Berlin",
    capacity=2,
    visibility=Visibility.PUBLIC,
    funding=Funding.NOBODY,
    join_links=(Link("https://room.example/x", Translated.of("en")),),
)


def english(text):
    return Translated.of("en", en=text)


def key_in(letter):
    """The key of the pass that a letter leads to."""
    start = f"{ADDRESS}/"
    paths = [link.removeprefix(start).split("/") for link in letter.links]
    (key,) = {path[2] for path in paths if path[1:2] == ["passes"]}
    return key


def calendar_in(letter):
    (attached,) = letter.attachments
    assert (attached.name, attached.media_type) == ("event.ics", "text/calendar")
    return Calendar.from_ical(attached.content)


def entry_in(letter):
    (entry,) = calendar_in(letter).walk("VEVENT")
    return entry
