"""One portal with everybody in it, and for every route the addresses and forms to try it with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portal import clock
from portal.domain.events.models import Event
from portal.domain.feedback import actions as feedback
from portal.domain.initiatives import steps
from portal.domain.initiatives.models import Initiative, StepKind
from portal.domain.ledger import actions as ledger
from portal.domain.ledger.queries import links_of
from portal.domain.moderation import actions as moderation
from portal.domain.moderation import appeals
from portal.domain.moderation.models import Measure
from portal.domain.moderation.queries import Ruling, case_for, standing_decision
from portal.domain.moderation.subjects import Subject
from portal.domain.organizations import actions as organizations
from portal.domain.organizations import verification
from portal.domain.organizations.invitations import invitation_with
from portal.domain.organizations.models import Method, Organization, Role
from portal.domain.people.models import Person
from portal.domain.registrations import actions as registrations
from portal.domain.registrations.models import Registration
from portal.domain.registrations.queries import Pass
from portal.domain.spelling import actions as spelling
from portal.domain.spelling.queries import corrections_of, doubtful_words
from portal.domain.spelling.rules import Spelling
from portal.domain.stories.authorship import introduce
from portal.items import ItemKind
from portal.translated import Translated
from tests.factories import (
    decision_url,
    make_comment,
    make_decision,
    make_event,
    make_host,
    make_image,
    make_initiative,
    make_initiative_host,
    make_organization,
    make_own_story,
    make_person,
    make_proposal,
    make_report,
    make_story,
)
from tests.functional.forms import (
    event_fields,
    feedback_fields,
    initiative_fields,
    organization_fields,
    result_fields,
    story_fields,
)
from tests.images import picture_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from portal.database import Database
    from portal.storage import Storage

# Who tries. The holder is the member whose pass it is; the other holder has one for another event.
VISITORS = (
    *("stranger", "member", "analyst", "translator", "door", "editor", "owner"),
    *("foreign_owner", "administrator", "holder", "other_holder"),
    *("moderator", "banned"),
)
SPELLING = Spelling("kk-Latn", "сақа", "saqa")
WORD = {"script": "kk-Latn", "word": "saka", "written": "saqa"}
CORRECTED = {"script": "kk-Latn", "word": "сақа", "written": "saqa"}


@dataclass
class World:
    """Two organisations with their people; what a try changes is made anew for it."""

    database: Database
    storage: Storage
    people: dict[str, Person] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    holder: int = 0
    moderator: int = 0
    ours: int = 0
    # Nobody who tries belongs to it, whatever they accept on the way.
    reported: int = 0
    answered: dict[str, str] = field(default_factory=dict)

    @classmethod
    def build(cls, database: Database, storage: Storage) -> World:
        """Everybody of VISITORS but the stranger."""
        world = cls(database, storage)
        with database.writing() as db:
            world.people = {
                name: make_person(
                    db,
                    name,
                    is_administrator=name == "administrator",
                    is_moderator=name == "moderator",
                    banned_at=clock.now() if name == "banned" else None,
                )
                for name in VISITORS[1:]
            }
            world.ids = {name: person.id for name, person in world.people.items()}
            world.holder, world.moderator = world.ids["holder"], world.ids["moderator"]
            world.ours = make_organization(db, "ours", **world.staff(db)).id
            hopeful = make_organization(db, "hopeful", verified=False)
            verification.ask(db, hopeful, Method.VOUCHING, clock.now())
            theirs = make_organization(db, "theirs", owner=world.people["foreign_owner"])
            for organization in (db.get_one(Organization, world.ours), theirs):
                # With a second owner, owners may delete their accounts too.
                second = make_person(db)
                organizations.give_role(db, organization, second, Role.OWNER, clock.now())
            world.reported = make_organization(db, "reported", owner=make_person(db)).id
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

    def hosted(self, *, accepted: bool, founded: bool) -> dict[str, str]:
        """Path values of an event that ours founded and holds with guests, or that guests did.

        The named organisation is the one that has been asked.
        """
        with self.database.writing() as db:
            ours = db.get_one(Organization, self.ours)
            guests = make_organization(db)
            founder, asked = (ours, guests) if founded else (guests, ours)
            event = make_event(db, founder)
            make_host(db, event, asked, accepted=accepted)
            return {"slug": event.slug, "organization": asked.slug}

    def initiative(self, **changes: Any) -> dict[str, str]:
        """Path values of a new initiative of ours."""
        with self.database.writing() as db:
            organization = db.get_one(Organization, self.ours)
            return {"slug": make_initiative(db, organization, **changes).slug}

    def shared_initiative(self, *, accepted: bool, founded: bool) -> dict[str, str]:
        """Path values of an initiative that ours founded and holds with guests, or guests did.

        The named organisation is the one that has been asked.
        """
        with self.database.writing() as db:
            ours = db.get_one(Organization, self.ours)
            guests = make_organization(db)
            founder, asked = (ours, guests) if founded else (guests, ours)
            initiative = make_initiative(db, founder)
            make_initiative_host(db, initiative, asked, accepted=accepted)
            return {"slug": initiative.slug, "organization": asked.slug}

    def step(self) -> dict[str, str]:
        """Path values of a new step of a new initiative of ours."""
        slug = self.initiative()["slug"]
        with self.database.writing() as db:
            initiative = db.query(Initiative).filter_by(slug=slug).one()
            text = Translated.of("kk", kk="Оқулық")
            step = steps.add(db, initiative, StepKind.PLAN, text, None, clock.now())
            db.flush()
            return {"slug": slug, "step": str(step.id)}

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

    def over(self) -> dict[str, str]:
        """Path values of a new event of ours that is over, and of which nobody has told."""
        return self.event(starts_at=clock.now() - timedelta(hours=3))

    def picture(self, **changes: Any) -> dict[str, str]:
        """Path values of a picture of a new event of ours."""
        slug = self.event(**changes)["slug"]
        with self.database.writing() as db:
            event = db.query(Event).filter_by(slug=slug).one()
            key = make_image(db, event, storage=self.storage).key
        return {"slug": slug, "kind": "event", "key": key}

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

    def translation(self) -> dict[str, str]:
        """Path values of the Russian of a new event of ours."""
        return {"kind": "event", **self.event(), "tongue": "ru"}

    def asked_for(self) -> dict[str, str]:
        """Path values of a new event of ours that a reader would read in another language."""
        return {"kind": "event", **self.event()}

    def correction(self) -> dict[str, str]:
        """Path values of a word that is corrected everywhere."""
        with self.database.writing() as db:
            spelling.correct(db, SPELLING)
            return {"number": str(corrections_of(db)[0].id)}

    def own_correction(self) -> dict[str, str]:
        """Path values of a word that is corrected on the page of a new event of ours."""
        values = self.event()
        with self.database.writing() as db:
            event = db.query(Event).filter_by(slug=values["slug"]).one()
            item = (ItemKind.EVENT, event.id)
            spelling.correct(db, SPELLING, item)
            return {"kind": "event", **values, "number": str(corrections_of(db, item)[0].id)}

    def doubtful_word(self) -> dict[str, str]:
        """Path values of a word that a reader found wrong."""
        with self.database.writing() as db:
            spelling.doubt(db, SPELLING, "/kk-Latn/events", clock.now())
            return {"number": str(doubtful_words(db)[-1].id)}

    def handed_out(self) -> dict[str, str]:
        """Path values of a link for a volunteer to withdraw."""
        values = self.translation()
        with self.database.writing() as db:
            event = db.query(Event).filter_by(slug=values["slug"]).one()
            owner = db.get_one(Person, self.ids["owner"])
            ledger.hand_out(db, ItemKind.EVENT, event.id, "ru", owner, clock.now())
            db.flush()
            (link, *_more) = links_of(db, ItemKind.EVENT, event.id, "ru", clock.now())
            return {**values, "link": link.public_id}

    def volunteering(self) -> dict[str, str]:
        """Path values of a link for a volunteer."""
        values = self.translation()
        with self.database.writing() as db:
            event = db.query(Event).filter_by(slug=values["slug"]).one()
            owner = db.get_one(Person, self.ids["owner"])
            return {"key": ledger.hand_out(db, ItemKind.EVENT, event.id, "ru", owner, clock.now())}

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

    def report(self, *, claimed: bool = True) -> dict[str, str]:
        """Path values of a new report; the moderator has taken it on."""
        with self.database.writing() as db:
            organization = db.get_one(Organization, self.reported)
            report = make_report(db, organization, make_event(db, organization))
            if claimed:
                moderator = db.get_one(Person, self.moderator)
                case = case_for(db, moderator, report.public_id)
                moderation.claim(db, moderator, case, clock.now())
            return {"key": report.public_id}

    def decision(
        self, measure: Measure = Measure.WARN, *, about: int = 0, appealed: bool = False
    ) -> dict[str, str]:
        """Path values of a decision by a moderator who has left since."""
        with self.database.writing() as db:
            organization = db.get_one(Organization, about or self.reported)
            decision = make_decision(db, organization, by=None, measure=measure)
            if appealed:
                ruling = Ruling(decision, Subject(organization), None)
                appeals.appeal(db, ruling, "It is not so.", "en", clock.now())
            return {"key": decision.public_id}

    def proposal(self) -> dict[str, str]:
        """Path values of the one suspension that is proposed; any older one is taken back."""
        with self.database.writing() as db:
            organization = db.get_one(Organization, self.reported)
            while older := standing_decision(db, Measure.SUSPEND, Subject(organization)):
                appeals.reverse(
                    db, Ruling(older, Subject(organization), None), clock.now(), decision_url
                )
        return self.decision(Measure.SUSPEND)

    def somebody(self, **changes: Any) -> dict[str, str]:
        """Path values of a person of the portal."""
        with self.database.writing() as db:
            return {"person": str(make_person(db, **changes).id)}

    def banned(self) -> dict[str, str]:
        """Path values of a person the moderators keep out."""
        with self.database.writing() as db:
            person = make_person(db)
            make_decision(db, None, by=None, measure=Measure.BAN, person=person)
            return {"person": str(person.id)}

    def ban(self) -> dict[str, str]:
        """Path values of a standing ban by its public id, which opens nobody's account."""
        with self.database.writing() as db:
            decision = make_decision(db, None, by=None, measure=Measure.BAN, person=make_person(db))
            return {"key": decision.public_id}

    def story(self, *, published: bool = True) -> dict[str, str]:
        """Path values of a new story of ours."""
        with self.database.writing() as db:
            ours, editor = db.get_one(Organization, self.ours), self.staff(db)["editor"]
            return {"slug": make_story(db, ours, editor, published=published).slug}

    def own_story(self, *, submitted: bool = False) -> dict[str, str]:
        """Path values of a new story of the holder's own, handed in to ours or not at all."""
        with self.database.writing() as db:
            ours, holder = db.get_one(Organization, self.ours), db.get_one(Person, self.holder)
            return {"slug": make_own_story(db, holder, submitted=submitted, to=ours).slug}

    def story_changes(self) -> dict[str, str]:
        """Path values of a story of the holder's that ours has accepted, with changes waiting."""
        with self.database.writing() as db:
            ours, holder = db.get_one(Organization, self.ours), db.get_one(Person, self.holder)
            story = make_own_story(db, holder, to=ours, published=True)
            make_proposal(db, story, holder, title_kk="Көкпар Берлинде болды")
            return {"slug": story.slug}

    def comment(self) -> dict[str, str]:
        """Path values of a new comment of the holder's on a story of ours."""
        with self.database.writing() as db:
            ours, editor = db.get_one(Organization, self.ours), self.staff(db)["editor"]
            story = make_story(db, ours, editor)
            comment = make_comment(db, story, db.get_one(Person, self.holder))
            return {"slug": story.slug, "comment": comment.public_id}

    def author(self) -> dict[str, str]:
        """Path values of somebody's page as an author."""
        with self.database.writing() as db:
            return {"slug": introduce(db, make_person(db), "Aqqu", clock.now()).slug}

    def revision(self, slug: str, item: type[Event | Initiative] = Event) -> str:
        """The revision an editor's form carries."""
        with self.database.reading() as db:
            return str(db.query(item.revision).filter_by(slug=slug).scalar())


