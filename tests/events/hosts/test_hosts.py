"""Several organisations hold one event: what each may see and do, and how all are shown."""

import json

import pytest
from icalendar import Calendar
from sqlalchemy import select

from portal.core import clock
from portal.domain.events.actions import hosting
from portal.domain.events.models import Event, EventHost
from portal.domain.moderation import appeals
from portal.domain.moderation.models import Measure
from portal.domain.moderation.queries import DecisionRecord
from portal.domain.moderation.targets import Subject
from portal.domain.organizations.models import Organization
from portal.domain.organizations.queries import organization_named
from portal.domain.publishing.publication import Visibility
from portal.i18n.translated import Translated
from tests.events.hosts.host_requests import DOORS, ask, doors
from tests.factories import (
    decision_url,
    make_decision,
    make_event,
    make_initiative,
    make_initiative_host,
    make_person,
)
from tests.forms import event_fields, saved_fields
from tests.pages import page_of, words
from tests.queries import queries_of


@pytest.mark.parametrize(
    "stage", ["not asked", "asked", "accepted", "declined", "ended", "suspended", "restored"]
)
def test_doors_open_to_the_roles_of_hosts_that_accepted_and_to_nobody_else(
    browser_of, people, slug, database, stage
):
    """Role by host by stage: the same browsers, and each change acts on the next request."""
    if stage != "not asked":
        is_asked_alone = stage in {"asked", "declined"}
        ask(database, slug, accepted=not is_asked_alone)
    path = f"/en/manage/events/{slug}/hosts/partner"
    if stage == "declined":
        assert browser_of(people["partner/editor"]).post(f"{path}/refusal").status_code == 303
    if stage == "ended":
        browser = browser_of(people["partner/editor"])
        assert browser.get(f"/en/manage/events/{slug}/participants").status_code == 200
        assert browser_of(people["founder/editor"]).post(f"{path}/end").status_code == 303
        assert browser.get(f"/en/manage/events/{slug}/participants").status_code == 404
    if stage in {"suspended", "restored"}:
        suspend(database, "partner", restored=stage == "restored")
    for name, person in people.items():
        organization, role = name.split("/")
        takes_part = stage in {"accepted", "restored"}
        holds = organization == "founder" or (organization == "partner" and takes_part)
        expected = {
            door: (200 if role in allowed else 403) if holds else 404
            for door, allowed in DOORS.items()
        }
        assert doors(browser_of(person), slug) == expected, name


def suspend(database, slug, *, restored=False):
    with database.writing() as db:
        organization = organization_named(db, slug)
        ruling = DecisionRecord(
            make_decision(db, organization, by=None, measure=Measure.SUSPEND),
            Subject(organization),
            None,
        )
        appeals.confirm(db, make_person(db, is_moderator=True), ruling, clock.now(), decision_url)
        if restored:
            appeals.reverse(db, ruling, clock.now(), decision_url)


def test_a_suspended_host_finds_nothing_of_others_on_its_pages(browser_of, people, slug, database):
    ask(database, slug)
    with database.writing() as db:
        given = {"title": Translated.of("kk", kk="Наурыз")}
        own = make_event(db, organization_named(db, "partner"), **given).slug
        initiative = make_initiative(db, organization_named(db, "founder"))
        make_initiative_host(db, initiative, organization_named(db, "partner"))
        line = initiative.slug
    editor = browser_of(people["partner/editor"])
    inside = [f"/en/manage/events/{slug}/check-in", f"/en/manage/events/{slug}/results"]
    inside += [f"/en/manage/initiatives/{line}", f"/en/manage/initiatives/{line}/edit"]
    lists = ("/en/manage", "/en/manage/partner/translations")
    for path in inside:
        assert editor.get(path).status_code == 200, path
    assert all(slug in editor.get(path).text for path in lists)
    assert all(line in editor.get(path).text for path in lists)
    suspend(database, "partner")
    for path in inside:
        assert editor.get(path).status_code == 404, path
    for path in lists:
        shown = editor.get(path).text
        assert slug not in shown, path
        assert line not in shown, path
        assert own in shown, path
    # What everybody may see it still sees, as everybody does.
    assert editor.get(f"/en/events/{slug}").status_code == 200
    assert editor.get(f"/en/initiatives/{line}").status_code == 200


def test_roles_in_two_hosts_add_up(browser_of, people, slug, database):
    from portal.domain.organizations.actions import grant_role
    from portal.domain.organizations.models import Role

    ask(database, slug)
    person = people["founder/analyst"]
    assert doors(browser_of(person), slug)["/participants"] == 403
    with database.writing() as db:
        partner = organization_named(db, "partner")
        grant_role(db, partner, db.merge(person), Role.EDITOR, clock.now())
    assert doors(browser_of(person), slug)["/participants"] == 200
    # And leaving takes away what came with the host, and no more.
    left = browser_of(person).post(f"/en/manage/events/{slug}/hosts/partner/end")
    assert (left.status_code, left.headers["location"]) == (303, "/en/manage")
    assert doors(browser_of(person), slug)["/participants"] == 403
    assert doors(browser_of(person), slug)["/results"] == 200


@pytest.mark.parametrize("accepted", [True, False])
def test_a_private_event_is_shown_to_the_people_of_its_hosts_alone(
    browser_of, people, database, accepted
):
    with database.writing() as db:
        founder = organization_named(db, "founder")
        slug = make_event(db, founder, visibility=Visibility.PRIVATE).slug
    ask(database, slug, accepted=accepted)
    seen = {
        name: browser_of(person).get(f"/en/events/{slug}").status_code
        for name, person in people.items()
    }
    assert {status for name, status in seen.items() if name.startswith("founder")} == {200}
    partner = {status for name, status in seen.items() if name.startswith("partner")}
    assert partner == ({200} if accepted else {404})
    assert {status for name, status in seen.items() if name.startswith("other")} == {404}


