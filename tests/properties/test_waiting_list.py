"""Places and the line for them, whatever happens in whatever order."""

import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from portal.core import clock
from portal.db import schema
from portal.db.engine import Database
from portal.domain.accounts.people.models import Person
from portal.domain.emails.models import Email
from portal.domain.events.details import details_of
from portal.domain.events.models import Event
from portal.domain.events.queries import lock_by_id
from portal.domain.events.rules import CapacityBelowTakenError
from portal.domain.registrations import actions as registrations
from portal.domain.registrations import sign_up
from portal.domain.registrations.event_changes import change_event
from portal.domain.registrations.models import Registration
from portal.domain.registrations.queries import Pass, place_in_line
from portal.domain.registrations.rules import HELD_FOR, HoldRunOutError, NotRegisteredError
from portal.domain.registrations.sign_up import Guest
from tests.conftest import SEAL
from tests.factories import make_event, make_organization, make_person

PEOPLE = st.integers(0, 7)
WHO = st.one_of(
    st.tuples(st.just("guest"), PEOPLE), st.tuples(st.just("member"), st.integers(0, 3))
)


class Line(RuleBasedStateMachine):
    """The portal beside a list: whoever is in it, the first so many have places."""

    template: Path

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        path = shutil.copyfile(self.template, self.folder / "portal.db")
        self.database = Database(f"sqlite:///{path}", SEAL)
        self.now = clock.now()
        self.line = []  # keys of those with a place or in line, in the order they came
        self.held = {}  # key to the end of the hold

    def teardown(self):
        self.database.close()
        shutil.rmtree(self.folder)

    @initialize(capacity=st.integers(1, 3), crowd=st.permutations(range(8)))
    def begin(self, capacity, crowd):
        self.capacity = capacity
        with self.database.writing() as db:
            starts_at = self.now + timedelta(days=365)
            event = make_event(db, make_organization(db), capacity=capacity, starts_at=starts_at)
            self.event_id = event.id
            self.members = [make_person(db, email=None).id for _member in range(4)]
        self.a_crowd_signs_up([("guest", number) for number in crowd])

    def found(self, db, key):
        kind, number = key
        event = db.get_one(Event, self.event_id)
        if kind == "member":
            wanted = Registration.person_id == self.members[number % 4]
        else:
            wanted = Registration.email_index == SEAL.index(f"guest-{number}@example.org")
        registration = db.scalars(select(Registration).where(wanted)).one_or_none()
        return registration and Pass(registration, event)

    def newcomer(self, db, key):
        kind, number = key
        if kind == "member":
            return sign_up.member(db.get_one(Person, self.members[number]))
        said = Guest(f"Guest {number}", f"guest-{number}@example.org", "en", None)
        return sign_up.guest(SEAL, said)

    @rule(crowd=st.lists(WHO, min_size=1, max_size=6))
    def a_crowd_signs_up(self, crowd):
        """At once, some of them maybe twice."""
        with self.database.writing() as db:
            event = db.get_one(Event, self.event_id)
            sign_up.register_all(db, event, [self.newcomer(db, key) for key in crowd], self.now)
        for key in crowd:
            if key not in self.line:
                self.line.append(key)
                if key[0] == "guest":
                    self.held[key] = self.now + HELD_FOR

    @rule(key=WHO)
    def somebody_signs_up(self, key):
        self.a_crowd_signs_up([key])

    @rule(number=PEOPLE)
    def a_guest_confirms(self, number):
        key = ("guest", number)
        with self.database.writing() as db:
            if (held := self.found(db, key)) is None:
                return
            try:
                registrations.confirm(db, held, self.now)
            except (NotRegisteredError, HoldRunOutError):
                assert key not in self.line or self.held[key] <= self.now
                return
        assert key in self.line
        self.held.pop(key, None)

    @precondition(lambda self: self.line)
    @rule(choice=st.integers(0, 11))
    def somebody_gives_it_back(self, choice):
        """One of those with a place or in line; mostly one at the front."""
        key = self.line[min(choice, len(self.line) - 1) // 2]
        with self.database.writing() as db:
            held = self.found(db, key)
            with suppress(HoldRunOutError):
                registrations.cancel(db, held, self.now)
                self.line.remove(key)
                self.held.pop(key, None)

    @rule(number=PEOPLE)
    def somebody_gives_back_what_is_gone(self, number):
        key = ("guest", number)
        if key in self.line:
            return
        with self.database.writing() as db:
            if held := self.found(db, key):
                with pytest.raises((NotRegisteredError, HoldRunOutError)):
                    registrations.cancel(db, held, self.now)

    @rule(hours=st.integers(1, 6))
    def time_passes_and_holds_run_out(self, hours):
        self.now += timedelta(hours=hours)
        with self.database.writing() as db:
            registrations.release_run_out(db, self.event_id, self.now)
        over = [key for key, until in self.held.items() if until <= self.now]
        for key in over:
            self.line.remove(key)
            del self.held[key]

    @precondition(lambda self: self.capacity is not None)
    @rule(capacity=st.one_of(st.integers(1, 8), st.none()))
    def the_organiser_changes_the_number_of_places(self, capacity):
        with suppress(CapacityBelowTakenError):
            with self.database.writing() as db:
                event = lock_by_id(db, self.event_id)
                for part in ("tags", "languages", "join_links"):
                    db.refresh(event, [part])
                details = replace(details_of(event), capacity=capacity)
                change_event(db, event, details, event.revision, self.now)
            self.capacity = capacity

    @invariant()
    def the_first_so_many_have_places_and_the_rest_wait_in_order(self):
        if not hasattr(self, "event_id"):
            return
        with self.database.reading() as db:
            event = db.get_one(Event, self.event_id)
            active = db.scalars(
                select(Registration)
                .where(Registration.status != "cancelled")
                .order_by(Registration.queue_number)
            ).all()
            found = [self.found(db, key).registration.id for key in self.line]
            assert [registration.id for registration in active] == found
            places = len(self.line) if self.capacity is None else self.capacity
            having, waiting = active[:places], active[places:]
            assert {registration.status for registration in having} <= {"confirmed"}
            assert {registration.status for registration in waiting} <= {"waitlisted"}
            assert event.taken == len(having)
            assert event.capacity == self.capacity
            assert [place_in_line(db, registration) for registration in waiting] == list(
                range(1, len(waiting) + 1)
            )
            owed = set(db.scalars(select(Email.registration_id)))
            assert {registration.id for registration in active} <= owed


def test_places_are_never_oversold_nobody_waits_beside_a_free_one_and_order_is_kept(tmp_path):
    template = tmp_path / "template.db"
    database = Database(f"sqlite:///{template}", SEAL)
    schema.migrate(database)
    database.close()
    machine = type("Machine", (Line,), {"template": template})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            # Histories are short enough to read, and making them shorter takes minutes.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
