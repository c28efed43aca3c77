"""Publishing, changing, calling off and copying events, as their organisers do it."""

from datetime import datetime, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from portal.core import clock
from portal.domain.emails.actions import mark_sent, queue
from portal.domain.emails.models import Email, EmailKind
from portal.domain.emails.rules import MAX_CHANGES
from portal.domain.events.models import Event, JoinLink
from portal.domain.organizations.actions import grant_role
from portal.domain.organizations.models import Role
from portal.domain.organizations.queries import organization_named
from portal.domain.registrations.models import Registration
from tests.events.editing import CREATE, draft, published, save, stored
from tests.factories import (
    make_event,
    make_host,
    make_organization,
    make_person,
    pass_key,
    sign_up_guest,
)
from tests.forms import event_fields, saved_fields
from tests.pages import errors_of, page_of, value_of, words


def letters_of(database, kind):
    with database.reading() as db:
        return db.scalars(select(Email).where(Email.kind == kind.value)).all()


def entry_of(client, slug):
    file = client.get(f"/en/events/{slug}/event.ics")
    assert file.status_code == 200
    (entry,) = Calendar.from_ical(file.content).walk("VEVENT")
    return entry


def test_an_event_is_written_previewed_and_published_and_then_seen_by_everybody(client, browser):
    answer = browser.post(CREATE, data=event_fields(title_ru="Вечер домбры"))
    assert answer.status_code == 303
    preview = browser.get(answer.headers["location"])
    assert "This is a preview" in words(preview)
    assert "Домбыра кеші" in words(preview)
    slug = answer.headers["location"].split("/")[-2]
    assert client.get(f"/en/events/{slug}").status_code == 404
    answer = browser.post(f"/en/manage/events/{slug}/publication")
    assert answer.headers["location"] == f"/en/manage/events/{slug}"
    assert "Вечер домбры" in words(client.get(f"/ru/events/{slug}"))
    assert "Домбыра кеші" in words(client.get("/kk/events"))


def test_a_draft_is_published_once(browser, slug):
    answer = browser.post(f"/en/manage/events/{slug}/publication")
    assert answer.status_code == 409
    assert "already published" in words(answer)


def test_a_second_language_needs_nothing_typed_again(browser, database, slug, client):
    answer = save(browser, database, slug, title_en="Dombyra evening", summary_en="One kui.")
    assert answer.status_code == 303
    shown = client.get(f"/en/events/{slug}")
    assert "Dombyra evening" in words(shown)
    event = stored(database, slug)
    assert event.title.state("en") == "translated"
    assert entry_of(client, slug)["SUMMARY"] == "Dombyra evening"


def test_a_changed_original_leaves_its_translations_out_of_date_unless_it_was_a_small_fix(
    browser, database
):
    only_a_title = {"summary_kk": "", "description_kk": ""}
    slug = published(browser, title_ru="Вечер домбры", **only_a_title)
    save(browser, database, slug, title_kk="Домбыра кешi", **only_a_title)
    assert stored(database, slug).title.state("ru") == "out of date"
    assert "older than the original" in words(browser.get(f"/en/manage/events/{slug}/edit"))
    save(browser, database, slug, title_kk="Домбыра кеші!", small_fix="yes", **only_a_title)
    assert stored(database, slug).title.state("ru") == "translated"


def test_a_reader_of_another_language_is_told_so(client, slug):
    shown = client.get(f"/en/events/{slug}")
    assert '<h1 lang="kk"' in shown.text
    assert "Қазақша" in words(shown)


def test_a_moved_event_keeps_its_uid_and_raises_its_sequence(browser, database, client, slug):
    before = entry_of(client, slug)
    with database.writing() as db:
        sign_up_guest(db, db.scalars(select(Event)).one())
    day = (clock.now() + timedelta(days=9)).date()
    answer = save(browser, database, slug, starts=f"{day}T18:00", ends=f"{day}T20:00")
    assert answer.status_code == 303
    after = entry_of(client, slug)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["DTSTART"].dt.replace(tzinfo=None) == datetime(day.year, day.month, day.day, 18)
    (letter,) = letters_of(database, EmailKind.CHANGED)
    assert letter.payload == {"changed": ["time"]}


@pytest.mark.parametrize(
    ("changes", "told", "raises_sequence"),
    [
        ({"title_kk": "Басқа кеш"}, None, True),
        ({"summary_kk": "Басқа сөз"}, None, True),
        ({"description_kk": "Басқа мәтін"}, None, False),
        ({"capacity": "11"}, None, False),
        ({"tags": ["youth"]}, None, False),
        ({"link_1": "https://other.example.org/"}, ["links"], False),
        ({"remark_1_kk": "Қытайда ашылмайды"}, ["links"], False),
        (
            {"attendance_mode": "mixed", "venue_kk": "Абай алаңы 1"},
            ["place", "attendance"],
            True,
        ),
        ({}, None, False),
    ],
)
def test_people_hear_of_what_concerns_them_and_of_nothing_else(
    browser, database, slug, changes, told, raises_sequence
):
    with database.writing() as db:
        sign_up_guest(db, db.scalars(select(Event)).one())
    assert save(browser, database, slug, **changes).status_code == 303
    assert [letter.payload["changed"] for letter in letters_of(database, EmailKind.CHANGED)] == (
        [told] if told else []
    )
    assert stored(database, slug).sequence == int(raises_sequence)


