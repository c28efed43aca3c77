"""One portal with everybody in it, which makes anew whatever a try would change."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.item_kinds import ItemKind
from portal.db.engine import Database
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event
from portal.domain.feedback import actions as feedback
from portal.domain.initiatives import steps
from portal.domain.initiatives.models import Initiative, StepKind
from portal.domain.moderation import actions as moderation
from portal.domain.moderation import appeals
from portal.domain.moderation.models import Measure
from portal.domain.moderation.queries import DecisionRecord, case_for, decision_in_force
from portal.domain.moderation.targets import Subject
from portal.domain.organizations import actions as organizations
from portal.domain.organizations import verification
from portal.domain.organizations.invitations import invitation_with
from portal.domain.organizations.models import Method, Organization, Role
from portal.domain.publishing.translation_progress import actions as translation_progress
from portal.domain.publishing.translation_progress.queries import links_of
from portal.domain.registrations import actions as registrations
from portal.domain.registrations.models import Registration
from portal.domain.registrations.queries import Pass
from portal.domain.script_corrections import actions as script_corrections
from portal.domain.script_corrections.queries import corrections_of, script_reports
from portal.domain.script_corrections.rules import CorrectedSpelling
from portal.domain.stories.author_pages import introduce
from portal.i18n.translated import Translated
from portal.media.storage import Storage
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

# Who tries. The holder is the member whose pass it is; the other holder has one for another event.
VISITORS = (
    *("stranger", "member", "analyst", "translator", "door", "editor", "owner"),
    *("foreign_owner", "administrator", "holder", "other_holder"),
    *("moderator", "banned"),
)
SPELLING = CorrectedSpelling("kk-Latn", "сақа", "saqa")


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
    def build(cls, database: Database, storage: Storage) -> "World":
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
            verification.request_verification(db, hopeful, Method.VOUCHING, clock.now())
            theirs = make_organization(db, "theirs", owner=world.people["foreign_owner"])
            for organization in (db.get_one(Organization, world.ours), theirs):
                # With a second owner, owners may delete their accounts too.
                second = make_person(db)
                organizations.grant_role(db, organization, second, Role.OWNER, clock.now())
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
                feedback.submit(db, Pass(held, event), given, clock.now())
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
            organizations.grant_role(db, organization, make_person(db), Role.OWNER, clock.now())
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
        return {"kind": "event", **self.event(), "target": "ru"}

    def asked_for(self) -> dict[str, str]:
        """Path values of a new event of ours that a reader would read in another language."""
        return {"kind": "event", **self.event()}

    def correction(self) -> dict[str, str]:
        """Path values of a word that is corrected everywhere."""
        with self.database.writing() as db:
            script_corrections.correct(db, SPELLING)
            return {"number": str(corrections_of(db)[0].id)}

    def own_correction(self) -> dict[str, str]:
        """Path values of a word that is corrected on the page of a new event of ours."""
        values = self.event()
        with self.database.writing() as db:
            event = db.query(Event).filter_by(slug=values["slug"]).one()
            item = (ItemKind.EVENT, event.id)
            script_corrections.correct(db, SPELLING, item)
            return {"kind": "event", **values, "number": str(corrections_of(db, item)[0].id)}

    def doubtful_word(self) -> dict[str, str]:
        """Path values of a word that a reader found wrong."""
        with self.database.writing() as db:
            script_corrections.doubt(db, SPELLING, "/kk-Latn/events", clock.now())
            return {"number": str(script_reports(db)[-1].id)}

    def handed_out(self) -> dict[str, str]:
        """Path values of a link for a volunteer to withdraw."""
        values = self.translation()
        with self.database.writing() as db:
            event = db.query(Event).filter_by(slug=values["slug"]).one()
            owner = db.get_one(Person, self.ids["owner"])
            translation_progress.create_share_link(
                db, ItemKind.EVENT, event.id, "ru", owner, clock.now()
            )
            db.flush()
            (link, *_more) = links_of(db, ItemKind.EVENT, event.id, "ru", clock.now())
            return {**values, "link": link.public_id}

    def volunteering(self) -> dict[str, str]:
        """Path values of a link for a volunteer."""
        values = self.translation()
        with self.database.writing() as db:
            event = db.query(Event).filter_by(slug=values["slug"]).one()
            owner = db.get_one(Person, self.ids["owner"])
            return {
                "key": translation_progress.create_share_link(
                    db, ItemKind.EVENT, event.id, "ru", owner, clock.now()
                )
            }

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
            verification.request_verification(db, organization, Method.DOCUMENT, clock.now())
            return {"organization": organization.slug}

    def colleague(self) -> dict[str, str]:
        """Path values of somebody new in our organisation."""
        with self.database.writing() as db:
            person = make_person(db)
            organization = db.get_one(Organization, self.ours)
            organizations.grant_role(db, organization, person, Role.EDITOR, clock.now())
            return {"organization": "ours", "person": str(person.id)}

    def invitation(self) -> dict[str, str]:
        """Path values of a new invitation of ours."""
        with self.database.writing() as db:
            organization = make_organization(db, **self.staff(db))
            return {"token": organizations.invite(db, organization, Role.OWNER, clock.now())}

    def report(self, *, claimed: bool = True) -> dict[str, str]:
        """Path values of a new report; the moderator has taken it on."""
        with self.database.writing() as db:
            organization = self._reported_and_free(db)
            report = make_report(db, organization, make_event(db, organization))
            if claimed:
                moderator = db.get_one(Person, self.moderator)
                case = case_for(db, moderator, report.public_id)
                moderation.claim(db, moderator, case, clock.now())
            return {"key": report.public_id}

    def _reported_and_free(self, db: Session) -> Organization:
        """The reported organisation, whatever earlier tries have made of it."""
        organization = db.get_one(Organization, self.reported)
        while older := decision_in_force(db, Measure.SUSPEND, Subject(organization)):
            appeals.reverse(
                db, DecisionRecord(older, Subject(organization), None), clock.now(), decision_url
            )
        return organization

    def decision(
        self, measure: Measure = Measure.WARN, *, about: int = 0, appealed: bool = False
    ) -> dict[str, str]:
        """Path values of a decision by a moderator who has left since."""
        with self.database.writing() as db:
            organization = db.get_one(Organization, about or self.reported)
            decision = make_decision(db, organization, by=None, measure=measure)
            if appealed:
                ruling = DecisionRecord(decision, Subject(organization), None)
                appeals.appeal(db, ruling, "It is not so.", "en", clock.now())
            return {"key": decision.public_id}

    def proposal(self) -> dict[str, str]:
        """Path values of the one suspension that is proposed; any older one is taken back."""
        with self.database.writing() as db:
            self._reported_and_free(db)
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
