"""People of an organisation may do what their roles allow, and nothing of another's."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.queries import name_of
from portal.domain.events.models import Event
from portal.domain.organizations import actions as organizations
from portal.domain.organizations.models import Invitation, Membership, Organization, Role
from portal.domain.organizations.queries import organization_named
from portal.domain.organizations.rules import INVITATION_LASTS
from tests.factories import (
    make_event,
    make_host,
    make_organization,
    make_person,
    pass_key,
    sign_up_guest,
)
from tests.forms import event_fields
from tests.pages import page_of, words


@pytest.fixture
def owner(database):
    """The only owner of the organisation "ours"."""
    with database.writing() as db:
        person = make_person(db, "Иесі")
        make_organization(db, "ours", owner=person)
    return person


@pytest.fixture
def newcomer(database):
    with database.writing() as db:
        return make_person(db, "Жаңа")


def id_of(database, name):
    with database.reading() as db:
        (found,) = [p.id for p in db.scalars(select(Person)) if name_of(db, p) == name]
        return found


def roles(database):
    with database.reading() as db:
        return sorted(db.scalars(select(Membership.role)))


def invite(browser, role="editor"):
    """The link an owner gets, as a path."""
    shown = browser.post("/en/manage/ours/invitations", data={"role": role})
    assert shown.status_code == 200
    (link,) = page_of(shown).xpath("//main//code/text()")
    assert link.startswith("https://testserver/")
    return link.removeprefix("https://testserver")


def give(database, name, role):
    person_id = id_of(database, name)
    with database.writing() as db:
        organizations.grant_role(
            db, organization_named(db, "ours"), db.get_one(Person, person_id), role, clock.now()
        )


def test_an_invitation_is_a_link_that_makes_one_person_what_it_says(
    browser_of, owner, newcomer, database
):
    path = invite(browser_of(owner))
    browser = browser_of(newcomer)
    shown = browser.get(path)
    assert "Editor: publishes events" in words(shown)
    assert roles(database) == ["owner"]
    answer = browser.post(path)
    assert answer.headers["location"] == "/en/manage"
    assert roles(database) == ["editor", "owner"]
    assert "Altyn saqa" in words(browser.get("/en/manage"))


def test_an_invitation_is_used_once(browser_of, owner, newcomer, database):
    path = invite(browser_of(owner))
    browser_of(newcomer).post(path)
    with database.writing() as db:
        second = make_person(db)
    answer = browser_of(second).post(path)
    assert answer.status_code == 409
    assert "has been used or has expired" in words(answer)
    assert "has been used or has expired" in words(browser_of(second).get(path))
    assert roles(database) == ["editor", "owner"]


def test_an_invitation_lasts_a_week(browser_of, owner, newcomer, database):
    with database.writing() as db:
        ours, week_ago = organization_named(db, "ours"), clock.now() - INVITATION_LASTS
        late, early = (
            organizations.invite(db, ours, Role.EDITOR, made_at)
            for made_at in (week_ago, week_ago + timedelta(hours=1))
        )
    browser = browser_of(newcomer)
    assert browser.post(f"/en/invitations/{late}").status_code == 409
    assert roles(database) == ["owner"]
    assert browser.post(f"/en/invitations/{early}").status_code == 303
    assert roles(database) == ["editor", "owner"]


def test_the_link_is_shown_once_and_kept_as_its_hash(browser_of, owner, database):
    browser = browser_of(owner)
    token = invite(browser).rsplit("/", 1)[-1]
    assert token not in browser.get("/en/manage/ours/people").text
    with database.reading() as db:
        assert db.scalar(select(Invitation.digest)) != token


def test_a_refused_acceptance_leaves_the_invitation_usable(browser_of, owner, newcomer, database):
    """The last owner cannot become an analyst; whoever was meant can still accept."""
    own = invite(browser_of(owner), "analyst")
    answer = browser_of(owner).post(own)
    assert answer.status_code == 409
    assert "somebody else has to accept it" in words(answer)
    with database.writing() as db:  # by an owner who has left since
        ours = organization_named(db, "ours")
        path = f"/en/invitations/{organizations.invite(db, ours, Role.ANALYST, clock.now())}"
    answer = browser_of(owner).post(path)
    assert answer.status_code == 409
    assert "The last owner cannot leave" in words(answer)
    assert browser_of(newcomer).post(path).status_code == 303
    assert roles(database) == ["analyst", "owner"]


@pytest.mark.parametrize("role", ["", "administrator", "OWNER"])
def test_unknown_roles_are_refused(browser_of, owner, database, role):
    answer = browser_of(owner).post("/en/manage/ours/invitations", data={"role": role})
    assert answer.status_code == 422
    with database.reading() as db:
        assert db.scalars(select(Invitation)).all() == []


def test_the_last_owner_stays(browser_of, owner, database):
    browser, me = browser_of(owner), id_of(database, "Иесі")
    for verb, form in (("dismissal", {}), ("role", {"role": "editor"})):
        answer = browser.post(f"/en/manage/ours/people/{me}/{verb}", data=form)
        assert answer.status_code == 409
        assert "Make another owner first" in words(answer)
    assert roles(database) == ["owner"]


def test_who_may_not_leave_is_told_without_a_second_factor_and_without_names(
    browser_of, owner, newcomer, database
):
    give(database, "Жаңа", Role.EDITOR)
    with database.writing() as db:
        ours = organization_named(db, "ours")
        organizations.invite(db, ours, Role.EDITOR, clock.now(), "asked@example.org")
    answer = browser_of(owner, second_factor=False).post("/en/manage/ours/departure")
    assert answer.status_code == 409
    assert "Make another owner first" in words(answer)
    assert "Жаңа" not in answer.text
    assert "asked@example.org" not in answer.text
    assert roles(database) == ["editor", "owner"]
    # Whoever sees no names leaves without one.
    editor = browser_of(newcomer, second_factor=False)
    assert editor.post("/en/manage/ours/departure").status_code == 303
    assert roles(database) == ["owner"]


def test_with_another_owner_one_may_leave(browser_of, owner, newcomer, database):
    give(database, "Жаңа", Role.OWNER)
    browser, me = browser_of(owner), id_of(database, "Иесі")
    answer = browser.post(f"/en/manage/ours/people/{me}/dismissal")
    assert answer.headers["location"] == "/en/manage"
    assert browser.get("/en/manage/ours/people").status_code == 404
    assert roles(database) == ["owner"]


def test_a_role_taken_away_acts_on_the_next_request(browser_of, owner, newcomer, database):
    """No session, form opened before or list kept open outlives it."""
    give(database, "Жаңа", Role.EDITOR)
    with database.writing() as db:
        slug = make_event(db, organization_named(db, "ours"), published=False).slug
    browser, theirs = browser_of(newcomer), id_of(database, "Жаңа")
    pages = [
        f"/en/manage/events/{slug}{page}" for page in ("", "/edit", "/preview", "/participants")
    ]
    file = f"/en/manage/events/{slug}/participants.csv"
    assert [browser.get(page).status_code for page in pages] == [200] * 4
    assert browser.post(file).status_code == 200
    member = f"/en/manage/ours/people/{theirs}"
    assert browser_of(owner).post(f"{member}/role", data={"role": "analyst"}).status_code == 303
    assert [browser.get(page).status_code for page in pages] == [200, 403, 403, 403]
    form = event_fields()
    assert browser.post("/en/manage/ours/events", data=form).status_code == 403
    assert browser_of(owner).post(f"{member}/dismissal").status_code == 303
    assert [browser.get(page).status_code for page in pages] == [404] * 4
    for path in (file, f"/en/manage/events/{slug}/cancellation"):
        assert browser.post(path).status_code == 404
    assert browser.get(f"/en/events/{slug}").status_code == 404


def test_an_analyst_reads_numbers_and_no_names(browser_of, newcomer, owner, database):
    give(database, "Жаңа", Role.ANALYST)
    with database.writing() as db:
        event = make_event(db, organization_named(db, "ours"))
        sign_up_guest(db, event, name="Zhanbolat")
        slug = event.slug
    browser = browser_of(newcomer)
    for page in ("", "/results"):
        shown = browser.get(f"/en/manage/events/{slug}{page}")
        assert shown.status_code == 200
        assert "Zhanbolat" not in shown.text
        assert "participants" not in shown.text


@pytest.fixture
def theirs(database):
    """Another organisation with an editor, an event and an invitation, and none of our people."""
    with database.writing() as db:
        editor = make_person(db, "Бөтен")
        organization = make_organization(db, "theirs", editor=editor)
        slug = make_event(db, organization).slug
        token = organizations.invite(db, organization, Role.OWNER, clock.now())
    return editor, slug, token


def test_an_invitation_of_one_organisation_gives_nothing_in_another(
    browser_of, newcomer, owner, theirs, database
):
    _editor, _slug, token = theirs
    browser_of(newcomer).post(f"/en/invitations/{token}")
    with database.reading() as db:
        names = db.execute(
            select(Organization.slug, Membership.role)
            .join(Membership, Membership.organization_id == Organization.id)
            .order_by(Organization.slug, Membership.role)
        ).all()
    assert [tuple(row) for row in names] == [
        ("ours", "owner"),
        ("theirs", "editor"),
        ("theirs", "owner"),
    ]
    assert browser_of(newcomer).get("/en/manage/ours/people").status_code == 404


def test_a_key_of_one_kind_opens_no_door_of_another(client, browser_of, owner, newcomer, database):
    """Every token at every other door: a pass's, an invitation's, a session's."""
    with database.writing() as db:
        event = make_event(db, organization_named(db, "ours"))
        key = pass_key(db, sign_up_guest(db, event), event)
        session = people.start_session(db, make_person(db), clock.now())
        invitation = organizations.invite(
            db, organization_named(db, "ours"), Role.OWNER, clock.now()
        )
    browser = browser_of(newcomer)
    for wrong in (key, session):
        assert browser.get(f"/en/invitations/{wrong}").status_code == 404
        assert browser.post(f"/en/invitations/{wrong}").status_code == 404
    for wrong in (invitation, session):
        assert client.get(f"/en/passes/{wrong}").status_code == 404
        assert client.post(f"/en/passes/{wrong}/cancellation").status_code == 404
    for wrong in (invitation, key):
        stranger = browser_of()
        stranger.cookies.set("__Host-session", wrong)
        assert stranger.get("/en/profile").status_code == 303


