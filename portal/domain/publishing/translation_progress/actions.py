"""Keeping the ledger, counting requests, and handing translations out."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core import tokens
from portal.core.encryption import seal_of
from portal.core.item_kinds import ItemKind
from portal.domain.accounts.people.models import Person
from portal.domain.publishing.translation_progress import rules
from portal.domain.publishing.translation_progress.models import (
    TranslationLink,
    TranslationProgress,
    TranslationRequest,
)
from portal.domain.publishing.translation_progress.queries import counts_of, links_of
from portal.i18n.locale import LANGUAGES
from portal.i18n.translated import Translated


def count_paragraphs(
    db: Session, kind: ItemKind, item_id: int, texts: Iterable[Translated]
) -> None:
    """Count an item's texts anew, in the transaction that wrote them; the caller holds its lock.

    Requests for a language that nothing is wanting in any more are answered, and go.
    """
    written, answered = tuple(texts), []
    of_item = (TranslationProgress.item_kind == kind.value, TranslationProgress.item_id == item_id)
    entries = {
        entry.language: entry for entry in db.scalars(select(TranslationProgress).where(*of_item))
    }
    for language in LANGUAGES:
        counts = rules.count(written, language)
        entry = entries.get(language)
        if entry is None:
            entry = TranslationProgress(item_kind=kind.value, item_id=item_id, language=language)
            db.add(entry)
        for name, value in asdict(counts).items():
            if getattr(entry, name) != value:
                setattr(entry, name, value)
        if not counts.is_wanting:
            answered.append(language)
    if answered:
        asked = TranslationRequest
        db.execute(
            delete(asked).where(
                asked.item_kind == kind.value,
                asked.item_id == item_id,
                asked.language.in_(answered),
            )
        )


def forget(db: Session, kind: ItemKind, item_id: int) -> None:
    """Drop all that is known of an item that is gone."""
    for table in (TranslationProgress, TranslationRequest, TranslationLink):
        db.execute(delete(table).where(table.item_kind == kind.value, table.item_id == item_id))


def request(
    db: Session, kind: ItemKind, item_id: int, language: str, asker: str, now: datetime
) -> None:
    """Count somebody who would read an item in a language; the same one counts once.

    `asker` names a person or a client; only its keyed hash is kept, and a different one for every
    item, so that nobody's wishes can be put together.
    """
    entry = db.get(TranslationProgress, (kind.value, item_id, language))
    if entry is None or not counts_of(entry).is_wanting:
        return
    hashed = seal_of(db).index(f"translation request {kind.value} {item_id} {asker}")
    try:
        with db.begin_nested():
            db.add(
                TranslationRequest(
                    item_kind=kind.value,
                    item_id=item_id,
                    language=language,
                    asker=hashed,
                    asked_at=now,
                )
            )
    except IntegrityError:
        return  # counted already


def create_share_link(
    db: Session, kind: ItemKind, item_id: int, language: str, by: Person, now: datetime
) -> str:
    """Return a link's secret, shown once, to translate this item into this language."""
    if len(links_of(db, kind, item_id, language, now)) >= rules.MAX_LINKS:
        raise rules.TooManyLinksError(most=rules.MAX_LINKS)
    token = tokens.new_token()
    db.add(
        TranslationLink(
            digest=tokens.digest(token),
            public_id=tokens.new_public_id(),
            item_kind=kind.value,
            item_id=item_id,
            language=language,
            made_by=by.id,
            made_at=now,
            expires_at=now + rules.LINK_LASTS,
        )
    )
    return token


def withdraw(
    db: Session, kind: ItemKind, item_id: int, language: str, key: str, now: datetime
) -> None:
    """End a link of this translation, named by its public id; it ends once."""
    db.execute(
        update(TranslationLink)
        .where(
            TranslationLink.public_id == key,
            TranslationLink.item_kind == kind.value,
            TranslationLink.item_id == item_id,
            TranslationLink.language == language,
            TranslationLink.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )


def forget_links(db: Session, now: datetime) -> int:
    """Drop links that open nothing any more; return how many."""
    gone = db.execute(delete(TranslationLink).where(TranslationLink.expires_at <= now))
    return gone.rowcount  # type: ignore[attr-defined, no-any-return]
