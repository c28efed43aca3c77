"""Statements whose plans matter, and what either planner makes of them."""

import pytest
from sqlalchemy import bindparam, select, text

from portal.core import clock
from portal.core.refusals import NotFoundError
from portal.db.engine import sqlite_module
from portal.db.query_hints import limit_param
from portal.domain.accounts.people.models import Person
from portal.domain.emails import actions as emails
from portal.domain.emails import queries as email_queries
from portal.domain.emails.models import State
from portal.domain.events import feed as event_news
from portal.domain.events.listing import Filters, feed, of_organization, page_of
from portal.domain.events.models import Event
from portal.domain.events.queries import event_page
from portal.domain.feedback import queries as feedback
from portal.domain.initiatives import feed as initiative_news
from portal.domain.initiatives import listing as initiatives
from portal.domain.organizations.models import Organization
from portal.domain.privacy import queries as privacy
from portal.domain.publishing.feed_items import Narrowing
from portal.domain.registrations import seats
from portal.domain.registrations.actions import register_member
from portal.domain.registrations.models import HELD
from portal.domain.registrations.queries import run_out
from portal.domain.registrations.viewer_state import registration_statuses
from portal.domain.results import feed as result_news
from portal.domain.stories import feed as news
from portal.domain.stories import listing as stories
from tests.factories import make_event, make_organization, make_person
from tests.platform.ops.test_monitoring import near
from tests.queries import queries_of, reads_of


def _page(db, number):
    return page_of(db, Filters(), clock.now(), number)


_SOME = select(Organization.__table__.c.id).limit(limit_param()).offset(bindparam("skip"))


def _some(db, number):
    return db.execute(_SOME, {"limit": number, "skip": number}).all()


@pytest.mark.parametrize("ask", [_page, _some])
def test_a_statement_with_a_limit_is_planned_once(database, ask):
    planned = []

    def note(*step):
        # Asked while a statement is planned, never while it is carried out.
        planned.append(step)
        return sqlite_module().SQLITE_OK

    with database.reading() as db:
        if database.is_sqlite:
            db.connection().connection.driver_connection.set_authorizer(note)
        ask(db, 1)
        assert bool(planned) == database.is_sqlite
        planned.clear()
        ask(db, 2)
        ask(db, 2)
        assert not planned


@pytest.mark.parametrize("numbers", [[], [2], [3, 1, 999], list(range(2, 40))])
def test_a_member_s_standings_are_those_of_the_events_asked_for(database, numbers):
    with database.writing() as db:
        person, organization = make_person(db), make_organization(db)
        made = [make_event(db, organization) for _number in range(5)]
        for event in made[:4]:
            register_member(db, person, event, clock.now())
        member, ids = person.id, [event.id for event in made]
    # In any order, and beside numbers that nothing has.
    asked = [ids[number] if number < len(ids) else 2**30 + number for number in numbers]
    with queries_of(database) as sent, database.reading() as db:
        found = registration_statuses(db, db.get_one(Person, member), asked)
    assert found == dict.fromkeys(set(asked) & set(ids[:4]), "confirmed")
    assert len([each for each in sent if "registrations" in each]) == 1


def test_postgresql_plans_for_the_values_and_neither_compiles_nor_starts_helpers(database):
    with database.reading() as db, database.writing() as other:
        if not database.is_sqlite:
            for asked in (db, other):
                assert asked.scalar(text("SHOW jit")) == "off"
                assert asked.scalar(text("SHOW max_parallel_workers_per_gather")) == "0"
                assert asked.scalar(text("SHOW plan_cache_mode")) == "auto"


def test_states_that_few_letters_are_in_stand_in_the_statement(app, database):
    """With a value of which it knows nothing, PostgreSQL reads all letters there ever were."""
    with queries_of(database) as sent, database.writing() as db:
        email_queries.how_many(db, State.QUEUED)
        email_queries.failing(db)
        email_queries.longest_waiting(db, clock.now())
        emails.take(db, clock.now())
        emails.lease_notifications(db, clock.now())
    with queries_of(database) as scraped:
        assert near(app).get("/metrics").status_code == 200
    about_letters = [each for each in sent if "state = " in each]
    assert len(about_letters) == 8
    assert all("state = 'queued'" in each for each in about_letters)
    counted = [each for each in scraped if "state = " in each]
    assert len(counted) == 4
    assert all("state = 'queued'" in each or "state = 'undelivered'" in each for each in counted)


def _run_out(db):
    seats.has_line(db, Event(id=1), clock.now())
    run_out(db, clock.now())