def test_organisers_find_what_is_next_first_and_what_is_over_apart(browser_of, database):
    with database.writing() as db:
        editor = make_person(db)
        ours, theirs = make_organization(db, "ours", editor=editor), make_organization(db, "theirs")

        def held(days, by=ours, **changes):
            starts_at = clock.now() + timedelta(days=days)
            return make_event(db, by, starts_at=starts_at, **changes).slug

        drafts = [held(2, published=False), held(-2, published=False)]
        coming = [held(days) for days in range(3, 24)]
        joined = held(1, theirs)
        make_host(db, db.scalars(select(Event).where(Event.slug == joined)).one(), ours)
        held(1, theirs)
        past = [held(-days) for days in range(3, 26)]
    browser = browser_of(editor)

    def listed(query, section=""):
        page = page_of(browser.get(f"/en/manage{query}"))
        links = page.xpath(f"//main{section}//article//*[self::h2 or self::h3]/a/@href")
        return [link.rpartition("/")[2] for link in links]

    def section(name):
        return f"//section[@aria-labelledby='{name}']"

    assert listed("", section("events")) == [joined, drafts[0], *coming[:18]]
    assert listed("", section("past")) == [drafts[1], *past[:4]]
    assert listed("?page=2") == coming[18:]
    assert listed("?when=past") == [drafts[1], *past[:19]]
    assert listed("?when=past&page=2") == past[19:]
    assert listed("?when=past&page=3") == []
    links = page_of(browser.get("/en/manage")).xpath("//main//a/@href")
    assert {"/en/manage?page=2", "/en/manage?when=past"} <= {*links}
    assert browser.get("/en/manage?when=never").status_code == 404


