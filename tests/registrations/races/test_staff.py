"""Editors and owners who act at one moment: one has it, and no organisation is left alone."""

import threading
from collections import Counter
from contextlib import suppress
from functools import partial

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.models import Person
from portal.domain.events import actions as events
from portal.domain.events.models import Event
from portal.domain.organizations import actions as organizations
from portal.domain.organizations.models import Membership, Organization, Role
from tests.factories import make_details, make_event, make_organization, make_person
from tests.forms import organization_fields, saved_fields
from tests.registrations.races.rushing import all_at_once

pytestmark = pytest.mark.both_engines


def test_an_invitation_raced_for_makes_one_member(visitor, database):
    with database.writing() as db:
        organization = make_organization(db)
        token = organizations.invite(db, organization, Role.EDITOR, clock.now())
        sessions = [people.start_session(db, make_person(db), clock.now()) for _n in range(8)]
    clicks = [partial(visitor(session).post, f"/en/invitations/{token}") for session in sessions]
    assert Counter(a.status_code for a in all_at_once(clicks)) == {303: 1, 409: 7}
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Membership)) == 1


def test_a_name_raced_for_belongs_to_one_organisation(visitor, database):
    """Even where the names only look the same."""
    with database.writing() as db:
        sessions = [people.start_session(db, make_person(db), clock.now()) for _n in range(6)]
    names = ("Ақ жол", "Aқ жoл", "АҚ ЖОЛ", "Ақ-жол", "Ақ жол!", "Ак жол")
    forms = [organization_fields(slug=f"org-{n}", name_kk=name) for n, name in enumerate(names)]
    founding = [
        partial(visitor(session).post, "/en/organizations", data=form)
        for session, form in zip(sessions, forms, strict=True)
    ]
    assert Counter(a.status_code for a in all_at_once(founding)) == {303: 1, 422: 5}
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Organization)) == 1


def test_two_editors_who_save_at_once_do_not_overwrite_each_other(visitor, database):
    with database.writing() as db:
        editors = [make_person(db) for _n in range(2)]
        organization = make_organization(db)
        for editor in editors:
            organizations.grant_role(db, organization, editor, Role.EDITOR, clock.now())
        slug = make_event(db, organization).slug
        sessions = [people.start_session(db, editor, clock.now()) for editor in editors]
    forms = [saved_fields(database, slug, capacity=str(20 + n)) for n in range(2)]
    saves = [
        partial(visitor(session).post, f"/en/manage/events/{slug}", data=form)
        for session, form in zip(sessions, forms, strict=True)
    ]
    assert sorted(answer.status_code for answer in all_at_once(saves)) == [303, 422]


def between_look_and_write(database, first, second):
    """Runs two verbs so that each has looked before the other has committed, unless one waits.

    A verb that locks what it decides about makes the other wait; then the first goes on alone
    after a moment.
    """
    barrier = threading.Barrier(2)
    outcomes = []

    def run(verb):
        try:
            with database.writing() as db:
                verb(db)
                with suppress(threading.BrokenBarrierError):
                    barrier.wait(1)
        except Exception as error:  # noqa: BLE001 - what came of it is what the test asks
            outcomes.append(type(error).__name__)
        else:
            outcomes.append("done")

    threads = [threading.Thread(target=run, args=(verb,)) for verb in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


@pytest.fixture
def two_owners(database):
    """The id of an organisation, and those of its owners."""
    with database.writing() as db:
        organization, owners = make_organization(db), [make_person(db), make_person(db)]
        for owner in owners:
            organizations.grant_role(db, organization, owner, Role.OWNER, clock.now())
        return organization.id, [owner.id for owner in owners]


def test_two_owners_who_demote_each_other_at_once_leave_one_owner(database, two_owners):
    place, names = two_owners

    def demote(person_id):
        def verb(db):
            organizations.grant_role(
                db,
                db.get_one(Organization, place),
                db.get_one(Person, person_id),
                Role.ANALYST,
                clock.now(),
            )
            db.flush()

        return verb

    outcomes = between_look_and_write(database, demote(names[0]), demote(names[1]))
    assert outcomes == ["LastOwnerError", "done"]
    with database.reading() as db:
        roles = sorted(db.scalars(select(Membership.role)))
    assert roles == ["analyst", "owner"]


def test_two_owners_who_leave_at_once_leave_one_owner(database, two_owners):
    place, names = two_owners

    def leave(person_id):
        def verb(db):
            organizations.remove_member(db, db.get_one(Organization, place), person_id)
            db.flush()

        return verb

    outcomes = between_look_and_write(database, leave(names[0]), leave(names[1]))
    assert outcomes == ["LastOwnerError", "done"]


def test_two_events_of_one_title_written_at_once_both_get_an_address(database):
    with database.writing() as db:
        place = make_organization(db).id

    def write(db):
        events.create(db, db.get_one(Organization, place), make_details(), clock.now())

    assert between_look_and_write(database, write, write) == ["done", "done"]
    with database.reading() as db:
        slugs = db.scalars(select(Event.slug)).all()
    assert len(set(slugs)) == 2


def test_a_person_who_signs_in_twice_at_once_is_one_person(database):
    claims = people.Claims("https://id.example.org", "subject", "Дана", "dana@example.org")

    def welcome(db):
        people.welcome(db, claims, "en", clock.now())
        db.flush()

    between_look_and_write(database, welcome, welcome)
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Person)) == 1
