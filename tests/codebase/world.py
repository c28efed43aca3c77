"""One portal with everybody in it, and for every route the addresses and forms to try it with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portal import clock
from portal.domain.events.models import Event
from portal.domain.feedback import actions as feedback
from portal.domain.organizations import actions as organizations
from portal.domain.organizations import verification
from portal.domain.organizations.models import Method, Organization, Role
from portal.domain.organizations.queries import invitation_with
from portal.domain.people.models import Person
from portal.domain.registrations import actions as registrations
from portal.domain.registrations.models import Registration
from portal.domain.registrations.queries import Pass
from tests.factories import make_event, make_organization, make_person
from tests.functional.forms import event_fields, feedback_fields, organization_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from portal.database import Database

# Who tries. The holder is the member whose pass it is; the other holder has one for another event.
VISITORS = (
    *("stranger", "member", "analyst", "translator", "door", "editor", "owner"),
    *("foreign_owner", "administrator", "holder", "other_holder"),
)


@dataclass
class World:
    """Two organisations with their people; what a try changes is made anew for it."""

    database: Database
    people: dict[str, Person] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    holder: int = 0
    ours: int = 0
    answered: dict[str, str] = field(default_factory=dict)

    @classmethod
    def build(cls, database: Database) -> World:
        """Everybody of VISITORS but the stranger."""
        world = cls(database)
        with database.writing() as db:
            world.people = {
                name: make_person(db, name, is_administrator=name == "administrator")
                for name in VISITORS[1:]
            }
            world.ids = {name: person.id for name, person in world.people.items()}
            world.holder = world.ids["holder"]
            world.ours = make_organization(db, "ours", **world.staff(db)).id
            hopeful = make_organization(db, "hopeful", verified=False)
            verification.ask(db, hopeful, Method.VOUCHING, clock.now())
            theirs = make_organization(db, "theirs", owner=world.people["foreign_owner"])
            event = make_event(db, theirs)
            registrations.register_member(db, world.people["other_holder"], event, clock.now())
        return world

    def staff(self, db: Session) -> dict[str, Person]:
        """Our people by role."""
        return {role.value: db.get_one(Person, self.ids[role.value]) for role in Role}

    def event(self, **changes: Any) -> dict[str, str]:
        """Path values of a new event of ours."""
        with self.database.writing() as db:
            organization = db.get_one(Organization, self.ours)
            return {"slug": make_event(db, organization, **changes).slug}

    def held_pass(self, **changes: Any) -> dict[str, str]:
        """Path values of the holder's pass for a new event of ours; running unless changed."""
        changes = {"starts_at": clock.now() - timedelta(minutes=5)} | changes
        slug = self.event(**changes)["slug"]
        with self.database.writing() as db:
            event = db.query(Event).filter_by(slug=slug).one()
            holder = db.get_one(Person, self.holder)
            early = event.starts_at - timedelta(hours=30)
            held = registrations.register_member(db, holder, event, early)
            return {"key": held.public_id}

    def finished(self) -> dict[str, str]:
        """Path values of an event that is over and has five answers to read; made once."""
        if self.answered:
            return self.answered
        slug = self.event(starts_at=clock.now() - timedelta(hours=3))["slug"]
        with self.database.writing() as db:
            event = db.query(Event).filter_by(slug=slug).one()
            early = event.starts_at - timedelta(hours=30)
            for _guest in range(5):
                held = registrations.register_member(db, make_person(db), event, early)
                given = feedback.Given(5, 10, "Күй", "", may_quote=True, language="kk")
                feedback.give(db, Pass(held, event), given, clock.now())
            event_id = event.id
        with self.database.writing() as db:
            feedback.empty_box(db, event_id, clock.now())
        self.answered = {"slug": slug}
        return self.answered

    def left(self) -> dict[str, str]:
        """Path values of an organisation of ours with another owner, so that anybody may go."""
        with self.database.writing() as db:
            organization = make_organization(db, **self.staff(db))
            organizations.give_role(db, organization, make_person(db), Role.OWNER, clock.now())
            return {"organization": organization.slug}

    def handed_over(self) -> dict[str, str]:
        """The same, and its editor to hand it over to."""
        return self.left() | {"person": str(self.ids["editor"])}

    def expected(self) -> dict[str, str]:
        """Path values of somebody the door of a new event of ours waits for."""
        key = self.held_pass()["key"]
        with self.database.reading() as db:
            found = db.query(Registration).filter_by(public_id=key).one()
            event = db.get_one(Event, found.event_id)
            return {"slug": event.slug, "registration": key}

    def open_invitation(self) -> dict[str, str]:
        """Path values of a new invitation of ours, by its number."""
        token = self.invitation()["token"]
        with self.database.reading() as db:
            found, organization = invitation_with(db, token)
            return {"organization": organization.slug, "invitation": str(found.id)}

    def unverified(self) -> dict[str, str]:
        """Path values of a new organisation of ours that has asked to be verified."""
        with self.database.writing() as db:
            organization = make_organization(db, verified=False, **self.staff(db))
            verification.ask(db, organization, Method.DOCUMENT, clock.now())
            return {"organization": organization.slug}

    def colleague(self) -> dict[str, str]:
        """Path values of somebody new in our organisation."""
        with self.database.writing() as db:
            person = make_person(db)
            organization = db.get_one(Organization, self.ours)
            organizations.give_role(db, organization, person, Role.EDITOR, clock.now())
            return {"organization": "ours", "person": str(person.id)}

    def invitation(self) -> dict[str, str]:
        """Path values of a new invitation of ours."""
        with self.database.writing() as db:
            organization = make_organization(db, **self.staff(db))
            return {"token": organizations.invite(db, organization, Role.OWNER, clock.now())}

    def revision(self, slug: str) -> str:
        """The revision an editor's form carries."""
        with self.database.reading() as db:
            return str(db.query(Event.revision).filter_by(slug=slug).scalar())