def test_held_places_are_looked_for_in_the_words_of_their_index(database):
    """Otherwise PostgreSQL reads all sign-ups there ever were at each of them."""
    with queries_of(database) as sent, database.reading() as db:
        _run_out(db)
    looked = [each for each in sent if "held_until <= " in each]
    assert len(looked) == 2
    for condition in HELD.split(" AND "):
        assert all(
            condition.replace("<>", "!=") in each.replace("registrations.", "") for each in looked
        )


def test_letters_are_looked_for_of_those_alone_who_were_asked(database):
    """For everybody else the comparison is unknown, and PostgreSQL looks nevertheless."""
    with queries_of(database) as sent, database.reading() as db:
        privacy.due(db, clock.now())
    (statement,) = sent
    assert "people.asked_at IS NOT NULL AND (EXISTS" in " ".join(statement.split())


def _its_stories(language=None, **narrowed):
    def ask(db):
        stories.page_of(db, stories.Filters(language=language, **narrowed))
        news.newest(db, Narrowing(**narrowed), clock.now(), 30)

    return ask


def _event(db):
    with pytest.raises(NotFoundError):
        event_page(db, None, "no-such-event")


def _news_of_few(kind):
    few = Narrowing(organization_id=1, hosts_few=True)
    return lambda db: kind.newest(db, few, clock.now(), 30)


def _answers(db):
    for question in feedback.Question:
        feedback.texts(db, 1, question, 0, 50)


@pytest.mark.parametrize(
    ("ask", "table", "read_by"),
    [
        (
            _its_stories("kk", organization_id=1),
            "stories",
            {"INTEGER PRIMARY KEY", "COVERING INDEX ix_stories_of_organization"},
        ),
        (
            _its_stories(author_id=1),
            "stories",
            {"INTEGER PRIMARY KEY", "COVERING INDEX ix_stories_author_id"},
        ),
        (news.AUTHORS_LISTED.count, "stories", {"COVERING INDEX ix_stories_author_id"}),
        (_event, "story_events", {"INDEX ix_story_events_event_id"}),
        (
            lambda db: page_of(db, Filters(organization_id=1), clock.now()),
            "events",
            {"INTEGER PRIMARY KEY", "COVERING INDEX ix_events_of_organization"},
        ),
        (
            lambda db: of_organization(db, 1, clock.now()),
            "events",
            {"INTEGER PRIMARY KEY", "COVERING INDEX ix_events_of_organization"},
        ),
        (
            _news_of_few(event_news),
            "events",
            {"INTEGER PRIMARY KEY", "COVERING INDEX ix_events_of_organization"},
        ),
        (
            _news_of_few(result_news),
            "results",
            {
                "INDEX sqlite_autoindex_results_1",
                "COVERING INDEX sqlite_autoindex_results_1",
            },
        ),
        (
            lambda db: feed(db, clock.now(), clock.now(), 1),
            "events",
            {"INTEGER PRIMARY KEY", "COVERING INDEX ix_events_of_organization"},
        ),
        (
            lambda db: initiatives.page_of(db, initiatives.Filters(organization_id=1)),
            "initiatives",
            {"INTEGER PRIMARY KEY"},
        ),
        (
            lambda db: news.newest(db, Narrowing(), clock.now(), 3),
            "stories",
            {"INTEGER PRIMARY KEY", "COVERING INDEX ix_stories_listed"},
        ),
        (
            lambda db: initiative_news.newest(db, Narrowing(), clock.now(), 3),
            "initiatives",
            {"INTEGER PRIMARY KEY", "COVERING INDEX ix_initiatives_newest"},
        ),
        (
            lambda db: page_of(db, Filters(organization_id=1), clock.now()),
            "organizations",
            {"INTEGER PRIMARY KEY", "COVERING INDEX ix_organizations_suspended_at"},
        ),
        (_answers, "feedback_answers", {"INDEX ix_feedback_answers_event_id"}),
        (
            _run_out,
            "registrations",
            {"INDEX ix_registrations_held", "COVERING INDEX ix_registrations_line"},
        ),
        (
            lambda db: feedback.tally(db, 1),
            "feedback_answers",
            {"COVERING INDEX ix_feedback_answers_numbers"},
        ),
        (
            lambda db: initiatives.page_of(db, initiatives.Filters()),
            "initiatives",
            {"INTEGER PRIMARY KEY", "COVERING INDEX ix_initiatives_listed"},
        ),
    ],
)
def test_sqlite_reads_no_table_for_the_sake_of_a_few(database, ask, table, read_by):
    """By its own guess it reads all that is public, and then looks whose it is."""
    with queries_of(database) as sent, database.reading() as db:
        ask(db)
    if database.is_sqlite:
        read = reads_of(database, sent, table)
        assert {step.split(" USING ")[1].split(" (")[0] for step in read} == read_by