def test_an_editor_of_a_host_changes_the_event_and_an_analyst_does_not(
    browser_of, people, slug, database
):
    ask(database, slug)
    path = f"/en/manage/events/{slug}"
    form = saved_fields(database, slug, title_kk="Жаңа атау")
    assert browser_of(people["partner/analyst"]).post(path, data=form).status_code == 403
    assert browser_of(people["other/editor"]).post(path, data=form).status_code == 404
    assert browser_of(people["partner/editor"]).post(path, data=form).status_code == 303
    with database.reading() as db:
        title = db.scalar(select(Event.title).where(Event.slug == slug))
    assert title.localized("kk").text == "Жаңа атау"


def test_a_host_that_duplicates_gets_a_draft_of_its_own(browser_of, people, slug, database):
    ask(database, slug)
    for name, home in (("partner/editor", "partner"), ("founder/editor", "founder")):
        answer = browser_of(people[name]).post(f"/en/manage/events/{slug}/copies")
        assert answer.status_code == 303
        copy = answer.headers["location"].split("/")[-2]
        with database.reading() as db:
            event = db.query(Event).filter_by(slug=copy).one()
            assert db.get_one(Organization, event.organization_id).slug == home
        assert browser_of(people[name]).get(answer.headers["location"]).status_code == 200
    assert (
        browser_of(people["other/editor"]).post(f"/en/manage/events/{slug}/copies").status_code
        == 404
    )


def test_every_host_shows_the_event_and_is_shown_by_it(client, database, people, slug):
    paths = (
        *("/en/organizations/partner", "/en/events?organization=partner"),
        "/en/events?organization=partner&tag=music&language=ru",
    )
    for path in paths:
        assert slug not in client.get(path).text
    ask(database, slug, accepted=False)
    for path in paths:
        assert slug not in client.get(path).text, "asked is not accepted"
    assert "Серіктес" not in client.get(f"/en/events/{slug}").text
    with database.writing() as db:
        hosting.accept(db, db.scalars(select(EventHost)).one(), clock.now())
    for path in (*paths, "/en/organizations/founder", "/en/events?organization=founder"):
        assert slug in client.get(path).text, path
    for path in ("/en/events", "/en/organizations/partner"):
        assert "Бастаушы and Серіктес" in words(client.get(path)), path
    feed = Calendar.from_ical(client.get("/en/organizations/partner/calendar.ics").content)
    assert len(feed.walk("VEVENT")) == 1
    assert slug not in client.get("/en/organizations/other").text


SEEN_BY = {
    "en": ("seen by the organiser: Бастаушы.", "seen by the organisers: Бастаушы and Серіктес."),
    "ru": ("только организатор: Бастаушы.", "только организаторы: Бастаушы и Серіктес."),
    "kk": ("тек ұйымдастырушы көреді: Бастаушы.", "көреді: Бастаушы және Серіктес."),
}


@pytest.mark.parametrize("language", SEEN_BY)
def test_the_sign_up_form_names_who_sees_the_name(client, database, people, slug, language):
    alone, together = SEEN_BY[language]
    assert alone in words(client.get(f"/{language}/events/{slug}"))
    ask(database, slug)
    assert together in words(client.get(f"/{language}/events/{slug}"))


def test_whoever_has_signed_up_is_told_who_sees_the_name_now(browser_of, database, people, slug):
    from portal.domain.emails.models import Email, EmailKind

    ask(database, slug, accepted=False)
    partner = browser_of(people["partner/editor"])
    path = f"/en/manage/events/{slug}/hosts/partner/acceptance"
    assert partner.post(path).status_code == 303
    with database.reading() as db:
        (letter,) = db.scalars(select(Email).where(Email.kind == EmailKind.CHANGED.value))
        assert letter.payload["changed"] == ["hosts"]


def test_machines_read_every_organiser(client, database, people, slug):
    def organizer():
        page = page_of(client.get(f"/kk/events/{slug}"))
        (script,) = page.xpath("//script[@type='application/ld+json']")
        return json.loads(script.text)["organizer"]

    assert organizer()["name"] == "Бастаушы"
    ask(database, slug)
    assert [each["name"] for each in organizer()] == ["Бастаушы", "Серіктес"]
    assert organizer()[1]["url"] == "https://testserver/kk/organizations/partner"


def test_names_of_hosts_are_written_as_they_are(client, database, people, slug):
    evil = 'A "quoted" \\ name</script><b>, {"slug":"x"}'
    with database.writing() as db:
        organization_named(db, "partner").name = Translated.of("kk", kk=evil)
    ask(database, slug)
    answer = client.get(f"/en/events/{slug}")
    assert evil in words(answer)
    assert "<b>," not in answer.text
    assert evil in words(client.get("/en/events"))


def test_hosts_cost_lists_and_pages_no_further_question(client, database, people, slug):
    counts = []
    for name in (None, "partner", "other"):
        if name:
            ask(database, slug, name)
        client.get("/en/privacy")  # the first page after a change also learns the settings
        seen = []
        for path in ("/en/events", f"/en/events/{slug}", "/en/organizations/founder"):
            with queries_of(database) as sent:
                assert client.get(path).status_code == 200
            seen.append(len(sent))
        counts.append(seen)
    assert counts[0] == counts[1] == counts[2]
    assert counts[0][:2] == [1, 1]


def test_an_event_is_created_only_for_ones_own_organisation(browser_of, people, slug, database):
    """Holding an event together opens nothing else of the partner's."""
    ask(database, slug)
    answer = browser_of(people["founder/editor"]).post(
        "/en/manage/partner/events", data=event_fields()
    )
    assert answer.status_code == 404
