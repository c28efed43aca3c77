"""Saving translations, passage by passage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from portal.core.refusals import Refusal
from portal.core.text_rules import check_text
from portal.domain.publishing.translation_progress import actions as translation_progress
from portal.domain.translation import rules
from portal.domain.translation.items import Field, Translatable, TranslatableItem
from portal.domain.translation.kinds import KINDS
from portal.domain.translation.rules import Typed
from portal.i18n.paragraphs import MACHINE, fingerprint, has_words
from portal.i18n.translated import Translated


@dataclass
class Saved:
    """What became of what was typed.

    `conflicts` holds, by field and place, what somebody else wrote there meanwhile; then nothing
    was written. `lost` are translations of paragraphs that the original no longer has, `laid` all
    that was typed, at its places in the original as it is now.
    """

    laid: dict[str, tuple[Typed, ...]] = field(default_factory=dict)
    conflicts: dict[tuple[str, int], str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


def save(
    db: Session,
    translatable: Translatable,
    item: TranslatableItem,
    language: str,
    typed: Mapping[str, Sequence[Typed]],
    now: datetime,
) -> Saved:
    """Write the passages of one language; raise what check_text refuses, for "<field>.<place>".

    The caller has locked the item, so that two who save at once see each other's words.
    """
    saved, changed = Saved(), {}
    for each in item.fields:
        if each.name not in typed or language == each.text.original:
            continue
        laid, lost = rules.placed(each.text, language, typed[each.name])
        saved.lost += lost
        for place, theirs in rules.conflicts(each.text, language, laid).items():
            saved.conflicts[each.name, place] = theirs
        laid = saved.laid[each.name] = rules.refreshed(each.text, language, laid)
        for place, passage in enumerate(laid):
            check_text(passage.text, each.longest, f"{each.name}.{place}", one_line=each.one_line)
        text = rules.merged(each.text, language, laid)
        if text != each.text:
            changed[each.name] = text
    if changed and not saved.conflicts:
        translatable.write(db, item.id, changed, now)
    return saved


def recount(db: Session) -> int:
    """Count all items anew from their words, as after a restored backup; answer how many."""
    number = 0
    for kind, translatable in KINDS.items():
        for item_id in translatable.ids(db):
            translatable.lock(db, item_id)
            texts = translatable.open(db, item_id).texts.values()
            translation_progress.count_paragraphs(db, kind, item_id, texts)
            db.flush()
            number += 1
    return number


def gaps(item: TranslatableItem, language: str) -> dict[str, list[tuple[int, str]]]:
    """By field, places and words of the paragraphs that nobody has translated yet."""
    return {
        each.name: found
        for each in item.fields
        if each.text.original != language
        and (
            found := [
                (place, paragraph)
                for place, (paragraph, passage) in enumerate(
                    zip(
                        each.text.paragraphs(),
                        each.text.translated_paragraphs(language),
                        strict=True,
                    )
                )
                if not passage.text and has_words(paragraph)
            ]
        )
    }


def _is_fit(text: str, field: Field) -> bool:
    """Return whether a machine's words may stand where they would."""
    try:
        check_text(text, field.longest, field.name, one_line=field.one_line)
    except Refusal:
        return False
    return True


def put_drafts(
    db: Session,
    translatable: Translatable,
    item: TranslatableItem,
    language: str,
    drafts: Mapping[str, Mapping[str, str]],
    now: datetime,
) -> int:
    """Fill gaps with what a machine made, by field and original paragraph; answer how many.

    What people have written meanwhile, and paragraphs that have changed, are left alone.
    """
    changed: dict[str, Translated] = {}
    filled = 0
    for each in item.fields:
        originals, passages = each.text.paragraphs(), each.text.translated_paragraphs(language)
        made = {
            paragraph: text
            for paragraph, text in drafts.get(each.name, {}).items()
            if _is_fit(text, each)
        }
        texts = [
            passage.text or made.get(original, "")
            for passage, original in zip(passages, originals, strict=True)
        ]
        added = sum(map(bool, texts)) - sum(bool(passage.text) for passage in passages)
        if added:
            seen = [fingerprint(original) for original in originals]
            changed[each.name] = each.text.put(language, texts, seen, by=MACHINE)
            filled += added
    if changed:
        translatable.write(db, item.id, changed, now)
    return filled