@dataclass(frozen=True)
class Try:
    """How a route is tried: its path values, its form, and what whoever may use it gets."""

    values: Callable[[World], dict[str, str]] = lambda _world: {}
    form: dict[str, Any] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    status: int | None = None  # 200 for a page and 303 for a form unless said otherwise

    def expected(self, method: str) -> int:
        """The answer to whoever may."""
        return self.status or (200 if method == "GET" else 303)


def _files(
    make: Callable[[World], dict[str, str]], form: str = "csv"
) -> Callable[[World], dict[str, str]]:
    return lambda world: make(world) | {"form": form}


def _illustrated(world: World) -> dict[str, str]:
    return world.event() | {"kind": "event"}


def _served(world: World) -> dict[str, str]:
    return {"key": world.picture()["key"], "width": "480", "extension": "webp"}


def _draft(world: World) -> dict[str, str]:
    return world.event(published=False)


def _draft_line(world: World) -> dict[str, str]:
    return world.initiative(published=False)


def _line_to_hold(world: World) -> dict[str, str]:
    return world.shared_initiative(accepted=False, founded=False)


def _held_line(world: World) -> dict[str, str]:
    return world.shared_initiative(accepted=True, founded=True)


def _invitation_to_hold(world: World) -> dict[str, str]:
    return world.hosted(accepted=False, founded=False)


