"""Every route says who may use it, and every kind of visitor gets what that promises."""

import csv
import json
import re
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import func, select

from portal import HOME
from portal.app import declarations
from portal.db.engine import Base
from portal.domain.initiatives.models import Initiative
from portal.web.http.policies import Cache, Policy
from portal.web.http.routing import PortalRouter, UndeclaredRouteError
from tests.architecture.route_cases import TRIES
from tests.architecture.world import VISITORS, World
from tests.engines import ON_ONE_ENGINE
from tests.factories import pass_key, sign_up_guest
from tests.queries import queries_of

ROUTES = {route.name: route for route in declarations()}
# The reviewed table of rights: a row a route, a column a kind of visitor. "ok" is what the route
# answers to whoever may; "sign in" leads there; the rest are the refusals themselves.
with (Path(__file__).parent / "rights.csv").open(encoding="utf-8", newline="") as _table:
    RIGHTS = {row["route"]: row for row in csv.DictReader(_table)}


@pytest.fixture
def world(app, database):
    return World.build(database, app.state.site.storage)


def path_of(name, values):
    path = ROUTES[name].path.replace("{language:language}", "en")
    for key, value in values.items():
        path = path.replace(f"{{{key}}}", value)
    assert "{" not in path, f"{name} needs path values in tests.architecture.route_cases"
    return path


def test_every_route_of_the_application_declares_a_policy_and_a_cache_class(app):
    served = {
        (method, route.path)
        for route in iter_route_contexts(app.routes)
        for method in route.methods - {"HEAD"}
    }
    assert served == {(declared.method, declared.path) for declared in declarations()}
    for declared in declarations():
        assert isinstance(declared.policy, Policy)
        assert isinstance(declared.cache, Cache)


def test_names_of_routes_are_unique():
    assert len(ROUTES) == len(declarations())


def test_no_route_is_made_without_a_declaration():
    with pytest.raises(UndeclaredRouteError):
        PortalRouter().get("/en/forgotten")(lambda: None)


def test_the_command_prints_every_route_with_policy_and_cache_class():
    command = [sys.executable, "-m", "portal", "routes", "--json"]
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=True)
    printed = {row["name"]: row for row in json.loads(done.stdout)}
    assert printed.keys() == ROUTES.keys()
    assert all(
        row.keys() == {"method", "path", "name", "policy", "cache", "second_factor", "limits"}
        for row in printed.values()
    )
    assert printed["events.show"] == {
        "method": "GET",
        "path": "/{language}/events/{slug}",
        "name": "events.show",
        "policy": "anyone",
        "cache": "public",
        "second_factor": "if asked of everybody",
        "limits": {"max_bytes": 0, "body_seconds": 10, "wait_seconds": 10},
    }
    assert printed["participants.file"]["second_factor"] == "always"
    assert printed["second_factor.use"]["second_factor"] == "never"


def test_only_pages_for_everybody_may_be_kept_by_others():
    for route in ROUTES.values():
        if route.cache is not Cache.PRIVATE:
            assert (route.policy, route.method) == (Policy.ANYONE, "GET"), route.name


def test_every_route_is_tried_and_stands_in_the_table_of_rights():
    assert TRIES.keys() == ROUTES.keys()
    assert RIGHTS.keys() == ROUTES.keys()
    assert all(row.keys() == {"route", *VISITORS} for row in RIGHTS.values())


def test_the_table_of_rights_keeps_what_policies_promise():
    for name, row in RIGHTS.items():
        policy = ROUTES[name].policy
        if policy in {Policy.ANYONE, Policy.LINK_HOLDER}:
            assert {row[visitor] for visitor in VISITORS} <= {"ok", "303"}, name
        elif policy is Policy.CLOSED_ACCOUNT:  # nobody here has closed an account
            assert {row[visitor] for visitor in VISITORS} == {"404"}, name
        else:
            assert row["stranger"] == row["banned"] == "sign in", name
        if policy is Policy.ADMINISTRATOR:
            may = {visitor for visitor in VISITORS if row[visitor] == "ok"}
            assert may == {"administrator"}, name


