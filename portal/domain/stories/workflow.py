"""The way of a story to its readers: handed in, accepted or given back, scheduled, published."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.text_rules import check_text
from portal.domain.emails.models import NotificationKind
from portal.domain.events.rules import FundingNeededError
from portal.domain.organizations.models import Organization
from portal.domain.organizations.queries import is_suspended
from portal.domain.organizations.rules import SuspendedError
from portal.domain.publishing.publication import Hiding
from portal.domain.stories import notifications, revisions, rules
from portal.domain.stories.models import State, Story
from portal.domain.stories.notifications import Address
from portal.domain.stories.queries import due


def submit(
    db: Session, story: Story, organization: Organization | None, address: Address, now: datetime
) -> None:
    """Hand a member's story in to an organisation or, without one, to the portal."""
    _check_complete(story)
    if organization is not None and is_suspended(db, organization.id):
        raise SuspendedError
    _leave_organization(story)
    story.organization_id = organization.id if organization else None
    story.submitted_at, story.note = now, ""
    _move(story, State.SUBMITTED, now)
    notifications.notify_editors(db, story, address, now)


def withdraw(story: Story, now: datetime) -> None:
    """Take back what has not appeared yet."""
    if story.is_by_author:
        _leave_organization(story)
    _move(story, State.DRAFT, now)


def _leave_organization(story: Story) -> None:
    """Make a member's story nobody else's again; no suspension of another concerns it."""
    story.organization_id = None
    if story.hidden_for == Hiding.SUSPENSION:
        story.restore()


def accept(db: Session, story: Story, address: Address, now: datetime) -> None:
    """Accept a story as an editor: it appears now, or at its hour; the author is told."""
    _appear(db, story, now)
    notifications.notify_author(db, story, NotificationKind.STORY_ACCEPTED, address, now)


def request_changes(db: Session, story: Story, note: str, address: Address, now: datetime) -> None:
    """Back to its author, who is told why."""
    if not note:
        raise rules.ReasonNeededError
    check_text(note, rules.LONGEST_NOTE, "note", one_line=False)
    story.note = note
    _move(story, State.RETURNED, now)
    notifications.notify_author(db, story, NotificationKind.STORY_RETURNED, address, now, note=note)


def publish(db: Session, story: Story, now: datetime) -> None:
    """Show an organisation's story now, or at its hour."""
    _check_complete(story)
    _appear(db, story, now)


def publish_due(db: Session, story_id: int, now: datetime) -> bool:
    """Publish a scheduled story once; say whether it was this call that did."""
    story = db.scalars(select(Story).where(Story.id == story_id).with_for_update()).one_or_none()
    if story is None or story_id not in due(db, now):
        return False  # published by another worker, or taken back
    # Its parts are read on demand nowhere, so they are read here.
    db.refresh(story, ["tags", "events"])
    _appear(db, story, now)
    return True


def _appear(db: Session, story: Story, now: datetime) -> None:
    _check_readable(story)
    if story.organization_id is not None and is_suspended(db, story.organization_id):
        raise SuspendedError
    if story.hidden_for is not None:
        raise rules.HiddenError
    if story.publish_at is not None and story.publish_at > now:
        _move(story, State.SCHEDULED, now)
        return
    story.published_at = now
    _move(story, State.PUBLISHED, now)
    revisions.record_revision(db, story, now)


def _check_readable(story: Story) -> None:
    if not story.body.source:
        raise rules.BodyNeededError


def _check_complete(story: Story) -> None:
    """Raise what a writer has not said: whoever accepts it can no longer say it."""
    _check_readable(story)
    if story.funding is None:
        raise FundingNeededError("funding")


def _move(story: Story, state: State, now: datetime) -> None:
    story.state = state.value
    story.changed_at = now
    story.revision += 1
