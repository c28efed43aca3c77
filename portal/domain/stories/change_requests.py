"""Changes that the author of an accepted story proposes, and what its editors make of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.core.text_rules import check_text
from portal.domain.accounts.people.models import Person
from portal.domain.emails.models import NotificationKind
from portal.domain.events.rules import FundingNeededError
from portal.domain.stories import autosave, notifications, rules
from portal.domain.stories.actions import take_over
from portal.domain.stories.details import Details, check
from portal.domain.stories.models import Autosave, ChangeRequest, Story
from portal.domain.stories.notifications import Address
from portal.domain.stories.queries import autosave_of, change_request_of
from portal.domain.stories.related import event_ids, initiative_id

# The word by which emails know that they are about changes of a story and not about itself.
CHANGE = {"change": "yes"}


def propose(  # noqa: PLR0913 - what was said, twice: to be checked, and as it was typed
    db: Session,
    story: Story,
    person: Person,
    *,
    details: Details,
    typed: Mapping[str, Any],
    address: Address,
    now: datetime,
) -> None:
    """Keep what differs from the story (`typed`) until an editor answers; they are told once.

    Nothing that differs takes an earlier proposal back. Raises what saving would refuse.
    """
    check(details)
    event_ids(db, person, story, details.events)
    initiative_id(db, story, details.initiative)
    if details.funding is None:
        raise FundingNeededError("funding")
    forget_typed(db, story, person.id)
    waiting = change_request_of(db, story)
    if not typed:
        _end(db, story)
        return
    if waiting is None:
        db.add(
            ChangeRequest(
                story_id=story.id,
                person_id=person.id,
                proposed_at=now,
                number=1,
                typed=dict(typed),
            )
        )
        notifications.notify_editors(db, story, address, now, **CHANGE)
        return
    waiting.typed, waiting.proposed_at = dict(typed), now
    waiting.number += 1


def forget_typed(db: Session, story: Story, person_id: int) -> None:
    """Forget what the form was kept with: it has been handed in."""
    mine = delete(Autosave).where(Autosave.story_id == story.id, Autosave.person_id == person_id)
    db.execute(mine)


def seen(story: Story, change_request: ChangeRequest) -> str:
    """Return what an editor has read: sent along with the answer."""
    return f"{story.revision}-{change_request.number}"


def accept(
    db: Session,
    story: Story,
    change_request: ChangeRequest,
    details: Details,
    address: Address,
    now: datetime,
) -> None:
    """Accept changes as an editor: everybody reads them, and the author is told."""
    take_over(db, story, details, db.get(Person, change_request.person_id), now)
    _end(db, story)
    notifications.notify_author(db, story, NotificationKind.STORY_ACCEPTED, address, now, **CHANGE)


def decline(  # noqa: PLR0913 - an answer with its reason
    db: Session,
    story: Story,
    change_request: ChangeRequest,
    *,
    form: Mapping[str, Any],
    note: str,
    address: Address,
    now: datetime,
) -> None:
    """Decline changes: the author finds them in the form, and is told why."""
    if not note:
        raise rules.ReasonNeededError
    check_text(note, rules.LONGEST_NOTE, "note", one_line=False)
    take_back(db, story, change_request, form, now)
    notifications.notify_author(
        db, story, NotificationKind.STORY_RETURNED, address, now, note=note, **CHANGE
    )


def take_back(
    db: Session, story: Story, change_request: ChangeRequest, form: Mapping[str, Any], now: datetime
) -> None:
    """Take a change request back; it stands as `form` holds it where the author types."""
    author = db.get(Person, change_request.person_id)
    _end(db, story)
    # What the author has typed since began with the proposal, so it holds more.
    if author is not None and autosave_of(db, author, story) is None:
        autosave.save(db, story, author, form, story.revision, now)


def _end(db: Session, story: Story) -> None:
    db.execute(delete(ChangeRequest).where(ChangeRequest.story_id == story.id))
