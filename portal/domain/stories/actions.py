"""Writing stories: what was said becomes a story, and a version that can be brought back."""

from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.content.markdown import html_of
from portal.content.picture_html import Picture
from portal.core.item_kinds import ItemKind
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.rules import tidy_name
from portal.domain.events.models import Funding
from portal.domain.events.rules import FundingNeededError
from portal.domain.events.slugs import add_with_slug, free_slug
from portal.domain.organizations.models import Organization
from portal.domain.organizations.queries import is_suspended
from portal.domain.publishing.images import actions as images
from portal.domain.publishing.images.queries import pictures_of
from portal.domain.publishing.publication import Hiding
from portal.domain.publishing.revisions import actions as history
from portal.domain.publishing.revisions.queries import revision_of
from portal.domain.publishing.search_index import actions as search_index
from portal.domain.publishing.translation_progress import actions as translation_progress
from portal.domain.stories import revisions, rules, search_and_progress
from portal.domain.stories.details import Details, Source, check, source_of
from portal.domain.stories.models import (
    Autosave,
    CommentMode,
    State,
    Story,
    StoryEvent,
    StoryTag,
)
from portal.domain.stories.queries import lock, related_initiative, related_slugs
from portal.domain.stories.related import event_ids, initiative_id
from portal.i18n.locale import LANGUAGES
from portal.i18n.translated import Translated

# Where nobody has to have said yet who pays.
_UNASKED: Final = frozenset({State.DRAFT.value, State.RETURNED.value})


def create(
    db: Session,
    person: Person,
    details: Details,
    now: datetime,
    organization: Organization | None = None,
) -> Story:
    """Create a draft at its own address: an organisation's if one is given, else the person's."""
    check(details)

    def draft() -> Story:
        story = Story(
            slug=free_slug(db, Story.slug, details.title.source, "story"),
            organization_id=organization.id if organization else None,
            is_by_author=organization is None,
            author_id=person.id,
            state=State.DRAFT.value,
            note="",
            visibility="public",
            revision=0,
            editions=0,
            tags=[],
            events=[],
        )
        _put(db, story, details, person, now)
        if organization is not None and is_suspended(db, organization.id):
            story.hide(Hiding.SUSPENSION)
        return story

    story = add_with_slug(db, draft)
    _record_revision(db, story, now)
    return story


def save(
    db: Session,
    story: Story,
    details: Details,
    revision: int,
    person: Person | None,
    now: datetime,
) -> None:
    """Save an edit, and forget what its writer had typed; translators go without a name.

    Raises ChangedMeanwhileError if somebody saved since `revision`, FundingNeededError where
    readers shall find who pays, and what `check` refuses.
    """
    lock(db, story)
    if story.revision != revision:
        raise rules.ChangedMeanwhileError
    if person is not None and details.funding is None and story.state not in _UNASKED:
        raise FundingNeededError("funding")
    _put(db, story, details, person, now)
    if person is not None:
        mine = delete(Autosave).where(
            Autosave.story_id == story.id, Autosave.person_id == person.id
        )
        db.execute(mine)
    _record_revision(db, story, now, is_small_fix=details.is_small_fix)


def take_over(
    db: Session, story: Story, details: Details, author: Person | None, now: datetime
) -> None:
    """Save what its author has proposed; what the author types meanwhile stays theirs."""
    _put(db, story, details, author, now)
    _record_revision(db, story, now, is_small_fix=details.is_small_fix)


def restore_revision(
    db: Session, story: Story, number: int, revision: int, person: Person, now: datetime
) -> None:
    """Save once more what an earlier version said."""
    facts = revision_of(db, ItemKind.STORY, story.id, number).facts
    original = facts["original"]

    def texts(name: str) -> Translated:
        before: Translated = getattr(story, name)
        return before.revised(original, facts.get(name, before.texts()))

    details = replace(
        details_of(db, story),
        title=texts("title"),
        summary=texts("summary"),
        body=texts("body"),
        tags=tuple(facts["tags"]),
        events=tuple(facts["events"]),
        initiative=facts.get("initiative") or "",
        sources=tuple(source_of(line) for line in facts["sources"]),
        comments=CommentMode(facts["comments"]),
        funding=_funding(facts.get("funding") or story.funding),
        funding_note=texts("funding_note"),
    )
    save(db, story, details, revision, person, now)


