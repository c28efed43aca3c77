"""A mailbox for everybody, and an organisation with one event next Saturday."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.config.settings import Settings
from portal.core import clock
from portal.core.urls import Links
from portal.db.engine import Database
from portal.demo.services.mailbox import Mailbox
from portal.domain.emails.models import Email
from portal.domain.events import actions as events
from portal.domain.events.details import details_of
from portal.domain.events.models import Event
from portal.domain.registrations import actions as registrations
from portal.domain.registrations import event_changes
from portal.domain.registrations.models import Registration
from portal.domain.registrations.queries import Pass
from portal.domain.registrations.sign_up import Guest
from portal.worker.loop import Worker
from tests.emails.programme import DETAILS, EMAIL, NOW
from tests.factories import make_organization, register_guest

_PARTS = (Event.tags, Event.languages, Event.join_links)


@dataclass
class World:
    """What happens to the event and its guests, and what they receive."""

    database: Database
    links: Links
    settings: Settings
    mailbox: Mailbox
    event_id: int

    def worker(self):
        return Worker(self.database, self.links, self.settings)

    def round(self, now=NOW):
        """One round of a fresh worker; only what it did is counted."""
        return {name: count for name, count in self.worker().round(now).as_dict().items() if count}

    def event(self, db):
        return db.get_one(Event, self.event_id, options=[selectinload(part) for part in _PARTS])

    def sign_up(
        self,
        name="Айгерім",
        email=EMAIL,
        language="en",
        time_zone="Asia/Almaty",
        *,
        confirmed=True,
        now=NOW,
    ):
        guest = Guest(name, email, language, time_zone)
        with self.database.writing() as db:
            registration = register_guest(db, guest, self.event(db), now)
            if confirmed:
                registrations.confirm(db, Pass(registration, self.event(db)), now)
            return registration.id

    def with_pass(self, registration_id, do, *arguments, **options):
        """Does something with a sign-up, as its holder."""
        with self.database.writing() as db:
            held = Pass(db.get_one(Registration, registration_id), self.event(db))
            do(db, held, *arguments, **options)

    def with_event(self, do, now=NOW):
        """Does something with the event, as its organisers."""
        with self.database.writing() as db:
            do(db, self.event(db), now)

    def change(self, now=NOW, **details):
        with self.database.writing() as db:
            event = self.event(db)
            changed = replace(details_of(event), **details)
            event_changes.change_event(db, event, changed, event.revision, now)

    def received(self, email=EMAIL):
        return self.mailbox.emails_to(email)

    def last(self, email=EMAIL):
        return self.received(email)[-1]

    def owed(self):
        """State and last failure of every letter, oldest first."""
        with self.database.reading() as db:
            rows = db.execute(select(Email.state, Email.failure).order_by(Email.id))
            return [tuple(row) for row in rows]


@pytest.fixture(scope="session")
def post_office():
    mailbox = Mailbox()
    port = mailbox.start()
    yield mailbox, port
    mailbox.stop()


@pytest.fixture
def mailbox(post_office):
    post_office[0].clear()
    return post_office[0]


@pytest.fixture
def world(app, database, settings, mailbox, post_office, monkeypatch):
    # What these letters say has dates in it, which must never have passed.
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with database.writing() as db:
        event = events.create(db, make_organization(db), DETAILS, NOW)
        events.publish(db, event, NOW)
        event_id = event.id
    reachable = settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{post_office[1]}"})
    yield World(database, app.state.site.links, reachable, mailbox, event_id)
    database.close()
