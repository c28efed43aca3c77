"""Initiatives: written, published, found, and what grows on their line of time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.domain.events.models import Event, EventHost, HostState
from portal.domain.history.models import Revision
from portal.domain.initiatives import steps
from portal.domain.initiatives.models import Initiative, Stage, StepKind
from portal.domain.initiatives.rules import QUIET_AFTER
from portal.domain.organizations.queries import organization_named
from portal.domain.results.models import Result
from portal.translated import Translated
from tests.factories import (
    make_event,
    make_initiative,
    make_initiative_host,
    make_organization,
    make_person,
    make_result,
    sign_up_guest,
)
from tests.functional.forms import event_fields, initiative_fields, result_fields
from tests.functional.pages import errors_of, page_of, value_of, words
from tests.functional.queries import queries_of, reads_of

PURPOSE = "Балалар үйде қазақша сөйлейді."


@pytest.fixture
def editor(database):
    with database.writing() as db:
        person = make_person(db)
        make_organization(db, "ours", editor=person)
        return person


@pytest.fixture
def browser(browser_of, editor):
    return browser_of(editor)


@pytest.fixture
def slug(database, editor):
    with database.writing() as db:
        return make_initiative(db, organization_named(db, "ours")).slug


def initiative_of(db, slug):
    return db.scalars(select(Initiative).where(Initiative.slug == slug)).one()


def age(database, slug, days):
    """Publishes it so many days earlier."""
    with database.writing() as db:
        initiative_of(db, slug).published_at = clock.now() - timedelta(days=days)


def put_on_line(database, slug, days, **changes):
    """An event of ours on the line."""
    with database.writing() as db:
        event = make_event(
            db,
            organization_named(db, "ours"),
            starts_at=clock.now() + timedelta(days=days),
            **changes,
        )
        event.initiative_id = initiative_of(db, slug).id
        return event.slug


def test_a_title_is_enough_to_begin_and_nobody_else_sees_it_before_it_is_published(
    browser, client, database
):
    new = "/en/organizing/ours/initiatives/new"
    assert "New initiative" in words(browser.get(new))
    begun = browser.post(
        "/en/organizing/ours/initiatives", data={"original": "kk", "title": "Ана тілі"}
    )
    assert begun.headers["location"] == "/en/organizing/initiatives/ana-tili/edit"
    assert value_of(browser.get(begun.headers["location"]), "title_kk") == "Ана тілі"
    saved = browser.post("/en/organizing/initiatives/ana-tili", data=initiative_fields())
    assert saved.headers["location"] == "/en/organizing/initiatives/ana-tili/preview"
    preview = browser.get(saved.headers["location"])
    assert "This is a preview" in words(preview)
    assert PURPOSE in words(preview)
    assert client.get("/en/initiatives/ana-tili").status_code == 404
    assert "Ана тілі" not in words(client.get("/en/initiatives"))
    browser.post("/en/organizing/initiatives/ana-tili/publication")
    page = client.get("/en/initiatives/ana-tili")
    assert PURPOSE in words(page)
    assert "Germany" in words(page)
    assert "Nobody: it is the work of volunteers" in words(page)
    assert page_of(page).xpath("//time[@datetime='2025-03-21']")
    assert '"@type": "Project"' in page.text
    assert "Ана тілі" in words(client.get("/en/initiatives"))
    assert "Ана тілі" in words(client.get("/en/organizations/ours"))
    with database.reading() as db:
        (revision,) = db.scalars(select(Revision).where(Revision.item_kind == "initiative"))
        assert revision.facts["purpose"] == {"kk": PURPOSE}


def test_a_title_is_asked_for_and_what_was_typed_stays(browser):
    answer = browser.post("/en/organizing/ours/initiatives", data={"original": "ru", "title": " "})
    assert answer.status_code == 422
    assert "Write a title" in errors_of(answer)["title"]
    assert value_of(answer, "original") == "ru"


def test_what_it_is_for_and_who_pays_must_be_said_before_anybody_reads_it(
    browser, client, database, editor
):
    with database.writing() as db:
        nothing = Translated.of("kk")
        ours = organization_named(db, "ours")
        draft = make_initiative(db, ours, published=False, purpose=nothing, funding=None).slug
    for expected, typed in (
        ("Say what it is for", {"funding": None}),
        ("Say who pays for it", {"funding": None, "title_kk": "Тіл"}),
    ):
        answer = browser.post(f"/en/organizing/initiatives/{draft}/publication")
        assert answer.status_code == 409
        assert expected in words(answer)
        with database.reading() as db:
            revision = str(initiative_of(db, draft).revision)
        browser.post(
            f"/en/organizing/initiatives/{draft}",
            data=initiative_fields(revision=revision, **typed),
        )
    assert client.get(f"/en/initiatives/{draft}").status_code == 404


def test_two_editors_at_once_are_told_and_lose_nothing(browser, slug, database):
    with database.reading() as db:
        revision = initiative_of(db, slug).revision
    first = initiative_fields(revision=str(revision), purpose_kk="Бірінші")
    assert browser.post(f"/en/organizing/initiatives/{slug}", data=first).status_code == 303
    second = initiative_fields(revision=str(revision), purpose_kk="Екінші")
    answer = browser.post(f"/en/organizing/initiatives/{slug}", data=second)
    assert answer.status_code == 422
    assert "Somebody else has saved" in answer.text
    assert value_of(answer, "purpose_kk") == "Екінші"
    assert value_of(answer, "revision") == str(revision + 1)


def test_changes_stand_in_its_history(browser, client, slug, database):
    with database.reading() as db:
        revision = initiative_of(db, slug).revision
    changed = initiative_fields(
        revision=str(revision), purpose_kk="Жаңа мақсат", countries=["DE", "TR"], since="2025-04-01"
    )
    browser.post(f"/en/organizing/initiatives/{slug}", data=changed)
    browser.post(f"/en/organizing/initiatives/{slug}/stage", data={"stage": "planned"})
    page = words(client.get(f"/en/initiatives/{slug}/history"))
    for word in ("Жаңа мақсат", "Türkiye", "Mongolia", "April 1, 2025", "Planned", "Running"):
        assert word in page or word == "April 1, 2025"
    assert "Changed" in words(client.get(f"/en/initiatives/{slug}"))


def test_plans_and_events_lie_ahead_until_they_have_been(browser, client, slug, database):
    steps_at = f"/en/organizing/initiatives/{slug}/steps"
    browser.post(steps_at, data={"kind": "plan", "text_kk": "Оқулық шығару", "day": "2031-05-01"})
    put_on_line(database, slug, 10)
    past = put_on_line(database, slug, -10)
    secret = Translated.of("kk", kk="Құпия")
    put_on_line(database, slug, -20, published=False, title=secret)
    with database.writing() as db:
        make_result(db, db.scalars(select(Event).where(Event.slug == past)).one())
    page = client.get(f"/en/initiatives/{slug}")
    ahead = words(page, "//section[@aria-labelledby='ahead']")
    behind = words(page, "//section[@aria-labelledby='behind']")
    assert ahead.index("Dombyra evening") < ahead.index("Оқулық шығару")
    assert "Үш домбырашы күй тартты." in behind
    assert "Beginning" in behind
    assert "Құпия" not in page.text
    with database.reading() as db:
        (step,) = steps_of(db, slug)
    assert browser.post(f"{steps_at}/{step}/done").status_code == 303
    assert browser.post(f"{steps_at}/{step}/done").status_code == 409
    page = client.get(f"/en/initiatives/{slug}")
    assert "Оқулық шығару" in words(page, "//section[@aria-labelledby='behind']")
    assert browser.post(f"{steps_at}/{step}/removal").status_code == 303
    assert "Оқулық шығару" not in client.get(f"/en/initiatives/{slug}").text


def steps_of(db, slug):
    from portal.domain.initiatives.queries import steps_of as found

    return [step.id for step in found(db, initiative_of(db, slug).id)]


def test_a_step_needs_words_and_belongs_to_its_initiative(browser, slug, database):
    steps_at = f"/en/organizing/initiatives/{slug}/steps"
    answer = browser.post(steps_at, data={"kind": "plan", "day": "someday"})
    assert answer.status_code == 422
    answer = browser.post(steps_at, data={"kind": "plan", "day": "2031-05-01"})
    assert answer.status_code == 422
    assert value_of(answer, "day") == "2031-05-01"
    with database.writing() as db:
        theirs = make_initiative(db, make_organization(db))
        foreign = steps.add(
            db, theirs, StepKind.PLAN, Translated.of("kk", kk="Өзге"), None, clock.now()
        )
        db.flush()
        number = foreign.id
    for verb in ("done", "removal"):
        assert browser.post(f"{steps_at}/{number}/{verb}").status_code == 404
        assert browser.post(f"{steps_at}/x/{verb}").status_code == 404


def test_it_is_quiet_by_itself_and_a_step_ends_that(browser, client, slug, database):
    age(database, slug, QUIET_AFTER.days + 1)
    assert "Quiet for 90 days" in words(client.get(f"/en/initiatives/{slug}"))
    assert "Quiet for 90 days" in words(client.get("/en/initiatives"))
    with database.reading() as db:
        assert initiative_of(db, slug).stage == Stage.RUNNING
    browser.post(
        f"/en/organizing/initiatives/{slug}/steps", data={"kind": "plan", "text_kk": "Кездесу"}
    )
    assert "Quiet" not in words(client.get(f"/en/initiatives/{slug}"))


def test_an_event_to_come_is_a_sign_of_life_but_a_draft_is_not(client, slug, database):
    age(database, slug, QUIET_AFTER.days + 1)
    put_on_line(database, slug, 10, published=False)
    assert "Quiet" in words(client.get(f"/en/initiatives/{slug}"))
    put_on_line(database, slug, 10)
    assert "Quiet" not in words(client.get(f"/en/initiatives/{slug}"))


def test_closing_it_tells_everybody_and_is_for_good(browser, client, slug, database):
    form = f"/en/organizing/initiatives/{slug}/closing"
    assert browser.post(form, data=result_fields(happened_kk=None)).status_code == 422
    told = browser.post(form, data=result_fields())
    assert told.headers["location"] == f"/en/initiatives/{slug}"
    page = words(client.get(told.headers["location"]))
    assert "Үш домбырашы күй тартты." in page
    assert "Closing report" in page
    assert "Finished" in page
    stage = browser.post(f"/en/organizing/initiatives/{slug}/stage", data={"stage": "running"})
    assert stage.status_code == 409
    stale = browser.post(form, data=result_fields(happened_kk="Басқаша"))
    assert stale.status_code == 422
    better = browser.post(form, data=result_fields(happened_kk="Басқаша", revision="1"))
    assert better.status_code == 303
    with database.reading() as db:
        (result,) = db.scalars(select(Result))
        assert (result.item_kind, result.revision) == ("initiative", 2)


def test_a_draft_cannot_be_closed(browser, database, editor):
    with database.writing() as db:
        draft = make_initiative(db, organization_named(db, "ours"), published=False).slug
    form = f"/en/organizing/initiatives/{draft}/closing"
    assert browser.get(form).status_code == 409
    assert browser.post(form, data=result_fields()).status_code in {409, 422}
    with database.reading() as db:
        assert db.scalars(select(Result)).all() == []


def test_the_stage_finished_is_reached_by_the_report_alone(browser, slug):
    url = f"/en/organizing/initiatives/{slug}/stage"
    assert browser.post(url, data={"stage": "finished"}).status_code == 409
    assert browser.post(url, data={"stage": "asleep"}).status_code == 404
    assert browser.post(url, data={"stage": "idea"}).status_code == 303


def test_an_event_joins_an_initiative_of_its_hosts_and_no_other(browser, client, slug, database):
    with database.writing() as db:
        foreign = make_initiative(db, make_organization(db), title=Translated.of("kk", kk="Өзге"))
        foreign_slug = foreign.slug
    new = browser.get("/en/organizing/ours/events/new")
    options = page_of(new).xpath("//select[@name='initiative']/option/@value")
    assert options == ["", slug]
    for chosen, expected in ((slug, slug), (foreign_slug, None)):
        made = browser.post(
            "/en/organizing/ours/events", data=event_fields(initiative=chosen)
        ).headers["location"]
        event = made.split("/")[-2]
        browser.post(f"/en/organizing/events/{event}/publication")
        links = page_of(client.get(f"/en/events/{event}")).xpath(
            "//dl//a[contains(@href, '/initiatives/')]/@href"
        )
        assert links == ([f"/en/initiatives/{expected}"] if expected else [])
    edit = browser.get(f"/en/organizing/events/{event}/edit")
    assert value_of(edit, "initiative") in {"", None}


def test_an_event_says_nothing_of_a_hidden_initiative(client, slug, database):
    event = put_on_line(database, slug, 5)
    assert "Ана тілі" in client.get(f"/en/events/{event}").text
    with database.writing() as db:
        initiative_of(db, slug).visibility = "private"
    assert "Ана тілі" not in client.get(f"/en/events/{event}").text


def test_a_copy_by_another_host_leaves_the_line(browser_of, slug, database):
    event = put_on_line(database, slug, 5)
    with database.writing() as db:
        guest = make_person(db)
        theirs = make_organization(db, "theirs", editor=guest)
        found = db.scalars(select(Event).where(Event.slug == event)).one()
        db.add(
            EventHost(
                event_id=found.id,
                organization_id=theirs.id,
                state=HostState.ACCEPTED.value,
                invited_at=clock.now(),
            )
        )
    browser_of(guest).post(f"/en/organizing/events/{event}/copies")
    with database.reading() as db:
        copy = db.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
        assert copy.slug != event
        assert copy.initiative_id is None


def test_its_page_reads_no_events_but_its_own(client, slug, database):
    """By its own guess SQLite reads all that are public, or over, for the sake of a few."""
    with queries_of(database) as sent:
        assert client.get(f"/en/initiatives/{slug}").status_code == 200
    about = [statement for statement in sent if "events.initiative_id = " in statement]
    assert len(about) >= 3
    if database.is_sqlite:
        read = reads_of(database, about, "events")
        assert read
        assert [step for step in read if "ix_events_of_initiative" not in step] == []


def test_lists_are_narrowed_by_stage_country_topic_and_organisation(client, slug, database):
    with database.writing() as db:
        make_initiative(
            db,
            make_organization(db, "theirs"),
            title=Translated.of("kk", kk="Өзге"),
            stage=Stage.PLANNED,
            countries=("TR",),
            tags=("music",),
        )
        make_initiative(
            db,
            organization_named(db, "ours"),
            published=False,
            title=Translated.of("kk", kk="Қара"),
        )
        make_initiative(db, make_organization(db), title=Translated.of("kk", kk="Соңғы"))
    everything = words(client.get("/en/initiatives"), "//ul[@class='initiatives']")
    assert everything.index("Соңғы") < everything.index("Ана тілі") < everything.index("Өзге")
    assert "Қара" not in everything
    for query in ("stage=running", "country=DE", "tag=language", "organization=ours"):
        found = words(client.get(f"/en/initiatives?{query}"), "//ul[@class='initiatives']")
        assert "Ана тілі" in found, query
        assert "Өзге" not in found, query
    assert "No initiative fits" in words(client.get("/en/initiatives?country=KR"))
    for query in ("stage=asleep", "tag=nothing", "country=ZZ", "organization=nobody", "page=0"):
        assert client.get(f"/en/initiatives?{query}").status_code == 404


def test_who_is_only_asked_to_hold_it_is_not_said_to_hold_it(client, slug, database):
    with database.writing() as db:
        initiative = db.scalars(select(Initiative).where(Initiative.slug == slug)).one()
        for name, accepted in (("asked", False), ("joined", True)):
            make_initiative_host(db, initiative, make_organization(db, name), accepted=accepted)
    for path in ("/en/initiatives?organization={}", "/en/organizations/{}"):
        assert "Ана тілі" in words(client.get(path.format("joined"))), path
        assert "Ана тілі" not in words(client.get(path.format("asked"))), path


def test_a_topic_has_its_own_initiatives_alone(client, slug, database):
    with database.writing() as db:
        title = Translated.of("kk", kk="Өзге")
        make_initiative(db, make_organization(db), title=title, tags=("music",))
    for topic, there, elsewhere in (
        ("music", "Өзге", "Ана тілі"),
        ("language", "Ана тілі", "Өзге"),
    ):
        for path in (f"/kk/tags/{topic}", f"/kk/tags/{topic}/feed.atom"):
            shown = client.get(path).text
            assert (there in shown, elsewhere in shown) == (True, False), path


def test_its_people_find_the_latest_first(database, browser, slug):
    with database.writing() as db:
        for name in ("Екінші", "Үшінші"):
            title = Translated.of("kk", kk=name)
            make_initiative(db, organization_named(db, "ours"), published=False, title=title)
    shown = words(browser.get("/en/organizing"))
    assert shown.index("Үшінші") < shown.index("Екінші") < shown.index("Ана тілі")


def test_numbers_are_told_where_five_people_stand_behind_them(client, slug, browser, database):
    big, small = put_on_line(database, slug, -10), put_on_line(database, slug, -8)
    with database.writing() as db:
        for event_slug, count in ((big, 7), (small, 4)):
            event = db.scalars(select(Event).where(Event.slug == event_slug)).one()
            for _guest in range(count):
                sign_up_guest(db, event).attended_at = event.starts_at
    page = words(client.get(f"/en/initiatives/{slug}"), "//section[@aria-labelledby='numbers']")
    assert "5 or more" in page
    report = words(browser.get(f"/en/initiatives/{slug}/report"), "//table")
    assert "7" in report
    assert "11" not in report
    assert "fewer than five" in report
    table = browser.get(f"/en/initiatives/{slug}/report.csv")
    assert table.content.startswith(b"\xef\xbb\xbf")
    last = table.text.strip().splitlines()[-1]
    assert last.endswith(",7,7")
    assert client.get(f"/en/initiatives/{slug}/report").status_code == 303


def test_four_people_are_no_number_at_all(client, slug, database):
    past = put_on_line(database, slug, -10)
    with database.writing() as db:
        event = db.scalars(select(Event).where(Event.slug == past)).one()
        for _guest in range(4):
            sign_up_guest(db, event).attended_at = event.starts_at
    assert "In numbers" not in words(client.get(f"/en/initiatives/{slug}"))


def test_links_of_organisations_nobody_knows_are_words(client, database):
    with database.writing() as db:
        unknown = make_organization(db, verified=False)
        link = Translated.of("kk", kk="[Ақша](https://bad.example.org/) жинаймыз")
        slug = make_initiative(db, unknown, description=link).slug
    page = client.get(f"/en/initiatives/{slug}")
    assert "Ақша" in words(page)
    assert "bad.example.org" not in page.text


def set_suspended(database, slug, since):
    with database.writing() as db:
        organization_named(db, slug).suspended_at = since


def test_hosts_hold_it_together_once_they_have_accepted(
    browser, browser_of, slug, client, database
):
    with database.writing() as db:
        guest = make_person(db)
        make_organization(db, "theirs", editor=guest)
    hosts = f"/en/organizing/initiatives/{slug}/hosts"
    for no_other in ("ours", "a\0b"):
        assert browser.post(hosts, data={"organization": no_other}).status_code == 422
    set_suspended(database, "theirs", clock.now())
    answer = browser.post(hosts, data={"organization": "theirs"})
    assert (answer.status_code, "This organisation is suspended" in words(answer)) == (422, True)
    set_suspended(database, "theirs", None)
    assert browser.post(hosts, data={"organization": "theirs"}).status_code == 303
    assert browser.post(hosts, data={"organization": "theirs"}).status_code == 422
    assert "Asked, not answered yet" in words(browser.get(hosts))
    organising = f"/en/organizing/initiatives/{slug}"
    asked = browser_of(guest)
    assert asked.get(organising).status_code == 404
    assert "to hold an initiative with them" in words(asked.get("/en/organizing"))
    assert browser.post(f"{hosts}/theirs/acceptance").status_code == 404
    for suspended in ("ours", "theirs"):
        set_suspended(database, suspended, clock.now())
        assert asked.post(f"{hosts}/theirs/acceptance").status_code == 409, suspended
        set_suspended(database, suspended, None)
    assert asked.post(f"{hosts}/theirs/acceptance").status_code == 303
    assert asked.get(organising).status_code == 200
    assert asked.post(hosts, data={"organization": "ours"}).status_code == 403
    assert "/en/organizations/theirs" in client.get(f"/en/initiatives/{slug}").text
    assert "Ана тілі" in words(client.get("/en/organizations/theirs"))
    assert asked.post(f"{hosts}/theirs/end").headers["location"] == "/en/organizing"
    assert asked.get(organising).status_code == 404
    assert "/en/organizations/theirs" not in client.get(f"/en/initiatives/{slug}").text


def test_an_invitation_that_was_declined_opens_nothing(browser_of, slug, database):
    with database.writing() as db:
        guest = make_person(db)
        theirs = make_organization(db, "theirs", editor=guest)
        make_initiative_host(db, initiative_of(db, slug), theirs, accepted=False)
    asked = browser_of(guest)
    hosts = f"/en/organizing/initiatives/{slug}/hosts"
    for verb in ("refusal", "acceptance"):
        assert asked.post(f"{hosts}/theirs/{verb}").status_code == 303
    assert asked.get(f"/en/organizing/initiatives/{slug}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_asks_as_much_for_one_as_for_three(client, database, count):
    with database.writing() as db:
        ours = make_organization(db)
        for _each in range(count):
            make_initiative(db, ours)
    client.get("/en/privacy")  # the first page after a change also learns the settings
    with queries_of(database) as queries:
        client.get("/en/initiatives")
    assert len(queries) == 2, queries