def _joined_host(world: World) -> dict[str, str]:
    return world.hosted(accepted=True, founded=True)


def _answerable(world: World) -> dict[str, str]:
    return world.held_pass(starts_at=clock.now() - timedelta(hours=3))


def _organization(_world: World) -> dict[str, str]:
    return {"organization": "ours"}


def _about(_world: World) -> dict[str, str]:
    return {"page": "about"}


def _purpose(_world: World) -> dict[str, str]:
    return {"purpose": "other_events"}


def _open_report(world: World) -> dict[str, str]:
    return world.report(claimed=False)


def _appealed(world: World) -> dict[str, str]:
    return world.decision(appealed=True)


def _about_ours(world: World) -> dict[str, str]:
    return world.decision(about=world.ours)


def _another_administrator(world: World) -> dict[str, str]:
    return world.somebody(is_administrator=True)


PO_FILE = 'msgid ""\nmsgstr ""\n\nmsgctxt "title:0"\nmsgid "Домбыра кеші"\nmsgstr "Вечер домбры"\n'


def _story_draft(world: World) -> dict[str, str]:
    return world.story(published=False)


def _story_handed_in(world: World) -> dict[str, str]:
    return world.own_story(submitted=True)


def _first_version(world: World) -> dict[str, str]:
    return _story_draft(world) | {"number": "1"}


