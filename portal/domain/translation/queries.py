"""How far everything of an organisation is translated, and what is most wanted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from portal.domain.publishing.translation_progress import queries as translation_progress
from portal.domain.publishing.translation_progress.rules import Counts, urgency
from portal.domain.translation.items import MatrixRow
from portal.domain.translation.kinds import KINDS
from portal.i18n.locale import LANGUAGES

MAX_WANTED: Final = 12


@dataclass(frozen=True)
class MatrixLine:
    """An item in the matrix: by language, how far it is, and how many asked for it."""

    row: MatrixRow
    counts: Mapping[str, Counts]
    requests: Mapping[str, int]


@dataclass(frozen=True)
class Wanted:
    """One entry of the queue."""

    row: MatrixRow
    language: str
    counts: Counts
    requests: int


def matrix(db: Session, organization_id: int | None, now: datetime) -> list[MatrixLine]:
    """Return everything of an organisation (None: the portal) that has words, by kind."""
    lines: list[MatrixLine] = []
    for kind, translatable in KINDS.items():
        rows = translatable.rows(db, organization_id, now)
        ids = [row.id for row in rows]
        entries = translation_progress.entries_of(db, kind, ids)
        asked = translation_progress.requests_of(db, kind, ids)
        lines += [
            MatrixLine(
                row,
                {tag: entries[row.id, tag] for tag in LANGUAGES if (row.id, tag) in entries},
                {tag: asked.get((row.id, tag), 0) for tag in LANGUAGES},
            )
            for row in rows
        ]
    return lines


def queue(
    lines: Sequence[MatrixLine], seeks: Callable[[Wanted], bool] = lambda _wanted: True
) -> list[Wanted]:
    """Return what to translate next, asked for and misleading first, of what somebody `seeks`."""
    wanted = [
        Wanted(line.row, language, counts, line.requests[language])
        for line in lines
        for language, counts in line.counts.items()
        if counts.is_wanting
    ]
    wanted = [each for each in wanted if seeks(each)]
    wanted.sort(key=lambda each: (each.row.is_past, *urgency(each.counts, each.requests)))
    return wanted[:MAX_WANTED]