def rows(database):
    with database.reading() as db:
        models = (Event, Membership, Invitation)
        return [db.scalar(select(func.count()).select_from(model)) for model in models]


def test_a_foreign_child_of_ones_own_parent_is_not_there(database, browser_of):
    with database.writing() as db:
        owner, foreigner = make_person(db), make_person(db)
        ours = make_organization(db, "ours", owner=owner)
        theirs = make_organization(db, "theirs", owner=foreigner)
        event = make_event(db, ours, starts_at=clock.now() + timedelta(hours=1))
        guest = sign_up_guest(db, make_event(db, theirs)).public_id
        own_guest = sign_up_guest(db, event).public_id
        organizations.invite(db, theirs, Role.EDITOR, clock.now())
        db.flush()
        slug, person = event.slug, foreigner.id
        invitation = db.scalars(select(Invitation.id)).one()
    browser, before = browser_of(owner), rows(database)
    for path, form in (
        (f"ours/people/{person}/role", {"role": "editor"}),
        (f"ours/people/{person}/dismissal", {}),
        (f"ours/people/{person}/ownership", {}),
        (f"ours/invitations/{invitation}/withdrawal", {}),
        (f"events/{slug}/check-in/{guest}", {}),
        (f"events/{slug}/check-in/{guest}/undo", {}),
        (f"events/{slug}/hosts/theirs/end", {}),
        (f"events/{slug}/hosts/theirs/acceptance", {}),
    ):
        assert browser.post(f"/en/manage/{path}", data=form).status_code == 404, path
    assert rows(database) == before
    # The same verb with one's own child works.
    own = f"/en/manage/events/{slug}/check-in/{own_guest}"
    assert browser.post(own).status_code == 303