# On the other database by who gets furthest: rights hang on no engine.
@pytest.mark.parametrize(
    ("database_url", "visitor"),
    [
        *(("sqlite", visitor) for visitor in VISITORS),
        ("postgresql", "owner"),
    ],
    indirect=["database_url"],
)
def test_every_route_answers_a_visitor_as_the_table_of_rights_says(visitor, app, browser_of, world):
    person = world.people.get(visitor)
    surprises = []
    for name, attempt in TRIES.items():
        route = ROUTES[name]
        values = attempt.values(world)
        form = dict(attempt.form)
        if name == "static":
            values = {"file": urlsplit(app.state.site.assets.url("main.js")).path.split("/")[-1]}
        if name == "events.update":
            form["revision"] = world.revision(values["slug"])
        if name == "initiatives.update":
            form["revision"] = world.revision(values["slug"], Initiative)
        browser = browser_of(person)
        path = path_of(name, values)
        sent = {"data": form, "files": attempt.files or None, "params": attempt.query}
        answer = browser.request(route.method, path, **sent)
        right = RIGHTS[name][visitor]
        promised = {"ok": attempt.expected(route.method), "sign in": 303}.get(right) or int(right)
        if answer.status_code != promised:
            surprises.append(f"{name}: {answer.status_code} instead of {promised}")
        if right == "sign in":
            assert answer.headers["location"].startswith("/en/sign-in"), name
        if route.policy is not Policy.ANYONE:
            assert answer.headers["cache-control"] == "no-store", name
    assert "\n".join(surprises) == ""


def test_public_pages_read_no_private_table(client, world):
    tables = Base.metadata.tables
    private = {table.name for table in tables.values() if table.info.get("is_private")}
    # Nor does a row of these take one of another table along; that a link to it is cleared is
    # nothing that a page could show.
    for table in tables.values():
        keys = [key for key in table.foreign_keys if key.ondelete != "SET NULL"]
        leads = {key.column.table.name for key in keys}
        assert table.name in private or not leads & private, table.name
    read = set()
    for name, attempt in TRIES.items():
        if ROUTES[name].cache is not Cache.PUBLIC:
            continue
        path = path_of(name, attempt.values(world))
        with queries_of(world.database) as sent:
            answer = client.get(path, params=attempt.query)
        assert answer.status_code == attempt.expected("GET"), name
        words = set(re.findall(r"\w+", " ".join(sent)))
        # Of past events, whose sign-ups change the content's revision (registrations.attendance).
        counted = {"registrations"} if name == "initiatives.show" else set()
        assert words & private <= counted, name
        read |= words & tables.keys()
    assert read >= {"events", "stories", "organizations", "initiatives", "comments", "results"}


def test_a_pass_opens_by_its_letters_secret_alone_whoever_comes(browser_of, world):
    """The secret decides: a stranger who has it may, a signed-in person without it may not."""
    for name, attempt in TRIES.items():
        if ROUTES[name].policy is not Policy.PASS_HOLDER:
            continue
        public_id = attempt.values(world)["key"]
        secret, other_secret = _secrets_of(world, public_id)
        method = ROUTES[name].method
        for person, key, promised in (
            (None, secret, attempt.expected(method)),
            (None, secrets.token_urlsafe(32), 404),
            (world.people["owner"], secrets.token_urlsafe(32), 404),
            (None, other_secret[:-1] + ("A" if other_secret[-1] != "A" else "B"), 404),
        ):
            answer = browser_of(person).request(
                method, path_of(name, {"key": key}), data=attempt.form
            )
            assert answer.status_code == promised, (name, key == secret)


def _secrets_of(world, public_id):
    from portal.domain.events.models import Event
    from portal.domain.registrations.models import Registration

    with world.database.writing() as db:
        registration = db.query(Registration).filter_by(public_id=public_id).one()
        event = db.get_one(Event, registration.event_id)
        other = sign_up_guest(db, event)
        return pass_key(db, registration, event), pass_key(db, other, event)


