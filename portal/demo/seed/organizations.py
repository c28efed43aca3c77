"""Organisations, initiatives and stories by the thousand, which the portal writes itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from portal.db.engine import Database
from portal.demo.seed.events import WORDS, Filling, by_the_hundred
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.actions import Claims
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event, EventHost, Funding
from portal.domain.events.vocabulary import TAGS
from portal.domain.initiatives import actions as initiatives
from portal.domain.initiatives import following, steps
from portal.domain.initiatives.models import Initiative, StepKind
from portal.domain.organizations import actions as organizations
from portal.domain.organizations import profile as organization_profile
from portal.domain.organizations import verified_badge
from portal.domain.organizations.models import (
    HostState,
    Method,
    Organization,
    OrganizationKind,
    Role,
)
from portal.domain.stories import actions as stories
from portal.domain.stories import author_pages, comments, workflow
from portal.domain.stories.comments import CommentText
from portal.domain.stories.details import Details
from portal.domain.stories.models import CommentMode
from portal.i18n.translated import Translated

_VERIFIED_FOR: Final = timedelta(days=365)
_PLACES: Final = (("Алматы", "KZ"), ("Berlin", "DE"), ("İstanbul", "TR"), ("Өлгий", "MN"))
# Of an initiative, on a story, and the most events a story tells of.
_FOLLOWERS, _COMMENTS, _MAX_EVENTS = 3, 2, 3
# One event in so many belongs to an initiative, and one in so many is held by two.
_LINED, _JOINED = 4, 10


@dataclass(frozen=True, slots=True)
class Size:
    """How many there are; each organisation has somebody who writes some of the stories."""

    organizations: int
    initiatives: int
    stories: int


@dataclass
class _Company:
    filling: Filling
    # Of the events that are there already, by slug.
    events: dict[str, int]
    hosts: Sequence[int] = ()
    members: Sequence[int] = ()
    # Public initiatives, by slug.
    lines: dict[str, int] = field(default_factory=dict)

    def found(self, db: Session, number: int) -> None:
        """Add an organisation and its owner."""
        texts, chance, now = self._texts(number), self.filling.chance, self.filling.now
        city, country = chance.choice(_PLACES)
        kind = chance.choice([*OrganizationKind]).value
        profile = organization_profile.Profile(texts, texts, kind, city, country, "Asia/Almaty")
        made = organization_profile.create(db, f"company-{number}", profile, now)
        if number % 2:
            verified_badge.grant(db, made, Method.DOCUMENT, now, _VERIFIED_FOR)
        name = f"company-{number}"
        claims = Claims(self.filling.issuer, name, name, f"{name}@example.org", "kk")
        owner = people.welcome(db, claims, "kk", now)
        organizations.grant_role(db, made, owner, Role.OWNER, now)

    def begin(self, db: Session, number: int) -> None:
        """Add an initiative with a plan and followers."""
        texts, chance = self._texts(number), self.filling.chance
        at = self.filling.now - timedelta(days=chance.randrange(1, 400))
        made = initiatives.draft(db, self._other_host(db), texts, at)
        details = replace(
            initiatives.details_of(made),
            purpose=texts,
            description=texts,
            funding=Funding.NOBODY,
            countries=(chance.choice(_PLACES)[1],),
            tags=tuple(chance.sample([*TAGS], 2)),
        )
        initiatives.change(db, made, details, made.revision, at)
        initiatives.publish(db, made, at)
        steps.add(db, made, StepKind.PLAN, texts, None, at)
        for follower in chance.sample(self.members, _FOLLOWERS):
            following.follow(db, db.get_one(Person, follower), made, at)

    def join(self, db: Session) -> None:
        """Lead events to initiatives, and have others hold some of them too."""
        chance, ids = self.filling.chance, [*self.events.values()]
        lines = [*self.lines.values()]
        lined = [{"id": each, "initiative_id": chance.choice(lines)} for each in ids[::_LINED]]
        db.execute(update(Event), lined)
        founders = dict(db.execute(select(Event.id, Event.organization_id)).all())
        joined = [(each, chance.choice(self.hosts)) for each in ids[::_JOINED]]
        hosts = [self._host(event, by) for event, by in joined if founders[event] != by]
        db.execute(insert(EventHost), hosts)

    def write(self, db: Session, number: int) -> None:
        """Add an organisation's story with comments, signed by somebody who has a page."""
        texts, chance = self._texts(number), self.filling.chance
        person = db.get_one(Person, chance.choice(self.members))
        named = chance.sample([*self.events], chance.randint(0, _MAX_EVENTS))
        bodies = {tag: f"**{title}** " * 50 for tag, title in texts.texts().items()}
        details = Details(
            title=texts,
            summary=texts,
            body=Translated.of("kk", **bodies),
            tags=tuple(chance.sample([*TAGS], 2)),
            events=tuple(named),
            initiative=chance.choice(["", *chance.sample([*self.lines], 1)]),
            funding=Funding.NOBODY,
            comments=CommentMode.OPEN,
            byline=f"Writer {person.id}",
        )
        at = self.filling.now - timedelta(hours=chance.randrange(1, 9_000))
        story = stories.create(db, person, details, at, self._other_host(db))
        workflow.publish(db, story, at)
        if author_pages.author_of(db, person) is None:
            author = author_pages.introduce(db, person, details.byline, at)
            self.filling.printed.setdefault("author", author.slug)
        for nth in range(_COMMENTS):
            # They wait for nobody, so that nobody is told of an address.
            said = CommentText(f"Good {nth}", "", "en")
            comments.comment_on(db, story, person, said, lambda _slug, _language: "", at)

    def _texts(self, number: int) -> Translated:
        nth = self.filling.chance.randrange(len(WORDS["kk"]))
        said = {tag: f"{words[nth]} {number}" for tag, words in WORDS.items()}
        return Translated.of("kk", **said)

    def _other_host(self, db: Session) -> Organization:
        return db.get_one(Organization, self.filling.chance.choice(self.hosts))

    def _host(self, event_id: int, organization_id: int) -> dict[str, Any]:
        at = self.filling.now - timedelta(days=300)
        return {
            "event_id": event_id,
            "organization_id": organization_id,
            "state": HostState.ACCEPTED.value,
            "invited_at": at,
            "answered_at": at,
        }


def add_company(database: Database, filling: Filling, size: Size) -> None:
    """Add them to events made before (portal.demo.seed.events), which they hold and tell of."""
    generated = select(Event.slug, Event.id).where(Event.slug.like("event-%")).order_by(Event.id)
    public = select(Initiative.slug, Initiative.id).where(Initiative.published_at.is_not(None))
    with database.reading() as db:
        company = _Company(filling, dict(db.execute(generated).all()))
    by_the_hundred(database, company.found, size.organizations)
    with database.reading() as db:
        company.hosts = db.scalars(select(Organization.id).order_by(Organization.id)).all()
        company.members = db.scalars(select(Person.id).order_by(Person.id)).all()
    by_the_hundred(database, company.begin, size.initiatives)
    with database.reading() as db:
        company.lines = dict(db.execute(public.order_by(Initiative.id)).all())
    with database.writing() as writing:
        company.join(writing)
    by_the_hundred(database, company.write, size.stories)