ROLE = {"role": "editor"}
OUR_NAMES = {"name_ru": "Алтын сака", "name_en": "Altyn saqa"}
MESSAGE = {"email": "dana@example.org", "message": "Сәлеметсіз бе!"}
PAGE = {"original": "kk", "title_kk": "Біз", "body_kk": "Біз осындамыз."}
GUEST = {"name": "Dana", "email": "dana@example.org"}

TRIES: dict[str, Try] = {
    "home.root": Try(status=302),
    "home": Try(),
    "site_pages.privacy": Try(),
    "site_pages.about": Try(),
    "site_pages.rules": Try(),
    "site_pages.contact": Try(),
    "history.page": Try(lambda _world: {"slug": "about"}),
    "events.index": Try(),
    "events.show": Try(World.event),
    "events.file": Try(World.event),
    "history.event": Try(World.event),
    "initiatives.index": Try(),
    "initiatives.show": Try(World.initiative),
    "history.initiative": Try(World.initiative),
    "following.create": Try(World.initiative),
    "following.end": Try(World.initiative),
    # It is not quiet.
    "following.ask": Try(World.initiative, status=409),
    "following.index": Try(),
    "following.stop": Try(lambda _world: {"key": "nobodys-key"}, status=404),
    "following.leave": Try(lambda _world: {"key": "nobodys-key"}, status=404),
    "following.left": Try(),
    "initiative_editing.new": Try(_organization),
    "initiative_editing.create": Try(_organization, {"original": "kk", "title": "Ана тілі"}),
    "initiative_editing.edit": Try(World.initiative),
    "initiative_editing.update": Try(World.initiative, initiative_fields()),
    "initiative_editing.preview": Try(_draft_line),
    "initiative_organizing.show": Try(World.initiative),
    "initiative_organizing.publish": Try(_draft_line),
    "initiative_organizing.stage": Try(World.initiative, {"stage": "planned"}),
    "initiative_organizing.add_step": Try(World.initiative, {"text_kk": "Оқулық"}),
    "initiative_organizing.finish_step": Try(World.step),
    "initiative_organizing.remove_step": Try(World.step),
    "initiative_hosts.index": Try(World.initiative),
    "initiative_hosts.invite": Try(World.initiative, {"organization": "theirs"}),
    "initiative_hosts.accept": Try(_line_to_hold),
    "initiative_hosts.decline": Try(_line_to_hold),
    "initiative_hosts.end": Try(_held_line),
    "closings.edit": Try(World.initiative),
    "closings.update": Try(World.initiative, result_fields()),
    "closings.report": Try(World.initiative),
    "closings.file": Try(_files(World.initiative)),
    "history.organization": Try(lambda _world: {"slug": "ours"}),
    "history.story": Try(World.story),
    "stories.index": Try(),
    "search.show": Try(),
    "search.suggest": Try(),
    "search.describe": Try(),
    "stories.show": Try(World.story),
    "comments.create": Try(World.story, {"text": "Рақмет!"}),
    "comments.remove": Try(World.comment),
    "comments.show": Try(World.comment),
    "comments.hide": Try(World.comment),
    "authors.show": Try(World.author),
    "authors.edit": Try(),
    "authors.update": Try(form={"byline": "Aqqu"}),
    "authors.retire": Try(),
    "writing.index": Try(),
    "writing.new": Try(),
    "writing.create": Try(form={"original": "kk", "title": "Көкпар"}),
    "writing.edit": Try(_story_draft),
    "writing.update": Try(_story_draft, story_fields()),
    "writing.preview": Try(_story_draft, story_fields(), status=200),
    "writing.keep": Try(_story_draft, story_fields(), status=204),
    "writing.let_go": Try(_story_draft),
    "desk.show": Try(World.story),
    "desk.submit": Try(World.own_story),
    "desk.withdraw": Try(_story_handed_in),
    "desk.accept": Try(_story_handed_in),
    "desk.give_back": Try(_story_handed_in, {"note": "Дереккөз керек."}),
    "desk.publish": Try(_story_draft),
    "desk.throw_away": Try(_story_draft),
    "desk.versions": Try(World.story),
    "desk.bring_back": Try(_first_version, {"revision": "1"}),
    "proposals.show": Try(World.story_changes),
    "proposals.accept": Try(World.story_changes, {"seen": "3-1"}),
    "proposals.give_back": Try(World.story_changes, {"seen": "3-1", "note": "Дереккөз керек."}),
    "proposals.take_back": Try(World.story_changes),
    "calendar.show": Try(),
    "calendar.month": Try(lambda _world: {"month": "2027-04"}),
    "calendar.feed": Try(),
    "feeds.site": Try(),
    "feeds.topic": Try(lambda _world: {"tag": "music"}),
    "feeds.organization": Try(lambda _world: {"slug": "ours"}),
    "feeds.author": Try(World.author),
    "social_cards.events": Try(World.event),
    "social_cards.stories": Try(World.story),
    "social_cards.initiatives": Try(World.initiative),
    "social_cards.organizations": Try(lambda _world: {"slug": "ours"}),
    "tags.show": Try(lambda _world: {"tag": "music"}),
    "sitemap.index": Try(),
    "sitemap.part": Try(lambda _world: {"number": "1"}),
    "registrations.create": Try(World.event, GUEST),
    "registrations.sent": Try(World.event),
    "passes.index": Try(),
    "passes.show": Try(World.held_pass),
    "passes.confirm": Try(World.held_pass),
    "passes.cancel": Try(World.held_pass),
    "passes.reminders": Try(World.held_pass),
    "passes.discretion": Try(World.held_pass, {"wanted": "yes"}),
    "passes.archive": Try(World.held_pass, status=200),
    "passes.erase": Try(World.held_pass),
    "passes.erased": Try(),
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
    "decisions.show": Try(_about_ours),
    "decisions.appeal": Try(_about_ours, {"text": "It is not so."}),
    "decisions.archive": Try(World.ban, status=200),
    "decisions.close": Try(World.ban),
    "decisions.come_back": Try(World.ban),
    "contact.new": Try(lambda _world: {"slug": "ours"}),
    "contact.create": Try(lambda _world: {"slug": "ours"}, MESSAGE),
    "contact.sent": Try(lambda _world: {"slug": "ours"}),
    "sign_in.new": Try(),
    "sign_in.create": Try(),
    "sign_in.end": Try(),
    "sign_in.callback": Try(status=400),
    "sign_in.provider_callback": Try(lambda _world: {"provider": "google"}, status=400),
    # The letters are off in this world: whoever asks for one is led back to the ways there are.
    "sign_in_links.create": Try(form={"email": "dana@example.org"}),
    "sign_in_links.sent": Try(),
    "sign_in_links.show": Try(lambda _world: {"token": "a-token-of-nobody"}),
    "sign_in_links.use": Try(lambda _world: {"token": "a-token-of-nobody"}, status=400),
    "sign_in_links.enter_code": Try(form={"code": "0000-0000"}),
    "sign_in_links.choice": Try(),
    "sign_in_links.start_anew": Try(status=400),
    "ways.index": Try(),
    "ways.add": Try(form={"provider": "nobody"}, status=404),
    "ways.add_email": Try(form={"email": "dana@example.org"}),
    "ways.remove": Try(lambda _world: {"way": "999999"}, status=404),
    "profile.edit": Try(),
    "profile.update": Try(form={"name": "Dana", "language": "kk"}),
    # Nobody's session and nobody's passkey: not found, whoever asks.
    "sessions.index": Try(),
    "sessions.end": Try(lambda _world: {"session": "nobodys-session"}, status=404),
    "sessions.end_others": Try(),
    # Who has none is led to where one is set up.
    "second_factor.show": Try(),
    "second_factor.use": Try(form={"code": "123456"}),
    "second_factor.begin_app": Try(),
    "second_factor.app": Try(),
    "second_factor.confirm_app": Try(form={"code": "wrong"}, status=422),
    "second_factor.remove_app": Try(),
    "second_factor.renew_codes": Try(),
    "passkeys.offer_to_add": Try(status=200),
    "passkeys.add": Try(form={"credential": "{}"}),
    "passkeys.offer_to_use": Try(status=200),
    "passkeys.use": Try(form={"credential": "{}"}),
    "passkeys.remove": Try(lambda _world: {"key": "nobodys-passkey"}, status=404),
    "account.consents": Try(),
    "account.consent": Try(_purpose),
    "account.withdraw": Try(_purpose),
    "account.archive": Try(status=200),
    "account.deletion": Try(),
    "account.closed": Try(),
    "account.way_back": Try(),
    "account.come_back": Try(),
    "time_zone.edit": Try(),
    "time_zone.update": Try(form={"time_zone": "Europe/Berlin"}),
    "organizing.index": Try(),
    "editing.new": Try(_organization),
    "editing.create": Try(_organization, event_fields()),
    "organizing.show": Try(World.event),
    "editing.edit": Try(World.event),
    "editing.update": Try(World.event, event_fields()),
    "editing.preview": Try(_draft),
    "translating.edit": Try(World.translation),
    "translating.update": Try(World.translation),
    "translating.hand_out": Try(World.translation, status=200),
    "translating.withdraw": Try(World.handed_out),
    "translating.draft": Try(World.translation, status=409),  # there is no machine
    "translating.file": Try(_files(World.translation, "po")),
    "translating.import_file": Try(World.translation, {"po": PO_FILE}),
    "volunteering.file": Try(_files(World.volunteering, "xlf")),
    "volunteering.import_file": Try(World.volunteering, {"po": PO_FILE}),
    "translations.index": Try(_organization),
    "translation_requests.create": Try(World.asked_for),
    "translation_requests.sent": Try(World.asked_for),
    "volunteering.edit": Try(World.volunteering),
    "volunteering.update": Try(World.volunteering),
    "door.index": Try(World.event),
    "door.mark": Try(World.expected),
    "door.unmark": Try(World.expected),
    "organizing.publish": Try(_draft),
    "organizing.postpone": Try(World.event),
    "organizing.cancel": Try(World.event),
    "organizing.duplicate": Try(World.event),
    "hosts.index": Try(World.event),
    "hosts.invite": Try(World.event, {"organization": "theirs"}),
    "hosts.show": Try(_invitation_to_hold),
    "hosts.accept": Try(_invitation_to_hold),
    "hosts.decline": Try(_invitation_to_hold),
    "hosts.end": Try(_joined_host),
    "images.index": Try(_illustrated),
    "images.create": Try(
        _illustrated, {"alt_kk": "Домбыра"}, files={"picture": ("x", picture_file())}
    ),
    "images.edit": Try(World.picture),
    "images.update": Try(World.picture, {"alt_kk": "Домбыра"}),
    "images.cover": Try(World.picture),
    "images.uncover": Try(World.picture),
    "images.move": Try(World.picture, {"to": "later"}),
    "images.remove": Try(World.picture),
    "images.show": Try(_served),
    "results.show": Try(World.finished),
    "result_cards.index": Try(),
    "result_cards.edit": Try(World.over),
    "result_cards.update": Try(World.over, result_fields()),
    "participants.index": Try(World.finished),
    "participants.file": Try(_files(World.finished), status=200),
    "results.answers_file": Try(_files(World.finished)),
    "people.index": Try(_organization),
    "people.invite": Try(_organization, ROLE, status=200),
    "people.change": Try(World.colleague, ROLE),
    "people.dismiss": Try(World.colleague),
    "reports.new": Try(query={"item": "organization:ours"}),
    "reports.create": Try(form={"item": "organization:ours", "reason": "spam"}),
    "reports.sent": Try(),
    "moderation.index": Try(),
    "moderation.show": Try(World.report),
    "moderation.claim": Try(_open_report),
    "moderation.note": Try(World.report, {"note": "Ask them."}),
    "moderation.decide": Try(World.report, {"measure": "dismiss", "decided_reason": "spam"}),
    "rulings.show": Try(World.decision),
    "rulings.confirm": Try(World.proposal),
    "rulings.reverse": Try(World.decision),
    "rulings.answer": Try(_appealed, {"answer": "uphold"}),
    "moderation_log.index": Try(),
    "site_pages.index": Try(),
    "site_pages.edit": Try(_about),
    "site_pages.update": Try(_about, PAGE),
    "site_pages.preview": Try(_about, PAGE, status=200),
    "spelling.new": Try(),
    "spelling.create": Try(form=WORD),
    "spelling.sent": Try(),
    "spelling.index": Try(),
    "spelling.correct": Try(form=CORRECTED),
    "spelling.forget": Try(World.correction),
    "spelling.settle": Try(World.doubtful_word),
    "spelling.item": Try(World.asked_for),
    "spelling.correct_item": Try(World.asked_for, CORRECTED),
    "spelling.forget_item": Try(World.own_correction),
    "operating.show": Try(),
    "operating.settings": Try(),
    "operating.change": Try(form={"welcome_en": "Welcome"}),
    "offices.index": Try(),
    "offices.search": Try(form={"email": "dana@example.org"}, status=200),
    "offices.appoint": Try(World.somebody, {"office": "moderator"}),
    "offices.relieve": Try(_another_administrator, {"office": "administrator"}),
    "offices.ban": Try(World.somebody, {"reason": "spam"}),
    "offices.lift_ban": Try(World.banned),
    "people.take_back": Try(World.open_invitation),
    "people.leave": Try(World.left),
    "people.hand_over": Try(World.handed_over),
    "invitations.show": Try(World.invitation),
    "invitations.accept": Try(World.invitation),
    "founding.new": Try(),
    "founding.create": Try(form=organization_fields(slug="new-one", name_kk="Жаңа бірлестік")),
    "founding.edit": Try(_organization),
    # As it is called already: what becomes another could not vouch any more.
    "founding.update": Try(_organization, organization_fields(**OUR_NAMES)),
    "verification.show": Try(_organization),
    "verification.ask": Try(World.unverified, {"method": "document"}),
    # There is no domain to look at, so that nobody is asked.
    "verification.prove": Try(World.unverified, status=409),
    "verification.vouch": Try(_organization, {"vouched_for": "hopeful"}),
    "errands.new": Try(_organization),
    "errands.create": Try(_organization, {"errand": "asked"}),
    "administration.show": Try(),
    "administration.found": Try(form=organization_fields(name_kk="Тағы бір бірлестік")),
    "administration.verify": Try(World.unverified, {"method": "document", "months": "12"}),
    "administration.decline": Try(World.unverified, {"ground": "unproved"}),
    "administration.withdraw": Try(World.left, {"ground": "rules"}),
    "health.alive": Try(),
    "health.ready": Try(),
    "sitemap.robots": Try(),
    # Who has no setting, no report and no token finds nothing there, whoever it is.
    "monitoring.security": Try(status=404),
    "monitoring.csp_report": Try(status=415),
    "monitoring.metrics": Try(status=404),
    # The last one: whoever may do it is signed out.
    # Whoever comes here has founded an organisation on the way, and has to hand it over first.
    "account.close": Try(status=409),
    "static": Try(),
}