def _without_its_path(answer, given):
    """The page without what names its address, and without the wheel, whose hands move."""
    page = re.sub(r"<svg.*?</svg>", "", answer.text, flags=re.DOTALL)
    return page.replace(f"/{given}", "/…").replace(f"%2F{given}", "%2F…")


@ON_ONE_ENGINE
def test_what_belongs_to_others_looks_exactly_like_what_does_not_exist(browser_of, world):
    """Foreign and random ids, for every route that takes one, give one and the same page."""
    compared = 0
    for name, attempt in TRIES.items():
        route = ROUTES[name]
        if route.policy in {
            Policy.ANYONE,
            Policy.LINK_HOLDER,
            Policy.SIGNED_IN,
            Policy.ADMINISTRATOR,
            Policy.CLOSED_ACCOUNT,
        }:
            continue
        if not attempt.values(world):
            continue
        values = attempt.values(world)
        telling = ("person", "invitation", "registration", "slug")
        key = next((k for k in telling if k in values), next(iter(values)))
        for visitor in ("member", "foreign_owner", "other_holder"):
            browser = browser_of(world.people[visitor])
            answers = []
            for given in (values[key], _random_like(values[key])):
                path = path_of(name, values | {key: given})
                answer = browser.request(route.method, path, data=attempt.form)
                headers = {k: v for k, v in answer.headers.items() if k != "content-length"}
                answers.append((answer.status_code, headers, _without_its_path(answer, given)))
            for one, other in zip(*answers, strict=True):
                assert one == other, (name, visitor)
            assert answers[0][0] == 404, (name, visitor)
            compared += 1
    assert compared > 60


def _random_like(known):
    return "9" * len(known) if known.isdigit() else secrets.token_urlsafe(64)[: len(known)].lower()


def test_a_draft_and_a_private_event_of_others_look_like_nothing(browser_of, world):
    draft = world.event(published=False)["slug"]
    from portal.domain.publishing.publication import Visibility

    private = world.event(visibility=Visibility.PRIVATE)["slug"]
    for visitor in ("stranger", "member", "foreign_owner", "administrator", "holder"):
        browser = browser_of(world.people.get(visitor))
        for name in ("events.show", "events.file", "registrations.create", "registrations.sent"):
            method, shown = ROUTES[name].method, []
            for slug in (draft, private, "nothing-of-this-name"):
                path = path_of(name, {"slug": slug})
                answer = browser.request(method, path, data=TRIES[name].form)
                assert answer.status_code == 404, (name, visitor, slug)
                shown.append(_without_its_path(answer, slug))
            assert len(set(shown)) == 1, (name, visitor)


@ON_ONE_ENGINE
def test_refused_visitors_change_nothing(browser_of, world, database):
    """After everybody without rights has tried every form, the records are what they were."""
    prepared = [
        (name, attempt, attempt.values(world))
        for name, attempt in TRIES.items()
        if ROUTES[name].method == "POST"
        and ROUTES[name].policy not in {Policy.ANYONE, Policy.SIGNED_IN, Policy.MEMBER}
    ]
    before = _rows(database)
    for name, attempt, values in prepared:
        for visitor in (
            *("stranger", "member", "analyst", "foreign_owner", "other_holder", "banned"),
        ):
            browser = browser_of(world.people.get(visitor))
            answer = browser.post(path_of(name, values), data=attempt.form)
            assert answer.status_code in {303, 403, 404}, (name, visitor)
    assert _rows(database) == before


def _rows(database):
    """All rows but sign-in sessions, which the browsers above begin."""
    with database.reading() as db:
        return {
            table.name: sorted(map(repr, db.execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
            if table.name != "sign_in_sessions"
        }


def test_the_world_of_these_tests_has_records_that_could_leak(world, database):
    world.finished()
    with database.reading() as db:
        for table in ("registrations", "feedback_answers", "memberships", "events"):
            assert db.scalar(select(func.count()).select_from(Base.metadata.tables[table])) > 0
