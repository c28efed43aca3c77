"""Whatever shows names, or lets more people see them, asks for a second factor first."""

import re

import pytest
from sqlalchemy import select

from portal.core.encryption import seal_of
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.queries import name_of
from portal.domain.events.models import EventHost
from portal.domain.organizations.models import HostState, Invitation, Membership
from portal.web.http.policies import Guard
from tests.architecture.route_cases import TRIES
from tests.architecture.test_routes import RIGHTS, ROUTES, path_of
from tests.architecture.world import VISITORS, World

pytestmark = pytest.mark.slow

# Forms that let somebody see more names and need no factor, with why.
NEEDLESS = {
    "organizations.create": "a new organisation knows no names yet",
    "invitations.accept": "an owner who has passed one chose whom; the names ask for it again",
}
# Where the form of the table of rights leaves everything as it was.
WIDER = {"members.change": {"role": "owner"}}
PLANTED = "Құпия"


@pytest.fixture
def world(database, app):
    return World.build(database, app.state.site.storage)


def who_sees_names(database):
    """Everybody whom a row lets see participants' names, or asks to."""
    with database.reading() as db:
        people = db.scalars(select(Person)).all()
        hosts = db.scalars(select(EventHost).where(EventHost.state != HostState.DECLINED.value))
        return {
            *(("moderator", each.id) for each in people if each.is_moderator),
            *(("administrator", each.id) for each in people if each.is_administrator),
            *(("host", each.event_id, each.organization_id, each.state) for each in hosts),
            *(
                ("member", each.organization_id, each.person_id, each.role)
                for each in db.scalars(select(Membership))
            ),
            *(("invited", each.id) for each in db.scalars(select(Invitation))),
        }


def test_forms_that_let_more_people_see_names_ask_for_a_second_factor(browser_of, world, database):
    widening = set()
    for name, attempt in TRIES.items():
        if ROUTES[name].method != "POST":
            continue
        visitor = next((each for each in VISITORS[1:] if RIGHTS[name][each] == "ok"), None)
        path = path_of(name, attempt.values(world))
        browser, before = browser_of(world.people.get(visitor)), who_sees_names(database)
        browser.post(path, data=WIDER.get(name, attempt.form))
        if who_sees_names(database) - before:
            widening.add(name)
    assert {
        *(
            "hosts.invite",
            "hosts.accept",
            "members.invite",
            "members.change",
            "members.transfer_ownership",
        ),
        *("staff.grant_role", *NEEDLESS),
    } <= widening
    asking = {name for name, route in ROUTES.items() if route.guard is Guard.ALWAYS}
    assert widening - asking == NEEDLESS.keys()


def test_no_page_shows_others_names_or_texts_before_a_second_factor(browser_of, world, database):
    """Everybody has a planted name, and participants wrote "Күй"; each may see their own."""
    world.finished()
    with database.writing() as db:
        for number, person in enumerate(db.scalars(select(Person))):
            name = f"{PLANTED}-{number}."
            person.name_sealed = seal_of(db).close(name, "person.name")
    shown, open_pages = [], 0
    for visitor in ("owner", "moderator", "administrator"):
        with database.reading() as db:
            own = name_of(db, db.get_one(Person, world.ids[visitor]))
        browser = browser_of(world.people[visitor], second_factor=False)
        for name, attempt in TRIES.items():
            if RIGHTS[name][visitor] != "ok" or name in {"static", "sign_in.end"}:
                continue
            path, method = path_of(name, attempt.values(world)), ROUTES[name].method
            answer = browser.request(method, path, data=attempt.form, params=attempt.query)
            names = set(re.findall(rf"{PLANTED}-[0-9]+\.", answer.text)) - {own}
            shown += [(visitor, name, each) for each in names]
            if "feedback" not in name and re.search(r"\bКүй\b", answer.text):
                shown.append((visitor, name, "Күй"))
            open_pages += answer.status_code == 200
    assert shown == []
    assert open_pages > 100
