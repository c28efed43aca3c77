"""What reports and decisions are about: a person, or one of the records named here."""

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Select, select

from portal.db.engine import Base
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event
from portal.domain.initiatives.models import Initiative
from portal.domain.moderation.models import Decision, Report, TargetKind
from portal.domain.organizations.models import Organization
from portal.domain.stories.models import Comment, Story
from portal.i18n.translated import Translated

SubjectOf: TypeAlias = type[Report] | type[Decision]
# By the field of Subject; the columns of reports and decisions are called the same, with _id.
RECORDS: Final[dict[str, type[Base]]] = {
    "organization": Organization,
    "event": Event,
    "initiative": Initiative,
    "story": Story,
    "comment": Comment,
}


@dataclass(frozen=True)
class Subject:
    """What a report or a decision is about; the person is told only where it is one.

    What an organisation holds or tells comes with that organisation, a comment with its story.
    """

    organization: Organization | None
    event: Event | None = None
    person: Person | None = None
    initiative: Initiative | None = None
    story: Story | None = None
    comment: Comment | None = None

    @property
    def kind(self) -> TargetKind:
        """The kind, as the public log has it."""
        closest_first = (
            TargetKind.PERSON,
            TargetKind.COMMENT,
            TargetKind.STORY,
            TargetKind.INITIATIVE,
            TargetKind.EVENT,
        )
        found = (item for item in closest_first if getattr(self, item.value) is not None)
        return next(found, TargetKind.ORGANIZATION)

    @property
    def record(self) -> Any:
        """The very record of this kind."""
        return getattr(self, self.kind.value)

    @property
    def title(self) -> Translated | None:
        """What it is called, for a comment what its story is; None for a person."""
        if self.person is not None:
            return None
        titled = self.story or self.initiative or self.event
        if titled is not None:
            return titled.title
        return self.organization.name if self.organization else None

    @property
    def name(self) -> str:
        """What names it in a report: `event:SLUG`, `comment:PUBLIC_ID`."""
        key = self.comment.public_id if self.comment is not None else self.record.slug
        return f"{self.kind}:{key}"

    def keys(self) -> dict[str, int | None]:
        """Return the columns of a report about it, or of a decision besides the person's."""
        records = {name: getattr(self, name) for name in RECORDS}
        return {f"{name}_id": each.id if each else None for name, each in records.items()}


def column_of(about: SubjectOf, name: str) -> Any:
    """Return the column of reports or decisions that leads to a record."""
    return getattr(about, f"{name}_id")


def with_records(about: SubjectOf) -> Select[Any]:
    """Return rows of reports or decisions, and all that each may be about."""
    columns: list[Any] = [about, *RECORDS.values()]
    statement = select(*columns)
    for name, model in RECORDS.items():
        statement = statement.outerjoin(model, model.__table__.c.id == column_of(about, name))
    return statement


def subject_of(row: Any, person: Person | None = None) -> Subject:
    """Return the subject of such a row."""
    records = {name: getattr(row, model.__name__) for name, model in RECORDS.items()}
    return Subject(**records, person=person)


def exactly(subject: Subject) -> list[ColumnElement[bool]]:
    """Find decisions about this and nothing wider or narrower."""
    keys = subject.keys() | {"person_id": subject.person.id if subject.person else None}
    return [getattr(Decision, name).is_not_distinct_from(key) for name, key in keys.items()]
