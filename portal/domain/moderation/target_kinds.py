"""What moderators can do with each kind of item; a further kind is one more entry of KINDS."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from portal.core.refusals import NotFoundError
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event
from portal.domain.events.queries import event_for
from portal.domain.events.queries import lock as lock_event
from portal.domain.initiatives.models import Initiative
from portal.domain.initiatives.queries import initiative_for
from portal.domain.initiatives.queries import lock as lock_initiative
from portal.domain.moderation import rules
from portal.domain.moderation.conflicts import editors_of, somebody
from portal.domain.moderation.models import Measure, TargetKind
from portal.domain.moderation.targets import Subject
from portal.domain.organizations.models import Organization
from portal.domain.organizations.queries import is_suspended, organization_named
from portal.domain.publishing import takedown
from portal.domain.publishing.publication import Hiding
from portal.domain.stories.comments import comment_for, withdraw_removal, withhold
from portal.domain.stories.models import Comment, CommentState, Story
from portal.domain.stories.queries import lock as lock_story
from portal.domain.stories.queries import story_for


@dataclass(frozen=True)
class TargetRules:
    """How an item is found by whoever reports it, whom it concerns, how it is hidden and shown.

    `named` raises NotFoundError for what the visitor cannot see.
    """

    named: Callable[[Session, Person | None, str], Subject]
    concerned: Callable[[Session, Any], Sequence[Person]]
    hide: Callable[[Session, Any], None] | None = None
    restore: Callable[[Session, Any], None] | None = None


def item_named(db: Session, visitor: Person | None, item: str) -> Subject:
    """Return what `event:SLUG` and the like name, if this visitor can see it."""
    kind, _colon, key = item.partition(":")
    if kind not in set(KINDS):
        raise NotFoundError
    return KINDS[TargetKind(kind)].named(db, visitor, key)


def measures_for(subject: Subject) -> list[Measure]:
    """Return what can be decided: organisations are suspended, their people banned."""
    return [
        measure
        for measure in Measure
        if measure is Measure.WARN
        or (measure is Measure.HIDE and KINDS[subject.kind].hide is not None)
        or (measure in {Measure.SUSPEND, Measure.BAN} and subject.organization is not None)
    ]


def concerned_by(db: Session, subject: Subject) -> list[Person]:
    """Return whom a decision is told, who may read it, and who may appeal; each once."""
    if subject.person is not None:
        return [subject.person]
    concerned = KINDS[subject.kind].concerned(db, subject.record)
    return list(dict.fromkeys(person for person in concerned if person.banned_at is None))


def lock_target(db: Session, subject: Subject) -> None:
    """Read what decisions about an item depend on afresh, and hold it on PostgreSQL."""
    if subject.organization is not None:
        db.refresh(subject.organization, with_for_update=True)
    if subject.comment is not None:
        db.refresh(subject.comment, with_for_update=True)
    elif subject.story is not None:
        lock_story(db, subject.story)


def hide(db: Session, subject: Subject) -> None:
    """Take an item out of everybody's sight."""
    if (act := KINDS[subject.kind].hide) is not None:
        act(db, subject.record)


def restore(db: Session, subject: Subject) -> None:
    """End that; what is hidden for something else too stays hidden."""
    if (act := KINDS[subject.kind].restore) is not None:
        act(db, subject.record)


def _organization_named(db: Session, _visitor: Person | None, slug: str) -> Subject:
    return Subject(organization_named(db, slug))


def _event_named(db: Session, visitor: Person | None, slug: str) -> Subject:
    event = event_for(db, visitor, slug)
    return Subject(db.get_one(Organization, event.organization_id), event)


def _initiative_named(db: Session, visitor: Person | None, slug: str) -> Subject:
    initiative = initiative_for(db, visitor, slug)
    return Subject(initiative.organization, initiative=initiative)


def _story_named(db: Session, visitor: Person | None, slug: str) -> Subject:
    story = story_for(db, visitor, slug)
    behind = story.organization_id
    return Subject(db.get_one(Organization, behind) if behind else None, story=story)


def _comment_named(db: Session, visitor: Person | None, public_id: str) -> Subject:
    comment, story = comment_for(db, visitor, public_id)
    return Subject(None, story=story, comment=comment)


def _of_organization(db: Session, organization: Organization) -> Sequence[Person]:
    return editors_of(db, organization.id)


def _of_hosted(db: Session, item: Event | Initiative) -> Sequence[Person]:
    return editors_of(db, item.organization_id, item)


def _of_story(db: Session, story: Story) -> Sequence[Person]:
    behind = story.organization_id
    editors = editors_of(db, behind) if behind is not None else ()
    return [*editors, *somebody(db, story.author_id)]


def _of_comment(db: Session, comment: Comment) -> Sequence[Person]:
    return somebody(db, comment.person_id)


def _locked(db: Session, item: Any) -> Any:
    return _LOCKS[type(item)](db, item)


def _hide_item(db: Session, item: Event | Initiative | Story) -> None:
    _locked(db, item).hide(Hiding.DECISION)


def _restore_item(db: Session, item: Event | Initiative | Story) -> None:
    _locked(db, item).restore()
    if item.organization_id is not None and is_suspended(db, item.organization_id):
        item.hide(Hiding.SUSPENSION)


def hide_all_of(db: Session, organization_id: int) -> None:
    """Hide what an organisation has published and is not hidden yet: it is suspended."""
    for kind in _LOCKS:
        takedown.hide_all_of(db, kind, organization_id)


def restore_all_of(db: Session, organization_id: int) -> None:
    """End what the suspension of an organisation hid."""
    for kind in _LOCKS:
        takedown.restore_all_of(db, kind, organization_id)


def _hide_comment(_db: Session, comment: Comment) -> None:
    if comment.state == CommentState.REMOVED:
        raise rules.AlreadySoError
    withhold(comment)


def _restore_comment(_db: Session, comment: Comment) -> None:
    withdraw_removal(comment)


# What is published and hidden, and how its row is held.
_LOCKS: Final[dict[Any, Callable[[Session, Any], Any]]] = {
    Event: lock_event,
    Story: lock_story,
    Initiative: lock_initiative,
}
KINDS: Final = {
    TargetKind.ORGANIZATION: TargetRules(_organization_named, _of_organization),
    TargetKind.EVENT: TargetRules(_event_named, _of_hosted, _hide_item, _restore_item),
    TargetKind.INITIATIVE: TargetRules(_initiative_named, _of_hosted, _hide_item, _restore_item),
    TargetKind.STORY: TargetRules(_story_named, _of_story, _hide_item, _restore_item),
    TargetKind.COMMENT: TargetRules(_comment_named, _of_comment, _hide_comment, _restore_comment),
}
