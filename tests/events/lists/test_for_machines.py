"""Feeds, and what pages say to machines: other languages, schema.org."""

import json
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import insert, select

from portal.core import clock
from portal.domain.events.listing import MAX_IN_FEED
from portal.domain.events.models import Event
from portal.domain.organizations.queries import organization_named
from tests.factories import make_event, make_organization, titled
from tests.pages import page_of


def test_every_language_of_a_page_is_named_on_it(client, programme):
    slug = programme["next"]
    for path in ("", "/events", f"/events/{slug}", "/organizations/ours"):
        page = page_of(client.get(f"/kk{path}"))
        alternates = dict(
            zip(
                page.xpath("//link[@rel='alternate'][@hreflang]/@hreflang"),
                page.xpath("//link[@rel='alternate'][@hreflang]/@href"),
                strict=True,
            )
        )
        assert {tag: alternates[tag] for tag in ("kk", "ru", "en")} == {
            tag: f"https://testserver/{tag}{path}" for tag in ("kk", "ru", "en")
        }
        assert page.xpath("//link[@rel='canonical']/@href") == [f"https://testserver/kk{path}"]


def test_the_event_page_describes_itself_to_machines(client, programme):
    page = page_of(client.get(f"/kk/events/{programme['next']}"))
    (told,) = [json.loads(s.text) for s in page.xpath("//script[@type='application/ld+json']")]
    assert told["@type"] == "Event"
    assert told["name"] == "Ертеңгі"
    assert told["startDate"].endswith("+05:00")
    assert told["eventStatus"] == "https://schema.org/EventScheduled"
    assert told["location"]["@type"] == "VirtualLocation"
    assert page.xpath("//meta[@property='og:title']/@content") == ["Ертеңгі"]


def test_no_text_of_an_organiser_can_end_the_description_for_machines(client, database):
    evil = "</script><script>alert(1)</script><!--"
    with database.writing() as db:
        texts = titled(evil)
        event = make_event(
            db, make_organization(db), title=texts, summary=texts, venue=texts, description=texts
        )
        slug = event.slug
    for path in (f"/kk/events/{slug}", "/kk", "/kk/events", "/kk/calendar"):
        answer = client.get(path)
        assert "<script>alert" not in answer.text
        assert "</script><script>" not in answer.text
    page = page_of(client.get(f"/kk/events/{slug}"))
    (told,) = [json.loads(s.text) for s in page.xpath("//script[@type='application/ld+json']")]
    assert told["name"] == evil


def test_a_feed_holds_the_public_events_for_calendars(client, programme):
    feed = Calendar.from_ical(client.get("/kk/calendar.ics").content)
    titles = sorted(str(entry["SUMMARY"]) for entry in feed.walk("VEVENT"))
    assert titles == sorted(["Ертеңгі", "Алыстағы", "Қазіргі", "Көрме", "Өткен"])
    ours = Calendar.from_ical(client.get("/kk/organizations/ours/calendar.ics").content)
    assert "Алыстағы" not in {str(entry["SUMMARY"]) for entry in ours.walk("VEVENT")}


def repeated(db, event, starts):
    """Copies of an event at other times, written at once; their slugs end in a number."""
    row = dict(db.execute(select(Event.__table__).where(Event.id == event.id)).mappings().one())
    lasts = row["ends_at"] - row["starts_at"]
    del row["id"]
    copies = [
        row
        | {"slug": f"{event.slug}-{number}", "uid": f"{number}@{event.id}"}
        | {"starts_at": starts_at, "ends_at": starts_at + lasts}
        for number, starts_at in enumerate(starts)
    ]
    db.execute(insert(Event.__table__), copies)
    return [copy["slug"] for copy in copies]


def slugs_in(answer):
    entries = Calendar.from_ical(answer.content).walk("VEVENT")
    return [str(entry["URL"]).rpartition("/")[2] for entry in entries]


@pytest.mark.parametrize("feed", ["/en/calendar.ics", "/en/organizations/ours/calendar.ics"])
def test_a_feed_with_too_much_in_it_keeps_what_comes_and_then_what_was_lately(
    client, database, feed
):
    now = clock.now()
    with database.writing() as db:
        event = make_event(db, make_organization(db, "ours"), starts_at=now - timedelta(minutes=60))
        running = event.slug
        past = repeated(db, event, [now - timedelta(hours=3 + n) for n in range(30)])
        coming = repeated(
            db,
            make_event(db, organization_named(db, "ours"), starts_at=now + timedelta(hours=1)),
            [now + timedelta(hours=2 + n) for n in range(MAX_IN_FEED - 12)],
        )
    held = slugs_in(client.get(feed))
    assert len(held) == MAX_IN_FEED
    assert {running, *coming} <= set(held)
    assert set(past) & set(held) == set(past[:10])


@pytest.mark.parametrize("feed", ["/en/calendar.ics", "/en/organizations/ours/calendar.ics"])
def test_a_feed_reaches_two_months_back(client, database, feed):
    with database.writing() as db:
        ours = make_organization(db, "ours")
        days = (1, 45, 58, 62)
        late, later, latest, _gone = (
            make_event(db, ours, starts_at=clock.now() - timedelta(days=each)).slug for each in days
        )
    assert slugs_in(client.get(feed)) == [late, later, latest]


def test_a_feed_that_cannot_hold_all_that_comes_holds_the_next(client, database):
    now = clock.now()
    with database.writing() as db:
        event = make_event(db, make_organization(db), starts_at=now - timedelta(days=3))
        coming = repeated(db, event, [now + timedelta(hours=1 + n) for n in range(MAX_IN_FEED + 5)])
    assert slugs_in(client.get("/en/calendar.ics")) == coming[:MAX_IN_FEED]
