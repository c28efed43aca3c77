"""Whatever is written for a crowd is written for all of it at once, however many they are."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.domain.accounts.people.models import Person
from portal.domain.emails.actions import Change, notify_change
from portal.domain.emails.models import Email, EmailKind, Notification, State
from portal.domain.emails.queries import event_change_emails
from portal.domain.events.details import details_of
from portal.domain.events.queries import managed_event
from portal.domain.initiatives import follower_updates, following
from portal.domain.initiatives.models import Initiative
from portal.domain.organizations.queries import organization_named
from portal.domain.registrations import event_changes
from portal.domain.registrations.models import Registration, Status
from portal.domain.registrations.queries import active_of
from portal.domain.registrations.seats import promote
from portal.i18n.translated import Translated
from tests.factories import (
    make_event,
    make_initiative,
    make_person,
    sign_up_guest,
)
from tests.queries import queries_of

pytestmark = pytest.mark.both_engines

FEW, MANY = 2, 12


def crowd(database, people, **about):
    """An event of the editor's for which so many have signed up, the first with a place."""
    with database.writing() as db:
        ours = organization_named(db, "ours")
        event = make_event(db, ours, **about)
        for _guest in range(people):
            sign_up_guest(db, event)
        return event.slug


def cancel(db, event):
    event_changes.cancel_event(db, event, clock.now())


def move(db, event):
    details = details_of(event)
    hour = timedelta(hours=1)
    later = replace(
        details, starts_wall=details.starts_wall + hour, ends_wall=details.ends_wall + hour
    )
    event_changes.change_event(db, event, later, event.revision, clock.now())


def move_twice(db, event):
    move(db, event)
    move(db, event)


def make_room(db, event):
    event.capacity = None
    promote(db, event, clock.now())


@pytest.mark.parametrize(
    ("act", "about", "letters"),
    [
        (cancel, {}, MANY),
        (move, {}, MANY),
        (move_twice, {}, 2 * MANY),
        (make_room, {"capacity": 1}, MANY - 1),
    ],
)
def test_letters_to_whoever_signed_up(database, editor, act, about, letters):
    sent = []
    for people in (FEW, MANY):
        slug = crowd(database, people, **about)
        with database.writing() as db:
            event = managed_event(db, db.get_one(Person, editor.id), slug)
            before = db.scalar(select(func.count()).select_from(Email))
            db.flush()
            with queries_of(database) as asked:
                act(db, event)
                db.flush()
            sent.append(len(asked))
            after = db.scalar(select(func.count()).select_from(Email))
            taken = Registration.status == Status.CONFIRMED.value
            unheard = select(Registration.id).where(taken, Registration.confirmed_at.is_(None))
            assert db.scalars(unheard).all() == []
    assert sent[0] == sent[1]
    assert after - before == letters


def test_what_was_told_waits_on_when_it_is_told_again(database, editor):
    slug = crowd(database, FEW)
    with database.writing() as db:
        event = managed_event(db, db.get_one(Person, editor.id), slug)
        change = Change("host 1", ("hosts",))
        for _twice in range(2):
            audience = {each: [] for each in active_of(db, event)} | event_change_emails(
                db, event.id
            )
            notify_change(db, audience, change, clock.now())
        states = select(Email.state).where(Email.kind == EmailKind.CHANGED.value)
        assert db.scalars(states).all() == [State.QUEUED.value] * FEW


def test_letters_to_followers(database, editor):
    with database.writing() as db:
        ours = organization_named(db, "ours")
        initiative_id = make_initiative(db, ours).id
        sent = []
        for people in (FEW, MANY):
            initiative = db.get_one(Initiative, initiative_id)
            for _follower in range(people):
                following.follow(db, make_person(db), initiative, clock.now())
            db.flush()
            for result in ("Бірінші", "Екінші"):
                title = Translated.of("kk", kk=f"{result} {people}")
                follower_updates.announce(db, initiative, title, clock.now())
                db.flush()
                with queries_of(database) as asked:
                    follower_updates.notify_followers(db, clock.now())
                    db.flush()
                # SQLite, which is no way off, is handed notices whose ids are wanted one by one.
                sent.append(len([each for each in asked if "INTO notifications" not in each]))
        assert db.scalar(select(func.count()).select_from(Notification)) == FEW + MANY
    # Whoever was told before hears of it in the letter that waits.
    assert sent[1] == sent[3]
    assert sent[2] <= sent[0] + 1
