"""What the portal's administrators do, and what even they do not see."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.accounts.people.models import Person
from portal.domain.emails.models import Email, Notification, State
from portal.domain.moderation.models import LogEntry
from portal.domain.organizations import actions as organizations
from portal.domain.organizations.models import Invitation, Membership, Organization, Role
from tests.factories import make_event, make_organization, make_person, sign_up_guest
from tests.forms import organization_fields
from tests.pages import errors_of, figures_of, page_of, value_of, words

FOUND = "/en/administration/organizations"


@pytest.fixture
def administrator(database, browser_of):
    with database.writing() as db:
        person = make_person(db, "Серік", is_administrator=True)
    return browser_of(person)


def test_an_organisation_is_founded_and_its_owner_invited(
    administrator, browser_of, client, database
):
    answer = administrator.post(FOUND, data=organization_fields(name_en="Golden Saqa"))
    assert answer.headers["location"] == "/en/manage/altyn-saqa/people"
    assert "Nobody yet. Invite the owner first." in words(
        administrator.get(answer.headers["location"])
    )
    shown = administrator.post("/en/manage/altyn-saqa/invitations", data={"role": "owner"})
    (link,) = page_of(shown).xpath("//main//code/text()")
    with database.writing() as db:
        owner = make_person(db, "Марат")
    path = link.removeprefix("https://testserver")
    assert browser_of(owner).post(path).status_code == 303
    assert browser_of(owner).get("/en/manage/altyn-saqa/people").status_code == 200
    shown = client.get("/en/organizations/altyn-saqa")
    assert "Golden Saqa" in words(shown)
    assert "Berlin, Germany" in words(shown)


REFUSED = {
    "no short name": ({"slug": ""}, "slug"),
    "a short name of one letter": ({"slug": "a"}, "slug"),
    "capital letters": ({"slug": "Altyn"}, "slug"),
    "Cyrillic letters": ({"slug": "алтын"}, "slug"),
    "a look-alike letter": ({"slug": "аltyn"}, "slug"),
    "hyphens at the edge": ({"slug": "-altyn"}, "slug"),
    "a path": ({"slug": "a/b"}, "slug"),
    "a very long short name": ({"slug": "a" * 61}, "slug"),
    "no name in the original language": ({"name_kk": None, "name_ru": "Сака"}, "name_kk"),
    "a name that is too long": ({"name_kk": "Ә" * 141}, "name_kk"),
    "a name with a NUL": ({"name_kk": "Алтын\0сақа"}, "name_kk"),
    "a name that runs backwards": ({"name_kk": "Алтын \u202eақас"}, "name_kk"),
    "an unknown kind": ({"kind": "party"}, "kind"),
    "no city": ({"city": ""}, "city"),
    "a city with a NUL": ({"city": "Ber\0lin"}, "city"),
    "a country in words": ({"country": "Germany"}, "country"),
    "a country in small letters": ({"country": "de"}, "country"),
    "a group of countries": ({"country": "EU"}, "country"),
    "no country": ({"country": ""}, "country"),
    "an unknown zone": ({"time_zone": "Mars/Phobos"}, "time_zone"),
}


def test_what_cannot_be_is_refused_beside_its_field(administrator, database):
    surprises = {}
    for number, (reason, (changes, field)) in enumerate(REFUSED.items()):
        form = organization_fields(**({"slug": f"attempt-{number}"} | changes))
        answer = administrator.post(FOUND, data=form)
        errors = errors_of(answer) if answer.status_code == 422 else {}
        if list(errors) != [field]:
            surprises[reason] = (answer.status_code, errors)
        elif field != "city" and value_of(answer, "city") != "Berlin":
            surprises[reason] = "what was typed is lost"
    assert surprises == {}
    with database.reading() as db:
        assert db.scalars(select(Organization)).all() == []


def test_a_short_name_belongs_to_one_organisation(administrator):
    administrator.post(FOUND, data=organization_fields())
    answer = administrator.post(FOUND, data=organization_fields(name_kk="Басқа"))
    assert "already uses this short name" in errors_of(answer)["slug"]


@pytest.mark.parametrize("slug", ["events", "people", "new", "administration"])
def test_every_organisation_that_can_be_founded_can_be_managed(administrator, slug):
    """A short name that is a word of our addresses would hide its own pages."""
    answer = administrator.post(FOUND, data=organization_fields(slug=slug))
    if answer.status_code == 303:
        assert administrator.get(f"/en/manage/{slug}/people").status_code == 200
    else:
        assert list(errors_of(answer)) == ["slug"]


def test_administrators_see_what_the_letters_are_doing(administrator, database):
    with database.writing() as db:
        event = make_event(db, make_organization(db))
        for _guest in range(7):
            sign_up_guest(db, event, confirmed=False)
        first, second, third, fourth, *_others = db.scalars(select(Email).order_by(Email.id))
        first.state = second.state = third.state = State.SENT
        third.due_at -= timedelta(days=1, minutes=1)
        fourth.state = State.UNDELIVERED
    assert figures_of(administrator.get("/en/administration")) == {
        "waiting": "3",
        "sent within a day": "2",
        "undelivered": "1",
    }


def test_administrators_see_no_participants_no_feedback_and_no_drafts(administrator, database):
    with database.writing() as db:
        organization = make_organization(db, "ours", owner=make_person(db, "Иесі"))
        event = make_event(db, organization)
        sign_up_guest(db, event, name="Zhanbolat")
        draft = make_event(db, organization, published=False)
        slugs = event.slug, draft.slug
    for slug in slugs:
        for page in ("", "/edit", "/results", "/participants", "/participants.csv", "/answers.csv"):
            path = f"/en/manage/events/{slug}{page}"
            ask = administrator.post if page == "/participants.csv" else administrator.get
            assert ask(path).status_code == 404, path
    assert administrator.get(f"/en/events/{slugs[1]}").status_code == 404
    for path in ("/en/administration", "/en/manage", "/en/manage/ours/people"):
        assert "Zhanbolat" not in administrator.get(path).text


def test_members_do_not_become_administrators_by_their_forms(browser_of, client, database):
    with database.writing() as db:
        person = make_person(db)
    browser = browser_of(person)
    form = {"name": "Dana", "language": "en", "is_administrator": "true", "role": "owner"}
    assert browser.post("/en/profile", data=form).status_code == 303
    assert browser.get("/en/administration").status_code == 404
    assert client.get("/en/administration").status_code == 303
    with database.reading() as db:
        assert db.scalars(select(Membership)).all() == []


def test_the_way_to_the_administration_is_shown_to_administrators_alone(
    administrator, browser_of, database
):
    with database.writing() as db:
        person = make_person(db)
    assert "/en/administration" in administrator.get("/en/manage").text
    assert "/en/administration" not in browser_of(person).get("/en/manage").text


INVITE = "/en/manage/ours/invitations"


def enter(browser, reason="asked", **form):
    """Says why, as every administrator does first in an organisation of others."""
    return browser.post("/en/manage/ours/admin-access", data={"reason": reason} | form)


def invited(browser, role="owner"):
    """The path of a fresh invitation."""
    answer = browser.post(INVITE, data={"role": role})
    assert answer.status_code == 200
    (link,) = page_of(answer).xpath("//main//code/text()")
    return link.removeprefix("https://testserver")


@pytest.mark.parametrize("kept_out", [{}, {"banned_at": clock.now()}])
def test_an_administrator_invites_an_owner_only_where_nobody_is_one(
    administrator, database, kept_out
):
    with database.writing() as db:
        owner, editor = make_person(db, **kept_out), make_person(db, language="ru")
        organization = make_organization(db, "ours", owner=owner, editor=editor)
        make_event(db, organization)
        ids = {owner.id, editor.id}
    assert enter(administrator).headers["location"] == "/en/manage/ours/people"
    page = administrator.get("/en/manage/ours/people")
    if not kept_out:
        assert "Invite" not in words(page)
        answer = administrator.post(INVITE, data={"role": "owner"})
        assert answer.status_code == 409
        assert "The owners of an organisation invite its people." in words(answer)
    else:
        assert "Invite an owner" in words(page)
        invited(administrator)
    assert administrator.post(INVITE, data={"role": "analyst"}).status_code == 409
    with database.reading() as db:
        lines = [(e.act, e.item, e.reason) for e in db.scalars(select(LogEntry))]
        told = {row.person_id: row.language for row in db.scalars(select(Notification))}
        assert db.scalars(select(Invitation.role)).all() == (["owner"] if kept_out else [])
    invitation = [("invite-owner", "organization", "no-owner")] if kept_out else []
    assert lines == [("enter", "organization", "asked"), *invitation]
    assert set(told) == (ids if kept_out else set())


def test_no_administrator_accepts_an_invitation_of_their_own(administrator, browser_of, database):
    with database.writing() as db:
        slug = make_event(db, make_organization(db, "ours")).slug
        other = make_person(db)
        late = make_person(db)
    enter(administrator)
    path, second = invited(administrator), invited(administrator)
    answer = administrator.post(path)
    assert answer.status_code == 409
    assert "You made this invitation yourself" in words(answer)
    participants = f"/en/manage/events/{slug}/participants"
    assert administrator.get(participants).status_code == 404
    assert browser_of(other).post(path).status_code == 303
    assert browser_of(other).get(participants).status_code == 200
    # The other one was made for a need that is over.
    assert browser_of(late).post(second).status_code == 409
    assert browser_of(late).get(participants).status_code == 404


def test_administrators_change_nobodys_role(administrator, browser_of, database):
    with database.writing() as db:
        me = db.scalars(select(Person).where(Person.is_administrator)).one()
        owner = make_person(db)
        make_organization(db, "ours", owner=owner, analyst=me)
        mine, owners = me.id, owner.id
    people = "/en/manage/ours/people"
    answer = administrator.post(f"{people}/{mine}/role", data={"role": "owner"})
    assert answer.status_code == 403
    assert administrator.post(f"{people}/{owners}/dismissal").status_code == 403
    # Whoever is there by office and not as an owner says why, belonging to it or not.
    assert administrator.get(people).status_code == 303
    shown = browser_of(owner).post(f"{people}/{mine}/role", data={"role": "door"})
    assert shown.status_code == 303


def test_administrators_leave_a_trace_in_organisations_of_others(
    administrator, browser_of, client, database
):
    with database.writing() as db:
        owner = make_person(db)
        ours = make_organization(db, "ours", verified=False, owner=owner)
        make_organization(db, "theirs")
        token = organizations.invite(db, ours, Role.EDITOR, clock.now())
        number = db.scalars(select(Invitation.id)).one()
        names = {f"name_{tag}": text for tag, text in ours.name.texts().items()}
    doors = {
        "/en/manage/ours/people": None,
        "/en/manage/ours/edit": None,
        "/en/manage/ours/verification": {"method": "document"},
        f"/en/manage/ours/invitations/{number}/withdrawal": {},
    }
    gate = "/en/manage/ours/admin-access"
    for path, form in doors.items():
        if form is None:
            assert administrator.get(path).headers["location"].startswith(f"{gate}?next="), path
        else:
            assert administrator.post(path, data=form).headers["location"] == gate, path
    answer = administrator.post("/en/manage/ours/verification/proof")
    assert answer.headers["location"] == gate
    assert errors_of(enter(administrator, "curious")) != {}
    with database.reading() as db:
        assert db.scalars(select(LogEntry)).all() == []
        assert db.scalars(select(Invitation.withdrawn_at)).one() is None
    # Owners say nothing and leave no trace; for others the question is not there.
    assert browser_of(owner).get("/en/manage/ours/people").status_code == 200
    assert browser_of(owner).post(gate, data={"reason": "law"}).status_code == 404
    assert enter(administrator, next="https://evil.example").headers["location"].endswith("/people")
    answer = enter(administrator, "verifying", next="/en/manage/ours/edit")
    assert answer.headers["location"] == "/en/manage/ours/edit"
    for path, form in doors.items():
        if form is None:
            assert administrator.get(path).status_code == 200, path
        else:
            assert administrator.post(path, data=form).status_code == 303, path
    profile = organization_fields(**names, slug=None, city="Bonn")
    assert administrator.post("/en/manage/ours/edit", data=profile).status_code == 303
    # An answer is about one organisation, by one person.
    assert administrator.get("/en/manage/theirs/people").status_code == 303
    (cookie,) = (each for each in administrator.cookies.jar if "admin_access" in each.name)
    with database.writing() as db:
        second = make_person(db, is_administrator=True)
    other = browser_of(second)
    other.cookies.jar.set_cookie(cookie)
    assert other.get("/en/manage/ours/people").status_code == 303
    with database.reading() as db:
        assert [(e.act, e.item, e.reason) for e in db.scalars(select(LogEntry))] == [
            ("enter", "organization", "asked"),
            ("enter", "organization", "verifying"),
            ("ask-verification", "organization", "verifying"),
            ("withdraw-invitation", "organization", "verifying"),
            ("change-profile", "organization", "verifying"),
        ]
    shown = words(client.get("/en/moderation-log"))
    assert "profile changed by an administrator" in shown
    assert "Its verification is being checked" in shown
    assert token not in shown
