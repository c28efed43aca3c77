"""Stories of the demo's programme, and a few plain ones for seeds."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.core.time_zones import ASTANA, wall_of
from portal.demo.known import Known
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Funding
from portal.domain.organizations.models import Organization
from portal.domain.publishing.images.actions import StoredImage
from portal.domain.stories import actions, author_pages, workflow
from portal.domain.stories import comments as comment_actions
from portal.domain.stories.comments import CommentText
from portal.domain.stories.details import Details, Source
from portal.domain.stories.models import Comment, CommentMode, State, Story
from portal.i18n.paragraphs import APART, paragraphs
from portal.i18n.translated import Translated


def add(db: Session, known: Known, row: Mapping[str, Any]) -> Story:
    """Write one story of the programme; stories.toml says what its words mean."""
    writer, original = known.people[row["writer"]], row["original"]
    at = known.now - timedelta(days=row["days_ago"], hours=3)
    pictures = known.gallery.of(ItemKind.STORY, row["key"])
    details = Details(
        title=Translated.of(original, **row["title"]),
        summary=Translated.of(original, **row.get("summary", {})),
        body=Translated.of(original, **_with_pictures(row["body"], pictures)),
        tags=tuple(row["tags"]),
        events=tuple(known.events[key].slug for key in row.get("events", [])),
        initiative=known.initiatives[row["initiative"]].slug if "initiative" in row else "",
        sources=tuple(Source(**source) for source in row.get("sources", [])),
        comments=CommentMode(row.get("comments", "moderated")),
        publish_wall=_hour(known.now, row["appears_in"]) if "appears_in" in row else None,
        byline=row.get("byline", ""),
        funding=Funding(row["funding"]),
        funding_note=Translated.of(original, **row.get("funding_note", {})),
    )
    owner = known.organizations[row["organization"]] if "organization" in row else None
    story = actions.create(db, writer, details, at, owner)
    if pictures:
        known.gallery.hang(db, ItemKind.STORY, story.id, row["key"], original, at)
        actions.rewrite(db, story)
    state = row.get("state", State.PUBLISHED)
    if state == State.SUBMITTED:
        asked = known.organizations[row["submitted_to"]]
        workflow.submit(db, story, asked, known.address, at)
    elif state != State.DRAFT:
        workflow.publish(db, story, at)
    if row.get("author_page"):
        author_pages.introduce(db, writer, details.byline, at)
    _comment(db, known, story, row.get("said", []), at)
    return story


def _with_pictures(
    body: Mapping[str, str], pictures: Sequence[tuple[Mapping[str, Any], StoredImage]]
) -> dict[str, str]:
    """Return a text with its pictures, each after so many paragraphs."""
    written = {}
    for language, text in body.items():
        parts = [*paragraphs(text.strip())]
        # From the end, so that places before it stay what they are.
        for row, stored in sorted(pictures, key=lambda each: -each[0].get("after", 0)):
            if "after" in row:
                parts.insert(row["after"], f"![](image:{stored.key})")
        written[language] = APART.join(parts)
    return written


def _hour(now: datetime, days: int) -> datetime:
    """Ten in the morning in Astana, so many days from now."""
    day = wall_of(now + timedelta(days=days), ASTANA)
    return day.replace(hour=10, minute=0, second=0, microsecond=0, tzinfo=None)


def _comment(
    db: Session, known: Known, story: Story, rows: Sequence[Mapping[str, Any]], at: datetime
) -> None:
    """Add comments, some hours apart, and answers to them."""
    comments: list[Comment] = []
    for number, row in enumerate(rows, start=1):
        by = row["by"]
        person = known.readers[by] if isinstance(by, int) else known.people[by]
        answers = comments[row["answers"] - 1].public_id if "answers" in row else ""
        said = CommentText(row["text"], row.get("byline", ""), row["language"], answers)
        later = at + timedelta(hours=5 * number)
        comment = comment_actions.comment_on(db, story, person, said, known.address, later)
        if not row.get("waits"):
            comment_actions.show(comment)
        db.flush()
        comments.append(comment)


def add_few(
    db: Session, organization: Organization, writer: Person, texts: Mapping[str, str], now: datetime
) -> dict[str, dict[str, Any]]:
    """Add a story of every kind: published, with comments off, and a draft; return ids by kind."""
    made = {}
    for number, kind in enumerate(("published", "silent", "draft")):
        details = Details(
            title=Translated.of("kk", **{tag: f"{word} {kind}" for tag, word in texts.items()}),
            body=Translated.of("kk", **{tag: f"**{word}**" for tag, word in texts.items()}),
            tags=("music",),
            funding=Funding.NOBODY,
            comments=CommentMode.OFF if kind == "silent" else CommentMode.OPEN,
        )
        at = now - timedelta(days=number + 1)
        story = actions.create(db, writer, details, at, organization)
        if kind != "draft":
            workflow.publish(db, story, at)
        made[kind] = {"id": story.id, "slug": story.slug}
    return made