def delete_unpublished(db: Session, story: Story) -> None:
    """Delete a story that was never published, with its versions, pictures and request."""
    images.forget_all(db, ItemKind.STORY, story.id)
    translation_progress.forget(db, ItemKind.STORY, story.id)
    search_index.forget(db, ItemKind.STORY, story.id)
    history.forget_all(db, ItemKind.STORY, story.id)
    db.execute(delete(Story).where(Story.id == story.id))


def rewrite(db: Session, story: Story) -> None:
    """Make the HTML anew, as after a change of the story's pictures."""
    lock(db, story)
    story.body_html = html_of(story.body, pictures_of(db, ItemKind.STORY, story.id))
    search_and_progress.count(db, story)


def preview_html(details: Details, pictures: Collection[Picture] = ()) -> dict[str, str]:
    """Return what `rewrite` would make of it."""
    return html_of(details.body, pictures)


def _record_revision(
    db: Session, story: Story, now: datetime, *, is_small_fix: bool = False
) -> None:
    """Record what was written, and count how far it is translated."""
    revisions.record_revision(db, story, now, is_small_fix=is_small_fix)
    search_and_progress.count(db, story)


def _put(db: Session, story: Story, details: Details, person: Person | None, now: datetime) -> None:
    """Put checked details into a story and count the revision."""
    publish_at = check(details)
    if story.state == State.SCHEDULED and publish_at is None:
        raise rules.TimeNeededError
    found = event_ids(db, person, story, details.events)
    line_id = initiative_id(db, story, details.initiative)
    # A story that is just beginning has none, nor a number to ask by.
    pictures = pictures_of(db, ItemKind.STORY, story.id) if story.revision else ()
    story.title, story.summary, story.body = details.title, details.summary, details.body
    story.body_html = preview_html(details, pictures)
    readable = {*details.title.versions, *details.body.versions}
    story.funding = details.funding.value if details.funding else None
    story.funding_note = details.funding_note
    story.initiative_id = line_id
    story.languages = rules.languages_column(tuple(tag for tag in LANGUAGES if tag in readable))
    story.sources = [asdict(source) for source in details.sources]
    story.comments = details.comments.value
    story.publish_at = publish_at
    story.publish_wall, story.time_zone = details.publish_wall, details.time_zone
    story.byline = tidy_name(details.byline)
    present = {tag.tag: tag for tag in story.tags}
    story.tags = [present.get(tag) or StoryTag(tag=tag) for tag in sorted(set(details.tags))]
    named = {each.event_id: each for each in story.events}
    story.events = []
    for position, event_id in enumerate(found):
        row = named.get(event_id) or StoryEvent(event_id=event_id)
        row.position = position
        story.events.append(row)
    story.saved_by_id = person.id if person else None
    story.revision += 1
    story.changed_at = now


def details_of(db: Session, story: Story) -> Details:
    """Return what has been said so far."""
    return Details(
        title=story.title,
        summary=story.summary,
        body=story.body,
        tags=tuple(tag.tag for tag in story.tags),
        events=tuple(related_slugs(db, story)),
        initiative=related_initiative(db, story),
        sources=tuple(Source(**each) for each in story.sources),
        comments=CommentMode(story.comments),
        publish_wall=story.publish_wall,
        time_zone=story.time_zone,
        byline=story.byline,
        funding=_funding(story.funding),
        funding_note=story.funding_note,
    )


def _funding(known: str | None) -> Funding | None:
    return Funding(known) if known else None
