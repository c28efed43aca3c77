"""A real calendar comes in as drafts, and two of its events live on like any other."""

from datetime import timedelta
from pathlib import Path

import icalendar
import pytest
import vobject
from sqlalchemy import select

from portal import HOME
from portal.app import declared_links
from portal.core import clock
from portal.domain.events.calendar_import import import_drafts
from portal.domain.events.models import Event
from portal.domain.registrations.models import Registration
from portal.web.events.form import values_of
from portal.worker.loop import Worker
from tests.factories import make_organization, make_person, pass_key, sign_up_guest
from tests.forms import feedback_fields
from tests.pages import figures_of, words

# The calendar of a community house in Cottbus, 28 entries, lies beside the project where it may;
# elsewhere one of our own of the same make stands in for it.
REAL = HOME.parent / "shared" / "data" / "calendars" / "fablab_cottbus.ics"
OWN = Path(__file__).parents[1] / "calendars" / "wordpress.ics"


@pytest.fixture
def drafts(database):
    """The organisation's owner and the addresses of all drafts."""
    source = REAL if REAL.exists() else OWN
    content = source.read_bytes()
    with database.writing() as db:
        owner = make_person(db, "Owner")
        house = make_organization(db, owner=owner)
        events = import_drafts(db, house, content, language="en", now=clock.now())
        assert len(events) >= content.count(b"BEGIN:VEVENT")
        assert all(event.published_at is None for event in events)
        slugs = [event.slug for event in events]
    return owner, slugs


def form_of(database, slug):
    from portal.domain.accounts.people.models import Person
    from portal.domain.events.queries import managed_event

    with database.reading() as db:
        owner = db.scalars(select(Person)).first()
        return values_of(managed_event(db, owner, slug))


def feeds_agree(client, slug):
    """The event's entry as two parsers that know nothing of each other read it."""
    content = client.get("/en/calendar.ics").content
    first = {str(e["UID"]): e for e in icalendar.Calendar.from_ical(content).walk("VEVENT")}
    second = {e.uid.value: e for e in vobject.readOne(content.decode()).vevent_list}
    assert first.keys() == second.keys()
    (entry,) = [e for e in first.values() if str(e["URL"]).endswith(f"/{slug}")]
    twin = second[str(entry["UID"])]
    assert twin.summary.value == str(entry["SUMMARY"])
    assert twin.dtstart.value == entry["DTSTART"].dt
    return str(entry["UID"]), int(entry["SEQUENCE"])


@pytest.mark.parametrize("which", [0, -1])
def test_an_imported_event_goes_through_the_whole_loop(  # noqa: PLR0917
    client, browser_of, database, settings, drafts, monkeypatch, which
):
    owner, slugs = drafts
    browser = browser_of(owner)
    answer = browser.post(f"/en/manage/events/{slugs[which]}/copies")
    slug = answer.headers["location"].split("/")[-2]
    assert slug not in slugs
    starts = (clock.now() + timedelta(days=9)).replace(minute=0, second=0, microsecond=0)
    typed = form_of(database, slug) | {
        "title_kk": "Жөндеу кафесі",
        "starts": f"{starts:%Y-%m-%dT%H:%M}",
        "ends": f"{starts + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        "time_zone": "Europe/Berlin",
        "attendance_mode": "mixed",
        "funding": "hosts",
        "venue_en": "Cottbus",
        "link_1": "https://meet.example.org/workshop",
    }
    assert browser.post(f"/en/manage/events/{slug}", data=typed).status_code == 303
    assert browser.post(f"/en/manage/events/{slug}/publication").status_code == 303
    assert "Жөндеу кафесі" in words(client.get(f"/kk/events/{slug}"))
    before = feeds_agree(client, slug)

    moved = form_of(database, slug) | {
        "starts": f"{starts + timedelta(days=1):%Y-%m-%dT%H:%M}",
        "ends": f"{starts + timedelta(days=1, hours=2):%Y-%m-%dT%H:%M}",
    }
    assert browser.post(f"/en/manage/events/{slug}", data=moved).status_code == 303
    after = feeds_agree(client, slug)
    assert (after[0], after[1] > before[1]) == (before[0], True)

    signed_up = client.post(
        f"/en/events/{slug}/registration", data={"name": "Dana", "email": "dana@example.org"}
    )
    assert signed_up.status_code == 303
    with database.writing() as db:
        event = db.scalars(select(Event).where(Event.slug == slug)).one()
        for number in range(4):
            sign_up_guest(db, event, 900 + number)
        db.flush()
        rows = db.scalars(select(Registration).where(Registration.event_id == event.id)).all()
        keys = [pass_key(db, row, event) for row in rows]
        opens, ends = event.starts_at, event.ends_at
    assert client.post(f"/en/passes/{keys[0]}/confirmation").status_code == 303
    monkeypatch.setattr(clock, "now", lambda: opens)
    for key in keys:
        assert client.post(f"/en/passes/{key}/attendance").status_code == 303
        assert "meet.example.org" in client.get(f"/en/passes/{key}/room").text
    monkeypatch.setattr(clock, "now", lambda: ends + timedelta(minutes=31))
    for key in keys:
        answer = client.post(f"/en/passes/{key}/feedback", data=feedback_fields(good="Gut!"))
        assert answer.status_code == 303
    Worker(database, declared_links(settings), settings).round(clock.now())
    results = browser.get(f"/en/manage/events/{slug}/results")
    assert figures_of(results)["answered"] == "5"
    assert "Gut!" in words(results)