@dataclass(frozen=True)
class Try:
    """How a route is tried: its path values, its form, and what whoever may use it gets."""

    values: Callable[[World], dict[str, str]] = lambda _world: {}
    form: dict[str, Any] = field(default_factory=dict)
    status: int | None = None  # 200 for a page and 303 for a form unless said otherwise

    def expected(self, method: str) -> int:
        """The answer to whoever may."""
        return self.status or (200 if method == "GET" else 303)


def _files(make: Callable[[World], dict[str, str]]) -> Callable[[World], dict[str, str]]:
    return lambda world: make(world) | {"form": "csv"}


def _draft(world: World) -> dict[str, str]:
    return world.event(published=False)


def _answerable(world: World) -> dict[str, str]:
    return world.held_pass(starts_at=clock.now() - timedelta(hours=3))


def _organization(_world: World) -> dict[str, str]:
    return {"organization": "ours"}


ROLE = {"role": "editor"}
MESSAGE = {"email": "dana@example.org", "message": "Сәлеметсіз бе!"}
GUEST = {"name": "Dana", "email": "dana@example.org"}

TRIES: dict[str, Try] = {
    "home.root": Try(status=302),
    "home": Try(),
    "home.privacy": Try(),
    "events.index": Try(),
    "events.show": Try(World.event),
    "events.file": Try(World.event),
    "calendar.show": Try(),
    "calendar.month": Try(lambda _world: {"month": "2027-04"}),
    "calendar.feed": Try(),
    "registrations.create": Try(World.event, GUEST),
    "registrations.sent": Try(World.event),
    "passes.index": Try(),
    "passes.show": Try(World.held_pass),
    "passes.confirm": Try(World.held_pass),
    "passes.cancel": Try(World.held_pass),
    "passes.reminders": Try(World.held_pass),
    "passes.join": Try(World.held_pass),
    # Whoever has not pressed the join button is led back to the pass.
    "passes.room": Try(World.held_pass, status=303),
    "passes.file": Try(World.held_pass),
    "feedback.new": Try(_answerable),
    "feedback.create": Try(_answerable, feedback_fields()),
    "feedback.thanks": Try(_answerable),
    "organizations.index": Try(),
    "organizations.show": Try(lambda _world: {"slug": "ours"}),
    "organizations.feed": Try(lambda _world: {"slug": "ours"}),
    "contact.new": Try(lambda _world: {"slug": "ours"}),
    "contact.create": Try(lambda _world: {"slug": "ours"}, MESSAGE),
    "contact.sent": Try(lambda _world: {"slug": "ours"}),
    "sign_in.new": Try(),
    "sign_in.create": Try(),
    "sign_in.end": Try(),
    "sign_in.callback": Try(status=400),
    "profile.edit": Try(),
    "profile.update": Try(form={"name": "Dana", "language": "kk"}),
    "time_zone.edit": Try(),
    "time_zone.update": Try(form={"time_zone": "Europe/Berlin"}),
    "organizing.index": Try(),
    "editing.new": Try(_organization),
    "editing.create": Try(_organization, event_fields()),
    "organizing.show": Try(World.event),
    "editing.edit": Try(World.event),
    "editing.update": Try(World.event, event_fields()),
    "editing.preview": Try(_draft),
    "translating.edit": Try(World.event),
    "translating.update": Try(World.event, {"title_ru": "Вечер домбры"}),
    "door.index": Try(World.event),
    "door.mark": Try(World.expected),
    "door.unmark": Try(World.expected),
    "organizing.publish": Try(_draft),
    "organizing.postpone": Try(World.event),
    "organizing.cancel": Try(World.event),
    "organizing.duplicate": Try(World.event),
    "results.show": Try(World.finished),
    "participants.index": Try(World.finished),
    "participants.file": Try(_files(World.finished)),
    "results.answers_file": Try(_files(World.finished)),
    "people.index": Try(_organization),
    "people.invite": Try(_organization, ROLE, status=200),
    "people.change": Try(World.colleague, ROLE),
    "people.dismiss": Try(World.colleague),
    "people.take_back": Try(World.open_invitation),
    "people.leave": Try(World.left),
    "people.hand_over": Try(World.handed_over),
    "invitations.show": Try(World.invitation),
    "invitations.accept": Try(World.invitation),
    "founding.new": Try(),
    "founding.create": Try(form=organization_fields(slug="new-one", name_kk="Жаңа бірлестік")),
    "founding.edit": Try(_organization),
    "founding.update": Try(_organization, organization_fields()),
    "verification.show": Try(_organization),
    "verification.ask": Try(World.unverified, {"method": "document"}),
    # There is no domain to look at, so that nobody is asked.
    "verification.prove": Try(World.unverified, status=409),
    "verification.vouch": Try(_organization, {"vouched_for": "hopeful"}),
    "administration.show": Try(),
    "administration.found": Try(form=organization_fields(name_kk="Тағы бір бірлестік")),
    "administration.verify": Try(World.unverified, {"method": "document", "months": "12"}),
    "administration.decline": Try(World.unverified),
    "administration.withdraw": Try(World.left),
    "health.alive": Try(),
    "health.ready": Try(),
    "health.robots": Try(),
    "static": Try(),
}
