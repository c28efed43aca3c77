"""Whatever a kept page says that it does not depend on may change as it likes."""

from collections import defaultdict
from datetime import UTC, datetime

import pytest
from sqlalchemy import Boolean, Integer, Text, cast, update
from sqlalchemy.exc import DatabaseError

from portal.db.changes.tables import PARENTS, PLACES, PLACES_COLUMNS, TABLES, UNSHOWN
from portal.db.engine import Base, Instant
from portal.domain.events.models import Event
from portal.web.http.middleware.page_cache import PageCacheMiddleware
from portal.web.http.policies import Cache
from tests.architecture.route_cases import TRIES
from tests.architecture.test_routes import ROUTES, path_of
from tests.architecture.world import World
from tests.queries import queries_of

LATER = datetime(2031, 3, 21, 12, tzinfo=UTC)


def other_value(column):
    """Something else than what is there; None where that takes more than a word."""
    if column.primary_key or column.foreign_keys:
        return None
    if isinstance(column.type, Instant):
        return LATER
    if isinstance(column.type, Boolean):
        return ~column
    if isinstance(column.type, Integer):
        return column + 1
    return cast(column, Text) + "x" if column.type.python_type is str else None


def alter(db, table):
    """Changes all that can be changed in all rows of a table; returns how many columns."""
    altered = 0
    for column in table.columns:
        if (value := other_value(column)) is None:
            continue
        try:
            with db.begin_nested():
                altered += db.execute(update(table).values({column.name: value})).rowcount > 0
        except DatabaseError:  # the database itself allows no other value
            continue
    return altered


def peopled(world, member, stranger):
    """Rows of as many kinds as readers make."""
    for make in (world.comment, world.report, world.story_changes, world.finished):
        make()
    forms = ("follows.create", "contact.create", "translation_requests.create")
    for browser, names in ((member, forms), (stranger, ("registrations.create",))):
        for name in names:
            attempt = TRIES[name]
            answer = browser.post(path_of(name, attempt.values(world)), data=attempt.form)
            assert answer.is_redirect, name


# Statements name the same tables on both engines.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_is_true_whatever_happens_to_what_it_does_not_depend_on(
    app, client, browser_of, drawn_anew, database, monkeypatch
):
    kept = {}
    monkeypatch.setattr(
        PageCacheMiddleware,
        "_render",
        lambda self, asked, drawing, *rest: _noted(kept, draw, self, asked, drawing, *rest),
    )
    world = World.build(database, app.state.site.storage)
    peopled(world, browser_of(world.people["member"]), client)
    paths = {
        path_of(name, attempt.values(world))
        for name, attempt in TRIES.items()
        if ROUTES[name].cache is Cache.PUBLIC and attempt.expected("GET") == 200
    }
    groups = defaultdict(list)
    for path in sorted(paths):
        client.get(path)
        scopes = kept[path].scopes
        groups[frozenset(scopes) & (TABLES | {PLACES})].append(path)
    assert len(groups) > 3
    altered = set()
    for depends, members in groups.items():
        before = {path: client.get(path).text for path in members}
        with database.writing() as db:
            for name in sorted((TABLES | UNSHOWN) - depends):
                if alter(db, Base.metadata.tables[name]):
                    altered.add(name)
        for path in members:
            with queries_of(database) as sent:
                again = client.get(path)
            assert not sent, path
            assert again.text == before[path] == drawn_anew.get(path).text, path
    assert altered >= TABLES - {"sealed_answers", "activity_requests", "result_reminders"}
    assert altered >= {"emails", "notifications"}


draw = PageCacheMiddleware._render


async def _noted(kept, draw, self, asked, drawing, *rest):
    kept[asked.key[0]] = drawing
    return await draw(self, asked, drawing, *rest)


def test_names_of_scopes_are_those_of_tables_and_columns():
    tables = Base.metadata.tables
    assert tables.keys() >= TABLES | UNSHOWN
    led_to = {key.column.table.name for table in tables.values() for key in table.foreign_keys}
    assert led_to & TABLES == PARENTS
    assert not TABLES & UNSHOWN
    assert set(Event.__table__.c.keys()) >= PLACES_COLUMNS
