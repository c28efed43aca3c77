"""Who is told that a story or a comment waits, and what became of a story; each in own language."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.queries import portal_editors
from portal.domain.emails.actions import notify
from portal.domain.emails.models import NotificationKind
from portal.domain.emails.queries import was_notified_since
from portal.domain.organizations.queries import editors_of
from portal.domain.stories.models import State, Story
from portal.domain.stories.rules import NOTIFIED_AGAIN_AFTER
from portal.i18n.locale import match_tag

Address = Callable[[str, str], str]


def notify_editors(
    db: Session, story: Story, address: Address, now: datetime, **words: str
) -> None:
    """Tell editors of a story handed in, or of changes; its author need not be told."""
    for person in _editors(db, story):
        if person.id != story.author_id:
            _notify(db, person, NotificationKind.STORY_WAITING, story, address, now, **words)


def notify_change(db: Session, story: Story, now: datetime) -> None:
    """Pictures or translations of a member's own accepted story have changed: once a day each.

    They are seen at once, since texts alone are proposed first. The email leads to the history.
    """
    is_accepted = story.state in {State.SCHEDULED, State.PUBLISHED}
    if not (story.is_by_author and story.organization_id is None and is_accepted):
        return
    since = now - NOTIFIED_AGAIN_AFTER
    for person in portal_editors(db):
        was_notified = was_notified_since(db, person.id, NotificationKind.STORY_CHANGED, since)
        if person.id != story.author_id and not was_notified:
            language = match_tag(person.language)
            title = story.title.localized(language).text
            notify(
                db,
                NotificationKind.STORY_CHANGED,
                now=now,
                language=language,
                person_id=person.id,
                title=title,
                slug=story.slug,
            )


def notify_author(
    db: Session,
    story: Story,
    about: NotificationKind,
    address: Address,
    now: datetime,
    **words: str,
) -> None:
    """Tell the author what became of a story that was handed in."""
    author = db.get(Person, story.author_id) if story.author_id is not None else None
    if author is not None:
        _notify(db, author, about, story, address, now, **words)


def notify_comments(
    db: Session, story: Story, writer: Person, address: Address, now: datetime
) -> None:
    """Comments wait to be read: to each of the editors once a day, whichever stories' they are."""
    since = now - NOTIFIED_AGAIN_AFTER
    for person in _comment_editors(db, story):
        was_notified = was_notified_since(db, person.id, NotificationKind.COMMENTS_WAITING, since)
        if person.id != writer.id and not was_notified:
            _notify(db, person, NotificationKind.COMMENTS_WAITING, story, address, now)


def _editors(db: Session, story: Story) -> list[Person]:
    if story.organization_id is None:
        return portal_editors(db)
    return list(editors_of(db, story.organization_id))


def _comment_editors(db: Session, story: Story) -> list[Person]:
    """Return who keeps comments in order: a story's author, before the portal's editors."""
    author = db.get(Person, story.author_id) if story.author_id is not None else None
    if story.organization_id is None and author is not None:
        return [author]
    return _editors(db, story)


def _notify(
    db: Session,
    person: Person,
    about: NotificationKind,
    story: Story,
    address: Address,
    now: datetime,
    **words: str,
) -> None:
    language = match_tag(person.language)
    notify(
        db,
        about,
        now=now,
        language=language,
        person_id=person.id,
        url=address(language, story.slug),
        title=story.title.localized(language).text,
        **words,
    )
