"""Invitations by letter, their limits and ends; leaving and handing over."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.app import declared_links
from portal.core import clock
from portal.domain.emails.models import Notification
from portal.domain.moderation.models import Measure
from portal.domain.organizations import actions as organizations
from portal.domain.organizations.models import Invitation, Membership, Role
from portal.domain.organizations.queries import organization_named
from portal.domain.privacy.retention_rules import RetentionSubject
from portal.mail.notifications import compose_notification
from portal.worker.retention import CHORES
from tests.factories import make_decision, make_organization, make_person
from tests.pages import errors_of, page_of, words

PEOPLE = "/en/manage/ours/people"
INVITE = "/en/manage/ours/invitations"


@pytest.fixture
def owner(database, browser_of):
    with database.writing() as db:
        person = make_person(db, "Иесі")
        make_organization(db, "ours", owner=person)
    return browser_of(person)


def invited(browser, address="dana@example.org", role="editor"):
    return browser.post(INVITE, data={"role": role, "email": address})


def letters(database, settings):
    """Notices as they would leave: address and body."""
    with database.writing() as db:
        return [
            compose_notification(db, each, declared_links(settings), settings, clock.now())
            for each in db.scalars(select(Notification).order_by(Notification.id))
        ]


def link_in(letter):
    text = letter.get_body(("plain",)).get_content()
    (line,) = [line for line in text.splitlines() if "/invitations/" in line]
    return line.strip().removeprefix("https://testserver")


def roles(database):
    with database.reading() as db:
        return sorted(db.scalars(select(Membership.role)))


def known_as(database, address):
    with database.writing() as db:
        return make_person(db, email=address)


def test_a_letter_carries_the_link_and_the_page_does_not(owner, database, settings, browser_of):
    answer = invited(owner)
    assert answer.headers["location"] == PEOPLE
    shown = owner.get(PEOPLE)
    assert "dana@example.org" in words(shown)
    assert "/en/invitations/" not in shown.text
    (letter,) = letters(database, settings)
    assert letter["To"] == "dana@example.org"
    assert "Altyn saqa" in letter["Subject"]
    browser = browser_of(known_as(database, "Dana@Example.org"))
    assert browser.post(link_in(letter)).status_code == 303
    assert roles(database) == ["editor", "owner"]
    assert "dana@example.org" not in words(owner.get(PEOPLE))


def test_only_whoever_has_proved_the_address_can_accept(owner, database, settings, browser_of):
    invited(owner)
    path = link_in(letters(database, settings)[0])
    for address in ("other@example.org", None):
        answer = browser_of(known_as(database, address)).post(path)
        assert answer.status_code == 409
        assert "sent to another e-mail address" in words(answer)
    assert roles(database) == ["owner"]
    assert browser_of(known_as(database, "dana@example.org")).post(path).status_code == 303


def test_the_address_lies_sealed_and_goes_with_the_invitation(owner, database, settings):
    invited(owner)
    with database.reading() as db:
        row = db.scalars(select(Invitation)).one()
        assert row.email_sealed is not None
        assert b"dana" not in row.email_sealed
        number = row.id
    assert owner.post(f"{INVITE}/{number}/withdrawal").status_code == 303
    with database.reading() as db:
        row = db.scalars(select(Invitation)).one()
        assert (row.email_sealed, row.email_index) == (None, None)


def test_one_taken_back_opens_nothing(owner, database, settings, browser_of):
    invited(owner)
    path = link_in(letters(database, settings)[0])
    with database.reading() as db:
        number = db.scalar(select(Invitation.id))
    newcomer = browser_of(known_as(database, "dana@example.org"))
    assert owner.post(f"{INVITE}/{number}/withdrawal").status_code == 303
    assert newcomer.post(path).status_code == 409
    assert roles(database) == ["owner"]


def test_an_invitation_of_others_cannot_be_taken_back(owner, database):
    with database.writing() as db:
        theirs = make_organization(db, "theirs", owner=make_person(db))
        token = organizations.invite(db, theirs, Role.EDITOR, clock.now())
        number = db.scalar(select(Invitation.id))
    for path in (f"{INVITE}/{number}", f"/en/manage/theirs/invitations/{number}"):
        assert owner.post(f"{path}/withdrawal").status_code == 404
    for odd in ("x", "9" * 30, "٣", "-1"):
        assert owner.post(f"{INVITE}/{odd}/withdrawal").status_code == 404
    with database.writing() as db:
        newcomer = make_person(db)
        organizations.accept(db, newcomer, token, clock.now())
    assert roles(database) == ["editor", "owner", "owner"]


def test_what_is_no_address_is_refused_beside_its_field(owner, database):
    answer = invited(owner, "dana@")
    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"email"}
    with database.reading() as db:
        assert db.scalars(select(Invitation)).all() == []
        assert db.scalars(select(Notification)).all() == []


@pytest.mark.parametrize(("verified", "most"), [(False, 5), (True, 50)])
def test_a_week_has_its_limit_whatever_became_of_the_invitations(
    database, verified, most, browser_of
):
    with database.writing() as db:
        person = make_person(db)
        ours = make_organization(db, "ours", owner=person, verified=verified)
        long_ago = clock.now() - timedelta(days=8)
        organizations.invite(db, ours, Role.EDITOR, long_ago)
        for _invitation in range(most):
            organizations.invite(db, ours, Role.EDITOR, clock.now())
        db.query(Invitation).update({"withdrawn_at": clock.now()})
    answer = invited(browser_of(person))
    assert answer.status_code == 422
    assert f"{most} people a week" in words(answer)
    with database.writing() as db:
        db.query(Invitation).update({"made_at": clock.now() - timedelta(days=8)})
    assert invited(browser_of(person)).status_code == 303


def test_the_worker_forgets_what_nobody_can_accept_any_more(owner, database):
    invited(owner)
    assert CHORES[RetentionSubject.INVITATIONS](database, clock.now() + timedelta(days=13)) == 0
    assert CHORES[RetentionSubject.INVITATIONS](database, clock.now() + timedelta(days=15)) == 1
    with database.reading() as db:
        assert db.scalars(select(Invitation)).all() == []


@pytest.fixture
def editor(database, owner):
    with database.writing() as db:
        person = make_person(db, "Редактор")
        organizations.grant_role(
            db, organization_named(db, "ours"), person, Role.EDITOR, clock.now()
        )
        return person


def test_anybody_may_leave_and_is_outside_at_once(owner, editor, browser_of, database):
    browser = browser_of(editor)
    assert browser.get("/en/manage/ours/events/new").status_code == 200
    answer = browser.post("/en/manage/ours/departure")
    assert answer.headers["location"] == "/en/manage"
    assert browser.get("/en/manage/ours/events/new").status_code == 404
    assert browser.post("/en/manage/ours/departure").status_code == 404
    assert roles(database) == ["owner"]


def test_handing_over_makes_another_the_owner_in_one_step(owner, editor, browser_of, database):
    (path,) = page_of(owner.get(PEOPLE)).xpath("//form[contains(@action, 'ownership')]/@action")
    assert owner.post(path).headers["location"] == "/en/manage"
    assert roles(database) == ["owner"]
    assert owner.get(PEOPLE).status_code == 404
    assert browser_of(editor).get(PEOPLE).status_code == 200


def test_one_hands_over_to_somebody_else_of_the_organisation_alone(owner, editor, database):
    with database.writing() as db:
        stranger = make_person(db).id
        me = db.scalar(select(Membership.person_id).where(Membership.role == "owner"))
    assert owner.post(f"{PEOPLE}/{stranger}/ownership").status_code == 404
    answer = owner.post(f"{PEOPLE}/{me}/ownership")
    assert answer.status_code == 409
    assert roles(database) == ["editor", "owner"]


def test_the_banned_are_no_successors_and_can_be_dismissed(owner, editor, database):
    with database.writing() as db:
        banned = make_person(db, "Шеттетілген")
        organizations.grant_role(
            db, organization_named(db, "ours"), banned, Role.OWNER, clock.now()
        )
        make_decision(db, None, by=None, measure=Measure.BAN, person=banned)
        editors = db.scalar(select(Membership.person_id).where(Membership.role == "editor"))
        ids = banned.id, editors
    offered = page_of(owner.get(PEOPLE)).xpath("//form[contains(@action, 'ownership')]/@action")
    assert offered == [f"{PEOPLE}/{ids[1]}/ownership"]
    assert owner.post(f"{PEOPLE}/{ids[0]}/ownership").status_code == 409
    assert roles(database) == ["editor", "owner", "owner"]
    assert owner.post(f"{PEOPLE}/{ids[0]}/dismissal").status_code == 303
    assert roles(database) == ["editor", "owner"]