def test_nobody_is_written_to_about_changes_of_a_draft(browser, database):
    slug = draft(browser)
    day = (clock.now() + timedelta(days=9)).date()
    save(browser, database, slug, starts=f"{day}T18:00", ends=f"{day}T20:00")
    assert letters_of(database, EmailKind.CHANGED) == []


def test_two_editors_at_once_lose_nothing(browser_of, browser, database, slug):
    with database.writing() as db:
        other = make_person(db)
        grant_role(db, organization_named(db, "ours"), other, Role.EDITOR, clock.now())
    first = saved_fields(database, slug, title_kk="Бірінші")
    second = saved_fields(database, slug, title_kk="Екінші", description_kk="Ұзақ мәтін")
    path = f"/en/manage/events/{slug}"
    assert browser.post(path, data=first).status_code == 303
    refused = browser_of(other).post(path, data=second)
    assert refused.status_code == 422
    assert "Somebody else has saved this event" in errors_of(refused)[""]
    assert value_of(refused, "title_kk") == "Екінші"
    assert value_of(refused, "description_kk") == "Ұзақ мәтін"
    assert stored(database, slug).title.localized("kk").text == "Бірінші"
    # Having compared, the second editor saves again what stands in the form.
    second["revision"] = value_of(refused, "revision")
    assert browser_of(other).post(path, data=second).status_code == 303
    assert stored(database, slug).title.localized("kk").text == "Екінші"


def test_a_postponed_event_has_no_time_to_go_by_until_it_has_a_new_one(
    browser, client, database, slug
):
    with database.writing() as db:
        sign_up_guest(db, db.scalars(select(Event)).one())
    assert browser.post(f"/en/manage/events/{slug}/postponement").status_code == 303
    assert "Postponed" in words(client.get(f"/en/events/{slug}"))
    entry = entry_of(client, slug)
    assert (entry["STATUS"], entry["SEQUENCE"]) == ("TENTATIVE", 1)
    assert "EventPostponed" in client.get(f"/en/events/{slug}").text
    assert browser.post(f"/en/manage/events/{slug}/postponement").status_code == 409
    day = (clock.now() + timedelta(days=30)).date()
    save(browser, database, slug, starts=f"{day}T18:00", ends=f"{day}T20:00")
    assert stored(database, slug).status == "scheduled"
    assert entry_of(client, slug)["SEQUENCE"] == 2
    with database.reading() as db:
        assert db.scalar(select(Registration.status)) == "confirmed"
    assert len(letters_of(database, EmailKind.CHANGED)) == 2


def test_too_many_changes_at_once_are_refused_and_nothing_is_lost(
    browser, browser_of, database, slug
):
    """Whoever signed up has been written to often enough for now; the event is as it was."""
    with database.writing() as db:
        event = db.scalars(select(Event)).one()
        registration = sign_up_guest(db, event)
        partner = make_person(db)
        make_host(db, event, make_organization(db, "partner", owner=partner), accepted=False)
        for number in range(MAX_CHANGES):
            queue(db, registration.id, EmailKind.CHANGED, f"revision {number}", clock.now())
        db.flush()
        for letter in db.scalars(select(Email).where(Email.kind == EmailKind.CHANGED.value)):
            mark_sent(letter, clock.now())
    said = "Whoever signed up has had 5 letters about changes within an hour."
    refused = save(browser, database, slug, link_1="https://other.example.org/")
    assert refused.status_code == 422
    assert said in errors_of(refused)[""]
    assert value_of(refused, "link_1") == "https://other.example.org/"
    assert value_of(refused, "revision") == str(stored(database, slug).revision)
    refused = browser.post(f"/en/manage/events/{slug}/postponement")
    assert refused.status_code == 409
    assert said in words(refused)
    assert "Postponed" not in words(refused)
    refused = browser_of(partner).post(f"/en/manage/events/{slug}/hosts/partner/acceptance")
    assert refused.status_code == 409
    assert said in words(refused)
    assert len(page_of(refused).xpath("//form[contains(@action, '/acceptance')]")) == 1
    assert len(letters_of(database, EmailKind.CHANGED)) == MAX_CHANGES
    # What nobody needs to hear of is saved, and calling off is always heard of.
    assert save(browser, database, slug, title_kk="Басқа кеш").status_code == 303
    assert browser.post(f"/en/manage/events/{slug}/cancellation").status_code == 303
    assert len(letters_of(database, EmailKind.CANCELLED)) == 1


