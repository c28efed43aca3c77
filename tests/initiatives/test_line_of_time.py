"""What grows on an initiative's line of time: plans, events, signs of life, and its end."""

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.events.models import Event, EventHost
from portal.domain.initiatives import steps
from portal.domain.initiatives.models import Stage, StepKind
from portal.domain.initiatives.rules import QUIET_AFTER
from portal.domain.organizations.models import HostState
from portal.domain.organizations.queries import organization_named
from portal.domain.results.models import Result
from portal.i18n.translated import Translated
from tests.factories import (
    make_initiative,
    make_organization,
    make_person,
    make_result,
)
from tests.forms import event_fields, result_fields
from tests.initiatives.initiatives import age, initiative_of, put_on_line
from tests.pages import page_of, value_of, words
from tests.queries import queries_of, reads_of

pytestmark = pytest.mark.both_engines


def test_plans_and_events_lie_ahead_until_they_have_been(browser, client, slug, database):
    steps_at = f"/en/manage/initiatives/{slug}/steps"
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
    steps_at = f"/en/manage/initiatives/{slug}/steps"
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
        f"/en/manage/initiatives/{slug}/steps", data={"kind": "plan", "text_kk": "Кездесу"}
    )
    assert "Quiet" not in words(client.get(f"/en/initiatives/{slug}"))


def test_an_event_to_come_is_a_sign_of_life_but_a_draft_is_not(client, slug, database):
    age(database, slug, QUIET_AFTER.days + 1)
    put_on_line(database, slug, 10, published=False)
    assert "Quiet" in words(client.get(f"/en/initiatives/{slug}"))
    put_on_line(database, slug, 10)
    assert "Quiet" not in words(client.get(f"/en/initiatives/{slug}"))


def test_closing_it_tells_everybody_and_is_for_good(browser, client, slug, database):
    form = f"/en/manage/initiatives/{slug}/closing"
    assert browser.post(form, data=result_fields(happened_kk=None)).status_code == 422
    told = browser.post(form, data=result_fields())
    assert told.headers["location"] == f"/en/initiatives/{slug}"
    page = words(client.get(told.headers["location"]))
    assert "Үш домбырашы күй тартты." in page
    assert "Closing report" in page
    assert "Finished" in page
    stage = browser.post(f"/en/manage/initiatives/{slug}/stage", data={"stage": "running"})
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
    form = f"/en/manage/initiatives/{draft}/closing"
    assert browser.get(form).status_code == 409
    assert browser.post(form, data=result_fields()).status_code in {409, 422}
    with database.reading() as db:
        assert db.scalars(select(Result)).all() == []


def test_the_stage_finished_is_reached_by_the_report_alone(browser, slug):
    url = f"/en/manage/initiatives/{slug}/stage"
    assert browser.post(url, data={"stage": "finished"}).status_code == 409
    assert browser.post(url, data={"stage": "asleep"}).status_code == 404
    assert browser.post(url, data={"stage": "idea"}).status_code == 303


def test_an_event_joins_an_initiative_of_its_hosts_and_no_other(browser, client, slug, database):
    with database.writing() as db:
        foreign = make_initiative(db, make_organization(db), title=Translated.of("kk", kk="Өзге"))
        foreign_slug = foreign.slug
    new = browser.get("/en/manage/ours/events/new")
    options = page_of(new).xpath("//select[@name='initiative']/option/@value")
    assert options == ["", slug]
    for chosen, expected in ((slug, slug), (foreign_slug, None)):
        made = browser.post("/en/manage/ours/events", data=event_fields(initiative=chosen)).headers[
            "location"
        ]
        event = made.split("/")[-2]
        browser.post(f"/en/manage/events/{event}/publication")
        links = page_of(client.get(f"/en/events/{event}")).xpath(
            "//dl//a[contains(@href, '/initiatives/')]/@href"
        )
        assert links == ([f"/en/initiatives/{expected}"] if expected else [])
    edit = browser.get(f"/en/manage/events/{event}/edit")
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
    browser_of(guest).post(f"/en/manage/events/{event}/copies")
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
