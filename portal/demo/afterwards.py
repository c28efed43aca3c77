"""What has happened to the demo's items since they appeared: changes, translations, wishes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal.core.item_kinds import ItemKind
from portal.demo.known import Known
from portal.domain.initiatives import actions as initiatives
from portal.domain.publishing.translation_progress import actions as translation_progress
from portal.domain.stories import actions
from portal.domain.stories.models import Story
from portal.i18n.paragraphs import PERSON, fingerprint, paragraphs
from portal.i18n.translated import Translated

_TEXTS = ("title", "summary", "body")


def happen(db: Session, known: Known, row: Mapping[str, Any]) -> None:
    """Do everything that a row of afterwards.toml says of one story or initiative."""
    if "initiative" in row:
        initiative = known.initiatives[row["initiative"]]
        for edit in row.get("edit", ()):
            said = initiatives.details_of(initiative)
            details = replace(said, description=_revised(said.description, edit))
            at = known.now - timedelta(days=edit["days_ago"])
            initiatives.change(db, initiative, details, initiative.revision, at)
        _request_translations(db, known, ItemKind.INITIATIVE, initiative.id, row)
        return
    story = known.stories[row["story"]]
    for edit in row.get("edit", ()):
        at = known.now - timedelta(days=edit["days_ago"])
        _save(db, story, {"body": _revised(story.body, edit)}, at)
    for given in row.get("translation", ()):
        texts = {name: _put(getattr(story, name), given, name) for name in _TEXTS if name in given}
        _save(db, story, texts, known.now - timedelta(days=1))
    _request_translations(db, known, ItemKind.STORY, story.id, row)


def _request_translations(
    db: Session, known: Known, kind: ItemKind, item_id: int, row: Mapping[str, Any]
) -> None:
    """Hand translations out, and count who would read them."""
    for language in row.get("handed_out", ()):
        by = next(iter(known.people.values()))
        translation_progress.create_share_link(
            db, kind, item_id, language, by, known.now - timedelta(days=1)
        )
    for language, number in row.get("requests", {}).items():
        for asker in range(number):
            at = known.now - timedelta(hours=9 * (asker + 1))
            translation_progress.request(db, kind, item_id, language, f"reader {asker}", at)


def _revised(text: Translated, edit: Mapping[str, Any]) -> Translated:
    """Return the text with its original changed, its translations left as they were."""
    source = text.source
    for old, new in edit["changes"]:
        if old not in source:
            raise LookupError(old)
        source = source.replace(old, new)
    return text.revised(text.original, {**text.texts(), text.original: source})


def _put(text: Translated, given: Mapping[str, Any], name: str) -> Translated:
    """Return the text with its first paragraphs in another language, and all pictures."""
    originals, language = text.paragraphs(), given["language"]
    new = iter(paragraphs(given[name].strip()))
    texts = [
        original if original.startswith("![](image:") else next(new, passage.text)
        for original, passage in zip(originals, text.translated_paragraphs(language), strict=True)
    ]
    seen = [fingerprint(original) for original in originals]
    return text.put(language, texts, seen, by=given.get("by", PERSON))


def _save(db: Session, story: Story, texts: dict[str, Any], at: datetime) -> None:
    whole = (selectinload(Story.tags), selectinload(Story.events))
    known = db.scalars(select(Story).where(Story.id == story.id).options(*whole)).one()
    details = replace(actions.details_of(db, known), **texts)
    actions.save(db, known, details, known.revision, None, at)