def test_a_cancelled_event_stays_says_so_and_tells_everybody_once(browser, client, database, slug):
    with database.writing() as db:
        event = db.scalars(select(Event)).one()
        for confirmed in (True, False):
            sign_up_guest(db, event, confirmed=confirmed)
    assert browser.post(f"/en/manage/events/{slug}/cancellation").status_code == 303
    again = browser.post(f"/en/manage/events/{slug}/cancellation")
    assert again.status_code == 409
    assert len(letters_of(database, EmailKind.CANCELLED)) == 2
    shown = client.get(f"/en/events/{slug}")
    assert "This event will not take place" in words(shown)
    assert "EventCancelled" in shown.text
    entry = entry_of(client, slug)
    assert (entry["STATUS"], entry["SEQUENCE"]) == ("CANCELLED", 1)
    refused = save(browser, database, slug, title_kk="Болады")
    assert refused.status_code == 422
    assert "This event is cancelled" in errors_of(refused)[""]


def test_what_is_over_cannot_be_called_off_or_published(browser, database):
    with database.writing() as db:
        ours = organization_named(db, "ours")
        over = clock.now() - timedelta(days=1)
        slug = make_event(db, ours, starts_at=over).slug
        unpublished = make_event(db, ours, starts_at=over, published=False).slug
    for path in (f"{slug}/cancellation", f"{slug}/postponement", f"{unpublished}/publication"):
        answer = browser.post(f"/en/manage/events/{path}")
        assert answer.status_code == 409
        assert "already over" in words(answer)


def test_an_event_in_person_is_published_with_a_place_only(browser):
    slug = draft(browser, attendance_mode="offline", link_1=None)
    answer = browser.post(f"/en/manage/events/{slug}/publication")
    assert answer.status_code == 409
    assert "Say where it takes place" in words(answer)


def test_an_event_in_person_keeps_its_links_for_itself(browser, client, database):
    """Nothing typed is lost: held online after all, the event has its rooms again."""
    slug = published(browser, attendance_mode="offline", venue_kk="Абай алаңы 1")
    form = browser.get(f"/en/manage/events/{slug}/edit")
    assert value_of(form, "link_1") == "https://meet.example.org/secret-room"
    with database.writing() as db:
        event = db.scalars(select(Event)).one()
        key = pass_key(db, sign_up_guest(db, event), event)
    for path in (f"events/{slug}", f"events/{slug}/event.ics", f"passes/{key}"):
        assert "meet.example.org" not in client.get(f"/en/{path}").text
    assert client.get(f"/en/passes/{key}/room").status_code == 409
    in_person = {"attendance_mode": "offline", "venue_kk": "Абай алаңы 1"}
    save(browser, database, slug, **in_person, link_1="https://other.example.org/")
    assert letters_of(database, EmailKind.CHANGED) == []
    save(browser, database, slug, link_1="https://other.example.org/", venue_kk="Абай алаңы 1")
    (letter,) = letters_of(database, EmailKind.CHANGED)
    assert letter.payload == {"changed": ["attendance"]}


def test_a_duplicate_is_a_draft_of_its_own_without_anybodys_sign_up(browser, database, slug):
    with database.writing() as db:
        sign_up_guest(db, db.scalars(select(Event)).one())
    answer = browser.post(f"/en/manage/events/{slug}/copies")
    assert answer.status_code == 303
    copy = answer.headers["location"].split("/")[-2]
    assert answer.headers["location"] == f"/en/manage/events/{copy}/edit"
    one, two = stored(database, slug), stored(database, copy)
    assert two.slug != one.slug
    assert two.uid != one.uid
    assert (two.published_at, two.sequence, two.taken, two.status) == (None, 0, 0, "scheduled")
    assert (two.title, two.starts_wall, two.capacity) == (one.title, one.starts_wall, one.capacity)
    with database.reading() as db:
        links = db.execute(select(JoinLink.event_id, JoinLink.url)).all()
        room = "https://meet.example.org/secret-room"
        assert sorted(map(tuple, links)) == [(one.id, room), (two.id, room)]


def test_a_cancelled_event_can_be_held_after_all_as_a_duplicate(browser, slug, client):
    browser.post(f"/en/manage/events/{slug}/cancellation")
    answer = browser.post(f"/en/manage/events/{slug}/copies")
    copy = answer.headers["location"].split("/")[-2]
    assert browser.post(f"/en/manage/events/{copy}/publication").status_code == 303
    assert "EventScheduled" in client.get(f"/en/events/{copy}").text


def test_addresses_are_readable_and_unlike_even_for_like_titles(browser):
    first, second = draft(browser), draft(browser)
    assert first == "dombyra-keshi"
    assert second.startswith("dombyra-keshi-")
    assert draft(browser, title_kk="!!!") == "event"
