"""Stories of the demo's programme, and a few plain ones for seeds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portal.domain.stories import actions, authorship, commenting, publishing
from portal.domain.stories.commenting import Said
from portal.domain.stories.details import Details, Source
from portal.domain.stories.models import CommentMode
from portal.translated import Translated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.demo.known import Known
    from portal.domain.organizations.models import Organization
    from portal.domain.people.models import Person


def add(db: Session, known: Known, row: Mapping[str, Any]) -> None:
    """Writes one story of the programme; stories.toml says what its words mean."""
    writer, original = known.people[row["writer"]], row["original"]
    at = known.now - timedelta(days=row["days_ago"], hours=3)
    details = Details(
        title=Translated.of(original, **row["title"]),
        summary=Translated.of(original, **row.get("summary", {})),
        body=Translated.of(original, **row["body"]),
        tags=tuple(row["tags"]),
        events=tuple(known.events[key].slug for key in row.get("events", [])),
        sources=tuple(Source(**source) for source in row.get("sources", [])),
        comments=CommentMode(row.get("comments", "moderated")),
        byline=row.get("byline", ""),
    )
    owner = known.organizations[row["organization"]] if "organization" in row else None
    story = actions.create(db, writer, details, at, owner)
    if row.get("state") == "draft":
        return
    publishing.publish(db, story, at)
    if row.get("author_page"):
        authorship.introduce(db, writer, details.byline, at)
    for number, said in enumerate(row.get("said", []), start=1):
        words = Said(said["text"], said.get("byline", ""), said["language"])
        later = at + timedelta(hours=5 * number)
        commenting.comment_on(db, story, known.people[said["by"]], words, known.address, later)


def add_few(
    db: Session, organization: Organization, writer: Person, texts: Mapping[str, str], now: datetime
) -> dict[str, dict[str, Any]]:
    """One story of every kind: published, with comments off, and a draft; ids by kind."""
    made = {}
    for number, kind in enumerate(("published", "silent", "draft")):
        details = Details(
            title=Translated.of("kk", **{tag: f"{word} {kind}" for tag, word in texts.items()}),
            body=Translated.of("kk", **{tag: f"**{word}**" for tag, word in texts.items()}),
            tags=("music",),
            comments=CommentMode.OFF if kind == "silent" else CommentMode.OPEN,
        )
        at = now - timedelta(days=number + 1)
        story = actions.create(db, writer, details, at, organization)
        if kind != "draft":
            publishing.publish(db, story, at)
        made[kind] = {"id": story.id, "slug": story.slug}
    return made
